//! Sign-in by a real issuer, through HTTP.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the API")]
mod common;
#[path = "../../peercircle-host/tests/issuer/mod.rs"]
mod issuer;

use std::sync::Arc;

use common::{Client, wide};
use issuer::{ask, url};
use peercircle_host::{Host, Oidc, Organisation, OwnerClaim};
use peercircle_http::{Api, Rate, router};
use peercircle_service::{ManualClock, MasterKey, Service};
use peercircle_store::MemoryStore;
use serde_json::{Value, json};

/// 2 February 2026, 9:00.
const NOW: i64 = 1_770_022_800;

fn token(server: usize, change: Value) -> String {
    let mut claims = json!({
        "iss": url(0), "aud": "peercircle", "exp": NOW + 600, "nbf": NOW - 10, "iat": NOW - 10, "sub": "u-17",
        "email": "ana@acme.example",
    });
    for (claim, value) in change.as_object().unwrap().clone() {
        claims[claim] = value;
    }
    ask(&json!({"do":"token","server":server,"kid":"rs","claims":claims})).as_str().unwrap().to_owned()
}

fn owner() -> String {
    token(0, json!({"roles": ["hr"], "email": "kim@acme.example"}))
}

fn client(limits: peercircle_http::Limits, issuer: &str) -> (Client, ManualClock) {
    let (host, clock) = (Arc::new(Host::default()), ManualClock::at(common::at("2026-02-02T09:00:00Z")));
    let service = Service::new(MemoryStore::default()).with_clock(clock.clone());
    let service = service.with_vault(MasterKey::from_hex(common::MASTER).unwrap());
    let owner = OwnerClaim { claim: "roles".to_owned(), value: "hr".to_owned() };
    let settings =
        Oidc { issuer: issuer.to_owned(), audience: "peercircle".to_owned(), person_claim: None, owner: Some(owner) };
    host.add(Organisation::new("acme".parse().unwrap(), "Acme", service).with_oidc(settings).unwrap());
    (Client { app: router(Api::new(host, limits)) }, clock)
}

