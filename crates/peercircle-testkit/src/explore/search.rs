//! The search: breadth-first over points, each kept as a key, its way in, and where it leads.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use hashbrown::HashTable;
use peercircle_core::{CommandKind, KindSet, RuleId, Stage};

use super::{
    bounds::Spent,
    expand::{Desk, Sink, Step, Tried, expand},
    key::{Halves, Key, halves},
    model::{Model, Move, Point},
    siblings::Reached,
};

/// How far an exploration has come, told to whoever watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// States found.
    pub states: usize,
    /// States found and not yet looked at.
    pub ahead: usize,
    /// Moves from the beginning to the states looked at now.
    pub depth: usize,
    /// Bytes that the states take.
    pub bytes: usize,
}

/// What is told how far it has come, and may stop it.
pub type Watch<'a> = dyn FnMut(&Progress) -> ControlFlow<()> + 'a;

/// Why an exploration ended before everything was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// Whoever watched said so.
    Asked,
    /// It has as many states as it may.
    States,
    /// It takes as much memory as it may.
    Memory,
}

/// States in the order they were found.
pub(super) struct Graph {
    /// From which state, by which of its moves.
    pub(super) from: Vec<(u32, u16)>,
    pub(super) stages: Vec<Stage>,
    /// Whether a state's group has as many members as it needs to go on.
    pub(super) enough: Vec<bool>,
    /// Whether a state's group could be stopped for good by whoever wants it.
    pub(super) endable: Vec<bool>,
    /// Whether everything has gone well so far.
    pub(super) plain: Vec<bool>,
    /// Where each state leads, one list after the other.
    pub(super) edges: Vec<u32>,
    /// Where the list of a state begins; one more than there are states that were looked at.
    pub(super) lists: Vec<u32>,
    /// How often a kind of command led from a stage to another: by stage, kind and stage.
    ways: Vec<u32>,
    /// The kinds that were tried and accepted.
    pub(super) accepted: KindSet,
    pub(super) tried: KindSet,
    /// For each property the first state that breaks it.
    pub(super) broken: Vec<Option<u32>>,
    /// A few states of each stage, to be asked everything.
    pub(super) samples: Vec<Point>,
    /// What was accepted at each of them, by stage.
    sampled: Vec<Vec<KindSet>>,
    /// How many refusals are noted, by stage and kind.
    noted: Vec<usize>,
    /// Of the moves that were refused, what refused the first few.
    pub(super) refused: BTreeMap<(Stage, CommandKind), Vec<Vec<RuleId>>>,
    pub(super) stopped: Option<Stopped>,
    pub(super) depth: usize,
    pub(super) most_bytes: usize,
    /// The key of each state: those found lately, which are met most, lie beside each other.
    keys: Vec<Halves>,
    /// The states by their keys.
    index: HashTable<u32>,
}

/// A state to look at next.
struct Ahead {
    at: u32,
    here: Box<Reached>,
}

/// What one of several threads found at a few states, to be added once the others are done.
struct Found<'a> {
    graph: &'a Graph,
    /// With the state each leads to, where that was known.
    edges: Vec<(Step, Option<u32>)>,
    /// The states that weren't, in the same order.
    new: Vec<(Key, Box<Reached>)>,
    /// For those edges that lead where properties are broken, how many there were by then.
    broken: Vec<(usize, Vec<usize>)>,
    /// For each state what was tried, and where its edges end.
    looked: Vec<(Tried, usize)>,
}

/// How many states a thread takes at once.
const FEW: usize = 32;

impl Sink for Found<'_> {
    fn known(&self, key: Key) -> Option<u32> {
        self.graph.find(key)
    }

    fn asks(&self, stage: Stage, kind: CommandKind) -> bool {
        self.graph.asks(stage, kind)
    }

    fn lead(&mut self, step: Step, to: u32) {
        self.edges.push((step, Some(to)));
    }

    fn find(&mut self, step: Step, key: Key, new: Box<Reached>) {
        self.new.push((key, new));
        self.edges.push((step, None));
    }

    fn breaks(&mut self, broken: Vec<usize>) {
        self.broken.push((self.edges.len(), broken));
    }
}

/// The graph, where the moves of one state are added.
struct Adding<'a> {
    graph: &'a mut Graph,
    next: &'a mut Vec<Ahead>,
    from: u32,
    stage: Stage,
}

