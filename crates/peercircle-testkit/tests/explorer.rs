//! The explorer: sound presets, broken processes each with its story, bounds that hold, answers that don't depend on threads.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{ops::ControlFlow, path::Path};

use peercircle_core::{CommandKind, Process, ProcessSpec, Stage};
use peercircle_process::{Format, parse};
use peercircle_scenario::{CoreRunner, Scenario};
use peercircle_testkit::{
    explore::{Answer, Bounds, KnotKind, Stopped, explore, quietly},
    property::{self, builtin},
};

fn broken(name: &str) -> Process {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken").join(format!("{name}.toml"));
    parse(&std::fs::read_to_string(path).unwrap(), Format::Toml).unwrap()
}

/// Small enough for every process here: no more troubles than one absent and one who leaves.
fn small(process: &Process) -> Bounds {
    let members = process.spec().group.minimum.max(4);
    Bounds { members, late: 0, ..Bounds::default() }
}

fn explored(name: &str) -> Answer {
    let process = broken(name);
    explore(&process, &small(&process), &[], &mut quietly)
}

/// The story of the first knot, in one line.
fn story(answer: &Answer) -> String {
    let Some(knot) = answer.knots.first() else { panic!("no knot in {answer}") };
    knot.story().iter().map(|line| line.says.as_str()).collect::<Vec<_>>().join(". ")
}

#[test]
fn the_presets_are_sound() {
    for (name, spec) in ProcessSpec::presets() {
        let process = Process::new(spec).unwrap();
        let answer = explore(&process, &small(&process), &[], &mut quietly);
        assert!(answer.is_sound(), "{name}: {answer}");
        assert!(answer.ends.complete > 1000 && answer.ends.early > 0, "{answer}");
    }
}

/// What each broken process does to a group: which knot, at which stage, and what the way on meets.
#[test]
fn broken_processes_are_found_with_a_story() {
    let cases: [(&str, KnotKind, &str); 9] = [
        ("quorum-of-all", KnotKind::Lost, "ACME-1"),
        ("too-large-to-start", KnotKind::Lost, "ACME-1"),
        ("minimum-is-all", KnotKind::Stuck, "R-05"),
        ("nobody-schedules", KnotKind::Lost, "ACME-1"),
        ("contradiction", KnotKind::Lost, "ACME-"),
        ("no-report", KnotKind::Stuck, "ACME-1"),
        ("practice-first", KnotKind::Lost, "ACME-1"),
        ("absent-facilitator", KnotKind::Lost, ""),
        ("silent-room", KnotKind::Lost, "ACME-1"),
    ];
    let mut wrong = Vec::new();
    for (name, kind, rule) in cases {
        let answer = explored(name);
        let found = answer.knots.iter().any(|knot| {
            let says = knot.in_the_way.join("\n");
            (knot.kind == kind || kind == KnotKind::Lost) && (rule.is_empty() || says.contains(rule))
        });
        if !found {
            wrong.push(format!("{name}: {answer}"));
        }
        assert!(!answer.is_sound(), "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_cycle_that_nobody_may_end_is_told_to_its_end() {
    let answer = explored("adoption-never");
    assert!(answer.dead.contains(&CommandKind::DecideAdoption), "{answer}");
    assert!(answer.dead.contains(&CommandKind::LapseCycle), "{answer}");
    assert!(!answer.knots.is_empty(), "{answer}");
}

#[test]
fn a_late_close_is_told_with_the_rule_in_the_way() {
    let answer = explored("close-before-end");
    assert!(!answer.knots.is_empty(), "{answer}");
    assert!(answer.unreached.contains(&Stage::Practising), "{answer}");
}

#[test]
fn a_rule_that_adds_nothing_is_named() {
    let answer = explored("idle-rule");
    let idle: Vec<_> = answer.idle_rules().map(|rule| rule.rule.as_str()).collect();
    assert_eq!(idle, ["ACME-1"]);
    assert!(answer.knots.is_empty(), "{answer}");
}

#[test]
fn a_knot_s_script_replays_on_the_core() {
    let answer = explored("minimum-is-all");
    let knot = answer.knots.first().unwrap();
    let text: String = knot.script.iter().map(|line| format!("{line}\n")).collect();
    let wrong = Scenario::parse(&text).unwrap().check(&mut CoreRunner::default(), |_, _, _| ()).unwrap();
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    assert!(story(&answer).contains("left the group"), "{}", story(&answer));
}

#[test]
fn properties_hold_everywhere_or_are_told() {
    let process = Process::default();
    let bounds = Bounds { members: 4, absent: 0, late: 0, ..Bounds::default() };
    let mut properties = builtin();
    let never = property::parse(
        "[[properties]]\nid = \"ACME-9\"\ntemplate = { absence = { what = { event = \"member.withdrawn\" } } }",
    );
    properties.extend(never.unwrap());
    let answer = explore(&process, &bounds, &properties, &mut quietly);
    let broken: Vec<_> =
        answer.properties.iter().filter(|one| one.broken.is_some()).map(|one| one.property.as_str()).collect();
    assert_eq!(broken, ["ACME-9"], "{answer}");
}

#[test]
fn it_stops_where_it_is_told_to_and_says_so() {
    let bounds = Bounds { members: 4, states: 500, ..Bounds::default() };
    let answer = explore(&Process::default(), &bounds, &[], &mut quietly);
    assert_eq!(answer.stopped, Some(Stopped::States));
    assert!(!answer.is_sound() && answer.to_string().contains("not finished"));
    let answer = explore(&Process::default(), &Bounds { memory: 100_000, states: 1 << 30, ..bounds }, &[], &mut quietly);
    assert_eq!(answer.stopped, Some(Stopped::Memory));
    let answer = explore(&Process::default(), &Bounds { states: 1 << 30, ..bounds }, &[], &mut |_| ControlFlow::Break(()));
    assert_eq!(answer.stopped, Some(Stopped::Asked));
}

#[test]
fn threads_change_nothing() {
    let bounds = Bounds { members: 4, late: 0, ..Bounds::default() };
    let alone = explore(&Process::default(), &Bounds { threads: 1, ..bounds }, &[], &mut quietly);
    let mut many = explore(&Process::default(), &Bounds { threads: 3, ..bounds }, &[], &mut quietly);
    many.bounds.threads = 1;
    // How much was held at once depends on how much is taken at a time.
    many.bytes = alone.bytes;
    assert_eq!(alone, many);
}
