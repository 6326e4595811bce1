//! Ways out: what leads out of a knot beyond the model's moves, told without what it can do without.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use peercircle_core::{Actor, Attendance, Command, CommandKind, Context, Counted, Cycle, DueKind, KindSet, Stage, State};

use super::{
    KnotKind, Rescue,
    knots::{Found, TOLD, find, kind_of, last, leads},
    obstacles::sentences,
    reach::Reach,
    shorten::{Steps, follow, shorten, unusual},
};
use crate::{
    explore::{
        bounds::{Bounds, Cost, Reduction},
        graph::Graph,
        key::{Key, inside},
        model::{Act, Model, Move, Point},
        tale::{self, tale},
    },
    walk::{actors, menu},
};

/// The most points that are looked at for a way out at each cost, and the most it may cost: so many exceptions.
pub(crate) const LOOKED: usize = 1500;
pub(crate) const DEAREST: usize = 4;
/// The most points that are looked at where nothing led out of others like it.
pub(super) const NEAR: usize = 40;

/// A way on from a knot: whatever the rules let anyone do.
pub(super) struct Way {
    taken: Vec<(Point, Move)>,
    /// What of it the model's moves don't have.
    ways: Vec<(Stage, CommandKind)>,
    /// Whether the cycle can be completed from where it leads.
    completes: bool,
    /// From behind its last exception on, what the cycle can be completed from.
    on: Vec<Key>,
}

/// Looks for the way out that costs least, at so many points for each cost; the ways that lead out elsewhere cost nothing.
pub(super) fn way_out(
    model: &Model,
    graph: &Graph,
    reach: &Reach,
    (from, kind): (&Point, KnotKind),
    found: &Found,
    far: usize,
) -> Option<Way> {
    let generous = generous(model);
    let mut looking = Looking::from(model, from);
    let mut looked = [0; DEAREST + 1];
    while let Some(at) = looking.next(looked.iter().sum()) {
        let Some(Place { point, costs, out, .. }) = looking.places.get(at).cloned() else { break };
        if out {
            return Some(looking.way(model, at, outcome(model, graph, reach, found, kind, &point).completes));
        }
        // So much at each cost, or what costs more would never be looked at: a whole session can be held at none.
        let looked = looked.get_mut(costs)?;
        if *looked == far || looking.known_cheaper(model, &point, costs) {
            continue;
        }
        *looked += 1;
        let usual = model.moves(&point);
        let mut moves: Vec<(Move, usize)> =
            generous.moves(&point).into_iter().filter_map(|taken| free(taken, &usual)).collect();
        if at == 0 {
            moves.extend(everything(model, &point).into_iter().map(|taken| (taken, 2)));
        }
        for (taken, cost) in moves {
            let Some(end) = model.after(&point, &taken) else { continue };
            // To begin without somebody is an exception, though nothing stops the others.
            let without = model.missing(&end.cycle) > model.missing(&point.cycle);
            let cost = if without { cost + 2 } else { cost };
            let way = taken.kind().map(|kind| (point.cycle.stage(), kind));
            // What has led out elsewhere costs nothing, but for what is told: there it is an exception like any other.
            let known = !found.wholly && way.is_some_and(|way| found.ways.contains(&way));
            let costs = if known { costs } else { costs + cost };
            let out = || outcome(model, graph, reach, found, kind, &end).out;
            looking.go(model, (at, taken, cost > 0), costs, &end, &out);
        }
    }
    None
}

/// Where a search for a way out has come.
struct Looking {
    places: Vec<Place>,
    /// Of places that cost the same, first those that lead out, and then those further on.
    open: BTreeSet<(usize, Reverse<[u8; 4]>, usize)>,
    /// The same, in the order they were found: what is furthest on may have passed over what it would have needed.
    waiting: BTreeMap<(usize, usize), Reverse<[u8; 4]>>,
    /// What the cheapest way so far to each point costs.
    cheapest: BTreeMap<Key, usize>,
}

