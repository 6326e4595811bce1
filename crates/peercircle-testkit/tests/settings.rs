//! Every setting of a process, changed by itself: which of them a story tells of, which only change when something falls due, and
//! which decide nothing.

#![expect(clippy::unwrap_used, reason = "a test that can't prepare its case fails")]

use std::collections::BTreeSet;

use peercircle_core::{CommandKind, Process, ProcessSpec};
use peercircle_testkit::{
    difference::{Difference, difference},
    explore::{Bounds, quietly},
};
use serde_json::{Value, json};

/// What a difference in a setting comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comes {
    /// A story in which one allows what the other refuses, or to another stage.
    Stories,
    /// Another time at which something falls due, and to nothing else: that is said.
    Times,
    /// Nothing that is allowed, refused or owed: that is said.
    Nothing,
}

use Comes::{Nothing, Stories, Times};

/// What goes wrong in the groups that are looked at: members, leaving, absent, late, troubles.
type Within = (u8, u8, u8, u8, u8);

const CALM: Within = (4, 0, 0, 0, 0);
const SIX: Within = (6, 0, 0, 0, 0);
const LEAVING: Within = (4, 1, 0, 0, 0);
const ABSENT: Within = (4, 0, 1, 0, 0);
const LATE: Within = (4, 0, 0, 1, 0);
const TROUBLE: Within = (4, 0, 0, 0, 1);

/// Each setting, where a `*` stands for any phase; what a change of it comes to; how little has to go wrong for that; and what it is
/// changed to, each for itself.
fn every() -> Vec<(&'static str, Comes, Within, Vec<Value>)> {
    vec![
        ("attendance.apology_hours", Stories, CALM, vec![json!(12), json!(48)]),
        ("attendance.catch_up", Stories, ABSENT, vec![json!("off")]),
        ("attendance.explore_closes_at", Stories, LATE, vec![json!("skill_building"), json!("next_steps")]),
        ("attendance.reflect_closes_at", Stories, LATE, vec![json!("report_back"), json!("adoption")]),
        ("attendance.reminder_hours", Times, CALM, vec![json!(24), json!(72)]),
        ("attendance.written_report", Stories, ABSENT, vec![json!("off")]),
        ("attendance.written_report_days", Stories, ABSENT, vec![json!(7), json!(21)]),
        ("clock.grace_minutes", Stories, TROUBLE, vec![json!(20), json!(60)]),
        ("clock.overrun_minutes", Stories, CALM, vec![json!(0), json!(5), json!(30)]),
        ("clock.pause_minutes", Stories, CALM, vec![json!(0), json!(10), json!(30)]),
        ("clock.resume_days", Stories, TROUBLE, vec![json!(7), json!(21)]),
        ("explore.*.floor_minutes", Stories, CALM, vec![json!(1), json!(2)]),
        ("explore.*.minutes", Stories, CALM, vec![json!(12), json!(30)]),
        ("facilitation.delegate_own_turn", Stories, CALM, vec![json!("on")]),
        ("facilitation.different_in_reflect", Stories, CALM, vec![json!("relaxed")]),
        ("facilitation.repeat_with_reason", Stories, CALM, vec![json!("off")]),
        ("facilitation.timekeeper", Stories, CALM, vec![json!("off")]),
        ("gap.maximum_days", Times, CALM, vec![json!(40), json!(90)]),
        ("gap.minimum_days", Stories, CALM, vec![json!(14), json!(28)]),
        ("gap.promise", Stories, CALM, vec![json!("off")]),
        ("gap.shorter_with_reason", Stories, CALM, vec![json!("off")]),
        ("gap.target_days", Nothing, CALM, vec![json!(21), json!(35)]),
        ("ground_rules_version", Stories, CALM, vec![json!(2)]),
        ("group.distinct_departments", Stories, CALM, vec![json!("relaxed")]),
        ("group.maximum", Stories, CALM, vec![json!(8)]),
        ("group.minimum", Stories, LEAVING, vec![json!(3), json!(5)]),
        ("group.same_level", Stories, CALM, vec![json!("relaxed")]),
        ("group.target", Nothing, CALM, vec![json!(4)]),
        ("orientation", Stories, CALM, vec![json!("on")]),
        ("phases.reopenings", Stories, CALM, vec![json!(0), json!(2), json!(3)]),
        ("phases.skippable", Stories, CALM, vec![json!([]), json!(["discussion", "action_planning"])]),
        ("place.allowed", Stories, CALM, vec![json!(["remote"]), json!(["onsite", "mixed"])]),
        ("practice.adoption_days", Stories, ABSENT, vec![json!(7), json!(28)]),
        ("practice.buddies", Stories, CALM, vec![json!("off")]),
        ("practice.weeks", Stories, CALM, vec![json!(2), json!(6)]),
        ("privacy", Stories, CALM, vec![json!("counts"), json!("sealed")]),
        ("quorum.denominator", Stories, SIX, vec![json!(2), json!(4)]),
        ("quorum.floor", Stories, CALM, vec![json!(4)]),
        ("quorum.numerator", Stories, SIX, vec![json!(1), json!(3)]),
        ("quorum.when_lost", Stories, (4, 1, 1, 0, 0), vec![json!("stop")]),
        ("recording", Stories, CALM, vec![json!("off")]),
        ("reflect.*.floor_minutes", Stories, CALM, vec![json!(1), json!(2)]),
        ("reflect.*.minutes", Stories, CALM, vec![json!(25), json!(50)]),
        ("retention.content_days", Times, CALM, vec![json!(30), json!(90)]),
        ("retention.fact_days", Times, CALM, vec![json!(365), json!(3660)]),
        ("retention.fewest_people", Nothing, CALM, vec![json!(3), json!(10)]),
        ("rules", Stories, CALM, vec![json!([own_rule("session.open")]), json!([own_rule("feedback.give")])]),
        ("turns.defer", Stories, CALM, vec![json!("off")]),
        ("turns.order", Stories, TROUBLE, vec![json!("fixed"), json!("least_spoken_first")]),
        ("turns.pass", Stories, CALM, vec![json!("off")]),
        ("who_may", Stories, CALM, vec![json!({"session.open": ["organiser"]}), json!({"session.open": ["member"]})]),
    ]
}

