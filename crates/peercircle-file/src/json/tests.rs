//! The reader against serde_json: they accept the same texts and read the same values.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn plain(node: &Node) -> Value {
    match &node.data {
        Data::Date(_) => Value::Null,
        Data::Flag(flag) => (*flag).into(),
        Data::List(list) => list.iter().map(plain).collect(),
        Data::Null => Value::Null,
        Data::Number { text, .. } => serde_json::from_str(text).unwrap(),
        Data::Table(entries) => Value::Object(entries.iter().map(|entry| (entry.key.clone(), plain(&entry.node))).collect()),
        Data::Text(text) => text.clone().into(),
    }
}

fn agree(text: &str) {
    // A mark at the start is passed over here, and refused there.
    let theirs = serde_json::from_str::<Value>(text.strip_prefix('\u{feff}').unwrap_or(text));
    match (read(text), theirs) {
        (Read::Tree(root, twice), Ok(value)) if twice.is_empty() => assert_eq!(plain(&root), value, "{text:?}"),
        // serde_json takes the last of several; we report them.
        (Read::Tree(..), Ok(_)) | (Read::Unreadable(_), Err(_)) => {}
        (Read::Tree(..), Err(error)) => assert!(error.to_string().contains("number out of range"), "{text:?}: {error}"),
        (Read::Unreadable(found), Ok(_)) => panic!("{text:?}: {found:?}"),
    }
}

#[test]
fn the_same_texts_are_json() {
    let texts = [
        "",
        " ",
        "null",
        "nul",
        "nulls",
        "true",
        "[]",
        "[1]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{}",
        "{\"a\":1}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\" 1}",
        "{\"a\":}",
        "0",
        "-0",
        "-",
        "01",
        "1.",
        ".5",
        "1.5",
        "1e5",
        "1e",
        "1E+5",
        "1e-5",
        "+1",
        "0x1",
        "NaN",
        "\"\\u00e9\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ude00\"",
        "\"\\ud83dx\"",
        "\"\\ud83d\\u0041\"",
        "\"\\u00g0\"",
        "\"\\x\"",
        "\"a\nb\"",
        "\"\u{7f}\"",
        "\"",
        "\"\\",
        "'a'",
        "1 2",
        "[1]]",
        "// a\n1",
        "1\u{a0}",
        "[1]\r\n\t ",
        "\"a\\/b\\b\\f\\n\\r\\t\\\"\\\\\"",
    ];
    texts.iter().for_each(|text| agree(text));
}

#[test]
fn a_mark_at_the_start_is_passed_over() {
    assert!(matches!(read("\u{feff}{}"), Read::Tree(Node { data: Data::Table(_), .. }, _)));
}

#[test]
fn nesting_has_an_end() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(matches!(read(&nested(MAX_DEPTH)), Read::Tree(..)));
    assert!(matches!(read(&nested(MAX_DEPTH + 2)), Read::Unreadable(_)));
    assert!(matches!(read(&nested(100_000)), Read::Unreadable(_)));
}

proptest! {
    #[test]
    fn any_text(text in ".*") {
        agree(&text);
    }

    #[test]
    fn any_text_that_looks_like_json(text in r#"([\[\]{},: \n]|"a"|"b"|"\\u[dD][89a-f]00"|"\\[a-z]"|-?[0-9.eE+-]{1,4}|null|true|fals){0,24}"#) {
        agree(&text);
    }

    #[test]
    fn any_value(value in value()) {
        agree(&value.to_string());
        agree(&serde_json::to_string_pretty(&value).unwrap());
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{0,3}", inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
