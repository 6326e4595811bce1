//! The moves there are at a point: what groups do, what may go wrong, and waiting for what matters.
//!
//! The rules decide; this only leaves out what can't be accepted anyway, and what the reductions leave out.

use peercircle_core::{
    Actor, Adoption, Attendance, CancelReason, CatchUpPart, Command, CommandKind, Condition, ContinueReason, Counted, Cycle,
    Date, DueKind, ForceReason, Instant, InterruptReason, NoAdoptionReason, NoPracticeReason, PauseReason, PhaseKind,
    PostponeReason, ReopenReason, RepeatReason, Report, Role, Rsvp, Seat, SeatSet, SessionKind, Since, SkipReason, Span,
    Stage, State, StoryKind, StrategyNo, SuspendReason, TerminateReason, TurnOrder, Vote, WithdrawalReason,
};

use super::{
    bounds::{Cost, Reduction},
    key::{Records, SOON},
    model::{Model, Move, NAMES, Point},
};

/// The moves at `point`.
pub(super) fn of(model: &Model, point: &Point, records: &Records) -> Vec<Move> {
    let mut moves = Moves { model, point, cycle: &point.cycle, records, found: Vec::with_capacity(24) };
    moves.all();
    moves.found
}

struct Moves<'a> {
    model: &'a Model,
    point: &'a Point,
    cycle: &'a Cycle,
    records: &'a Records,
    found: Vec<Move>,
}