impl Sink for Adding<'_> {
    fn known(&self, key: Key) -> Option<u32> {
        self.graph.find(key)
    }

    fn asks(&self, stage: Stage, kind: CommandKind) -> bool {
        self.graph.asks(stage, kind)
    }

    fn lead(&mut self, Step { kind, stage, .. }: Step, to: u32) {
        self.graph.edges.push(to);
        if let Some(kind) = kind
            && let Some(moves) = self.graph.ways.get_mut(pair(self.stage, kind) * Stage::ALL.len() + stage as usize)
        {
            *moves += 1;
        }
    }

    fn find(&mut self, step: Step, key: Key, here: Box<Reached>) {
        let at = self.graph.add(key, (self.from, step.choice), &here.point);
        self.next.push(Ahead { at, here });
        self.lead(step, at);
    }

    fn breaks(&mut self, broken: Vec<usize>) {
        let Some(at) = self.graph.edges.last() else { return };
        for property in broken {
            if let Some(first) = self.graph.broken.get_mut(property) {
                first.get_or_insert(*at);
            }
        }
    }
}

/// The most states of a stage that are sampled.
const SAMPLES: usize = 5;

/// States for which there is room from the beginning, as many as a group of four has: what grows is copied over and over.
const ROOM: usize = 100_000;

/// The most refusals of a kind of command at a stage that are noted.
const REFUSALS: usize = 24;

impl Graph {
    fn new(properties: usize) -> Self {
        let mut lists = Vec::with_capacity(ROOM);
        lists.push(0);
        Self {
            from: Vec::with_capacity(ROOM),
            stages: Vec::with_capacity(ROOM),
            enough: Vec::with_capacity(ROOM),
            endable: Vec::with_capacity(ROOM),
            plain: Vec::with_capacity(ROOM),
            edges: Vec::with_capacity(4 * ROOM),
            lists,
            ways: vec![0; Stage::ALL.len() * CommandKind::COUNT * Stage::ALL.len()],
            accepted: KindSet::EMPTY,
            tried: KindSet::EMPTY,
            broken: vec![None; properties],
            samples: Vec::new(),
            sampled: vec![Vec::new(); Stage::ALL.len()],
            noted: vec![0; Stage::ALL.len() * CommandKind::COUNT],
            refused: BTreeMap::new(),
            stopped: None,
            depth: 0,
            most_bytes: 0,
            keys: Vec::with_capacity(ROOM),
            index: HashTable::with_capacity(ROOM),
        }
    }

    /// Which kind of command led from where to where, and how often.
    pub(super) fn ways(&self) -> impl Iterator<Item = (Stage, CommandKind, Stage, usize)> {
        let all = Stage::ALL.iter().flat_map(|from| {
            CommandKind::ALL.iter().flat_map(move |kind| Stage::ALL.iter().map(move |to| (*from, *kind, *to)))
        });
        let counted = all.zip(&self.ways).filter(|(_, moves)| **moves > 0);
        counted.map(|((from, kind, to), moves)| (from, kind, to, usize::try_from(*moves).unwrap_or(usize::MAX)))
    }

    /// Whether few refusals of this kind at this stage are noted so far.
    fn asks(&self, stage: Stage, kind: CommandKind) -> bool {
        self.noted.get(pair(stage, kind)).is_none_or(|noted| *noted < REFUSALS)
    }

    pub(super) fn find(&self, key: Key) -> Option<u32> {
        let halves = halves(key);
        self.index.find(halves.0, |at| key_of(&self.keys, *at) == halves).copied()
    }

    /// How many states were found.
    pub(super) const fn states(&self) -> usize {
        self.stages.len()
    }

    fn add(&mut self, key: Key, from: (u32, u16), point: &Point) -> u32 {
        let at = u32::try_from(self.states()).unwrap_or(u32::MAX);
        self.from.push(from);
        self.stages.push(point.cycle.stage());
        let minimum = point.cycle.process().spec().group.minimum;
        self.enough.push(!point.cycle.ledger().closed_group() || point.cycle.ledger().active().len() >= minimum);
        self.endable.push(point.cycle.ledger().closed_group() && point.cycle.stage() != Stage::Suspended);
        let before = usize::try_from(from.0).ok().and_then(|from| self.plain.get(from)).copied();
        self.plain.push(before.unwrap_or(true) && point.spent == Spent::default());
        let halves = halves(key);
        self.keys.push(halves);
        let Self { index, keys, .. } = self;
        index.insert_unique(halves.0, at, |at| key_of(keys, *at).0);
        at
    }

