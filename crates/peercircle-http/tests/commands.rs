//! Commands over HTTP: every kind of answer, idempotency, expected revisions.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the API")]
mod common;

use common::{World, reply, wide};
use serde_json::{Value, json};

const COMMANDS: &str = "/api/v1/cycles/c-1/commands";

#[tokio::test]
async fn accepted_with_the_new_revision() {
    let world = World::new(wide());
    let before = world.get("ana", "/api/v1/cycles/c-1").gets(200).await.json()["revision"].as_u64().unwrap();
    let answer = world.post("ana", COMMANDS, &reply("ana", true)).gets(200).await;
    assert_eq!(answer.json(), json!({"answer":"accepted","revision":before + 1,"events":["session.replied"]}));
    assert_eq!(answer.header("etag"), format!("\"{}\"", before + 1));
}

#[tokio::test]
async fn each_kind_of_no_has_its_status() {
    let world = World::new(wide());
    let wrong = world.post("ana", COMMANDS, &json!({"type":"story.share","member":"ana","story":"own"}));
    let wrong = wrong.refused(409, "wrong_phase").await;
    assert_eq!(wrong["rules"], json!(["R-01"]));
    assert!(wrong["refusals"][0]["applies"].as_array().unwrap().contains(&json!("session.open")), "{wrong}");

    let role = world.post("ana", COMMANDS, &reply("bo", true)).refused(403, "not_your_role").await;
    assert_eq!(role["refusals"][0]["may"], json!(["oneself"]));

    world.post("ana", COMMANDS, &json!({"type":"facilitator.appoint","session":"explore","member":"ana"})).gets(200).await;
    world.post("ana", COMMANDS, &json!({"type":"session.open","session":"explore"})).gets(200).await;
    world.post("ana", COMMANDS, &json!({"type":"attendance.mark","member":"ana","attendance":"present"})).gets(200).await;
    world.at(common::NOW);
    let rule = world.post("ana", COMMANDS, &json!({"type":"session.start"})).refused(422, "rule_refused").await;
    assert!(rule["rules"].as_array().unwrap().contains(&json!("R-21")), "{rule}");
    assert!(!rule["refusals"][0]["helps"].as_str().unwrap().is_empty());
    assert_eq!(rule["helps"], rule["refusals"][0]["helps"]);
    assert_eq!(rule["detail"], rule["refusals"][0]["says"]);

    let stale = world.post("ana", COMMANDS, &json!({"type":"session.start"})).with("if-match", "\"3\"");
    assert_eq!(stale.refused(412, "stale_revision").await["rules"][0], "R-04");

    let unknown = json!({"type":"attendance.mark","member":"nobody","attendance":"present"});
    world.post("ana", COMMANDS, &unknown).refused(422, "unknown_member").await;
    let form = world.acme.service().view(&common::id("c-1")).unwrap();
    assert!(form.members.len() == 6);
}

