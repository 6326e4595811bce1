//! A state's moves: every one is taken, and whoever adds them to the graph is told where each leads.

use peercircle_core::{CommandKind, KindSet, Stage};

use super::{
    decisions::{Asked, Decisions},
    graph::{Known, Tried},
    key::Key,
    model::{Model, Move},
    siblings::{Reached, Siblings, Spare},
};

/// What a thread has at hand for one state after the other.
pub(super) struct Desk {
    decisions: Decisions,
    spare: Spare,
    /// Room for the moves at a state, and for where they lead.
    moves: Vec<Move>,
    leads: Vec<Lead>,
}

impl Desk {
    pub(super) fn of(model: &Model) -> Self {
        Self { decisions: Decisions::of(model), spare: Spare::new(), moves: Vec::new(), leads: Vec::new() }
    }
}

/// A move that leads to a stage.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) choice: u16,
    pub(super) kind: Option<CommandKind>,
    pub(super) stage: Stage,
}

/// Where an accepted move leads.
struct Lead {
    step: Step,
    key: Key,
    /// Which state that is, where it has been looked up and is known.
    known: Option<u32>,
    /// The point, where it has been built.
    built: Option<Box<Reached>>,
}

/// What is told of the moves at a state.
pub(super) trait Sink {
    /// The state with this key, where it is known by now.
    fn known(&self, key: Key) -> Option<u32>;

    /// The same, of those that were found while these moves were told of.
    fn found(&self, key: Key) -> Option<u32>;

    /// Whether it is worth telling that a kind was refused at a stage.
    fn asks(&self, stage: Stage, kind: CommandKind) -> bool;

    /// A move leads to a state that is known.
    fn lead(&mut self, step: Step, to: u32);

    /// A move leads to a new state, in whose stead anything may be left.
    fn find(&mut self, step: Step, key: Key, known: Known, new: &mut Reached);

    /// Where the move just told of leads, these properties are broken.
    fn breaks(&mut self, broken: Vec<usize>);
}

/// Takes every move at a state.
pub(super) fn expand(model: &Model, here: &Reached, desk: &mut Desk, sink: &mut impl Sink) -> Tried {
    let mut tried = Tried { all: KindSet::EMPTY, accepted: KindSet::EMPTY, chores: KindSet::EMPTY, refused: Vec::new() };
    let properties = !model.watchers.properties().is_empty();
    let Reached { point, records, .. } = here;
    let stage = point.cycle.stage();
    let Desk { decisions, spare, moves, leads } = desk;
    let (moves, mut answers) = match decisions.at(model, point, records) {
        Some(Asked { moves, answers }) => (&*moves, Some(answers)),
        None => {
            moves.clear();
            model.list(point, records, moves);
            (&*moves, None)
        }
    };
    let mut siblings = Siblings::new(model, here, spare);
    for (choice, taken) in (0..).zip(moves) {
        let kind = taken.kind();
        if let Some(kind) = kind {
            tried.all.insert(kind);
        }
        let led = match &mut answers {
            Some(answers) => answers.lead(choice.into(), moves, &mut siblings),
            None => siblings.lead(taken),
        };
        let Some(led) = led else {
            tried.refused.extend(kind.filter(|kind| sink.asks(stage, *kind)).map(|kind| (choice, kind)));
            continue;
        };
        if let Some(kind) = kind {
            tried.accepted.insert(kind);
        }
        leads.push(Lead {
            step: Step { choice, kind, stage: led.stage },
            key: led.key,
            known: None,
            built: siblings.reached(),
        });
    }
    look_up(leads, answers.is_some(), sink);
    for Lead { step, key, known, built } in leads.drain(..) {
        // Where it wasn't known, a move before this one may have led there.
        let known = known.or_else(|| sink.found(key));
        let build = || moves.get(usize::from(step.choice)).and_then(|taken| siblings.point(taken));
        let mut built = if known.is_none() { built.or_else(build) } else { built };
        let broken = match &built {
            Some(reached) if properties => model.watchers.broken(&reached.point),
            Some(_) | None => Vec::new(),
        };
        match (known, &mut built) {
            (Some(at), _) => sink.lead(step, at),
            (None, Some(reached)) => sink.find(step, key, Known::of(model, &reached.point), reached),
            (None, None) => continue,
        }
        siblings.keep(built);
        if !broken.is_empty() {
            sink.breaks(broken);
        }
    }
    tried.chores = siblings.done;
    siblings.end();
    tried
}

/// Looks up where all moves lead before anything is done with it, so that none waits for what another looks for far away in memory.
fn look_up(leads: &mut [Lead], suspended: bool, sink: &impl Sink) {
    // Several may decide about a suspended cycle, one after the other, and come to the same.
    let alike = if suspended { 4 } else { 0 };
    for nth in 0..leads.len() {
        let Some((before, [lead, ..])) = leads.split_at_mut_checked(nth) else { return };
        let same = before.iter().rev().take(alike).find(|other| other.key == lead.key);
        lead.known = same.map_or_else(|| sink.known(lead.key), |other| other.known);
    }
}
