//! The machine against the oracle, step by step, on walks through random processes.
//!
//! `ORACLE_STEPS` says how many steps; `ORACLE_SEED` where the seeds begin. A disagreement is told with what it takes to walk
//! there again.

use std::collections::{BTreeMap, BTreeSet};

use peercircle_core::{Cycle, Event, Verdict};
use peercircle_testkit::{
    oracle::{self, Judgement},
    walk::{Dice, Step, Walk},
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

#[test]
fn the_machine_and_the_oracle_agree() {
    let (steps, first) = (number("ORACLE_STEPS", 100_000), number("ORACLE_SEED", 0));
    let (mut taken, mut seed) = (0, u64::try_from(first).unwrap());
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    let mut refused = BTreeSet::new();
    while taken < steps {
        let (mut walk, mut draws) = (Walk::new(seed), Dice::new(seed ^ 0x000a_c1e5));
        for number in 0..STEPS {
            let step = walk.next(draws.roll());
            let before = walk.events.len();
            let verdict = walk.take(&step);
            taken += 1;
            refused.extend(Judgement::of(&verdict).refused);
            let (past, _) = walk.events.split_at(before);
            let found = differences(past, &step, &verdict, &walk.events, &walk.cycle);
            if let Some(what) = found.first() {
                let last: Vec<_> =
                    past.iter().rev().take(12).rev().map(|event| format!("  {} {:?}", event.at, event.body)).collect();
                let key = format!(
                    "{}: {}",
                    step.command.kind(),
                    what.split(", got").next().unwrap_or(what).chars().take(90).collect::<String>()
                );
                wrong.entry(key).or_insert_with(|| {
                    format!(
                        "seed {seed}, step {number}, at {:?}: {:?} by {:?} at {}\n{}\nverdict: {:?}\nafter\n{}",
                        oracle::stage(past),
                        step.command,
                        step.context.actor,
                        step.context.now,
                        found.join("\n"),
                        verdict.refusals(),
                        last.join("\n"),
                    )
                });
                break;
            }
            if walk.events.len() > LONGEST {
                break;
            }
        }
        seed += 1;
    }
    let all: Vec<_> = wrong.values().map(String::as_str).take(12).collect();
    assert!(wrong.is_empty(), "{} kinds of disagreement in {taken} steps\n{}", wrong.len(), all.join("\n\n"));
    // A comparison of walks that no rule ever refuses would prove little.
    assert!(refused.len() >= 52, "only these rules refused: {refused:?}");
}