impl Moves<'_> {
    fn all(&mut self) {
        let stage = self.cycle.stage();
        match self.cycle.state() {
            State::Unformed => self.found.extend(self.model.forming()),
            State::Forming | State::Scheduled => {
                self.joining();
                self.dates(SessionKind::Explore);
                self.early_chores();
                self.before(SessionKind::Explore);
            }
            State::Gathering(gathering) => {
                let session = gathering.session();
                if session == SessionKind::Explore {
                    self.joining();
                } else {
                    self.catching_up();
                }
                self.early_chores();
                self.arriving(session);
                self.dates(session);
            }
            State::Exploring(_) | State::Reflecting(_) => self.room(),
            State::Practising => {
                self.catching_up();
                self.records();
                self.dates(SessionKind::Reflect);
                self.early_chores();
                self.before(SessionKind::Reflect);
            }
            State::Adopting => self.adopting(),
            State::Suspended(_) => self.suspended(),
            State::Completed | State::Cancelled | State::Terminated | State::Lapsed => {
                if !self.has(Reduction::Ends) {
                    self.each(self.cycle.ledger().active(), |member| Command::GiveFeedback {
                        member,
                        session: SessionKind::Explore,
                        note: None,
                    });
                }
                return;
            }
        }
        self.leaving();
        self.stopping(stage);
        self.waiting();
    }

    fn has(&self, reduction: Reduction) -> bool {
        self.model.bounds.reductions.has(reduction)
    }

    fn give(&mut self, cost: Cost, command: Command) {
        if self.point.spent.and(cost, &self.model.bounds).is_none() {
            return;
        }
        for by in givers(self.cycle, &command) {
            self.found.push(Move::Give { by, command: command.clone(), cost });
        }
    }

    fn free(&mut self, command: Command) {
        self.give(Cost::Free, command);
    }

    fn trouble(&mut self, command: Command) {
        self.give(Cost::Trouble, command);
    }

    /// One of those of whom the same is known, for each that differs.
    fn kinds(&self, seats: SeatSet) -> SeatSet {
        let mut seen: Vec<u64> = Vec::with_capacity(8);
        let mut kinds = SeatSet::EMPTY;
        for seat in seats {
            let record = self.records.get(usize::from(seat.number())).copied().unwrap_or_default();
            if !seen.contains(&record) {
                seen.push(record);
                kinds.insert(seat);
            }
        }
        kinds
    }

    fn each(&mut self, seats: SeatSet, make: impl Fn(Seat) -> Command) {
        for seat in self.kinds(seats) {
            self.free(make(seat));
        }
    }

    /// One after the other: of those who each do the same, the first in an order that doesn't depend on names.
    fn next(&mut self, seats: SeatSet, make: impl Fn(Seat) -> Command) {
        let first = if self.has(Reduction::Sequence) { self.first(seats, 1) } else { self.kinds(seats) };
        for seat in first {
            self.free(make(seat));
        }
    }

    /// The first so many, in that order.
    fn first(&self, seats: SeatSet, many: usize) -> SeatSet {
        let mut ordered: Vec<_> = seats.iter().collect();
        ordered.sort_by_key(|seat| self.records.get(usize::from(seat.number())));
        ordered.into_iter().take(many).collect()
    }

    fn active(&self) -> SeatSet {
        self.cycle.ledger().active()
    }

    /// Whether this session has a rule of the process's own that looks at what `kind` records.
    fn asked(&self, kind: CommandKind) -> bool {
        asked(self.cycle, kind) || !self.has(Reduction::Records)
    }

    // --- before a session ---------------------------------------------------------------------------------------------

    fn joining(&mut self) {
        let seats = self.cycle.roster().seats();
        let closed = self.cycle.ledger().closed_group();
        if closed || self.active().len() >= self.model.bounds.members || seats >= 16 {
            return;
        }
        let Some(name) = NAMES.get(seats) else { return };
        if let (Ok(member), Ok(level), Ok(department)) =
            (name.parse(), "lead".parse(), format!("department-{}", seats + 1).parse())
        {
            self.free(Command::EnrolMember { member, level, department, manager: None });
        }
    }

    /// Dates that are missing or stand in the way.
    fn dates(&mut self, session: SessionKind) {
        let (now, spec) = (self.point.now, self.cycle.process().spec());
        let ledger = self.cycle.ledger();
        let facts = ledger.session(session);
        let gap = &spec.gap;
        let first = ledger.session(SessionKind::Explore);
        let after = |days: u16| match session {
            SessionKind::Explore => now + Span::days(7),
            SessionKind::Reflect => {
                let from = first.closed_at().or_else(|| first.date().at()).unwrap_or(now);
                (from + Span::days(days.into())).max(now + Span::days(1))
            }
        };
        let full = self.active().len() >= self.model.bounds.members
            || ledger.closed_group()
            || !self.has(Reduction::Chores)
            || self.point.spent.left > 0;
        let starts_at = after(gap.target_days);
        let place = spec.place.allowed.first().copied().unwrap_or(peercircle_core::Place::Onsite);
        match facts.date() {
            Date::Open if session == SessionKind::Reflect || full => {
                self.free(Command::ScheduleSession { session, starts_at, place, short_gap: None });
            }
            Date::Open => {}
            Date::Postponed => {
                self.free(Command::ScheduleSession { session, starts_at, place, short_gap: None });
                self.free(Command::RescheduleSession { session, starts_at, short_gap: None });
            }
            Date::At(at) => {
                self.trouble(Command::RescheduleSession { session, starts_at: at + Span::days(7), short_gap: None });
                self.trouble(Command::PostponeSession { session, reason: PostponeReason::GroupRequest });
                self.trouble(Command::CancelSession { session, reason: CancelReason::Business });
                // The day has come, and the gap is too short: a later day is no trouble but a way out.
                if session == SessionKind::Reflect && at <= now {
                    let from = first.closed_at().unwrap_or(now);
                    if now < from + Span::days(gap.minimum_days.into()) {
                        self.free(Command::RescheduleSession { session, starts_at, short_gap: None });
                    }
                }
            }
        }
        if session == SessionKind::Explore {
            // Called off, whatever the date.
            self.free(Command::CancelCycle { reason: CancelReason::Business });
            // A session 1 to be held afresh may have session 2 in its way: that one can wait.
            if let Some(at) = ledger.session(SessionKind::Reflect).date().at()
                && ledger.closed_group()
                && at <= now + SOON
            {
                self.free(Command::PostponeSession { session: SessionKind::Reflect, reason: PostponeReason::GroupRequest });
            }
        }
    }

    /// The doors of `session` open on its day.
    fn before(&mut self, session: SessionKind) {
        let facts = self.cycle.ledger().session(session);
        let Some(at) = facts.date().at() else { return };
        if self.asked(CommandKind::Reply) {
            let silent = self.active().iter().filter(|seat| facts.reply(*seat) == Rsvp::NeedsAction).collect();
            self.each(silent, |member| Command::Reply { member, session, reply: Rsvp::Accepted });
        }
        if self.point.now >= at {
            self.free(Command::OpenSession { session });
        }
    }

    /// What could be done early: ground rules, orientation, plans, who facilitates. Without the reduction, at any time.
    fn early_chores(&mut self) {
        if self.has(Reduction::Chores) {
            return;
        }
        self.chores(self.active());
        if let Some(session) = self.cycle.session_ahead() {
            self.each(self.active(), |member| Command::AppointFacilitator { session, member, exception: None });
        }
    }

    /// Ground rules, orientation and plans of these members.
    fn chores(&mut self, of: SeatSet) {
        let ledger = self.cycle.ledger();
        let version = ledger.rules_version();
        let (rules, oriented, planned) = (ledger.accepted_rules(), ledger.oriented(), ledger.with_plan());
        self.next(of.minus(rules), |member| Command::AcceptGroundRules { member, version });
        if self.cycle.process().spec().orientation.is_on() && !ledger.session(SessionKind::Explore).closed_at().is_some() {
            self.next(of.minus(oriented), |member| Command::CompleteOrientation { member });
        }
        if self.cycle.stage() >= Stage::SkillBuilding {
            self.plans(of.minus(planned));
        }
    }

    fn plans(&mut self, of: SeatSet) {
        let many = if self.has(Reduction::Reasons) { 1 } else { 2 };
        for strategy in (0..many).filter_map(StrategyNo::new) {
            self.next(of, |member| Command::MakePlan { member, strategy, note: None });
        }
    }

    fn arriving(&mut self, session: SessionKind) {
        let Some(sheet) = self.cycle.state().sheet() else { return };
        let ledger = self.cycle.ledger();
        let unmarked = sheet.unmarked(self.cycle.expected());
        // Those still to come late are the only ones whom nobody waits for.
        let expected_late = usize::from(self.model.bounds.late.saturating_sub(self.point.spent.late));
        let next = if self.has(Reduction::Sequence) { self.first(unmarked, 1 + expected_late) } else { unmarked };
        self.each(next, |member| Command::MarkAttendance { member, attendance: Attendance::Present });
        let apologised = ledger.session(session).apologised();
        for member in self.kinds(next) {
            let attendance = if apologised.contains(member) { Attendance::Excused } else { Attendance::Absent };
            self.give(Cost::Absent, Command::MarkAttendance { member, attendance });
        }
        let room = sheet.in_room();
        if self.cycle.process().spec().orientation.is_on() && session == SessionKind::Explore {
            self.next(room.minus(ledger.oriented()), |member| Command::CompleteOrientation { member });
        }
        if usize::from(unmarked.len()) <= expected_late {
            let chair = self.cycle.chair();
            if chair.is_none_or(|seat| !room.contains(seat)) {
                self.facilitators(session, room);
            }
            self.free(Command::StartSession {});
        }
    }

    fn facilitators(&mut self, session: SessionKind, from: SeatSet) {
        let before = self.cycle.ledger().session(SessionKind::Explore).facilitated();
        for member in self.kinds(from) {
            self.free(Command::AppointFacilitator { session, member, exception: None });
            if session == SessionKind::Reflect && before.contains(member) && from.minus(before).is_empty() {
                let exception = Some(RepeatReason::NoOtherWilling);
                self.free(Command::AppointFacilitator { session, member, exception });
            }
        }
    }

    // --- in a session -------------------------------------------------------------------------------------------------

    fn room(&mut self) {
        let cycle = self.cycle;
        let (Some(session), Some(meeting)) = (cycle.session(), cycle.state().meeting()) else { return };
        if meeting.interrupted().is_some() {
            self.free(Command::ResumeSession {});
            self.free(Command::RestartSession {});
            return;
        }
        if meeting.pause().is_some() {
            self.free(Command::ResumeSession {});
            return;
        }
        let room = cycle.in_room();
        if meeting.facilitator().is_none() {
            self.succession(session, room);
        }
        if meeting.quorum_lost() {
            self.free(Command::ContinueBelowQuorum { reason: ContinueReason::AllAgree });
        }
        self.arriving_late(session);
        self.talking();
        self.going_on(session);
        self.in_trouble(session, room);
    }

    fn succession(&mut self, session: SessionKind, room: SeatSet) {
        let before = self.cycle.ledger().session(SessionKind::Explore).facilitated();
        let willing = if session == SessionKind::Reflect { room.minus(before) } else { room };
        let meeting = self.cycle.state().meeting();
        if meeting.and_then(peercircle_core::Meeting::claim).is_none() {
            self.each(willing, |member| Command::ClaimFacilitation { member, exception: None });
            if willing.is_empty() {
                let exception = Some(RepeatReason::NoOtherWilling);
                self.each(room, |member| Command::ClaimFacilitation { member, exception });
            }
        } else {
            self.free(Command::AssentToFacilitator {});
        }
    }

    fn arriving_late(&mut self, session: SessionKind) {
        let Some(sheet) = self.cycle.state().sheet() else { return };
        let ledger = self.cycle.ledger();
        let away = self.cycle.expected().minus(sheet.attended());
        // Whoever stands at the door does what is wanted of them first, as far as there are some who may still come.
        if self.point.spent.and(Cost::Late, &self.model.bounds).is_some() {
            let version = ledger.rules_version();
            self.next(away.minus(ledger.accepted_rules()), |member| Command::AcceptGroundRules { member, version });
            if session == SessionKind::Explore && self.cycle.process().spec().orientation.is_on() {
                self.next(away.minus(ledger.oriented()), |member| Command::CompleteOrientation { member });
            }
        }
        for member in self.kinds(away) {
            self.give(Cost::Late, Command::MarkAttendance { member, attendance: Attendance::Late });
        }
        if self.cycle.stage() >= Stage::LessonsLearned || self.cycle.stage() == Stage::ExploreTakeaways {
            let unmarked = sheet.unmarked(self.cycle.expected());
            self.next(unmarked, |member| Command::MarkAttendance { member, attendance: Attendance::Absent });
        }
    }

    /// Turns of a round.
    fn talking(&mut self) {
        let Some(round) = self.cycle.state().round() else { return };
        let Some(member) = round.speaking() else {
            let next = match self.cycle.process().spec().turns.order {
                TurnOrder::Fixed => round.first().map_or(SeatSet::EMPTY, SeatSet::only),
                TurnOrder::LeastSpokenFirst | TurnOrder::Volunteer => round.waiting(),
            };
            self.each(next, |member| Command::StartTurn { member });
            if !self.has(Reduction::Passing) {
                self.each(next, |member| Command::PassTurn { member });
            }
            return;
        };
        let stories: &[StoryKind] = if self.has(Reduction::Reasons) { &[StoryKind::Own] } else { StoryKind::ALL };
        match self.cycle.state().phase() {
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
            Some(PhaseKind::ActionPlanning) if !self.cycle.ledger().with_plan().contains(member) => {
                self.plans(SeatSet::only(member));
                // Whoever has no plan yet makes it before the session closes.
                let cost = if self.has(Reduction::Chores) { Cost::Trouble } else { Cost::Free };
                self.give(cost, Command::FinishTurn { member, note: None });
            }
            _ => self.free(Command::FinishTurn { member, note: None }),
        }
        if !self.has(Reduction::Passing) {
            self.free(Command::PassTurn { member });
        }
        self.trouble(Command::PassTurn { member });
        self.trouble(Command::DeferTurn { member });
    }

    fn reports(&self, member: Seat) -> Vec<Report> {
        let idle = Report::DidNotPractise { reason: NoPracticeReason::Undisclosed };
        match self.cycle.ledger().planned(member) {
            Some(strategy) if self.has(Reduction::Reasons) => vec![Report::Practised { strategies: vec![strategy] }],
            Some(strategy) => vec![Report::Practised { strategies: vec![strategy] }, idle],
            None => vec![idle],
        }
    }

    fn adoptions(&self, member: Seat) -> Vec<Adoption> {
        let none = Adoption::NoneAdopted { reason: NoAdoptionReason::Undisclosed };
        match self.cycle.ledger().planned(member) {
            Some(strategy) if self.has(Reduction::Reasons) => vec![Adoption::Adopted { strategies: vec![strategy] }],
            Some(strategy) => vec![Adoption::Adopted { strategies: vec![strategy] }, none],
            None => vec![none],
        }
    }

    /// The next phase, or the end, and what they ask for.
    fn going_on(&mut self, session: SessionKind) {
        let ledger = self.cycle.ledger();
        let room = self.cycle.in_room();
        let phase = self.cycle.state().phase();
        if phase == Some(PhaseKind::Welcome) {
            let version = ledger.rules_version();
            self.next(room.minus(ledger.accepted_rules()), |member| Command::AcceptGroundRules { member, version });
        }
        if !self.has(Reduction::Chores) {
            self.early_chores();
        }
        let last = self.cycle.next_phase().is_none();
        let over = self.cycle.state().round().is_none_or(|round| round.open().is_empty());
        if session == SessionKind::Explore && last && (over || !self.has(Reduction::Chores)) {
            self.plans(room.minus(ledger.with_plan()));
            if room.minus(ledger.with_plan()).is_empty() || !self.has(Reduction::Chores) {
                self.second_date();
            }
        }
        match self.cycle.next_phase() {
            Some(phase) => self.free(Command::OpenPhase { phase }),
            None => self.free(Command::CloseSession {}),
        }
    }

    fn second_date(&mut self) {
        let session = SessionKind::Reflect;
        let (now, ledger) = (self.point.now, self.cycle.ledger());
        let gap = &self.cycle.process().spec().gap;
        let dated = ledger.session(session).date().at().is_some();
        if !dated && ledger.promised_by().is_none() {
            let starts_at = now + Span::days(gap.target_days.into());
            let place = self.cycle.process().spec().place.allowed.first().copied().unwrap_or(peercircle_core::Place::Onsite);
            self.free(Command::ScheduleSession { session, starts_at, place, short_gap: None });
            if gap.promise.is_on() {
                self.free(Command::PromiseDate { by: now + Span::days(7) });
            }
        }
    }

    fn in_trouble(&mut self, session: SessionKind, room: SeatSet) {
        if self.point.spent.and(Cost::Trouble, &self.model.bounds).is_none() {
            self.overrunning();
            return;
        }
        self.trouble(Command::PauseSession { reason: PauseReason::Break });
        self.trouble(Command::InterruptSession { reason: InterruptReason::Emergency });
        if let Some(phase) = self.cycle.next_phase() {
            self.trouble(Command::SkipPhase { phase, reason: SkipReason::Time });
        }
        if let Some(phase) = self.cycle.previous_phase() {
            self.trouble(Command::ReopenPhase { phase, reason: ReopenReason::Unfinished });
        }
        self.trouble(Command::CloseRound { reason: ForceReason::Time });
        self.trouble(Command::ExtendPhase { seconds: 60 });
        self.trouble(Command::DeclareFacilitatorGone {});
        let before = self.cycle.ledger().session(SessionKind::Explore).facilitated();
        let others = self.cycle.chair().map_or(room, |chair| room.without(chair));
        let others = if session == SessionKind::Reflect { others.minus(before) } else { others };
        for member in self.kinds(others) {
            self.trouble(Command::HandOver { member, exception: None });
            self.trouble(Command::DelegateFacilitation { member });
        }
        self.overrunning();
    }

    /// Past the end of the session's time all present may agree to go on.
    fn overrunning(&mut self) {
        let Some(meeting) = self.cycle.state().meeting() else { return };
        if meeting.elapsed(self.point.now).as_seconds() >= meeting.allotted_seconds() && meeting.overrun_granted() == 0 {
            let asked = self.cycle.in_room().minus(meeting.overrun_agreed());
            self.next(asked, |member| Command::AgreeToOverrun { member });
            self.free(Command::InterruptSession { reason: InterruptReason::Abandoned });
        } else if self.point.now >= meeting.abandoned_at(self.cycle.process()) {
            self.free(Command::InterruptSession { reason: InterruptReason::Abandoned });
        }
    }

    // --- after a session ----------------------------------------------------------------------------------------------

    fn catching_up(&mut self) {
        let ledger = self.cycle.ledger();
        let behind = ledger.behind();
        for part in [CatchUpPart::MaterialsRead, CatchUpPart::BuddyBriefed] {
            self.next(behind.minus(ledger.caught_up(part)), |member| Command::RecordCatchUp { member, part });
        }
        self.plans(behind.minus(ledger.with_plan()));
        let pairing = self.asked(CommandKind::PairBuddies) && ledger.buddies().is_empty();
        if self.cycle.stage() == Stage::Practising && pairing {
            let pairs = ledger.buddies().repaired(self.active());
            self.free(Command::PairBuddies { pairs: pairs.pairs().map(|pair| pair.iter().collect()).collect() });
        }
    }

    fn records(&mut self) {
        if self.asked(CommandKind::LogPractice) {
            let unlogged: SeatSet =
                self.active().iter().filter(|seat| self.cycle.ledger().logged_weeks(*seat) == 0).collect();
            self.each(unlogged, |member| Command::LogPractice { member, week: 1, note: None });
        }
    }

    fn adopting(&mut self) {
        let ledger = self.cycle.ledger();
        let left = ledger.unfinished();
        let attended = ledger.session(SessionKind::Reflect).attended();
        // One member after the other makes up for what is missing, and decides.
        let next = if self.has(Reduction::Sequence) { self.first(left, 1) } else { self.kinds(left) };
        for member in next.minus(ledger.reports()) {
            for report in self.reports(member) {
                self.free(Command::SubmitReport { member, report, note: None });
            }
        }
        for member in next.minus(attended).minus(ledger.debriefed()) {
            self.free(Command::RecordDebrief { member });
        }
        for member in next.minus(ledger.decided()) {
            for adoption in self.adoptions(member) {
                self.free(Command::DecideAdoption { member, adoption, note: None });
            }
        }
        for member in self.kinds(left) {
            let reason = peercircle_core::WaiveReason::OrganiserDecision;
            self.trouble(Command::WaiveMember { member, reason });
        }
        self.free(Command::LapseCycle {});
    }

    fn suspended(&mut self) {
        let State::Suspended(suspended) = self.cycle.state() else { return };
        let active = self.active();
        let (on, end) = (suspended.votes(Vote::GoOn).and(active), suspended.votes(Vote::End).and(active));
        // The organiser may do without a vote, but not after a breach nor in a group that has become too small; and the votes of
        // those who differ change nothing that other votes wouldn't.
        let voting = matches!(suspended.reason(), SuspendReason::Breach | SuspendReason::BelowMinimum);
        let waiting = active.minus(on).minus(end);
        let chores = self.has(Reduction::Chores);
        if !chores || voting && end.is_empty() {
            self.next(waiting, |member| Command::VoteOnSuspension { member, vote: Vote::GoOn });
        }
        if !chores || voting && on.is_empty() {
            self.next(waiting, |member| Command::VoteOnSuspension { member, vote: Vote::End });
        }
        self.free(Command::ResumeCycle {});
        self.free(Command::TerminateCycle { reason: TerminateReason::GroupDecision });
    }

    // --- at any time --------------------------------------------------------------------------------------------------

    fn leaving(&mut self) {
        let active = self.active();
        for member in self.kinds(active) {
            self.give(Cost::Leaving, Command::WithdrawMember { member, reason: WithdrawalReason::Undisclosed });
        }
        if self.cycle.state().meeting().is_some_and(|meeting| meeting.interrupted().is_none()) {
            for member in self.kinds(self.cycle.in_room()) {
                self.give(Cost::Leaving, Command::MarkAttendance { member, attendance: Attendance::LeftEarly });
            }
        }
    }

    fn stopping(&mut self, stage: Stage) {
        if stage == Stage::Suspended || !self.cycle.ledger().closed_group() {
            return;
        }
        // Where the group has become too small to go on, stopping is no trouble but the way out.
        let minimum = self.cycle.process().spec().group.minimum;
        let cost = if self.active().len() < minimum { Cost::Free } else { Cost::Trouble };
        self.give(cost, Command::SuspendCycle { reason: SuspendReason::Request });
        self.trouble(Command::ReportBreach {});
    }

    /// Waiting for the next instant that matters.
    fn waiting(&mut self) {
        let now = self.point.now;
        let mut stops: Vec<(Instant, Option<DueKind>, Cost)> = Vec::new();
        for due in self.cycle.deadlines().into_iter().filter(|due| due.at > now) {
            if let Some(cost) = self.matters(due.kind) {
                // A deadline is passed once it is over.
                let past = matches!(due.kind, DueKind::ResumeUntil {} | DueKind::WrittenReportUntil {});
                let at = if past { due.at + Span::seconds(1) } else { due.at };
                stops.push((at, Some(due.kind), cost));
            }
        }
        stops.extend(bounds_of_own_rules(self.cycle, now).into_iter().map(|at| (at, None, Cost::Free)));
        stops.sort_by_key(|(at, _, _)| *at);
        let affordable = |cost: Cost| self.point.spent.and(cost, &self.model.bounds).is_some();
        let next = stops.into_iter().find(|(_, _, cost)| affordable(*cost));
        self.found.extend(next.map(|(until, why, cost)| Move::Wait { until, why, cost }));
    }

    /// Whether rules may answer differently after this instant, and what it costs to wait for it.
    fn matters(&self, kind: DueKind) -> Option<Cost> {
        let ledger = self.cycle.ledger();
        match kind {
            DueKind::SessionStarts { session } => {
                let stage = self.cycle.stage();
                (stage == Stage::Scheduled || stage == Stage::Practising && session == SessionKind::Reflect)
                    .then_some(Cost::Free)
            }
            DueKind::GapReached {} => {
                let dated = ledger.session(SessionKind::Reflect).date().at();
                dated.is_some_and(|at| at <= self.point.now).then_some(Cost::Free)
            }
            DueKind::SessionEnds {} => Some(Cost::Trouble),
            DueKind::SessionAbandoned {} => {
                let meeting = self.cycle.state().meeting();
                let over = meeting.is_some_and(|meeting| {
                    meeting.stopped().is_some() || meeting.elapsed(self.point.now).as_seconds() >= meeting.allotted_seconds()
                });
                Some(if over { Cost::Free } else { Cost::Trouble })
            }
            DueKind::ResumeUntil {} | DueKind::AdoptionUntil {} => Some(Cost::Free),
            DueKind::WrittenReportUntil {} => {
                let missed = ledger.unfinished().minus(ledger.session(SessionKind::Reflect).attended());
                (!missed.is_empty() || !self.has(Reduction::Calendar)).then_some(Cost::Free)
            }
            DueKind::SessionReminder { .. }
            | DueKind::ApologyUntil { .. }
            | DueKind::TurnEnds {}
            | DueKind::PhaseEnds { .. }
            | DueKind::PauseEnds {}
            | DueKind::WeekBegins { .. }
            | DueKind::WeekEnds { .. }
            | DueKind::DatePromised {}
            | DueKind::GapExceeded {} => (!self.has(Reduction::Calendar)).then_some(Cost::Free),
            DueKind::ContentDeletion {} | DueKind::FactDeletion {} | _ => None,
        }
    }
}

