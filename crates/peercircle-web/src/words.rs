//! What the machine says, as people say it: names for ids, times for instants, minutes for seconds.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use maud::{Markup, html};
use peercircle_core::{Instant, MemberId, Outcome, Reason, RefusalView};
use peercircle_host::{HostError, Visitor};

/// Names of the people on a page, and of what they try.
#[derive(Clone, Default)]
pub(crate) struct Names {
    pub(crate) me: Option<MemberId>,
    pub(crate) all: BTreeMap<MemberId, String>,
    /// By the strategy's id.
    pub(crate) strategies: BTreeMap<String, String>,
}

impl Names {
    /// Somebody's name.
    pub(crate) fn of<'a>(&'a self, id: &'a MemberId) -> &'a str {
        self.all.get(id).map_or_else(|| id.as_str(), String::as_str)
    }

    /// The same, or "you".
    pub(crate) fn or_you<'a>(&'a self, id: &'a MemberId) -> &'a str {
        if self.is_me(id) { "you" } else { self.of(id) }
    }

    pub(crate) fn is_me(&self, id: &MemberId) -> bool {
        self.me.as_ref() == Some(id)
    }

    /// "Ana, Bo and you".
    pub(crate) fn list(&self, ids: &[MemberId]) -> String {
        let mut names: Vec<_> = ids.iter().map(|id| self.or_you(id)).collect();
        // Whoever reads it comes last.
        names.sort_by_key(|name| *name == "you");
        match names.as_slice() {
            [] => "nobody".to_owned(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }

    /// The names of those whom these refusals are about.
    pub(crate) fn about(visitor: &Visitor, refusals: &[RefusalView]) -> Result<Self, HostError> {
        let ids: Vec<_> = refusals.iter().flat_map(|no| no.members.iter().cloned()).collect();
        Ok(Self { me: visitor.person().cloned(), all: visitor.names(&ids)?, ..Self::default() })
    }

    /// What a refusal says or advises as a sentence: people and strategies by name, instants as dates.
    ///
    /// A name stands only for whoever the refusal is about: somebody's id may be a word, as in "mark bo as present".
    pub(crate) fn sentence(&self, refusal: &RefusalView, text: &str) -> Markup {
        let is_of_strategies = matches!(refusal.found, Some(Reason::NotOfTheModule { .. } | Reason::NotTried { .. }));
        let name = |word: &str| {
            let person = refusal.members.iter().find(|id| id.as_str() == word).map(|id| self.of(id));
            person.or_else(|| self.strategies.get(word).filter(|_| is_of_strategies).map(String::as_str))
        };
        let (mut pieces, mut words) = (Vec::new(), String::new());
        for part in text.split_inclusive(|letter| !is_of_word(letter)) {
            let word = part.trim_end_matches(|letter| !is_of_word(letter));
            // A sentence's full stop may look like a part of an id.
            let word = word.trim_end_matches(['.', ':']);
            let after = part.strip_prefix(word).unwrap_or_default();
            if let Ok(at) = word.parse::<Instant>() {
                pieces.push(Piece::Words(std::mem::take(&mut words)));
                pieces.push(Piece::At(at));
            } else {
                words.push_str(name(word).unwrap_or(word));
            }
            words.push_str(after);
        }
        if !words.ends_with(['.', '!', '?']) {
            words.push('.');
        }
        pieces.push(Piece::Words(words));
        html! {
            @for (number, piece) in pieces.iter().enumerate() {
                @match piece {
                    Piece::Words(words) if number == 0 => (capital(words)),
                    Piece::Words(words) => (words),
                    Piece::At(at) => (when(*at)),
                }
            }
        }
    }
}

/// A piece of a sentence.
enum Piece {
    Words(String),
    At(Instant),
}

/// What an id or an instant may be written with.
const fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '@' | '+' | '/' | '.' | ':')
}

fn civil(at: Instant) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.unix_millis()).unwrap_or_default()
}

/// An instant: in the reader's own time by the script, in UTC without it.
pub(crate) fn when(at: Instant) -> Markup {
    let utc = civil(at).format("%A, %-d %B %Y, %H:%M UTC").to_string();
    html! { time datetime=(at) data-when="long" { (utc) } }
}

/// The same, short enough for a table, and as long in the reader's own time as in UTC.
pub(crate) fn short(at: Instant) -> Markup {
    html! { time datetime=(at) data-when="short" { (civil(at).format("%a, %-d %b %Y, %H:%M UTC").to_string()) } }
}

