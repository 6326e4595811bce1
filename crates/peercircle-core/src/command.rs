//! Commands: what someone asks the machine to do. Imperative; each is decided whole or refused whole.

mod kind;

use serde::{Deserialize, Serialize};

pub use self::kind::{CommandKind, KindSet, Role, RoleSet};
use crate::{
    Attendance, CancelReason, CatchUpPart, Consent, ContinueReason, CycleId, DepartmentId, ForceReason, GroupId, IdError,
    Instant, InterruptReason, LevelId, MemberId, ModuleRef, NoAdoptionReason, NoPracticeReason, NoteRef, PauseReason,
    PhaseKind, Place, PostponeReason, Privacy, Process, ReopenReason, RepeatReason, Roster, Rsvp, Seat, SessionKind,
    ShortGapReason, SkipReason, StoryKind, StrategyId, StrategyNo, Succession, SuspendReason, TerminateReason, Vote,
    WaiveReason, WithdrawalReason,
};

/// A command. `M` names a member and `S` a strategy: by number inside the core, by id on the wire ([`WireCommand`]).
///
/// # Example
/// ```
/// use peercircle_core::{CommandKind, WireCommand};
/// let command: WireCommand = serde_json::from_str(r#"{"type":"story.share","member":"ana","story":"own"}"#)?;
/// assert_eq!(command.kind(), CommandKind::ShareStory);
/// let unknown = serde_json::from_str::<WireCommand>(r#"{"type":"session.start","now":true}"#);
/// assert!(unknown.unwrap_err().to_string().contains("unknown field `now`"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", deny_unknown_fields)]
#[expect(missing_docs, reason = "every variant is described by its kind, every field by its type")]
pub enum Command<M = Seat, S = StrategyNo> {
    #[serde(rename = "cycle.form")]
    FormCycle {
        cycle: CycleId,
        group: GroupId,
        module: ModuleRef,
        #[serde(default)]
        process: Box<Process>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<Box<Succession>>,
    },
    #[serde(rename = "member.enrol")]
    EnrolMember {
        member: MemberId,
        level: LevelId,
        department: DepartmentId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        manager: Option<MemberId>,
    },
    #[serde(rename = "member.withdraw")]
    WithdrawMember { member: M, reason: WithdrawalReason },
    #[serde(rename = "module.choose")]
    ChooseModule { module: ModuleRef },
    #[serde(rename = "ground_rules.set")]
    SetGroundRules { version: u16 },
    #[serde(rename = "ground_rules.accept")]
    AcceptGroundRules { member: M, version: u16 },
    #[serde(rename = "orientation.complete")]
    CompleteOrientation { member: M },
    #[serde(rename = "facilitator.appoint")]
    AppointFacilitator {
        session: SessionKind,
        member: M,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exception: Option<RepeatReason>,
    },
    #[serde(rename = "timekeeper.appoint")]
    AppointTimekeeper { member: M },
    #[serde(rename = "session.schedule")]
    ScheduleSession {
        session: SessionKind,
        starts_at: Instant,
        place: Place,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        short_gap: Option<ShortGapReason>,
    },
    #[serde(rename = "session.reschedule")]
    RescheduleSession {
        session: SessionKind,
        starts_at: Instant,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        short_gap: Option<ShortGapReason>,
    },
    #[serde(rename = "session.postpone")]
    PostponeSession { session: SessionKind, reason: PostponeReason },
    #[serde(rename = "session.promise_date")]
    PromiseDate { by: Instant },
    #[serde(rename = "session.cancel")]
    CancelSession { session: SessionKind, reason: CancelReason },
    #[serde(rename = "cycle.cancel")]
    CancelCycle { reason: CancelReason },
    #[serde(rename = "session.reply")]
    Reply { member: M, session: SessionKind, reply: Rsvp },
    #[serde(rename = "session.open")]
    OpenSession { session: SessionKind },
    #[serde(rename = "attendance.mark")]
    MarkAttendance { member: M, attendance: Attendance },
    #[serde(rename = "session.start")]
    StartSession {},
    #[serde(rename = "phase.open")]
    OpenPhase { phase: PhaseKind },
    #[serde(rename = "phase.skip")]
    SkipPhase { phase: PhaseKind, reason: SkipReason },
    #[serde(rename = "phase.reopen")]
    ReopenPhase { phase: PhaseKind, reason: ReopenReason },
    #[serde(rename = "turn.start")]
    StartTurn { member: M },
    #[serde(rename = "story.share")]
    ShareStory {
        member: M,
        story: StoryKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    },
    #[serde(rename = "report.give")]
    GiveReport {
        member: M,
        report: Report<S>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    },
    #[serde(rename = "turn.finish")]
    FinishTurn {
        member: M,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    },
    #[serde(rename = "turn.pass")]
    PassTurn { member: M },
    #[serde(rename = "turn.defer")]
    DeferTurn { member: M },
    #[serde(rename = "round.close")]
    CloseRound { reason: ForceReason },
    #[serde(rename = "plan.make")]
    MakePlan {
        member: M,
        strategy: S,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    },
    #[serde(rename = "phase.extend")]
    ExtendPhase { seconds: u16 },
    #[serde(rename = "overrun.agree")]
    AgreeToOverrun { member: M },
    #[serde(rename = "session.pause")]
    PauseSession { reason: PauseReason },
    #[serde(rename = "session.resume")]
    ResumeSession {},
    #[serde(rename = "session.interrupt")]
    InterruptSession { reason: InterruptReason },
    #[serde(rename = "session.restart")]
    RestartSession {},
    #[serde(rename = "facilitator.hand_over")]
    HandOver {
        member: M,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exception: Option<RepeatReason>,
    },
    #[serde(rename = "facilitator.declare_gone")]
    DeclareFacilitatorGone {},
    #[serde(rename = "facilitator.claim")]
    ClaimFacilitation {
        member: M,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exception: Option<RepeatReason>,
    },
    #[serde(rename = "facilitator.assent")]
    AssentToFacilitator {},
    #[serde(rename = "facilitator.delegate")]
    DelegateFacilitation { member: M },
    #[serde(rename = "quorum.continue")]
    ContinueBelowQuorum { reason: ContinueReason },
    #[serde(rename = "recording.request")]
    RequestRecording {},
    #[serde(rename = "recording.answer")]
    AnswerRecording { member: M, consent: Consent },
    #[serde(rename = "recording.start")]
    StartRecording {},
    #[serde(rename = "recording.stop")]
    StopRecording {},
    #[serde(rename = "session.close")]
    CloseSession {},
    #[serde(rename = "buddies.pair")]
    PairBuddies { pairs: Vec<Vec<M>> },
    #[serde(rename = "practice.log")]
    LogPractice {
        member: M,
        week: u8,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    },
    #[serde(rename = "buddy.check_in")]
    CheckIn { member: M, week: u8 },
    #[serde(rename = "catch_up.record")]
    RecordCatchUp { member: M, part: CatchUpPart },
    #[serde(rename = "report.submit")]
    SubmitReport {
        member: M,
        report: Report<S>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    },
    #[serde(rename = "report.debrief")]
    RecordDebrief { member: M },
    #[serde(rename = "adoption.decide")]
    DecideAdoption {
        member: M,
        adoption: Adoption<S>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    },
    #[serde(rename = "feedback.give")]
    GiveFeedback {
        member: M,
        session: SessionKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteRef>,
    },
    #[serde(rename = "member.waive")]
    WaiveMember { member: M, reason: WaiveReason },
    #[serde(rename = "cycle.lapse")]
    LapseCycle {},
    #[serde(rename = "cycle.suspend")]
    SuspendCycle { reason: SuspendReason },
    #[serde(rename = "breach.report")]
    ReportBreach {},
    #[serde(rename = "suspension.vote")]
    VoteOnSuspension { member: M, vote: Vote },
    #[serde(rename = "cycle.resume")]
    ResumeCycle {},
    #[serde(rename = "cycle.terminate")]
    TerminateCycle { reason: TerminateReason },
    #[serde(rename = "member.anonymise")]
    AnonymiseMember { member: M },
    #[serde(rename = "privacy.tighten")]
    TightenPrivacy { privacy: Privacy },
    #[serde(rename = "process.migrate")]
    MigrateProcess { process: Box<Process> },
}

