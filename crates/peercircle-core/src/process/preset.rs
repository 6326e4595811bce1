//! The presets: the field's own process, an action learning set, and a small firm.

use std::collections::BTreeMap;

use super::{
    agenda::{Agenda, PhaseBox},
    spec::{
        AttendancePolicy, ClockPolicy, Facilitation, GapPolicy, GroupPolicy, PlacePolicy, PracticePolicy, ProcessSpec,
        QuorumLost, QuorumPolicy, Relation, RetentionPolicy, SkipPolicy, Switch, TurnOrder, TurnPolicy,
    },
};
use crate::{PhaseKind, Place, Privacy, SessionKind};

impl Default for ProcessSpec {
    /// The preset of the field: Tip #711 of the Peer Learning Institute, with our minutes for session 2.
    fn default() -> Self {
        Self {
            name: "Peer learning group".to_owned(),
            version: 1,
            group: GroupPolicy::default(),
            ground_rules_version: 1,
            orientation: Switch::Off,
            explore: agenda_of(SessionKind::Explore),
            reflect: agenda_of(SessionKind::Reflect),
            phases: SkipPolicy::default(),
            facilitation: Facilitation::default(),
            attendance: AttendancePolicy::default(),
            quorum: QuorumPolicy::default(),
            turns: TurnPolicy::default(),
            clock: ClockPolicy::default(),
            gap: GapPolicy::default(),
            practice: PracticePolicy::default(),
            place: PlacePolicy::default(),
            privacy: Privacy::Named,
            recording: Switch::On,
            retention: RetentionPolicy::default(),
            who_may: BTreeMap::new(),
            rules: Vec::new(),
        }
    }
}

