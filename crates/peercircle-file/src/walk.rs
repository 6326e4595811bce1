//! Walks a file along the shapes of the schema and collects everything that doesn't fit, without stopping at any of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    clean::{Clean, Hole, whole},
    issue::{Found, IssueKind, quoted},
    node::{Data, Entry, Node, join},
    shape::{Book, Field, Shape},
    suggest,
};

/// What a walk brings home.
#[derive(Debug)]
pub struct Walk {
    /// Everything that doesn't fit, in no order.
    pub found: Vec<Found>,
    /// Where each value stands, by its path.
    pub places: BTreeMap<String, Place>,
    /// The paths whose values couldn't be read.
    pub holes: BTreeSet<String>,
}

/// Where a value stands.
#[derive(Debug)]
pub struct Place {
    /// Its first byte.
    pub at: usize,
    /// What stands there, if it is a word or a number.
    pub word: Option<String>,
}

/// The file as far as it fits the shapes, and what was found on the way.
#[must_use]
pub fn walk(root: &Node, book: &'static Book) -> (Clean, Walk) {
    let mut walker = Walker { book, walk: Walk { found: Vec::new(), places: BTreeMap::new(), holes: BTreeSet::new() } };
    let clean = walker.visit(root, book.root(), "", Need::Optional);
    (clean, walker.walk)
}

/// Whether the place that a value stands in can do without it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Optional,
    Required,
}

/// Whether these keys make conditions, which can be put together.
fn combines(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.name == "all")
}

struct Walker {
    book: &'static Book,
    walk: Walk,
}

impl Walker {
    fn visit(&mut self, node: &Node, shape: &'static Shape, path: &str, need: Need) -> Clean {
        let place = Place { at: node.at, word: node.data.word().map(str::to_owned) };
        self.walk.places.insert(path.to_owned(), place);
        match (self.book.resolve(shape), &node.data) {
            (Shape::Optional(_), Data::Null) => Clean::Value(Value::Null),
            (Shape::Optional(inner), _) => self.visit(node, inner, path, need),
            (Shape::Choice(words), Data::Text(word)) if words.contains(word) => Clean::Value(word.clone().into()),
            (Shape::Choice(words), Data::Text(word)) => {
                let nearest = suggest::nearest(word, words.iter().map(String::as_str));
                let expected = suggest::listed(word, words.iter().map(String::as_str));
                self.report(node.at, IssueKind::UnknownValue, path, expected, quoted(word), nearest.map(str::to_owned));
                self.hole(path, shape, nearest.map(Value::from), need)
            }
            (Shape::List { each: inner, least, most }, Data::List(list)) => {
                self.length(node.at, path, (*least, *most), list.len(), "entries");
                let each = list.iter().enumerate();
                Clean::List(each.map(|(at, one)| self.visit(one, inner, &format!("{path}[{at}]"), Need::Required)).collect())
            }
            (Shape::Map { keys, values }, Data::Table(entries)) => self.map(entries, keys, values, path),
            (Shape::Record(fields), Data::Table(entries)) => self.record(node.at, entries, fields, path),
            (Shape::Tagged(fields), Data::Table(entries)) => self.tagged(node, entries, shape, fields, path),
            (Shape::Text { least, most }, Data::Text(text)) => {
                self.length(node.at, path, (*least, *most), text.trim().chars().count(), "characters");
                Clean::Value(text.clone().into())
            }
            (Shape::Whole { low, high }, Data::Number { whole: Some(number), .. }) if (low..=high).contains(&number) => {
                Clean::Value(whole(*number))
            }
            (Shape::Whole { low, high }, Data::Number { whole: Some(number), .. }) => {
                let expected = format!("{low} to {high}");
                self.report(node.at, IssueKind::OutOfRange, path, expected, node.data.shown(), None);
                self.hole(path, shape, Some(whole(*number.clamp(low, high))), need)
            }
            (
                Shape::Choice(_)
                | Shape::List { .. }
                | Shape::Map { .. }
                | Shape::Named(_)
                | Shape::Record(_)
                | Shape::Tagged(_)
                | Shape::Text { .. }
                | Shape::Unknown
                | Shape::Whole { .. },
                _,
            ) => self.misfit(node, shape, path, need),
        }
    }