#[derive(Clone)]
struct Place {
    point: Point,
    /// From which place, by which move, and whether that is an exception; nothing where it began.
    by: Option<(usize, Move, bool)>,
    costs: usize,
    afresh: bool,
    out: bool,
}

impl Looking {
    fn from(model: &Model, from: &Point) -> Self {
        let begin = Place { point: from.clone(), by: None, costs: 0, afresh: false, out: false };
        let mut looking = Self {
            places: vec![begin],
            open: BTreeSet::new(),
            waiting: BTreeMap::new(),
            cheapest: BTreeMap::from([(model.key(from), 0)]),
        };
        looking.put(0, [0; 4], 0);
        looking
    }

    fn put(&mut self, costs: usize, on: [u8; 4], at: usize) {
        self.open.insert((costs, Reverse(on), at));
        self.waiting.insert((costs, at), Reverse(on));
    }

    /// The next of those that cost least: in turns the one that is furthest on and the one that has waited longest.
    fn next(&mut self, looked: usize) -> Option<usize> {
        let furthest = *self.open.first()?;
        let leads_out = furthest.1 == Reverse(OUT);
        let (costs, on, at) = match self.waiting.first_key_value() {
            Some(((costs, at), on)) if looked % 2 == 1 && !leads_out => (*costs, *on, *at),
            _ => furthest,
        };
        self.open.remove(&(costs, on, at));
        self.waiting.remove(&(costs, at));
        Some(at)
    }

    fn known_cheaper(&self, model: &Model, point: &Point, costs: usize) -> bool {
        self.cheapest.get(&model.key(point)).is_some_and(|cheapest| *cheapest < costs)
    }

    /// A move leads to `end`, unless as cheap a way there is known.
    fn go(&mut self, model: &Model, by: (usize, Move, bool), costs: usize, end: &Point, out: &dyn Fn() -> bool) {
        let (from, taken, _) = &by;
        let Some(before) = self.places.get(*from) else { return };
        let key = model.key(end);
        if self.cheapest.get(&key).is_some_and(|cheapest| *cheapest <= costs) {
            return;
        }
        self.cheapest.insert(key, costs);
        let afresh = before.afresh || taken.kind() == Some(CommandKind::RestartSession);
        let (at, out) = (self.places.len(), out());
        self.put(costs, if out { OUT } else { further(afresh, &end.cycle) }, at);
        self.places.push(Place { point: end.clone(), by: Some(by), costs, afresh, out });
    }

    /// The way to a place.
    fn way(&self, model: &Model, to: usize, completes: bool) -> Way {
        let mut way = Way { taken: Vec::new(), ways: Vec::new(), completes, on: Vec::new() };
        let (mut at, mut free) = (to, completes);
        while let Some(place) = self.places.get(at) {
            if free {
                way.on.push(model.key(&place.point));
            }
            let Some((from, taken, exception)) = &place.by else { break };
            let Some(before) = self.places.get(*from) else { break };
            free &= !exception;
            if let Some(kind) = taken.kind().filter(|_| *exception) {
                way.ways.push((before.point.cycle.stage(), kind));
            }
            way.taken.push((before.point.clone(), taken.clone()));
            at = *from;
        }
        way.taken.reverse();
        way.ways.reverse();
        way
    }
}

/// The model where anything may go wrong: what leads out of a knot is a trouble elsewhere.
fn generous(model: &Model) -> Model {
    let bounds = model.bounds();
    model.within(&Bounds {
        troubles: u8::MAX,
        late: bounds.late.saturating_add(1),
        reductions: bounds.reductions.without(Reduction::Afresh),
        ..*bounds
    })
}

/// Whether a point is out of a knot of this kind, and whether the cycle can be completed from there.
struct Outcome {
    out: bool,
    completes: bool,
    /// And that without any other exception.
    alone: bool,
}

