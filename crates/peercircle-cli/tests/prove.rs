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
    assert!(text.contains("Left out, because it changes no answer: 12 things.\n`--verbose` lists"), "{text}");
    let text = said(&peercircle(&[&["process", "check", "preset", "--verbose"], &SMALL[..]].concat()));
    assert!(text.contains("changes no answer:\n  - members of whom") && !text.contains("--verbose"), "{text}");
}

#[test]
fn a_broken_process_is_told_with_its_story_a_page_and_a_script() {
    let folder = tempfile::tempdir().unwrap();
    let (page, script) = (folder.path().join("p.html"), folder.path().join("knot.jsonl"));
    let files = ["--page", page.to_str().unwrap(), "--script", script.to_str().unwrap()];
    let output = peercircle(&[&["process", "check", &broken()], &SMALL[..], &files].concat());
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(text.contains("opened report-back") && text.contains("ACME-1"), "{text}");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("no group completes") && page.contains("version 1") && page.contains("silent-room.toml"));
    assert!(!page.contains('`') && page.contains("Not sound: a group can get stuck"), "{page}");
    // Both tell the same.
    for told in ["In the way to ", "What helps: ", "Nobody can ever", "Left out, because it changes no answer: 11 things"] {
        assert!(text.contains(told) && page.contains(told), "{told}: {text}\n{page}");
    }
    assert_eq!(peercircle(&["run", script.to_str().unwrap()]).status.code(), Some(0));
}

#[test]
fn a_rule_on_time_is_held_against_the_planned_agenda() {
    let folder = tempfile::tempdir().unwrap();
    let (file, page) = (folder.path().join("ours.toml"), folder.path().join("p.html"));
    let rule = r#"
        [[rules]]
        id = "ACME-3"
        title = "Phases open in the first half hour"
        applies_to = ["phase.open"]
        require = { elapsed = { since = "session_started", at_most_minutes = 30 } }
        remedy = "be quick"
    "#;
    fs::write(&file, rule).unwrap();
    let check = ["process", "check", file.to_str().unwrap(), "--page", page.to_str().unwrap()];
    let (answer, code) = answered(&[&check, &SMALL[..], &["--troubles", "0"]].concat());
    assert_eq!(code, Some(0), "{answer}");
    let exploration = &answer["exploration"];
    assert_eq!((&exploration["off_plan"][0]["minute"], &exploration["off_plan"][0]["rule"]), (&38.into(), &"ACME-3".into()));
    let says = "In the way to open the next phase: Phases open in the first half hour: expected at most 30 min";
    assert!(exploration["rescues"][0]["in_the_way"][0].as_str().unwrap().starts_with(says), "{answer}");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("As planned, skill building opens at minute 38 of session 1, which ACME-3 refuses"), "{page}");
    assert!(page.contains("What is in the way") && page.contains("one was found. What more"), "{page}");
}

#[test]
fn valid_only_reads_the_file() {
    let (answer, code) = answered(&["process", "check", &broken(), "--valid"]);
    assert_eq!((code, &answer["valid"], &answer["name"]), (Some(0), &true.into(), &"Silence".into()), "{answer}");
    assert_eq!(answer.get("exploration"), None);
}

#[test]
fn what_is_neither_a_file_nor_a_preset_is_told_what_would_do() {
    for arguments in [["process", "check", "smal-firm"], ["process", "show", "smal-firm"]] {
        let output = peercircle(&arguments);
        let told = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("a preset (preset, action-learning-set, small-firm), got `smal-firm`"), "{told}");
    }
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
    fs::write(&stricter, "[group]\nminimum = 5\ntarget = 5\nmaximum = 5\n").unwrap();
    let other = stricter.to_str().unwrap();
    let five = ["--leaving", "0", "--absent", "1", "--late", "0"];
    let diff = |one, other| [&["process", "diff", one, other], &five[..], &["--logs", log.as_str()]].concat();
    let (answer, code) = answered(&diff("preset", other));
    assert_eq!(code, Some(1));
    let settings = answer["difference"]["settings"].as_array().unwrap();
    assert_eq!((settings.len(), &settings[0]["name"], &settings[0]["other"]), (3, &"group.maximum".into(), &5.into()));
    let refused = &answer["impact"]["refused"][0];
    assert_eq!(
        (&refused["rules"][0], &refused["log"], &refused["cycle"]),
        (&"R-05".into(), &log.clone().into(), &"delegation-2026-1".into()),
        "{answer}"
    );
    // The file has no name of its own, so the files tell the two apart.
    let text = said(&peercircle(&diff("preset", other)));
    assert!(text.starts_with(&format!("preset and {other} differ in 3 settings:\n  group.maximum: 6, 5\n")), "{text}");
    // What the first refuses too isn't due to the change.
    let (answer, code) = answered(&diff(other, other));
    assert_eq!((code, &answer["impact"]["unlike"][0]["log"]), (Some(0), &log.clone().into()), "{answer}");
    assert!(answer["impact"]["refused"].as_array().unwrap().is_empty(), "{answer}");
}

