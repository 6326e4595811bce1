//! The vault: who reads what, what is at rest, what erasure takes.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the service")]
mod common;

use std::sync::Arc;

use common::{Host, at, id, who};
use peercircle_core::{NoteRef, SessionKind};
use peercircle_service::{Audience, MAX_NOTE_BYTES, MasterKey, Service};
use peercircle_sqlite::{Options, SqliteStore};
use peercircle_store::{ContentStore as _, MemoryStore};
use serde_json::json;

const SIX: [&str; 6] = ["ana", "bo", "cy", "dee", "eli", "fay"];
const GROUP: Audience = Audience::Session { session: SessionKind::Explore };
const MINE: Audience = Audience::Author {};

fn note(number: u8) -> NoteRef {
    NoteRef::from_bytes([number; 16])
}

/// A group of six in session 1, all but fay in the room.
fn group(store: &MemoryStore, master: &MasterKey) -> Host {
    let host = Host::on(Arc::new(store.clone()));
    let host = Host { service: host.service.with_vault(master.clone()), clock: host.clock };
    host.plan("c-1", "g-1", &SIX);
    host.at("2026-03-02T09:00:00Z").start("c-1", &SIX[..5]);
    host
}

fn put(host: &Host, author: &str, number: u8, audience: Audience, content: &str) -> Result<(), &'static str> {
    let put = host.service.put_note(&id("c-1"), &who(author), note(number), audience, content.as_bytes());
    put.map_err(|error| error.code())
}

/// What somebody reads, or the code of why they don't.
fn read(host: &Host, reader: &str, number: u8) -> Result<String, &'static str> {
    let read = host.service.read_note(&id("c-1"), &who(reader), note(number));
    read.map(|note| String::from_utf8(note.content.to_vec()).unwrap()).map_err(|error| error.code())
}

fn listed(host: &Host, reader: &str) -> usize {
    host.service.notes(&id("c-1"), &who(reader)).unwrap().len()
}

#[test]
fn a_note_is_for_those_who_were_there() {
    let host = group(&MemoryStore::default(), &MasterKey::generate().unwrap());
    put(&host, "ana", 1, GROUP, "my story").unwrap();
    put(&host, "ana", 2, MINE, "my own").unwrap();
    assert_eq!(read(&host, "bo", 1).unwrap(), "my story");
    assert_eq!(read(&host, "ana", 1).unwrap(), "my story");
    assert_eq!(read(&host, "ana", 2).unwrap(), "my own");
    assert_eq!(read(&host, "bo", 2), Err("not_the_author"));
    assert_eq!(read(&host, "fay", 1), Err("not_there"), "fay is a member, and isn't in the room");
    assert_eq!(read(&host, "guy", 1), Err("unknown_member"));
    assert_eq!(read(&host, "bo", 3), Err("no_note"));
    assert_eq!((listed(&host, "ana"), listed(&host, "bo"), listed(&host, "fay")), (2, 1, 0));

    // Fay comes late, and is there from then on.
    host.at("2026-03-02T09:02:00Z");
    host.give("c-1", "fay", json!({"type":"attendance.mark","member":"fay","attendance":"late"}));
    assert_eq!(read(&host, "fay", 1).unwrap(), "my story");
    // Bo goes early: he was there.
    host.give("c-1", "bo", json!({"type":"attendance.mark","member":"bo","attendance":"left_early"}));
    assert_eq!(read(&host, "bo", 1).unwrap(), "my story");
    // A note for session 2 is for nobody else yet.
    put(&host, "cy", 4, Audience::Session { session: SessionKind::Reflect }, "for later").unwrap();
    assert_eq!((read(&host, "ana", 4), read(&host, "cy", 4)), (Err("not_there"), Ok("for later".to_owned())));
}

