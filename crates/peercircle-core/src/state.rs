//! The states of a cycle: a struct per stage and per phase, one enum over them, transitions that consume.
//!
//! Rust callers match on [`Cycle::state`](crate::Cycle::state) and have the typed phase; at rest, on the wire and across a
//! foreign boundary there is only the enum.

mod clock;
mod explore;
mod ledger;
mod meeting;
mod reflect;
mod round;

use self::clock::SessionClock;
pub use self::{
    clock::{Stop, TimeBox},
    explore::{
        ActionPlanning, Discussion, ExplorePhase, ExploreTakeaways, ExploreWelcome, NextSteps, SkillBuilding, StorySharing,
    },
    ledger::{Date, Ledger, Plan, SessionFacts},
    meeting::{Claim, Meeting, Recording, Sheet},
    reflect::{AdoptionRound, LessonsLearned, ReflectPhase, ReflectTakeaways, ReflectWelcome, ReportBack},
    round::{Round, TurnState},
};
use crate::{Instant, PhaseKind, SeatSet, SessionKind, Stage, SuspendReason, Vote};

/// Where a cycle is, with the data that exists only there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing has happened yet.
    Unformed,
    /// The group gathers its members.
    Forming,
    /// Session 1 has been planned.
    Scheduled,
    /// The doors of a session are open.
    Gathering(Gathering),
    /// Session 1 runs.
    Exploring(Exploring),
    /// The month at work.
    Practising,
    /// Session 2 runs.
    Reflecting(Reflecting),
    /// Members decide what they adopt for good.
    Adopting,
    /// Ended well.
    Completed,
    /// Called off before session 1.
    Cancelled,
    /// Stopped until someone decides.
    Suspended(Suspended),
    /// Ended early.
    Terminated,
    /// Adoption ran past its due date.
    Lapsed,
}

/// The doors of a session are open, nothing has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathering {
    /// Which session.
    pub(crate) session: SessionKind,
    /// Who has been marked as what.
    pub(crate) sheet: Sheet,
    pub(crate) timekeeper: Option<crate::Seat>,
}

/// Session 1 runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exploring {
    pub(crate) meeting: Meeting,
    pub(crate) phase: ExplorePhase,
}

/// Session 2 runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reflecting {
    pub(crate) meeting: Meeting,
    pub(crate) phase: ReflectPhase,
}

/// A stopped cycle, and where it stopped.
#[derive(Debug, PartialEq, Eq)]
pub struct Suspended {
    pub(crate) held: Box<State>,
    pub(crate) reason: SuspendReason,
    pub(crate) since: Instant,
    pub(crate) go_on: SeatSet,
    pub(crate) end: SeatSet,
}

impl Clone for Suspended {
    fn clone(&self) -> Self {
        Self { held: self.held.clone(), ..*self }
    }

    fn clone_from(&mut self, source: &Self) {
        let Self { held, reason, since, go_on, end } = source;
        // The box stays where it is.
        self.held.clone_from(held);
        (self.reason, self.since, self.go_on, self.end) = (*reason, *since, *go_on, *end);
    }
}

impl Suspended {
    /// Stops `state`.
    #[must_use]
    pub fn new(state: State, reason: SuspendReason, since: Instant) -> Self {
        Self { held: Box::new(state), reason, since, go_on: SeatSet::EMPTY, end: SeatSet::EMPTY }
    }

    /// Goes on where it stopped.
    #[must_use]
    pub fn resume(self) -> State {
        *self.held
    }

    /// Where it stopped.
    #[must_use]
    pub fn held(&self) -> &State {
        &self.held
    }

    /// Why it stopped. Never told outside the group.
    #[must_use]
    pub const fn reason(&self) -> SuspendReason {
        self.reason
    }

    /// Since when.
    #[must_use]
    pub const fn since(&self) -> Instant {
        self.since
    }

    /// Who voted so.
    #[must_use]
    pub const fn votes(&self, vote: Vote) -> SeatSet {
        match vote {
            Vote::GoOn => self.go_on,
            Vote::End => self.end,
        }
    }
}

impl Gathering {
    /// Opens the doors.
    #[must_use]
    pub fn open(session: SessionKind) -> Self {
        Self { session, sheet: Sheet::default(), timekeeper: None }
    }

    /// Which session gathers.
    #[must_use]
    pub const fn session(&self) -> SessionKind {
        self.session
    }

    /// Who has been marked as what.
    #[must_use]
    pub const fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// Who is to keep the time once the session begins.
    #[must_use]
    pub const fn timekeeper(&self) -> Option<crate::Seat> {
        self.timekeeper
    }

    /// The session begins. It takes the quorum that was counted and a facilitator from the room; its time in seconds, and how much
    /// pause the clock leaves out.
    #[must_use]
    pub fn start(
        self,
        quorum: crate::Quorum,
        facilitator: crate::Seat,
        at: Instant,
        allotted: u32,
        pause_cap: crate::Span,
    ) -> Meeting {
        Meeting::start(self, quorum, facilitator, at, allotted, pause_cap)
    }
}

