//! Keys: what of a state decides anything, packed, and the same for states that differ in names alone.

use peercircle_core::{
    CatchUpPart, Cycle, Date, Instant, Recording, Seat, SeatSet, SessionKind, Stage, State, Stop, TurnState, Vote,
};

use super::{bounds::Reduction, model::Point};
use crate::explore::Reductions;

/// The facts about each seat, packed; equal numbers are members of whom the same is known.
pub(super) type Records = [u64; 16];

/// A state's key: 128 bits of what decides anything about it.
pub type Key = u128;

/// The facts about each seat that has ever been taken.
pub(super) fn records(point: &Point, reductions: Reductions) -> Records {
    let mut all = [0; 16];
    let cycle = &point.cycle;
    let taken = cycle.roster().seats();
    let facts = Sets::of(cycle, reductions);
    for (at, record) in all.iter_mut().enumerate().take(taken) {
        if let Some(seat) = u8::try_from(at).ok().and_then(Seat::new) {
            *record = facts.record(cycle, seat) | 1 << 63;
        }
    }
    if !reductions.has(Reduction::Names) {
        for (at, record) in all.iter_mut().enumerate().take(taken) {
            *record = *record << 4 | u64::try_from(at).unwrap_or_default();
        }
    }
    all
}

/// Everything about seats that is a set, in the order of a record's bits.
struct Sets {
    sets: Vec<SeatSet>,
    order: bool,
    passing: bool,
}

impl Sets {
    fn of(cycle: &Cycle, reductions: Reductions) -> Self {
        let ledger = cycle.ledger();
        let only = |seat: Option<Seat>| seat.map_or(SeatSet::EMPTY, SeatSet::only);
        let mut sets = Vec::with_capacity(48);
        let unfinished = ledger.unfinished();
        sets.extend([
            ledger.active(),
            unfinished,
            ledger.accepted_rules(),
            ledger.oriented(),
            ledger.with_plan(),
            ledger.caught_up(CatchUpPart::MaterialsRead),
            ledger.caught_up(CatchUpPart::BuddyBriefed),
            ledger.reports(),
            ledger.debriefed(),
            ledger.decided(),
        ]);
        for session in SessionKind::ALL {
            let facts = ledger.session(session);
            sets.extend([facts.attended(), facts.facilitated(), facts.apologised(), only(facts.facilitator())]);
        }
        if let Some(sheet) = cycle.state().sheet() {
            sets.extend([sheet.in_room(), sheet.attended(), sheet.excused(), sheet.absent()]);
        }
        if let Some(meeting) = cycle.state().meeting() {
            sets.extend([
                only(meeting.facilitator()),
                only(meeting.delegate()),
                only(meeting.claim().map(|claim| claim.seat)),
                meeting.overrun_agreed(),
            ]);
        }
        if let State::Suspended(suspended) = cycle.state() {
            sets.extend([suspended.votes(Vote::GoOn), suspended.votes(Vote::End)]);
            let held = suspended.held();
            if let Some(sheet) = held.sheet() {
                sets.extend([sheet.in_room(), sheet.attended(), sheet.excused(), sheet.absent()]);
            }
            if let Some(meeting) = held.meeting() {
                sets.extend([only(meeting.facilitator()), only(meeting.delegate())]);
            }
        }
        Self { sets, order: reductions.has(Reduction::Order), passing: reductions.has(Reduction::Passing) }
    }

    fn record(&self, cycle: &Cycle, seat: Seat) -> u64 {
        let ledger = cycle.ledger();
        // Whoever has left has no more part in anything.
        if !ledger.active().contains(seat) {
            return 0;
        }
        let bits = self.sets.iter().fold(0, |bits, set| bits << 1 | u64::from(set.contains(seat)));
        let round = match cycle.state() {
            State::Suspended(suspended) => suspended.held().round(),
            other => other.round(),
        };
        let Some(round) = round else { return bits << 8 };
        let turn: u64 = match round.turn(seat) {
            TurnState::None => 0,
            TurnState::Pending => 1,
            TurnState::Deferred => 2,
            TurnState::Speaking => 3,
            TurnState::Passed if !self.passing => 6,
            TurnState::Done | TurnState::Passed => 4,
            TurnState::Forfeited => 5,
        };
        let place = if self.order { 0 } else { round.queue().position(|other| other == seat).map_or(0, |at| at + 1) };
        bits << 8 | turn << 5 | u64::try_from(place).unwrap_or_default()
    }
}

