//! whoever is erased is in no file any more, and everything goes on.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the host")]
mod common;

use std::sync::Arc;

use common::{House, code, command, id, is_in_files, note, stores::Odd, who};
use peercircle_host::{Credential, Group, Person, Scope, SignInError};
use peercircle_service::Audience;
use serde_json::json;

/// The id of somebody in the script, long enough to be found by chance nowhere.
const GONE: &str = "chloe.martin";

/// A directory with everybody of the script, who ran it to its end in `c-1`.
fn ended(house: &House) {
    let owner = house.owner();
    let mut seated = Vec::new();
    house.run_with("first-cycle", "c-1", "north-1", |house, number| {
        if number == 7 {
            seated = house.acme.service().view(&id("c-1")).unwrap().members.into_iter().map(|one| one.member).collect();
            for (number, member) in seated.iter().enumerate() {
                let name = format!("Name{number} Of {member}");
                let manager = (number != 2).then(|| who(GONE));
                let email = Some(format!("{member}@firm.example"));
                let department = format!("d-{number}").parse().unwrap();
                owner
                    .put_person(&Person {
                        id: member.clone(),
                        name,
                        email,
                        level: "lead".parse().unwrap(),
                        department,
                        manager,
                    })
                    .unwrap();
            }
            let group = Group { id: "north-1".parse().unwrap(), name: "North".to_owned(), members: seated.clone() };
            owner.put_group(&group).unwrap();
        }
    });
    assert_eq!(house.acme.service().view(&id("c-1")).unwrap().stage.name(), "completed");
    assert_eq!(seated.len(), 6);
}

#[test]
fn nothing_is_left_of_them_and_everything_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::on_file(&folder.path().join("host.db"));
    ended(&house);
    let owner = house.owner();
    let gone = who(GONE);
    let (link, open) = (house.link(GONE), owner.invite(&gone).unwrap());
    let member = house.visitor(&link);
    owner.sign_out_everywhere(&gone).unwrap();
    let again = house.link(GONE);
    house.acme.service().put_note(&id("c-1"), &gone, note(4), Audience::Author {}, b"mine").unwrap();
    owner.facts(&id("c-1")).unwrap();
    member.give(id("c-1"), command(json!({"type":"feedback.give","member":GONE,"session":"explore"})), None, None).unwrap();
    let facts = house.acme.service().facts(&id("c-1")).unwrap();
    assert!(is_in_files(folder.path(), GONE) && is_in_files(folder.path(), "Name2 Of"));

    owner.erase_person(&gone).unwrap();
    assert!(!is_in_files(folder.path(), GONE), "the id is still in the files");
    assert!(!is_in_files(folder.path(), "Name2 Of"), "the name is still in the files");
    assert!(!is_in_files(folder.path(), "chloe"));
    assert!(is_in_files(folder.path(), "Name1 Of"), "the others are");

    for token in [&link.token, &again.token] {
        assert_eq!(house.host.sign_in(Credential::Link(token)).unwrap_err(), SignInError::Unknown);
    }
    assert_eq!(house.host.redeem(&open.token), Err(SignInError::Unknown), "an open invitation goes with them");
    assert_eq!(code(owner.directory_entry(&gone)), "not_found");
    assert_eq!(code(owner.erase_person(&gone)), "not_found");
    let group = owner.group(&"north-1".parse().unwrap()).unwrap();
    assert_eq!((group.members.len(), group.members.contains(&gone)), (5, false));
    assert!(owner.people(None, 99).unwrap().iter().all(|one| one.manager.is_none()));

    // The history replays in a process that knows nothing of it, and comes to the same.
    let store = peercircle_sqlite::SqliteStore::open(&folder.path().join("host.db"), &peercircle_sqlite::Options::default());
    let other = House::on(Arc::new(store.unwrap()));
    let mut after = other.acme.service().facts(&id("c-1")).unwrap();
    for (before, after) in facts.named.iter().zip(&mut after.named) {
        if before.member == gone {
            assert_ne!(after.member, gone);
            after.member = gone.clone();
        }
    }
    assert_eq!(after, facts);
    // The group's page.
    let mate = house.acme.service().view(&id("c-1")).unwrap().members.into_iter().map(|one| one.member);
    let ids: Vec<_> = mate.collect();
    let mate = house.member(ids[0].as_str());
    assert!(mate.view(&id("c-1")).is_ok() && mate.guide(&id("c-1")).is_ok());
    assert_eq!(mate.audit_of(&id("c-1")).unwrap().len(), 1);
    let names = mate.names(&ids).unwrap();
    let of = ids.iter().find(|one| one.as_str().starts_with("anonymous")).unwrap();
    assert_eq!((names[of].as_str(), names.values().filter(|name| name.contains("Of")).count()), (of.as_str(), 5));
    assert!(mate.unvouched().unwrap().is_empty());
}

