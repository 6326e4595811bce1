//! The corpus through the core: every script comes to what it declares, and together they cover the machine.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use peercircle_core::{Chart, CommandKind, Edge, How, KindSet, Process, RULES};
use peercircle_scenario::{Answer, Ask, CoreRunner, Expect, Refusal, Report, Runner, Scenario};

fn scripts() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = [root.join("crates/peercircle-scenario/corpus"), root.join("examples")];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut scripts: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    scripts.retain(|path| path.extension().is_some_and(|end| end == "jsonl"));
    scripts.sort();
    assert!(scripts.len() > 100, "{} scripts", scripts.len());
    scripts
}

fn read(path: &Path) -> Scenario {
    Scenario::parse(&std::fs::read_to_string(path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What all scripts together do.
#[derive(Default)]
struct Reach {
    accepted: KindSet,
    alone: BTreeSet<String>,
    codes: BTreeSet<String>,
    edges: BTreeSet<Edge>,
}

impl Reach {
    fn hear(&mut self, kind: Option<CommandKind>, answer: &Answer, runner: &CoreRunner) {
        self.codes.insert(answer.code.clone());
        match (kind, answer.code.as_str()) {
            (Some(command), "accepted") => {
                self.accepted.insert(command);
                self.edges.insert(Edge { from: runner.before().stage(), to: runner.cycle().stage(), command });
            }
            _ => assert_eq!(runner.before(), runner.cycle(), "a `no` changed something"),
        }
        if let [no] = answer.refusals.as_slice()
            && no.code == "rule_refused"
        {
            self.alone.insert(no.rule.clone());
        }
    }
}

#[test]
fn every_script_comes_to_what_it_declares() {
    let mut wrong = Vec::new();
    for path in scripts() {
        let Ok(differences) = read(&path).check(&mut CoreRunner::default(), |_, _, _| ());
        wrong.extend(differences.iter().map(|one| format!("{}: {one}", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn together_they_reach_every_command_every_rule_and_every_kind_of_no() {
    let mut reach = Reach::default();
    for path in scripts() {
        let Ok(_) = read(&path).check(&mut CoreRunner::default(), |step, answer, runner| {
            reach.hear(step.kind(), answer, runner);
        });
    }
    assert_eq!(KindSet::ALL.minus(reach.accepted).iter().collect::<Vec<_>>(), [], "never accepted");
    // A near miss: the rule refused, and no other did.
    let checked = RULES.iter().filter(|rule| matches!(rule.how, How::Checks { .. })).map(|rule| rule.id.to_string());
    let missed: Vec<_> = checked.filter(|rule| !reach.alone.contains(rule)).collect();
    assert_eq!(missed, Vec::<String>::new(), "never the only one to refuse");
    for code in ["accepted", "duplicate", "wrong_phase", "not_your_role", "stale_revision", "rule_refused"] {
        assert!(reach.codes.contains(code), "no script is answered `{code}`");
    }
}

#[test]
fn what_leads_somewhere_in_a_script_is_on_the_chart_of_its_process() {
    let charts: std::cell::RefCell<Vec<(Process, Chart)>> = std::cell::RefCell::default();
    let mut missing = BTreeSet::new();
    for path in scripts() {
        let (scenario, mut reach) = (read(&path), Reach::default());
        let Ok(_) = scenario.check(&mut CoreRunner::default(), |step, answer, runner| {
            reach.hear(step.kind(), answer, runner);
        });
        // A cycle that moves to another process has two charts.
        if reach.accepted.contains(CommandKind::MigrateProcess) {
            continue;
        }
        let process = scenario.process();
        let known = charts.borrow().iter().find(|(other, _)| *other == process).map(|(_, chart)| chart.clone());
        let chart = known.unwrap_or_else(|| {
            let chart = Chart::of(&process);
            charts.borrow_mut().push((process, chart.clone()));
            chart
        });
        let moves = reach.edges.iter().filter(|edge| edge.from != edge.to);
        missing.extend(
            moves
                .filter(|edge| chart.edges().all(|other| other != *edge))
                .map(|edge| format!("{edge:?} in {}", path.display())),
        );
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_script_that_is_wrong_is_named_by_its_line() {
    let header = r#"{"scenario":"x"}"#;
    let end = r#"{"end":{"stage":"forming"}}"#;
    for (script, says) in [
        (String::new(), "line 1: expected a header, steps and an end, got 0 lines"),
        (format!("{header}\n{header}"), "line 2: expected an end"),
        (format!("{header}\n\n{{\"at\":\"now\"}}\n{end}"), "line 3: expected a step"),
        (format!("{{\"scenario\":\"x\",\"process\":\"large\"}}\n{end}"), "line 1: expected a preset"),
    ] {
        let error = Scenario::parse(&script).unwrap_err();
        assert!(error.to_string().starts_with(says), "{error}");
    }
}

#[test]
fn what_differs_is_said_in_words() {
    let script = r#"{"scenario":"x"}
{"at":"2026-03-02T09:00:00Z","by":"organiser","do":{"type":"session.start"}}
{"end":{"stage":"forming","members":{"ana":"completed"},"facts":{"sessions_held":2}}}"#;
    let Ok(differences) = Scenario::parse(script).unwrap().check(&mut CoreRunner::default(), |_, _, _| ());
    assert_eq!(
        differences,
        [
            "line 2: expected it to be accepted, got `wrong_phase`: to start the session does not belong to not formed yet (R-01)",
            "the end: expected stage `forming`, got `unformed`",
            "the end: expected `ana` to be `completed`, got `nobody of that name`",
            "the end: expected HR to see `sessions_held` as 2, got 0",
        ]
    );
}

/// Gives the same answer whatever it is asked, and shows what it is told to.
#[derive(Clone)]
struct Says {
    answer: Answer,
    report: Report,
    view: Option<serde_json::Value>,
}

impl Runner for Says {
    type Error = std::convert::Infallible;

    fn give(&mut self, _: &Ask<'_>) -> Result<Answer, Self::Error> {
        Ok(self.answer.clone())
    }

    fn report(&mut self) -> Result<Report, Self::Error> {
        Ok(self.report.clone())
    }

    fn view(&mut self) -> Result<Option<serde_json::Value>, Self::Error> {
        Ok(self.view.clone())
    }
}

fn answer(code: &str, nos: &[(&str, &str)]) -> Answer {
    let no = |(code, rule): &(&str, &str)| Refusal {
        code: (*code).to_owned(),
        rule: (*rule).to_owned(),
        says: "it can't be".to_owned(),
        helps: String::new(),
    };
    Answer { code: code.to_owned(), refusals: nos.iter().map(no).collect(), says: None }
}

fn wrong(expect: &str, end: &str, says: &Says) -> Vec<String> {
    let script = format!(
        r#"{{"scenario":"x"}}
{{"at":"2026-03-02T09:00:00Z","by":"organiser","do":{{"type":"session.start"}}{expect}}}
{{"end":{end}}}"#
    );
    let Ok(wrong) = Scenario::parse(&script).unwrap().check(&mut says.clone(), |_, _, _| ());
    wrong
}

#[test]
fn an_answer_must_be_as_it_is_declared() {
    let (role, rule) = (("not_your_role", "R-10"), ("rule_refused", "R-21"));
    let by_both = answer("not_your_role", &[role, rule]);
    let exactly = format!(r#","expect":{}"#, serde_json::to_string(&Expect::of(&by_both)).unwrap());
    let refused = r#","expect":{"refused":["R-21"]}"#;
    let no = r#","expect":{"no":"not_your_role"}"#;
    for (expect, answer, fits) in [
        (exactly.as_str(), by_both.clone(), true),
        // In any order, but with the same code.
        (&exactly, answer("not_your_role", &[rule, role]), true),
        (&exactly, answer("rule_refused", &[rule, role]), false),
        // A rule more or less, another one, or another kind of "no".
        (&exactly, answer("not_your_role", &[role]), false),
        (&exactly, answer("not_your_role", &[role, rule, ("rule_refused", "R-30")]), false),
        (&exactly, answer("not_your_role", &[role, ("rule_refused", "R-30")]), false),
        (&exactly, answer("not_your_role", &[("rule_refused", "R-10"), rule]), false),
        (r#","expect":{"exactly":[]}"#, answer("accepted", &[]), false),
        (refused, answer("rule_refused", &[rule]), true),
        (refused, answer("not_your_role", &[rule]), false),
        (refused, by_both.clone(), false),
        (no, by_both, true),
        (no, answer("not_your_role", &[]), true),
        ("", answer("accepted", &[]), true),
        ("", answer("accepted", &[rule]), false),
    ] {
        let says = Says { answer, report: Report::default(), view: None };
        let wrong = wrong(expect, r#"{"stage":""}"#, &says);
        assert_eq!(wrong.is_empty(), fits, "{expect} and {:?}: {wrong:?}", says.answer);
    }
    let says =
        Says { answer: answer("not_your_role", &[("rule_refused", "R-10"), rule]), report: Report::default(), view: None };
    let expected = "line 2: expected `not_your_role` (R-10) and `rule_refused` (R-21) alone, got `not_your_role` because of \
                    `rule_refused` (R-10) and `rule_refused` (R-21)";
    assert_eq!(wrong(&exactly, r#"{"stage":""}"#, &says), [expected]);
}

#[test]
fn the_end_must_be_as_it_is_declared() {
    let members = [("ana".to_owned(), "enrolled".to_owned())].into();
    let report = Report { stage: "forming".to_owned(), members, facts: serde_json::json!({"held": 1, "list": [1]}) };
    let view = Some(serde_json::json!({"revision": 3, "chair": null, "members": [{"member": "ana"}]}));
    let says = Says { answer: answer("accepted", &[]), report, view };
    let all = r#""members":{"ana":"enrolled"},"facts":{"held":1,"list":[1]},"view":{"revision":3,"chair":null,"members":[{"member":"ana"}]}"#;
    for (end, expected) in [
        (r#"{"stage":"forming"}"#.to_owned(), vec![]),
        (r#"{"stage":"forming","view":{"revision":3,"nobody":null}}"#.to_owned(), vec![]),
        (
            r#"{"stage":"forming","view":{"members":[{"member":"ben"}]}}"#.to_owned(),
            vec![r#"the end: expected members to see `members.0.member` as "ben", got "ana""#],
        ),
        (
            r#"{"stage":"forming","view":7}"#.to_owned(),
            vec![
                r#"the end: expected members to see `all of it` as 7, got {"chair":null,"members":[{"member":"ana"}],"revision":3}"#,
            ],
        ),
        (format!(r#"{{"stage":"forming",{all},"exactly":true}}"#), vec![]),
        (
            r#"{"stage":"forming","facts":{"held":1},"view":{"revision":3,"members":[{}]},"exactly":true}"#.to_owned(),
            vec![
                "the end: expected nobody of the name `ana`, got `enrolled`",
                "the end: expected HR to see `list` as nothing, got [1]",
                r#"the end: expected members to see `members.0.member` as nothing, got "ana""#,
                "the end: expected members to see `chair` as nothing, got null",
            ],
        ),
    ] {
        assert_eq!(wrong("", &end, &says), expected, "{end}");
    }
    // Who shows no view, has nothing to be wrong.
    let blind = Says { view: None, ..says };
    assert_eq!(wrong("", r#"{"stage":"forming","view":{"revision":9}}"#, &blind), Vec::<String>::new());
    assert_eq!(Scenario::parse("{\"scenario\":\"x\"}\n{\"end\":{\"stage\":\"forming\"}}").unwrap().end().stage, "forming");
}
