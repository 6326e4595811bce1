//! The search: breadth-first over points, each kept as a key, its way in, and where it leads.

use std::{collections::BTreeMap, ops::ControlFlow, thread};

use hashbrown::HashTable;
use peercircle_core::{CommandKind, KindSet, RuleId, Stage};

use super::{
    bounds::Spent,
    key::Key,
    model::{Model, Move, Point},
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
    pub(super) keys: Vec<Key>,
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
    /// How often a kind of command led from a stage to another.
    pub(super) ways: BTreeMap<(Stage, CommandKind, Stage), usize>,
    /// The kinds that were tried and accepted.
    pub(super) accepted: KindSet,
    pub(super) tried: KindSet,
    /// For each property the first state that breaks it.
    pub(super) broken: Vec<Option<u32>>,
    /// A few states of each stage, to be asked everything.
    pub(super) samples: Vec<Point>,
    sampled: BTreeMap<Stage, Vec<KindSet>>,
    /// Of the moves that were refused, what refused the first few.
    pub(super) refused: BTreeMap<(Stage, CommandKind), Vec<Vec<RuleId>>>,
    pub(super) stopped: Option<Stopped>,
    pub(super) depth: usize,
    pub(super) most_bytes: usize,
    index: HashTable<u32>,
}

/// What was found from one state.
struct Found {
    from: u32,
    edges: Vec<(u16, Key, Option<CommandKind>, Stage)>,
    points: Vec<(u16, Point)>,
    tried: KindSet,
    broken: Vec<(u16, usize)>,
    refused: Vec<(u16, CommandKind)>,
}

/// The most states of a stage that are sampled.
const SAMPLES: usize = 5;

/// The most refusals of a kind of command at a stage that are noted.
const REFUSALS: usize = 24;

impl Graph {
    fn new(properties: usize) -> Self {
        Self {
            keys: Vec::new(),
            from: Vec::new(),
            stages: Vec::new(),
            enough: Vec::new(),
            endable: Vec::new(),
            plain: Vec::new(),
            edges: Vec::new(),
            lists: vec![0],
            ways: BTreeMap::new(),
            accepted: KindSet::EMPTY,
            tried: KindSet::EMPTY,
            broken: vec![None; properties],
            samples: Vec::new(),
            sampled: BTreeMap::new(),
            refused: BTreeMap::new(),
            stopped: None,
            depth: 0,
            most_bytes: 0,
            index: HashTable::new(),
        }
    }

    pub(super) fn find(&self, key: Key) -> Option<u32> {
        let same = |at: &u32| usize::try_from(*at).ok().and_then(|at| self.keys.get(at)) == Some(&key);
        self.index.find(hash(key), same).copied()
    }

    fn add(&mut self, key: Key, from: (u32, u16), point: &Point) -> u32 {
        let at = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        self.keys.push(key);
        self.from.push(from);
        self.stages.push(point.cycle.stage());
        let minimum = point.cycle.process().spec().group.minimum;
        self.enough.push(!point.cycle.ledger().closed_group() || point.cycle.ledger().active().len() >= minimum);
        self.endable.push(point.cycle.ledger().closed_group() && point.cycle.stage() != Stage::Suspended);
        let before = usize::try_from(from.0).ok().and_then(|from| self.plain.get(from)).copied();
        self.plain.push(before.unwrap_or(true) && point.spent == Spent::default());
        let keys = &self.keys;
        self.index.insert_unique(hash(key), at, |at| {
            usize::try_from(*at).ok().and_then(|at| keys.get(at)).map_or(0, |key| hash(*key))
        });
        at
    }