/// The owner forms the group east and its cycle c-1.
async fn east(client: &Client) {
    let six = ["ana", "bo", "cy", "dee", "eli", "fay"];
    let put = |path: String, body: Value| client.ask("PUT", &path).bearer(&owner()).json(&body).gets(200);
    for (number, member) in six.iter().enumerate() {
        let email = format!("{member}@acme.example");
        let person = json!({"name": member, "level": "lead", "department": format!("d-{number}"), "email": email});
        put(format!("/api/v1/people/{member}"), person).await;
    }
    put("/api/v1/groups/east".to_owned(), json!({"name": "East", "members": six})).await;
    let cycle = json!({"cycle": "c-1", "module": "delegation", "session_1": {"starts_at": common::NOW, "place": "onsite"}});
    client.ask("POST", "/api/v1/groups/east/cycles").bearer(&owner()).json(&cycle).gets(201).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_runs_on_its_issuers_tokens_alone() {
    let (client, clock) = client(wide(), url(0));
    let me = client.ask("GET", "/api/v1/me").bearer(&owner()).gets(200).await.json();
    assert_eq!(me["who"], json!({"role": "owner", "name": "kim@acme.example"}));
    // The owner forms a group and a cycle; nobody was invited.
    east(&client).await;

    // Members by their address; the command is theirs, and HR's token sees nothing of the group.
    let (ana, commands) = (token(0, json!({})), "/api/v1/cycles/c-1/commands");
    let me = client.ask("GET", "/api/v1/me").bearer(&ana).gets(200).await.json();
    assert_eq!(
        (&me["who"]["role"], &me["who"]["person"], &me["who"]["vouched"]),
        (&json!("member"), &json!("ana"), &json!(true))
    );
    let given = client.ask("POST", commands).bearer(&ana).json(&common::reply("ana", true)).gets(200).await;
    assert_eq!(given.json()["answer"], "accepted");
    client.ask("GET", "/api/v1/cycles/c-1/notes").bearer(&ana).gets(200).await;
    client.ask("POST", commands).bearer(&ana).json(&common::reply("bo", true)).refused(403, "not_your_role").await;
    client.ask("GET", "/api/v1/cycles/c-1/guide").bearer(&owner()).refused(403, "not_your_role").await;
    client.ask("GET", "/api/v1/cycles/c-1/facts").bearer(&owner()).gets(200).await;
    client.ask("GET", "/api/v1/cycles/c-1/facts").bearer(&ana).refused(403, "not_your_role").await;
    let stranger = token(0, json!({"email": "nobody@acme.example", "sub": "nobody"}));
    client.ask("GET", "/api/v1/me").bearer(&stranger).refused(401, "not_signed_in").await;
    // No cookie is one, and no member's header goes with one.
    client.ask("GET", "/api/v1/me").with("cookie", &format!("pc={ana}")).refused(401, "not_signed_in").await;
    client.ask("GET", "/api/v1/me").bearer(&ana).in_name_of("bo").refused(403, "missing_scope").await;

    // Not the issuer's, for somebody else, or past.
    for bad in [
        token(1, json!({})),
        token(0, json!({"aud": "payroll"})),
        token(0, json!({"exp": NOW - 120})),
        ask(&json!({"do":"unsigned","claims":{"iss": url(0), "aud": "peercircle", "exp": NOW + 600, "sub": "ana"}}))
            .as_str()
            .unwrap()
            .to_owned(),
    ] {
        let answer = client.ask("GET", "/api/v1/me").bearer(&bad).gets(401).await;
        assert_eq!((&answer.json()["code"], answer.header("www-authenticate").is_empty()), (&json!("not_signed_in"), false));
        client.ask("POST", commands).bearer(&bad).json(&common::reply("ana", true)).refused(401, "not_signed_in").await;
    }
    clock.set(common::at("2026-02-02T09:12:00Z"));
    client.ask("GET", "/api/v1/me").bearer(&ana).refused(401, "not_signed_in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_the_token_that_opened_it() {
    let mut limits = wide();
    limits.heartbeat = std::time::Duration::from_millis(50);
    let (client, clock) = client(limits, url(0));
    east(&client).await;
    let stream =
        client.ask("GET", "/api/v1/cycles/c-1/events").with("accept", "text/event-stream").bearer(&token(0, json!({})));
    let stream = stream.open().await;
    assert_eq!(stream.status(), 200);
    clock.set(common::at("2026-02-02T09:12:00Z"));
    let whole = http_body_util::BodyExt::collect(stream.into_body());
    let whole = tokio::time::timeout(std::time::Duration::from_secs(20), whole).await.unwrap().unwrap().to_bytes();
    let text = String::from_utf8_lossy(&whole);
    assert!(text.contains("event: end\ndata: {\"code\":\"not_signed_in\"}"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_does_not_answer_is_said_and_bad_tokens_cost_their_sender() {
    // Nobody listens there.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (client, _) = client(wide(), &format!("http://{nobody}"));
    let token = token(0, json!({"iss": format!("http://{nobody}")}));
    let answer = client.ask("GET", "/api/v1/me").bearer(&token).gets(503).await;
    assert_eq!((&answer.json()["code"], answer.header("retry-after")), (&json!("issuer_unavailable"), "1"));
    assert!(!answer.shown().contains("127.0.0.1"), "{}", answer.shown());

    let mut limits = wide();
    limits.guest_rate = Rate { burst: 3, per_second: 1 };
    let (client, _) = self::client(limits, url(0));
    let bad = self::token(1, json!({}));
    for _ in 0..3 {
        client.ask("GET", "/api/v1/me").bearer(&bad).peer("192.0.2.1:1").refused(401, "not_signed_in").await;
    }
    client.ask("GET", "/api/v1/me").bearer(&bad).peer("192.0.2.1:1").refused(429, "too_many_requests").await;
}