/// Who would give this command: one whose part it is, or everyone whose part it is where a rule looks at who it is.
fn givers(cycle: &Cycle, command: &Command) -> Vec<Actor> {
    let kind = command.kind();
    let may = cycle.process().roles(kind);
    let room = cycle.in_room();
    let here = if room.is_empty() { cycle.ledger().active() } else { room };
    let claim = cycle.state().meeting().and_then(peercircle_core::Meeting::claim).map(|claim| claim.seat);
    let mut givers = Vec::with_capacity(2);
    if may.contains(Role::Oneself)
        && let Some(seat) = command.subject()
    {
        givers.push(Actor::member(seat));
    }
    if may.contains(Role::Facilitator)
        && let Some(seat) = cycle.chair()
    {
        givers.push(Actor::member(seat));
    }
    if may.contains(Role::Timekeeper)
        && let Some(seat) = cycle.state().meeting().and_then(peercircle_core::Meeting::timekeeper)
    {
        givers.push(Actor::member(seat));
    }
    // Whoever offered to facilitate can't be the one who agrees, and whoever is gone can't say so.
    let other = |seat: &Seat| match kind {
        CommandKind::AssentToFacilitator => Some(*seat) != claim,
        CommandKind::DeclareFacilitatorGone => Some(*seat) != cycle.chair(),
        _ => true,
    };
    if may.contains(Role::Member) {
        givers.extend(here.iter().find(other).map(Actor::member));
    }
    if may.contains(Role::Organiser) {
        givers.push(Actor::Organiser {});
    }
    if may.contains(Role::Host) {
        givers.push(Actor::Host {});
    }
    // Who gives it matters where it decides between the organiser and the group, or where a rule of the process's own looks.
    let own = cycle.process().spec().rules.iter().any(|rule| rule.applies_to.contains(&kind));
    let both = own || matches!(kind, CommandKind::ResumeCycle | CommandKind::TerminateCycle);
    if !both {
        givers.truncate(1);
    }
    givers
}

