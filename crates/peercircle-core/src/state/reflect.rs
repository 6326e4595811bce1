//! The phases of session 2: a struct each, and the transitions from one to the next.
//!
//! A phase has the transition to the next and, back once, to the one before; what it forbids it has no method for.

use super::{Round, TimeBox};
use crate::{PhaseKind, RoundOver, SeatSet, Stage};

/// Where session 2 is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReflectPhase {
    /// Welcome of session 2.
    Welcome(ReflectWelcome),
    /// Report-back.
    ReportBack(ReportBack),
    /// Lessons learned.
    LessonsLearned(LessonsLearned),
    /// Adoption commitments.
    Adoption(AdoptionRound),
    /// Takeaways of session 2.
    Takeaways(ReflectTakeaways),
}

/// Welcome of session 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflectWelcome {
    time_box: TimeBox,
}

impl ReflectWelcome {
    /// The session begins.
    #[must_use]
    pub const fn begin(time_box: TimeBox) -> Self {
        Self { time_box }
    }

    /// Goes on to report-back.
    #[must_use]
    pub fn open_report_back(self, time_box: TimeBox, speakers: SeatSet) -> ReportBack {
        ReportBack { time_box, round: Round::of(speakers) }
    }

    /// Its time box.
    #[must_use]
    pub const fn time_box(&self) -> &TimeBox {
        &self.time_box
    }
}

/// Report-back, a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportBack {
    time_box: TimeBox,
    round: Round,
}

impl ReportBack {
    /// Goes on to lessons learned, which takes a finished round.
    #[must_use]
    pub fn open_lessons_learned(self, _over: RoundOver, time_box: TimeBox) -> LessonsLearned {
        LessonsLearned { time_box }
    }

    /// Goes back to welcome.
    #[must_use]
    pub fn reopen_welcome(self, time_box: TimeBox) -> ReflectWelcome {
        ReflectWelcome { time_box }
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

/// Lessons learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonsLearned {
    time_box: TimeBox,
}

impl LessonsLearned {
    /// Goes on to adoption commitments.
    #[must_use]
    pub fn open_adoption(self, time_box: TimeBox, speakers: SeatSet) -> AdoptionRound {
        AdoptionRound { time_box, round: Round::of(speakers) }
    }

    /// Goes back to report-back.
    #[must_use]
    pub fn reopen_report_back(self, time_box: TimeBox, speakers: SeatSet) -> ReportBack {
        ReportBack { time_box, round: Round::of(speakers) }
    }

    /// Its time box.
    #[must_use]
    pub const fn time_box(&self) -> &TimeBox {
        &self.time_box
    }
}

/// Adoption commitments, a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptionRound {
    time_box: TimeBox,
    round: Round,
}

impl AdoptionRound {
    /// Goes on to takeaways, which takes a finished round.
    #[must_use]
    pub fn open_takeaways(self, _over: RoundOver, time_box: TimeBox, speakers: SeatSet) -> ReflectTakeaways {
        ReflectTakeaways { time_box, round: Round::of(speakers) }
    }

    /// Goes back to lessons learned.
    #[must_use]
    pub fn reopen_lessons_learned(self, time_box: TimeBox) -> LessonsLearned {
        LessonsLearned { time_box }
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

/// Takeaways of session 2, a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflectTakeaways {
    time_box: TimeBox,
    round: Round,
}

impl ReflectTakeaways {
    /// Goes back to adoption commitments.
    #[must_use]
    pub fn reopen_adoption(self, time_box: TimeBox, speakers: SeatSet) -> AdoptionRound {
        AdoptionRound { time_box, round: Round::of(speakers) }
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

impl ReflectPhase {
    /// Which phase it is.
    #[must_use]
    pub const fn kind(&self) -> PhaseKind {
        match self {
            Self::Welcome(_) => PhaseKind::Welcome,
            Self::ReportBack(_) => PhaseKind::ReportBack,
            Self::LessonsLearned(_) => PhaseKind::LessonsLearned,
            Self::Adoption(_) => PhaseKind::Adoption,
            Self::Takeaways(_) => PhaseKind::Takeaways,
        }
    }

    /// Its stage on the chart.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        match self {
            Self::Welcome(_) => Stage::ReflectWelcome,
            Self::ReportBack(_) => Stage::ReportBack,
            Self::LessonsLearned(_) => Stage::LessonsLearned,
            Self::Adoption(_) => Stage::Adoption,
            Self::Takeaways(_) => Stage::ReflectTakeaways,
        }
    }

    /// Its time box.
    #[must_use]
    pub const fn time_box(&self) -> &TimeBox {
        match self {
            Self::Welcome(phase) => &phase.time_box,
            Self::ReportBack(phase) => &phase.time_box,
            Self::LessonsLearned(phase) => &phase.time_box,
            Self::Adoption(phase) => &phase.time_box,
            Self::Takeaways(phase) => &phase.time_box,
        }
    }

    /// Its round, where it is one.
    #[must_use]
    pub const fn round(&self) -> Option<&Round> {
        match self {
            Self::Welcome(_) | Self::LessonsLearned(_) => None,
            Self::ReportBack(phase) => Some(&phase.round),
            Self::Adoption(phase) => Some(&phase.round),
            Self::Takeaways(phase) => Some(&phase.round),
        }
    }

    pub(super) const fn parts_mut(&mut self) -> (&mut TimeBox, Option<&mut Round>) {
        match self {
            Self::Welcome(phase) => (&mut phase.time_box, None),
            Self::ReportBack(phase) => (&mut phase.time_box, Some(&mut phase.round)),
            Self::LessonsLearned(phase) => (&mut phase.time_box, None),
            Self::Adoption(phase) => (&mut phase.time_box, Some(&mut phase.round)),
            Self::Takeaways(phase) => (&mut phase.time_box, Some(&mut phase.round)),
        }
    }
}
