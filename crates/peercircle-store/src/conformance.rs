//! The suite that every backend has to pass, and that its author calls in one line:
//!
//! ```
//! use peercircle_store::{MemoryStore, StoreError, conformance::Subject};
//!
//! struct InMemory(MemoryStore);
//!
//! impl Subject for InMemory {
//!     type Store = MemoryStore;
//!
//!     fn open(&self) -> Result<MemoryStore, StoreError> {
//!         Ok(self.0.clone())
//!     }
//!
//!     fn after_crash(&self) -> Result<MemoryStore, StoreError> {
//!         Ok(self.0.copy()) // memory has no disk to lose anything on the way to
//!     }
//! }
//!
//! peercircle_store::conformance_suite!(InMemory(MemoryStore::default()));
//! ```
//!
//! Each test gets a subject of its own, without data. [`TESTS`] lists them for whoever wants to call them another way.

mod content;
mod crash;
mod documents;
mod erasure;
mod listing;
mod order;
mod outbox;
mod races;
mod streams;

use std::fmt::Debug;

use peercircle_core::{CommandId, CycleId, Instant, NoteRef, Revision, Span};

use crate::{Append, Appended, ContentStore, DocumentStore, EventStore, Expected, StoreError, Summary};

/// A backend on trial: data of its own, and ways to it.
pub trait Subject: Sync {
    /// The backend.
    type Store: EventStore + ContentStore + DocumentStore;

    /// A handle on the data; the first makes it. Several are open at once, as if by several processes.
    ///
    /// # Errors
    /// Whatever the backend says.
    fn open(&self) -> Result<Self::Store, StoreError>;

    /// A handle on what would be found were every process killed at this moment; the open handles go on beside it.
    ///
    /// # Errors
    /// Whatever the backend says.
    fn after_crash(&self) -> Result<Self::Store, StoreError>;
}

/// What a backend did other than it has to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Failure {
    /// What was expected, and what came.
    pub what: String,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self { what: format!("{}: {error}", error.code()) }
    }
}

/// What a test says.
pub type Outcome = Result<(), Failure>;