/// A command as it stands on the wire: people and strategies by id.
pub type WireCommand = Command<MemberId, StrategyId>;

/// What a member tells in session 2 or in writing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub enum Report<S = StrategyNo> {
    /// The member tried these strategies at work.
    Practised {
        /// At least one.
        strategies: Vec<S>,
    },
    /// The member didn't practise; it counts as a report (R-29).
    DidNotPractise {
        /// Why.
        reason: NoPracticeReason,
    },
}

/// What a member decides in the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub enum Adoption<S = StrategyNo> {
    /// The member puts these strategies into lasting practice.
    Adopted {
        /// At least one (R-47).
        strategies: Vec<S>,
    },
    /// The member adopts none.
    NoneAdopted {
        /// Why.
        reason: NoAdoptionReason,
    },
}

impl<S> Report<S> {
    fn try_map<T, E>(self, strategy: &mut impl FnMut(S) -> Result<T, E>) -> Result<Report<T>, E> {
        Ok(match self {
            Self::Practised { strategies } => {
                Report::Practised { strategies: strategies.into_iter().map(strategy).collect::<Result<_, E>>()? }
            }
            Self::DidNotPractise { reason } => Report::DidNotPractise { reason },
        })
    }
}

impl<S> Adoption<S> {
    fn try_map<T, E>(self, strategy: &mut impl FnMut(S) -> Result<T, E>) -> Result<Adoption<T>, E> {
        Ok(match self {
            Self::Adopted { strategies } => {
                Adoption::Adopted { strategies: strategies.into_iter().map(strategy).collect::<Result<_, E>>()? }
            }
            Self::NoneAdopted { reason } => Adoption::NoneAdopted { reason },
        })
    }
}

