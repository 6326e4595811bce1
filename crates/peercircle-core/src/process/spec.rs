//! The data of a process, as it stands in a process file. Whatever a file leaves out is the preset's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Agenda, Condition, agenda};
use crate::{CommandKind, PhaseKind, Place, Privacy, Role, SessionKind};

/// What a process file says. [`Process`](super::Process) is one of these without an issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ProcessSpec {
    /// Its name, for people.
    pub name: String,
    /// Its version, raised with every change.
    pub version: u32,
    /// Who can be in a group.
    pub group: GroupPolicy,
    /// The version of the ground rules a cycle starts with, from 1.
    pub ground_rules_version: u16,
    /// Whether members complete an orientation before session 1.
    pub orientation: Switch,
    /// Session 1.
    #[serde(deserialize_with = "agenda::read_explore")]
    #[cfg_attr(feature = "schema", schemars(with = "agenda::ExploreAgenda"))]
    pub explore: Agenda,
    /// Session 2.
    #[serde(deserialize_with = "agenda::read_reflect")]
    #[cfg_attr(feature = "schema", schemars(with = "agenda::ReflectAgenda"))]
    pub reflect: Agenda,
    /// Skipping and reopening phases.
    pub phases: SkipPolicy,
    /// Who runs the sessions.
    pub facilitation: Facilitation,
    /// Replies, presence, and what makes up for absence.
    pub attendance: AttendancePolicy,
    /// Enough people.
    pub quorum: QuorumPolicy,
    /// Speaking in turn.
    pub turns: TurnPolicy,
    /// Overrun, pauses, interruptions.
    pub clock: ClockPolicy,
    /// From session 1 to session 2.
    pub gap: GapPolicy,
    /// The month at work and what follows session 2.
    pub practice: PracticePolicy,
    /// Where sessions are held.
    pub place: PlacePolicy,
    /// What leaves the group at first; a cycle may only tighten it.
    pub privacy: Privacy,
    /// Whether sessions can be recorded at all.
    pub recording: Switch,
    /// How long what is kept.
    pub retention: RetentionPolicy,
    /// Who may give which command, where that is fewer than the machine allows.
    #[cfg_attr(feature = "schema", schemars(schema_with = "who_may"))]
    pub who_may: BTreeMap<CommandKind, Vec<Role>>,
    /// An embedder's own rules. They can only add refusals.
    pub rules: Vec<OwnRuleSpec>,
}

impl ProcessSpec {
    /// The agenda of this session.
    #[must_use]
    pub const fn agenda(&self, session: SessionKind) -> &Agenda {
        match session {
            SessionKind::Explore => &self.explore,
            SessionKind::Reflect => &self.reflect,
        }
    }
}

/// Schemars leaves out what the keys of a map are.
#[cfg(feature = "schema")]
fn who_may(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let (command, roles) = (generator.subschema_for::<CommandKind>(), generator.subschema_for::<Vec<Role>>());
    schemars::json_schema!({"type": "object", "propertyNames": command, "additionalProperties": roles})
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// Not done.
    Off,
    /// Done.
    On,
}

impl Switch {
    /// Whether it is on.
    #[must_use]
    pub const fn is_on(self) -> bool {
        matches!(self, Self::On)
    }
}

/// Whether something about the members' relation must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// It must hold.
    Required,
    /// It need not.
    Relaxed,
}

/// Who can be in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct GroupPolicy {
    /// The fewest members, 3 to 16.
    pub minimum: u8,
    /// The size to aim at, from `minimum` to `maximum`.
    pub target: u8,
    /// The most members, up to 16.
    pub maximum: u8,
    /// Whether members share one level.
    pub same_level: Relation,
    /// Whether members come from different departments.
    pub distinct_departments: Relation,
}

/// Skipping and reopening phases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SkipPolicy {
    /// The phases that may be skipped with a reason: never welcome, takeaways, story sharing, report-back.
    pub skippable: Vec<PhaseKind>,
    /// How often a session may go back one phase, 0 to 3.
    pub reopenings: u8,
}

/// Who runs the sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Facilitation {
    /// Whether session 2 wants another facilitator than session 1.
    pub different_in_reflect: Relation,
    /// Whether the exception with a reason is open.
    pub repeat_with_reason: Switch,
    /// Whether the facilitator may delegate the chair for their own turn.
    pub delegate_own_turn: Switch,
    /// Whether a timekeeper can be appointed.
    pub timekeeper: Switch,
}

