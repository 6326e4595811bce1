//! Stores that fail and that count.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use peercircle_core::{CommandId, CycleId, Instant, NoteRef, Revision};
use peercircle_store::{
    Answer, Append, Appended, Change, ContentStore, Delivery, Destroyed, Document, DocumentStore, EventStore, Forgotten,
    Head, KeyState, MemoryStore, OutboxEntry, Position, Put, Record, SealedNote, StoreError, Which,
};

/// A store in memory that is gone after so many writes, and counts who looks at cycles. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Odd {
    inner: MemoryStore,
    left: Arc<AtomicI64>,
    looks: Arc<AtomicU64>,
}

impl Odd {
    pub(crate) fn new() -> Self {
        let odd = Self::default();
        odd.fails_after(i64::MAX);
        odd
    }

    /// Lets so many writes through and none after them.
    pub(crate) fn fails_after(&self, writes: i64) {
        self.left.store(writes, Ordering::SeqCst);
    }

    /// How often a cycle was looked at.
    pub(crate) fn looks(&self) -> u64 {
        self.looks.load(Ordering::SeqCst)
    }

    fn write<T>(&self, call: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(StoreError::Unavailable { reason: "a wire that was cut".to_owned() });
        }
        call()
    }

    fn look(&self) -> &MemoryStore {
        self.looks.fetch_add(1, Ordering::SeqCst);
        &self.inner
    }
}

impl EventStore for Odd {
    fn append(&self, append: Append) -> Result<Appended, StoreError> {
        self.write(|| self.inner.append(append))
    }

    fn head(&self, stream: &CycleId) -> Result<Option<Head>, StoreError> {
        self.look().head(stream)
    }

    fn load(&self, stream: &CycleId, after: Revision) -> Result<Vec<Record>, StoreError> {
        self.look().load(stream, after)
    }

    fn answer(&self, stream: &CycleId, key: CommandId) -> Result<Option<Answer>, StoreError> {
        self.look().answer(stream, key)
    }

    fn streams(&self, which: &Which, after: Option<&CycleId>, limit: usize) -> Result<Vec<Head>, StoreError> {
        self.look().streams(which, after, limit)
    }

    fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.look().read(after, limit)
    }

    fn last(&self) -> Result<Position, StoreError> {
        self.inner.last()
    }

    fn wait(&self, after: Position, timeout: Duration) -> Result<Position, StoreError> {
        self.inner.wait(after, timeout)
    }

    fn take(&self, now: Instant, until: Instant, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        self.inner.take(now, until, limit)
    }

    fn told(&self, ids: &[String]) -> Result<(), StoreError> {
        self.inner.told(ids)
    }

    fn forget(&self, stream: &CycleId, version: Revision, outbox: Vec<OutboxEntry>) -> Result<Forgotten, StoreError> {
        self.write(|| self.inner.forget(stream, version, outbox))
    }
}

impl ContentStore for Odd {
    fn put_key(&self, stream: &CycleId, wrapped: &[u8]) -> Result<KeyState, StoreError> {
        self.inner.put_key(stream, wrapped)
    }

    fn key(&self, stream: &CycleId) -> Result<KeyState, StoreError> {
        self.inner.key(stream)
    }

    fn destroy_key(&self, stream: &CycleId, at: Instant) -> Result<Destroyed, StoreError> {
        self.inner.destroy_key(stream, at)
    }

    fn put_note(&self, note: SealedNote) -> Result<Put, StoreError> {
        self.inner.put_note(note)
    }

    fn note(&self, stream: &CycleId, note: NoteRef) -> Result<Option<SealedNote>, StoreError> {
        self.inner.note(stream, note)
    }

    fn notes(&self, stream: &CycleId) -> Result<Vec<(NoteRef, Vec<u8>)>, StoreError> {
        self.inner.notes(stream)
    }

    fn delete_notes(&self, stream: &CycleId, notes: &[NoteRef]) -> Result<u64, StoreError> {
        self.inner.delete_notes(stream, notes)
    }
}

impl DocumentStore for Odd {
    fn document(&self, kind: &'static str, id: &str) -> Result<Option<Document>, StoreError> {
        self.inner.document(kind, id)
    }

    fn documents(
        &self,
        kind: &'static str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        self.inner.documents(kind, prefix, after, limit)
    }

    fn change(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.write(|| self.inner.change(changes.clone()))
    }
}
