//! Who reads what was said: nobody by signing in as somebody else.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the host")]
mod common;

use common::{House, ROOM, SIX, code, command, id, note, read, who};
use peercircle_host::{Credential, Group, Link, NewCycle, Scope, Visitor, Who};
use serde_json::json;

fn said(visitor: &Visitor) -> Result<String, &'static str> {
    read(visitor, "c-1", 1)
}

/// That somebody gets at nothing that was said in `c-1`, in whatever way.
fn reads_nothing(visitor: &Visitor) {
    assert!(said(visitor).is_err(), "{visitor:?} read it");
    assert!(visitor.notes(&id("c-1")).map_or(true, |notes| notes.is_empty()));
    assert!(visitor.put_note(&id("c-1"), note(9), ROOM, b"x").is_err());
}

#[test]
fn the_first_invitation_opens_content_where_it_is_taken_before_the_group_talks() {
    let house = House::new().peopled();
    house.plan("c-1", "g-1", &SIX);
    let [bo, cy] = ["bo", "cy"].map(|one| house.member(one));
    let second = house.member("cy");
    house.at("2026-03-02T09:00:00Z").start("c-1", &SIX);
    house.acme.service().put_note(&id("c-1"), &who("ana"), note(1), ROOM, b"my story").unwrap();
    let late = house.member("dee");
    assert_eq!((said(&bo).unwrap(), said(&cy).unwrap()), ("my story".to_owned(), "my story".to_owned()));
    for (unsure, member) in [(&second, "cy"), (&late, "dee")] {
        assert_eq!(said(unsure), Err("not_vouched"));
        assert_eq!(code(unsure.notes(&id("c-1"))), "not_vouched");
        assert_eq!(code(unsure.put_note(&id("c-1"), note(9), ROOM, b"x")), "not_vouched");
        let me = unsure.guide(&id("c-1")).unwrap();
        assert!(unsure.view(&id("c-1")).is_ok() && !unsure.events(&id("c-1"), 0).unwrap().is_empty(), "{me:?}");
        assert_eq!(unsure.person(), Some(&who(member)));
    }
}

#[test]
fn until_the_group_talks_whoever_is_signed_in_nowhere_comes_in_anew() {
    let house = House::new().peopled();
    house.plan("c-1", "g-1", &SIX);
    let before = SIX.map(|one| house.link(one));
    let owner = house.owner();
    for one in SIX {
        owner.sign_out_everywhere(&who(one)).unwrap();
    }
    let again = SIX.map(|one| house.member(one));
    assert!(again.iter().all(|one| matches!(one.who(), Who::Member { vouched: true, .. })));
    assert!(before.iter().all(|link| house.host.sign_in(Credential::Link(&link.token)).is_err()));
    // HR takes her place: once she is back, whoever is in as her waits, or is out.
    owner.sign_out_everywhere(&who("ana")).unwrap();
    let thief = house.link("ana");
    let ana = house.link("ana");
    assert!(matches!(house.visitor(&ana).who(), Who::Member { vouched: false, .. }));
    assert_eq!(again[1].unvouched().unwrap().len(), 1, "everybody is asked");
    assert_eq!(again[1].vouch(&who("ana")).unwrap(), 1);
    assert!(house.host.sign_in(Credential::Link(&thief.token)).is_err());
    // Of two at the same moment one is the first.
    owner.sign_out_everywhere(&who("bo")).unwrap();
    let tokens = [(); 2].map(|()| owner.invite(&who("bo")).unwrap().token);
    let links = std::thread::scope(|scope| {
        let taken = tokens.each_ref().map(|token| scope.spawn(|| house.host.redeem(token).unwrap()));
        taken.map(|one| one.join().unwrap())
    });
    let sure = links.iter().filter(|link| matches!(house.visitor(link).who(), Who::Member { vouched: true, .. }));
    assert_eq!(sure.count(), 1);
    // Once they have talked, none of this.
    house.at("2026-03-02T09:00:00Z").start("c-1", &SIX);
    owner.sign_out_everywhere(&who("cy")).unwrap();
    assert!(matches!(house.member("cy").who(), Who::Member { vouched: false, .. }));
}

