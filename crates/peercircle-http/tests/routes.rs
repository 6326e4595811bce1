//! Every route's happy path, in the order of a programme: people, groups, a cycle, notes, figures.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the API")]
mod common;

use common::{World, wide};
use serde_json::{Value, json};

const NOTE: &str = "67e55044-10b1-426f-9247-bb680e5fe0c8";

#[tokio::test]
async fn the_server_itself() {
    let world = World::new(wide());
    assert_eq!(world.get("", "/health").gets(200).await.json(), json!({"status": "up"}));
    assert_eq!(world.get("", "/ready").gets(200).await.json(), json!({"status": "ready"}));
    let metrics = world.get("", "/metrics").gets(200).await;
    assert!(metrics.header("content-type").starts_with("application/openmetrics-text"));
    let head = world.ask("", "HEAD", "/health").gets(200).await;
    assert!(head.body.is_empty());
    let id = head.header("x-request-id").to_owned();
    assert!(id.len() == 16 && id != world.get("", "/health").send().await.header("x-request-id"));
}

#[tokio::test]
async fn signing_in_and_out() {
    let world = World::new(wide());
    let ana = world.get("ana", "/api/v1/me").gets(200).await;
    let who = json!({"role": "member", "person": "ana", "name": "ana of the test", "vouched": true});
    assert_eq!(ana.json(), json!({"organisation": "acme", "organisation_name": "acme", "who": who}));
    assert_eq!(ana.header("cache-control"), "no-store");
    let key = world.get("key:act", "/api/v1/me").in_name_of("bo").gets(200).await.json();
    assert_eq!((&key["who"]["person"], &key["who"]["by_key"]), (&json!("bo"), &json!("act")));
    assert_eq!(
        world.get("owner", "/api/v1/me").gets(200).await.json()["who"],
        json!({"role":"owner","name":"hr@example.org"})
    );
    let system = world.get("key:facts", "/api/v1/me").gets(200).await.json()["who"].clone();
    assert_eq!(system, json!({"role":"system","key":"facts","scopes":["facts"]}));

    // An invitation, looked at and taken.
    let invitation = world.post("owner", "/api/v1/invitations", &json!({"role":"member","person":"ana"})).gets(201).await;
    let token = json!({"token": invitation.json()["token"]});
    let invited = world.post("", "/api/v1/invited", &token).gets(200).await.json();
    assert_eq!(invited, json!({"role":"member","person":"ana"}));
    let link = world.post("", "/api/v1/redeem", &token).gets(200).await.json()["token"].as_str().unwrap().to_owned();
    for path in ["/api/v1/redeem", "/api/v1/invited"] {
        assert_eq!(world.post("", path, &token).refused(410, "closed").await["got"], "one that was used");
        for unknown in ["acme.unknown", "nowhere.unknown", "unknown"] {
            world.post("", path, &json!({"token": unknown})).refused(404, "not_found").await;
        }
    }

    // The second link of a person isn't vouched for.
    let me = world.client.ask("GET", "/api/v1/me").with("cookie", &format!("a=b; pc={link}")).gets(200).await.json();
    assert_eq!(me["who"]["vouched"], false);
    let mine = world.get("bo", "/api/v1/my/sign-ins").gets(200).await.json();
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
    let open = world.get("bo", "/api/v1/my/unvouched").gets(200).await.json();
    assert_eq!((open["items"].as_array().unwrap().len(), &open["items"][0]["person"]), (1, &json!("ana")));
    assert_eq!(world.ask("bo", "POST", "/api/v1/people/ana/vouch").gets(200).await.json(), json!({"count": 1}));
    let me = world.client.ask("GET", "/api/v1/me").bearer(&link).gets(200).await.json();
    assert_eq!(me["who"]["vouched_in"], json!(["c-1"]));
    assert_eq!(world.ask("bo", "POST", "/api/v1/people/cy/disown").gets(200).await.json(), json!({"count": 0}));

    // Whoever came in before them is out.
    world.get("ana", "/api/v1/me").refused(401, "not_signed_in").await;

    // Out, here and everywhere.
    world.client.ask("DELETE", "/api/v1/me").bearer(&link).gets(204).await;
    world.client.ask("GET", "/api/v1/me").bearer(&link).refused(401, "not_signed_in").await;
    assert_eq!(world.ask("bo", "DELETE", "/api/v1/people/bo/links").gets(200).await.json(), json!({"count": 1}));
    world.get("bo", "/api/v1/me").refused(401, "not_signed_in").await;

    let owner =
        world.post("owner", "/api/v1/invitations", &json!({"role":"owner","name":"hr2@example.org"})).gets(201).await;
    let token = json!({"token": owner.json()["token"]});
    assert_eq!(world.post("", "/api/v1/redeem", &token).gets(200).await.json()["invited"]["role"], "owner");
}