/// The key of a state.
pub(super) fn key(point: &Point, records: &Records, reductions: Reductions) -> Key {
    let cycle = &point.cycle;
    let stage = cycle.stage();
    let mut words = Words { words: [0; 64], len: 0 };
    words.push(stage as u64);
    if stage.is_terminal() && reductions.has(Reduction::Ends) {
        return words.hash();
    }
    let mut sorted = *records;
    sorted.sort_unstable();
    for record in sorted.into_iter().filter(|record| *record != 0) {
        words.push(record);
    }
    let spent = point.spent;
    words.push(u64::from_le_bytes([spent.left, spent.absent, spent.late, spent.troubles, 0, 0, 0, 0]));
    words.push(flags(cycle));
    instants(point, &mut words);
    words.hash()
}

/// What is known of the cycle beside its members.
fn flags(cycle: &Cycle) -> u64 {
    let ledger = cycle.ledger();
    let mut bits = Bits(0);
    for session in SessionKind::ALL {
        let facts = ledger.session(session);
        bits.push(facts.confirmed());
        bits.push(facts.repeat());
        bits.push(facts.short_gap());
        bits.push(facts.date() == Date::Postponed);
    }
    bits.push(ledger.closed_group());
    bits.push(ledger.buddies().is_empty());
    bits.push(ledger.promised_by().is_some());
    let (state, held) = match cycle.state() {
        State::Suspended(suspended) => {
            bits.number(suspended.reason() as u64, 3);
            bits.number(suspended.held().stage() as u64, 5);
            (suspended.held(), true)
        }
        other => (other, false),
    };
    bits.push(held);
    if let Some(meeting) = state.meeting() {
        bits.push(meeting.pause().is_some());
        bits.push(meeting.interrupted().is_some());
        bits.push(meeting.quorum_lost());
        bits.number(u64::from(meeting.reopened()), 3);
        bits.push(meeting.recording() != Recording::Off);
        bits.push(meeting.overrun_granted() > 0);
        bits.number(meeting.stopped().map_or(0, |stop| 1 + u64::from(stop == Stop::Wait)), 2);
    }
    bits.0
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

/// The instants that still matter, as they lie to now.
fn instants(point: &Point, words: &mut Words) {
    let (cycle, now) = (&point.cycle, point.now);
    let ledger = cycle.ledger();
    let stage = match cycle.state() {
        State::Suspended(suspended) => suspended.held().stage(),
        _ => cycle.stage(),
    };
    let [explore, reflect] = SessionKind::ALL.map(|session| ledger.session(session));
    let before = explore.closed_at().is_none();
    words.instant(explore.date().at().filter(|_| before), now);
    words.instant(explore.closed_at().filter(|_| stage < Stage::ReflectWelcome), now);
    words.instant(reflect.date().at().filter(|_| stage < Stage::ReflectWelcome), now);
    words.instant(reflect.closed_at(), now);
    words.instant(ledger.promised_by().filter(|_| stage < Stage::ReflectGathering), now);
    let state = match cycle.state() {
        State::Suspended(suspended) => suspended.held(),
        other => other,
    };
    if let Some(meeting) = state.meeting() {
        words.push(u64::from(meeting.elapsed(now).as_seconds()));
        words.push(u64::from(meeting.allotted_seconds()) << 32 | u64::from(meeting.paused_seconds()));
        words.instant(meeting.interrupted_at(), now);
        if meeting.stopped().is_some() {
            words.instant(Some(meeting.abandoned_at(cycle.process())), now);
        }
    }
    if let Some(time_box) = state.time_box() {
        words.push(u64::from(time_box.ends()) << 32 | u64::from(time_box.opened()));
    }
}

struct Words {
    words: [u64; 64],
    len: usize,
}

impl Words {
    fn push(&mut self, word: u64) {
        if let Some(slot) = self.words.get_mut(self.len) {
            *slot = word;
            self.len += 1;
        }
    }

    fn instant(&mut self, at: Option<Instant>, now: Instant) {
        let millis = |at: Instant| at.unix_millis().wrapping_sub(now.unix_millis()).wrapping_add(1).cast_unsigned();
        self.push(at.map_or(u64::MAX, millis));
    }

    fn hash(&self) -> Key {
        let mut bytes = [0; 512];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(self.words.iter().take(self.len)) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        xxhash_rust::xxh3::xxh3_128(bytes.get(..self.len * 8).unwrap_or_default())
    }
}