fn outcome(model: &Model, graph: &Graph, reach: &Reach, found: &Found, kind: KnotKind, end: &Point) -> Outcome {
    let (stage, known) = (end.cycle.stage(), find(model, graph, end));
    let alone = stage == Stage::Completed || known.is_some_and(|at| reach.completes_alone(at));
    let completes = alone
        || known.is_some_and(|at| reach.completes(at))
        || known.is_none() && found.completing.contains(&model.key(end));
    let ends = stage.is_terminal() || known.is_some_and(|at| reach.ends_from(at));
    let out = completes || kind == KnotKind::Stuck && ends;
    Outcome { out: if found.wholly { alone } else { out }, completes, alone }
}

/// What leads out is the furthest on.
const OUT: [u8; 4] = [u8::MAX; 4];

/// How far a way has come: whether it begins a session afresh, which is a step back that must not count as one; the stage; how many
/// have had their part in it; and how much is done that something may want.
pub(super) fn further(afresh: bool, end: &Cycle) -> [u8; 4] {
    let (state, ledger) = (inside(end.state()), end.ledger());
    let had = match (state, state.round()) {
        (_, Some(round)) => round.done().or(round.passed()),
        (State::Gathering(gathering), None) => gathering.sheet().attended(),
        (_, None) => ledger.reports(),
    };
    let stage = state.stage();
    let wanted =
        [Counted::AcceptedRules, Counted::Plans, Counted::PracticeEntries].map(|what| end.count(what)).iter().sum::<u32>();
    let done = u8::try_from(wanted).unwrap_or(u8::MAX).saturating_add(ledger.oriented().len());
    [afresh.into(), if stage.is_terminal() { 0 } else { stage as u8 }, had.len() + ledger.decided().len(), done]
}

/// The move at no cost, and whether it had one or isn't a usual one; nothing of somebody's leaving, which never was a way out, and
/// nothing of waiting until an interrupted session can only be held afresh: it can be at once.
fn free(taken: Move, usual: &[Move]) -> Option<(Move, usize)> {
    match taken {
        Move::Wait { why: Some(DueKind::ResumeUntil {}), .. } if !usual.contains(&taken) => None,
        Move::Give { cost: Cost::Leaving | Cost::Absent, .. } => None,
        Move::Give { chores, act, cost } => {
            let kind = Some(act.command.kind());
            let early = kind == Some(CommandKind::RestartSession) && !usual.iter().any(|other| other.kind() == kind);
            Some((Move::Give { chores, act, cost: Cost::Free }, usize::from(cost != Cost::Free || early)))
        }
        Move::Wait { until, why, cost } => {
            Some((Move::Wait { until, why, cost: Cost::Free }, usize::from(cost != Cost::Free)))
        }
    }
}

/// Everything that anyone may do here.
fn everything(model: &Model, point: &Point) -> Vec<Move> {
    let mut moves = Vec::new();
    for kind in KindSet::at_stage(point.cycle.stage()).iter().filter(|kind| leads(*kind)) {
        for command in menu(kind, &point.cycle, point.now).into_iter().filter(|command| !walks_out(command)) {
            let permitted = |by: &Actor| model.rules().permits(&point.cycle, &command, &Context::new(*by, point.now));
            if let Some(by) = actors(&point.cycle).into_iter().find(permitted) {
                moves.push(Move::Give { chores: Vec::new(), act: Act { by, command: command.clone() }, cost: Cost::Free });
            }
        }
    }
    moves
}

/// Whether somebody leaves the room: that goes wrong, and is no way out.
const fn walks_out(command: &Command) -> bool {
    matches!(command, Command::MarkAttendance { attendance: Attendance::LeftEarly, .. })
}

