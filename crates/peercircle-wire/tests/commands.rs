//! Commands are strict: what is required suffices, and what is unknown is refused.

#![expect(clippy::panic, reason = "a test that can't make its commands fails")]

use peercircle_core::{CommandKind, WireCommand};
use serde_json::{Map, Value, json};

/// A value for every field that a command can carry.
fn value(kind: CommandKind, field: &str) -> Value {
    match (kind, field) {
        (CommandKind::GiveReport | CommandKind::SubmitReport, "report") => {
            json!({"outcome": "did_not_practise", "reason": "no_time"})
        }
        (CommandKind::WithdrawMember, "reason") => json!("workload"),
        (CommandKind::PostponeSession, "reason") => json!("room"),
        (CommandKind::CancelSession | CommandKind::CancelCycle, "reason") => json!("business"),
        (CommandKind::SkipPhase, "reason") => json!("no_materials"),
        (CommandKind::ReopenPhase, "reason") => json!("unfinished"),
        (CommandKind::CloseRound, "reason") => json!("group_wish"),
        (CommandKind::PauseSession, "reason") => json!("break"),
        (CommandKind::InterruptSession, "reason") => json!("emergency"),
        (CommandKind::ContinueBelowQuorum, "reason") => json!("nearly_done"),
        (CommandKind::WaiveMember, "reason") => json!("new_role"),
        (CommandKind::SuspendCycle, "reason") => json!("request"),
        (CommandKind::TerminateCycle, "reason") => json!("group_decision"),
        (_, "member") => json!("ana"),
        (_, "cycle" | "group" | "level" | "department" | "manager") => json!("an-id"),
        (_, "module") => json!({"id": "delegation", "strategies": ["agree-the-result"]}),
        (_, "process") => json!({}),
        (_, "previous") => json!({"cycle": "c-0", "stage": "completed", "served": ["ana"]}),
        (_, "version" | "week") => json!(1),
        (_, "seconds") => json!(300),
        (_, "session") => json!("explore"),
        (_, "starts_at" | "by") => json!("2026-03-02T09:00:00Z"),
        (_, "place") => json!("onsite"),
        (_, "short_gap") => json!("holidays"),
        (_, "exception") => json!("no_other_willing"),
        (_, "reply") => json!("accepted"),
        (_, "attendance") => json!("present"),
        (_, "phase") => json!("discussion"),
        (_, "story") => json!("own"),
        (_, "note") => json!("67e55044-10b1-426f-9247-bb680e5fe0c8"),
        (_, "strategy") => json!("agree-the-result"),
        (_, "consent") => json!("given"),
        (_, "pairs") => json!([["ana", "bo"]]),
        (_, "part") => json!("materials_read"),
        (_, "adoption") => json!({"outcome": "adopted", "strategies": ["agree-the-result"]}),
        (_, "vote") => json!("go_on"),
        (_, "privacy") => json!("sealed"),
        (kind, field) => panic!("no value for `{field}` of `{kind}`"),
    }
}

fn command(kind: CommandKind, fields: &[&str]) -> Map<String, Value> {
    let mut command = Map::from_iter([("type".to_owned(), json!(kind))]);
    command.extend(fields.iter().map(|field| ((*field).to_owned(), value(kind, field))));
    command
}

fn read(command: Map<String, Value>) -> Result<WireCommand, serde_json::Error> {
    serde_json::from_str(&Value::Object(command).to_string())
}

#[test]
fn every_kind_is_read_from_what_it_must_carry_and_from_all_it_may() {
    for &kind in CommandKind::ALL {
        let required: Vec<_> = kind.fields().iter().filter(|field| !field.ends_with('?')).copied().collect();
        let all: Vec<_> = kind.fields().iter().map(|field| field.trim_end_matches('?')).collect();
        for fields in [&required, &all] {
            let read = read(command(kind, fields)).unwrap_or_else(|error| panic!("{kind}: {error}"));
            assert_eq!(read.kind(), kind);
            let text = serde_json::to_string(&read).unwrap();
            assert_eq!(serde_json::from_str::<WireCommand>(&text).unwrap(), read);
        }
        for missing in &required {
            let rest: Vec<_> = required.iter().filter(|field| *field != missing).copied().collect();
            let error = read(command(kind, &rest)).unwrap_err().to_string();
            assert!(error.contains(&format!("missing field `{missing}`")), "{kind}: {error}");
        }
    }
}

#[test]
fn an_unknown_field_of_any_kind_is_refused() {
    for &kind in CommandKind::ALL {
        let fields: Vec<_> = kind.fields().iter().map(|field| field.trim_end_matches('?')).collect();
        let mut command = command(kind, &fields);
        command.insert("urgent".to_owned(), json!(true));
        let error = read(command).unwrap_err().to_string();
        assert!(error.contains("unknown field `urgent`"), "{kind}: {error}");
    }
}

#[test]
fn an_unknown_field_within_a_field_is_refused() {
    for (kind, path) in [
        (CommandKind::FormCycle, "module"),
        (CommandKind::FormCycle, "process"),
        (CommandKind::FormCycle, "previous"),
        (CommandKind::ChooseModule, "module"),
        (CommandKind::GiveReport, "report"),
        (CommandKind::SubmitReport, "report"),
        (CommandKind::DecideAdoption, "adoption"),
        (CommandKind::MigrateProcess, "process"),
    ] {
        let fields: Vec<_> = kind.fields().iter().map(|field| field.trim_end_matches('?')).collect();
        let mut command = command(kind, &fields);
        command.get_mut(path).and_then(Value::as_object_mut).unwrap().insert("urgent".to_owned(), json!(true));
        let error = read(command).unwrap_err().to_string();
        assert!(error.contains("unknown field `urgent`"), "{kind}.{path}: {error}");
    }
}

#[test]
fn an_unknown_kind_is_refused() {
    for text in [r#"{"type":"tea.serve"}"#, r"{}", r#"{"type":null}"#, "[]", "1"] {
        assert!(serde_json::from_str::<WireCommand>(text).is_err(), "{text}");
    }
}
