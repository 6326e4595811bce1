//! Cycles as a service: the machine on a store, with a clock.
//!
//! - [`Service::give`]: loads the cycle, decides, appends; on a conflict looks again. A key that was answered before gets the
//!   first answer, and a "no" for another command (R-04). Live cycles are cached, and each use makes sure that the cache is up to date, so that many processes
//!   can share a store.
//! - [`Service::guide`], [`allowed`](Service::allowed), [`explain`](Service::explain), [`path`](Service::path),
//!   [`view`](Service::view), [`facts`](Service::facts), ...: the machine's answers, at the clock's time.
//! - [`Service::sweep`]: what has fallen due is kept to be told ([`Service::deliver`], at least once, with a stable id), what the
//!   host may do by itself is done, what is to be deleted is deleted. [`Watch`] does so from a thread.
//! - The vault ([`Service::put_note`], [`read_note`](Service::read_note)): what was said, sealed with a key per cycle, for those
//!   whom the machine knows to have been there.
//!
//! Who somebody is, is the caller's to know: an [`Order`] says by whom it is, and the service takes its word.
//!
//! # Example
//! ```
//! use peercircle_core::WireActor;
//! use peercircle_service::{ManualClock, Order, Service};
//! use peercircle_store::MemoryStore;
//!
//! let clock = ManualClock::at("2026-03-02T09:00:00Z".parse()?);
//! let service = Service::new(MemoryStore::default()).with_clock(clock);
//! let form = r#"{"type":"cycle.form","cycle":"c-1","group":"g-1","module":{"id":"delegation","strategies":["agree"]}}"#;
//! let order = Order::new("c-1".parse()?, WireActor::Organiser {}, serde_json::from_str(form)?);
//! let given = service.give(&order)?;
//! assert_eq!(given.verdict.code(), "accepted");
//! assert_eq!(service.view(&"c-1".parse()?)?.stage.name(), "forming");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cache;
mod clock;
mod due;
mod error;
mod give;
mod history;
mod keep;
mod notice;
mod order;
mod query;
mod repeat;
mod service;
mod summary;
mod vault;
mod watch;

pub use self::{
    clock::{Clock, ManualClock, SystemClock},
    due::Swept,
    error::ServiceError,
    notice::{Delivered, Notice},
    order::{Given, Order, Soon},
    service::{Backend, Service},
    summary::{group_tag, live_tag, member_tag, room_tag},
    vault::{Audience, Denied, MAX_NOTE_BYTES, MasterKey, MasterKeyError, Note, NoteHead, VaultError},
    watch::Watch,
};
