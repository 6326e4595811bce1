//! What a command says first, word for word.

use std::sync::Arc;

use peercircle_core::{Adoption, AdoptionFact, Buddies, Command, EventBody, Formed, Profile, Report, ReportFact, Seat};

use super::{Say, share};
use crate::oracle::{
    judge::Question,
    sitting::{Turns, planned_seconds},
};

/// The event that a command is recorded by, for those that say no more of themselves.
#[expect(clippy::too_many_lines, reason = "an arm a kind")]
pub(super) fn say(q: &Question<'_>) -> Option<Say> {
    let running = q.running.as_ref();
    Some(Say::Body(match q.command.clone() {
        Command::FormCycle { cycle, group, module, process, previous } => {
            let (previous, served) = previous.map_or((None, Vec::new()), |one| (Some(one.cycle), one.served));
            EventBody::CycleFormed(Arc::new(Formed { cycle, group, module, process: *process, previous, served }))
        }
        Command::EnrolMember { member: id, level, department, manager } => {
            let seat = u8::try_from(q.past.seats()).ok().and_then(Seat::new)?;
            EventBody::MemberEnrolled { seat, profile: Arc::new(Profile { id, level, department, manager }) }
        }
        Command::ChooseModule { module } => EventBody::ModuleChosen { module: Box::new(module) },
        Command::SetGroundRules { version } => EventBody::GroundRulesSet { version },
        Command::AcceptGroundRules { member: seat, version } => EventBody::GroundRulesAccepted { seat, version },
        Command::CompleteOrientation { member: seat } => EventBody::OrientationCompleted { seat },
        Command::AppointFacilitator { session, member: seat, exception } => {
            EventBody::FacilitatorAppointed { session, seat, exception }
        }
        Command::AppointTimekeeper { member: seat } => EventBody::TimekeeperAppointed { seat },
        Command::ScheduleSession { session, starts_at, place, short_gap } => {
            EventBody::SessionScheduled { session, starts_at, place, short_gap }
        }
        Command::RescheduleSession { session, starts_at, short_gap } => {
            EventBody::SessionRescheduled { session, starts_at, short_gap }
        }
        Command::PostponeSession { session, reason } => EventBody::SessionPostponed { session, reason },
        Command::PromiseDate { by } => EventBody::DatePromised { by },
        Command::CancelCycle { reason } => EventBody::CycleCancelled { reason },
        Command::Reply { member: seat, session, reply } => EventBody::Replied { seat, session, reply },
        Command::OpenSession { session } => EventBody::SessionOpened { session },
        Command::MarkAttendance { member: seat, attendance } => EventBody::AttendanceMarked { seat, attendance },
        Command::ReopenPhase { phase, reason } => {
            let seconds = share::opening(q.spec(), q.session()?, running?, phase);
            EventBody::PhaseReopened { phase, planned_seconds: u16::try_from(seconds).ok()?, reason }
        }
        Command::StartTurn { member: seat } => EventBody::TurnStarted { seat },
        Command::ShareStory { member: seat, story, note } => EventBody::StoryShared { seat, story, note },
        Command::GiveReport { member: seat, report, note } => {
            EventBody::ReportGiven { seat, report: reported(&report), note }
        }
        Command::FinishTurn { member: seat, note } => EventBody::TurnFinished { seat, note },
        Command::PassTurn { member: seat } => EventBody::TurnPassed { seat },
        Command::DeferTurn { member: seat } => EventBody::TurnDeferred { seat },
        Command::CloseRound { reason } => {
            EventBody::RoundClosed { unheard: running?.round.as_ref().map(Turns::open)?, reason }
        }
        Command::MakePlan { member: seat, strategy, note } => {
            let version = q.past.plan(seat).map_or(1, |(version, _)| version.saturating_add(1));
            EventBody::PlanMade { seat, version, strategy, note }
        }
        Command::ExtendPhase { seconds } => EventBody::PhaseExtended { seconds },
        Command::PauseSession { reason } => EventBody::SessionPaused { reason },
        Command::ResumeSession {} => {
            let (running, session) = (running?, q.session()?);
            // An interrupted session goes on with at least the planned minutes of the phases left.
            let left = session.phases().iter().skip_while(|phase| **phase != running.phase);
            let left: i64 = left.map(|phase| planned_seconds(q.spec(), session, *phase)).sum();
            let allotted = running.allotted.max(running.seconds() + left);
            let allotted_seconds = running.interrupted.and_then(|_| u32::try_from(allotted).ok());
            EventBody::SessionResumed { allotted_seconds }
        }
        Command::InterruptSession { reason } => EventBody::SessionInterrupted { reason },
        Command::RestartSession {} => EventBody::SessionRestarted { session: q.session()? },
        Command::HandOver { member: seat, exception } => EventBody::FacilitatorChanged { seat, exception },
        Command::DeclareFacilitatorGone {} => EventBody::FacilitatorGone { seat: running?.facilitator? },
        Command::ClaimFacilitation { member: seat, exception } => EventBody::FacilitationClaimed { seat, exception },
        Command::AssentToFacilitator {} => {
            let (seat, exception) = running?.claim?;
            EventBody::FacilitatorChanged { seat, exception }
        }
        Command::DelegateFacilitation { member: seat } => EventBody::FacilitationDelegated { seat },
        Command::ContinueBelowQuorum { reason } => EventBody::QuorumWaived { reason },
        Command::RequestRecording {} => EventBody::RecordingRequested {},
        Command::AnswerRecording { member: seat, consent } => EventBody::RecordingAnswered { seat, consent },
        Command::StartRecording {} => EventBody::RecordingStarted {},
        Command::StopRecording {} => EventBody::RecordingStopped {},
        Command::PairBuddies { pairs } => {
            EventBody::BuddiesPaired { pairs: Buddies::of(pairs.iter().map(|pair| pair.iter().copied().collect())) }
        }
        Command::LogPractice { member: seat, week, note } => EventBody::PracticeLogged { seat, week, note },
        Command::CheckIn { member: seat, week } => EventBody::CheckedIn { seat, week },
        Command::RecordCatchUp { member: seat, part } => EventBody::CatchUpRecorded { seat, part },
        Command::SubmitReport { member: seat, report, note } => {
            EventBody::ReportSubmitted { seat, report: reported(&report), note }
        }
        Command::RecordDebrief { member: seat } => EventBody::Debriefed { seat },
        Command::DecideAdoption { member: seat, adoption, note } => {
            let adoption = match adoption {
                Adoption::Adopted { strategies } => AdoptionFact::Adopted { strategies: strategies.into_iter().collect() },
                Adoption::NoneAdopted { reason } => AdoptionFact::NoneAdopted { reason },
            };
            EventBody::AdoptionDecided { seat, adoption, note }
        }
        Command::GiveFeedback { member: seat, session, note } => EventBody::FeedbackGiven { seat, session, note },
        Command::WaiveMember { member: seat, reason } => EventBody::MemberWaived { seat, reason },
        Command::VoteOnSuspension { member: seat, vote } => EventBody::SuspensionVoted { seat, vote },
        Command::ResumeCycle {} => EventBody::CycleResumed {},
        Command::TerminateCycle { reason } => EventBody::CycleTerminated { reason },
        Command::AnonymiseMember { member: seat } => EventBody::MemberAnonymised { seat },
        Command::TightenPrivacy { privacy } => EventBody::PrivacyTightened { privacy },
        Command::MigrateProcess { process } => EventBody::ProcessMigrated { process },
        // These have a script of their own.
        Command::WithdrawMember { .. }
        | Command::CancelSession { .. }
        | Command::StartSession {}
        | Command::OpenPhase { .. }
        | Command::SkipPhase { .. }
        | Command::AgreeToOverrun { .. }
        | Command::CloseSession {}
        | Command::LapseCycle {}
        | Command::SuspendCycle { .. }
        | Command::ReportBreach {} => return None,
    }))
}

fn reported(report: &Report) -> ReportFact {
    match report {
        Report::Practised { strategies } => ReportFact::Practised { strategies: strategies.iter().copied().collect() },
        Report::DidNotPractise { reason } => ReportFact::DidNotPractise { reason: *reason },
    }
}
