//! Files of properties, in TOML or JSON, read along a schema: the properties, or everything that is wrong with its place.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use peercircle_core::{CommandKind, EventBody, RULES, Stage};
use peercircle_file::{
    Book, Data, Entry, FileIssues, Fill, Format, Found, IssueKind, Node, Place, Read, listed, nearest, quoted, walk,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Property,
    check::{DAYS, MINUTES, TIMES, is_own, may_be},
};

/// A file of properties.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    properties: Vec<Property>,
}

static BOOK: LazyLock<Book> = LazyLock::new(|| Book::new(&schema()));

/// The properties of a file: a table with `properties` in TOML or JSON, or a JSON list of them.
///
/// A rule of the table is known by its number. Whether a process has a rule of its own with some other name,
/// [`check`](super::check) says.
///
/// # Errors
/// Everything that is wrong with the file, with line and column, what was expected, what came and what was likely meant.
///
/// # Example
/// ```
/// use peercircle_testkit::property::parse;
/// let properties = parse(r#"
/// [[properties]]
/// id = "ACME-1"
/// template = { response = { after = { event = "cycle.suspended" }, then = { event = "cycle.resumed" }, within = { days = 14 } } }
/// "#)?;
/// assert_eq!(properties[0].to_string(), "after `cycle.suspended` comes `cycle.resumed` within 14 days");
///
/// let issues = parse("[[properties]]\nid = \"ACME-1\"\ntemplate = { absence = { wat = { event = \"story.told\" } } }").unwrap_err();
/// assert_eq!(
///     issues.issues()[0].to_string(),
///     "line 3, column 26: `properties[0].template.absence.wat`: expected `beyond` or `what`, got `wat`; did you mean `what`?"
/// );
/// # Ok::<(), peercircle_testkit::property::FileIssues>(())
/// ```
pub fn parse(text: &str) -> Result<Vec<Property>, FileIssues> {
    read(text).map_err(|found| FileIssues::placed(text, found))
}

fn read(text: &str) -> Result<Vec<Property>, Vec<Found>> {
    let (root, twice) = match peercircle_file::read(text, format(text)) {
        Read::Tree(root, twice) => (whole(root), twice),
        Read::Unreadable(found) => return Err(found),
    };
    let (clean, mut walk) = walk(&root, &BOOK);
    walk.found.extend(twice);
    walk.found.extend(unsound(&walk.places));
    if !walk.found.is_empty() {
        return Err(walk.found);
    }
    // The walk admits what the types admit; were it to admit more, the types would say so here.
    let file = serde_json::from_value::<File>(clean.filled(&BOOK, Fill::Likely));
    file.map(|file| file.properties).map_err(|error| vec![Found::syntax(0, "a list of properties", error.to_string())])
}

/// JSON begins with a table, or with a list of tables; in TOML a bracket is followed by another, or by a name.
fn format(text: &str) -> Format {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let list = text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', ']']));
    if list || text.starts_with('{') { Format::Json } else { Format::Toml }
}

/// A list alone is the list of properties.
fn whole(root: Node) -> Node {
    match &root.data {
        Data::List(_) => {
            let at = root.at;
            Node { at, data: Data::Table(vec![Entry { key: "properties".to_owned(), at, node: root }]) }
        }
        Data::Date(_) | Data::Flag(_) | Data::Null | Data::Number { .. } | Data::Table(_) | Data::Text(_) => root,
    }
}

/// What a schema can't say: ids of their own, rules that there are.
fn unsound(places: &BTreeMap<String, Place>) -> Vec<Found> {
    let words = places.iter().filter_map(|(path, place)| Some((path, place.at, place.word.as_deref()?)));
    let mut words: Vec<_> = words.collect();
    words.sort_unstable_by_key(|(_, at, _)| *at);
    let mut ids = BTreeSet::new();
    let judged = words.into_iter().filter_map(|(path, at, word)| {
        let found = |kind, expected: String, suggestion| {
            let (path, got) = (path.clone(), quoted(word));
            Some(Found { at, kind, path, expected, got, suggestion })
        };
        if path.ends_with(".id") && !is_own(word) {
            found(IssueKind::Unsound, "an id that is not empty and does not begin with `R-`".to_owned(), None)
        } else if path.ends_with(".id") && !ids.insert(word) {
            found(IssueKind::Unsound, "an id of its own for each property".to_owned(), None)
        } else if path.ends_with(".refused_by") && !may_be(word) {
            let rules: Vec<_> = RULES.iter().map(|rule| rule.id.to_string()).collect();
            let names = rules.iter().map(String::as_str);
            let meant = nearest(word, names.clone()).map(str::to_owned);
            found(IssueKind::UnknownValue, format!("a rule: {}", listed(word, names)), meant)
        } else {
            None
        }
    });
    judged.collect()
}

/// The JSON Schema of such a file.
fn schema() -> Value {
    let refer = |name: &str| json!({"$ref": format!("#/$defs/{name}")});
    let (what, within) = (refer("occurrence"), refer("within"));
    let whole = |(low, high): (u32, u32)| json!({"type": "integer", "minimum": low, "maximum": high});
    let both = |one, other| record(&[(one, what.clone()), (other, what.clone())], &[]);
    let soon = |one, other| record(&[(one, what.clone()), (other, what.clone())], &[("within", within.clone())]);
    let count = |name, from| record(&[("what", what.clone())], &[(name, whole((from, TIMES)))]);
    let template = either(&[
        ("existence", count("at_least", 1)),
        ("absence", count("beyond", 0)),
        ("precedence", both("first", "then")),
        ("response", soon("after", "then")),
        ("succession", soon("first", "then")),
        ("chain_response", both("after", "next")),
        ("not_coexistence", both("one", "other")),
        ("not_succession", both("first", "then")),
    ]);
    let kinds = words(CommandKind::ALL.iter().map(|kind| kind.name()));
    let occurrence = either(&[
        ("accepted", kinds.clone()),
        ("refused", kinds),
        ("refused_by", json!({"type": "string"})),
        ("event", words(EventBody::TYPES.iter().copied())),
        ("reached", words(Stage::ALL.iter().map(|stage| stage.name()))),
    ]);
    let each = words(["group", "member"].into_iter());
    let property = record(&[("id", json!({"type": "string"})), ("template", refer("template"))], &[("each", each)]);
    let mut root = record(&[("properties", json!({"type": "array", "items": property}))], &[]);
    if let Some(root) = root.as_object_mut() {
        let within = either(&[("minutes", whole((1, MINUTES))), ("days", whole((1, DAYS)))]);
        root.insert("$defs".to_owned(), json!({"occurrence": occurrence, "template": template, "within": within}));
    }
    root
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    json!({"enum": words.collect::<Vec<_>>()})
}

/// A table with these keys.
fn record(required: &[(&str, Value)], optional: &[(&str, Value)]) -> Value {
    let keys = required.iter().chain(optional).map(|(name, shape)| ((*name).to_owned(), shape.clone()));
    let properties = Value::Object(keys.collect());
    let required: Vec<_> = required.iter().map(|(name, _)| *name).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// A table with exactly one of these keys.
fn either(keys: &[(&str, Value)]) -> Value {
    let each: Vec<_> = keys.iter().map(|key| record(std::slice::from_ref(key), &[])).collect();
    json!({"oneOf": each})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_one_that_can_be_walked() {
        assert!(BOOK.is_understood());
    }
}
