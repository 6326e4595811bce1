//! The scenario corpus and the examples through the binary: each must end as it declares.

#![expect(clippy::unwrap_used, reason = "a test that can't run its program fails")]

use std::{path::Path, process::Command};

fn run_all(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let mut scripts: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    scripts.retain(|path| path.extension().is_some_and(|end| end == "jsonl"));
    assert!(scripts.len() >= 3, "{} holds only {} scripts", folder.display(), scripts.len());
    let mut failed = Vec::new();
    for script in scripts {
        let output = Command::new(env!("CARGO_BIN_EXE_peercircle")).arg("run").arg(&script).output().unwrap();
        if !output.status.success() {
            failed.push(format!("{}\n{}", script.display(), String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn every_scenario_ends_as_it_declares() {
    run_all("tests/scenarios");
}

#[test]
fn every_example_ends_as_it_declares() {
    run_all("examples");
}

#[test]
fn a_log_replays_to_the_same_facts() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/difficult-cycle.jsonl");
    let log = std::env::temp_dir().join(format!("peercircle-{}.jsonl", std::process::id()));
    let peercircle = || Command::new(env!("CARGO_BIN_EXE_peercircle"));
    let run = peercircle().args(["run", "--json", "--log"]).arg(&log).arg(&script).output().unwrap();
    let replay = peercircle().args(["--json", "replay"]).arg(&log).output().unwrap();
    std::fs::remove_file(&log).unwrap();
    assert!(replay.status.success(), "{}", String::from_utf8_lossy(&replay.stderr));
    let run: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    let replay: serde_json::Value = serde_json::from_slice(&replay.stdout).unwrap();
    assert_eq!(run["facts"], replay);
    assert_eq!(replay["stage"], "completed");
}
