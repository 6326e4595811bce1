//! Streams and their events.

use std::collections::BTreeSet;

use peercircle_core::{CommandId, CycleId, Instant, Revision, Stage};
use peercircle_store::{
    Answer, Append, Appended, Expected, Forgotten, Head, OutboxEntry, Position, Record, StoreError, Summary, Which,
};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row, ToSql};

use crate::{
    error::{corrupt, number, store_error},
    outbox,
};

/// A stream as the writer finds it.
#[derive(Default)]
struct Found {
    id: i64,
    version: Revision,
    next_due: Option<i64>,
    tags: String,
}

pub(crate) fn append(tx: &Connection, append: &Append) -> Result<Appended, StoreError> {
    let found = find(tx, &append.stream)?;
    let version = found.as_ref().map_or(0, |found| found.version);
    let checked = append.check(version).and_then(|()| {
        let tags = joined(&append.summary.tags)?;
        is_free(tx, append, found.as_ref()).map(|()| tags)
    });
    // A key that is recorded answers before all else. Where everything else is well, it is found out by recording it.
    let key = append.key.filter(|_| !append.lines.is_empty());
    if let (Some(found), Some(asked)) = (&found, append.key) {
        let is_new = checked.is_ok() && key.is_some() && keep_answer(tx, found.id, asked, append)?;
        if !is_new && let Some(Answer { first, last }) = answer_of(tx, found.id, asked)? {
            return Ok(Appended::Before { first, last });
        }
    }
    let tags = checked?;
    let version = if append.lines.is_empty() { version } else { append.last() };
    let id = keep_head(tx, append, found.as_ref(), version, &tags)?;
    if let (None, Some(key)) = (&found, key) {
        keep_answer(tx, id, key, append)?;
    }
    let old = found.unwrap_or_default().tags;
    if old != tags {
        keep_tags(tx, id, &old, &append.summary.tags)?;
    }
    if let Some(past) = &append.past {
        write_anew(tx, id, &append.stream, past)?;
    }
    let mut position = None;
    let sql = "INSERT INTO events (stream, seq, sum, line) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = prepare(tx, sql)?;
    for (seq, line) in (append.first..).zip(&append.lines) {
        let row = insert.insert((id, seq, checksum(&append.stream, seq, line), line));
        position = Some(row.map_err(|error| store_error(&error))?);
    }
    outbox::hand_in(tx, &append.stream, &append.outbox)?;
    let position = match position {
        Some(position) => place(position),
        None => last(tx)?,
    };
    Ok(Appended::Done { version, position })
}

/// That no other stream has the tags that none may have.
fn is_free(tx: &Connection, append: &Append, found: Option<&Found>) -> Result<(), StoreError> {
    for tag in &append.unless {
        if let Some(by) = holder_of(tx, tag, found.map_or(0, |found| found.id))? {
            return Err(StoreError::Taken { stream: append.stream.clone(), tag: tag.clone(), by });
        }
    }
    Ok(())
}

/// Records a key; whether it is new.
fn keep_answer(tx: &Connection, id: i64, key: CommandId, append: &Append) -> Result<bool, StoreError> {
    let sql = "INSERT INTO answers (stream, key, first, last) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    Ok(execute(tx, sql, &[&id, &key.as_bytes(), &append.first, &append.last()])? == 1)
}

pub(crate) fn head(connection: &Connection, stream: &CycleId) -> Result<Option<Head>, StoreError> {
    let sql = "SELECT name, version, stage, next_due, told_until, tags FROM streams WHERE name = ?1";
    Ok(heads(connection, sql, &[&stream.as_str()])?.pop())
}

pub(crate) fn load(connection: &Connection, stream: &CycleId, after: Revision) -> Result<Vec<Record>, StoreError> {
    let sql = "SELECT e.position, s.name, e.seq, e.sum, e.line FROM streams s JOIN events e ON e.stream = s.id
        WHERE s.name = ?1 AND e.seq > ?2 ORDER BY e.seq";
    records(connection, sql, &[&stream.as_str(), &after])
}

pub(crate) fn answer(connection: &Connection, stream: &CycleId, key: CommandId) -> Result<Option<Answer>, StoreError> {
    match find(connection, stream)? {
        Some(found) => answer_of(connection, found.id, key),
        None => Ok(None),
    }
}

pub(crate) fn streams(
    connection: &Connection,
    which: &Which,
    after: Option<&CycleId>,
    limit: usize,
) -> Result<Vec<Head>, StoreError> {
    let (after, limit) = (after.map_or("", CycleId::as_str), number(limit));
    match which {
        Which::All => {
            let sql = "SELECT name, version, stage, next_due, told_until, tags FROM streams
                WHERE name > ?1 ORDER BY name LIMIT ?2";
            heads(connection, sql, &[&after, &limit])
        }
        Which::Due(until) => {
            let sql = "SELECT name, version, stage, next_due, told_until, tags FROM streams
                WHERE next_due IS NOT NULL AND next_due <= ?1 ORDER BY next_due, name LIMIT ?2";
            heads(connection, sql, &[&until.unix_millis(), &limit])
        }
        Which::Tagged(tag) => {
            let sql = "SELECT s.name, s.version, s.stage, s.next_due, s.told_until, s.tags
                FROM tags t JOIN streams s ON s.id = t.stream WHERE t.tag = ?1 AND s.name > ?2 ORDER BY s.name LIMIT ?3";
            heads(connection, sql, &[tag, &after, &limit])
        }
    }
}

