//! Knock-out: each rule off in turn, and which check notices. A rule that nobody notices is one that nobody tests.
//!
//! ```
//! use peercircle_core::{CommandKind, Condition, CountBound, Counted, OwnRuleSpec, Process, ProcessSpec};
//! use peercircle_testkit::knockout::{Check, knock_out};
//! let four = Condition::Count(CountBound { of: Counted::Members, at_least: Some(4), at_most: None });
//! let own = OwnRuleSpec {
//!     id: "ACME-1".to_owned(),
//!     title: "No date before there is a group.".to_owned(),
//!     applies_to: vec![CommandKind::ScheduleSession],
//!     require: four,
//!     remedy: "Wait.".to_owned(),
//! };
//! let ours = Process::new(ProcessSpec { rules: vec![own], ..ProcessSpec::default() })?;
//! let answer = knock_out(&ours, &[Check::corpus()]);
//! assert_eq!(answer.unnoticed().collect::<Vec<_>>(), ["ACME-1"]);
//! # Ok::<(), peercircle_core::ProcessIssues>(())
//! ```

mod check;

use std::fmt;

use peercircle_core::{Process, RULES, RuleId};
use serde::Serialize;
use serde_json::Value;

pub use self::check::Check;
use crate::Ruled;

/// Who noticed which rule missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnockOut {
    /// Each rule that checks commands, and the checks that noticed: those of the table, of the process file, and in code.
    pub rules: Vec<KnockedOut>,
    /// The checks that fail with every rule in place, and so show nothing.
    pub failing: Vec<Failing>,
}

/// A rule that was switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnockedOut {
    /// Its name, such as `R-21`.
    pub rule: String,
    /// The checks that noticed.
    pub noticed_by: Vec<String>,
}

/// A check that fails with every rule in place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failing {
    /// Its name.
    pub check: String,
    /// What it said.
    pub says: String,
}

/// What a check is asked with: a process and its rules, one of them missing.
struct Off {
    under: Ruled,
    /// The missing rule as it stands in the process file, where it is from there.
    own: Option<Value>,
}

/// Switches each rule off in turn, those of the table, of the process file and in code, and runs the checks. One that panics has
/// noticed, and nothing is printed of it.
///
/// # Example
/// ```
/// use peercircle_core::{CommandKind, Context, Cycle, Process};
/// use peercircle_testkit::{knockout::{Check, knock_out}, walk::menu};
/// let now = "2026-03-02T09:00:00Z".parse()?;
/// let closed = Check::new("nobody follows a cycle that runs", move |ours| {
///     let previous = &menu(CommandKind::FormCycle, &Cycle::default(), now)[2];
///     let accepted = ours.rules().decide(&Cycle::default(), previous, &Context::organiser(now)).is_accepted();
///     if accepted { Err("a cycle was formed".to_owned()) } else { Ok(()) }
/// });
/// let answer = knock_out(Process::default(), &[closed]);
/// assert!(answer.unnoticed().count() > 30);
/// assert!(!answer.unnoticed().any(|rule| rule == "R-60"));
/// # Ok::<(), peercircle_core::InstantError>(())
/// ```
#[must_use]
pub fn knock_out(under: impl Into<Ruled>, checks: &[Check<'_>]) -> KnockOut {
    let under = under.into();
    let whole = Off { under: under.clone(), own: None };
    let mut failing = Vec::new();
    let mut passing = Vec::new();
    for check in checks {
        match check.run(&whole) {
            Ok(()) => passing.push(check),
            Err(says) => failing.push(Failing { check: check.name().to_owned(), says }),
        }
    }
    let rules = everything(&under).into_iter().map(|(rule, off)| {
        let noticed = passing.iter().filter(|check| check.run(&off).is_err());
        KnockedOut { rule, noticed_by: noticed.map(|check| check.name().to_owned()).collect() }
    });
    KnockOut { rules: rules.collect(), failing }
}

/// Every rule that checks commands, and what is left without it.
fn everything(under: &Ruled) -> Vec<(String, Off)> {
    let (process, rules) = (under.process(), under.rules());
    let off: Vec<_> = rules.off().collect();
    let table = RULES.iter().filter(|rule| !rule.kinds().is_empty() && !off.contains(&rule.id)).map(|rule| rule.id);
    let code = rules.own().iter().map(|rule| RuleId::Code(rule.id));
    let without = |rule: RuleId| {
        let under = Ruled::new(process.clone(), rules.clone().knocked_out(rule));
        (rule.to_string(), Off { under, own: None })
    };
    let own = process.spec().rules.iter().map(|rule| {
        let under = Ruled::new(lacking(process, &rule.id), rules.clone());
        (rule.id.clone(), Off { under, own: serde_json::to_value(rule).ok() })
    });
    table.map(without).chain(own).chain(code.map(without)).collect()
}

/// A process without a rule of its own.
fn lacking(process: &Process, id: &str) -> Process {
    let mut spec = process.spec().clone();
    spec.rules.retain(|rule| rule.id != id);
    // INVARIANT: fewer rules make no process invalid.
    Process::new(spec).unwrap_or_else(|_| process.clone())
}

impl KnockOut {
    /// The rules that nobody noticed missing.
    pub fn unnoticed(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter(|one| one.noticed_by.is_empty()).map(|one| one.rule.as_str())
    }
}

impl fmt::Display for KnockOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for one in &self.rules {
            let noticed = if one.noticed_by.is_empty() { "nobody".to_owned() } else { one.noticed_by.join("; ") };
            writeln!(f, "{:<6} noticed by {noticed}", one.rule)?;
        }
        for one in &self.failing {
            writeln!(f, "fails with every rule in place: {}: {}", one.check, one.says)?;
        }
        Ok(())
    }
}