#[tokio::test]
async fn a_cookie_changes_things_only_from_a_page_of_ours() {
    let world = World::new(wide());
    let cookie = format!("pc={}", world.token("ana"));
    let give = || {
        let asked = world.client.ask("POST", "/api/v1/cycles/c-1/commands").with("cookie", &cookie);
        asked.json(&common::reply("ana", true))
    };
    give().refused(403, "cross_origin").await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "https://peers.example.evil.example"),
    ] {
        give().with(name, value).refused(403, "cross_origin").await;
    }
    give().with("sec-fetch-site", "cross-site").with("origin", "https://peers.example").refused(403, "cross_origin").await;
    give().with("sec-fetch-site", "same-origin").gets(200).await;
    give().with("origin", "https://peers.example").send().await;
    // Reading, and what a header signs in, may come from anywhere.
    world.client.ask("GET", "/api/v1/me").with("cookie", &cookie).with("sec-fetch-site", "cross-site").gets(200).await;
    let asked = world.post("bo", "/api/v1/cycles/c-1/commands", &common::reply("bo", true));
    asked.with("sec-fetch-site", "cross-site").gets(200).await;
}

#[tokio::test]
async fn people_groups_and_forming() {
    let world = World::new(wide());
    let zoe = json!({"name": "Zoe Keller", "email": "zoe@example.org", "level": "lead", "department": "sales"});
    let put = world.ask("owner", "PUT", "/api/v1/people/zoe").json(&zoe).gets(200).await.json();
    assert_eq!((&put["id"], &put["name"]), (&json!("zoe"), &json!("Zoe Keller")));
    assert_eq!(world.get("key:groups", "/api/v1/people/zoe").gets(200).await.json(), put);
    world.get("owner", "/api/v1/people/nobody").refused(404, "not_found").await;
    world.ask("owner", "PUT", "/api/v1/people/two%20words").json(&zoe).refused(422, "invalid_id").await;
    let bad = json!({"name": "", "level": "lead", "department": "sales"});
    world.ask("owner", "PUT", "/api/v1/people/zoe").json(&bad).refused(422, "invalid").await;

    // Page by page: 12 of the groups, and Zoe.
    let (mut after, mut ids) = (String::new(), Vec::new());
    loop {
        let page = world.get("owner", &format!("/api/v1/people?limit=5{after}")).gets(200).await.json();
        ids.extend(page["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!((ids.len(), ids.is_sorted()), (13, true), "{ids:?}");
    for bad in ["limit=0", "limit=201", "limit=x", "after=two%20words", "limit=5&limit=6", "what=1"] {
        world.get("owner", &format!("/api/v1/people?{bad}")).refused(400, "bad_query").await;
    }

    let csv = "name;level;department;group\nUma Patel;lead;x1;north\nVik Roy;lead;x2;north\nWes Poe;lead;x3;north\nXia Li;lead;x4;north\n";
    let preview =
        world.ask("owner", "POST", "/api/v1/rosters?preview=true").text("text/csv; charset=utf-8", csv).gets(200).await;
    assert_eq!(preview.json()["groups"][0]["group"]["id"], "north");
    world.get("owner", "/api/v1/groups/north").refused(404, "not_found").await;
    let kept = world.ask("owner", "POST", "/api/v1/rosters").text("text/csv", csv).gets(200).await;
    assert_eq!(kept.json(), preview.json());
    assert_eq!(world.get("owner", "/api/v1/groups/north").gets(200).await.json()["members"].as_array().unwrap().len(), 4);
    let wrong = world.ask("owner", "POST", "/api/v1/rosters").text("text/csv", "name,level,department\n,lead,\nA,lead,b\n");
    let wrong = wrong.refused(422, "invalid_roster").await;
    assert!(wrong["issues"].as_array().unwrap().iter().any(|one| one["line"] == 2 && one["field"] == "name"), "{wrong}");
    assert_eq!(world.get("owner", "/api/v1/groups").gets(200).await.json()["items"].as_array().unwrap().len(), 3);

    let south = json!({"name": "South", "members": ["zoe", "uma-patel"]});
    world.ask("owner", "PUT", "/api/v1/groups/south").json(&south).gets(200).await;
    let unknown = json!({"name": "South", "members": ["nobody"]});
    world.ask("owner", "PUT", "/api/v1/groups/south").json(&unknown).refused(404, "not_found").await;

    let formed = world.post("owner", "/api/v1/groups/north/cycles", &json!({"module": "delegation"})).gets(201).await;
    assert_eq!((&formed.json()["cycle"], formed.header("location")), (&json!("north-1"), "/api/v1/cycles/north-1/facts"));
    assert_eq!(world.get("owner", formed.header("location")).gets(200).await.json(), formed.json()["facts"]);
    // The same again is no error, another one while it lives is.
    let again = world.post("owner", "/api/v1/groups/north/cycles", &json!({"module": "delegation"})).gets(200).await;
    assert_eq!(again.json(), formed.json());
    let taken = world.post("owner", "/api/v1/groups/north/cycles", &json!({"module": "listening", "cycle": "north-1"}));
    taken.refused(409, "wrong_phase").await;
    let second = world.post("owner", "/api/v1/groups/north/cycles", &json!({"module": "delegation", "cycle": "n-2"}));
    assert_eq!(second.refused(422, "rule_refused").await["rules"], json!(["R-60"]));
    let missing = world.post("owner", "/api/v1/groups/north/cycles", &json!({"module": "unheard-of", "cycle": "n-9"}));
    missing.refused(404, "not_found").await;
    let may = world.get("owner", "/api/v1/cycles/north-1/organiser").gets(200).await.json();
    assert!(may["items"].as_array().unwrap().contains(&json!("session.schedule")), "{may}");

    // What the directory has of somebody is what they are enrolled with.
    let zoe = world.get("owner", "/api/v1/people/zoe").gets(200).await.json();
    let enrol = |department: &Value| {
        let command = json!({"type":"member.enrol","member":"zoe","level":zoe["level"],"department":department});
        world.post("owner", "/api/v1/cycles/north-1/commands", &command)
    };
    let other = enrol(&json!("elsewhere")).refused(422, "invalid").await;
    assert!(other["expected"].as_str().unwrap().starts_with("of `zoe` what the directory has"), "{other}");
    enrol(&zoe["department"]).gets(200).await;
    let leave = json!({"type":"member.withdraw","member":"zoe","reason":"not_a_fit"});
    world.post("owner", "/api/v1/cycles/north-1/commands", &leave).gets(200).await;

    world.ask("owner", "DELETE", "/api/v1/people/zoe").gets(204).await;
    world.get("owner", "/api/v1/people/zoe").refused(404, "not_found").await;
}

#[tokio::test]
async fn a_cycle_seen_by_its_members() {
    let world = World::new(wide());
    world.east();
    let mine = world.get("ana", "/api/v1/my/cycles").gets(200).await.json();
    assert_eq!((&mine["items"][0]["cycle"], &mine["items"][0]["stage"]), (&json!("c-1"), &json!("explore.story_sharing")));
    let view = world.get("ana", "/api/v1/cycles/c-1").gets(200).await;
    assert_eq!((view.json()["members"].as_array().unwrap().len(), view.header("cache-control")), (6, "private, no-cache"));
    let guide = world.get("ana", "/api/v1/cycles/c-1/guide").gets(200).await.json();
    assert_eq!((&guide["phase"]["phase"], &guide["chair"]), (&json!("story_sharing"), &json!("ana")));
    let allowed = world.get("bo", "/api/v1/cycles/c-1/allowed").gets(200).await.json();
    let pause = |allowed: &Value| allowed["items"].as_array().unwrap().iter().any(|one| one["command"] == "session.pause");
    assert!(!pause(&allowed) && pause(&world.get("ana", "/api/v1/cycles/c-1/allowed").gets(200).await.json()));
    assert!(!world.get("bo", "/api/v1/cycles/c-1/waiting").gets(200).await.json()["items"].as_array().unwrap().is_empty());
    let due = world.get("bo", "/api/v1/cycles/c-1/due").gets(200).await.json();
    assert!(due["due"].is_array() && !due["ahead"].as_array().unwrap().is_empty(), "{due}");

    // Who looked at its facts.
    world.get("owner", "/api/v1/cycles/c-1/facts").gets(200).await;
    world.get("owner", "/api/v1/cycles/c-9/facts").refused(404, "not_found").await;
    let looked = world.get("bo", "/api/v1/cycles/c-1/audit").gets(200).await.json();
    assert_eq!((looked["items"].as_array().unwrap().len(), &looked["items"][0]["who"]), (1, &json!("hr@example.org")));
}

#[tokio::test]
async fn facts_figures_and_their_audit() {
    let world = World::new(wide());
    let first = world.get("owner", "/api/v1/cycles?limit=1").gets(200).await.json();
    assert_eq!((&first["items"][0]["cycle"], &first["next"]), (&json!("c-1"), &json!("c-1")));
    let second = world.get("key:facts", "/api/v1/cycles?limit=2&after=c-1").gets(200).await.json();
    assert_eq!((second["items"].as_array().unwrap().len(), second.get("next")), (1, None));
    let figures = world.get("key:facts", "/api/v1/programme/figures").gets(200).await.json();
    assert_eq!((&figures["at_least"], &figures["all"]["cycles"]), (&json!(5), &json!(2)));
    let audit = world.get("owner", "/api/v1/audit").gets(200).await.json();
    let looked: Vec<_> =
        audit["items"].as_array().unwrap().iter().map(|one| (one["looked_at"].clone(), one["who"].clone())).collect();
    let wanted = [("cycles", "hr@example.org"), ("cycles", "key facts"), ("figures", "key facts")];
    assert_eq!(looked, wanted.map(|(what, who)| (json!(what), json!(who))));
    let page = world.get("owner", "/api/v1/audit?limit=2").gets(200).await.json();
    let after = page["next"].as_str().unwrap();
    let rest = world.get("owner", &format!("/api/v1/audit?after={after}")).gets(200).await.json();
    assert_eq!(rest["items"].as_array().unwrap(), &audit["items"].as_array().unwrap()[2..]);
}

#[tokio::test]
async fn a_recovery_code_and_a_new_invitation_open_notes_again() {
    let mut world = World::new(wide());
    world.east();
    let path = format!("/api/v1/cycles/c-1/notes/{NOTE}");
    let said = json!({"for": {"audience": "session", "session": "explore"}, "text": "said"});
    world.ask("ana", "PUT", &path).json(&said).gets(204).await;
    let (ways, recover) = ("/api/v1/my/recovery-code", "/api/v1/my/recover");
    assert_eq!(world.get("ana", ways).gets(200).await.json(), json!({}));
    let drawn = world.ask("ana", "POST", ways).gets(201).await.json();
    assert_eq!(world.get("ana", ways).gets(200).await.json()["drawn_at"], drawn["at"]);
    // HR ends what she came in by, invites her again, and is faster.
    world.ask("owner", "DELETE", "/api/v1/people/ana/links").gets(200).await;
    for name in ["thief", "again"] {
        let invited =
            world.post("owner", "/api/v1/invitations", &json!({"role": "member", "person": "ana"})).gets(201).await.json();
        let link = world.post("", "/api/v1/redeem", &json!({"token": invited["token"]})).gets(200).await.json();
        world.tokens.insert(name.to_owned(), link["token"].as_str().unwrap().to_owned());
    }
    for name in ["thief", "again"] {
        world.get(name, &path).refused(403, "not_vouched").await;
        world.ask(name, "POST", ways).refused(403, "not_vouched").await;
        world.post(name, recover, &json!({"code": "0000-0000-0000-0000-0000"})).refused(422, "invalid").await;
    }
    world.post("owner", recover, &json!({"code": drawn["code"]})).refused(403, "not_your_role").await;
    let back = world.post("again", recover, &json!({"code": drawn["code"]})).gets(200).await.json();
    assert_eq!(back, json!({"count": 1}));
    assert_eq!(world.get("again", &path).gets(200).await.json()["text"], json!("said"));
    world.get("thief", &path).refused(401, "not_signed_in").await;
}

#[tokio::test]
async fn what_lies_ahead_is_told_as_far_as_it_leaves_the_group() {
    let world = World::new(wide());
    world.east();
    let one = world.get("owner", "/api/v1/cycles/c-1/outlook").gets(200).await.json();
    assert_eq!((&one["facts"]["stage"], &one["next_session"]["session"]), (&json!("exploring"), &json!("explore")));
    assert_eq!(one["next_session"]["postponed"], json!(false));
    assert!(one["next_session"]["starts_at"].is_string() && one["waits"].is_array(), "{one}");
    for wait in one["waits"].as_array().unwrap() {
        assert!(wait["what"]["for"].is_string() && wait["yours"].is_boolean(), "{wait}");
    }
    let all = world.get("key:facts", "/api/v1/programme/outlook?limit=1").gets(200).await.json();
    assert_eq!((&all["items"][0], &all["next"]), (&one, &json!("c-1")));
    let rest = world.get("key:facts", "/api/v1/programme/outlook?after=c-1").gets(200).await.json();
    assert_eq!((rest["items"].as_array().unwrap().len(), rest.get("next")), (1, None));
    world.get("owner", "/api/v1/cycles/c-9/outlook").refused(404, "not_found").await;
    // What a member may know of it is the guide's, and more.
    world.get("ana", "/api/v1/cycles/c-1/outlook").refused(403, "not_your_role").await;
    let guide = world.get("ana", "/api/v1/cycles/c-1/guide").gets(200).await.json();
    for part in ["clock", "phase", "next", "waiting_on", "may"] {
        assert!(guide.get(part).is_some(), "{part}: {guide}");
    }
}

#[tokio::test]
async fn notes_for_those_who_were_there() {
    let world = World::new(wide());
    world.east();
    let path = format!("/api/v1/cycles/c-1/notes/{NOTE}");
    let said = json!({"for": {"audience": "session", "session": "explore"}, "text": "I said too much. Ü"});
    world.ask("ana", "PUT", &path).json(&said).gets(204).await;
    world.ask("ana", "PUT", &path).json(&said).gets(204).await;
    let other = json!({"for": {"audience": "author"}, "text": "other"});
    world.ask("ana", "PUT", &path).json(&other).refused(409, "note_taken").await;
    let note = world.get("bo", &path).gets(200).await;
    assert_eq!((&note.json()["text"], note.header("cache-control")), (&json!("I said too much. Ü"), "no-store"));
    assert_eq!(note.json()["head"]["author"], "ana");
    let own = path.replace("67e", "77e");
    world.ask("ana", "PUT", &own).json(&other).gets(204).await;
    world.get("bo", &own).refused(403, "not_the_author").await;
    assert_eq!(world.get("ana", "/api/v1/cycles/c-1/notes").gets(200).await.json()["items"].as_array().unwrap().len(), 2);
    assert_eq!(world.get("bo", "/api/v1/cycles/c-1/notes").gets(200).await.json()["items"].as_array().unwrap().len(), 1);
    world.get("ana", &path.replace("67e", "87e")).refused(404, "not_found").await;
    world.get("ana", "/api/v1/cycles/c-1/notes/x").refused(404, "not_found").await;
    world.ask("ana", "PUT", "/api/v1/cycles/c-1/notes/x").json(&said).refused(422, "invalid_id").await;
    let long = json!({"for": {"audience": "author"}, "text": "é".repeat((32 << 10) + 1)});
    let long = world.ask("ana", "PUT", &path.replace("67e", "97e")).json(&long).refused(413, "note_too_long").await;
    assert_eq!(long["got"], "65538");
    let most = json!({"for": {"audience": "author"}, "text": "x".repeat(64 << 10)});
    world.ask("ana", "PUT", &path.replace("67e", "97e")).json(&most).gets(204).await;
}

#[tokio::test]
async fn modules_and_processes() {
    let world = World::new(wide());
    let modules = world.get("ana", "/api/v1/modules").gets(200).await.json();
    assert_eq!(modules["items"].as_array().unwrap().len(), 24);
    let module = world.get("ana", "/api/v1/modules/delegation?lang=fr-CA").gets(200).await;
    assert_eq!((&module.json()["id"], module.header("content-language")), (&json!("delegation"), "en"));
    world.get("ana", "/api/v1/modules/unheard-of").refused(404, "not_found").await;
    world.get("ana", "/api/v1/modules?lang=German").refused(400, "bad_query").await;

    let processes = world.get("ana", "/api/v1/processes").gets(200).await.json();
    let preset = world.get("ana", "/api/v1/processes/preset").gets(200).await.json();
    assert!(processes["items"].as_array().unwrap().contains(&preset));
    world.get("ana", "/api/v1/processes/unheard-of").refused(404, "not_found").await;
    let text = preset["text"].as_str().unwrap();
    let checked =
        world.ask("ana", "POST", "/api/v1/processes/check").text("application/toml", text.to_owned()).gets(200).await;
    let as_json = world.ask("ana", "POST", "/api/v1/processes/check").json(&checked.json()).gets(200).await;
    assert_eq!(as_json.json(), checked.json());
    let wrong = "name = \"Ours\"\n[group]\nminimum = 99\ntarge = 4\n";
    let wrong =
        world.ask("ana", "POST", "/api/v1/processes/check").text("application/toml", wrong).refused(422, "invalid_process");
    let issues = wrong.await["issues"].as_array().unwrap().clone();
    assert!(issues.len() >= 2 && issues.iter().all(|one| one["line"].is_u64() && one["column"].is_u64()), "{issues:?}");
    assert!(issues.iter().any(|one| one["suggestion"] == "target" && one["line"] == 4), "{issues:?}");

    let ours =
        world.ask("owner", "PUT", "/api/v1/processes/ours").text("application/toml", "name = \"Ours\"\n").gets(200).await;
    assert_eq!(world.get("ana", "/api/v1/processes/ours").gets(200).await.json(), ours.json());
    world
        .ask("owner", "PUT", "/api/v1/processes/preset")
        .text("application/toml", text.to_owned())
        .refused(422, "invalid")
        .await;
    world
        .ask("owner", "PUT", "/api/v1/processes/bad")
        .text("application/toml", "name = 7")
        .refused(422, "invalid_process")
        .await;
    world.ask("owner", "PUT", "/api/v1/processes/bad").text("application/toml", vec![0xff]).refused(400, "not_utf8").await;
}

#[tokio::test]
async fn keys() {
    let world = World::new(wide());
    let asked = json!({"name": "payroll", "scopes": ["facts"], "expires_at": "2026-02-03T09:00:00Z"});
    let key = world.post("key:operate", "/api/v1/keys", &asked).gets(201).await.json();
    let secret = key["key"].as_str().unwrap();
    world.client.ask("GET", "/api/v1/cycles").bearer(secret).gets(200).await;
    world.post("key:operate", "/api/v1/keys", &asked).refused(409, "stale").await;
    let listed = world.get("key:operate", "/api/v1/keys").gets(200).await;
    assert!(listed.json()["items"].as_array().unwrap().contains(&key["info"]) && !listed.shown().contains(secret));
    world.at("2026-02-03T09:00:00Z");
    world.client.ask("GET", "/api/v1/cycles").bearer(secret).refused(401, "not_signed_in").await;
    world.ask("key:operate", "DELETE", "/api/v1/keys/payroll").gets(204).await;
    world.ask("key:operate", "DELETE", "/api/v1/keys/payroll").refused(404, "not_found").await;
    world.post("key:operate", "/api/v1/keys", &json!({"name": "none", "scopes": []})).refused(422, "invalid").await;
    world.post("key:operate", "/api/v1/keys", &json!({"name": "x", "scopes": ["all"]})).refused(422, "invalid_body").await;
}

#[tokio::test]
async fn what_the_description_forbids_is_refused() {
    let world = World::new(wide());
    world.east();
    world.get("key:facts", "/api/v1/audit?after=").refused(400, "bad_query").await;
    let mistaken = world.get("ana", "/api/v1/cycles/c-1/events?after=AAA").with("last-event-id", "0");
    mistaken.refused(400, "bad_query").await;
    // serde would read the fields of a structure from a list as well.
    let explain = "/api/v1/cycles/c-1/explain";
    for command in [
        json!(["session.open", "explore"]),
        json!({"type": "module.choose", "module": ["delegation", ["let-go-list"]]}),
        json!({"type": "report.give", "member": "ana", "report": ["did_not_practise", "no_time"]}),
        json!({"type": "process.migrate", "process": {"reflect": {"welcome": [null, null]}}}),
    ] {
        world.post("ana", explain, &command).refused(422, "invalid_body").await;
    }
    let fine = json!({"type": "module.choose", "module": {"id": "delegation", "strategies": ["let-go-list"]}});
    world.post("ana", explain, &fine).gets(200).await;
}
