//! Keys: what of a state decides anything, packed, and the same for states that differ in names alone.

use peercircle_core::{
    CatchUpPart, CommandKind, Condition, Counted, Cycle, Date, Instant, KindSet, Meeting, PhaseKind, Process, QuorumLost,
    Recording, Round, Seat, SeatSet, SessionKind, Sheet, Since, Span, Stage, StageSet, State, Stop, TurnOrder, Vote,
};

use super::{
    asked::{counts, leaves_of},
    bounds::{Bounds, Reduction, Reductions, Spent},
    clocks::Clocks,
    moves::reported,
};

/// All stages.
const EVERYWHERE: StageSet = StageSet::of(Stage::ALL);

/// The facts about each seat, packed; equal numbers are members of whom the same is known.
pub(super) type Records = [u64; 16];

/// A state's key: 128 bits of what decides anything about it.
pub type Key = u128;

/// A key as two words, of which each is a hash already.
pub(super) type Halves = (u64, u64);

#[expect(clippy::cast_possible_truncation, reason = "the low half of a hash is a hash")]
pub(super) const fn halves(key: Key) -> Halves {
    (key as u64, (key >> 64) as u64)
}

/// What the rules of a process look at, and how far back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    reductions: Reductions,
    /// So long after session 1 began, session 2 isn't too early any more.
    gap: Span,
    /// So long after session 1 closed, nothing changes any more by time alone.
    after_explore: Span,
    /// So long after session 2 closed.
    after_reflect: Span,
    resume: Span,
    /// Where a rule looks at how long the phase runs.
    phase_clock: StageSet,
    /// Where in a session a rule looks at how long something runs, or will before it closes; and, where phases may be opened again,
    /// would once they are.
    session_clock: [StageSet; 2],
    /// Whether a session that is interrupted once somebody has reported is held on with, and never afresh.
    goes_on: bool,
    /// Whether accepting the ground rules, and the orientation, are chores that nothing hinders.
    accepting: bool,
    orienting: bool,
    troubles: u8,
    /// What leads on as an exception beyond the bounds.
    pub(super) exceptions: KindSet,
    closes: [PhaseKind; 2],
    /// How many phases come before each in a session, those aside that the process leaves out.
    places: [[u8; PhaseKind::ALL.len()]; 2],
    /// The order of turns looks at who spoke how long.
    airtime: bool,
    /// Members speak in the order of their seats, and that is followed.
    queued: bool,
    /// A rule of the process's own looks at who is marked as what, or something hinders marking.
    marks: bool,
    /// A rule of the process's own counts plans.
    counted: bool,
    logs: bool,
}

impl Sight {
    pub(super) fn of(process: &Process, bounds: &Bounds, clocks: &Clocks, [mentioned, coded]: [KindSet; 2]) -> Self {
        let spec = process.spec();
        let reductions = bounds.reductions;
        let counted = |what| counts(&spec.rules, what);
        let own = |kind| spec.rules.iter().any(|rule| rule.applies_to.contains(&kind));
        let hindered = |kind| own(kind) || coded.contains(kind) || spec.who_may.contains_key(&kind);
        let told = |kind| hindered(kind) || mentioned.contains(kind);
        let chores = reductions.has(Reduction::Chores) && reductions.has(Reduction::Past);
        let longest = |days: u16, since: Since| {
            Span::days(days.into()).max(Span::minutes(clocks.longest(since).map_or(0, |minutes| minutes.saturating_add(1))))
        };
        let logs = counted(Counted::PracticeEntries)
            || !mentioned.and(KindSet::of(&[CommandKind::LogPractice, CommandKind::CheckIn])).is_empty();
        // Where logs count, it matters which weeks have begun.
        let weeks = u32::from(spec.practice.weeks.saturating_sub(1));
        let begun = if logs { Span::days(weeks * 7).plus(Span::seconds(1)) } else { Span::ZERO };
        let keeps_time = !reductions.has(Reduction::Calendar) || !reductions.has(Reduction::Past);
        let longest_after = u16::max(spec.attendance.written_report_days, spec.practice.adoption_days);
        Self {
            reductions,
            gap: Span::days(u32::from(spec.gap.minimum_days) + 1),
            after_explore: match clocks.longest(Since::ExploreClosed) {
                Some(minutes) => begun.max(Span::minutes(minutes.saturating_add(1))),
                None if reductions.has(Reduction::Calendar) => begun,
                None => Span::days(u32::from(spec.gap.maximum_days) + 1),
            },
            after_reflect: longest(longest_after, Since::ReflectClosed).plus(Span::days(1)),
            resume: Span::days(spec.clock.resume_days.into()).plus(Span::seconds(1)),
            session_clock: if keeps_time { [EVERYWHERE; 2] } else { clocks.in_sessions() },
            goes_on: reductions.has(Reduction::Past)
                && reductions.has(Reduction::Afresh)
                && spec.quorum.when_lost != QuorumLost::Stop
                && !hindered(CommandKind::ResumeSession),
            accepting: chores && !told(CommandKind::AcceptGroundRules) && !counted(Counted::AcceptedRules),
            orienting: chores && !told(CommandKind::CompleteOrientation),
            troubles: bounds.troubles,
            exceptions: KindSet::EMPTY,
            closes: [spec.attendance.explore_closes_at, spec.attendance.reflect_closes_at],
            places: SessionKind::ALL.map(|session| places(process, session)),
            phase_clock: if keeps_time { EVERYWHERE } else { clocks.asked(Since::PhaseOpened) },
            airtime: spec.turns.order == TurnOrder::LeastSpokenFirst,
            queued: spec.turns.order == TurnOrder::Fixed && !reductions.has(Reduction::Order),
            marks: hindered(CommandKind::MarkAttendance)
                || leaves_of(&spec.rules).any(|leaf| matches!(leaf, Condition::Attendance { .. })),
            counted: counted(Counted::Plans),
            logs: logs || !reductions.has(Reduction::Records),
        }
    }

