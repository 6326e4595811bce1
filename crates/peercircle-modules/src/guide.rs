//! `guide.toml`: what the facilitator says, asks and does, phase by phase.

use peercircle_core::{PhaseKind, SessionKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Text;

/// The facilitator's guide to both sessions: the file `guide.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Guide {
    /// Session 1.
    pub explore: ExploreGuide,
    /// Session 2.
    pub reflect: ReflectGuide,
    /// What to do when it doesn't go as planned.
    pub moments: Moments,
}

/// Session 1, explore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ExploreGuide {
    /// What to have ready.
    #[schemars(length(min = 1, max = 6))]
    pub prepare: Vec<Text>,
    /// Agenda, objectives, the facilitator's role.
    pub welcome: PhaseGuide,
    /// Everyone tells a story.
    pub story_sharing: PhaseGuide,
    /// Causes, and what is in our control.
    pub discussion: PhaseGuide,
    /// The module's materials.
    pub skill_building: PhaseGuide,
    /// Each plans alone, then sums up.
    pub action_planning: PhaseGuide,
    /// The practice report and the date of session 2.
    pub next_steps: PhaseGuide,
    /// What each takes away.
    pub takeaways: PhaseGuide,
}

/// Session 2, reflect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ReflectGuide {
    /// What to have ready.
    #[schemars(length(min = 1, max = 6))]
    pub prepare: Vec<Text>,
    /// Back together.
    pub welcome: PhaseGuide,
    /// Everyone reports back.
    pub report_back: PhaseGuide,
    /// What the group learns from each other's practice.
    pub lessons_learned: PhaseGuide,
    /// What each keeps.
    pub adoption: PhaseGuide,
    /// What each takes away.
    pub takeaways: PhaseGuide,
}

/// One phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PhaseGuide {
    /// What to say to open it.
    #[schemars(length(min = 15, max = 700))]
    pub say: Text,
    /// Prompts and questions, in the order of their use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<Text>,
    /// What to do, in order.
    #[serde(rename = "do")]
    #[schemars(length(min = 1, max = 7))]
    pub steps: Vec<Text>,
    /// How its minutes are used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<Slot>,
    /// What to say to close it.
    #[schemars(length(min = 10, max = 400))]
    pub close: Text,
}

/// Some minutes of a phase: an exercise, or something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Slot {
    /// How many.
    #[schemars(range(min = 1, max = 60))]
    pub minutes: u32,
    /// The exercise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exercise: Option<String>,
    /// What else happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<Text>,
}

/// What to do when it doesn't go as planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Moments {
    /// The group drifts.
    pub drift: Moment,
    /// One person dominates.
    pub dominance: Moment,
    /// Someone passes.
    pub passing: Moment,
    /// Time runs out.
    pub overrun: Moment,
    /// Nobody says anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<Moment>,
    /// It gets too close to someone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distress: Option<Moment>,
}

/// What to do and to say in such a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Moment {
    /// What to do.
    #[serde(rename = "do")]
    #[schemars(length(min = 20, max = 400))]
    pub what: Text,
    /// What to say.
    #[schemars(length(min = 10, max = 300))]
    pub say: Text,
}

impl Guide {
    /// A session's phases in their order.
    #[must_use]
    pub fn phases(&self, session: SessionKind) -> Vec<(PhaseKind, &PhaseGuide)> {
        session.phases().iter().filter_map(|phase| Some((*phase, self.phase(session, *phase)?))).collect()
    }

    /// One phase; none where the session hasn't got it.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{PhaseKind, SessionKind};
    /// use peercircle_modules::Catalogue;
    /// let catalogue = Catalogue::builtin();
    /// let module = catalogue.module("coaching-employees", "en").unwrap();
    /// let discussion = module.guide.phase(SessionKind::Explore, PhaseKind::Discussion).unwrap();
    /// assert_eq!(discussion.ask[1].as_str(), "What do we gain by being the one who knows?");
    /// assert_eq!(module.guide.phase(SessionKind::Reflect, PhaseKind::Discussion), None);
    /// ```
    #[must_use]
    pub const fn phase(&self, session: SessionKind, phase: PhaseKind) -> Option<&PhaseGuide> {
        let (explore, reflect) = (&self.explore, &self.reflect);
        match (session, phase) {
            (SessionKind::Explore, PhaseKind::Welcome) => Some(&explore.welcome),
            (SessionKind::Explore, PhaseKind::StorySharing) => Some(&explore.story_sharing),
            (SessionKind::Explore, PhaseKind::Discussion) => Some(&explore.discussion),
            (SessionKind::Explore, PhaseKind::SkillBuilding) => Some(&explore.skill_building),
            (SessionKind::Explore, PhaseKind::ActionPlanning) => Some(&explore.action_planning),
            (SessionKind::Explore, PhaseKind::NextSteps) => Some(&explore.next_steps),
            (SessionKind::Explore, PhaseKind::Takeaways) => Some(&explore.takeaways),
            (SessionKind::Reflect, PhaseKind::Welcome) => Some(&reflect.welcome),
            (SessionKind::Reflect, PhaseKind::ReportBack) => Some(&reflect.report_back),
            (SessionKind::Reflect, PhaseKind::LessonsLearned) => Some(&reflect.lessons_learned),
            (SessionKind::Reflect, PhaseKind::Adoption) => Some(&reflect.adoption),
            (SessionKind::Reflect, PhaseKind::Takeaways) => Some(&reflect.takeaways),
            (SessionKind::Explore, PhaseKind::ReportBack | PhaseKind::LessonsLearned | PhaseKind::Adoption)
            | (
                SessionKind::Reflect,
                PhaseKind::StorySharing
                | PhaseKind::Discussion
                | PhaseKind::SkillBuilding
                | PhaseKind::ActionPlanning
                | PhaseKind::NextSteps,
            ) => None,
        }
    }

    /// What members of a session have ready.
    #[must_use]
    pub fn prepare(&self, session: SessionKind) -> &[Text] {
        match session {
            SessionKind::Explore => &self.explore.prepare,
            SessionKind::Reflect => &self.reflect.prepare,
        }
    }
}
