//! Where two values differ.

use std::fmt;

use serde_json::Value;

/// How much of a value is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it, and nothing more.
    All,
    /// What is written out: an object may have more, and what isn't there is `null`.
    Written,
}

/// A place at which two values differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart<'a> {
    /// The names and numbers that lead there, with dots between them; empty where the values are no objects or lists.
    pub place: String,
    /// What is expected there; nothing where nothing may be.
    pub expected: Option<&'a Value>,
    /// What is there.
    pub got: Option<&'a Value>,
}

/// Where `got` isn't what is expected.
///
/// # Example
/// ```
/// use peercircle_scenario::{Extent, apart};
/// use serde_json::json;
/// let (expected, got) = (json!({"held": [1, 2]}), json!({"held": [1, 3], "note": "private"}));
/// let places = |extent| apart(&expected, &got, extent).into_iter().map(|one| one.place).collect::<Vec<_>>();
/// assert_eq!(places(Extent::Written), ["held.1"]);
/// assert_eq!(places(Extent::All), ["held.1", "note"]);
/// ```
#[must_use]
pub fn apart<'a>(expected: &'a Value, got: &'a Value, extent: Extent) -> Vec<Apart<'a>> {
    let mut found = Vec::new();
    look(String::new(), Some(expected), Some(got), extent, &mut found);
    found
}

fn look<'a>(place: String, expected: Option<&'a Value>, got: Option<&'a Value>, extent: Extent, found: &mut Vec<Apart<'a>>) {
    let below = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    match (expected, got) {
        _ if expected == got => {}
        (Some(Value::Null), None) if extent == Extent::Written => {}
        (Some(Value::Object(wanted)), Some(Value::Object(had))) => {
            for (name, one) in wanted {
                look(below(name), Some(one), had.get(name), extent, found);
            }
            let more = had.iter().filter(|(name, _)| extent == Extent::All && !wanted.contains_key(*name));
            found.extend(more.map(|(name, one)| Apart { place: below(name), expected: None, got: Some(one) }));
        }
        (Some(Value::Array(wanted)), Some(Value::Array(had))) if wanted.len() == had.len() => {
            for (at, (one, other)) in wanted.iter().zip(had).enumerate() {
                look(below(&at.to_string()), Some(one), Some(other), extent, found);
            }
        }
        _ => found.push(Apart { place, expected, got }),
    }
}

impl Apart<'_> {
    /// The two, each as JSON or as `nothing`.
    #[must_use]
    pub fn sides(&self) -> [String; 2] {
        [self.expected, self.got].map(|side| side.map_or_else(|| "nothing".to_owned(), Value::to_string))
    }
}

impl fmt::Display for Apart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [expected, got] = self.sides();
        let place = if self.place.is_empty() { "all of it" } else { &self.place };
        write!(f, "`{place}` as {expected}, got {got}")
    }
}
