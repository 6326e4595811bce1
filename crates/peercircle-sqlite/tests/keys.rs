//! Idempotency keys, which no index holds: they are found whoever wrote them, and go with their stream.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::mpsc::channel;

use peercircle_core::{CommandId, Revision};
use peercircle_sqlite::{Options, SqliteStore};
use peercircle_store::{Answer, Append, Appended, EventStore as _, Expected, Summary};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn open(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(&folder.path().join("cycles.db"), &Options::default()).unwrap()
}

fn key(number: u8) -> CommandId {
    CommandId::from_bytes([number; 16])
}

/// Two events under a key.
fn two(first: Revision, number: u8) -> Append {
    let lines = [first, first + 1].map(|seq| format!("event {seq}")).into();
    let append = Append::new("c".parse().unwrap(), Expected::at(first - 1), first, lines, Summary::default());
    Append { key: Some(key(number)), ..append }
}

const fn before(first: Revision) -> Appended {
    Appended::Before { first, last: first + 1 }
}

fn is_done(appended: Appended) -> bool {
    matches!(appended, Appended::Done { .. })
}

#[test]
fn a_key_is_found_whoever_wrote_it() {
    let folder = folder();
    let (one, other) = (open(&folder), open(&folder));
    assert!(is_done(one.append(two(1, 1)).unwrap()));
    assert!(is_done(other.append(two(3, 2)).unwrap()));
    assert!(is_done(one.append(two(5, 3)).unwrap()));
    for store in [one, other, open(&folder)] {
        for (number, first) in [(1, 1), (2, 3), (3, 5)] {
            assert_eq!(store.append(two(7, number)).unwrap(), before(first));
            let answer = store.answer(&"c".parse().unwrap(), key(number)).unwrap();
            assert_eq!(answer, Some(Answer { first, last: first + 1 }));
        }
    }
}

#[test]
fn a_stream_begun_anew_by_another_has_no_key_of_the_first() {
    let folder = folder();
    let (one, other) = (open(&folder), open(&folder));
    assert!(is_done(one.append(two(1, 1)).unwrap()));
    other.forget(&"c".parse().unwrap(), 2, Vec::new()).unwrap();
    assert!(is_done(other.append(two(1, 2)).unwrap()));
    assert_eq!(one.append(two(3, 2)).unwrap(), before(1));
    assert!(is_done(one.append(two(3, 1)).unwrap()), "it was the key of a stream that is forgotten");
}

/// What is committed in one go goes down together, and is then done one by one.
#[test]
fn a_key_that_was_not_committed_is_new_still() {
    let folder = folder();
    let mut options = Options::default();
    options.most_bytes = Some(512 << 10);
    let store = SqliteStore::open(&folder.path().join("cycles.db"), &options).unwrap();
    let (tell, told) = channel();
    for number in 0..40 {
        let bytes = if number % 4 == 3 { 4 << 20 } else { 10 };
        let name = format!("c-{number}").parse().unwrap();
        let append = Append::new(name, Expected::NoStream, 1, vec!["x".repeat(bytes)], Summary::default());
        let tell = tell.clone();
        let then = move |appended| tell.send((number, appended)).unwrap();
        store.append_then(Append { key: Some(key(9)), ..append }, Box::new(then));
    }
    drop(tell);
    for (number, appended) in told {
        assert_eq!(appended.is_ok_and(is_done), number % 4 != 3, "{number}");
    }
}
