//! The Markdown files: a typed front, and prose.

use peercircle_core::PhaseKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Block, Text};

/// A text of several sections: the files `reference.md` and `case.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Document {
    /// What stands in its front.
    pub front: DocumentFront,
    /// The text.
    pub body: Vec<Block>,
}

/// The front of a [`Document`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DocumentFront {
    /// Its title.
    #[schemars(length(min = 3, max = 80))]
    pub title: Text,
}

/// Something to do together: a file in `exercises/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Exercise {
    /// The name of its file, without `.md`.
    pub id: String,
    /// What stands in its front.
    pub front: ExerciseFront,
    /// How it goes.
    pub body: Vec<Block>,
}

/// The front of an [`Exercise`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ExerciseFront {
    /// Its title.
    #[schemars(length(min = 3, max = 60))]
    pub title: Text,
    /// The phase it belongs to.
    pub phase: ExercisePhase,
    /// How long it takes, in minutes.
    #[schemars(range(min = 2, max = 25))]
    pub minutes: u32,
    /// Who does it together.
    pub setting: Setting,
    /// The strategies it practises, by id.
    #[schemars(length(min = 1, max = 7))]
    pub strategies: Vec<String>,
    /// The job aids it uses, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub job_aids: Vec<String>,
}

/// A phase that has room for exercises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExercisePhase {
    /// In session 1.
    Discussion,
    /// In session 1.
    SkillBuilding,
    /// In session 1.
    ActionPlanning,
    /// In session 2.
    LessonsLearned,
}

impl ExercisePhase {
    /// All four, in the order of the sessions.
    pub const ALL: [Self; 4] = [Self::Discussion, Self::SkillBuilding, Self::ActionPlanning, Self::LessonsLearned];

    /// The phase.
    #[must_use]
    pub const fn kind(self) -> PhaseKind {
        match self {
            Self::Discussion => PhaseKind::Discussion,
            Self::SkillBuilding => PhaseKind::SkillBuilding,
            Self::ActionPlanning => PhaseKind::ActionPlanning,
            Self::LessonsLearned => PhaseKind::LessonsLearned,
        }
    }
}

/// Who does an exercise together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Everyone alone.
    Alone,
    /// Two and two; with an odd number, three in one place.
    Pairs,
    /// Three and three.
    Trios,
    /// All of the group.
    WholeGroup,
}

/// A page for the desk or the pocket: a file in `job-aids/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct JobAid {
    /// The name of its file, without `.md`.
    pub id: String,
    /// What stands in its front.
    pub front: JobAidFront,
    /// What it says.
    pub body: Vec<Block>,
}

/// The front of a [`JobAid`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct JobAidFront {
    /// Its title.
    #[schemars(length(min = 3, max = 60))]
    pub title: Text,
    /// What kind of page it is.
    pub kind: JobAidKind,
    /// The strategies it helps with, by id.
    #[schemars(length(min = 1, max = 7))]
    pub strategies: Vec<String>,
}

/// What kind of page a job aid is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobAidKind {
    /// Points to tick off.
    Checklist,
    /// A way to a decision.
    Decision,
    /// Words to say.
    Script,
    /// Something to look up.
    Table,
}
