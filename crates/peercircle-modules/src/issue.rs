//! What is wrong with modules: every issue with its file and its place in it.

use std::fmt;

use peercircle_file::{FileIssue, FileIssues, Found};
use serde::Serialize;

/// One thing that is wrong with a module.
///
/// Shown as one line: ``delegation/en/guide.toml: line 12, column 9: ...``.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ModuleIssue {
    /// The file, from the folder of all modules on.
    pub file: String,
    /// What is wrong with it.
    pub issue: FileIssue,
}

impl fmt::Display for ModuleIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.issue)
    }
}

/// Everything that is wrong with modules, file by file; never empty. Shown one issue a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ModuleIssues {
    issues: Vec<ModuleIssue>,
}

impl ModuleIssues {
    /// The issues.
    #[must_use]
    pub fn issues(&self) -> &[ModuleIssue] {
        &self.issues
    }

    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_module"
    }

    /// These issues, in the order of their files.
    pub(crate) fn new(mut issues: Vec<ModuleIssue>) -> Self {
        issues.sort_by(|one, other| {
            (&one.file, one.issue.line, one.issue.column).cmp(&(&other.file, other.issue.line, other.issue.column))
        });
        Self { issues }
    }
}

impl fmt::Display for ModuleIssues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, issue) in self.issues.iter().enumerate() {
            write!(f, "{}{issue}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for ModuleIssues {}

/// The issues of one file, placed.
pub(crate) fn placed(file: &str, text: &str, found: Vec<Found>) -> impl Iterator<Item = ModuleIssue> {
    let issues = FileIssues::placed(text, found);
    issues.issues().to_vec().into_iter().map({
        let file = file.to_owned();
        move |issue| ModuleIssue { file: file.clone(), issue }
    })
}
