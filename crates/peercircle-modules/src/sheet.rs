//! One file of a module, read along its schema, with the place of everything in it.

use std::sync::LazyLock;

use peercircle_file::{Book, Clean, Fill, Format, Found, IssueKind, Read, Walk, quoted, read, tidy, walk};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{About, DocumentFront, ExerciseFront, Guide, JobAidFront, Practice, markdown};

/// A type that a file is read into.
pub(crate) trait Typed: DeserializeOwned + JsonSchema {
    /// The shapes of such a file.
    fn book() -> &'static Book;
}

macro_rules! typed {
    ($($type:ty),+) => {$(
        impl Typed for $type {
            fn book() -> &'static Book {
                static BOOK: LazyLock<Book> = LazyLock::new(|| Book::new(&schema_of::<$type>()));
                &BOOK
            }
        }
    )+};
}

typed!(About, DocumentFront, ExerciseFront, Guide, JobAidFront, Practice);

/// The JSON Schema of a file that is read into `T`.
pub(crate) fn schema_of<T: JsonSchema>() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value();
    tidy(&mut schema);
    schema
}

/// One file.
#[derive(Debug)]
pub(crate) struct Sheet<T> {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) found: Vec<Found>,
    /// The byte where its prose begins; of a TOML file, its end.
    pub(crate) body: usize,
    walk: Walk,
    value: Option<T>,
}

impl<T: Typed> Sheet<T> {
    /// A TOML file.
    pub(crate) fn toml(name: &str, text: &str) -> Self {
        let (value, walk) = typed(text);
        Self { name: name.to_owned(), text: text.to_owned(), found: Vec::new(), body: text.len(), walk, value }
    }

    /// A Markdown file with a front of TOML between two lines of `+++`.
    pub(crate) fn markdown(name: &str, text: &str) -> Self {
        let front = text.strip_prefix("+++").and_then(|rest| rest.split_once("\n+++"));
        let Some((front, _)) = front else {
            let (value, mut walk) = typed("");
            walk.found = vec![Found::syntax(0, "a front: `+++`, lines of TOML, `+++`", "none")];
            return Self { name: name.to_owned(), text: text.to_owned(), found: Vec::new(), body: 0, walk, value };
        };
        // Spaces for the marks, so that every byte keeps its place.
        let (value, walk) = typed(&format!("   {front}"));
        let body = front.len() + "+++\n+++".len();
        Self { name: name.to_owned(), text: text.to_owned(), found: Vec::new(), body, walk, value }
    }

    /// What the file says, if it could be read.
    pub(crate) const fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// What the file says, and nothing that is wrong with it.
    pub(crate) fn finish(self) -> (Option<T>, String, String, Vec<Found>) {
        let mut found = self.walk.found;
        found.extend(self.found);
        (self.value, self.name, self.text, found)
    }

    /// The prose below the front.
    pub(crate) fn prose(&self) -> &str {
        self.text.get(self.body..).unwrap_or_default()
    }

    /// Every text in it: its path, its place, its words.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, usize, &str)> {
        self.walk.places.iter().filter_map(|(path, place)| Some((path.as_str(), place.at, place.word.as_deref()?)))
    }

    /// Says what is wrong with the value at `path`.
    pub(crate) fn report(&mut self, path: &str, expected: impl Into<String>, got: impl Into<String>) {
        let around = std::iter::successors(Some(path), |path| path.rsplit_once(['.', '[']).map(|(path, _)| path));
        let at = around.filter_map(|path| self.walk.places.get(path)).map(|place| place.at).next().unwrap_or(0);
        self.report_at(at, path, expected, got);
    }

    /// Says what is wrong at byte `at`.
    pub(crate) fn report_at(&mut self, at: usize, path: &str, expected: impl Into<String>, got: impl Into<String>) {
        let (kind, path) = (IssueKind::Unsound, path.to_owned());
        self.found.push(Found { at, kind, path, expected: expected.into(), got: got.into(), suggestion: None });
    }

    /// Says that `got` at `path` is none of `known`.
    pub(crate) fn unknown(&mut self, at: usize, path: &str, got: &str, known: &[&str]) {
        let suggestion = peercircle_file::nearest(got, known.iter().copied()).map(str::to_owned);
        let expected = peercircle_file::listed(got, known.iter().copied());
        let (kind, path) = (IssueKind::UnknownValue, path.to_owned());
        self.found.push(Found { at, kind, path, expected, got: quoted(got), suggestion });
    }

    /// Checks that every text in TOML is one paragraph that can be printed.
    pub(crate) fn check_texts(&mut self) {
        let mut found = Vec::new();
        for (path, at, text) in self.texts() {
            let prose = markdown::blocks(text.trim(), 0);
            let is_one = matches!(prose.blocks.as_slice(), [markdown::Block::Paragraph { .. }]);
            if !is_one && prose.found.is_empty() && !text.trim().is_empty() {
                let (kind, path) = (IssueKind::Unsound, path.to_owned());
                let (expected, got) = ("one paragraph".to_owned(), quoted(text.trim()));
                found.push(Found { at, kind, path, expected, got, suggestion: None });
            }
            if text.trim().is_empty() {
                let (kind, path) = (IssueKind::OutOfRange, path.to_owned());
                found.push(Found {
                    at,
                    kind,
                    path,
                    expected: "a text".into(),
                    got: "an empty one".into(),
                    suggestion: None,
                });
            }
            found.extend(prose.found.into_iter().map(|one| Found { at, path: path.to_owned(), ..one }));
        }
        self.found.extend(found);
    }
}

fn typed<T: Typed>(text: &str) -> (Option<T>, Walk) {
    match read(text, Format::Toml) {
        Read::Tree(root, twice) => {
            let (clean, mut walk): (Clean, Walk) = walk(&root, T::book());
            walk.found.extend(twice);
            (serde_json::from_value(clean.filled(T::book(), Fill::Likely)).ok(), walk)
        }
        Read::Unreadable(found) => (None, Walk { found, places: Default::default(), holes: Default::default() }),
    }
}
