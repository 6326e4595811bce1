//! What was said stays where it was said: two worlds that differ only in it are alike on every route that leaves the group.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the API")]
mod common;

use common::{World, wide};
use peercircle_http::{Need, routes};
use serde_json::json;

const SAID: [&str; 2] = ["Bo shouted at the whole team.", "I was afraid of the talk, and put it off for a month!"];
const NOTE: &str = "67e55044-10b1-426f-9247-bb680e5fe0c8";

async fn told(said: &str) -> World {
    let world = World::new(wide());
    world.east();
    let note = format!("/api/v1/cycles/c-1/notes/{NOTE}");
    let body = json!({"for": {"audience": "session", "session": "explore"}, "text": said});
    world.ask("ana", "PUT", &note).json(&body).gets(204).await;
    world.give("c-1", "ana", json!({"type":"turn.start","member":"ana"}));
    let story = json!({"type":"story.share","member":"ana","story":"own","note":NOTE});
    world.post("ana", "/api/v1/cycles/c-1/commands", &story).gets(200).await;
    assert_eq!(world.get("bo", &note).gets(200).await.json()["text"], said);
    world
}

#[tokio::test]
async fn what_leaves_the_group_is_the_same_whatever_was_said() {
    let (one, other) = (told(SAID[0]).await, told(SAID[1]).await);
    let mut looked_at = 0;
    for route in routes() {
        let leaves = matches!(
            route.need(),
            Need::Facts | Need::Organise | Need::People | Need::Audit | Need::Operate | Need::Catalogue | Need::Public
        );
        if !leaves || route.method() != "GET" {
            continue;
        }
        let path = route.path().replace("{id}", if route.path().contains("cycles") { "c-1" } else { "east" });
        let path = path.replace("{name}", "preset");
        for by in ["owner", "key:facts", "key:groups", "key:operate"] {
            let (a, b) = (one.get(by, &path).send().await, other.get(by, &path).send().await);
            assert_eq!(a.status, b.status, "{path}");
            let (a, b) = (shape(&a.shown()), shape(&b.shown()));
            assert_eq!(a, b, "{path} by {by}");
            assert!(!a.contains(NOTE) && !a.contains("shouted"), "{path} by {by}: {a}");
            looked_at += 1;
        }
    }
    assert!(looked_at > 60, "{looked_at}");
    // Every other route is shut for them, those of the group with or without what was said.
    for route in routes().iter().filter(|route| matches!(route.need(), Need::Group | Need::Content | Need::Own)) {
        let path = route.path().replace("{id}", "c-1").replace("{note}", NOTE);
        for by in ["owner", "key:facts", "key:groups", "key:operate", "key:invite", "key:act"] {
            let asked = one.ask(by, route.method().as_str(), &path).json(&json!({"type":"session.start"}));
            assert_eq!(asked.send().await.status, 403, "{route:?} by {by}");
        }
    }
}

/// Without what is drawn or measured: times and names of audit entries, keys' and durations.
fn shape(text: &str) -> String {
    let mut kept = Vec::new();
    for line in text.lines() {
        // How long requests took is no answer to anything that was said.
        if line.contains("http_request_seconds") {
            continue;
        }
        let mut line = line.to_owned();
        while let Some(at) = line.find("\"id\":\"0") {
            let end = line.get(at + 6..).and_then(|rest| rest.find('"')).map_or(line.len(), |end| at + 7 + end);
            line.replace_range(at..end, "");
        }
        kept.push(line);
    }
    // Metrics come in no order.
    kept.sort();
    kept.join("\n")
}
