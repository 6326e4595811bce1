//! What is wrong with a file: every issue with its place, what was expected, what stands there, what was likely meant.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong with a file.
///
/// Shown as one line: ``line 12, column 9: `quorum.floor`: expected 2 to 4, got `9` ``.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FileIssue {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// What kind of issue it is.
    pub kind: IssueKind,
    /// Where it stands, such as `explore.discussion.minutes`; empty where the text itself can't be read.
    pub path: String,
    /// What would have been accepted.
    pub expected: String,
    /// What stands there.
    pub got: String,
    /// What was likely meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

impl fmt::Display for FileIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, "`{}`: ", self.path)?;
        }
        write!(f, "expected {}, got {}", self.expected, self.got)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

/// What kind of issue it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IssueKind {
    /// The same key stands twice in one table.
    DuplicateKey,
    /// A key that can't be left out is missing.
    MissingKey,
    /// A number lies outside its range.
    OutOfRange,
    /// What could be said better: the length of a text, its reading level, its spelling.
    Style,
    /// The text is not TOML or not JSON.
    Syntax,
    /// A key that doesn't exist there.
    UnknownKey,
    /// A word that isn't one of those possible here.
    UnknownValue,
    /// What the file says as a whole contradicts itself or a rule.
    Unsound,
    /// A value of another type, such as a text where a number belongs.
    WrongType,
}

impl IssueKind {
    /// The stable code of this kind.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DuplicateKey => "duplicate_key",
            Self::MissingKey => "missing_key",
            Self::OutOfRange => "out_of_range",
            Self::Style => "style",
            Self::Syntax => "syntax",
            Self::UnknownKey => "unknown_key",
            Self::UnknownValue => "unknown_value",
            Self::Unsound => "unsound",
            Self::WrongType => "wrong_type",
        }
    }
}

/// Everything that is wrong with a file, in the order of the file; never empty. Shown one issue a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FileIssues {
    issues: Vec<FileIssue>,
}

impl FileIssues {
    /// The issues, in the order of the file.
    #[must_use]
    pub fn issues(&self) -> &[FileIssue] {
        &self.issues
    }

    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_file"
    }

    /// Gives each issue the line and column of its byte, in one pass over the text: a file of one long line is no slower.
    #[must_use]
    pub fn placed(text: &str, mut found: Vec<Found>) -> Self {
        found.sort_by(|one, other| (one.at, &one.path).cmp(&(other.at, &other.path)));
        let (mut line, mut column) = (1_u32, 1_u32);
        let mut chars = text.char_indices().peekable();
        let place = |one: Found| {
            while let Some((_, passed)) = chars.next_if(|(at, _)| *at < one.at) {
                (line, column) = match passed {
                    '\n' => (line.saturating_add(1), 1),
                    '\u{feff}' => (line, column),
                    _ => (line, column.saturating_add(1)),
                };
            }
            let Found { at: _, kind, path, expected, got, suggestion } = one;
            FileIssue { line, column, kind, path, expected, got, suggestion }
        };
        Self { issues: found.into_iter().map(place).collect() }
    }
}

impl fmt::Display for FileIssues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, issue) in self.issues.iter().enumerate() {
            write!(f, "{}{issue}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for FileIssues {}

impl<'a> IntoIterator for &'a FileIssues {
    type Item = &'a FileIssue;
    type IntoIter = std::slice::Iter<'a, FileIssue>;

    fn into_iter(self) -> Self::IntoIter {
        self.issues.iter()
    }
}

/// An issue that knows its byte, not yet its line.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its first byte.
    pub at: usize,
    /// What kind of issue it is.
    pub kind: IssueKind,
    /// Where it stands, such as `explore.discussion.minutes`.
    pub path: String,
    /// What would have been accepted.
    pub expected: String,
    /// What stands there.
    pub got: String,
    /// What was likely meant.
    pub suggestion: Option<String>,
}

impl Found {
    /// A text that can't be read from its byte `at` on.
    pub fn syntax(at: usize, expected: impl Into<String>, got: impl Into<String>) -> Self {
        let (path, kind) = (String::new(), IssueKind::Syntax);
        Self { at, kind, path, expected: expected.into(), got: got.into(), suggestion: None }
    }

    /// A key that stands in its table again.
    #[must_use]
    pub fn twice(at: usize, path: String, key: &str) -> Self {
        let (expected, got) = ("each key once".to_owned(), format!("{} again", quoted(key)));
        Self { at, kind: IssueKind::DuplicateKey, path, expected, got, suggestion: None }
    }
}

/// How much of someone's text a message repeats, in characters.
const MAX_QUOTED_CHARS: usize = 60;

/// Someone's text in backticks: on one line, and cut where it is long.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut shown = String::from("`");
    for (at, one) in text.chars().enumerate() {
        if at == MAX_QUOTED_CHARS {
            shown.push('…');
            break;
        }
        match one {
            '"' | '\'' | '\\' => shown.push(one),
            other => shown.extend(other.escape_debug()),
        }
    }
    shown.push('`');
    shown
}
