//! The suite finds what is wrong with a store: each fault fails the tests that are about it.

use std::time::Duration;

use peercircle_core::{CommandId, CycleId, Instant, NoteRef, Revision};
use peercircle_store::{
    Answer, Append, Appended, Change, ContentStore, Delivery, Destroyed, Document, DocumentStore, EventStore, Forgotten,
    Head, KeyState, MemoryStore, OutboxEntry, Position, Put, Record, SealedNote, StoreError, Which,
    conformance::{self, Outcome, Subject},
};

type Test = fn(&Faulty) -> Outcome;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    ForgetsKeys,
    ForgetsOutbox,
    IgnoresTags,
    KeepsThePast,
    KeepsNotes,
    ChangesByHalves,
    LosesOnCrash,
    ReadsTooFew,
    TellsTwice,
}

#[derive(Clone)]
struct Faulty(MemoryStore, Fault);

impl Subject for Faulty {
    type Store = Self;

    fn open(&self) -> Result<Self, StoreError> {
        Ok(self.clone())
    }

    fn after_crash(&self) -> Result<Self, StoreError> {
        let left = if self.1 == Fault::LosesOnCrash { MemoryStore::default() } else { self.0.copy() };
        Ok(Self(left, self.1))
    }
}

impl EventStore for Faulty {
    fn append(&self, mut append: Append) -> Result<Appended, StoreError> {
        match self.1 {
            Fault::ForgetsKeys => append.key = None,
            Fault::ForgetsOutbox => append.outbox.clear(),
            Fault::IgnoresTags => append.unless.clear(),
            Fault::KeepsThePast => append.past = None,
            Fault::None
            | Fault::KeepsNotes
            | Fault::ChangesByHalves
            | Fault::LosesOnCrash
            | Fault::ReadsTooFew
            | Fault::TellsTwice => {}
        }
        self.0.append(append)
    }

    fn head(&self, stream: &CycleId) -> Result<Option<Head>, StoreError> {
        self.0.head(stream)
    }

    fn load(&self, stream: &CycleId, after: Revision) -> Result<Vec<Record>, StoreError> {
        self.0.load(stream, after)
    }

    fn answer(&self, stream: &CycleId, key: CommandId) -> Result<Option<Answer>, StoreError> {
        self.0.answer(stream, key)
    }

    fn streams(&self, which: &Which, after: Option<&CycleId>, limit: usize) -> Result<Vec<Head>, StoreError> {
        self.0.streams(which, after, limit)
    }

    fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, StoreError> {
        let mut records = self.0.read(after, limit)?;
        if self.1 == Fault::ReadsTooFew && records.len() > 1 {
            records.remove(0);
        }
        Ok(records)
    }

    fn last(&self) -> Result<Position, StoreError> {
        self.0.last()
    }

    fn wait(&self, after: Position, timeout: Duration) -> Result<Position, StoreError> {
        self.0.wait(after, timeout)
    }

    fn take(&self, now: Instant, until: Instant, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        self.0.take(now, until, limit)
    }

    fn told(&self, ids: &[String]) -> Result<(), StoreError> {
        if self.1 == Fault::TellsTwice { Ok(()) } else { self.0.told(ids) }
    }

    fn forget(&self, stream: &CycleId, version: Revision, outbox: Vec<OutboxEntry>) -> Result<Forgotten, StoreError> {
        self.0.forget(stream, version, outbox)
    }
}

impl ContentStore for Faulty {
    fn put_key(&self, stream: &CycleId, wrapped: &[u8]) -> Result<KeyState, StoreError> {
        self.0.put_key(stream, wrapped)
    }

    fn key(&self, stream: &CycleId) -> Result<KeyState, StoreError> {
        self.0.key(stream)
    }

    fn destroy_key(&self, stream: &CycleId, at: Instant) -> Result<Destroyed, StoreError> {
        if self.1 == Fault::KeepsNotes { Ok(Destroyed { at, notes: 3 }) } else { self.0.destroy_key(stream, at) }
    }

    fn put_note(&self, note: SealedNote) -> Result<Put, StoreError> {
        self.0.put_note(note)
    }

    fn note(&self, stream: &CycleId, note: NoteRef) -> Result<Option<SealedNote>, StoreError> {
        self.0.note(stream, note)
    }

    fn notes(&self, stream: &CycleId) -> Result<Vec<(NoteRef, Vec<u8>)>, StoreError> {
        self.0.notes(stream)
    }

    fn delete_notes(&self, stream: &CycleId, notes: &[NoteRef]) -> Result<u64, StoreError> {
        self.0.delete_notes(stream, notes)
    }
}

impl DocumentStore for Faulty {
    fn document(&self, kind: &'static str, id: &str) -> Result<Option<Document>, StoreError> {
        self.0.document(kind, id)
    }

    fn documents(
        &self,
        kind: &'static str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        self.0.documents(kind, prefix, after, limit)
    }

    fn change(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        if self.1 == Fault::ChangesByHalves {
            return changes.into_iter().try_for_each(|change| self.0.change(vec![change]));
        }
        self.0.change(changes)
    }
}

#[test]
fn each_fault_fails_the_test_that_is_about_it() {
    let cases: [(Fault, Test); 10] = [
        (Fault::ForgetsKeys, conformance::a_key_returns_the_first_answer),
        (Fault::ForgetsKeys, conformance::a_crash_loses_nothing_acknowledged),
        (Fault::ForgetsOutbox, conformance::a_call_without_events_keeps_the_rest),
        (Fault::IgnoresTags, conformance::one_stream_wins_a_tag),
        (Fault::KeepsThePast, conformance::a_rewrite_keeps_the_places),
        (Fault::ChangesByHalves, conformance::changes_are_made_whole_or_not),
        (Fault::KeepsNotes, conformance::destroying_takes_the_notes),
        (Fault::LosesOnCrash, conformance::a_crash_loses_nothing_acknowledged),
        (Fault::ReadsTooFew, conformance::everything_is_read_in_the_order_of_commits),
        (Fault::TellsTwice, conformance::an_id_is_told_once),
    ];
    for (fault, test) in cases {
        test(&Faulty(MemoryStore::default(), Fault::None)).unwrap();
        let failure = test(&Faulty(MemoryStore::default(), fault)).expect_err(&format!("{fault:?} is not found"));
        assert!(failure.to_string().contains(": "), "{fault:?}: `{failure}` doesn't say what was expected");
    }
}
