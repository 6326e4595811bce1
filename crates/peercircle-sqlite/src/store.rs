//! The store: the contract's calls, each to the writer or to a reader.

use std::{path::Path, time::Duration};

use peercircle_core::{CommandId, CycleId, Instant, NoteRef, Revision};
use peercircle_store::{
    Answer, Append, Appended, Change, ContentStore, Delivery, Destroyed, Document, DocumentStore, EventStore, Forgotten,
    Head, KeyState, OutboxEntry, Position, Put, Record, SealedNote, StoreError, Then, Which,
};

use crate::{
    content, documents, events,
    open::{self, Options},
    outbox,
    readers::Readers,
    upkeep::{self, Verified},
    writer::{After, LOOK_EVERY, Tx, Writer},
};

/// A store in one SQLite file. Share it between threads behind an `Arc`; dropping it ends its writer.
#[derive(Debug)]
pub struct SqliteStore {
    readers: Readers,
    writer: Writer,
}

impl SqliteStore {
    /// Opens the file, makes it where there is none, and brings older ones to today's tables.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] for a file of a newer version or of something else, [`StoreError::Corrupt`] for a damaged one,
    /// [`StoreError::Unavailable`] where it can't be opened. The file is left as it was.
    pub fn open(path: &Path, options: &Options) -> Result<Self, StoreError> {
        let writer = Writer::start(open::writer(path, options)?)?;
        Ok(Self { readers: Readers::new(path.to_owned(), options.clone()), writer })
    }

    /// Copies what is committed now into a new file, while the store goes on. The copy appears under its name once it is
    /// complete and on the disk.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where there is such a file already or none can be made, [`StoreError::Full`].
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.readers.with(|reader| upkeep::backup(reader, to))
    }

    /// Looks at everything: the structure of every page, indexes included, and the checksum of every event.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with the first damage.
    pub fn verify(&self) -> Result<Verified, StoreError> {
        self.readers.with(upkeep::verify)
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.write(After::Nothing, work)
    }
}

impl EventStore for SqliteStore {
    fn append(&self, append: Append) -> Result<Appended, StoreError> {
        let after = if append.past.is_some() { After::Scrub } else { After::Nothing };
        self.writer.write(after, move |tx| events::append(tx, &append))
    }

    fn appends_later(&self) -> bool {
        true
    }

    fn append_then(&self, append: Append, then: Then) {
        let after = if append.past.is_some() { After::Scrub } else { After::Nothing };
        self.writer.write_then(after, move |tx| events::append(tx, &append), then);
    }

    fn head(&self, stream: &CycleId) -> Result<Option<Head>, StoreError> {
        self.readers.with(|reader| events::head(reader, stream))
    }

    fn load(&self, stream: &CycleId, after: Revision) -> Result<Vec<Record>, StoreError> {
        self.readers.with(|reader| events::load(reader, stream, after))
    }

    fn answer(&self, stream: &CycleId, key: CommandId) -> Result<Option<Answer>, StoreError> {
        self.readers.with(|reader| events::answer(reader, stream, key))
    }

    fn streams(&self, which: &Which, after: Option<&CycleId>, limit: usize) -> Result<Vec<Head>, StoreError> {
        self.readers.with(|reader| events::streams(reader, which, after, limit))
    }

    fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.readers.with(|reader| events::read(reader, after, limit))
    }

    fn last(&self) -> Result<Position, StoreError> {
        self.readers.with(events::last)
    }

    fn wait(&self, after: Position, timeout: Duration) -> Result<Position, StoreError> {
        let until = std::time::Instant::now() + timeout;
        loop {
            // Counted before looking, so that a commit between looking and waiting ends the wait.
            let seen = self.writer.commits();
            let at = self.last()?;
            let left = until.saturating_duration_since(std::time::Instant::now());
            if at > after || left.is_zero() {
                return Ok(at);
            }
            // Another process tells nobody here of its commits.
            self.writer.wait(seen, left.min(LOOK_EVERY));
        }
    }

    fn take(&self, now: Instant, until: Instant, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        // Most of the time there is nothing; then nobody has to write.
        if !self.readers.with(|reader| outbox::any(reader, now))? {
            return Ok(Vec::new());
        }
        self.write(move |tx| outbox::take(tx, now, until, limit))
    }

    fn told(&self, ids: &[String]) -> Result<(), StoreError> {
        let ids = ids.to_vec();
        self.write(move |tx| outbox::told(tx, &ids))
    }

    fn forget(&self, stream: &CycleId, version: Revision, outbox: Vec<OutboxEntry>) -> Result<Forgotten, StoreError> {
        let stream = stream.clone();
        self.writer.write(After::Scrub, move |tx| events::forget(tx, &stream, version, &outbox))
    }
}

impl ContentStore for SqliteStore {
    fn put_key(&self, stream: &CycleId, wrapped: &[u8]) -> Result<KeyState, StoreError> {
        let (stream, wrapped) = (stream.clone(), wrapped.to_vec());
        self.write(move |tx| content::put_key(tx, &stream, &wrapped))
    }

    fn key(&self, stream: &CycleId) -> Result<KeyState, StoreError> {
        self.readers.with(|reader| content::key(reader, stream))
    }

    fn destroy_key(&self, stream: &CycleId, at: Instant) -> Result<Destroyed, StoreError> {
        let stream = stream.clone();
        self.writer.write(After::Scrub, move |tx| content::destroy_key(tx, &stream, at))
    }

    fn put_note(&self, note: SealedNote) -> Result<Put, StoreError> {
        self.write(move |tx| content::put_note(tx, &note))
    }

    fn note(&self, stream: &CycleId, note: NoteRef) -> Result<Option<SealedNote>, StoreError> {
        self.readers.with(|reader| content::note(reader, stream, note))
    }

    fn notes(&self, stream: &CycleId) -> Result<Vec<(NoteRef, Vec<u8>)>, StoreError> {
        self.readers.with(|reader| content::notes(reader, stream))
    }

    fn delete_notes(&self, stream: &CycleId, notes: &[NoteRef]) -> Result<u64, StoreError> {
        let (stream, notes) = (stream.clone(), notes.to_vec());
        self.writer.write(After::Scrub, move |tx| content::delete_notes(tx, &stream, &notes))
    }
}

impl DocumentStore for SqliteStore {
    fn document(&self, kind: &'static str, id: &str) -> Result<Option<Document>, StoreError> {
        self.readers.with(|reader| documents::document(reader, kind, id))
    }

    fn documents(
        &self,
        kind: &'static str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        self.readers.with(|reader| documents::documents(reader, kind, prefix, after, limit))
    }

    fn change(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        // Whoever is deleted is to be in no file any more.
        let after = if changes.iter().any(|change| change.body.is_none()) { After::Scrub } else { After::Nothing };
        self.writer.write(after, move |tx| documents::change(tx, &changes))
    }
}
