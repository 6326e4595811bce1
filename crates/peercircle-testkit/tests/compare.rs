//! Comparison: what is alike is alike; what differs shrinks to a short story and a script that tells the two apart.
#![expect(clippy::panic, clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "helpers of tests")]

use std::convert::Infallible;

use peercircle_core::{Command, Context, Cycle, Process, ProcessSpec, RuleId, Rulebook, Verdict};
use peercircle_scenario::{Answer, Ask, CoreRunner, Report, Runner, Scenario, corpus};
use peercircle_testkit::{
    Ruled,
    compare::{About, Asked, Call, CompareError, Difference, History, Replay, compare},
    walk::{Dice, Step, Walk, draws},
};
use serde_json::{Value, json};

/// The machine with one fault.
struct Faulty {
    core: CoreRunner,
    fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// Accepts a second story as if nothing had been said.
    ForgetsStories,
    /// Has not heard of a rule.
    ForgetsRule(u8),
    /// Tells HR one session too many.
    CountsTwice,
    /// Tells HR what nobody asked for.
    TellsMore,
    /// Says no by another rule.
    OtherRule,
    /// The same, but only where a role refuses as well.
    OtherRuleBehindRole,
    /// Calls every "no" a rule's.
    OtherKind,
    /// Gives no reasons.
    OtherWords,
    /// Shows another revision to members.
    OtherView,
    /// Shows members what isn't there as `null`.
    Nulls,
    /// Hears neither keys nor revisions nor who is elsewhere.
    HearsLess,
    /// Panics on closing a session.
    PanicsOnClosing,
    /// Panics on showing a cycle that is scheduled.
    PanicsOnShowing,
}

impl Faulty {
    fn new(fault: Fault) -> Self {
        let rules = match fault {
            Fault::ForgetsRule(rule) => Rulebook::standard().knocked_out(RuleId::Ours(rule)),
            _ => Rulebook::standard(),
        };
        Self { core: CoreRunner::under(rules), fault }
    }
}

impl Runner for Faulty {
    type Error = Infallible;

    fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, Infallible> {
        let hears = match self.fault {
            Fault::HearsLess => Ask { id: None, revision: None, elsewhere: &[], ..ask.clone() },
            _ => ask.clone(),
        };
        let Ok(mut answer) = self.core.give(&hears);
        let kind = ask.command.get("type").and_then(Value::as_str).unwrap_or_default();
        let behind_role = answer.code == "not_your_role";
        match self.fault {
            Fault::ForgetsStories if kind == "story.share" && answer.code == "rule_refused" => {
                answer = Answer { code: "accepted".to_owned(), ..Answer::default() };
            }
            Fault::PanicsOnClosing if kind == "session.close" && answer.code == "accepted" => {
                panic!("the table has no row {kind}");
            }
            _ => {}
        }
        for no in &mut answer.refusals {
            match self.fault {
                Fault::OtherRule if no.rule == "R-30" => "R-31".clone_into(&mut no.rule),
                Fault::OtherRuleBehindRole if behind_role && no.rule != "R-10" => "R-31".clone_into(&mut no.rule),
                Fault::OtherKind => "rule_refused".clone_into(&mut no.code),
                Fault::OtherWords => "no".clone_into(&mut no.says),
                _ => {}
            }
        }
        Ok(answer)
    }

    fn report(&mut self) -> Result<Report, Infallible> {
        let Ok(mut report) = self.core.report();
        let held = report.facts.get("sessions_held").and_then(Value::as_u64).unwrap_or(0);
        match (self.fault, report.facts.as_object_mut()) {
            (Fault::CountsTwice, Some(facts)) if held > 0 => {
                facts.insert("sessions_held".to_owned(), json!(held + 1));
            }
            (Fault::TellsMore, Some(facts)) if held > 0 => {
                facts.insert("passes".to_owned(), json!(2));
            }
            _ => {}
        }
        Ok(report)
    }

