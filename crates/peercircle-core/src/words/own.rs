//! Words for the own rules of a process: what of a condition was wanted, and what was found instead.

use crate::{Condition, CountBound, Cycle, ElapsedBound, RuleId, process::lasting, rules::Blamed};

/// What a rule of the process's own says: its title, and the part of its condition that isn't met. `found` is the leaf that is
/// to blame, and what was measured there.
pub(super) fn says(rule: RuleId, found: (u8, u32), cycle: &Cycle) -> String {
    let Some(own) = own(rule, cycle) else { return format!("{rule} does not hold") };
    let unmet = Blamed::of(&own.require, found.0).map_or_else(String::new, |blamed| unmet(&blamed, found, cycle));
    format!("{}: {unmet}", bare(&own.title))
}

/// What its author says would help.
pub(super) fn helps(rule: RuleId, cycle: &Cycle) -> String {
    own(rule, cycle).map_or_else(String::new, |own| bare(&own.remedy).to_owned())
}

/// Without a full stop: whoever tells the sentence sets one.
fn bare(text: &str) -> &str {
    text.trim_end().trim_end_matches('.')
}

fn own(rule: RuleId, cycle: &Cycle) -> Option<&crate::OwnRuleSpec> {
    match rule {
        RuleId::Process(at) => cycle.process().spec().rules.get(usize::from(at)),
        RuleId::Ours(_) | RuleId::Code(_) => None,
    }
}

/// What was wanted: a leaf, or one of several ways to meet the condition, each with what was found.
fn unmet(blamed: &Blamed<'_>, (number, got): (u8, u32), cycle: &Cycle) -> String {
    let Blamed { condition, wanted, first } = *blamed;
    let of = match condition {
        Condition::Any(of) | Condition::All(of) => of,
        Condition::AtLeast { n: 1, of } if wanted => of,
        Condition::AtLeast { .. } => return format!("expected {}", expected(condition, wanted)),
        Condition::Not(_)
        | Condition::Role(_)
        | Condition::Elapsed(_)
        | Condition::Attendance { .. }
        | Condition::Count(_)
        | Condition::Stage(_)
        | Condition::Phase(_) => {
            let found = found(condition, Some(got), cycle).map_or_else(String::new, |found| format!(", got {found}"));
            return format!("expected {}{found}", expected(condition, wanted));
        }
    };
    let mut at = first;
    let ways = of.iter().map(|one| {
        let measured = (at == number).then_some(got);
        at = at.wrapping_add(one.leaves());
        let found = found(one, measured, cycle).map_or_else(String::new, |found| format!(" (got {found})"));
        format!("{}{found}", expected(one, wanted))
    });
    let ways: Vec<_> = ways.collect();
    let either = if ways.len() > 1 { "either " } else { "" };
    format!("expected {either}{}", ways.join(" or "))
}

fn expected(condition: &Condition, wanted: bool) -> String {
    if wanted { condition.to_string() } else { negated(condition) }
}

/// What was found where this was asked; `measured` where it was measured then.
fn found(condition: &Condition, measured: Option<u32>, cycle: &Cycle) -> Option<String> {
    match condition {
        Condition::Count(bound) => Some(measured.unwrap_or_else(|| cycle.count(bound.of)).to_string()),
        Condition::Elapsed(_) => measured.map(lasting),
        Condition::Stage(_) => Some(cycle.stage().label().to_owned()),
        Condition::Phase(_) => Some(cycle.phase().map_or("no running session", crate::PhaseKind::label).to_owned()),
        Condition::Role(_)
        | Condition::Attendance { .. }
        | Condition::All(_)
        | Condition::Any(_)
        | Condition::AtLeast { .. }
        | Condition::Not(_) => None,
    }
}

/// The opposite of a leaf: of `at least 4` it is `at most 3`, of time `less than 4 days`.
fn negated(leaf: &Condition) -> String {
    match leaf {
        Condition::Elapsed(ElapsedBound { since, at_least_minutes: Some(low), at_most_minutes: None }) => {
            format!("less than {} since {}", lasting(*low), since.label())
        }
        Condition::Elapsed(ElapsedBound { since, at_least_minutes: None, at_most_minutes: Some(high) }) => {
            format!("more than {} since {}", lasting(*high), since.label())
        }
        Condition::Count(bound) => opposite(bound).map_or_else(
            || format!("not ({leaf})"),
            |(at_least, at_most)| Condition::Count(CountBound { of: bound.of, at_least, at_most }).to_string(),
        ),
        Condition::Role(_)
        | Condition::Elapsed(_)
        | Condition::Attendance { .. }
        | Condition::Stage(_)
        | Condition::Phase(_)
        | Condition::All(_)
        | Condition::Any(_)
        | Condition::AtLeast { .. }
        | Condition::Not(_) => format!("not ({leaf})"),
    }
}

/// The numbers that a bound doesn't allow, where they are a bound again.
fn opposite(bound: &CountBound) -> Option<(Option<u16>, Option<u16>)> {
    match (bound.at_least, bound.at_most) {
        (Some(low), None) => Some((None, Some(low.checked_sub(1)?))),
        (None, Some(high)) => Some((Some(high.checked_add(1)?), None)),
        (Some(_), Some(_)) | (None, None) => None,
    }
}
