//! Proves a process before a group lives it.
//!
//! - [`explore`]: every reachable state of the shipping rules under a process, within stated bounds; the shortest story of how a
//!   group gets stuck, or the statement that none can.
//! - [`property`]: what must follow, must come first, may never happen; asserted, explored, and followed over recorded logs.
//! - [`recorded`]: recorded histories as decisions.
//! - [`walk`]: cycles that go through random processes by commands legal and not; what the rest is tried on.
//! - [`story`]: histories in sentences.

pub mod explore;
pub mod property;
pub mod recorded;
pub mod story;
pub mod walk;
