//! The explorer: every reachable state of the shipping rules under a process, within stated bounds.
//!
//! It answers whether every cycle can always still end well, and if not tells the shortest story of how one gets stuck; which
//! commands, stages and rules are dead; and whether properties hold everywhere. The rules are the machine's own: nothing is
//! modelled a second time.
//!
//! ```
//! use peercircle_core::Process;
//! use peercircle_testkit::explore::{Bounds, explore, quietly};
//! let bounds = Bounds { members: 3, leaving: 0, absent: 0, late: 0, troubles: 0, ..Bounds::default() };
//! let mut spec = Process::default().spec().clone();
//! spec.group.minimum = 3;
//! let answer = explore(Process::new(spec)?, &bounds, &[], &mut quietly);
//! assert!(answer.is_sound(), "{answer}");
//! # Ok::<(), peercircle_core::ProcessIssues>(())
//! ```

mod answer;
mod asked;
mod bounds;
mod clocks;
mod coded;
mod decisions;
mod expand;
mod followed;
#[cfg(test)]
mod futures;
mod graph;
mod key;
mod layer;
mod model;
mod moves;
mod search;
mod siblings;
mod tale;
mod threads;
mod watch;

use std::ops::ControlFlow;

#[cfg(feature = "page")]
pub(crate) use self::answer::{HISTORIES, looked_for_ways};
pub(crate) use self::{
    answer::grouped,
    model::{NAMES, Tried, name},
    tale::{lines, tale},
};
pub use self::{
    answer::{Answer, Capped, Ends, Flow, Knot, KnotKind, KnotStep, OffPlan, PropertyAnswer, Rescue, RuleUse, Standing},
    bounds::{Bounds, Cost, Reduction, Reductions, Spent},
    coded::{Doubt, InCode},
    key::Key,
    model::{Act, Model, Move, Point},
    search::{Progress, Stopped, Watch},
};
use crate::{Ruled, property::Property};

/// Explores a process within `bounds`, under rules in code as well where there are any ([`Ruled`]), and answers, `watch` being told
/// how far it is.
///
/// Of what is no property of this process, as [`check`](crate::property::check) tells, it can't tell whether it holds, and then nothing is
/// sound.
///
/// A rule in code is a function that may read anything. What an exploration says under one is so as far as the rule looks only at
/// what states are told apart by: not at names, days and hours, reasons, or how often something was done before. Histories drawn at
/// random look for a place where it doesn't; one that is found is a [`Doubt`], and nothing is called sound then. What helps is a small
/// group with less left out ([`Bounds::reductions`]), or a condition in the process file, of which an exploration knows what it reads.
///
/// # Example
/// ```
/// use peercircle_core::{CommandKind, KindSet, OwnRule, Process, Rulebook, SessionKind};
/// use peercircle_testkit::{Ruled, explore::{Bounds, explore, quietly}};
/// let nobody_missed = OwnRule {
///     id: "ACME-7",
///     title: "session 2 is for those who were at session 1",
///     applies_to: KindSet::of(&[CommandKind::OpenSession]),
///     check: |facts| {
///         let explore = facts.ledger().session(SessionKind::Explore);
///         let missed = facts.ledger().active().minus(explore.attended());
///         if explore.closed_at().is_none() || missed.is_empty() { Ok(()) } else { Err("somebody missed session 1") }
///     },
///     remedy: "let them go",
/// };
/// let ours = Ruled::new(Process::default(), Rulebook::standard().with(nobody_missed));
/// let bounds = Bounds { members: 4, leaving: 0, absent: 1, late: 0, troubles: 0, ..Bounds::default() };
/// let answer = explore(&ours, &bounds, &[], &mut quietly);
/// assert!(!answer.is_sound() && answer.doubts().is_empty(), "{answer}");
/// assert!(answer.knots[0].in_the_way[0].contains("somebody missed session 1 (ACME-7)"), "{answer}");
/// ```
#[must_use]
pub fn explore(under: impl Into<Ruled>, bounds: &Bounds, properties: &[Property], watch: &mut Watch<'_>) -> Answer {
    let under = under.into();
    let mut model = Model::new(under.clone(), bounds, &[]);
    let (graph, reach) = settle(&mut model, watch);
    let mut answer = answer::answer(&model, &graph, reach);
    drop(graph);
    let followed = followed::follow(&under, bounds, properties, answer.states, watch);
    // What limits stop at a property alone is said of the property.
    answer.stopped = answer.stopped.or_else(|| followed.stopped.filter(|why| *why == Stopped::Asked));
    answer.properties = followed.answers;
    answer
}

/// Looks at everything, and again as long as exceptions lead out of knots that ask for what states weren't told apart by.
fn settle(model: &mut Model, watch: &mut Watch<'_>) -> (graph::Graph, answer::Reach) {
    let (mut graph, mut reach) = search(model, watch);
    while graph.stopped.is_none() && model.tell_apart(answer::exceptions(model, &graph, &reach)) {
        (graph, reach) = search(model, watch);
    }
    (graph, reach)
}

/// Looks at everything, and then at what each state can still reach.
fn search(model: &Model, watch: &mut Watch<'_>) -> (graph::Graph, answer::Reach) {
    let graph = search::search(model, watch);
    let reach = answer::Reach::of(&graph, model.stops());
    (graph, reach)
}

/// Watches nothing and stops nothing.
pub const fn quietly(_: &Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
