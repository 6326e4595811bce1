//! Near-misses: commands that exactly one rule refuses, with what led there.

use std::{fmt, sync::Arc};

use peercircle_core::{CommandKind, Context, Cycle, Instant, KindSet, Rejection, RuleId, Rulebook, SeatSet, Span};
use proptest::prelude::*;

use crate::{
    Ruled,
    compare::History,
    walk::{Dice, Step, Walk, actors, menu},
};

/// How many walks are taken in search of near-misses, how many steps each takes, and how many near-misses are enough.
const WALKS: u64 = 300;
const STEPS: usize = 200;
const MISSES: usize = 200;

/// A command that exactly one rule refuses.
#[derive(Clone)]
pub struct NearMiss {
    /// The cycle it is given to.
    pub cycle: Cycle,
    /// The command, by whom and when.
    pub step: Step,
    /// What the rule found.
    pub refusal: Rejection,
    /// What led to the cycle, and then the command: for any implementation.
    pub history: History,
}

/// Why there are no near-misses of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoNearMiss {
    /// There is no such rule.
    #[error("expected a rule of the table, of the process or of the rulebook, got {rule}")]
    UnknownRule {
        /// What was asked for.
        rule: RuleId,
    },
    /// It is kept by something else than a check.
    #[error("expected a rule that checks commands, got {rule}")]
    ChecksNothing {
        /// What was asked for.
        rule: RuleId,
    },
    /// Where it refuses, something else refused as well, or it never refused.
    #[error("expected a rule that is the only one to refuse now and then, which on {walks} walks {rule} never was")]
    NeverAlone {
        /// What was asked for.
        rule: RuleId,
        /// How many walks were looked at.
        walks: u64,
    },
}

/// Near-misses of this rule of the table: commands that it alone refuses. Drawn from the scenario corpus and varied in time and
/// by whom. Those of a rule of one's own come from [`near_miss_under`].
///
/// # Panics
/// Where the rule checks no command, and where it is one of somebody's own, of which the corpus knows nothing.
///
/// # Example
/// ```
/// use peercircle_core::RuleId;
/// use peercircle_scenario::CoreRunner;
/// use peercircle_testkit::{compare::compare, strategies::near_miss};
/// use proptest::prelude::*;
/// proptest!(ProptestConfig::with_cases(4), |(miss in near_miss(RuleId::Ours(21)))| {
///     prop_assert_eq!(miss.refusal.rule(), RuleId::Ours(21));
///     // Whatever an implementation says of it, the machine says no.
///     prop_assert!(compare(&miss.history, CoreRunner::default).is_ok());
/// });
/// ```
pub fn near_miss(rule: RuleId) -> impl Strategy<Value = NearMiss> {
    let kinds = rule.rule().map(peercircle_core::Rule::kinds);
    assert!(kinds.is_some(), "expected a rule of the table, such as R-21, as the scenario corpus has no other, got {rule}");
    assert!(kinds.is_some_and(|kinds| !kinds.is_empty()), "expected a rule that checks commands, got {rule}");
    let known = corpus_misses(rule);
    assert!(!known.is_empty(), "expected a rule that alone refuses a command of the scenario corpus, got {rule}");
    let standard = Rulebook::standard();
    (prop::sample::select(known), 0_u32..3, any::<u64>()).prop_map(move |(miss, later, seed)| {
        let mut dice = Dice::new(seed);
        let mut step = miss.step.clone();
        step.context.now = step.context.now + Span::seconds(later * 30);
        let payloads = menu(step.command.kind(), &miss.cycle, step.context.now);
        let mut others = (0..8).map(|_| Step { command: dice.pick(&payloads), ..step.clone() });
        let found = others.find_map(|other| miss.varied(&standard, other, rule));
        found.or_else(|| miss.varied(&standard, step, rule)).unwrap_or(miss)
    })
}

