//! Whether properties speak of what there is: events, rules, numbers, ids.

use peercircle_core::{EventBody, RULES};

use super::{Occurrence, Property, Template, Within};
use crate::Ruled;

/// The most times something may be asked for, or be allowed.
pub(super) const TIMES: u32 = 200;
/// The longest time to wait, in minutes.
pub(super) const MINUTES: u32 = 100_000;
/// The longest time to wait, in days.
pub(super) const DAYS: u32 = 3660;

/// What is wrong with a property.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PropertyError {
    /// Its id is empty, or could be taken for a rule of the table.
    #[error("expected an id that is not empty and does not begin with `R-`, got `{id}`")]
    Id {
        /// The id.
        id: String,
    },
    /// Two properties have one id.
    #[error("expected an id of its own for each property, got `{id}` twice")]
    Twice {
        /// The id.
        id: String,
    },
    /// An event has no such type.
    #[error("expected the type of an event in property `{id}`, such as `cycle.suspended`, got `{event}`")]
    UnknownEvent {
        /// The property.
        id: String,
        /// What came.
        event: String,
    },
    /// Neither the table nor the process has such a rule, nor is there one in code.
    #[error(
        "expected a rule from `R-01` to `R-60`, one of the process's own or one in code, in property `{id}`, got `{rule}`"
    )]
    UnknownRule {
        /// The property.
        id: String,
        /// What came.
        rule: String,
    },
    /// A number is out of its range.
    #[error("expected {expected} in property `{id}`, got {got}")]
    OutOfRange {
        /// The property.
        id: String,
        /// The range.
        expected: &'static str,
        /// What came.
        got: u32,
    },
}

impl PropertyError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Id { .. } => "id",
            Self::Twice { .. } => "id_twice",
            Self::UnknownEvent { .. } => "unknown_event",
            Self::UnknownRule { .. } => "unknown_rule",
            Self::OutOfRange { .. } => "out_of_range",
        }
    }
}

/// Checks that these properties can be asked of a process, and of rules in code where there are any: what they name is there, and each has an id of its own.
///
/// # Errors
/// [`PropertyError`]: the first that is wrong.
///
/// # Example
/// ```
/// use peercircle_core::Process;
/// use peercircle_testkit::property::{check, parse};
/// let text = "[[properties]]\nid = \"A\"\ntemplate = { absence = { what = { refused_by = \"ACME-77\" } } }";
/// let properties = parse(text)?;
/// assert_eq!(check(&properties, Process::default()).unwrap_err().code(), "unknown_rule");
/// # Ok::<(), peercircle_testkit::property::FileIssues>(())
/// ```
pub fn check(properties: &[Property], under: impl Into<Ruled>) -> Result<(), PropertyError> {
    let under = under.into();
    faults(properties, &under).into_iter().flatten().next().map_or(Ok(()), Err)
}

/// What is wrong with each, under a process and rules in code.
pub(crate) fn faults(properties: &[Property], under: &Ruled) -> Vec<Option<PropertyError>> {
    each(properties, &|rule| is_of_the_table(rule) || is_ours(rule, under))
}

/// What is wrong with each, whatever the process: it may have any rules of its own.
pub(super) fn faults_anywhere(properties: &[Property]) -> Vec<Option<PropertyError>> {
    each(properties, &may_be)
}

fn each(properties: &[Property], is_rule: &dyn Fn(&str) -> bool) -> Vec<Option<PropertyError>> {
    let fault = |(at, property): (usize, &Property)| {
        let id = || property.id.clone();
        if !is_own(&property.id) {
            return Err(PropertyError::Id { id: id() });
        }
        if properties.iter().take(at).any(|other| other.id == property.id) {
            return Err(PropertyError::Twice { id: id() });
        }
        names(property, is_rule)?;
        numbers(property)
    };
    properties.iter().enumerate().map(|one| fault(one).err()).collect()
}

/// Whether an id is no rule of the table's, and one at all.
pub(super) fn is_own(id: &str) -> bool {
    !id.trim().is_empty() && !id.starts_with("R-")
}

/// Whether the table has a rule of this name.
fn is_of_the_table(rule: &str) -> bool {
    RULES.iter().any(|one| one.id.to_string() == rule)
}

/// Whether a rule may have this name: one of the table has, or a process might.
pub(super) fn may_be(rule: &str) -> bool {
    is_own(rule) || is_of_the_table(rule)
}

/// Whether the process has a rule of this name, or the rulebook has one in code.
fn is_ours(rule: &str, under: &Ruled) -> bool {
    under.process().spec().rules.iter().any(|own| own.id == rule) || under.rules().own().iter().any(|own| own.id == rule)
}

fn names(property: &Property, is_rule: &dyn Fn(&str) -> bool) -> Result<(), PropertyError> {
    for one in property.template.occurrences() {
        let id = property.id.clone();
        match one {
            Occurrence::Event(event) if !EventBody::TYPES.contains(&event.as_str()) => {
                return Err(PropertyError::UnknownEvent { id, event: event.clone() });
            }
            Occurrence::RefusedBy(rule) if !is_rule(rule) => {
                return Err(PropertyError::UnknownRule { id, rule: rule.clone() });
            }
            Occurrence::Accepted(_)
            | Occurrence::Refused(_)
            | Occurrence::RefusedBy(_)
            | Occurrence::Event(_)
            | Occurrence::Reached(_) => {}
        }
    }
    Ok(())
}

fn numbers(property: &Property) -> Result<(), PropertyError> {
    let range = |got: u32, low: u32, high: u32, expected| {
        let id = property.id.clone();
        if (low..=high).contains(&got) { Ok(()) } else { Err(PropertyError::OutOfRange { id, expected, got }) }
    };
    match &property.template {
        Template::Existence { at_least, .. } => range((*at_least).into(), 1, TIMES, "`at_least` from 1 to 200"),
        Template::Absence { beyond, .. } => range((*beyond).into(), 0, TIMES, "`beyond` from 0 to 200"),
        Template::Response { within: Some(within), .. } | Template::Succession { within: Some(within), .. } => {
            match within {
                Within::Minutes(minutes) => range(*minutes, 1, MINUTES, "`minutes` from 1 to 100000"),
                Within::Days(days) => range(*days, 1, DAYS, "`days` from 1 to 3660"),
            }
        }
        Template::Response { .. }
        | Template::Succession { .. }
        | Template::Precedence { .. }
        | Template::ChainResponse { .. }
        | Template::NotCoexistence { .. }
        | Template::NotSuccession { .. } => Ok(()),
    }
}
