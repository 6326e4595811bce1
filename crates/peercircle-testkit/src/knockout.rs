//! Knock-out: each rule off in turn, and which check notices. A rule that nobody notices is one that nobody tests.

use std::fmt;

use peercircle_core::{RULES, RuleId, Rulebook};
use serde::Serialize;

/// What a check is asked with: the rules, one of them missing.
type Asked<'a> = dyn Fn(&Rulebook) -> Result<(), String> + 'a;

/// A check of one's own: it passes under the rules as they are, and should fail where one is missing.
pub struct Check<'a> {
    name: String,
    check: Box<Asked<'a>>,
}

impl<'a> Check<'a> {
    /// A check with its name.
    pub fn new(name: impl Into<String>, check: impl Fn(&Rulebook) -> Result<(), String> + 'a) -> Self {
        Self { name: name.into(), check: Box::new(check) }
    }
}

impl fmt::Debug for Check<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Check").field(&self.name).finish()
    }
}

/// Who noticed which rule missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnockOut {
    /// Each rule that checks commands, and the checks that noticed.
    pub rules: Vec<KnockedOut>,
    /// The checks that fail with every rule in place, and so show nothing.
    pub failing: Vec<String>,
}

/// A rule that was switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnockedOut {
    /// Its name, such as `R-21`.
    pub rule: String,
    /// The checks that noticed.
    pub noticed_by: Vec<String>,
}

/// Switches each of these rules off in turn, those of the table and those in code, and runs the checks.
///
/// # Example
/// ```
/// use peercircle_core::{CommandKind, Context, Cycle, Rulebook};
/// use peercircle_testkit::{knockout::{Check, knock_out}, walk::menu};
/// let now = "2026-03-02T09:00:00Z".parse()?;
/// let closed = Check::new("nobody follows a cycle that runs", move |rules| {
///     let previous = &menu(CommandKind::FormCycle, &Cycle::default(), now)[2];
///     let accepted = rules.decide(&Cycle::default(), previous, &Context::organiser(now)).is_accepted();
///     if accepted { Err("a cycle was formed".to_owned()) } else { Ok(()) }
/// });
/// let answer = knock_out(&Rulebook::standard(), &[closed]);
/// assert!(answer.unnoticed().count() > 30);
/// assert!(!answer.unnoticed().any(|rule| rule == "R-60"));
/// # Ok::<(), peercircle_core::InstantError>(())
/// ```
#[must_use]
pub fn knock_out(rules: &Rulebook, checks: &[Check<'_>]) -> KnockOut {
    let failing: Vec<String> = failures(checks, rules);
    let table = RULES.iter().filter(|rule| !rule.kinds().is_empty()).map(|rule| rule.id);
    let code = rules.own().iter().map(|rule| RuleId::Code(rule.id));
    let rules = table.chain(code).map(|rule| {
        let mut noticed_by = failures(checks, &rules.clone().knocked_out(rule));
        noticed_by.retain(|name| !failing.contains(name));
        KnockedOut { rule: rule.to_string(), noticed_by }
    });
    KnockOut { rules: rules.collect(), failing: failing.clone() }
}

fn failures(checks: &[Check<'_>], rules: &Rulebook) -> Vec<String> {
    checks.iter().filter(|one| (one.check)(rules).is_err()).map(|one| one.name.clone()).collect()
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
        if !self.failing.is_empty() {
            writeln!(f, "failing with every rule in place: {}", self.failing.join("; "))?;
        }
        Ok(())
    }
}
