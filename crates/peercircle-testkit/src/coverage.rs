//! Coverage of rules: which looked, passed, refused, and which alone refused.

use std::fmt;

use peercircle_core::{Command, Context, Cycle, Event, RULES, ReplayError, Rulebook};
use serde::Serialize;

use crate::recorded;

/// What the rules did over what was observed.
///
/// # Example
/// ```
/// use peercircle_core::Rulebook;
/// use peercircle_testkit::{coverage::{Coverage, Gate}, walk::{Dice, Walk}};
/// let (mut walk, mut draws, mut coverage) = (Walk::new(5), Dice::new(6), Coverage::default());
/// for _ in 0..100 {
///     let step = walk.next(draws.roll());
///     coverage.observe(&Rulebook::standard(), &walk.cycle, &step.command, &step.context);
///     walk.take(&step);
/// }
/// assert!(coverage.rule("R-55").is_some_and(|rule| rule.passed > 0));
/// assert!(coverage.gate(Gate::EveryRuleRefusedAlone).is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Commands that were observed.
    pub commands: usize,
    /// What each rule did: those of the table in their order, then rules of one's own in the order they were met, also those
    /// that never looked.
    pub rules: Vec<RuleCoverage>,
}

/// What a rule did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleCoverage {
    /// Its name, such as `R-21`.
    pub rule: String,
    /// How often it looked at a command.
    pub evaluated: usize,
    /// How often it let one pass.
    pub passed: usize,
    /// How often it refused one.
    pub refused: usize,
    /// How often it was the only one that did.
    pub alone: usize,
}

/// What a coverage must have reached: of the table's rules, and of one's own in the processes and rulebooks that it saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Every rule that checks commands looked at one.
    EveryRuleEvaluated,
    /// Every rule that checks commands refused one.
    EveryRuleRefused,
    /// Every rule that checks commands was once the only one that refused.
    EveryRuleRefusedAlone,
}

/// A gate that isn't reached: which rules are missing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected every rule to {wanted}, missing are {}", rules.join(", "))]
pub struct GateError {
    /// What was wanted of each.
    pub wanted: &'static str,
    /// The rules that didn't do it.
    pub rules: Vec<String>,
}

impl Default for Coverage {
    fn default() -> Self {
        let checks = RULES.iter().filter(|rule| !rule.kinds().is_empty());
        let names = checks.map(|rule| rule.id.to_string());
        Self { commands: 0, rules: names.map(RuleCoverage::new).collect() }
    }
}

impl RuleCoverage {
    const fn new(rule: String) -> Self {
        Self { rule, evaluated: 0, passed: 0, refused: 0, alone: 0 }
    }
}

impl Coverage {
    /// A command that is about to be given.
    pub fn observe(&mut self, rules: &Rulebook, cycle: &Cycle, command: &Command, context: &Context) {
        self.commands += 1;
        self.know_own(rules, cycle);
        let explained = rules.explain(cycle, command, context);
        let refusals = explained.gate.len() + explained.findings.iter().filter(|one| one.refused.is_some()).count();
        for finding in &explained.findings {
            let Some(rule) = self.of(&finding.rule.name(cycle.process())) else { continue };
            rule.evaluated += 1;
            match finding.refused {
                None => rule.passed += 1,
                Some(_) => {
                    rule.refused += 1;
                    rule.alone += usize::from(refusals == 1);
                }
            }
        }
    }

    /// The commands of a recorded history. A history holds what was accepted, so nothing in it was refused.
    ///
    /// # Errors
    /// [`ReplayError`] where it doesn't replay.
    pub fn observe_history(&mut self, rules: &Rulebook, history: &[Event]) -> Result<(), ReplayError> {
        for decision in recorded::decisions(history) {
            let decision = decision?;
            if let Some(command) = &decision.command {
                self.observe(rules, &decision.before, command, &decision.context);
            }
        }
        Ok(())
    }

    /// Adds what another coverage observed.
    pub fn merge(&mut self, other: &Self) {
        self.commands += other.commands;
        for one in &other.rules {
            let Some(rule) = self.of(&one.rule) else { continue };
            rule.evaluated += one.evaluated;
            rule.passed += one.passed;
            rule.refused += one.refused;
            rule.alone += one.alone;
        }
    }

    /// What this rule did, where it is known.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&RuleCoverage> {
        self.rules.iter().find(|one| one.rule == name)
    }

    /// Whether a gate is reached.
    ///
    /// # Errors
    /// [`GateError`] with the rules that are missing.
    pub fn gate(&self, gate: Gate) -> Result<(), GateError> {
        let (wanted, count): (_, fn(&RuleCoverage) -> usize) = match gate {
            Gate::EveryRuleEvaluated => ("look at a command", |rule| rule.evaluated),
            Gate::EveryRuleRefused => ("refuse a command", |rule| rule.refused),
            Gate::EveryRuleRefusedAlone => ("refuse one alone", |rule| rule.alone),
        };
        let missing: Vec<_> = self.rules.iter().filter(|one| count(one) == 0).map(|one| one.rule.clone()).collect();
        if missing.is_empty() { Ok(()) } else { Err(GateError { wanted, rules: missing }) }
    }

    /// A rule of one's own is to be covered from when it is met, whether it looks at a command or not.
    fn know_own(&mut self, rules: &Rulebook, cycle: &Cycle) {
        let process = cycle.process().spec().rules.iter().filter(|rule| !rule.applies_to.is_empty());
        let code = rules.own().iter().filter(|rule| !rule.applies_to.is_empty());
        for name in process.map(|rule| rule.id.as_str()).chain(code.map(|rule| rule.id)) {
            self.of(name);
        }
    }

    fn of(&mut self, name: &str) -> Option<&mut RuleCoverage> {
        if self.rule(name).is_none() {
            self.rules.push(RuleCoverage::new(name.to_owned()));
        }
        self.rules.iter_mut().find(|one| one.rule == name)
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<12} {:>10} {:>10} {:>10} {:>10}", "rule", "evaluated", "passed", "refused", "alone")?;
        for one in &self.rules {
            writeln!(f, "{:<12} {:>10} {:>10} {:>10} {:>10}", one.rule, one.evaluated, one.passed, one.refused, one.alone)?;
        }
        Ok(())
    }
}
