//! The closed condition language of own rules: typed, total, checked when parsed.
//!
//! Externally tagged (`{ not = { .. } }`), unlike the wire: a person writes these, and a key that is the operator reads best.

use serde::{Deserialize, Serialize};

use super::unit::Unit;
use crate::{Attendance, PhaseKind, Role, Stage};

/// A condition over the facts of a cycle and the command at hand.
///
/// # Example
/// ```
/// use peercircle_core::Condition;
/// let condition: Condition = serde_json::from_str(
///     r#"{"any": [{"role": ["facilitator"]}, {"elapsed": {"since": "session_started", "at_least_minutes": 80}}]}"#,
/// )?;
/// assert_eq!(condition.to_string(), "any of (the actor is the facilitator; at least 80 min since the session started)");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// All of these hold.
    All(Vec<Self>),
    /// Any of these holds.
    Any(Vec<Self>),
    /// This doesn't hold.
    Not(Box<Self>),
    /// At least so many of these hold.
    AtLeast {
        /// How many, from 1 to the length of `of`.
        n: u8,
        /// The conditions to count.
        of: Vec<Self>,
    },
    /// The actor has one of these roles.
    Role(Vec<Role>),
    /// Time has passed, or not yet.
    Elapsed(ElapsedBound),
    /// Someone's attendance at the session at hand is one of these.
    Attendance {
        /// Whose.
        of: Whose,
        /// One of these.
        is: Vec<Attendance>,
    },
    /// A number lies within bounds.
    Count(CountBound),
    /// The cycle is at one of these stages.
    Stage(Vec<Stage>),
    /// The session at hand is in one of these phases.
    Phase(Vec<PhaseKind>),
}

/// Bounds on the minutes since a moment. A moment that hasn't come satisfies none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ElapsedBound {
    /// From which moment.
    pub since: Since,
    /// No fewer minutes than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least_minutes: Option<u32>,
    /// No more minutes than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most_minutes: Option<u32>,
}

/// A moment of a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// The running session started; pauses don't count.
    SessionStarted,
    /// The running phase opened; pauses don't count.
    PhaseOpened,
    /// Session 1 closed.
    ExploreClosed,
    /// Session 2 closed.
    ReflectClosed,
}

/// Whose attendance a condition asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// The member who gives the command.
    Actor,
    /// The member the command is about.
    Subject,
    /// Every member.
    Everyone,
}

/// Bounds on a number of the cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CountBound {
    /// Which number.
    pub of: Counted,
    /// No fewer than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u16>,
    /// No more than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u16>,
}

/// A number of the cycle. Whoever has left the group is counted nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Members who haven't left.
    Members,
    /// Members in the room of the session at hand.
    Present,
    /// Members who accepted the current ground rules.
    AcceptedRules,
    /// Turns of the running round that are done.
    TurnsDone,
    /// Members with an action plan.
    Plans,
    /// Entries in the practice logs.
    PracticeEntries,
    /// Members with a report.
    Reports,
    /// Members who decided what they adopt.
    AdoptionDecisions,
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let list = |f: &mut std::fmt::Formatter<'_>, of: &[Self]| {
            for (at, one) in of.iter().enumerate() {
                write!(f, "{}{one}", if at == 0 { "" } else { "; " })?;
            }
            f.write_str(")")
        };
        let names = |names: Vec<&str>| names.join(" or ");
        match self {
            Self::All(of) => {
                f.write_str("all of (")?;
                list(f, of)
            }
            Self::Any(of) => {
                f.write_str("any of (")?;
                list(f, of)
            }
            Self::Not(one) => write!(f, "not ({one})"),
            Self::AtLeast { n, of } => {
                write!(f, "at least {n} of (")?;
                list(f, of)
            }
            Self::Role(roles) => write!(f, "the actor is {}", names(roles.iter().map(|role| role.label()).collect())),
            Self::Elapsed(bound) => {
                let (low, high) = (bound.at_least_minutes, bound.at_most_minutes);
                let unit = Unit::of(low.into_iter().chain(high));
                let in_unit = |minutes: u32| minutes / unit.minutes();
                bounds(f, low.map(in_unit), high.map(in_unit), unit.label(high.or(low).map(in_unit)))?;
                write!(f, " since {}", bound.since.label())
            }
            Self::Attendance { of, is } => {
                write!(f, "{} is {}", of.label(), names(is.iter().map(|one| one.label()).collect()))
            }
            Self::Count(bound) => {
                bounds(f, bound.at_least.map(u32::from), bound.at_most.map(u32::from), "")?;
                write!(f, " {}", bound.of.label())
            }
            Self::Stage(stages) => {
                write!(f, "the cycle is at {}", names(stages.iter().map(|one| one.label()).collect()))
            }
            Self::Phase(phases) => {
                write!(f, "the phase is {}", names(phases.iter().map(|one| one.label()).collect()))
            }
        }
    }
}

impl Condition {
    /// How many conditions of it ask for something themselves.
    pub(crate) fn leaves(&self) -> u8 {
        match self {
            Self::All(of) | Self::Any(of) | Self::AtLeast { of, .. } => {
                of.iter().fold(0, |sum, one| one.leaves().wrapping_add(sum))
            }
            Self::Not(one) => one.leaves(),
            Self::Role(_)
            | Self::Elapsed(_)
            | Self::Attendance { .. }
            | Self::Count(_)
            | Self::Stage(_)
            | Self::Phase(_) => 1,
        }
    }
}

fn bounds(f: &mut std::fmt::Formatter<'_>, low: Option<u32>, high: Option<u32>, unit: &str) -> std::fmt::Result {
    match (low, high) {
        (Some(low), Some(high)) => write!(f, "{low} to {high}{unit}"),
        (Some(low), None) => write!(f, "at least {low}{unit}"),
        (None, Some(high)) => write!(f, "at most {high}{unit}"),
        (None, None) => write!(f, "any number of{unit}"),
    }
}

impl Since {
    /// The moment in a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::SessionStarted => "the session started",
            Self::PhaseOpened => "the phase opened",
            Self::ExploreClosed => "session 1 closed",
            Self::ReflectClosed => "session 2 closed",
        }
    }
}

impl Whose {
    /// The person in a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Actor => "the actor",
            Self::Subject => "the member concerned",
            Self::Everyone => "everyone",
        }
    }
}

impl Counted {
    /// The number in a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Present => "present",
            Self::AcceptedRules => "who accepted the ground rules",
            Self::TurnsDone => "turns done",
            Self::Plans => "action plans",
            Self::PracticeEntries => "practice entries",
            Self::Reports => "reports",
            Self::AdoptionDecisions => "adoption decisions",
        }
    }
}