fn own_rule(applies_to: &str) -> Value {
    let require = json!({"count": {"of": "members", "at_least": 9}});
    json!({"id": "ACME-1", "title": "nine", "applies_to": [applies_to], "require": require, "remedy": "be nine"})
}

/// The preset with this in place of that.
fn with(setting: &str, to: &Value) -> Result<Process, String> {
    let mut spec = serde_json::to_value(ProcessSpec::default()).unwrap();
    *spec.pointer_mut(&format!("/{}", setting.replace('.', "/"))).unwrap() = to.clone();
    let spec = serde_json::from_value(spec).map_err(|error| error.to_string())?;
    Process::new(spec).map_err(|issues| issues.to_string())
}

/// The names of everything in a process that isn't made of parts, or is empty as long as nobody says something; words aside.
fn names(at: &str, value: &Value, found: &mut BTreeSet<String>) {
    const WORDS: [&str; 5] = ["name", "prompt", "purpose", "title", "version"];
    let Some(fields) = value.as_object().filter(|fields| !fields.is_empty()) else {
        found.insert(at.to_owned());
        return;
    };
    for (key, one) in fields.iter().filter(|(key, _)| !WORDS.contains(&key.as_str())) {
        names(&if at.is_empty() { key.clone() } else { format!("{at}.{key}") }, one, found);
    }
}

fn is(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<_>, Vec<_>) = (pattern.split('.').collect(), name.split('.').collect());
    pattern.len() == name.len() && pattern.iter().zip(&name).all(|(one, other)| *one == "*" || one == other)
}

fn beside_the_preset(other: &Process, (members, leaving, absent, late, troubles): Within) -> Difference {
    let bounds = Bounds { members, leaving, absent, late, troubles, ..Bounds::default() };
    difference(Process::default(), other, &bounds, &mut quietly)
}

#[test]
fn every_setting_is_told_by_a_story_or_it_is_said_that_it_decides_nothing() {
    let mut all = BTreeSet::new();
    names("", &serde_json::to_value(ProcessSpec::default()).unwrap(), &mut all);
    let every = every();
    let mut wrong = Vec::new();
    for name in &all {
        let Some((_, comes, within, changes)) = every.iter().find(|(pattern, ..)| is(pattern, name)) else {
            wrong.push(format!("{name}: nobody has thought of what a change of it comes to"));
            continue;
        };
        let mut tried = 0;
        for to in changes {
            let Ok(other) = with(name, to) else { continue };
            if other == Process::default() {
                continue;
            }
            tried += 1;
            let found = beside_the_preset(&other, *within);
            let stories = !found.witnesses.is_empty() || !found.partings.is_empty();
            let got = match (stories, found.owed.is_empty(), found.plain.contains_key(name)) {
                (true, _, false) => Some(Stories),
                (false, false, true) => Some(Times),
                (false, true, true) => Some(Nothing),
                _ => None,
            };
            if got != Some(*comes) || !found.untold.is_empty() {
                wrong.push(format!("{name}, {to}: {comes:?} was expected, got {got:?}\n{found}"));
            }
        }
        if tried == 0 {
            wrong.push(format!("{name}: no change of it is a process"));
        }
    }
    for (pattern, ..) in &every {
        if !all.iter().any(|name| is(pattern, name)) {
            wrong.push(format!("{pattern}: no setting is called so"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn who_may_give_a_command_no_more_is_told_of_every_command() {
    let mut untold = Vec::new();
    for kind in CommandKind::ALL {
        for role in kind.roles().iter().filter(|_| kind.roles().iter().count() > 1) {
            let mut spec = ProcessSpec::default();
            spec.who_may.insert(*kind, vec![role]);
            let other = Process::new(spec).unwrap();
            let told = [CALM, LEAVING, ABSENT, TROUBLE]
                .into_iter()
                .any(|within| beside_the_preset(&other, within).untold.is_empty());
            if !told {
                untold.push(format!("{kind} by {role:?}"));
            }
        }
    }
    assert_eq!(untold, Vec::<String>::new());
}
