//! From what the host says to problems.

use peercircle_host::{HostError, RosterIssue, SignInError};
use peercircle_process::{FileIssue, FileIssues};

use super::{Issue, Problem};

impl From<HostError> for Problem {
    fn from(error: HostError) -> Self {
        let words = error.to_string();
        let problem = Self::new(error.code(), words);
        if problem.is_ours() {
            // What the store says of itself is the operator's, not the visitor's.
            let detail = problem.title.to_owned();
            return Self { detail, expected: None, got: None, ..problem };
        }
        match error {
            HostError::Forbidden(no) => problem.helped(no.helps),
            HostError::Roster { issues } => problem.issues(issues.into_iter().map(Issue::from).collect()),
            HostError::Process(issues) => Self::from(&issues),
            HostError::Refused { refusals } => Self::refused(refusals),
            HostError::NotFound { .. }
            | HostError::Invalid { .. }
            | HostError::Issuer { .. }
            | HostError::NoRandomness { .. }
            | HostError::Service(_)
            | _ => problem,
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Host(error) => error.into(),
            other @ (SignInError::Unknown | _) => Self::new(other.code(), other.to_string()),
        }
    }
}

impl From<&FileIssues> for Problem {
    fn from(issues: &FileIssues) -> Self {
        let count = issues.issues().len();
        let detail = format!("expected a process file without mistakes, got {count}");
        Self::new("invalid_process", detail).issues(issues.issues().iter().map(Issue::from).collect())
    }
}

impl From<RosterIssue> for Issue {
    fn from(issue: RosterIssue) -> Self {
        let RosterIssue { line, column, expected, got } = issue;
        Self { line, field: column, expected, got, ..Self::default() }
    }
}

impl From<&FileIssue> for Issue {
    fn from(issue: &FileIssue) -> Self {
        Self {
            line: issue.line.into(),
            column: Some(issue.column.into()),
            field: (!issue.path.is_empty()).then(|| issue.path.clone()),
            code: Some(issue.kind.code()),
            expected: issue.expected.clone(),
            got: issue.got.clone(),
            suggestion: issue.suggestion.clone(),
        }
    }
}

impl From<HostError> for Box<Problem> {
    fn from(error: HostError) -> Self {
        Self::new(error.into())
    }
}

impl From<SignInError> for Box<Problem> {
    fn from(error: SignInError) -> Self {
        Self::new(error.into())
    }
}
