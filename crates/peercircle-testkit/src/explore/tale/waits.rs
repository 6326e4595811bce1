//! What a wait is for: in words, with the rule of the process or the property that speaks of the time.

use std::collections::BTreeSet;

use peercircle_core::{Condition, Cycle, DueKind, ElapsedBound, Instant, OwnRuleSpec, Span, lasting};

use crate::{
    explore::{
        model::{Model, Point},
        moves::elapsed,
    },
    story::list,
};

/// What has come once it is `until`, as in "Time passes: ...".
pub(super) fn passed(model: &Model, point: &Point, until: Instant, why: Option<DueKind>) -> String {
    why.map_or_else(|| spoken_of(model, point, until), due)
}

fn due(kind: DueKind) -> String {
    match kind {
        DueKind::ResumeUntil {} => "it is too late to take the interrupted session up again".to_owned(),
        DueKind::WrittenReportUntil {} => "it is too late to make up for session 2".to_owned(),
        DueKind::AdoptionUntil {} => "the last day to decide what to adopt has come".to_owned(),
        DueKind::SessionEnds {} => "the session drags on past its end".to_owned(),
        DueKind::SessionAbandoned {} => "nobody has closed the session; it counts as abandoned".to_owned(),
        other => other.label(),
    }
}

/// The rules of the process, and the properties, that speak of this time.
fn spoken_of(model: &Model, point: &Point, until: Instant) -> String {
    let rules = model.process().spec().rules.iter();
    let mut says: Vec<String> = rules.flat_map(|rule| of_rule(rule, &point.cycle, until)).collect();
    let properties = model.watchers.properties();
    let over = point.tracks.owed(properties).filter(|(_, at)| *at + Span::seconds(1) == until);
    let over: BTreeSet<usize> = over.map(|(property, _)| property).collect();
    let owed: Vec<String> = over.into_iter().filter_map(|at| Some(format!("`{}`", properties.get(at)?.id))).collect();
    if !owed.is_empty() {
        says.push(format!("the time is over that {} leaves for it", list(&owed)));
    }
    if says.is_empty() { "a time that the process speaks of has come".to_owned() } else { says.join("; ") }
}

/// The bounds of a rule that are reached or passed at this time.
fn of_rule(rule: &OwnRuleSpec, cycle: &Cycle, until: Instant) -> Vec<String> {
    let mut found = Vec::new();
    bounds(&rule.require, true, &mut found);
    let name = format!("`{}` ({})", rule.title.trim_end().trim_end_matches('.'), rule.id);
    let says = found.into_iter().filter_map(|(bound, wanted)| {
        let elapsed = elapsed(cycle, bound.since, until)?;
        let is = |minutes: u32| minutes.saturating_mul(60) == elapsed;
        let reached = bound.at_least_minutes.filter(|minutes| is(*minutes));
        let passed = bound.at_most_minutes.filter(|minutes| is(minutes.saturating_add(1)));
        let since = bound.since.label();
        // What is no longer kept under a `not` is what the rule asks for.
        let (gone, asked) = match (reached, passed) {
            (Some(minutes), _) => (gone_by(minutes), wanted),
            (None, Some(minutes)) => (format!("more than {}", gone_by(minutes)), !wanted),
            (None, None) => return None,
        };
        Some(if asked {
            format!("{gone} since {since}, which {name} asks for")
        } else {
            format!("{gone} since {since}, later than {name} allows")
        })
    });
    says.collect()
}

/// The bounds on elapsed time in a condition, and whether each is wanted to hold.
fn bounds<'a>(condition: &'a Condition, wanted: bool, found: &mut Vec<(&'a ElapsedBound, bool)>) {
    match condition {
        Condition::All(of) | Condition::Any(of) | Condition::AtLeast { of, .. } => {
            for one in of {
                bounds(one, wanted, found);
            }
        }
        Condition::Not(one) => bounds(one, !wanted, found),
        Condition::Elapsed(bound) => found.push((bound, wanted)),
        Condition::Role(_)
        | Condition::Attendance { .. }
        | Condition::Count(_)
        | Condition::Stage(_)
        | Condition::Phase(_) => {}
    }
}

/// `7 days have gone by`.
fn gone_by(minutes: u32) -> String {
    let many = lasting(minutes);
    // `1 day`, and not `1 day and 30 min`.
    let one = many.starts_with("1 ") && !many.contains(" and ");
    format!("{many} {} gone by", if one { "has" } else { "have" })
}

#[cfg(test)]
mod tests {
    use super::gone_by;

    /// As a rule says it: there is one place where minutes become days.
    #[test]
    fn what_has_gone_by_is_told_as_rules_tell_time() {
        for (minutes, told) in [
            (1, "1 min has gone by"),
            (90, "90 min have gone by"),
            (300, "5 hours have gone by"),
            (1440, "1 day has gone by"),
            (1470, "1 day and 30 min have gone by"),
            (10_080, "7 days have gone by"),
        ] {
            assert_eq!(gone_by(minutes), told);
        }
    }
}
