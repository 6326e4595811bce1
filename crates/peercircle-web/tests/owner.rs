//! The programme owner's pages, asked as a browser asks them: who may, what they say, what they never say.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "owner/ahead.rs"]
mod ahead;
#[expect(dead_code, reason = "shared by the tests of the pages")]
#[path = "owner/house.rs"]
mod house;

use axum::http::{Method, StatusCode};
use house::{Answer, House, Sent};
use peercircle_host::{Credential, Person};

/// A roster without groups: two of six come of it.
fn twelve() -> String {
    let mut text = "name,email,level,department\n".to_owned();
    for department in ["Sales", "Finance", "IT", "Quality", "Research", "Support"] {
        for turn in 1..=2 {
            text.push_str(&format!("Peer {department} {turn},{department}-{turn}@example.org,Team lead,{department}\n"));
        }
    }
    text
}

/// Every route there is, with something that it takes.
fn routes() -> Vec<(Method, &'static str, Sent)> {
    let person = [("name", "Ana Diaz"), ("level", "team lead"), ("department", "sales")];
    let postpone = [
        ("key", "00000000000000000000000000000007"),
        ("type", "session.postpone"),
        ("session", "explore"),
        ("reason", "facilitator_missing"),
    ];
    vec![
        (Method::GET, "/", Sent::Nothing),
        (Method::GET, "/programme", Sent::Nothing),
        (Method::GET, "/groups", Sent::Nothing),
        (Method::GET, "/groups/new", Sent::Nothing),
        (Method::GET, "/groups/new/sample.csv", Sent::Nothing),
        (Method::GET, "/groups/new/made?group=harbour", Sent::Nothing),
        (Method::POST, "/groups/new/preview", Sent::multipart(&[("roster", None, twelve().as_bytes())])),
        (Method::POST, "/groups/new/make", Sent::form(&[("roster", &twelve()), ("module", "listening")])),
        (Method::GET, "/groups/harbour", Sent::Nothing),
        (Method::POST, "/groups/quarry/cycles", Sent::form(&[("module", "listening")])),
        (Method::POST, "/groups/harbour/invitations", Sent::form(&[])),
        (Method::GET, "/cycles/harbour-1", Sent::Nothing),
        (Method::POST, "/cycles/harbour-1/do", Sent::form(&postpone)),
        (Method::GET, "/people", Sent::Nothing),
        (Method::GET, "/people/ana", Sent::Nothing),
        (Method::POST, "/people/ana", Sent::form(&person)),
        (Method::GET, "/people/ana/erase", Sent::Nothing),
        (Method::POST, "/people/ana/erase", Sent::form(&[("sure", "ana")])),
        (Method::GET, "/processes", Sent::Nothing),
        (Method::POST, "/processes", Sent::form(&[("name", "ours"), ("text", "name = \"Ours\"\n")])),
        (Method::GET, "/audit", Sent::Nothing),
    ]
}

#[test]
fn every_route_is_the_owners_alone() {
    let house = House::new();
    let member = house.member("Tove Berg");
    for (method, path, sent) in routes().into_iter().filter(|(_, path, _)| *path != "/") {
        let Answer { status, text, .. } = house.ask(None, method.clone(), path, &sent);
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path} signed out");
        assert!(text.contains("Please open your personal link"), "{method} {path}: {text}");
        let Answer { status, text, .. } = house.ask(Some(&member), method.clone(), path, &sent);
        assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path} as a member");
        assert!(text.contains("This isn&#39;t yours to see") || text.contains("This isn't yours to see"), "{path}: {text}");
    }
    // None of that did anything; now the same by the owner. The one who is erased comes last.
    let (last, all): (Vec<_>, Vec<_>) =
        routes().into_iter().partition(|(method, path, _)| method == Method::POST && path.ends_with("/erase"));
    for (method, path, sent) in all.into_iter().chain(last) {
        let answer = house.ask(Some(&house.owner), method.clone(), path, &sent);
        let is_good = matches!(answer.status, StatusCode::OK | StatusCode::SEE_OTHER | StatusCode::CONFLICT);
        assert!(is_good, "{method} {path}: {} {}", answer.status, answer.text);
        if answer.status == StatusCode::CONFLICT {
            assert_eq!(path, "/people/ana/erase", "{}", answer.text);
        }
    }
}

