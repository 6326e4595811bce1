//! The moves at one point, taken one after the other: what several of them have in common is done once.
//!
//! Each leads where [`Model::after`] says. The point itself is built only for whoever asks for it: most moves lead to a state
//! that is known already.

use peercircle_core::{EventBody, Stage};

use super::{
    bounds::Cost,
    key::{Key, Records},
    model::{Act, Model, Move, Point},
};

/// Where a move leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Led {
    pub(super) key: Key,
    pub(super) stage: Stage,
}

/// A point that was built, and what is known of its members. Large, and handed on: it is boxed once and stays where it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) point: Point,
    pub(super) records: Records,
}

/// The moves at a point, on their way.
pub(super) struct Siblings<'a> {
    model: &'a Model,
    point: &'a Point,
    records: &'a Records,
    /// The chores done last, and where they led if any of them was accepted.
    chores: (&'a [Act], Option<Point>),
    last: Option<Last<'a>>,
    /// Where the last move led, where that has been built.
    reached: Option<Box<Reached>>,
    /// One that was built before and that nobody asked for, to be built anew.
    spare: Option<Box<Reached>>,
}

/// The last command that was accepted.
struct Last<'a> {
    chores: &'a [Act],
    act: &'a Act,
    cost: Cost,
    led: Led,
}

impl<'a> Siblings<'a> {
    pub(super) const fn new(model: &'a Model, point: &'a Point, records: &'a Records) -> Self {
        Self { model, point, records, chores: (&[], None), last: None, reached: None, spare: None }
    }

    /// Where a move leads; nothing where the bounds or the rules don't allow it.
    pub(super) fn lead(&mut self, taken: &'a Move) -> Option<Led> {
        self.spare = self.reached.take().or_else(|| self.spare.take());
        if !self.model.watchers.properties().is_empty() {
            // Properties look at every step.
            let point = self.model.after(self.point, taken)?;
            return Some(self.built(Box::new(Reached { point, records: [0; 16] })));
        }
        match taken {
            Move::Wait { until, cost, .. } => {
                let spent = self.point.spent.and(*cost, self.model.bounds())?;
                let key = self.model.key_when(self.point, *until, spent, self.records);
                Some(Led { key, stage: self.point.cycle.stage() })
            }
            Move::Give { chores, act, cost } => self.give(chores, act, *cost),
        }
    }

    /// The point that the last move led to, which was this one, and its records.
    pub(super) fn point(&mut self, taken: &Move) -> Option<Box<Reached>> {
        self.reached.take().or_else(|| {
            let point = self.model.after(self.point, taken)?;
            let waits = matches!(taken, Move::Wait { .. });
            let records = if waits { *self.records } else { self.model.records(&point) };
            Some(Box::new(Reached { point, records }))
        })
    }

    fn give(&mut self, chores: &'a [Act], act: &'a Act, cost: Cost) -> Option<Led> {
        let spent = self.point.spent.and(cost, self.model.bounds())?;
        self.after_chores(chores)?;
        let here = self.chores.1.as_ref().unwrap_or(self.point);
        // Whoever gives it, what happens is the same: of who gave it, rules read whether they may.
        if let Some(last) = &self.last
            && last.cost == cost
            && last.act.command == act.command
            && last.chores == chores
        {
            return self.model.permits(here, act).then_some(last.led);
        }
        let events = self.model.accepted(here, act)?;
        let led = match events.last().and_then(|event| end(&event.body)).and_then(|stage| self.model.key_of_end(stage)) {
            Some((key, stage)) => Led { key, stage },
            None => {
                let mut next = match self.spare.take() {
                    Some(mut spare) => {
                        spare.point.clone_from(here);
                        spare
                    }
                    None => Box::new(Reached { point: here.clone(), records: [0; 16] }),
                };
                self.model.carry_out(&mut next.point, act, &events)?;
                self.model.spend(&mut next.point, spent);
                self.built(next)
            }
        };
        self.last = Some(Last { chores, act, cost, led });
        Some(led)
    }

    /// Does the chores of a move, unless they were those of the last one.
    fn after_chores(&mut self, chores: &'a [Act]) -> Option<()> {
        if self.chores.0 == chores {
            return Some(());
        }
        self.chores = (&[], None);
        let mut reached: Option<Point> = None;
        for chore in chores {
            if let Some(events) = self.model.accepted(reached.as_ref().unwrap_or(self.point), chore) {
                self.model.carry_out(reached.get_or_insert_with(|| self.point.clone()), chore, &events)?;
            }
        }
        self.chores = (chores, reached);
        Some(())
    }

    fn built(&mut self, mut next: Box<Reached>) -> Led {
        next.records = self.model.records(&next.point);
        let led = Led { key: self.model.key_of(&next.point, &next.records), stage: next.point.cycle.stage() };
        self.reached = Some(next);
        led
    }
}

/// The stage of a cycle that ends with this.
const fn end(body: &EventBody) -> Option<Stage> {
    match body {
        EventBody::CycleCancelled { .. } => Some(Stage::Cancelled),
        EventBody::CycleCompleted {} => Some(Stage::Completed),
        EventBody::CycleLapsed {} => Some(Stage::Lapsed),
        EventBody::CycleTerminated { .. } => Some(Stage::Terminated),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use peercircle_core::Process;

    use super::*;
    use crate::explore::{Bounds, Reductions};

    /// Every move at the first few thousand states leads where the model says.
    fn agree(bounds: Bounds) {
        let model = Model::new(&Process::default(), &bounds, &[]);
        let start = model.start().expect("a cycle can be formed");
        let mut seen = BTreeSet::from([model.key(&start)]);
        let mut open = vec![start];
        let mut at = 0;
        while let Some(point) = open.get(at).cloned().filter(|_| at < 4000) {
            at += 1;
            let moves = model.moves(&point);
            let records = model.records(&point);
            let mut siblings = Siblings::new(&model, &point, &records);
            for taken in &moves {
                let led = siblings.lead(taken);
                let next = model.after(&point, taken);
                let said = next.as_ref().map(|next| Led { key: model.key(next), stage: next.cycle.stage() });
                assert_eq!(led, said, "{taken:?}");
                if let Some(next) = next {
                    let built = Reached { records: model.records(&next), point: next.clone() };
                    assert_eq!(siblings.point(taken).as_deref(), Some(&built), "{taken:?}");
                    if seen.insert(model.key(&next)) {
                        open.push(next);
                    }
                }
            }
        }
        assert!(at > 1000, "{at} states");
    }

    #[test]
    fn moves_lead_where_the_model_says() {
        agree(Bounds { members: 4, late: 0, ..Bounds::default() });
        agree(Bounds { members: 4, leaving: 2, absent: 0, troubles: 2, ..Bounds::default() });
        agree(Bounds { members: 4, reductions: Reductions::NONE, ..Bounds::default() });
    }
}
