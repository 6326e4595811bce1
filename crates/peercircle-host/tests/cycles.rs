//! Forming cycles: all or nothing, once.

#![expect(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the host")]
mod common;

use std::sync::Arc;

use common::{House, OTHERS, SIX, at, code, id, person, stores::Odd, who};
use peercircle_core::{GroupId, Place, VerdictView};
use peercircle_host::{FirstSession, Group, HostError, NewCycle, Scope};
use serde_json::json;

fn new(cycle: Option<&str>) -> NewCycle {
    let session_1 = Some(FirstSession { starts_at: at("2026-03-02T09:00:00Z"), place: Place::Onsite });
    NewCycle { cycle: cycle.map(id), module: "delegation".parse().unwrap(), process: None, session_1 }
}

fn group(text: &str) -> GroupId {
    text.parse().unwrap()
}

fn rules(error: HostError) -> Vec<String> {
    let HostError::Refused { refusals } = error else { panic!("expected refusals, got {error:?}") };
    refusals.into_iter().map(|one| one.rule).collect()
}

#[test]
fn a_cycle_is_formed_with_its_people_and_its_date() {
    let house = House::new().peopled();
    let formed = house.owner().form_cycle(&group("g-1"), &new(None)).unwrap();
    assert_eq!(formed.cycle, id("g-1-1"));
    let view = house.acme.service().view(&formed.cycle).unwrap();
    assert_eq!(view.members.iter().map(|one| one.member.as_str()).collect::<Vec<_>>(), SIX);
    assert_eq!((view.stage.name(), formed.facts.as_ref().unwrap().members), ("scheduled", Some(6)));
    assert_eq!(formed.facts.unwrap(), house.acme.service().facts(&formed.cycle).unwrap());
}

#[test]
fn where_the_rules_refuse_nothing_is_done() {
    let house = House::new().peopled();
    let owner = house.owner();
    let with = |id: &str, change: &dyn Fn(&mut Vec<peercircle_host::Person>)| {
        let mut people: Vec<_> = (0..5)
            .map(|number| peercircle_host::Person { id: who(&format!("{id}-{number}")), ..person("x", number) })
            .collect();
        change(&mut people);
        people.iter().for_each(|one| owner.put_person(one).unwrap());
        let members = people.into_iter().map(|one| one.id).collect();
        owner.put_group(&Group { id: group(id), name: id.to_owned(), members }).unwrap();
        let formed = owner.form_cycle(&group(id), &new(Some(id)));
        assert_eq!(house.acme.service().store().head(&common::id(id)).unwrap().is_some(), formed.is_ok(), "{id}");
        formed.map_or_else(rules, |_| Vec::new())
    };
    assert_eq!(with("fine", &|_| {}), Vec::<String>::new());
    assert_eq!(with("level", &|people| people[4].level = "head".parse().unwrap()), ["R-06"]);
    assert_eq!(with("department", &|people| people[3].department = people[0].department.clone()), ["R-06"]);
    assert_eq!(with("manager", &|people| people[2].manager = Some(people[0].id.clone())), ["R-06"]);
    assert_eq!(with("managed", &|people| people[0].manager = Some(people[3].id.clone())), ["R-06"]);
    assert_eq!(with("few", &|people| people.truncate(3)), ["R-05"]);
    let two = with("two", &|people| {
        people[3].level = "head".parse().unwrap();
        people[1].department = people[0].department.clone();
    });
    assert_eq!((two.len() >= 2, two[0].as_str()), (true, "R-06"), "everything that refuses, at once: {two:?}");
    for (group_id, module, process) in
        [("none", "delegation", None), ("g-1", "no-such", None), ("g-1", "delegation", Some("no-such"))]
    {
        let new = NewCycle { module: module.parse().unwrap(), process: process.map(str::to_owned), ..new(Some("c-x")) };
        assert_eq!(code(owner.form_cycle(&group(group_id), &new)), "not_found");
    }
    assert!(house.acme.service().store().head(&id("c-x")).unwrap().is_none());
}