/// Near-misses of a rule under this process, also of one of its own, or of one in code ([`Ruled`]): commands that the rule alone
/// refuses, met on walks.
///
/// # Errors
/// [`NoNearMiss`] where there is no such rule, and where on three hundred walks it never is the only one to refuse.
///
/// # Example
/// ```
/// use peercircle_core::{CommandKind, Condition, OwnRuleSpec, Process, RuleId, Role};
/// use peercircle_testkit::strategies::{NoNearMiss, near_miss_under};
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
/// proptest!(ProptestConfig::with_cases(4), |(miss in near_miss_under(&process, RuleId::Process(0))?)| {
///     prop_assert_eq!(miss.refusal.rule(), RuleId::Process(0));
///     prop_assert_eq!(miss.step.command.kind(), CommandKind::ScheduleSession);
/// });
/// let other = RuleId::Process(1);
/// assert_eq!(near_miss_under(&process, other).err(), Some(NoNearMiss::UnknownRule { rule: other }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn near_miss_under(under: impl Into<Ruled>, rule: RuleId) -> Result<BoxedStrategy<NearMiss>, NoNearMiss> {
    let under = under.into();
    let kinds = match rule {
        RuleId::Ours(_) => rule.rule().map(peercircle_core::Rule::kinds),
        RuleId::Process(at) => under.process().spec().rules.get(usize::from(at)).map(|own| KindSet::of(&own.applies_to)),
        RuleId::Code(id) => under.rules().own().iter().find(|own| own.id == id).map(|own| own.applies_to),
    };
    let kinds = kinds.ok_or(NoNearMiss::UnknownRule { rule })?;
    if kinds.is_empty() {
        return Err(NoNearMiss::ChecksNothing { rule });
    }
    let mut known = forming(&under, kinds, rule);
    // Where nobody may form a cycle, nothing follows.
    let walks = if can_form(&under) { WALKS } else { 0 };
    known.extend((0..walks).flat_map(|seed| misses_on(&under, seed, kinds, rule)).take(MISSES));
    if known.is_empty() {
        return Err(NoNearMiss::NeverAlone { rule, walks });
    }
    Ok(prop::sample::select(known).prop_map(Met::told).boxed())
}

/// A near-miss that a walk passes by: what led there is told once it is wanted.
#[derive(Clone, Debug)]
struct Met {
    walk: Arc<Walk>,
    /// After so many steps.
    after: usize,
    cycle: Cycle,
    step: Step,
    refusal: Rejection,
}

impl Met {
    fn told(self) -> NearMiss {
        let Self { walk, after, cycle, step, refusal } = self;
        let mut history = walk.only(0..after).history();
        history.push(&cycle, &step.command, &step.context);
        NearMiss { cycle, step, refusal, history }
    }
}

/// Whether a cycle may be formed.
fn can_form(under: &Ruled) -> bool {
    let walk = Walk::unformed(under.clone(), 0);
    walk.forms().iter().any(|form| walk.rules().permits(&walk.cycle, form, &Context::organiser(walk.now)))
}

/// Those of `cycle.form`, before there is a cycle.
fn forming(under: &Ruled, kinds: KindSet, rule: RuleId) -> Vec<Met> {
    let (walk, cycle) = (Arc::new(Walk::unformed(under.clone(), 0)), Cycle::default());
    let commands = if kinds.contains(CommandKind::FormCycle) { walk.forms() } else { Vec::new() };
    let met = |command| {
        let step = Step { command, context: Context::organiser(walk.now) };
        let refusal = alone(under.rules(), &cycle, &step, rule)?;
        Some(Met { walk: Arc::clone(&walk), after: 0, cycle: cycle.clone(), step, refusal })
    };
    commands.into_iter().filter_map(met).collect()
}

/// Those that a walk passes by.
fn misses_on(under: &Ruled, seed: u64, kinds: KindSet, rule: RuleId) -> Vec<Met> {
    let (mut walk, mut draws) = (Walk::through(under, seed), Dice::new(seed));
    let mut found = Vec::new();
    for _ in 0..STEPS {
        let step = walk.next(draws.roll());
        let here = kinds.and(KindSet::at_stage(walk.cycle.stage()));
        let miss = miss(&walk, here, rule, &mut Dice::new(!draws.roll()));
        found.extend(miss.map(|(step, refusal)| (walk.steps().len(), walk.cycle.clone(), step, refusal)));
        // Under another process the rule would be another.
        if step.command.kind() != CommandKind::MigrateProcess {
            walk.take(&step);
        }
    }
    let walk = Arc::new(walk);
    let met = |(after, cycle, step, refusal)| Met { walk: Arc::clone(&walk), after, cycle, step, refusal };
    found.into_iter().map(met).collect()
}

