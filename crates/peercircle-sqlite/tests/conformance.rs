//! The suite of the contract, on files.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use peercircle_sqlite::{Options, SqliteStore};
use peercircle_store::{StoreError, conformance::Subject};
use tempfile::TempDir;

struct InFile {
    folder: TempDir,
    crashes: AtomicU32,
}

impl InFile {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), crashes: AtomicU32::new(0) }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("cycles.db")
    }
}

impl Subject for InFile {
    type Store = SqliteStore;

    fn open(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(&self.path(), &Options::default())
    }

    /// A kill leaves the file and the log beside it as they are at that moment, without a checkpoint. The log is copied first
    /// and then looked at again: had it been emptied into the file meanwhile, the copy would hold neither.
    fn after_crash(&self) -> Result<SqliteStore, StoreError> {
        let (path, wal) = (self.path(), self.path().with_extension("db-wal"));
        let number = self.crashes.fetch_add(1, Ordering::SeqCst);
        let copy = self.folder.path().join(format!("crash-{number}.db"));
        loop {
            let before = std::fs::read(&path).unwrap();
            // The last handle that closes in good order takes the log with it.
            let log = std::fs::read(&wal).unwrap_or_default();
            if std::fs::read(&path).unwrap() == before {
                std::fs::write(&copy, before).unwrap();
                std::fs::write(copy.with_extension("db-wal"), log).unwrap();
                return SqliteStore::open(&copy, &Options::default());
            }
        }
    }
}

peercircle_store::conformance_suite!(InFile::new());
