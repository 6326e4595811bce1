//! Cycles in one SQLite file.
//!
//! Durable before it answers (write-ahead log, synced at each commit). One thread writes: it commits what has gathered while the
//! last commit was on its way to the disk in one go, so that many callers share a sync. Readers stand beside it and don't wait.
//! Several processes may open the same file on the same machine.
//!
//! Deliberately absent: network file systems (SQLite's locks don't hold there), and rules.
//!
//! # Example
//! ```
//! use peercircle_sqlite::{Options, SqliteStore};
//! use peercircle_store::{Append, EventStore, Expected, Summary};
//!
//! let folder = tempfile::tempdir()?;
//! let store = SqliteStore::open(&folder.path().join("cycles.db"), &Options::default())?;
//! store.append(Append::new("c-1".parse()?, Expected::NoStream, 1, vec!["{}".to_owned()], Summary::default()))?;
//! store.backup(&folder.path().join("backup.db"))?;
//! assert_eq!(SqliteStore::open(&folder.path().join("backup.db"), &Options::default())?.load(&"c-1".parse()?, 0)?.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod content;
mod documents;
mod error;
mod events;
mod lately;
mod open;
mod outbox;
mod readers;
mod schema;
mod store;
mod upkeep;
mod writer;

pub use self::{
    open::{Check, Options},
    store::SqliteStore,
    upkeep::Verified,
};
