//! The peers: one lifecycle, three machines, driven by the same asks.
//!
//! Modelled everywhere: the order of stages and phases, whose part a command is, the chair, time that never runs back,
//! enrolment, dates and the gap between them, the repeat of a facilitator, replies, ground rules before stories,
//! attendance and quorum, rounds of turns with passing, plans, buddies, logs, check-ins, reports,
//! adoption of tried strategies, feedback, and the end.
//!
//! Modelled nowhere but in the core: time boxes and their re-planning, air time, pauses and interruptions, hand-over, recording,
//! withdrawal and dropping out, catching up, suspension, departments and levels, a process as data, reasons for a refusal, and
//! an event as a value (the hand-written machine has facts of 40 bytes). All of that is work the peers are spared.

pub(crate) mod ask;
pub(crate) mod by_hand;
pub(crate) mod group;
pub(crate) mod in_statig;
pub(crate) mod in_xstate;
pub(crate) mod packed;

pub(crate) use self::ask::{Ask, Refused};
