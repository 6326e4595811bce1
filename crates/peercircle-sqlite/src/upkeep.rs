//! What an operator does: a backup while it runs, a look at everything.

use std::{fs::File, path::Path};

use peercircle_store::StoreError;
use rusqlite::Connection;

use crate::{
    error::{corrupt, file_error, store_error},
    events::{self, get, rows},
    open::sound,
};

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many streams.
    pub streams: u64,
    /// How many events.
    pub events: u64,
}

pub(crate) fn backup(reader: &Connection, to: &Path) -> Result<(), StoreError> {
    let failed = |error: std::io::Error| file_error(to, &error);
    let mut half = to.as_os_str().to_owned();
    half.push(".part");
    let half = Path::new(&half);
    if to.try_exists().map_err(failed)? {
        return Err(StoreError::Unavailable { reason: format!("`{}`, which is there already", to.display()) });
    }
    match std::fs::remove_file(half) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(file_error(half, &error)),
        Ok(()) | Err(_) => {}
    }
    let name = half.to_str().ok_or_else(|| StoreError::Unavailable { reason: format!("`{}`, no UTF-8", to.display()) })?;
    // One read transaction: a consistent copy, without the free pages, while writers go on. It writes into the copy alone, but
    // that is more than a reader may.
    let pragma = |sql: &str| reader.execute_batch(sql).map_err(|error| store_error(&error));
    pragma("PRAGMA query_only = OFF")?;
    let copied = reader.execute("VACUUM INTO ?1", [name]).map_err(|error| store_error(&error));
    pragma("PRAGMA query_only = ON")?;
    let copied = copied.and_then(|_| {
        private(half).and_then(|()| File::open(half)?.sync_all()).map_err(failed)?;
        std::fs::rename(half, to).map_err(failed)?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        // Where a folder can't be synced (Windows) the name is on the disk with the file.
        let _named = File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    });
    if copied.is_err() {
        // Half a backup is worse than none; what went wrong is said by the first error.
        let _removed = std::fs::remove_file(half);
    }
    copied
}

pub(crate) fn verify(reader: &Connection) -> Result<Verified, StoreError> {
    sound(reader, "PRAGMA integrity_check(1)")?;
    let sql = "SELECT e.position, s.name, e.seq, e.sum, e.line FROM events e JOIN streams s ON s.id = e.stream
        ORDER BY e.position";
    let mut statement = events::prepare(reader, sql)?;
    let mut all = statement.query([]).map_err(|error| store_error(&error))?;
    while let Some(row) = all.next().map_err(|error| store_error(&error))? {
        events::record(row)?;
    }
    drop(all);
    drop(statement);
    let sql = "SELECT e.position, e.before FROM events e LEFT JOIN events b ON b.position = e.before
        WHERE CASE e.seq WHEN 1 THEN e.before <> 0 ELSE b.seq IS NOT e.seq - 1 OR b.stream IS NOT e.stream END
        UNION ALL SELECT s.last, 0 FROM streams s LEFT JOIN events e ON e.position = s.last
        WHERE e.seq IS NOT s.version OR e.stream IS NOT s.id LIMIT 1";
    let astray: Vec<(i64, i64)> = rows(reader, sql, &[], |row| Ok((get(row, 0)?, get(row, 1)?)))?;
    if let Some((position, before)) = astray.first() {
        return Err(corrupt(format!("the event at {position}, which isn't its stream's next after the one at {before}")));
    }
    // Each stream has all its events then; whether there are more than that one look has to say, as others go on writing.
    let sql = "SELECT (SELECT count(*) FROM events), coalesce(sum(version), 0), count(*) FROM streams";
    let counts = rows(reader, sql, &[], |row| Ok((get::<u64>(row, 0)?, get::<u64>(row, 1)?, get::<u64>(row, 2)?)))?;
    let (events, counted, streams) = counts.first().copied().unwrap_or_default();
    if events != counted {
        return Err(corrupt(format!("{events} events where the streams have {counted}")));
    }
    Ok(Verified { streams, events })
}

#[cfg(unix)]
fn private(path: &Path) -> std::io::Result<()> {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
fn private(_: &Path) -> std::io::Result<()> {
    Ok(())
}
