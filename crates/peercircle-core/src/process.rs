//! A process: sizes, minutes, gaps, quorum, who may. Data, parsed once into a valid value or into all that is wrong with it.

mod agenda;
mod check;
mod condition;
mod preset;
mod shut;
mod spec;
mod unit;

use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::{
    agenda::{Agenda, PhaseBox},
    condition::{Condition, CountBound, Counted, ElapsedBound, Since, Whose},
    spec::{
        AttendancePolicy, ClockPolicy, Facilitation, GapPolicy, GroupPolicy, OwnRuleSpec, PlacePolicy, PracticePolicy,
        ProcessSpec, QuorumLost, QuorumPolicy, Relation, RetentionPolicy, SkipPolicy, Switch, TurnOrder, TurnPolicy,
    },
    unit::lasting,
};
use crate::{CommandKind, KindSet, MAX_SEATS, PhaseKind, Role, RoleSet, SessionKind};

/// A valid process: a [`ProcessSpec`] without an issue. Clones share it.
///
/// # Example
/// ```
/// use peercircle_core::{Process, ProcessSpec};
/// let mut spec = ProcessSpec::default();
/// spec.group.minimum = 7;
/// spec.quorum.floor = 9;
/// let issues = Process::new(spec).unwrap_err();
/// let places: Vec<_> = issues.0.iter().map(|issue| issue.path.as_str()).collect();
/// assert_eq!(places, ["group.minimum", "quorum.floor"]);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Process(Arc<Checked>);

/// A process that was checked, once for all cycles under it.
#[derive(PartialEq, Eq)]
struct Checked {
    spec: ProcessSpec,
    // What deciding needs at once, worked out of `spec` once.
    boxes: [[u16; PhaseKind::ALL.len()]; 2],
    floors: [[u16; PhaseKind::ALL.len()]; 2],
    totals: [u16; 2],
    roles: [RoleSet; CommandKind::COUNT],
    /// The kinds of each role: `roles` from its other side.
    kinds: [KindSet; Role::ALL.len()],
    /// The quorum of so many members.
    needed: [u8; MAX_SEATS + 1],
}

impl Process {
    /// Whether both are one in memory; equal ones may still be two.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The process that `spec` describes.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub fn new(spec: ProcessSpec) -> Result<Self, ProcessIssues> {
        let issues = check::issues(&spec);
        if !issues.is_empty() {
            return Err(ProcessIssues(issues));
        }
        let seconds = |minutes: u16| minutes.saturating_mul(60);
        let each = |pick: &dyn Fn(&PhaseBox) -> u16| {
            SessionKind::ALL.map(|session| {
                PhaseKind::ALL.map(|phase| spec.agenda(session).phase(phase).map_or(0, |one| seconds(pick(one))))
            })
        };
        let boxes = each(&|one| one.minutes);
        let floors = each(&|one| one.floor_minutes);
        let totals = boxes.map(|session| session.iter().sum());
        let roles = std::array::from_fn(|at| match CommandKind::ALL.get(at) {
            Some(kind) => spec.who_may.get(kind).map_or_else(|| kind.roles(), |named| kind.roles().and(RoleSet::of(named))),
            None => RoleSet::default(),
        });
        let kinds = Role::ALL.map(|role| {
            let mut kinds = KindSet::EMPTY;
            CommandKind::ALL
                .iter()
                .zip(&roles)
                .filter(|(_, may)| may.contains(role))
                .for_each(|(kind, _)| kinds.insert(*kind));
            kinds
        });
        let needed = std::array::from_fn(|members| needed(&spec.quorum, members));
        Ok(Self(Arc::new(Checked { spec, boxes, floors, totals, roles, kinds, needed })))
    }

    /// The data of the process.
    #[must_use]
    pub fn spec(&self) -> &ProcessSpec {
        &self.0.spec
    }

    /// The minutes of this phase in seconds; 0 where the process leaves it out.
    #[must_use]
    pub fn box_seconds(&self, session: SessionKind, phase: PhaseKind) -> u16 {
        pick(&self.0.boxes, session, phase)
    }

    /// The seconds below which re-planning doesn't press this phase (R-34).
    #[must_use]
    pub fn floor_seconds(&self, session: SessionKind, phase: PhaseKind) -> u16 {
        pick(&self.0.floors, session, phase)
    }

    /// The whole of the session's agenda, in seconds.
    #[must_use]
    pub fn session_seconds(&self, session: SessionKind) -> u16 {
        self.0.totals.get(session.index()).copied().unwrap_or_default()
    }

    /// How many of so many members must be present: the process's share rounded up, never under its floor (R-21).
    pub(crate) fn quorum_of(&self, members: u8) -> u8 {
        self.0.needed.get(usize::from(members)).copied().unwrap_or_else(|| needed(&self.spec().quorum, members.into()))
    }

    /// Who may give commands of this kind under this process.
    #[must_use]
    pub fn roles(&self, kind: CommandKind) -> RoleSet {
        self.0.roles.get(kind as usize).copied().unwrap_or_default()
    }

    /// The kinds of command that this role may give under this process.
    #[must_use]
    pub fn kinds(&self, role: Role) -> KindSet {
        self.0.kinds.get(role as usize).copied().unwrap_or_default()
    }
}

fn needed(quorum: &QuorumPolicy, members: usize) -> u8 {
    let share = (members * usize::from(quorum.numerator)).div_ceil(usize::from(quorum.denominator.max(1)));
    u8::try_from(share).unwrap_or(u8::MAX).max(quorum.floor)
}

fn pick(table: &[[u16; PhaseKind::ALL.len()]; 2], session: SessionKind, phase: PhaseKind) -> u16 {
    table.get(session.index()).and_then(|row| row.get(phase.index())).copied().unwrap_or_default()
}

impl Default for Process {
    /// The preset of the field: DOMAIN.md's numbers.
    fn default() -> Self {
        // INVARIANT: a test holds that the preset has no issue; were it to have one, the process would have no phases.
        Self::new(ProcessSpec::default()).unwrap_or_else(|_| {
            Self(Arc::new(Checked {
                spec: ProcessSpec::default(),
                boxes: Default::default(),
                floors: Default::default(),
                totals: Default::default(),
                roles: [RoleSet::default(); CommandKind::COUNT],
                kinds: Default::default(),
                needed: [u8::MAX; MAX_SEATS + 1],
            }))
        })
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spec().fmt(f)
    }
}

impl Serialize for Process {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.spec().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Process {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(ProcessSpec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Process {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        ProcessSpec::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        ProcessSpec::json_schema(generator)
    }
}

/// One thing that is wrong with a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("`{path}`: expected {expected}, got {got}")]
pub struct ProcessIssue {
    /// Where it stands, such as `explore.discussion.minutes`.
    pub path: String,
    /// What would have been accepted.
    pub expected: String,
    /// What stands there.
    pub got: String,
}

/// Everything that is wrong with a process, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct ProcessIssues(pub Vec<ProcessIssue>);

impl ProcessIssues {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "invalid_process"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_valid() {
        for (name, spec) in ProcessSpec::presets() {
            assert_eq!(Process::new(spec).map(|_| ()), Ok(()), "{name}");
        }
        assert_eq!(Process::default().session_seconds(SessionKind::Explore), 5400);
        assert_eq!(Process::default().session_seconds(SessionKind::Reflect), 5400);
    }
}
