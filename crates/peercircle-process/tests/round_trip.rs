//! What is written is read as the same process, whatever the process.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeMap;

use peercircle_core::{
    Attendance, CommandKind, Condition, CountBound, Counted, ElapsedBound, OwnRuleSpec, PhaseKind, Place, Process,
    ProcessSpec, Role, SessionKind, Since, Stage, Switch, Whose,
};
use peercircle_process::{Format, parse, to_json, to_toml};
use proptest::{prelude::*, sample::select};

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,200}x", "\\PC{0,40}x", any::<String>().prop_map(|text| text + "x")]
}

fn some<T: Clone + std::fmt::Debug + 'static>(of: &[T]) -> impl Strategy<Value = Vec<T>> + use<T> {
    prop::sample::subsequence(of.to_vec(), 1..=of.len().min(12))
}

fn bounds(most: u16) -> impl Strategy<Value = (Option<u16>, Option<u16>)> {
    prop_oneof![
        (0..most).prop_map(|low| (Some(low), None)),
        (0..most).prop_map(|high| (None, Some(high))),
        (0..most, 0..most).prop_map(|(one, other)| (Some(one.min(other)), Some(one.max(other)))),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let since = [Since::SessionStarted, Since::PhaseOpened, Since::ExploreClosed, Since::ReflectClosed];
    let of = [Counted::Members, Counted::Present, Counted::TurnsDone, Counted::Plans, Counted::AdoptionDecisions];
    let leaf = prop_oneof![
        some(&Role::ALL).prop_map(Condition::Role),
        some(Stage::ALL).prop_map(Condition::Stage),
        some(&PhaseKind::ALL).prop_map(Condition::Phase),
        (select(vec![Whose::Actor, Whose::Subject, Whose::Everyone]), some(Attendance::ALL))
            .prop_map(|(of, is)| Condition::Attendance { of, is }),
        (select(of.to_vec()), bounds(u16::MAX)).prop_map(|(of, (at_least, at_most))| Condition::Count(CountBound {
            of,
            at_least,
            at_most
        })),
        (select(since.to_vec()), bounds(u16::MAX)).prop_map(|(since, (low, high))| {
            let (at_least_minutes, at_most_minutes) =
                (low.map(|low| u32::from(low) * 5), high.map(|high| u32::from(high) * 5));
            Condition::Elapsed(ElapsedBound { since, at_least_minutes, at_most_minutes })
        }),
    ];
    leaf.prop_recursive(6, 24, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            list.clone().prop_map(Condition::All),
            list.clone().prop_map(Condition::Any),
            inner.prop_map(|one| Condition::Not(Box::new(one))),
            (list, 1..4_u8).prop_map(|(of, n)| Condition::AtLeast { n: n.min(u8::try_from(of.len()).unwrap()), of }),
        ]
    })
}

fn rules() -> impl Strategy<Value = Vec<OwnRuleSpec>> {
    let rule = (text(), text(), text(), some(&CommandKind::ALL[1..]), condition());
    prop::collection::vec(rule, 0..4).prop_map(|rules| {
        let rules = rules.into_iter().enumerate();
        let rules = rules.map(|(at, (id, title, remedy, applies_to, require))| OwnRuleSpec {
            id: format!("ACME-{at}{id}"),
            title,
            applies_to,
            require,
            remedy,
        });
        rules.collect()
    })
}

fn who_may() -> impl Strategy<Value = BTreeMap<CommandKind, Vec<Role>>> {
    let kinds = prop::sample::subsequence(CommandKind::ALL.to_vec(), 0..6);
    kinds.prop_map(|kinds| kinds.into_iter().map(|kind| (kind, kind.roles().iter().collect())).collect())
}

/// Processes that differ from a preset in words, numbers, lists, rules.
fn processes() -> impl Strategy<Value = Process> {
    let presets = select(ProcessSpec::presets().map(|(_, spec)| spec).to_vec());
    let words = (text(), text(), text(), text());
    let numbers = (any::<u32>(), 1..=u16::MAX, 1..=240_u16, 60..=7320_u16);
    let lists = (some(Place::ALL), prop::sample::subsequence(vec![PhaseKind::Discussion, PhaseKind::NextSteps], 0..=2));
    (presets, words, numbers, lists, rules(), who_may()).prop_filter_map(
        "not valid",
        |(mut spec, words, numbers, lists, rules, who_may)| {
            spec.name = words.0;
            let phase = spec.explore.phase_mut(PhaseKind::Discussion)?;
            (phase.title, phase.purpose, phase.prompt) = (words.1, words.2, words.3);
            (phase.minutes, phase.floor_minutes) = (numbers.2, numbers.2 / 2);
            (spec.version, spec.ground_rules_version, spec.retention.fact_days) = (numbers.0, numbers.1, numbers.3);
            (spec.place.allowed, spec.phases.skippable) = lists;
            (spec.rules, spec.who_may, spec.orientation) = (rules, who_may, Switch::On);
            Process::new(spec).ok()
        },
    )
}

proptest! {
    #[test]
    fn toml(process in processes()) {
        let file = to_toml(&process);
        prop_assert_eq!(parse(&file, Format::Toml).map_err(|issues| format!("{issues}\n{file}")), Ok(process));
        // Written once more, it is the same file.
        prop_assert_eq!(parse(&file, Format::Toml).map(|again| to_toml(&again)), Ok(file));
    }

    #[test]
    fn json(process in processes()) {
        prop_assert_eq!(parse(&to_json(&process), Format::Json), Ok(process));
    }
}

#[test]
fn a_written_file_says_every_value() {
    let file = to_toml(&Process::default());
    for session in SessionKind::ALL {
        for phase in session.phases() {
            let session = if session == SessionKind::Explore { "explore" } else { "reflect" };
            assert!(file.contains(&format!("\n[{session}.{}]\n", phase.name())), "{phase:?}");
        }
    }
    let keys = serde_json::to_value(Process::default().spec()).unwrap();
    for (section, value) in keys.as_object().unwrap() {
        for key in value.as_object().into_iter().flatten().map(|(key, _)| key) {
            assert!(file.contains(&format!("\n{key} = ")) || file.contains(&format!(".{key}]")), "{section}.{key}");
        }
    }
}

#[test]
fn long_conditions_are_broken_into_lines() {
    let rule = r#"
        [[rules]]
        id = "ACME-1"
        title = "t"
        applies_to = ["story.share"]
        remedy = "r"
        require = { any = [{ count = { of = "present", at_least = 5 } }, { elapsed = { since = "session_started", at_least_minutes = 10 } }, { role = ["host"] }] }
    "#;
    let file = to_toml(&parse(rule, Format::Toml).unwrap());
    let expected = r#"
[[rules]]
# Its id, such as `ACME-1`; `R-` is ours.
id = "ACME-1"
# What it says, one line.
title = "t"
# The kinds of command it applies to, at least one.
applies_to = ["story.share"]
# What must hold.
require = { any = [
    { count = { of = "present", at_least = 5 } },
    { elapsed = { since = "session_started", at_least_minutes = 10 } },
    { role = ["host"] },
] }
# What would unblock it, one line.
remedy = "r"
"#;
    assert!(file.ends_with(expected), "{file}");
}