impl Found {
    /// A way out of the state where `way` leads: from now on it is known.
    pub(super) fn rescue(
        &mut self,
        model: &Model,
        (graph, reach): (&Graph, &mut Reach),
        way: (KnotKind, Steps),
        (at, mut out): (usize, Way),
    ) {
        out.ways.retain(|way| !self.ways.contains(way));
        if !out.ways.is_empty() || self.ways.is_empty() && self.rescues.is_empty() {
            self.tell(model, (graph, reach), way, &out);
        }
        // Where nobody completes without an exception, there being one doesn't make it better.
        reach.rescue(graph, at, out.completes && !self.hopeless);
        self.ways.extend(out.ways);
        self.completing.extend(out.on);
    }

    /// Tells it, both the way there and the way out without what they can do without.
    pub(super) fn tell(
        &mut self,
        model: &Model,
        (graph, reach): (&Graph, &Reach),
        (kind, way): (KnotKind, Steps),
        out: &Way,
    ) {
        self.completes |= out.completes;
        if self.rescues.len() >= TOLD {
            return;
        }
        // It is told to where it takes no other exception, which one that was found before may spare whoever only looks for a way.
        self.wholly = true;
        let whole = way_out(model, graph, reach, (&last(model, &way), kind), self, LOOKED);
        self.wholly = whole.is_some();
        self.tell_whole(model, (graph, reach), (kind, way), whole.as_ref().unwrap_or(out));
        self.wholly = false;
    }

    fn tell_whole(&mut self, model: &Model, (graph, reach): (&Graph, &Reach), (kind, way): (KnotKind, Steps), out: &Way) {
        let generous = generous(model);
        let leads_out = |end: &Point| outcome(model, graph, reach, self, kind, end).out;
        let taken = shorten(model, &generous, out.taken.clone(), &leads_out);
        let from = |point: &Point| follow(model, &generous, point, taken.iter().map(|(_, taken)| taken));
        let stage = last(model, &way).cycle.stage();
        let keeps = |point: &Point| {
            // Where nobody completes, everything is a knot from the beginning.
            (!self.hopeless || point.cycle.stage() == stage)
                && find(model, graph, point).is_some_and(|at| kind_of(graph, reach, at) == Some(kind))
                && from(point).is_some_and(|(_, end)| leads_out(&end))
        };
        let shorter = shorten(model, model, way.clone(), &keeps);
        let (way, taken) = match from(&last(model, &shorter)) {
            Some((taken, _)) => (shorter, taken),
            None => (way, taken),
        };
        let (from, end) = (last(model, &way), last(model, &taken));
        let by = unusual(model, &taken);
        let ends = ending(end.cycle.stage(), &outcome(model, graph, reach, self, kind, &end));
        let (story, way_out) = (tale::lines(&tale(model, &way)), tale::lines(&tale(model, &taken)));
        let (stage, in_the_way) = (from.cycle.stage(), sentences(model, &from));
        let ends = ends.to_owned();
        merge(&mut self.rescues, Rescue { stage, story, in_the_way, way_out, ends, by, also: BTreeSet::new() });
    }
}

/// Where a way out leads, in a sentence without a full stop.
const fn ending(stage: Stage, outcome: &Outcome) -> &'static str {
    match (stage, outcome.completes) {
        (Stage::Completed, _) => "So the cycle ends well",
        (_, true) if outcome.alone => "From there on the cycle can be completed",
        (_, true) => "From there on the cycle can be completed by another exception",
        (_, false) if stage.is_terminal() => "So the cycle ends, though early",
        (_, false) => "From there on the cycle can at least be ended early",
    }
}

/// Adds a way out; where the same has helped at another stage, only that stage.
fn merge(rescues: &mut Vec<Rescue>, one: Rescue) {
    match rescues.iter_mut().find(|other| (&other.by, &other.ends) == (&one.by, &one.ends)) {
        Some(other) => {
            other.also.extend(one.also);
            other.also.insert(one.stage);
            other.also.remove(&other.stage);
        }
        None => rescues.push(one),
    }
}
