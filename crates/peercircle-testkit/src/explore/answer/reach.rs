//! What each state can still reach: the graph of moves, walked backwards from the ends.

use std::sync::Arc;

use peercircle_core::Stage;

use super::Ends;
use crate::explore::graph::{Graph, Known};

/// What each state can still reach.
#[derive(Clone)]
pub(in crate::explore) struct Reach {
    ends: Vec<u8>,
    /// The same before any way out was found.
    alone: Arc<[u8]>,
    backwards: Arc<Backwards>,
}

/// The cycle can still be completed.
const COMPLETE: u8 = 1;
/// The cycle can still end, well or not.
const END: u8 = 2;

impl Reach {
    /// `stops` where nothing of the process hinders anyone from ending a running cycle early.
    pub(in crate::explore) fn of(graph: &Graph, stops: bool) -> Self {
        let ends = graph.known.iter().map(|Known { stage, endable, .. }| {
            let complete = if *stage == Stage::Completed { COMPLETE } else { 0 };
            complete | if stage.is_terminal() || stops && *endable { END } else { 0 }
        });
        let (ends, backwards) = (ends.collect(), Arc::new(Backwards::of(graph)));
        let mut reach = Self { ends, alone: Arc::new([]), backwards };
        reach.look_ahead(graph);
        reach.go_back(graph, (0..reach.ends.len()).filter(|at| reach.completes(*at)).collect());
        reach.alone = reach.ends.as_slice().into();
        reach
    }

    /// Whether the cycle can be completed from this state without any exception.
    pub(super) fn completes_alone(&self, at: usize) -> bool {
        self.alone.get(at).is_some_and(|ends| ends & COMPLETE != 0)
    }

    /// Whether the cycle can still be completed from this state, nothing more going wrong: that somebody leaves or stays away is no
    /// way on that a group can take.
    pub(super) fn completes(&self, at: usize) -> bool {
        self.at(at) & COMPLETE != 0
    }

    /// Whether the cycle can still end from this state, well or not.
    pub(super) fn ends_from(&self, at: usize) -> bool {
        self.at(at) & END != 0
    }

    /// A way out of this state has been found, which the graph doesn't have.
    pub(super) fn rescue(&mut self, graph: &Graph, at: usize, completes: bool) {
        if let Some(ends) = self.ends.get_mut(at) {
            *ends |= if completes { COMPLETE | END } else { END };
        }
        self.go_back(graph, vec![at]);
    }

    /// Of states that can't end themselves, those that lead to one that can. That is nearly all of them, so that it is quicker to
    /// look where they lead than what leads to all the others.
    fn look_ahead(&mut self, graph: &Graph) {
        let mut left: Vec<usize> = (0..self.ends.len()).rev().filter(|at| !self.ends_from(*at)).collect();
        loop {
            let before = left.len();
            left.retain(|at| {
                let ends = graph.next(*at).iter().any(|to| usize::try_from(*to).is_ok_and(|to| self.ends_from(to)));
                if let Some(here) = self.ends.get_mut(*at).filter(|_| ends) {
                    *here |= END;
                }
                !ends
            });
            if left.len() == before {
                return;
            }
        }
    }

    /// What leads to these states can reach what they can, and so on.
    fn go_back(&mut self, graph: &Graph, mut open: Vec<usize>) {
        while let Some(at) = open.pop() {
            let Some(here) = graph.known.get(at) else { continue };
            for from in self.backwards.before(at) {
                let from = usize::try_from(*from).unwrap_or(usize::MAX);
                let wrong = graph.known.get(from).is_some_and(|before| before.pays_for(here));
                let ends = if wrong { self.at(at) & END } else { self.at(at) };
                if let Some(before) = self.ends.get_mut(from).filter(|before| **before | ends != **before) {
                    *before |= ends;
                    open.push(from);
                }
            }
        }
    }

    fn at(&self, at: usize) -> u8 {
        self.ends.get(at).copied().unwrap_or_default()
    }

    pub(super) fn ends(&self, graph: &Graph) -> Ends {
        let mut ends = Ends::default();
        for (reached, Known { stage, enough, .. }) in self.ends.iter().zip(&graph.known) {
            match (reached & COMPLETE != 0, reached & END != 0, enough) {
                _ if stage.is_terminal() => {}
                (true, _, _) => ends.complete += 1,
                (false, false, _) => ends.stuck += 1,
                (false, true, true) => ends.lost += 1,
                (false, true, false) => ends.early += 1,
            }
        }
        ends
    }
}

/// The graph's moves turned round, one list after the other.
struct Backwards {
    lists: Vec<u32>,
    from: Vec<u32>,
}

impl Backwards {
    fn of(graph: &Graph) -> Self {
        let mut lists = vec![0_u32; graph.states() + 1];
        each_move(graph, |_, to| {
            if let Some(count) = lists.get_mut(to + 1) {
                *count += 1;
            }
        });
        let mut sum = 0;
        for count in &mut lists {
            sum += *count;
            *count = sum;
        }
        let mut all = vec![0; usize::try_from(sum).unwrap_or_default()];
        let mut next = lists.clone();
        each_move(graph, |from, to| {
            if let Some(slot) = next.get_mut(to) {
                if let Some(one) = usize::try_from(*slot).ok().and_then(|at| all.get_mut(at)) {
                    *one = from;
                }
                *slot += 1;
            }
        });
        Self { lists, from: all }
    }

    /// The states from which a move leads to this one.
    fn before(&self, at: usize) -> &[u32] {
        let bound = |at: usize| self.lists.get(at).and_then(|at| usize::try_from(*at).ok());
        bound(at).zip(bound(at + 1)).and_then(|(low, high)| self.from.get(low..high)).unwrap_or_default()
    }
}

/// Tells from which state to which each move leads; of moves one after the other that lead to the same, of one.
fn each_move(graph: &Graph, mut tell: impl FnMut(u32, usize)) {
    for (from, at) in (0..).zip(0..graph.states()) {
        let mut last = None;
        for to in graph.next(at) {
            if last.replace(to) != Some(to)
                && let Ok(to) = usize::try_from(*to)
            {
                tell(from, to);
            }
        }
    }
}
