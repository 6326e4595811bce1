//! Coverage of rules: which looked, passed, refused, and which alone refused.
//!
//! A machine that covers a part writes its [`Coverage`] as JSON; whoever has all of them adds them up and asks the gate.
//!
//! ```
//! use peercircle_core::{CommandKind, Context, Rulebook};
//! use peercircle_testkit::{coverage::{Coverage, Gate}, walk::{Walk, menu}};
//! let shard = |seed| {
//!     let (walk, mut coverage) = (Walk::new(seed), Coverage::default());
//!     let enrol = &menu(CommandKind::EnrolMember, &walk.cycle, walk.now)[0];
//!     coverage.observe(&Rulebook::standard(), &walk.cycle, enrol, &Context::organiser(walk.now));
//!     serde_json::to_string(&coverage)
//! };
//! let mut whole = Coverage::default();
//! for written in [shard(1)?, shard(2)?] {
//!     whole.merge(&serde_json::from_str(&written)?);
//! }
//! assert_eq!(whole.commands, 2);
//! assert!(whole.gate(Gate::EveryRuleEvaluated).is_err());
//! # Ok::<(), serde_json::Error>(())
//! ```

use std::{collections::BTreeMap, fmt};

use peercircle_core::{Command, Context, Cycle, Event, RULES, ReplayError, Rulebook};
use serde::{Deserialize, Serialize};

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// Commands that were observed.
    pub commands: usize,
    /// What each rule did: those of the table in their order, then rules of one's own in the order they were met, also those
    /// that never looked.
    pub rules: Vec<RuleCoverage>,
    /// Events of recorded histories that no command writes under the rules they were read by; they are in no row.
    #[serde(default)]
    pub unread: usize,
    /// The rules that no gate asks for, each with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub exempt: BTreeMap<String, String>,
}

/// What a rule did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
#[error("expected every rule to {wanted}, missing are {}{}", rules.join(", "), but(exempt))]
pub struct GateError {
    /// What was wanted of each.
    pub wanted: &'static str,
    /// The rules that didn't do it.
    pub rules: Vec<String>,
    /// The rules of which it wasn't wanted.
    pub exempt: Vec<String>,
}

fn but(exempt: &[String]) -> String {
    if exempt.is_empty() { String::new() } else { format!(", beside the exempt {}", exempt.join(", ")) }
}

impl Default for Coverage {
    fn default() -> Self {
        let checks = RULES.iter().filter(|rule| !rule.kinds().is_empty());
        let names = checks.map(|rule| rule.id.to_string());
        Self { commands: 0, rules: names.map(RuleCoverage::new).collect(), unread: 0, exempt: BTreeMap::new() }
    }
}

impl RuleCoverage {
    const fn new(rule: String) -> Self {
        Self { rule, evaluated: 0, passed: 0, refused: 0, alone: 0 }
    }
}

impl Coverage {
    /// A command that is about to be given. No rule looks at one that was answered before (R-04).
    pub fn observe(&mut self, rules: &Rulebook, cycle: &Cycle, command: &Command, context: &Context) {
        self.commands += 1;
        self.know_own(rules, cycle);
        if context.answered.is_some() {
            return;
        }
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

    /// The commands of a recorded history, read under the rules that it was lived under: rules in code, and the table without what
    /// is knocked out. The rules of its process are in it. A history holds what was accepted, so nothing in it was refused: what
    /// these rules would have refused is [`unread`](Self::unread), and [`impact`](crate::difference::impact) says by which.
    ///
    /// # Errors
    /// [`ReplayError`] where it doesn't replay.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Process, RuleId, Rulebook};
    /// use peercircle_testkit::{Ruled, coverage::Coverage, walk::{Walk, draws}};
    /// let loose = Rulebook::standard().knocked_out(RuleId::Ours(30));
    /// let walk = Walk::through(Ruled::new(Process::default(), loose.clone()), 3).on(&draws(4, 200));
    /// let (mut ours, mut standard) = (Coverage::default(), Coverage::default());
    /// ours.observe_history(&loose, &walk.events)?;
    /// standard.observe_history(&Rulebook::standard(), &walk.events)?;
    /// assert_eq!((ours.commands, ours.unread), (walk.accepted.values().sum(), 0));
    /// assert!(standard.unread > 0, "R-30 would have refused");
    /// # Ok::<(), peercircle_core::ReplayError>(())
    /// ```
    pub fn observe_history(&mut self, rules: &Rulebook, history: &[Event]) -> Result<(), ReplayError> {
        let mut decisions = recorded::decisions_under(history, rules.clone());
        for decision in decisions.by_ref() {
            let decision = decision?;
            match &decision.command {
                Some(command) => self.observe(rules, &decision.before, command, &decision.context),
                None => self.unread += 1,
            }
        }
        // The rules of the process it is under in the end, whether or not anything was asked of them.
        self.know_own(rules, decisions.reached());
        Ok(())
    }

    /// No gate asks for this rule, for this reason. It stays in the table, which prints both.
    ///
    /// # Example
    /// ```
    /// use peercircle_testkit::coverage::{Coverage, Gate};
    /// let ours = Coverage::default().exempt("R-60", "there is only ever one cycle here");
    /// let missing = ours.gate(Gate::EveryRuleRefused).unwrap_err();
    /// assert!(!missing.rules.contains(&"R-60".to_owned()));
    /// assert!(ours.to_string().contains("R-60 is exempt: there is only ever one cycle here"));
    /// ```
    #[must_use]
    pub fn exempt(mut self, rule: impl Into<String>, why: impl Into<String>) -> Self {
        self.exempt.insert(rule.into(), why.into());
        self
    }

    /// Adds what another coverage observed, and what it exempts.
    pub fn merge(&mut self, other: &Self) {
        self.commands += other.commands;
        self.unread += other.unread;
        for one in &other.rules {
            let Some(rule) = self.of(&one.rule) else { continue };
            rule.evaluated += one.evaluated;
            rule.passed += one.passed;
            rule.refused += one.refused;
            rule.alone += one.alone;
        }
        for (rule, why) in &other.exempt {
            self.exempt.entry(rule.clone()).or_insert_with(|| why.clone());
        }
    }

    /// What this rule did, where it is known.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&RuleCoverage> {
        self.rules.iter().find(|one| one.rule == name)
    }

    /// Whether a gate is reached by every rule that isn't [exempt](Self::exempt).
    ///
    /// # Errors
    /// [`GateError`] with the rules that are missing.
    pub fn gate(&self, gate: Gate) -> Result<(), GateError> {
        let (wanted, count): (_, fn(&RuleCoverage) -> usize) = match gate {
            Gate::EveryRuleEvaluated => ("look at a command", |rule| rule.evaluated),
            Gate::EveryRuleRefused => ("refuse a command", |rule| rule.refused),
            Gate::EveryRuleRefusedAlone => ("refuse one alone", |rule| rule.alone),
        };
        let asked = self.rules.iter().filter(|one| !self.exempt.contains_key(&one.rule));
        let rules: Vec<_> = asked.filter(|one| count(one) == 0).map(|one| one.rule.clone()).collect();
        let exempt = || self.exempt.keys().cloned().collect();
        if rules.is_empty() { Ok(()) } else { Err(GateError { wanted, rules, exempt: exempt() }) }
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
        for (rule, why) in &self.exempt {
            writeln!(f, "{rule} is exempt: {why}")?;
        }
        if self.unread > 0 {
            writeln!(f, "not read: {} recorded events that no command writes under these rules", self.unread)?;
        }
        Ok(())
    }
}
