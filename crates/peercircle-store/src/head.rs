//! What a stream is listed by, without reading it.

use std::collections::BTreeSet;

use peercircle_core::{CycleId, Instant, Revision, Stage};

/// What the host wants to find a stream by. The store keeps it and thinks nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Where the cycle is.
    pub stage: Stage,
    /// When the host has to look at it next.
    pub next_due: Option<Instant>,
    /// Until when everything due has been told.
    pub told_until: Instant,
    /// Words to find it by, such as `member:ana`; a few, and short. No tag holds a newline.
    pub tags: BTreeSet<String>,
}

impl Default for Summary {
    /// Nothing is known.
    fn default() -> Self {
        Self { stage: Stage::Unformed, next_due: None, told_until: Instant::default(), tags: BTreeSet::new() }
    }
}

/// A stream as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The stream.
    pub stream: CycleId,
    /// How many events it has.
    pub version: Revision,
    /// What it is listed by.
    pub summary: Summary,
}

/// Which streams to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// All, by id.
    All,
    /// Those due by then, earliest first.
    Due(Instant),
    /// Those that have this tag, by id.
    Tagged(String),
}