pub(crate) fn read(connection: &Connection, after: Position, limit: usize) -> Result<Vec<Record>, StoreError> {
    let sql = "SELECT e.position, s.name, e.seq, e.sum, e.line FROM events e JOIN streams s ON s.id = e.stream
        WHERE e.position > ?1 ORDER BY e.position LIMIT ?2";
    records(connection, sql, &[&number(after.number()), &number(limit)])
}

pub(crate) fn last(connection: &Connection) -> Result<Position, StoreError> {
    // Where the last event was forgotten its place is not given again, so the counter tells and not the table.
    let mut counter = prepare(connection, "SELECT seq FROM sqlite_sequence WHERE name = 'events'")?;
    let last = counter.query_row([], |row| row.get(0)).optional().map_err(|error| store_error(&error))?;
    Ok(last.map_or(Position::START, place))
}

pub(crate) fn forget(
    tx: &Connection,
    stream: &CycleId,
    version: Revision,
    entries: &[OutboxEntry],
) -> Result<Forgotten, StoreError> {
    let found = at_version(tx, stream, version)?;
    let events = execute(tx, "DELETE FROM events WHERE stream = ?1", &[&found.id])?;
    execute(tx, "DELETE FROM answers WHERE stream = ?1", &[&found.id])?;
    keep_tags(tx, found.id, &found.tags, &BTreeSet::new())?;
    execute(tx, "DELETE FROM streams WHERE id = ?1", &[&found.id])?;
    execute(tx, "DELETE FROM outbox WHERE stream = ?1", &[&stream.as_str()])?;
    outbox::hand_in(tx, stream, entries)?;
    Ok(Forgotten { events: u64::try_from(events).unwrap_or(u64::MAX) })
}

/// What tells a damaged event from a whole one.
pub(crate) fn checksum(stream: &CycleId, seq: Revision, line: &str) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(stream.as_str().as_bytes());
    sum.update(&seq.to_be_bytes());
    sum.update(line.as_bytes());
    sum.finalize()
}

/// The event of a row, its checksum looked at.
pub(crate) fn record(row: &Row<'_>) -> Result<Record, StoreError> {
    let record = Record {
        position: place(get(row, 0)?),
        stream: id_of(&get::<String>(row, 1)?)?,
        seq: get(row, 2)?,
        line: get(row, 4)?,
    };
    if checksum(&record.stream, record.seq, &record.line) != get::<u32>(row, 3)? {
        let Record { position, stream, seq, .. } = record;
        return Err(corrupt(format!("event {seq} of `{stream}` (position {position}), which has another checksum")));
    }
    Ok(record)
}

pub(crate) fn prepare<'a>(connection: &'a Connection, sql: &str) -> Result<CachedStatement<'a>, StoreError> {
    connection.prepare_cached(sql).map_err(|error| store_error(&error))
}

