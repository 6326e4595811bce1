//! What someone may do now: every kind of command in reach, with a verdict and for whom.

use crate::{
    Actor, Adoption, Attendance, CancelReason, CatchUpPart, Command, CommandKind, Consent, Context, ContinueReason, Cycle,
    ForceReason, Instant, InterruptReason, NoAdoptionReason, NoPracticeReason, PauseReason, PhaseKind, PostponeReason,
    Privacy, Process, ProcessSpec, Rejection, ReopenReason, RepeatReason, Report, Rsvp, Rulebook, Seat, SeatSet,
    SessionKind, ShortGapReason, SkipReason, Span, StoryKind, StrategyNo, SuspendReason, TerminateReason, Vote, WaiveReason,
    WithdrawalReason, rulebook::STANDARD,
};

/// A kind of command in reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The kind.
    pub command: CommandKind,
    /// Whether some payload of it would be accepted now.
    pub permitted: bool,
    /// The members it would be accepted for, where it is about one.
    pub members: SeatSet,
    /// What it must carry.
    pub fields: &'static [&'static str],
    /// Where it isn't permitted: what refuses the likeliest payload. Empty where no payload can be made, as of a member while
    /// there is none.
    pub refused: Vec<Rejection>,
}

impl Cycle {
    /// Every kind of command in this actor's reach, in the order of the lifecycle, each with its verdict at `now`.
    ///
    /// Forming, choosing a module and migrating a process carry what only the host knows; of those the kind is listed and
    /// judged with what the cycle has.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Actor, Cycle};
    /// let now = "2026-03-02T09:00:00Z".parse()?;
    /// assert!(Cycle::default().allowed(Actor::Host {}, now).is_empty());
    /// # Ok::<(), peercircle_core::InstantError>(())
    /// ```
    #[must_use]
    pub fn allowed(&self, actor: Actor, now: Instant) -> Vec<Allowed> {
        STANDARD.allowed(self, actor, now)
    }
}

impl Rulebook {
    /// [`Cycle::allowed`] under this rulebook.
    #[must_use]
    pub fn allowed(&self, cycle: &Cycle, actor: Actor, now: Instant) -> Vec<Allowed> {
        let context = Context::new(actor, now);
        let judge = |command: CommandKind| {
            let (mut permitted, mut members, mut first) = (false, SeatSet::EMPTY, None);
            for candidate in candidates(command, cycle, actor, now) {
                if self.permits(cycle, &candidate, &context) {
                    permitted = true;
                    members = candidate.subject().map_or(members, |seat| members.with(seat));
                } else {
                    first.get_or_insert(candidate);
                }
            }
            let refused = first.filter(|_| !permitted).map(|first| self.refusals(cycle, &first, &context));
            Allowed { command, permitted, members, fields: command.fields(), refused: refused.unwrap_or_default() }
        };
        cycle.in_reach(actor).iter().map(judge).collect()
    }
}