    /// The bytes the states take, those of the points to look at next included.
    fn bytes(&self, points: usize) -> usize {
        let a_state =
            size_of::<(u32, u16)>() + size_of::<Halves>() + size_of::<Stage>() + 3 * size_of::<bool>() + size_of::<u32>();
        // Without the room that few states leave free.
        let index = self.index.allocation_size().min(self.states() * 4 * size_of::<u32>());
        self.states() * a_state
            + index
            + self.edges.len() * size_of::<u32>()
            + points * (size_of::<Ahead>() + size_of::<Reached>())
    }

    /// The states that `at` leads to.
    pub(super) fn next(&self, at: usize) -> &[u32] {
        let bound = |at: usize| self.lists.get(at).and_then(|at| usize::try_from(*at).ok());
        bound(at).zip(bound(at + 1)).and_then(|(low, high)| self.edges.get(low..high)).unwrap_or_default()
    }

    /// The moves from the beginning to `at`.
    pub(super) fn way(&self, model: &Model, at: u32) -> Vec<(Point, Move)> {
        let mut choices = Vec::new();
        let mut here = at;
        while here != 0 {
            let Some((from, choice)) = usize::try_from(here).ok().and_then(|here| self.from.get(here)).copied() else {
                break;
            };
            choices.push(choice);
            here = from;
        }
        let mut way = Vec::new();
        let Some(mut point) = model.start() else { return way };
        way.extend(model.forming().map(|form| (model.nothing(), form)));
        for choice in choices.into_iter().rev() {
            let Some(taken) = model.moves(&point).into_iter().nth(choice.into()) else { break };
            let Some(next) = model.after(&point, &taken) else { break };
            way.push((std::mem::replace(&mut point, next), taken));
        }
        way
    }
}

fn key_of(keys: &[Halves], at: u32) -> Halves {
    usize::try_from(at).ok().and_then(|at| keys.get(at)).copied().unwrap_or_default()
}

/// Looks at everything within the model's bounds.
pub(super) fn search(model: &Model, watch: &mut Watch<'_>) -> Graph {
    let mut graph = Graph::new(model.watchers.properties().len());
    let mut layer = Vec::new();
    if let Some(start) = model.start() {
        graph.accepted.insert(CommandKind::FormCycle);
        let records = model.records(&start);
        graph.add(model.key_of(&start, &records), (0, 0), &start);
        layer.push(Ahead { at: 0, here: Box::new(Reached::new(start, records)) });
    }
    graph.tried.insert(CommandKind::FormCycle);
    let threads = model.bounds.threads.max(1);
    let mut desks: Vec<_> = (0..threads).map(|_| Desk::of(model)).collect();
    while !layer.is_empty() {
        let mut next: Vec<Ahead> = Vec::with_capacity(layer.len());
        // In parts, so that whoever watches hears of it and is heard.
        let mut parts = std::mem::take(&mut layer).into_iter();
        loop {
            let part: Vec<_> = parts.by_ref().take(4096 * usize::from(threads)).collect();
            if part.is_empty() {
                break;
            }
            look(model, &mut graph, &mut desks, part, &mut next);
            let ahead = parts.len() + next.len();
            let bytes = graph.bytes(ahead);
            graph.most_bytes = graph.most_bytes.max(bytes);
            let progress = Progress { states: graph.states(), ahead, depth: graph.depth, bytes };
            graph.stopped = if watch(&progress).is_break() {
                Some(Stopped::Asked)
            } else if progress.states >= model.bounds.states {
                Some(Stopped::States)
            } else if bytes >= model.bounds.memory {
                Some(Stopped::Memory)
            } else {
                None
            };
            if graph.stopped.is_some() {
                return graph;
            }
        }
        graph.depth += 1;
        layer = next;
    }
    graph
}

