//! Evidence: what was checked, as types that only the check can make and the next phase's constructor requires.
//!
//! An event carries the evidence of its decision, so the history itself says why it could happen, and replay judges nothing
//! anew: a stored event of an older rule replays for ever.

use serde::{Deserialize, Serialize};

use crate::{Cycle, Process, Round, SeatSet, SessionKind};

/// Enough people were in the room when a session started (R-21).
///
/// ```compile_fail
/// let quorum = peercircle_core::Quorum { present: 6, needed: 1 }; // private fields: only the count makes it
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Quorum {
    present: u8,
    needed: u8,
}

impl Quorum {
    /// How many of `members` (those who may come: [`Cycle::expected`]) must be present under `process`: its share rounded up, never under its floor (R-21).
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Process, Quorum};
    /// let preset = Process::default();
    /// assert_eq!([6, 5, 4].map(|members| Quorum::needed_of(members, &preset)), [4, 4, 3]);
    /// ```
    #[must_use]
    pub fn needed_of(members: u8, process: &Process) -> u8 {
        process.quorum_of(members)
    }

    /// Counts the room; whether it is enough is for R-21 to say, with [`Quorum::is_met`].
    pub(crate) fn count(cycle: &Cycle, present: SeatSet) -> Self {
        Self { present: present.len(), needed: Self::needed_of(cycle.expected().len(), cycle.process()) }
    }

    /// Whether enough are present.
    #[must_use]
    pub const fn is_met(self) -> bool {
        self.present >= self.needed
    }

    /// How many were in the room.
    #[must_use]
    pub const fn present(self) -> u8 {
        self.present
    }

    /// How many were needed.
    #[must_use]
    pub const fn needed(self) -> u8 {
        self.needed
    }
}

/// Everyone in the room accepted the current ground rules before the first story (R-08).
///
/// ```compile_fail
/// let accepted = peercircle_core::GroundRulesAccepted { version: 1 }; // private field
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroundRulesAccepted {
    version: u16,
    by: SeatSet,
}

impl GroundRulesAccepted {
    pub(crate) const fn of(cycle: &Cycle, present: SeatSet) -> Self {
        let ledger = cycle.ledger();
        Self { version: ledger.rules_version, by: ledger.accepted_rules.and(present) }
    }

    /// The version they accepted.
    #[must_use]
    pub const fn version(self) -> u16 {
        self.version
    }

    /// Who accepted it.
    #[must_use]
    pub const fn by(self) -> SeatSet {
        self.by
    }
}

/// Nobody present still waits for a turn (R-30).
///
/// ```compile_fail
/// let over = peercircle_core::RoundOver { heard: Default::default(), unheard: Default::default() }; // private fields
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RoundOver {
    heard: SeatSet,
    unheard: SeatSet,
}

impl RoundOver {
    pub(crate) const fn of(round: &Round) -> Self {
        Self { heard: round.done(), unheard: round.passed().or(round.forfeited()) }
    }

    /// Who spoke.
    #[must_use]
    pub const fn heard(self) -> SeatSet {
        self.heard
    }

    /// Who didn't: passed, left, or the round was closed early.
    #[must_use]
    pub const fn unheard(self) -> SeatSet {
        self.unheard
    }
}

/// Everyone's attendance is marked, so the session can close (R-18).
///
/// ```compile_fail
/// let marked = peercircle_core::AllMarked { session: peercircle_core::SessionKind::Explore }; // private field
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AllMarked {
    session: SessionKind,
    minutes: u16,
}

impl AllMarked {
    pub(crate) const fn of(session: SessionKind, minutes: u16) -> Self {
        Self { session, minutes }
    }

    /// The session it was.
    #[must_use]
    pub const fn session(self) -> SessionKind {
        self.session
    }

    /// How long it ran, in whole minutes, pauses left out.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.minutes
    }
}
