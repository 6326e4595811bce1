//! An embedder's own rules: conditions of the process file, and Rust values. They can only add refusals.

use super::Checked;
use crate::{Condition, Facts, Instant, KindSet, Meeting, Reason, SessionKind, Since, Whose};

/// A rule in an embedder's code.
///
/// # Example
/// ```
/// use peercircle_core::{CommandKind, KindSet, OwnRule, Rulebook};
/// let rule = OwnRule {
///     id: "ACME-7",
///     title: "an even room",
///     applies_to: KindSet::of(&[CommandKind::StartSession]),
///     check: |facts| if facts.in_room().len() % 2 == 0 { Ok(()) } else { Err("an odd number is in the room") },
///     remedy: "wait for one more",
/// };
/// let rulebook = Rulebook::standard().with(rule);
/// assert_eq!(rulebook.own().len(), 1);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OwnRule {
    /// Its id; `R-` is ours.
    pub id: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// The kinds it looks at.
    pub applies_to: KindSet,
    /// The check: what stands in the way, where it refuses.
    pub check: fn(&Facts<'_>) -> Result<(), &'static str>,
    /// What would unblock it, one line.
    pub remedy: &'static str,
}

/// What a condition of the process file finds against the command: the first leaf that decides, and what was measured there.
pub(crate) fn unmet(rule: u8, condition: &Condition, facts: &Facts<'_>) -> Checked {
    let mut leaf = 0;
    let mut blame = None;
    if holds(condition, true, facts, &mut leaf, &mut blame) {
        return Ok(());
    }
    let (leaf, got) = blame.unwrap_or_default();
    Err(Reason::OwnUnmet { rule, leaf, got })
}

/// What of a condition is to blame: the outermost part with several ways to be met, or else the leaf.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Blamed<'a> {
    pub(crate) condition: &'a Condition,
    /// Whether it is wanted to hold: not so under a `not`.
    pub(crate) wanted: bool,
    /// The number of its first leaf.
    pub(crate) first: u8,
}

impl<'a> Blamed<'a> {
    /// The part with the leaf that is to blame.
    pub(crate) fn of(condition: &'a Condition, leaf: u8) -> Option<Self> {
        Self { condition, wanted: true, first: 0 }.narrowed(leaf)
    }

    fn narrowed(self, leaf: u8) -> Option<Self> {
        let Self { condition, wanted, first } = self;
        match (condition, wanted) {
            (Condition::Not(one), _) => Self { condition: one, wanted: !wanted, first }.narrowed(leaf),
            // All of it is wanted: what is missing is in the part with the leaf.
            (Condition::All(of), true) | (Condition::Any(of), false) => {
                let mut first = first;
                for one in of {
                    let next = first.wrapping_add(one.leaves());
                    if leaf < next {
                        return Self { condition: one, wanted, first }.narrowed(leaf);
                    }
                    first = next;
                }
                None
            }
            (
                Condition::All(_)
                | Condition::Any(_)
                | Condition::AtLeast { .. }
                | Condition::Role(_)
                | Condition::Elapsed(_)
                | Condition::Attendance { .. }
                | Condition::Count(_)
                | Condition::Stage(_)
                | Condition::Phase(_),
                _,
            ) => Some(self),
        }
    }
}

/// The leaf with this number, counted from left to right, and whether it is wanted to hold: not so under a `not`.
pub(crate) fn leaf(condition: &Condition, number: u8) -> Option<(&Condition, bool)> {
    fn walk<'a>(condition: &'a Condition, wanted: bool, left: &mut u8) -> Option<(&'a Condition, bool)> {
        match condition {
            Condition::All(of) | Condition::Any(of) | Condition::AtLeast { of, .. } => {
                of.iter().find_map(|one| walk(one, wanted, left))
            }
            Condition::Not(one) => walk(one, !wanted, left),
            Condition::Role(_)
            | Condition::Elapsed(_)
            | Condition::Attendance { .. }
            | Condition::Count(_)
            | Condition::Stage(_)
            | Condition::Phase(_) => {
                let found = *left == 0;
                *left = left.wrapping_sub(1);
                found.then_some((condition, wanted))
            }
        }
    }
    let mut left = number;
    walk(condition, true, &mut left)
}

/// Whether it holds; blames the first leaf that isn't as it is `wanted`, in a part that isn't either.
fn holds(condition: &Condition, wanted: bool, facts: &Facts<'_>, next: &mut u8, blame: &mut Option<(u8, u32)>) -> bool {
    let before = *blame;
    let mut count = |of: &[Condition]| of.iter().filter(|one| holds(one, wanted, facts, next, blame)).count();
    // A part that is as it is wanted has nobody to blame, whichever way it is met.
    let several = |holds: bool, blame: &mut Option<(u8, u32)>| {
        if holds == wanted {
            *blame = before;
        }
        holds
    };
    let (holds, got) = match condition {
        Condition::All(of) => return several(count(of) == of.len(), blame),
        Condition::Any(of) => return several(count(of) > 0, blame),
        Condition::AtLeast { n, of } => return several(count(of) >= usize::from(*n), blame),
        Condition::Not(one) => return !holds(one, !wanted, facts, next, blame),
        Condition::Role(roles) => (roles.iter().any(|role| facts.has_role(*role)), 0),
        Condition::Stage(stages) => (stages.contains(&facts.stage()), 0),
        Condition::Phase(phases) => (facts.cycle().phase().is_some_and(|phase| phases.contains(&phase)), 0),
        Condition::Elapsed(bound) => match minutes_since(bound.since, facts) {
            Some(got) => (within(got, bound.at_least_minutes, bound.at_most_minutes), got),
            None => (false, 0),
        },
        Condition::Count(bound) => {
            let got = facts.cycle().count(bound.of);
            (within(got, bound.at_least.map(u32::from), bound.at_most.map(u32::from)), got)
        }
        Condition::Attendance { of, is } => (attends(*of, is, facts), 0),
    };
    let number = *next;
    *next = next.wrapping_add(1);
    if holds != wanted && blame.is_none() {
        *blame = Some((number, got));
    }
    holds
}

fn within(got: u32, low: Option<u32>, high: Option<u32>) -> bool {
    low.is_none_or(|low| got >= low) && high.is_none_or(|high| got <= high)
}

fn minutes_since(since: Since, facts: &Facts<'_>) -> Option<u32> {
    let elapsed = |meeting: &Meeting| meeting.elapsed(facts.now()).as_seconds();
    let closed = |session| -> Option<Instant> { facts.ledger().session(session).closed_at() };
    let seconds = match since {
        Since::SessionStarted => elapsed(facts.meeting()?),
        Since::PhaseOpened => elapsed(facts.meeting()?).saturating_sub(facts.cycle().time_box()?.opened()),
        Since::ExploreClosed => facts.now().since(closed(SessionKind::Explore)?).as_seconds(),
        Since::ReflectClosed => facts.now().since(closed(SessionKind::Reflect)?).as_seconds(),
    };
    Some(seconds / 60)
}

fn attends(of: Whose, is: &[crate::Attendance], facts: &Facts<'_>) -> bool {
    let Some(sheet) = facts.cycle().sheet() else { return false };
    match of {
        Whose::Actor => facts.context().actor.seat().is_some_and(|seat| is.contains(&sheet.of(seat))),
        Whose::Subject => facts.subject().is_some_and(|seat| is.contains(&sheet.of(seat))),
        Whose::Everyone => facts.ledger().active().iter().all(|seat| is.contains(&sheet.of(seat))),
    }
}
