//! The door: links, invitations, keys.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the host")]
mod common;

use std::{sync::Barrier, thread};

use common::{House, SIX, code, is_in_files, scopes, who};
use peercircle_host::{Closed, Credential, Scope, SignInError, Who};
use peercircle_sqlite::{Options, SqliteStore};

fn opens(house: &House, credential: Credential<'_>) -> bool {
    match house.host.sign_in(credential) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!((error.code(), &error), ("not_signed_in", &SignInError::Unknown));
            false
        }
    }
}

#[test]
fn an_invitation_is_good_once_and_for_thirty_days() {
    let house = House::new().peopled();
    let (one, other) = (house.owner().invite(&who("ana")).unwrap(), house.owner().invite(&who("ana")).unwrap());
    assert_eq!(house.host.invited(&one.token).unwrap(), one.invited);
    let link = house.host.redeem(&one.token).unwrap();
    assert_eq!(house.host.redeem(&one.token), Err(SignInError::Unknown));
    assert_eq!(house.host.invited(&one.token), Err(SignInError::Unknown));
    assert!(opens(&house, Credential::Link(&link.token)));
    assert!(!opens(&house, Credential::Link(&one.token)), "an invitation is no link");
    assert_eq!(house.host.redeem(&link.token), Err(SignInError::Unknown), "a link is no invitation");
    house.at("2026-03-04T08:59:59Z");
    assert!(house.host.invited(&other.token).is_ok());
    house.at("2026-03-04T09:00:00Z");
    assert_eq!(house.host.redeem(&other.token), Err(SignInError::Unknown), "its thirty days are over");
    assert_eq!(code(house.owner().invite(&who("guy"))), "not_found");
}

#[test]
fn a_link_is_good_for_a_hundred_and_eighty_days_or_until_it_is_revoked() {
    let house = House::new().peopled();
    let [ana, bo, cy] = ["ana", "bo", "cy"].map(|one| house.link(one));
    house.at("2026-08-01T08:59:59Z");
    assert!(opens(&house, Credential::Link(&ana.token)));
    house.at("2026-08-01T09:00:00Z");
    assert!(!opens(&house, Credential::Link(&ana.token)));
    house.at("2026-02-03T09:00:00Z");

    let member = house.visitor(&ana);
    member.sign_out(&bo.token).unwrap();
    member.sign_out("garbage").unwrap();
    assert!(opens(&house, Credential::Link(&bo.token)), "one signs out oneself");
    member.sign_out(&ana.token).unwrap();
    assert!(!opens(&house, Credential::Link(&ana.token)));

    assert_eq!(code(house.visitor(&bo).sign_out_everywhere(&who("cy"))), "not_your_role");
    assert_eq!(house.visitor(&bo).sign_out_everywhere(&who("bo")).unwrap(), 1);
    assert_eq!(house.owner().sign_out_everywhere(&who("cy")).unwrap(), 1);
    assert_eq!(house.owner().sign_out_everywhere(&who("cy")).unwrap(), 0);
    assert!(!opens(&house, Credential::Link(&bo.token)) && !opens(&house, Credential::Link(&cy.token)));
}

#[test]
fn whoever_holds_what_was_good_hears_why_it_is_no_longer() {
    let house = House::new().peopled();
    let closed = |token: &str| house.host.closed(token);
    let [taken, open] = [(); 2].map(|()| house.owner().invite(&who("ana")).unwrap());
    let invited = taken.invited.clone();
    let link = house.host.redeem(&taken.token).unwrap();
    assert_eq!(closed(&taken.token), Ok(Closed::Taken { invited: invited.clone() }));
    // What is good, what was revoked and what never was are the same.
    let revoked = house.link("bo");
    house.visitor(&revoked).sign_out(&revoked.token).unwrap();
    let never = link.token.chars().rev().collect::<String>();
    for token in [open.token.as_str(), &link.token, &revoked.token, &format!("acme.{never}"), "acme.", "nobody.x", ""] {
        assert_eq!(closed(token), Err(SignInError::Unknown), "{token}");
    }
    house.at("2026-03-04T09:00:00Z");
    assert_eq!(closed(&open.token), Ok(Closed::InvitationExpired { invited: invited.clone() }));
    assert_eq!(closed(&taken.token), Ok(Closed::Taken { invited: invited.clone() }), "taken first, then too old");
    house.at("2026-08-01T09:00:00Z");
    assert_eq!(closed(&link.token), Ok(Closed::LinkExpired { invited: invited.clone() }));
    assert_eq!(closed(&link.token).unwrap().invited(), &invited);
}