#[test]
fn somebody_in_the_same_cycle_vouches_and_nobody_else() {
    let house = House::new().peopled();
    let [bo, ole] = ["bo", "ole"].map(|one| house.member(one));
    let house = house.talking();
    let (dee, eli) = (house.link("dee"), house.link("eli"));
    let waits = |visitor: &Visitor| visitor.unvouched().unwrap().into_iter().map(|one| one.person).collect::<Vec<_>>();
    assert_eq!((waits(&bo), waits(&ole)), (vec![who("dee"), who("eli")], vec![]));
    assert_eq!(code(ole.vouch(&who("dee"))), "not_found");
    assert_eq!(code(ole.disown(&who("dee"))), "not_found");
    for unsure in [&dee, &eli] {
        let unsure = house.visitor(unsure);
        assert_eq!(
            code(unsure.vouch(&who("eli"))),
            if unsure.person() == Some(&who("eli")) { "not_found" } else { "not_vouched" }
        );
        assert_eq!(code(unsure.disown(&who("ana"))), "not_vouched");
    }
    let act = house.key("act", &Scope::ALL).on_behalf_of(who("bo")).unwrap();
    assert_eq!(code(act.vouch(&who("dee"))), "not_vouched", "a key isn't bo");
    assert_eq!(code(house.owner().vouch(&who("dee"))), "not_your_role");
    assert_eq!(code(bo.vouch(&who("ole"))), "not_found");
    assert_eq!(said(&house.visitor(&dee)), Err("not_vouched"), "none of that counted");

    assert_eq!(bo.vouch(&who("dee")).unwrap(), 1);
    assert_eq!(bo.vouch(&who("dee")).unwrap(), 0);
    assert_eq!(said(&house.visitor(&dee)).unwrap(), "my story");
    assert_eq!(said(&house.visitor(&eli)), Err("not_vouched"));
    assert_eq!(bo.disown(&who("eli")).unwrap(), 1);
    assert!(house.host.sign_in(Credential::Link(&eli.token)).is_err());
    assert_eq!(bo.disown(&who("dee")).unwrap(), 0, "she was vouched for");
    assert_eq!(house.visitor(&dee).vouch(&who("fay")).unwrap(), 0, "now she may herself");
}

#[test]
fn whoever_is_vouched_for_stays_and_the_others_go() {
    let house = House::new().peopled();
    let (bo, thief) = (house.member("bo"), house.link("dee"));
    let house = house.talking();
    assert_eq!(said(&house.visitor(&thief)).unwrap(), "my story", "somebody was faster than dee");
    let dee = house.link("dee");
    assert_eq!(house.visitor(&dee).sign_ins().unwrap().len(), 2, "and dee sees it");
    let third = house.link("dee");
    assert_eq!(code(bo.vouch(&who("dee"))), "invalid", "which of them?");
    assert_eq!((said(&house.visitor(&dee)), said(&house.visitor(&third))), (Err("not_vouched"), Err("not_vouched")));
    house.visitor(&third).sign_out(&third.token).unwrap();
    assert_eq!(bo.vouch(&who("dee")).unwrap(), 1);
    assert_eq!(said(&house.visitor(&dee)).unwrap(), "my story");
    assert!(house.host.sign_in(Credential::Link(&thief.token)).is_err());
}

/// HR as itself, by every call there is.
#[test]
fn a_programme_owner_reads_nothing_as_themselves() {
    let house = House::new().peopled().talking();
    let owner = house.owner();
    reads_nothing(&owner);
    for scope in Scope::ALL {
        reads_nothing(&house.key(scope.name(), &[scope]));
    }
    let all = house.key("all", &Scope::ALL);
    reads_nothing(&all);
    for member in SIX {
        reads_nothing(&all.clone().on_behalf_of(who(member)).unwrap());
    }
}

/// HR invites ana anew and takes the invitation.
#[test]
fn a_programme_owner_who_signs_in_as_somebody_reads_nothing() {
    let house = House::new().peopled();
    let real = house.link("ana");
    let house = house.talking();
    let owner = house.owner();
    let as_ana = house.visitor(&house.link("ana"));
    reads_nothing(&as_ana);
    // Signing her out, changing who she is in the directory and inviting her again makes it no better.
    owner.sign_out_everywhere(&who("ana")).unwrap();
    let mut entry = owner.directory_entry(&who("ana")).unwrap();
    entry.email = Some("hr@acme.example".to_owned());
    owner.put_person(&entry).unwrap();
    reads_nothing(&house.visitor(&house.link("ana")));
    // Somebody who isn't erased can't be, and so isn't the first of the name again.
    assert_eq!(code(owner.erase_person(&who("ana"))), "refused");
    reads_nothing(&house.visitor(&house.link("ana")));
    assert!(house.host.sign_in(Credential::Link(&real.token)).is_err());
}