    const fn has(&self, reduction: Reduction) -> bool {
        self.reductions.has(reduction)
    }

    /// The facts about each member, in place of whatever was.
    pub(super) fn record(&self, cycle: &Cycle, spent: Spent, all: &mut Records) {
        // Whoever has left has no more part in anything.
        let active = cycle.ledger().active();
        let state = inside(cycle.state());
        by_seat(&self.sets(cycle, state, spent), active, all);
        let queue = state.round().filter(|_| self.queued);
        let airtime = state.meeting().filter(|_| self.airtime);
        let named = !self.has(Reduction::Names);
        if queue.is_none() && airtime.is_none() && !self.logs && !named {
            return;
        }
        for seat in active {
            let Some(record) = all.get_mut(usize::from(seat.number())) else { continue };
            if let Some(round) = queue {
                let place = round.queue().position(|other| other == seat).and_then(|at| u64::try_from(at + 1).ok());
                *record |= place.unwrap_or(0) << FLAGS;
            }
            if named {
                *record = *record << 4 | u64::from(seat.number());
            }
            if let Some(meeting) = airtime {
                *record = mixed(*record, meeting.airtime_seconds(seat).into());
            }
            if self.logs {
                let [logged, checked] = [cycle.ledger().logged_weeks(seat), cycle.ledger().checked_in_weeks(seat)];
                *record = mixed(*record, u64::from(u16::from_le_bytes([logged, checked])));
            }
        }
    }