    /// The bytes the states take, those of the points to look at next included.
    fn bytes(&self, points: usize) -> usize {
        let a_state =
            size_of::<Key>() + size_of::<(u32, u16)>() + size_of::<Stage>() + 3 * size_of::<bool>() + 2 * size_of::<u32>();
        self.keys.len() * (a_state + 5) + self.edges.len() * size_of::<u32>() + points * size_of::<Point>()
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

/// Keys are hashes already.
#[expect(clippy::cast_possible_truncation, reason = "the low half of a hash is a hash")]
const fn hash(key: Key) -> u64 {
    key as u64
}

/// Looks at everything within the model's bounds.
pub(super) fn search(model: &Model, watch: &mut Watch<'_>) -> Graph {
    let mut graph = Graph::new(model.watchers.properties().len());
    let mut layer = Vec::new();
    if let Some(start) = model.start() {
        graph.accepted.insert(CommandKind::FormCycle);
        graph.add(model.key(&start), (0, 0), &start);
        layer.push((0, start));
    }
    graph.tried.insert(CommandKind::FormCycle);
    while !layer.is_empty() {
        let mut next: Vec<(u32, Point)> = Vec::with_capacity(layer.len());
        // In parts, so that whoever watches hears of it and is heard.
        let mut parts = std::mem::take(&mut layer).into_iter();
        loop {
            let part: Vec<_> = parts.by_ref().take(4096 * usize::from(model.bounds.threads.max(1))).collect();
            if part.is_empty() {
                break;
            }
            let found = expand_all(model, &graph, &part);
            sample(model, &mut graph, part, &found);
            merge(&mut graph, found, &mut next);
            let ahead = parts.len() + next.len();
            let bytes = graph.bytes(ahead);
            graph.most_bytes = graph.most_bytes.max(bytes);
            let progress = Progress { states: graph.keys.len(), ahead, depth: graph.depth, bytes };
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

/// Of states of one stage at which the same kinds were accepted, the first.
fn sample(model: &Model, graph: &mut Graph, part: Vec<(u32, Point)>, found: &[Found]) {
    for ((_, point), found) in part.into_iter().zip(found) {
        let accepted = found.edges.iter().filter_map(|(_, _, kind, _)| *kind).fold(KindSet::EMPTY, |mut all, kind| {
            all.insert(kind);
            all
        });
        let stage = point.cycle.stage();
        note_refusals(model, graph, &point, found);
        let sampled = graph.sampled.entry(stage).or_default();
        if sampled.len() < SAMPLES && !sampled.contains(&accepted) {
            sampled.push(accepted);
            graph.samples.push(point);
        }
    }
}

/// Of the moves of a kind that were refused at a stage, what refused the first few.
fn note_refusals(model: &Model, graph: &mut Graph, point: &Point, found: &Found) {
    let stage = point.cycle.stage();
    let noted = |graph: &Graph, kind| graph.refused.get(&(stage, kind)).map_or(0, Vec::len);
    if found.refused.iter().all(|(_, kind)| noted(graph, *kind) >= REFUSALS) {
        return;
    }
    let moves = model.moves(point);
    for (choice, kind) in &found.refused {
        if noted(graph, *kind) < REFUSALS
            && let Some(taken) = moves.get(usize::from(*choice))
        {
            let rules = model.refused_by(point, taken);
            graph.refused.entry((stage, *kind)).or_default().push(rules);
        }
    }
}

fn expand_all(model: &Model, graph: &Graph, part: &[(u32, Point)]) -> Vec<Found> {
    let threads = usize::from(model.bounds.threads.max(1));
    if threads == 1 || part.len() < 64 {
        return part.iter().map(|(at, point)| expand(model, graph, *at, point)).collect();
    }
    let size = part.len().div_ceil(threads);
    thread::scope(|scope| {
        let workers: Vec<_> = part
            .chunks(size)
            .map(|chunk| {
                scope.spawn(move || chunk.iter().map(|(at, point)| expand(model, graph, *at, point)).collect::<Vec<_>>())
            })
            .collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect()
    })
}

fn expand(model: &Model, graph: &Graph, from: u32, point: &Point) -> Found {
    let moves = model.moves(point);
    let mut found = Found {
        from,
        edges: Vec::with_capacity(moves.len()),
        points: Vec::new(),
        tried: KindSet::EMPTY,
        broken: Vec::new(),
        refused: Vec::new(),
    };
    for (choice, taken) in (0..).zip(&moves) {
        let kind = match taken {
            Move::Give { act, .. } => Some(act.command.kind()),
            Move::Wait { .. } => None,
        };
        if let Some(kind) = kind {
            found.tried.insert(kind);
        }
        let Some(next) = model.after(point, taken) else {
            found.refused.extend(kind.map(|kind| (choice, kind)));
            continue;
        };
        let key = model.key(&next);
        if !model.watchers.properties().is_empty() {
            found.broken.extend(model.watchers.broken(&next).into_iter().map(|property| (choice, property)));
        }
        found.edges.push((choice, key, kind, next.cycle.stage()));
        if graph.find(key).is_none() {
            found.points.push((choice, next));
        }
    }
    found
}

fn merge(graph: &mut Graph, all: Vec<Found>, next: &mut Vec<(u32, Point)>) {
    for found in all {
        let from_stage =
            usize::try_from(found.from).ok().and_then(|at| graph.stages.get(at)).copied().unwrap_or(Stage::Unformed);
        graph.tried = graph.tried.or(found.tried);
        let mut points = found.points.into_iter().peekable();
        for (choice, key, kind, stage) in found.edges {
            let at = match graph.find(key) {
                Some(at) => at,
                None => {
                    while points.next_if(|(other, _)| *other < choice).is_some() {}
                    let Some((_, point)) = points.next_if(|(other, _)| *other == choice) else { continue };
                    let at = graph.add(key, (found.from, choice), &point);
                    next.push((at, point));
                    at
                }
            };
            graph.edges.push(at);
            if let Some(kind) = kind {
                graph.accepted.insert(kind);
                *graph.ways.entry((from_stage, kind, stage)).or_default() += 1;
            }
            for (_, property) in found.broken.iter().filter(|(other, _)| *other == choice) {
                if let Some(first) = graph.broken.get_mut(*property) {
                    first.get_or_insert(at);
                }
            }
        }
        graph.lists.push(u32::try_from(graph.edges.len()).unwrap_or(u32::MAX));
    }
}