/// Replies, presence, and what makes up for absence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AttendancePolicy {
    /// An apology this many hours before the session or earlier excuses, 0 to 336.
    pub apology_hours: u16,
    /// Members are reminded this many hours before the session, 0 to 336; more than `apology_hours`, and a reminded member
    /// can still apologise in time.
    pub reminder_hours: u16,
    /// The phase of session 1 from which nobody can join any more.
    pub explore_closes_at: PhaseKind,
    /// The phase of session 2 from which nobody can join any more.
    pub reflect_closes_at: PhaseKind,
    /// Whether a missed session 1 can be caught up. Off: whoever misses it is dropped.
    pub catch_up: Switch,
    /// Whether a missed session 2 can be made up by a written report and a debrief.
    pub written_report: Switch,
    /// The days for that report and debrief, 1 to 90.
    pub written_report_days: u16,
}

/// Enough people to start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct QuorumPolicy {
    /// The share of the members that must be present, above the line, 1 to `denominator`.
    pub numerator: u8,
    /// The share, below the line, 1 to 16.
    pub denominator: u8,
    /// The quorum is never under this, 2 to `group.minimum`.
    pub floor: u8,
    /// What happens when it is lost on the way.
    pub when_lost: QuorumLost,
}

/// What happens when the quorum is lost in a running session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuorumLost {
    /// The facilitator decides to go on or to interrupt.
    Warn,
    /// The session must be interrupted.
    Stop,
}

/// Speaking in turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TurnPolicy {
    /// Who is next in a round.
    pub order: TurnOrder,
    /// Whether a member may pass.
    pub pass: Switch,
    /// Whether a member may defer once.
    pub defer: Switch,
}

/// Who is next in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TurnOrder {
    /// In the order of the seats.
    Fixed,
    /// Whoever has spoken least in this session.
    LeastSpokenFirst,
    /// Whoever wants to.
    Volunteer,
}

/// Overrun, pauses, interruptions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ClockPolicy {
    /// The most minutes past the end, with the assent of all present, 0 to 60.
    pub overrun_minutes: u16,
    /// Minutes past the end after which a session is abandoned, from `overrun_minutes` to 240.
    pub grace_minutes: u16,
    /// The most minutes of pause that the clock leaves out, 0 to 120.
    pub pause_minutes: u16,
    /// Days within which an interrupted session resumes, 1 to 60.
    pub resume_days: u16,
}

/// From session 1 to session 2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct GapPolicy {
    /// The fewest days between the sessions without a reason, from 1.
    pub minimum_days: u16,
    /// The days to aim at.
    pub target_days: u16,
    /// The days after which a missing session 2 is flagged, up to 366.
    pub maximum_days: u16,
    /// Whether fewer days are possible with a reason.
    pub shorter_with_reason: Switch,
    /// Whether session 1 may close with a day by which the date is fixed, instead of the date.
    pub promise: Switch,
}

/// The month at work and what follows session 2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PracticePolicy {
    /// The weeks of practice, each with a tip, a log and a check-in, 1 to 8.
    pub weeks: u8,
    /// Whether members have buddies.
    pub buddies: Switch,
    /// The days after session 2 within which members decide what they adopt, 1 to 180.
    pub adoption_days: u16,
}

/// Where sessions are held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PlacePolicy {
    /// The kinds of place that are open, at least one.
    pub allowed: Vec<Place>,
}

/// How long what is kept, counted from the end of the cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RetentionPolicy {
    /// Days until content is deleted, 0 to 366.
    pub content_days: u16,
    /// Days until facts are deleted, from `content_days` to 7320.
    pub fact_days: u16,
    /// Figures over fewer people than this are withheld, 2 to 100.
    pub fewest_people: u8,
}

/// A rule of the embedder's own: refuses the commands it applies to unless its condition holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OwnRuleSpec {
    /// Its id, such as `ACME-1`; `R-` is ours.
    pub id: String,
    /// What it says, one line.
    pub title: String,
    /// The kinds of command it applies to, at least one.
    pub applies_to: Vec<CommandKind>,
    /// What must hold.
    pub require: Condition,
    /// What would unblock it, one line.
    pub remedy: String,
}
