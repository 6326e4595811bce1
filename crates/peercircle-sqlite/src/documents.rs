//! Documents.

use peercircle_store::{Change, Document, StoreError};
use rusqlite::{Connection, OptionalExtension as _};

use crate::{
    error::{number, store_error},
    events::{execute, get, prepare, rows},
};

pub(crate) fn document(connection: &Connection, kind: &str, id: &str) -> Result<Option<Document>, StoreError> {
    let sql = "SELECT id, version, body FROM documents WHERE kind = ?1 AND id = ?2";
    let mut statement = prepare(connection, sql)?;
    let found =
        statement.query_row((kind, id), |row| Ok(Document { id: row.get(0)?, version: row.get(1)?, body: row.get(2)? }));
    found.optional().map_err(|error| store_error(&error))
}

pub(crate) fn documents(
    connection: &Connection,
    kind: &str,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Document>, StoreError> {
    // No name has a character beyond the last one, so this is the end of those that begin with the prefix.
    let sql = "SELECT id, version, body FROM documents
        WHERE kind = ?1 AND id >= ?2 AND id <= ?2 || char(1114111) AND (?3 IS NULL OR id > ?3) ORDER BY id LIMIT ?4";
    rows(connection, sql, &[&kind, &prefix, &after, &number(limit)], |row| {
        Ok(Document { id: get(row, 0)?, version: get(row, 1)?, body: get(row, 2)? })
    })
}

pub(crate) fn change(tx: &Connection, changes: &[Change]) -> Result<(), StoreError> {
    // Looked at before anything is written: a call that is refused has written nothing.
    let mut versions = std::collections::BTreeMap::new();
    for change in changes {
        let key = (change.kind, change.id.as_str());
        let actual = match versions.get(&key) {
            Some(actual) => *actual,
            None => document(tx, change.kind, &change.id)?.map_or(0, |one| one.version),
        };
        change.check(actual)?;
        versions.insert(key, if change.body.is_some() { actual.saturating_add(1) } else { 0 });
    }
    for Change { kind, id, body, .. } in changes {
        match body {
            Some(body) => {
                let sql = "INSERT INTO documents (kind, id, version, body) VALUES (?1, ?2, 1, ?3)
                    ON CONFLICT (kind, id) DO UPDATE SET version = version + 1, body = ?3";
                execute(tx, sql, &[kind, id, body])?;
            }
            None => {
                execute(tx, "DELETE FROM documents WHERE kind = ?1 AND id = ?2", &[kind, id])?;
            }
        }
    }
    Ok(())
}