/// Of everything that is wrong: which field, what was expected, what came, and where it stands.
#[tokio::test]
async fn a_body_that_isnt_read_says_every_field_of_it() {
    let world = World::new(wide());
    let issues = async |path: &str, body: Value| {
        let no = world.post("owner", path, &body).refused(422, "invalid_body").await;
        let told =
            |issue: &Value| ["field", "code", "expected", "got"].map(|part| issue[part].as_str().unwrap_or("").to_owned());
        let all: Vec<_> = no["issues"].as_array().unwrap().iter().map(told).collect();
        assert!(!all.is_empty(), "{no}");
        (no, all)
    };
    let of = |list: &[[&str; 4]]| list.iter().map(|one| one.map(str::to_owned)).collect::<Vec<_>>();
    let (no, several) =
        issues(COMMANDS, json!({"type":"session.schedule","session":"first","starts_at":3,"plce":"onsite"})).await;
    assert_eq!(
        several,
        of(&[
            ["place", "missing_key", "`onsite`, `mixed` or `remote`", "nothing"],
            ["plce", "unknown_key", "`place`, `session`, `short_gap`, `starts_at` or `type`", "`plce`"],
            ["session", "unknown_value", "`explore` or `reflect`", "`\"first\"`"],
            ["starts_at", "wrong_type", "an instant such as `2026-03-02T09:00:00Z`", "`3`"],
        ]),
        "{no}"
    );
    assert!(no["detail"].as_str().unwrap().ends_with("; 3 more in `issues`"), "{no}");
    assert_eq!(no["issues"][1]["suggestion"], json!("place"));
    let (no, kind) = issues(COMMANDS, json!({"type":"sesion.start"})).await;
    assert_eq!((kind[0][0].as_str(), &no["issues"][0]["suggestion"]), ("type", &json!("session.start")), "{no}");
    let (no, none) = issues(COMMANDS, json!({"reply":"accepted"})).await;
    assert_eq!((none[0][0].as_str(), none[0][3].as_str()), ("type", "nothing"), "{no}");
    let (no, id) = issues(COMMANDS, json!({"type":"turn.start","member":"not an id"})).await;
    assert_eq!((id[0][0].as_str(), id[0][3].as_str()), ("member", "`not an id`"), "{no}");
    let (no, deep) =
        issues(COMMANDS, json!({"type":"report.give","member":"ana","report":{"outcome":"practised","strategies":"one"}}))
            .await;
    assert_eq!((deep[0][0].as_str(), deep[0][2].as_str()), ("report.strategies", "a list"), "{no}");
    let (no, short) = issues(COMMANDS, json!({"type":"phase.extend","seconds":-5})).await;
    assert_eq!(
        (short[0][0].as_str(), short[0][2].as_str(), short[0][3].as_str()),
        ("seconds", "0 to 65535", "`-5`"),
        "{no}"
    );
    let (no, list) = issues(COMMANDS, json!([1, 2])).await;
    assert_eq!((list[0][0].as_str(), list[0][3].as_str()), ("", "a list"), "{no}");
    let (no, person) = issues("/api/v1/groups/g-1/cycles", json!({"module": 7, "start": "now"})).await;
    assert!(person.iter().any(|one| one[0] == "module") && person.iter().any(|one| one[0] == "start"), "{no}");
    // Where it stands, in a body of several lines.
    let text = "{\n  \"type\": \"turn.start\",\n  \"member\": true\n}";
    let placed = world.ask("ana", "POST", COMMANDS).text("application/json", text).refused(422, "invalid_body").await;
    assert_eq!((&placed["issues"][0]["line"], &placed["issues"][0]["column"]), (&json!(3), &json!(13)), "{placed}");
    // Many mistakes of one kind are told as far as they help.
    let pairs: Vec<_> = (0..900).map(|_| json!([1])).collect();
    let (_, many) = issues(COMMANDS, json!({"type":"buddies.pair","pairs":pairs})).await;
    assert_eq!(many.len(), 50);
}

#[tokio::test]
async fn commands_are_strict() {
    let world = World::new(wide());
    let unknown = world.post("ana", COMMANDS, &json!({"type":"session.start","now":true}));
    let unknown = unknown.refused(422, "invalid_body").await;
    assert_eq!(
        (&unknown["issues"][0]["field"], &unknown["issues"][0]["code"]),
        (&json!("now"), &json!("unknown_key")),
        "{unknown}"
    );
    world.post("ana", COMMANDS, &json!({"type":"tea.serve"})).refused(422, "invalid_body").await;
    let broken = world.ask("ana", "POST", COMMANDS).text("application/json", "{\n  \"type\": oops}");
    let broken = broken.refused(400, "bad_json").await;
    assert_eq!((&broken["issues"][0]["line"], &broken["issues"][0]["column"]), (&json!(2), &json!(11)), "{broken}");
    world.ask("ana", "POST", COMMANDS).text("text/plain", "{}").refused(415, "wrong_content_type").await;
    world.ask("ana", "POST", COMMANDS).text("application/json; charset=utf-8", "").refused(400, "bad_json").await;
    for bad in ["3", "\"x\"", "W/\"3\"", "\"0123456789\"", "\"000102030405060708090A0B0C0D0E0F\""] {
        world.post("ana", COMMANDS, &reply("ana", true)).with("if-match", bad).refused(400, "bad_header").await;
    }
}

