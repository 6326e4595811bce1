//! The search: the same commands to a group under each of two processes, as long as both accept.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    ops::ControlFlow,
};

use peercircle_core::{Attendance, Command, CommandKind, DueKind, Instant, Stage};

use super::{
    Difference, Owed, Parting, Setting, Which, Witness,
    asides::{Asides, Step, taken},
    settings::{Given, Turned, told, told_due},
};
use crate::{
    Ruled,
    explore::{Bounds, Cost, Key, Model, Move, Point, Progress, Stopped, Tried, Watch, lines, tale},
    story::Line,
};

/// So many pairs are looked at before whoever watches hears of it and is heard.
const PART: usize = 256;

/// Looks at everything within the bounds, and adds what it finds.
pub(super) fn search(into: &mut Difference, both: [&Ruled; 2], watch: &mut Watch<'_>) {
    // Who gives it matters where the two may differ in who may.
    let who: Vec<_> = both.into_iter().flat_map(|under| under.process().spec().who_may.keys().copied()).collect();
    let [first, second] = both.map(|under| Model::new(under, &into.bounds, &[]).asking_who(&who));
    let asides = Asides::of(&into.settings, both.map(Ruled::process));
    let mut search = Search {
        asides: &asides,
        first: &first,
        second: &second,
        nodes: Vec::new(),
        largest: 0,
        open: BTreeMap::new(),
        ahead: 0,
        best: BTreeMap::new(),
        refused: BTreeMap::new(),
        parted: BTreeMap::new(),
        owed: BTreeMap::new(),
    };
    if let (Some(a), Some(b)) = (first.start(), second.start()) {
        search.add(Length::default(), None, a, b);
    }
    into.stopped = search.all(&into.bounds, watch);
    into.largest = search.largest;
    into.pairs = search.nodes.len();
    let settings: Vec<_> = into.settings.iter().map(|setting| (setting.clone(), Turned::of(setting, both))).collect();
    let of = |given: &Given| told(&settings, both, given);
    into.witnesses = search.witnesses(&of);
    into.partings = search.partings(&of);
    let told = into.told();
    into.owed = search.owed(&told, &settings, both);
}

/// How long a history is: first by what goes wrong in it, then by its moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Length {
    mishaps: usize,
    moves: usize,
}

impl Length {
    /// With this move on top. Whoever was waited for and then did not come is a mishap too.
    fn and(self, step: &Move) -> Self {
        let mishaps = match step {
            Move::Wait { cost, .. } => usize::from(*cost != Cost::Free),
            Move::Give { chores, cost, .. } => {
                let gone = chores
                    .iter()
                    .filter(|chore| matches!(chore.command, Command::MarkAttendance { attendance: Attendance::Absent, .. }));
                usize::from(*cost != Cost::Free) + gone.count()
            }
        };
        Self { mishaps: self.mishaps + mishaps, moves: self.moves + 1 }
    }
}

/// How a pair was come to: from which, by what.
struct Node {
    from: Option<(u32, Move)>,
}

/// A pair that is to be looked at.
struct Ahead {
    from: Option<(u32, Move)>,
    a: Point,
    b: Point,
}

/// Where something was found: on the way from a node by moves, at so many commands of the last.
#[derive(Clone)]
struct Site {
    length: Length,
    at: u32,
    way: Vec<Move>,
    nth: usize,
}

/// What falls due at two times after the way to a node.
struct Due {
    length: Length,
    at: u32,
    times: [Option<Instant>; 2],
}

/// Which process accepts a command, and by which rules the other refuses it.
type Refusal = (Which, Vec<String>, CommandKind);

struct Search<'a> {
    first: &'a Model,
    second: &'a Model,
    asides: &'a Asides,
    nodes: Vec<Node>,
    /// The most members that a group has at any pair.
    largest: u8,
    /// What is to be looked at next, the shortest histories first, and how many pairs that are.
    open: BTreeMap<Length, Vec<Ahead>>,
    ahead: usize,
    /// The shortest history to each pair so far.
    best: BTreeMap<(Key, Key), Length>,
    /// What the one accepts and the other refuses, by which rules, and what it says.
    refused: BTreeMap<Refusal, (Site, Vec<String>)>,
    /// What leads to which two stages.
    parted: BTreeMap<(CommandKind, Stage, Stage), Site>,
    /// What falls due at two times.
    owed: BTreeMap<DueKind, Due>,
}

