//! The calmest way to each state: of all ways there one on which the least goes wrong. Who reads a story asks at every mishap what
//! it has to do with the end.

use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
};

use super::shorten::Steps;
use crate::explore::{
    graph::Graph,
    model::{Act, Model, Move, Point},
};

/// From where each state is reached with the fewest mishaps.
pub(super) struct Calm {
    before: Vec<u32>,
    mishaps: Vec<u8>,
    /// The ways to many states begin alike.
    known: RefCell<Known>,
}

/// By which move each of some states was come to, and where: as many as there is room for.
struct Known {
    steps: BTreeMap<usize, (Move, Point)>,
    /// The bytes of a step beside what its chores take.
    each: usize,
    bytes: usize,
    room: usize,
}

/// The most room that is used, however much there is.
const ROOM: usize = 32 << 20;

impl Calm {
    pub(super) fn of(model: &Model, graph: &Graph) -> Self {
        let states = graph.states();
        let (before, mishaps) = (vec![0; states], vec![u8::MAX; states]);
        let taken = graph.bytes() + size_of_val(&*before) + size_of_val(&*mishaps);
        let known = RefCell::new(Known::within(model.bounds().memory.saturating_sub(taken), model.watchers.bytes()));
        let mut calm = Self { before, mishaps, known };
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
        let mut here = start;
        for state in states.into_iter().rev() {
            let step = known.steps.get(&state).cloned().or_else(|| {
                let step = model.moves(&here).into_iter().find_map(|taken| {
                    let next = model.after(&here, &taken)?;
                    let there = graph.find(model.key(&next)).and_then(|at| usize::try_from(at).ok()) == Some(state);
                    there.then_some((taken, next))
                });
                step.inspect(|step| known.keep(state, step))
            });
            // The state before was found by another way, and by this one somebody else is the next to speak: then the way that was
            // found first, which leads there in any case.
            let Some((taken, next)) = step else { return u32::try_from(at).map_or(way, |at| graph.way(model, at)) };
            way.push((std::mem::replace(&mut here, next), taken));
        }
        way
    }
}

impl Known {
    /// For points that keep so many bytes on the heap.
    fn within(room: usize, heap: usize) -> Self {
        // A node of the tree is half empty at worst.
        let each = 2 * size_of::<(usize, (Move, Point))>() + heap;
        Self { steps: BTreeMap::new(), each, bytes: 0, room: room.min(ROOM) }
    }

    /// Keeps how a state was come to; where there is no room for it any more, instead of all that was kept so far.
    fn keep(&mut self, state: usize, step: &(Move, Point)) {
        let chores = match &step.0 {
            Move::Give { chores, .. } => chores.len() * size_of::<Act>(),
            Move::Wait { .. } => 0,
        };
        let bytes = self.each + chores;
        if self.bytes + bytes > self.room {
            self.steps.clear();
            self.bytes = 0;
        }
        if bytes <= self.room {
            self.steps.insert(state, step.clone());
            self.bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use peercircle_core::{Process, ProcessSpec, TurnOrder};

    use super::*;
    use crate::explore::{
        Bounds,
        answer::knots::{find, last},
        quietly,
        search::search,
    };

    #[test]
    fn what_is_kept_of_ways_stays_within_the_memory_and_changes_none() {
        let bounds = Bounds { members: 4, leaving: 0, absent: 1, late: 0, troubles: 0, ..Bounds::default() };
        let model = Model::new(Process::default(), &bounds, &[]);
        let graph = search(&model, &mut quietly);
        let ways = |memory| {
            let model = model.within(&Bounds { memory, ..bounds });
            let calm = Calm::of(&model, &graph);
            let all: Vec<_> = (0..graph.states()).step_by(23).map(|at| calm.way(&model, &graph, at)).collect();
            let known = calm.known.into_inner();
            assert!(known.bytes <= known.room && known.steps.len() * known.each <= known.bytes, "{memory}");
            (all, known)
        };
        let (all, roomy) = ways(bounds.memory);
        let (longest, each) = (all.iter().map(Vec::len).max().unwrap_or(0), roomy.each);
        assert!(longest > 40 && roomy.steps.len() > 2 * longest, "{longest}, {}", roomy.steps.len());
        // As much as the states take and no more, and beside that some steps of one way only.
        let taken = graph.bytes() + graph.states() * 5;
        let (none, narrow) = (ways(taken), ways(taken + 20 * each));
        assert!(none.1.steps.is_empty() && (1..=20).contains(&narrow.1.steps.len()), "{}", narrow.1.steps.len());
        assert!(none.0 == all && narrow.0 == all);
    }

    #[test]
    fn every_way_leads_to_its_state() {
        for order in [TurnOrder::Fixed, TurnOrder::LeastSpokenFirst] {
            let mut spec = ProcessSpec::default();
            spec.turns.order = order;
            spec.group.minimum = 3;
            let bounds = Bounds { members: 3, leaving: 0, absent: 1, late: 1, troubles: 0, ..Bounds::default() };
            let model = Model::new(Process::new(spec).expect("it is valid"), &bounds, &[]);
            let graph = search(&model, &mut quietly);
            let calm = Calm::of(&model, &graph);
            for at in 1..graph.states() {
                let way = calm.way(&model, &graph, at);
                assert_eq!(find(&model, &graph, &last(&model, &way)), Some(at), "{order:?}");
            }
        }
    }
}