/// Whether a rule of the process's own looks at what this kind of command records.
fn asked(cycle: &Cycle, kind: CommandKind) -> bool {
    let counts = |of: Counted| match kind {
        CommandKind::LogPractice => of == Counted::PracticeEntries,
        _ => false,
    };
    cycle.process().spec().rules.iter().any(|rule| {
        leaves(&rule.require).into_iter().any(|leaf| match leaf {
            Condition::Count(bound) => counts(bound.of),
            _ => false,
        })
    })
}

/// The conditions inside a condition that ask for something themselves.
pub(super) fn leaves(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::All(of) | Condition::Any(of) | Condition::AtLeast { of, .. } => of.iter().flat_map(leaves).collect(),
        Condition::Not(one) => leaves(one),
        Condition::Role(_)
        | Condition::Elapsed(_)
        | Condition::Attendance { .. }
        | Condition::Count(_)
        | Condition::Stage(_)
        | Condition::Phase(_) => vec![condition],
    }
}

/// The instants after `now` at which a bound on elapsed time of the process's own rules is reached or passed.
fn bounds_of_own_rules(cycle: &Cycle, now: Instant) -> Vec<Instant> {
    let rules = &cycle.process().spec().rules;
    if rules.is_empty() {
        return Vec::new();
    }
    let meeting = cycle.state().meeting().filter(|meeting| meeting.stopped().is_none());
    let ledger = cycle.ledger();
    let mut stops = Vec::new();
    for leaf in rules.iter().flat_map(|rule| leaves(&rule.require)) {
        let Condition::Elapsed(bound) = leaf else { continue };
        let from = match bound.since {
            Since::SessionStarted => meeting.map(|meeting| (now, meeting.elapsed(now).as_seconds())),
            Since::PhaseOpened => meeting
                .zip(cycle.state().time_box())
                .map(|(meeting, time_box)| (now, meeting.elapsed(now).as_seconds().saturating_sub(time_box.opened()))),
            Since::ExploreClosed => closed(ledger.session(SessionKind::Explore).closed_at(), now),
            Since::ReflectClosed => closed(ledger.session(SessionKind::Reflect).closed_at(), now),
        };
        let Some((now, elapsed)) = from else { continue };
        let reached = bound.at_least_minutes.map(|minutes| minutes.saturating_mul(60));
        let passed = bound.at_most_minutes.map(|minutes| minutes.saturating_add(1).saturating_mul(60));
        stops.extend(
            [reached, passed].into_iter().flatten().filter(|at| *at > elapsed).map(|at| now + Span::seconds(at - elapsed)),
        );
    }
    stops
}

fn closed(at: Option<Instant>, now: Instant) -> Option<(Instant, u32)> {
    at.map(|at| (now, now.since(at).as_seconds()))
}
