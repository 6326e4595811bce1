//! The calmest way to each state: of all ways there one on which the least goes wrong. Who reads a story asks at every mishap what
//! it has to do with the end.

use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque, btree_map::Entry},
};

use super::shorten::Steps;
use crate::explore::{
    graph::Graph,
    model::{Model, Move, Point},
};

/// From where each state is reached with the fewest mishaps.
pub(super) struct Calm {
    before: Vec<u32>,
    mishaps: Vec<u8>,
    /// By which move each of some states was come to, and where: the ways to many states begin alike.
    known: RefCell<BTreeMap<usize, (Move, Point)>>,
}

/// Of how many states that is kept at most.
const KNOWN: usize = 20_000;

impl Calm {
    pub(super) fn of(graph: &Graph) -> Self {
        let mut calm =
            Self { before: vec![0; graph.states()], mishaps: vec![u8::MAX; graph.states()], known: RefCell::default() };
        let (mut open, mut worse) = (VecDeque::from([0]), VecDeque::new());
        calm.reach(0, 0, 0);
        // Of states with as many mishaps, those a move away first.
        for mishaps in 0..u8::MAX {
            while let Some(at) = open.pop_front() {
                // Found with fewer since.
                if calm.mishaps(at) < mishaps {
                    continue;
                }
                for next in graph.next(at).iter().filter_map(|to| usize::try_from(*to).ok()) {
                    let known = graph.known.get(at).zip(graph.known.get(next));
                    let goes_wrong = known.is_some_and(|(at, next)| at.pays_for(next));
                    let many = mishaps + u8::from(goes_wrong);
                    if many < calm.mishaps(next) {
                        calm.reach(next, at, many);
                        let later = if goes_wrong { &mut worse } else { &mut open };
                        later.push_back(next);
                    }
                }
            }
            std::mem::swap(&mut open, &mut worse);
            if open.is_empty() {
                break;
            }
        }
        calm
    }

    fn reach(&mut self, at: usize, before: usize, mishaps: u8) {
        if let (Some(from), Some(many)) = (self.before.get_mut(at), self.mishaps.get_mut(at)) {
            (*from, *many) = (u32::try_from(before).unwrap_or_default(), mishaps);
        }
    }

    /// How much goes wrong on the way to a state.
    pub(super) fn mishaps(&self, at: usize) -> u8 {
        self.mishaps.get(at).copied().unwrap_or(u8::MAX)
    }

    /// The state before a state; nothing of the first.
    pub(super) fn before(&self, at: usize) -> Option<usize> {
        self.before.get(at).filter(|_| at > 0).and_then(|before| usize::try_from(*before).ok())
    }

    /// The way to a state.
    pub(super) fn way(&self, model: &Model, graph: &Graph, at: usize) -> Steps {
        let mut states: Vec<usize> = std::iter::successors(Some(at), |at| self.before(*at)).collect();
        // The first is where the cycle is formed.
        states.pop();
        let mut way = graph.way(model, 0);
        let Some(start) = model.start() else { return way };
        let mut known = self.known.borrow_mut();
        if known.len() > KNOWN {
            known.clear();
        }
        let mut here = start;
        for state in states.into_iter().rev() {
            let (taken, next) = match known.entry(state) {
                Entry::Occupied(step) => step.get().clone(),
                Entry::Vacant(empty) => {
                    let leads = model.moves(&here).into_iter().find_map(|taken| {
                        let next = model.after(&here, &taken)?;
                        let there = graph.find(model.key(&next)).and_then(|at| usize::try_from(at).ok()) == Some(state);
                        there.then_some((taken, next))
                    });
                    // The state before was found by another way, and by this one somebody else is the next to speak: then the way
                    // that was found first, which leads there in any case.
                    let Some(step) = leads else { return u32::try_from(at).map_or(way, |at| graph.way(model, at)) };
                    empty.insert(step).clone()
                }
            };
            way.push((std::mem::replace(&mut here, next), taken));
        }
        way
    }
}

#[cfg(test)]
mod tests {
    use peercircle_core::{Process, ProcessSpec, TurnOrder};

    use super::Calm;
    use crate::explore::{
        Bounds,
        answer::knots::{find, last},
        model::Model,
        quietly,
        search::search,
    };

    #[test]
    fn every_way_leads_to_its_state() {
        for order in [TurnOrder::Fixed, TurnOrder::LeastSpokenFirst] {
            let mut spec = ProcessSpec::default();
            spec.turns.order = order;
            spec.group.minimum = 3;
            let bounds = Bounds { members: 3, leaving: 0, absent: 1, late: 1, troubles: 0, ..Bounds::default() };
            let model = Model::new(Process::new(spec).expect("it is valid"), &bounds, &[]);
            let graph = search(&model, &mut quietly);
            let calm = Calm::of(&graph);
            for at in 1..graph.states() {
                let way = calm.way(&model, &graph, at);
                assert_eq!(find(&model, &graph, &last(&model, &way)), Some(at), "{order:?}");
            }
        }
    }
}
