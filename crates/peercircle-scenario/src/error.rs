//! What is wrong with a script.

/// A script that can't be read. Lines count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// A line is not what it has to be.
    #[error("line {line}: expected {expected}, got {got}")]
    Line {
        /// The line.
        line: usize,
        /// What would have been read.
        expected: &'static str,
        /// What came.
        got: String,
    },
    /// The header's process is none.
    #[error("line 1: {reason}")]
    Process {
        /// Why not.
        reason: String,
    },
}

impl ScenarioError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Line { .. } => "unreadable_line",
            Self::Process { .. } => "invalid_process",
        }
    }
}
