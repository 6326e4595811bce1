//! Strategies: what they draw is what they say, and rare things are reached.
#![cfg(feature = "proptest")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{cell::Cell, collections::BTreeMap};

use peercircle_core::{
    Attendance, CommandKind, Context, Cycle, EventBody, KindSet, OwnRule, Process, RULES, RuleId, Rulebook, Stage,
};
use peercircle_scenario::CoreRunner;
use peercircle_testkit::{
    Ruled,
    compare::compare,
    strategies::{
        Distribution, NearMiss, NoNearMiss, churn, churn_under, clocks, completed, cycle_at, cycle_in, cycle_in_under,
        groups, histories, legal, near_miss, near_miss_under, processes,
    },
    walk::{Goal, Situation, Walk},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{RngAlgorithm, TestError, TestRng, TestRunner},
};

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
        prop_assert!(Process::new(process.spec().clone()).is_ok());
        prop_assert_eq!(group.cycle.stage(), Stage::Forming);
    }

    #[test]
    fn legal_commands_are_accepted(
        (cycle, steps) in cycle_at(Stage::ReportBack).prop_flat_map(|walk| (Just(walk.cycle.clone()), legal(&Rulebook::standard(), walk.cycle.clone(), walk.cycle.last_at())))
    ) {
        for step in steps {
            prop_assert!(cycle.permits(&step.command, &step.context), "{:?}", step);
        }
    }

    #[test]
    fn clocks_step_to_what_matters(
        (cycle, now) in cycle_at(Stage::Practising).prop_flat_map(|walk| (Just(walk.cycle.clone()), clocks(&walk.cycle, walk.cycle.last_at())))
    ) {
        let near = cycle.deadlines().iter().any(|due| due.at.since(now).as_seconds().max(now.since(due.at).as_seconds()) <= 1);
        prop_assert!(near || now == cycle.last_at());
    }
}

fn drawn<S: Strategy>(strategy: &S, runner: &mut TestRunner) -> S::Value {
    strategy.new_tree(runner).unwrap().current()
}

/// What led there leads there, and an implementation can live through it.
#[test]
fn every_stage_and_situation_can_be_drawn() {
    let mut runner = TestRunner::deterministic();
    let stages = Stage::ALL.iter().map(|stage| Goal::Stage(*stage));
    let goals: Vec<_> = stages.chain(Situation::all().into_iter().map(Goal::Situation)).collect();
    for goal in goals {
        let strategy = match goal {
            Goal::Stage(stage) => cycle_at(stage),
            Goal::Situation(situation) => cycle_in(situation),
        };
        for _ in 0..3 {
            let walk = drawn(&strategy, &mut runner);
            assert!(goal.is_reached(&walk.cycle), "{goal}: {walk:?}");
            assert_eq!(Cycle::replay(&walk.events).unwrap(), walk.cycle, "{goal}");
            compare(&walk.history(), CoreRunner::default).unwrap();
        }
    }
}

#[test]
fn what_no_group_reaches_is_said() {
    let strategy = cycle_in_under(Process::default(), Situation::Delegated);
    let error = strategy.new_tree(&mut TestRunner::deterministic()).unwrap_err();
    assert_eq!(error.message(), "expected what groups reach under the process, got `Situation::Delegated`");
}

/// A failure ends at the step that fails, and is told shortly.
#[test]
fn failures_shrink() {
    for (name, strategy, most) in [
        ("facilitator.gone", churn(300), 26),
        ("session.paused", histories(300), 20),
        ("story.shared", histories(300), 28),
        ("adoption.decided", histories(300), 75),
    ] {
        let mut runner = TestRunner::new_with_rng(cases(256), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let tries = Cell::new(0);
        let failed = runner.run(&strategy, |walk| {
            tries.set(tries.get() + 1);
            prop_assert!(walk.events.iter().all(|event| event.body.name() != name));
            Ok(())
        });
        let Err(TestError::Fail(_, walk)) = failed else { panic!("{name}: {failed:?}") };
        let at = walk.events.iter().position(|event| event.body.name() == name).unwrap();
        let (steps, events) = (walk.steps().len(), walk.events.len());
        // Nothing comes after the step that it is about.
        assert!(walk.steps().last().is_some() && events - at <= 3, "{name}: {at} of {events}\n{walk:?}");
        assert!(steps <= most && tries.get() < 900, "{name}: {steps} steps after {} tries\n{walk:?}", tries.get());
        let told = format!("{walk:?}");
        assert!(told.contains(".only([") && told.lines().count() <= steps + 20, "{told}");
    }
}

/// What is drawn at a stage stays there while it shrinks.
#[test]
fn failing_states_are_stories() {
    let mut runner = TestRunner::deterministic();
    let failed = runner.run(&cycle_at(Stage::Terminated), |walk| {
        prop_assert!(walk.cycle.stage() != Stage::Terminated);
        Ok(())
    });
    let Err(TestError::Fail(_, walk)) = failed else { panic!("{failed:?}") };
    assert_eq!(walk.cycle.stage(), Stage::Terminated);
    let told = format!("{walk:?}");
    assert!(told.starts_with("Walk::reaching(Stage::Terminated, ") && told.len() < 3000, "{told}");
    let miss = drawn(&near_miss(RuleId::Ours(21)), &mut runner);
    let told = format!("{miss:?}");
    assert!(told.starts_with("a near-miss of R-21\n") && told.len() < 4000, "{told}");
    let history = drawn(&churn(60).as_histories(), &mut runner);
    assert!(format!("{history:?}").contains("formed a cycle"));
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
            refused_in_the_end(&miss);
            let without = Rulebook::standard().knocked_out(rule.id);
            assert!(without.permits(&miss.cycle, &miss.step.command, &context), "{}", rule.id);
        }
    }
}

