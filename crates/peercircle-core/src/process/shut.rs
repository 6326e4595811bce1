//! What a process shuts: kinds of command that, whatever happens, it lets nobody give.

use super::{Condition, Process, SkipPolicy};
use crate::{CommandKind, Counted, MAX_SEATS, QuorumLost, Role, Switch};

impl Process {
    /// Whether nobody can ever give a command of this kind in a cycle of this process: what it is for is switched off, or a rule of
    /// the process's own on it can't hold. Of a rule that may hold somewhere, it says nothing.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{CommandKind, Process, ProcessSpec, Switch};
    /// let mut spec = ProcessSpec::default();
    /// spec.turns.pass = Switch::Off;
    /// let strict = Process::new(spec)?;
    /// assert!(strict.shuts(CommandKind::PassTurn) && !Process::default().shuts(CommandKind::PassTurn));
    /// # Ok::<(), peercircle_core::ProcessIssues>(())
    /// ```
    #[must_use]
    pub fn shuts(&self, kind: CommandKind) -> bool {
        let rules = self.spec().rules.iter().filter(|rule| rule.applies_to.contains(&kind));
        self.switches_off(kind) || rules.map(|rule| self.settled(&rule.require, kind)).any(|holds| holds == Some(false))
    }

    /// Whether a setting switches off what this kind is for.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{CommandKind, Process};
    /// // The preset leaves the chair to nobody for a turn (R-14).
    /// assert!(Process::default().switches_off(CommandKind::DelegateFacilitation));
    /// ```
    #[must_use]
    pub fn switches_off(&self, kind: CommandKind) -> bool {
        let spec = self.spec();
        let off = |switch: Switch| !switch.is_on();
        let SkipPolicy { skippable, reopenings } = &spec.phases;
        match kind {
            CommandKind::AppointTimekeeper => off(spec.facilitation.timekeeper),
            CommandKind::DelegateFacilitation => off(spec.facilitation.delegate_own_turn),
            CommandKind::SkipPhase => skippable.is_empty(),
            CommandKind::ReopenPhase => *reopenings == 0,
            CommandKind::PassTurn => off(spec.turns.pass),
            CommandKind::DeferTurn => off(spec.turns.defer),
            CommandKind::AgreeToOverrun => spec.clock.overrun_minutes == 0,
            CommandKind::PauseSession => spec.clock.pause_minutes == 0,
            CommandKind::ContinueBelowQuorum => spec.quorum.when_lost == QuorumLost::Stop,
            CommandKind::RequestRecording
            | CommandKind::AnswerRecording
            | CommandKind::StartRecording
            | CommandKind::StopRecording => off(spec.recording),
            CommandKind::PairBuddies | CommandKind::CheckIn => off(spec.practice.buddies),
            CommandKind::RecordCatchUp => off(spec.attendance.catch_up),
            CommandKind::RecordDebrief => off(spec.attendance.written_report),
            CommandKind::PromiseDate => off(spec.gap.promise),
            CommandKind::FormCycle
            | CommandKind::EnrolMember
            | CommandKind::WithdrawMember
            | CommandKind::ChooseModule
            | CommandKind::SetGroundRules
            | CommandKind::AcceptGroundRules
            | CommandKind::CompleteOrientation
            | CommandKind::AppointFacilitator
            | CommandKind::ScheduleSession
            | CommandKind::RescheduleSession
            | CommandKind::PostponeSession
            | CommandKind::CancelSession
            | CommandKind::CancelCycle
            | CommandKind::Reply
            | CommandKind::OpenSession
            | CommandKind::MarkAttendance
            | CommandKind::StartSession
            | CommandKind::OpenPhase
            | CommandKind::StartTurn
            | CommandKind::ShareStory
            | CommandKind::GiveReport
            | CommandKind::FinishTurn
            | CommandKind::CloseRound
            | CommandKind::MakePlan
            | CommandKind::ExtendPhase
            | CommandKind::ResumeSession
            | CommandKind::InterruptSession
            | CommandKind::RestartSession
            | CommandKind::HandOver
            | CommandKind::DeclareFacilitatorGone
            | CommandKind::ClaimFacilitation
            | CommandKind::AssentToFacilitator
            | CommandKind::CloseSession
            | CommandKind::LogPractice
            | CommandKind::SubmitReport
            | CommandKind::DecideAdoption
            | CommandKind::GiveFeedback
            | CommandKind::WaiveMember
            | CommandKind::LapseCycle
            | CommandKind::SuspendCycle
            | CommandKind::ReportBreach
            | CommandKind::VoteOnSuspension
            | CommandKind::ResumeCycle
            | CommandKind::TerminateCycle
            | CommandKind::AnonymiseMember
            | CommandKind::TightenPrivacy
            | CommandKind::MigrateProcess => false,
        }
    }

    /// What a condition says wherever a command of this kind may be given; nothing where that hangs on more.
    fn settled(&self, condition: &Condition, kind: CommandKind) -> Option<bool> {
        let of_each = |of: &[Condition], least: usize| {
            let all: Vec<_> = of.iter().map(|one| self.settled(one, kind)).collect();
            let held = all.iter().filter(|one| **one == Some(true)).count();
            let open = all.iter().filter(|one| one.is_none()).count();
            if held >= least { Some(true) } else { (held + open < least).then_some(false) }
        };
        match condition {
            Condition::All(of) => of_each(of, of.len()),
            Condition::Any(of) => of_each(of, 1),
            Condition::AtLeast { n, of } => of_each(of, usize::from(*n)),
            Condition::Not(one) => self.settled(one, kind).map(|holds| !holds),
            Condition::Stage(stages) => {
                let at = kind.stages();
                let listed = at.iter().filter(|stage| stages.contains(stage)).count();
                if listed == 0 { Some(false) } else { (listed == at.iter().count()).then_some(true) }
            }
            Condition::Role(roles) => {
                // A member may have any part that members have.
                let member = |role: Role| !matches!(role, Role::Organiser | Role::Host);
                let may = |role: &Role| self.roles(kind).iter().any(|part| part == *role || member(part) && member(*role));
                (!roles.iter().any(may)).then_some(false)
            }
            Condition::Count(bound) => {
                let (least, most) = (bound.at_least.unwrap_or(0), bound.at_most.unwrap_or(u16::MAX));
                let possible = self.most(bound.of);
                if least > possible { Some(false) } else { (least == 0 && most >= possible).then_some(true) }
            }
            Condition::Elapsed(_) | Condition::Attendance { .. } | Condition::Phase(_) => None,
        }
    }

    /// The most there can ever be of what is counted.
    fn most(&self, of: Counted) -> u16 {
        let spec = self.spec();
        match of {
            Counted::PracticeEntries => u16::from(spec.group.maximum) * u16::from(spec.practice.weeks),
            // Turns also count of those who have left since.
            Counted::TurnsDone => u16::try_from(MAX_SEATS).unwrap_or(u16::MAX),
            Counted::AcceptedRules
            | Counted::AdoptionDecisions
            | Counted::Members
            | Counted::Plans
            | Counted::Present
            | Counted::Reports => spec.group.maximum.into(),
        }
    }
}
