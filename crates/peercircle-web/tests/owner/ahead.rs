//! What the programme owner's pages say of dates and of what waits, and the commands after the start.

use axum::http::{Method, StatusCode};

use super::house::{Answer, House, Sent};

/// A roster of one group of this many people.
fn roster(people: usize) -> String {
    let mut text = "name,level,department,group\n".to_owned();
    for number in 0..people {
        text.push_str(&format!("Peer {number},lead,d-{number},North\n"));
    }
    text
}

/// Makes the group North, with a date or without.
fn north(house: &House, people: usize, starts_at: &str) {
    let roster = roster(people);
    let fields = [("roster", roster.as_str()), ("module", "listening"), ("process", "preset"), ("starts_at", starts_at)];
    let made = house.post("/groups/new/make", &Sent::form(&fields));
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
}

/// A command of the organiser's as the page of the cycle sends it.
fn give(house: &House, cycle: &str, key: u8, fields: &[(&str, &str)]) -> Answer {
    let key = format!("{key:032x}");
    let fields: Vec<_> = fields.iter().copied().chain([("key", key.as_str())]).collect();
    house.post(&format!("/cycles/{cycle}/do"), &Sent::form(&fields))
}

fn done(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
}

/// That nobody is shown an instant as machines write it.
fn no_instant(answer: &Answer) {
    let read = answer.read();
    let is_instant =
        |word: &str| word.trim_matches(|letter: char| !letter.is_alphanumeric()).parse::<peercircle_core::Instant>().is_ok();
    assert!(!read.split_whitespace().any(is_instant), "{read}");
}

#[test]
fn every_cycle_says_when_it_meets_next() {
    let house = House::new();
    let programme = house.get("/programme");
    programme.says(&["No group waits for you."]);
    let date = "Session 1: <time datetime=\"2026-03-05T09:00:00Z\" data-when=\"short\">Thu, 5 Mar 2026, 09:00 UTC</time>";
    assert!(programme.row("harbour-1").contains(date), "{}", programme.row("harbour-1"));
    assert!(programme.row("orchard-1").contains("Session 2: <time"), "{}", programme.row("orchard-1"));
    let granite = programme.row("granite-1");
    assert!(granite.contains("Reports due <time"), "{granite}");
    house.get("/cycles/harbour-1").says(&[date, "onsite", "<th scope=\"row\">Process</th>"]);
    house.get("/groups/harbour").says(&[date]);
    assert!(house.get("/cycles/quarry-1").row("Next session").contains("–"));
}

#[test]
fn who_waits_for_the_owner_stands_first() {
    let house = House::new();
    north(&house, 6, "");
    house.get("/programme").says(&["1 group waits for you", "href=\"/groups/north\"", "Nobody is invited yet."]);
    let sheet = house.post("/groups/north/invitations", &Sent::form(&[]));
    let taken = house.ask(None, Method::POST, &sheet.invitations()[0], &Sent::form(&[]));
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    for page in ["/programme", "/groups/north", "/cycles/north-1"] {
        house.get(page).says(&["5 of 6 have not taken an invitation yet."]);
    }
    let programme = house.get("/programme");
    assert!(programme.row("north-1").contains("5 of 6 not in yet"), "{}", programme.row("north-1"));
    house.get("/cycles/north-1").says(&["What waits for you", "Session 1, no date yet"]);
    // A date that went by.
    house.at("2026-03-06T09:00:00Z");
    let programme = house.get("/programme");
    programme
        .says(&["groups wait for you", "Session 1 is overdue. It was to be on <time datetime=\"2026-03-05T09:00:00Z\""]);
    let harbour = house.get("/cycles/harbour-1");
    harbour.says(&["What waits for you", "href=\"#session-reschedule\"", "id=\"session-reschedule\""]);
    // A group that never had a cycle.
    let members = house.visitor().group(&"north".parse().unwrap()).unwrap().members;
    let group = peercircle_host::Group { id: "south".parse().unwrap(), name: "South".to_owned(), members };
    house.visitor().put_group(&group).unwrap();
    house.get("/programme").says(&["href=\"/groups/south\"", "No cycle yet: choose what they work on."]);
}

#[test]
fn of_four_people_there_are_dates_and_no_counts() {
    let house = House::new();
    north(&house, 4, "2026-03-09T10:00");
    let sheet = house.post("/groups/north/invitations", &Sent::form(&[]));
    house.ask(None, Method::POST, &sheet.invitations()[0], &Sent::form(&[]));
    for page in ["/programme", "/groups/north", "/cycles/north-1"] {
        let answer = house.get(page);
        answer.says(&["2026-03-09T10:00:00Z"]);
        let read = answer.read();
        assert!(!read.contains("taken an invitation") && !read.contains("not in yet"), "{page}: {read}");
    }
}

