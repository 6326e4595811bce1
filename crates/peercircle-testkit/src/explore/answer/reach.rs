//! What each state can still reach: the graph of moves, walked backwards from the ends.

use std::sync::Arc;

use peercircle_core::Stage;

use super::Ends;
use crate::explore::search::Graph;

/// What each state can still reach.
#[derive(Clone)]
pub(in crate::explore) struct Reach {
    complete: Vec<bool>,
    end: Vec<bool>,
    backwards: Arc<Backwards>,
}

impl Reach {
    /// `stops` where nothing of the process hinders anyone from ending a running cycle early.
    pub(in crate::explore) fn of(graph: &Graph, stops: bool) -> Self {
        let backwards = Backwards::of(graph);
        let from = |holds: &dyn Fn(Stage) -> bool| backwards.from(graph.stages.iter().map(|stage| holds(*stage)).collect());
        let ends = graph.stages.iter().zip(&graph.endable).map(|(stage, endable)| stage.is_terminal() || stops && *endable);
        Self {
            complete: from(&|stage| stage == Stage::Completed),
            end: backwards.from(ends.collect()),
            backwards: Arc::new(backwards),
        }
    }

    /// Whether the cycle can still be completed from this state.
    pub(super) fn completes(&self, at: usize) -> bool {
        self.complete.get(at).copied().unwrap_or_default()
    }

    /// Whether the cycle can still end from this state, well or not.
    pub(super) fn ends_from(&self, at: usize) -> bool {
        self.end.get(at).copied().unwrap_or_default()
    }

    /// A way out of this state has been found, which the graph doesn't have.
    pub(super) fn rescue(&mut self, at: usize, completes: bool) {
        if let Some(end) = self.end.get_mut(at) {
            *end = true;
        }
        self.end = self.backwards.from(std::mem::take(&mut self.end));
        if completes && let Some(complete) = self.complete.get_mut(at) {
            *complete = true;
            self.complete = self.backwards.from(std::mem::take(&mut self.complete));
        }
    }

    pub(super) fn ends(&self, graph: &Graph) -> Ends {
        let mut ends = Ends::default();
        for (((complete, end), stage), enough) in self.complete.iter().zip(&self.end).zip(&graph.stages).zip(&graph.enough) {
            match (complete, end, enough) {
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
    edges: Vec<u32>,
}

impl Backwards {
    fn of(graph: &Graph) -> Self {
        let states = graph.states();
        let mut lists = vec![0_u32; states + 1];
        for to in &graph.edges {
            if let Some(count) = usize::try_from(*to).ok().and_then(|to| lists.get_mut(to + 1)) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut lists {
            sum += *count;
            *count = sum;
        }
        let mut edges = vec![0; graph.edges.len()];
        let mut next = lists.clone();
        for from in 0..states {
            for to in graph.next(from) {
                let slot = usize::try_from(*to).ok().and_then(|to| next.get_mut(to));
                if let Some(slot) = slot {
                    if let Some(edge) = usize::try_from(*slot).ok().and_then(|at| edges.get_mut(at)) {
                        *edge = u32::try_from(from).unwrap_or(u32::MAX);
                    }
                    *slot += 1;
                }
            }
        }
        Self { lists, edges }
    }

    /// The states from which one of these can be reached, they included.
    fn from(&self, mut reached: Vec<bool>) -> Vec<bool> {
        let mut open: Vec<usize> = reached.iter().enumerate().filter(|(_, holds)| **holds).map(|(at, _)| at).collect();
        while let Some(at) = open.pop() {
            let bound = |at: usize| self.lists.get(at).and_then(|at| usize::try_from(*at).ok());
            let before = bound(at).zip(bound(at + 1)).and_then(|(low, high)| self.edges.get(low..high));
            for from in before.unwrap_or_default() {
                let from = usize::try_from(*from).unwrap_or(usize::MAX);
                if let Some(seen) = reached.get_mut(from).filter(|seen| !**seen) {
                    *seen = true;
                    open.push(from);
                }
            }
        }
        reached
    }
}