    /// Everything about seats that is a set, of a cycle that is in this state or was suspended in it. Each has its place, whether
    /// or not it matters here.
    fn sets(&self, cycle: &Cycle, state: &State, spent: Spent) -> Sets {
        const NOBODY: SeatSet = SeatSet::EMPTY;
        let ledger = cycle.ledger();
        let past = self.has(Reduction::Past);
        let [explore, reflect] = SessionKind::ALL.map(|session| ledger.session(session));
        let (ran, over) = (explore.closed_at().is_some(), reflect.closed_at().is_some());
        let (until_ran, until_over) = (!past || !ran, !past || !over);
        let (meeting, reopens) = (state.meeting(), self.reopens(spent));
        let shut = self.shut_for_good(state, reopens);
        let behind = ledger.behind();
        let [material, buddy] = [CatchUpPart::MaterialsRead, CatchUpPart::BuddyBriefed].map(|part| ledger.caught_up(part));
        let forgets = past && ran && !self.counted && !self.logs && self.has(Reduction::Reasons);
        let plans = if forgets && behind.is_empty() { NOBODY } else { ledger.with_plan() };
        // Of session 1 counts, once session 2 won't be held afresh, only who missed both.
        let here = meeting
            .filter(|_| ran && self.goes_on() && reported(cycle))
            .map_or(NOBODY, |meeting| meeting.sheet().attended());
        let [in_room, attended, excused, absent, late] = state.sheet().map_or([NOBODY; 5], |sheet| {
            let (excused, absent) = (sheet.excused(), sheet.absent());
            let apart = !past || self.marks;
            // Once the doors are shut for good, whoever isn't marked is as absent as who is.
            let alike = past && !self.marks && shut;
            let away = if past { excused.or(absent) } else { excused };
            [sheet.in_room(), sheet.attended(), when(!alike, away), when(apart, absent), when(apart, sheet.late())]
        });
        let [chair, delegate, timekeeper, claim, overrun] = meeting.map_or([NOBODY; 5], |meeting| {
            let claim = meeting.claim().map(|claim| claim.seat);
            let [chair, delegate] = [meeting.facilitator(), meeting.delegate()].map(only);
            [chair, delegate, only(meeting.timekeeper()), only(claim), meeting.overrun_agreed()]
        });
        let timekeeper = if let State::Gathering(gathering) = state { only(gathering.timekeeper()) } else { timekeeper };
        let [go_on, end] = if let State::Suspended(suspended) = cycle.state() {
            [Vote::GoOn, Vote::End].map(|vote| suspended.votes(vote))
        } else {
            [NOBODY; 2]
        };
        let [turned, turning, waiting] = self.turns(state, shut);
        let deferred = state.round().filter(|_| self.may(CommandKind::DeferTurn, spent)).map_or(NOBODY, Round::deferred);
        [
            [
                ledger.unfinished(),
                when(!self.accepting, ledger.accepted_rules()),
                when(!self.orienting && until_ran, ledger.oriented()),
                if forgets { plans.and(behind) } else { plans },
                behind,
                if past { material.and(behind) } else { material },
                if past { buddy.and(behind) } else { buddy },
                when(ran && until_over, explore.attended().or(here)),
                // Who chaired session 1 is asked until session 2 is over.
                when(until_over, explore.facilitated()),
            ],
            [
                when(until_ran, explore.apologised()),
                when(until_over, reflect.apologised()),
                when(until_ran, only(explore.facilitator())),
                when(until_over, only(reflect.facilitator())),
                when(ran, ledger.reports()),
                when(ran, ledger.decided()),
                when(ran, ledger.debriefed()),
                when(over, reflect.attended()),
                when(until_ran, self.told(ledger.told(), state, reopens)),
            ],
            [when(!past, reflect.facilitated()), in_room, attended, excused, absent, late, chair, delegate, timekeeper],
            [claim, overrun, go_on, end, turned, turning, waiting, deferred, NOBODY],
        ]
    }

    /// Of those who told a story, whom a round of stories would leave out: everyone where it is ahead or may be opened again, and
    /// while it runs those who have no part in it and may yet come.
    fn told(&self, told: SeatSet, state: &State, reopens: u8) -> SeatSet {
        let back = || self.back_to(state, PhaseKind::StorySharing);
        match state.phase() {
            _ if !self.has(Reduction::Past) => told,
            Some(phase) if phase < PhaseKind::StorySharing || back().max(1) <= reopens => told,
            Some(PhaseKind::StorySharing) if !self.shut(state) => {
                let room = state.sheet().map_or(SeatSet::EMPTY, Sheet::in_room);
                let had = |round: &Round| round.done().or(round.passed()).or(round.forfeited());
                told.minus(room).minus(state.round().map_or(SeatSet::EMPTY, had))
            }
            Some(_) | None => SeatSet::EMPTY,
        }
    }

    /// How much more may go wrong.
    const fn left(&self, spent: Spent) -> u8 {
        if self.has(Reduction::Past) { self.troubles.saturating_sub(spent.troubles) } else { u8::MAX }
    }

    /// Whether a command of this kind may be given that is a trouble.
    const fn may(&self, kind: CommandKind, spent: Spent) -> bool {
        self.left(spent) > 0 || self.exceptions.contains(kind)
    }

    /// Whether a running session may come to its end by time alone: because it drags on, or by pauses that last too long.
    const fn may_end(&self, spent: Spent) -> bool {
        self.may(CommandKind::PauseSession, spent)
    }

    /// Whether a session in which somebody has reported is never held afresh.
    const fn goes_on(&self) -> bool {
        self.goes_on && !self.exceptions.contains(CommandKind::RestartSession)
    }

    /// Whether a rule looks, here or later in the session, at how long something runs.
    fn runs(&self, state: &State, spent: Spent) -> bool {
        let [ahead, whole] = self.session_clock;
        if self.reopens(spent) > 0 { whole } else { ahead }.contains(state.stage())
    }

    /// How often phases may still be opened again.
    const fn reopens(&self, spent: Spent) -> u8 {
        if self.exceptions.contains(CommandKind::ReopenPhase) { u8::MAX } else { self.left(spent) }
    }