#[test]
fn the_module_the_process_and_the_rules_anew() {
    let house = House::new();
    let page = house.get("/cycles/harbour-1");
    page.says(&[
        "Choose the module",
        "<optgroup label=\"Communication\"",
        "Set a new version of the ground rules",
        "This is version 2.",
        "Move the cycle to another process",
        "It runs under <strong>",
    ]);
    assert!(!page.text.contains("value=\"buddies.pair\""), "there is nothing to practise yet");
    done(&give(&house, "harbour-1", 1, &[("type", "module.choose"), ("module", "listening")]));
    let visitor = house.visitor();
    let id = "harbour-1".parse().unwrap();
    assert_eq!(visitor.facts(&id).unwrap().module, "listening".parse().ok());
    house.get("/cycles/harbour-1?done=module.choose").says(&["Done: choose the module."]);
    done(&give(&house, "harbour-1", 2, &[("type", "ground_rules.set"), ("version", "2")]));
    assert_eq!(visitor.terms(&id).unwrap().ground_rules, 2);
    let stale = give(&house, "harbour-1", 3, &[("type", "ground_rules.set"), ("version", "2")]);
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.says(&["The rules say no", "Version 2 is not newer than 2."]);
    let before = visitor.terms(&id).unwrap().process;
    house.get("/cycles/harbour-1").says(&["<option value=\"preset\" selected>"]);
    done(&give(&house, "harbour-1", 4, &[("type", "process.migrate"), ("process", "action-learning-set")]));
    assert_ne!(visitor.terms(&id).unwrap().process, before);
    house.get("/cycles/harbour-1").says(&["<option value=\"action-learning-set\" selected>"]);
    // The first session began: the module is fixed.
    assert!(!house.get("/cycles/orchard-1").text.contains("value=\"module.choose\""));
    let fixed = give(&house, "orchard-1", 5, &[("type", "module.choose"), ("module", "listening")]);
    assert_eq!(fixed.status, StatusCode::CONFLICT);
    fixed.says(&["The module is fixed since session 1 started."]);
    assert!(!fixed.text.contains("To the form"), "there is none any more");
    let none = give(&house, "harbour-1", 6, &[("type", "module.choose"), ("module", "")]);
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    none.says(&["Nothing was done", "a module"]);
}

#[test]
fn buddies_are_paired_by_name() {
    let house = House::new();
    let page = house.get("/cycles/orchard-1");
    page.says(&["Pair buddies", "Mei Tanaka", "Pair 3", "name=\"pair.mei\""]);
    let wrong = [
        ("type", "buddies.pair"),
        ("pair.mei", "1"),
        ("pair.noah", "1"),
        ("pair.olga", "1"),
        ("pair.pedro", "2"),
        ("pair.quinn", "2"),
        ("pair.rosa", ""),
    ];
    let refused = give(&house, "orchard-1", 1, &wrong);
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.says(&["The rules say no", "Without a buddy: Rosa Marino", "href=\"#buddies-pair\"", "id=\"buddies-pair\""]);
    // What was chosen is kept.
    let rosa = refused.text.split("name=\"pair.rosa\"").nth(1).unwrap().split("</select>").next().unwrap();
    assert!(!rosa.contains("selected"), "{rosa}");
    let right = [
        ("type", "buddies.pair"),
        ("pair.mei", "1"),
        ("pair.noah", "2"),
        ("pair.olga", "3"),
        ("pair.pedro", "1"),
        ("pair.quinn", "2"),
        ("pair.rosa", "3"),
    ];
    done(&give(&house, "orchard-1", 2, &right));
    let view = house.organisation().service().view(&"orchard-1".parse().unwrap()).unwrap();
    let pairs: Vec<Vec<_>> = view.buddies.iter().map(|pair| pair.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(pairs, [["mei", "pedro"], ["noah", "quinn"], ["olga", "rosa"]]);
}

#[test]
fn a_refusal_is_read_by_people() {
    let house = House::new();
    let early = [("type", "session.reschedule"), ("session", "explore"), ("starts_at", "2020-01-01T10:00")];
    let again =
        [("type", "session.schedule"), ("session", "explore"), ("starts_at", "2026-04-01T10:00"), ("place", "onsite")];
    for (key, fields) in [early.as_slice(), again.as_slice()].iter().enumerate() {
        let no = give(&house, "harbour-1", u8::try_from(key).unwrap() + 1, fields);
        assert_eq!(no.status, StatusCode::CONFLICT, "{}", no.text);
        no.says(&["The rules say no", "<time datetime=\"2026-03-"]);
        no_instant(&no);
    }
    let twice = give(&house, "orchard-1", 9, &[("type", "member.enrol"), ("member", "mei")]);
    assert_eq!(twice.status, StatusCode::CONFLICT);
    twice.says(&["Mei Tanaka is a member already"]);
    // Somebody of the group who was never enrolled.
    let stranger = give(&house, "harbour-1", 10, &[("type", "member.withdraw"), ("member", "mei"), ("reason", "workload")]);
    assert_eq!(stranger.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", stranger.text);
    stranger.says(&["Mei Tanaka isn't in this cycle."]);
    // Groups of a roster that the rules refuse a cycle.
    let roster = roster(6);
    let fields = [("roster", roster.as_str()), ("module", "listening"), ("starts_at", "2020-01-01T10:00")];
    let no = house.post("/groups/new/make", &Sent::form(&fields));
    assert_eq!(no.status, StatusCode::CONFLICT);
    no_instant(&no);
    let no = house.post("/groups/north/cycles", &Sent::form(&fields));
    assert_eq!(no.status, StatusCode::CONFLICT);
    no_instant(&no);
    let no = house.post("/people/ana/erase", &Sent::form(&[("sure", "ana")]));
    assert_eq!(no.status, StatusCode::CONFLICT);
    no.says(&["Ana Diaz is still a member"]);
}
