//! `module.toml`: what a module is about, its strategies and its sources.

use peercircle_core::StrategyId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Text;

/// What a module is about: the file `module.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct About {
    /// Its title.
    #[schemars(length(min = 3, max = 60))]
    pub title: Text,
    /// Its version, counted up with each change that a group should know of.
    #[schemars(range(min = 1, max = 9999))]
    pub version: u32,
    /// The category it belongs to.
    pub category: Category,
    /// One line for a list.
    #[schemars(length(min = 30, max = 110))]
    pub summary: Text,
    /// The challenge in a manager's own words.
    #[schemars(length(min = 120, max = 800))]
    pub challenge: Text,
    /// Whom it is for.
    #[schemars(length(min = 20, max = 240))]
    pub audience: Text,
    /// What can be seen in a member's behaviour afterwards; each starts with a verb.
    #[schemars(length(min = 3, max = 6))]
    pub objectives: Vec<Text>,
    /// The exercises by their files' names without `.md`, in the order of their use.
    #[schemars(length(min = 2, max = 6))]
    pub exercises: Vec<String>,
    /// The job aids by their files' names without `.md`.
    #[schemars(length(min = 2, max = 6))]
    pub job_aids: Vec<String>,
    /// Names and terms in this module that a dictionary doesn't know.
    #[serde(default)]
    pub words: Vec<String>,
    /// What members can try: action plans, reports and adoptions refer to these.
    #[schemars(length(min = 4, max = 7))]
    pub strategies: Vec<Strategy>,
    /// Videos worth the time; none is needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub videos: Vec<Video>,
    /// What the reference text draws on.
    #[schemars(length(min = 3, max = 12))]
    pub sources: Vec<Source>,
}

/// The eight categories that modules come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Listening, telling, giving feedback.
    Communication,
    /// Between people, teams and departments.
    ConflictManagement,
    /// The manager's own part: style, decisions, role.
    Management,
    /// Expectations, reviews, shortfalls.
    PerformanceManagement,
    /// Coaching, learning, careers.
    StaffDevelopment,
    /// Working on oneself.
    SelfImprovement,
    /// The daily work with each report.
    Supervision,
    /// The team as a whole.
    TeamManagement,
}

impl Category {
    /// All eight.
    pub const ALL: [Self; 8] = [
        Self::Communication,
        Self::ConflictManagement,
        Self::Management,
        Self::PerformanceManagement,
        Self::StaffDevelopment,
        Self::SelfImprovement,
        Self::Supervision,
        Self::TeamManagement,
    ];

    /// Its name for people, in English.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Communication => "Communication",
            Self::ConflictManagement => "Conflict management",
            Self::Management => "Management",
            Self::PerformanceManagement => "Performance management",
            Self::StaffDevelopment => "Staff development",
            Self::SelfImprovement => "Self-improvement",
            Self::Supervision => "Supervision",
            Self::TeamManagement => "Team management",
        }
    }

    /// Its name in a file, such as `team_management`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Communication => "communication",
            Self::ConflictManagement => "conflict_management",
            Self::Management => "management",
            Self::PerformanceManagement => "performance_management",
            Self::StaffDevelopment => "staff_development",
            Self::SelfImprovement => "self_improvement",
            Self::Supervision => "supervision",
            Self::TeamManagement => "team_management",
        }
    }
}

/// Something a member can try at work, and keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Strategy {
    /// Its id, which never changes: cycles refer to it.
    #[schemars(with = "String")]
    pub id: StrategyId,
    /// Its name, as something to do.
    #[schemars(length(min = 5, max = 60))]
    pub name: Text,
    /// When it works.
    #[schemars(length(min = 20, max = 300))]
    pub when: Text,
    /// When it doesn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caution: Option<Text>,
    /// How to do it.
    #[schemars(length(min = 3, max = 6))]
    pub steps: Vec<Text>,
    /// The first sentence to say.
    #[schemars(length(min = 10, max = 300))]
    pub say: Text,
    /// Signs that it works.
    #[schemars(length(min = 2, max = 4))]
    pub signs: Vec<Text>,
}

/// A video worth the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Video {
    /// Its title, who speaks, and where it can be found.
    pub title: Text,
    /// Its length, in minutes.
    #[schemars(range(min = 1, max = 180))]
    pub minutes: u32,
    /// What it is good for.
    pub note: Text,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Something the reference text draws on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Source {
    /// What `[@id]` in a text calls it.
    #[schemars(length(min = 2, max = 40))]
    pub id: String,
    /// Who wrote it, family name first.
    pub author: Text,
    /// When it came out.
    #[schemars(range(min = 1800, max = 2100))]
    pub year: u32,
    /// What it is called.
    pub title: Text,
    /// Who published it, or in which journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Text>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}
