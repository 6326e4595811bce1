//! The tree that TOML and JSON are both read into: values that know where they stand.

use crate::issue::{Found, quoted};

/// A value and its first byte in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its first byte.
    pub at: usize,
    /// What it is.
    pub data: Data,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// A date or a time; only TOML has them.
    Date(String),
    /// True or false.
    Flag(bool),
    /// A list.
    List(Vec<Node>),
    /// Nothing; only JSON has it.
    Null,
    /// A number as it stands there, and its value if it is a whole one.
    Number {
        /// As it stands there.
        text: String,
        /// Its value, if it is a whole one.
        whole: Option<i128>,
    },
    /// A table.
    Table(Vec<Entry>),
    /// A text.
    Text(String),
}

/// A key, its first byte, and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Its first byte.
    pub at: usize,
    /// What it stands for.
    pub node: Node,
}

/// What a reader makes of a text.
#[derive(Debug)]
pub enum Read {
    /// A tree, and the keys that stand in it twice.
    Tree(Node, Vec<Found>),
    /// Not TOML or not JSON, and why.
    Unreadable(Vec<Found>),
}

impl Data {
    /// The value in a message.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Date(text) | Self::Number { text, .. } => quoted(text),
            Self::Flag(flag) => quoted(if *flag { "true" } else { "false" }),
            Self::List(list) if list.is_empty() => "an empty list".to_owned(),
            Self::List(_) => "a list".to_owned(),
            Self::Null => quoted("null"),
            Self::Table(entries) if entries.is_empty() => "an empty table".to_owned(),
            Self::Table(_) => "a table".to_owned(),
            Self::Text(text) => quoted(&format!("\"{text}\"")),
        }
    }

    /// The value as a word, if it is one: what the machine would call it, too.
    #[must_use]
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Date(text) | Self::Number { text, .. } | Self::Text(text) => Some(text),
            Self::Flag(_) | Self::List(_) | Self::Null | Self::Table(_) => None,
        }
    }
}

/// How much of a key a path repeats, in characters: the longest that a process knows has half of it.
const MAX_KEY_CHARS: usize = 60;

/// The place of `key` in the table at `path`.
#[must_use]
pub fn join(path: &str, key: &str) -> String {
    let dot = if path.is_empty() { "" } else { "." };
    match key.char_indices().nth(MAX_KEY_CHARS).and_then(|(at, _)| key.get(..at)) {
        Some(cut) => format!("{path}{dot}{cut}…"),
        None => format!("{path}{dot}{key}"),
    }
}
