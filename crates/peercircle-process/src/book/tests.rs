//! The walk against serde: a file fits the schema exactly if the types can be read from it.

use peercircle_core::{Process, ProcessSpec};
use proptest::prelude::*;

use peercircle_file::{Clean, Fill, Format, Read, Shape, Walk, read, walk};
use serde_json::Value;

use super::process;

/// Values along `shape`, with something wrong in one of `wrong` places.
fn along(shape: &'static Shape, depth: u32, wrong: u32) -> BoxedStrategy<Value> {
    let book = process();
    let right: BoxedStrategy<Value> = match book.resolve(shape) {
        Shape::Choice(words) => proptest::sample::select(words.clone()).prop_map(Value::from).boxed(),
        Shape::List { .. } if depth == 0 => Just(Value::Array(Vec::new())).boxed(),
        Shape::List { each: inner, .. } => {
            prop::collection::vec(along(inner, depth - 1, wrong), 0..3).prop_map(Value::from).boxed()
        }
        Shape::Map { keys, values } => {
            let entry = (proptest::sample::select(keys.clone()), along(values, depth.saturating_sub(1), wrong));
            prop::collection::vec(entry, 0..3).prop_map(|entries| Value::Object(entries.into_iter().collect())).boxed()
        }
        Shape::Named(_) | Shape::Unknown => panic!("resolved shapes only"),
        Shape::Optional(inner) => prop_oneof![Just(Value::Null), along(inner, depth, wrong)].boxed(),
        Shape::Record(fields) => {
            let fields = fields.iter().map(|field| {
                let said = along(&field.shape, depth.saturating_sub(1), wrong);
                let chance = if field.required { 1.0 - 0.5 / f64::from(wrong) } else { 0.2 };
                prop::option::weighted(chance, said).prop_map(|said| Some((field.name.clone(), said?)))
            });
            let table = fields.collect::<Vec<_>>();
            table.prop_map(|said| Value::Object(said.into_iter().flatten().collect())).boxed()
        }
        Shape::Tagged(fields) => {
            let fields = if depth == 0 {
                fields.iter().filter(|one| one.name == "stage").collect()
            } else {
                fields.iter().collect::<Vec<_>>()
            };
            let each = fields.into_iter().map(|field| {
                let said = along(&field.shape, depth.saturating_sub(1), wrong);
                said.prop_map(|said| Value::Object([(field.name.clone(), said)].into_iter().collect())).boxed()
            });
            proptest::strategy::Union::new(each.collect::<Vec<_>>()).boxed()
        }
        Shape::Text { .. } => "[a-zA-Z \"\\\\\n]{0,6}".prop_map(Value::from).boxed(),
        Shape::Whole { low, high } => {
            let (low, high) = (i64::try_from(*low).unwrap(), i64::try_from(*high).unwrap());
            prop_oneof![9 => low..=high.min(low + 9), 1 => low..=high].prop_map(Value::from).boxed()
        }
    };
    prop_oneof![wrong => right, 1 => junk()].boxed()
}

fn junk() -> impl Strategy<Value = Value> {
    let junk = r#"[null, true, 300, -1, 70000, 5000000000, 1.5, "", "x", "onn", "12", [], ["on"], {}, {"minimun": 3}, {"role": ["host"], "stage": []}, {"rol": []}]"#;
    proptest::sample::select(serde_json::from_str::<Vec<Value>>(junk).unwrap())
}

fn walked(text: &str) -> (Clean, Walk) {
    match read(text, Format::Json) {
        Read::Tree(root, _) => walk(&root, process()),
        Read::Unreadable(found) => panic!("{found:?}"),
    }
}

fn check(mut value: Value) -> Result<(), TestCaseError> {
    let text = value.to_string();
    let (clean, found) = walked(&text);
    if let Some(root) = value.as_object_mut() {
        root.remove("$schema");
    }
    let typed = serde_json::from_value::<ProcessSpec>(value);
    match typed {
        Err(error) => prop_assert!(!found.found.is_empty(), "{text}: {error}"),
        // Two things only are read although they are reported: serde takes a list for a struct, and `$schema` isn't its business.
        Ok(_) => prop_assert!(
            found.found.iter().all(|one| one.expected == "a table" && one.got.ends_with(" list") || one.path == "$schema"),
            "{text}: {:?}",
            found.found
        ),
    }
    // However it is filled, what the walk leaves can be read.
    for fill in [Fill::Likely, Fill::Least, Fill::Greatest] {
        let mut filled = clean.filled(process(), fill);
        if let Some(root) = filled.as_object_mut() {
            root.remove("$schema");
            let spec = serde_json::from_value::<ProcessSpec>(filled.clone());
            prop_assert!(spec.is_ok(), "{text} {fill:?} {filled}: {spec:?}");
        } else {
            prop_assert!(!found.found.is_empty());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_fits_can_be_read_and_the_other_way_round(value in along(process().root(), 6, 200)) {
        check(value)?;
    }

    #[test]
    fn what_is_very_wrong_too(value in along(process().root(), 6, 8)) {
        check(value)?;
    }

    /// Whatever is reported of a broken file is in truth wrong: put one broken value right, and the other issues stay.
    #[test]
    fn an_issue_does_not_come_from_another_one(
        minimum in 0..20_u8,
        maximum in 0..20_u8,
        floor in 0..20_u8,
        target in 0..20_u8,
        broken in 0..4_usize,
    ) {
        let paths = ["group.minimum", "group.maximum", "quorum.floor", "group.target"];
        let file = |values: [String; 4]| {
            let [minimum, maximum, floor, target] = values;
            format!(r#"{{"group": {{"minimum": {minimum}, "maximum": {maximum}, "target": {target}}}, "quorum": {{"floor": {floor}}}}}"#)
        };
        let right = [minimum, maximum, floor, target].map(|value| value.to_string());
        let mut wrong = right.clone();
        wrong[broken] = "\"?\"".to_owned();
        let issues = |values| match crate::parse(&file(values), Format::Json) {
            Ok(_) => Vec::new(),
            Err(issues) => issues.issues().iter().map(|issue| issue.path.clone()).collect(),
        };
        let all = issues(right);
        for path in issues(wrong) {
            prop_assert!(path == paths[broken] || all.contains(&path), "{path} {all:?}");
        }
    }
}

#[test]
fn a_whole_preset_fits() {
    for (name, spec) in ProcessSpec::presets() {
        let (clean, found) = walked(&serde_json::to_string(&spec).unwrap());
        assert!(found.found.is_empty(), "{name}");
        let spec = serde_json::from_value(clean.filled(process(), Fill::Likely)).unwrap();
        assert!(Process::new(spec).is_ok(), "{name}");
    }
}

#[test]
fn the_whole_schema_is_understood() {
    assert!(process().is_understood());
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
