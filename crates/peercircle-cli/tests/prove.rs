//! Proving a process by hand: sound or not with its story, a page and a script; two processes; recorded cycles.

#![expect(clippy::unwrap_used, reason = "a test that can't run its program fails")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

/// A small group in which nothing goes wrong: explored in a moment.
const SMALL: [&str; 8] = ["--members", "4", "--leaving", "0", "--absent", "0", "--late", "0"];

fn peercircle(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_peercircle")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn answered(arguments: &[&str]) -> (Value, Option<i32>) {
    let output = peercircle(&[&["--json"], arguments].concat());
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn broken() -> String {
    root().join("crates/peercircle-testkit/tests/broken/silent-room.toml").to_str().unwrap().to_owned()
}

/// The log of the first example cycle.
fn recorded(folder: &Path) -> String {
    let (log, script) = (folder.join("first.jsonl"), root().join("examples/first-cycle.jsonl"));
    let run = peercircle(&["run", script.to_str().unwrap(), "--log", log.to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(0));
    log.to_str().unwrap().to_owned()
}

#[test]
fn a_sound_process_is_said_to_be_and_its_bounds_with_it() {
    let (answer, code) = answered(&[&["process", "check", "preset"], &SMALL[..]].concat());
    assert_eq!((code, &answer["sound"]), (Some(0), &Value::Bool(true)), "{answer}");
    assert_eq!(answer["exploration"]["bounds"]["members"], 4);
    let text = said(&peercircle(&[&["process", "check", "preset"], &SMALL[..]].concat()));
    assert!(text.starts_with("sound preset") && text.contains("Assumed: a group of 4"), "{text}");
}

#[test]
fn a_broken_process_is_told_with_its_story_a_page_and_a_script() {
    let folder = tempfile::tempdir().unwrap();
    let (page, script) = (folder.path().join("p.html"), folder.path().join("knot.jsonl"));
    let files = ["--page", page.to_str().unwrap(), "--script", script.to_str().unwrap()];
    let output = peercircle(&[&["process", "check", &broken()], &SMALL[..], &files].concat());
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(text.contains("opened story sharing") && text.contains("ACME-1"), "{text}");
    assert!(fs::read_to_string(page).unwrap().contains("From then on it is too late"));
    assert_eq!(peercircle(&["run", script.to_str().unwrap()]).status.code(), Some(0));
}

#[test]
fn valid_only_reads_the_file() {
    let (answer, code) = answered(&["process", "check", &broken(), "--valid"]);
    assert_eq!((code, &answer["valid"], &answer["name"]), (Some(0), &true.into(), &"Silence".into()), "{answer}");
    assert_eq!(answer.get("exploration"), None);
}

#[test]
fn too_little_memory_is_no_proof() {
    let output = peercircle(&["process", "check", "preset", "--memory", "1"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("not finished"), "{}", said(&output));
}

#[test]
fn properties_of_ones_own_are_checked_and_misread_ones_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("must.toml");
    let path = file.to_str().unwrap();
    let check = [&["process", "check", "preset", "--properties", path], &SMALL[..]].concat();
    fs::write(&file, "[[properties]]\nid = \"A\"\ntemplate = { absence = { what = { event = \"story.shared\" } } }\n")
        .unwrap();
    let output = peercircle(&check);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("A is broken: `story.shared` never happens"), "{}", said(&output));
    fs::write(&file, "[[properties]]\nid = \"A\"\ntemplate = { absence = { what = { event = \"story.told\" } } }\n")
        .unwrap();
    let output = peercircle(&check);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("is not a valid file of properties:\nline 3, column 43: `properties[0].template"), "{error}");
    assert_eq!(error.matches("`story.told`").count(), 1, "{error}");
}

#[test]
fn two_processes_are_told_apart_and_recorded_cycles_held_against_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let (log, stricter) = (recorded(folder.path()), folder.path().join("five.toml"));
    fs::write(&stricter, "name = \"Five\"\n[group]\nminimum = 5\ntarget = 5\nmaximum = 5\n").unwrap();
    let other = stricter.to_str().unwrap();
    let (answer, code) = answered(&[&["process", "diff", "preset", other], &SMALL[..], &["--logs", log.as_str()]].concat());
    assert_eq!(code, Some(1));
    let witness = &answer["difference"]["witnesses"][0];
    assert_eq!((&witness["command"], &witness["refused_by"][0]), (&"session.schedule".into(), &"R-05".into()), "{answer}");
    assert_eq!(answer["impact"]["refused"][0]["rules"][0], "R-05", "{answer}");
    let (same, code) = answered(&[&["process", "diff", "preset", "preset"], &SMALL[..]].concat());
    assert_eq!((code, same["difference"]["witnesses"].as_array().unwrap().len()), (Some(0), 0));
}

#[test]
fn recorded_cycles_are_covered_and_followed() {
    let folder = tempfile::tempdir().unwrap();
    let log = recorded(folder.path());
    let (answer, code) = answered(&["process", "coverage", &log]);
    assert_eq!(code, Some(0));
    assert!(answer["coverage"]["commands"].as_u64().unwrap() > 50, "{answer}");
    let (answer, code) = answered(&["process", "monitor", &log]);
    let stand = answer[0]["properties"].as_array().unwrap();
    assert_eq!(code, Some(0), "{answer}");
    assert!(stand.len() > 30 && stand.iter().all(|one| one["answer"] == "permanently_held"), "{answer}");
    let never = folder.path().join("never.toml");
    fs::write(&never, "[[properties]]\nid = \"N\"\ntemplate = { absence = { what = { event = \"cycle.completed\" } } }\n")
        .unwrap();
    let (answer, code) = answered(&["process", "monitor", &log, "--properties", never.to_str().unwrap()]);
    assert_eq!((code, &answer[0]["properties"][0]["answer"]), (Some(1), &"broken".into()), "{answer}");
}

#[test]
fn a_log_does_not_tell_what_was_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (log, file) = (recorded(folder.path()), folder.path().join("must.toml"));
    let refused = "[[properties]]\nid = \"R\"\ntemplate = { absence = { what = { refused_by = \"R-53\" } } }\n";
    let held = "[[properties]]\nid = \"H\"\ntemplate = { existence = { what = { event = \"cycle.completed\" } } }\n";
    fs::write(&file, format!("{refused}{held}")).unwrap();
    let asked = ["process", "monitor", &log, "--properties", file.to_str().unwrap()];
    let output = peercircle(&asked);
    assert_eq!(output.status.code(), Some(3));
    let text = said(&output);
    assert!(text.contains("can't be told R: a refusal by `R-53` never happens (it speaks of refusals"), "{text}");
    let (answer, code) = answered(&asked);
    let one = &answer[0]["properties"][0];
    assert_eq!((code, &one["answer"]), (Some(3), &"cannot_tell".into()), "{answer}");
    assert!(one["reason"].as_str().unwrap().contains("accepted"), "{answer}");
    let never = "[[properties]]\nid = \"N\"\ntemplate = { absence = { what = { event = \"cycle.completed\" } } }\n";
    fs::write(&file, format!("{refused}{never}")).unwrap();
    assert_eq!(peercircle(&asked).status.code(), Some(1));
}
