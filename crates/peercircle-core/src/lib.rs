//! The pure state machine of a peer learning group.
//!
//! Six managers of one level, from different departments, meet twice for 90 minutes, a month apart, about one challenge they
//! share, and one of *them* facilitates. A [`Cycle`] is one such run. It takes a [`Command`] and a [`Context`] to a
//! [`Verdict`] (`decide`), applies an [`Event`] (`evolve`), and answers what may be done, what is missing and how long is left.
//!
//! What is deliberately absent: a clock, randomness, I/O, async, floating point, hash order, and any place where something
//! that was said could be kept.

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}

mod allowed;
mod bits;
mod buddies;
mod chart;
mod codes;
mod command;
mod cycle;
mod decide;
mod disclosure;
mod due;
mod event;
mod evidence;
mod evolve;
mod facts;
mod floor;
mod guide;
mod ids;
mod outline;
mod path;
mod process;
mod reason;
mod replan;
mod roster;
mod rulebook;
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a rule looks at the kinds it is registered for, and says nothing of the rest"
)]
mod rules;
mod seat;
mod stage;
mod state;
mod strategy;
mod time;
mod verdict;
mod view;
mod waiting;
mod words;

pub use self::{
    allowed::Allowed,
    buddies::Buddies,
    chart::{Chart, Edge},
    codes::{
        Attendance, CancelReason, CatchUpPart, Consent, ContinueReason, ForceReason, InterruptReason, NoAdoptionReason,
        NoPracticeReason, PauseReason, Place, PostponeReason, Privacy, ReopenReason, RepeatReason, Rsvp, ShortGapReason,
        SkipReason, StoryKind, SuspendReason, TerminateReason, Vote, WaiveReason, WithdrawalReason,
    },
    command::{Adoption, Command, CommandKind, KindSet, NameError, Report, Role, RoleSet, WireCommand},
    cycle::Cycle,
    disclosure::{CycleFacts, MemberFacts},
    due::{Due, DueKind},
    event::{Actor, AdoptionFact, DropReason, Entry, Event, EventBody, Formed, Outcome, ReportFact, Revision},
    evidence::{AllMarked, GroundRulesAccepted, Quorum, RoundOver},
    evolve::{ReplayError, anonymise},
    facts::Facts,
    floor::{Floor, LaterPhase, PassPhase, Phase, RoundPhase},
    guide::{Guide, PhaseGuide, TurnGuide},
    ids::{
        CommandId, CycleId, DepartmentId, GroupId, IdError, LevelId, MAX_ID_BYTES, MemberId, ModuleId, NoteRef, StrategyId,
    },
    path::{NoPath, PathStep},
    process::{
        Agenda, AttendancePolicy, ClockPolicy, Condition, CountBound, Counted, ElapsedBound, Facilitation, GapPolicy,
        GroupPolicy, OwnRuleSpec, PhaseBox, PlacePolicy, PracticePolicy, Process, ProcessIssue, ProcessIssues, ProcessSpec,
        QuorumLost, QuorumPolicy, Relation, RetentionPolicy, Since, SkipPolicy, Switch, TurnOrder, TurnPolicy, Whose,
        lasting,
    },
    reason::Reason,
    replan::{Ahead, replan},
    roster::{Profile, Roster, Succession},
    rulebook::{Explanation, Finding, Rulebook},
    rules::{Checked, How, OwnRule, RULES, Rule, RuleClass},
    seat::{MAX_SEATS, Seat, SeatIter, SeatQueue, SeatSet},
    stage::{PhaseKind, SessionKind, Stage, StageSet},
    state::{
        ActionPlanning, AdoptionRound, Claim, Date, Discussion, ExplorePhase, ExploreTakeaways, ExploreWelcome, Exploring,
        Gathering, Ledger, LessonsLearned, Meeting, NextSteps, Plan, Recording, ReflectPhase, ReflectTakeaways,
        ReflectWelcome, Reflecting, ReportBack, Round, SessionFacts, Sheet, SkillBuilding, State, Stop, StorySharing,
        Suspended, TimeBox, TurnState,
    },
    strategy::{MAX_STRATEGIES, ModuleRef, StrategyIter, StrategyNo, StrategySet},
    time::{Instant, InstantError, Span},
    verdict::{Context, Refusals, Rejection, RuleId, Verdict},
    view::{
        AheadView, AllowedView, ClockView, CycleView, DueView, ExplanationView, FieldView, FindingView, GuideView,
        MemberView, NextView, PathView, PhaseView, RefusalView, SessionView, SpeakerView, StepView, TurnView, VerdictView,
        WaitingView, WireActor,
    },
    waiting::Waiting,
};
