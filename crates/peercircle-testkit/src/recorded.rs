//! Recorded histories as decisions: which events one command wrote, and which command that was.
//!
//! A history keeps events, not commands. Of the next events, each that a command can be read from is tried: the command is
//! decided anew, and where that writes what the history says, it is the command. Of several that do, it is the one that writes
//! the most: a suspension begins like an interruption.

use peercircle_core::{
    Adoption, AdoptionFact, Command, Context, Cycle, Event, EventBody, ReplayError, Report, ReportFact, Rulebook,
    StrategySet, SuspendReason,
};

/// The most events one command writes: everyone's end, and the cycle's.
const MOST: usize = 40;

/// A decision of a recorded history.
#[derive(Clone, Debug)]
pub struct Decision<'a> {
    /// The command; nothing where none of today's would have written these events.
    pub command: Option<Command>,
    /// Who gave it, and when.
    pub context: Context,
    /// What it wrote.
    pub events: &'a [Event],
    /// The cycle before it.
    pub before: Cycle,
}

/// The decisions of a history, one after the other.
#[derive(Clone, Debug)]
pub struct Decisions<'a> {
    rules: Rulebook,
    cycle: Cycle,
    rest: &'a [Event],
}

/// The decisions of a recorded history.
///
/// # Example
/// ```
/// use peercircle_testkit::{recorded::decisions, walk::{Dice, Walk}};
/// let (mut walk, mut draws) = (Walk::new(3), Dice::new(4));
/// for _ in 0..60 {
///     let step = walk.next(draws.roll());
///     walk.take(&step);
/// }
/// for decision in decisions(&walk.events) {
///     assert!(decision?.command.is_some());
/// }
/// # Ok::<(), peercircle_core::ReplayError>(())
/// ```
#[must_use]
pub fn decisions(history: &[Event]) -> Decisions<'_> {
    decisions_under(history, Rulebook::standard())
}

/// The decisions of a history that was lived under these rules: what a rule that is knocked out would have refused is a command
/// as well.
///
/// # Example
/// ```
/// use peercircle_core::{Process, RuleId, Rulebook};
/// use peercircle_testkit::{Ruled, recorded::{decisions, decisions_under}, walk::{Dice, Walk}};
/// let loose = Rulebook::standard().knocked_out(RuleId::Ours(30));
/// let (mut walk, mut draws) = (Walk::through(Ruled::new(Process::default(), loose.clone()), 3), Dice::new(4));
/// for _ in 0..200 {
///     let step = walk.next(draws.roll());
///     walk.take(&step);
/// }
/// assert!(decisions_under(&walk.events, loose).flatten().all(|decision| decision.command.is_some()));
/// assert!(decisions(&walk.events).flatten().any(|decision| decision.command.is_none()), "R-30 would have refused");
/// ```
#[must_use]
pub fn decisions_under(history: &[Event], rules: Rulebook) -> Decisions<'_> {
    Decisions { rules, cycle: Cycle::default(), rest: history }
}

impl Decisions<'_> {
    /// The cycle as far as the decisions have been looked at.
    #[must_use]
    pub const fn reached(&self) -> &Cycle {
        &self.cycle
    }
}

impl<'a> Iterator for Decisions<'a> {
    type Item = Result<Decision<'a>, ReplayError>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.rest.first()?;
        let context = Context { command_id: first.command_id, ..Context::new(first.actor, first.at) };
        let together =
            self.rest.iter().take(MOST).take_while(|event| {
                event.at == first.at && event.actor == first.actor && event.command_id == first.command_id
            });
        let written = together.flat_map(commands).filter_map(|command| {
            let events = self.rules.accepted(&self.cycle, &command, &context)?;
            let written = self.rest.get(..events.len())?;
            let same = written.iter().zip(&events).all(|(written, event)| written.body == event.body);
            same.then_some((command, events.len()))
        });
        let found = written.max_by_key(|(_, many)| *many);
        let (command, many) = found.map_or((None, 1), |(command, many)| (Some(command), many));
        let (events, rest) = self.rest.split_at_checked(many)?;
        let before = self.cycle.clone();
        for event in events {
            if let Err(error) = self.cycle.evolve(event) {
                self.rest = &[];
                return Some(Err(error));
            }
        }
        self.rest = rest;
        Some(Ok(Decision { command, context, events, before }))
    }
}