#[tokio::test]
async fn the_same_key_gets_the_first_answer() {
    let world = World::new(wide());
    let long = "k".repeat(255);
    for key in ["67e55044-10b1-426f-9247-bb680e5fe0c8", "anything!", &long, "\"quoted\""] {
        let first = world.post("ana", COMMANDS, &reply("ana", true)).with("idempotency-key", key).gets(200).await;
        let revision = first.json()["revision"].clone();
        assert_eq!(first.header("idempotency-replayed"), "");
        let again = world.post("ana", COMMANDS, &reply("ana", true)).with("idempotency-key", key).gets(200).await;
        assert_eq!(again.json(), json!({"answer":"duplicate","first":revision,"last":revision}));
        assert_eq!(again.header("idempotency-replayed"), "true");
        let undo = world.post("ana", COMMANDS, &reply("ana", false)).gets(200).await;
        assert_eq!(undo.json()["answer"], "accepted");
    }
    // Another command under a key that was used is a mistake, and is told so.
    let before = world.get("ana", "/api/v1/cycles/c-1").gets(200).await.json();
    let other = world.post("ana", COMMANDS, &reply("ana", false)).with("idempotency-key", "anything!");
    assert_eq!(other.refused(422, "key_reused").await["title"], "This key was used for another command.");
    assert_eq!(world.get("ana", "/api/v1/cycles/c-1").gets(200).await.json(), before);
    for bad in ["", "two words", &"k".repeat(256)] {
        world.post("ana", COMMANDS, &reply("ana", true)).with("idempotency-key", bad).refused(400, "bad_header").await;
    }
    // Words are each actor's own: nobody stands in another's way, nor learns of it.
    let by = |name: &'static str| world.post(name, COMMANDS, &reply(name, true)).with("idempotency-key", "word");
    assert_eq!(by("ana").gets(200).await.json()["answer"], "accepted");
    assert_eq!(by("bo").gets(200).await.json()["answer"], "accepted");
    // A UUID is taken as it is; whoever isn't in the cycle learns nothing by it.
    let uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    world.post("gus", COMMANDS, &reply("gus", true)).with("idempotency-key", uuid).refused(404, "not_found").await;
}

#[tokio::test]
async fn a_revision_that_was_seen_holds() {
    let world = World::new(wide());
    let view = world.get("ana", "/api/v1/cycles/c-1").gets(200).await;
    let etag = view.header("etag").to_owned();
    assert_eq!(etag, format!("\"{}\"", view.json()["revision"]));
    let same = world.get("ana", "/api/v1/cycles/c-1").with("if-none-match", &etag).gets(304).await;
    assert!(same.body.is_empty() && same.header("etag") == etag);
    world.get("ana", "/api/v1/cycles/c-1").with("if-none-match", "\"0\", W/\"1\"").gets(200).await;

    let given = world.post("ana", COMMANDS, &reply("ana", true)).with("if-match", &etag).gets(200).await;
    assert_eq!(given.json()["answer"], "accepted");
    world.post("bo", COMMANDS, &reply("bo", true)).with("if-match", &etag).refused(412, "stale_revision").await;
    world.post("bo", COMMANDS, &reply("bo", true)).with("if-match", given.header("etag")).gets(200).await;
    world.post("cy", COMMANDS, &reply("cy", true)).with("if-match", "*").gets(200).await;
    world.get("ana", "/api/v1/cycles/c-1").with("if-none-match", &etag).gets(200).await;
}

/// Moves session 1; an organiser may, any number of times.
fn reschedule(day: u8) -> Value {
    json!({"type":"session.reschedule","session":"explore","starts_at":format!("2026-03-{day:02}T09:00:00Z")})
}

const FACTS: &str = "/api/v1/cycles/c-1/facts";

#[tokio::test]
async fn an_organiser_goes_on_from_the_facts_that_they_saw() {
    let world = World::new(wide());
    let tag = world.get("owner", FACTS).gets(200).await.header("etag").to_owned();
    let give = |day: u8, tag: &str| world.post("owner", COMMANDS, &reschedule(day)).with("if-match", tag);
    // What the group does among itself is no matter of theirs, neither in the tag nor where they name it.
    for (member, yes) in [("ana", true), ("bo", true), ("ana", false)] {
        world.post(member, COMMANDS, &reply(member, yes)).gets(200).await;
        assert_eq!(world.get("owner", FACTS).gets(200).await.header("etag"), tag);
    }
    let given = give(3, &tag).gets(200).await;
    assert_eq!(given.json(), json!({"answer":"accepted","revision":0,"events":["session.rescheduled"]}));
    assert_eq!(given.header("etag"), tag, "a date is in no facts");
    // Without a word of what they saw they are told of none.
    let given = world.post("owner", COMMANDS, &reschedule(4)).gets(200).await;
    assert_eq!((given.header("etag"), &given.json()["revision"]), ("", &json!(0)));
    // Once the facts are others, they look again.
    let withdraw = json!({"type":"member.withdraw","member":"fay","reason":"no_contact"});
    let given = world.post("owner", COMMANDS, &withdraw).with("if-match", &tag).with("idempotency-key", "w").gets(200).await;
    let now = given.header("etag").to_owned();
    assert_eq!(now, world.get("owner", FACTS).gets(200).await.header("etag"));
    let stale = give(5, &tag).refused(412, "stale_revision").await;
    assert_eq!((&stale["rules"], stale["detail"].as_str().unwrap().contains(char::is_numeric)), (&json!(["R-04"]), false));
    give(5, &now).gets(200).await;
    // The same again is answered again, though what it names is past.
    let again = world.post("owner", COMMANDS, &withdraw).with("if-match", &tag).with("idempotency-key", "w").gets(200).await;
    assert_eq!(again.json(), json!({"answer":"duplicate","first":0,"last":0}));
    // Of another cycle, of another organisation, or of no cycle there is none.
    let other = world.get("owner", "/api/v1/cycles/c-2/facts").gets(200).await.header("etag").to_owned();
    let foreign = world.get("globex/owner", FACTS).gets(200).await.header("etag").to_owned();
    for tag in [other.as_str(), &foreign] {
        give(6, tag).refused(412, "stale_revision").await;
    }
    let missing = world.post("owner", "/api/v1/cycles/c-9/commands", &reschedule(6)).with("if-match", &now);
    missing.refused(412, "stale_revision").await;
}