/// HR has people of its own: `zoe` is nobody.
#[test]
fn people_of_ones_own_can_not_vouch() {
    let house = House::new().peopled();
    let owner = house.owner();
    for ghost in ["zoe", "zed", "zac"] {
        let number = 20 + usize::from(ghost.as_bytes()[1]);
        owner.put_person(&common::person(ghost, number)).unwrap();
    }
    // Put in and taken out again, before anybody looked.
    house.plan("c-1", "g-1", &SIX[..5]);
    house.give("c-1", "organiser", json!({"type":"member.enrol","member":"zoe","level":"lead","department":"ghosts"}));
    let zoe = house.member("zoe");
    house.give("c-1", "organiser", json!({"type":"member.withdraw","member":"zoe","reason":"not_a_fit"}));
    house.at("2026-03-02T09:00:00Z").start("c-1", &SIX[..5]);
    house.acme.service().put_note(&id("c-1"), &who("ana"), note(1), ROOM, b"my story").unwrap();
    let link = house.link("ana");
    assert_eq!(code(zoe.vouch(&who("ana"))), "not_found", "she isn't in the group");
    reads_nothing(&zoe);
    reads_nothing(&house.visitor(&link));

    // In a cycle that was formed for it, they are mates, and it opens that cycle.
    let members = ["ana", "zoe", "zed", "zac"].map(who).to_vec();
    owner.put_group(&Group { id: "fake".parse().unwrap(), name: "Fake".to_owned(), members }).unwrap();
    let new = NewCycle { cycle: Some(id("fake-1")), module: "delegation".parse().unwrap(), process: None, session_1: None };
    owner.form_cycle(&"fake".parse().unwrap(), &new).unwrap();
    assert_eq!(zoe.vouch(&who("ana")).unwrap(), 1);
    let as_ana = house.visitor(&link);
    assert!(matches!(as_ana.who(), Who::Member { vouched: false, .. }));
    assert!(as_ana.notes(&id("fake-1")).is_ok());
    reads_nothing(&as_ana);
    // Nor does ana then vouch for anybody in the real one.
    let eli = house.link("eli");
    assert_eq!(code(as_ana.vouch(&who("eli"))), "not_vouched");
    reads_nothing(&house.visitor(&eli));
}

/// What an erasure puts in the place of an id is an id, and HR may call somebody so.
#[test]
fn nobody_is_somebody_who_was_erased() {
    let house = House::new();
    house.run("first-cycle", "c-1", "g-1");
    let service = house.acme.service();
    let first = house.acme.service().view(&id("c-1")).unwrap().members[0].member.clone();
    let other = service.view(&id("c-1")).unwrap().members[1].member.clone();
    service.put_note(&id("c-1"), &other, note(1), ROOM, b"my story").unwrap();
    let owner = house.owner();
    owner.put_person(&peercircle_host::Person { id: first.clone(), ..common::person("xx", 0) }).unwrap();
    owner.erase_person(&first).unwrap();
    let placeholder = service.view(&id("c-1")).unwrap().members[0].member.clone();
    assert_ne!(placeholder, first);
    for name in [placeholder.as_str(), first.as_str()] {
        owner.put_person(&peercircle_host::Person { id: who(name), ..common::person("xx", 0) }).unwrap();
        let link = house.host.redeem(&owner.invite(&who(name)).unwrap().token).unwrap();
        let visitor = house.visitor(&link);
        reads_nothing(&visitor);
        assert_eq!(code(visitor.view(&id("c-1"))), "not_found");
        let feedback = command(json!({"type":"feedback.give","member":name,"session":"explore"}));
        assert_eq!(code(visitor.give(id("c-1"), feedback, None, None)), "not_found");
        assert!(visitor.my_cycles().unwrap().is_empty());
    }
}