#[test]
fn a_programme_owner_who_leaves_is_signed_out() {
    let house = House::new().peopled();
    let (one, other) = (house.owner(), house.acme.invite_owner("new@acme.example").unwrap());
    let link = house.host.redeem(&other.token).unwrap();
    let open = house.visitor(&link).invite_owner(" hr@acme.example ").unwrap();
    let (key, ana) = (house.key("facts", &[Scope::Facts]), house.member("ana"));
    assert_eq!(
        (code(key.sign_out_owner("hr@acme.example")), code(ana.sign_out_owner("x"))),
        ("missing_scope", "not_your_role")
    );
    assert!(house.visitor(&link).sign_out_owner("hr@acme.example").unwrap() >= 1);
    assert_eq!(house.visitor(&link).sign_out_owner("hr@acme.example").unwrap(), 0);
    assert_eq!(house.host.redeem(&open.token), Err(SignInError::Unknown));
    assert!(opens(&house, Credential::Link(&link.token)), "the other stays");
    assert_eq!(code(one.invite_owner(" ")), "invalid");
}

#[test]
fn of_two_people_whose_ids_begin_alike_one_is_signed_out() {
    let house = House::new().peopled();
    let owner = house.owner();
    owner.put_person(&common::person("ana/b", 9)).unwrap();
    let (ana, other) = (house.link("ana"), house.link("ana/b"));
    assert!(matches!(house.visitor(&ana).who(), Who::Member { vouched: true, .. }), "she is the first `ana`");
    assert_eq!(owner.sign_out_everywhere(&who("ana")).unwrap(), 1);
    assert!(!opens(&house, Credential::Link(&ana.token)) && opens(&house, Credential::Link(&other.token)));
}

#[test]
fn of_eight_at_once_one_takes_an_invitation() {
    let folder = tempfile::tempdir().unwrap();
    for house in [House::new(), House::on_file(&folder.path().join("host.db"))] {
        let house = house.peopled();
        for member in SIX {
            let invitation = house.owner().invite(&who(member)).unwrap();
            let barrier = Barrier::new(8);
            let taken = thread::scope(|scope| {
                let take = || {
                    barrier.wait();
                    house.host.redeem(&invitation.token)
                };
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(take)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
            });
            assert_eq!(taken.iter().filter(|one| one.is_ok()).count(), 1, "{taken:?}");
            assert!(taken.iter().all(|one| one.is_ok() || *one == Err(SignInError::Unknown)), "{taken:?}");
        }
    }
}

#[test]
fn of_eight_invitations_at_once_one_is_the_first() {
    let folder = tempfile::tempdir().unwrap();
    for house in [House::new(), House::on_file(&folder.path().join("host.db"))] {
        let house = house.peopled();
        for member in SIX {
            let owner = house.owner();
            let invitations: Vec<_> = (0..8).map(|_| owner.invite(&who(member)).unwrap()).collect();
            let barrier = Barrier::new(8);
            let links = thread::scope(|scope| {
                let (barrier, house) = (&barrier, &house);
                let take = |token: String| {
                    move || {
                        barrier.wait();
                        house.host.redeem(&token).unwrap()
                    }
                };
                let threads: Vec<_> = invitations.iter().map(|one| scope.spawn(take(one.token.clone()))).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
            });
            let sure = links.iter().filter(|link| matches!(house.visitor(link).who(), Who::Member { vouched: true, .. }));
            assert_eq!(sure.count(), 1, "two that are both the first read content unasked");
        }
    }
}

#[test]
fn no_secret_is_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::on_file(&folder.path().join("host.db")).peopled();
    let invitation = house.owner().invite(&who("ana")).unwrap();
    let link = house.link("bo");
    let key = house.acme.make_key("payroll", scopes(&[Scope::Facts]), None).unwrap();
    for secret in [&invitation.token, &link.token, &key.key] {
        let (organisation, secret) = secret.split_once('.').unwrap();
        assert_eq!((organisation, secret.len()), ("acme", 43));
        assert!(!is_in_files(folder.path(), secret));
    }
    assert!(is_in_files(folder.path(), "payroll"), "what is looked for would be found");
    let shown = format!("{invitation:?} {link:?} {key:?} {:?}", Credential::Link(&link.token));
    for secret in [&invitation.token, &link.token, &key.key] {
        assert!(!shown.contains(secret.as_str()), "{shown}");
    }
    // And they outlive the process.
    let store = SqliteStore::open(&folder.path().join("host.db"), &Options::default()).unwrap();
    let again = House::on(std::sync::Arc::new(store));
    assert!(opens(&again, Credential::Link(&link.token)) && opens(&again, Credential::Key(&key.key)));
}

