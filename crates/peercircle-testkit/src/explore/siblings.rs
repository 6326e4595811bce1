//! The moves at one point, taken one after the other: what several of them have in common is done once.
//!
//! Each leads where [`Model::after`] says. The point itself is built only for whoever asks for it: most moves lead to a state
//! that is known already.

use peercircle_core::{Event, KindSet, Stage};

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

/// A point that was built, and what is known of its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) point: Point,
    pub(super) records: Records,
    /// Where the cycle goes on, where it is suspended and that is known from a state that differs in votes alone.
    pub(super) on: Option<Led>,
}

impl Reached {
    pub(super) const fn new(point: Point, records: Records) -> Self {
        Self { point, records, on: None }
    }
}

/// The moves at a point, on their way.
pub(super) struct Siblings<'a> {
    model: &'a Model,
    point: &'a Point,
    records: &'a Records,
    /// The chores done last, and where they led if any of them was accepted.
    chores: (&'a [Act], Option<Box<Reached>>),
    /// The kinds of the chores that were done.
    pub(super) done: KindSet,
    last: Option<Last<'a>>,
    /// Where the cycle goes on, where it was suspended and that was asked.
    on: Option<Led>,
    /// Where the last move led, where that has been built.
    reached: Option<Box<Reached>>,
    spare: &'a mut Spare,
}

/// Points that nobody needs any more, to be built anew, and room for events: few, and used over and over, so that they stay near.
pub(super) struct Spare {
    #[expect(clippy::vec_box, reason = "large, and handed on: each is boxed once and stays where it is")]
    points: Vec<Box<Reached>>,
    events: Vec<Event>,
}

impl Spare {
    pub(super) const fn new() -> Self {
        Self { points: Vec::new(), events: Vec::new() }
    }

    /// A point that is anything, and as large as this one.
    fn take(&mut self, like: &Point) -> Box<Reached> {
        self.points.pop().unwrap_or_else(|| Box::new(Reached::new(like.clone(), [0; 16])))
    }

    /// A point that isn't needed any more.
    fn keep(&mut self, one: Option<Box<Reached>>) {
        self.points.extend(one);
    }
}

/// The last command that was accepted.
struct Last<'a> {
    chores: &'a [Act],
    act: &'a Act,
    cost: Cost,
    led: Led,
}

impl<'a> Siblings<'a> {
    pub(super) const fn new(model: &'a Model, here: &'a Reached, spare: &'a mut Spare) -> Self {
        let Reached { point, records, on } = here;
        Self { model, point, records, chores: (&[], None), done: KindSet::EMPTY, last: None, on: *on, reached: None, spare }
    }

    /// Where a move leads; nothing where the bounds or the rules don't allow it.
    pub(super) fn lead(&mut self, taken: &'a Move) -> Option<Led> {
        self.spare.keep(self.reached.take());
        if !self.model.watchers.properties().is_empty() {
            // Properties look at every step.
            let point = self.model.after(self.point, taken)?;
            let mut reached = self.spare.take(self.point);
            *reached = Reached::new(point, [0; 16]);
            return Some(self.built(reached));
        }
        match taken {
            Move::Wait { until, cost, .. } => {
                let spent = self.point.spent.and(*cost, self.model.bounds())?;
                let (key, _) = self.model.key_when(self.point, *until, spent, self.records);
                Some(Led { key, stage: self.point.cycle.stage() })
            }
            Move::Give { chores, act, cost } => self.give(chores, act, *cost),
        }
    }

    /// Where a suspended cycle goes on, whoever decides it: by this move, which is accepted.
    pub(super) fn lead_on(&mut self, taken: &'a Move) -> Option<Led> {
        if self.on.is_none() {
            self.on = self.lead(taken);
        } else {
            self.spare.keep(self.reached.take());
        }
        self.on
    }

    /// Where a move leads that votes, with these events where they are known: the cycle goes on where it would have without.
    pub(super) fn lead_to_vote(&mut self, taken: &'a Move, events: &mut Vec<Event>) -> Option<Led> {
        let led = if events.is_empty() {
            *events = self.model.events(self.point, taken);
            self.lead(taken)
        } else {
            self.repeat(events)
        };
        if let Some(reached) = &mut self.reached {
            reached.on = self.on;
        }
        led
    }

    /// The point that the last move led to, where it has been built for that, and its records.
    pub(super) const fn reached(&mut self) -> Option<Box<Reached>> {
        self.reached.take()
    }