    /// How often a phase has to be opened again, each time the one before, until the session is back in this one.
    fn back_to(&self, state: &State, phase: PhaseKind) -> u8 {
        let places = at(state, &self.places);
        let place = |phase: PhaseKind| places.get(phase as usize).copied().unwrap_or_default();
        state.phase().map_or(0, |here| place(here).saturating_sub(place(phase)))
    }

    /// Whose turn has come how far, as a number of three bits: 4 over, 5 lost where they may come back to have it, 6 passed where
    /// that counts, 3 speaking, 1 waiting, 2 waiting until the others are through.
    fn turns(&self, state: &State, shut: bool) -> [SeatSet; 3] {
        let Some(round) = state.round() else { return [SeatSet::EMPTY; 3] };
        let speaking = only(round.speaking());
        let passed = round.passed().or(round.forfeited()).minus(round.done()).minus(speaking);
        let over = round.done().or(passed).minus(speaking);
        let waiting = round.waiting().minus(over).minus(speaking);
        let apart = when(!self.has(Reduction::Passing), passed);
        let last = round.deferred().or(round.late());
        // Whoever lost a turn has another when they come back.
        let lost = when(!shut, round.forfeited());
        [over, waiting.and(last).or(speaking).or(apart), waiting.minus(last).or(speaking).or(lost)]
    }

    /// What of the bounds is used up where the cycle is now: how many are absent counts until a session begins, how many are late
    /// until its doors are shut. Each holding of a session has its own.
    pub(super) fn renewed(&self, spent: Spent, state: &State) -> Spent {
        if spent.absent == 0 && spent.late == 0 {
            return spent;
        }
        let state = inside(state);
        let absent = if state.session().is_some() && state.meeting().is_none() { spent.absent } else { 0 };
        let late = if state.session().is_some() && !self.shut(state) { spent.late } else { 0 };
        Spent { absent, late, ..spent }
    }

    /// How many a running session has begun without, as long as they may come.
    pub(super) fn missing(&self, cycle: &Cycle) -> u8 {
        let state = inside(cycle.state());
        let meeting = state.meeting().filter(|_| !self.shut(state));
        meeting.map_or(0, |meeting| meeting.sheet().unmarked(cycle.expected()).len())
    }

    /// Whether nobody is let in any more.
    fn shut(&self, state: &State) -> bool {
        state.phase().is_some_and(|phase| phase >= self.closes(state))
    }

    /// Whether nobody is let in any more, nor will be once phases are opened again.
    fn shut_for_good(&self, state: &State, reopens: u8) -> bool {
        self.shut(state) && self.back_to(state, self.closes(state)) >= reopens
    }

    /// The phase from which on nobody is let in.
    fn closes(&self, state: &State) -> PhaseKind {
        *at(state, &self.closes)
    }

    /// The key of a state.
    pub(super) fn key(&self, cycle: &Cycle, now: Instant, spent: Spent, records: &Records) -> Key {
        let stage = cycle.stage();
        let mut words = Words::of(stage);
        // That it has ended so is all that counts, and of one that is completed what had gone wrong by then: a group that is done once
        // somebody leaves it isn't one that finishes.
        if stage.is_terminal() && self.has(Reduction::Ends) {
            if stage == Stage::Completed {
                words.push(u64::from(spent.left) << 8 | u64::from(spent.troubles));
            }
            return words.hash();
        }
        words.members(records, cycle.ledger().active());
        words.push(u64::from_le_bytes([spent.left, spent.absent, spent.late, spent.troubles, 0, 0, 0, 0]));
        words.push(self.flags(cycle, now, spent));
        self.instants(cycle, now, spent, &mut words);
        words.hash()
    }

