//! The contract of a store of histories.

use std::{fmt, time::Duration};

use peercircle_core::{CommandId, CycleId, Instant, Revision};

use crate::{Append, Appended, Delivery, Head, OutboxEntry, StoreError, Which};

/// A place in the order in which everything in a store was committed, from 1. 0 lies before all of it. Below 2^53.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(u64);

impl Position {
    /// Before everything.
    pub const START: Self = Self(0);

    /// This place.
    #[must_use]
    pub const fn new(position: u64) -> Self {
        Self(position)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The place after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An event as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its place in the store.
    pub position: Position,
    /// The cycle.
    pub stream: CycleId,
    /// Its place in the cycle, from 1.
    pub seq: Revision,
    /// The envelope, byte for byte as it came.
    pub line: String,
}

/// The events that a key wrote: the first answer to its command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The first of them.
    pub first: Revision,
    /// The last of them.
    pub last: Revision,
}

/// What was deleted with a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// How many events.
    pub events: u64,
}

/// Whoever hears what became of an [`Append`].
pub type Then = Box<dyn FnOnce(Result<Appended, StoreError>) + Send>;

/// Keeps histories. What a call returns `Ok` for is durable, or as durable as the backend promises to be.
///
/// Several handles, in several processes, may be open on the same data; each sees what the others committed.
///
/// # Errors
/// Every call may fail with [`StoreError::Unavailable`], [`StoreError::Full`] where it writes, and [`StoreError::Corrupt`].
pub trait EventStore: Send + Sync {
    /// Keeps the answer to a command, all or nothing. A key that is recorded for the stream answers before all else.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] with the version the stream has, [`StoreError::Taken`], [`StoreError::Invalid`].
    fn append(&self, append: Append) -> Result<Appended, StoreError>;

    /// Whether [`append_then`](Self::append_then) comes back before a disk has to be waited for.
    fn appends_later(&self) -> bool {
        false
    }

    /// As [`append`](Self::append), for a caller that goes on meanwhile: `then` hears what became of it, from the caller's thread or
    /// from another. It has to be short, and asks the store for nothing.
    fn append_then(&self, append: Append, then: Then) {
        then(self.append(append));
    }

    /// What a stream is listed by; nothing where there is none.
    fn head(&self, stream: &CycleId) -> Result<Option<Head>, StoreError>;

    /// The events of a stream after this one, in order; all of them after 0, none where there is no such stream.
    fn load(&self, stream: &CycleId, after: Revision) -> Result<Vec<Record>, StoreError>;

    /// What this key wrote to the stream.
    fn answer(&self, stream: &CycleId, key: CommandId) -> Result<Option<Answer>, StoreError>;

    /// Lists streams, at most `limit`. Those listed by id go on after the stream `after`.
    fn streams(&self, which: &Which, after: Option<&CycleId>, limit: usize) -> Result<Vec<Head>, StoreError>;

    /// Everything committed after `after`, in the order of commits, at most `limit` events. What was once read up to a position
    /// is complete up to it: nothing is committed before it later. Positions run on by one, but for streams since forgotten.
    fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, StoreError>;

    /// The position of the last event.
    fn last(&self) -> Result<Position, StoreError>;

    /// Waits until there may be something after `after`, at most this long; says where the store is then.
    fn wait(&self, after: Position, timeout: Duration) -> Result<Position, StoreError>;

    /// Hands out what is to be told, longest waiting first, at most `limit`; nobody else gets it before `until`. What wasn't
    /// [`told`](Self::told) by then is handed out again.
    fn take(&self, now: Instant, until: Instant, limit: usize) -> Result<Vec<Delivery>, StoreError>;

    /// Marks entries as told. Their ids stay, so that nothing is told anew; their bodies go.
    fn told(&self, ids: &[String]) -> Result<(), StoreError>;

    /// Deletes a stream with all that is kept for it but content, and leaves `outbox` in its place.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where it isn't at this version.
    fn forget(&self, stream: &CycleId, version: Revision, outbox: Vec<OutboxEntry>) -> Result<Forgotten, StoreError>;
}
