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