/// A command that names someone or something the cycle doesn't have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// No member has this id.
    #[error("expected a member of this cycle ({known}), got `{member}`")]
    UnknownMember {
        /// The id that came.
        member: MemberId,
        /// The ids that would work.
        known: String,
    },
    /// The module has no such strategy.
    #[error("expected a strategy of the module ({known}), got `{strategy}`")]
    UnknownStrategy {
        /// The id that came.
        strategy: StrategyId,
        /// The ids that would work.
        known: String,
    },
}

impl NameError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownMember { .. } => "unknown_member",
            Self::UnknownStrategy { .. } => "unknown_strategy",
        }
    }
}

impl WireCommand {
    /// The same command with people and strategies by number, as `roster` has them.
    ///
    /// # Errors
    /// [`NameError`] where the command names a member or a strategy that the cycle doesn't have.
    pub fn resolve(self, roster: &Roster) -> Result<Command, NameError> {
        self.try_map(
            |member| match roster.seat_of(&member) {
                Some(seat) => Ok(seat),
                None => Err(NameError::UnknownMember { known: roster.known_members(), member }),
            },
            |strategy| match roster.module().and_then(|module| module.number(&strategy)) {
                Some(number) => Ok(number),
                None => Err(NameError::UnknownStrategy { known: roster.known_strategies(), strategy }),
            },
        )
    }
}

impl Command {
    /// The same command with people and strategies by id; a number that `roster` lacks is an [`IdError`].
    ///
    /// # Errors
    /// [`IdError`] where a seat is empty or the module has no such strategy.
    pub fn named(self, roster: &Roster) -> Result<WireCommand, IdError> {
        self.try_map(
            |seat| {
                let id = roster.member(seat).map(|profile| profile.id.clone());
                id.ok_or_else(|| IdError { expected: "a seat that is taken", got: seat.number().to_string() })
            },
            |number| {
                let id = roster.module().and_then(|module| module.strategy(number)).cloned();
                id.ok_or_else(|| IdError { expected: "a strategy of the module", got: number.number().to_string() })
            },
        )
    }