macro_rules! tests {
    ($($module:ident: $($(#[$doc:meta])* $name:ident,)+;)+) => {
        /// The names of the tests.
        pub const TESTS: &[&str] = &[$($(stringify!($name),)+)+];

        $($(
            $(#[$doc])*
            ///
            /// # Errors
            /// [`Failure`] with the first thing that was other than it has to be.
            pub fn $name(subject: &impl Subject) -> Outcome {
                $module::$name(subject)
            }
        )+)+

        /// Makes a `#[test]` of each test; the expression gives a `Subject` without data.
        #[macro_export]
        macro_rules! conformance_suite {
            ($subject:expr) => {
                $($(
                    #[test]
                    fn $name() {
                        if let Err(failure) = $crate::conformance::$name(&$subject) {
                            panic!("{failure}");
                        }
                    }
                )+)+
            };
        }
    };
}

tests! {
    streams:
        /// Events are numbered from 1 and come back byte for byte.
        events_come_back_as_they_went_in,
        /// A stream elsewhere than expected says where it is, and nothing changes.
        a_conflict_says_where_the_stream_is,
        /// A key answers first, whatever else the call says; it belongs to its stream.
        a_key_returns_the_first_answer,
        /// What is refused leaves no event, no summary, no key and nothing to tell.
        refused_is_refused_whole,
        /// Without events, summary and outbox are kept and the version stays.
        a_call_without_events_keeps_the_rest,
        /// Large lines, and many of them, come back.
        large_appends_come_back,
    ;
    order:
        /// Everything is read in the order of commits, in pages.
        everything_is_read_in_the_order_of_commits,
        /// A reader beside writers never passes over an event.
        a_reader_beside_writers_misses_nothing,
        /// Waiting ends with an append, here or through another handle, or with its time.
        waiting_ends_with_an_append,
    ;
    races:
        /// Of writers who expect the same version one wins; all get through by looking again.
        one_writer_wins_a_version,
        /// Of calls with the same key one writes.
        one_call_wins_a_key,
        /// Of streams that no other may share a tag with, one gets it.
        one_stream_wins_a_tag,
        /// Two handles see each other's commits at once.
        handles_see_each_other,
    ;
    listing:
        /// Streams are listed by id, by what is due and by tag.
        streams_are_listed,
        /// A tag that was taken back is found no longer.
        tags_follow_the_summary,
    ;
    outbox:
        /// An id is kept once, also after it was told.
        an_id_is_told_once,
        /// What was handed out comes again when its time is over, and not before.
        what_is_not_told_comes_again,
        /// Of those who take at the same time each gets something else.
        nobody_takes_what_another_has,
    ;
    erasure:
        /// A history is written anew in its places.
        a_rewrite_keeps_the_places,
        /// A stream is forgotten with all that belongs to it; positions aren't given twice.
        a_forgotten_stream_leaves_nothing,
    ;
    content:
        /// Of several keys the first stands; a destroyed one stays destroyed.
        the_first_key_stands_until_destroyed,
        /// Notes come back byte for byte, and are never replaced.
        notes_come_back_and_stay,
        /// Destroying a key takes the notes with it, of this cycle only, and says how many.
        destroying_takes_the_notes,
    ;
    documents:
        /// Documents come back as they went in, with a version that counts.
        documents_come_back_with_their_version,
        /// Changes are made together or not at all.
        changes_are_made_whole_or_not,
        /// Documents are listed by name, by prefix, in pages.
        documents_are_listed_by_name,
        /// Of those who change the same version one wins.
        one_change_wins_a_version,
    ;
    crash:
        /// What was acknowledged is there after a crash, all of it.
        a_crash_loses_nothing_acknowledged,
        /// A crash under load leaves whole appends without gaps, and all that were acknowledged before it.
        a_crash_under_load_leaves_whole_appends,
        /// After a crash the store goes on.
        after_a_crash_it_goes_on,
    ;
}

/// Two things that have to be equal.
fn same<T: PartialEq + Debug>(what: &str, got: &T, expected: &T) -> Outcome {
    holds(got == expected, || format!("{what}: expected {expected:?}, got {got:?}"))
}

/// Something that has to hold.
fn holds(it: bool, what: impl FnOnce() -> String) -> Outcome {
    if it { Ok(()) } else { Err(Failure { what: what() }) }
}

/// The code of the error that has to come.
fn fails<T: Debug>(what: &str, got: Result<T, StoreError>, code: &str) -> Result<StoreError, Failure> {
    match got {
        Err(error) if error.code() == code => Ok(error),
        Err(error) => Err(Failure { what: format!("{what}: expected `{code}`, got `{}`: {error}", error.code()) }),
        Ok(got) => Err(Failure { what: format!("{what}: expected `{code}`, got {got:?}") }),
    }
}

/// The version after an append that has to be done.
fn done(what: &str, got: Appended) -> Result<Revision, Failure> {
    match got {
        Appended::Done { version, .. } => Ok(version),
        Appended::Before { .. } => Err(Failure { what: format!("{what}: expected it to be done, got {got:?}") }),
    }
}

fn cycle(name: &str) -> CycleId {
    // INVARIANT: the suite's names are ids.
    name.parse().unwrap_or_else(|_| cycle("c"))
}

fn key(number: u128) -> CommandId {
    CommandId::from_bytes(number.to_be_bytes())
}

fn note(number: u128) -> NoteRef {
    NoteRef::from_bytes(number.to_be_bytes())
}

fn minute(minutes: u32) -> Instant {
    Instant::default() + Span::minutes(minutes)
}

fn line(stream: &str, seq: Revision) -> String {
    format!(r#"{{"stream":"{stream}","seq":{seq},"tea":"ünïcödé \u0000 {seq}"}}"#)
}

/// An append of so many events from `first` on.
fn events(stream: &str, first: Revision, count: u32) -> Append {
    let lines = (first..).take(usize::try_from(count).unwrap_or(0)).map(|seq| line(stream, seq)).collect();
    Append::new(cycle(stream), Expected::at(first - 1), first, lines, Summary::default())
}
