//! Coverage over the corpus: every rule was once the only refuser. Gates, exemptions, shards.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use peercircle_core::{Command, CommandKind, Condition, Context, OwnRuleSpec, Process, ProcessSpec, Rulebook, Stage};
use peercircle_scenario::{Scenario, corpus};
use peercircle_testkit::{
    compare::History,
    coverage::{Coverage, Gate},
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

#[test]
fn a_rule_that_is_exempt_is_named_and_not_asked_for() {
    let error = Coverage::default().gate(Gate::EveryRuleEvaluated).unwrap_err();
    assert!(error.exempt.is_empty() && !error.to_string().contains("exempt"), "{error}");
    let mut coverage = Coverage::default().exempt("R-21", "we never meet").exempt("ACME-1", "a corpus process has it");
    let error = coverage.gate(Gate::EveryRuleEvaluated).unwrap_err();
    assert!(!error.rules.contains(&"R-21".to_owned()) && error.rules.contains(&"R-55".to_owned()), "{error}");
    assert!(error.to_string().ends_with(", beside the exempt ACME-1, R-21"), "{error}");
    assert!(coverage.to_string().ends_with("ACME-1 is exempt: a corpus process has it\nR-21 is exempt: we never meet\n"));
    for rule in error.rules {
        coverage = coverage.exempt(rule, "not today");
    }
    coverage.gate(Gate::EveryRuleRefusedAlone).unwrap();
}

#[test]
fn shards_add_up_to_the_whole_through_json() {
    let scenarios = scenarios();
    let observe = |some: &[(&str, Scenario)]| {
        let mut coverage = Coverage::default();
        for (_, scenario) in some {
            History::of(scenario)
                .each(|cycle, step| coverage.observe(&Rulebook::standard(), cycle, &step.command, &step.context));
        }
        coverage
    };
    let whole = observe(&scenarios);
    let mut added = Coverage::default();
    for shard in scenarios.chunks(7) {
        let written = serde_json::to_string(&observe(shard)).unwrap();
        assert!(!written.contains("exempt"), "{written}");
        added.merge(&serde_json::from_str(&written).unwrap());
    }
    assert_eq!(added, whole);
    let shard = Coverage::default().exempt("ACME-1", "elsewhere");
    added.merge(&serde_json::from_value(serde_json::to_value(&shard).unwrap()).unwrap());
    assert_eq!(added.exempt, shard.exempt);
}
