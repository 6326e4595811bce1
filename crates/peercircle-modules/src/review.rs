//! An editor's look at a module: lengths, the reading level, spelling.
//!
//! The reading level is LIX (Björnsson, 1968): words in a sentence, plus how many of a hundred words have more than six letters.
//! It needs no syllables, so it works for more languages than English.

use std::collections::BTreeSet;

use crate::{About, Files, Language, ModuleIssue, issue::placed, markdown, sheet::Sheet};
use peercircle_file::{Found, IssueKind, quoted};

/// The lengths and levels that a module's texts keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bounds {
    /// The words of the reference text.
    pub reference_words: (usize, usize),
    /// The words of the case.
    pub case_words: (usize, usize),
    /// The most words of a job aid, so that it fits a page.
    pub job_aid_words: usize,
    /// The most words of a sentence.
    pub sentence_words: usize,
    /// The highest reading level (LIX) of a text of more than 100 words: 30 is easy, 40 a newspaper, 60 a law.
    pub lix: usize,
}

impl Bounds {
    /// The bounds for a language; German has longer words than English.
    #[must_use]
    pub fn of(language: &Language) -> Self {
        let lix = if language.primary() == "de" { 52 } else { 42 };
        Self { reference_words: (800, 1500), case_words: (200, 600), job_aid_words: 330, sentence_words: 40, lix }
    }
}

/// What an editor would say to these files: too long, too short, hard to read, misspelt. Empty is good.
///
/// `knows` says whether a word is in the dictionary; without one, `&|_| true` leaves spelling out. The module's own `words` and
/// the names of its authors are known as well.
///
/// # Example
/// ```
/// use peercircle_modules::{Bounds, Files, review};
/// let mut files = Files::new();
/// files.insert("exercises/ask.md".to_owned(), "+++\n+++\n\nAsk frist, answer later.\n".to_owned());
/// let dictionary = ["Ask", "first", "answer", "later"];
/// let issues = review("asking/en", &files, Bounds::of(&"en".parse()?), &|word| dictionary.contains(&word));
/// assert_eq!(issues.len(), 1);
/// assert!(issues[0].to_string().starts_with("asking/en/exercises/ask.md: line 4, column 5: "));
/// # Ok::<(), peercircle_modules::LanguageError>(())
/// ```
#[must_use]
pub fn review(folder: &str, files: &Files, bounds: Bounds, knows: &dyn Fn(&str) -> bool) -> Vec<ModuleIssue> {
    let mut issues = Vec::new();
    let own = own_words(files);
    let knows: &dyn Fn(&str) -> bool = &|word| knows(word) || own.contains(word);
    for (name, text) in files {
        let found = if name.ends_with(".md") {
            let body = body(text);
            let mut found = spelling(body.0, body.1, knows);
            found.extend(lengths(name, body.0, body.1, bounds));
            found
        } else {
            spelling_of_toml(text, knows)
        };
        issues.extend(placed(&format!("{folder}/{name}"), text, found));
    }
    issues
}

/// The words that a module brings along: its list of them, and those of its authors' names.
fn own_words(files: &Files) -> BTreeSet<String> {
    let about = files.get("module.toml").and_then(|text| Sheet::<About>::toml("module.toml", text).finish().0);
    let Some(about) = about else { return BTreeSet::new() };
    let authors = about.sources.iter().flat_map(|source| words(source.author.as_str())).map(|(_, word)| word.to_owned());
    let authors: Vec<_> = authors.collect();
    about.words.into_iter().chain(authors).collect()
}

/// The prose below a front, and the byte where it begins.
fn body(text: &str) -> (&str, usize) {
    let front = text.strip_prefix("+++").and_then(|rest| rest.find("\n+++")).map_or(0, |at| at + "+++\n+++".len());
    (text.get(front..).unwrap_or_default(), front)
}

fn style(at: usize, path: &str, expected: String, got: String) -> Found {
    Found { at, kind: IssueKind::Style, path: path.to_owned(), expected, got, suggestion: None }
}

/// Words as a reader sees them, each with its byte: references and marks are no words.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let hidden: Vec<_> =
        markdown::references(text).map(|(at, _)| (at, text.get(at..).and_then(|rest| rest.find(']')))).collect();
    let is_hidden =
        move |at: usize| hidden.iter().any(|(start, length)| (*start..start + length.unwrap_or(0)).contains(&at));
    let is_part = |one: char| one.is_alphabetic() || matches!(one, '\'' | '’');
    let mut rest = 0;
    std::iter::from_fn(move || {
        loop {
            let start = rest + text.get(rest..)?.find(|one: char| one.is_alphabetic())?;
            let length = text.get(start..)?.find(|one: char| !is_part(one)).unwrap_or(text.len() - start);
            rest = start + length;
            if !is_hidden(start) {
                return Some((start, text.get(start..rest)?.trim_end_matches(['\'', '’'])));
            }
        }
    })
}

fn spelling(text: &str, from: usize, knows: &dyn Fn(&str) -> bool) -> Vec<Found> {
    let unknown = words(text).filter(|(_, word)| !is_known(word, knows));
    unknown
        .map(|(at, word)| {
            style(from + at, "", "a word of the dictionary, or of `words` in module.toml".into(), quoted(word))
        })
        .collect()
}

