//! Events: what happened, as facts. Past tense; who by seat, never what was said.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    AllMarked, Attendance, Buddies, CancelReason, CatchUpPart, CommandId, Consent, ContinueReason, CycleId, ForceReason,
    GroundRulesAccepted, GroupId, Instant, InterruptReason, MemberId, ModuleRef, NoAdoptionReason, NoPracticeReason,
    NoteRef, PauseReason, PhaseKind, Place, PostponeReason, Privacy, Process, Profile, Quorum, ReopenReason, RepeatReason,
    RoundOver, Rsvp, Seat, SeatSet, SessionKind, ShortGapReason, SkipReason, StoryKind, StrategyNo, StrategySet,
    SuspendReason, TerminateReason, Vote, WaiveReason, WithdrawalReason,
};

/// How many events a cycle has seen: 0 before the first.
pub type Revision = u32;

/// Who gave a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Actor {
    /// A member of the cycle.
    Member {
        /// Their seat.
        seat: Seat,
    },
    /// Whoever organises groups, such as HR. Never in the room.
    Organiser {},
    /// The software the core lives in: jobs and synchronisation.
    Host {},
}

impl Actor {
    /// The member on this seat.
    #[must_use]
    pub const fn member(seat: Seat) -> Self {
        Self::Member { seat }
    }

    /// The seat, where the actor is a member.
    #[must_use]
    pub const fn seat(self) -> Option<Seat> {
        match self {
            Self::Member { seat } => Some(seat),
            Self::Organiser {} | Self::Host {} => None,
        }
    }
}

/// An event: when, by whom, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its place in the history, from 1.
    pub seq: Revision,
    /// When it was decided.
    pub at: Instant,
    /// Whose command it was.
    pub actor: Actor,
    /// The idempotency key of that command.
    pub command_id: Option<CommandId>,
    /// What happened.
    pub body: EventBody,
}

/// The beginning of a cycle: everything it starts with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Formed {
    /// The cycle.
    pub cycle: CycleId,
    /// The group.
    pub group: GroupId,
    /// The module.
    pub module: ModuleRef,
    /// The process the cycle keeps.
    pub process: Process,
    /// The cycle before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<CycleId>,
    /// Who facilitated in earlier cycles, least recent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub served: Vec<MemberId>,
}

/// The way into a phase, with the evidence it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "phase", rename_all = "snake_case")]
#[expect(missing_docs, reason = "a phase each; the evidence is documented at its type")]
pub enum Entry {
    StorySharing {
        ground_rules: GroundRulesAccepted,
    },
    Discussion {
        round: RoundOver,
    },
    SkillBuilding {},
    ActionPlanning {},
    NextSteps {
        round: RoundOver,
    },
    ReportBack {},
    LessonsLearned {
        round: RoundOver,
    },
    Adoption {},
    /// Session 1 enters it from next steps, session 2 from the round of adoption.
    Takeaways {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        round: Option<RoundOver>,
    },
}

impl Entry {
    /// The phase it leads into.
    #[must_use]
    pub const fn phase(self) -> PhaseKind {
        match self {
            Self::StorySharing { .. } => PhaseKind::StorySharing,
            Self::Discussion { .. } => PhaseKind::Discussion,
            Self::SkillBuilding {} => PhaseKind::SkillBuilding,
            Self::ActionPlanning {} => PhaseKind::ActionPlanning,
            Self::NextSteps { .. } => PhaseKind::NextSteps,
            Self::ReportBack {} => PhaseKind::ReportBack,
            Self::LessonsLearned { .. } => PhaseKind::LessonsLearned,
            Self::Adoption {} => PhaseKind::Adoption,
            Self::Takeaways { .. } => PhaseKind::Takeaways,
        }
    }
}

/// That a member reported, as a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ReportFact {
    /// The member tried these strategies.
    Practised {
        /// Which.
        strategies: StrategySet,
    },
    /// The member didn't practise.
    DidNotPractise {
        /// Why.
        reason: NoPracticeReason,
    },
}

/// What a member adopted, as a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum AdoptionFact {
    /// The member adopts these strategies.
    Adopted {
        /// Which.
        strategies: StrategySet,
    },
    /// The member adopts none.
    NoneAdopted {
        /// Why.
        reason: NoAdoptionReason,
    },
}

/// How a member ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Still on the way.
    Enrolled,
    /// Attended session 2, reported and decided.
    Completed,
    /// Made up for a missed session 2 by report and debrief.
    CompletedByReport,
    /// Freed from what was left by the organiser.
    Waived,
    /// Left.
    Withdrawn,
    /// Missed what can't be made up.
    Dropped,
}