    fn view(&mut self) -> Result<Option<Value>, Infallible> {
        let Ok(mut view) = self.core.view();
        let started = self.core.cycle().session().is_some();
        match (self.fault, view.as_mut().and_then(Value::as_object_mut)) {
            (Fault::OtherView, Some(fields)) if started => {
                fields.insert("revision".to_owned(), json!(0));
            }
            (Fault::Nulls, Some(fields)) => {
                fields.insert("nothing_here".to_owned(), Value::Null);
            }
            (Fault::PanicsOnShowing, _) if self.core.cycle().stage().name() == "scheduled" => panic!("no such view"),
            _ => {}
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

/// The first of these histories on which the fault shows.
fn found_in(fault: Fault, histories: impl Iterator<Item = History>) -> Difference {
    let make = || Faulty::new(fault);
    let mut differs = histories.filter_map(|history| compare(&history, make).err()).filter_map(|error| match error {
        CompareError::Differs(difference) => Some(*difference),
        CompareError::NoAnswer(_) | _ => None,
    });
    differs.next().unwrap_or_else(|| panic!("{fault:?} never showed"))
}

fn found(fault: Fault) -> Difference {
    found_in(fault, (0..60).map(|seed| History::walk(&mut Walk::new(seed), seed ^ 7, 300)))
}

/// The script of the difference holds on the machine, and fails on what is faulty.
fn shows(difference: &Difference, fault: Fault) {
    let script = Scenario::parse(&difference.script()).unwrap();
    let Ok(wrong) = script.check(&mut CoreRunner::default(), |_, _, _| ());
    assert!(wrong.is_empty(), "{fault:?}: {wrong:?}\n{}", difference.script());
    let Ok(wrong) = script.check(&mut Faulty::new(fault), |_, _, _| ());
    assert!(!wrong.is_empty(), "{fault:?}: the script doesn't tell\n{}", difference.script());
    assert_eq!(difference.replay, Replay::Fails(wrong));
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
    for (fault, about) in [
        (Fault::ForgetsStories, About::Verdict),
        (Fault::CountsTwice, About::Outcome),
        (Fault::TellsMore, About::Outcome),
        (Fault::OtherRule, About::Refusals),
        (Fault::OtherRuleBehindRole, About::Refusals),
        (Fault::OtherView, About::View),
    ] {
        let difference = found(fault);
        let (before, after) = (difference.steps_before, difference.history.steps.len());
        assert!(after * 2 < before, "{fault:?}: {before} steps shrunk only to {after}");
        assert!(!difference.what.is_empty() && !difference.story.is_empty(), "{difference}");
        assert_eq!(difference.about, about, "{difference}");
        shows(&difference, fault);
    }
}

#[test]
fn a_rule_that_is_missing_behind_a_role_is_in_the_script() {
    for rule in [21, 30] {
        let difference = found(Fault::ForgetsRule(rule));
        shows(&difference, Fault::ForgetsRule(rule));
    }
}

#[test]
fn what_isnt_heard_shows_in_the_script() {
    let scripts = || corpus().unwrap().into_iter();
    for wanted in ["r-04-retries-and-races", "r-59-two-places"] {
        let histories = scripts().filter(|(name, _)| *name == wanted).map(|(_, scenario)| History::of(&scenario));
        shows(&found_in(Fault::HearsLess, histories), Fault::HearsLess);
    }
}

#[test]
fn kinds_of_refusals_are_compared_and_their_words_not() {
    let difference = found(Fault::OtherKind);
    assert_eq!(difference.about, About::Refusals);
    assert!(difference.what[0].contains("`)"), "{difference}");
    shows(&difference, Fault::OtherKind);
    let history = History::walk(&mut Walk::new(3), 4, 200);
    compare(&history, || Faulty::new(Fault::OtherWords)).unwrap();
}

#[test]
fn null_is_something_more() {
    let difference = found(Fault::Nulls);
    assert_eq!(difference.what, ["the view: nothing_here: the machine says nothing, it says null"]);
    shows(&difference, Fault::Nulls);
}

#[test]
fn a_panic_is_a_difference_with_its_story() {
    for (fault, call, says) in [
        (Fault::PanicsOnClosing, Call::Give, "it panics answering: the table has no row session.close"),
        (Fault::PanicsOnShowing, Call::View, "it panics showing what members see: no such view"),
    ] {
        let difference = found(fault);
        assert_eq!((difference.about, difference.what.as_slice()), (About::Panic(call), [says.to_owned()].as_slice()));
        assert!(difference.history.steps.len() * 2 < difference.steps_before, "{difference}");
        assert!(difference.replay.fails() && !difference.story.is_empty(), "{difference}");
        let script = Scenario::parse(&difference.script()).unwrap();
        let Ok(wrong) = script.check(&mut CoreRunner::default(), |_, _, _| ());
        assert!(wrong.is_empty(), "{wrong:?}");
        let replayed = std::panic::catch_unwind(|| script.check(&mut Faulty::new(fault), |_, _, _| ()));
        assert!(replayed.is_err(), "{fault:?}: the script doesn't tell\n{}", difference.script());
    }
    let history = History::walk(&mut Walk::new(3), 4, 20);
    let error = compare(&history, || -> CoreRunner { panic!("no room") }).unwrap_err();
    let difference = error.difference().unwrap();
    assert_eq!((difference.about, difference.what[0].as_str()), (About::Panic(Call::Make), "it panics being made: no room"));
}

#[test]
fn a_difference_that_no_script_shows_says_so() {
    // It remembers how often it was asked what a cycle has come to: a script asks once.
    struct Counts(CoreRunner, usize);
    impl Runner for Counts {
        type Error = Infallible;

        fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, Infallible> {
            self.0.give(ask)
        }

        fn report(&mut self) -> Result<Report, Infallible> {
            self.1 += 1;
            let Ok(mut report) = self.0.report();
            if self.1 > 3 {
                "forming".clone_into(&mut report.stage);
            }
            Ok(report)
        }
    }
    let history = History::walk(&mut Walk::new(3), 4, 60);
    let error = compare(&history, || Counts(CoreRunner::default(), 0)).unwrap_err();
    let difference = error.difference().unwrap();
    assert_eq!(difference.replay, Replay::Silent("replayed there, everything is as it declares".to_owned()));
    let says = "its script doesn't show this: replayed there, everything is as it declares";
    assert!(difference.to_string().contains(says), "{difference}");

    // A command without its member is completed in a script.
    let mut history = History::walk(&mut Walk::new(3), 4, 60);
    let (at, by) = (history.steps.last().unwrap().at, "person-0-of-the-group".to_owned());
    let command = json!({"type": "turn.pass"});
    history.steps.push(Asked { at, by, command, id: None, revision: None, elsewhere: Vec::new() });
    struct Lenient(CoreRunner);
    impl Runner for Lenient {
        type Error = Infallible;

        fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, Infallible> {
            let Ok(answer) = self.0.give(ask);
            let accepts = answer.code == "unreadable";
            Ok(if accepts { Answer { code: "accepted".to_owned(), ..Answer::default() } } else { answer })
        }

        fn report(&mut self) -> Result<Report, Infallible> {
            self.0.report()
        }
    }
    let error = compare(&history, || Lenient(CoreRunner::default())).unwrap_err();
    let Replay::Silent(why) = &error.difference().unwrap().replay else { panic!("{error}") };
    assert!(why.starts_with("no script can say it: line "), "{why}");
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
        // Beside these, what was refused.
        assert!(history.steps.len() > accepted, "seed {seed}: {} steps, {accepted} accepted", history.steps.len());
        kept += accepted;
    }
    assert!(kept > 1000, "{kept}");
}

/// A retry is seen as one, and does nothing, whoever looks: a check of one's own, or whoever reads the story.
#[test]
fn a_history_tells_retries_from_what_was_done() {
    let (mut retries, mut others) = (0, 0);
    for seed in 0..20 {
        let walk = Walk::along(seed, &draws(seed, 200));
        let (mut cycle, mut events) = (Cycle::default(), Vec::new());
        let history = walk.history();
        history.each(|before, step, verdict| {
            assert_eq!(*before, cycle);
            // A check that decides anew comes to the same.
            assert_eq!(*verdict, walk.rules().decide(before, &step.command, &step.context));
            events.extend_from_slice(verdict.events());
            verdict.events().iter().for_each(|event| cycle.evolve(event).unwrap());
            match verdict {
                Verdict::Duplicate { .. } => retries += 1,
                Verdict::Accepted(_) | Verdict::Refused(_) => others += usize::from(step.context.command_id.is_some()),
            }
        });
        assert_eq!(events, walk.events, "{walk:?}");
        let told = |story: &str| story.matches("as was answered before").count();
        assert_eq!(told(&format!("{history:?}")), told(&format!("{walk:?}")), "{history:?}");
    }
    assert!(retries > 50 && others > 1000, "{retries} retries, {others} others");
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
            let inner = Faulty::new(Fault::OtherRule);
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
        let inner = Faulty::new(Fault::OtherView);
        Silent { inner, gone: false, dumb: "member.enrol" }
    };
    let CompareError::NoAnswer(silent) = compare(&history, make).unwrap_err() else { panic!("expected no answer") };
    assert_eq!((silent.history.steps.len(), silent.steps_before), (2, history.steps.len()), "{silent}");
    assert!(silent.story.last().unwrap().says.ends_with("joined the group"), "{silent}");
    assert!(silent.to_string().ends_with("  answering, it says: nobody there\n"), "{silent}");
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
