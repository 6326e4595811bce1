//! The corpus through the command line: a cycle in a file, driven by a process a command, must come to what each script
//! declares. And scripts through `run`.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that can't run its program fails")]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use peercircle_core::CommandKind;
use peercircle_scenario::{Answer, Ask, Refusal, Report, Runner, Scenario};
use serde_json::Value;

fn peercircle() -> Command {
    Command::new(env!("CARGO_BIN_EXE_peercircle"))
}

fn scripts(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let mut scripts: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    scripts.retain(|path| path.extension().is_some_and(|end| end == "jsonl"));
    assert!(scripts.len() >= 3, "{} holds only {} scripts", folder.display(), scripts.len());
    scripts
}

/// Gives each command to `peercircle do` in a process of its own.
struct CommandLine {
    file: PathBuf,
}

impl CommandLine {
    fn ask(&self, arguments: &[&str]) -> Output {
        let [what, rest @ ..] = arguments else { panic!("no command") };
        peercircle().args(["--json", what]).arg(&self.file).args(rest).output().unwrap()
    }

    fn read(&self, arguments: &[&str]) -> Value {
        serde_json::from_slice(&self.ask(arguments).stdout).unwrap()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Runner for CommandLine {
    type Error = String;

    fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, String> {
        let (command, at) = (ask.command.to_string(), ask.at.to_string());
        let mut arguments = vec!["do", &command, "--by", ask.by, "--at", &at];
        let id = ask.id.map(|id| serde_json::to_value(id).unwrap());
        if let Some(id) = id.as_ref().and_then(Value::as_str) {
            arguments.extend(["--id", id]);
        }
        let revision = ask.revision.map(|revision| revision.to_string());
        if let Some(revision) = &revision {
            arguments.extend(["--revision", revision]);
        }
        let elsewhere = ask.elsewhere.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(",");
        if !elsewhere.is_empty() {
            arguments.extend(["--elsewhere", &elsewhere]);
        }
        let output = self.ask(&arguments);
        let said: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("{command}: {error}: {}", String::from_utf8_lossy(&output.stderr)))?;
        let empty = Vec::new();
        let refusals: Vec<_> = said["refusals"]
            .as_array()
            .unwrap_or(&empty)
            .iter()
            .map(|no| Refusal {
                code: text(&no["code"]),
                rule: text(&no["rule"]),
                says: text(&no["says"]),
                helps: text(&no["helps"]),
            })
            .collect();
        let code = match (said["answer"].as_str(), refusals.first()) {
            (Some("refused"), Some(first)) => first.code.clone(),
            (Some(answer), _) => answer.to_owned(),
            (None, _) => text(&said["error"]["code"]),
        };
        let status = match code.as_str() {
            "accepted" | "duplicate" => 0,
            _ if !refusals.is_empty() => 1,
            _ => 2,
        };
        assert_eq!(output.status.code(), Some(status), "the exit status of {command}");
        Ok(Answer { code, refusals, says: said["error"]["message"].as_str().map(str::to_owned) })
    }

    fn report(&mut self) -> Result<Report, String> {
        let view = self.read(&["show"]);
        let members: BTreeMap<_, _> =
            view["members"].as_array().unwrap().iter().map(|one| (text(&one["member"]), text(&one["outcome"]))).collect();
        Ok(Report { stage: text(&view["stage"]), members, facts: self.read(&["show", "--hr"]) })
    }

    fn view(&mut self) -> Result<Option<Value>, String> {
        Ok(Some(self.read(&["show"])))
    }
}

#[test]
fn a_cycle_in_a_file_comes_to_what_every_script_declares() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    let mut steps = 0;
    for (number, path) in scripts("crates/peercircle-scenario/corpus").into_iter().chain(scripts("examples")).enumerate() {
        let scenario = Scenario::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        // A cycle without a first event has no file to keep it in.
        if scenario.steps().first().and_then(peercircle_scenario::Step::kind) != Some(CommandKind::FormCycle) {
            continue;
        }
        steps += scenario.steps().len();
        let mut runner = CommandLine { file: folder.path().join(format!("{number}.jsonl")) };
        match scenario.check(&mut runner, |_, _, _| ()) {
            Ok(differences) => wrong.extend(differences.iter().map(|one| format!("{}: {one}", path.display()))),
            Err(error) => wrong.push(format!("{}: {error}", path.display())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(steps > 4000, "{steps} commands");
}

#[test]
fn every_example_runs_as_a_story() {
    for script in scripts("examples") {
        let output = peercircle().arg("run").arg(&script).output().unwrap();
        assert!(output.status.success(), "{}: {}", script.display(), String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stdout).contains("What HR sees"));
    }
}

#[test]
fn a_log_replays_to_the_same_facts() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/difficult-cycle.jsonl");
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.jsonl");
    let run = peercircle().args(["run", "--json", "--log"]).arg(&log).arg(&script).output().unwrap();
    let replay = peercircle().args(["--json", "replay"]).arg(&log).output().unwrap();
    assert!(replay.status.success(), "{}", String::from_utf8_lossy(&replay.stderr));
    let run: Value = serde_json::from_slice(&run.stdout).unwrap();
    let replay: Value = serde_json::from_slice(&replay.stdout).unwrap();
    assert_eq!(run["facts"], replay);
    assert_eq!(replay["stage"], "completed");
}

#[test]
fn a_script_is_not_as_declared_where_a_refusal_or_the_view_differs() {
    let folder = tempfile::tempdir().unwrap();
    let form = r#"{"type":"cycle.form","cycle":"c-1","group":"g-1","module":{"id":"m","strategies":["s"]}}"#;
    let run = |rule: &str, revision: u32| {
        let script = folder.path().join("script.jsonl");
        let text = format!(
            r#"{{"scenario":"Nobody starts alone"}}
{{"at":"2026-03-02T09:00:00Z","by":"organiser","do":{form}}}
{{"at":"2026-03-02T09:00:00Z","by":"organiser","do":{{"type":"session.start"}},"expect":{{"exactly":[{{"no":"wrong_phase","rule":"{rule}"}}]}}}}
{{"end":{{"stage":"forming","view":{{"revision":{revision}}}}}}}
"#
        );
        std::fs::write(&script, text).unwrap();
        let output = peercircle().arg("run").arg(&script).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(run("R-01", 1), (Some(0), String::new()));
    let (status, says) = run("R-04", 2);
    assert_eq!(status, Some(1));
    let wanted = "expected `wrong_phase` (R-04) alone, got `wrong_phase` because of `wrong_phase` (R-01)";
    assert!(says.contains(wanted) && says.contains("expected members to see `revision` as 2, got 1"), "{says}");
}

#[test]
fn a_script_that_wants_rules_in_code_is_not_run_without_them() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("ours.jsonl");
    let form = r#"{"type":"cycle.form","cycle":"c-1","group":"g-1","module":{"id":"m","strategies":["s"]}}"#;
    let text = format!(
        "{}\n{}\n{}\n",
        r#"{"scenario":"Nobody forms a group","rules":["ACME-1"]}"#,
        format_args!(r#"{{"at":"2026-03-02T09:00:00Z","by":"organiser","do":{form},"expect":{{"refused":["ACME-1"]}}}}"#),
        r#"{"end":{"stage":"unformed"}}"#
    );
    std::fs::write(&script, text).unwrap();
    let output = peercircle().arg("run").arg(&script).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let says = String::from_utf8(output.stderr).unwrap();
    assert!(says.contains("wants rules in code, which no command has: ACME-1; run it in Rust"), "{says}");
}
