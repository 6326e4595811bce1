//! Comparison: what is alike is alike; what differs shrinks to a short story and a script that tells the two apart.
#![expect(clippy::panic, reason = "helpers of tests")]

use std::convert::Infallible;

use peercircle_scenario::{Answer, Ask, CoreRunner, Report, Runner, Scenario, corpus};
use peercircle_testkit::{
    compare::{CompareError, History, compare},
    walk::Walk,
};
use serde_json::{Value, json};

/// The machine with one fault.
struct Faulty {
    core: CoreRunner,
    fault: Fault,
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    /// Accepts a second story as if nothing had been said.
    ForgetsStories,
    /// Tells HR one session too many.
    CountsTwice,
    /// Says no by another rule.
    OtherRule,
    /// Shows another revision to members.
    OtherView,
}

impl Runner for Faulty {
    type Error = Infallible;

    fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, Infallible> {
        let Ok(mut answer) = self.core.give(ask);
        let kind = ask.command.get("type").and_then(Value::as_str).unwrap_or_default();
        match self.fault {
            Fault::ForgetsStories if kind == "story.share" && answer.code == "rule_refused" => {
                answer = Answer { code: "accepted".to_owned(), ..Answer::default() };
            }
            Fault::OtherRule => {
                for no in answer.refusals.iter_mut().filter(|no| no.rule == "R-30") {
                    no.rule = "R-31".to_owned();
                }
            }
            Fault::ForgetsStories | Fault::CountsTwice | Fault::OtherView => {}
        }
        Ok(answer)
    }

    fn report(&mut self) -> Result<Report, Infallible> {
        let Ok(mut report) = self.core.report();
        let held = report.facts.get("sessions_held").and_then(Value::as_u64).unwrap_or(0);
        if let (Fault::CountsTwice, Some(facts)) = (self.fault, report.facts.as_object_mut().filter(|_| held > 0)) {
            facts.insert("sessions_held".to_owned(), json!(held + 1));
        }
        Ok(report)
    }

    fn view(&mut self) -> Result<Option<Value>, Infallible> {
        let Ok(mut view) = self.core.view();
        let started = self.core.cycle().session().is_some();
        if let (Fault::OtherView, Some(fields)) =
            (self.fault, view.as_mut().and_then(Value::as_object_mut).filter(|_| started))
        {
            fields.insert("revision".to_owned(), json!(0));
        }
        Ok(view)
    }
}

/// The first history on which the fault shows.
fn found(fault: Fault) -> peercircle_testkit::compare::Difference {
    let histories = (0..60).map(|seed| History::walk(&mut Walk::new(seed), seed ^ 7, 300));
    let make = || Faulty { core: CoreRunner::default(), fault };
    let differs = histories.filter_map(|history| compare(&history, make).err()).find_map(|error| match error {
        CompareError::Differs(difference) => Some(*difference),
        CompareError::NoAnswer(_) | _ => None,
    });
    differs.unwrap_or_else(|| panic!("{fault:?} never showed"))
}

#[test]
fn the_machine_is_like_itself() {
    for seed in 0..12 {
        let history = History::walk(&mut Walk::new(seed), seed, 200);
        assert!(history.steps.len() > 150);
        compare(&history, CoreRunner::default).unwrap();
    }
    for (name, scenario) in corpus().unwrap() {
        compare(&History::of(&scenario), CoreRunner::default).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn a_fault_is_found_and_told_shortly() {
    for fault in [Fault::ForgetsStories, Fault::CountsTwice, Fault::OtherRule, Fault::OtherView] {
        let difference = found(fault);
        let (before, after) = (difference.steps_before, difference.history.steps.len());
        assert!(after * 2 < before, "{fault:?}: {before} steps shrunk only to {after}");
        assert!(!difference.what.is_empty() && !difference.story.is_empty(), "{difference}");
        // The script holds on the machine, and tells the two apart.
        let script = Scenario::parse(&difference.script()).unwrap();
        let Ok(wrong) = script.check(&mut CoreRunner::default(), |_, _, _| ());
        assert!(wrong.is_empty(), "{fault:?}: {wrong:?}\n{}", difference.script());
        if matches!(fault, Fault::ForgetsStories) {
            let Ok(wrong) = script.check(&mut Faulty { core: CoreRunner::default(), fault }, |_, _, _| ());
            assert!(!wrong.is_empty(), "{fault:?}: the script doesn't tell\n{}", difference.script());
        }
    }
}

#[test]
fn shrinking_is_the_same_every_time() {
    assert_eq!(found(Fault::OtherRule), found(Fault::OtherRule));
}
