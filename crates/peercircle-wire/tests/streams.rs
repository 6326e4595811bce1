//! Recorded streams of every release: each replays for ever, to the facts that stand beside it.

#![expect(clippy::unwrap_used, reason = "a test that can't read its files fails")]

use std::{fs, path::PathBuf};

use peercircle_core::Cycle;
use peercircle_wire::{Envelope, Upcasters, decode_history, read_lines};

fn logs() -> Vec<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/streams");
    let releases = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut logs: Vec<_> =
        releases.flat_map(|release| fs::read_dir(release).unwrap().map(|entry| entry.unwrap().path())).collect();
    logs.retain(|path| path.extension().is_some_and(|end| end == "jsonl"));
    logs.sort();
    logs
}

#[test]
fn every_recorded_stream_replays_to_its_facts() {
    let logs = logs();
    assert!(logs.len() >= 5);
    for path in logs {
        let bytes = fs::read(&path).unwrap();
        let log = read_lines(&bytes, Upcasters::standard()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(log.torn(), None);
        let cycle = log.cycle().unwrap();
        let facts = serde_json::to_string_pretty(&cycle.disclose()).unwrap() + "\n";
        let expected = path.with_extension("facts.json");
        if std::env::var_os("UPDATE_GOLDEN").is_some_and(|set| set == "1") && !expected.exists() {
            fs::write(&expected, &facts).unwrap();
        }
        assert_eq!(facts, fs::read_to_string(&expected).unwrap(), "{}", path.display());

        let (again, events) = decode_history(log.events()).unwrap();
        assert_eq!(&again, cycle);
        assert_eq!(Cycle::replay(&events).unwrap(), again);
        let rewritten: Vec<_> = log.events().iter().map(|event| format!("{}\n", event.as_line())).collect();
        assert_eq!(rewritten.concat().as_bytes(), bytes, "a rewrite gives the same bytes");
        let anew: Vec<_> = events
            .into_iter()
            .map(|event| Envelope::new(log.events()[0].stream.clone(), event).to_line().unwrap())
            .collect();
        let anew = read_lines((anew.join("\n") + "\n").as_bytes(), Upcasters::standard()).unwrap().into_cycle().unwrap();
        assert_eq!(anew, again, "written anew they tell of the same cycle");
    }
}
