//! Coverage and knock-out over the corpus: every rule was once the only refuser, and each is missed by somebody.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use peercircle_core::{
    Command, CommandKind, Condition, Context, OwnRuleSpec, Process, ProcessSpec, Rulebook, Stage, Verdict,
};
use peercircle_scenario::{Scenario, corpus};
use peercircle_testkit::{
    compare::History,
    coverage::{Coverage, Gate},
    knockout::{Check, knock_out},
    property::{Answer, Follower, Seen, builtin, refused_by},
    walk::{Dice, Walk},
};

fn scenarios() -> Vec<(&'static str, Scenario)> {
    corpus().unwrap()
}

#[test]
fn the_corpus_has_every_rule_once_as_the_only_refuser() {
    let mut coverage = Coverage::default();
    for (_, scenario) in scenarios() {
        let mut one = Coverage::default();
        History::of(&scenario).each(|cycle, step| one.observe(&Rulebook::standard(), cycle, &step.command, &step.context));
        coverage.merge(&one);
    }
    coverage.gate(Gate::EveryRuleRefusedAlone).unwrap_or_else(|error| panic!("{error}\n{coverage}"));
    assert!(coverage.commands > 2000, "{}", coverage.commands);
    let whole: Coverage = coverage.clone();
    assert_eq!(serde_json::to_value(&whole).unwrap()["commands"], coverage.commands);
}

#[test]
fn a_gate_names_what_is_missing() {
    let error = Coverage::default().gate(Gate::EveryRuleEvaluated).unwrap_err();
    assert!(error.rules.len() > 40 && error.to_string().contains("look at a command, missing are"), "{error}");
}

#[test]
fn own_rules_are_gated_too() {
    let spec = ProcessSpec {
        rules: vec![OwnRuleSpec {
            id: "ACME-9".to_owned(),
            title: "Nobody lapses alone".to_owned(),
            applies_to: vec![CommandKind::LapseCycle],
            require: Condition::Stage(vec![Stage::Forming]),
            remedy: "wait".to_owned(),
        }],
        ..ProcessSpec::default()
    };
    let walk = Walk::through(Process::new(spec).unwrap(), 1);
    let context = Context::organiser(walk.now);
    let mut coverage = Coverage::default();
    coverage.observe(&Rulebook::standard(), &walk.cycle, &Command::CloseSession {}, &context);
    assert_eq!(coverage.rule("ACME-9").map(|rule| rule.evaluated), Some(0));
    let missing = coverage.gate(Gate::EveryRuleEvaluated).unwrap_err().rules;
    assert!(missing.contains(&"ACME-9".to_owned()), "{missing:?}");
}

#[test]
fn logs_are_covered_without_refusals() {
    let mut walk = Walk::new(11);
    let mut draws = Dice::new(12);
    for _ in 0..200 {
        let step = walk.next(draws.roll());
        walk.take(&step);
    }
    let mut coverage = Coverage::default();
    coverage.observe_history(&Rulebook::standard(), &walk.events).unwrap();
    assert!(coverage.commands > 30);
    assert!(coverage.rules.iter().all(|rule| rule.refused == 0), "{coverage}");
}

/// Each rule off in turn: the corpus and the built-in properties over walks that are decided without it.
#[test]
fn every_rule_is_missed_by_somebody() {
    let corpus_check = Check::new("the corpus", |rules: &Rulebook| {
        for (name, scenario) in scenarios() {
            let mut wrong = None;
            History::of(&scenario).each(|cycle, step| {
                let usual = Rulebook::standard().refusals(cycle, &step.command, &step.context);
                if rules.refusals(cycle, &step.command, &step.context) != usual {
                    wrong = Some(format!("{name}: {}", step.command.kind()));
                }
            });
            if let Some(wrong) = wrong {
                return Err(wrong);
            }
        }
        Ok(())
    });
    let properties = builtin();
    let property_check = Check::new("the built-in properties", |rules: &Rulebook| {
        for seed in 0..25 {
            let (mut walk, mut draws) = (Walk::new(seed), Dice::new(seed ^ 5));
            let mut follower = Follower::new(&properties);
            for _ in 0..250 {
                let step = walk.next(draws.roll());
                let before = walk.cycle.clone();
                let verdict: Verdict = rules.decide(&before, &step.command, &step.context);
                let names = refused_by(&before, &verdict);
                for event in verdict.events() {
                    if walk.cycle.evolve(event).is_err() {
                        return Err(format!("evolve refuses {}", event.body.name()));
                    }
                    walk.events.push(event.clone());
                }
                let way = (before.stage(), walk.cycle.stage());
                follower
                    .step(&Seen::verdict(&step.command, step.context.actor.seat(), &verdict, &names, way), step.context.now);
            }
            if let Some(broken) = follower.answers(None).iter().find(|one| one.answer == Answer::Broken) {
                return Err(format!("seed {seed}: {}", broken.property));
            }
        }
        Ok(())
    });
    let answer = knock_out(&Rulebook::standard(), &[corpus_check, property_check]);
    assert!(answer.failing.is_empty(), "{answer}");
    let unnoticed: Vec<_> = answer.unnoticed().collect();
    assert!(unnoticed.is_empty(), "nobody notices {unnoticed:?}\n{answer}");
    let by_properties = answer.rules.iter().filter(|rule| rule.noticed_by.len() == 2).count();
    assert!(by_properties >= 5, "the properties notice only {by_properties}\n{answer}");
}
