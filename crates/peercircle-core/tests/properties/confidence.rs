//! what leaves the group holds no content, and a person can be erased from a history that still replays.

use peercircle_core::{Actor, Cycle, Event, EventBody, MemberId, NoteRef, Seat, anonymise};
use proptest::prelude::*;
use serde_json::Value;

use crate::{cases, walk::Walk, walks};

/// The same event with other content: every reference replaced, or left out where `note` is none.
fn with_note(event: &Event, note: Option<NoteRef>) -> Event {
    let mut body = serde_json::to_value(&event.body).unwrap();
    if let Some(fields) = body.as_object_mut().filter(|fields| fields.contains_key("note")) {
        match note {
            Some(note) => fields.insert("note".to_owned(), serde_json::to_value(note).unwrap()),
            None => fields.remove("note"),
        };
    }
    Event { body: serde_json::from_value(body).unwrap(), ..event.clone() }
}

fn disclosed(cycle: &Cycle) -> String {
    serde_json::to_string(&cycle.disclose()).unwrap()
}

/// Everything that is written of a history.
fn written(events: &[Event]) -> String {
    events.iter().map(|event| serde_json::to_string(&event.body).unwrap() + "\n").collect()
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn what_differs_in_content_only_discloses_the_same((seed, draws) in walks(400), other in any::<[u8; 16]>()) {
        let walk = Walk::along(seed, &draws);
        let cycles = [None, Some(NoteRef::from_bytes(other))].map(|note| {
            let events: Vec<_> = walk.events.iter().map(|event| with_note(event, note)).collect();
            Cycle::replay(&events).unwrap()
        });
        for cycle in &cycles {
            prop_assert_eq!(disclosed(cycle), disclosed(&walk.cycle));
            prop_assert_eq!(cycle, &walk.cycle, "a cycle holds no content at all");
        }
    }

    #[test]
    fn an_erased_person_is_nowhere_and_the_history_replays((seed, draws) in walks(400), who in any::<u8>()) {
        let mut walk = Walk::along(seed, &draws);
        let named = walk.events.iter().filter_map(|event| match &event.body {
            EventBody::MemberEnrolled { seat, profile } => Some((*seat, profile.id.clone())),
            _ => None,
        });
        let named: Vec<(Seat, MemberId)> = named.collect();
        if named.is_empty() {
            return Ok(());
        }
        let (seat, id) = named[usize::from(who) % named.len()].clone();
        let erased: Vec<Seat> = named.iter().filter(|(_, other)| *other == id).map(|(seat, _)| *seat).collect();
        if walk.cycle.roster().member(seat).unwrap().id == id {
            let (at, seq) = (walk.cycle.last_at(), walk.cycle.revision() + 1);
            let event = Event { seq, at, actor: Actor::Host {}, command_id: None, body: EventBody::MemberAnonymised { seat } };
            walk.cycle.evolve(&event).unwrap();
            walk.events.push(event);
        }

        let mut events = walk.events.clone();
        anonymise(&mut events, seat);
        prop_assert!(!written(&events).contains(id.as_str()), "`{}` is still in the history", id);
        prop_assert!(!disclosed(&walk.cycle).contains(id.as_str()));
        let replayed = Cycle::replay(&events).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&replayed, &walk.cycle, "the erased history is the history of the same cycle");
        prop_assert_eq!(events.len(), walk.events.len(), "counts are kept");
        for seat in erased {
            let profile = replayed.roster().member(seat).unwrap();
            prop_assert!(profile.manager.is_none() && profile.level.as_str() == "anonymous");
        }
        let mut twice = events.clone();
        anonymise(&mut twice, seat);
        prop_assert_eq!(twice, events, "erasing again changes nothing");
    }
}

#[test]
fn no_event_type_but_those_of_names_holds_a_text_that_could_be_a_sentence() {
    fn texts(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) => found.push(text.clone()),
            Value::Array(list) => list.iter().for_each(|one| texts(one, found)),
            Value::Object(fields) => fields.values().for_each(|one| texts(one, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    for seed in 0..20 {
        let mut dice = crate::walk::Dice::new(seed);
        let draws: Vec<_> = (0..400).map(|_| dice.roll()).collect();
        for event in Walk::along(seed, &draws).events {
            // A process has words for its screens: they were written before anyone met.
            if matches!(event.body, EventBody::CycleFormed(_) | EventBody::ProcessMigrated { .. }) {
                continue;
            }
            let mut found = Vec::new();
            texts(&serde_json::to_value(&event.body).unwrap(), &mut found);
            for text in found {
                assert!(text.len() <= 64 && !text.contains(' '), "`{}` holds `{text}`", event.body.name());
            }
        }
    }
}
