//! Every route with every kind of visitor, against a table written here.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the API")]
mod common;

use std::collections::BTreeSet;

use common::{Answer, World, wide};
use serde_json::{Value, json};

/// Who comes, in the order of the columns below. What follows `>` is the member in whose name a key asks.
const VISITORS: [&str; 16] = [
    "",
    "ana",    // a member of the cycle
    "gus",    // a member of another group
    "unsure", // a member of the cycle who signed in after stories were told
    "owner",
    "key:facts",
    "key:groups",
    "key:act",
    "key:invite",
    "key:operate",
    "key:act>ana",
    "key:act>gus",
    "key:all>ana",
    // Another organisation, which has a cycle, groups and people of the same ids, but for zed.
    "globex/owner",
    "globex/gus",
    "globex/key:all>gus",
];

// What each visitor gets: `.` it is theirs, else the last digit of 401, 403, 404. In the order:
// nobody ana gus unsure | owner facts groups act invite operate | act>ana act>gus all>ana | globex owner gus all>gus
const PUBLIC: &str = ".... ...... ... ...";
const SIGNED: &str = "1... ...... ... ...";
const OWN: &str = "1... 333333 ... 3..";
const PEOPLE: &str = "1333 .3.333 333 .33";
const ZED: &str = "1333 .3.333 333 433";
const FACTS: &str = "1333 ..3333 333 .33";
const INVITE: &str = "1333 .333.3 333 .33";
const INVITE_ZED: &str = "1333 .333.3 333 433";
const OPERATE: &str = "1333 33333. 333 333";
const GROUP: &str = "1.4. 333333 .4. 344";
const CONTENT: &str = "1.43 333333 333 343";
const VOUCH: &str = "1.44 333333 343 344";
const DRAW: &str = "1..3 333333 333 3.3";
const RECOVER: &str = "1... 333333 333 3.3";
const COMMAND: &str = "1.4. .3.333 .4. .44";

const TABLE: &[(&str, &str, &str)] = &[
    ("GET", "/health", PUBLIC),
    ("GET", "/ready", PUBLIC),
    ("GET", "/metrics", PUBLIC),
    ("GET", "/api/v1/openapi.json", PUBLIC),
    ("POST", "/api/v1/redeem", PUBLIC),
    ("POST", "/api/v1/invited", PUBLIC),
    ("GET", "/api/v1/me", SIGNED),
    ("DELETE", "/api/v1/me", SIGNED),
    ("GET", "/api/v1/my/cycles", OWN),
    ("GET", "/api/v1/my/sign-ins", OWN),
    ("GET", "/api/v1/my/unvouched", OWN),
    ("GET", "/api/v1/my/recovery-code", OWN),
    ("POST", "/api/v1/my/recovery-code", DRAW),
    ("POST", "/api/v1/my/recover", RECOVER),
    ("GET", "/api/v1/people", PEOPLE),
    ("GET", "/api/v1/people/{id}", ZED),
    ("PUT", "/api/v1/people/{id}", PEOPLE),
    ("DELETE", "/api/v1/people/{id}", ZED),
    ("POST", "/api/v1/people/{id}/vouch", VOUCH),
    ("POST", "/api/v1/people/{id}/disown", VOUCH),
    ("DELETE", "/api/v1/people/{id}/links", INVITE),
    ("POST", "/api/v1/rosters", PEOPLE),
    ("GET", "/api/v1/groups", PEOPLE),
    ("GET", "/api/v1/groups/{id}", PEOPLE),
    ("PUT", "/api/v1/groups/{id}", PEOPLE),
    ("POST", "/api/v1/groups/{id}/cycles", PEOPLE),
    ("GET", "/api/v1/cycles", FACTS),
    ("GET", "/api/v1/programme/figures", FACTS),
    ("GET", "/api/v1/programme/outlook", FACTS),
    ("GET", "/api/v1/audit", FACTS),
    ("GET", "/api/v1/cycles/{id}/facts", FACTS),
    ("GET", "/api/v1/cycles/{id}/outlook", FACTS),
    ("GET", "/api/v1/cycles/{id}/organiser", PEOPLE),
    ("POST", "/api/v1/cycles/{id}/commands", COMMAND),
    ("GET", "/api/v1/cycles/{id}", GROUP),
    ("GET", "/api/v1/cycles/{id}/guide", GROUP),
    ("GET", "/api/v1/cycles/{id}/allowed", GROUP),
    ("GET", "/api/v1/cycles/{id}/waiting", GROUP),
    ("GET", "/api/v1/cycles/{id}/due", GROUP),
    ("GET", "/api/v1/cycles/{id}/audit", GROUP),
    ("POST", "/api/v1/cycles/{id}/explain", GROUP),
    ("POST", "/api/v1/cycles/{id}/path", GROUP),
    ("GET", "/api/v1/cycles/{id}/events", GROUP),
    ("GET", "/api/v1/cycles/{id}/notes", CONTENT),
    ("GET", "/api/v1/cycles/{id}/notes/{note}", CONTENT),
    ("PUT", "/api/v1/cycles/{id}/notes/{note}", CONTENT),
    ("GET", "/api/v1/modules", SIGNED),
    ("GET", "/api/v1/modules/{id}", SIGNED),
    ("GET", "/api/v1/processes", SIGNED),
    ("GET", "/api/v1/processes/{name}", SIGNED),
    ("PUT", "/api/v1/processes/{name}", PEOPLE),
    ("POST", "/api/v1/processes/check", SIGNED),
    ("POST", "/api/v1/invitations", INVITE_ZED),
    ("GET", "/api/v1/keys", OPERATE),
    ("POST", "/api/v1/keys", OPERATE),
    ("DELETE", "/api/v1/keys/{name}", OPERATE),
];

