//! The machine against the oracle, step by step, on walks through random processes.
//!
//! `ORACLE_STEPS` says how many steps; `ORACLE_SEED` where the seeds begin. A disagreement is told with what it takes to walk
//! there again. Every other step is one aside: judged, and not taken.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};

use peercircle_core::{CommandKind, Context, Cycle, Event, How, RULES, Verdict};
use peercircle_testkit::{
    oracle::{self, Judgement},
    walk::{Dice, Step, Walk, menu},
};

/// Walks are cut here: a longer one repeats itself, and every step reads the whole history.
const LONGEST: usize = 250;
/// So many steps a walk at most, refused ones included.
const STEPS: usize = 700;

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// Everything in which the oracle sees it otherwise than the machine, before and after a step.
fn differences(before: &[Event], step: &Step, verdict: &Verdict, events: &[Event], cycle: &Cycle) -> Vec<String> {
    let mut found = Vec::new();
    let (machine, judged) = (Judgement::of(verdict), oracle::judge(before, &step.command, &step.context));
    if !machine.agrees(&judged) {
        found.push(format!("the machine says {machine}, the oracle {judged}"));
    }
    if verdict.is_accepted() {
        found.extend(oracle::check(events, before.len(), &step.command).iter().map(ToString::to_string));
        if cycle.stage() != oracle::stage(events) {
            found.push(format!("the machine is at {:?}, the oracle at {:?}", cycle.stage(), oracle::stage(events)));
        }
        let (facts, told) = (cycle.disclose(), oracle::facts(events));
        if facts != told {
            found.push(format!("the machine discloses {facts:?}\nthe oracle {told:?}"));
        }
    }
    found
}

/// What is wrong at a step, told so that one can walk there again.
fn told(seed: u64, number: usize, past: &[Event], step: &Step, verdict: &Verdict, found: &[String]) -> (String, String) {
    let last = past.iter().rev().take(12).rev().map(|event| format!("  {} {:?}", event.at, event.body));
    let says = found.join("\n");
    let key = format!("{}: {}", step.command.kind(), says.chars().take(90).collect::<String>());
    let told = format!(
        "seed {seed}, step {number}, at {:?}: {:?} by {:?} at {}\n{says}\nverdict: {:?}\nafter\n{}",
        oracle::stage(past),
        step.command,
        step.context.actor,
        step.context.now,
        verdict.refusals(),
        last.collect::<Vec<_>>().join("\n"),
    );
    (key, told)
}

/// What is wrong with a decision that isn't taken.
fn aside(walk: &Walk, step: &Step) -> (Verdict, Vec<String>) {
    let (verdict, mut cycle, mut events) = (walk.cycle.decide(&step.command, &step.context), walk.cycle.clone(), Vec::new());
    if verdict.is_accepted() {
        events.clone_from(&walk.events);
        for event in verdict.events() {
            cycle.evolve(event).unwrap();
            events.push(event.clone());
        }
    }
    let found = differences(&walk.events, step, &verdict, &events, &cycle);
    (verdict, found)
}

#[test]
fn the_machine_and_the_oracle_agree() {
    let (steps, first) = (number("ORACLE_STEPS", 200_000), number("ORACLE_SEED", 0));
    let (mut taken, mut seed) = (0, u64::try_from(first).unwrap());
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    let mut refused = BTreeSet::new();
    while taken < steps {
        let (mut walk, mut draws) = (Walk::new(seed), Dice::new(seed ^ 0x000a_c1e5));
        let began = walk.events[0].at;
        for form in menu(CommandKind::FormCycle, &Cycle::default(), began) {
            let step = Step { command: form, context: Context::organiser(began) };
            let verdict = Cycle::default().decide(&step.command, &step.context);
            refused.extend(Judgement::of(&verdict).refused);
            assert!(
                Judgement::of(&verdict).agrees(&oracle::judge(&[], &step.command, &step.context)),
                "{step:?}: {verdict:?}"
            );
        }
        for number in 0..STEPS {
            let step = walk.next(draws.roll());
            let before = walk.events.len();
            let verdict = walk.take(&step);
            refused.extend(Judgement::of(&verdict).refused);
            let (past, _) = walk.events.split_at(before);
            let found = differences(past, &step, &verdict, &walk.events, &walk.cycle);
            taken += 1;
            if !found.is_empty() {
                let (key, told) = told(seed, number, past, &step, &verdict, &found);
                wrong.entry(key).or_insert(told);
                break;
            }
            if let Some(step) = walk.aside(draws.roll()) {
                taken += 1;
                let (verdict, found) = aside(&walk, &step);
                refused.extend(Judgement::of(&verdict).refused);
                if !found.is_empty() {
                    let (key, told) = told(seed, number, &walk.events, &step, &verdict, &found);
                    wrong.entry(key).or_insert(told);
                }
            }
            if walk.events.len() > LONGEST || walk.cycle.stage().is_terminal() && number % 20 == 0 {
                break;
            }
        }
        seed += 1;
    }
    let all: Vec<_> = wrong.values().map(String::as_str).take(12).collect();
    assert!(wrong.is_empty(), "{} kinds of disagreement in {taken} steps\n{}", wrong.len(), all.join("\n\n"));
    // A comparison in which some rule never refuses would prove little of it.
    let ours = |rule: &peercircle_core::Rule| matches!(rule.how, How::Checks { .. }) && !refused.contains(&rule.id);
    let idle: Vec<_> = RULES.iter().filter(|rule| ours(rule)).map(|rule| rule.id).collect();
    assert!(idle.is_empty(), "these rules never refused: {idle:?}");
}
