//! The phases of session 1: a struct each, and the transitions from one to the next.
//!
//! A phase has the transition to the next and, back once (R-03), to the one before; what it forbids it has no method for.

use super::{Round, TimeBox};
use crate::{GroundRulesAccepted, PhaseKind, RoundOver, SeatSet, Stage};

/// Where session 1 is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExplorePhase {
    /// Welcome of session 1.
    Welcome(ExploreWelcome),
    /// Story sharing.
    StorySharing(StorySharing),
    /// Discussion.
    Discussion(Discussion),
    /// Skill building.
    SkillBuilding(SkillBuilding),
    /// Action planning.
    ActionPlanning(ActionPlanning),
    /// Next steps.
    NextSteps(NextSteps),
    /// Takeaways of session 1.
    Takeaways(ExploreTakeaways),
}

/// Welcome of session 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExploreWelcome {
    time_box: TimeBox,
}

impl ExploreWelcome {
    /// The session begins.
    #[must_use]
    pub const fn begin(time_box: TimeBox) -> Self {
        Self { time_box }
    }

    /// Goes on to story sharing, which takes accepted ground rules (R-08).
    #[must_use]
    pub fn open_story_sharing(self, _accepted: GroundRulesAccepted, time_box: TimeBox, speakers: SeatSet) -> StorySharing {
        StorySharing { time_box, round: Round::of(speakers) }
    }

    /// Its time box.
    #[must_use]
    pub const fn time_box(&self) -> &TimeBox {
        &self.time_box
    }
}

/// Story sharing, a round.
///
/// Going on consumes it and takes the evidence that the round is over:
/// ```
/// use peercircle_core::{Discussion, RoundOver, StorySharing, TimeBox};
/// fn on(stories: StorySharing, over: RoundOver, time_box: TimeBox) -> Discussion {
///     stories.open_discussion(over, time_box)
/// }
/// ```
/// Once left, it is gone:
/// ```compile_fail,E0382
/// use peercircle_core::{Discussion, RoundOver, StorySharing, TimeBox};
/// fn on(stories: StorySharing, over: RoundOver, time_box: TimeBox) -> (Discussion, StorySharing) {
///     (stories.open_discussion(over, time_box), stories)
/// }
/// ```
/// Without the evidence there is no way on:
/// ```compile_fail,E0061
/// use peercircle_core::{Discussion, StorySharing, TimeBox};
/// fn on(stories: StorySharing, time_box: TimeBox) -> Discussion {
///     stories.open_discussion(time_box)
/// }
/// ```
/// And no way past the discussion (R-01):
/// ```compile_fail,E0599
/// use peercircle_core::{SkillBuilding, StorySharing, TimeBox};
/// fn on(stories: StorySharing, time_box: TimeBox) -> SkillBuilding {
///     stories.open_skill_building(time_box)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorySharing {
    time_box: TimeBox,
    round: Round,
}

impl StorySharing {
    /// Goes on to discussion, which takes a finished round (R-30).
    #[must_use]
    pub fn open_discussion(self, _over: RoundOver, time_box: TimeBox) -> Discussion {
        Discussion { time_box }
    }

    /// Goes back to welcome (R-03).
    #[must_use]
    pub fn reopen_welcome(self, time_box: TimeBox) -> ExploreWelcome {
        ExploreWelcome { time_box }
    }

    /// Its time box.
    #[must_use]
    pub const fn time_box(&self) -> &TimeBox {
        &self.time_box
    }

    /// Its round.
    #[must_use]
    pub const fn round(&self) -> &Round {
        &self.round
    }
}

/// Discussion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discussion {
    time_box: TimeBox,
}

impl Discussion {
    /// Goes on to skill building.
    #[must_use]
    pub fn open_skill_building(self, time_box: TimeBox) -> SkillBuilding {
        SkillBuilding { time_box }
    }

    /// Goes back to story sharing (R-03).
    #[must_use]
    pub fn reopen_story_sharing(self, time_box: TimeBox, speakers: SeatSet) -> StorySharing {
        StorySharing { time_box, round: Round::of(speakers) }
    }

    /// Its time box.
    #[must_use]
    pub const fn time_box(&self) -> &TimeBox {
        &self.time_box
    }
}

/// Skill building.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillBuilding {
    time_box: TimeBox,
}

impl SkillBuilding {
    /// Goes on to action planning.
    #[must_use]
    pub fn open_action_planning(self, time_box: TimeBox, speakers: SeatSet) -> ActionPlanning {
        ActionPlanning { time_box, round: Round::of(speakers) }
    }

    /// Goes back to discussion (R-03).
    #[must_use]
    pub fn reopen_discussion(self, time_box: TimeBox) -> Discussion {
        Discussion { time_box }
    }

    /// Its time box.
    #[must_use]
    pub const fn time_box(&self) -> &TimeBox {
        &self.time_box
    }
}

/// Action planning, a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionPlanning {
    time_box: TimeBox,
    round: Round,
}

