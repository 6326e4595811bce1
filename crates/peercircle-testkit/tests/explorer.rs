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
    Bounds { members, late: 0, troubles: 0, ..Bounds::default() }
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

/// What each broken process does to a group: at which stage it is too late, a part of the story, and what the way on meets.
#[test]
fn broken_processes_are_found_with_a_story() {
    let cases: [(&str, KnotKind, Stage, &str, &str); 18] = [
        ("too-large-to-start", KnotKind::Lost, Stage::ExploreGathering, "opened the doors", "ACME-1"),
        ("quorum-of-all", KnotKind::Lost, Stage::ExploreGathering, "opened the doors", "ACME-1"),
        ("orientation", KnotKind::Lost, Stage::ExploreGathering, "opened the doors", "ACME-7"),
        ("minimum-is-all", KnotKind::Stuck, Stage::ExploreWelcome, "Ana left the group", ""),
        ("minimum", KnotKind::Stuck, Stage::Scheduled, "Ana left the group", "R-05"),
        ("quorum", KnotKind::Lost, Stage::StorySharing, "Ana left the group", ""),
        ("stories", KnotKind::Stuck, Stage::StorySharing, "Ana left the room early", ""),
        ("silent-room", KnotKind::Lost, Stage::StorySharing, "opened story sharing", "ACME-1"),
        ("nobody-schedules", KnotKind::Lost, Stage::Forming, "formed a cycle", "ACME-1"),
        ("contradiction", KnotKind::Lost, Stage::ExploreWelcome, "started session 1", "ACME-1"),
        ("close-before-end", KnotKind::Lost, Stage::ExploreTakeaways, "opened takeaways", "ACME-1"),
        ("closing", KnotKind::Lost, Stage::ExploreTakeaways, "opened takeaways", "R-01"),
        ("dates", KnotKind::Lost, Stage::Practising, "closed session 1", "ACME-5"),
        ("practice-first", KnotKind::Lost, Stage::Practising, "closed session 1", "ACME-1"),
        ("logs", KnotKind::Stuck, Stage::ReportBack, "did not come", "R-45"),
        ("order", KnotKind::Lost, Stage::LessonsLearned, "opened lessons learned", "ACME-13"),
        ("adoption", KnotKind::Lost, Stage::ReportBack, "reported what was tried", ""),
        ("adoption-never", KnotKind::Lost, Stage::Adoption, "opened adoption", "ACME-1"),
    ];
    let mut wrong = Vec::new();
    for (name, kind, stage, told, rule) in cases {
        let answer = explored(name);
        assert!(!answer.is_sound(), "{name}");
        let (knot, in_one) = (answer.knots.first().unwrap(), story(&answer));
        let met = knot.in_the_way.join(" ");
        if knot.kind != kind || knot.stage != stage || !in_one.contains(told) || !met.contains(rule) {
            wrong.push(format!("{name}: {answer}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_nobody_can_ever_do_is_named() {
    let answer = explored("adoption-never");
    assert!(answer.dead.contains(&CommandKind::DecideAdoption), "{answer}");
    assert!(answer.dead.contains(&CommandKind::LapseCycle), "{answer}");
    let answer = explored("close-before-end");
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
    let bounds = Bounds { members: 4, absent: 0, late: 0, troubles: 0, ..Bounds::default() };
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
    let bounds = Bounds { members: 4, late: 0, troubles: 0, ..Bounds::default() };
    let alone = explore(&Process::default(), &Bounds { threads: 1, ..bounds }, &[], &mut quietly);
    let mut many = explore(&Process::default(), &Bounds { threads: 3, ..bounds }, &[], &mut quietly);
    many.bounds.threads = 1;
    // How much was held at once depends on how much is taken at a time.
    many.bytes = alone.bytes;
    assert_eq!(alone, many);
}
