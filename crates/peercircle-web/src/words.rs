//! What the machine says, as people say it: names for ids, times for instants, minutes for seconds.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use maud::{Markup, html};
use peercircle_core::{Instant, MemberId, Outcome};

/// Names of the people on a page.
#[derive(Clone, Default)]
pub(crate) struct Names {
    pub(crate) me: Option<MemberId>,
    pub(crate) all: BTreeMap<MemberId, String>,
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

    /// A sentence of the machine's with names where it has ids.
    pub(crate) fn words(&self, sentence: &str) -> String {
        let is_of_id =
            |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '@' | '+' | '/' | '.' | ':');
        let mut words = String::new();
        let mut word = String::new();
        let end = |word: &mut String, words: &mut String| {
            // A sentence's full stop may look like a part of an id.
            let id = word.trim_end_matches(['.', ':']);
            match id.parse::<MemberId>().ok().and_then(|id| self.all.get(&id)) {
                Some(name) => {
                    words.push_str(name);
                    words.push_str(word.get(id.len()..).unwrap_or_default());
                }
                None => words.push_str(word),
            }
            word.clear();
        };
        for letter in sentence.chars() {
            if is_of_id(letter) {
                word.push(letter);
            } else {
                end(&mut word, &mut words);
                words.push(letter);
            }
        }
        end(&mut word, &mut words);
        words
    }
}

fn civil(at: Instant) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.unix_millis()).unwrap_or_default()
}

/// An instant: in the reader's own time by the script, in UTC without it.
pub(crate) fn when(at: Instant) -> Markup {
    let utc = civil(at).format("%A, %-d %B %Y, %H:%M UTC").to_string();
    html! { time datetime=(at) data-when="long" { (utc) } }
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

    #[test]
    fn ids_become_names_and_nothing_else_changes() {
        let id = |text: &str| text.parse::<MemberId>().unwrap();
        let all = [(id("ana"), "Ana Diaz".to_owned()), (id("bo"), "Bo".to_owned())].into();
        let names = Names { me: Some(id("bo")), all };
        assert_eq!(names.words("2 of 6 have not shared: ana, bo."), "2 of 6 have not shared: Ana Diaz, Bo.");
        assert_eq!(names.words("analysis of `ana`: R-21 (bo)"), "analysis of `Ana Diaz`: R-21 (Bo)");
        assert_eq!(names.list(&[id("bo"), id("ana")]), "Ana Diaz and you");
    }
}