    /// What is known of the cycle beside its members.
    fn flags(&self, cycle: &Cycle, now: Instant, spent: Spent) -> u64 {
        let ledger = cycle.ledger();
        let past = self.has(Reduction::Past);
        let state = inside(cycle.state());
        let [explore, reflect] = SessionKind::ALL.map(|session| ledger.session(session));
        let (ran, over) = (explore.closed_at().is_some(), reflect.closed_at().is_some());
        let ahead = state.meeting().is_none() && !over;
        let mut bits = Bits(0);
        bits.push(explore.date() == Date::Postponed && (!past || !ran));
        bits.push(reflect.repeat() && (!past || ahead));
        bits.push(reflect.short_gap() && (!past || ahead));
        bits.push(reflect.date() == Date::Postponed && (!past || ahead));
        bits.push(ledger.closed_group());
        bits.push(ledger.buddies().is_empty());
        bits.push(ledger.promised_by().is_some() && (!past || !ran));
        bits.push(over);
        bits.push(ran);
        bits.push(reported(cycle) && (!past || !over));
        let over_long =
            |meeting: &Meeting| meeting.interrupted_at().is_none() && now >= meeting.abandoned_at(cycle.process());
        bits.push(state.meeting().is_some_and(over_long));
        // Whether anyone completes the cycle decides how it ends once the last of the others has left.
        bits.push(!ledger.ended().minus(ledger.active()).is_empty());
        if let State::Suspended(suspended) = cycle.state() {
            bits.number(1 + suspended.reason() as u64, 4);
            bits.number(state.stage() as u64, 5);
        }
        if let Some(meeting) = state.meeting() {
            bits.push(meeting.pause().is_some());
            bits.push(meeting.interrupted().is_some());
            bits.push(meeting.quorum_lost());
            bits.number(if self.reopens(spent) > 0 { u64::from(meeting.reopened()) } else { 0 }, 3);
            bits.push(meeting.recording() != Recording::Off);
            bits.push(meeting.overrun_granted() > 0 && self.may_end(spent));
            bits.number(meeting.stopped().map_or(0, |stop| 1 + u64::from(stop == Stop::Wait)), 2);
        }
        bits.0
    }

    /// The instants that still matter, as they lie to now; what lies too far back to matter is as good as one long ago.
    fn instants(&self, cycle: &Cycle, now: Instant, spent: Spent, words: &mut Words) {
        let ledger = cycle.ledger();
        let state = inside(cycle.state());
        let [explore, reflect] = SessionKind::ALL.map(|session| ledger.session(session));
        let past = self.has(Reduction::Past);
        let before = explore.closed_at().is_none();
        let ahead = state.meeting().is_none_or(|_| before) && reflect.closed_at().is_none();
        words.until(explore.date().at().filter(|_| before || !past), now);
        // The gap counts from the day session 1 began; a rule of the process's own may look at when it closed.
        words.since(explore.began_at().filter(|_| ahead || !past), now, self.gap);
        words.since(explore.closed_at().filter(|_| self.after_explore > Span::ZERO), now, self.after_explore);
        words.until(reflect.date().at().filter(|_| ahead || !past), now);
        words.since(reflect.closed_at(), now, self.after_reflect);
        if let Some(meeting) = state.meeting() {
            let elapsed = meeting.elapsed(now).as_seconds();
            // Where time passes no more in the session, it plays no part how much of it has passed.
            if self.runs(state, spent) || self.may_end(spent) || elapsed >= meeting.allotted_seconds() {
                words.push(u64::from(elapsed));
                words.push(u64::from(meeting.allotted_seconds()) << 32 | u64::from(meeting.pause_left().as_seconds()));
                if meeting.stopped().is_some() && meeting.interrupted_at().is_none() {
                    words.until(Some(meeting.abandoned_at(cycle.process())), now);
                }
            }
            words.since(meeting.interrupted_at(), now, self.resume);
            if let Some(round) = state.round().filter(|round| self.airtime && round.speaking().is_some()) {
                words.push(round.spoken(now, meeting.stopped().is_none()).as_seconds().into());
            }
        }
        // How much longer a phase may get depends on how long it is.
        if let Some(time_box) = state
            .time_box()
            .filter(|_| self.phase_clock.contains(state.stage()) || self.may(CommandKind::ExtendPhase, spent))
        {
            words.push(u64::from(time_box.ends()) << 32 | u64::from(time_box.opened()));
        }
    }
}

/// What a suspension holds, or the state itself.
pub(super) fn inside(state: &State) -> &State {
    match state {
        State::Suspended(suspended) => suspended.held(),
        State::Unformed
        | State::Forming
        | State::Scheduled
        | State::Gathering(_)
        | State::Exploring(_)
        | State::Practising
        | State::Reflecting(_)
        | State::Adopting
        | State::Completed
        | State::Cancelled
        | State::Terminated
        | State::Lapsed => state,
    }
}

/// Four lists of sets of seats, those that matter most in the first.
type Sets = [[SeatSet; FLAGS]; 4];

/// How many sets a list has: a record keeps one list in sixteen of its bits, and what is no set in those left.
const FLAGS: usize = 9;

/// Above all sets, for everyone: who is a member has no empty record.
const MEMBER: u64 = 1 << (48 + FLAGS);