/// Why a member was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// Missed session 1 and didn't catch up.
    NotCaughtUp,
    /// Missed both sessions.
    MissedBoth,
    /// Missed session 2 and didn't make up for it, or never decided on adoption.
    Undone,
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:literal $variant:ident $payload:tt;)+) => {
        bodies!(@emit [] $($(#[$doc])* $name $variant $payload;)+);

        impl EventBody {
            /// The names of every type of event, in the order of the lifecycle.
            pub const TYPES: &'static [&'static str] = &[$($name),+];
        }
    };
    (@emit [$($done:tt)*] $(#[$doc:meta])* $name:literal $variant:ident ($inner:ty); $($rest:tt)*) => {
        bodies!(@emit [$($done)* { $(#[$doc])* #[serde(rename = $name)] $variant($inner) , $name, $variant (..) }] $($rest)*);
    };
    (@emit [$($done:tt)*] $(#[$doc:meta])* $name:literal $variant:ident {$($fields:tt)*}; $($rest:tt)*) => {
        bodies!(@emit [$($done)* { $(#[$doc])* #[serde(rename = $name)] $variant {$($fields)*} , $name, $variant {..} }] $($rest)*);
    };
    (@emit [$({ $(#[$meta:meta])* $variant:ident $payload:tt , $name:literal, $again:ident $pattern:tt })+]) => {
        /// What happened.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(tag = "type")]
        #[expect(missing_docs, reason = "the fields are described by their names and types")]
        pub enum EventBody {
            $($(#[$meta])* $variant $payload,)+
        }

        impl EventBody {
            /// Its type on the wire, such as `story.shared`.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$again $pattern => $name),+ }
            }
        }
    };
}

bodies! {
    /// The cycle began.
    "cycle.formed" CycleFormed(Arc<Formed>);
    /// A member took a seat: the one event that holds their id.
    "member.enrolled" MemberEnrolled { seat: Seat, profile: Arc<Profile> };
    /// A member left the group.
    "member.withdrawn" MemberWithdrawn { seat: Seat, reason: WithdrawalReason };
    /// The module was changed.
    "module.chosen" ModuleChosen { module: Box<ModuleRef> };
    /// The ground rules got a new version; earlier acceptances don't count for it.
    "ground_rules.set" GroundRulesSet { version: u16 };
    /// A member accepted the ground rules.
    "ground_rules.accepted" GroundRulesAccepted { seat: Seat, version: u16 };
    /// A member completed the orientation.
    "orientation.completed" OrientationCompleted { seat: Seat };
    /// A facilitator was appointed.
    "facilitator.appointed" FacilitatorAppointed {
        session: SessionKind,
        seat: Seat,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exception: Option<RepeatReason>,
    };
    /// A timekeeper was appointed.
    "timekeeper.appointed" TimekeeperAppointed { seat: Seat };
    /// A session got its date.
    "session.scheduled" SessionScheduled {
        session: SessionKind,
        starts_at: Instant,
        place: Place,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        short_gap: Option<ShortGapReason>,
    };
    /// A session got another date.
    "session.rescheduled" SessionRescheduled {
        session: SessionKind,
        starts_at: Instant,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        short_gap: Option<ShortGapReason>,
    };
    /// A session lost its date.
    "session.postponed" SessionPostponed { session: SessionKind, reason: PostponeReason };
    /// The group said by when session 2 gets its date.
    "session.date_promised" DatePromised { by: Instant };
    /// A session was called off.
    "session.cancelled" SessionCancelled { session: SessionKind, reason: CancelReason };
    /// The cycle was called off.
    "cycle.cancelled" CycleCancelled { reason: CancelReason };
    /// A member answered the invitation.
    "session.replied" Replied { seat: Seat, session: SessionKind, reply: Rsvp };
    /// The doors opened.
    "session.opened" SessionOpened { session: SessionKind };
    /// Someone's attendance was marked.
    "attendance.marked" AttendanceMarked { seat: Seat, attendance: Attendance };
    /// The session began.
    "session.started" SessionStarted { session: SessionKind, facilitator: Seat, quorum: Quorum, planned_seconds: u16 };
    /// A phase began.
    "phase.opened" PhaseOpened { entry: Entry, planned_seconds: u16 };
    /// A phase was passed over.
    "phase.skipped" PhaseSkipped { entry: Entry, reason: SkipReason };
    /// The session went back one phase.
    "phase.reopened" PhaseReopened { phase: PhaseKind, planned_seconds: u16, reason: ReopenReason };
    /// Someone began to speak.
    "turn.started" TurnStarted { seat: Seat };
    /// Someone shared a story.
    "story.shared" StoryShared {
        seat: Seat,
        story: StoryKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    };
    /// Someone reported back.
    "report.given" ReportGiven {
        seat: Seat,
        report: ReportFact,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    };
    /// Someone finished speaking.
    "turn.finished" TurnFinished {
        seat: Seat,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    };
    /// Someone passed.
    "turn.passed" TurnPassed { seat: Seat };
    /// Someone moved to the end of the round.
    "turn.deferred" TurnDeferred { seat: Seat };
    /// The facilitator closed the round before everyone had spoken.
    "round.closed" RoundClosed { unheard: SeatSet, reason: ForceReason };
    /// Someone made or amended an action plan.
    "plan.made" PlanMade {
        seat: Seat,
        version: u8,
        strategy: StrategyNo,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    };
    /// The phase got more time.
    "phase.extended" PhaseExtended { seconds: u16 };
    /// Someone agreed to go past the end.
    "overrun.agreed" OverrunAgreed { seat: Seat };
    /// All present had agreed: the session may go on longer.
    "overrun.granted" OverrunGranted { seconds: u16 };
    /// The clock was stopped.
    "session.paused" SessionPaused { reason: PauseReason };
    /// The session went on; after an interruption with this much time for what is left.
    "session.resumed" SessionResumed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        allotted_seconds: Option<u32>,
    };
    /// The session stopped for the day.
    "session.interrupted" SessionInterrupted { reason: InterruptReason };
    /// The interrupted session was given up, to be held afresh.
    "session.restarted" SessionRestarted { session: SessionKind };
    /// Someone else facilitates now.
    "facilitator.changed" FacilitatorChanged {
        seat: Seat,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exception: Option<RepeatReason>,
    };
    /// The facilitator is gone; the clock stands until there is another.
    "facilitator.gone" FacilitatorGone { seat: Seat };
    /// Someone offered to facilitate.
    "facilitator.claimed" FacilitationClaimed {
        seat: Seat,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exception: Option<RepeatReason>,
    };
    /// The facilitator left the chair to someone for their own turn.
    "facilitator.delegated" FacilitationDelegated { seat: Seat };
    /// The facilitator took the chair again.
    "facilitator.returned" FacilitationReturned { seat: Seat };
    /// Too few are left in the room.
    "quorum.lost" QuorumLost { quorum: Quorum };
    /// Enough are in the room again.
    "quorum.regained" QuorumRegained { quorum: Quorum };
    /// The facilitator goes on all the same.
    "quorum.waived" QuorumWaived { reason: ContinueReason };
    /// The facilitator asked to record.
    "recording.requested" RecordingRequested {};
    /// Someone answered that.
    "recording.answered" RecordingAnswered { seat: Seat, consent: Consent };
    /// Recording began.
    "recording.started" RecordingStarted {};
    /// Recording ended.
    "recording.stopped" RecordingStopped {};
    /// The session ended in good order.
    "session.closed" SessionClosed { marked: AllMarked };
    /// The buddies were paired.
    "buddies.paired" BuddiesPaired { pairs: Buddies };
    /// Someone logged a week of practice.
    "practice.logged" PracticeLogged {
        seat: Seat,
        week: u8,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    };
    /// Someone checked in with their buddy.
    "buddy.checked_in" CheckedIn { seat: Seat, week: u8 };
    /// Someone did a part of the catch-up.
    "catch_up.recorded" CatchUpRecorded { seat: Seat, part: CatchUpPart };
    /// Someone reported in writing.
    "report.submitted" ReportSubmitted {
        seat: Seat,
        report: ReportFact,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    };
    /// Someone debriefed with their buddy.
    "report.debriefed" Debriefed { seat: Seat };
    /// Someone decided what to adopt.
    "adoption.decided" AdoptionDecided {
        seat: Seat,
        adoption: AdoptionFact,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    };
    /// Someone gave feedback.
    "feedback.given" FeedbackGiven {
        seat: Seat,
        session: SessionKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    };
    /// A member reached the end.
    "member.completed" MemberCompleted { seat: Seat, outcome: Outcome };
    /// A member was dropped.
    "member.dropped" MemberDropped { seat: Seat, reason: DropReason };
    /// A member was freed from what was left.
    "member.waived" MemberWaived { seat: Seat, reason: WaiveReason };
    /// Everyone had reached an end.
    "cycle.completed" CycleCompleted {};
    /// The due date of adoption passed with members undecided.
    "cycle.lapsed" CycleLapsed {};
    /// The cycle stopped.
    "cycle.suspended" CycleSuspended { reason: SuspendReason };
    /// Someone voted on what becomes of it.
    "suspension.voted" SuspensionVoted { seat: Seat, vote: Vote };
    /// The cycle went on.
    "cycle.resumed" CycleResumed {};
    /// The cycle ended early.
    "cycle.terminated" CycleTerminated { reason: TerminateReason };
    /// A member's id was erased.
    "member.anonymised" MemberAnonymised { seat: Seat };
    /// Less leaves the group from now on.
    "privacy.tightened" PrivacyTightened { privacy: Privacy };
    /// The cycle moved to another process.
    "process.migrated" ProcessMigrated { process: Box<Process> };
}
