//! Upcasting: stored events of older formats, brought to today's at one place.

use std::collections::BTreeMap;

use peercircle_core::{EventBody, Revision};
use serde_json::Value;

use crate::{DecodeError, WIRE_VERSION};

/// One step: a type of event from one version of the format to the next.
#[derive(Clone, Copy, Debug)]
pub struct Upcaster {
    /// The type of event it reads, as it was called then.
    pub event: &'static str,
    /// The version it reads; it gives the version after it.
    pub from: u16,
    /// The type of event it gives.
    pub into: &'static str,
    /// From the body of then, its `type` included, to the body of the version after. An error says what was met instead.
    pub upcast: fn(Value) -> Result<Value, String>,
}

impl Upcaster {
    /// A step that changes nothing, for a type whose format changed before this version and after it.
    #[must_use]
    pub const fn unchanged(event: &'static str, from: u16) -> Self {
        Self { event, from, into: event, upcast: Ok }
    }
}

/// The steps of every type that ever changed, checked when they are put together.
///
/// A type without a step is read as it stands: most types don't change when the format does. A type with a step has one for
/// each later version, so that its way to today can be read off the list.
#[derive(Clone, Debug, Default)]
pub struct Upcasters {
    steps: BTreeMap<(&'static str, u16), Upcaster>,
    oldest: Option<u16>,
}

/// Upcasters that don't make a chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// Two read the same type at the same version.
    #[error("expected one upcaster of `{event}` from version {from}, got two")]
    Doubled {
        /// The type.
        event: &'static str,
        /// The version.
        from: u16,
    },
    /// One reads today's version, or a later one.
    #[error("expected an upcaster of `{event}` from a version before {current}, got {from}")]
    NotOlder {
        /// The type.
        event: &'static str,
        /// The version it reads.
        from: u16,
        /// Today's version.
        current: u16,
    },
    /// What one gives is read by none, though it isn't today's version yet.
    #[error("expected an upcaster of `{event}` from version {from}, got none")]
    Gap {
        /// The type that is left at that version.
        event: &'static str,
        /// The version.
        from: u16,
    },
    /// What the last one gives is no type of event.
    #[error("expected `{event}` from version {from} to become a type of event, got `{into}`")]
    UnknownTarget {
        /// The type the last upcaster reads.
        event: &'static str,
        /// The version it reads.
        from: u16,
        /// The type it gives.
        into: &'static str,
    },
}

impl ChainError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Doubled { .. } => "upcaster_doubled",
            Self::NotOlder { .. } => "upcaster_not_older",
            Self::Gap { .. } => "upcaster_gap",
            Self::UnknownTarget { .. } => "upcaster_unknown_target",
        }
    }
}

