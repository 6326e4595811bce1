//! Strategies for proptest: processes, groups, histories, states, near-misses, churn and clocks, all of them walks underneath.
//!
//! What is drawn is a walk: the cycle, its events, and every step that led there, for any implementation ([`Walks::as_histories`]). One
//! that fails is cut off where it fails, loses every step that it can do without, and is printed as a story. Rare states are steered
//! to: [`cycle_at`], [`cycle_in`]; [`Distribution`] shows how often what was reached.
//!
//! ```
//! use peercircle_core::Stage;
//! use peercircle_testkit::strategies::{cycle_at, histories};
//! use proptest::prelude::*;
//! proptest!(ProptestConfig::with_cases(4), |(walk in histories(100), telling in cycle_at(Stage::StorySharing))| {
//!     prop_assert!(peercircle_core::Cycle::replay(&walk.events).is_ok());
//!     prop_assert_eq!(telling.cycle.stage(), Stage::StorySharing);
//! });
//! ```

mod distribution;
mod near;
mod walks;

use peercircle_core::{Actor, Command, Context, Cycle, Instant, KindSet, Process, Rulebook, Span, Stage};
use proptest::{prelude::*, test_runner::Reason};

pub use self::{
    distribution::Distribution,
    near::{NearMiss, NoNearMiss, near_miss, near_miss_under},
    walks::{WalkTree, Walks},
};
use crate::{
    Ruled,
    walk::{Dice, Goal, Situation, Step, Walk, draws, menu, process},
};

/// Valid processes: the preset one time in five, else one that differs from it in anything.
pub fn processes() -> impl Strategy<Value = Process> {
    any::<u64>().prop_map(|seed| process(&mut Dice::new(seed)))
}

/// Groups that have gathered and have no date yet, under random processes.
#[must_use]
pub fn groups() -> Walks {
    Walks::new(48, |seed, many| Ok(Walk::gathering(seed, &draws(seed, many))), |_| true)
}

/// Whole histories: walks of up to so many steps from the forming of a cycle on, refused commands and retries included.
#[must_use]
pub fn histories(steps: usize) -> Walks {
    Walks::new(steps, |seed, many| Ok(Walk::along(seed, &draws(seed, many))), |_| true)
}

/// Whole histories under this process, and rules in code where there are any ([`Ruled`]): as [`histories`], whose processes are
/// drawn as well.
///
/// # Panics
/// Where a rule of the process's own, or one in code, is against `cycle.form`: nothing could follow.
///
/// # Example
/// ```
/// use peercircle_core::Process;
/// use peercircle_testkit::strategies::histories_under;
/// use proptest::prelude::*;
/// let process = Process::default();
/// proptest!(ProptestConfig::with_cases(4), |(walk in histories_under(process.clone(), 40))| {
///     prop_assert!(walk.cycle.process() == &process || walk.accepted.contains_key(&peercircle_core::CommandKind::MigrateProcess));
/// });
/// ```
#[must_use]
pub fn histories_under(under: impl Into<Ruled>, steps: usize) -> Walks {
    let under = under.into();
    Walks::new(steps, move |seed, many| Ok(Walk::through(&under, seed).on(&draws(seed, many))), |_| true)
}

/// Histories that come to a good end.
///
/// # Example
/// ```
/// use peercircle_core::EventBody;
/// use peercircle_testkit::strategies::completed;
/// use proptest::prelude::*;
/// proptest!(ProptestConfig::with_cases(4), |(walk in completed())| {
///     let completed = walk.events.iter().filter(|event| event.body == EventBody::CycleCompleted {});
///     prop_assert_eq!(completed.count(), 1);
/// });
/// ```
#[must_use]
pub fn completed() -> Walks {
    cycle_at(Stage::Completed)
}

/// Histories in which people leave, don't come, come late, leave early, and facilitators are gone: one step in eight
/// ([`Walk::troubled`]). Few of them are more than the group can bear, so that every stage of a cycle has its troubles.
#[must_use]
pub fn churn(steps: usize) -> Walks {
    Walks::new(steps, |seed, many| Ok(Walk::troubled(seed, &draws(seed, many))), |_| true)
}

/// Such histories under this process, and rules in code where there are any ([`Ruled`]): as [`churn`], whose processes are drawn
/// as well.
///
/// # Panics
/// Where a rule of the process's own, or one in code, is against `cycle.form`: nothing could follow.
///
/// # Example
/// ```
/// use peercircle_core::Process;
/// use peercircle_testkit::strategies::churn_under;
/// use proptest::prelude::*;
/// proptest!(ProptestConfig::with_cases(4), |(walk in churn_under(Process::default(), 40))| {
///     prop_assert!(!walk.events.is_empty());
/// });
/// ```
#[must_use]
pub fn churn_under(under: impl Into<Ruled>, steps: usize) -> Walks {
    let under = under.into();
    Walks::new(steps, move |seed, many| Ok(Walk::through(&under, seed).in_trouble(&draws(seed, many))), |_| true)
}

