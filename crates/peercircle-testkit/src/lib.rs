//! Proves a process before a group lives it.
//!
//! [`walk`] takes cycles through random processes by commands legal and not; it is what the rest is tried on.

pub mod walk;
