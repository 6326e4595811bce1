//! Keys: what of a state decides anything, packed, and the same for states that differ in names alone.

use peercircle_core::{
    CatchUpPart, Condition, Counted, Cycle, Date, Instant, ProcessSpec, Recording, Round, Seat, SeatSet, SessionKind, Span,
    Stage, State, Stop, TurnState, Vote,
};

use super::{
    bounds::{Reduction, Reductions},
    model::Point,
    moves::leaves,
};

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

/// Where a cycle is, or stopped.
fn standing(cycle: &Cycle) -> Stage {
    match cycle.state() {
        State::Suspended(suspended) => suspended.held().stage(),
        _ => cycle.stage(),
    }
}

/// Whether a rule of the process's own counts plans.
fn counts_plans(cycle: &Cycle) -> bool {
    let rules = &cycle.process().spec().rules;
    let mut leaves = rules.iter().flat_map(|rule| leaves(&rule.require));
    leaves.any(|leaf| matches!(leaf, Condition::Count(bound) if bound.of == Counted::Plans))
}

impl Sets {
    fn of(cycle: &Cycle, reductions: Reductions) -> Self {
        let ledger = cycle.ledger();
        let only = |seat: Option<Seat>| seat.map_or(SeatSet::EMPTY, SeatSet::only);
        let mut sets = Vec::with_capacity(48);
        let stage = standing(cycle);
        let chores = reductions.has(Reduction::Chores);
        // What can be done whenever it is wanted is looked at where it is wanted.
        let rules_wanted = !chores || !matches!(stage, Stage::Practising | Stage::Adopting);
        let plans = if !chores || stage >= Stage::ExploreTakeaways || counts_plans(cycle) {
            ledger.with_plan()
        } else {
            let speaker = cycle.state().round().and_then(Round::speaking).filter(|_| stage == Stage::ActionPlanning);
            ledger.with_plan().and(only(speaker))
        };
        let ahead = |session: SessionKind| match session {
            SessionKind::Explore => stage <= Stage::ExploreGathering,
            SessionKind::Reflect => stage <= Stage::ReflectGathering,
        };
        let until = |wanted: bool, set: SeatSet| if wanted { set } else { SeatSet::EMPTY };
        sets.extend([
            ledger.active(),
            ledger.unfinished(),
            until(rules_wanted, ledger.accepted_rules()),
            until(stage < Stage::Practising, ledger.oriented()),
            plans,
            until(ahead(SessionKind::Reflect), ledger.caught_up(CatchUpPart::MaterialsRead)),
            until(ahead(SessionKind::Reflect), ledger.caught_up(CatchUpPart::BuddyBriefed)),
            ledger.reports(),
            ledger.debriefed(),
            ledger.decided(),
        ]);
        for session in SessionKind::ALL {
            let facts = ledger.session(session);
            sets.extend([
                facts.attended(),
                until(session == SessionKind::Explore && stage < Stage::Adopting, facts.facilitated()),
                facts.apologised(),
                until(ahead(session), only(facts.facilitator())),
            ]);
        }
        if let Some(sheet) = cycle.state().sheet() {
            sets.extend([sheet.in_room(), sheet.attended(), sheet.excused(), sheet.absent()]);
        }
        if let Some(meeting) = cycle.state().meeting() {
            sets.extend([
                only(meeting.facilitator()),
                only(meeting.delegate()),
                only(meeting.claim().map(|claim| claim.seat)),
                until(meeting.overrun_granted() == 0, meeting.overrun_agreed()),
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
        let here = !self.passing || cycle.in_room().contains(seat);
        let turn: u64 = match (round.turn(seat), self.passing) {
            (TurnState::None, _) => 0,
            (TurnState::Pending, _) | (TurnState::Deferred, true) => 1,
            (TurnState::Deferred, false) => 2,
            (TurnState::Speaking, _) => 3,
            (TurnState::Forfeited, true) if here => 4,
            (TurnState::Done, _) | (TurnState::Passed, true) => 4,
            (TurnState::Forfeited, _) => 5,
            (TurnState::Passed, false) => 6,
        };
        let place = if self.order { 0 } else { round.queue().position(|other| other == seat).map_or(0, |at| at + 1) };
        bits << 8 | turn << 5 | u64::try_from(place).unwrap_or_default()
    }
}

/// How long before its day session 2 is in the way of a session 1 to be held a week from now.
pub(super) const SOON: Span = Span::days(8);

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
    instants(point, &mut words, reductions);
    words.hash()
}

/// What is known of the cycle beside its members.
fn flags(cycle: &Cycle) -> u64 {
    let ledger = cycle.ledger();
    let mut bits = Bits(0);
    let stage = standing(cycle);
    if stage <= Stage::ExploreGathering {
        let facts = ledger.session(SessionKind::Explore);
        bits.push(facts.date() == Date::Postponed);
    }
    if stage <= Stage::ReflectGathering {
        let facts = ledger.session(SessionKind::Reflect);
        bits.push(facts.repeat());
        bits.push(facts.short_gap());
        bits.push(facts.date() == Date::Postponed);
    }
    bits.push(ledger.closed_group());
    bits.push(ledger.buddies().is_empty());
    bits.push(ledger.promised_by().is_some() && cycle.stage() < Stage::ReflectGathering);
    let (state, held) = match cycle.state() {
        State::Suspended(suspended) => {
            bits.number(suspended.reason() as u64, 4);
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
fn instants(point: &Point, words: &mut Words, reductions: Reductions) {
    let (cycle, now) = (&point.cycle, point.now);
    let ledger = cycle.ledger();
    let stage = standing(cycle);
    let [explore, reflect] = SessionKind::ALL.map(|session| ledger.session(session));
    let spec = cycle.process().spec();
    let gone = Span::ZERO;
    let days = |days: u16| Span::days(u32::from(days) + 1);
    let own = longest_of_own_rules(spec);
    let before = explore.closed_at().is_none();
    // A date that has come stays one that has come, and a deadline that has passed one that has passed.
    words.instant(explore.date().at().filter(|_| before), now, gone);
    let practice = days(spec.gap.minimum_days).max(Span::days(7 * u32::from(spec.practice.weeks) + 1)).max(own);
    words.instant(explore.closed_at().filter(|_| stage < Stage::ReflectWelcome || own > gone), now, practice);
    if before && reductions.has(Reduction::Calendar) {
        // While session 1 isn't over, session 2 is in its way, soon will be, or isn't.
        words.push(reflect.date().at().map_or(0, |at| {
            if at <= now {
                1
            } else if at <= now + SOON {
                2
            } else {
                3
            }
        }));
    } else {
        words.instant(explore.began_at().filter(|_| stage < Stage::ReflectWelcome), now, days(spec.gap.minimum_days));
        words.instant(reflect.date().at().filter(|_| stage < Stage::ReflectWelcome), now, gone);
    }
    let adoption = days(spec.practice.adoption_days).max(days(spec.attendance.written_report_days)).max(own);
    words.instant(reflect.closed_at(), now, adoption);
    words.instant(ledger.promised_by().filter(|_| stage < Stage::ReflectGathering), now, gone);
    let state = match cycle.state() {
        State::Suspended(suspended) => suspended.held(),
        other => other,
    };
    let Some(meeting) = state.meeting() else { return };
    words.instant(meeting.interrupted_at(), now, days(spec.clock.resume_days));
    let elapsed = meeting.elapsed(now).as_seconds();
    if own == gone && reductions.has(Reduction::Calendar) {
        // Whether it is over, and whether it counts as abandoned: how long it still has, no rule of the machine asks.
        let over = elapsed >= meeting.allotted_seconds();
        let abandoned = now >= meeting.abandoned_at(cycle.process());
        let paused = meeting.pause_left() == Span::ZERO;
        words.push(u64::from(over) << 2 | u64::from(abandoned) << 1 | u64::from(paused));
        return;
    }
    words.push(u64::from(elapsed));
    words.push(u64::from(meeting.allotted_seconds()) << 32 | u64::from(meeting.pause_left().as_seconds()));
    if meeting.stopped().is_some() {
        words.instant(Some(meeting.abandoned_at(cycle.process())), now, gone);
    }
    if let Some(time_box) = state.time_box() {
        let ends = if reductions.has(Reduction::Calendar) { 0 } else { time_box.ends() };
        words.push(u64::from(ends) << 32 | u64::from(time_box.opened()));
    }
}

/// The longest time that a rule of the process's own looks back.
fn longest_of_own_rules(spec: &ProcessSpec) -> Span {
    let leaves = spec.rules.iter().flat_map(|rule| leaves(&rule.require));
    let minutes = leaves.filter_map(|leaf| match leaf {
        Condition::Elapsed(bound) => bound.at_least_minutes.max(bound.at_most_minutes),
        _ => None,
    });
    minutes.max().map_or(Span::ZERO, |minutes| Span::minutes(minutes.saturating_add(2)))
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

    /// How `at` lies to now; what lies more than `memory` behind is as good as that.
    fn instant(&mut self, at: Option<Instant>, now: Instant, memory: Span) {
        let word = at.map_or(u64::MAX, |at| {
            let (ahead, behind) = (at.since(now).as_seconds(), now.since(at).as_seconds());
            if ahead > 0 { 1 << 40 | u64::from(ahead) } else { u64::from(behind.min(memory.as_seconds())) }
        });
        self.push(word);
    }

    fn hash(&self) -> Key {
        let mut bytes = [0; 512];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(self.words.iter().take(self.len)) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        xxhash_rust::xxh3::xxh3_128(bytes.get(..self.len * 8).unwrap_or_default())
    }
}