    /// The point that a move leads to, and its records.
    pub(super) fn point(&mut self, taken: &Move) -> Option<Box<Reached>> {
        if let Move::Wait { until, cost, .. } = taken
            && self.model.watchers.properties().is_empty()
        {
            let mut next = self.spare.take(self.point);
            next.point.cycle.clone_from(&self.point.cycle);
            let spent = self.point.spent.and(*cost, self.model.bounds())?;
            let (_, records) = self.model.key_when(self.point, *until, spent, self.records);
            (next.point.now, next.point.spent) = (*until, spent);
            (next.records, next.on) = (records, None);
            return Some(next);
        }
        let point = self.model.after(self.point, taken)?;
        let records = self.model.records(&point);
        let mut next = self.spare.take(self.point);
        *next = Reached::new(point, records);
        Some(next)
    }

    /// A point that nobody needs any more.
    pub(super) fn keep(&mut self, one: Option<Box<Reached>>) {
        self.spare.keep(one);
    }

    /// Nothing more is asked here.
    pub(super) fn end(mut self) {
        self.spare.keep(self.reached.take());
        self.spare.keep(self.chores.1.take());
    }

    fn give(&mut self, chores: &'a [Act], act: &'a Act, cost: Cost) -> Option<Led> {
        let spent = self.point.spent.and(cost, self.model.bounds())?;
        self.after_chores(chores);
        let here = self.chores.1.as_ref().map_or(self.point, |reached| &reached.point);
        // Whoever gives it, what happens is the same: of who gave it, rules read whether they may.
        if let Some(last) = &self.last
            && last.cost == cost
            && last.act.command == act.command
            && last.chores == chores
        {
            return self.model.permits(here, act).then_some(last.led);
        }
        let mut next = self.spare.take(here);
        if !self.model.lead(here, act, &mut next.point, &mut self.spare.events) {
            self.spare.keep(Some(next));
            return None;
        }
        self.model.spend(&mut next.point, spent);
        let led = self.built(next);
        self.last = Some(Last { chores, act, cost, led });
        Some(led)
    }

    /// Where events lead that cost nothing.
    fn repeat(&mut self, events: &mut [Event]) -> Option<Led> {
        self.spare.keep(self.reached.take());
        let mut next = self.spare.take(self.point);
        if self.model.repeat(self.point, events, &mut next.point) {
            self.model.spend(&mut next.point, self.point.spent);
            return Some(self.built(next));
        }
        self.spare.keep(Some(next));
        None
    }

    /// Does the chores of a move, unless they were those of the last one.
    fn after_chores(&mut self, chores: &'a [Act]) {
        if self.chores.0 == chores {
            return;
        }
        self.spare.keep(self.chores.1.take());
        let mut reached: Option<Box<Reached>> = None;
        for chore in chores {
            let here = reached.as_ref().map_or(self.point, |reached| &reached.point);
            let mut next = self.spare.take(here);
            let done = self.model.lead(here, chore, &mut next.point, &mut self.spare.events);
            if done {
                self.done.insert(chore.command.kind());
            }
            self.spare.keep(if done { reached.replace(next) } else { Some(next) });
        }
        self.chores = (chores, reached);
    }

    fn built(&mut self, mut next: Box<Reached>) -> Led {
        self.model.record(&next.point, &mut next.records);
        next.on = None;
        let led = Led { key: self.model.key_of(&next.point, &next.records), stage: next.point.cycle.stage() };
        self.reached = Some(next);
        led
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
        let model = Model::new(Process::default(), &bounds, &[]);
        let start = model.start().expect("a cycle can be formed");
        let mut seen = BTreeSet::from([model.key(&start)]);
        let mut open = vec![start];
        let mut at = 0;
        while let Some(point) = open.get(at).cloned().filter(|_| at < 4000) {
            at += 1;
            let moves = model.moves(&point);
            let records = model.records(&point);
            let (here, mut spare) = (Reached::new(point.clone(), records), Spare::new());
            let mut siblings = Siblings::new(&model, &here, &mut spare);
            for taken in &moves {
                let led = siblings.lead(taken);
                let next = model.after(&point, taken);
                let said = next.as_ref().map(|next| Led { key: model.key(next), stage: next.cycle.stage() });
                assert_eq!(led, said, "{taken:?}");
                if let Some(next) = next {
                    let built = Reached::new(next.clone(), model.records(&next));
                    let reached = siblings.reached().or_else(|| siblings.point(taken));
                    assert_eq!(reached.as_deref(), Some(&built), "{taken:?}");
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
