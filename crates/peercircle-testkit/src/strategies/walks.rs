//! The strategy that draws walks, and how a failing one shrinks: first cut off, then without what it can do without.

use std::{fmt, sync::Arc};

use proptest::{
    prelude::*,
    strategy::{NewTree, ValueTree},
    test_runner::{Reason, TestRunner},
};

use crate::{compare::History, walk::Walk};

type Make = dyn Fn(u64, usize) -> Result<Walk, Reason> + Send + Sync;
type Stays = dyn Fn(&Walk) -> bool + Send + Sync;

/// A strategy that draws walks. One that fails is cut off where it fails, and then loses every step that it can do without; times
/// stay as they were.
#[derive(Clone)]
pub struct Walks {
    /// A walk from a seed, with so many draws.
    make: Arc<Make>,
    most: usize,
    /// What a shorter walk must still be.
    stays: Arc<Stays>,
}

impl Walks {
    pub(super) fn new(
        most: usize,
        make: impl Fn(u64, usize) -> Result<Walk, Reason> + Send + Sync + 'static,
        stays: impl Fn(&Walk) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { make: Arc::new(make), most: most.max(2), stays: Arc::new(stays) }
    }

    /// The same walks as histories for any implementation, refused commands and retries included.
    ///
    /// # Example
    /// ```
    /// use peercircle_scenario::CoreRunner;
    /// use peercircle_testkit::{compare::compare, strategies::churn};
    /// use proptest::prelude::*;
    /// proptest!(ProptestConfig::with_cases(4), |(history in churn(100).as_histories())| {
    ///     prop_assert!(compare(&history, CoreRunner::default).is_ok());
    /// });
    /// ```
    pub fn as_histories(self) -> impl Strategy<Value = History> {
        self.prop_map(|walk| walk.history())
    }
}

impl fmt::Debug for Walks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walks").field("most", &self.most).finish_non_exhaustive()
    }
}

impl Strategy for Walks {
    type Tree = WalkTree;
    type Value = Walk;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let (seed, many) = (any::<u64>(), 1..self.most).new_tree(runner)?.current();
        let walk = (self.make)(seed, many)?;
        let next = Next::Cut { least: 1, most: walk.numbers().len() };
        Ok(WalkTree { whole: walk.clone(), failing: walk, tried: None, stays: Arc::clone(&self.stays), next })
    }
}

/// A walk that may shrink.
#[derive(Clone)]
pub struct WalkTree {
    whole: Walk,
    /// The shortest that failed.
    failing: Walk,
    /// A shorter one, which is being tried.
    tried: Option<Walk>,
    stays: Arc<Stays>,
    next: Next,
}

/// What is tried next.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// As few steps as it takes: `most` fail, fewer than `least` don't.
    Cut { least: usize, most: usize },
    /// What was accepted alone.
    Accepted,
    /// Everything but `size` steps from `at` on; `shrunk` where that has helped since `at` was 0.
    Without { at: usize, size: usize, shrunk: bool },
    /// Nothing is left.
    Nothing,
}

impl WalkTree {
    /// Finds a shorter walk to be tried.
    fn advance(&mut self) -> bool {
        loop {
            let numbers = self.failing.numbers();
            let kept = match self.next {
                Next::Cut { least, most } if least < most => {
                    numbers.iter().copied().take(usize::midpoint(least, most)).collect()
                }
                Next::Cut { .. } => {
                    self.next = Next::Accepted;
                    continue;
                }
                Next::Accepted => accepted(&self.failing),
                Next::Without { at, size, shrunk } if at >= numbers.len() => {
                    self.next = match (size, shrunk) {
                        (0, _) | (1, false) => Next::Nothing,
                        (1, true) => Next::Without { at: 0, size: 1, shrunk: false },
                        _ => Next::Without { at: 0, size: size / 2, shrunk: false },
                    };
                    continue;
                }
                Next::Without { at, size, .. } => {
                    let stays = |place: &usize| *place < at || *place >= at + size;
                    numbers.iter().enumerate().filter(|(place, _)| stays(place)).map(|(_, number)| *number).collect()
                }
                Next::Nothing => return false,
            };
            let kept: Vec<usize> = kept;
            if kept.len() < numbers.len() {
                let walk = self.whole.only(kept);
                let formed = walk.cycle.revision() > 0;
                if formed && walk.numbers().len() < numbers.len() && (self.stays)(&walk) {
                    self.tried = Some(walk);
                    return true;
                }
            }
            self.heard(false);
        }
    }

    /// What was proposed last failed as well, or not.
    fn heard(&mut self, fails: bool) {
        let many = self.failing.numbers().len();
        self.next = match self.next {
            Next::Cut { least, most } if fails => Next::Cut { least, most: usize::midpoint(least, most) },
            Next::Cut { least, most } => Next::Cut { least: usize::midpoint(least, most) + 1, most },
            Next::Accepted => Next::Without { at: 0, size: many / 2, shrunk: false },
            Next::Without { at, size, .. } if fails => Next::Without { at, size, shrunk: true },
            Next::Without { at, size, shrunk } => Next::Without { at: at + size.max(1), size, shrunk },
            Next::Nothing => Next::Nothing,
        };
    }
}

/// The numbers of the steps that were accepted.
fn accepted(walk: &Walk) -> Vec<usize> {
    let (mut numbers, mut kept) = (walk.numbers().into_iter(), Vec::new());
    walk.each(|_, _, verdict| kept.extend(numbers.next().filter(|_| verdict.is_accepted())));
    kept
}

impl fmt::Debug for WalkTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WalkTree").field("failing", &self.failing).finish_non_exhaustive()
    }
}

impl ValueTree for WalkTree {
    type Value = Walk;

    fn current(&self) -> Walk {
        self.tried.as_ref().unwrap_or(&self.failing).clone()
    }

    fn simplify(&mut self) -> bool {
        if let Some(tried) = self.tried.take() {
            self.failing = tried;
            self.heard(true);
        }
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        // Where nothing shorter is left, it is the one that failed again.
        self.tried.take().is_some() && {
            self.heard(false);
            self.advance();
            true
        }
    }
}
