//! The tables, and the way from each version of them to the next.

use peercircle_store::StoreError;
use rusqlite::Connection;

use crate::error::store_error;

/// Marks the file as ours: "pcir".
const APPLICATION: i64 = 0x7063_6972;

/// A step a version; `user_version` counts those done. A released step is never changed.
const MIGRATIONS: &[&str] = &[
    "
CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    stage TEXT NOT NULL,
    next_due INTEGER,
    told_until INTEGER NOT NULL,
    tags TEXT NOT NULL
) STRICT;
CREATE INDEX streams_due ON streams (next_due) WHERE next_due IS NOT NULL;
CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    line TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_of_stream ON events (stream, seq);
CREATE TABLE answers (
    stream INTEGER NOT NULL,
    key BLOB NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (stream, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE tags (
    tag TEXT NOT NULL,
    stream INTEGER NOT NULL,
    PRIMARY KEY (tag, stream)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    stream TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    told INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_waiting ON outbox (number) WHERE told = 0;
CREATE INDEX outbox_of_stream ON outbox (stream);
CREATE TABLE keys (
    stream TEXT PRIMARY KEY,
    wrapped BLOB,
    destroyed_at INTEGER,
    notes INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE notes (
    stream TEXT NOT NULL,
    note BLOB NOT NULL,
    head BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (stream, note)
) STRICT;
",
    "
CREATE TABLE documents (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;
",
    // Each event leads to the one before it and carries its key, in place of two indexes: a leaf of each for every command was most
    // of what a commit wrote.
    "
ALTER TABLE streams ADD COLUMN last INTEGER NOT NULL DEFAULT 0;
UPDATE streams SET last = coalesce((SELECT e.position FROM events e WHERE e.stream = id AND e.seq = version), 0);
CREATE INDEX answers_in_order ON answers (stream, first);
ALTER TABLE events RENAME TO indexed;
CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    before INTEGER NOT NULL,
    key BLOB,
    sum INTEGER NOT NULL,
    line TEXT NOT NULL
) STRICT;
INSERT INTO events (position, stream, seq, before, key, sum, line)
    SELECT e.position, e.stream, e.seq,
        coalesce((SELECT b.position FROM indexed b WHERE b.stream = e.stream AND b.seq = e.seq - 1), 0),
        (SELECT CASE WHEN a.last >= e.seq THEN a.key END FROM answers a
            WHERE a.stream = e.stream AND a.first <= e.seq ORDER BY a.first DESC LIMIT 1),
        e.sum, e.line
    FROM indexed e ORDER BY e.position;
DELETE FROM sqlite_sequence WHERE name = 'events';
INSERT INTO sqlite_sequence (name, seq) SELECT 'events', seq FROM sqlite_sequence WHERE name = 'indexed';
DROP TABLE indexed;
DROP TABLE answers;
",
];

/// Brings the file to today's tables; an empty file gets them all.
pub(crate) fn migrate(writer: &Connection) -> Result<(), StoreError> {
    let current = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    // What is looked at has to be of one moment: another process may be making the tables.
    if within(writer, "BEGIN", || version(writer))? == current {
        return Ok(());
    }
    within(writer, "BEGIN IMMEDIATE", || {
        let done = usize::try_from(version(writer)?).unwrap_or_default();
        for step in MIGRATIONS.iter().skip(done) {
            run(writer, step)?;
        }
        run(writer, &format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {current}"))
    })
}

fn within<T>(connection: &Connection, begin: &str, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    run(connection, begin)?;
    let done = work().and_then(|done| run(connection, "COMMIT").map(|()| done));
    if done.is_err() {
        // The first error says what is wrong.
        let _rolled_back = run(connection, "ROLLBACK");
    }
    done
}

fn run(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection.execute_batch(sql).map_err(|error| store_error(&error))
}

/// The version of the tables; 0 for an empty file.
fn version(connection: &Connection) -> Result<i64, StoreError> {
    let read = |pragma: &str| -> Result<i64, StoreError> {
        connection.pragma_query_value(None, pragma, |row| row.get(0)).map_err(|error| store_error(&error))
    };
    let (application, version, objects) = (read("application_id")?, read("user_version")?, objects(connection)?);
    let current = MIGRATIONS.len();
    let expected = format!("peercircle, format {current} or older");
    if application != APPLICATION && (application, version, objects) != (0, 0, 0) {
        return Err(StoreError::Foreign { expected, got: "a database of something else".to_owned() });
    }
    if usize::try_from(version).is_ok_and(|version| version <= current) {
        Ok(version)
    } else {
        Err(StoreError::Foreign { expected, got: format!("format {version}") })
    }
}

fn objects(connection: &Connection) -> Result<i64, StoreError> {
    let count = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0));
    count.map_err(|error| store_error(&error))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use peercircle_core::CommandId;
    use peercircle_store::{Answer, Append, Appended, EventStore as _, Expected, Position, Summary};

    use super::*;
    use crate::{Options, SqliteStore, Verified, events::checksum};

    /// A file as version 2 wrote it: two streams beside each other, keys of several events and of one, and a last event that was
    /// forgotten.
    fn of_version_2(path: &Path) {
        let old = Connection::open(path).unwrap();
        for step in MIGRATIONS.iter().take(2) {
            run(&old, step).unwrap();
        }
        run(&old, &format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = 2")).unwrap();
        let stream =
            "INSERT INTO streams (id, name, version, stage, told_until, tags) VALUES (?1, ?2, ?3, 'active', 0, 'a')";
        let event = "INSERT INTO events (position, stream, seq, sum, line) VALUES (?1, ?2, ?3, ?4, ?5)";
        let answer = "INSERT INTO answers (stream, key, first, last) VALUES (?1, ?2, ?3, ?4)";
        for (id, name, version) in [(1, "one", 4), (2, "two", 1)] {
            old.execute(stream, (id, name, version)).unwrap();
        }
        for (position, id, name, seq) in
            [(1, 1, "one", 1), (2, 2, "two", 1), (3, 1, "one", 2), (4, 1, "one", 3), (5, 1, "one", 4)]
        {
            let line = format!("{name} {seq}");
            old.execute(event, (position, id, seq, checksum(&name.parse().unwrap(), seq, &line), line)).unwrap();
        }
        for (id, number, first, last) in [(1, 7, 2, 3), (1, 3, 4, 4), (2, 7, 1, 1)] {
            old.execute(answer, (id, [number; 16], first, last)).unwrap();
        }
        run(&old, "UPDATE sqlite_sequence SET seq = 9 WHERE name = 'events'").unwrap();
    }

    #[test]
    fn a_file_of_version_2_keeps_events_keys_and_places() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cycles.db");
        of_version_2(&path);
        let store = SqliteStore::open(&path, &Options::default()).unwrap();
        assert_eq!(store.verify().unwrap(), Verified { streams: 2, events: 5 });
        let (one, two) = ("one".parse().unwrap(), "two".parse().unwrap());
        let loaded = store.load(&one, 1).unwrap();
        let loaded: Vec<_> =
            loaded.iter().map(|record| (record.position.number(), record.seq, record.line.as_str())).collect();
        assert_eq!(loaded, [(3, 2, "one 2"), (4, 3, "one 3"), (5, 4, "one 4")]);
        let answers = [(&one, 7), (&one, 3), (&two, 7), (&two, 3)].map(|(stream, number)| {
            let answer = store.answer(stream, CommandId::from_bytes([number; 16])).unwrap();
            answer.map(|Answer { first, last }| (first, last))
        });
        assert_eq!(answers, [Some((2, 3)), Some((4, 4)), Some((1, 1)), None]);
        assert_eq!(store.last().unwrap(), Position::new(9));
        let append = |number| {
            let append = Append::new(one.clone(), Expected::at(4), 5, vec!["one 5".to_owned()], Summary::default());
            store.append(Append { key: Some(CommandId::from_bytes([number; 16])), ..append }).unwrap()
        };
        assert_eq!(append(7), Appended::Before { first: 2, last: 3 });
        assert_eq!(append(8), Appended::Done { version: 5, position: Position::new(10) });
    }
}