/// Payloads that stand for all of a kind: if none of them is accepted, none is.
pub(crate) fn candidates(kind: CommandKind, cycle: &Cycle, actor: Actor, now: Instant) -> Vec<Command> {
    let own = actor.seat().filter(|_| !cycle.process().roles(kind).contains(crate::Role::Facilitator) && !anyone(kind));
    let seats: SeatSet = own.map_or_else(|| cycle.roster().members().map(|(seat, _)| seat).collect(), SeatSet::only);
    let each = |make: &dyn Fn(Seat) -> Command| seats.iter().map(make).collect::<Vec<_>>();
    let sessions = |make: &dyn Fn(SessionKind) -> Command| SessionKind::ALL.map(make).to_vec();
    let phases = |make: &dyn Fn(PhaseKind) -> Command| PhaseKind::ALL.map(make).to_vec();
    // The soonest that can be: a later one may run into session 2.
    let date = |session| soonest(cycle, session, now) + Span::seconds(1);
    let strategies: Vec<_> = (0..16).filter_map(StrategyNo::new).filter(|one| tried(cycle, *one, seats)).take(1).collect();
    let week = |done: u8| u8::try_from(done.trailing_ones()).map_or(9, |weeks| weeks + 1);
    match kind {
        CommandKind::FormCycle | CommandKind::ChooseModule => match cycle.roster().module() {
            Some(module) if kind == CommandKind::ChooseModule => vec![Command::ChooseModule { module: module.clone() }],
            Some(_) | None => Vec::new(),
        },
        CommandKind::MigrateProcess => {
            // Its own process, as private as the cycle has become (R-49).
            let spec = ProcessSpec { privacy: cycle.ledger().privacy(), ..cycle.process().spec().clone() };
            Process::new(spec).map(|process| Command::MigrateProcess { process: Box::new(process) }).into_iter().collect()
        }
        CommandKind::EnrolMember => enrolment(cycle).into_iter().collect(),
        CommandKind::WithdrawMember => {
            each(&|member| Command::WithdrawMember { member, reason: WithdrawalReason::Undisclosed })
        }
        CommandKind::SetGroundRules => {
            vec![Command::SetGroundRules { version: cycle.ledger().rules_version().saturating_add(1) }]
        }
        CommandKind::AcceptGroundRules => {
            each(&|member| Command::AcceptGroundRules { member, version: cycle.ledger().rules_version() })
        }
        CommandKind::CompleteOrientation => each(&|member| Command::CompleteOrientation { member }),
        CommandKind::AppointFacilitator => {
            let exception = Some(RepeatReason::NoOtherWilling);
            let both = SessionKind::ALL.into_iter();
            both.flat_map(|session| each(&|member| Command::AppointFacilitator { session, member, exception })).collect()
        }
        CommandKind::AppointTimekeeper => each(&|member| Command::AppointTimekeeper { member }),
        CommandKind::ScheduleSession => {
            let places = &cycle.process().spec().place.allowed;
            let place = places.first().copied().unwrap_or(crate::Place::Onsite);
            sessions(&|session| Command::ScheduleSession { session, starts_at: date(session), place, short_gap: None })
        }
        CommandKind::RescheduleSession => sessions(&|session| Command::RescheduleSession {
            session,
            starts_at: date(session),
            short_gap: Some(ShortGapReason::GroupRequest),
        }),
        CommandKind::PostponeSession => {
            sessions(&|session| Command::PostponeSession { session, reason: PostponeReason::GroupRequest })
        }
        CommandKind::PromiseDate => vec![Command::PromiseDate { by: now + Span::days(7) }],
        CommandKind::CancelSession => {
            sessions(&|session| Command::CancelSession { session, reason: CancelReason::Business })
        }
        CommandKind::CancelCycle => vec![Command::CancelCycle { reason: CancelReason::Business }],
        CommandKind::Reply => {
            let both = SessionKind::ALL.into_iter();
            both.flat_map(|session| each(&|member| Command::Reply { member, session, reply: Rsvp::Accepted })).collect()
        }
        CommandKind::OpenSession => sessions(&|session| Command::OpenSession { session }),
        CommandKind::MarkAttendance => {
            let marks = Attendance::ALL.iter();
            marks.flat_map(|mark| each(&|member| Command::MarkAttendance { member, attendance: *mark })).collect()
        }
        CommandKind::StartSession => vec![Command::StartSession {}],
        CommandKind::OpenPhase => phases(&|phase| Command::OpenPhase { phase }),
        CommandKind::SkipPhase => phases(&|phase| Command::SkipPhase { phase, reason: SkipReason::Time }),
        CommandKind::ReopenPhase => phases(&|phase| Command::ReopenPhase { phase, reason: ReopenReason::Unfinished }),
        CommandKind::StartTurn => each(&|member| Command::StartTurn { member }),
        CommandKind::ShareStory => each(&|member| Command::ShareStory { member, story: StoryKind::Own, note: None }),
        CommandKind::GiveReport => each(&|member| Command::GiveReport { member, report: idle(), note: None }),
        CommandKind::FinishTurn => each(&|member| Command::FinishTurn { member, note: None }),
        CommandKind::PassTurn => each(&|member| Command::PassTurn { member }),
        CommandKind::DeferTurn => each(&|member| Command::DeferTurn { member }),
        CommandKind::CloseRound => vec![Command::CloseRound { reason: ForceReason::Time }],
        CommandKind::MakePlan => StrategyNo::new(0)
            .map(|strategy| each(&|member| Command::MakePlan { member, strategy, note: None }))
            .unwrap_or_default(),
        CommandKind::ExtendPhase => vec![Command::ExtendPhase { seconds: 1 }],
        CommandKind::AgreeToOverrun => each(&|member| Command::AgreeToOverrun { member }),
        CommandKind::PauseSession => vec![Command::PauseSession { reason: PauseReason::Break }],
        CommandKind::ResumeSession => vec![Command::ResumeSession {}],
        CommandKind::InterruptSession => [InterruptReason::Emergency, InterruptReason::Abandoned]
            .map(|reason| Command::InterruptSession { reason })
            .into(),
        CommandKind::RestartSession => vec![Command::RestartSession {}],
        CommandKind::HandOver => each(&|member| Command::HandOver { member, exception: Some(RepeatReason::NoOtherWilling) }),
        CommandKind::DeclareFacilitatorGone => vec![Command::DeclareFacilitatorGone {}],
        CommandKind::ClaimFacilitation => {
            each(&|member| Command::ClaimFacilitation { member, exception: Some(RepeatReason::NoOtherWilling) })
        }
        CommandKind::AssentToFacilitator => vec![Command::AssentToFacilitator {}],
        CommandKind::DelegateFacilitation => each(&|member| Command::DelegateFacilitation { member }),
        CommandKind::ContinueBelowQuorum => vec![Command::ContinueBelowQuorum { reason: ContinueReason::AllAgree }],
        CommandKind::RequestRecording => vec![Command::RequestRecording {}],
        CommandKind::AnswerRecording => each(&|member| Command::AnswerRecording { member, consent: Consent::Given }),
        CommandKind::StartRecording => vec![Command::StartRecording {}],
        CommandKind::StopRecording => vec![Command::StopRecording {}],
        CommandKind::CloseSession => vec![Command::CloseSession {}],
        CommandKind::PairBuddies => {
            let pairs = cycle.ledger().buddies().repaired(cycle.ledger().active());
            vec![Command::PairBuddies { pairs: pairs.pairs().map(|pair| pair.iter().collect()).collect() }]
        }
        CommandKind::LogPractice => {
            each(&|member| Command::LogPractice { member, week: week(cycle.ledger().logged_weeks(member)), note: None })
        }
        CommandKind::CheckIn => {
            each(&|member| Command::CheckIn { member, week: week(cycle.ledger().checked_in_weeks(member)) })
        }
        CommandKind::RecordCatchUp => each(&|member| Command::RecordCatchUp { member, part: CatchUpPart::MaterialsRead }),
        CommandKind::SubmitReport => each(&|member| Command::SubmitReport { member, report: idle(), note: None }),
        CommandKind::RecordDebrief => each(&|member| Command::RecordDebrief { member }),
        CommandKind::DecideAdoption => {
            let none = Adoption::NoneAdopted { reason: NoAdoptionReason::Undisclosed };
            let adopted = Adoption::Adopted { strategies };
            let both = [none, adopted];
            let make =
                |one: &Adoption| each(&|member| Command::DecideAdoption { member, adoption: one.clone(), note: None });
            both.iter().flat_map(make).collect()
        }
        CommandKind::GiveFeedback => {
            let both = SessionKind::ALL.into_iter();
            both.flat_map(|session| each(&|member| Command::GiveFeedback { member, session, note: None })).collect()
        }
        CommandKind::WaiveMember => each(&|member| Command::WaiveMember { member, reason: WaiveReason::OrganiserDecision }),
        CommandKind::LapseCycle => vec![Command::LapseCycle {}],
        CommandKind::SuspendCycle => vec![Command::SuspendCycle { reason: SuspendReason::Request }],
        CommandKind::ReportBreach => vec![Command::ReportBreach {}],
        CommandKind::VoteOnSuspension => each(&|member| Command::VoteOnSuspension { member, vote: Vote::GoOn }),
        CommandKind::ResumeCycle => vec![Command::ResumeCycle {}],
        CommandKind::TerminateCycle => vec![Command::TerminateCycle { reason: TerminateReason::GroupDecision }],
        CommandKind::AnonymiseMember => each(&|member| Command::AnonymiseMember { member }),
        CommandKind::TightenPrivacy => vec![Command::TightenPrivacy { privacy: Privacy::Sealed }],
    }
}