    fn record(&mut self, at: usize, entries: &[Entry], fields: &'static [Field], path: &str) -> Clean {
        let mut said = Vec::new();
        let mut unknown = Vec::new();
        for entry in entries {
            match fields.iter().find(|field| field.name == entry.key) {
                Some(field) => said.push((field.name.clone(), self.field(entry, field, path))),
                None => unknown.push(entry),
            }
        }
        for entry in unknown {
            let open = fields.iter().filter(|field| !said.iter().any(|(name, _)| *name == field.name));
            let meant = suggest::nearest(&entry.key, open.clone().map(|field| field.name.as_str()));
            self.unknown_key(entry, path, fields.iter().map(|field| field.name.as_str()), meant.map(str::to_owned));
            // What a misspelt key says is checked as well: it will count as soon as the key is put right.
            if let Some(field) = open.clone().find(|field| Some(field.name.as_str()) == meant) {
                said.push((field.name.clone(), self.field(entry, field, path)));
            }
        }
        for field in fields.iter().filter(|field| field.required) {
            if !said.iter().any(|(name, _)| *name == field.name) {
                let path = join(path, &field.name);
                let expected = self.described(&field.shape);
                self.report(at, IssueKind::MissingKey, &path, expected, "nothing".to_owned(), None);
                said.push((field.name.clone(), self.hole(&path, &field.shape, None, Need::Required)));
            }
        }
        Clean::Table(said)
    }

    fn field(&mut self, entry: &Entry, field: &'static Field, path: &str) -> Clean {
        let need = if field.required { Need::Required } else { Need::Optional };
        self.visit(&entry.node, &field.shape, &join(path, &field.name), need)
    }

    fn map(&mut self, entries: &[Entry], keys: &'static [String], values: &'static Shape, path: &str) -> Clean {
        let mut said: Vec<(String, Clean)> = Vec::new();
        let mut unknown = Vec::new();
        for entry in entries {
            if keys.contains(&entry.key) {
                let clean = self.visit(&entry.node, values, &join(path, &entry.key), Need::Optional);
                said.push((entry.key.clone(), clean));
            } else {
                unknown.push(entry);
            }
        }
        for entry in unknown {
            if let Some(inner) = self.dotted(entry, keys, path) {
                for (key, inner) in inner {
                    let clean = self.visit(&inner.node, values, &join(path, &key), Need::Optional);
                    said.push((key, clean));
                }
                continue;
            }
            let open = keys.iter().map(String::as_str).filter(|key| !said.iter().any(|(name, _)| name == key));
            let meant = suggest::nearest(&entry.key, open).map(str::to_owned);
            self.unknown_key(entry, path, keys.iter().map(String::as_str), meant.clone());
            if let Some(key) = meant {
                let clean = self.visit(&entry.node, values, &join(path, &key), Need::Optional);
                said.push((key, clean));
            }
        }
        Clean::Table(said)
    }

