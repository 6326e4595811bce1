//! What lies ahead of cycles, and whose turn it is: never more than facts of a group, and nothing of people where they are few.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the host")]
mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{House, OTHERS, SIX, code, id};
use peercircle_core::{Date, Place, SessionKind, Stage, WireActor};
use peercircle_host::{Group, Looked, NextSession, Outlook, Waits};
use serde_json::json;

fn outlook(house: &House, cycle: &str) -> Outlook {
    house.owner().outlook(&id(cycle)).unwrap()
}

fn session(session: SessionKind, date: Date, place: Option<Place>) -> Option<NextSession> {
    Some(NextSession { session, date, place })
}

fn at(text: &str) -> peercircle_core::Instant {
    text.parse().unwrap()
}

#[test]
fn the_next_session_and_a_date_that_is_past() {
    let house = House::new().peopled();
    house.plan("c-1", "g-1", &SIX);
    for member in SIX {
        let _link = house.link(member);
    }
    let first = at("2026-03-02T09:00:00Z");
    let ahead = session(SessionKind::Explore, Date::At(first), Some(Place::Onsite));
    assert_eq!((outlook(&house, "c-1").next_session, outlook(&house, "c-1").waits), (ahead, vec![]));
    // Until its end it may still be about to begin.
    house.at("2026-03-02T10:30:00Z");
    assert_eq!(outlook(&house, "c-1").waits, []);
    house.at("2026-03-02T10:30:01Z");
    let past = Waits::Session { session: SessionKind::Explore, at: first, begun: false };
    assert_eq!(outlook(&house, "c-1").waits, [past]);
    assert!(past.is_organisers(first));
    house.give("c-1", "organiser", json!({"type":"session.postpone","session":"explore","reason":"room"}));
    let postponed = outlook(&house, "c-1");
    assert_eq!(postponed.next_session.unwrap().date, Date::Postponed);
    assert_eq!(postponed.waits, []);
}

#[test]
fn a_session_that_began_has_a_day_to_end() {
    let house = House::new().peopled().talking();
    let waits = || outlook(&house, "c-1").waits.contains(&session_1_is_late());
    house.at("2026-03-03T09:00:00Z");
    assert!(!waits());
    house.at("2026-03-03T09:00:01Z");
    assert!(waits());
}

fn session_1_is_late() -> Waits {
    Waits::Session { session: SessionKind::Explore, at: at("2026-03-02T09:00:00Z"), begun: true }
}

#[test]
fn invitations_are_counted_where_people_are() {
    let house = House::new().peopled();
    house.plan("c-1", "g-1", &SIX);
    house.plan("c-2", "g-2", &OTHERS);
    for cycle in ["c-1", "c-2"] {
        assert_eq!(outlook(&house, cycle).waits, [Waits::Invite {}], "{cycle}");
    }
    for member in ["ana", "bo", "ole"] {
        let _link = house.link(member);
    }
    let _open = house.owner().invite(&common::who("cy")).unwrap();
    assert_eq!(outlook(&house, "c-1").waits, [Waits::Invitations { open: 4, of: 6 }]);
    // Of four people it isn't told who came.
    assert_eq!(outlook(&house, "c-2").waits, []);
    // Nor where the group shows no counts.
    house.give("c-1", "ana", json!({"type":"privacy.tighten","privacy":"sealed"}));
    assert_eq!(outlook(&house, "c-1").waits, []);
}