impl State {
    /// The stage of this state on the chart.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        match self {
            Self::Unformed => Stage::Unformed,
            Self::Forming => Stage::Forming,
            Self::Scheduled => Stage::Scheduled,
            Self::Gathering(gathering) => match gathering.session {
                SessionKind::Explore => Stage::ExploreGathering,
                SessionKind::Reflect => Stage::ReflectGathering,
            },
            Self::Exploring(exploring) => exploring.phase.stage(),
            Self::Practising => Stage::Practising,
            Self::Reflecting(reflecting) => reflecting.phase.stage(),
            Self::Adopting => Stage::Adopting,
            Self::Completed => Stage::Completed,
            Self::Cancelled => Stage::Cancelled,
            Self::Suspended(_) => Stage::Suspended,
            Self::Terminated => Stage::Terminated,
            Self::Lapsed => Stage::Lapsed,
        }
    }

    /// The session at hand: gathering or running.
    #[must_use]
    pub const fn session(&self) -> Option<SessionKind> {
        match self {
            Self::Gathering(gathering) => Some(gathering.session),
            Self::Exploring(_) => Some(SessionKind::Explore),
            Self::Reflecting(_) => Some(SessionKind::Reflect),
            Self::Unformed
            | Self::Forming
            | Self::Scheduled
            | Self::Practising
            | Self::Adopting
            | Self::Completed
            | Self::Cancelled
            | Self::Suspended(_)
            | Self::Terminated
            | Self::Lapsed => None,
        }
    }

    /// The running session.
    #[must_use]
    pub const fn meeting(&self) -> Option<&Meeting> {
        match self {
            Self::Exploring(exploring) => Some(&exploring.meeting),
            Self::Reflecting(reflecting) => Some(&reflecting.meeting),
            Self::Unformed
            | Self::Forming
            | Self::Scheduled
            | Self::Gathering(_)
            | Self::Practising
            | Self::Adopting
            | Self::Completed
            | Self::Cancelled
            | Self::Suspended(_)
            | Self::Terminated
            | Self::Lapsed => None,
        }
    }

    /// The attendance sheet of the session at hand.
    #[must_use]
    pub const fn sheet(&self) -> Option<&Sheet> {
        match self {
            Self::Gathering(gathering) => Some(&gathering.sheet),
            Self::Exploring(_) | Self::Reflecting(_) => match self.meeting() {
                Some(meeting) => Some(&meeting.sheet),
                None => None,
            },
            Self::Unformed
            | Self::Forming
            | Self::Scheduled
            | Self::Practising
            | Self::Adopting
            | Self::Completed
            | Self::Cancelled
            | Self::Suspended(_)
            | Self::Terminated
            | Self::Lapsed => None,
        }
    }

    /// The running phase.
    #[must_use]
    pub const fn phase(&self) -> Option<PhaseKind> {
        match self {
            Self::Exploring(exploring) => Some(exploring.phase.kind()),
            Self::Reflecting(reflecting) => Some(reflecting.phase.kind()),
            Self::Unformed
            | Self::Forming
            | Self::Scheduled
            | Self::Gathering(_)
            | Self::Practising
            | Self::Adopting
            | Self::Completed
            | Self::Cancelled
            | Self::Suspended(_)
            | Self::Terminated
            | Self::Lapsed => None,
        }
    }

    /// The running phase's box.
    #[must_use]
    pub const fn time_box(&self) -> Option<&TimeBox> {
        match self {
            Self::Exploring(exploring) => Some(exploring.phase.time_box()),
            Self::Reflecting(reflecting) => Some(reflecting.phase.time_box()),
            Self::Unformed
            | Self::Forming
            | Self::Scheduled
            | Self::Gathering(_)
            | Self::Practising
            | Self::Adopting
            | Self::Completed
            | Self::Cancelled
            | Self::Suspended(_)
            | Self::Terminated
            | Self::Lapsed => None,
        }
    }

    /// The running round, where the phase is one.
    #[must_use]
    pub const fn round(&self) -> Option<&Round> {
        match self {
            Self::Exploring(exploring) => exploring.phase.round(),
            Self::Reflecting(reflecting) => reflecting.phase.round(),
            Self::Unformed
            | Self::Forming
            | Self::Scheduled
            | Self::Gathering(_)
            | Self::Practising
            | Self::Adopting
            | Self::Completed
            | Self::Cancelled
            | Self::Suspended(_)
            | Self::Terminated
            | Self::Lapsed => None,
        }
    }

    pub(crate) const fn floor_mut(&mut self) -> Option<(&mut Meeting, &mut TimeBox, Option<&mut Round>)> {
        match self {
            Self::Exploring(exploring) => {
                let (time_box, round) = exploring.phase.parts_mut();
                Some((&mut exploring.meeting, time_box, round))
            }
            Self::Reflecting(reflecting) => {
                let (time_box, round) = reflecting.phase.parts_mut();
                Some((&mut reflecting.meeting, time_box, round))
            }
            Self::Unformed
            | Self::Forming
            | Self::Scheduled
            | Self::Gathering(_)
            | Self::Practising
            | Self::Adopting
            | Self::Completed
            | Self::Cancelled
            | Self::Suspended(_)
            | Self::Terminated
            | Self::Lapsed => None,
        }
    }
}
