//! The language that a module is written in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The longest tag, in characters.
pub const MAX_LANGUAGE_CHARS: usize = 35;

/// A language tag as in BCP 47, such as `en`, `de` or `pt-BR`.
///
/// # Example
/// ```
/// use peercircle_modules::Language;
/// let swiss: Language = "de-CH".parse()?;
/// assert_eq!(swiss.fallbacks().collect::<Vec<_>>(), ["de-CH", "de", "en"]);
/// assert!("German".parse::<Language>().is_err());
/// # Ok::<(), peercircle_modules::LanguageError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

/// Why a text isn't a language tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a language tag such as `en`, `de` or `pt-BR`, got `{0}`")]
pub struct LanguageError(String);

impl Language {
    /// The language that every module is asked for in last.
    pub const LAST: &'static str = "en";

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag without its region and everything else that follows.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// The tags under which a text is looked for, one after the other: its own, each shorter one, English.
    pub fn fallbacks(&self) -> impl Iterator<Item = &str> {
        let shorter = std::iter::successors(Some(self.as_str()), |tag| tag.rsplit_once('-').map(|(tag, _)| tag));
        shorter.chain((self.primary() != Self::LAST).then_some(Self::LAST))
    }
}

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(tag: &str) -> Result<Self, LanguageError> {
        let mut parts = tag.split('-');
        let primary = parts.next().unwrap_or_default();
        let fits = (2..=3).contains(&primary.len())
            && primary.bytes().all(|one| one.is_ascii_lowercase())
            && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|one| one.is_ascii_alphanumeric()))
            && tag.len() <= MAX_LANGUAGE_CHARS;
        if fits { Ok(Self(tag.to_owned())) } else { Err(LanguageError(tag.to_owned())) }
    }
}

impl TryFrom<String> for Language {
    type Error = LanguageError;

    fn try_from(tag: String) -> Result<Self, LanguageError> {
        tag.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
