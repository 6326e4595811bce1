//! What goes wrong in a store, by whose turn it is.

use peercircle_core::{CycleId, Revision};

use crate::Expected;

/// What a store couldn't do. Nothing of the call was done, unless the error says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The stream has moved on, or isn't where the caller thought: load it, decide again.
    #[error("expected `{stream}` at {expected}, got version {actual}")]
    Conflict {
        /// The stream.
        stream: CycleId,
        /// What the caller expected.
        expected: Expected,
        /// Its version; 0 where there is no such stream.
        actual: Revision,
    },
    /// A tag that no other stream was to have: look again, decide again.
    #[error("expected no stream but `{stream}` to have the tag `{tag}`, got `{by}`")]
    Taken {
        /// The stream that was to be appended to.
        stream: CycleId,
        /// The tag.
        tag: String,
        /// The stream that has it.
        by: CycleId,
    },
    /// A document that isn't at the version the caller has seen: read it, change it again.
    #[error("expected the {kind} `{id}` at version {expected}, got {actual}")]
    Stale {
        /// Its kind.
        kind: &'static str,
        /// Its name.
        id: String,
        /// The version the caller has seen; 0 where there was to be none.
        expected: u64,
        /// Its version; 0 where there is none.
        actual: u64,
    },
    /// The call makes no sense: a defect of the caller.
    #[error("expected {expected}, got {got}")]
    Invalid {
        /// What would have worked.
        expected: &'static str,
        /// What came.
        got: String,
    },
    /// The store can't be reached or is busy; the call may or may not have been done. Try again with the same key.
    #[error("expected the store to answer, got {reason}")]
    Unavailable {
        /// What the backend said.
        reason: String,
    },
    /// There is no room left. What was there is there.
    #[error("expected room to write, got {reason}")]
    Full {
        /// What the backend said.
        reason: String,
    },
    /// What is kept is damaged: an operator's turn, with a backup.
    #[error("expected sound data, got {reason}")]
    Corrupt {
        /// What is damaged, as far as that can be said.
        reason: String,
    },
    /// The data was written by a newer version of the backend, or by something else.
    #[error("expected data of {expected}, got {got}")]
    Foreign {
        /// What this backend reads.
        expected: String,
        /// What it found.
        got: String,
    },
}

impl StoreError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => "conflict",
            Self::Taken { .. } => "taken",
            Self::Stale { .. } => "stale",
            Self::Invalid { .. } => "invalid_call",
            Self::Unavailable { .. } => "unavailable",
            Self::Full { .. } => "full",
            Self::Corrupt { .. } => "corrupt",
            Self::Foreign { .. } => "foreign",
        }
    }

    /// The version the stream has, where that is what was wrong.
    #[must_use]
    pub const fn actual_version(&self) -> Option<Revision> {
        match self {
            Self::Conflict { actual, .. } => Some(*actual),
            Self::Taken { .. }
            | Self::Stale { .. }
            | Self::Invalid { .. }
            | Self::Unavailable { .. }
            | Self::Full { .. }
            | Self::Corrupt { .. }
            | Self::Foreign { .. } => None,
        }
    }
}