/// Takes every move at the states of a part.
fn look(model: &Model, graph: &mut Graph, desks: &mut [Desk], part: Vec<Ahead>, next: &mut Vec<Ahead>) {
    if let [desk, others @ ..] = &mut *desks
        && (others.is_empty() || part.len() < 64)
    {
        for one in part {
            let stage = one.here.point.cycle.stage();
            let tried = expand(model, &one.here, desk, &mut Adding { graph, next, from: one.at, stage });
            looked(model, graph, &one.here.point, &tried);
            desk.spare.give_back(one.here);
        }
        return;
    }
    let all = expand_all(model, graph, desks, &part).into_iter();
    let all: Vec<_> = all.map(|Found { edges, new, broken, looked, .. }| (edges, new, broken, looked)).collect();
    for (few, (edges, new, broken, states)) in part.chunks(FEW).zip(all) {
        let (mut edges, mut new) = (edges.into_iter().enumerate(), new.into_iter());
        let (mut broken, mut begin) = (broken.into_iter().peekable(), 0);
        for (one, (tried, end)) in few.iter().zip(states) {
            let mut adding = Adding { graph, next, from: one.at, stage: one.here.point.cycle.stage() };
            for (nth, (step, known)) in edges.by_ref().take(end - std::mem::replace(&mut begin, end)) {
                match known {
                    Some(at) => adding.lead(step, at),
                    None => {
                        let Some((key, reached)) = new.next() else { continue };
                        // Another move of the part may have led to the same new state.
                        match adding.known(key) {
                            Some(at) => {
                                spare(desks, reached);
                                adding.lead(step, at);
                            }
                            None => adding.find(step, key, reached),
                        }
                    }
                }
                if let Some((_, broken)) = broken.next_if(|(at, _)| *at == nth + 1) {
                    adding.breaks(broken);
                }
            }
            looked(model, graph, &one.here.point, &tried);
        }
    }
    part.into_iter().for_each(|one| spare(desks, one.here));
}

/// Whoever has the fewest points to spare gets this one.
fn spare(desks: &mut [Desk], point: Box<Reached>) {
    if let Some(desk) = desks.iter_mut().min_by_key(|desk| desk.spare.len()) {
        desk.spare.give_back(point);
    }
}

/// A state has been looked at.
fn looked(model: &Model, graph: &mut Graph, point: &Point, tried: &Tried) {
    graph.lists.push(u32::try_from(graph.edges.len()).unwrap_or(u32::MAX));
    graph.tried = graph.tried.or(tried.all);
    graph.accepted = graph.accepted.or(tried.accepted);
    sample(model, graph, point, tried);
}

/// Of states of one stage at which the same kinds were accepted, the first.
fn sample(model: &Model, graph: &mut Graph, point: &Point, tried: &Tried) {
    if !tried.refused.is_empty() {
        note_refusals(model, graph, point, tried);
    }
    if let Some(sampled) = graph.sampled.get_mut(point.cycle.stage() as usize)
        && sampled.len() < SAMPLES
        && !sampled.contains(&tried.accepted)
    {
        sampled.push(tried.accepted);
        graph.samples.push(point.clone());
    }
}

/// Of the moves of a kind that were refused at a stage, what refused the first few.
fn note_refusals(model: &Model, graph: &mut Graph, point: &Point, tried: &Tried) {
    let stage = point.cycle.stage();
    if !tried.refused.iter().any(|(_, kind)| graph.asks(stage, *kind)) {
        return;
    }
    let moves = model.moves(point);
    for (choice, kind) in &tried.refused {
        if graph.asks(stage, *kind)
            && let Some(taken) = moves.get(usize::from(*choice))
        {
            let rules = model.refused_by(point, taken);
            graph.refused.entry((stage, *kind)).or_default().push(rules);
            if let Some(noted) = graph.noted.get_mut(pair(stage, *kind)) {
                *noted += 1;
            }
        }
    }
}

/// Where a stage's and a kind's own numbers stand in a list.
const fn pair(stage: Stage, kind: CommandKind) -> usize {
    stage as usize * CommandKind::COUNT + kind as usize
}

/// What the threads find at the states of a part, a few after the other, in their order. Whoever is done takes the next few.
fn expand_all<'a>(model: &Model, graph: &'a Graph, desks: &mut [Desk], part: &[Ahead]) -> Vec<Found<'a>> {
    let taken = AtomicUsize::new(0);
    let work = |desk: &mut Desk| {
        let mut all = Vec::new();
        loop {
            let nth = taken.fetch_add(1, Ordering::Relaxed);
            let Some(few) = part.chunks(FEW).nth(nth) else { return all };
            let looked = Vec::with_capacity(FEW);
            let mut found = Found { graph, edges: Vec::new(), new: Vec::new(), broken: Vec::new(), looked };
            for one in few {
                let tried = expand(model, &one.here, desk, &mut found);
                found.looked.push((tried, found.edges.len()));
            }
            all.push((nth, found));
        }
    };
    let mut all = thread::scope(|scope| {
        let Some((own, others)) = desks.split_first_mut() else { return Vec::new() };
        let others: Vec<_> = others.iter_mut().map(|desk| scope.spawn(|| work(desk))).collect();
        let mut all = work(own);
        all.extend(others.into_iter().filter_map(|other| other.join().ok()).flatten());
        all
    });
    all.sort_by_key(|(nth, _)| *nth);
    all.into_iter().map(|(_, found)| found).collect()
}
