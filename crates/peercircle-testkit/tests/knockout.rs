//! Knock-out: each rule is missed by somebody, whichever way a check fails and wherever the rule stands.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use peercircle_core::{
    Command, CommandKind, Condition, Context, OwnRuleSpec, PhaseKind, Process, ProcessSpec, ReopenReason, RuleId, Rulebook,
    Stage,
};
use peercircle_scenario::Scenario;
use peercircle_testkit::{
    Ruled,
    given::given,
    knockout::{Check, KnockOut, knock_out},
    property::{Each, Occurrence, Property, Template, builtin},
};

fn noticed(answer: &KnockOut) -> Vec<(&str, &[String])> {
    let all = answer.rules.iter().filter(|one| !one.noticed_by.is_empty());
    all.map(|one| (one.rule.as_str(), &*one.noticed_by)).collect()
}

/// Only the organiser may say when session 1 is.
fn dated() -> Process {
    ruled(CommandKind::ScheduleSession, Condition::Role(vec![peercircle_core::Role::Organiser]))
}

fn ruled(kind: CommandKind, require: Condition) -> Process {
    let rule = OwnRuleSpec {
        id: "ACME-1".to_owned(),
        title: "A rule of ours".to_owned(),
        applies_to: vec![kind],
        require,
        remedy: "ask the organiser".to_owned(),
    };
    Process::new(ProcessSpec { rules: vec![rule], ..ProcessSpec::default() }).unwrap()
}

#[test]
fn the_corpus_misses_every_rule_and_properties_some() {
    let properties = builtin();
    let answer = knock_out(Process::default(), &[Check::corpus(), Check::properties("built in", &properties, 12)]);
    assert!(answer.failing.is_empty(), "{answer}");
    let unnoticed: Vec<_> = answer.unnoticed().collect();
    assert!(unnoticed.is_empty(), "nobody notices {unnoticed:?}\n{answer}");
    let by_both = answer.rules.iter().filter(|rule| rule.noticed_by.len() == 2).count();
    assert!(by_both >= 4, "the properties notice only {by_both}\n{answer}");
}

#[test]
fn a_check_that_panics_has_noticed() {
    let back = Check::asserting("nobody goes back twice", |ours| {
        let reopen = Command::ReopenPhase { phase: PhaseKind::Discussion, reason: ReopenReason::Unfinished };
        let _ = given(ours).members(6).at(Stage::ExploreTakeaways).when("ana", reopen).then_refused_by(&["R-03", "R-30"]);
    });
    let answer = knock_out(Process::default(), &[back]);
    assert!(answer.failing.is_empty(), "{answer}");
    assert!(noticed(&answer).iter().any(|(rule, by)| *rule == "R-03" && *by == ["nobody goes back twice"]), "{answer}");
    assert!(answer.unnoticed().count() > 20, "{answer}");
}

#[test]
fn a_check_that_fails_anyway_shows_nothing_and_says_why() {
    let fails = Check::asserting("dates", |ours| drop(given(ours).members(20)));
    let answer = knock_out(Process::default(), &[fails, Check::new("errs", |_| Err("no".to_owned()))]);
    assert!(noticed(&answer).is_empty());
    let says: Vec<_> = answer.failing.iter().map(|one| (one.check.as_str(), one.says.as_str())).collect();
    assert!(says[0].0 == "dates" && says[0].1.contains("at most 16 members, got 20"), "{says:?}");
    assert_eq!(says[1], ("errs", "no"));
    assert!(answer.to_string().ends_with("fails with every rule in place: errs: no\n"), "{answer}");
}

#[test]
fn rules_of_the_process_file_are_knocked_out_too() {
    let dates = |ours: &Ruled| {
        let cycle = given(ours).members(6);
        let (now, starts_at) = (cycle.now(), cycle.now() + peercircle_core::Span::days(7));
        let context = Context::member(cycle.cycle().ledger().active().first().ok_or("nobody")?, now);
        let (session, place) = (peercircle_core::SessionKind::Explore, peercircle_core::Place::Onsite);
        let date = Command::ScheduleSession { session, starts_at, place, short_gap: None };
        let may = ours.rules().permits(cycle.cycle(), &date, &context);
        if may { Err("a member set a date".to_owned()) } else { Ok(()) }
    };
    let answer = knock_out(dated(), &[Check::new("dates", dates)]);
    assert_eq!(noticed(&answer), [("ACME-1", &["dates".to_owned()][..])], "{answer}");
    let unnoticed = knock_out(dated(), &[]);
    assert!(unnoticed.unnoticed().any(|rule| rule == "ACME-1"), "{unnoticed}");

    // By a script that declares it, and as a property of histories that are drawn without it.
    let answer = knock_out(dated(), &[Check::scenarios("scripts", &script(&dated()))]);
    assert!(answer.failing.is_empty(), "{answer}");
    assert!(noticed(&answer).contains(&("ACME-1", &["scripts".to_owned()][..])), "{answer}");
    let (first, then) = (Occurrence::Reached(Stage::ActionPlanning), Occurrence::Accepted(CommandKind::MakePlan));
    let late = [Property { id: "ACME-2".to_owned(), each: Each::Group, template: Template::Precedence { first, then } }];
    let planned = ruled(CommandKind::MakePlan, Condition::Stage(vec![Stage::ActionPlanning]));
    let answer = knock_out(planned, &[Check::properties("histories", &late, 12)]);
    assert!(answer.failing.is_empty(), "{answer}");
    assert!(noticed(&answer).contains(&("ACME-1", &["histories".to_owned()][..])), "{answer}");
}

fn script(process: &Process) -> [Scenario; 1] {
    let header = serde_json::json!({"scenario": "Dates", "process": process});
    let script = format!(
        r#"{header}
{{"at":"2026-03-02T09:00:00Z","by":"organiser","do":{{"type":"cycle.form","cycle":"c-1","group":"g-1","module":{{"id":"m","strategies":["s"]}}}}}}
{{"at":"2026-03-02T09:00:00Z","by":"organiser","do":{{"type":"member.enrol","member":"ana","level":"lead","department":"it"}}}}
{{"at":"2026-03-02T09:00:00Z","by":"ana","do":{{"type":"session.schedule","session":"explore","starts_at":"2026-03-09T09:00:00Z","place":"onsite"}},"expect":{{"refused":["R-05","ACME-1"]}}}}
{{"end":{{"stage":"forming"}}}}
"#
    );
    [Scenario::parse(&script).unwrap()]
}

#[test]
fn what_is_off_already_is_not_asked_for() {
    let rules = Rulebook::standard().knocked_out(RuleId::Ours(21));
    let answer = knock_out(Ruled::new(Process::default(), rules), &[]);
    assert!(!answer.rules.iter().any(|one| one.rule == "R-21") && answer.rules.len() > 40);
}