/// The same, a day only.
pub(crate) fn day(at: Instant) -> Markup {
    html! { time datetime=(at) data-when="day" { (civil(at).format("%-d %B %Y").to_string()) } }
}

/// An instant as a calendar file has it.
pub(crate) fn stamp(at: Instant) -> String {
    let at = civil(at);
    format!("{:04}{:02}{:02}T{:02}{:02}{:02}Z", at.year(), at.month(), at.day(), at.hour(), at.minute(), at.second())
}

/// Seconds as a clock shows them: `3:20`.
pub(crate) fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Seconds in words: `3 min 20 s`.
pub(crate) fn minutes(seconds: u32) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

/// With a capital letter first.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How a member stands.
pub(crate) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Enrolled => "in the group",
        Outcome::Completed => "completed",
        Outcome::CompletedByReport => "completed by report",
        Outcome::Waived => "freed from what was left",
        Outcome::Withdrawn => "left",
        Outcome::Dropped => "no longer in it",
    }
}

/// A wire name as words: `did_not_fit` is `did not fit`.
pub(crate) fn spaced(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> MemberId {
        text.parse().unwrap()
    }

    fn said(names: &Names, found: Option<Reason>, members: &[&str], text: &str) -> String {
        let members = members.iter().map(|member| id(member)).collect();
        let (code, rule) = ("rule_refused", "R-21".to_owned());
        let (says, helps) = (text.to_owned(), String::new());
        let refusal = RefusalView { code, rule, says, helps, members, found, applies: Vec::new(), may: Vec::new() };
        names.sentence(&refusal, text).into_string()
    }

    fn names() -> Names {
        let all = [("ana", "Ana Diaz"), ("bo", "Bo"), ("mark", "Mark Webb"), ("j.o@x", "Jo")];
        let all = all.map(|(member, name)| (id(member), name.to_owned())).into();
        let strategies = [("round-first".to_owned(), "A round first".to_owned())].into();
        Names { me: Some(id("bo")), all, strategies }
    }

    #[test]
    fn ids_become_names_and_nothing_else_changes() {
        let said = |members: &[&str], text: &str| said(&names(), None, members, text);
        assert_eq!(said(&["ana", "bo"], "2 of 6 have not shared: ana, bo"), "2 of 6 have not shared: Ana Diaz, Bo.");
        assert_eq!(said(&["ana"], "analysis of `ana`: R-21 (anabel)"), "Analysis of `Ana Diaz`: R-21 (anabel).");
        assert_eq!(said(&["ana"], "ana"), "Ana Diaz.");
        assert_eq!(said(&["j.o@x"], "choose j.o@x."), "Choose Jo.");
        // An id that is a word as well.
        assert_eq!(said(&["ana"], "mark ana as present"), "Mark Ana Diaz as present.");
        assert_eq!(said(&[], ""), ".");
        assert_eq!(names().list(&[id("bo"), id("ana")]), "Ana Diaz and you");
    }

    #[test]
    fn strategies_have_names_where_it_is_about_them() {
        let reason = Reason::NotTried { strategies: peercircle_core::StrategySet::EMPTY };
        assert_eq!(said(&names(), Some(reason), &[], "not tried: round-first"), "Not tried: A round first.");
        assert_eq!(said(&names(), None, &[], "a round-first"), "A round-first.");
    }

    #[test]
    fn instants_become_dates() {
        let date = |text: &str| said(&names(), None, &["ana"], text);
        let shown = "<time datetime=\"2026-03-03T09:00:00Z\" data-when=\"long\">Tuesday, 3 March 2026, 09:00 UTC</time>";
        assert_eq!(date("wait until 2026-03-03T09:00:00Z"), format!("Wait until {shown}."));
        assert_eq!(date("session 2 is on 2026-03-03T10:00:00+01:00, ana"), format!("Session 2 is on {shown}, Ana Diaz."));
        let fraction = date("since 2026-03-03T09:00:00.250Z.");
        assert!(fraction.contains(">Tuesday, 3 March 2026, 09:00 UTC</time>.") && !fraction.contains(">2026"), "{fraction}");
        // Neither a day alone nor what no calendar has is an instant.
        assert_eq!(date("on 2026-13-03T09:00:00Z"), "On 2026-13-03T09:00:00Z.");
    }
}