impl Upcasters {
    /// The steps from every released version to [`WIRE_VERSION`]. None so far: version 1 is the first.
    #[must_use]
    pub const fn standard() -> &'static Self {
        static STANDARD: Upcasters = Upcasters { steps: BTreeMap::new(), oldest: None };
        &STANDARD
    }

    /// These steps, checked.
    ///
    /// # Errors
    /// [`ChainError`] where two read the same, one reads today's version, a version is left out, or the last gives no type of
    /// event that this machine knows.
    pub fn new(steps: impl IntoIterator<Item = Upcaster>) -> Result<Self, ChainError> {
        Self::chained(steps, WIRE_VERSION, EventBody::TYPES)
    }

    fn chained(upcasters: impl IntoIterator<Item = Upcaster>, current: u16, known: &[&str]) -> Result<Self, ChainError> {
        let mut steps = BTreeMap::new();
        for step in upcasters {
            let Upcaster { event, from, .. } = step;
            if from >= current {
                return Err(ChainError::NotOlder { event, from, current });
            }
            if steps.insert((event, from), step).is_some() {
                return Err(ChainError::Doubled { event, from });
            }
        }
        for &Upcaster { event, from, into, .. } in steps.values() {
            let next = from.saturating_add(1);
            if next < current && !steps.contains_key(&(into, next)) {
                return Err(ChainError::Gap { event: into, from: next });
            }
            if next == current && !known.contains(&into) {
                return Err(ChainError::UnknownTarget { event, from, into });
            }
        }
        let oldest = steps.values().map(|step| step.from).min();
        Ok(Self { steps, oldest })
    }

    /// The oldest version they read.
    #[must_use]
    pub fn oldest(&self) -> u16 {
        self.oldest.unwrap_or(WIRE_VERSION)
    }

    /// The body brought to today's format; nothing where no step reads it.
    pub(crate) fn upcast(&self, seq: Revision, event: &str, v: u16, body: &str) -> Result<Option<Value>, DecodeError> {
        let Some(first) = self.steps.get(&(event, v)) else { return Ok(None) };
        let failed = |step: &Upcaster, reason: String| DecodeError::Upcast {
            seq,
            event: step.event.to_owned(),
            from: step.from,
            reason,
        };
        let mut value: Value = serde_json::from_str(body).map_err(|error| failed(first, error.to_string()))?;
        let mut step = Some(first);
        while let Some(one) = step {
            value = (one.upcast)(value).map_err(|reason| failed(one, reason))?;
            if value.get("type").and_then(Value::as_str) != Some(one.into) {
                return Err(failed(one, format!("a body that is no `{}`", one.into)));
            }
            step = self.steps.get(&(one.into, one.from.saturating_add(1)));
        }
        Ok(Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &["story.shared"];

    fn step(event: &'static str, from: u16, into: &'static str) -> Upcaster {
        let renamed = |mut body: Value| {
            // Each step leaves its mark, so that the test sees the way.
            let marks = body.get("marks").and_then(Value::as_u64).unwrap_or_default() + 1;
            let event = match marks {
                1 => "b",
                _ => "story.shared",
            };
            let fields = body.as_object_mut().ok_or("no object")?;
            fields.insert("marks".to_owned(), marks.into());
            fields.insert("type".to_owned(), event.into());
            Ok(body)
        };
        Upcaster { event, from, into, upcast: renamed }
    }

    #[test]
    fn a_chain_leads_to_today_through_every_version() {
        let chain = [step("b", 1, "story.shared"), step("a", 0, "b"), Upcaster::unchanged("story.shared", 2)];
        let upcasters = Upcasters::chained(chain, 3, KNOWN).unwrap();
        assert_eq!(upcasters.oldest(), 0);
        let value = upcasters.upcast(1, "a", 0, r#"{"type":"a"}"#).unwrap().unwrap();
        assert_eq!(value, serde_json::json!({"type": "story.shared", "marks": 2}));
        assert_eq!(upcasters.upcast(1, "a", 1, r#"{"type":"a"}"#).unwrap(), None, "it has no step from version 1");
        assert!(upcasters.upcast(1, "story.shared", 2, r#"{"type":"story.shared"}"#).unwrap().is_some());
    }

    #[test]
    fn a_chain_that_is_none_says_why() {
        let refused = |steps: &[Upcaster]| {
            let error = Upcasters::chained(steps.iter().copied(), 3, KNOWN).unwrap_err();
            format!("{}: {error}", error.code())
        };
        assert_eq!(
            refused(&[step("a", 2, "story.shared"), step("a", 2, "story.shared")]),
            "upcaster_doubled: expected one upcaster of `a` from version 2, got two"
        );
        assert_eq!(
            refused(&[step("a", 3, "story.shared")]),
            "upcaster_not_older: expected an upcaster of `a` from a version before 3, got 3"
        );
        assert_eq!(
            refused(&[step("a", 0, "b"), step("b", 2, "story.shared")]),
            "upcaster_gap: expected an upcaster of `b` from version 1, got none"
        );
        assert_eq!(
            refused(&[step("a", 2, "tea.served")]),
            "upcaster_unknown_target: expected `a` from version 2 to become a type of event, got `tea.served`"
        );
    }

    #[test]
    fn the_standard_chain_is_one() {
        let standard = Upcasters::standard();
        let steps: Vec<_> = standard.steps.values().copied().collect();
        assert_eq!(Upcasters::new(steps).unwrap().oldest(), standard.oldest());
    }
}