#[test]
fn whoever_leaves_keeps_their_own_and_nothing_else() {
    let host = group(&MemoryStore::default(), &MasterKey::generate().unwrap());
    put(&host, "ana", 1, GROUP, "ana's").unwrap();
    put(&host, "bo", 2, GROUP, "bo's").unwrap();
    host.give("c-1", "bo", json!({"type":"member.withdraw","member":"bo","reason":"workload"}));
    assert_eq!(read(&host, "bo", 1), Err("no_member"));
    assert_eq!(read(&host, "bo", 2).unwrap(), "bo's");
    assert_eq!(put(&host, "bo", 3, MINE, "more"), Err("no_member"));
    assert_eq!(read(&host, "ana", 2).unwrap(), "bo's");

    // Erased, what they wrote is gone with their id; what others wrote stays.
    host.give("c-1", "organiser", json!({"type":"member.anonymise","member":"bo"}));
    assert_eq!((read(&host, "ana", 2), listed(&host, "ana")), (Err("no_note"), 1));
    assert_eq!(read(&host, "ana", 1).unwrap(), "ana's");
    for record in host.service.store().load(&id("c-1"), 0).unwrap() {
        assert!(!record.line.contains(r#""bo""#), "{}", record.line);
    }
    let tags = host.service.store().head(&id("c-1")).unwrap().unwrap().summary.tags;
    assert!(!tags.contains("member:bo") && tags.contains("member:ana"), "{tags:?}");
}

#[test]
fn a_broken_confidence_seals_everything_until_the_group_decides() {
    let host = group(&MemoryStore::default(), &MasterKey::generate().unwrap());
    put(&host, "ana", 1, GROUP, "my story").unwrap();
    host.give("c-1", "cy", json!({"type":"breach.report"}));
    assert_eq!((read(&host, "bo", 1), read(&host, "ana", 1)), (Err("content_sealed"), Err("content_sealed")));
    assert_eq!(listed(&host, "ana"), 0);
    for member in ["ana", "bo", "cy", "dee"] {
        host.give("c-1", member, json!({"type":"suspension.vote","member":member,"vote":"go_on"}));
    }
    host.give("c-1", "ana", json!({"type":"cycle.resume"}));
    assert_eq!(read(&host, "bo", 1).unwrap(), "my story");
}

#[test]
fn a_name_is_one_note() {
    let host = group(&MemoryStore::default(), &MasterKey::generate().unwrap());
    put(&host, "ana", 1, GROUP, "my story").unwrap();
    assert_eq!(put(&host, "ana", 1, GROUP, "my story"), Ok(()), "the same again: the answer had been lost on its way");
    assert_eq!(put(&host, "ana", 1, GROUP, "another"), Err("note_taken"));
    assert_eq!(put(&host, "ana", 1, MINE, "my story"), Err("note_taken"));
    assert_eq!(put(&host, "bo", 1, GROUP, "my story"), Err("note_taken"));
    assert_eq!(read(&host, "bo", 1).unwrap(), "my story");
    assert_eq!(put(&host, "ana", 2, GROUP, &"x".repeat(MAX_NOTE_BYTES)), Ok(()));
    assert_eq!(put(&host, "ana", 3, GROUP, &"x".repeat(MAX_NOTE_BYTES + 1)), Err("note_too_long"));
    assert_eq!(put(&host, "guy", 4, GROUP, "x"), Err("unknown_member"));
}

#[test]
fn without_the_right_key_nothing_opens() {
    let (store, master) = (MemoryStore::default(), MasterKey::generate().unwrap());
    let host = group(&store, &master);
    put(&host, "ana", 1, GROUP, "my story").unwrap();
    let on = |service: Service| Host { service: service.with_clock(host.clock.clone()), clock: host.clock.clone() };
    let none = on(Service::on(Arc::new(store.clone())));
    assert_eq!((read(&none, "bo", 1), put(&none, "bo", 2, MINE, "x")), (Err("no_master_key"), Err("no_master_key")));
    let wrong = on(Service::on(Arc::new(store.clone())).with_vault(MasterKey::generate().unwrap()));
    assert_eq!((read(&wrong, "bo", 1), put(&wrong, "bo", 2, MINE, "x")), (Err("wrong_master_key"), Err("wrong_master_key")));
    let right = on(Service::on(Arc::new(store.clone())).with_vault(master));
    assert_eq!(read(&right, "bo", 1).unwrap(), "my story");

    // Who may read it is bound to what is sealed: somebody who writes into the store can't let themselves in.
    let kept = store.note(&id("c-1"), note(1)).unwrap().unwrap();
    let head = String::from_utf8(kept.head.clone()).unwrap();
    assert!(head.contains(r#""seat":0"#), "{head}");
    store.delete_notes(&id("c-1"), &[note(1)]).unwrap();
    let forged = peercircle_store::SealedNote { head: head.replace(r#""seat":0"#, r#""seat":5"#).into_bytes(), ..kept };
    store.put_note(forged).unwrap();
    assert_eq!(read(&right, "fay", 1), Err("note_damaged"));
}

#[test]
fn deleted_content_is_gone_and_the_machine_goes_on() {
    let host = group(&MemoryStore::default(), &MasterKey::generate().unwrap());
    put(&host, "ana", 1, GROUP, "my story").unwrap();
    put(&host, "bo", 2, MINE, "mine").unwrap();
    assert_eq!(host.service.delete_content(&id("c-1")).unwrap(), 2);
    assert_eq!((read(&host, "ana", 1), put(&host, "ana", 3, GROUP, "x")), (Err("content_deleted"), Err("content_deleted")));
    host.at("2026-03-02T09:03:00Z").give("c-1", "ana", json!({"type":"phase.open","phase":"story_sharing"}));
}

#[test]
fn what_was_said_is_in_no_file_and_no_event() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&folder.path().join("cycles.db"), &Options::default()).unwrap());
    let host = Host::on(store);
    let host = Host { service: host.service.with_vault(MasterKey::generate().unwrap()), clock: host.clock };
    host.plan("c-1", "g-1", &SIX);
    host.at("2026-03-02T09:00:00Z").start("c-1", &SIX);
    put(&host, "ana", 7, GROUP, "she told me that the budget was cut").unwrap();
    host.at("2026-03-02T09:03:00Z").give("c-1", "ana", json!({"type":"phase.open","phase":"story_sharing"}));
    host.give("c-1", "ana", json!({"type":"turn.start","member":"ana"}));
    host.give("c-1", "ana", json!({"type":"story.share","member":"ana","story":"own","note":note(7)}));
    assert_eq!(read(&host, "bo", 7).unwrap(), "she told me that the budget was cut");
    let mut looked_at = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(10).any(|window| window == b"the budget"));
        looked_at += bytes.len();
    }
    assert!(looked_at > 10_000);
    let printed = format!("{:?}", host.service.read_note(&id("c-1"), &who("bo"), note(7)).unwrap());
    assert!(printed.contains("ana") && !printed.contains("116, 104, 101") && !printed.contains("budget"), "{printed}");
}

#[test]
fn what_leaves_the_group_is_the_same_whatever_was_said() {
    let facts = |content: Option<&str>| {
        let host = group(&MemoryStore::default(), &MasterKey::generate().unwrap());
        host.at("2026-03-02T09:03:00Z").give("c-1", "ana", json!({"type":"phase.open","phase":"story_sharing"}));
        host.give("c-1", "ana", json!({"type":"turn.start","member":"ana"}));
        let mut story = json!({"type":"story.share","member":"ana","story":"own"});
        if let Some(content) = content {
            put(&host, "ana", 7, GROUP, content).unwrap();
            story["note"] = json!(note(7));
        }
        host.give("c-1", "ana", story);
        host.clock.set(at("2026-03-02T12:00:00Z"));
        host.service.sweep().unwrap();
        let mut notices = Vec::new();
        let tell = |notice: &peercircle_service::Notice| {
            notices.push(serde_json::to_string(notice).unwrap());
            Ok(())
        };
        host.service.deliver(tell).unwrap();
        assert!(!notices.is_empty());
        (serde_json::to_string(&host.service.facts(&id("c-1")).unwrap()).unwrap(), notices)
    };
    assert_eq!(facts(None), facts(Some("one thing")));
    assert_eq!(facts(Some("one thing")), facts(Some("quite another, and longer")));
}
