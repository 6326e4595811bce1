//! A file without what is wrong with it: values, and holes where something couldn't be read.
//!
//! Checks of the whole need a whole value. So each hole is filled in three ways: by the likely value, by the least and by
//! the greatest possible; what is wrong in all three cases is wrong whatever belongs into the hole.

use serde_json::{Map, Value};

use crate::shape::{Book, Shape};

/// A value, or a hole.
#[derive(Debug)]
pub enum Clean {
    /// A place whose value couldn't be read.
    Hole(Hole),
    /// A list.
    List(Vec<Self>),
    /// A table.
    Table(Vec<(String, Self)>),
    /// A value.
    Value(Value),
}

/// A place whose value couldn't be read.
#[derive(Debug)]
pub struct Hole {
    /// What belongs there.
    pub shape: &'static Shape,
    /// The value that was likely meant.
    pub guess: Option<Value>,
    /// Whether it can be left out.
    pub optional: bool,
}

/// How holes are filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// By what was likely meant, else left out.
    Likely,
    /// By the least or first possible value.
    Least,
    /// By the greatest or last possible value.
    Greatest,
}

/// How deep a made-up value may nest.
const MAX_DEPTH: usize = 8;

impl Clean {
    /// The whole value, with its holes filled.
    #[must_use]
    pub fn filled(&self, book: &'static Book, fill: Fill) -> Value {
        self.value(book, fill).unwrap_or_default()
    }

    fn value(&self, book: &'static Book, fill: Fill) -> Option<Value> {
        match self {
            Self::Hole(hole) => hole.value(book, fill),
            Self::List(list) => {
                // Elements keep their places, so that a later one is still called by its number.
                Some(list.iter().map(|one| one.filled(book, fill)).collect())
            }
            Self::Table(entries) => {
                let entries = entries.iter().filter_map(|(key, one)| Some((key.clone(), one.value(book, fill)?)));
                Some(Value::Object(entries.collect()))
            }
            Self::Value(value) => Some(value.clone()),
        }
    }
}

impl Hole {
    fn value(&self, book: &'static Book, fill: Fill) -> Option<Value> {
        match (fill, &self.guess) {
            (Fill::Likely, Some(guess)) => Some(guess.clone()),
            (Fill::Likely, None) if self.optional => None,
            (Fill::Likely, None) => Some(made_up(book, self.shape, Fill::Least, 0)),
            (Fill::Least | Fill::Greatest, _) => Some(made_up(book, self.shape, fill, 0)),
        }
    }
}

/// A value of this shape.
fn made_up(book: &'static Book, shape: &Shape, fill: Fill, depth: usize) -> Value {
    let end = |of: usize| if fill == Fill::Greatest { of.saturating_sub(1) } else { 0 };
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    match book.resolve(shape) {
        Shape::Choice(words) => words.get(end(words.len())).cloned().into(),
        Shape::List { .. } => Value::Array(Vec::new()),
        Shape::Map { .. } => Value::Object(Map::new()),
        Shape::Named(_) | Shape::Unknown => Value::Null,
        Shape::Optional(inner) => made_up(book, inner, fill, depth),
        Shape::Record(fields) => {
            let fields = fields.iter().map(|field| (field.name.clone(), made_up(book, &field.shape, fill, depth + 1)));
            Value::Object(fields.collect())
        }
        Shape::Tagged(fields) => {
            let field = fields.get(end(fields.len()));
            let field = field.map(|field| (field.name.clone(), made_up(book, &field.shape, fill, depth + 1)));
            Value::Object(field.into_iter().collect())
        }
        Shape::Text { .. } => "x".into(),
        Shape::Whole { low, high } => whole(if fill == Fill::Greatest { *high } else { *low }),
    }
}

/// The number as JSON has it; the bounds of the schema are far below what JSON can't say.
pub(crate) fn whole(number: i128) -> Value {
    match u64::try_from(number) {
        Ok(number) => number.into(),
        Err(_) => i64::try_from(number).unwrap_or(i64::MIN).into(),
    }
}
