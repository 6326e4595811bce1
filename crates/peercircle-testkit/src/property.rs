//! Properties of a process as values: what must follow, must come first, may never happen.
//!
//! One property is used in three ways: asserted on histories that were generated, checked in every state by
//! [`explore`](crate::explore), and followed over recorded logs ([`Answer`]).
//!
//! ```
//! use peercircle_core::CommandKind;
//! use peercircle_testkit::property::{Each, Occurrence, Property, Template};
//! let property = Property {
//!     id: "ACME-1".to_owned(),
//!     each: Each::Member,
//!     template: Template::Precedence {
//!         first: Occurrence::Accepted(CommandKind::AcceptGroundRules),
//!         then: Occurrence::Accepted(CommandKind::ShareStory),
//!     },
//! };
//! assert_eq!(property.to_string(), "of each member: `story.share` comes only after `ground_rules.accept`");
//! ```

mod builtin;
mod check;
mod file;
mod monitor;
mod seen;
mod tracks;
mod written;

use std::fmt;

use peercircle_core::{CommandKind, KindSet, RULES, RuleId, Span, Stage, Verdict};
pub use peercircle_file::{FileIssue, FileIssues};
use serde::{Deserialize, Serialize};

pub use self::{
    builtin::builtin,
    check::{PropertyError, check},
    file::parse,
    monitor::{Answer, FollowError, Followed, Follower, follow},
    seen::Seen,
};
pub(crate) use self::{
    check::faults,
    seen::Whom,
    tracks::{Course, Instance, Tracks},
};

/// Something that must hold of every cycle of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Property {
    /// Its id, such as `ACME-1`; `R-` is the table's.
    pub id: String,
    /// Whether it speaks of the group as a whole or of each member.
    #[serde(default)]
    pub each: Each,
    /// What must hold.
    pub template: Template,
}

/// Whom a property speaks of.
///
/// Of each member counts what is about them, and what is about nobody in particular: the stages that are reached, and the events
/// and commands that name no member, such as `session.opened`. An enrolment is about who gets the seat, an assent to a facilitator
/// about who gives it; `session.started` is about everyone. What the group did before somebody joined counts for them, with the time
/// it leaves running from then; what it does after they left doesn't. Who has left owes nothing; what was broken before stays so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Each {
    /// The group as a whole: any occurrence counts.
    #[default]
    Group,
    /// Each member: the occurrences about that member, or about nobody in particular, count.
    Member,
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Occurrence {
    /// A command of this kind is accepted.
    Accepted(CommandKind),
    /// A command of this kind is refused, by whatever. A history of events alone knows no refusals.
    Refused(CommandKind),
    /// A rule with this name, such as `R-21`, refuses a command. A history of events alone knows no refusals.
    RefusedBy(String),
    /// An event of this type, such as `cycle.suspended`.
    Event(String),
    /// The cycle comes to this stage from another.
    Reached(Stage),
}

/// A pattern over what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Template {
    /// It happens, so many times at least, before the cycle has ended.
    Existence {
        /// What.
        what: Occurrence,
        /// How often, 1 to 200.
        #[serde(default = "once")]
        at_least: u8,
    },
    /// It never happens, or not more often than this.
    Absence {
        /// What.
        what: Occurrence,
        /// How often it may, 0 to 200.
        #[serde(default)]
        beyond: u8,
    },
    /// The second only after the first.
    Precedence {
        /// What comes first.
        first: Occurrence,
        /// What comes only then.
        then: Occurrence,
    },
    /// After the first the second follows, before the cycle has ended or within a time.
    Response {
        /// What asks for it.
        after: Occurrence,
        /// What follows.
        then: Occurrence,
        /// How soon.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<Within>,
    },
    /// Both: the second only after the first, and after each first a second.
    Succession {
        /// What comes first.
        first: Occurrence,
        /// What follows, and only then.
        then: Occurrence,
        /// How soon.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<Within>,
    },
    /// After the first the very next thing that happens is the second; of each member, the next that counts for them. What
    /// is refused doesn't happen.
    ChainResponse {
        /// What asks for it.
        after: Occurrence,
        /// What comes next.
        next: Occurrence,
    },
    /// One or the other, never both.
    NotCoexistence {
        /// The one.
        one: Occurrence,
        /// The other.
        other: Occurrence,
    },
    /// After the first never the second.
    NotSuccession {
        /// What ends it.
        first: Occurrence,
        /// What doesn't happen any more.
        then: Occurrence,
    },
}

const fn once() -> u8 {
    1
}

/// A time within which something follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Within {
    /// Minutes, 1 to 100,000.
    Minutes(u32),
    /// Days, 1 to 3660.
    Days(u32),
}

impl Within {
    /// The time.
    #[must_use]
    pub const fn span(self) -> Span {
        match self {
            Self::Minutes(minutes) => Span::minutes(minutes),
            Self::Days(days) => Span::days(days),
        }
    }
}