#[test]
fn the_same_again_changes_nothing_and_tells_what_is_so_now() {
    let house = House::new().peopled();
    let owner = house.owner();
    for name in [Some("c-1"), None] {
        let group = group(if name.is_some() { "g-1" } else { "g-2" });
        let formed = owner.form_cycle(&group, &new(name)).unwrap();
        assert!(!formed.repeated);
        let revision = || house.acme.service().cycle(&formed.cycle).unwrap().revision();
        let before = revision();
        let looks = owner.audit_log(None, 99).unwrap().len();
        let again = owner.form_cycle(&group, &new(name)).unwrap();
        assert_eq!((&again.cycle, &again.facts, again.repeated), (&formed.cycle, &formed.facts, true));
        assert_eq!(revision(), before);
        // When the group goes on, so do its facts; that they were looked at is written down.
        let member = if name.is_some() { SIX[0] } else { OTHERS[0] };
        house.give(formed.cycle.as_str(), member, json!({"type":"member.withdraw","member":member,"reason":"workload"}));
        let before = revision();
        let again = owner.form_cycle(&group, &new(name)).unwrap();
        assert_ne!(again.facts.is_some_and(|facts| facts.members.is_some()), name.is_none(), "four are few");
        assert_eq!((again.cycle, revision()), (formed.cycle.clone(), before));
        assert_eq!(owner.audit_log(None, 99).unwrap().len(), looks + 2);
        // A key that forms groups and sees no facts hears none.
        let again = house.key(&format!("groups-{}", group), &[Scope::Groups]).form_cycle(&group, &new(name)).unwrap();
        assert_eq!((again.cycle, again.facts, again.repeated), (formed.cycle, None, true));
        assert_eq!(owner.audit_log(None, 99).unwrap().len(), looks + 2);
    }
}

#[test]
fn what_a_running_session_is_at_is_told_to_nobody_outside() {
    let house = House::new().peopled();
    let owner = house.owner();
    let formed = owner.form_cycle(&group("g-1"), &new(None)).unwrap();
    let cycle = formed.cycle.as_str();
    house.at("2026-03-02T09:00:00Z").start(cycle, &SIX);
    let key = house.key("groups", &[Scope::Groups]);
    let mut told = Vec::new();
    for phase in ["", "story_sharing"] {
        if !phase.is_empty() {
            house.give(cycle, SIX[0], json!({"type":"phase.open","phase":phase}));
        }
        let other = NewCycle { module: "better-meetings".parse().unwrap(), session_1: None, ..new(None) };
        let again = NewCycle { cycle: Some(formed.cycle.clone()), ..other.clone() };
        let mut said = Vec::new();
        for visitor in [&owner, &key] {
            for new in [&other, &again] {
                let HostError::Refused { refusals } = visitor.form_cycle(&group("g-1"), new).unwrap_err() else { panic!() };
                said.push(refusals);
            }
            for command in [
                json!({"type":"member.waive","member":"bo","reason":"new_role"}),
                json!({"type":"cycle.lapse"}),
                json!({"type":"session.open","session":"explore"}),
                json!({"type":"process.migrate","process":peercircle_core::Process::default()}),
                json!({"type":"cycle.cancel","reason":"business"}),
            ] {
                let command = serde_json::from_value(command).unwrap();
                let VerdictView::Refused { refusals } = visitor.give(id(cycle), command, None, None).unwrap().view else {
                    panic!()
                };
                said.push(refusals);
            }
        }
        told.push(serde_json::to_string(&said).unwrap());
    }
    assert_eq!(told[0], told[1]);
    for word in ["welcome", "story", "Welcome", "Story"] {
        assert!(!told[1].contains(word), "{word}: {}", told[1]);
    }
    assert!(told[1].contains("the group's last cycle has not ended, it is exploring"), "{}", told[1]);
    assert!(told[1].contains("`g-1-1` is another cycle's id"), "{}", told[1]);
}

