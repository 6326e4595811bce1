//! The schema as a type: the shapes that values of a process file can have, worked out of the JSON Schema once.
//!
//! One source for both ways: checking a file walks along it, and writing a file takes its comments from it.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::{Map, Value};

/// What a value must look like.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// One of these words.
    Choice(Vec<String>),
    List(Box<Self>),
    /// A table from any of these keys to values of one shape.
    Map {
        keys: Vec<String>,
        values: Box<Self>,
    },
    /// A shape of its own name; how shapes contain themselves.
    Named(String),
    /// The shape, or nothing.
    Optional(Box<Self>),
    /// A table with these keys and no others.
    Record(Vec<Field>),
    /// A table with exactly one of these keys.
    Tagged(Vec<Field>),
    Text,
    /// Something the schema says in a way that this module doesn't know; a test holds that there is none.
    Unknown,
    /// A whole number from `low` to `high`.
    Whole {
        low: i128,
        high: i128,
    },
}

/// A key of a table.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    /// What it means, for people.
    pub(crate) doc: String,
}

/// A schema's shapes.
#[derive(Debug)]
pub(crate) struct Book {
    root: Shape,
    named: BTreeMap<String, Shape>,
}

static PROCESS: LazyLock<Book> = LazyLock::new(|| Book::new(&crate::schema()));

impl Book {
    /// The shapes of a process file.
    pub(crate) fn process() -> &'static Self {
        &PROCESS
    }

    fn new(schema: &Value) -> Self {
        let named = schema.get("$defs").and_then(Value::as_object);
        let named = named.into_iter().flatten().map(|(name, one)| (name.clone(), shape(one, schema)));
        Self { root: shape(schema, schema), named: named.collect() }
    }

    /// The shape of a whole file.
    pub(crate) const fn root(&self) -> &Shape {
        &self.root
    }

    /// What `shape` is behind its name.
    pub(crate) fn resolve<'a>(&'a self, shape: &'a Shape) -> &'a Shape {
        let Shape::Named(name) = shape else { return shape };
        self.named.get(name).unwrap_or(&Shape::Unknown)
    }

    /// The words that `shape` can be, or that a list of it can hold; none where it isn't about words.
    pub(crate) fn words<'a>(&'a self, shape: &'a Shape) -> &'a [String] {
        match self.resolve(shape) {
            Shape::Choice(words) => words,
            Shape::List(inner) | Shape::Optional(inner) => self.words(inner),
            Shape::Map { .. }
            | Shape::Named(_)
            | Shape::Record(_)
            | Shape::Tagged(_)
            | Shape::Text
            | Shape::Unknown
            | Shape::Whole { .. } => &[],
        }
    }
}