impl Property {
    /// The kinds of command that matter to it: those it names, those that may write an event it names, those that a rule of the
    /// table which it names looks at. A stage names none, nor does a rule of a process's own, which only the process knows.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::CommandKind;
    /// use peercircle_testkit::property::{Each, Occurrence, Property, Template};
    /// let what = Occurrence::Event("facilitator.changed".to_owned());
    /// let property = Property { id: "ACME-1".to_owned(), each: Each::Group, template: Template::Absence { what, beyond: 2 } };
    /// let kinds: Vec<_> = property.kinds().collect();
    /// assert_eq!(kinds, [CommandKind::HandOver, CommandKind::AssentToFacilitator]);
    /// assert!(!property.speaks_of_refusals());
    /// ```
    pub fn kinds(&self) -> impl Iterator<Item = CommandKind> + use<> {
        let kinds = self.template.occurrences().into_iter().map(Occurrence::kinds);
        kinds.fold(KindSet::EMPTY, KindSet::or).iter()
    }

    /// Whether it speaks of refusals, which only those know who see commands with their verdicts. A log holds what was accepted.
    #[must_use]
    pub fn speaks_of_refusals(&self) -> bool {
        self.template.occurrences().into_iter().any(Occurrence::is_refusal)
    }
}

impl Occurrence {
    /// The kinds of command that can bring it about.
    pub(crate) fn kinds(&self) -> KindSet {
        match self {
            Self::Accepted(kind) | Self::Refused(kind) => KindSet::of(&[*kind]),
            Self::RefusedBy(rule) => {
                let rule = RULES.iter().find(|one| one.id.to_string() == *rule);
                rule.map_or(KindSet::EMPTY, |rule| rule.kinds())
            }
            Self::Event(name) => written::writers(name),
            Self::Reached(_) => KindSet::EMPTY,
        }
    }

    const fn is_refusal(&self) -> bool {
        match self {
            Self::Refused(_) | Self::RefusedBy(_) => true,
            Self::Accepted(_) | Self::Event(_) | Self::Reached(_) => false,
        }
    }
}

impl Template {
    /// What it speaks of, in its order.
    #[must_use]
    pub fn occurrences(&self) -> Vec<&Occurrence> {
        match self {
            Self::Existence { what, .. } | Self::Absence { what, .. } => vec![what],
            Self::Precedence { first, then }
            | Self::Succession { first, then, .. }
            | Self::NotSuccession { first, then } => {
                vec![first, then]
            }
            Self::Response { after, then, .. } => vec![after, then],
            Self::ChainResponse { after, next } => vec![after, next],
            Self::NotCoexistence { one, other } => vec![one, other],
        }
    }
}

impl Template {
    /// Within which time the second has to follow the first; nothing where there is no such time.
    pub(crate) const fn within(&self) -> Option<Within> {
        match self {
            Self::Response { within, .. } | Self::Succession { within, .. } => *within,
            Self::Existence { .. }
            | Self::Absence { .. }
            | Self::Precedence { .. }
            | Self::ChainResponse { .. }
            | Self::NotCoexistence { .. }
            | Self::NotSuccession { .. } => None,
        }
    }
}

/// The names of the rules that refused, for [`Seen`].
#[must_use]
pub fn refused_by(cycle: &peercircle_core::Cycle, verdict: &Verdict) -> Vec<String> {
    let rules = verdict.refusals().iter().map(peercircle_core::Rejection::rule);
    rules.map(|rule: RuleId| rule.name(cycle.process())).collect()
}

impl fmt::Display for Occurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted(kind) => write!(f, "`{kind}`"),
            Self::Refused(kind) => write!(f, "a refused `{kind}`"),
            Self::RefusedBy(rule) => write!(f, "a refusal by `{rule}`"),
            Self::Event(name) => write!(f, "`{name}`"),
            Self::Reached(stage) => write!(f, "the stage `{}`", stage.name()),
        }
    }
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minutes(minutes) => write!(f, " within {minutes} min"),
            Self::Days(1) => f.write_str(" within a day"),
            Self::Days(days) => write!(f, " within {days} days"),
        }
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.each == Each::Member {
            f.write_str("of each member: ")?;
        }
        let soon = |within: &Option<Within>| within.map_or_else(String::new, |within| within.to_string());
        match &self.template {
            Template::Existence { what, at_least: 1 } => write!(f, "{what} happens"),
            Template::Existence { what, at_least } => write!(f, "{what} happens {at_least} times at least"),
            Template::Absence { what, beyond: 0 } => write!(f, "{what} never happens"),
            Template::Absence { what, beyond: 1 } => write!(f, "{what} happens once at most"),
            Template::Absence { what, beyond } => write!(f, "{what} happens {beyond} times at most"),
            Template::Precedence { first, then } => write!(f, "{then} comes only after {first}"),
            Template::Response { after, then, within } => write!(f, "after {after} comes {then}{}", soon(within)),
            Template::Succession { first, then, within } => {
                write!(f, "after {first} comes {then}{}, and only then", soon(within))
            }
            Template::ChainResponse { after, next } => write!(f, "the next thing after {after} is {next}"),
            Template::NotCoexistence { one, other } => write!(f, "{one} or {other}, never both"),
            Template::NotSuccession { first, then } => write!(f, "once {first} has come, {then} never does"),
        }
    }
}
