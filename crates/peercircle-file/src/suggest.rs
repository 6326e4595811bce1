//! What was likely meant: the known word nearest to a misspelt one, and how known words are listed in a message.

/// Longer words than this, in characters, are nobody's slip of the finger.
const MAX_CHARS: usize = 60;

/// How many words a message lists in full.
const MAX_LISTED: usize = 12;

/// How many words a message lists as examples.
const EXAMPLES: usize = 3;

/// What people write for a switch.
const SWITCHES: [(&str, &str); 6] =
    [("disabled", "off"), ("enabled", "on"), ("false", "off"), ("no", "off"), ("true", "on"), ("yes", "on")];

/// The known word that `typed` was likely meant to be, if one is near enough.
#[must_use]
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<&'a str> {
    if typed.chars().nth(MAX_CHARS).is_some() {
        return None;
    }
    let typed = normal(typed);
    let switch = SWITCHES.iter().find(|(word, _)| *word == typed);
    if let Some((_, meant)) = switch
        && let Some(found) = known.clone().into_iter().find(|one| one == meant)
    {
        return Some(found);
    }
    let most = (typed.chars().count() / 3).max(1);
    let ranked = known.into_iter().map(|one| (distance(&typed, one), one));
    ranked.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance).map(|(_, one)| one)
}

/// Known words in a message: all of them, or the nearest where they are many.
#[must_use]
pub fn listed<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let mut known = known.into_iter().collect::<Vec<_>>();
    let count = known.len();
    let lead = if count > MAX_LISTED {
        if typed.chars().nth(MAX_CHARS).is_none() {
            let typed = normal(typed);
            known.sort_by_cached_key(|one| (usize::MAX - shared(&typed, one), distance(&typed, one)));
        }
        known.truncate(EXAMPLES);
        format!("one of {count} words such as ")
    } else {
        String::new()
    };
    let last = known.pop().unwrap_or_default();
    let start = known.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
    if start.is_empty() { format!("{lead}`{last}`") } else { format!("{lead}{start} or `{last}`") }
}

/// How far a known word is from a normalised typed one: edits, but next to none for the same parts in another order, for an
/// abbreviation, or for what stands after the last dot.
fn distance(typed: &str, known: &str) -> usize {
    let parts = |of: &str| {
        let mut parts = of.split(['_', '.']).map(str::to_owned).collect::<Vec<_>>();
        parts.sort_unstable();
        parts
    };
    let plain = normal(known);
    if plain == typed || parts(&plain) == parts(typed) {
        return 0;
    }
    let abbreviated = typed.len() >= 3 && plain.starts_with(typed);
    if abbreviated || plain.rsplit('.').next() == Some(typed) {
        return 1;
    }
    strsim::osa_distance(typed, &plain)
}

/// How many parts two words share.
fn shared(typed: &str, known: &str) -> usize {
    known.split(['_', '.']).filter(|part| typed.split(['_', '.']).any(|other| other == *part)).count()
}

fn normal(word: &str) -> String {
    word.trim().to_lowercase().replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant() {
        let keys = ["minimum", "target", "maximum", "same_level"];
        let kinds = ["story.share", "report.give", "round.close", "session.close"];
        let stages = ["practising", "explore.story_sharing", "reflect.report_back"];
        let switch = ["off", "on"];
        for (typed, known, meant) in [
            ("minimun", &keys[..], Some("minimum")),
            ("max", &keys, Some("maximum")),
            ("Same-Level", &keys, Some("same_level")),
            ("level_same", &keys, Some("same_level")),
            ("colour", &keys, None),
            ("share_story", &kinds, Some("story.share")),
            ("story.shar", &kinds, Some("story.share")),
            ("story_sharing", &stages, Some("explore.story_sharing")),
            ("practicing", &stages, Some("practising")),
            ("no", &switch, Some("off")),
            ("true", &switch, Some("on")),
            ("ON", &switch, Some("on")),
            ("true", &keys, None),
            ("", &keys, None),
        ] {
            assert_eq!(nearest(typed, known.iter().copied()), meant, "{typed}");
        }
        assert_eq!(nearest(&"minimum".repeat(20), keys), None);
    }

    #[test]
    fn how_words_are_listed() {
        assert_eq!(listed("", ["on"]), "`on`");
        assert_eq!(listed("", ["off", "on"]), "`off` or `on`");
        assert_eq!(listed("", ["a", "b", "c"]), "`a`, `b` or `c`");
        let many = ["aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh", "ii", "jj", "kk", "ll", "mm"];
        let kinds = ["a.b", "c.d", "story.share"].into_iter().chain(many);
        assert_eq!(listed("share_it", kinds), "one of 16 words such as `story.share`, `a.b` or `aa`");
        assert_eq!(listed("mmm", many), "one of 13 words such as `mm`, `aa` or `bb`");
    }
}