#[tokio::test]
async fn how_much_a_group_does_is_told_to_nobody_outside() {
    // Two groups, one of which is at it all the time.
    let (quiet, busy) = (World::new(wide()), World::new(wide()));
    for round in 0..5 {
        for member in ["ana", "bo", "cy"] {
            busy.post(member, COMMANDS, &reply(member, round % 2 == 0)).gets(200).await;
        }
    }
    let told = async |world: &World| {
        let mut told = Vec::new();
        for guess in (0..40).map(|number| format!("\"{number}\"")).chain(["*".to_owned()]) {
            for by in ["owner", "key:groups"] {
                let answer = world.post(by, COMMANDS, &reschedule(9)).with("if-match", &guess).send().await;
                told.push(format!("{guess} {by} {} {:?}", answer.shown(), answer.headers.get("etag")));
            }
        }
        told.push(world.post("owner", COMMANDS, &reschedule(10)).with("idempotency-key", "k").gets(200).await.shown());
        told.push(world.post("owner", COMMANDS, &reschedule(10)).with("idempotency-key", "k").gets(200).await.shown());
        told
    };
    let (one, other) = (told(&quiet).await, told(&busy).await);
    assert_eq!(one, other);
    assert_eq!(one.iter().filter(|one| one.contains("stale_revision")).count(), 80);
    // Nor to somebody who has left.
    let leave = json!({"type":"member.withdraw","member":"fay","reason":"workload"});
    for world in [&quiet, &busy] {
        world.post("fay", COMMANDS, &leave).gets(200).await;
        for guess in 0..40 {
            let guessed = world.post("fay", COMMANDS, &leave).with("if-match", &format!("\"{guess}\""));
            guessed.refused(412, "stale_revision").await;
        }
    }
}

#[tokio::test]
async fn a_system_gives_commands_in_a_members_name_and_an_organiser_its_own() {
    let world = World::new(wide());
    world.post("key:act", COMMANDS, &reply("ana", true)).in_name_of("ana").gets(200).await;
    world.post("key:act", COMMANDS, &reply("ana", true)).refused(403, "missing_scope").await;
    world.post("key:groups", COMMANDS, &reply("ana", true)).refused(403, "not_your_role").await;
    world.post("key:groups", COMMANDS, &reply("ana", true)).in_name_of("ana").refused(403, "missing_scope").await;
    let postpone = json!({"type":"session.postpone","session":"explore","reason":"facilitator_unavailable"});
    let given = world.post("owner", COMMANDS, &postpone).send().await;
    assert!(given.status == 200 || given.status == 422, "{}", given.shown());
    world.post("owner", COMMANDS, &json!({"type":"session.start"})).refused(403, "not_your_role").await;
    world.post("owner", "/api/v1/cycles/c-9/commands", &postpone).send().await;
}

#[tokio::test]
async fn explained_before_it_is_given() {
    let world = World::new(wide());
    let start = json!({"type":"session.start"});
    let explained = world.post("ana", "/api/v1/cycles/c-1/explain", &start).gets(200).await.json();
    assert_eq!((&explained["command"], &explained["permitted"]), (&json!("session.start"), &json!(false)));
    let path = world.post("ana", "/api/v1/cycles/c-1/path", &start).gets(200).await.json();
    assert_eq!(path["path"], "found", "{path}");
    assert!(path["steps"].as_array().unwrap().len() > 5);
    let strategy = json!({"type":"plan.make","member":"ana","strategy":"unheard-of","note":null});
    let unknown = world.post("ana", "/api/v1/cycles/c-1/explain", &strategy).send().await;
    assert_eq!(unknown.status, 422, "{}", unknown.shown());
}
