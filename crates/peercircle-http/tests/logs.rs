//! Logs and metrics: routes, statuses, times, and nothing about people or what they said. A test binary of its own, as what is
//! logged is everybody's in a process.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the API")]
mod common;

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use common::{World, wide};
use serde_json::json;
use tracing::{Event, Metadata, Subscriber, field::Visit, span};

const SAID: &str = "Bo shouted at the whole team.";
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

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Fields<'a>(&'a mut String);
        impl Visit for Fields<'_> {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
                self.0.push_str(&format!("{field}={value:?} "));
            }
        }
        let mut log = self.0.lock().unwrap();
        event.record(&mut Fields(&mut log));
        log.push('\n');
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn logs_and_metrics_name_routes_and_nothing_else() {
    let log = Log::default();
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    let world = told(SAID).await;
    world.get("ana", "/api/v1/cycles/c-1/events?after=3").gets(200).await;
    world.get("owner", "/api/v1/cycles/c-1/notes").refused(403, "not_your_role").await;
    let secret = "acme.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    world.client.ask("GET", "/api/v1/me").bearer(secret).refused(401, "not_signed_in").await;
    world.client.ask("GET", "/api/v1/nothing/ana").refused(404, "no_route").await;
    let metrics = String::from_utf8(world.get("", "/metrics").gets(200).await.body.to_vec()).unwrap();
    let log = log.0.lock().unwrap().clone();
    assert!(log.contains("route=/api/v1/cycles/{id}/notes/{note} method=PUT status=204"), "{log}");
    assert!(log.contains("route=/api/v1/cycles/{id}/notes method=GET status=403 code=\"not_your_role\""), "{log}");
    assert!(
        metrics
            .contains(r#"peercircle_http_requests_total{route="/api/v1/cycles/{id}/events",method="GET",status="200"} 1"#)
    );
    assert!(metrics.contains(r#"peercircle_store_position{organisation="acme"}"#), "{metrics}");
    assert!(metrics.contains(r#"peercircle_due_cycles{organisation="acme"}"#), "{metrics}");
    let tokens: Vec<_> = world.tokens.values().map(String::as_str).collect();
    for text in [&log, &metrics] {
        for never in ["shouted", NOTE, "after=3", "ana", "c-1", "hr@", secret].iter().chain(&tokens) {
            assert!(!text.contains(never), "`{never}` in {text}");
        }
    }
}
