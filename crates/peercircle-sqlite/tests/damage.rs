//! Damaged files, foreign files, full disks: a clear error, and nothing lost that was there.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::path::{Path, PathBuf};

use peercircle_core::{CommandId, CycleId, Revision};
use peercircle_sqlite::{Check, Options, SqliteStore, Verified};
use peercircle_store::{Append, Appended, ContentStore as _, EventStore, Expected, Position, StoreError, Summary};
use tempfile::TempDir;

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cycles.db");
    (folder, path)
}

fn open(path: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(path, &Options::default())
}

fn cycle(name: &str) -> CycleId {
    name.parse().unwrap()
}

fn append(stream: &str, first: Revision, lines: &[&str]) -> Append {
    let lines = lines.iter().map(|line| (*line).to_owned()).collect();
    Append::new(cycle(stream), Expected::at(first - 1), first, lines, Summary::default())
}

fn wal(path: &Path) -> PathBuf {
    path.with_extension("db-wal")
}

/// The places of `needle` in `hay`.
fn find(hay: &[u8], needle: &[u8]) -> Vec<usize> {
    (0..hay.len().saturating_sub(needle.len())).filter(|at| hay[*at..].starts_with(needle)).collect()
}

#[test]
fn what_is_no_store_is_refused_and_left_alone() {
    let (_folder, path) = file();
    std::fs::write(&path, "a letter to the editor, long enough to be more than a header of SQLite could be taken for")
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    assert_eq!(open(&path).unwrap_err().code(), "corrupt");
    assert_eq!(std::fs::read(&path).unwrap(), before);

    let (_folder, path) = file();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE tea (cups INTEGER)").unwrap();
    drop(other);
    let error = open(&path).unwrap_err();
    assert_eq!(error.to_string(), "expected data of peercircle, format 3 or older, got a database of something else");

    let (_folder, path) = file();
    drop(open(&path).unwrap());
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(newer);
    let error = open(&path).unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("format 99")), ("foreign", true), "{error}");

    let (folder, _) = file();
    assert_eq!(open(&folder.path().join("no/such/folder.db")).unwrap_err().code(), "unavailable");
}

#[test]
fn a_torn_log_leaves_what_was_whole() {
    let (folder, path) = file();
    let store = open(&path).unwrap();
    let mut sizes = Vec::new();
    for seq in 1..=12 {
        store.append(append("c-1", seq, &["one", "two"][..1])).unwrap();
        sizes.push(std::fs::metadata(wal(&path)).unwrap().len());
    }
    let (data, log) = (std::fs::read(&path).unwrap(), std::fs::read(wal(&path)).unwrap());
    // Torn at the end of each commit, just before it, in the middle of it, and with noise instead of the rest.
    for (number, size) in sizes.iter().enumerate() {
        let size = usize::try_from(*size).unwrap();
        for (torn, whole) in [(size, number + 1), (size - 1, number), (size - 2000, number)] {
            for noise in [0, 3000] {
                let copy = folder.path().join(format!("{number}-{torn}-{noise}.db"));
                std::fs::write(&copy, &data).unwrap();
                let mut left = log[..torn].to_vec();
                left.resize(torn + noise, 0xa5);
                std::fs::write(wal(&copy), left).unwrap();
                let found = open(&copy).unwrap();
                assert_eq!(found.load(&cycle("c-1"), 0).unwrap().len(), whole, "torn at {torn} of {size}");
                assert_eq!(found.head(&cycle("c-1")).unwrap().map_or(0, |head| head.version as usize), whole);
                let next = u32::try_from(whole).unwrap() + 1;
                let appended = found.append(append("c-1", next, &["again"])).unwrap();
                assert_eq!(appended, Appended::Done { version: next, position: Position::new(next.into()) });
                found.verify().unwrap();
            }
        }
    }
}

#[test]
fn a_flipped_bit_in_an_event_is_found_and_named() {
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    store.append(append("c-1", 1, &["fine", "the damaged one", "fine too"])).unwrap();
    store.append(append("c-2", 1, &["another's"])).unwrap();
    assert_eq!(store.verify().unwrap(), Verified { streams: 2, events: 4 });
    drop(store);
    let mut bytes = std::fs::read(&path).unwrap();
    for at in find(&bytes, b"the damaged one") {
        bytes[at] ^= 1;
    }
    std::fs::write(&path, bytes).unwrap();
    let store = open(&path).unwrap();
    let error = store.load(&cycle("c-1"), 0).unwrap_err();
    assert_eq!(error.to_string(), "expected sound data, got event 2 of `c-1` (position 2), which has another checksum");
    assert_eq!(store.verify().unwrap_err(), error);
    assert_eq!(store.read(Position::START, 9).unwrap_err(), error);
    assert_eq!(store.load(&cycle("c-1"), 2).unwrap().len(), 1, "what is whole can be read");
    assert_eq!(store.load(&cycle("c-2"), 0).unwrap().len(), 1);
}

