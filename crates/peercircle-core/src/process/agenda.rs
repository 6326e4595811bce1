//! The agenda of a session: its phases with their minutes and words.
//!
//! In a file a phase is a table of its own (`[explore.discussion]`) and says only what differs from the preset. The order of
//! the phases can't be written, so it can't be written wrongly (R-01).

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap as _};

use super::preset;
use crate::{PhaseKind, SessionKind};

/// The phases of a session, in the order that never changes.
///
/// # Example
/// ```
/// use peercircle_core::{PhaseKind, ProcessSpec};
/// let spec: ProcessSpec = serde_json::from_str(r#"{"explore": {"discussion": {"minutes": 20}}}"#)?;
/// assert_eq!(spec.explore.phase(PhaseKind::Discussion).map(|one| one.minutes), Some(20));
/// assert_eq!(spec.explore.phase(PhaseKind::Takeaways).map(|one| one.minutes), Some(10));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agenda {
    phases: Vec<PhaseBox>,
}

/// A phase on an agenda.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PhaseBox {
    /// Which phase.
    #[serde(skip)]
    pub phase: PhaseKind,
    /// Its time box in minutes, 1 to 240. 0 leaves out discussion, skill building, next steps or lessons learned; no other.
    pub minutes: u16,
    /// The minutes below which re-planning doesn't press it, at most `minutes` (R-34). 0: it isn't protected.
    pub floor_minutes: u16,
    /// Its name on the screen.
    pub title: String,
    /// What it is for, one sentence.
    pub purpose: String,
    /// What the facilitator says to open it.
    pub prompt: String,
}

impl Agenda {
    pub(super) const fn new(phases: Vec<PhaseBox>) -> Self {
        Self { phases }
    }

    /// What this agenda says of `phase`, if the session has it.
    pub fn phase_mut(&mut self, phase: PhaseKind) -> Option<&mut PhaseBox> {
        self.phases.iter_mut().find(|one| one.phase == phase)
    }

    /// What this agenda says of `phase`, if the session has it.
    #[must_use]
    pub fn phase(&self, phase: PhaseKind) -> Option<&PhaseBox> {
        self.phases.iter().find(|one| one.phase == phase)
    }

    /// The phases in their order.
    #[must_use]
    pub fn phases(&self) -> &[PhaseBox] {
        &self.phases
    }
}

impl Serialize for Agenda {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.phases.len()))?;
        for one in &self.phases {
            map.serialize_entry(one.phase.name(), one)?;
        }
        map.end()
    }
}

#[derive(Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
struct Said {
    /// Its time box in minutes, 1 to 240. 0 leaves out discussion, skill building, next steps or lessons learned; no other.
    minutes: Option<u16>,
    /// The minutes below which re-planning doesn't press it, at most `minutes` (R-34). 0: it isn't protected.
    floor_minutes: Option<u16>,
    /// Its name on the screen.
    title: Option<String>,
    /// What it is for, one sentence.
    purpose: Option<String>,
    /// What the facilitator says to open it.
    prompt: Option<String>,
}

macro_rules! said {
    ($(#[$doc:meta])* $name:ident, $session:expr, $with:ident, $($field:ident = $phase:ident),+) => {
        $(#[$doc])*
        #[derive(Default, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(default, deny_unknown_fields)]
        pub(super) struct $name {
            $($field: Said,)+
        }

        /// Reads what a file says over the preset's agenda.
        pub(super) fn $with<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Agenda, D::Error> {
            let said = $name::deserialize(deserializer)?;
            let mut agenda = preset::agenda_of($session);
            $(if let Some(one) = agenda.phase_mut(PhaseKind::$phase) { one.hear(said.$field); })+
            Ok(agenda)
        }
    };
}

said!(
    /// What a file says of session 1.
    ExploreAgenda, SessionKind::Explore, read_explore,
    welcome = Welcome, story_sharing = StorySharing, discussion = Discussion, skill_building = SkillBuilding,
    action_planning = ActionPlanning, next_steps = NextSteps, takeaways = Takeaways
);
said!(
    /// What a file says of session 2.
    ReflectAgenda, SessionKind::Reflect, read_reflect,
    welcome = Welcome, report_back = ReportBack, lessons_learned = LessonsLearned, adoption = Adoption,
    takeaways = Takeaways
);

impl PhaseBox {
    fn hear(&mut self, said: Said) {
        self.minutes = said.minutes.unwrap_or(self.minutes);
        self.floor_minutes = said.floor_minutes.unwrap_or_else(|| self.floor_minutes.min(self.minutes));
        for (field, word) in
            [(&mut self.title, said.title), (&mut self.purpose, said.purpose), (&mut self.prompt, said.prompt)]
        {
            if let Some(word) = word {
                *field = word;
            }
        }
    }
}
