//! A store in memory: the contract in its plainest form. What it holds is gone with the last handle.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use peercircle_core::{CommandId, CycleId, Instant, NoteRef, Revision};

use crate::{
    Answer, Append, Appended, Change, ContentStore, Delivery, Destroyed, Document, DocumentStore, EventStore, Forgotten,
    Head, KeyState, OutboxEntry, Position, Put, Record, SealedNote, StoreError, Summary, Tags, Which,
};

/// A store in memory. Clones are handles on the same data.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    data: Mutex<Data>,
    grown: Condvar,
}

#[derive(Clone, Debug, Default)]
struct Data {
    streams: BTreeMap<CycleId, Stream>,
    tags: BTreeMap<String, BTreeSet<CycleId>>,
    log: BTreeMap<Position, (CycleId, Revision)>,
    last: Position,
    outbox: BTreeMap<u64, Told>,
    outbox_ids: BTreeSet<String>,
    handed_in: u64,
    content: BTreeMap<CycleId, Content>,
    documents: BTreeMap<(&'static str, String), (u64, String)>,
}

#[derive(Clone, Debug, Default)]
struct Stream {
    records: Vec<(Position, String)>,
    answers: BTreeMap<CommandId, Answer>,
    summary: Summary,
}

#[derive(Clone, Debug)]
struct Told {
    delivery: Delivery,
    not_before: Option<Instant>,
    done: bool,
}

#[derive(Clone, Debug, Default)]
struct Content {
    key: Option<Vec<u8>>,
    destroyed: Option<Destroyed>,
    notes: BTreeMap<NoteRef, SealedNote>,
}

impl MemoryStore {
    /// A store of its own with what is in this one now.
    #[must_use]
    pub fn copy(&self) -> Self {
        let data = Mutex::new(self.data().clone());
        Self { shared: Arc::new(Shared { data, grown: Condvar::new() }) }
    }

    fn data(&self) -> MutexGuard<'_, Data> {
        // Nothing panics half way through a change: what a poisoned lock guards is whole.
        self.shared.data.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    fn version(&self) -> Revision {
        u32::try_from(self.records.len()).unwrap_or(u32::MAX)
    }
}

impl Data {
    fn version(&self, stream: &CycleId) -> Revision {
        self.streams.get(stream).map_or(0, Stream::version)
    }

    fn head(&self, stream: &CycleId) -> Option<Head> {
        let kept = self.streams.get(stream)?;
        Some(Head { stream: stream.clone(), version: kept.version(), summary: kept.summary.clone() })
    }

    fn holder_of(&self, tag: &str, but: &CycleId) -> Option<CycleId> {
        self.tags.get(tag)?.iter().find(|stream| *stream != but).cloned()
    }

    fn retag(&mut self, stream: &CycleId, old: &Tags, new: &Tags) {
        if old == new {
            return;
        }
        for gone in old.iter().filter(|tag| !new.contains(tag)) {
            if let Some(holders) = self.tags.get_mut(gone) {
                holders.remove(stream);
                if holders.is_empty() {
                    self.tags.remove(gone);
                }
            }
        }
        for come in new.iter().filter(|tag| !old.contains(tag)) {
            self.tags.entry(come.to_owned()).or_default().insert(stream.clone());
        }
    }

    fn hand_in(&mut self, stream: &CycleId, entries: Vec<OutboxEntry>) {
        for entry in entries {
            if self.outbox_ids.insert(entry.id.clone()) {
                self.handed_in += 1;
                let delivery = Delivery { stream: stream.clone(), entry, attempt: 0 };
                self.outbox.insert(self.handed_in, Told { delivery, not_before: None, done: false });
            }
        }
    }
}

impl EventStore for MemoryStore {
    fn append(&self, append: Append) -> Result<Appended, StoreError> {
        let mut data = self.data();
        let before = data.streams.get(&append.stream).and_then(|kept| kept.answers.get(&append.key?).copied());
        if let Some(Answer { first, last }) = before {
            return Ok(Appended::Before { first, last });
        }
        append.check(data.version(&append.stream))?;
        for tag in &append.unless {
            if let Some(by) = data.holder_of(tag, &append.stream) {
                return Err(StoreError::Taken { stream: append.stream, tag: tag.clone(), by });
            }
        }
        let answer = Answer { first: append.first, last: append.last() };
        let Append { stream, first, lines, key, summary, past, outbox, .. } = append;
        let mut position = data.last;
        let mut records = Vec::with_capacity(lines.len());
        for (seq, line) in (first..).zip(lines) {
            position = position.next();
            data.log.insert(position, (stream.clone(), seq));
            records.push((position, line));
        }
        data.last = position;
        data.hand_in(&stream, outbox);
        let old = data.streams.get(&stream).map(|kept| kept.summary.tags.clone()).unwrap_or_default();
        data.retag(&stream, &old, &summary.tags);
        let kept = data.streams.entry(stream).or_default();
        for ((_, old), new) in kept.records.iter_mut().zip(past.unwrap_or_default()) {
            *old = new;
        }
        if let Some(key) = key.filter(|_| !records.is_empty()) {
            kept.answers.insert(key, answer);
        }
        kept.records.append(&mut records);
        kept.summary = summary;
        let version = kept.version();
        drop(data);
        self.shared.grown.notify_all();
        Ok(Appended::Done { version, position })
    }

