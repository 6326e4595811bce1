//! What the explorer leaves out changes no answer: small groups explored with and without each reduction are answered the same.

use std::collections::BTreeSet;

use peercircle_core::{CommandKind, Condition, Counted, Process, ProcessSpec, Stage, Switch, TurnOrder};
use peercircle_process::{Format, parse, to_toml};
use peercircle_testkit::{
    explore::{Answer, Bounds, KnotKind, Reduction, Reductions, explore, quietly},
    strategies::processes,
};
use proptest::{
    prelude::*,
    sample::subsequence,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// What an answer says that a reduction may not change.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    sound: bool,
    /// Whether states can complete, are lost, or stuck.
    ends: Option<[bool; 3]>,
    /// Whether states can only end early, the group having become too small.
    early: bool,
    kinds: BTreeSet<KnotKind>,
    /// What is in the way, as far as it is named: the way to it is looked for only so far.
    in_the_way: BTreeSet<(KnotKind, String)>,
    unreached: Vec<Stage>,
    dead: Vec<CommandKind>,
    idle: Vec<String>,
    stages: BTreeSet<Stage>,
    /// The graph of stages.
    ways: BTreeSet<(Stage, Stage)>,
}

impl Said {
    fn of(answer: &Answer) -> Self {
        let ends = answer.ends;
        let rules = |line: &String| line.split("What helps").next().unwrap_or_default().to_owned();
        Self {
            sound: answer.is_sound(),
            ends: ends.map(|ends| [ends.complete, ends.lost, ends.stuck].map(|states| states > 0)),
            early: ends.is_some_and(|ends| ends.early > 0),
            kinds: answer.knots.iter().map(|knot| knot.kind).collect(),
            in_the_way: answer
                .knots
                .iter()
                .filter_map(|knot| Some((knot.kind, knot.in_the_way.first().map(rules)?)))
                .collect(),
            unreached: answer.unreached.clone(),
            dead: answer.dead.clone(),
            idle: answer.idle_rules().map(|rule| rule.rule.clone()).collect(),
            stages: answer.stages.keys().copied().collect(),
            ways: answer.flow.iter().filter(|way| way.from != way.to).map(|way| (way.from, way.to)).collect(),
        }
    }
}

fn three() -> ProcessSpec {
    let mut spec = ProcessSpec::default();
    spec.group.minimum = 3;
    spec.quorum.floor = 2;
    spec
}

/// Explores with every reduction, and without one of them; `bounds` are small enough for the latter.
fn agree(name: &str, process: &Process, bounds: &Bounds, without: &[Reduction]) {
    let with = explore(process, bounds, &[], &mut quietly);
    assert_eq!(with.stopped, None, "{name}");
    for reduction in without {
        let reductions = Reductions::ALL.without(*reduction);
        let answer = explore(process, &Bounds { reductions, ..*bounds }, &[], &mut quietly);
        assert_eq!(answer.stopped, None, "{name} without {reduction:?}");
        // Who speaks first of those who may depends on what is known of them, so that there may be a few more or fewer; and a way
        // out that was opened leads to more.
        let (all, fewer) = (answer.states, with.states);
        let opened = !with.rescues.is_empty() || !answer.rescues.is_empty();
        assert!(opened || all * 50 >= fewer * 49, "{name}: {all} states without {reduction:?}, {fewer} with it");
        let (mut said, mut expected) = (Said::of(&answer), Said::of(&with));
        if opened {
            // Where a way out was opened depends on which knot was met first; through one, what could only end early completes.
            for one in [&mut said, &mut expected] {
                one.ways.clear();
                one.early = false;
            }
        }
        if answer.unasked > 0 {
            // With too many beginnings to ask, what is in the way may not be told.
            for one in [&mut said, &mut expected] {
                one.kinds.clear();
                one.in_the_way.clear();
            }
        }
        if *reduction == Reduction::Afresh {
            // That a session can be given up later as well is what it leaves out.
            for one in [&mut said, &mut expected] {
                one.ways.retain(|(from, to)| *from < Stage::ReportBack || *to != Stage::Practising);
            }
        }
        if *reduction == Reduction::Calendar && !process.spec().rules.is_empty() {
            // Past the bound of a rule that looks later in the session, one may drag on until it can only be held afresh.
            for one in [&mut said, &mut expected] {
                one.ways.retain(|(_, to)| *to != Stage::Scheduled && *to != Stage::Practising);
            }
        }
        assert_eq!(said, expected, "{name} without {reduction:?}:\n{answer}\nwith it:\n{with}");
    }
}

