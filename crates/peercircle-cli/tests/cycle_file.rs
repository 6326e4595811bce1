//! A cycle's file: what a power cut leaves is recovered, other damage is named and left alone, writers wait for each other.

#![expect(clippy::unwrap_used, reason = "a test that can't run its program fails")]

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

fn peercircle(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_peercircle")).args(arguments).output().unwrap()
}

fn enrol(file: &str, member: &str) -> Output {
    let (member, department) = (format!("member={member}"), format!("department={member}"));
    let at = "2026-03-02T09:00:00Z";
    peercircle(&["do", file, "--by", "organiser", "--at", at, "member.enrol", &member, &department, "level=lead"])
}

/// A cycle with two members, in a file of three lines.
fn begun(file: &Path) -> String {
    let file = file.to_str().unwrap().to_owned();
    let at = "2026-03-02T09:00:00Z";
    let ids = ["--cycle", "c-1", "--group", "g-1", "--module", "delegation", "--strategies", "agree,let-go"];
    let new = peercircle(&[["new", &file, "--at", at].as_slice(), &ids].concat());
    assert!(new.status.success(), "{}", String::from_utf8_lossy(&new.stderr));
    assert!(enrol(&file, "ana").status.success() && enrol(&file, "bo").status.success());
    file
}

#[test]
fn a_last_line_torn_at_any_byte_is_recovered_and_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let file = begun(&folder.path().join("c.jsonl"));
    let whole = std::fs::read(&file).unwrap();
    let last = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    for cut in last + 1..whole.len() - 1 {
        std::fs::write(&file, &whole[..cut]).unwrap();
        let _gone = std::fs::remove_file(format!("{file}.torn"));
        let show = peercircle(&["--json", "show", &file]);
        let said = String::from_utf8_lossy(&show.stderr).into_owned();
        assert!(show.status.success() && said.contains("line 3"), "cut at {cut}: {said}");
        assert_eq!(std::fs::read(&file).unwrap(), &whole[..cut], "looking changes nothing");
        // The torn event was never answered, so it is given again.
        let again = enrol(&file, "bo");
        assert!(again.status.success(), "cut at {cut}: {}", String::from_utf8_lossy(&again.stderr));
        assert_eq!(std::fs::read(&file).unwrap(), whole, "cut at {cut}");
        assert_eq!(std::fs::read(format!("{file}.torn")).unwrap(), &whole[last..cut]);
    }
}

#[test]
fn a_last_line_without_its_newline_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = begun(&folder.path().join("c.jsonl"));
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    assert!(enrol(&file, "cleo").status.success());
    let after = std::fs::read_to_string(&file).unwrap();
    assert!(after.as_bytes().starts_with(&whole));
    assert_eq!(after.lines().count(), 4);
}

#[test]
fn other_damage_is_named_by_its_line_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = begun(&folder.path().join("c.jsonl"));
    let whole = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = whole.lines().collect();
    for (damaged, line, code) in [
        (format!("{}\n{}\n{}\n", lines[0], lines[1].get(..40).unwrap(), lines[2]), 2, "malformed"),
        (format!("{}\n{}\n", lines[0], lines[2]), 2, "out_of_sequence"),
        (whole.replace("\"seq\":2", "\"seq\":7"), 2, "out_of_sequence"),
        (whole.replacen("\"stream\":\"c-1\",\"seq\":3", "\"stream\":\"c-2\",\"seq\":3", 1), 3, "other_stream"),
        (whole.replacen("\"v\":1", "\"v\":9", 1), 1, "newer_format"),
        (format!("{}\n\n{}\n", lines[0], lines[1]), 2, "malformed"),
    ] {
        std::fs::write(&file, &damaged).unwrap();
        let wrote = enrol(&file, "cleo");
        let said = String::from_utf8_lossy(&wrote.stderr).into_owned();
        assert_eq!(wrote.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("line {line}:")), "{said}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), damaged, "nothing is overwritten");
        let json = peercircle(&["--json", "show", &file]);
        let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
        assert_eq!(json["error"]["code"], code, "{json}");
    }
}

#[test]
fn writers_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let file = begun(&folder.path().join("c.jsonl"));
    let give = |at: u8| {
        let at = format!("2026-03-02T09:00:{at:02}Z");
        let arguments = ["do", &file, "--by", "ana", "--at", &at, "ground_rules.accept", "version=1"];
        let quiet = Command::new(env!("CARGO_BIN_EXE_peercircle"))
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        quiet.unwrap()
    };
    let given: Vec<_> = (0..24).map(|_| give(30)).collect();
    let done = given.into_iter().map(|mut child| child.wait().unwrap().success()).filter(|done| *done).count();
    assert_eq!(done, 24);
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 3 + 24, "every answer is in the file, once");
    assert!(peercircle(&["show", &file]).status.success());
}

#[test]
fn a_key_given_again_gets_the_first_answer_and_a_file_is_not_made_twice() {
    let folder = tempfile::tempdir().unwrap();
    let file = begun(&folder.path().join("c.jsonl"));
    let key = "000102030405060708090a0b0c0d0e0f";
    let accept = [
        "--json",
        "do",
        &file,
        "--by",
        "ana",
        "--at",
        "2026-03-02T09:01:00Z",
        "--id",
        key,
        "ground_rules.accept",
        "version=1",
    ];
    let [first, again] = [(), ()].map(|()| peercircle(&accept));
    let answer = |output: &Output| serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    assert_eq!(answer(&first)["answer"], "accepted");
    assert_eq!(answer(&again), serde_json::json!({"answer": "duplicate", "first": 4, "last": 4}));
    let before = std::fs::read(&file).unwrap();
    let ids = ["--cycle", "c-1", "--group", "g-1", "--module", "delegation", "--strategies", "agree"];
    assert_eq!(peercircle(&[["new", &file].as_slice(), &ids].concat()).status.code(), Some(2));
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_slip_of_the_finger_is_told_what_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let file = begun(&folder.path().join("c.jsonl"));
    for (words, says) in [
        (["ground_rule.accept", "version=1"], "did you mean `ground_rules.accept`?"),
        (["ground_rules.accept", "vresion=1"], "unknown field `vresion`"),
        (["ground_rules.accept", "version"], "expected `field=value`, got `version`"),
        (["ground_rules.accept", "version=one"], "`ground_rules.accept` has the fields member, version"),
        (["facilitator.appoint", "member=zoe"], "missing field `session`"),
    ] {
        let output = peercircle(&["do", &file, "--by", "ana", words[0], words[1]]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && said.contains(says), "{words:?}: {said}");
    }
}
