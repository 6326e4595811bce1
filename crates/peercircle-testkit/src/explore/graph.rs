//! The graph of what was found: each state kept as a key, its way in, and where it leads.

use std::collections::BTreeMap;

use hashbrown::{HashTable, hash_table::Entry};
use peercircle_core::{CommandKind, KindSet, RuleId, Stage};

use super::{
    bounds::Packed,
    key::{Halves, Key, halves},
    model::{Model, Move, Point},
    search::Stopped,
};

/// States in the order they were found.
pub(super) struct Graph {
    /// From which state, by which of its moves.
    pub(super) from: Vec<(u32, u16)>,
    pub(super) known: Vec<Known>,
    /// Where each state leads, one list after the other.
    pub(super) edges: Vec<u32>,
    /// Where the list of a state begins; one more than there are states that were looked at.
    lists: Vec<u32>,
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
    /// The most members that a group has at any of the states.
    pub(super) largest: u8,
    pub(super) depth: usize,
    pub(super) most_bytes: usize,
    /// The key of each state: those found lately, which are met most, lie beside each other.
    keys: Vec<Halves>,
    /// The states by their keys.
    index: HashTable<u32>,
}

/// What is kept of a state beside its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) stage: Stage,
    /// Whether its group has as many members as it needs to go on.
    pub(super) enough: bool,
    /// Whether its group could be stopped for good by whoever wants it.
    pub(super) endable: bool,
    /// What of the bounds is used up; nothing once the cycle has ended without being completed.
    spent: Packed,
}

impl Known {
    /// What is kept of a point.
    pub(super) fn of(model: &Model, point: &Point) -> Self {
        let (cycle, stage) = (&point.cycle, point.cycle.stage());
        let spent = point.spent.packed(model.missing(cycle));
        let (closed, minimum) = (cycle.ledger().closed_group(), cycle.process().spec().group.minimum);
        Self {
            stage,
            enough: !closed || cycle.ledger().active().len() >= minimum,
            endable: closed && stage != Stage::Suspended,
            spent: if stage.is_terminal() && stage != Stage::Completed { Packed::default() } else { spent },
        }
    }

    /// Whether a move from here to `next` uses up some of the bounds: something goes wrong.
    pub(super) fn pays_for(&self, next: &Self) -> bool {
        self.spent.pays_for(next.spent)
    }
}

/// The most states of a stage that are sampled.
const SAMPLES: usize = 5;

/// States for which there is room from the beginning, as many as a table of that size takes: what grows is copied over and over.
const ROOM: usize = 114_000;

/// The most refusals of a kind of command at a stage that are noted.
const REFUSALS: usize = 24;

/// What was tried at a state.
pub(super) struct Tried {
    pub(super) all: KindSet,
    pub(super) accepted: KindSet,
    /// What was done first where a move wanted it.
    pub(super) chores: KindSet,
    pub(super) refused: Vec<(u16, CommandKind)>,
}

impl Graph {
    pub(super) fn new(properties: usize) -> Self {
        let mut lists = Vec::with_capacity(ROOM);
        lists.push(0);
        Self {
            from: Vec::with_capacity(ROOM),
            known: Vec::with_capacity(ROOM),
            edges: Vec::with_capacity(5 * ROOM),
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
            largest: 0,
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
    pub(super) fn asks(&self, stage: Stage, kind: CommandKind) -> bool {
        self.noted.get(pair(stage, kind)).is_none_or(|noted| *noted < REFUSALS)
    }

    pub(super) fn find(&self, key: Key) -> Option<u32> {
        let halves = halves(key);
        self.index.find(halves.0, |at| key_of(&self.keys, *at) == halves).copied()
    }

    /// How many states were found.
    pub(super) const fn states(&self) -> usize {
        self.known.len()
    }

    /// The number of the next state that is found.
    pub(super) fn next_number(&self) -> u32 {
        u32::try_from(self.states()).unwrap_or(u32::MAX)
    }

    /// Adds a state to which a move of another led first, unless it is known; and whether it wasn't.
    pub(super) fn add(&mut self, key: Key, from: (u32, u16), known: Known) -> (u32, bool) {
        let (at, halves) = (self.next_number(), halves(key));
        let Self { index, keys, .. } = self;
        match index.entry(halves.0, |at| key_of(keys, *at) == halves, |at| key_of(keys, *at).0) {
            Entry::Occupied(other) => return (*other.get(), false),
            Entry::Vacant(free) => free.insert(at),
        };
        self.keys.push(halves);
        self.from.push(from);
        self.known.push(known);
        (at, true)
    }

    /// Adds a move of the state that is looked at, which is at the stage `from`.
    pub(super) fn lead(&mut self, from: Stage, kind: Option<CommandKind>, stage: Stage, to: u32) {
        self.edges.push(to);
        if let Some(kind) = kind
            && let Some(moves) = self.ways.get_mut(pair(from, kind) * Stage::ALL.len() + stage as usize)
        {
            *moves += 1;
        }
    }

    /// Where the move added last leads, these properties are broken.
    pub(super) fn breaks(&mut self, broken: Vec<usize>) {
        let Some(at) = self.edges.last() else { return };
        for property in broken {
            if let Some(first) = self.broken.get_mut(property) {
                first.get_or_insert(*at);
            }
        }
    }

    /// A state has been looked at, and all its moves were added.
    pub(super) fn looked(&mut self, model: &Model, point: &Point, stage: Stage, tried: &Tried) {
        self.lists.push(u32::try_from(self.edges.len()).unwrap_or(u32::MAX));
        self.largest = self.largest.max(point.cycle.ledger().active().len());
        self.tried = self.tried.or(tried.all);
        self.accepted = self.accepted.or(tried.accepted).or(tried.chores);
        if !tried.refused.is_empty() {
            self.note_refusals(model, point, tried);
        }
        // Of states of one stage at which the same kinds were accepted, the first is a sample.
        if let Some(sampled) = self.sampled.get_mut(stage as usize)
            && sampled.len() < SAMPLES
            && !sampled.contains(&tried.accepted)
        {
            sampled.push(tried.accepted);
            self.samples.push(point.clone());
        }
    }

    /// Of the moves of a kind that were refused at a stage, what refused the first few.
    fn note_refusals(&mut self, model: &Model, point: &Point, tried: &Tried) {
        let stage = point.cycle.stage();
        if !tried.refused.iter().any(|(_, kind)| self.asks(stage, *kind)) {
            return;
        }
        let moves = model.moves(point);
        for (choice, kind) in &tried.refused {
            if self.asks(stage, *kind)
                && let Some(taken) = moves.get(usize::from(*choice))
            {
                let rules = model.refused_by(point, taken);
                self.refused.entry((stage, *kind)).or_default().push(rules);
                if let Some(noted) = self.noted.get_mut(pair(stage, *kind)) {
                    *noted += 1;
                }
            }
        }
    }

    /// The bytes the states take.
    pub(super) fn bytes(&self) -> usize {
        let a_state = size_of::<(u32, u16)>() + size_of::<Halves>() + size_of::<Known>() + size_of::<u32>();
        // Without the room that few states leave free.
        let index = self.index.allocation_size().min(self.states() * 4 * size_of::<u32>());
        self.states() * a_state + index + self.edges.len() * size_of::<u32>()
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

/// Where a stage's and a kind's own numbers stand in a list.
const fn pair(stage: Stage, kind: CommandKind) -> usize {
    stage as usize * CommandKind::COUNT + kind as usize
}
