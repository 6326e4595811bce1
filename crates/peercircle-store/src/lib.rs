//! What a host keeps cycles in: histories, what was answered, what is still to be told, and sealed content.
//!
//! - [`EventStore`]: appends the events of a command with its idempotency key, the [`Summary`] that the host lists by, and what
//!   is to be told outside, all or nothing; loads a stream; reads everything in the order it was committed, without gaps.
//! - [`ContentStore`]: notes as sealed bytes, beside a key per cycle that can be destroyed. It can't read a word of them.
//! - [`DocumentStore`]: what a host keeps by name beside them, such as people, groups, keys.
//! - [`MemoryStore`]: all three, for tests and for trying things out.
//! - `conformance` (a feature): the suite. A backend passes it or is none.
//!
//! Calls block: a host that must not puts them on threads of its own. What is deliberately absent: rules. A store holds lines
//! of text that it never reads into, and so outlives every version of the machine.
//!
//! # Example
//! ```
//! use peercircle_store::{Append, Appended, EventStore, Expected, MemoryStore, Position, Summary};
//!
//! let store = MemoryStore::default();
//! let formed = r#"{"stream":"c-1","seq":1,"at":"2026-03-02T09:00:00Z","actor":{"role":"organiser"},"v":1,"body":{"type":"tea.served"}}"#;
//! let append = Append::new("c-1".parse()?, Expected::NoStream, 1, vec![formed.to_owned()], Summary::default());
//! assert_eq!(store.append(append.clone())?, Appended::Done { version: 1, position: Position::new(1) });
//!
//! let error = store.append(append).unwrap_err(); // it is there by now
//! assert_eq!((error.code(), error.actual_version()), ("conflict", Some(1)));
//! assert_eq!(store.load(&"c-1".parse()?, 0)?[0].line, formed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod append;
#[cfg(feature = "conformance")]
pub mod conformance;
mod content;
mod document;
mod error;
mod event_store;
mod head;
mod memory;
mod outbox;
mod subscription;

pub use self::{
    append::{Append, Appended, Expected},
    content::{ContentStore, Destroyed, KeyState, Put, SealedNote},
    document::{Change, Document, DocumentStore},
    error::StoreError,
    event_store::{Answer, EventStore, Forgotten, Position, Record, Then},
    head::{Head, Summary, Tags, Which},
    memory::MemoryStore,
    outbox::{Delivery, OutboxEntry},
    subscription::Subscription,
};