#[test]
fn whoever_reads_and_whoever_does_not_is_told_apart_by_organisation_too() {
    let house = House::new().peopled().talking();
    let zeta = house.host.organisation(&"zeta".parse().unwrap()).unwrap();
    let invitation = zeta.invite_owner("hr@zeta.example").unwrap();
    let owner = house.host.sign_in(Credential::Link(&house.host.redeem(&invitation.token).unwrap().token)).unwrap();
    owner.put_person(&common::person("ana", 0)).unwrap();
    let link = house.host.redeem(&owner.invite(&who("ana")).unwrap().token).unwrap();
    let ana = house.visitor(&link);
    assert!(matches!(ana.who(), Who::Member { vouched: true, .. }));
    reads_nothing(&ana);
    assert_eq!(code(ana.view(&id("c-1"))), "not_found");
    assert_eq!(code(owner.facts(&id("c-1"))), "not_found");
    assert!(owner.cycles(None, 10).unwrap().is_empty());
}

fn open(house: &House, link: &Link) -> bool {
    house.host.sign_in(Credential::Link(&link.token)).is_ok()
}

/// HR ends every link of a group that has talked: with a code that only she ever saw, ana is back.
#[test]
fn a_recovery_code_opens_notes_again_where_nobody_is_left_to_vouch() {
    let house = House::new().peopled();
    let before = SIX.map(|one| house.link(one));
    let house = house.talking();
    let ana = house.visitor(&before[0]);
    assert_eq!(ana.recovery_code().unwrap(), None);
    let first = ana.draw_recovery_code(&before[0].token).unwrap();
    let code_of_hers = ana.draw_recovery_code(&before[0].token).unwrap();
    assert_eq!(ana.recovery_code().unwrap(), Some(code_of_hers.at));
    assert!(!format!("{code_of_hers:?}").contains(&code_of_hers.code[..4]), "a secret isn't shown by the way");
    let owner = house.owner();
    for one in SIX {
        owner.sign_out_everywhere(&who(one)).unwrap();
    }
    let (thief, again) = (house.link("ana"), house.link("ana"));
    let unsure = house.visitor(&again);
    reads_nothing(&unsure);
    for wrong in ["", "0000-0000-0000-0000-0000", &first.code, &code_of_hers.code[..19]] {
        assert_eq!(code(unsure.recover(&again.token, wrong)), "invalid", "{wrong}");
    }
    assert_eq!(code(unsure.draw_recovery_code(&again.token)), "not_vouched");
    reads_nothing(&unsure);
    // As people copy it from paper.
    let copied = code_of_hers.code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    assert_eq!(unsure.recover(&again.token, &copied).unwrap(), 1);
    assert_eq!(said(&house.visitor(&again)).unwrap(), "my story");
    assert!(!open(&house, &thief), "whoever else came in as her is out");
    // It is used up, and so is the way of whoever finds it later.
    let later = house.link("ana");
    assert_eq!(code(house.visitor(&later).recover(&later.token, &code_of_hers.code)), "invalid");
    assert_eq!(house.visitor(&again).recovery_code().unwrap(), None);
    // Now somebody can vouch again.
    let bo = house.link("bo");
    assert_eq!(said(&house.visitor(&bo)), Err("not_vouched"));
    assert_eq!(house.visitor(&again).vouch(&who("bo")).unwrap(), 1);
    assert_eq!(said(&house.visitor(&bo)).unwrap(), "my story");
}

/// Whoever took her place before the group talked, and drew a code, has none once she is there.
#[test]
fn a_code_goes_with_the_place_that_it_was_drawn_in() {
    // She is vouched for.
    let house = House::new().peopled();
    let (bo, thief) = (house.member("bo"), house.link("ana"));
    let drawn = house.visitor(&thief).draw_recovery_code(&thief.token).unwrap();
    let house = house.talking();
    let _ana = house.link("ana");
    assert_eq!(bo.vouch(&who("ana")).unwrap(), 1);
    house.owner().sign_out_everywhere(&who("ana")).unwrap();
    let again = house.link("ana");
    assert_eq!(code(house.visitor(&again).recover(&again.token, &drawn.code)), "invalid");
    reads_nothing(&house.visitor(&again));
    // She comes in anew before the group talks, after whoever was there had signed out.
    let house = House::new().peopled();
    let thief = house.link("ana");
    let drawn = house.visitor(&thief).draw_recovery_code(&thief.token).unwrap();
    house.visitor(&thief).sign_out(&thief.token).unwrap();
    let ana = house.link("ana");
    let house = house.talking();
    assert_eq!(said(&house.visitor(&ana)).unwrap(), "my story");
    house.owner().sign_out_everywhere(&who("ana")).unwrap();
    let again = house.link("ana");
    assert_eq!(code(house.visitor(&again).recover(&again.token, &drawn.code)), "invalid");
    reads_nothing(&house.visitor(&again));
    // She ends everything herself.
    let house = House::new().peopled();
    let ana = house.link("ana");
    let house = house.talking();
    let drawn = house.visitor(&ana).draw_recovery_code(&ana.token).unwrap();
    house.visitor(&ana).sign_out_everywhere(&who("ana")).unwrap();
    let again = house.link("ana");
    assert_eq!(code(house.visitor(&again).recover(&again.token, &drawn.code)), "invalid");
}

