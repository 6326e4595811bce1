//! Upcasting, shown with a made-up version 0: `story.told {member_seat, kind}` became `story.shared {seat, story}`.

#![expect(clippy::unwrap_used, reason = "a test that can't read its files fails")]

use std::{fs, path::Path};

use peercircle_wire::{Body, DecodeError, StoredEvent, Upcaster, Upcasters, read_lines};
use serde_json::{Value, json};

fn told_to_shared(mut body: Value) -> Result<Value, String> {
    let fields = body.as_object_mut().ok_or("no object")?;
    fields.insert("type".to_owned(), json!("story.shared"));
    for (was, is) in [("member_seat", "seat"), ("kind", "story")] {
        let value = fields.remove(was).ok_or_else(|| format!("no `{was}`"))?;
        fields.insert(is.to_owned(), value);
    }
    Ok(body)
}

fn upcasters() -> Upcasters {
    Upcasters::new([Upcaster { event: "story.told", from: 0, into: "story.shared", upcast: told_to_shared }]).unwrap()
}

fn recorded() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams/0.1/first-cycle.jsonl")).unwrap()
}

/// The recorded stream as a machine of version 0 would have written it.
fn of_version_0() -> String {
    let old = |line: &str| {
        let line = line.replacen("\"v\":1", "\"v\":0", 1);
        match line.split_once(r#""type":"story.shared","#) {
            Some((head, tail)) => {
                let tail = tail.replacen("\"seat\"", "\"member_seat\"", 1).replacen("\"story\"", "\"kind\"", 1);
                format!("{head}\"type\":\"story.told\",{tail}\n")
            }
            None => line + "\n",
        }
    };
    recorded().lines().map(old).collect()
}

#[test]
fn what_is_upcast_replays_to_the_same_cycle() {
    let old = of_version_0();
    assert_eq!(old.matches("story.told").count(), 6);
    let upcast = read_lines(old.as_bytes(), &upcasters()).unwrap();
    let today = read_lines(recorded().as_bytes(), Upcasters::standard()).unwrap();
    assert_eq!(upcast.cycle().unwrap(), today.cycle().unwrap());
    for (old, new) in upcast.events().iter().zip(today.events()) {
        assert_eq!(old.event().unwrap(), new.event().unwrap());
        assert_eq!((old.v, new.v), (0, 1));
    }
}

#[test]
fn what_is_upcast_keeps_the_text_it_was_written_in() {
    let old = of_version_0();
    let log = read_lines(old.as_bytes(), &upcasters()).unwrap();
    let rewritten: String = log.events().iter().map(|event| format!("{}\n", event.as_line())).collect();
    assert_eq!(rewritten, old);
}

#[test]
fn an_upcaster_that_fails_says_where() {
    let broken = of_version_0().replacen("\"kind\"", "\"sort\"", 1);
    let line = broken.lines().position(|line| line.contains("\"sort\"")).unwrap() + 1;
    let error = read_lines(broken.as_bytes(), &upcasters()).unwrap_err();
    assert_eq!((error.line, error.code()), (line, "upcast_failed"));
    assert_eq!(error.error.seq(), Some(u32::try_from(line).unwrap()));
    assert_eq!(
        error.to_string(),
        format!("line {line}: event {line}: expected `story.told` of format 0 to upcast, got no `kind`")
    );
}

#[test]
fn an_upcaster_that_gives_another_type_than_it_said_is_stopped() {
    let lying = Upcasters::new([Upcaster { event: "story.told", from: 0, into: "story.shared", upcast: Ok }]).unwrap();
    let error = read_lines(of_version_0().as_bytes(), &lying).unwrap_err();
    assert!(
        matches!(&error.error, DecodeError::Upcast { reason, .. } if reason == "a body that is no `story.shared`"),
        "{error}"
    );
}

#[test]
fn an_upcaster_that_gives_another_shape_is_stopped() {
    let lying = |mut body: Value| {
        body.as_object_mut().unwrap().insert("type".to_owned(), json!("story.shared"));
        Ok(body)
    };
    let lying = Upcasters::new([Upcaster { event: "story.told", from: 0, into: "story.shared", upcast: lying }]).unwrap();
    let error = read_lines(of_version_0().as_bytes(), &lying).unwrap_err();
    assert_eq!(error.code(), "malformed_body", "{error}");
    assert!(error.to_string().contains("missing field `seat`"), "{error}");
}

#[test]
fn a_version_that_no_upcaster_reads_is_too_old() {
    let error = read_lines(of_version_0().as_bytes(), Upcasters::standard()).unwrap_err();
    assert_eq!(error.code(), "older_format");
    assert_eq!(error.to_string(), "line 1: event 1: expected format 1 or newer, got 0");
}

#[test]
fn a_known_name_of_then_is_unknown_today() {
    let line = of_version_0().lines().find(|line| line.contains("story.told")).unwrap().replacen("\"v\":0", "\"v\":1", 1);
    let stored = StoredEvent::read(&line, &upcasters()).unwrap();
    let Body::Unknown { event } = &stored.body else { panic!("{stored:?}") };
    assert_eq!(event, "story.told");
    assert_eq!(stored.as_line(), line);
}