/// A near-miss of the rule where a walk is, if there is one among commands of these kinds.
fn miss(walk: &Walk, kinds: KindSet, rule: RuleId, dice: &mut Dice) -> Option<(Step, Rejection)> {
    let mut kinds: Vec<_> = kinds.iter().collect();
    if !kinds.is_empty() {
        // Not the same kind every time.
        let first = dice.below(kinds.len());
        kinds.rotate_left(first);
    }
    let now = when(walk, rule, dice);
    kinds.into_iter().find_map(|kind| {
        menu(kind, &walk.cycle, now).into_iter().find_map(|command| {
            // A rule of the room looks at who is in another one (R-59).
            let elsewhere = command.subject().filter(|_| rule == RuleId::Ours(59)).map_or(SeatSet::EMPTY, SeatSet::only);
            actors(&walk.cycle).into_iter().find_map(|by| {
                let step = Step { command: command.clone(), context: Context { elsewhere, ..Context::new(by, now) } };
                let refusal = alone(walk.rules(), &walk.cycle, &step, rule)?;
                is_writable(&walk.cycle, &step).then_some((step, refusal))
            })
        })
    })
}

/// When a near-miss is looked for: now, later, or, for the rule of the clock, before what has happened (R-55).
fn when(walk: &Walk, rule: RuleId, dice: &mut Dice) -> Instant {
    if rule == RuleId::Ours(55) {
        return walk.cycle.last_at() - Span::hours(dice.within(1, 30).into());
    }
    let later = if dice.chance(30) { Span::hours(dice.within(1, 60 * 24).into()) } else { Span::ZERO };
    walk.now + later
}

/// What refuses a step, where of these rules this one alone does.
fn alone(rules: &Rulebook, cycle: &Cycle, step: &Step, rule: RuleId) -> Option<Rejection> {
    match rules.refusals(cycle, &step.command, &step.context).as_slice() {
        [one @ Rejection::RuleRefused { .. }] if one.rule() == rule => Some(*one),
        _ => None,
    }
}

/// Whether a history can hold it: whoever it names has an id.
fn is_writable(cycle: &Cycle, step: &Step) -> bool {
    let mut history = History { under: cycle.process().into(), steps: Vec::new() };
    history.push(cycle, &step.command, &step.context);
    !history.steps.is_empty()
}

impl NearMiss {
    /// The same with another command, where that is one as well.
    fn varied(&self, rules: &Rulebook, step: Step, rule: RuleId) -> Option<Self> {
        let refusal = alone(rules, &self.cycle, &step, rule).filter(|_| is_writable(&self.cycle, &step))?;
        let mut history = self.history.clone();
        history.steps.pop();
        history.push(&self.cycle, &step.command, &step.context);
        Some(Self { cycle: self.cycle.clone(), step, refusal, history })
    }
}

/// What led there, the command, and what refuses it, as a story: a failing test prints it.
impl fmt::Debug for NearMiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a near-miss of {}\n{:?}", self.refusal.rule().name(self.cycle.process()), self.history)?;
        self.cycle.view_refusals(&[self.refusal]).iter().try_for_each(|no| writeln!(f, "  {}: {}", no.rule, no.says))
    }
}

fn corpus_misses(rule: RuleId) -> Vec<NearMiss> {
    let scenarios = peercircle_scenario::corpus().unwrap_or_default();
    let (mut found, standard) = (Vec::new(), Rulebook::standard());
    for (_, scenario) in &scenarios {
        let whole = History::of(scenario);
        whole.live(|number, cycle, given| {
            let Ok((step, _)) = given else { return };
            found.extend(alone(&standard, cycle, step, rule).map(|refusal| NearMiss {
                cycle: cycle.clone(),
                step: step.clone(),
                refusal,
                history: whole.upto(number),
            }));
        });
    }
    found
}