fn shape(of: &Value, root: &Value) -> Shape {
    let Value::Object(map) = of else { return Shape::Unknown };
    if let Some(name) = named(of) {
        return Shape::Named(name.to_owned());
    }
    if let Some(list) = list(map, "oneOf").or_else(|| list(map, "anyOf")) {
        return either(list, root);
    }
    if let Some(words) = list(map, "enum") {
        return Shape::Choice(words.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }
    let (kind, nullable) = match map.get("type") {
        Some(Value::String(kind)) => (kind.as_str(), false),
        Some(Value::Array(kinds)) => {
            (kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default(), true)
        }
        Some(_) | None => ("", false),
    };
    let shape = match kind {
        "array" => Shape::List(Box::new(map.get("items").map_or(Shape::Unknown, |items| shape(items, root)))),
        "integer" => match (bound(map, "minimum"), bound(map, "maximum")) {
            (Some(low), Some(high)) => Shape::Whole { low, high },
            _ => Shape::Unknown,
        },
        "object" => table(map, root),
        "string" => Shape::Text,
        _ => Shape::Unknown,
    };
    if nullable { Shape::Optional(Box::new(shape)) } else { shape }
}

/// A choice of words, a choice of tables, or something that may be left out.
fn either(of: &[Value], root: &Value) -> Shape {
    let is_null = |one: &&Value| one.get("type").is_some_and(|kind| kind == "null");
    let mut rest = of.iter().filter(|one| !is_null(one)).collect::<Vec<_>>();
    if rest.len() < of.len() {
        return match (rest.pop(), rest.pop()) {
            (Some(one), None) => Shape::Optional(Box::new(shape(one, root))),
            _ => Shape::Unknown,
        };
    }
    if let Some(words) = of.iter().map(|one| one.get("const")?.as_str().map(str::to_owned)).collect::<Option<_>>() {
        return Shape::Choice(words);
    }
    let tag = |one: &Value| {
        let Shape::Record(mut fields) = shape(one, root) else { return None };
        let field = fields.pop().filter(|field| field.required && fields.is_empty())?;
        Some(Field { doc: doc(one), ..field })
    };
    of.iter().map(tag).collect::<Option<_>>().map_or(Shape::Unknown, Shape::Tagged)
}

fn table(map: &Map<String, Value>, root: &Value) -> Shape {
    if let Some(values @ Value::Object(_)) = map.get("additionalProperties") {
        let keys = map.get("propertyNames").map(|keys| match named(keys) {
            Some(name) => shape(root.get("$defs").and_then(|defs| defs.get(name)).unwrap_or(&Value::Null), root),
            None => shape(keys, root),
        });
        return match keys {
            Some(Shape::Choice(keys)) => Shape::Map { keys, values: Box::new(shape(values, root)) },
            _ => Shape::Unknown,
        };
    }
    let required = list(map, "required").unwrap_or_default();
    let fields = map.get("properties").and_then(Value::as_object).into_iter().flatten();
    let fields = fields.map(|(name, one)| Field {
        name: name.clone(),
        shape: shape(one, root),
        required: required.iter().any(|other| other == name),
        doc: doc(one),
    });
    Shape::Record(fields.collect())
}

fn named(of: &Value) -> Option<&str> {
    of.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

fn list<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a [Value]> {
    map.get(key)?.as_array().map(Vec::as_slice)
}

fn bound(map: &Map<String, Value>, key: &str) -> Option<i128> {
    map.get(key)?.as_i64().map(i128::from)
}

fn doc(of: &Value) -> String {
    of.get("description").and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(shape: &Shape) -> bool {
        match shape {
            Shape::Choice(words) => !words.is_empty(),
            Shape::List(inner) | Shape::Optional(inner) => known(inner),
            Shape::Map { keys, values } => !keys.is_empty() && known(values),
            Shape::Named(name) => Book::process().named.contains_key(name),
            Shape::Record(fields) | Shape::Tagged(fields) => fields.iter().all(|field| known(&field.shape)),
            Shape::Text | Shape::Whole { .. } => true,
            Shape::Unknown => false,
        }
    }

    #[test]
    fn the_whole_schema_is_understood() {
        let book = Book::process();
        assert!(known(book.root()));
        for (name, shape) in &book.named {
            assert!(known(shape), "{name}: {shape:?}");
        }
    }

    #[test]
    fn the_schema_says_no_word_that_would_go_unread() {
        const READ: [&str; 17] = [
            "$defs",
            "$id",
            "$ref",
            "$schema",
            "additionalProperties",
            "anyOf",
            "const",
            "default",
            "description",
            "enum",
            "format",
            "items",
            "maximum",
            "minimum",
            "oneOf",
            "propertyNames",
            "title",
        ];
        fn words(schema: &Value, unread: &mut Vec<String>) {
            let Value::Object(map) = schema else { return };
            for (word, value) in map {
                match (word.as_str(), value) {
                    ("properties" | "$defs", Value::Object(of)) => of.values().for_each(|one| words(one, unread)),
                    ("oneOf" | "anyOf", Value::Array(of)) => of.iter().for_each(|one| words(one, unread)),
                    ("items" | "additionalProperties" | "propertyNames", one) => words(one, unread),
                    ("type" | "required", _) => {}
                    (word, _) if READ.contains(&word) => {}
                    (word, _) => unread.push(word.to_owned()),
                }
            }
        }
        let mut unread = Vec::new();
        words(&crate::schema(), &mut unread);
        assert!(unread.is_empty(), "{unread:?}");
    }
}
