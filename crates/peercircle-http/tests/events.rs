//! Events as they happen: nothing is lost and nothing comes twice, however often and wherever a stream breaks.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the API")]
mod common;

use std::{
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use axum::body::Body;
use common::{World, reply, wide};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

const EVENTS: &str = "/api/v1/cycles/c-1/events";

/// A stream as a browser reads it: whole frames, the last id.
struct Reader {
    body: Body,
    text: String,
}

#[derive(Debug, Default, PartialEq)]
struct Frame {
    id: Option<u64>,
    event: Option<String>,
    data: Option<Value>,
}

impl Reader {
    async fn open(world: &World, by: &str, after: Option<u64>) -> Self {
        let asked = world.get(by, EVENTS).with("accept", "text/event-stream");
        let asked = match after {
            Some(after) => asked.with("last-event-id", &after.to_string()),
            None => asked,
        };
        let response = asked.open().await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), text: String::new() }
    }

    /// The next frame that is more than a remark; nothing at the end.
    async fn next(&mut self) -> Option<Frame> {
        loop {
            while let Some((frame, rest)) = self.text.split_once("\n\n") {
                let frame = parse(frame);
                self.text = rest.to_owned();
                if frame != Frame::default() {
                    return Some(frame);
                }
            }
            let chunk = self.body.frame().await?.unwrap().into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event, past hints.
    async fn event(&mut self) -> Option<Frame> {
        loop {
            let frame = self.next().await?;
            if frame.id.is_some() {
                return Some(frame);
            }
        }
    }
}

fn parse(text: &str) -> Frame {
    let mut frame = Frame::default();
    for line in text.lines() {
        match line.split_once(": ") {
            Some(("id", id)) => frame.id = Some(id.parse().unwrap()),
            Some(("event", event)) => frame.event = Some(event.to_owned()),
            Some(("data", data)) => frame.data = Some(serde_json::from_str(data).unwrap()),
            Some(("retry" | "", _)) => {}
            other => panic!("{other:?}"),
        }
    }
    frame
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.unwrap()
}

#[tokio::test]
async fn a_page_at_a_time() {
    let world = World::new(wide());
    let all = world.get("ana", EVENTS).gets(200).await.json();
    let count = all["items"].as_array().unwrap().len();
    assert_eq!((count, all.get("next")), (8, None));
    assert_eq!(all["items"][0]["body"]["type"], "cycle.formed");
    let (mut after, mut pages) = (0, Vec::new());
    loop {
        let page = world.get("ana", &format!("{EVENTS}?after={after}&limit=3")).gets(200).await.json();
        pages.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_u64() {
            Some(next) => after = next,
            None => break,
        }
    }
    assert_eq!(json!(pages), all["items"]);
    world.get("ana", &format!("{EVENTS}?after=9")).refused(400, "bad_query").await;
    world.get("ana", &format!("{EVENTS}?after=x")).refused(400, "bad_query").await;
    world.get("ana", EVENTS).with("last-event-id", "x").refused(400, "bad_header").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_says_what_there_is_and_what_comes() {
    let world = World::new(wide());
    let mut reader = Reader::open(&world, "ana", Some(7)).await;
    let first = within(reader.next()).await.unwrap();
    assert_eq!((first.id, first.event), (Some(8), None));
    let data = first.data.unwrap();
    assert_eq!((&data["seq"], &data["type"]), (&json!(8), &json!("session.scheduled")));
    assert_eq!((&data["at"], data["body"].is_object()), (&json!("2026-02-02T09:00:00Z"), true));
    let hint = within(reader.next()).await.unwrap();
    assert_eq!((hint.id, hint.event.as_deref(), hint.data), (None, Some("guide"), Some(json!({"revision": 8}))));
    world.post("bo", "/api/v1/cycles/c-1/commands", &reply("bo", true)).gets(200).await;
    assert_eq!(within(reader.next()).await.unwrap().id, Some(9));
    // Another cycle's events wake nobody here.
    world.post("gus", "/api/v1/cycles/c-2/commands", &reply("gus", true)).gets(200).await;
    world.post("bo", "/api/v1/cycles/c-1/commands", &reply("bo", false)).gets(200).await;
    assert_eq!(within(reader.event()).await.unwrap().id, Some(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_across_reconnects_under_load() {
    const COMMANDS: u64 = 400;
    const READERS: u64 = 8;
    let world = Arc::new(World::new(wide()));
    let over = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..READERS)
        .map(|number| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                let mut dice = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number + 1);
                let mut roll = move |sides: u64| {
                    dice ^= dice << 13;
                    dice ^= dice >> 7;
                    dice ^= dice << 17;
                    dice % sides
                };
                let (mut seen, mut breaks) = (Vec::new(), 0);
                let mut last = None;
                while seen.last() != Some(&(8 + COMMANDS)) {
                    let mut reader = Reader::open(&world, "ana", last).await;
                    // The connection breaks after so many events, in the middle of whatever is on its way.
                    for _ in 0..=roll(40) {
                        let Some(frame) = within(reader.event()).await else { break };
                        seen.push(frame.id.unwrap());
                        last = frame.id;
                        if frame.id == Some(8 + COMMANDS) {
                            break;
                        }
                    }
                    breaks += 1;
                }
                assert_eq!(seen, (1..=8 + COMMANDS).collect::<Vec<_>>(), "reader {number} after {breaks} connections");
                breaks
            })
        })
        .collect();
    // Others write beside it, so that wake-ups of other cycles come between.
    let beside = {
        let (world, over) = (Arc::clone(&world), Arc::clone(&over));
        tokio::spawn(async move {
            let mut yes = false;
            while !over.load(Ordering::SeqCst) {
                yes = !yes;
                world.post("gus", "/api/v1/cycles/c-2/commands", &reply("gus", yes)).gets(200).await;
            }
        })
    };
    let members = ["ana", "bo", "cy", "dee"];
    for number in 0..COMMANDS {
        let member = members[usize::try_from(number).unwrap() % 4];
        let yes = number / 4 % 2 == 0;
        world.post(member, "/api/v1/cycles/c-1/commands", &reply(member, yes)).gets(200).await;
    }
    let mut connections = 0;
    for reader in readers {
        connections += reader.await.unwrap();
    }
    over.store(true, Ordering::SeqCst);
    beside.await.unwrap();
    assert!(connections > READERS * 5, "{connections} connections");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_listen_at_once() {
    let world = World::new(wide());
    let mut readers = Vec::new();
    for number in 0..1000 {
        readers.push(Reader::open(&world, ["ana", "bo", "cy"][number % 3], Some(8)).await);
    }
    let metrics = String::from_utf8(world.get("", "/metrics").gets(200).await.body.to_vec()).unwrap();
    assert!(metrics.contains("peercircle_http_streams 1000"), "{metrics}");
    world.post("bo", "/api/v1/cycles/c-1/commands", &reply("bo", true)).gets(200).await;
    for reader in &mut readers {
        assert_eq!(within(reader.event()).await.unwrap().id, Some(9));
    }
    drop(readers);
    let metrics = String::from_utf8(world.get("", "/metrics").gets(200).await.body.to_vec()).unwrap();
    assert!(metrics.contains("peercircle_http_streams 0"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_beats_and_ends_with_the_right_to_it() {
    let mut limits = wide();
    limits.heartbeat = Duration::from_millis(50);
    limits.streams_per_visitor = 2;
    let world = World::new(limits);
    let mut reader = Reader::open(&world, "ana", Some(8)).await;
    let second = Reader::open(&world, "ana", Some(8)).await;
    let third = world.get("ana", EVENTS).with("accept", "text/event-stream");
    third.refused(429, "too_many_streams").await;
    drop(second);
    let _third = Reader::open(&world, "ana", Some(8)).await;
    let chunks = async {
        let mut text = String::new();
        while !text.contains(": still here") {
            text.push_str(std::str::from_utf8(&reader.body.frame().await.unwrap().unwrap().into_data().unwrap()).unwrap());
        }
    };
    within(chunks).await;
    // Signed out: the stream ends, and says why.
    world.ask("ana", "DELETE", "/api/v1/me").gets(204).await;
    let end = within(reader.next()).await.unwrap();
    assert_eq!((end.event.as_deref(), end.data), (Some("end"), Some(json!({"code": "not_signed_in"}))));
    assert_eq!(within(reader.next()).await, None);
    world.get("ana", EVENTS).with("accept", "text/event-stream").refused(401, "not_signed_in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_withdraws_hears_no_more() {
    let world = World::new(wide());
    let mut reader = Reader::open(&world, "ana", Some(8)).await;
    world.give("c-1", "ana", json!({"type":"member.withdraw","member":"ana","reason":"workload"}));
    let end = within(reader.next()).await.unwrap();
    assert_eq!((end.id, end.event.as_deref()), (None, Some("end")));
    assert_eq!(within(reader.next()).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_when_the_server_stops() {
    let world = World::new(wide());
    let mut reader = Reader::open(&world, "ana", Some(8)).await;
    world.api.close();
    assert_eq!(within(reader.next()).await, None);
    world.get("ana", EVENTS).with("accept", "text/event-stream").refused(503, "closing").await;
    world.get("", "/ready").refused(503, "closing").await;
    world.get("", "/health").gets(200).await;
}