const NOTE: &str = "11111111-2222-3333-4444-555555555555";

fn world() -> World {
    let mut world = World::new(wide());
    let owner = world.token("owner").to_owned();
    let owner = world.api.host().sign_in(peercircle_host::Credential::Link(&owner)).unwrap();
    owner.put_person(&common::person("zed", 9)).unwrap();
    world.acme.make_key("temp", [peercircle_host::Scope::Facts].into(), None).unwrap();
    let cycle = common::id("c-1");
    let note = NOTE.parse().unwrap();
    let audience = peercircle_service::Audience::Author {};
    world.acme.service().put_note(&cycle, &common::who("ana"), note, audience, b"said").unwrap();
    world.east();
    let invitation = owner.invite(&common::who("eli")).unwrap();
    world.tokens.insert("unsure".to_owned(), world.api.host().redeem(&invitation.token).unwrap().token);
    world
}

fn body(method: &str, path: &str) -> Option<(&'static str, String)> {
    let json = |value: Value| Some(("application/json", value.to_string()));
    match (method, path) {
        ("POST", "/api/v1/redeem" | "/api/v1/invited") => json(json!({"token": "acme.unknown"})),
        ("PUT", "/api/v1/people/{id}") => json(json!({"name": "Zed", "level": "lead", "department": "d-9"})),
        ("POST", "/api/v1/rosters") => Some(("text/csv", "name,level,department\nZoe,lead,x\n".to_owned())),
        ("PUT", "/api/v1/groups/{id}") => json(json!({"name": "North", "members": ["ana"]})),
        ("POST", "/api/v1/groups/{id}/cycles") => json(json!({"module": "delegation"})),
        ("POST", "/api/v1/cycles/{id}/commands" | "/api/v1/cycles/{id}/explain" | "/api/v1/cycles/{id}/path") => {
            let starts_at = "2026-03-30T09:00:00Z";
            json(json!({"type":"session.schedule","session":"reflect","starts_at":starts_at,"place":"onsite"}))
        }
        ("PUT", "/api/v1/cycles/{id}/notes/{note}") => json(json!({"for": {"audience": "author"}, "text": "said"})),
        ("PUT", "/api/v1/processes/{name}") => Some(("application/toml", "name = \"Ours\"\n".to_owned())),
        ("POST", "/api/v1/processes/check") => Some(("application/toml", "name = \"Ours\"\n".to_owned())),
        ("POST", "/api/v1/invitations") => json(json!({"role": "member", "person": "zed"})),
        ("POST", "/api/v1/my/recover") => json(json!({"code": "0000-0000-0000-0000-0000"})),
        ("POST", "/api/v1/keys") => json(json!({"name": "new", "scopes": ["facts"]})),
        _ => None,
    }
}