impl Search<'_> {
    /// Looks at everything; why not, where something is left.
    fn all(&mut self, bounds: &Bounds, watch: &mut Watch<'_>) -> Option<Stopped> {
        while let Some((length, layer)) = self.open.pop_first() {
            for Ahead { from, a, b } in layer {
                self.ahead -= 1;
                // Another way to it may have been shorter.
                if self.best.get(&self.keys(&a, &b)).is_some_and(|best| *best < length) {
                    continue;
                }
                if self.nodes.len().is_multiple_of(PART)
                    && let Some(stopped) = self.stopped(length, bounds, watch)
                {
                    return Some(stopped);
                }
                let at = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
                self.nodes.push(Node { from });
                self.largest = self.largest.max(a.cycle.ledger().active().len());
                self.look(at, length, &a, &b);
            }
        }
        None
    }

    fn stopped(&self, length: Length, bounds: &Bounds, watch: &mut Watch<'_>) -> Option<Stopped> {
        let states = self.nodes.len();
        let (known, ahead) = (size_of::<((Key, Key), Length)>(), 2 * size_of::<Point>() + size_of::<Move>());
        let bytes = states * size_of::<Node>() + self.best.len() * known + self.ahead * ahead;
        let progress = Progress { states, ahead: self.ahead, depth: length.moves, bytes };
        if watch(&progress) == ControlFlow::Break(()) {
            Some(Stopped::Asked)
        } else if states >= bounds.states {
            Some(Stopped::States)
        } else if bytes >= bounds.memory {
            Some(Stopped::Memory)
        } else {
            None
        }
    }

    fn keys(&self, a: &Point, b: &Point) -> (Key, Key) {
        (self.first.key(a), self.second.key(b))
    }

    fn add(&mut self, length: Length, from: Option<(u32, Move)>, a: Point, b: Point) {
        match self.best.entry(self.keys(&a, &b)) {
            Entry::Occupied(best) if *best.get() <= length => return,
            Entry::Occupied(mut best) => *best.get_mut() = length,
            Entry::Vacant(new) => {
                new.insert(length);
            }
        }
        self.ahead += 1;
        self.open.entry(length).or_default().push(Ahead { from, a, b });
    }

    fn look(&mut self, at: u32, length: Length, a: &Point, b: &Point) {
        let mut moves = self.first.moves(a);
        for step in self.second.moves(b) {
            if !moves.contains(&step) {
                moves.push(step);
            }
        }
        let together = stage(a) == stage(b);
        for step in moves {
            let (one, after_one) = self.first.tried(a, &step);
            let (other, after_other) = self.second.tried(b, &step);
            let length = length.and(&step);
            let ends = after_one.as_ref().zip(after_other.as_ref());
            // What differs between groups at different stages follows from how they came apart.
            if together {
                self.compare(&Site { length, at, way: vec![step.clone()], nth: 0 }, (&one, &other), ends);
            }
            // Beyond what only one of them lets them do, the two are no more in the same place.
            if one.iter().zip(&other).all(|(one, other)| one.accepted == other.accepted)
                && let (Some(a), Some(b)) = (after_one, after_other)
            {
                self.add(length, Some((at, step)), a, b);
            }
        }
        // Whatever may fall due does so where one thing at most has gone wrong.
        if together && length.mishaps <= 1 {
            self.dues(at, length, a, b);
        }
        // Where something has gone wrong already, a story would only be longer.
        if together && length.mishaps <= self.asides.mishaps() && !self.asides.is_empty() {
            let both = [self.first.process(), self.second.process()];
            for steps in self.asides.at(self.first, a, both) {
                self.aside(at, length, steps, (a.clone(), b.clone()));
            }
        }
    }

    /// Steps beside the moves, as far as both let them go; what both refuse is left out.
    fn aside(&mut self, at: u32, length: Length, steps: Vec<Step>, (mut a, mut b): (Point, Point)) {
        let mut way = Vec::new();
        for step in steps {
            let Some(step) = taken(&step, [self.first, self.second], [&a, &b]) else { continue };
            let (one, after_one) = self.first.tried(&a, &step);
            let (other, after_other) = self.second.tried(&b, &step);
            way.push(step);
            let length = Length { moves: length.moves + way.len(), ..length };
            let ends = after_one.as_ref().zip(after_other.as_ref());
            self.compare(&Site { length, at, way: way.clone(), nth: 0 }, (&one, &other), ends);
            match (after_one, after_other) {
                (Some(one), Some(other)) if stage(&one) == stage(&other) => (a, b) = (one, other),
                (None, None) => drop(way.pop()),
                (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) => return,
            }
        }
    }

    /// What falls due at one time under the one and at another under the other, or only under one of them.
    fn dues(&mut self, at: u32, length: Length, a: &Point, b: &Point) {
        let due = |point: &Point| -> BTreeMap<DueKind, Instant> {
            point.cycle.deadlines().into_iter().map(|one| (one.kind, one.at)).collect()
        };
        let (one, other) = (due(a), due(b));
        if one == other {
            return;
        }
        for kind in one.keys().chain(other.keys()) {
            let times = [one.get(kind).copied(), other.get(kind).copied()];
            let [first, second] = times;
            if first != second && self.owed.get(kind).is_none_or(|known| length < known.length) {
                self.owed.insert(*kind, Due { length, at, times });
            }
        }
    }

    /// The first thing on the way of a move that one lets them do and the other doesn't, or that leads elsewhere.
    fn compare(&mut self, site: &Site, (one, other): (&[Tried], &[Tried]), ends: Option<(&Point, &Point)>) {
        let mut before = None;
        for (nth, (one, other)) in one.iter().zip(other).enumerate() {
            if let Some(command) = before
                && self.parts(site, nth.saturating_sub(1), command, (&one.here, &other.here))
            {
                return;
            }
            match (one.accepted, other.accepted) {
                (true, false) => return self.refuses(Which::One, site, nth, other),
                (false, true) => return self.refuses(Which::Other, site, nth, one),
                (true, true) | (false, false) => before = Some(one.act.command.kind()),
            }
        }
        if let (Some(command), Some(ends)) = (before, ends) {
            self.parts(site, one.len().saturating_sub(1), command, ends);
        }
    }

    /// Whether a command has led to two stages; noted, where it has.
    fn parts(&mut self, site: &Site, nth: usize, command: CommandKind, (a, b): (&Point, &Point)) -> bool {
        let (one, other) = (stage(a), stage(b));
        if one == other {
            return false;
        }
        let key = (command, one, other);
        if self.parted.get(&key).is_none_or(|known| site.length < known.length) {
            self.parted.insert(key, Site { nth, ..site.clone() });
        }
        true
    }

    /// What was accepted by the one and refused by the other, on the way of a move.
    fn refuses(&mut self, accepted_by: Which, site: &Site, nth: usize, refused: &Tried) {
        let refuses = match accepted_by {
            Which::One => self.second,
            Which::Other => self.first,
        };
        let refusals = refuses.refusals(refused);
        let rules: Vec<_> = refusals.iter().map(|no| no.rule().name(refuses.process())).collect();
        let key = (accepted_by, rules, refused.act.command.kind());
        if self.refused.get(&key).is_none_or(|(known, _)| site.length < known.length) {
            let says = refusals.iter().map(|no| no.say(&refused.here.cycle)).collect();
            self.refused.insert(key, (Site { nth, ..site.clone() }, says));
        }
    }

    /// One story for all that the same rules refuse.
    fn witnesses(&self, told_of: &dyn Fn(&Given) -> Vec<String>) -> Vec<Witness> {
        let mut found: Vec<_> = self.refused.iter().collect();
        found.sort_by_key(|(_, (site, _))| site.length);
        let mut witnesses: Vec<Witness> = Vec::new();
        for ((accepted_by, rules, command), (site, says)) in found {
            let same = |one: &&mut Witness| one.accepted_by == *accepted_by && one.refused_by == *rules;
            if let Some(shorter) = witnesses.iter_mut().find(same) {
                shorter.also.push(*command);
                continue;
            }
            let (story, given) = self.told(*accepted_by, site.at, &site.way, site.nth);
            witnesses.push(Witness {
                command: *command,
                accepted_by: *accepted_by,
                refused_by: rules.clone(),
                says: says.clone(),
                settings: told_of(&given),
                story,
                also: Vec::new(),
            });
        }
        witnesses
    }

    /// One story for each command.
    fn partings(&self, told_of: &dyn Fn(&Given) -> Vec<String>) -> Vec<Parting> {
        let mut found: Vec<_> = self.parted.iter().collect();
        found.sort_by_key(|(_, site)| site.length);
        let mut partings: Vec<Parting> = Vec::new();
        for ((command, one, other), site) in found {
            if let Some(shorter) = partings.iter_mut().find(|known| known.command == *command) {
                shorter.more += 1;
                continue;
            }
            let (story, given) = self.told(Which::One, site.at, &site.way, site.nth);
            let settings = told_of(&given);
            partings.push(Parting { command: *command, one: *one, other: *other, settings, story, more: 0 });
        }
        partings
    }

    /// What falls due at two times, as far as it comes of settings that nothing tells of: one story for all that the same settings
    /// change.
    fn owed(&self, told: &BTreeSet<String>, settings: &[(Setting, Turned)], both: [&Ruled; 2]) -> Vec<Owed> {
        let mut found: Vec<_> = self.owed.iter().collect();
        found.sort_by_key(|(_, due)| due.length);
        let (mut all, mut told): (Vec<Owed>, _) = (Vec::new(), told.clone());
        for (kind, due) in found {
            let (story, given) = self.told(Which::One, due.at, &[], 0);
            let settings = told_due(settings, both, &given, *kind);
            if settings.iter().all(|setting| told.contains(setting)) {
                continue;
            }
            told.extend(settings.iter().cloned());
            let [one, other] = due.times;
            all.push(Owed { due: *kind, says: kind.label(), one, other, settings, story });
        }
        all
    }

    /// The way to a node and on as far as a command of the last move from there, as it goes under the process that accepts it.
    fn told(&self, accepted_by: Which, at: u32, on: &[Move], nth: usize) -> (Vec<Line>, Given) {
        let accepts = match accepted_by {
            Which::One => self.first,
            Which::Other => self.second,
        };
        let mut steps = Vec::new();
        let mut here = Some(at);
        while let Some(node) = here.and_then(|at| self.nodes.get(usize::try_from(at).ok()?)) {
            here = node.from.as_ref().map(|(at, _)| *at);
            steps.extend(node.from.iter().map(|(_, step)| step));
        }
        let mut way = Vec::new();
        let Some(mut point) = accepts.start() else { return Default::default() };
        way.extend(accepts.forming().map(|form| (accepts.nothing(), form)));
        let last = on.last().map(|last| match last {
            Move::Give { chores, act, .. } => {
                let act = chores.get(nth).unwrap_or(act).clone();
                let chores = chores.iter().take(nth).cloned().collect();
                Move::Give { chores, act, cost: Cost::Free }
            }
            Move::Wait { .. } => last.clone(),
        });
        let on = on.iter().take(on.len().saturating_sub(1)).chain(&last);
        for step in steps.into_iter().rev().chain(on) {
            let next = accepts.after(&point, step);
            way.push((point.clone(), step.clone()));
            let Some(next) = next else { break };
            point = next;
        }
        let tried = way.iter().flat_map(|(point, step)| accepts.tried(point, step).0);
        let given = tried.filter(|one| one.accepted).map(|one| (one.here.now, one.act)).collect();
        (lines(&tale(accepts, &way)), given)
    }
}

const fn stage(point: &Point) -> Stage {
    point.cycle.stage()
}