/// The history of a near-miss ends with it.
fn refused_in_the_end(miss: &NearMiss) {
    let mut last = None;
    miss.history.each(|cycle, step, _| last = Some((cycle.clone(), step.clone())));
    let (cycle, step) = last.unwrap();
    assert_eq!((cycle.revision(), cycle.stage()), (miss.cycle.revision(), miss.cycle.stage()), "{miss:?}");
    assert_eq!((step.command, step.context.now), (miss.step.command.clone(), miss.step.context.now), "{miss:?}");
}

/// Under the preset every rule is once the only one to refuse.
#[test]
fn every_rule_has_near_misses_under_a_process() {
    let mut runner = TestRunner::deterministic();
    let mut never = Vec::new();
    for rule in RULES.iter().filter(|rule| !rule.kinds().is_empty()) {
        match near_miss_under(Process::default(), rule.id) {
            Ok(strategy) => {
                let miss = drawn(&strategy, &mut runner);
                assert_eq!(miss.refusal.rule(), rule.id);
                refused_in_the_end(&miss);
            }
            Err(error) => {
                assert!(matches!(error, NoNearMiss::NeverAlone { .. }), "{error}");
                never.push(rule.id);
            }
        }
    }
    assert_eq!(never, [], "never alone");
    let checks = near_miss_under(Process::default(), RuleId::Ours(54)).unwrap_err();
    assert_eq!(checks.to_string(), "expected a rule that checks commands, got R-54");
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
    let missed = missed(&distribution);
    assert!(missed.is_empty(), "never reached: {missed:?}\n{distribution}");
    let accepted = distribution.accepted.values().filter(|times| **times > 0).count();
    assert!(accepted > 55, "{distribution}");
}

fn missed(distribution: &Distribution) -> Vec<&str> {
    let noughts = distribution.stages.iter().filter(|(stage, times)| **stage != Stage::Lapsed && **times == 0);
    noughts.map(|(stage, _)| stage.name()).collect()
}

/// What was never reached has a row as well; steered to, everything is.
#[test]
fn nothing_is_missing_from_a_distribution() {
    let mut distribution = Distribution::default();
    let rows = distribution.to_string().lines().count();
    assert_eq!(distribution.missing().len(), Stage::ALL.len() + Situation::all().len() + CommandKind::ALL.len());
    for seed in 0..6 {
        for situation in Situation::all() {
            distribution.observe(&Walk::reaching(situation, seed).unwrap().on(&[seed]));
        }
        for stage in Stage::ALL {
            distribution.observe(&Walk::reaching(*stage, seed).unwrap().on(&[seed]));
        }
    }
    let missing = distribution.missing();
    assert!(missing.iter().all(|name| name.contains('.')), "{missing:?}");
    assert_eq!(distribution.to_string().lines().count(), rows);
    assert!(serde_json::to_string(&distribution).unwrap().contains("\"suspended at practising\""));
}

#[test]
fn completed_histories_are_complete() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..10 {
        let walk = drawn(&completed(), &mut runner);
        assert_eq!(walk.events.iter().filter(|event| event.body == EventBody::CycleCompleted {}).count(), 1, "{walk:?}");
    }
}