/// The commands that may have written this event.
fn commands(event: &Event) -> Vec<Command> {
    use Command as C;
    use EventBody as E;
    let one = |command| vec![command];
    match &event.body {
        E::CycleFormed(formed) => {
            let (cycle, group, module) = (formed.cycle.clone(), formed.group.clone(), formed.module.clone());
            let previous = formed.previous.clone().map(|cycle| {
                // Which end it came to isn't in the history; that it had come to one is.
                Box::new(peercircle_core::Succession {
                    cycle,
                    stage: peercircle_core::Stage::Completed,
                    served: formed.served.clone(),
                })
            });
            one(C::FormCycle { cycle, group, module, process: Box::new(formed.process.clone()), previous })
        }
        E::MemberEnrolled { profile, .. } => one(C::EnrolMember {
            member: profile.id.clone(),
            level: profile.level.clone(),
            department: profile.department.clone(),
            manager: profile.manager.clone(),
        }),
        E::MemberWithdrawn { seat, reason } => one(C::WithdrawMember { member: *seat, reason: *reason }),
        E::ModuleChosen { module } => one(C::ChooseModule { module: (**module).clone() }),
        E::GroundRulesSet { version } => one(C::SetGroundRules { version: *version }),
        E::GroundRulesAccepted { seat, version } => one(C::AcceptGroundRules { member: *seat, version: *version }),
        E::OrientationCompleted { seat } => one(C::CompleteOrientation { member: *seat }),
        E::FacilitatorAppointed { session, seat, exception } => {
            one(C::AppointFacilitator { session: *session, member: *seat, exception: *exception })
        }
        E::TimekeeperAppointed { seat } => one(C::AppointTimekeeper { member: *seat }),
        E::SessionScheduled { session, starts_at, place, short_gap } => {
            one(C::ScheduleSession { session: *session, starts_at: *starts_at, place: *place, short_gap: *short_gap })
        }
        E::SessionRescheduled { session, starts_at, short_gap } => {
            one(C::RescheduleSession { session: *session, starts_at: *starts_at, short_gap: *short_gap })
        }
        E::SessionPostponed { session, reason } => one(C::PostponeSession { session: *session, reason: *reason }),
        E::DatePromised { by } => one(C::PromiseDate { by: *by }),
        E::SessionCancelled { session, reason } => one(C::CancelSession { session: *session, reason: *reason }),
        E::CycleCancelled { reason } => one(C::CancelCycle { reason: *reason }),
        E::Replied { seat, session, reply } => one(C::Reply { member: *seat, session: *session, reply: *reply }),
        E::SessionOpened { session } => one(C::OpenSession { session: *session }),
        E::AttendanceMarked { seat, attendance } => one(C::MarkAttendance { member: *seat, attendance: *attendance }),
        E::SessionStarted { .. } => one(C::StartSession {}),
        E::PhaseOpened { entry, .. } => one(C::OpenPhase { phase: entry.phase() }),
        E::PhaseSkipped { entry, reason } => one(C::SkipPhase { phase: entry.phase(), reason: *reason }),
        E::PhaseReopened { phase, reason, .. } => one(C::ReopenPhase { phase: *phase, reason: *reason }),
        E::TurnStarted { seat } => one(C::StartTurn { member: *seat }),
        E::StoryShared { seat, story, note } => one(C::ShareStory { member: *seat, story: *story, note: *note }),
        E::ReportGiven { seat, report: given, note } => {
            one(C::GiveReport { member: *seat, report: report(given), note: *note })
        }
        E::TurnFinished { seat, note } => one(C::FinishTurn { member: *seat, note: *note }),
        E::TurnPassed { seat } => one(C::PassTurn { member: *seat }),
        E::TurnDeferred { seat } => one(C::DeferTurn { member: *seat }),
        E::RoundClosed { reason, .. } => one(C::CloseRound { reason: *reason }),
        E::PlanMade { seat, strategy, note, .. } => one(C::MakePlan { member: *seat, strategy: *strategy, note: *note }),
        E::PhaseExtended { seconds } => one(C::ExtendPhase { seconds: *seconds }),
        E::OverrunAgreed { seat } => one(C::AgreeToOverrun { member: *seat }),
        E::SessionPaused { reason } => one(C::PauseSession { reason: *reason }),
        E::SessionResumed { .. } => one(C::ResumeSession {}),
        E::SessionInterrupted { reason } => one(C::InterruptSession { reason: *reason }),
        E::SessionRestarted { .. } => one(C::RestartSession {}),
        E::FacilitatorChanged { seat, exception } => {
            vec![C::HandOver { member: *seat, exception: *exception }, C::AssentToFacilitator {}]
        }
        E::FacilitatorGone { .. } => one(C::DeclareFacilitatorGone {}),
        E::FacilitationClaimed { seat, exception } => one(C::ClaimFacilitation { member: *seat, exception: *exception }),
        E::FacilitationDelegated { seat } => one(C::DelegateFacilitation { member: *seat }),
        E::QuorumWaived { reason } => one(C::ContinueBelowQuorum { reason: *reason }),
        E::RecordingRequested {} => one(C::RequestRecording {}),
        E::RecordingAnswered { seat, consent } => one(C::AnswerRecording { member: *seat, consent: *consent }),
        E::RecordingStarted {} => one(C::StartRecording {}),
        E::RecordingStopped {} => one(C::StopRecording {}),
        E::SessionClosed { .. } => one(C::CloseSession {}),
        E::BuddiesPaired { pairs } => {
            one(C::PairBuddies { pairs: pairs.pairs().map(|pair| pair.iter().collect()).collect() })
        }
        E::PracticeLogged { seat, week, note } => one(C::LogPractice { member: *seat, week: *week, note: *note }),
        E::CheckedIn { seat, week } => one(C::CheckIn { member: *seat, week: *week }),
        E::CatchUpRecorded { seat, part } => one(C::RecordCatchUp { member: *seat, part: *part }),
        E::ReportSubmitted { seat, report: given, note } => {
            one(C::SubmitReport { member: *seat, report: report(given), note: *note })
        }
        E::Debriefed { seat } => one(C::RecordDebrief { member: *seat }),
        E::AdoptionDecided { seat, adoption: decided, note } => {
            one(C::DecideAdoption { member: *seat, adoption: adoption(decided), note: *note })
        }
        E::FeedbackGiven { seat, session, note } => one(C::GiveFeedback { member: *seat, session: *session, note: *note }),
        E::MemberWaived { seat, reason } => one(C::WaiveMember { member: *seat, reason: *reason }),
        E::CycleLapsed {} => one(C::LapseCycle {}),
        E::CycleSuspended { reason: SuspendReason::Breach } => one(C::ReportBreach {}),
        // A session that too few are left to start isn't (R-25).
        E::CycleSuspended { reason: reason @ SuspendReason::BelowMinimum } => {
            vec![C::SuspendCycle { reason: *reason }, C::StartSession {}]
        }
        E::CycleSuspended { reason } => one(C::SuspendCycle { reason: *reason }),
        E::SuspensionVoted { seat, vote } => one(C::VoteOnSuspension { member: *seat, vote: *vote }),
        E::CycleResumed {} => one(C::ResumeCycle {}),
        E::CycleTerminated { reason } => one(C::TerminateCycle { reason: *reason }),
        E::MemberAnonymised { seat } => one(C::AnonymiseMember { member: *seat }),
        E::PrivacyTightened { privacy } => one(C::TightenPrivacy { privacy: *privacy }),
        E::ProcessMigrated { process } => one(C::MigrateProcess { process: process.clone() }),
        // Written only beside another event.
        E::OverrunGranted { .. }
        | E::FacilitationReturned { .. }
        | E::QuorumLost { .. }
        | E::QuorumRegained { .. }
        | E::MemberCompleted { .. }
        | E::MemberDropped { .. }
        | E::CycleCompleted {} => Vec::new(),
    }
}

fn report(fact: &ReportFact) -> Report {
    match fact {
        ReportFact::Practised { strategies } => Report::Practised { strategies: list(*strategies) },
        ReportFact::DidNotPractise { reason } => Report::DidNotPractise { reason: *reason },
    }
}

fn adoption(fact: &AdoptionFact) -> Adoption {
    match fact {
        AdoptionFact::Adopted { strategies } => Adoption::Adopted { strategies: list(*strategies) },
        AdoptionFact::NoneAdopted { reason } => Adoption::NoneAdopted { reason: *reason },
    }
}

fn list(strategies: StrategySet) -> Vec<peercircle_core::StrategyNo> {
    strategies.iter().collect()
}
