//! Witnesses: where the exploration, within its bounds, saw nobody do something, no group reach a stage, or a rule never decide,
//! one more thing that goes wrong may show it, or a history drawn at random.

use peercircle_core::{CommandKind, KindSet, Stage};

use super::dead::Probe;
use crate::{
    explore::{
        bounds::Bounds,
        model::{Model, Point},
        quietly,
        search::search,
    },
    walk::{Dice, Walk},
};

/// How many histories are drawn.
pub(crate) const HISTORIES: u64 = 150;
/// How many steps each takes at most.
const STEPS: usize = 250;

/// The most states that are looked at with one more thing gone wrong.
const STATES: usize = 150_000;

/// Looks for witnesses until nothing is left that one could speak for, and takes out of `unreached` what one reaches.
pub(super) fn hear(model: &Model, probe: &mut Probe<'_>, unreached: &mut Vec<Stage>) {
    if probe.open().is_empty() && unreached.is_empty() {
        return;
    }
    let bounds = Bounds { troubles: model.bounds().troubles + 1, states: STATES, ..*model.bounds() };
    let wider = Model::new(model.under(), &bounds, &[]);
    let graph = search(&wider, &mut quietly);
    probe.hear(&Probe::of(&wider, &graph));
    unreached.retain(|stage| !graph.known.iter().any(|known| known.stage == *stage));
    draw(model, probe, unreached);
}

/// Draws histories at random.
fn draw(model: &Model, probe: &mut Probe<'_>, unreached: &mut Vec<Stage>) {
    let mut open = probe.open();
    // Where nobody may even form a cycle, there is no history.
    let histories = if model.start().is_some() { HISTORIES } else { 0 };
    for seed in 0..histories {
        if open.is_empty() && unreached.is_empty() {
            return;
        }
        let mut walk = Walk::through(model.under(), seed);
        let mut dice = Dice::new(seed);
        for _ in 0..STEPS {
            if walk.cycle.stage().is_terminal() {
                break;
            }
            let step = walk.next(dice.roll());
            let kinds = open.and(KindSet::at_stage(walk.cycle.stage()));
            if !kinds.is_empty() {
                probe.ask(&Point { cycle: walk.cycle.clone(), now: walk.now, ..model.nothing() }, kinds);
            }
            // What another process allows says nothing about this one.
            if step.command.kind() != CommandKind::MigrateProcess && walk.take(&step).is_accepted() {
                probe.accept(step.command.kind());
            }
            unreached.retain(|stage| *stage != walk.cycle.stage());
        }
        open = probe.open();
    }
}
