//! Verdicts: what deciding answers. Five kinds of "no": wrong phase, not your role, a rule, a stale revision, a duplicate.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::{Actor, CommandId, CommandKind, Event, Instant, KindSet, Reason, Revision, RoleSet, Seat, SeatSet, Stage};

/// All that the outside knows and the core doesn't.
///
/// # Example
/// ```
/// use peercircle_core::{Context, Seat};
/// let now = "2026-03-02T09:00:00Z".parse()?;
/// let seat = Seat::new(2).expect("below 16");
/// assert_eq!(Context::member(seat, now).expecting(7).expected_revision, Some(7));
/// # Ok::<(), peercircle_core::InstantError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// The time. Never earlier than the last event (R-55).
    pub now: Instant,
    /// Who gives the command. The host has made sure of it.
    pub actor: Actor,
    /// The idempotency key (R-04).
    pub command_id: Option<CommandId>,
    /// The revision the actor has seen (R-04).
    pub expected_revision: Option<Revision>,
    /// The events that the same key wrote before, first and last, where the host's record has them (R-04).
    pub answered: Option<(Revision, Revision)>,
    /// Members who are in another running session (R-59).
    pub elsewhere: SeatSet,
}

impl Context {
    /// This actor, at this time, and nothing else known.
    #[must_use]
    pub const fn new(actor: Actor, now: Instant) -> Self {
        Self { now, actor, command_id: None, expected_revision: None, answered: None, elsewhere: SeatSet::EMPTY }
    }

    /// A member gives the command.
    #[must_use]
    pub const fn member(seat: Seat, now: Instant) -> Self {
        Self::new(Actor::member(seat), now)
    }

    /// The organiser gives the command.
    #[must_use]
    pub const fn organiser(now: Instant) -> Self {
        Self::new(Actor::Organiser {}, now)
    }

    /// The host gives the command.
    #[must_use]
    pub const fn host(now: Instant) -> Self {
        Self::new(Actor::Host {}, now)
    }

    /// With this idempotency key.
    #[must_use]
    pub const fn with_id(self, id: CommandId) -> Self {
        Self { command_id: Some(id), ..self }
    }

    /// Only if the cycle is still at this revision.
    #[must_use]
    pub const fn expecting(self, revision: Revision) -> Self {
        Self { expected_revision: Some(revision), ..self }
    }
}

/// The answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is done once these events are stored; at least one.
    Accepted(Vec<Event>),
    /// It isn't, and nothing changes.
    Refused(Refusals),
    /// It was done before: the first answer was the events from `first` to `last` (R-04).
    Duplicate {
        /// The first event of that answer.
        first: Revision,
        /// The last event of that answer.
        last: Revision,
    },
}

impl Verdict {
    /// Whether the command was accepted now.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    /// The events, where the command was accepted.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        match self {
            Self::Accepted(events) => events,
            Self::Refused(_) | Self::Duplicate { .. } => &[],
        }
    }

    /// The refusals; none where the command was accepted or a duplicate.
    #[must_use]
    pub fn refusals(&self) -> &[Rejection] {
        match self {
            Self::Refused(refusals) => refusals.all(),
            Self::Accepted(_) | Self::Duplicate { .. } => &[],
        }
    }

    /// The stable code: `accepted`, `duplicate`, or that of the first refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Duplicate { .. } => "duplicate",
            Self::Refused(refusals) => refusals.first().code(),
        }
    }
}

/// Everything that refuses a command: never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusals {
    all: Vec<Rejection>,
}

impl Refusals {
    pub(crate) fn new(all: Vec<Rejection>) -> Option<Self> {
        if all.is_empty() { None } else { Some(Self { all }) }
    }

    /// The first of them.
    #[must_use]
    pub fn first(&self) -> Rejection {
        // INVARIANT: `new` takes no empty list.
        self.all.first().copied().unwrap_or(Rejection::StaleRevision { expected: 0, actual: 0 })
    }

    /// All of them: wrong phase or role first, then rules by number.
    #[must_use]
    pub fn all(&self) -> &[Rejection] {
        &self.all
    }
}

/// One "no": what refuses, and the facts that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The command doesn't belong to the stage the cycle is at (R-01).
    WrongPhase {
        /// What was asked.
        command: CommandKind,
        /// Where the cycle is.
        stage: Stage,
        /// What belongs there.
        applies: KindSet,
    },
    /// The actor's part doesn't include the command.
    NotYourRole {
        /// What was asked.
        command: CommandKind,
        /// Who asked.
        actor: Actor,
        /// Whose part it is.
        may: RoleSet,
    },
    /// The cycle has moved on since the actor looked (R-04).
    StaleRevision {
        /// What the actor had seen.
        expected: Revision,
        /// Where the cycle is.
        actual: Revision,
    },
    /// A rule refuses.
    RuleRefused {
        /// Which one.
        rule: RuleId,
        /// What it found.
        reason: Reason,
    },
}

impl Rejection {
    /// The stable code of this kind of "no".
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongPhase { .. } => "wrong_phase",
            Self::NotYourRole { .. } => "not_your_role",
            Self::StaleRevision { .. } => "stale_revision",
            Self::RuleRefused { .. } => "rule_refused",
        }
    }

    /// The rule that stands behind it.
    #[must_use]
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::WrongPhase { .. } => RuleId::Ours(1),
            Self::NotYourRole { .. } => RuleId::Ours(10),
            Self::StaleRevision { .. } => RuleId::Ours(4),
            Self::RuleRefused { rule, .. } => *rule,
        }
    }
}

/// The id of a rule: `R-21` for ours, the process file's or the embedder's own for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleId {
    /// A rule of the table, by number, 1 to 60.
    Ours(u8),
    /// A rule of the process file, by its place there.
    Process(u8),
    /// A rule of the embedder's code, by its id.
    Code(&'static str),
}

impl RuleId {
    /// The id as people know it; a process file's rule has its id there.
    #[must_use]
    pub fn name(self, process: &crate::Process) -> String {
        match self {
            Self::Process(at) => {
                process.spec().rules.get(usize::from(at)).map_or_else(|| self.to_string(), |rule| rule.id.clone())
            }
            Self::Ours(_) | Self::Code(_) => self.to_string(),
        }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ours(number) => write!(f, "R-{number:02}"),
            Self::Process(at) => write!(f, "process rule {at}"),
            Self::Code(id) => f.write_str(id),
        }
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for RuleId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RuleId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string"})
    }
}
