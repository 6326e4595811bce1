//! What is wrong with a history that this machine never wrote.

use crate::{Instant, Revision, Stage};

/// A history that this machine never wrote. The cycle is as it was before the event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// Events are missing, doubled or out of order.
    #[error("event {got}: expected event {expected} next")]
    OutOfSequence {
        /// The number that had to come.
        expected: Revision,
        /// The number that came.
        got: Revision,
    },
    /// An event lies before the one ahead of it.
    #[error("event {seq}: expected a time not before {last}, got {at}")]
    BackInTime {
        /// The event.
        seq: Revision,
        /// The time of the event before it.
        last: Instant,
        /// Its own time.
        at: Instant,
    },
    /// The event can't happen there.
    #[error("event {seq}: `{event}` can't happen in {}", stage.label())]
    NotHere {
        /// The event.
        seq: Revision,
        /// Its type.
        event: &'static str,
        /// Where the cycle was.
        stage: Stage,
    },
}

impl ReplayError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::OutOfSequence { .. } => "out_of_sequence",
            Self::BackInTime { .. } => "back_in_time",
            Self::NotHere { .. } => "not_here",
        }
    }

    /// The event at which the history went wrong.
    #[must_use]
    pub const fn seq(&self) -> Revision {
        match self {
            Self::OutOfSequence { got, .. } => *got,
            Self::BackInTime { seq, .. } | Self::NotHere { seq, .. } => *seq,
        }
    }
}