#[test]
fn two_processes_are_the_same_only_where_no_setting_differs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("weeks.toml");
    let diff =
        |more: &[&str]| peercircle(&[&["process", "diff", "preset", file.to_str().unwrap()], &SMALL[..], more].concat());
    fs::write(&file, "name = \"Ours\"\n").unwrap();
    let same = diff(&["--memory", "1"]);
    assert_eq!((same.status.code(), said(&same).contains("are the same in all their settings")), (Some(0), true));
    fs::write(&file, "name = \"Ours\"\n[practice]\nweeks = 1\n").unwrap();
    let differs = diff(&[]);
    assert_eq!(differs.status.code(), Some(1));
    assert!(said(&differs).contains("practice.weeks: 4, 1") && !said(&differs).contains("the same"), "{}", said(&differs));
    let part = peercircle(&["process", "diff", "preset", file.to_str().unwrap(), "--memory", "1"]);
    assert_eq!(part.status.code(), Some(1));
    assert!(said(&part).contains("only a part of what the bounds allow, as the memory was used up"), "{}", said(&part));
}

#[test]
fn bounds_that_a_process_has_no_room_for_are_said_and_not_changed() {
    let error = |arguments: &[&str]| {
        let output = peercircle(arguments);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (source, members, range) in
        [("preset", "7", "from 4 to 6"), ("preset", "3", "from 4 to 6"), ("action-learning-set", "9", "from 4 to 8")]
    {
        let (code, said) = error(&["process", "check", source, "--members", members]);
        assert!(code == Some(2) && said.contains(range) && said.contains(members), "{said}");
    }
    let (code, said) = error(&["process", "diff", "preset", "action-learning-set", "--members", "7"]);
    assert!(code == Some(2) && said.contains("from 4 to 6") && said.contains("both processes allow"), "{said}");
    for arguments in [["--leaving", "4"], ["--absent", "4"], ["--late", "4"], ["--troubles", "4"], ["--memory", "0"]] {
        for command in [&["process", "check", "preset"][..], &["process", "diff", "preset", "small-firm"]] {
            let (code, said) = error(&[command, &arguments].concat());
            assert!(code == Some(2) && said.contains(arguments[0]), "{said}");
        }
    }
}

#[test]
fn where_there_is_no_story_a_script_is_left_alone_and_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("old.jsonl");
    fs::write(&script, "old\n").unwrap();
    let output = peercircle(&[&["process", "check", "preset", "--script", script.to_str().unwrap()], &SMALL[..]].concat());
    let note = String::from_utf8(output.stderr).unwrap();
    assert!(note.contains("there is no story of a group that gets stuck") && note.contains("old.jsonl"), "{note}");
    assert_eq!(fs::read_to_string(script).unwrap(), "old\n");
}

#[test]
fn recorded_cycles_are_covered_and_followed() {
    let folder = tempfile::tempdir().unwrap();
    let log = recorded(folder.path());
    let (answer, code) = answered(&["process", "coverage", &log]);
    assert_eq!(code, Some(0));
    assert!(answer["coverage"]["commands"].as_u64().unwrap() > 50 && answer["coverage"]["unread"] == 0, "{answer}");
    let (answer, code) = answered(&["process", "monitor", &log]);
    let stand = answer[0]["properties"].as_array().unwrap();
    assert_eq!(code, Some(0), "{answer}");
    assert!(stand.len() > 30 && stand.iter().all(|one| one["answer"] == "permanently_held"), "{answer}");
    let never = folder.path().join("never.toml");
    fs::write(&never, "[[properties]]\nid = \"N\"\ntemplate = { absence = { what = { event = \"cycle.completed\" } } }\n")
        .unwrap();
    let (answer, code) = answered(&["process", "monitor", &log, "--properties", never.to_str().unwrap()]);
    assert_eq!((code, &answer[0]["properties"][0]["answer"]), (Some(1), &"broken".into()), "{answer}");
    // Of members it says who, as the log calls them.
    let silent = never.to_str().unwrap();
    fs::write(
        silent,
        "[[properties]]\nid = \"N\"\neach = \"member\"\ntemplate = { absence = { what = { event = \"story.shared\" } } }\n",
    )
    .unwrap();
    let asked = ["process", "monitor", &log, "--properties", silent];
    let (answer, _) = answered(&asked);
    let members: Vec<_> =
        answer[0]["properties"][0]["members"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert!(members.len() > 3 && members.contains(&"ana.ruiz"), "{answer}");
    let text = said(&peercircle(&asked));
    assert!(text.contains("never happens at ") && text.contains(&format!(" ({})", members.join(", "))), "{text}");
}

#[test]
fn recorded_events_that_no_command_writes_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let log = recorded(folder.path());
    // The host enrols nobody.
    let whole = fs::read_to_string(&log).unwrap();
    let others = whole.lines().map(|line| {
        let mut event: Value = serde_json::from_str(line).unwrap();
        if event["body"]["type"] == "member.enrolled" {
            event["actor"] = serde_json::json!({"role": "host"});
        }
        format!("{event}\n")
    });
    let others: String = others.collect();
    fs::write(&log, others).unwrap();
    let (answer, code) = answered(&["process", "coverage", &log]);
    assert_eq!((code, &answer["coverage"]["unread"]), (Some(0), &6.into()), "{answer}");
    let text = said(&peercircle(&["process", "coverage", &log]));
    assert!(text.contains("Not read: 6 events that no command writes under the rules of today."), "{text}");
}

#[test]
fn a_script_is_no_log_and_that_is_said() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/first-cycle.jsonl");
    for kind in ["monitor", "coverage"] {
        let output = peercircle(&["process", kind, script]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("got a script; `peercircle run") && told.contains("--log FILE"), "{told}");
    }
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
