//! What is to be told.

use peercircle_core::{CycleId, Instant};
use peercircle_store::{Delivery, OutboxEntry, StoreError};
use rusqlite::Connection;

use crate::{
    error::{number, store_error},
    events::{execute, get, id_of, instant, prepare, rows},
};

pub(crate) fn hand_in(tx: &Connection, stream: &CycleId, entries: &[OutboxEntry]) -> Result<(), StoreError> {
    for entry in entries {
        let sql = "INSERT INTO outbox (id, stream, at, body, not_before, attempt, told) VALUES (?1, ?2, ?3, ?4, 0, 0, 0)
            ON CONFLICT (id) DO NOTHING";
        execute(tx, sql, &[&entry.id, &stream.as_str(), &entry.at.unix_millis(), &entry.body])?;
    }
    Ok(())
}

/// Whether there is anything to take.
pub(crate) fn any(connection: &Connection, now: Instant) -> Result<bool, StoreError> {
    let mut any = prepare(connection, "SELECT 1 FROM outbox WHERE told = 0 AND not_before <= ?1 LIMIT 1")?;
    any.exists([now.unix_millis()]).map_err(|error| store_error(&error))
}

pub(crate) fn take(tx: &Connection, now: Instant, until: Instant, limit: usize) -> Result<Vec<Delivery>, StoreError> {
    let sql = "SELECT number, id, stream, at, body, attempt FROM outbox
        WHERE told = 0 AND not_before <= ?1 ORDER BY number LIMIT ?2";
    let waiting = rows(tx, sql, &[&now.unix_millis(), &number(limit)], |row| {
        let entry = OutboxEntry { id: get(row, 1)?, at: instant(get(row, 3)?)?, body: get(row, 4)? };
        let attempt = get::<u32>(row, 5)?.saturating_add(1);
        Ok((get::<i64>(row, 0)?, Delivery { stream: id_of(&get::<String>(row, 2)?)?, entry, attempt }))
    })?;
    for (number, delivery) in &waiting {
        let sql = "UPDATE outbox SET not_before = ?2, attempt = ?3 WHERE number = ?1";
        execute(tx, sql, &[number, &until.unix_millis(), &delivery.attempt])?;
    }
    Ok(waiting.into_iter().map(|(_, delivery)| delivery).collect())
}

pub(crate) fn told(tx: &Connection, ids: &[String]) -> Result<(), StoreError> {
    for id in ids {
        execute(tx, "UPDATE outbox SET told = 1, body = '' WHERE id = ?1", &[id])?;
    }
    Ok(())
}
