//! Shorter ways: what a way can do without is left out before it is told.

use peercircle_core::{Command, CommandKind};

use super::knots::last;
use crate::explore::{
    bounds::Cost,
    model::{Model, Move, Point},
    tale,
};

/// A way: what is done at which point.
pub(super) type Steps = Vec<(Point, Move)>;

/// The longest run of moves that is left out at once, those aside that are a half of the way, a quarter, and so on.
const RUN: usize = 8;
/// How often it is gone through again, as leaving one thing out may make another needless.
const ROUNDS: usize = 3;

/// The way without the moves and chores that it can do without: what is left can be followed, and `keeps` what it is told for where
/// it ends. `offers` is the model whose moves are looked at for another date or hour where one was left out.
pub(super) fn shorten(model: &Model, offers: &Model, mut way: Steps, keeps: &dyn Fn(&Point) -> bool) -> Steps {
    for _ in 0..ROUNDS {
        let before = way.len();
        for size in sizes(before) {
            let mut at = way.len();
            while at > 0 {
                at -= 1;
                let Some(rest) = way.get(at + size..) else { continue };
                if let Some(shorter) = instead(model, offers, &way, at, rest.iter().map(|(_, taken)| taken), keeps) {
                    way = shorter;
                }
            }
        }
        if way.len() == before {
            break;
        }
    }
    without_chores(model, offers, way, keeps)
}

/// How many moves are left out at once: first many, then few.
fn sizes(moves: usize) -> Vec<usize> {
    let halves = std::iter::successors(Some(moves / 2), |size| Some(size / 2)).take_while(|size| *size > RUN);
    halves.chain((1..=RUN).rev()).collect()
}

/// The way without the chores that nothing needs.
fn without_chores(model: &Model, offers: &Model, mut way: Steps, keeps: &dyn Fn(&Point) -> bool) -> Steps {
    for at in 0..way.len() {
        let many = way.get(at).map_or(0, |(_, taken)| taken.chores().len());
        for nth in (0..many).rev() {
            let mut rest: Vec<Move> = way.iter().skip(at).map(|(_, taken)| taken.clone()).collect();
            if let Some(Move::Give { chores, .. }) = rest.first_mut()
                && nth < chores.len()
            {
                chores.remove(nth);
            }
            if let Some(shorter) = instead(model, offers, &way, at, rest.iter(), keeps) {
                way = shorter;
            }
        }
    }
    way
}

/// The way whose moves from `at` on are these, where they can be followed and it keeps what it is told for.
fn instead<'a>(
    model: &Model,
    offers: &Model,
    way: &[(Point, Move)],
    at: usize,
    rest: impl Iterator<Item = &'a Move>,
    keeps: &dyn Fn(&Point) -> bool,
) -> Option<Steps> {
    let (from, _) = way.get(at)?;
    let (steps, end) = follow(model, offers, from, rest)?;
    if !keeps(&end) {
        return None;
    }
    let shorter: Steps = way.iter().take(at).cloned().chain(steps).collect();
    // Whoever doesn't come has fewer turns to take, and yet makes a history no simpler.
    let ((mishaps, unusual, _), (before, usual, _)) = (weight(model, &shorter), weight(model, way));
    ((mishaps, unusual) <= (before, usual)).then_some(shorter)
}

/// These moves from here, and where they lead; nothing where one of them isn't possible any more.
pub(super) fn follow<'a>(
    model: &Model,
    offers: &Model,
    from: &Point,
    moves: impl Iterator<Item = &'a Move>,
) -> Option<(Steps, Point)> {
    let mut here = from.clone();
    let mut steps = Vec::new();
    for taken in moves {
        let taken = fitted(offers, &here, taken)?;
        let next = model.after(&here, &taken)?;
        steps.push((std::mem::replace(&mut here, next), taken));
    }
    Some((steps, here))
}

/// The same move here: what is waited for may come at another time, and a date is another one.
fn fitted(offers: &Model, point: &Point, taken: &Move) -> Option<Move> {
    match taken {
        Move::Wait { why, cost, .. } => offers.moves(point).into_iter().find_map(|other| match other {
            Move::Wait { until, why: other, .. } if other == *why => Some(Move::Wait { until, why: *why, cost: *cost }),
            Move::Wait { .. } | Move::Give { .. } => None,
        }),
        Move::Give { chores, act, cost } if dates(act.command.kind()) => {
            let same = |other: &Command| other.kind() == act.command.kind() && session(other) == session(&act.command);
            let other = offers.moves(point).into_iter().find_map(|other| match other {
                Move::Give { act: other, .. } if other.by == act.by && same(&other.command) => Some(other),
                Move::Give { .. } | Move::Wait { .. } => None,
            });
            Some(Move::Give { chores: chores.clone(), act: other.unwrap_or_else(|| act.clone()), cost: *cost })
        }
        // Doors could open days before the session: nobody does that.
        Move::Give { act, .. } if act.command.kind() == CommandKind::OpenSession => {
            let open = |other: &Move| other.kind() == Some(CommandKind::OpenSession);
            offers.moves(point).iter().any(open).then(|| taken.clone())
        }
        Move::Give { .. } => Some(taken.clone()),
    }
}

/// Whether a kind of command sets a date.
const fn dates(kind: CommandKind) -> bool {
    matches!(kind, CommandKind::ScheduleSession | CommandKind::RescheduleSession | CommandKind::PromiseDate)
}

/// The session that a date is set for.
fn session(command: &Command) -> Option<peercircle_core::SessionKind> {
    if let Command::ScheduleSession { session, .. } | Command::RescheduleSession { session, .. } = command {
        Some(*session)
    } else {
        None
    }
}

/// How much a way asks of whoever reads it: the mishaps, what else is out of the ordinary, and the moves. The least is the best.
pub(super) fn weight(model: &Model, way: &[(Point, Move)]) -> (usize, usize, usize) {
    let mishaps = way.iter().filter(|(_, taken)| match taken {
        Move::Give { cost, .. } | Move::Wait { cost, .. } => *cost != Cost::Free,
    });
    let end = last(model, way);
    let after = way.iter().skip(1).map(|(point, _)| point).chain([&end]);
    let begun_without =
        way.iter().zip(after).filter(|((before, _), after)| model.missing(&after.cycle) > model.missing(&before.cycle));
    (mishaps.count() + begun_without.count(), unusual(model, way).len(), way.len())
}

/// The kinds that are given on a way beside what is always given, one after the other.
pub(super) fn unusual(model: &Model, way: &[(Point, Move)]) -> Vec<CommandKind> {
    let mut kinds = Vec::new();
    for (point, taken) in way.iter().filter(|(_, taken)| taken.kind().is_some()) {
        model.follow(point, taken, &mut |before, act| {
            if !tale::is_usual(before, act) {
                kinds.push(act.command.kind());
            }
        });
    }
    kinds
}