pub(crate) fn execute(tx: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<usize, StoreError> {
    prepare(tx, sql)?.execute(values).map_err(|error| store_error(&error))
}

pub(crate) fn get<T: rusqlite::types::FromSql>(row: &Row<'_>, column: usize) -> Result<T, StoreError> {
    row.get(column).map_err(|error| store_error(&error))
}

pub(crate) fn id_of(name: &str) -> Result<CycleId, StoreError> {
    name.parse().map_err(|error| corrupt(format!("a stream's name: {error}")))
}

pub(crate) fn instant(millis: i64) -> Result<Instant, StoreError> {
    Instant::from_unix_millis(millis).ok_or_else(|| corrupt(format!("the time {millis}")))
}

/// All rows, each by `read`.
pub(crate) fn rows<T>(
    connection: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = prepare(connection, sql)?;
    let mut rows = statement.query(values).map_err(|error| store_error(&error))?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(|error| store_error(&error))? {
        all.push(read(row)?);
    }
    Ok(all)
}

fn records(connection: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<Vec<Record>, StoreError> {
    rows(connection, sql, values, record)
}

fn heads(connection: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<Vec<Head>, StoreError> {
    rows(connection, sql, values, |row| {
        let (name, stage, tags): (String, String, String) = (get(row, 0)?, get(row, 2)?, get(row, 5)?);
        let known = Stage::ALL.iter().find(|known| known.name() == stage);
        let summary = Summary {
            stage: *known.ok_or_else(|| corrupt(format!("the stage `{stage}` of `{name}`")))?,
            next_due: get::<Option<i64>>(row, 3)?.map(instant).transpose()?,
            told_until: instant(get(row, 4)?)?,
            tags: tags.lines().map(str::to_owned).collect(),
        };
        Ok(Head { stream: id_of(&name)?, version: get(row, 1)?, summary })
    })
}

fn find(connection: &Connection, stream: &CycleId) -> Result<Option<Found>, StoreError> {
    let mut statement = prepare(connection, "SELECT id, version, next_due, tags FROM streams WHERE name = ?1")?;
    let found = statement.query_row([stream.as_str()], |row| {
        Ok(Found { id: row.get(0)?, version: row.get(1)?, next_due: row.get(2)?, tags: row.get(3)? })
    });
    found.optional().map_err(|error| store_error(&error))
}

fn at_version(tx: &Connection, stream: &CycleId, wanted: Revision) -> Result<Found, StoreError> {
    let found = find(tx, stream)?;
    let actual = found.as_ref().map_or(0, |found| found.version);
    match found.filter(|found| found.version == wanted) {
        Some(found) => Ok(found),
        None => Err(StoreError::Conflict { stream: stream.clone(), expected: Expected::at(wanted), actual }),
    }
}

fn answer_of(connection: &Connection, stream: i64, key: CommandId) -> Result<Option<Answer>, StoreError> {
    let mut statement = prepare(connection, "SELECT first, last FROM answers WHERE stream = ?1 AND key = ?2")?;
    let found = statement.query_row((stream, key.as_bytes()), |row| Ok(Answer { first: row.get(0)?, last: row.get(1)? }));
    found.optional().map_err(|error| store_error(&error))
}

fn holder_of(connection: &Connection, tag: &str, but: i64) -> Result<Option<CycleId>, StoreError> {
    let sql = "SELECT s.name FROM tags t JOIN streams s ON s.id = t.stream WHERE t.tag = ?1 AND t.stream <> ?2 LIMIT 1";
    let holder: Option<String> =
        prepare(connection, sql)?.query_row((tag, but), |row| row.get(0)).optional().map_err(|error| store_error(&error))?;
    holder.as_deref().map(id_of).transpose()
}

fn keep_head(
    tx: &Connection,
    append: &Append,
    found: Option<&Found>,
    version: Revision,
    tags: &str,
) -> Result<i64, StoreError> {
    let Summary { stage, next_due, told_until, .. } = &append.summary;
    let (next_due, told_until) = (next_due.map(Instant::unix_millis), told_until.unix_millis());
    if let Some(found) = found {
        if found.next_due == next_due && found.tags == tags {
            // Most often: the index stays as it is.
            let sql = "UPDATE streams SET version = ?2, stage = ?3, told_until = ?4 WHERE id = ?1";
            execute(tx, sql, &[&found.id, &version, &stage.name(), &told_until])?;
            return Ok(found.id);
        }
        let sql = "UPDATE streams SET version = ?2, stage = ?3, next_due = ?4, told_until = ?5, tags = ?6 WHERE id = ?1";
        execute(tx, sql, &[&found.id, &version, &stage.name(), &next_due, &told_until, &tags])?;
        return Ok(found.id);
    }
    let sql = "INSERT INTO streams (name, version, stage, next_due, told_until, tags) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let inserted = prepare(tx, sql)?.insert((append.stream.as_str(), version, stage.name(), next_due, told_until, tags));
    inserted.map_err(|error| store_error(&error))
}

fn write_anew(tx: &Connection, id: i64, stream: &CycleId, lines: &[String]) -> Result<(), StoreError> {
    let mut update = prepare(tx, "UPDATE events SET sum = ?3, line = ?4 WHERE stream = ?1 AND seq = ?2")?;
    for (seq, line) in (1..).zip(lines) {
        let changed = update.execute((id, seq, checksum(stream, seq, line), line));
        if changed.map_err(|error| store_error(&error))? != 1 {
            return Err(corrupt(format!("event {seq} of `{stream}`, which is missing")));
        }
    }
    Ok(())
}

fn keep_tags(tx: &Connection, stream: i64, old: &str, new: &BTreeSet<String>) -> Result<(), StoreError> {
    let old: BTreeSet<&str> = old.lines().collect();
    for gone in old.iter().filter(|tag| !new.contains(**tag)) {
        execute(tx, "DELETE FROM tags WHERE tag = ?1 AND stream = ?2", &[gone, &stream])?;
    }
    for come in new.iter().filter(|tag| !old.contains(tag.as_str())) {
        execute(tx, "INSERT INTO tags (tag, stream) VALUES (?1, ?2)", &[come, &stream])?;
    }
    Ok(())
}

fn joined(tags: &BTreeSet<String>) -> Result<String, StoreError> {
    if let Some(odd) = tags.iter().find(|tag| tag.is_empty() || tag.contains(['\n', '\r'])) {
        return Err(StoreError::Invalid { expected: "tags of one line", got: format!("`{odd}`") });
    }
    Ok(tags.iter().map(String::as_str).collect::<Vec<_>>().join("\n"))
}

fn place(position: i64) -> Position {
    Position::new(u64::try_from(position).unwrap_or_default())
}
