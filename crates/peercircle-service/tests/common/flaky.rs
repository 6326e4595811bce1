//! A store that fails now and then, before it has done what was asked or after.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use peercircle_core::{CommandId, CycleId, Instant, NoteRef, Revision};
use peercircle_store::{
    Answer, Append, Appended, Change, ContentStore, Delivery, Destroyed, Document, DocumentStore, EventStore, Forgotten,
    Head, KeyState, MemoryStore, OutboxEntry, Position, Put, Record, SealedNote, StoreError, Which,
};

/// Fails every so many calls that write, in turn before and after.
pub(crate) struct Flaky {
    inner: MemoryStore,
    every: u32,
    calls: AtomicU32,
}

impl Flaky {
    pub(crate) fn every(every: u32, inner: MemoryStore) -> Self {
        Self { inner, every, calls: AtomicU32::new(0) }
    }

    fn write<T>(&self, call: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let gone = || Err(StoreError::Unavailable { reason: "a wire that was cut".to_owned() });
        match (number.is_multiple_of(self.every), number / self.every % 2) {
            (false, _) => call(),
            (true, 0) => gone(),
            (true, _) => call().and_then(|_| gone()),
        }
    }
}

impl EventStore for Flaky {
    fn append(&self, append: Append) -> Result<Appended, StoreError> {
        self.write(|| self.inner.append(append))
    }

    fn head(&self, stream: &CycleId) -> Result<Option<Head>, StoreError> {
        self.inner.head(stream)
    }

    fn load(&self, stream: &CycleId, after: Revision) -> Result<Vec<Record>, StoreError> {
        self.inner.load(stream, after)
    }

    fn answer(&self, stream: &CycleId, key: CommandId) -> Result<Option<Answer>, StoreError> {
        self.inner.answer(stream, key)
    }

    fn streams(&self, which: &Which, after: Option<&CycleId>, limit: usize) -> Result<Vec<Head>, StoreError> {
        self.inner.streams(which, after, limit)
    }

    fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.inner.read(after, limit)
    }

    fn last(&self) -> Result<Position, StoreError> {
        self.inner.last()
    }

    fn wait(&self, after: Position, timeout: Duration) -> Result<Position, StoreError> {
        self.inner.wait(after, timeout)
    }

    fn take(&self, now: Instant, until: Instant, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        self.write(|| self.inner.take(now, until, limit))
    }

    fn told(&self, ids: &[String]) -> Result<(), StoreError> {
        self.write(|| self.inner.told(ids))
    }

    fn forget(&self, stream: &CycleId, version: Revision, outbox: Vec<OutboxEntry>) -> Result<Forgotten, StoreError> {
        self.write(|| self.inner.forget(stream, version, outbox))
    }
}

impl ContentStore for Flaky {
    fn put_key(&self, stream: &CycleId, wrapped: &[u8]) -> Result<KeyState, StoreError> {
        self.write(|| self.inner.put_key(stream, wrapped))
    }

    fn key(&self, stream: &CycleId) -> Result<KeyState, StoreError> {
        self.inner.key(stream)
    }

    fn destroy_key(&self, stream: &CycleId, at: Instant) -> Result<Destroyed, StoreError> {
        self.write(|| self.inner.destroy_key(stream, at))
    }

    fn put_note(&self, note: SealedNote) -> Result<Put, StoreError> {
        self.write(|| self.inner.put_note(note))
    }

    fn note(&self, stream: &CycleId, note: NoteRef) -> Result<Option<SealedNote>, StoreError> {
        self.inner.note(stream, note)
    }

    fn notes(&self, stream: &CycleId) -> Result<Vec<(NoteRef, Vec<u8>)>, StoreError> {
        self.inner.notes(stream)
    }

    fn delete_notes(&self, stream: &CycleId, notes: &[NoteRef]) -> Result<u64, StoreError> {
        self.write(|| self.inner.delete_notes(stream, notes))
    }
}

impl DocumentStore for Flaky {
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
