//! Checks: one's own, and those that are ready.

use std::fmt;

use peercircle_core::{CommandKind, Context, RuleId};
use peercircle_scenario::{Answer, Ask, CoreRunner, Report, Runner, Scenario, corpus};
use serde_json::Value;

use super::Off;
use crate::{
    Ruled, hush,
    property::{self, Follower, Property, Seen},
    walk::{Dice, Walk},
};

/// How far each history goes on which properties are asserted.
const STEPS: usize = 250;

type Asked<'a> = dyn Fn(&Off) -> Result<(), String> + 'a;

/// A check: it passes under the process and the rules as they are, and should fail where one is missing.
pub struct Check<'a> {
    name: String,
    check: Box<Asked<'a>>,
}

impl<'a> Check<'a> {
    /// A check with its name; it fails by an error, or by a panic.
    pub fn new(name: impl Into<String>, check: impl Fn(&Ruled) -> Result<(), String> + 'a) -> Self {
        Self::of(name, move |off| check(&off.under))
    }

    /// A check that asserts, as tests do, and so fails by a panic alone: [`given`](crate::given), or any assertion.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Command, Process, Stage};
    /// use peercircle_testkit::{given::given, knockout::{Check, knock_out}};
    /// let alone = Check::asserting("nobody begins alone", |ours| {
    ///     let doors = given(ours).members(6).at(Stage::ExploreGathering);
    ///     doors.when("ana", Command::StartSession {}).then_no("rule_refused");
    /// });
    /// let answer = knock_out(Process::default(), &[alone]);
    /// assert!(answer.failing.is_empty() && answer.unnoticed().count() > 40);
    /// ```
    pub fn asserting(name: impl Into<String>, check: impl Fn(&Ruled) + 'a) -> Self {
        Self::new(name, move |under| {
            check(under);
            Ok(())
        })
    }

    /// These properties, asserted on so many histories through the process, drawn at random under the rules that are left.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::Process;
    /// use peercircle_testkit::{knockout::{Check, knock_out}, property::builtin};
    /// let properties = builtin();
    /// let answer = knock_out(Process::default(), &[Check::properties("ours", &properties, 2)]);
    /// assert!(answer.failing.is_empty() && answer.rules.iter().any(|rule| rule.noticed_by == ["ours"]));
    /// ```
    pub fn properties(name: impl Into<String>, properties: &'a [Property], histories: u64) -> Self {
        Self::of(name, move |off| (0..histories).try_for_each(|seed| unbroken(properties, &off.under, seed)))
    }

    /// The scenario corpus, every script of which declares what it must be answered.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::Process;
    /// use peercircle_testkit::knockout::{Check, knock_out};
    /// let answer = knock_out(Process::default(), &[Check::corpus()]);
    /// assert_eq!(answer.unnoticed().count(), 0);
    /// ```
    #[must_use]
    pub fn corpus() -> Self {
        let scripts = corpus().map(|all| all.into_iter().map(|(_, scenario)| scenario).collect::<Vec<_>>());
        let scripts = scripts.map_err(|error| error.to_string());
        Self::of("the corpus", move |off| scripts.as_ref().map_err(Clone::clone)?.iter().try_for_each(|one| runs(one, off)))
    }

    /// Scripts of one's own. Each is run under its own process, without the missing rule where that has it, and of the rules in
    /// code under those that it wants ([`Scenario::rules`]).
    pub fn scenarios(name: impl Into<String>, scenarios: &'a [Scenario]) -> Self {
        Self::of(name, move |off| scenarios.iter().try_for_each(|one| runs(one, off)))
    }

    fn of(name: impl Into<String>, check: impl Fn(&Off) -> Result<(), String> + 'a) -> Self {
        Self { name: name.into(), check: Box::new(check) }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn run(&self, off: &Off) -> Result<(), String> {
        hush::caught(|| (self.check)(off)).unwrap_or_else(Err)
    }
}

impl fmt::Debug for Check<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Check").field(&self.name).finish()
    }
}

/// Asserts properties on a history.
fn unbroken(properties: &[Property], under: &Ruled, seed: u64) -> Result<(), String> {
    if let Some(fault) = property::faults(properties, under).into_iter().flatten().next() {
        return Err(fault.to_string());
    }
    let (mut walk, mut draws) = (Walk::through(under, seed), Dice::new(!seed));
    let mut follower = Follower::new(properties);
    for _ in 0..STEPS {
        let step = walk.next(draws.roll());
        // A cycle that moves to another process leaves the rules of this one behind.
        if step.command.kind() == CommandKind::MigrateProcess {
            continue;
        }
        let before = walk.cycle.clone();
        let verdict = walk.take(&step);
        let (names, way) = (property::refused_by(&before, &verdict), (before.stage(), walk.cycle.stage()));
        let Context { actor, now, .. } = step.context;
        follower.step(&Seen::verdict(&step.command, actor.seat(), &verdict, &names, way), now);
    }
    let answers = follower.answers(Some(&walk.cycle).filter(|cycle| cycle.stage().is_terminal()));
    let broken = answers.iter().find(|one| one.answer == property::Answer::Broken);
    broken.map_or(Ok(()), |one| Err(format!("{} is broken on history {seed}", one.property)))
}

/// Runs a script without what is missing.
fn runs(scenario: &Scenario, off: &Off) -> Result<(), String> {
    let rules = off.under.rules();
    let unwanted = rules.own().iter().map(|rule| rule.id).filter(|id| !scenario.rules().iter().any(|wanted| wanted == id));
    let rules = unwanted.fold(rules.clone(), |rules, id| rules.knocked_out(RuleId::Code(id)));
    let mut runner = Without { rule: off.own.as_ref(), runner: CoreRunner::under(rules) };
    let Ok(wrong) = scenario.check(&mut runner, |_, _, _| ());
    wrong.first().map_or(Ok(()), |line| Err(format!("{}: {line}", scenario.name())))
}

/// A runner to which processes come without a rule of their own.
struct Without<'a> {
    rule: Option<&'a Value>,
    runner: CoreRunner,
}

impl Runner for Without<'_> {
    type Error = <CoreRunner as Runner>::Error;

    fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, Self::Error> {
        let mut ask = ask.clone();
        if let Some(rules) = ask.command.pointer_mut("/process/rules").and_then(Value::as_array_mut) {
            rules.retain(|rule| Some(rule) != self.rule);
        }
        self.runner.give(&ask)
    }

    fn report(&mut self) -> Result<Report, Self::Error> {
        self.runner.report()
    }

    fn view(&mut self) -> Result<Option<Value>, Self::Error> {
        self.runner.view()
    }
}
