//! What a phase gets when it opens: its share of what is left.

use peercircle_core::{PhaseKind, ProcessSpec, SessionKind};

use crate::oracle::sitting::{Running, floor_seconds, planned_seconds};

/// The seconds of `phase`, were it to open now: its own box where all that are left fit, else its part of what is left,
/// to the second; the last gets the remainder, and no phase is pressed below its floor while another can give.
pub(super) fn opening(spec: &ProcessSpec, session: SessionKind, running: &Running, phase: PhaseKind) -> i64 {
    let left = (running.allotted - running.seconds()).max(0);
    let ahead = session.phases().iter().copied().skip_while(|one| *one != phase);
    let boxes: Vec<Share> = ahead
        .map(|one| Share { wish: planned_seconds(spec, session, one), floor: floor_seconds(spec, session, one) })
        .filter(|one| one.wish > 0)
        .collect();
    if boxes.iter().map(|one| one.wish).sum::<i64>() <= left {
        return planned_seconds(spec, session, phase);
    }
    if boxes.iter().map(|one| one.floor).sum::<i64>() >= left {
        let floors: Vec<i64> = boxes.iter().map(|one| one.floor).collect();
        return scaled(&floors, left);
    }
    // Whoever would be pressed below the floor keeps it, and the others share what remains; until nobody is.
    let mut kept: Vec<bool> = boxes.iter().map(|_| false).collect();
    loop {
        let sum = |keeps: bool, of: fn(&Share) -> i64| -> i64 {
            boxes.iter().zip(&kept).filter(|(_, kept)| **kept == keeps).map(|(one, _)| of(one)).sum()
        };
        let (pool, weight) = (left - sum(true, |one| one.floor), sum(false, |one| one.wish));
        let pressed = boxes.iter().zip(&kept).position(|(one, kept)| !kept && one.wish * pool < one.floor * weight);
        if let Some(kept) = pressed.and_then(|at| kept.get_mut(at)) {
            *kept = true;
        } else if kept.first() == Some(&true) {
            return boxes.first().map_or(0, |one| one.floor);
        } else {
            let open = boxes.iter().zip(&kept).filter(|(_, kept)| !**kept);
            return scaled(&open.map(|(one, _)| one.wish).collect::<Vec<_>>(), pool);
        }
    }
}

struct Share {
    wish: i64,
    floor: i64,
}

/// The first one's part of `pool`; all of the remainder where it is the last as well.
fn scaled(weights: &[i64], pool: i64) -> i64 {
    let sum: i64 = weights.iter().sum();
    match weights {
        [_] => pool,
        [first, ..] => (first * pool).checked_div(sum).unwrap_or_default(),
        [] => 0,
    }
}
