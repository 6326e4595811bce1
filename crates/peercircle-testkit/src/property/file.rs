//! Files of properties, in TOML or JSON.

use peercircle_core::EventBody;
use serde::Deserialize;

use super::{Occurrence, Property, Template, Within};

/// A file of properties.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    properties: Vec<Property>,
}

/// What is wrong with a file of properties.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PropertyError {
    /// It can't be read as TOML.
    #[error("expected a list of [[properties]] with `id` and `template`: {0}")]
    Toml(#[from] toml::de::Error),
    /// It can't be read as JSON.
    #[error("expected {{\"properties\": [...]}}, each with `id` and `template`: {0}")]
    Json(#[from] serde_json::Error),
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
            Self::Toml(_) | Self::Json(_) => "unreadable",
            Self::Twice { .. } => "id_twice",
            Self::UnknownEvent { .. } => "unknown_event",
            Self::OutOfRange { .. } => "out_of_range",
        }
    }
}

/// The properties of a file: JSON where it begins with a brace, else TOML.
///
/// # Errors
/// [`PropertyError`] with what was expected and what came.
///
/// # Example
/// ```
/// let properties = peercircle_testkit::property::parse(r#"
/// [[properties]]
/// id = "ACME-1"
/// template = { response = { after = { event = "cycle.suspended" }, then = { event = "cycle.resumed" }, within = { days = 14 } } }
/// "#)?;
/// assert_eq!(properties[0].to_string(), "after `cycle.suspended` comes `cycle.resumed` within 14 days");
/// # Ok::<(), peercircle_testkit::property::PropertyError>(())
/// ```
pub fn parse(text: &str) -> Result<Vec<Property>, PropertyError> {
    let file: File = if text.trim_start().starts_with('{') { serde_json::from_str(text)? } else { toml::from_str(text)? };
    for (at, property) in file.properties.iter().enumerate() {
        if file.properties.iter().take(at).any(|other| other.id == property.id) {
            return Err(PropertyError::Twice { id: property.id.clone() });
        }
        check(property)?;
    }
    Ok(file.properties)
}

fn check(property: &Property) -> Result<(), PropertyError> {
    let id = || property.id.clone();
    for one in property.template.occurrences() {
        if let Occurrence::Event(event) = one
            && !EventBody::TYPES.contains(&event.as_str())
        {
            return Err(PropertyError::UnknownEvent { id: id(), event: event.clone() });
        }
    }
    let range = |got: u32, low: u32, high: u32, expected| {
        if (low..=high).contains(&got) { Ok(()) } else { Err(PropertyError::OutOfRange { id: id(), expected, got }) }
    };
    match &property.template {
        Template::Existence { at_least, .. } => range((*at_least).into(), 1, 200, "`at_least` from 1 to 200"),
        Template::Absence { beyond, .. } => range((*beyond).into(), 0, 200, "`beyond` from 0 to 200"),
        Template::Response { within: Some(within), .. } | Template::Succession { within: Some(within), .. } => {
            match within {
                Within::Minutes(minutes) => range(*minutes, 1, 100_000, "`minutes` from 1 to 100000"),
                Within::Days(days) => range(*days, 1, 3660, "`days` from 1 to 3660"),
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