/// Where an event's predecessor is isn't in its sum.
#[test]
fn a_position_that_leads_astray_is_found_and_followed_nowhere() {
    let (folder, path) = file();
    let store = open(&path).unwrap();
    for first in [1, 3, 5] {
        for stream in ["c-1", "c-2"] {
            store.append(append(stream, first, &["a", "b"])).unwrap();
        }
    }
    let position = |stream: &str, seq: usize| store.load(&cycle(stream), 0).unwrap()[seq - 1].position.number();
    let (from, later, foreign) = (position("c-1", 4), position("c-1", 5), position("c-2", 3));
    drop(store);
    for (number, to) in [later, foreign, 0, 999].into_iter().enumerate() {
        let copy = folder.path().join(format!("{number}.db"));
        std::fs::copy(&path, &copy).unwrap();
        let bent = rusqlite::Connection::open(&copy).unwrap();
        bent.execute("UPDATE events SET before = ?1 WHERE position = ?2", (to, from)).unwrap();
        drop(bent);
        let store = open(&copy).unwrap();
        let (stream, key) = (cycle("c-1"), CommandId::from_bytes([7; 16]));
        let keyed = Append { key: Some(key), ..append("c-1", 7, &["c"]) };
        let past = (1..=6).map(|seq| format!("anew {seq}")).collect();
        let rewritten = Append { past: Some(past), ..append("c-1", 7, &["c"]) };
        let answers = [
            store.verify().map(|_| ()),
            store.load(&stream, 0).map(|_| ()),
            store.append(keyed).map(|_| ()),
            store.append(rewritten).map(|_| ()),
            store.forget(&stream, 6, Vec::new()).map(|_| ()),
        ];
        for (at, answer) in answers.into_iter().enumerate() {
            assert_eq!(answer.unwrap_err().code(), "corrupt", "to {to}: {at}");
        }
        assert_eq!(store.answer(&stream, key).unwrap(), None);
        assert_eq!(store.load(&stream, 4).unwrap().len(), 2, "what is whole can be read");
        assert_eq!(store.load(&cycle("c-2"), 0).unwrap().len(), 6, "nobody else lost anything");
    }
}

#[test]
fn a_destroyed_page_is_found_and_breaks_nothing_else() {
    let (folder, path) = file();
    let store = open(&path).unwrap();
    for number in 0..60 {
        let long = "x".repeat(900);
        store.append(append(&format!("c-{number}"), 1, &[&long, &long])).unwrap();
    }
    drop(store);
    let sound = std::fs::read(&path).unwrap();
    let pages = sound.len() / 4096;
    assert!(pages > 30, "{pages} pages");
    for page in 0..pages {
        let copy = folder.path().join(format!("{page}.db"));
        let mut bytes = sound.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0xa5);
        std::fs::write(&copy, &bytes).unwrap();
        // Looked at when opened...
        let error = open(&copy).unwrap_err();
        assert_eq!(error.code(), "corrupt", "page {page}: {error}");
        assert_eq!(std::fs::read(&copy).unwrap(), bytes, "page {page}: the file was written to");
        // ...or not: then no wrong answer comes, either.
        let mut options = Options::default();
        options.check = Check::Tables;
        let Ok(store) = SqliteStore::open(&copy, &options) else { continue };
        for number in 0..60 {
            match store.load(&cycle(&format!("c-{number}")), 0) {
                Ok(records) => assert!(records.is_empty() || records.len() == 2 && records[1].line == "x".repeat(900)),
                Err(error) => assert_eq!(error.code(), "corrupt", "page {page}: {error}"),
            }
        }
        assert_eq!(store.verify().unwrap_err().code(), "corrupt", "page {page}");
    }
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    // A limit on the pages of the file stands in for a disk without room: SQLite answers both with SQLITE_FULL, at the same
    // place, in the middle of a transaction.
    let (_folder, path) = file();
    let mut options = Options::default();
    options.most_bytes = Some(400 * 1024);
    let store = SqliteStore::open(&path, &options).unwrap();
    let line = "x".repeat(3000);
    let mut kept = 0;
    let error = loop {
        match store.append(append("c-1", kept + 1, &[&line, &line])) {
            Ok(_) => kept += 2,
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), "full", "{error}");
    assert!(kept > 50, "{kept} events had room");
    assert_eq!(store.load(&cycle("c-1"), 0).unwrap().len(), kept as usize);
    // One that has no room takes no other down with it.
    let (large, small) = std::thread::scope(|scope| {
        let huge = "y".repeat(200_000);
        let store = &store;
        let large: Vec<_> = (0..4)
            .map(|number| {
                let append = append(&format!("large-{number}"), 1, &[&huge]);
                scope.spawn(move || store.append(append))
            })
            .collect();
        let small = store.append(append("c-1", kept + 1, &["z"]));
        (large.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>(), small)
    });
    assert!(large.iter().all(|one| one.as_ref().is_err_and(|error| error.code() == "full")), "{large:?}");
    let kept = kept + u32::from(small.is_ok());
    drop(store);
    // With room again it goes on.
    let store = open(&path).unwrap();
    assert_eq!(store.load(&cycle("c-1"), 0).unwrap().len(), kept as usize);
    assert_eq!(store.streams(&peercircle_store::Which::All, None, 99).unwrap().len(), 1);
    store.append(append("c-1", kept + 1, &[&line])).unwrap();
    store.verify().unwrap();
}

