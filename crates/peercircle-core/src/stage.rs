//! Where a cycle is: session kinds, phases, and the flat list of stages that the state chart draws.

use serde::{Deserialize, Serialize};

/// One of the two meetings of a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// Session 1: stories, discussion, skills, plans.
    Explore,
    /// Session 2, about a month later: reports, lessons, adoption.
    Reflect,
}

impl SessionKind {
    /// Both, in their order.
    pub const ALL: [Self; 2] = [Self::Explore, Self::Reflect];

    /// `session 1` or `session 2`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Explore => "session 1",
            Self::Reflect => "session 2",
        }
    }

    /// The phases of this session, in the order that never changes (R-01).
    #[must_use]
    pub const fn phases(self) -> &'static [PhaseKind] {
        match self {
            Self::Explore => &[
                PhaseKind::Welcome,
                PhaseKind::StorySharing,
                PhaseKind::Discussion,
                PhaseKind::SkillBuilding,
                PhaseKind::ActionPlanning,
                PhaseKind::NextSteps,
                PhaseKind::Takeaways,
            ],
            Self::Reflect => &[
                PhaseKind::Welcome,
                PhaseKind::ReportBack,
                PhaseKind::LessonsLearned,
                PhaseKind::Adoption,
                PhaseKind::Takeaways,
            ],
        }
    }

    /// The phase after `phase` in this session.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{PhaseKind, SessionKind};
    /// assert_eq!(SessionKind::Explore.after(PhaseKind::Welcome), Some(PhaseKind::StorySharing));
    /// assert_eq!(SessionKind::Explore.after(PhaseKind::Takeaways), None);
    /// ```
    #[must_use]
    pub fn after(self, phase: PhaseKind) -> Option<PhaseKind> {
        self.phases().iter().skip_while(|other| **other != phase).nth(1).copied()
    }

    /// The phase before `phase` in this session.
    #[must_use]
    pub fn before(self, phase: PhaseKind) -> Option<PhaseKind> {
        self.phases().iter().take_while(|other| **other != phase).last().copied()
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

/// A part of a session with a time box of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PhaseKind {
    /// Agenda, objectives, the facilitator's role. Both sessions.
    Welcome,
    /// Everyone tells a story about the challenge, in a round. Session 1.
    StorySharing,
    /// Causes, and what is within our control. Session 1.
    Discussion,
    /// The module's materials. Session 1.
    SkillBuilding,
    /// Each member plans alone, then sums up in a round. Session 1.
    ActionPlanning,
    /// The practice report and the date of session 2. Session 1.
    NextSteps,
    /// Everyone reports back, in a round. Session 2.
    ReportBack,
    /// What the group learns from each other's practice. Session 2.
    LessonsLearned,
    /// Everyone commits to what they adopt, in a round. Session 2.
    Adoption,
    /// What each takes away, in a round. Both sessions, never skipped (R-02).
    Takeaways,
}

impl PhaseKind {
    /// All ten.
    pub const ALL: [Self; 10] = [
        Self::Welcome,
        Self::StorySharing,
        Self::Discussion,
        Self::SkillBuilding,
        Self::ActionPlanning,
        Self::NextSteps,
        Self::ReportBack,
        Self::LessonsLearned,
        Self::Adoption,
        Self::Takeaways,
    ];

    /// Whether everyone present has a turn in it (R-27).
    #[must_use]
    pub const fn is_round(self) -> bool {
        matches!(self, Self::StorySharing | Self::ActionPlanning | Self::ReportBack | Self::Adoption | Self::Takeaways)
    }

    /// Its name in a sentence, such as `story sharing`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::StorySharing => "story sharing",
            Self::Discussion => "discussion",
            Self::SkillBuilding => "skill building",
            Self::ActionPlanning => "action planning",
            Self::NextSteps => "next steps",
            Self::ReportBack => "report-back",
            Self::LessonsLearned => "lessons learned",
            Self::Adoption => "adoption",
            Self::Takeaways => "takeaways",
        }
    }

    /// Its name on the wire, such as `story_sharing`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::StorySharing => "story_sharing",
            Self::Discussion => "discussion",
            Self::SkillBuilding => "skill_building",
            Self::ActionPlanning => "action_planning",
            Self::NextSteps => "next_steps",
            Self::ReportBack => "report_back",
            Self::LessonsLearned => "lessons_learned",
            Self::Adoption => "adoption",
            Self::Takeaways => "takeaways",
        }
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

macro_rules! stages {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $label:literal;)+) => {
        /// Where a cycle is, as one flat list: the nodes of the state chart.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum Stage {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl Stage {
            /// Every stage, in the order of the lifecycle.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name on the wire, such as `explore.story_sharing`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Its name in a sentence.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }
    };
}