#[test]
fn what_another_site_sends_is_not_taken() {
    let house = House::new();
    for (method, path, sent) in routes().into_iter().filter(|(method, ..)| method == Method::POST) {
        let answer = house.ask_from("cross-site", Some(&house.owner), method, path, &sent);
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.text.contains("came from another site"), "{path}");
    }
    assert_eq!(house.visitor().groups(None, 99).unwrap().len(), 6);
}

#[test]
fn a_roster_becomes_groups() {
    let house = House::new();
    let (roster, before) = (twelve(), house.visitor().people(None, 999).unwrap().len());
    // As a file, which wins over what stands in the field only where there is one.
    let file = format!("\u{feff}{roster}");
    let parts: [(&str, Option<&str>, &[u8]); 3] =
        [("roster", None, b""), ("file", Some("roster.csv"), file.as_bytes()), ("process", None, b"preset")];
    let preview = house.post("/groups/new/preview", &Sent::multipart(&parts));
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    preview.says(&[
        "2 groups of 12 people",
        "Group 1",
        "Group 2",
        "Peer Sales 1",
        "team lead, sales",
        "Make these groups",
        "Choose a challenge",
        "<optgroup label=\"Communication\"",
    ]);
    assert_eq!(house.visitor().people(None, 999).unwrap().len(), before, "a preview keeps nothing");

    let form = [
        ("roster", roster.as_str()),
        ("process", "preset"),
        ("module", "listening"),
        ("starts_at", "2026-03-09T10:00"),
        ("zone", "-60"),
        ("place", "onsite"),
    ];
    let made = house.post("/groups/new/make", &Sent::form(&form));
    assert_eq!(
        (made.status, made.location.as_deref()),
        (StatusCode::SEE_OTHER, Some("/groups/new/made?group=group-1&group=group-2"))
    );
    house.get("/groups/new/made?group=group-1&group=group-2").says(&[
        "2 of 2 groups are made",
        "href=\"/groups/group-1\"",
        "6 people",
    ]);
    assert_eq!(house.visitor().people(None, 999).unwrap().len(), before + 12);
    house.get("/groups/group-1").says(&[
        "Peer Sales 1",
        "Invite them all",
        "href=\"/cycles/group-1-1\"",
        "Scheduled, 0 of 2 sessions",
    ]);
    house.get("/cycles/group-1-1").says(&["Group 1", "scheduled"]);
    house.get("/programme?stage=scheduled").says(&["href=\"/cycles/group-2-1\""]);
    // Ten o'clock in Berlin, where the label said so.
    let id = "group-1-1".parse().unwrap();
    let view = house.organisation().service().view(&id).unwrap();
    let starts: Vec<_> = view.sessions.iter().filter_map(|session| session.starts_at).map(|at| at.to_string()).collect();
    assert!(starts[0].starts_with("2026-03-09T09:00:00"), "{starts:?}");
}

#[test]
fn who_is_left_over_hears_why() {
    let house = House::new();
    let text = "name;level;department\nA;lead;a\nB;lead;b\nC;lead;c\nD;lead;d\nE;lead;e\nF;lead;f\nG;lead;a\nX;chief;a\nY;chief;b\nZ;board;a\n";
    let preview = house.post("/groups/new/preview", &Sent::multipart(&[("roster", None, text.as_bytes())]));
    preview.says(&[
        "1 group of 6 people",
        "No place found for 4 people",
        "lead, a: the groups of their level are full, or have somebody of their department",
        "chief, a: 2 people are of this level, from 2 departments: too few",
        "board, a: nobody else is board",
    ]);
    let none =
        house.post("/groups/new/preview", &Sent::multipart(&[("roster", None, b"name,level,department\nA,lead,a\n")]));
    none.says(&["0 groups", "come to no group", "nobody else is lead"]);
    assert!(!none.text.contains("What they work on"));
}

