//! Golden files: every type of event as it stood on the wire in every version, read for ever.
//!
//! `UPDATE_GOLDEN=1 cargo test -p peercircle-wire --test golden` writes them anew. docs/contributing.md says when that is right.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't read its files fails")]

mod samples;

use std::{collections::BTreeSet, fs, path::PathBuf};

use peercircle_core::{Event, EventBody};
use peercircle_wire::{Body, Envelope, StoredEvent, Upcasters, WIRE_VERSION};
use serde_json::Value;

use crate::samples::{Sample, samples};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn update() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some_and(|set| set == "1")
}

/// The text of a sample: an envelope with every optional field where the sample is a full one.
fn text(sample: &Sample) -> String {
    let body: EventBody = serde_json::from_str(sample.body).unwrap_or_else(|error| panic!("{}: {error}", sample.file));
    let event = Event {
        seq: 7,
        at: "2026-03-02T09:00:00.250Z".parse().unwrap(),
        actor: serde_json::from_str(sample.actor).unwrap(),
        command_id: sample.full.then(|| "67e55044-10b1-426f-9247-bb680e5fe0c8".parse().unwrap()),
        body,
    };
    Envelope::new("circle-1".parse().unwrap(), event).to_line().unwrap() + "\n"
}

#[test]
fn every_type_writes_what_it_wrote() {
    let mut wrong = Vec::new();
    for sample in &samples() {
        let path = folder().join(format!("{}.v{WIRE_VERSION}.json", sample.file));
        let text = text(sample);
        if update() {
            fs::write(&path, &text).unwrap();
        }
        match fs::read_to_string(&path) {
            Ok(golden) if golden == text => {}
            Ok(golden) => wrong.push(format!("{}\n  expected {golden}  got      {text}", path.display())),
            Err(error) => wrong.push(format!("{}: {error}", path.display())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_golden_file_is_read_and_rewritten_byte_for_byte() {
    let mut read = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let stored = StoredEvent::read(&text, Upcasters::standard()).unwrap_or_else(|no| panic!("{}: {no}", path.display()));
        assert_eq!(format!("{}\n", stored.as_line()), text, "{}", path.display());
        let event = stored.event().unwrap();
        let again = Envelope::new(stored.stream.clone(), event).to_line().unwrap();
        let again = StoredEvent::read(&again, Upcasters::standard()).unwrap();
        assert_eq!(again.body, stored.body, "{}", path.display());
        assert_eq!(
            (again.seq, again.at, again.actor, again.command_id),
            (stored.seq, stored.at, stored.actor, stored.command_id)
        );
        read += 1;
    }
    assert!(read >= EventBody::TYPES.len(), "only {read} golden files");
}

#[test]
fn no_type_lacks_a_golden_file() {
    let samples = samples();
    let plain: BTreeSet<_> = samples.iter().filter(|sample| !sample.full).map(|sample| sample.file).collect();
    for event in EventBody::TYPES {
        assert!(plain.contains(event), "no golden file of `{event}`");
    }
    for sample in &samples {
        let body: EventBody = serde_json::from_str(sample.body).unwrap();
        let of = sample.file.strip_suffix(".full").unwrap_or(sample.file);
        assert!(
            of == body.name() || of.starts_with(&format!("{}.", body.name())),
            "`{}` holds a `{}`",
            sample.file,
            body.name()
        );
    }
}

#[test]
fn every_optional_field_stands_in_a_full_golden_file() {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<EventBody>().to_value();
    let mut optional = 0;
    for variant in schema["oneOf"].as_array().unwrap() {
        let event = variant["properties"]["type"]["const"].as_str().unwrap();
        let inner = variant.get("$ref").and_then(Value::as_str).map(|to| &schema["$defs"][to.rsplit('/').next().unwrap()]);
        for shape in [Some(variant), inner].into_iter().flatten() {
            let required: Vec<_> = shape["required"].as_array().into_iter().flatten().collect();
            for field in shape["properties"]
                .as_object()
                .unwrap()
                .keys()
                .filter(|field| !required.contains(&&Value::from(field.as_str())))
            {
                optional += 1;
                let samples = samples();
                let full = samples.iter().find(|sample| sample.full && sample.file == format!("{event}.full"));
                let full =
                    full.unwrap_or_else(|| panic!("`{event}` has the optional field `{field}` and no full golden file"));
                let body: Value = serde_json::from_str(full.body).unwrap();
                assert!(body.get(field).is_some(), "`{event}`: the full golden file lacks `{field}`");
            }
        }
    }
    assert!(optional >= 15, "the schema tells of {optional} optional fields only");
}

#[test]
fn numbers_are_whole_and_below_2_to_53() {
    fn check(value: &Value) {
        match value {
            Value::Number(number) => assert!(number.as_u64().is_some_and(|number| number < 1 << 53), "{number}"),
            Value::Array(list) => list.iter().for_each(check),
            Value::Object(fields) => fields.values().for_each(check),
            Value::Null => panic!("a null on the wire"),
            Value::Bool(_) | Value::String(_) => {}
        }
    }
    for sample in &samples() {
        let value: Value = serde_json::from_str(&text(sample)).unwrap();
        check(&value);
        assert!(value["at"].as_str().unwrap().ends_with('Z'));
    }
}

#[test]
fn unknown_fields_of_every_type_are_kept_and_passed_over() {
    for sample in &samples() {
        let plain = text(sample);
        let more = plain.replacen("{\"stream\"", "{ \"trace\" : [1.5,null], \"stream\"", 1).replacen(
            "\"type\"",
            "\"later\":{\"a\":[ ]},\"type\"",
            1,
        );
        let (plain, more) = [&plain, &more].map(|text| StoredEvent::read(text, Upcasters::standard()).unwrap()).into();
        assert_eq!(plain.body, more.body, "{}", sample.file);
        assert!(matches!(more.body, Body::Known(_)));
        assert!(more.as_line().contains(r#""trace" : [1.5,null]"#) && more.as_line().contains(r#""later":{"a":[ ]}"#));
        assert_eq!(serde_json::to_string(&more).unwrap(), more.as_line());
    }
}