/// What the soonest date of this session that the process allows lies after.
pub(crate) fn soonest(cycle: &Cycle, session: SessionKind, now: Instant) -> Instant {
    let gap = cycle.process().spec().gap.minimum_days;
    let explore = cycle.ledger().session(SessionKind::Explore);
    let over = explore.day().filter(|_| session == SessionKind::Reflect);
    over.map_or(now, |over| now.max(over + Span::days(gap.into())))
}

/// Kinds that any member may give about another.
const fn anyone(kind: CommandKind) -> bool {
    matches!(kind, CommandKind::AppointFacilitator | CommandKind::RecordDebrief)
}

fn tried(cycle: &Cycle, strategy: StrategyNo, seats: SeatSet) -> bool {
    let ledger = cycle.ledger();
    ledger.reported_strategies().contains(strategy) || seats.iter().any(|seat| ledger.planned(seat) == Some(strategy))
}

const fn idle() -> Report {
    Report::DidNotPractise { reason: NoPracticeReason::Undisclosed }
}

/// Someone who would fit the group: another department, the level of those who are there.
fn enrolment(cycle: &Cycle) -> Option<Command> {
    let taken = cycle.roster().seats();
    let level = match cycle.ledger().active().first().and_then(|seat| cycle.roster().member(seat)) {
        Some(profile) => profile.level.clone(),
        None => "any".parse().ok()?,
    };
    let (member, department) = (format!("candidate.{taken}").parse().ok()?, format!("candidate.{taken}").parse().ok()?);
    Some(Command::EnrolMember { member, level, department, manager: None })
}
