//! Proves a process before a group lives it.
//!
//! [`walk`] takes cycles through random processes by commands legal and not; it is what the rest is tried on. [`oracle`] says what
//! the rules mean, as a fold over the whole history, for the machine to be compared with.

pub mod oracle;
pub mod walk;
