//! The schema as a type: the shapes that values of a file can have, worked out of the JSON Schema once.
//!
//! One source for both ways: checking a file walks along it, and writing a file takes its comments from it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What a value must look like.
#[derive(Clone, Debug)]
pub enum Shape {
    /// One of these words.
    Choice(Vec<String>),
    /// A list of values of one shape.
    List {
        /// What each is.
        each: Box<Self>,
        /// How many there must be at least.
        least: usize,
        /// How many there may be at most.
        most: usize,
    },
    /// A table from any of these keys to values of one shape.
    Map {
        /// The keys there may be.
        keys: Vec<String>,
        /// What each stands for.
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
    /// A text.
    Text {
        /// Its least length, in characters.
        least: usize,
        /// Its greatest length, in characters.
        most: usize,
    },
    /// Something the schema says in a way that this crate doesn't know.
    Unknown,
    /// A whole number from `low` to `high`.
    Whole {
        /// The least.
        low: i128,
        /// The greatest.
        high: i128,
    },
}

/// A key of a table.
#[derive(Clone, Debug)]
pub struct Field {
    /// How it is written.
    pub name: String,
    /// What it stands for.
    pub shape: Shape,
    /// Whether it can't be left out.
    pub required: bool,
    /// What it means, for people.
    pub doc: String,
}

/// A schema's shapes.
#[derive(Debug)]
pub struct Book {
    root: Shape,
    named: BTreeMap<String, Shape>,
}

impl Book {
    /// The shapes of a schema as `schemars` writes it (2020-12). What this crate doesn't understand becomes [`Shape::Unknown`],
    /// which nothing fits: see [`Book::is_understood`].
    #[must_use]
    pub fn new(schema: &Value) -> Self {
        let named = schema.get("$defs").and_then(Value::as_object);
        let named = named.into_iter().flatten().map(|(name, one)| (name.clone(), shape(one, schema)));
        Self { root: shape(schema, schema), named: named.collect() }
    }

    /// Whether every part of the schema has a shape that can be walked; what a test of a new schema asserts.
    #[must_use]
    pub fn is_understood(&self) -> bool {
        self.knows(&self.root) && self.named.values().all(|shape| self.knows(shape))
    }

    fn knows(&self, shape: &Shape) -> bool {
        match shape {
            Shape::Choice(words) => !words.is_empty(),
            Shape::List { each: inner, .. } | Shape::Optional(inner) => self.knows(inner),
            Shape::Map { keys, values } => !keys.is_empty() && self.knows(values),
            Shape::Named(name) => self.named.contains_key(name),
            Shape::Record(fields) | Shape::Tagged(fields) => fields.iter().all(|field| self.knows(&field.shape)),
            Shape::Text { .. } | Shape::Whole { .. } => true,
            Shape::Unknown => false,
        }
    }

    /// The shape of a whole file.
    pub const fn root(&self) -> &Shape {
        &self.root
    }

    /// What `shape` is behind its name.
    pub fn resolve<'a>(&'a self, shape: &'a Shape) -> &'a Shape {
        let Shape::Named(name) = shape else { return shape };
        self.named.get(name).unwrap_or(&Shape::Unknown)
    }

    /// The words that `shape` can be, or that a list of it can hold; none where it isn't about words.
    pub fn words<'a>(&'a self, shape: &'a Shape) -> &'a [String] {
        match self.resolve(shape) {
            Shape::Choice(words) => words,
            Shape::List { each: inner, .. } | Shape::Optional(inner) => self.words(inner),
            Shape::Map { .. }
            | Shape::Named(_)
            | Shape::Record(_)
            | Shape::Tagged(_)
            | Shape::Text { .. }
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
        "array" => {
            let each = Box::new(map.get("items").map_or(Shape::Unknown, |items| shape(items, root)));
            let (least, most) = lengths(map, "minItems", "maxItems");
            Shape::List { each, least, most }
        }
        "integer" => match (bound(map, "minimum"), bound(map, "maximum")) {
            (Some(low), Some(high)) => Shape::Whole { low, high },
            _ => Shape::Unknown,
        },
        "object" => table(map, root),
        "string" => {
            let (least, most) = lengths(map, "minLength", "maxLength");
            Shape::Text { least, most }
        }
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

/// How long something may be; any length unless the schema says more.
fn lengths(map: &Map<String, Value>, least: &str, most: &str) -> (usize, usize) {
    let length = |key: &str| map.get(key).and_then(Value::as_u64).and_then(|length| usize::try_from(length).ok());
    (length(least).unwrap_or(0), length(most).unwrap_or(usize::MAX))
}

fn doc(of: &Value) -> String {
    of.get("description").and_then(Value::as_str).unwrap_or_default().to_owned()
}
