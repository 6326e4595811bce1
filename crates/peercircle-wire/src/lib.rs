//! Events as stored bytes: the one place where what was written is read again.
//!
//! - [`Envelope`] writes an event of today as one JSON line.
//! - [`StoredEvent`] reads a line of today, of an older version ([`Upcasters`]), or of a type this machine doesn't know, and
//!   keeps its text: a rewrite gives the same bytes.
//! - [`read_lines`] reads a whole log and says what is damaged, and where; [`decode_history`] applies what a store holds.
//!
//! Reading is tolerant, applying fails closed: what this machine doesn't know is kept, and never passed over. Deliberately
//! absent: files, sockets, a clock. Bytes come in and go out.
//!
//! # Example
//! ```
//! use peercircle_core::Stage;
//! use peercircle_wire::{Upcasters, read_lines};
//!
//! let log = concat!(
//!     r#"{"stream":"c-1","seq":1,"at":"2026-03-02T09:00:00Z","actor":{"role":"organiser"},"v":1,"body":{"type":"cycle.formed","#,
//!     r#""cycle":"c-1","group":"g-1","module":{"id":"delegation","strategies":["agree-the-result"]},"process":{}}}"#,
//!     "\n",
//!     r#"{"stream":"c-1","seq":2,"at":"2026-03"#, // the machine stopped while it wrote
//! );
//! let log = read_lines(log.as_bytes(), Upcasters::standard())?;
//! assert_eq!(log.events().len(), 1);
//! assert_eq!(log.torn().map(|torn| torn.bytes), Some(37));
//! assert_eq!(log.into_cycle()?.stage(), Stage::Forming);
//! # Ok::<(), peercircle_wire::LineError>(())
//! ```

mod envelope;
mod error;
mod history;
mod log;
mod stored;
mod upcast;

pub use self::{
    envelope::{Envelope, WIRE_VERSION},
    error::{DecodeError, EncodeError, LineError},
    history::decode_history,
    log::{Log, Torn, read_lines},
    stored::{Body, StoredEvent},
    upcast::{ChainError, Upcaster, Upcasters},
};