/// Cycles at this stage, under random processes, with what led there.
#[must_use]
pub fn cycle_at(stage: Stage) -> Walks {
    reaching(stage.into())
}

/// Cycles at this stage, under this process, and rules in code where there are any ([`Ruled`]). Where no walk reaches it, nothing is
/// drawn, and the test says so: there may be no way to it.
///
/// # Panics
/// Where a rule of the process's own, or one in code, is against `cycle.form`: nothing could follow.
///
/// # Example
/// ```
/// use peercircle_core::{Process, Stage};
/// use peercircle_testkit::strategies::cycle_at_under;
/// use proptest::prelude::*;
/// proptest!(ProptestConfig::with_cases(4), |(walk in cycle_at_under(Process::default(), Stage::Discussion))| {
///     prop_assert_eq!((walk.cycle.stage(), walk.cycle.process()), (Stage::Discussion, &Process::default()));
/// });
/// ```
#[must_use]
pub fn cycle_at_under(under: impl Into<Ruled>, stage: Stage) -> Walks {
    reaching_under(under.into(), stage.into())
}

/// Cycles in this situation, at any stage where it can be, under random processes, with what led there.
///
/// # Example
/// ```
/// use peercircle_testkit::{strategies::cycle_in, walk::Situation};
/// use proptest::prelude::*;
/// proptest!(ProptestConfig::with_cases(4), |(walk in cycle_in(Situation::Paused))| {
///     prop_assert!(walk.cycle.state().meeting().is_some_and(|meeting| meeting.pause().is_some()));
/// });
/// ```
#[must_use]
pub fn cycle_in(situation: Situation) -> Walks {
    reaching(situation.into())
}

/// Cycles in this situation under this process, and rules in code where there are any ([`Ruled`]): as [`cycle_at_under`].
///
/// # Panics
/// Where a rule of the process's own, or one in code, is against `cycle.form`: nothing could follow.
///
/// # Example
/// ```
/// use peercircle_core::Process;
/// use peercircle_testkit::{strategies::cycle_in_under, walk::Situation};
/// use proptest::prelude::*;
/// proptest!(ProptestConfig::with_cases(4), |(walk in cycle_in_under(Process::default(), Situation::NoFacilitator))| {
///     prop_assert_eq!(walk.cycle.chair(), None);
/// });
/// ```
#[must_use]
pub fn cycle_in_under(under: impl Into<Ruled>, situation: Situation) -> Walks {
    reaching_under(under.into(), situation.into())
}

fn reaching(goal: Goal) -> Walks {
    let walk = move |seed, _| Walk::reaching(goal, seed).ok_or_else(|| nowhere(goal));
    Walks::new(0, walk, move |walk| goal.is_reached(&walk.cycle))
}

fn reaching_under(under: Ruled, goal: Goal) -> Walks {
    let process = under.process().clone();
    let walk = move |seed, _| Walk::reaching_under(&under, goal, seed).ok_or_else(|| nowhere(goal));
    Walks::new(0, walk, move |walk| goal.is_reached(&walk.cycle) && walk.cycle.process() == &process)
}

fn nowhere(goal: Goal) -> Reason {
    format!("expected what groups reach under the process, got `{goal}`").into()
}

/// Commands that are legal at `cycle` from `now` on under these rules, with who may give them; empty where there is none.
pub fn legal(rules: &Rulebook, cycle: Cycle, now: Instant) -> impl Strategy<Value = Vec<Step>> + use<> {
    let rules = rules.clone();
    any::<u64>().prop_map(move |seed| {
        let mut dice = Dice::new(seed);
        let mut steps = Vec::new();
        for kind in KindSet::at_stage(cycle.stage()).iter() {
            let payloads = menu(kind, &cycle, now);
            for _ in 0..4.min(payloads.len()) {
                let command: Command = dice.pick(&payloads);
                let subject = command.subject().map(Actor::member);
                let all = [subject, cycle.chair().map(Actor::member), Some(Actor::Organiser {})];
                let by = all.into_iter().flatten().find(|by| rules.permits(&cycle, &command, &Context::new(*by, now)));
                steps.extend(by.map(|by| Step { command, context: Context::new(by, now) }));
            }
        }
        steps
    })
}

/// The instants that matter at `cycle` after `now`: a second before, at and a second after each of its deadlines.
pub fn clocks(cycle: &Cycle, now: Instant) -> impl Strategy<Value = Instant> + use<> {
    let second = Span::seconds(1);
    let around = cycle.deadlines().into_iter().flat_map(|due| [due.at - second, due.at, due.at + second]);
    let mut instants: Vec<_> = around.filter(|at| *at >= now).chain([now]).collect();
    instants.sort();
    instants.dedup();
    prop::sample::select(instants)
}