    /// The member the command is about, where it is about one.
    #[must_use]
    pub const fn subject(&self) -> Option<Seat> {
        match self {
            Self::WithdrawMember { member, .. }
            | Self::AcceptGroundRules { member, .. }
            | Self::CompleteOrientation { member }
            | Self::AppointFacilitator { member, .. }
            | Self::AppointTimekeeper { member }
            | Self::Reply { member, .. }
            | Self::MarkAttendance { member, .. }
            | Self::StartTurn { member }
            | Self::ShareStory { member, .. }
            | Self::GiveReport { member, .. }
            | Self::FinishTurn { member, .. }
            | Self::PassTurn { member }
            | Self::DeferTurn { member }
            | Self::MakePlan { member, .. }
            | Self::AgreeToOverrun { member }
            | Self::HandOver { member, .. }
            | Self::ClaimFacilitation { member, .. }
            | Self::DelegateFacilitation { member }
            | Self::AnswerRecording { member, .. }
            | Self::LogPractice { member, .. }
            | Self::CheckIn { member, .. }
            | Self::RecordCatchUp { member, .. }
            | Self::SubmitReport { member, .. }
            | Self::RecordDebrief { member }
            | Self::DecideAdoption { member, .. }
            | Self::GiveFeedback { member, .. }
            | Self::WaiveMember { member, .. }
            | Self::VoteOnSuspension { member, .. }
            | Self::AnonymiseMember { member } => Some(*member),
            Self::FormCycle { .. }
            | Self::EnrolMember { .. }
            | Self::ChooseModule { .. }
            | Self::SetGroundRules { .. }
            | Self::ScheduleSession { .. }
            | Self::RescheduleSession { .. }
            | Self::PostponeSession { .. }
            | Self::PromiseDate { .. }
            | Self::CancelSession { .. }
            | Self::CancelCycle { .. }
            | Self::OpenSession { .. }
            | Self::StartSession {}
            | Self::OpenPhase { .. }
            | Self::SkipPhase { .. }
            | Self::ReopenPhase { .. }
            | Self::CloseRound { .. }
            | Self::ExtendPhase { .. }
            | Self::PauseSession { .. }
            | Self::ResumeSession {}
            | Self::InterruptSession { .. }
            | Self::RestartSession {}
            | Self::DeclareFacilitatorGone {}
            | Self::AssentToFacilitator {}
            | Self::ContinueBelowQuorum { .. }
            | Self::RequestRecording {}
            | Self::StartRecording {}
            | Self::StopRecording {}
            | Self::CloseSession {}
            | Self::PairBuddies { .. }
            | Self::LapseCycle {}
            | Self::SuspendCycle { .. }
            | Self::ReportBreach {}
            | Self::ResumeCycle {}
            | Self::TerminateCycle { .. }
            | Self::TightenPrivacy { .. }
            | Self::MigrateProcess { .. } => None,
        }
    }
}

