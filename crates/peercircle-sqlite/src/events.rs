//! Streams and their events.

use peercircle_core::{CommandId, CycleId, Instant, Revision, Stage};
use peercircle_store::{
    Answer, Append, Appended, Expected, Forgotten, Head, OutboxEntry, Position, Record, StoreError, Summary, Tags, Which,
};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row, ToSql};

use crate::{
    error::{corrupt, number, store_error},
    lately::Known,
    outbox,
    writer::Tx,
};

/// A stream as the writer finds it.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) id: i64,
    pub(crate) version: Revision,
    /// The position of its last event.
    pub(crate) last: i64,
    pub(crate) next_due: Option<i64>,
    /// As they are kept, a line each.
    pub(crate) tags: String,
}

/// The stream named `?1` from its last event back to the one after `?2`: each event knows the position of the one before it. The places
/// are counted and not read, so that a damaged position leads to an end; whoever doesn't check the event's sum asks that it is the
/// stream's and in its place.
macro_rules! back {
    ($then:literal) => {
        concat!(
            "WITH RECURSIVE back (position, seq, id, stream) AS (
                SELECT last, version, id, name FROM streams WHERE name = ?1 AND version > ?2
                UNION ALL
                SELECT e.before, back.seq - 1, back.id, back.stream FROM back JOIN events e ON e.position = back.position
                WHERE back.seq > ?2 + 1
            ) ",
            $then
        )
    };
}

pub(crate) fn append(tx: &Tx, append: &Append) -> Result<Appended, StoreError> {
    let mut known = tx.lately().take(tx, &append.stream)?;
    let appended = append_to(tx, append, &mut known);
    if let Some(known) = known {
        tx.lately().keep(&append.stream, known);
    }
    appended
}

fn append_to(tx: &Connection, append: &Append, known: &mut Option<Known>) -> Result<Appended, StoreError> {
    // A key that is recorded answers before all else.
    if let (Some(known), Some(key)) = (&mut *known, append.key)
        && let Some(Answer { first, last }) = known.answer(tx, key)?
    {
        return Ok(Appended::Before { first, last });
    }
    append.check(known.as_ref().map_or(0, |known| known.head.version))?;
    let id = known.as_ref().map_or(0, |known| known.head.id);
    is_free(tx, append, id)?;
    if let Some(past) = &append.past {
        write_anew(tx, &append.stream, id, past)?;
    }
    let known = match known {
        Some(known) => known,
        None => known.insert(Known::new(new_stream(tx, &append.stream)?)),
    };
    let (mut version, mut last) = (known.head.version, known.head.last);
    let mut insert =
        prepare(tx, "INSERT INTO events (stream, seq, before, key, sum, line) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let key = append.key.as_ref().map(CommandId::as_bytes);
    for (seq, line) in (append.first..).zip(&append.lines) {
        let row = insert.insert((known.head.id, seq, last, key, checksum(&append.stream, seq, line), line));
        (last, version) = (row.map_err(|error| store_error(&error))?, seq);
    }
    keep_head(tx, &mut known.head, version, last, &append.summary)?;
    outbox::hand_in(tx, &append.stream, &append.outbox)?;
    if append.lines.is_empty() {
        return Ok(Appended::Done { version, position: self::last(tx)? });
    }
    known.wrote(append.key, Answer { first: append.first, last: version });
    Ok(Appended::Done { version, position: place(last) })
}

/// That no other stream has the tags that none may have.
fn is_free(tx: &Connection, append: &Append, id: i64) -> Result<(), StoreError> {
    for tag in &append.unless {
        if let Some(by) = holder_of(tx, tag, id)? {
            return Err(StoreError::Taken { stream: append.stream.clone(), tag: tag.clone(), by });
        }
    }
    Ok(())
}

pub(crate) fn head(connection: &Connection, stream: &CycleId) -> Result<Option<Head>, StoreError> {
    let sql = "SELECT name, version, stage, next_due, told_until, tags FROM streams WHERE name = ?1";
    Ok(heads(connection, sql, &[&stream.as_str()])?.pop())
}

pub(crate) fn load(connection: &Connection, stream: &CycleId, after: Revision) -> Result<Vec<Record>, StoreError> {
    // What is missing is an error, so the join is an outer one.
    let sql = back!(
        "SELECT back.position, back.stream, back.seq, e.sum, e.line FROM back LEFT JOIN events e ON e.position = back.position"
    );
    let mut records = records(connection, sql, &[&stream.as_str(), &after])?;
    records.sort_unstable_by_key(|record| record.seq);
    Ok(records)
}

pub(crate) fn answer(connection: &Connection, stream: &CycleId, key: CommandId) -> Result<Option<Answer>, StoreError> {
    // "CROSS" keeps the order: from the stream's events to those with the key, not from all events there are.
    let sql = back!(
        "SELECT e.seq FROM back CROSS JOIN events e ON e.position = back.position AND e.seq = back.seq AND e.stream = back.id
        WHERE e.key = ?3"
    );
    let seqs: Vec<Revision> = rows(connection, sql, &[&stream.as_str(), &0, &key.as_bytes()], |row| get(row, 0))?;
    let (first, last) = (seqs.iter().min(), seqs.iter().max());
    Ok(first.zip(last).map(|(first, last)| Answer { first: *first, last: *last }))
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
    tx: &Tx,
    stream: &CycleId,
    version: Revision,
    entries: &[OutboxEntry],
) -> Result<Forgotten, StoreError> {
    let found = at_version(tx, stream, version)?;
    // Not to be kept again.
    tx.lately().take(tx, stream)?;
    let positions = positions(tx, stream)?;
    for (position, seq) in &positions {
        let sql = "DELETE FROM events WHERE position = ?1 AND seq = ?2 AND stream = ?3";
        if execute(tx, sql, &[position, seq, &found.id])? != 1 {
            return Err(missing(stream, *seq));
        }
    }
    keep_tags(tx, found.id, &found.tags, &Tags::default())?;
    execute(tx, "DELETE FROM streams WHERE id = ?1", &[&found.id])?;
    execute(tx, "DELETE FROM outbox WHERE stream = ?1", &[&stream.as_str()])?;
    outbox::hand_in(tx, stream, entries)?;
    Ok(Forgotten { events: u64::try_from(positions.len()).unwrap_or(u64::MAX) })
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
    let (stream, seq) = (id_of(&get::<String>(row, 1)?)?, get(row, 2)?);
    let Some(line) = get(row, 4)? else { return Err(missing(&stream, seq)) };
    let record = Record { position: place(get(row, 0)?), stream, seq, line };
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
            tags: [tags].into_iter().collect(),
        };
        Ok(Head { stream: id_of(&name)?, version: get(row, 1)?, summary })
    })
}