#[test]
fn every_mistake_of_a_roster_at_once_and_nothing_is_lost() {
    let house = House::new();
    let roster = "Name;Level;Department;Group\nAna <3;lead;sales;North\nBo;lead;;North\nChidi;chief;finance;North\nDana;lead;sales;North\n";
    let answer = house.post(
        "/groups/new/preview",
        &Sent::multipart(&[("roster", None, roster.as_bytes()), ("process", None, b"small-firm")]),
    );
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.says(&["to mend", "Ana &lt;3;lead;sales;North\nBo;lead;;North\n", "value=\"small-firm\" selected"]);
    for line in ["3", "4", "5"] {
        answer.says(&[&format!("<td class=\"number\">{line}</td>")]);
    }
    assert!(house.visitor().groups(None, 99).unwrap().iter().all(|group| group.name != "North"));

    let latin = house.post(
        "/groups/new/preview",
        &Sent::multipart(&[("roster", None, b""), ("file", Some("a.csv"), b"name,level,department\nJ\xf6rg,lead,a\n")]),
    );
    assert_eq!(latin.status, StatusCode::UNPROCESSABLE_ENTITY);
    latin.says(&["CSV UTF-8"]);
    let long = format!("name,level,department\n{}", "A,lead,a\n".repeat(30_000));
    let long = house.post("/groups/new/preview", &Sent::multipart(&[("roster", None, long.as_bytes())]));
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
    long.says(&["a roster of at most 256 KiB"]);
    let longer = house.post("/groups/new/preview", &Sent::multipart(&[("roster", None, "A".repeat(2 << 20).as_bytes())]));
    assert!(longer.status.is_client_error(), "{}", longer.status);
    longer.says(&["at most 256 KiB"]);
}

