//! Opening the file.

use std::{
    fs::OpenOptions,
    path::Path,
    time::{Duration, Instant},
};

use peercircle_store::StoreError;
use rusqlite::{Connection, OpenFlags};

use crate::{
    error::{corrupt, file_error, number, store_error},
    schema,
};

/// How a store is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What is looked at before the first answer.
    pub check: Check,
    /// How long a call waits for another process that writes.
    pub patience: Duration,
    /// How many bytes the file may grow to, the write-ahead log aside; as many as fit where there is none.
    pub most_bytes: Option<u64>,
    /// How many readers are kept open.
    pub readers: usize,
}

impl Default for Options {
    /// [`Check::Small`], five seconds, no limit, eight readers.
    fn default() -> Self {
        Self { check: Check::Small, patience: Duration::from_secs(5), most_bytes: None, readers: 8 }
    }
}

/// What is looked at when a store is opened. Whatever it is, each event has a checksum that is looked at when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// That it is a store, and its tables. Takes no time.
    Tables,
    /// The structure of every page of a file up to 64 MiB, as that is a fraction of a second; of a larger one, its tables.
    Small,
    /// The structure of every page, however many.
    Pages,
}

/// The largest file whose pages are looked at by [`Check::Small`].
const SMALL: u64 = 64 << 20;

/// A connection that writes, on a file that is sound and has today's tables.
pub(crate) fn writer(path: &Path, options: &Options) -> Result<Connection, StoreError> {
    make_private(path)?;
    let writer = connect(path, options, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    write_ahead(&writer, options.patience)?;
    // What was deleted is overwritten: erasure has to mean it.
    set(&writer, "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA secure_delete = ON")?;
    if let Some(bytes) = options.most_bytes {
        let page: u64 = ask(&writer, "PRAGMA page_size")?;
        set(&writer, &format!("PRAGMA max_page_count = {}", number(bytes / page.max(1))))?;
    }
    schema::migrate(&writer)?;
    let size = std::fs::metadata(path).map_err(|error| file_error(path, &error))?.len();
    let look = match options.check {
        Check::Tables => false,
        Check::Small => size <= SMALL,
        Check::Pages => true,
    };
    if look {
        sound(&writer, "PRAGMA quick_check(1)")?;
    }
    Ok(writer)
}

/// A connection that only reads.
pub(crate) fn reader(path: &Path, options: &Options) -> Result<Connection, StoreError> {
    let reader = connect(path, options, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    set(&reader, "PRAGMA query_only = ON")?;
    Ok(reader)
}

/// Holds SQLite's own look at the file to "ok".
pub(crate) fn sound(connection: &Connection, check: &str) -> Result<(), StoreError> {
    let said: String = ask(connection, check)?;
    if said == "ok" { Ok(()) } else { Err(corrupt(said.replace('\n', "; "))) }
}

fn connect(path: &Path, options: &Options, flags: OpenFlags) -> Result<Connection, StoreError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| store_error(&error))?;
    connection.busy_timeout(options.patience).map_err(|error| store_error(&error))?;
    connection.set_prepared_statement_cache_capacity(64);
    set(&connection, "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384")?;
    Ok(connection)
}

/// The file, readable by nobody else from its first byte on. SQLite gives the log beside it the same rights.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(file_error(path, &error)),
    }
}

/// Switches to the write-ahead log. Where two processes do so at once SQLite doesn't wait, so this does.
fn write_ahead(writer: &Connection, patience: Duration) -> Result<(), StoreError> {
    let until = Instant::now() + patience;
    loop {
        match ask::<String>(writer, "PRAGMA journal_mode = WAL") {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                let reason = format!("a file system that can keep no write-ahead log (journal mode `{mode}`)");
                return Err(StoreError::Unavailable { reason });
            }
            Err(StoreError::Unavailable { .. }) if Instant::now() < until => std::thread::yield_now(),
            Err(error) => return Err(error),
        }
    }
}

fn set(connection: &Connection, pragmas: &str) -> Result<(), StoreError> {
    connection.execute_batch(pragmas).map_err(|error| store_error(&error))
}

fn ask<T: rusqlite::types::FromSql>(connection: &Connection, pragma: &str) -> Result<T, StoreError> {
    connection.query_row(pragma, [], |row| row.get(0)).map_err(|error| store_error(&error))
}