    /// `story.share = ..` without quotes is a table in a table; says so, and what stands in it.
    fn dotted<'a>(&mut self, entry: &'a Entry, keys: &[String], path: &str) -> Option<Vec<(String, &'a Entry)>> {
        let Data::Table(inner) = &entry.node.data else { return None };
        let each = inner.iter().map(|inner| (join(&entry.key, &inner.key), inner));
        let known = each.filter(|(key, _)| keys.contains(key)).collect::<Vec<_>>();
        if known.is_empty() || known.len() < inner.len() {
            return None;
        }
        for (key, inner) in &known {
            let expected = "a key in quotes where it has a dot".to_owned();
            let suggestion = Some(format!("\"{key}\""));
            self.report(inner.at, IssueKind::UnknownKey, &join(path, key), expected, quoted(key), suggestion);
        }
        Some(known)
    }

    fn tagged(
        &mut self,
        node: &Node,
        entries: &[Entry],
        shape: &'static Shape,
        fields: &'static [Field],
        path: &str,
    ) -> Clean {
        let names = || fields.iter().map(|field| field.name.as_str());
        let mut said = Vec::new();
        for entry in entries {
            let known = names().find(|name| *name == entry.key);
            let meant = known.or_else(|| suggest::nearest(&entry.key, names()));
            if known.is_none() {
                self.unknown_key(entry, path, names(), meant.map(str::to_owned));
            }
            if let Some(field) = fields.iter().find(|field| Some(field.name.as_str()) == meant) {
                said.push((field.name.clone(), self.field(entry, field, path)));
            }
        }
        match entries {
            [_] if said.len() == 1 => Clean::Table(said),
            [_] => self.hole(path, shape, None, Need::Required),
            [] => self.misfit(node, shape, path, Need::Required),
            [_, ..] => {
                let expected = if combines(fields) {
                    "one condition; several go into the list of an `all` or an `any`".to_owned()
                } else {
                    format!("one key: {}", suggest::listed("", names()))
                };
                let got = entries.iter().map(|entry| quoted(&entry.key)).collect::<Vec<_>>().join(" and ");
                self.report(node.at, IssueKind::WrongType, path, expected, got, None);
                self.hole(path, shape, None, Need::Required)
            }
        }
    }

    fn unknown_key<'a>(
        &mut self,
        entry: &Entry,
        path: &str,
        known: impl IntoIterator<Item = &'a str>,
        meant: Option<String>,
    ) {
        let expected = suggest::listed(&entry.key, known);
        self.report(entry.at, IssueKind::UnknownKey, &join(path, &entry.key), expected, quoted(&entry.key), meant);
    }

    /// A value of another type.
    fn misfit(&mut self, node: &Node, shape: &'static Shape, path: &str, need: Need) -> Clean {
        let meant = self.meant(&node.data, shape);
        let (guess, suggestion) = meant.map_or((None, None), |guess| (Some(guess.clone()), Some(guess.to_string())));
        self.report(node.at, IssueKind::WrongType, path, self.described(shape), node.data.shown(), suggestion);
        self.hole(path, shape, guess, need)
    }

    /// What a value of another type was likely meant to be: a number in quotes, `true` for on, one word without its list.
    fn meant(&self, data: &Data, shape: &'static Shape) -> Option<Value> {
        match (self.book.resolve(shape), data) {
            (Shape::Choice(words), Data::Flag(flag)) => {
                let word = if *flag { "on" } else { "off" };
                words.iter().find(|one| *one == word).cloned().map(Value::from)
            }
            (Shape::List { each: inner, .. }, data) => {
                let one = match (self.book.resolve(inner), data) {
                    (Shape::Choice(words), Data::Text(word)) if words.contains(word) => Value::from(word.clone()),
                    _ => return None,
                };
                Some(Value::Array(vec![one]))
            }
            (Shape::Text { .. }, Data::Number { text, .. }) => Some(text.clone().into()),
            (Shape::Whole { low, high }, Data::Number { text, .. } | Data::Text(text)) => {
                let text = text.trim();
                let text = text
                    .split_once('.')
                    .filter(|(_, rest)| rest.bytes().all(|one| one == b'0'))
                    .map_or(text, |(text, _)| text);
                let number = text.parse().ok().filter(|number| (low..=high).contains(&number))?;
                Some(whole(number))
            }
            _ => None,
        }
    }

    /// A shape in a message.
    fn described(&self, shape: &'static Shape) -> String {
        match self.book.resolve(shape) {
            Shape::Choice(words) => suggest::listed("", words.iter().map(String::as_str)),
            Shape::List { each: inner, .. } => match self.book.words(inner) {
                [] if matches!(self.book.resolve(inner), Shape::Tagged(_)) => "a list of conditions".to_owned(),
                [] if matches!(self.book.resolve(inner), Shape::Text { .. }) => "a list of texts".to_owned(),
                [] => "a list of tables".to_owned(),
                words => format!("a list of words, each {}", suggest::listed("", words.iter().map(String::as_str))),
            },
            Shape::Map { .. } | Shape::Record(_) => "a table".to_owned(),
            Shape::Named(_) | Shape::Unknown => "a value that this version knows".to_owned(),
            Shape::Optional(inner) => self.described(inner),
            Shape::Tagged(fields) => {
                let names = fields.iter().map(|field| field.name.as_str());
                let lead = if combines(fields) { "a condition, " } else { "" };
                format!("{lead}a table with {}", suggest::listed("", names))
            }
            Shape::Text { .. } => "a text in quotes".to_owned(),
            Shape::Whole { .. } => "a whole number".to_owned(),
        }
    }

    /// Reports what is too short or too long; the value itself can be read.
    fn length(&mut self, at: usize, path: &str, (least, most): (usize, usize), length: usize, unit: &str) {
        if (least..=most).contains(&length) {
            return;
        }
        let expected = match most {
            usize::MAX => format!("at least {least} {unit}"),
            most => format!("{least} to {most} {unit}"),
        };
        self.report(at, IssueKind::OutOfRange, path, expected, quoted(&length.to_string()), None);
    }

    fn hole(&mut self, path: &str, shape: &'static Shape, guess: Option<Value>, need: Need) -> Clean {
        self.walk.holes.insert(path.to_owned());
        Clean::Hole(Hole { shape, guess, optional: need == Need::Optional })
    }

    fn report(&mut self, at: usize, kind: IssueKind, path: &str, expected: String, got: String, suggestion: Option<String>) {
        self.walk.found.push(Found { at, kind, path: path.to_owned(), expected, got, suggestion });
    }
}