impl ActionPlanning {
    /// Goes on to next steps, which takes a finished round (R-30).
    #[must_use]
    pub fn open_next_steps(self, _over: RoundOver, time_box: TimeBox) -> NextSteps {
        NextSteps { time_box }
    }

    /// Goes back to skill building (R-03).
    #[must_use]
    pub fn reopen_skill_building(self, time_box: TimeBox) -> SkillBuilding {
        SkillBuilding { time_box }
    }

    /// Its time box.
    #[must_use]
    pub const fn time_box(&self) -> &TimeBox {
        &self.time_box
    }

    /// Its round.
    #[must_use]
    pub const fn round(&self) -> &Round {
        &self.round
    }
}

/// Next steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextSteps {
    time_box: TimeBox,
}

impl NextSteps {
    /// Goes on to takeaways.
    #[must_use]
    pub fn open_takeaways(self, time_box: TimeBox, speakers: SeatSet) -> ExploreTakeaways {
        ExploreTakeaways { time_box, round: Round::of(speakers) }
    }

    /// Goes back to action planning (R-03).
    #[must_use]
    pub fn reopen_action_planning(self, time_box: TimeBox, speakers: SeatSet) -> ActionPlanning {
        ActionPlanning { time_box, round: Round::of(speakers) }
    }

    /// Its time box.
    #[must_use]
    pub const fn time_box(&self) -> &TimeBox {
        &self.time_box
    }
}

/// Takeaways of session 1, a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExploreTakeaways {
    time_box: TimeBox,
    round: Round,
}

impl ExploreTakeaways {
    /// Goes back to next steps (R-03).
    #[must_use]
    pub fn reopen_next_steps(self, time_box: TimeBox) -> NextSteps {
        NextSteps { time_box }
    }

    /// Its time box.
    #[must_use]
    pub const fn time_box(&self) -> &TimeBox {
        &self.time_box
    }

    /// Its round.
    #[must_use]
    pub const fn round(&self) -> &Round {
        &self.round
    }
}

impl ExplorePhase {
    /// Which phase it is.
    #[must_use]
    pub const fn kind(&self) -> PhaseKind {
        match self {
            Self::Welcome(_) => PhaseKind::Welcome,
            Self::StorySharing(_) => PhaseKind::StorySharing,
            Self::Discussion(_) => PhaseKind::Discussion,
            Self::SkillBuilding(_) => PhaseKind::SkillBuilding,
            Self::ActionPlanning(_) => PhaseKind::ActionPlanning,
            Self::NextSteps(_) => PhaseKind::NextSteps,
            Self::Takeaways(_) => PhaseKind::Takeaways,
        }
    }

    /// Its stage on the chart.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        match self {
            Self::Welcome(_) => Stage::ExploreWelcome,
            Self::StorySharing(_) => Stage::StorySharing,
            Self::Discussion(_) => Stage::Discussion,
            Self::SkillBuilding(_) => Stage::SkillBuilding,
            Self::ActionPlanning(_) => Stage::ActionPlanning,
            Self::NextSteps(_) => Stage::NextSteps,
            Self::Takeaways(_) => Stage::ExploreTakeaways,
        }
    }

    /// Its time box.
    #[must_use]
    pub const fn time_box(&self) -> &TimeBox {
        match self {
            Self::Welcome(phase) => &phase.time_box,
            Self::StorySharing(phase) => &phase.time_box,
            Self::Discussion(phase) => &phase.time_box,
            Self::SkillBuilding(phase) => &phase.time_box,
            Self::ActionPlanning(phase) => &phase.time_box,
            Self::NextSteps(phase) => &phase.time_box,
            Self::Takeaways(phase) => &phase.time_box,
        }
    }

    /// Its round, where it is one (R-27).
    #[must_use]
    pub const fn round(&self) -> Option<&Round> {
        match self {
            Self::Welcome(_) | Self::Discussion(_) | Self::SkillBuilding(_) | Self::NextSteps(_) => None,
            Self::StorySharing(phase) => Some(&phase.round),
            Self::ActionPlanning(phase) => Some(&phase.round),
            Self::Takeaways(phase) => Some(&phase.round),
        }
    }

    pub(super) const fn parts_mut(&mut self) -> (&mut TimeBox, Option<&mut Round>) {
        match self {
            Self::Welcome(phase) => (&mut phase.time_box, None),
            Self::StorySharing(phase) => (&mut phase.time_box, Some(&mut phase.round)),
            Self::Discussion(phase) => (&mut phase.time_box, None),
            Self::SkillBuilding(phase) => (&mut phase.time_box, None),
            Self::ActionPlanning(phase) => (&mut phase.time_box, Some(&mut phase.round)),
            Self::NextSteps(phase) => (&mut phase.time_box, None),
            Self::Takeaways(phase) => (&mut phase.time_box, Some(&mut phase.round)),
        }
    }
}