#[test]
fn whose_turn_it_is_at_every_step_of_a_cycle() {
    let house = House::new();
    let (mut seen, mut dated) = (Vec::new(), 0);
    house.run_with("difficult-cycle", "c-1", "g-1", |house, _| {
        let Ok(one) = house.owner().outlook(&id("c-1")) else { return };
        let now = house.acme.service().now();
        if one.facts.stage == "suspended" {
            assert_eq!((one.next_session, one.waits.as_slice()), (None, [Waits::Suspended {}].as_slice()));
        }
        if ["completed", "cancelled", "terminated", "lapsed"].contains(&one.facts.stage) {
            assert_eq!((one.next_session, one.waits.len()), (None, 0));
        }
        dated += usize::from(one.next_session.is_some_and(|next| next.date.at().is_some()));
        for waits in &one.waits {
            let due = match waits {
                Waits::Reports { until } | Waits::Adoption { until } => *until <= now,
                Waits::Invite {}
                | Waits::Invitations { .. }
                | Waits::Module {}
                | Waits::Session { .. }
                | Waits::Date { .. }
                | Waits::Suspended {} => true,
            };
            assert_eq!(waits.is_organisers(now), due, "{waits:?}");
            seen.push(format!("{waits:?}"));
        }
    });
    assert!(dated > 0);
    for kind in ["Invite", "Reports", "Adoption"] {
        assert!(seen.iter().any(|one| one.starts_with(kind)), "{kind} in {seen:?}");
    }
    // A cycle of four is a stage, a date and whether anybody was ever invited.
    let small = House::new();
    small.run_with("small-firm", "c-1", "g-1", |house, _| {
        let Ok(one) = house.owner().outlook(&id("c-1")) else { return };
        for waits in &one.waits {
            assert!(matches!(waits, Waits::Invite {} | Waits::Session { .. } | Waits::Date { .. }), "{waits:?}");
        }
    });
}

#[test]
fn a_suspended_cycle_says_that_and_no_more() {
    let house = House::new().peopled().talking();
    house.give("c-1", "cy", json!({"type":"breach.report"}));
    let before = outlook(&house, "c-1");
    assert_eq!((before.next_session, before.waits.clone()), (None, vec![Waits::Suspended {}]));
    house.give("c-1", "ana", json!({"type":"suspension.vote","member":"ana","vote":"end"}));
    assert_eq!(outlook(&house, "c-1"), before);
}

#[test]
fn every_cycle_and_the_groups_without_one() {
    let house = House::new().peopled();
    house.plan("c-1", "g-1", &SIX);
    let owner = house.owner();
    let empty = Group { id: "g-3".parse().unwrap(), name: "Newcomers".to_owned(), members: Vec::new() };
    owner.put_group(&empty).unwrap();
    let all = owner.outlooks().unwrap();
    assert_eq!(all.cycles, owner.outlooks_of(&"g-1".parse().unwrap()).unwrap());
    assert_eq!(all.cycles, [owner.outlook(&id("c-1")).unwrap()]);
    assert_eq!(all.cycles[0].facts, owner.facts(&id("c-1")).unwrap());
    assert_eq!(all.idle.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["G-2", "Newcomers"]);
    let looks: Vec<_> = owner.audit_log(None, 99).unwrap().into_iter().map(|entry| entry.looked).collect();
    let one = Looked::Facts { cycle: id("c-1") };
    assert_eq!(looks, [Looked::Cycles { count: 1 }, one.clone(), one.clone(), one]);
    let seen = house.member("ana").audit_of(&id("c-1")).unwrap();
    assert_eq!(seen.into_iter().map(|entry| entry.looked).collect::<Vec<_>>(), looks, "its group sees each");
}

#[test]
fn what_a_cycle_runs_under_is_the_organisers_to_know() {
    let house = House::new().peopled();
    house.plan("c-1", "g-1", &SIX);
    assert_eq!(house.owner().terms(&id("c-1")).unwrap().ground_rules, 1);
    house.give("c-1", "organiser", json!({"type":"ground_rules.set","version":2}));
    assert_eq!(house.owner().terms(&id("c-1")).unwrap().ground_rules, 2);
    let ana = house.member("ana");
    assert_eq!(code(ana.terms(&id("c-1"))), "not_your_role");
    assert_eq!(code(ana.outlook(&id("c-1"))), "not_your_role");
    assert_eq!(code(ana.outlooks()), "not_your_role");
    assert_eq!(code(ana.outlooks_of(&"g-1".parse().unwrap())), "not_your_role");
    assert_eq!(code(house.owner().outlook(&id("c-9"))), "not_found");
}