#[test]
fn what_is_erased_is_in_no_file_any_more() {
    let (folder, path) = file();
    let store = open(&path).unwrap();
    let secrets: Vec<_> = (0..40).map(|number| format!("member-ana-{number}-{}", "s".repeat(number * 60))).collect();
    let lines: Vec<_> = secrets.iter().map(String::as_str).collect();
    store.append(append("c-1", 1, &lines)).unwrap();
    store.append(append("c-2", 1, &["member-ana-in-another"])).unwrap();
    store.put_key(&cycle("c-1"), b"member-ana-wrapped-key").unwrap();
    let note = peercircle_core::NoteRef::from_bytes([1; 16]);
    let sealed = b"member-ana-sealed".repeat(700);
    let kept = peercircle_store::SealedNote { stream: cycle("c-1"), note, head: b"member-ana-head".to_vec(), sealed };
    store.put_note(kept).unwrap();
    let left = || -> usize {
        let files = std::fs::read_dir(folder.path()).unwrap();
        files.map(|one| find(&std::fs::read(one.unwrap().path()).unwrap(), b"member-ana").len()).sum()
    };
    assert!(left() > 40);
    let past = Some(vec!["{}".to_owned(); 40]);
    store.append(Append { past, ..append("c-1", 41, &["erased"]) }).unwrap();
    store.destroy_key(&cycle("c-1"), peercircle_core::Instant::default()).unwrap();
    assert_eq!(store.forget(&cycle("c-2"), 1, Vec::new()).unwrap().events, 1);
    assert_eq!(left(), 0);
    assert_eq!(store.load(&cycle("c-1"), 0).unwrap().len(), 41);
}

#[test]
fn a_backup_under_load_is_whole() {
    let (folder, path) = file();
    let store = open(&path).unwrap();
    let to = folder.path().join("backup.db");
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|number| {
                let store = &store;
                scope.spawn(move || {
                    for seq in 1..=60 {
                        store.append(append(&format!("c-{number}"), seq, &["line"])).unwrap();
                    }
                })
            })
            .collect();
        store.wait(Position::new(20), std::time::Duration::from_secs(20)).unwrap();
        store.backup(&to).unwrap();
        writers.into_iter().for_each(|one| one.join().unwrap());
    });
    let copy = open(&to).unwrap();
    let all = copy.read(Position::START, 999).unwrap();
    assert!(all.len() > 20, "{}", all.len());
    let places: Vec<_> = all.iter().map(|record| record.position.number()).collect();
    assert_eq!(places, (1..=u64::try_from(all.len()).unwrap()).collect::<Vec<_>>());
    assert_eq!(copy.verify().unwrap().events, u64::try_from(all.len()).unwrap());
    let version = copy.head(&cycle("c-0")).unwrap().unwrap().version;
    copy.append(append("c-0", version + 1, &["goes on"])).unwrap();
    assert_eq!(copy.last().unwrap().number(), u64::try_from(all.len()).unwrap() + 1, "places are not given twice");
    assert_eq!(store.backup(&to).unwrap_err().code(), "unavailable", "a backup replaces nothing");
    assert!(!folder.path().join("backup.db.part").exists());
}

#[test]
fn many_open_an_empty_file_at_once() {
    let (_folder, path) = file();
    std::thread::scope(|scope| {
        let path = &path;
        let write = |number: u32| {
            let store = open(path).unwrap();
            store.append(append(&format!("c-{number}"), 1, &["{}"])).unwrap();
        };
        let all: Vec<_> = (0..6).map(|number| scope.spawn(move || write(number))).collect();
        all.into_iter().for_each(|one| one.join().unwrap());
    });
    assert_eq!(open(&path).unwrap().verify().unwrap(), Verified { streams: 6, events: 6 });
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = file();
    let store = open(&path).unwrap();
    store.append(append("c-1", 1, &["{}"])).unwrap();
    store.backup(&folder.path().join("backup.db")).unwrap();
    for one in std::fs::read_dir(folder.path()).unwrap() {
        let one = one.unwrap();
        assert_eq!(one.metadata().unwrap().permissions().mode() & 0o077, 0, "{}", one.path().display());
    }
}
