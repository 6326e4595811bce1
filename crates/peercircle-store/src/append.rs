//! What is written in one go.

use std::fmt;

use peercircle_core::{CommandId, CycleId, Revision};
use peercircle_wire::{EncodeError, Envelope};

use crate::{OutboxEntry, Position, StoreError, Summary};

/// Where the caller thinks the stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Anywhere; the events still have to be numbered on from where it is.
    Any,
    /// Nowhere: it doesn't exist.
    NoStream,
    /// Exactly at this version, 1 or later.
    Exact(Revision),
}

impl Expected {
    /// The stream at this version; 0 is no stream.
    #[must_use]
    pub const fn at(version: Revision) -> Self {
        match version {
            0 => Self::NoStream,
            version => Self::Exact(version),
        }
    }

    /// Whether a stream at `version` is where the caller thinks; 0 is no stream.
    #[must_use]
    pub const fn fits(self, version: Revision) -> bool {
        match self {
            Self::Any => true,
            Self::NoStream => version == 0,
            Self::Exact(expected) => version == expected && version > 0,
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any version"),
            Self::NoStream => f.write_str("version 0 (no stream)"),
            Self::Exact(version) => write!(f, "version {version}"),
        }
    }
}

/// The answer to one command, as it is to be kept: all of it or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// The cycle.
    pub stream: CycleId,
    /// Where it has to be.
    pub expected: Expected,
    /// The number of the first event.
    pub first: Revision,
    /// The events, an envelope of JSON each, kept byte for byte. May be none: then only the rest is written.
    pub lines: Vec<String>,
    /// The idempotency key, recorded with the numbers of the events.
    pub key: Option<CommandId>,
    /// What the stream is listed by from now on.
    pub summary: Summary,
    /// Tags that no other stream may have when this is committed.
    pub unless: Vec<String>,
    /// The events before `first`, written anew for a person to be erased from them: as many as there are, in their
    /// places. The old text is gone from the store then; copies made before have it.
    pub past: Option<Vec<String>>,
    /// What is to be told outside. An entry whose id was there before is left as it is.
    pub outbox: Vec<OutboxEntry>,
}

impl Append {
    /// These lines, numbered from `first`, with no key, nothing to tell and no condition but `expected`.
    #[must_use]
    pub const fn new(stream: CycleId, expected: Expected, first: Revision, lines: Vec<String>, summary: Summary) -> Self {
        Self { stream, expected, first, lines, key: None, summary, unless: Vec::new(), past: None, outbox: Vec::new() }
    }

    /// Envelopes as lines.
    ///
    /// # Errors
    /// [`EncodeError`], which no event of this machine causes.
    pub fn lines<'a>(envelopes: impl IntoIterator<Item = &'a Envelope>) -> Result<Vec<String>, EncodeError> {
        envelopes.into_iter().map(Envelope::to_line).collect()
    }

    /// The number of the last event; the one before the first where there is none.
    #[must_use]
    pub fn last(&self) -> Revision {
        let count = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        self.first.saturating_sub(1).saturating_add(count)
    }

    /// Whether it can go onto a stream at `version`. For authors of backends.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the stream is elsewhere, or the events aren't numbered on from it;
    /// [`StoreError::Invalid`] where there is neither a stream nor an event, or `past` is of another length.
    pub fn check(&self, version: Revision) -> Result<(), StoreError> {
        let numbered = self.lines.is_empty() || self.first == version.saturating_add(1);
        if !self.expected.fits(version) || !numbered {
            let expected = match self.expected {
                Expected::Any => Expected::at(self.first.saturating_sub(1)),
                stated @ (Expected::NoStream | Expected::Exact(_)) => stated,
            };
            return Err(StoreError::Conflict { stream: self.stream.clone(), expected, actual: version });
        }
        if version == 0 && self.lines.is_empty() {
            let got = format!("none for `{}`, which doesn't exist", self.stream);
            return Err(StoreError::Invalid { expected: "an event to begin a stream with", got });
        }
        match &self.past {
            Some(past) if u32::try_from(past.len()) != Ok(version) => {
                let got = format!("{} for the {version} of `{}`", past.len(), self.stream);
                Err(StoreError::Invalid { expected: "as many events written anew as there are", got })
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// What became of an [`Append`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is kept.
    Done {
        /// The version of the stream now.
        version: Revision,
        /// The position of its last event; that of the store where there was none to append.
        position: Position,
    },
    /// The key was there before, and nothing was written.
    Before {
        /// The first event of the first answer.
        first: Revision,
        /// The last event of it.
        last: Revision,
    },
}
