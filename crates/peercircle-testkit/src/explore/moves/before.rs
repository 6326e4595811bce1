//! Moves outside the room: members join, dates are set and moved, doors open, people arrive, catch up, and practise.

use peercircle_core::{
    Attendance, CancelReason, CatchUpPart, Command, CommandKind, Counted, Date, Instant, Place, PostponeReason,
    RepeatReason, Rsvp, Seat, SeatSet, SessionKind, Since, Span, Stage,
};

use super::Moves;
use crate::explore::{
    bounds::{Cost, Reduction},
    clocks::Clock,
    model::{Act, Move, NAMES},
};

impl Moves<'_> {
    /// Members join until the group is complete; whether nothing else is worth looking at before.
    pub(super) fn gathering_members(&mut self) -> bool {
        let Some(joins) = self.joining() else { return false };
        let first = self.cycle.stage() == Stage::Forming && self.point.spent.left == 0;
        let chores = [
            CommandKind::AcceptGroundRules,
            CommandKind::CompleteOrientation,
            CommandKind::ScheduleSession,
            CommandKind::PromiseDate,
            CommandKind::AppointFacilitator,
        ];
        let alone = first && chores.into_iter().all(|kind| self.model.chore(kind)) && self.permits(&joins);
        self.free(joins.command);
        if alone {
            self.free(Command::CancelCycle { reason: CancelReason::Business });
        }
        alone
    }

    /// Somebody joins, or takes the place of somebody who left.
    fn joining(&self) -> Option<Act> {
        let seats = self.cycle.roster().seats();
        if self.cycle.ledger().closed_group() || self.active().len() >= self.model.bounds().members {
            return None;
        }
        let name = NAMES.get(seats)?;
        let department = format!("department-{}", seats + 1).parse().ok()?;
        let command =
            Command::EnrolMember { member: name.parse().ok()?, level: "lead".parse().ok()?, department, manager: None };
        self.act(command)
    }

    /// Before the doors of session 1 open.
    pub(super) fn before_explore(&mut self) {
        let session = SessionKind::Explore;
        self.dates(session, false);
        self.opening(session);
        self.early_chores();
        self.free(Command::CancelCycle { reason: CancelReason::Business });
    }

    /// The month at work.
    pub(super) fn practising(&mut self) {
        let session = SessionKind::Reflect;
        self.catching_up();
        self.practice();
        self.dates(session, false);
        self.opening(session);
        self.early_chores();
    }

    /// Between the opening of the doors and the beginning.
    pub(super) fn doors(&mut self, session: SessionKind) {
        if session == SessionKind::Explore {
            if let Some(joins) = self.joining() {
                self.free(joins.command);
            }
            self.free(Command::CancelCycle { reason: CancelReason::Business });
        } else {
            self.catching_up();
        }
        self.early_chores();
        let Some(sheet) = self.cycle.state().sheet() else { return };
        let unmarked = sheet.unmarked(self.cycle.expected());
        let apologised = self.cycle.ledger().session(session).apologised();
        for member in self.kinds(unmarked) {
            let attendance = if apologised.contains(member) { Attendance::Excused } else { Attendance::Absent };
            self.give(Cost::Absent, Command::MarkAttendance { member, attendance });
        }
        // Nobody waits for those who come late.
        let late = self.model.bounds().late.saturating_sub(self.point.spent.late);
        self.arriving(unmarked, late);
        let ready = unmarked.len() <= late;
        // Who is there may be too few: then another day is no trouble but the way out.
        let starts = if ready { self.starting(session, sheet.in_room()) } else { Vec::new() };
        let begins = starts.iter().any(|taken| self.model.after(self.point, taken).is_some());
        self.dates(session, ready && !begins);
        let [appoints, orients] =
            [CommandKind::AppointFacilitator, CommandKind::CompleteOrientation].map(|kind| self.model.chore(kind));
        if appoints && orients {
            self.found.extend(starts);
        } else if ready {
            if self.cycle.chair().is_none_or(|seat| !sheet.in_room().contains(seat)) {
                self.appointments(session, sheet.in_room()).into_iter().for_each(|command| self.free(command));
            }
            let chores = if orients { self.oriented(session, sheet.in_room()) } else { Vec::new() };
            self.give_after(chores, Cost::Free, Command::StartSession {});
        }
    }

    /// All arrive but a few of those who may be late.
    fn arriving(&mut self, unmarked: SeatSet, late: u8) {
        let present = |member| Command::MarkAttendance { member, attendance: Attendance::Present };
        if !self.has(Reduction::Together) {
            self.each(unmarked, present);
            return;
        }
        for waited_for in 0..=late.min(unmarked.len()) {
            for away in self.choices(unmarked, waited_for) {
                let mut marks: Vec<Act> = unmarked.minus(away).iter().filter_map(|seat| self.act(present(seat))).collect();
                if let Some(last) = marks.pop() {
                    self.give_after(marks, Cost::Free, last.command);
                }
            }
        }
    }

    /// So many of these seats, each choice once up to names.
    fn choices(&self, seats: SeatSet, many: u8) -> Vec<SeatSet> {
        let mut all = vec![SeatSet::EMPTY];
        for _ in 0..many {
            let mut more: Vec<SeatSet> = Vec::new();
            for chosen in all {
                let last = chosen.iter().last();
                let after = seats.iter().filter(|seat| last.is_none_or(|last| *seat > last)).collect::<SeatSet>();
                more.extend(self.kinds(after).iter().map(|seat| chosen.with(seat)));
            }
            all = more;
        }
        all
    }

    /// The session begins, chaired by one of those there.
    fn starting(&self, session: SessionKind, room: SeatSet) -> Vec<Move> {
        let chores = self.oriented(session, room);
        let start = |first: Vec<Act>| -> Vec<Move> {
            let Some(Act { by, command }) = self.act(Command::StartSession {}) else { return Vec::new() };
            let others = self.other_members(&command, by);
            let by = [by].into_iter().chain(others);
            let give =
                |by| Move::Give { chores: first.clone(), act: Act { by, command: command.clone() }, cost: Cost::Free };
            by.map(give).collect()
        };
        if self.cycle.chair().is_some_and(|seat| room.contains(seat)) {
            return start(chores);
        }
        let appoint = |command| start(chores.iter().cloned().chain(self.act(command)).collect());
        self.appointments(session, room).into_iter().flat_map(appoint).collect()
    }

    /// Who may be appointed: another than before where there is one.
    pub(super) fn appointments(&self, session: SessionKind, from: SeatSet) -> Vec<Command> {
        let before = self.cycle.ledger().session(SessionKind::Explore).facilitated();
        let repeats = session == SessionKind::Reflect && from.minus(before).is_empty();
        let appoint = |member: Seat| {
            let exception = repeats.then_some(RepeatReason::NoOtherWilling);
            Command::AppointFacilitator { session, member, exception }
        };
        self.kinds(from).iter().map(appoint).collect()
    }

    /// Dates that are missing, and dates that move. Where the session can't begin, moving it costs nothing.
    fn dates(&mut self, session: SessionKind, stuck: bool) {
        let now = self.point.now;
        let gap = &self.cycle.process().spec().gap;
        let facts = self.cycle.ledger().session(session);
        let starts_at = self.next_day(session);
        match facts.date() {
            Date::Open => {
                for starts_at in [starts_at].into_iter().chain(self.other_days(session)) {
                    self.free(self.date(session, starts_at));
                }
            }
            Date::Postponed => {
                let chores = self.out_of_the_way(session, starts_at);
                self.give_after(chores, Cost::Free, Command::RescheduleSession { session, starts_at, short_gap: None });
                // Where something hinders that, a new date can be set as well.
                if self.model.hinders(CommandKind::RescheduleSession) {
                    self.free(self.date(session, starts_at));
                }
            }
            Date::At(at) => {
                let cost = if stuck { Cost::Free } else { Cost::Trouble };
                let later = starts_at.max(at + Span::days(7));
                let moved = if stuck || at <= now { starts_at } else { later };
                if self.affords(cost) {
                    let chores = self.out_of_the_way(session, moved);
                    self.give_after(chores, cost, Command::RescheduleSession { session, starts_at: moved, short_gap: None });
                    self.give(cost, Command::PostponeSession { session, reason: PostponeReason::GroupRequest });
                    self.trouble(Command::CancelSession { session, reason: CancelReason::Business });
                    for starts_at in self.other_days(session).into_iter().filter(|other| *other != at && *other != moved) {
                        self.give(cost, Command::RescheduleSession { session, starts_at, short_gap: None });
                    }
                }
                // The day has come, and the gap is too short: a later day is no trouble but a way out.
                if session == SessionKind::Reflect && at <= now {
                    let from = self.cycle.ledger().session(SessionKind::Explore).day().unwrap_or(now);
                    if now < from + Span::days(gap.minimum_days.into()) {
                        self.free(Command::RescheduleSession { session, starts_at, short_gap: None });
                    }
                }
            }
        }
        let early = !self.model.chore(CommandKind::ScheduleSession) || !self.model.chore(CommandKind::PromiseDate);
        if early && session == SessionKind::Explore && facts.date().at().is_some() {
            let dates = self.second_dates();
            // Instead of a promise that was given a date can be set as well.
            let promised = dates.is_empty() && self.cycle.ledger().session(SessionKind::Reflect).date().at().is_none();
            let instead = if promised { Some(self.second_date()) } else { None };
            dates.into_iter().chain(instead).for_each(|command| self.free(command));
        }
    }

    /// A usual day for this session: in a week, or as long after session 1 as the process wants.
    fn next_day(&self, session: SessionKind) -> Instant {
        let now = self.point.now;
        let first = self.cycle.ledger().session(SessionKind::Explore);
        match session {
            SessionKind::Explore => now + Span::days(7),
            SessionKind::Reflect => {
                let from = first.day().unwrap_or(now);
                let target = self.cycle.process().spec().gap.target_days;
                (from + Span::days(target.into())).max(now + Span::days(1))
            }
        }
    }

    /// Days for session 2 beside the usual one, where a rule looks at how long ago session 1 closed or counts what was practised: the
    /// first that the gap allows, and where the rule wants it later, as late as that.
    fn other_days(&self, session: SessionKind) -> Vec<Instant> {
        let first = self.cycle.ledger().session(SessionKind::Explore);
        let entries = self.model.counts(Counted::PracticeEntries);
        if session == SessionKind::Explore || !entries && self.model.clocks().longest(Since::ExploreClosed).is_none() {
            return Vec::new();
        }
        let (now, usual) = (self.point.now, self.next_day(session));
        let from = first.day().unwrap_or(now);
        let soonest = from + Span::days(self.cycle.process().spec().gap.minimum_days.into());
        let least = |clock: &Clock| clock.bound.at_least_minutes.filter(|_| clock.bound.since == Since::ExploreClosed);
        let closed = first.closed_at().unwrap_or_else(|| from.max(now));
        let latest = self.model.clocks().iter().filter_map(least).max();
        let latest = latest.map(|minutes| closed + Span::days(minutes.div_ceil(24 * 60)) + Span::days(1));
        // By then all weeks of practice have begun.
        let weeks = u32::from(self.cycle.process().spec().practice.weeks);
        let all_weeks = entries.then(|| closed + Span::days(weeks.saturating_sub(1) * 7 + 1));
        let others = [Some(soonest), latest, all_weeks].into_iter().flatten();
        others.filter(|at| *at > now && *at != usual).collect()
    }

    /// What a session 1 on this day has in its way: the date of session 2, which can wait.
    fn out_of_the_way(&self, session: SessionKind, starts_at: Instant) -> Vec<Act> {
        let reflect = SessionKind::Reflect;
        let gap = &self.cycle.process().spec().gap;
        let second = self.cycle.ledger().session(reflect).date().at();
        let blocked = second.is_some_and(|at| at < starts_at + Span::days(u32::from(gap.minimum_days) + 1));
        if session == reflect || !blocked {
            return Vec::new();
        }
        let reason = PostponeReason::GroupRequest;
        self.act(Command::PostponeSession { session: reflect, reason }).into_iter().collect()
    }

    /// A date for session 2, or a promise of one.
    pub(super) fn second_dates(&self) -> Vec<Command> {
        let ledger = self.cycle.ledger();
        if ledger.session(SessionKind::Reflect).date().at().is_some() || ledger.promised_by().is_some() {
            return Vec::new();
        }
        let mut dates = vec![self.second_date()];
        let others = self.other_days(SessionKind::Reflect).into_iter();
        dates.extend(others.map(|starts_at| self.date(SessionKind::Reflect, starts_at)));
        if self.cycle.process().spec().gap.promise.is_on() {
            dates.push(Command::PromiseDate { by: self.point.now + Span::days(7) });
        }
        dates
    }

    /// A date for session 2.
    fn second_date(&self) -> Command {
        let (now, spec) = (self.point.now, self.cycle.process().spec());
        let from = self.cycle.ledger().session(SessionKind::Explore).day().map_or(now, |at| at.max(now));
        let starts_at = from + Span::days(u32::from(spec.gap.target_days) + 1);
        self.date(SessionKind::Reflect, starts_at)
    }

    /// A session on this day, where the process holds any.
    fn date(&self, session: SessionKind, starts_at: Instant) -> Command {
        let place = self.cycle.process().spec().place.allowed.first().copied().unwrap_or(Place::Onsite);
        Command::ScheduleSession { session, starts_at, place, short_gap: None }
    }

    /// The doors open on the day.
    fn opening(&mut self, session: SessionKind) {
        let facts = self.cycle.ledger().session(session);
        let Some(at) = facts.date().at() else { return };
        if self.model.records_kind(CommandKind::Reply) {
            let silent = self.active().iter().filter(|seat| facts.reply(*seat) == Rsvp::NeedsAction).collect();
            self.each(silent, |member| Command::Reply { member, session, reply: Rsvp::Accepted });
        }
        if self.model.tells_excused() {
            self.apologising(session, at);
        }
        if self.point.now >= at {
            self.free(Command::OpenSession { session });
        }
    }

    /// As many as may be absent say in time that they won't come, which a rule of the process's own tells from being absent.
    fn apologising(&mut self, session: SessionKind, at: Instant) {
        let apologised = self.cycle.ledger().session(session).apologised();
        let notice = Span::hours(self.cycle.process().spec().attendance.apology_hours.into());
        if self.point.now + notice <= at && apologised.len() < self.model.bounds().absent {
            self.each(self.active().minus(apologised), |member| Command::Reply { member, session, reply: Rsvp::Declined });
        }
    }

    /// Whoever missed session 1 catches up.
    fn catching_up(&mut self) {
        let ledger = self.cycle.ledger();
        let behind = ledger.behind();
        if self.has(Reduction::Together) {
            for member in self.kinds(behind) {
                let mut parts = self.catch_up(member);
                if let Some(last) = parts.pop() {
                    self.give_after(parts, Cost::Free, last.command);
                }
            }
            return;
        }
        for part in [CatchUpPart::MaterialsRead, CatchUpPart::BuddyBriefed] {
            let done = if self.model.again(CommandKind::RecordCatchUp) { SeatSet::EMPTY } else { ledger.caught_up(part) };
            self.each(behind.minus(done), |member| Command::RecordCatchUp { member, part });
        }
        self.plans(behind.minus(ledger.with_plan()));
    }

    fn practice(&mut self) {
        let ledger = self.cycle.ledger();
        if self.model.records_kind(CommandKind::PairBuddies) && ledger.buddies().is_empty() {
            let pairs = ledger.buddies().repaired(self.active());
            self.free(Command::PairBuddies { pairs: pairs.pairs().map(|pair| pair.iter().collect()).collect() });
        }
        if self.model.records_kind(CommandKind::LogPractice) {
            self.logging();
        }
    }

    /// Members log the weeks that have begun, one after the other.
    fn logging(&mut self) {
        let ledger = self.cycle.ledger();
        let gone = ledger.session(SessionKind::Explore).closed_at().map_or(Span::ZERO, |at| self.point.now.since(at));
        let begun = (gone.as_days() / 7 + 1).min(self.cycle.process().spec().practice.weeks.into());
        // Nothing but a rule that counts them, or a property, asks for more than one.
        let most = if self.model.counts_weeks() { begun } else { 1 };
        let next = |seat: Seat| ledger.logged_weeks(seat).trailing_ones() + 1;
        let unlogged: SeatSet = self.active().iter().filter(|seat| next(*seat) <= most).collect();
        let log = |member: Seat| {
            let week = u8::try_from(next(member)).unwrap_or(u8::MAX);
            Command::LogPractice { member, week, note: None }
        };
        if self.has(Reduction::Names) && self.model.by_number(CommandKind::LogPractice) {
            let may = |member: &Seat| self.act(log(*member)).is_some_and(|act| self.permits(&act));
            let one = unlogged.iter().max_by_key(|member| (may(member), self.record(*member)));
            one.into_iter().for_each(|member| self.free(log(member)));
        } else {
            self.each(unlogged, log);
        }
    }
}