fn address(method: &str, path: &str) -> String {
    let id = if path.contains("/cycles/{id}") {
        "c-1"
    } else if path.starts_with("/api/v1/groups") {
        if method == "PUT" { "north" } else { "east" }
    } else if path.contains("modules") {
        "delegation"
    } else if path.ends_with("vouch") || path.ends_with("disown") {
        "eli"
    } else {
        "zed"
    };
    let name = if path.contains("keys") {
        "temp"
    } else if method == "PUT" {
        "ours"
    } else {
        "preset"
    };
    path.replace("{id}", id).replace("{name}", name).replace("{note}", NOTE)
}

async fn ask(world: &World, visitor: &str, method: &str, path: &str) -> Answer {
    let (token, member) = visitor.split_once('>').map_or((visitor, None), |(token, member)| (token, Some(member)));
    let token = match (token, member) {
        // A key of the other organisation has its prefix.
        (key, _) if key.starts_with("globex/") => key,
        (other, _) => other,
    };
    let mut asked = world.ask(token, method, &address(method, path));
    if let Some(member) = member {
        asked = asked.in_name_of(member);
    }
    if let Some((media, body)) = body(method, path) {
        asked = asked.text(media, body);
    }
    asked.send().await
}

#[test]
fn the_table_has_every_route() {
    let written: BTreeSet<_> = TABLE.iter().map(|(method, path, _)| ((*method).to_owned(), *path)).collect();
    let there: BTreeSet<_> = peercircle_http::routes().iter().map(|one| (one.method().to_string(), one.path())).collect();
    assert_eq!(written, there);
    assert_eq!(TABLE.len(), peercircle_http::routes().len());
}

#[tokio::test]
async fn everybody_gets_what_the_table_says() {
    let mut wrong = Vec::new();
    for (method, path, row) in TABLE {
        let once = *method == "DELETE" || path.ends_with("vouch") || path.ends_with("disown");
        let mut world = world();
        for (visitor, wanted) in VISITORS.iter().zip(row.chars().filter(|one| *one != ' ')) {
            if once {
                world = self::world();
            }
            let answer = ask(&world, visitor, method, path).await;
            let public = matches!(*path, "/api/v1/redeem" | "/api/v1/invited");
            let got = match answer.status.as_u16() {
                // Whoever takes an invitation that is none is told so.
                404 if public => '.',
                401 => '1',
                403 => '3',
                404 => '4',
                0..=499 => '.',
                other => panic!("{method} {path} by `{visitor}`: {other} {}", answer.shown()),
            };
            if got != '.' {
                assert_eq!(answer.header("content-type"), "application/problem+json");
            }
            assert_eq!(answer.header("www-authenticate").is_empty(), answer.status != 401, "{}", answer.shown());
            if got != wanted {
                wrong.push(format!("{method} {path} by `{visitor}`: {wanted} wanted, {}", answer.shown()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_foreign_looks_as_what_is_missing() {
    let world = world();
    for (method, path, row) in TABLE.iter().filter(|(_, path, _)| path.contains("/cycles/{id}")) {
        if !row.contains('4') {
            continue;
        }
        let foreign = ask(&world, "gus", method, path).await;
        let mut asked = world.ask("gus", method, &address(method, path).replace("c-1", "c-9"));
        if let Some((media, body)) = body(method, path) {
            asked = asked.text(media, body);
        }
        let missing = asked.send().await;
        let shown = |answer: &Answer| answer.shown().replace("c-9", "c-1");
        assert_eq!(shown(&foreign), shown(&missing), "{method} {path}");
    }
}

#[tokio::test]
async fn organisations_of_the_same_ids_are_apart() {
    let world = world();
    let facts = |by: &'static str| world.get(by, "/api/v1/cycles/c-1/facts");
    assert_eq!(facts("owner").gets(200).await.json()["stage"], "exploring");
    assert_eq!(facts("globex/owner").gets(200).await.json()["stage"], "scheduled");
    let people = world.get("globex/owner", "/api/v1/people").gets(200).await.json();
    assert!(!people.to_string().contains("zed"));
    let audit = world.get("globex/owner", "/api/v1/audit").gets(200).await.json();
    assert_eq!(audit["items"].as_array().unwrap().len(), 1);
}
