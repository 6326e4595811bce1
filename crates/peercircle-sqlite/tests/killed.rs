//! A process killed with SIGKILL at random moments under load: everything it had acknowledged is there, once, and whole.
//!
//! The test starts itself as the process to be killed. What a kill can't show is a power cut: there it is the sync at each
//! commit that counts, and the torn logs of the other tests.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use peercircle_core::{CommandId, Instant, Revision};
use peercircle_sqlite::{Options, SqliteStore};
use peercircle_store::{Answer, Append, Appended, EventStore, Expected, OutboxEntry, Position, Summary};

/// Names the file to the process to be killed.
const FILE: &str = "PEERCIRCLE_KILLED_FILE";
const WRITERS: u32 = 4;
const ROUNDS: u64 = 25;

fn key(writer: u32, first: Revision) -> CommandId {
    CommandId::from_bytes((u128::from(writer) << 64 | u128::from(first)).to_be_bytes())
}

fn call(writer: u32, first: Revision) -> Append {
    let stream = format!("c-{writer}").parse().unwrap();
    let lines = (first..first + 3).map(|seq| format!("{seq}-{}", "x".repeat(usize::try_from(seq % 50).unwrap() * 20)));
    let entry = OutboxEntry { id: format!("c-{writer}/{first}"), at: Instant::default(), body: "{}".to_owned() };
    let append = Append::new(stream, Expected::at(first - 1), first, lines.collect(), Summary::default());
    Append { key: Some(key(writer, first)), outbox: vec![entry], ..append }
}

/// Writes until it is killed, and says each version once it is acknowledged.
fn write_until_killed(path: &Path) {
    let store = SqliteStore::open(path, &Options::default()).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let store = &store;
            scope.spawn(move || {
                let mut version = store.head(&call(writer, 1).stream).unwrap().map_or(0, |head| head.version);
                loop {
                    let appended = store.append(call(writer, version + 1)).unwrap();
                    version += 3;
                    assert!(matches!(appended, Appended::Done { version: now, .. } if now == version));
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "kept {writer} {version}").unwrap();
                    out.flush().unwrap();
                }
            });
        }
    });
}

#[test]
fn nothing_acknowledged_is_lost_to_a_kill() {
    if let Some(path) = std::env::var_os(FILE) {
        return write_until_killed(Path::new(&path));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cycles.db");
    let mut said: BTreeMap<u32, Revision> = BTreeMap::new();
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "nothing_acknowledged_is_lost_to_a_kill", "--nocapture"])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Killed after so many acknowledgements: anywhere between two commits, and often in the midst of one.
        let after = 1 + (round * 37 + 11) % 60;
        let mut heard = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            let words: Vec<_> = line.split(' ').collect();
            // The test's own first line has no newline of its own.
            if let Some(at) = words.iter().position(|word| word.ends_with("kept")) {
                said.insert(words[at + 1].parse().unwrap(), words[at + 2].parse().unwrap());
                heard += 1;
            }
            if heard == after {
                child.kill().unwrap();
            }
        }
        assert!(heard >= after, "round {round}: the process ended by itself");
        child.wait().unwrap();
        let store = SqliteStore::open(&path, &Options::default()).unwrap();
        store.verify().unwrap();
        check(&store, &said);
    }
    assert_eq!(said.len(), usize::try_from(WRITERS).unwrap());
}

/// Everything that was acknowledged is there once; what wasn't is there whole or not at all.
fn check(store: &SqliteStore, said: &BTreeMap<u32, Revision>) {
    let all = store.read(Position::START, usize::MAX).unwrap();
    let places: Vec<_> = all.iter().map(|record| record.position.number()).collect();
    assert_eq!(places, (1..=u64::try_from(all.len()).unwrap()).collect::<Vec<_>>());
    for writer in 0..WRITERS {
        let stream = call(writer, 1).stream;
        let kept = store.load(&stream, 0).unwrap();
        let version = u32::try_from(kept.len()).unwrap();
        assert!(version >= said.get(&writer).copied().unwrap_or_default(), "`{stream}`: {version} of {said:?} are left");
        assert_eq!(version % 3, 0, "`{stream}` has half an append");
        for first in (1..=version).step_by(3) {
            let call = call(writer, first);
            let lines: Vec<_> = (first..first + 3).map(|seq| kept[usize::try_from(seq).unwrap() - 1].line.clone()).collect();
            assert_eq!(lines, call.lines);
            let answer = store.answer(&stream, key(writer, first)).unwrap();
            assert_eq!(answer, Some(Answer { first, last: first + 2 }));
        }
    }
    // What goes with the events is there as often as they are. Handed out until now, it is handed out again.
    let now = Instant::default();
    assert_eq!(store.take(now, now, usize::MAX).unwrap().len() * 3, all.len());
}