impl ProcessSpec {
    /// The processes that ship, by name: `preset`, `action-learning-set`, `small-firm`.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::ProcessSpec;
    /// let names: Vec<_> = ProcessSpec::presets().map(|(name, _)| name).into();
    /// assert_eq!(names, ["preset", "action-learning-set", "small-firm"]);
    /// ```
    #[must_use]
    pub fn presets() -> [(&'static str, Self); 3] {
        [("preset", Self::default()), ("action-learning-set", action_learning_set()), ("small-firm", small_firm())]
    }
}

/// An action learning set: 4 to 8 people, questions first, the reflection protected.
fn action_learning_set() -> ProcessSpec {
    let mut spec = ProcessSpec {
        name: "Action learning set".to_owned(),
        group: GroupPolicy { minimum: 4, target: 6, maximum: 8, ..GroupPolicy::default() },
        explore: agenda(&SET_EXPLORE),
        reflect: agenda(&SET_REFLECT),
        turns: TurnPolicy { order: TurnOrder::LeastSpokenFirst, ..TurnPolicy::default() },
        ..ProcessSpec::default()
    };
    spec.phases.skippable = vec![PhaseKind::NextSteps];
    spec.gap = GapPolicy { minimum_days: 14, target_days: 28, maximum_days: 45, ..GapPolicy::default() };
    spec
}

/// A small firm: four people, departments may repeat, one shorter session 1.
fn small_firm() -> ProcessSpec {
    ProcessSpec {
        name: "Small firm".to_owned(),
        group: GroupPolicy {
            minimum: 4,
            target: 4,
            maximum: 5,
            distinct_departments: Relation::Relaxed,
            ..GroupPolicy::default()
        },
        explore: agenda(&FIRM_EXPLORE),
        clock: ClockPolicy { overrun_minutes: 10, ..ClockPolicy::default() },
        place: PlacePolicy { allowed: vec![Place::Onsite, Place::Mixed] },
        ..ProcessSpec::default()
    }
}

impl Default for GroupPolicy {
    fn default() -> Self {
        Self { minimum: 4, target: 6, maximum: 6, same_level: Relation::Required, distinct_departments: Relation::Required }
    }
}

impl Default for SkipPolicy {
    fn default() -> Self {
        Self {
            skippable: vec![
                PhaseKind::Discussion,
                PhaseKind::SkillBuilding,
                PhaseKind::NextSteps,
                PhaseKind::LessonsLearned,
            ],
            reopenings: 1,
        }
    }
}

impl Default for Facilitation {
    fn default() -> Self {
        Self {
            different_in_reflect: Relation::Required,
            repeat_with_reason: Switch::On,
            delegate_own_turn: Switch::Off,
            timekeeper: Switch::On,
        }
    }
}

impl Default for AttendancePolicy {
    fn default() -> Self {
        Self {
            apology_hours: 24,
            reminder_hours: 48,
            explore_closes_at: PhaseKind::ActionPlanning,
            reflect_closes_at: PhaseKind::LessonsLearned,
            catch_up: Switch::On,
            written_report: Switch::On,
            written_report_days: 14,
        }
    }
}

impl Default for QuorumPolicy {
    fn default() -> Self {
        Self { numerator: 2, denominator: 3, floor: 3, when_lost: QuorumLost::Warn }
    }
}

impl Default for TurnPolicy {
    fn default() -> Self {
        Self { order: TurnOrder::Volunteer, pass: Switch::On, defer: Switch::On }
    }
}

impl Default for ClockPolicy {
    fn default() -> Self {
        Self { overrun_minutes: 15, grace_minutes: 30, pause_minutes: 20, resume_days: 14 }
    }
}

impl Default for GapPolicy {
    fn default() -> Self {
        Self { minimum_days: 21, target_days: 28, maximum_days: 60, shorter_with_reason: Switch::On, promise: Switch::On }
    }
}

impl Default for PracticePolicy {
    fn default() -> Self {
        Self { weeks: 4, buddies: Switch::On, adoption_days: 14 }
    }
}

impl Default for PlacePolicy {
    fn default() -> Self {
        Self { allowed: vec![Place::Onsite] }
    }
}

impl Default for RetentionPolicy {
    fn default() -> Self {
        Self { content_days: 60, fact_days: 1830, fewest_people: 5 }
    }
}

/// The preset's agenda of this session, over which a process file speaks.
pub(super) fn agenda_of(session: SessionKind) -> Agenda {
    match session {
        SessionKind::Explore => agenda(&EXPLORE),
        SessionKind::Reflect => agenda(&REFLECT),
    }
}

type Row = (PhaseKind, u16, u16, &'static str, &'static str, &'static str);

fn agenda(rows: &[Row]) -> Agenda {
    let phases = rows.iter().map(|&(phase, minutes, floor_minutes, title, purpose, prompt)| PhaseBox {
        phase,
        minutes,
        floor_minutes,
        title: title.to_owned(),
        purpose: purpose.to_owned(),
        prompt: prompt.to_owned(),
    });
    Agenda::new(phases.collect())
}

const WELCOME: Row = (
    PhaseKind::Welcome,
    3,
    0,
    "Welcome",
    "Everyone knows the plan for today and what the facilitator does.",
    "Welcome. Here is our plan for the next 90 minutes. I keep the order and the time; I am one of you, not a trainer. \
     What we say stays with us.",
);
const STORIES: Row = (
    PhaseKind::StorySharing,
    20,
    10,
    "Story sharing",
    "Everyone tells one story about the challenge, their own or one they saw.",
    "Think of a time when this challenge was real for you or someone near you. Who would like to begin? We listen \
     without advice for now. You may pass.",
);
const DISCUSSION: Row = (
    PhaseKind::Discussion,
    15,
    5,
    "Discussion",
    "We look for causes, and for what is in our control.",
    "What do these stories have in common? Which of the causes could one of us change?",
);
const SKILLS: Row = (
    PhaseKind::SkillBuilding,
    25,
    10,
    "Skill building",
    "We work with the module's materials and try its strategies.",
    "Open the materials. Read the strategies, then try one in pairs with a story we heard.",
);
const PLANNING: Row = (
    PhaseKind::ActionPlanning,
    15,
    8,
    "Action planning",
    "Each of us plans which strategy to try, where and how.",
    "Write your own plan first: if this happens, then I do that. Afterwards each of us sums it up in a sentence or two.",
);
const NEXT_STEPS: Row = (
    PhaseKind::NextSteps,
    2,
    0,
    "Next steps",
    "We know what to bring next time, and when that is.",
    "Next time each of us tells what we tried. Let us fix the date now, and who facilitates.",
);
const TAKEAWAYS: Row = (
    PhaseKind::Takeaways,
    10,
    5,
    "Takeaways",
    "Everyone says what they take with them.",
    "In a sentence each: what do you take with you from today?",
);

const EXPLORE: [Row; 7] = [WELCOME, STORIES, DISCUSSION, SKILLS, PLANNING, NEXT_STEPS, TAKEAWAYS];

const REFLECT: [Row; 5] = [
    (
        PhaseKind::Welcome,
        5,
        0,
        WELCOME.3,
        WELCOME.4,
        "Welcome back. We report first, then learn from it, then decide what stays.",
    ),
    (
        PhaseKind::ReportBack,
        45,
        20,
        "Report-back",
        "Everyone tells what they tried, what happened, and what they make of it.",
        "What did you try, and what happened? Not having tried is a report, too: tell us what stood in the way.",
    ),
    (
        PhaseKind::LessonsLearned,
        20,
        5,
        "Lessons learned",
        "We learn from each other's practice.",
        "What worked more than once? What would we tell a colleague who starts tomorrow?",
    ),
    (
        PhaseKind::Adoption,
        12,
        6,
        "Adoption",
        "Each of us says which strategies become a habit.",
        "Which strategy will you keep using, your own or one you heard today? None is an answer, too.",
    ),
    (PhaseKind::Takeaways, 8, 4, TAKEAWAYS.3, TAKEAWAYS.4, "In a sentence each: what do you take with you from this cycle?"),
];

const SET_EXPLORE: [Row; 7] = [
    (
        PhaseKind::Welcome,
        5,
        0,
        "Check-in",
        "Everyone arrives and hears the rule: statements only answer questions.",
        "How are you arriving today? Our rule: we make statements only in answer to a question.",
    ),
    (
        PhaseKind::StorySharing,
        20,
        10,
        "The problems",
        "Each member puts their problem in two minutes, without advice.",
        "In two minutes: what is your problem, and why does it matter now?",
    ),
    (
        PhaseKind::Discussion,
        30,
        20,
        "Questions",
        "We ask until the problem itself is clear and agreed.",
        "Questions only. What do we not know yet? What would make this a different problem?",
    ),
    (
        PhaseKind::SkillBuilding,
        10,
        0,
        "Strategies",
        "We look at which strategies the questions point to.",
        "Which of the strategies in the materials do the questions point to?",
    ),
    (
        PhaseKind::ActionPlanning,
        10,
        6,
        "Actions",
        "Each member decides on an action and says when.",
        "What will you do, and by when? One sentence each.",
    ),
    (PhaseKind::NextSteps, 3, 0, "Next steps", "The next date is fixed.", "When do we meet again, and who coaches the set?"),
    (
        PhaseKind::Takeaways,
        12,
        12,
        "Reflection",
        "The set looks at how it worked; its minutes are protected.",
        "How did we do as a set? What did we learn about asking?",
    ),
];

const SET_REFLECT: [Row; 5] = [
    (PhaseKind::Welcome, 5, 0, "Check-in", "Everyone arrives.", "How are you arriving today?"),
    (
        PhaseKind::ReportBack,
        35,
        20,
        "Reports on action",
        "Each member tells what they did and what followed.",
        "What did you do, what followed, and what surprised you?",
    ),
    (
        PhaseKind::LessonsLearned,
        26,
        10,
        "Questions",
        "We ask about the actions until we see what they teach.",
        "Questions only: what made it work, or not?",
    ),
    (PhaseKind::Adoption, 12, 6, "Commitments", "Each member decides what stays.", "What stays, for good?"),
    (
        PhaseKind::Takeaways,
        12,
        12,
        "Reflection",
        "The set looks at how it worked; its minutes are protected.",
        "How did we do as a set, and what do we take into the next one?",
    ),
];

const FIRM_EXPLORE: [Row; 7] = [
    WELCOME,
    (PhaseKind::StorySharing, 14, 8, STORIES.3, STORIES.4, STORIES.5),
    (PhaseKind::Discussion, 10, 5, DISCUSSION.3, DISCUSSION.4, DISCUSSION.5),
    (PhaseKind::SkillBuilding, 15, 8, SKILLS.3, SKILLS.4, SKILLS.5),
    (PhaseKind::ActionPlanning, 10, 6, PLANNING.3, PLANNING.4, PLANNING.5),
    NEXT_STEPS,
    (PhaseKind::Takeaways, 6, 4, TAKEAWAYS.3, TAKEAWAYS.4, TAKEAWAYS.5),
];