/// Whoever may be somebody else neither has her code, nor takes it from her.
#[test]
fn a_code_is_hers_alone() {
    let house = House::new().peopled();
    let (ana, bo) = (house.link("ana"), house.link("bo"));
    let house = house.talking();
    let drawn = house.visitor(&ana).draw_recovery_code(&ana.token).unwrap();
    let owner = house.owner();
    assert_eq!(code(owner.draw_recovery_code(&ana.token)), "not_your_role");
    assert_eq!(code(owner.recover(&ana.token, &drawn.code)), "not_your_role");
    let act = house.key("act", &Scope::ALL).on_behalf_of(who("ana")).unwrap();
    assert_eq!(code(act.draw_recovery_code(&ana.token)), "not_vouched", "a key isn't ana");
    assert_eq!(code(act.recover(&ana.token, &drawn.code)), "not_vouched");
    // Nor with somebody else's link, nor as somebody else.
    assert_eq!(code(house.visitor(&bo).draw_recovery_code(&ana.token)), "not_vouched");
    let dee = house.link("dee");
    assert_eq!(code(house.visitor(&dee).recover(&dee.token, &drawn.code)), "invalid");
    assert_eq!(code(house.visitor(&dee).recover(&ana.token, &drawn.code)), "not_found");
    // HR comes in as her and signs her out everywhere: her code is good.
    let thief = house.link("ana");
    house.visitor(&thief).sign_out_everywhere(&who("ana")).unwrap();
    let again = house.link("ana");
    assert_eq!(house.visitor(&again).recover(&again.token, &drawn.code).unwrap(), 1);
    assert_eq!(said(&house.visitor(&again)).unwrap(), "my story");
    assert_eq!(house.visitor(&again).recover(&again.token, "nothing").unwrap(), 0, "there is nothing to recover");
}

/// Whoever was vouched for in one cycle has a code for that one.
#[test]
fn a_code_opens_what_the_sign_in_did_and_no_more() {
    let house = House::new().peopled();
    let bo = house.member("bo");
    let house = house.talking();
    let ana = house.link("ana");
    bo.vouch(&who("ana")).unwrap();
    let drawn = house.visitor(&ana).draw_recovery_code(&ana.token).unwrap();
    house.owner().sign_out_everywhere(&who("ana")).unwrap();
    let again = house.link("ana");
    assert_eq!(house.visitor(&again).recover(&again.token, &drawn.code).unwrap(), 1);
    let back = house.visitor(&again);
    assert!(matches!(back.who(), Who::Member { vouched: false, vouched_in, .. } if vouched_in.len() == 1));
    assert_eq!(said(&back).unwrap(), "my story");
}

#[test]
fn codes_are_kept_as_what_they_hash_to_and_go_with_the_person() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::on_file(&folder.path().join("host.db")).peopled();
    let ana = house.link("ana");
    let drawn = house.visitor(&ana).draw_recovery_code(&ana.token).unwrap();
    for text in [drawn.code.clone(), drawn.code.replace('-', "")] {
        assert!(!common::is_in_files(folder.path(), &text));
    }
    assert_eq!(drawn.code.len(), 24);
    let other = house.visitor(&ana).draw_recovery_code(&ana.token).unwrap();
    assert_ne!(drawn.code, other.code);
    house.owner().erase_person(&who("ana")).unwrap();
    house.owner().put_person(&common::person("ana", 0)).unwrap();
    assert_eq!(house.member("ana").recovery_code().unwrap(), None);
}