#[test]
fn what_is_no_token_of_the_organisation_opens_nothing() {
    let house = House::new().peopled();
    let zeta = house.host.organisation(&"zeta".parse().unwrap()).unwrap();
    let link = house.link("ana");
    let key = house.acme.make_key("k", scopes(&[Scope::Facts]), None).unwrap();
    let theirs = zeta.make_key("k", scopes(&[Scope::Facts]), None).unwrap();
    let visitor = house.host.sign_in(Credential::Key(&theirs.key)).unwrap();
    assert_eq!(visitor.organisation().id().as_str(), "zeta");
    let secret = link.token.split_once('.').unwrap().1;
    let long = "x".repeat(100_000);
    let mut flipped = link.token.clone().into_bytes();
    flipped[10] ^= 1;
    let flipped = String::from_utf8(flipped).unwrap();
    for odd in [
        format!("zeta.{secret}"),
        format!("ACME.{secret}"),
        format!("none.{secret}"),
        format!("acme..{secret}"),
        format!(" acme.{secret}"),
        format!("acme.{secret} "),
        format!("acme.{secret}="),
        format!("acme.{}", &secret[1..]),
        format!("acme.{secret}A"),
        format!("acme/{secret}"),
        secret.to_owned(),
        flipped,
        theirs.key.replace("zeta", "acme"),
        key.key.replace("acme", "zeta"),
        String::new(),
        ".".to_owned(),
        "acme.".to_owned(),
        "acme.ü".to_owned(),
        "\0".to_owned(),
        format!("{long}.{secret}"),
        format!("acme.{long}"),
    ] {
        assert!(!opens(&house, Credential::Link(&odd)) && !opens(&house, Credential::Key(&odd)), "{odd}");
        assert_eq!(house.host.redeem(&odd), Err(SignInError::Unknown));
        assert_eq!(house.host.invited(&odd), Err(SignInError::Unknown));
    }
    assert!(!opens(&house, Credential::Key(&link.token)) && !opens(&house, Credential::Link(&key.key)));
}

#[test]
fn keys_have_scopes_an_end_and_a_name_of_their_own() {
    let house = House::new().peopled();
    let operator = house.key("operator", &[Scope::Operate]);
    let until = common::at("2026-02-03T09:00:00Z");
    let new = operator.make_key("payroll", scopes(&[Scope::Facts, Scope::Groups]), Some(until)).unwrap();
    let Who::System { key, scopes: got } = house.host.sign_in(Credential::Key(&new.key)).unwrap().who().clone() else {
        panic!("expected a system")
    };
    assert_eq!((key.as_str(), got), ("payroll", scopes(&[Scope::Facts, Scope::Groups])));
    assert_eq!(code(operator.make_key("payroll", scopes(&[Scope::Facts]), None)), "stale");
    let names = || operator.keys().unwrap().into_iter().map(|key| key.name).collect::<Vec<_>>();
    assert_eq!(names(), ["operator", "payroll"]);
    assert!(opens(&house, Credential::Key(&new.key)), "whoever asked for a name that is taken changed nothing");
    house.at("2026-02-03T09:00:00Z");
    assert!(!opens(&house, Credential::Key(&new.key)));
    house.at("2026-02-03T08:59:59Z");
    assert!(opens(&house, Credential::Key(&new.key)));
    operator.revoke_key("payroll").unwrap();
    assert!(!opens(&house, Credential::Key(&new.key)));
    assert_eq!(code(operator.revoke_key("payroll")), "not_found");
    let again = operator.make_key("payroll", scopes(&[Scope::Facts]), None).unwrap();
    assert!(opens(&house, Credential::Key(&again.key)) && !opens(&house, Credential::Key(&new.key)));

    for (name, scope) in
        [("", &[Scope::Facts][..]), ("a\nb", &[Scope::Facts]), (&"x".repeat(65), &[Scope::Facts]), ("k", &[])]
    {
        assert_eq!(code(operator.make_key(name, scopes(scope), None)), "invalid", "{name:?}");
    }
    let facts = house.key("facts", &[Scope::Facts]);
    assert_eq!(code(facts.make_key("more", scopes(&Scope::ALL), None)), "missing_scope");
    assert_eq!(code(facts.revoke_key("operator")), "missing_scope");
    assert_eq!(code(house.owner().make_key("mine", scopes(&[Scope::Act]), None)), "not_your_role");
    assert_eq!(code(facts.on_behalf_of(who("ana"))), "missing_scope");
    assert_eq!(code(house.owner().on_behalf_of(who("ana"))), "missing_scope");
}