/// What the organiser may do while a session gathers or runs is one list, whatever the group is at: and nothing that could be given is
/// missing in it.
#[test]
fn what_the_organiser_may_in_a_session_tells_no_phase() {
    let mut lists = BTreeMap::<(String, &str), (Vec<peercircle_core::CommandKind>, BTreeSet<Stage>)>::new();
    let mut differed = 0;
    for script in ["difficult-cycle", "small-firm", "first-cycle"] {
        let house = House::new();
        house.run_with(script, "c-1", "g-1", |house, number| {
            let Ok(cycle) = house.acme.service().cycle(&id("c-1")) else { return };
            if cycle.stage() == Stage::Suspended {
                return;
            }
            let may = house.owner().organiser_may(&id("c-1")).unwrap();
            let allowed = house.acme.service().allowed(&id("c-1"), &WireActor::Organiser {}).unwrap();
            let now: Vec<_> = allowed.into_iter().filter(|one| one.permitted).map(|one| one.command).collect();
            if !cycle.stage().disclosed().ends_with("ing") || cycle.session().is_none() {
                assert_eq!(may, now, "{script}, step {number}");
                return;
            }
            for kind in &now {
                assert!(may.contains(kind), "{script}, step {number}: {kind} can be given and isn't told");
            }
            differed += usize::from(may != now);
            let told = (script.to_owned(), cycle.stage().disclosed());
            let (first, stages) = lists.entry(told).or_insert_with(|| (may.clone(), BTreeSet::new()));
            assert_eq!(*first, may, "{script}, step {number}: {}", cycle.stage().name());
            stages.insert(cycle.stage());
        });
    }
    assert!(differed > 0);
    assert!(lists.len() >= 4, "{lists:?}");
    assert!(
        lists.values().any(|(_, stages)| stages.len() == 8),
        "no session 1 from its gathering to its takeaways: {lists:?}"
    );
}

/// What comes at another time is refused in words that the outside may hear.
#[test]
fn what_is_told_and_refused_says_no_phase_either() {
    let house = House::new().peopled().talking();
    let owner = house.owner();
    let may = owner.organiser_may(&id("c-1")).unwrap();
    for command in [
        json!({"type":"session.restart"}),
        json!({"type":"ground_rules.set","version":2}),
        json!({"type":"buddies.pair","pairs":[["ana","bo"],["cy","dee"],["eli","fay"]]}),
    ] {
        let command = common::command(command);
        assert!(may.contains(&command.kind()), "{}", command.kind());
        let answer = owner.give(id("c-1"), command.clone(), None, None).unwrap();
        let told = format!("{:?}", answer.view);
        for phase in ["elcome", "story", "Story", "iscussion", "skill", "lanning", "akeaway"] {
            assert!(!told.contains(phase), "{}: {told}", command.kind());
        }
    }
}

#[test]
fn what_lies_ahead_comes_by_pages() {
    let house = House::new().peopled();
    house.plan("c-1", "g-1", &SIX);
    house.plan("c-2", "g-2", &OTHERS);
    let owner = house.owner();
    let first = owner.outlooks_after(None, 1).unwrap();
    let second = owner.outlooks_after(Some(&id("c-1")), 9).unwrap();
    assert_eq!([first, second].concat(), owner.outlooks().unwrap().cycles);
    let counts: Vec<_> = owner.audit_log(None, 9).unwrap().into_iter().map(|entry| entry.looked).collect();
    assert_eq!(counts, [1, 1, 2].map(|count| Looked::Cycles { count }));
    assert_eq!(code(house.member("ana").outlooks_after(None, 9)), "not_your_role");
}
