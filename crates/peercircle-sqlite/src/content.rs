//! Sealed content and its wrapped keys.

use peercircle_core::{CycleId, Instant, NoteRef};
use peercircle_store::{Destroyed, KeyState, Put, SealedNote, StoreError};
use rusqlite::{Connection, OptionalExtension as _};

use crate::{
    error::store_error,
    events::{execute, get, instant, prepare, rows},
};

pub(crate) fn put_key(tx: &Connection, stream: &CycleId, wrapped: &[u8]) -> Result<KeyState, StoreError> {
    let sql = "INSERT INTO keys (stream, wrapped) VALUES (?1, ?2) ON CONFLICT (stream) DO NOTHING";
    execute(tx, sql, &[&stream.as_str(), &wrapped])?;
    key(tx, stream)
}

pub(crate) fn key(connection: &Connection, stream: &CycleId) -> Result<KeyState, StoreError> {
    let sql = "SELECT wrapped, destroyed_at, notes FROM keys WHERE stream = ?1";
    let mut found = rows(connection, sql, &[&stream.as_str()], |row| {
        match (get::<Option<Vec<u8>>>(row, 0)?, get::<Option<i64>>(row, 1)?) {
            (_, Some(at)) => Ok(KeyState::Destroyed(Destroyed { at: instant(at)?, notes: get(row, 2)? })),
            (Some(wrapped), None) => Ok(KeyState::Kept(wrapped)),
            (None, None) => Ok(KeyState::None),
        }
    })?;
    Ok(found.pop().unwrap_or(KeyState::None))
}

pub(crate) fn destroy_key(tx: &Connection, stream: &CycleId, at: Instant) -> Result<Destroyed, StoreError> {
    if let KeyState::Destroyed(destroyed) = key(tx, stream)? {
        return Ok(destroyed);
    }
    let notes = count(execute(tx, "DELETE FROM notes WHERE stream = ?1", &[&stream.as_str()])?);
    // Overwritten first: what is only replaced may stay in the page.
    execute(tx, "UPDATE keys SET wrapped = zeroblob(length(wrapped)) WHERE stream = ?1", &[&stream.as_str()])?;
    let sql = "INSERT INTO keys (stream, wrapped, destroyed_at, notes) VALUES (?1, NULL, ?2, ?3)
        ON CONFLICT (stream) DO UPDATE SET wrapped = NULL, destroyed_at = ?2, notes = ?3";
    execute(tx, sql, &[&stream.as_str(), &at.unix_millis(), &crate::error::number(notes)])?;
    Ok(Destroyed { at, notes })
}

pub(crate) fn put_note(tx: &Connection, note: &SealedNote) -> Result<Put, StoreError> {
    if !matches!(key(tx, &note.stream)?, KeyState::Kept(_)) {
        return Ok(Put::NoKey);
    }
    let sql = "INSERT INTO notes (stream, note, head, sealed) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    let kept = execute(tx, sql, &[&note.stream.as_str(), &note.note.as_bytes(), &note.head, &note.sealed])?;
    Ok(if kept == 1 { Put::Kept } else { Put::Taken })
}

pub(crate) fn note(connection: &Connection, stream: &CycleId, note: NoteRef) -> Result<Option<SealedNote>, StoreError> {
    let mut statement = prepare(connection, "SELECT head, sealed FROM notes WHERE stream = ?1 AND note = ?2")?;
    let found = statement.query_row((stream.as_str(), note.as_bytes()), |row| {
        Ok(SealedNote { stream: stream.clone(), note, head: row.get(0)?, sealed: row.get(1)? })
    });
    found.optional().map_err(|error| store_error(&error))
}

pub(crate) fn notes(connection: &Connection, stream: &CycleId) -> Result<Vec<(NoteRef, Vec<u8>)>, StoreError> {
    let sql = "SELECT note, head FROM notes WHERE stream = ?1 ORDER BY note";
    rows(connection, sql, &[&stream.as_str()], |row| Ok((NoteRef::from_bytes(get(row, 0)?), get(row, 1)?)))
}

pub(crate) fn delete_notes(tx: &Connection, stream: &CycleId, notes: &[NoteRef]) -> Result<u64, StoreError> {
    let mut deleted = 0;
    for note in notes {
        let sql = "DELETE FROM notes WHERE stream = ?1 AND note = ?2";
        deleted += count(execute(tx, sql, &[&stream.as_str(), &note.as_bytes()])?);
    }
    Ok(deleted)
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
