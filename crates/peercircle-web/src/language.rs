//! In which language a reader reads a module: as they chose, else as their browser says, as far as the module is written in it.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use axum_extra::extract::CookieJar;
use peercircle_modules::{Catalogue, Language, Module};

/// The cookie that keeps what a reader chose.
pub(crate) const COOKIE: &str = "pc-language";

/// How many languages of a browser's are looked at: what it sends is the sender's to choose.
const MOST: usize = 16;

/// Whoever reads: the languages they would like, the best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reader(Vec<Language>);

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let jar = CookieJar::from_headers(&parts.headers);
        Ok(Self::new(jar.get(COOKIE).map(|cookie| cookie.value()), accepted.unwrap_or_default()))
    }
}

impl Reader {
    /// What they chose, then what a browser accepts (RFC 9110, 12.5.4).
    fn new(chosen: Option<&str>, accepted: &str) -> Self {
        let mut weighed: Vec<(u16, Language)> = accepted.split(',').take(MOST).filter_map(weighed).collect();
        // Those of the same weight stay in the order they came in.
        weighed.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let chosen = chosen.and_then(|tag| tag.parse().ok());
        Self(chosen.into_iter().chain(weighed.into_iter().map(|(_, language)| language)).collect())
    }

    /// The module in the best of their languages that it is written in, else in English, else as it is.
    pub(crate) fn module(&self, catalogue: &Catalogue, id: &str) -> Option<Arc<Module>> {
        let has: Vec<&Language> = catalogue.languages(id).collect();
        let best = self.0.iter().find_map(|wanted| best(&has, wanted));
        catalogue.module(id, best.map_or(Language::LAST, Language::as_str))
    }
}

/// What is written in a language, or in the next best form of it: `de` for `de-CH`, and `pt-BR` for `pt`.
fn best<'a>(has: &[&'a Language], wanted: &Language) -> Option<&'a Language> {
    let same = wanted.fallbacks().filter(|tag| tag.starts_with(wanted.primary()));
    let exact = same.filter_map(|tag| has.iter().find(|one| one.as_str() == tag)).next();
    exact.or_else(|| has.iter().find(|one| one.primary() == wanted.primary())).copied()
}

/// A part of what a browser accepts, such as `de-CH;q=0.8`, with its weight in thousandths; nothing for what is not wanted.
fn weighed(part: &str) -> Option<(u16, Language)> {
    let mut pieces = part.split(';').map(str::trim);
    let tag = pieces.next()?;
    let (primary, rest) = tag.split_once('-').map_or((tag, None), |(primary, rest)| (primary, Some(rest)));
    let primary = primary.to_ascii_lowercase();
    let language = rest.map_or_else(|| primary.clone(), |rest| format!("{primary}-{rest}")).parse().ok()?;
    let weight = match pieces.find_map(|piece| piece.strip_prefix("q=")) {
        None => 1000,
        Some(weight) => thousandths(weight)?,
    };
    (weight > 0).then_some((weight, language))
}

/// `0.85` as 850: at most three digits follow the point.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    let number: u16 = format!("{part:0<3}").parse().ok().filter(|_| part.len() <= 3)?;
    match whole {
        "0" => Some(number),
        "1" if number == 0 => Some(1000),
        _ => None,
    }
}

/// What a language calls itself; its tag where we don't know.
pub(crate) fn own_name(language: &Language) -> String {
    let name = match language.primary() {
        "ar" => "العربية",
        "cs" => "Čeština",
        "da" => "Dansk",
        "de" => "Deutsch",
        "en" => "English",
        "es" => "Español",
        "fi" => "Suomi",
        "fr" => "Français",
        "hu" => "Magyar",
        "it" => "Italiano",
        "ja" => "日本語",
        "nb" | "no" => "Norsk",
        "nl" => "Nederlands",
        "pl" => "Polski",
        "pt" => "Português",
        "ro" => "Română",
        "sv" => "Svenska",
        "tr" => "Türkçe",
        "uk" => "Українська",
        "zh" => "中文",
        _ => return language.to_string(),
    };
    if language.primary() == language.as_str() { name.to_owned() } else { format!("{name} ({language})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(chosen: Option<&str>, accepted: &str) -> String {
        Reader::new(chosen, accepted).0.iter().map(Language::as_str).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_a_browser_accepts_by_weight() {
        assert_eq!(wanted(None, "en;q=0.5, de-CH, de;q=0.9, fr;q=0, *;q=0.1"), "de-CH de en");
        assert_eq!(wanted(Some("fr"), "DE-de,en;q=0.8"), "fr de-de en");
        assert_eq!(wanted(Some("no language"), ""), "");
        assert_eq!(wanted(None, "de;q=2, en;q=0.1234, fr;q=x, it;q=1.000, <script>"), "it");
        assert_eq!(wanted(None, &"en,".repeat(1000)).len(), 16 * 3 - 1);
    }

    #[test]
    fn the_best_that_there_is() {
        let language = |tag: &str| tag.parse::<Language>().unwrap();
        let (en, de, pt) = (language("en"), language("de"), language("pt-BR"));
        let has = [&en, &de, &pt];
        for (wanted, got) in [("de-CH", Some("de")), ("pt", Some("pt-BR")), ("en-GB", Some("en")), ("fr", None)] {
            assert_eq!(best(&has, &language(wanted)).map(Language::as_str), got, "{wanted}");
        }
        // Frisian isn't French, and nothing is English because nothing else was found.
        assert_eq!(best(&[&language("fr")], &language("frr")), None);
        assert_eq!(best(&[&en], &language("de")), None);
        let title = |chosen, accepted| {
            let module = Reader::new(chosen, accepted).module(&Catalogue::builtin(), "coaching-employees").unwrap();
            module.language.to_string()
        };
        assert_eq!(title(None, "fr, de;q=0.5"), "de");
        assert_eq!(title(Some("en"), "de"), "en");
        assert_eq!(title(None, "fr"), "en");
        assert!(Reader::default().module(&Catalogue::builtin(), "no-such").is_none());
    }

    #[test]
    fn languages_are_called_what_they_call_themselves() {
        for (tag, name) in [("de", "Deutsch"), ("pt-BR", "Português (pt-BR)"), ("xx", "xx")] {
            assert_eq!(own_name(&tag.parse().unwrap()), name);
        }
    }
}