/// For each of these seats in which of the sets it is: a bit each, the first set's the highest.
fn by_seat(sets: &Sets, seats: SeatSet, all: &mut Records) {
    let [first, second, third, fourth] = sets;
    // One of each list beside each other, so that a seat's bits are taken out of four sets at once.
    let rows: [u64; FLAGS] = std::array::from_fn(|nth| {
        let bits = |list: &[SeatSet; FLAGS]| u64::from(list.get(nth).copied().unwrap_or_default().bits());
        bits(first) << 48 | bits(second) << 32 | bits(third) << 16 | bits(fourth)
    });
    *all = [0; 16];
    for seat in seats {
        let bits = |row: u64| row >> seat.number() & 0x0001_0001_0001_0001;
        if let Some(record) = all.get_mut(usize::from(seat.number())) {
            *record = MEMBER | rows.iter().fold(0, |record, row| record << 1 | bits(*row));
        }
    }
}

/// What is of the session that is held.
fn at<'a, T>(state: &State, [explore, reflect]: &'a [T; 2]) -> &'a T {
    if state.session() == Some(SessionKind::Reflect) { reflect } else { explore }
}

/// How many phases come before each in a session, those aside that the process leaves out.
fn places(process: &Process, session: SessionKind) -> [u8; PhaseKind::ALL.len()] {
    let mut places = [0; PhaseKind::ALL.len()];
    let mut before = 0;
    for phase in session.phases() {
        if let Some(place) = places.get_mut(*phase as usize) {
            *place = before;
        }
        before += u8::from(process.box_seconds(session, *phase) > 0);
    }
    places
}

fn only(seat: Option<Seat>) -> SeatSet {
    seat.map_or(SeatSet::EMPTY, SeatSet::only)
}

const fn when(matters: bool, set: SeatSet) -> SeatSet {
    if matters { set } else { SeatSet::EMPTY }
}

/// A record with something more that is known of the member; never that of nobody.
pub(super) const fn mixed(record: u64, more: u64) -> u64 {
    // Spread out first: small numbers of the one must not make up for small differences of the other.
    spread(spread(record) ^ more) | 1
}

struct Bits(u64);

impl Bits {
    const fn push(&mut self, bit: bool) {
        self.0 = self.0 << 1 | bit as u64;
    }

    const fn number(&mut self, number: u64, width: u32) {
        self.0 = self.0 << width | number;
    }
}

/// Words one after the other, as bytes.
struct Words {
    bytes: [[u8; 8]; 18],
    len: usize,
}

impl Words {
    fn of(stage: Stage) -> Self {
        let mut words = Self { bytes: [[0; 8]; 18], len: 0 };
        words.push(stage as u64);
        words
    }

    fn push(&mut self, word: u64) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = word.to_le_bytes();
            self.len += 1;
        }
    }

    /// What is known of all members, whoever they are: two sums of hashes, in which their order plays no part.
    fn members(&mut self, records: &Records, members: SeatSet) {
        let known = members.iter().filter_map(|seat| records.get(usize::from(seat.number())));
        let [low, high] = known.fold([0_u64; 2], |[low, high], record| {
            let hash = spread(*record);
            // A second hash, of which the first doesn't know the sum.
            let other = (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            [low.wrapping_add(hash), high.wrapping_add(other ^ other >> 29)]
        });
        self.push(low);
        self.push(high);
    }

    /// A moment to come; one that has come is as good as any other.
    fn until(&mut self, at: Option<Instant>, now: Instant) {
        self.push(at.map_or(u64::MAX, |at| at.unix_millis().wrapping_sub(now.unix_millis()).max(0).cast_unsigned()));
    }

    /// A moment gone by; one longer ago than `most` is as good as any other.
    fn since(&mut self, at: Option<Instant>, now: Instant, most: Span) {
        let gone = |at: Instant| now.unix_millis().wrapping_sub(at.unix_millis()).max(0).cast_unsigned();
        self.push(at.map_or(u64::MAX, |at| if now.since(at) < most { gone(at) } else { u64::MAX - 1 }));
    }

    fn hash(&self) -> Key {
        xxhash_rust::xxh3::xxh3_128(self.bytes.get(..self.len).unwrap_or_default().as_flattened())
    }
}

/// A word of which every bit has a part in every bit: the last step of MurmurHash3.
pub(super) const fn spread(word: u64) -> u64 {
    let word = (word ^ word >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let word = (word ^ word >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    word ^ word >> 33
}
