//! The search: breadth-first over points, of which the graph keeps what is known of each.

use std::ops::ControlFlow;

use peercircle_core::{CommandKind, Stage};

use super::{
    expand::{Desk, Sink, Step, expand},
    graph::{Graph, Known},
    key::Key,
    layer::{Ahead, Layer},
    model::Model,
    siblings::Reached,
    threads::Crew,
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
    /// Bytes that the states take, with those to look at next.
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

impl Stopped {
    /// Why, and what would help, in a sentence without a full stop.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::Asked => "it was stopped before everything was seen: let it run to the end",
            Self::States => "there are more states than it may keep: allow for more, or for fewer people and mishaps",
            Self::Memory => "it took as much memory as it may: allow for more, or for fewer people and mishaps",
        }
    }
}

/// The graph, where the moves of one state are added.
struct Adding<'a> {
    graph: &'a mut Graph,
    next: &'a mut Layer,
    from: u32,
    stage: Stage,
}

impl Sink for Adding<'_> {
    fn known(&self, key: Key) -> Option<u32> {
        self.graph.find(key)
    }

    fn found(&self, key: Key) -> Option<u32> {
        self.graph.find(key)
    }

    fn asks(&self, stage: Stage, kind: CommandKind) -> bool {
        self.graph.asks(stage, kind)
    }

    fn lead(&mut self, Step { kind, stage, .. }: Step, to: u32) {
        self.graph.lead(self.stage, kind, stage, to);
    }

    fn find(&mut self, step: Step, key: Key, known: Known, new: &mut Reached) {
        let (at, _) = self.graph.add(key, (self.from, step.choice), known);
        self.next.put(at, new);
        self.lead(step, at);
    }

    fn breaks(&mut self, broken: Vec<usize>) {
        self.graph.breaks(broken);
    }
}

/// How many states are looked at before whoever watches hears of it and is heard, on however many threads.
const PART: usize = 8192;

/// Looks at everything within the model's bounds.
pub(super) fn search(model: &Model, watch: &mut Watch<'_>) -> Graph {
    search_until(model, watch, &|_| false)
}

/// Looks at everything within the model's bounds, or at as much as is enough.
pub(super) fn search_until(model: &Model, watch: &mut Watch<'_>, enough: &dyn Fn(&Graph) -> bool) -> Graph {
    let mut graph = Graph::new(model.watchers.properties().len());
    let threads = usize::from(model.bounds.threads.max(1));
    let heap = model.watchers.bytes();
    let (mut layer, mut next) = (Layer::of(threads, heap), Layer::of(threads, heap));
    if let Some(start) = model.start() {
        graph.accepted.insert(CommandKind::FormCycle);
        let records = model.records(&start);
        let (at, _) = graph.add(model.key_of(&start, &records), (0, 0), Known::of(model, &start));
        layer.put(at, &mut Reached::new(start, records));
    }
    graph.tried.insert(CommandKind::FormCycle);
    let mut crew = Crew::of(model, threads);
    while !layer.order().is_empty() {
        let mut ahead = layer.order().len();
        for part in layer.order().chunks(PART) {
            crew.look(model, &mut graph, &layer, part, &mut next);
            ahead -= part.len();
            let bytes = graph.bytes() + layer.bytes() + next.bytes();
            graph.most_bytes = graph.most_bytes.max(bytes);
            let ahead = ahead + next.order().len();
            let progress = Progress { states: graph.states(), ahead, depth: graph.depth, bytes };
            let asked = watch(&progress).is_break();
            graph.stopped = if ahead == 0 {
                // There is nothing more to be seen.
                None
            } else if asked {
                Some(Stopped::Asked)
            } else if progress.states >= model.bounds.states {
                Some(Stopped::States)
            } else if bytes >= model.bounds.memory {
                Some(Stopped::Memory)
            } else {
                None
            };
            if graph.stopped.is_some() || enough(&graph) {
                return graph;
            }
        }
        graph.depth += 1;
        layer.clear();
        std::mem::swap(&mut layer, &mut next);
    }
    graph
}

/// Takes every move at the states of a part, and adds where it leads at once.
pub(super) fn look(model: &Model, graph: &mut Graph, desk: &mut Desk, layer: &Layer, part: &[Ahead], next: &mut Layer) {
    for (at, here) in layer.of_part(part) {
        let stage = here.point.cycle.stage();
        let tried = expand(model, here, desk, &mut Adding { graph, next, from: at, stage });
        graph.looked(model, &here.point, stage, &tried);
    }
}
