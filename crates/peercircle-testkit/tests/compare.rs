//! Comparison: what is alike is alike; what differs shrinks to a short story and a script that tells the two apart.
#![expect(clippy::panic, reason = "helpers of tests")]

use std::convert::Infallible;

use peercircle_core::{Command, Context, Process, ProcessSpec, RuleId, Rulebook};
use peercircle_scenario::{Answer, Ask, CoreRunner, Report, Runner, Scenario, corpus};
use peercircle_testkit::{
    Ruled,
    compare::{Asked, CompareError, History, compare},
    walk::{Dice, Step, Walk},
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

/// An implementation that may be gone, or has no answer to commands of a kind.
struct Silent {
    inner: Faulty,
    gone: bool,
    dumb: &'static str,
}

impl Runner for Silent {
    type Error = String;

    fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, String> {
        let Ok(answer) = self.inner.give(ask);
        let kind = ask.command.get("type").and_then(Value::as_str).unwrap_or_default();
        if self.gone || (kind == self.dumb && answer.code == "accepted") {
            return Err("nobody there".to_owned());
        }
        Ok(answer)
    }

    fn report(&mut self) -> Result<Report, String> {
        let Ok(report) = self.inner.report();
        Ok(report)
    }
}

/// An implementation to which Zed is a member.
#[derive(Default)]
struct Trusting(CoreRunner);

impl Runner for Trusting {
    type Error = Infallible;

    fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, Infallible> {
        let Ok(answer) = self.0.give(ask);
        let unknown = ask.by == "zed" && answer.code == "unknown_member";
        Ok(if unknown { Answer { code: "accepted".to_owned(), ..Answer::default() } } else { answer })
    }

    fn report(&mut self) -> Result<Report, Infallible> {
        self.0.report()
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
        // What members see, a script can't say; nor the rules behind a "no" that is about a role as well.
        if matches!(fault, Fault::ForgetsStories | Fault::CountsTwice) {
            let Ok(wrong) = script.check(&mut Faulty { core: CoreRunner::default(), fault }, |_, _, _| ());
            assert!(!wrong.is_empty(), "{fault:?}: the script doesn't tell\n{}", difference.script());
        }
    }
}

#[test]
fn walks_under_fewer_rules_keep_all_they_did() {
    let rules = [21, 27, 30].map(RuleId::Ours).into_iter().fold(Rulebook::standard(), Rulebook::knocked_out);
    let ours = Ruled::new(Process::default(), rules);
    let mut kept = 0;
    for seed in 0..12 {
        let (mut walk, mut draws) = (Walk::through(&ours, seed), Dice::new(seed));
        for _ in 0..200 {
            let step = walk.next(draws.roll());
            walk.take(&step);
        }
        let accepted: usize = walk.accepted.values().sum();
        let history = History::walk(&mut walk, 0, 0);
        assert_eq!(history.steps.len(), accepted, "seed {seed}");
        kept += accepted;
    }
    assert!(kept > 1000, "{kept}");
}

#[test]
fn shrinking_is_the_same_every_time() {
    assert_eq!(found(Fault::OtherRule), found(Fault::OtherRule));
}

#[test]
fn a_difference_outlives_an_implementation_that_goes_silent() {
    let histories = (0..60).map(|seed| History::walk(&mut Walk::new(seed), seed ^ 7, 300));
    let mut differs = histories.filter_map(|history| {
        let mut made = 0;
        // It answers once, and is gone for every shorter try.
        let make = || {
            made += 1;
            let inner = Faulty { core: CoreRunner::default(), fault: Fault::OtherRule };
            Silent { inner, gone: made > 1, dumb: "" }
        };
        compare(&history, make).err()
    });
    let error = differs.next().unwrap();
    let difference = error.difference().unwrap_or_else(|| panic!("the difference is lost: {error}"));
    assert!(difference.what[0].contains("R-31"), "{difference}");
}

#[test]
fn no_answer_is_told_like_a_difference() {
    let history = History::walk(&mut Walk::new(3), 4, 200);
    let make = || {
        let inner = Faulty { core: CoreRunner::default(), fault: Fault::OtherView };
        Silent { inner, gone: false, dumb: "member.enrol" }
    };
    let CompareError::NoAnswer(silent) = compare(&history, make).unwrap_err() else { panic!("expected no answer") };
    assert_eq!((silent.history.steps.len(), silent.steps_before), (2, history.steps.len()), "{silent}");
    assert!(silent.story.last().unwrap().says.ends_with("joined the group"), "{silent}");
    assert!(silent.to_string().contains("nobody there"));
    let script = Scenario::parse(&silent.script()).unwrap();
    let Ok(wrong) = script.check(&mut CoreRunner::default(), |_, _, _| ());
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(script.check(&mut make(), |_, _, _| ()), Err("nobody there".to_owned()));
}

#[test]
fn what_a_stranger_asks_for_is_told() {
    let mut history = History::walk(&mut Walk::new(3), 4, 200);
    let at = history.steps.last().unwrap().at;
    let command = json!({"type": "turn.pass", "member": "person-0-of-the-group"});
    history.steps.push(Asked { at, by: "zed".to_owned(), command, id: None, revision: None, elsewhere: Vec::new() });
    let error = compare(&history, Trusting::default).unwrap_err();
    let last = &error.difference().unwrap().story.last().unwrap().says;
    assert!(last.starts_with("`zed` asked for `turn.pass`") && last.ends_with("is answered `unknown_member`"), "{last}");
}

#[test]
fn a_history_begins_with_the_process_it_was_formed_under() {
    let [(_, preset), _, (_, firm)] = ProcessSpec::presets().map(|(name, spec)| (name, Process::new(spec).unwrap()));
    let mut walk = Walk::through(firm.clone(), 3);
    let command = Command::MigrateProcess { process: Box::new(preset) };
    assert!(walk.take(&Step { command, context: Context::organiser(walk.now) }).is_accepted());
    let history = History::walk(&mut walk, 5, 60);
    assert_eq!(history.under.process(), &firm);
    let script = Scenario::parse(&history.script("A migration")).unwrap();
    let mut machine = CoreRunner::default();
    let Ok(wrong) = script.check(&mut machine, |_, _, _| ());
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(machine.cycle(), &walk.cycle);
}