impl<M, S> Command<M, S> {
    /// The kind of this command.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::FormCycle { .. } => CommandKind::FormCycle,
            Self::EnrolMember { .. } => CommandKind::EnrolMember,
            Self::WithdrawMember { .. } => CommandKind::WithdrawMember,
            Self::ChooseModule { .. } => CommandKind::ChooseModule,
            Self::SetGroundRules { .. } => CommandKind::SetGroundRules,
            Self::AcceptGroundRules { .. } => CommandKind::AcceptGroundRules,
            Self::CompleteOrientation { .. } => CommandKind::CompleteOrientation,
            Self::AppointFacilitator { .. } => CommandKind::AppointFacilitator,
            Self::AppointTimekeeper { .. } => CommandKind::AppointTimekeeper,
            Self::ScheduleSession { .. } => CommandKind::ScheduleSession,
            Self::RescheduleSession { .. } => CommandKind::RescheduleSession,
            Self::PostponeSession { .. } => CommandKind::PostponeSession,
            Self::PromiseDate { .. } => CommandKind::PromiseDate,
            Self::CancelSession { .. } => CommandKind::CancelSession,
            Self::CancelCycle { .. } => CommandKind::CancelCycle,
            Self::Reply { .. } => CommandKind::Reply,
            Self::OpenSession { .. } => CommandKind::OpenSession,
            Self::MarkAttendance { .. } => CommandKind::MarkAttendance,
            Self::StartSession {} => CommandKind::StartSession,
            Self::OpenPhase { .. } => CommandKind::OpenPhase,
            Self::SkipPhase { .. } => CommandKind::SkipPhase,
            Self::ReopenPhase { .. } => CommandKind::ReopenPhase,
            Self::StartTurn { .. } => CommandKind::StartTurn,
            Self::ShareStory { .. } => CommandKind::ShareStory,
            Self::GiveReport { .. } => CommandKind::GiveReport,
            Self::FinishTurn { .. } => CommandKind::FinishTurn,
            Self::PassTurn { .. } => CommandKind::PassTurn,
            Self::DeferTurn { .. } => CommandKind::DeferTurn,
            Self::CloseRound { .. } => CommandKind::CloseRound,
            Self::MakePlan { .. } => CommandKind::MakePlan,
            Self::ExtendPhase { .. } => CommandKind::ExtendPhase,
            Self::AgreeToOverrun { .. } => CommandKind::AgreeToOverrun,
            Self::PauseSession { .. } => CommandKind::PauseSession,
            Self::ResumeSession {} => CommandKind::ResumeSession,
            Self::InterruptSession { .. } => CommandKind::InterruptSession,
            Self::RestartSession {} => CommandKind::RestartSession,
            Self::HandOver { .. } => CommandKind::HandOver,
            Self::DeclareFacilitatorGone {} => CommandKind::DeclareFacilitatorGone,
            Self::ClaimFacilitation { .. } => CommandKind::ClaimFacilitation,
            Self::AssentToFacilitator {} => CommandKind::AssentToFacilitator,
            Self::DelegateFacilitation { .. } => CommandKind::DelegateFacilitation,
            Self::ContinueBelowQuorum { .. } => CommandKind::ContinueBelowQuorum,
            Self::RequestRecording {} => CommandKind::RequestRecording,
            Self::AnswerRecording { .. } => CommandKind::AnswerRecording,
            Self::StartRecording {} => CommandKind::StartRecording,
            Self::StopRecording {} => CommandKind::StopRecording,
            Self::CloseSession {} => CommandKind::CloseSession,
            Self::PairBuddies { .. } => CommandKind::PairBuddies,
            Self::LogPractice { .. } => CommandKind::LogPractice,
            Self::CheckIn { .. } => CommandKind::CheckIn,
            Self::RecordCatchUp { .. } => CommandKind::RecordCatchUp,
            Self::SubmitReport { .. } => CommandKind::SubmitReport,
            Self::RecordDebrief { .. } => CommandKind::RecordDebrief,
            Self::DecideAdoption { .. } => CommandKind::DecideAdoption,
            Self::GiveFeedback { .. } => CommandKind::GiveFeedback,
            Self::WaiveMember { .. } => CommandKind::WaiveMember,
            Self::LapseCycle {} => CommandKind::LapseCycle,
            Self::SuspendCycle { .. } => CommandKind::SuspendCycle,
            Self::ReportBreach {} => CommandKind::ReportBreach,
            Self::VoteOnSuspension { .. } => CommandKind::VoteOnSuspension,
            Self::ResumeCycle {} => CommandKind::ResumeCycle,
            Self::TerminateCycle { .. } => CommandKind::TerminateCycle,
            Self::AnonymiseMember { .. } => CommandKind::AnonymiseMember,
            Self::TightenPrivacy { .. } => CommandKind::TightenPrivacy,
            Self::MigrateProcess { .. } => CommandKind::MigrateProcess,
        }
    }

    /// The same command with members named by `m` and strategies by `s`.
    ///
    /// # Errors
    /// The first error that `m` or `s` returns.
    pub fn try_map<N, T, E>(
        self,
        mut m: impl FnMut(M) -> Result<N, E>,
        mut s: impl FnMut(S) -> Result<T, E>,
    ) -> Result<Command<N, T>, E> {
        Ok(match self {
            Self::FormCycle { cycle, group, module, process, previous } => {
                Command::FormCycle { cycle, group, module, process, previous }
            }
            Self::EnrolMember { member, level, department, manager } => {
                Command::EnrolMember { member, level, department, manager }
            }
            Self::WithdrawMember { member, reason } => Command::WithdrawMember { member: m(member)?, reason },
            Self::ChooseModule { module } => Command::ChooseModule { module },
            Self::SetGroundRules { version } => Command::SetGroundRules { version },
            Self::AcceptGroundRules { member, version } => Command::AcceptGroundRules { member: m(member)?, version },
            Self::CompleteOrientation { member } => Command::CompleteOrientation { member: m(member)? },
            Self::AppointFacilitator { session, member, exception } => {
                Command::AppointFacilitator { session, member: m(member)?, exception }
            }
            Self::AppointTimekeeper { member } => Command::AppointTimekeeper { member: m(member)? },
            Self::ScheduleSession { session, starts_at, place, short_gap } => {
                Command::ScheduleSession { session, starts_at, place, short_gap }
            }
            Self::RescheduleSession { session, starts_at, short_gap } => {
                Command::RescheduleSession { session, starts_at, short_gap }
            }
            Self::PostponeSession { session, reason } => Command::PostponeSession { session, reason },
            Self::PromiseDate { by } => Command::PromiseDate { by },
            Self::CancelSession { session, reason } => Command::CancelSession { session, reason },
            Self::CancelCycle { reason } => Command::CancelCycle { reason },
            Self::Reply { member, session, reply } => Command::Reply { member: m(member)?, session, reply },
            Self::OpenSession { session } => Command::OpenSession { session },
            Self::MarkAttendance { member, attendance } => Command::MarkAttendance { member: m(member)?, attendance },
            Self::StartSession {} => Command::StartSession {},
            Self::OpenPhase { phase } => Command::OpenPhase { phase },
            Self::SkipPhase { phase, reason } => Command::SkipPhase { phase, reason },
            Self::ReopenPhase { phase, reason } => Command::ReopenPhase { phase, reason },
            Self::StartTurn { member } => Command::StartTurn { member: m(member)? },
            Self::ShareStory { member, story, note } => Command::ShareStory { member: m(member)?, story, note },
            Self::GiveReport { member, report, note } => {
                Command::GiveReport { member: m(member)?, report: report.try_map(&mut s)?, note }
            }
            Self::FinishTurn { member, note } => Command::FinishTurn { member: m(member)?, note },
            Self::PassTurn { member } => Command::PassTurn { member: m(member)? },
            Self::DeferTurn { member } => Command::DeferTurn { member: m(member)? },
            Self::CloseRound { reason } => Command::CloseRound { reason },
            Self::MakePlan { member, strategy, note } => {
                Command::MakePlan { member: m(member)?, strategy: s(strategy)?, note }
            }
            Self::ExtendPhase { seconds } => Command::ExtendPhase { seconds },
            Self::AgreeToOverrun { member } => Command::AgreeToOverrun { member: m(member)? },
            Self::PauseSession { reason } => Command::PauseSession { reason },
            Self::ResumeSession {} => Command::ResumeSession {},
            Self::InterruptSession { reason } => Command::InterruptSession { reason },
            Self::RestartSession {} => Command::RestartSession {},
            Self::HandOver { member, exception } => Command::HandOver { member: m(member)?, exception },
            Self::DeclareFacilitatorGone {} => Command::DeclareFacilitatorGone {},
            Self::ClaimFacilitation { member, exception } => Command::ClaimFacilitation { member: m(member)?, exception },
            Self::AssentToFacilitator {} => Command::AssentToFacilitator {},
            Self::DelegateFacilitation { member } => Command::DelegateFacilitation { member: m(member)? },
            Self::ContinueBelowQuorum { reason } => Command::ContinueBelowQuorum { reason },
            Self::RequestRecording {} => Command::RequestRecording {},
            Self::AnswerRecording { member, consent } => Command::AnswerRecording { member: m(member)?, consent },
            Self::StartRecording {} => Command::StartRecording {},
            Self::StopRecording {} => Command::StopRecording {},
            Self::CloseSession {} => Command::CloseSession {},
            Self::PairBuddies { pairs } => Command::PairBuddies {
                pairs: pairs.into_iter().map(|pair| pair.into_iter().map(&mut m).collect()).collect::<Result<_, E>>()?,
            },
            Self::LogPractice { member, week, note } => Command::LogPractice { member: m(member)?, week, note },
            Self::CheckIn { member, week } => Command::CheckIn { member: m(member)?, week },
            Self::RecordCatchUp { member, part } => Command::RecordCatchUp { member: m(member)?, part },
            Self::SubmitReport { member, report, note } => {
                Command::SubmitReport { member: m(member)?, report: report.try_map(&mut s)?, note }
            }
            Self::RecordDebrief { member } => Command::RecordDebrief { member: m(member)? },
            Self::DecideAdoption { member, adoption, note } => {
                Command::DecideAdoption { member: m(member)?, adoption: adoption.try_map(&mut s)?, note }
            }
            Self::GiveFeedback { member, session, note } => Command::GiveFeedback { member: m(member)?, session, note },
            Self::WaiveMember { member, reason } => Command::WaiveMember { member: m(member)?, reason },
            Self::LapseCycle {} => Command::LapseCycle {},
            Self::SuspendCycle { reason } => Command::SuspendCycle { reason },
            Self::ReportBreach {} => Command::ReportBreach {},
            Self::VoteOnSuspension { member, vote } => Command::VoteOnSuspension { member: m(member)?, vote },
            Self::ResumeCycle {} => Command::ResumeCycle {},
            Self::TerminateCycle { reason } => Command::TerminateCycle { reason },
            Self::AnonymiseMember { member } => Command::AnonymiseMember { member: m(member)? },
            Self::TightenPrivacy { privacy } => Command::TightenPrivacy { privacy },
            Self::MigrateProcess { process } => Command::MigrateProcess { process },
        })
    }
}
