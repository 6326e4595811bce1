//! What is wrong with stored bytes, each with its place and a stable code.

use peercircle_core::{CycleId, EventBody, Instant, ReplayError, Revision};

use crate::WIRE_VERSION;

/// A stored event or history that can't be read or applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes are no UTF-8.
    #[error("expected UTF-8, got another byte after {valid} bytes")]
    NotUtf8 {
        /// How many bytes of the line are UTF-8.
        valid: usize,
    },
    /// The text is no envelope: no JSON, or a field is missing or can't be.
    #[error("expected an envelope, got {reason}")]
    Malformed {
        /// What the reader met, with its column.
        reason: String,
    },
    /// The body has a type this machine knows, but not what belongs to it.
    #[error("event {seq}: expected a `{event}`, got {reason}")]
    MalformedBody {
        /// The event.
        seq: Revision,
        /// Its type.
        event: String,
        /// What the reader met.
        reason: String,
    },
    /// The event is of a newer format than this machine reads.
    #[error("event {seq}: expected format {WIRE_VERSION} or older, got {got}")]
    Newer {
        /// The event.
        seq: Revision,
        /// Its format.
        got: u64,
    },
    /// The event is of an older format than this machine reads.
    #[error("event {seq}: expected format {oldest} or newer, got {got}")]
    Older {
        /// The event.
        seq: Revision,
        /// The oldest format that the upcasters read.
        oldest: u16,
        /// Its format.
        got: u16,
    },
    /// An event of an older format could not be brought to today's.
    #[error("event {seq}: expected `{event}` of format {from} to upcast, got {reason}")]
    Upcast {
        /// The event.
        seq: Revision,
        /// Its type at that format.
        event: String,
        /// The format the upcaster reads.
        from: u16,
        /// What the upcaster said.
        reason: String,
    },
    /// The event belongs to another cycle.
    #[error("event {seq}: expected stream `{expected}`, got `{got}`")]
    OtherStream {
        /// The event.
        seq: Revision,
        /// The cycle of the events before it.
        expected: CycleId,
        /// Its own cycle.
        got: CycleId,
    },
    /// The event has a type this machine doesn't know: it is kept, and can't be applied.
    #[error(
        "event {seq}: expected one of the {} event types of format {WIRE_VERSION}, got `{event}`",
        EventBody::TYPES.len()
    )]
    UnknownType {
        /// The event.
        seq: Revision,
        /// Its type.
        event: String,
    },
    /// The machine can't have written it there.
    #[error(transparent)]
    Replay(#[from] ReplayError),
}

impl DecodeError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "not_utf8",
            Self::Malformed { .. } => "malformed",
            Self::MalformedBody { .. } => "malformed_body",
            Self::Newer { .. } => "newer_format",
            Self::Older { .. } => "older_format",
            Self::Upcast { .. } => "upcast_failed",
            Self::OtherStream { .. } => "other_stream",
            Self::UnknownType { .. } => "unknown_type",
            Self::Replay(error) => error.code(),
        }
    }

    /// The event it speaks of, where so much could be read.
    #[must_use]
    pub const fn seq(&self) -> Option<Revision> {
        match self {
            Self::NotUtf8 { .. } | Self::Malformed { .. } => None,
            Self::MalformedBody { seq, .. }
            | Self::Newer { seq, .. }
            | Self::Older { seq, .. }
            | Self::Upcast { seq, .. }
            | Self::OtherStream { seq, .. }
            | Self::UnknownType { seq, .. } => Some(*seq),
            Self::Replay(error) => Some(error.seq()),
        }
    }

    pub(crate) const fn out_of_sequence(expected: Revision, got: Revision) -> Self {
        Self::Replay(ReplayError::OutOfSequence { expected, got })
    }

    pub(crate) const fn back_in_time(seq: Revision, last: Instant, at: Instant) -> Self {
        Self::Replay(ReplayError::BackInTime { seq, last, at })
    }
}

/// A [`DecodeError`] in a log, with its line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {error}")]
pub struct LineError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub error: DecodeError,
}

impl LineError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.error.code()
    }
}

/// An event that can't be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {seq}: expected to write JSON, got {reason}")]
pub struct EncodeError {
    /// The event.
    pub seq: Revision,
    /// What the writer met.
    pub reason: String,
}

impl EncodeError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "not_encodable"
    }
}
