//! A text of one paragraph, with emphasis and references in it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::markdown::{self, Inline};

/// One paragraph: plain words, `*emphasis*`, `**strong**`, `[@source]`, `[[strategy]]`, `____`.
///
/// # Example
/// ```
/// use peercircle_modules::{Catalogue, Inline};
/// let catalogue = Catalogue::builtin();
/// let module = catalogue.module("coaching-employees", "en").unwrap();
/// let say = &module.about.strategies[0].say;
/// assert_eq!(say.as_str(), "You know this case better than I do. What have you thought of so far?");
/// assert!(matches!(say.inlines().as_slice(), [Inline::Words { .. }]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Text(String);

impl Text {
    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.trim()
    }

    /// What it is made of.
    #[must_use]
    pub fn inlines(&self) -> Vec<Inline> {
        markdown::inlines(&self.0)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