    fn appends_later(&self) -> bool {
        true // There is no disk.
    }

    fn head(&self, stream: &CycleId) -> Result<Option<Head>, StoreError> {
        Ok(self.data().head(stream))
    }

    fn load(&self, stream: &CycleId, after: Revision) -> Result<Vec<Record>, StoreError> {
        let data = self.data();
        let Some(kept) = data.streams.get(stream) else { return Ok(Vec::new()) };
        let record = |(seq, (position, line)): (Revision, &(Position, String))| Record {
            position: *position,
            stream: stream.clone(),
            seq,
            line: line.clone(),
        };
        Ok((1..).zip(&kept.records).filter(|(seq, _)| *seq > after).map(record).collect())
    }

    fn answer(&self, stream: &CycleId, key: CommandId) -> Result<Option<Answer>, StoreError> {
        Ok(self.data().streams.get(stream).and_then(|kept| kept.answers.get(&key).copied()))
    }

    fn streams(&self, which: &Which, after: Option<&CycleId>, limit: usize) -> Result<Vec<Head>, StoreError> {
        let data = self.data();
        let is_next = |stream: &&CycleId| after.is_none_or(|after| *stream > after);
        let found: Vec<_> = match which {
            Which::All => data.streams.keys().filter(is_next).take(limit).collect(),
            Which::Tagged(tag) => data.tags.get(tag).into_iter().flatten().filter(is_next).take(limit).collect(),
            Which::Due(until) => {
                let due = |(stream, kept): (_, &Stream)| Some((kept.summary.next_due.filter(|at| at <= until)?, stream));
                let mut due: Vec<_> = data.streams.iter().filter_map(due).collect();
                due.sort();
                due.into_iter().map(|(_, stream)| stream).take(limit).collect()
            }
        };
        Ok(found.into_iter().filter_map(|stream| data.head(stream)).collect())
    }

    fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, StoreError> {
        let data = self.data();
        let record = |(position, (stream, seq)): (&Position, &(CycleId, Revision))| {
            let at = usize::try_from(seq.checked_sub(1)?).ok()?;
            let (_, line) = data.streams.get(stream)?.records.get(at)?;
            Some(Record { position: *position, stream: stream.clone(), seq: *seq, line: line.clone() })
        };
        Ok(data.log.range(after.next()..).filter_map(record).take(limit).collect())
    }

    fn last(&self) -> Result<Position, StoreError> {
        Ok(self.data().last)
    }

    fn wait(&self, after: Position, timeout: Duration) -> Result<Position, StoreError> {
        let waited = self.shared.grown.wait_timeout_while(self.data(), timeout, |data| data.last <= after);
        Ok(waited.unwrap_or_else(PoisonError::into_inner).0.last)
    }

    fn take(&self, now: Instant, until: Instant, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        let mut data = self.data();
        let waiting = data.outbox.values_mut().filter(|one| !one.done && one.not_before.is_none_or(|at| at <= now));
        let hand_out = |one: &mut Told| {
            one.not_before = Some(until);
            one.delivery.attempt = one.delivery.attempt.saturating_add(1);
            one.delivery.clone()
        };
        Ok(waiting.take(limit).map(hand_out).collect())
    }

    fn told(&self, ids: &[String]) -> Result<(), StoreError> {
        let mut data = self.data();
        for one in data.outbox.values_mut().filter(|one| ids.contains(&one.delivery.entry.id)) {
            one.done = true;
            one.delivery.entry.body.clear();
        }
        Ok(())
    }

