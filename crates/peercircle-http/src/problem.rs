//! Problems: every "no" of the API, as RFC 9457 has it.

mod kinds;
mod of_errors;

use std::borrow::Cow;

use peercircle_core::RefusalView;
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use self::kinds::KINDS;

/// A "no", sent as `application/problem+json`.
///
/// # Example
/// ```
/// use peercircle_http::Problem;
/// let problem = Problem::new("not_found", "expected a cycle of yours, got `c-9`");
/// assert_eq!((problem.status, problem.title), (404, "There is no such thing, or none that is yours."));
/// assert_eq!(problem.expected.as_deref(), Some("a cycle of yours"));
/// assert_eq!(problem.got.as_deref(), Some("`c-9`"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Problem {
    /// `urn:peercircle:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of problem it is, a sentence: the same for every problem of this code.
    pub title: &'static str,
    /// The status of the answer.
    pub status: u16,
    /// The stable code.
    pub code: Cow<'static, str>,
    /// What was wrong this time.
    pub detail: String,
    /// What would have worked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
    /// What would help, a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub helps: Option<String>,
    /// The rules that refuse, such as `R-21`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Everything that refuses, with the facts that decided and what would unblock it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<RefusalView>,
    /// Everything that is wrong with what was sent, and where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<Issue>,
    /// After how many seconds to try again.
    #[serde(skip)]
    pub(crate) retry_after: Option<u64>,
}

/// Something wrong with what was sent, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Issue {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1, in characters; of a roster there is the name of the column instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// The field or the column's name, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What kind of mistake it is, where mistakes have kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// What would have worked.
    pub expected: String,
    /// What came.
    pub got: String,
    /// What was likely meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// A "no" on its way out: boxed, as most answers are none.
pub(crate) type No = Box<Problem>;

/// A problem of this code ([`Problem::new`]).
pub(crate) fn no(code: &'static str, detail: impl Into<String>) -> No {
    Box::new(Problem::new(code, detail))
}

impl Problem {
    /// A problem of this code. The detail is one line; one that says "expected A, got B" is told apart into both.
    #[must_use]
    pub fn new(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        let (code, detail) = (code.into(), detail.into());
        let (status, title, helps) = kinds::of(&code);
        let parts = detail.strip_prefix("expected ").and_then(|rest| rest.split_once(", got "));
        let (expected, got) = parts.map(|(expected, got)| (expected.to_owned(), got.to_owned())).unzip();
        Self {
            kind: format!("urn:peercircle:problem:{code}"),
            title,
            status,
            code,
            expected,
            got,
            helps: (!helps.is_empty()).then(|| helps.to_owned()),
            rules: Vec::new(),
            refusals: Vec::new(),
            issues: Vec::new(),
            retry_after: (status == 503).then_some(1),
            detail,
        }
    }

    /// With what would help.
    #[must_use]
    pub fn helped(self, helps: impl Into<String>) -> Self {
        Self { helps: Some(helps.into()), ..self }
    }

    pub(crate) fn issues(self, issues: Vec<Issue>) -> Self {
        Self { issues, ..self }
    }

    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// The machine's "no" to a command: the first refusal decides the status.
    #[must_use]
    pub fn refused(refusals: Vec<RefusalView>) -> Self {
        let Some(first) = refusals.first() else { return Self::new("refused", "expected what the rules allow, got a no") };
        let mut problem = Self::new(first.code, first.says.clone()).helped(first.helps.clone());
        for refusal in &refusals {
            if !problem.rules.contains(&refusal.rule) {
                problem.rules.push(refusal.rule.clone());
            }
        }
        problem.refusals = refusals;
        problem
    }

    /// An error of ours: what it was about is for the log, by its code, and for nobody else.
    pub(crate) fn is_ours(&self) -> bool {
        self.status >= 500
    }
}