#[test]
fn what_was_chosen_is_kept_where_something_is_missing() {
    let house = House::new();
    let roster = twelve();
    let form = [("roster", roster.as_str()), ("starts_at", "2026-03-09T10:00"), ("place", "mixed")];
    let answer = house.post("/groups/new/make", &Sent::form(&form));
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.says(&[
        "Nothing was made",
        "a module",
        "value=\"2026-03-09T10:00\"",
        "value=\"mixed\" selected",
        "Peer Sales 1,Sales-1@example.org",
    ]);
    let form = [("roster", roster.as_str()), ("module", "listening"), ("starts_at", "soon")];
    let answer = house.post("/groups/new/make", &Sent::form(&form));
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.says(&["a date and a time", "value=\"listening\" selected"]);
    assert_eq!(house.visitor().groups(None, 99).unwrap().len(), 6);
    // The rules say no to a date that is past: said for each group, and the groups are there to go on with.
    let form = [("roster", roster.as_str()), ("module", "listening"), ("starts_at", "2020-01-01T10:00")];
    let answer = house.post("/groups/new/make", &Sent::form(&form));
    assert_eq!(answer.status, StatusCode::CONFLICT);
    answer.says(&["0 of 2 groups are made", "has no new cycle"]);
    house.get("/groups/group-1").says(&["None yet.", "The first cycle"]);
    // A roster as long as it may be, in letters that a form writes with three bytes for one.
    let mut text = "name,level,department\n".to_owned();
    while text.len() < (250 << 10) {
        text.push_str(&format!("{} {},lead,a\n", "Ж".repeat(30), text.len()));
    }
    let answer = house.post("/groups/new/make", &Sent::form(&[("roster", &text)]));
    assert_ne!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn nothing_under_five_people() {
    let house = House::new();
    // Quarry has four people, and has completed.
    let programme = house.get("/programme");
    assert_eq!(programme.status, StatusCode::OK);
    let row = programme.row("quarry-1");
    assert!(row.contains("under five people") && !row.contains(" of 4"), "{row}");
    assert!(programme.row("granite-1").contains("of 6"), "{}", programme.row("granite-1"));
    assert!(programme.row("Developing Your Staff").contains("Withheld"), "{}", programme.row("Developing Your Staff"));
    // Nor is it told by a sum, with the numbers of the other groups taken away from it.
    for (session, of) in [("Attended session 1", "18 of 18"), ("Attended session 2", "5 of 6")] {
        let sum = programme.text.split(&format!("<dt>{session}</dt>")).nth(1).unwrap().split("</dd>").next().unwrap();
        assert!(sum.contains(of), "{session}: {sum}");
    }
    let cycle = house.get("/cycles/quarry-1");
    for figure in ["People", "Attended", "Completed", "Adopted something"] {
        let row = cycle.row(&format!("<th scope=\"row\">{figure}</th>"));
        assert!(row.contains("under five people"), "{row}");
    }
    assert!(!cycle.text.contains("By name"));
    let group = house.get("/groups/quarry");
    group.says(&["Completed, 2 of 2 sessions; under five people"]);
    assert!(!group.text.contains("attended"), "{}", group.text);

    let empty = House::empty();
    empty.get("/").says(&["Make the first groups"]);
}

#[test]
fn a_list_goes_on_where_the_page_ends_and_keeps_its_stage() {
    let house = House::empty();
    let mut roster = "id,name,level,department,group\n".to_owned();
    for group in 0..103 {
        for member in 0..4 {
            roster.push_str(&format!("p+{group}-{member},P {group} {member},lead,d-{member},G{group:03}\n"));
        }
    }
    let made =
        house.post("/groups/new/make", &Sent::form(&[("roster", &roster), ("module", "listening"), ("process", "preset")]));
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let count = |answer: &Answer| answer.text.matches("href=\"/cycles/").count();
    let first = house.get("/programme?stage=forming");
    assert_eq!(count(&first), 100);
    let next = first.link("More groups");
    assert!(next.starts_with("/programme?stage=forming&after="), "{next}");
    assert_eq!(count(&house.get(next.trim_end_matches("#groups"))), 3);
    assert_eq!(count(&house.get("/programme?stage=completed")), 0);
    house.get("/programme?stage=completed").says(&["No group is at the stage completed."]);
    let groups = house.get("/groups");
    assert_eq!(groups.text.matches("href=\"/groups/g").count(), 100);
    assert_eq!(house.get(&groups.link("More")).text.matches("href=\"/groups/g").count(), 3);
    let mut people = house.get("/people");
    let mut all = people.text.matches("href=\"/people/p").count();
    while people.text.contains(">More</a>") {
        people = house.get(&people.link("More"));
        all += people.text.matches("href=\"/people/p").count();
    }
    assert_eq!(all, 412);
}

#[test]
fn invitations_are_shown_once_and_say_what_they_are_good_for() {
    let house = House::new();
    let sheet = house.post("/groups/harbour/invitations", &Sent::form(&[]));
    let links = sheet.invitations();
    assert_eq!(links.len(), 6);
    sheet.says(&["Invitations for Harbour", "Greta Holm", "it works once", "never what was said"]);
    assert!(!sheet.text.contains("This group has begun"));
    assert!(sheet.header("cache-control").contains("no-store"));
    let one = house.ask(None, Method::GET, &links[0], &Sent::Nothing);
    assert!(one.text.contains("Hello Greta Holm"), "{}", one.text);
    let group = house.get("/groups/harbour");
    group.says(&["is shown no notes until somebody in the group says that it is them"]);
    assert!(links.iter().all(|link| !group.text.contains(link.as_str())), "shown once");
    let again = house.post("/groups/orchard/invitations", &Sent::form(&[("person", "mei")]));
    again.says(&["This group has begun", "Mei Tanaka"]);
    assert_eq!(again.invitations().len(), 1);
    // Whoever takes that one, owner or not, reads nothing.
    let taken = house.ask(None, Method::POST, &again.invitations()[0], &Sent::form(&[]));
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    let token = taken.header("set-cookie").split_once("pc=").unwrap().1.split(';').next().unwrap().to_owned();
    let visitor = house.host.sign_in(Credential::Link(&token)).unwrap();
    assert_eq!(visitor.notes(&"orchard-1".parse().unwrap()).unwrap_err().code(), "not_vouched");
}

#[test]
fn the_organisers_commands_as_forms() {
    let house = House::new();
    let key = |number: u8| format!("{number:032x}");
    let page = house.get("/cycles/harbour-1");
    page.says(&["Postpone a session", "name=\"starts_at\"", "Greta Holm"]);
    // None of the group's own commands has a form, nor erasing.
    for kind in ["story.share", "turn.finish", "vote", "member.anonymise"] {
        assert!(!page.text.contains(&format!("value=\"{kind}\"")), "{kind}");
    }
    let (one, two, three) = (key(1), key(2), key(3));
    let form =
        [("key", one.as_str()), ("type", "session.reschedule"), ("session", "explore"), ("starts_at", "2020-01-01T10:00")];
    let answer = house.post("/cycles/harbour-1/do", &Sent::form(&form));
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    answer.says(&[
        "The rules say no",
        "value=\"2020-01-01T10:00\"",
        "<details class=\"card\" id=\"session-reschedule\" open>",
    ]);
    let form = [
        ("key", two.as_str()),
        ("type", "session.schedule"),
        ("session", "explore"),
        ("starts_at", "soon"),
        ("place", "onsite"),
    ];
    let answer = house.post("/cycles/harbour-1/do", &Sent::form(&form));
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.says(&["Nothing was done", "a date and a time"]);
    let form =
        [("key", three.as_str()), ("type", "session.postpone"), ("session", "explore"), ("reason", "facilitator_missing")];
    for _ in 0..2 {
        // Sent twice, it counts once.
        let answer = house.post("/cycles/harbour-1/do", &Sent::form(&form));
        assert_eq!(
            (answer.status, answer.location.as_deref()),
            (StatusCode::SEE_OTHER, Some("/cycles/harbour-1?done=session.postpone")),
            "{}",
            answer.text
        );
    }
    // Whoever left comes back as the directory knows them.
    let (four, five) = (key(4), key(5));
    let leave = [("key", four.as_str()), ("type", "member.withdraw"), ("member", "liam"), ("reason", "workload")];
    assert_eq!(house.post("/cycles/harbour-1/do", &Sent::form(&leave)).status, StatusCode::SEE_OTHER);
    house.get("/cycles/harbour-1").says(&["Enrol a member"]);
    let back = [("key", five.as_str()), ("type", "member.enrol"), ("member", "liam")];
    let answer = house.post("/cycles/harbour-1/do", &Sent::form(&back));
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let member = [("key", one.as_str()), ("command", "{\"type\":\"session.start\"}")];
    let answer = house.post("/cycles/lighthouse-1/do", &Sent::form(&member));
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
}

#[test]
fn a_person_is_changed_or_kept_as_written() {
    let house = House::new();
    let bad = [("name", "Ana <Diaz>"), ("email", "nowhere"), ("level", "R&D"), ("department", ""), ("manager", "the boss")];
    let answer = house.post("/people/ana", &Sent::form(&bad));
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.says(&[
        "value=\"Ana &lt;Diaz&gt;\"",
        "value=\"nowhere\"",
        "value=\"R&amp;D\"",
        "value=\"the boss\"",
        "Address: expected",
        "Level: expected",
        "Department: expected",
        "Manager: expected",
    ]);
    let good = [
        ("name", "Ana Diaz-Roy"),
        ("email", "ana@new.example"),
        ("level", "Team Lead"),
        ("department", "Key accounts"),
        ("manager", ""),
    ];
    assert_eq!(house.post("/people/ana", &Sent::form(&good)).status, StatusCode::SEE_OTHER);
    let ana = house.visitor().directory_entry(&"ana".parse().unwrap()).unwrap();
    assert_eq!(
        (ana.name.as_str(), ana.level.as_str(), ana.department.as_str()),
        ("Ana Diaz-Roy", "team-lead", "key-accounts")
    );

    house.get("/people/eva/erase").says(&[
        "Erase Eva Lund?",
        "What is lost",
        "Quarry",
        "The notes that Eva Lund wrote",
        "be undone",
    ]);
    let other = house.post("/people/eva/erase", &Sent::form(&[("sure", "evan")]));
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    other.says(&["Nothing was erased"]);
    let erased = house.post("/people/eva/erase", &Sent::form(&[("sure", "eva")]));
    assert_eq!((erased.status, erased.location.as_deref()), (StatusCode::SEE_OTHER, Some("/people")), "{}", erased.text);
    assert_eq!(house.get("/people/eva").status, StatusCode::NOT_FOUND);
    for page in ["/people", "/groups/quarry", "/cycles/quarry-1", "/programme"] {
        let answer = house.get(page);
        assert!(answer.status == StatusCode::OK && !answer.text.contains("Eva Lund"), "{page}");
    }
}

#[test]
fn ids_with_a_slash_and_a_group_called_new_have_pages() {
    let house = House::new();
    let person = Person {
        id: "a/b+c".parse().unwrap(),
        name: "Slash".to_owned(),
        email: None,
        level: "lead".parse().unwrap(),
        department: "a".parse().unwrap(),
        manager: None,
    };
    house.visitor().put_person(&person).unwrap();
    assert_eq!(house.get(&house.get("/people").link("Slash")).status, StatusCode::OK);
    let members = vec![person.id];
    house
        .visitor()
        .put_group(&peercircle_host::Group { id: "new".parse().unwrap(), name: "Newcomers".to_owned(), members })
        .unwrap();
    let page = house.get(&house.get("/groups").link("Newcomers"));
    page.says(&["<h1>Newcomers</h1>", "Slash"]);
}

#[test]
fn a_process_of_ones_own_or_every_issue_with_its_place() {
    let house = House::new();
    let text = "\n\nname = \"Ours\"\n[group]\nminimun = 5\n";
    let answer = house.post("/processes", &Sent::form(&[("name", "ours"), ("text", text)]));
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.says(&["to mend", "minimum", "name = &quot;Ours&quot;", "<td class=\"number\">5</td>"]);
    let answer = house.post("/processes", &Sent::form(&[("name", "preset"), ("text", "name = \"Ours\"\n")]));
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.says(&["Nothing was kept", "value=\"preset\""]);
    let good = house.organisation().processes().unwrap().into_iter().find(|file| file.name == "small-firm").unwrap().text;
    let answer = house.post("/processes", &Sent::form(&[("name", "ours"), ("text", &good)]));
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    house.get("/processes").says(&["ours, your own"]);
    house.get("/groups/new").says(&["value=\"ours\""]);
}

#[test]
fn the_audit_says_who_looked() {
    let house = House::new();
    assert_eq!(house.get("/cycles/orchard-1").status, StatusCode::OK);
    house.get("/audit").says(&["Programme owner", "The facts of", "href=\"/cycles/orchard-1\""]);
    house.get("/audit?since=2099-01-01").says(&["Nobody looked.", "value=\"2099-01-01\""]);
    house.get("/audit?since=never").says(&["The facts of"]);
}

#[test]
fn no_page_of_the_owners_holds_a_word_of_what_was_said() {
    let house = House::new();
    let mut said = Vec::new();
    for person in &house.demo.people {
        let visitor = house.host.sign_in(Credential::Link(&person.link.token)).unwrap();
        for head in visitor.my_cycles().unwrap() {
            for note in visitor.notes(&head.stream).unwrap() {
                let note = visitor.read_note(&head.stream, note.note).unwrap();
                said.push(String::from_utf8(note.content.to_vec()).unwrap());
            }
        }
    }
    said.sort();
    said.dedup();
    assert!(said.len() > 5, "the sample has notes: {said:?}");
    let owner = house.visitor();
    let mut pages: Vec<String> =
        ["/", "/programme", "/groups", "/groups/new", "/people", "/processes", "/audit", "/me"].map(str::to_owned).to_vec();
    pages.extend(owner.groups(None, 99).unwrap().iter().map(|group| format!("/groups/{}", group.id)));
    pages.extend(owner.cycles(None, 99).unwrap().iter().map(|facts| format!("/cycles/{}", facts.cycle.as_ref().unwrap())));
    for person in owner.people(None, 99).unwrap() {
        pages.extend([format!("/people/{}", person.id), format!("/people/{}/erase", person.id)]);
    }
    let text = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    for page in &pages {
        let answer = house.get(page);
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        for words in &said {
            assert!(!answer.text.contains(&text(words)) && !answer.text.contains(words), "{page} holds `{words}`");
        }
    }
    for id in owner.cycles(None, 99).unwrap().iter().filter_map(|facts| facts.cycle.clone()) {
        for page in ["", "/notes", "/group", "/module", "/more"] {
            let answer = house.get(&format!("/c/{id}{page}"));
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "/c/{id}{page}");
        }
    }
}