const SMALL: Bounds = Bounds {
    members: 3,
    leaving: 0,
    absent: 0,
    late: 0,
    troubles: 0,
    states: 600_000,
    memory: 2 << 30,
    threads: 2,
    reductions: Reductions::ALL,
};

/// All but the calendar, without which a day has a dozen states.
const ALL_BUT_TIME: [Reduction; 11] = [
    Reduction::Names,
    Reduction::Ends,
    Reduction::Chores,
    Reduction::Together,
    Reduction::Afresh,
    Reduction::Records,
    Reduction::Order,
    Reduction::Passing,
    Reduction::Past,
    Reduction::Stopped,
    Reduction::Reasons,
];

#[test]
fn nothing_goes_wrong() {
    agree("calm", &Process::new(three()).unwrap(), &SMALL, Reduction::ALL);
}

#[test]
fn somebody_leaves() {
    agree("leaving", &Process::new(three()).unwrap(), &Bounds { leaving: 1, ..SMALL }, &ALL_BUT_TIME);
}

#[test]
fn somebody_is_absent_and_somebody_late() {
    agree("absent", &Process::new(three()).unwrap(), &Bounds { absent: 1, late: 1, ..SMALL }, &ALL_BUT_TIME);
}

#[test]
fn something_goes_wrong() {
    agree("trouble", &Process::new(three()).unwrap(), &Bounds { troubles: 1, ..SMALL }, &ALL_BUT_TIME);
}

#[test]
fn other_processes() {
    let mut strict = three();
    strict.orientation = Switch::On;
    strict.turns.order = TurnOrder::Fixed;
    strict.quorum.when_lost = peercircle_core::QuorumLost::Stop;
    strict.attendance.catch_up = Switch::Off;
    strict.gap.promise = Switch::Off;
    agree("strict", &Process::new(strict).unwrap(), &Bounds { absent: 1, ..SMALL }, &ALL_BUT_TIME);
    let mut fair = three();
    fair.turns.order = TurnOrder::LeastSpokenFirst;
    fair.attendance.written_report = Switch::Off;
    agree("fair", &Process::new(fair).unwrap(), &Bounds { absent: 1, ..SMALL }, &ALL_BUT_TIME);
}