    fn forget(&self, stream: &CycleId, version: Revision, outbox: Vec<OutboxEntry>) -> Result<Forgotten, StoreError> {
        let mut data = self.data();
        let found = data.version(stream);
        if found != version || found == 0 {
            return Err(conflict(stream, version, found));
        }
        let old = data.streams.remove(stream).map(|kept| kept.summary.tags).unwrap_or_default();
        data.retag(stream, &old, &Tags::default());
        data.log.retain(|_, (of, _)| of != stream);
        let of_it: Vec<_> =
            data.outbox.iter().filter(|(_, one)| one.delivery.stream == *stream).map(|(at, _)| *at).collect();
        for at in of_it {
            if let Some(one) = data.outbox.remove(&at) {
                data.outbox_ids.remove(&one.delivery.entry.id);
            }
        }
        data.hand_in(stream, outbox);
        Ok(Forgotten { events: found.into() })
    }
}

impl ContentStore for MemoryStore {
    fn put_key(&self, stream: &CycleId, wrapped: &[u8]) -> Result<KeyState, StoreError> {
        let mut data = self.data();
        let content = data.content.entry(stream.clone()).or_default();
        if content.destroyed.is_none() && content.key.is_none() {
            content.key = Some(wrapped.to_vec());
        }
        Ok(content.state())
    }

    fn key(&self, stream: &CycleId) -> Result<KeyState, StoreError> {
        Ok(self.data().content.get(stream).map_or(KeyState::None, Content::state))
    }

    fn destroy_key(&self, stream: &CycleId, at: Instant) -> Result<Destroyed, StoreError> {
        let mut data = self.data();
        let content = data.content.entry(stream.clone()).or_default();
        if let Some(destroyed) = content.destroyed {
            return Ok(destroyed);
        }
        let destroyed = Destroyed { at, notes: u64::try_from(content.notes.len()).unwrap_or(u64::MAX) };
        *content = Content { destroyed: Some(destroyed), ..Content::default() };
        Ok(destroyed)
    }

    fn put_note(&self, note: SealedNote) -> Result<Put, StoreError> {
        let mut data = self.data();
        match data.content.get_mut(&note.stream) {
            Some(content) if content.key.is_some() => {
                if content.notes.contains_key(&note.note) {
                    return Ok(Put::Taken);
                }
                content.notes.insert(note.note, note);
                Ok(Put::Kept)
            }
            Some(_) | None => Ok(Put::NoKey),
        }
    }

    fn note(&self, stream: &CycleId, note: NoteRef) -> Result<Option<SealedNote>, StoreError> {
        Ok(self.data().content.get(stream).and_then(|content| content.notes.get(&note).cloned()))
    }

    fn notes(&self, stream: &CycleId) -> Result<Vec<(NoteRef, Vec<u8>)>, StoreError> {
        let data = self.data();
        let Some(content) = data.content.get(stream) else { return Ok(Vec::new()) };
        Ok(content.notes.values().map(|note| (note.note, note.head.clone())).collect())
    }

    fn delete_notes(&self, stream: &CycleId, notes: &[NoteRef]) -> Result<u64, StoreError> {
        let mut data = self.data();
        let Some(content) = data.content.get_mut(stream) else { return Ok(0) };
        let mut unique: Vec<_> = notes.to_vec();
        unique.sort();
        unique.dedup();
        let deleted = unique.iter().filter(|note| content.notes.remove(note).is_some()).count();
        Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
    }
}

impl DocumentStore for MemoryStore {
    fn document(&self, kind: &'static str, id: &str) -> Result<Option<Document>, StoreError> {
        let data = self.data();
        let found = data.documents.get(&(kind, id.to_owned()));
        Ok(found.map(|(version, body)| Document { id: id.to_owned(), version: *version, body: body.clone() }))
    }

    fn documents(
        &self,
        kind: &'static str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        let data = self.data();
        let of_kind = data
            .documents
            .range((kind, prefix.to_owned())..)
            .take_while(|((of, id), _)| *of == kind && id.starts_with(prefix));
        let next = of_kind.filter(|((_, id), _)| after.is_none_or(|after| id.as_str() > after));
        let document = |((_, id), (version, body)): (&(_, String), &(u64, String))| Document {
            id: id.clone(),
            version: *version,
            body: body.clone(),
        };
        Ok(next.map(document).take(limit).collect())
    }

    fn change(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let mut data = self.data();
        let mut changed = data.documents.clone();
        for change in changes {
            let key = (change.kind, change.id.clone());
            let actual = changed.get(&key).map_or(0, |(version, _)| *version);
            change.check(actual)?;
            match change.body {
                Some(body) => changed.insert(key, (actual.saturating_add(1), body)),
                None => changed.remove(&key),
            };
        }
        data.documents = changed;
        Ok(())
    }
}

impl Content {
    fn state(&self) -> KeyState {
        match (&self.key, self.destroyed) {
            (_, Some(destroyed)) => KeyState::Destroyed(destroyed),
            (Some(key), None) => KeyState::Kept(key.clone()),
            (None, None) => KeyState::None,
        }
    }
}

fn conflict(stream: &CycleId, wanted: Revision, actual: Revision) -> StoreError {
    StoreError::Conflict { stream: stream.clone(), expected: crate::Expected::at(wanted), actual }
}