/// Single letters and abbreviations are nobody's slip.
fn is_known(word: &str, knows: &dyn Fn(&str) -> bool) -> bool {
    let plain = word.replace('’', "'");
    let stem = plain.strip_suffix("'s").unwrap_or(&plain);
    plain.chars().count() < 2 || stem.chars().all(char::is_uppercase) || knows(&plain) || knows(stem)
}

/// The lines of a TOML file that hold words for people: neither ids nor what other people called their books.
fn spelling_of_toml(text: &str, knows: &dyn Fn(&str) -> bool) -> Vec<Found> {
    const NO_PROSE: [&str; 11] = [
        "author",
        "category",
        "exercise",
        "exercises",
        "id",
        "job_aids",
        "publisher",
        "strategy",
        "url",
        "version",
        "words",
    ];
    let mut found = Vec::new();
    let (mut at, mut key, mut table) = (0, String::new(), String::new());
    for line in text.split_inclusive('\n') {
        let is_header = line.starts_with('[');
        if is_header {
            table = line.trim().trim_matches(['[', ']']).to_owned();
        }
        let (said, rest) = line.split_once(" = ").map_or(("", line), |(key, rest)| (key, rest));
        let is_key = !said.is_empty() && said.bytes().all(|one| one.is_ascii_lowercase() || one == b'_');
        if is_key {
            said.clone_into(&mut key);
        }
        let skips = is_header || line.starts_with('#') || NO_PROSE.contains(&key.as_str());
        if !skips && !matches!(table.as_str(), "sources" | "videos") {
            let start = if is_key { line.len() - rest.len() } else { 0 };
            let prose = line.get(start..).unwrap_or_default();
            found.extend(spelling(&speech(prose), at + start, knows));
        }
        at += line.len();
    }
    found
}

/// A line of TOML with spaces for all that nobody reads, so that each word keeps its place: escapes, and of a slot of a plan
/// (`{ minutes = 3, what = "..." }`) everything but `what`.
fn speech(line: &str) -> String {
    let line = line.replace("\\\"", "  ");
    let trimmed = line.trim_start();
    if !trimmed.starts_with('{') || !trimmed.contains("minutes = ") {
        return line;
    }
    let Some((before, after)) = line.split_once("what = ") else { return String::new() };
    let what = after.find(", exercise = ").and_then(|end| after.get(..end)).unwrap_or(after);
    format!("{}{what}", " ".repeat(before.len() + "what = ".len()))
}

fn lengths(name: &str, text: &str, from: usize, bounds: Bounds) -> Vec<Found> {
    let count = words(text).count();
    let between = |(least, most): (usize, usize)| {
        let expected = format!("{least} to {most} words");
        (!(least..=most).contains(&count)).then(|| style(from, "", expected, count.to_string()))
    };
    let mut found: Vec<Found> = match name {
        "reference.md" => between(bounds.reference_words),
        "case.md" => between(bounds.case_words),
        name if name.starts_with("job-aids/") => between((20, bounds.job_aid_words)),
        _ => None,
    }
    .into_iter()
    .collect();
    let sentences = sentences(text);
    for (at, length) in sentences.iter().filter(|(_, length)| *length > bounds.sentence_words) {
        let expected = format!("sentences of at most {} words", bounds.sentence_words);
        found.push(style(from + at, "", expected, length.to_string()));
    }
    let lix = lix(text);
    if count > 100 && lix > bounds.lix {
        found.push(style(from, "", format!("a reading level (LIX) of at most {}", bounds.lix), lix.to_string()));
    }
    found
}

/// The sentences of a text: where each begins, and its words. A heading, a point of a list and a cell of a table end one.
fn sentences(text: &str) -> Vec<(usize, usize)> {
    let mut sentences = Vec::new();
    let (mut start, mut from) = (0, 0);
    let mut push = |start: usize, end: usize| {
        let piece = text.get(start..end).unwrap_or_default();
        let length = words(piece).count();
        if let Some((first, _)) = words(piece).next() {
            sentences.push((start + first, length));
        }
    };
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(['.', '!', '?', ':', '|', '\n'])).map(|at| from + at) {
        let rest = text.get(at + 1..).unwrap_or_default();
        let next = rest.chars().next().unwrap_or(' ');
        let ends = match text.as_bytes().get(at) {
            Some(b'|') => true,
            Some(b'\n') => rest
                .trim_start_matches(' ')
                .starts_with(['\n', '-', '#', '>', '|', '1', '2', '3', '4', '5', '6', '7', '8', '9']),
            _ => next.is_whitespace() || matches!(next, '"' | '*' | '”' | '“' | ')'),
        };
        if ends {
            push(start, at);
            start = at + 1;
        }
        from = at + 1;
    }
    push(start, text.len());
    sentences
}

/// The reading level of a text (LIX), rounded.
///
/// # Example
/// ```
/// assert_eq!(peercircle_modules::lix("Ask first. Then wait. It works."), 2);
/// assert!(peercircle_modules::lix("Organisational transformation necessitates comprehensive communication.") > 90);
/// ```
#[must_use]
pub fn lix(text: &str) -> usize {
    let count = words(text).count();
    let sentences = sentences(text).len();
    if count == 0 || sentences == 0 {
        return 0;
    }
    let long = words(text).filter(|(_, word)| word.chars().count() > 6).count();
    (count * count + 100 * long * sentences + count * sentences / 2) / (count * sentences)
}