#[test]
fn broken_processes() {
    for name in ["quorum", "dates", "who-may", "orientation", "closing", "order", "adoption"] {
        let path = format!("{}/tests/broken/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let spec = parse(&text, Format::Toml).unwrap().spec().clone();
        let mut small = spec;
        small.group.minimum = 3;
        small.quorum.floor = 2;
        let troubles = u8::from(name == "who-may");
        let bounds = Bounds { leaving: u8::from(name == "quorum"), absent: u8::from(name == "adoption"), troubles, ..SMALL };
        agree(name, &Process::new(small).unwrap(), &bounds, &ALL_BUT_TIME);
    }
}

/// Where time passes for rules that look at clocks only where something hangs on them.
#[test]
fn rules_that_look_at_clocks() {
    let closing = |require: &str| {
        let text = format!(
            r#"[[rules]]
            id = "ACME-1"
            title = "It ends in time."
            applies_to = ["session.close"]
            require = {require}
            remedy = "Watch the clock."
            "#
        );
        let mut spec = three();
        spec.rules = parse(&text, Format::Toml).unwrap().spec().rules.clone();
        Process::new(spec).unwrap()
    };
    for (name, require) in [
        ("at most", "{ elapsed = { since = \"session_started\", at_most_minutes = 60 } }"),
        ("at least", "{ elapsed = { since = \"session_started\", at_least_minutes = 60 } }"),
        ("phase", "{ elapsed = { since = \"phase_opened\", at_most_minutes = 5 } }"),
        // Only whoever has waited before the last phase opens can close.
        (
            "both",
            "{ all = [{ elapsed = { since = \"session_started\", at_least_minutes = 60 } },
                { elapsed = { since = \"phase_opened\", at_most_minutes = 5 } }] }",
        ),
        (
            "never",
            "{ all = [{ elapsed = { since = \"session_started\", at_most_minutes = 60 } },
                { elapsed = { since = \"phase_opened\", at_least_minutes = 61 } }] }",
        ),
    ] {
        agree(name, &closing(require), &SMALL, &[Reduction::Calendar]);
    }
}

/// What an answer comes to.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    sound: bool,
    /// Whether states can complete, and whether some can't; nothing where not all were asked whether anything leads on.
    ends: Option<[bool; 2]>,
    unreached: Vec<Stage>,
    dead: Vec<CommandKind>,
    idle: Vec<String>,
}

impl Verdict {
    fn of(answer: &Answer, asked: bool) -> Self {
        Self {
            sound: answer.is_sound(),
            ends: answer.ends.filter(|_| asked).map(|ends| [ends.complete, ends.lost + ends.stuck].map(|states| states > 0)),
            unreached: answer.unreached.clone(),
            dead: answer.dead.clone(),
            idle: answer.idle_rules().map(|rule| rule.rule.clone()).collect(),
        }
    }
}

/// Half of the numbers that are counted are others, some of them bounded above: walks would seldom get far under such rules.
fn count_more(condition: &mut Condition, dice: &mut u64) {
    match condition {
        Condition::All(of) | Condition::Any(of) | Condition::AtLeast { of, .. } => {
            of.iter_mut().for_each(|one| count_more(one, dice));
        }
        Condition::Not(one) => count_more(one, dice),
        Condition::Count(bound) => {
            let [low, ..] = dice.to_le_bytes();
            let number = u16::from(low & 3);
            if *dice & 4 == 0 {
                let others = [Counted::Reports, Counted::PracticeEntries, Counted::AdoptionDecisions, Counted::Plans];
                bound.of = others.into_iter().nth(number.into()).unwrap_or(bound.of);
            }
            if *dice & 8 == 0 {
                (bound.at_least, bound.at_most) = (None, Some(number));
            }
            *dice = dice.rotate_right(5);
        }
        Condition::Role(_)
        | Condition::Elapsed(_)
        | Condition::Attendance { .. }
        | Condition::Stage(_)
        | Condition::Phase(_) => {}
    }
}

/// Processes drawn at random, with rules of their own, each explored without a reduction or two. `PEERCIRCLE_PROCESSES` says how
/// many, and from which one on after a comma.
#[test]
fn processes_drawn_at_random() {
    let asked = std::env::var("PEERCIRCLE_PROCESSES").unwrap_or_else(|_| "24".to_owned());
    let mut numbers = asked.split(',').map(|number| number.trim().parse::<u64>().unwrap());
    let (many, first) = (numbers.next().unwrap(), numbers.next().unwrap_or(0));
    let mut looked = 0;
    for number in first..first + many {
        let mut runner = TestRunner::new_with_rng(
            Config::default(),
            TestRng::from_seed(RngAlgorithm::XorShift, &[number.to_le_bytes(), (!number).to_le_bytes()].concat()),
        );
        let (bounds, without) = (any::<[u8; 4]>(), subsequence(&ALL_BUT_TIME[..], 1..=2));
        let drawn = (processes(), bounds, without, any::<u64>());
        let (process, odds, without, mut dice) = drawn.new_tree(&mut runner).unwrap().current();
        let mut spec = process.spec().clone();
        spec.rules.iter_mut().for_each(|rule| count_more(&mut rule.require, &mut dice));
        (spec.group.minimum, spec.group.target, spec.group.maximum) = (3, 3, 3);
        spec.quorum.floor = spec.quorum.floor.min(3);
        let Ok(process) = Process::new(spec) else { continue };
        let [leaving, absent, late, troubles] = odds.map(|odds| u8::from(odds < 64));
        let bounds = Bounds { leaving, absent, late, troubles, states: 100_000, ..SMALL };
        let with = explore(&process, &bounds, &[], &mut quietly);
        for reduction in without {
            let reductions = Reductions::ALL.without(reduction);
            let answer = explore(&process, &Bounds { reductions, ..bounds }, &[], &mut quietly);
            if with.stopped.or(answer.stopped).is_some() {
                continue;
            }
            looked += 1;
            let asked = with.unasked + answer.unasked == 0;
            assert_eq!(
                Verdict::of(&answer, asked),
                Verdict::of(&with, asked),
                "process {number} without {reduction:?}: {}\n{bounds:?}\n{answer}\nwith it:\n{with}",
                to_toml(&process),
            );
        }
    }
    assert!(looked * 2 > many, "{looked} of {many}");
}
