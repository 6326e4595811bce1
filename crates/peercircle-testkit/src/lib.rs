//! Proves a process before a group lives it.
//!
//! Where a process is wanted, [`Ruled`] is taken as well: a process under a rulebook with rules in code.
//!
//! - [`explore`]: every reachable state of the shipping rules under a process, within stated bounds; the shortest story of how a
//!   group gets stuck, or the statement that none can.
//! - `page`, with the feature `page`: an exploration as a page for a browser.
//! - [`property`]: what must follow, must come first, may never happen; asserted, explored, and followed over recorded logs.
//! - [`compare`]: a history against the machine and any implementation of it; a difference shrinks to a short story.
//! - [`difference`]: what one process allows and another refuses, and what a change would have meant for recorded cycles.
//! - [`coverage`], [`knockout`]: which rules were exercised, and which nobody would miss.
//! - [`fault`]: the machine with one thing wrong in it, to see who notices.
//! - [`given`]: given, when, then.
//! - [`oracle`]: every rule as a fold over the whole history, against which the machine is tested.
//! - [`recorded`]: recorded histories as decisions.
//! - [`story`]: histories in sentences.
//! - `strategies`, with the feature `proptest`: processes, histories, states, situations, near-misses, churn and clocks for proptest.
//! - [`walk`]: cycles that go through random processes by commands legal and not; what the rest is tried on.

pub mod compare;
pub mod coverage;
pub mod difference;
#[expect(clippy::wildcard_enum_match_arm, reason = "an explorer treats a few kinds and stages apart, and the rest alike")]
pub mod explore;
pub mod fault;
pub mod given;
mod hush;
pub mod knockout;
pub mod oracle;
#[cfg(feature = "page")]
pub mod page;
pub mod property;
pub mod recorded;
mod ruled;
pub mod story;
#[cfg(feature = "proptest")]
pub mod strategies;
pub mod walk;

pub use self::ruled::Ruled;