stages! {
    /// Nothing has happened yet.
    Unformed = "unformed", "not formed yet";
    /// The group gathers its members.
    Forming = "forming", "forming";
    /// Session 1 has been planned.
    Scheduled = "scheduled", "scheduled";
    /// The members arrive for session 1.
    ExploreGathering = "explore.gathering", "gathering for session 1";
    /// Session 1: welcome.
    ExploreWelcome = "explore.welcome", "welcome of session 1";
    /// Session 1: story sharing.
    StorySharing = "explore.story_sharing", "story sharing";
    /// Session 1: discussion.
    Discussion = "explore.discussion", "discussion";
    /// Session 1: skill building.
    SkillBuilding = "explore.skill_building", "skill building";
    /// Session 1: action planning.
    ActionPlanning = "explore.action_planning", "action planning";
    /// Session 1: next steps.
    NextSteps = "explore.next_steps", "next steps";
    /// Session 1: takeaways.
    ExploreTakeaways = "explore.takeaways", "takeaways of session 1";
    /// The month at work between the sessions.
    Practising = "practising", "practice";
    /// The members arrive for session 2.
    ReflectGathering = "reflect.gathering", "gathering for session 2";
    /// Session 2: welcome.
    ReflectWelcome = "reflect.welcome", "welcome of session 2";
    /// Session 2: report-back.
    ReportBack = "reflect.report_back", "report-back";
    /// Session 2: lessons learned.
    LessonsLearned = "reflect.lessons_learned", "lessons learned";
    /// Session 2: adoption commitments.
    Adoption = "reflect.adoption", "adoption commitments";
    /// Session 2: takeaways.
    ReflectTakeaways = "reflect.takeaways", "takeaways of session 2";
    /// Members decide what they adopt for good.
    Adopting = "adopting", "adoption";
    /// Ended well.
    Completed = "completed", "completed";
    /// Called off before session 1.
    Cancelled = "cancelled", "cancelled";
    /// Stopped until the group or the organiser decides.
    Suspended = "suspended", "suspended";
    /// Ended early, after session 1 had begun.
    Terminated = "terminated", "terminated";
    /// Adoption ran past its due date.
    Lapsed = "lapsed", "lapsed";
}

impl Stage {
    /// The stage of this phase of this session, if the session has the phase.
    #[must_use]
    pub const fn of_phase(session: SessionKind, phase: PhaseKind) -> Option<Self> {
        Some(match (session, phase) {
            (SessionKind::Explore, PhaseKind::Welcome) => Self::ExploreWelcome,
            (SessionKind::Explore, PhaseKind::StorySharing) => Self::StorySharing,
            (SessionKind::Explore, PhaseKind::Discussion) => Self::Discussion,
            (SessionKind::Explore, PhaseKind::SkillBuilding) => Self::SkillBuilding,
            (SessionKind::Explore, PhaseKind::ActionPlanning) => Self::ActionPlanning,
            (SessionKind::Explore, PhaseKind::NextSteps) => Self::NextSteps,
            (SessionKind::Explore, PhaseKind::Takeaways) => Self::ExploreTakeaways,
            (SessionKind::Reflect, PhaseKind::Welcome) => Self::ReflectWelcome,
            (SessionKind::Reflect, PhaseKind::ReportBack) => Self::ReportBack,
            (SessionKind::Reflect, PhaseKind::LessonsLearned) => Self::LessonsLearned,
            (SessionKind::Reflect, PhaseKind::Adoption) => Self::Adoption,
            (SessionKind::Reflect, PhaseKind::Takeaways) => Self::ReflectTakeaways,
            (SessionKind::Explore, PhaseKind::ReportBack | PhaseKind::LessonsLearned | PhaseKind::Adoption)
            | (
                SessionKind::Reflect,
                PhaseKind::StorySharing
                | PhaseKind::Discussion
                | PhaseKind::SkillBuilding
                | PhaseKind::ActionPlanning
                | PhaseKind::NextSteps,
            ) => return None,
        })
    }

    /// Whether nothing can follow: completed, cancelled, terminated or lapsed.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        StageSet::TERMINAL.contains(self)
    }
}

/// A set of stages, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageSet(u32);

impl StageSet {
    /// No stage.
    pub const EMPTY: Self = Self(0);
    /// Completed, cancelled, terminated, lapsed.
    pub const TERMINAL: Self = Self::of(&[Stage::Completed, Stage::Cancelled, Stage::Terminated, Stage::Lapsed]);
    /// The running phases of session 1.
    pub const EXPLORING: Self = Self::between(Stage::ExploreWelcome, Stage::ExploreTakeaways);
    /// The running phases of session 2.
    pub const REFLECTING: Self = Self::between(Stage::ReflectWelcome, Stage::ReflectTakeaways);
    /// The running phases of either session.
    pub const RUNNING: Self = Self::EXPLORING.or(Self::REFLECTING);
    /// Gathering for either session.
    pub const GATHERING: Self = Self::of(&[Stage::ExploreGathering, Stage::ReflectGathering]);
    /// Before session 1 starts.
    pub const BEFORE: Self = Self::between(Stage::Forming, Stage::ExploreGathering);
    /// From forming to adopting: the cycle lives and isn't suspended.
    pub const LIVE: Self = Self::between(Stage::Forming, Stage::Adopting);
    /// Live or suspended.
    pub const OPEN: Self = Self::LIVE.or(Self::of(&[Stage::Suspended]));
    /// Every stage but unformed.
    pub const FORMED: Self = Self::OPEN.or(Self::TERMINAL);

    /// The set of these.
    #[must_use]
    pub const fn of(stages: &[Stage]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < stages.len() {
            #[expect(clippy::indexing_slicing, reason = "const code has no iterators; `at` is below the length")]
            let stage = stages[at];
            bits |= 1 << stage as u32;
            at += 1;
        }
        Self(bits)
    }

    /// The stages from `first` to `last`, both included.
    #[must_use]
    pub const fn between(first: Stage, last: Stage) -> Self {
        Self((((1_u64 << (last as u32 + 1)) - (1_u64 << first as u32)) & 0xffff_ffff) as u32)
    }

    /// The stages in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The stages in this set and not in `other`.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether `stage` is in the set.
    #[must_use]
    pub const fn contains(self, stage: Stage) -> bool {
        self.0 & (1 << stage as u32) != 0
    }

    /// The stages, in the order of the lifecycle.
    pub fn iter(self) -> impl Iterator<Item = Stage> {
        Stage::ALL.iter().copied().filter(move |stage| self.contains(*stage))
    }
}
