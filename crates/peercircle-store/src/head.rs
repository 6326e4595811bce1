//! What a stream is listed by, without reading it.

use std::{collections::BTreeSet, sync::Arc};

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
    /// Words to find it by, such as `member:ana`; a few, and short.
    pub tags: Tags,
}

impl Default for Summary {
    /// Nothing is known.
    fn default() -> Self {
        Self { stage: Stage::Unformed, next_due: None, told_until: Instant::default(), tags: Tags::default() }
    }
}

/// Words, each once and in order. A line each: what a line feed separates are two, and an empty one is none. Clones share the text.
///
/// # Example
/// ```
/// use peercircle_store::Tags;
/// let tags: Tags = ["room:bo", "member:bo", "room:bo"].into_iter().collect();
/// assert!(tags.contains("room:bo") && !tags.contains("room"));
/// assert_eq!(tags.as_str(), "member:bo\nroom:bo");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Arc<str>);

impl Tags {
    /// All of them, a line each.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        words(&self.0)
    }

    /// Whether this is one of them.
    #[must_use]
    pub fn contains(&self, tag: &str) -> bool {
        self.iter().any(|one| one == tag)
    }
}

impl<T: AsRef<str>> FromIterator<T> for Tags {
    fn from_iter<I: IntoIterator<Item = T>>(tags: I) -> Self {
        let all: Vec<T> = tags.into_iter().collect();
        let sorted: BTreeSet<&str> = all.iter().flat_map(|tag| words(tag.as_ref())).collect();
        Self(sorted.into_iter().collect::<Vec<_>>().join("\n").into())
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').filter(|word| !word.is_empty())
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
