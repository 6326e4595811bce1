//! Strategies: what they draw is what they say, and rare things are reached.
#![cfg(feature = "proptest")]

use peercircle_core::{Context, Cycle, RULES, Rulebook, Stage};
use peercircle_testkit::strategies::{
    Distribution, churn, clocks, cycle_at, groups, histories, legal, near_miss, processes,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn histories_replay(walk in histories(150), troubled in churn(150)) {
        prop_assert_eq!(Cycle::replay(&walk.events).unwrap(), walk.cycle);
        prop_assert_eq!(Cycle::replay(&troubled.events).unwrap(), troubled.cycle);
    }

    #[test]
    fn groups_and_processes_are_valid(process in processes(), group in groups()) {
        prop_assert!(peercircle_core::Process::new(process.spec().clone()).is_ok());
        prop_assert_eq!(group.stage(), Stage::Forming);
    }

    #[test]
    fn legal_commands_are_accepted(
        (cycle, steps) in cycle_at(Stage::ReportBack).prop_flat_map(|cycle| (Just(cycle.clone()), legal(cycle.clone(), cycle.last_at())))
    ) {
        for step in steps {
            prop_assert!(cycle.permits(&step.command, &step.context), "{:?}", step);
        }
    }

    #[test]
    fn clocks_step_to_what_matters(
        (cycle, now) in cycle_at(Stage::Practising).prop_flat_map(|cycle| (Just(cycle.clone()), clocks(&cycle, cycle.last_at())))
    ) {
        let near = cycle.deadlines().iter().any(|due| due.at.since(now).as_seconds().max(now.since(due.at).as_seconds()) <= 1);
        prop_assert!(near || now == cycle.last_at());
    }
}

#[test]
fn every_stage_can_be_drawn() {
    let mut runner = TestRunner::deterministic();
    for stage in Stage::ALL {
        let cycle = cycle_at(*stage).new_tree(&mut runner).unwrap().current();
        assert_eq!(cycle.stage(), *stage);
    }
}

#[test]
fn every_rule_has_near_misses() {
    let mut runner = TestRunner::deterministic();
    let rules = RULES.iter().filter(|rule| !rule.kinds().is_empty());
    for rule in rules {
        let strategy = near_miss(rule.id);
        for _ in 0..3 {
            let miss = strategy.new_tree(&mut runner).unwrap().current();
            let context: Context = miss.step.context;
            let refusals = Rulebook::standard().refusals(&miss.cycle, &miss.step.command, &context);
            assert_eq!(refusals.len(), 1, "{}: {refusals:?}", rule.id);
            assert_eq!(refusals[0].rule(), rule.id);
            let without = Rulebook::standard().knocked_out(rule.id);
            assert!(without.permits(&miss.cycle, &miss.step.command, &context), "{}", rule.id);
        }
    }
}

#[test]
fn rare_states_are_reached() {
    let mut runner = TestRunner::deterministic();
    let (plain, troubled) = (histories(400), churn(400));
    let mut distribution = Distribution::default();
    for _ in 0..120 {
        distribution.observe(&plain.new_tree(&mut runner).unwrap().current());
        distribution.observe(&troubled.new_tree(&mut runner).unwrap().current());
    }
    // Past its due date a cycle lapses only where somebody waited for it: of that, `cycle_at` draws as many as are wanted.
    let wanted = Stage::ALL.iter().filter(|stage| !matches!(stage, Stage::Unformed | Stage::Lapsed));
    let missed: Vec<_> = wanted.filter(|stage| !distribution.stages.contains_key(*stage)).collect();
    assert!(missed.is_empty(), "never reached: {missed:?}\n{distribution}");
    assert!(distribution.accepted.len() > 55, "{distribution}");
}
