//! Strategies: what they draw is what they say, and rare things are reached.
#![cfg(feature = "proptest")]

use std::collections::BTreeMap;

use peercircle_core::{
    Attendance, CommandKind, Context, Cycle, EventBody, KindSet, OwnRule, Process, RULES, RuleId, Rulebook, Stage,
};
use peercircle_testkit::{
    Ruled,
    strategies::{Distribution, churn, churn_under, clocks, cycle_at, groups, histories, legal, near_miss, processes},
    walk::Walk,
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
        prop_assert!(Process::new(process.spec().clone()).is_ok());
        prop_assert_eq!(group.stage(), Stage::Forming);
    }

    #[test]
    fn legal_commands_are_accepted(
        (cycle, steps) in cycle_at(Stage::ReportBack).prop_flat_map(|cycle| (Just(cycle.clone()), legal(&Rulebook::standard(), cycle.clone(), cycle.last_at())))
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
    for _ in 0..200 {
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
    let wanted = Stage::ALL.iter().filter(|stage| !matches!(stage, Stage::Unformed | Stage::Lapsed));
    let missed: Vec<_> = wanted.filter(|stage| !distribution.stages.contains_key(*stage)).collect();
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
