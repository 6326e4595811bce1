//! How far walks get: properties over cycles that never leave the welcome would prove little.

use std::collections::BTreeMap;

use peercircle_core::{CommandKind, Stage};

use crate::walk::{Dice, Walk};

#[test]
fn walks_reach_every_stage_and_every_kind_of_command() {
    let (mut visited, mut accepted, mut ends) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for seed in 0..300 {
        let (mut walk, mut draws) = (Walk::new(seed), Dice::new(seed ^ 0x00c0_ffee));
        for _ in 0..500 {
            let step = walk.next(draws.roll());
            walk.take(&step);
        }
        for (stage, count) in walk.visited {
            *visited.entry(stage).or_insert(0) += count;
        }
        for (kind, count) in walk.accepted {
            *accepted.entry(kind).or_insert(0) += count;
        }
        *ends.entry(walk.cycle.stage()).or_insert(0) += 1;
    }
    let missed: Vec<_> =
        Stage::ALL.iter().filter(|stage| **stage != Stage::Unformed && !visited.contains_key(*stage)).collect();
    let never: Vec<_> = CommandKind::ALL.iter().filter(|kind| !accepted.contains_key(*kind)).collect();
    assert!(
        missed.is_empty() && never.is_empty(),
        "never reached: {missed:?}\nnever accepted: {never:?}\nsteps at a stage: {visited:#?}\naccepted: {accepted:#?}\nwhere walks ended: {ends:#?}"
    );
    let whole: usize = ends.get(&Stage::Completed).copied().unwrap_or_default();
    assert!(whole >= 10, "only {whole} of 300 walks completed: {ends:#?}");
}