pub(crate) fn find(connection: &Connection, stream: &CycleId) -> Result<Option<Found>, StoreError> {
    let mut statement = prepare(connection, "SELECT id, version, last, next_due, tags FROM streams WHERE name = ?1")?;
    let found = statement.query_row([stream.as_str()], |row| {
        let (id, version, last) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Found { id, version, last, next_due: row.get(3)?, tags: row.get(4)? })
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

fn holder_of(connection: &Connection, tag: &str, but: i64) -> Result<Option<CycleId>, StoreError> {
    let sql = "SELECT s.name FROM tags t JOIN streams s ON s.id = t.stream WHERE t.tag = ?1 AND t.stream <> ?2 LIMIT 1";
    let holder: Option<String> =
        prepare(connection, sql)?.query_row((tag, but), |row| row.get(0)).optional().map_err(|error| store_error(&error))?;
    holder.as_deref().map(id_of).transpose()
}

fn new_stream(tx: &Connection, name: &CycleId) -> Result<i64, StoreError> {
    let sql = "INSERT INTO streams (name, version, last, stage, told_until, tags) VALUES (?1, 0, 0, '', 0, '')";
    prepare(tx, sql)?.insert([name.as_str()]).map_err(|error| store_error(&error))
}

fn keep_head(tx: &Connection, head: &mut Found, version: Revision, last: i64, summary: &Summary) -> Result<(), StoreError> {
    let Summary { stage, next_due, told_until, tags } = summary;
    let (next_due, told_until) = (next_due.map(Instant::unix_millis), told_until.unix_millis());
    if head.next_due == next_due && head.tags == tags.as_str() {
        // Most often: the index stays as it is.
        let sql = "UPDATE streams SET version = ?2, last = ?3, stage = ?4, told_until = ?5 WHERE id = ?1";
        execute(tx, sql, &[&head.id, &version, &last, &stage.name(), &told_until])?;
    } else {
        let sql = "UPDATE streams SET version = ?2, last = ?3, stage = ?4, told_until = ?5, next_due = ?6, tags = ?7 WHERE id = ?1";
        execute(tx, sql, &[&head.id, &version, &last, &stage.name(), &told_until, &next_due, &tags.as_str()])?;
        keep_tags(tx, head.id, &head.tags, tags)?;
        tags.as_str().clone_into(&mut head.tags);
    }
    (head.version, head.last, head.next_due) = (version, last, next_due);
    Ok(())
}

/// Where the events of a stream are, the last of them first.
fn positions(tx: &Connection, stream: &CycleId) -> Result<Vec<(i64, Revision)>, StoreError> {
    let sql = back!("SELECT position, seq FROM back");
    rows(tx, sql, &[&stream.as_str(), &0], |row| Ok((get(row, 0)?, get(row, 1)?)))
}

fn write_anew(tx: &Connection, stream: &CycleId, id: i64, lines: &[String]) -> Result<(), StoreError> {
    let sql = "UPDATE events SET sum = ?4, line = ?5 WHERE position = ?1 AND seq = ?2 AND stream = ?3";
    let mut update = prepare(tx, sql)?;
    for ((position, seq), line) in positions(tx, stream)?.into_iter().zip(lines.iter().rev()) {
        let changed = update.execute((position, seq, id, checksum(stream, seq, line), line));
        if changed.map_err(|error| store_error(&error))? != 1 {
            return Err(missing(stream, seq));
        }
    }
    Ok(())
}

fn missing(stream: &CycleId, seq: Revision) -> StoreError {
    corrupt(format!("event {seq} of `{stream}`, which is missing"))
}

fn keep_tags(tx: &Connection, stream: i64, old: &str, new: &Tags) -> Result<(), StoreError> {
    let old: Tags = [old].into_iter().collect();
    for gone in old.iter().filter(|tag| !new.contains(tag)) {
        execute(tx, "DELETE FROM tags WHERE tag = ?1 AND stream = ?2", &[&gone, &stream])?;
    }
    for come in new.iter().filter(|tag| !old.contains(tag)) {
        execute(tx, "INSERT INTO tags (tag, stream) VALUES (?1, ?2)", &[&come, &stream])?;
    }
    Ok(())
}

fn place(position: i64) -> Position {
    Position::new(u64::try_from(position).unwrap_or_default())
}
