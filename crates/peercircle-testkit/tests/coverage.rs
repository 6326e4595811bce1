//! Coverage over the corpus: every rule was once the only refuser. Gates, exemptions, shards.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use peercircle_core::{
    Command, CommandKind, Condition, Context, KindSet, OwnRule, OwnRuleSpec, Process, ProcessSpec, RuleId, Rulebook, Stage,
};
use peercircle_scenario::{Scenario, corpus};
use peercircle_testkit::{
    Ruled,
    compare::History,
    coverage::{Coverage, Gate},
    walk::{Dice, Walk, draws},
};

fn scenarios() -> Vec<(&'static str, Scenario)> {
    corpus().unwrap()
}

#[test]
fn the_corpus_has_every_rule_once_as_the_only_refuser() {
    let mut coverage = Coverage::default();
    for (_, scenario) in scenarios() {
        let mut one = Coverage::default();
        History::of(&scenario)
            .each(|cycle, step, _| one.observe(&Rulebook::standard(), cycle, &step.command, &step.context));
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

/// The preset with a rule of its own.
fn ruled() -> Process {
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
    Process::new(spec).unwrap()
}

#[test]
fn own_rules_are_gated_too() {
    let walk = Walk::through(ruled(), 1);
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

/// What the standard rules would refuse is a command as well, where it was lived without them, and a rule that is off looks at
/// nothing.
#[test]
fn logs_are_read_under_the_rules_they_were_lived_under() {
    let off = [21, 27, 30].map(RuleId::Ours);
    let loose = off.into_iter().fold(Rulebook::standard(), Rulebook::knocked_out);
    let ours = Ruled::new(ruled(), loose.clone());
    for seed in 0..12 {
        let walk = Walk::through(&ours, seed).on(&draws(seed, 200));
        let mut coverage = Coverage::default();
        coverage.observe_history(&loose, &walk.events).unwrap();
        assert_eq!((coverage.commands, coverage.unread), (walk.accepted.values().sum(), 0), "{walk:?}");
        for rule in off {
            assert_eq!(coverage.rule(&rule.to_string()).map(|rule| rule.evaluated), Some(0), "{coverage}");
        }
    }
}

/// What rules of today would have refused is no command under them: it is counted, and refused by nobody.
#[test]
fn what_no_command_writes_is_counted() {
    let never = OwnRule {
        id: "ACME-7",
        title: "nobody agrees to anything",
        applies_to: KindSet::of(&[CommandKind::AcceptGroundRules]),
        check: |_| Err("there is nothing to agree to"),
        remedy: "don't",
    };
    let walk = Walk::through(Process::default(), 2).on(&draws(2, 200));
    let agreed = walk.accepted.get(&CommandKind::AcceptGroundRules).copied().unwrap_or(0);
    let mut coverage = Coverage::default();
    coverage.observe_history(&Rulebook::standard().with(never), &walk.events).unwrap();
    assert!(agreed > 1, "{walk:?}");
    assert_eq!((coverage.unread, coverage.rule("ACME-7").map(|rule| rule.refused)), (agreed, Some(0)), "{coverage}");
    assert!(
        coverage
            .to_string()
            .ends_with(&format!("not read: {agreed} recorded events that no command writes under these rules\n"))
    );
    let mut twice = coverage.clone();
    twice.merge(&coverage);
    assert_eq!(twice.unread, 2 * agreed);
}

/// The rules of the process are in a log from when the cycle is formed, whether or not anything is asked of them.
#[test]
fn the_rules_of_its_process_are_in_a_log() {
    let walk = Walk::through(ruled(), 1);
    let mut coverage = Coverage::default();
    coverage.observe_history(&Rulebook::standard(), &walk.events).unwrap();
    assert_eq!(coverage.rule("ACME-9").map(|rule| rule.evaluated), Some(0), "{coverage}");
    assert!(coverage.gate(Gate::EveryRuleEvaluated).unwrap_err().rules.contains(&"ACME-9".to_owned()));
}

/// No rule looks at a command that was answered before.
#[test]
fn a_retry_is_judged_by_nobody() {
    let (mut walk, mut coverage) = (Walk::new(3), Coverage::default());
    let close = Command::CloseSession {};
    coverage.observe(
        &Rulebook::standard(),
        &walk.cycle,
        &close,
        &Context { answered: Some((1, 1)), ..Context::organiser(walk.now) },
    );
    assert!(coverage.commands == 1 && coverage.rules.iter().all(|rule| rule.evaluated == 0), "{coverage}");
    // On walks, what was sent again counts as a command and no more.
    let mut draws = Dice::new(4);
    for _ in 0..300 {
        let step = walk.next(draws.roll());
        let before = coverage.rule("R-55").map_or(0, |rule| rule.evaluated);
        coverage.observe(walk.rules(), &walk.cycle, &step.command, &step.context);
        let looked = coverage.rule("R-55").map_or(0, |rule| rule.evaluated) - before;
        assert!(looked == 0 || step.context.answered.is_none(), "{step:?}");
        walk.take(&step);
    }
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
                .each(|cycle, step, _| coverage.observe(&Rulebook::standard(), cycle, &step.command, &step.context));
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
