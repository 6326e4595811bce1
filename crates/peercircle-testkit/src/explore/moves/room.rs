//! Moves in a running session: turns, phases, people coming and going, and what may go wrong.

use peercircle_core::{
    Actor, Attendance, Command, CommandKind, ContinueReason, Counted, ForceReason, InterruptReason, PauseReason, PhaseKind,
    QuorumLost, ReopenReason, RepeatReason, Role, Seat, SeatSet, SessionKind, SkipReason, StoryKind, TurnOrder,
};

use super::{Moves, reported};
use crate::explore::{
    bounds::{Cost, Reduction},
    model::{Act, Move},
};

impl Moves<'_> {
    pub(super) fn room(&mut self) {
        let cycle = self.cycle;
        let (Some(session), Some(meeting)) = (cycle.session(), cycle.state().meeting()) else { return };
        if meeting.interrupted().is_some() {
            self.free(Command::ResumeSession {});
            if self.given_up() {
                self.free(Command::RestartSession {});
            }
            // Where not everyone may go on or begin afresh, it takes somebody who facilitates.
            let chaired = [CommandKind::ResumeSession, CommandKind::RestartSession];
            if meeting.facilitator().is_none() && chaired.into_iter().any(|kind| self.model.hinders(kind)) {
                self.succession(session, cycle.in_room());
            }
            return;
        }
        let room = cycle.in_room();
        self.coming_and_going(session, room);
        let over = self.overrunning();
        if meeting.pause().is_some() {
            self.free(Command::ResumeSession {});
            return;
        }
        if meeting.facilitator().is_none() {
            self.succession(session, room);
            self.free(Command::InterruptSession { reason: InterruptReason::Emergency });
            return;
        }
        if meeting.quorum_lost() {
            self.free(Command::ContinueBelowQuorum { reason: ContinueReason::AllAgree });
            self.free(Command::InterruptSession { reason: InterruptReason::QuorumLost });
            return;
        }
        self.early_chores();
        self.talking();
        self.going_on(session, room);
        if !over {
            self.in_trouble(session, room);
        }
    }

    /// Whether it is worth looking at what becomes of the group once it gives this session up.
    pub(super) fn given_up(&self) -> bool {
        let stops = self.cycle.process().spec().quorum.when_lost == QuorumLost::Stop;
        let lost = stops && self.cycle.state().meeting().is_some_and(peercircle_core::Meeting::quorum_lost);
        let resumes = || self.act(Command::ResumeSession {}).is_some_and(|act| self.permits(&act));
        !self.has(Reduction::Afresh) || !reported(self.cycle) || lost || !resumes()
    }

    // --- people -------------------------------------------------------------------------------------------------------

    fn coming_and_going(&mut self, session: SessionKind, room: SeatSet) {
        let Some(sheet) = self.cycle.state().sheet() else { return };
        if self.affords(Cost::Late) {
            let away = self.cycle.expected().minus(room).minus(sheet.absent()).minus(sheet.excused());
            for member in self.kinds(away) {
                let chores = self.let_in(session, member);
                self.give_after(chores, Cost::Late, Command::MarkAttendance { member, attendance: Attendance::Late });
            }
        }
        // Whoever was waited for and never came is marked at the end, unless something hinders it there.
        if self.model.hinders(CommandKind::MarkAttendance) {
            let absent = |member| Command::MarkAttendance { member, attendance: Attendance::Absent };
            self.each(sheet.unmarked(self.cycle.expected()), absent);
        }
        if self.affords(Cost::Leaving) {
            for member in self.kinds(room) {
                self.give(Cost::Leaving, Command::MarkAttendance { member, attendance: Attendance::LeftEarly });
            }
        }
    }

    fn succession(&mut self, session: SessionKind, room: SeatSet) {
        let before = self.cycle.ledger().session(SessionKind::Explore).facilitated();
        let others = if session == SessionKind::Reflect { room.minus(before) } else { room };
        let exception = others.is_empty().then_some(RepeatReason::NoOtherWilling);
        let willing = if others.is_empty() { room } else { others };
        let claimed = self.cycle.state().meeting().and_then(peercircle_core::Meeting::claim).is_some();
        if !self.has(Reduction::Together) {
            if claimed {
                self.free(Command::AssentToFacilitator {});
            }
            if !claimed || self.model.again(CommandKind::ClaimFacilitation) {
                self.each(willing, |member| Command::ClaimFacilitation { member, exception });
            }
            return;
        }
        // Another assents than whoever claims; where a rule looks at who does, each of whom something else is known.
        let asks = self.model.asks_about_givers(CommandKind::AssentToFacilitator);
        let by_members = self.cycle.process().roles(CommandKind::AssentToFacilitator).contains(Role::Member);
        for member in self.kinds(willing) {
            let claim: Vec<Act> = self.act(Command::ClaimFacilitation { member, exception }).into_iter().collect();
            let others = room.without(member);
            if !by_members {
                self.give_after(claim, Cost::Free, Command::AssentToFacilitator {});
                continue;
            }
            for other in if asks { self.kinds(others) } else { others.first().map_or(SeatSet::EMPTY, SeatSet::only) } {
                let act = Act { by: Actor::member(other), command: Command::AssentToFacilitator {} };
                self.found.push(Move::Give { chores: claim.clone(), act, cost: Cost::Free });
            }
        }
    }

    // --- turns --------------------------------------------------------------------------------------------------------

    fn talking(&mut self) {
        let Some(round) = self.cycle.state().round() else { return };
        let phase = self.cycle.state().phase();
        let starts = !self.model.hinders(CommandKind::StartTurn);
        // Who passes in the round of adoption still has to decide: that leads elsewhere than speaking does, and is no trouble where
        // something hinders speaking or deciding, or counts it, or a property asks who is freed from deciding.
        let asked = self.model.hinders(CommandKind::DecideAdoption)
            || self.model.counts(Counted::AdoptionDecisions)
            || self.model.mentions(CommandKind::WaiveMember);
        let decides = phase == Some(PhaseKind::Adoption) && !asked && starts;
        let passing = if decides { Cost::Trouble } else { Cost::Free };
        let Some(member) = round.speaking() else {
            let next = match self.cycle.process().spec().turns.order {
                TurnOrder::Fixed => round.first().map_or(SeatSet::EMPTY, SeatSet::only),
                TurnOrder::LeastSpokenFirst | TurnOrder::Volunteer => self.in_line(round.pending()),
            };
            self.each(next, |member| Command::StartTurn { member });
            if !starts {
                // Whoever may not speak; whoever may can pass once they do.
                let may =
                    |member: &Seat| self.act(Command::StartTurn { member: *member }).is_some_and(|act| self.permits(&act));
                let silent: SeatSet = next.iter().filter(|member| !may(member)).collect();
                self.each(silent, |member| Command::PassTurn { member });
                // It may be the chair who may not.
                self.delegating(Cost::Free);
            }
            return;
        };
        let stories: &[StoryKind] = if self.has(Reduction::Reasons) { &[StoryKind::Own] } else { StoryKind::ALL };
        match phase {
            Some(PhaseKind::StorySharing) => {
                for story in stories {
                    self.free(Command::ShareStory { member, story: *story, note: None });
                }
            }
            Some(PhaseKind::ReportBack) => {
                for report in self.reports(member) {
                    self.free(Command::GiveReport { member, report, note: None });
                }
            }
            Some(PhaseKind::Adoption) => {
                for adoption in self.adoptions(member) {
                    self.free(Command::DecideAdoption { member, adoption, note: None });
                }
            }
            _ => self.free(Command::FinishTurn { member, note: None }),
        }
        self.give(passing, Command::PassTurn { member });
        self.trouble(Command::DeferTurn { member });
    }

    /// Who may be the next to speak: of those who wait the first by what is known of them, where the order plays no part.
    fn in_line(&self, waiting: SeatSet) -> SeatSet {
        if !self.has(Reduction::Order) {
            return waiting;
        }
        let least_spoken = self.cycle.process().spec().turns.order == TurnOrder::LeastSpokenFirst;
        let starts = |member: &Seat| {
            !least_spoken || self.act(Command::StartTurn { member: *member }).is_some_and(|act| self.permits(&act))
        };
        waiting.iter().filter(starts).max_by_key(|seat| self.record(*seat)).map_or(SeatSet::EMPTY, SeatSet::only)
    }

    // --- phases -------------------------------------------------------------------------------------------------------

    /// The next phase, or the end, and what they ask for.
    fn going_on(&mut self, session: SessionKind, room: SeatSet) {
        if self.cycle.state().round().is_some_and(|round| !round.open().is_empty()) {
            return;
        }
        if let Some(phase) = self.cycle.next_phase() {
            let asks = matches!(phase, PhaseKind::StorySharing | PhaseKind::ReportBack);
            let chores = if asks { self.accepted(room) } else { Vec::new() };
            self.give_after(chores, Cost::Free, Command::OpenPhase { phase });
            return;
        }
        let mut chores = if session == SessionKind::Explore { self.planned(room) } else { Vec::new() };
        // Whoever was waited for and never came.
        if let Some(sheet) = self.cycle.state().sheet() {
            let absent = |member| Command::MarkAttendance { member, attendance: Attendance::Absent };
            chores.extend(sheet.unmarked(self.cycle.expected()).iter().filter_map(|seat| self.act(absent(seat))));
        }
        let dates = if session == SessionKind::Explore { self.second_dates() } else { Vec::new() };
        if dates.is_empty() {
            self.give_after(chores, Cost::Free, Command::CloseSession {});
            return;
        }
        for date in dates {
            let mut chores = chores.clone();
            chores.extend(self.act(date));
            self.give_after(chores, Cost::Free, Command::CloseSession {});
        }
    }

    // --- troubles -----------------------------------------------------------------------------------------------------

    fn in_trouble(&mut self, session: SessionKind, room: SeatSet) {
        if !self.affords(Cost::Trouble) {
            return;
        }
        self.trouble(Command::PauseSession { reason: PauseReason::Break });
        self.trouble(Command::InterruptSession { reason: InterruptReason::Emergency });
        if let Some(phase) = self.cycle.next_phase()
            && self.cycle.process().spec().phases.skippable.contains(&phase)
        {
            self.trouble(Command::SkipPhase { phase, reason: SkipReason::Time });
        }
        if let Some(phase) = self.cycle.previous_phase() {
            self.trouble(Command::ReopenPhase { phase, reason: ReopenReason::Unfinished });
        }
        if self.cycle.state().round().is_some() {
            self.trouble(Command::CloseRound { reason: ForceReason::Time });
        }
        self.trouble(Command::ExtendPhase { seconds: 60 });
        self.trouble(Command::DeclareFacilitatorGone {});
        let others = self.cycle.chair().map_or(room, |chair| room.without(chair));
        self.handing_over(session, others);
    }

    fn handing_over(&mut self, session: SessionKind, others: SeatSet) {
        let before = self.cycle.ledger().session(SessionKind::Explore).facilitated();
        let willing = if session == SessionKind::Reflect { others.minus(before) } else { others };
        for member in self.kinds(willing) {
            self.trouble(Command::HandOver { member, exception: None });
        }
        self.delegating(Cost::Trouble);
    }

    /// Whoever facilitates leaves the chair to somebody else for their own turn.
    fn delegating(&mut self, cost: Cost) {
        let delegates = self.cycle.process().spec().facilitation.delegate_own_turn.is_on();
        let Some(chair) = self.cycle.chair().filter(|_| delegates) else { return };
        for member in self.kinds(self.cycle.in_room().without(chair)) {
            self.give(cost, Command::DelegateFacilitation { member });
        }
    }

    /// Past the end of the session's time all present may agree to go on, or it counts as abandoned; whether it does.
    fn overrunning(&mut self) -> bool {
        let Some(meeting) = self.cycle.state().meeting() else { return false };
        if self.point.now >= meeting.abandoned_at(self.cycle.process()) {
            self.free(Command::InterruptSession { reason: InterruptReason::Abandoned });
            return true;
        }
        let possible = self.cycle.process().spec().clock.overrun_minutes > 0;
        if self.over() && possible && meeting.overrun_granted() == 0 {
            self.agreeing(self.cycle.in_room().minus(meeting.overrun_agreed()));
        }
        false
    }

    fn agreeing(&mut self, asked: SeatSet) {
        let agree = |member: Seat| Command::AgreeToOverrun { member };
        if !self.has(Reduction::Together) {
            self.each(asked, agree);
            return;
        }
        let mut all: Vec<Act> = asked.iter().filter_map(|seat| self.act(agree(seat))).collect();
        if let Some(last) = all.pop() {
            self.give_after(all, Cost::Free, last.command);
        }
    }
}