#[test]
fn a_group_that_changed_does_not_change_its_cycle_by_halves() {
    let house = House::new().peopled();
    let owner = house.owner();
    owner.form_cycle(&group("g-1"), &new(Some("c-1"))).unwrap();
    let before = house.acme.service().cycle(&id("c-1")).unwrap().revision();
    let mut changed = owner.group(&group("g-1")).unwrap();
    changed.members[0] = who("ole");
    changed.members.swap(0, 5);
    owner.put_group(&changed).unwrap();
    assert_eq!(code(owner.form_cycle(&group("g-1"), &new(Some("c-1")))), "refused");
    assert_eq!(house.acme.service().cycle(&id("c-1")).unwrap().revision(), before);
    // Another group can't take a cycle's name.
    assert_eq!(code(owner.form_cycle(&group("g-2"), &new(Some("c-1")))), "refused");
    assert_eq!(house.acme.service().cycle(&id("c-1")).unwrap().revision(), before);
}

#[test]
fn the_next_cycle_waits_for_the_last() {
    let house = House::new().peopled();
    let owner = house.owner();
    let first = owner.form_cycle(&group("g-1"), &new(Some("c-1"))).unwrap();
    let other = NewCycle { module: "better-meetings".parse().unwrap(), ..new(None) };
    assert_eq!(rules(owner.form_cycle(&group("g-1"), &other).unwrap_err()), ["R-60"]);
    assert_eq!(rules(owner.form_cycle(&group("g-1"), &new(Some("c-2"))).unwrap_err()), ["R-60"]);
    assert!(house.acme.service().store().head(&id("c-2")).unwrap().is_none());
    house.give(first.cycle.as_str(), "organiser", json!({"type":"cycle.cancel","reason":"business"}));
    assert_eq!(owner.form_cycle(&group("g-1"), &other).unwrap().cycle, id("g-1-1"));
    house.give("g-1-1", "organiser", json!({"type":"cycle.cancel","reason":"business"}));
    assert_eq!(owner.form_cycle(&group("g-1"), &other).unwrap().cycle, id("g-1-2"));
    house.give("g-1-2", "organiser", json!({"type":"cycle.cancel","reason":"business"}));

    // The years go by and the first is forgotten; a number comes back never.
    let store = house.acme.service().store();
    let version = store.head(&id("g-1-1")).unwrap().unwrap().version;
    store.forget(&id("g-1-1"), version, Vec::new()).unwrap();
    store.forget(&id("c-1"), store.head(&id("c-1")).unwrap().unwrap().version, Vec::new()).unwrap();
    assert_eq!(owner.form_cycle(&group("g-1"), &other).unwrap().cycle, id("g-1-3"));
    house.plan("g-2-1", "g-9", &["u", "v", "w", "x"]);
    assert_eq!(
        owner.form_cycle(&group("g-2"), &other).unwrap().cycle,
        id("g-2-2"),
        "another group has a cycle of that name"
    );
}

#[test]
fn where_the_store_fails_half_way_the_same_again_goes_on() {
    for name in [Some("c-1"), None] {
        let mut failed = 0;
        for writes in 0..9 {
            let store = Odd::new();
            let house = House::on(Arc::new(store.clone())).peopled();
            let owner = house.owner();
            store.fails_after(writes);
            let first = owner.form_cycle(&group("g-1"), &new(name));
            store.fails_after(i64::MAX);
            if let Err(error) = &first {
                assert_eq!(error.code(), "unavailable");
                failed += 1;
            }
            let formed = owner.form_cycle(&group("g-1"), &new(name)).unwrap();
            let whole = House::new().peopled();
            let expected = whole.owner().form_cycle(&group("g-1"), &new(name)).unwrap();
            assert_eq!((&formed.cycle, &formed.facts, formed.repeated), (&expected.cycle, &expected.facts, first.is_ok()));
            let view = |house: &House| house.acme.service().view(&formed.cycle).unwrap();
            assert_eq!(view(&house), view(&whole), "after {writes} writes");
            assert_eq!(house.acme.service().store().streams(&peercircle_store::Which::All, None, 9).unwrap().len(), 1);
        }
        assert_eq!(failed, 8, "each write but none failed once");
    }
}
