//! Strategies for proptest: processes, groups, histories, states, near-misses, churn and clocks, all of them walks underneath.
//!
//! What is drawn is a seed and a draw a step, so that a failure shrinks to fewer steps. Rare states are drawn from many walks:
//! [`Distribution`] shows how often what was reached.
//!
//! ```
//! use peercircle_core::Stage;
//! use peercircle_testkit::strategies::{cycle_at, histories};
//! use proptest::prelude::*;
//! proptest!(ProptestConfig::with_cases(4), |(walk in histories(100), cycle in cycle_at(Stage::StorySharing))| {
//!     prop_assert!(peercircle_core::Cycle::replay(&walk.events).is_ok());
//!     prop_assert_eq!(cycle.stage(), Stage::StorySharing);
//! });
//! ```

use std::{collections::BTreeMap, fmt};

use peercircle_core::{
    Actor, Command, CommandKind, Context, Cycle, Instant, KindSet, Process, Rejection, RuleId, Rulebook, Span, Stage,
};
use proptest::{prelude::*, sample::Select};
use serde::Serialize;

use crate::Ruled;
use crate::walk::{Dice, Step, Walk, actors, menu, process};

/// Valid processes: the preset one time in five, else one that differs from it in anything.
pub fn processes() -> impl Strategy<Value = Process> {
    any::<u64>().prop_map(|seed| process(&mut Dice::new(seed)))
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
pub fn histories_under(under: impl Into<Ruled>, steps: usize) -> BoxedStrategy<Walk> {
    let under = under.into();
    (any::<u64>(), prop::collection::vec(any::<u64>(), 1..steps.max(2)))
        .prop_map(move |(seed, draws)| Walk::through(&under, seed).on(&draws))
        .boxed()
}

/// Groups that have gathered and have no date yet, under random processes.
pub fn groups() -> impl Strategy<Value = Cycle> {
    (any::<u64>(), 0_usize..16).prop_map(|(seed, more)| {
        let (mut walk, mut draws) = (Walk::new(seed), Dice::new(seed ^ 1));
        for _ in 0..more * 3 {
            let kinds = menu(CommandKind::EnrolMember, &walk.cycle, walk.now);
            let context = Context::organiser(walk.now);
            walk.take(&Step { command: draws.pick(&kinds), context });
        }
        walk.cycle
    })
}

/// Whole histories: walks of up to so many steps from the forming of a cycle on, refused commands left out of the events.
pub fn histories(steps: usize) -> impl Strategy<Value = Walk> {
    (any::<u64>(), prop::collection::vec(any::<u64>(), 1..steps.max(2))).prop_map(|(seed, draws)| Walk::along(seed, &draws))
}

/// Histories in which people leave, don't come, come late, leave early, and facilitators are gone: one step in eight
/// ([`Walk::troubled`]). Few of them are more than the group can bear, so that every stage of a cycle has its troubles.
pub fn churn(steps: usize) -> impl Strategy<Value = Walk> {
    (any::<u64>(), prop::collection::vec(any::<u64>(), 1..steps.max(2)))
        .prop_map(|(seed, draws)| Walk::troubled(seed, &draws))
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
///     prop_assert!(walk.events.len() > 1);
/// });
/// ```
pub fn churn_under(under: impl Into<Ruled>, steps: usize) -> BoxedStrategy<Walk> {
    let under = under.into();
    (any::<u64>(), prop::collection::vec(any::<u64>(), 1..steps.max(2)))
        .prop_map(move |(seed, draws)| Walk::through(&under, seed).in_trouble(&draws))
        .boxed()
}

/// Cycles at this stage, under random processes.
pub fn cycle_at(stage: Stage) -> impl Strategy<Value = Cycle> {
    any::<u64>().prop_map(move |seed| {
        // Few walks pass by the rare stages: more are tried until one does, from the seed on.
        let mut tries = (0_u64..).map(|more| seed.wrapping_add(more));
        tries.find_map(|seed| reached(stage, Walk::new(seed), seed)).unwrap_or_default()
    })
}

/// Cycles at this stage, under this process, and rules in code where there are any ([`Ruled`]).
///
/// # Panics
/// Where none of two thousand walks reaches the stage: there may be no way to it.
///
/// # Example
/// ```
/// use peercircle_core::{Process, Stage};
/// use peercircle_testkit::strategies::cycle_at_under;
/// use proptest::prelude::*;
/// proptest!(ProptestConfig::with_cases(4), |(cycle in cycle_at_under(Process::default(), Stage::Discussion))| {
///     prop_assert_eq!((cycle.stage(), cycle.process()), (Stage::Discussion, &Process::default()));
/// });
/// ```
pub fn cycle_at_under(under: impl Into<Ruled>, stage: Stage) -> BoxedStrategy<Cycle> {
    let under = under.into();
    let found = move |seed: u64| {
        let walk = |seed| reached(stage, Walk::through(&under, seed), seed);
        let stays = |cycle: &Cycle| stage == Stage::Unformed || cycle.process() == under.process();
        let found = (0..TRIES).map(|more| seed.wrapping_add(more)).filter_map(walk).find(stays);
        assert!(found.is_some(), "expected a stage that groups reach under the process, got `{}`", stage.name());
        found.unwrap_or_default()
    };
    any::<u64>().prop_map(found).boxed()
}

/// How many walks are tried under one process.
const TRIES: u64 = 2000;

fn reached(stage: Stage, mut walk: Walk, seed: u64) -> Option<Cycle> {
    if stage == Stage::Unformed {
        return Some(Cycle::default());
    }
    let mut draws = Dice::new(seed ^ 0x57a6);
    // Not always the first moment of the stage.
    let mut linger = draws.below(12);
    for _ in 0..500 {
        if walk.cycle.stage() == stage {
            if linger == 0 {
                break;
            }
            linger -= 1;
        } else if linger == 0 && walk.cycle.stage() > stage && !walk.cycle.stage().is_terminal() {
            break;
        }
        let before = walk.cycle.clone();
        let step = walk.next(draws.roll());
        walk.take(&step);
        if before.stage() == stage && walk.cycle.stage() != stage {
            return Some(before);
        }
    }
    (walk.cycle.stage() == stage).then_some(walk.cycle)
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

/// A command that exactly one rule refuses.
#[derive(Clone, Debug)]
pub struct NearMiss {
    /// The cycle it is given to.
    pub cycle: Cycle,
    /// The command, by whom and when.
    pub step: Step,
    /// What the rule found.
    pub refusal: Rejection,
}

/// Near-misses of this rule of the table: commands that it alone refuses. Drawn from the scenario corpus and varied in time and
/// by whom. Those of a rule of one's own come from [`near_miss_under`].
///
/// # Panics
/// Where the rule checks no command, and where it is one of somebody's own, of which the corpus knows nothing.
pub fn near_miss(rule: RuleId) -> impl Strategy<Value = NearMiss> {
    let kinds = rule.rule().map(peercircle_core::Rule::kinds);
    assert!(kinds.is_some(), "expected a rule of the table, such as R-21, as the scenario corpus has no other, got {rule}");
    assert!(kinds.is_some_and(|kinds| !kinds.is_empty()), "expected a rule that checks commands, got {rule}");
    let known = corpus_misses(rule);
    assert!(!known.is_empty(), "expected a rule that alone refuses a command of the scenario corpus, got {rule}");
    let standard = Rulebook::standard();
    (prop::sample::select(known), 0_u32..3, any::<u64>()).prop_map(move |(miss, later, seed)| {
        let mut dice = Dice::new(seed);
        let mut varied = miss.clone();
        varied.step.context.now = varied.step.context.now + Span::seconds(later * 30);
        let payloads = menu(varied.step.command.kind(), &varied.cycle, varied.step.context.now);
        for _ in 0..8 {
            let other = Step { command: dice.pick(&payloads), ..varied.step.clone() };
            if let Some(found) = alone(&standard, &varied.cycle, &other, rule) {
                return found;
            }
        }
        alone(&standard, &varied.cycle, &varied.step, rule).unwrap_or(miss)
    })
}

/// Near-misses of a rule under this process, also of one of its own, or of one in code ([`Ruled`]): commands that the rule alone
/// refuses, met on walks.
///
/// # Panics
/// Where there is no such rule, and where on three hundred walks it never is the only one to refuse.
///
/// # Example
/// ```
/// use peercircle_core::{CommandKind, Condition, OwnRuleSpec, Process, RuleId, Role};
/// use peercircle_testkit::strategies::near_miss_under;
/// use proptest::prelude::*;
/// let mut spec = Process::default().spec().clone();
/// spec.rules.push(OwnRuleSpec {
///     id: "ACME-1".to_owned(),
///     title: "the organiser sets dates".to_owned(),
///     applies_to: vec![CommandKind::ScheduleSession],
///     require: Condition::Role(vec![Role::Organiser]),
///     remedy: "ask the organiser".to_owned(),
/// });
/// let process = Process::new(spec)?;
/// proptest!(ProptestConfig::with_cases(4), |(miss in near_miss_under(&process, RuleId::Process(0)))| {
///     prop_assert_eq!(miss.refusal.rule(), RuleId::Process(0));
///     prop_assert_eq!(miss.step.command.kind(), CommandKind::ScheduleSession);
/// });
/// # Ok::<(), peercircle_core::ProcessIssues>(())
/// ```
pub fn near_miss_under(under: impl Into<Ruled>, rule: RuleId) -> Select<NearMiss> {
    let under = under.into();
    let kinds = match rule {
        RuleId::Ours(_) => rule.rule().map(peercircle_core::Rule::kinds),
        RuleId::Process(at) => under.process().spec().rules.get(usize::from(at)).map(|own| KindSet::of(&own.applies_to)),
        RuleId::Code(id) => under.rules().own().iter().find(|own| own.id == id).map(|own| own.applies_to),
    };
    assert!(kinds.is_some(), "expected a rule of the table, of the process or of the rulebook, got {rule}");
    let kinds = kinds.unwrap_or(KindSet::EMPTY);
    let known: Vec<_> = (0..WALKS).flat_map(|seed| misses_on(&under, seed, kinds, rule)).take(MISSES).collect();
    assert!(!known.is_empty(), "expected a rule that is the only one to refuse now and then, got {rule}");
    prop::sample::select(known)
}

/// How many walks are taken in search of near-misses, how many steps each takes, and how many near-misses are enough.
const WALKS: u64 = 300;
const STEPS: usize = 200;
const MISSES: usize = 200;

/// Those that a walk passes by.
fn misses_on(under: &Ruled, seed: u64, kinds: KindSet, rule: RuleId) -> Vec<NearMiss> {
    let (mut walk, mut draws) = (Walk::through(under, seed), Dice::new(seed));
    let mut found = Vec::new();
    for _ in 0..STEPS {
        let step = walk.next(draws.roll());
        found.extend(misses(&walk, kinds.and(KindSet::at_stage(walk.cycle.stage())), rule));
        // Under another process the rule would be another.
        if step.command.kind() != CommandKind::MigrateProcess {
            walk.take(&step);
        }
    }
    found
}

/// A near-miss of the rule where a walk is, if there is one among commands of these kinds.
fn misses(walk: &Walk, kinds: KindSet, rule: RuleId) -> Option<NearMiss> {
    kinds.iter().find_map(|kind| {
        menu(kind, &walk.cycle, walk.now).into_iter().find_map(|command| {
            let step = |by| Step { command: command.clone(), context: Context::new(by, walk.now) };
            let by_one = |by| alone(walk.rules(), &walk.cycle, &step(by), rule);
            actors(&walk.cycle).into_iter().find_map(by_one)
        })
    })
}

/// The near-miss that a step is, where of these rules this one alone refuses it.
fn alone(rules: &Rulebook, cycle: &Cycle, step: &Step, rule: RuleId) -> Option<NearMiss> {
    let refusals = rules.refusals(cycle, &step.command, &step.context);
    match refusals.as_slice() {
        [one @ Rejection::RuleRefused { .. }] if one.rule() == rule => {
            Some(NearMiss { cycle: cycle.clone(), step: step.clone(), refusal: *one })
        }
        _ => None,
    }
}

fn corpus_misses(rule: RuleId) -> Vec<NearMiss> {
    let scenarios = peercircle_scenario::corpus().unwrap_or_default();
    let mut found = Vec::new();
    for (_, scenario) in &scenarios {
        let history = crate::compare::History::of(scenario);
        history.each(|cycle, step| found.extend(alone(&Rulebook::standard(), cycle, step, rule)));
    }
    found
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

/// What walks reach, as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Distribution {
    /// Steps that began at a stage.
    pub stages: BTreeMap<Stage, usize>,
    /// Commands of a kind that were accepted.
    pub accepted: BTreeMap<CommandKind, usize>,
    /// Cycles that ended at a stage.
    pub ends: BTreeMap<Stage, usize>,
}

impl Distribution {
    /// Adds a walk.
    pub fn observe(&mut self, walk: &Walk) {
        for (stage, count) in &walk.visited {
            *self.stages.entry(*stage).or_default() += count;
        }
        for (kind, count) in &walk.accepted {
            *self.accepted.entry(*kind).or_default() += count;
        }
        *self.ends.entry(walk.cycle.stage()).or_default() += 1;
    }
}

impl fmt::Display for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: usize = self.stages.values().sum();
        for (stage, count) in &self.stages {
            let share = count.saturating_mul(1000).checked_div(steps).unwrap_or_default();
            writeln!(f, "{:<28} {count:>9} steps {:>4}.{} %", stage.name(), share / 10, share % 10)?;
        }
        for (kind, count) in &self.accepted {
            writeln!(f, "{:<28} {count:>9} accepted", kind.name())?;
        }
        for (stage, count) in &self.ends {
            writeln!(f, "{:<28} {count:>9} ended there", stage.name())?;
        }
        Ok(())
    }
}