fn trouble(event: &EventBody) -> Option<&'static str> {
    if let EventBody::AttendanceMarked { attendance, .. } = event {
        return match attendance {
            Attendance::Late => Some("late"),
            Attendance::LeftEarly => Some("left early"),
            Attendance::Excused | Attendance::Absent => Some("didn't come"),
            Attendance::Unmarked | Attendance::Present => None,
        };
    }
    let gone = matches!(event, EventBody::FacilitatorGone { .. }).then_some("facilitator gone");
    gone.or_else(|| matches!(event, EventBody::MemberWithdrawn { .. }).then_some("withdrawn"))
}

/// Trouble under a process and a rule in code: the rule holds in all of them, and there is trouble.
#[test]
fn churn_under_a_rule_in_code_keeps_to_it() {
    let rule = OwnRule {
        id: "ACME-1",
        title: "nobody leaves while a session runs",
        applies_to: KindSet::of(&[CommandKind::WithdrawMember]),
        check: |facts| if facts.meeting().is_none() { Ok(()) } else { Err("a session runs") },
        remedy: "wait for its end",
    };
    let ours = Ruled::new(Process::default(), Rulebook::standard().with(rule));
    let (mut runner, churn) = (TestRunner::deterministic(), churn_under(&ours, 300));
    let (mut left, mut others) = (0, 0);
    for _ in 0..60 {
        let walk = churn.new_tree(&mut runner).unwrap().current();
        let mut cycle = Cycle::default();
        for event in &walk.events {
            match trouble(&event.body) {
                Some("withdrawn") => {
                    assert!(cycle.state().meeting().is_none(), "{walk:?}");
                    left += 1;
                }
                Some(_) => others += 1,
                None => {}
            }
            cycle.evolve(event).unwrap();
        }
    }
    assert!(left > 5 && others > 60, "{left} left, {others} other troubles");
}

/// Churn alone: in how many of the stages a trouble of each sort was met, and what was reached.
#[test]
fn every_stage_has_its_troubles() {
    let mut runner = TestRunner::deterministic();
    let (mut distribution, mut troubles) = (Distribution::default(), BTreeMap::<_, BTreeMap<Stage, usize>>::new());
    let churn = churn(800);
    for _ in 0..320 {
        let walk = churn.new_tree(&mut runner).unwrap().current();
        distribution.observe(&walk);
        let mut cycle = Cycle::default();
        for event in &walk.events {
            if let Some(trouble) = trouble(&event.body) {
                *troubles.entry(trouble).or_default().entry(cycle.stage()).or_default() += 1;
            }
            cycle.evolve(event).unwrap();
        }
    }
    let missed = missed(&distribution);
    assert!(missed.is_empty(), "never reached: {missed:?}\n{distribution}");
    let ended = distribution.ends.get(&Stage::Completed);
    assert!(ended.is_some_and(|ended| *ended >= 10), "{distribution}");
    let met = |trouble, from, to| troubles[trouble].range(from..=to).map(|(_, times)| times).sum::<usize>();
    for trouble in ["didn't come", "late", "left early", "facilitator gone", "withdrawn"] {
        let explore = met(trouble, Stage::ExploreGathering, Stage::ExploreTakeaways);
        let reflect = met(trouble, Stage::ReflectGathering, Stage::ReflectTakeaways);
        assert!(explore >= 50 && reflect >= 10, "{trouble}: {explore} times and {reflect} times\n{troubles:#?}");
    }
    for between in [Stage::Scheduled, Stage::Practising, Stage::Adopting] {
        assert!(met("withdrawn", between, between) > 0, "{troubles:#?}");
    }
}

#[test]
fn near_misses_are_of_the_table() {
    for (rule, says) in [
        (RuleId::Process(0), "a rule of the table, such as R-21, as the scenario corpus has no other, got process rule 0"),
        (RuleId::Code("ACME-7"), "as the scenario corpus has no other, got ACME-7"),
        (RuleId::Ours(54), "a rule that checks commands, got R-54"),
    ] {
        let error = std::panic::catch_unwind(|| drop(near_miss(rule))).unwrap_err();
        let got = error.downcast_ref::<String>().unwrap();
        assert!(got.contains(says), "{got}");
    }
}

#[test]
fn a_walk_is_told_shortly_and_can_be_made_again() {
    let walk = Walk::along(3, &[1, 2, 3, 4, 5, 6]);
    let told = format!("{walk:#?}");
    assert!(
        told.starts_with("Walk::along(3, &[1, 2, 3, 4, 5, 6]): `forming` at ") && told.contains("formed a cycle"),
        "{told}"
    );
    assert!(told.lines().count() < 12, "{told}");
    let troubled = churn(40).new_tree(&mut TestRunner::deterministic()).unwrap().current();
    assert!(format!("{troubled:?}").starts_with("Walk::troubled("));
}
