//! `practice.toml`: the month between the sessions, the report, and what lasts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Text;

/// The month between the sessions, and what comes after: the file `practice.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Practice {
    /// If-then plans to start one's own from.
    #[schemars(length(min = 4, max = 10))]
    pub if_then: Vec<IfThen>,
    /// A tip and questions for the buddies' check-in, a week each.
    #[schemars(length(min = 4, max = 4))]
    pub weeks: Vec<Week>,
    /// The practice log.
    pub log: Worksheet,
    /// The practice report.
    pub report: Worksheet,
    /// How to begin when reporting back.
    pub report_back: ReportBack,
    /// What lasts.
    pub adoption: Lasting,
}

/// An if-then plan to start one's own from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct IfThen {
    /// The strategy it puts to use, by id.
    pub strategy: String,
    /// The situation, with the word that opens it in its language: "If Kim brings me a decision".
    #[serde(rename = "if")]
    #[schemars(length(min = 10, max = 200))]
    pub situation: Text,
    /// What I will do then, with the word that opens it: "then I ask what Kim would do". A comma goes between the two.
    #[serde(rename = "then")]
    #[schemars(length(min = 10, max = 240))]
    pub behaviour: Text,
}

/// A week of practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Week {
    /// The tip in a few words.
    #[schemars(length(min = 5, max = 60))]
    pub title: Text,
    /// The tip.
    #[schemars(length(min = 80, max = 600))]
    pub tip: Text,
    /// What the buddies ask each other.
    #[schemars(length(min = 2, max = 4))]
    pub buddy: Vec<Text>,
}

/// Questions to answer in writing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Worksheet {
    /// The questions.
    #[schemars(length(min = 3, max = 7))]
    pub questions: Vec<Text>,
}

/// How to begin when reporting back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ReportBack {
    /// Beginnings of sentences.
    #[schemars(length(min = 3, max = 6))]
    pub prompts: Vec<Text>,
}

/// What lasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Lasting {
    /// What can be seen months later.
    #[schemars(length(min = 3, max = 6))]
    pub looks_like: Vec<Text>,
    /// What to ask oneself before committing.
    #[schemars(length(min = 2, max = 4))]
    pub questions: Vec<Text>,
}