/// They facilitated in `c-1` and aren't in `c-2` of the same group; in `c-3` they are a member's manager.
#[test]
fn nothing_is_left_of_them_where_they_have_no_seat() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::on_file(&folder.path().join("host.db"));
    ended(&house);
    let owner = house.owner();
    let served = house.acme.service().cycle(&id("c-1")).unwrap().succession().unwrap().served;
    let gone = served[0].clone();
    let module = json!({"id":"delegation","strategies":["agree-the-result"]});
    for (cycle, group) in [("c-2", "north-1"), ("c-3", "south-1")] {
        house.give(cycle, "organiser", json!({"type":"cycle.form","cycle":cycle,"group":group,"module":module}));
        for (number, member) in ["uma", "vic", "wim", "xia"].iter().enumerate() {
            let manager = (cycle == "c-3" && number == 1).then_some(&gone);
            let department = format!("d-{number}");
            let enrol =
                json!({"type":"member.enrol","member":member,"level":"lead","department":department,"manager":manager});
            house.give(cycle, "organiser", enrol);
        }
    }
    assert!(house.acme.service().cycle(&id("c-2")).unwrap().roster().served_before().contains(&gone));
    let before = ["c-2", "c-3"].map(|cycle| house.acme.service().view(&id(cycle)).unwrap());
    owner.erase_person(&gone).unwrap();
    assert!(!is_in_files(folder.path(), gone.as_str()), "{gone} is still in the files");
    assert!(is_in_files(folder.path(), served[1].as_str()), "whoever else served is");
    assert_eq!(["c-2", "c-3"].map(|cycle| house.acme.service().view(&id(cycle)).unwrap()), before);
    assert_eq!(house.acme.service().cycle(&id("c-2")).unwrap().roster().served_before().len(), served.len() - 1);
    house.give("c-3", "organiser", json!({"type":"cycle.cancel","reason":"business"}));
    // Somebody in no cycle at all.
    let other = who("only.in.the.directory");
    owner.put_person(&Person { id: other.clone(), ..common::person("xx", 3) }).unwrap();
    assert!(is_in_files(folder.path(), other.as_str()));
    owner.erase_person(&other).unwrap();
    assert!(!is_in_files(folder.path(), other.as_str()));
}

#[test]
fn a_key_for_people_erases_without_another_scope() {
    let house = House::new();
    ended(&house);
    house.key("groups", &[Scope::Groups]).erase_person(&who(GONE)).unwrap();
    assert_eq!(code(house.owner().directory_entry(&who(GONE))), "not_found");
}

#[test]
fn where_one_cycle_refuses_none_is_touched() {
    let house = House::new();
    ended(&house);
    let module = json!({"id":"delegation","strategies":["agree-the-result"]});
    house.give("c-2", "organiser", json!({"type":"cycle.form","cycle":"c-2","group":"g-2","module":module}));
    house.give("c-2", "organiser", json!({"type":"member.enrol","member":GONE,"level":"lead","department":"d"}));
    let revision = house.acme.service().cycle(&id("c-1")).unwrap().revision();
    assert_eq!(code(house.owner().erase_person(&who(GONE))), "refused", "they are active in c-2");
    assert_eq!(house.acme.service().cycle(&id("c-1")).unwrap().revision(), revision);
    assert!(house.owner().directory_entry(&who(GONE)).is_ok());
    assert!(house.member(GONE).view(&id("c-1")).is_ok());
}

#[test]
fn where_the_store_fails_half_way_the_same_again_goes_on() {
    let mut failed = 0;
    for writes in 0..6 {
        let store = Odd::new();
        let house = House::on(Arc::new(store.clone()));
        ended(&house);
        let (owner, link) = (house.owner(), house.link(GONE));
        store.fails_after(writes);
        let first = owner.erase_person(&who(GONE));
        store.fails_after(i64::MAX);
        if let Err(error) = first {
            failed += 1;
            assert_eq!(error.code(), "unavailable");
            owner.erase_person(&who(GONE)).unwrap();
        }
        assert!(house.host.sign_in(Credential::Link(&link.token)).is_err());
        assert_eq!(code(owner.directory_entry(&who(GONE))), "not_found");
        assert!(house.acme.service().cycles_of(&who(GONE)).unwrap().is_empty());
    }
    assert!((1..6).contains(&failed), "{failed} of 6 failed");
}
