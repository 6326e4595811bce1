//! The server: what it refuses before any route sees it, its limits, how it stops.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the API")]
mod common;

use std::{sync::Arc, time::Duration};

use common::{World, wide};
use peercircle_core::{CommandId, CycleId, Instant, NoteRef, Revision};
use peercircle_http::{Rate, router, serve};
use peercircle_store::{
    Answer, Append, Appended, Change, ContentStore, Delivery, Destroyed, Document, DocumentStore, EventStore, Forgotten,
    Head, KeyState, MemoryStore, OutboxEntry, Position, Put, Record, SealedNote, StoreError, Which,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

#[tokio::test]
async fn what_the_framework_refuses_is_a_problem_too() {
    let world = World::new(wide());
    world.get("", "/api/v1/unheard-of").refused(404, "no_route").await;
    world.get("", "/api/v2/").refused(404, "no_route").await;
    let method = world.ask("ana", "PATCH", "/api/v1/cycles/c-1").send().await;
    assert_eq!((method.status.as_u16(), &method.json()["code"]), (405, &json!("wrong_method")));
    assert_eq!(method.header("allow"), "GET,HEAD");
    world.get("ana", "/api/v1/cycles/%ff").refused(404, "not_found").await;
    world.get("ana", "/api/v1/cycles/two%20words").refused(404, "not_found").await;
    world.get("ana", "/api/v1/cycles/c-1?x=1").refused(400, "bad_query").await;
    let basic = world.client.ask("GET", "/api/v1/me").with("authorization", "Basic YTpi").send().await;
    assert_eq!((basic.status.as_u16(), basic.header("www-authenticate")), (401, "Bearer realm=\"peercircle\""));
    world.client.ask("GET", "/api/v1/me").bearer("acme.x").refused(401, "not_signed_in").await;
    world.client.ask("GET", "/api/v1/me").bearer("nowhere.x").refused(401, "not_signed_in").await;
    world.get("key:act", "/api/v1/me").in_name_of("two words").refused(400, "bad_header").await;
    let long = "x".repeat((256 << 10) + 1);
    let large = world.ask("owner", "POST", "/api/v1/rosters").text("text/csv", long.clone());
    large.refused(413, "body_too_large").await;
    let said = world.ask("owner", "POST", "/api/v1/rosters").with("content-length", "999999999").text("text/csv", long);
    said.refused(413, "body_too_large").await;
    let deep = "[".repeat(100_000);
    world.ask("ana", "POST", "/api/v1/cycles/c-1/commands").text("application/json", deep).send().await;
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_again() {
    let mut limits = wide();
    limits.visitor_rate = Rate { burst: 3, per_second: 1 };
    limits.key_rate = Rate { burst: 2, per_second: 1 };
    limits.guest_rate = Rate { burst: 2, per_second: 1 };
    let world = World::new(limits);
    let me = |by: &'static str| world.get(by, "/api/v1/me");
    for _ in 0..3 {
        me("ana").gets(200).await;
    }
    let answer = me("ana").gets(429).await;
    assert_eq!((&answer.json()["code"], answer.header("retry-after")), (&json!("too_many_requests"), "1"));
    // Others have their own; a key has one, in whosever name it asks.
    me("bo").gets(200).await;
    me("key:act").gets(200).await;
    me("key:act").in_name_of("cy").gets(200).await;
    me("key:act").in_name_of("dee").refused(429, "too_many_requests").await;
    // Without a good credential it is the address that pays, and those that are public aren't free.
    let guest = |peer: &'static str| world.get("", "/api/v1/me").peer(peer);
    guest("192.0.2.1:1").refused(401, "not_signed_in").await;
    let wrong = world.client.ask("GET", "/api/v1/me").bearer("acme.x").peer("192.0.2.1:2");
    wrong.refused(401, "not_signed_in").await;
    guest("192.0.2.1:3").refused(429, "too_many_requests").await;
    let wrong = world.client.ask("GET", "/api/v1/me").bearer("acme.x").peer("192.0.2.1:4");
    wrong.refused(429, "too_many_requests").await;
    world.get("", "/api/v1/openapi.json").peer("192.0.2.1:5").refused(429, "too_many_requests").await;
    guest("192.0.2.2:1").refused(401, "not_signed_in").await;
    // Whoever has a network of version 6 is one.
    guest("[2001:db8::1]:1").refused(401, "not_signed_in").await;
    guest("[2001:db8::2]:1").refused(401, "not_signed_in").await;
    guest("[2001:db8::3]:1").refused(429, "too_many_requests").await;
    guest("[2001:db8:0:1::3]:1").refused(401, "not_signed_in").await;
    // Whoever looks after the server is never turned away, nor somebody with a good credential at that address.
    world.get("", "/health").peer("192.0.2.1:6").gets(200).await;
    me("eli").peer("192.0.2.1:7").gets(200).await;
}

#[tokio::test]
async fn behind_a_proxy_each_visitor_has_their_own_limit_and_nobody_anothers() {
    let mut limits = wide();
    limits.guest_rate = Rate { burst: 2, per_second: 1 };
    limits.proxies = vec!["127.0.0.1".parse().unwrap()];
    let world = World::new(limits);
    let from = |peer: &'static str, said: &'static str| world.get("", "/api/v1/me").peer(peer).with("x-forwarded-for", said);
    for _ in 0..2 {
        from("127.0.0.1:1", "192.0.2.1").refused(401, "not_signed_in").await;
    }
    from("127.0.0.1:2", "192.0.2.1").refused(429, "too_many_requests").await;
    // Whatever they claim before it.
    from("127.0.0.1:2", "198.51.100.9, 192.0.2.1").refused(429, "too_many_requests").await;
    from("127.0.0.1:3", "192.0.2.2").refused(401, "not_signed_in").await;
    // Past the proxy a claim is nothing: not to have more, nor to use up what others have.
    from("192.0.2.9:1", "192.0.2.3").refused(401, "not_signed_in").await;
    from("192.0.2.9:1", "192.0.2.4").refused(401, "not_signed_in").await;
    from("192.0.2.9:1", "192.0.2.5").refused(429, "too_many_requests").await;
    from("127.0.0.1:4", "192.0.2.3").refused(401, "not_signed_in").await;
}

/// A store that takes its time, fails or panics, as it is told.
struct Odd {
    inner: MemoryStore,
    mood: std::sync::Mutex<Mood>,
}

#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Well,
    Slow,
    Stuck,
    Gone,
    Full,
    Panics,
}

impl Odd {
    fn new() -> Arc<Self> {
        Arc::new(Self { inner: MemoryStore::default(), mood: std::sync::Mutex::new(Mood::Well) })
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn act(&self) -> Result<(), StoreError> {
        let mood = *self.mood.lock().unwrap();
        match mood {
            Mood::Well => Ok(()),
            Mood::Slow => {
                std::thread::sleep(Duration::from_millis(400));
                Ok(())
            }
            Mood::Stuck => {
                std::thread::sleep(Duration::from_millis(2500));
                Ok(())
            }
            Mood::Gone => Err(StoreError::Unavailable { reason: "a secret of the operator's".to_owned() }),
            Mood::Full => Err(StoreError::Full { reason: "a secret of the operator's".to_owned() }),
            Mood::Panics => panic!("a defect"),
        }
    }
}

impl EventStore for Odd {
    fn append(&self, append: Append) -> Result<Appended, StoreError> {
        self.act()?;
        self.inner.append(append)
    }

    fn head(&self, stream: &CycleId) -> Result<Option<Head>, StoreError> {
        self.inner.head(stream)
    }

    fn load(&self, stream: &CycleId, after: Revision) -> Result<Vec<Record>, StoreError> {
        self.inner.load(stream, after)
    }

    fn answer(&self, stream: &CycleId, key: CommandId) -> Result<Option<Answer>, StoreError> {
        self.inner.answer(stream, key)
    }

    fn streams(&self, which: &Which, after: Option<&CycleId>, limit: usize) -> Result<Vec<Head>, StoreError> {
        self.inner.streams(which, after, limit)
    }

    fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.inner.read(after, limit)
    }

    fn last(&self) -> Result<Position, StoreError> {
        self.act()?;
        self.inner.last()
    }

    fn wait(&self, after: Position, timeout: Duration) -> Result<Position, StoreError> {
        self.inner.wait(after, timeout)
    }

    fn take(&self, now: Instant, until: Instant, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        self.inner.take(now, until, limit)
    }

    fn told(&self, ids: &[String]) -> Result<(), StoreError> {
        self.inner.told(ids)
    }

    fn forget(&self, stream: &CycleId, version: Revision, outbox: Vec<OutboxEntry>) -> Result<Forgotten, StoreError> {
        self.inner.forget(stream, version, outbox)
    }
}

impl ContentStore for Odd {
    fn put_key(&self, stream: &CycleId, wrapped: &[u8]) -> Result<KeyState, StoreError> {
        self.inner.put_key(stream, wrapped)
    }

    fn key(&self, stream: &CycleId) -> Result<KeyState, StoreError> {
        self.inner.key(stream)
    }

    fn destroy_key(&self, stream: &CycleId, at: Instant) -> Result<Destroyed, StoreError> {
        self.inner.destroy_key(stream, at)
    }

    fn put_note(&self, note: SealedNote) -> Result<Put, StoreError> {
        self.inner.put_note(note)
    }

    fn note(&self, stream: &CycleId, note: NoteRef) -> Result<Option<SealedNote>, StoreError> {
        self.inner.note(stream, note)
    }

    fn notes(&self, stream: &CycleId) -> Result<Vec<(NoteRef, Vec<u8>)>, StoreError> {
        self.inner.notes(stream)
    }

    fn delete_notes(&self, stream: &CycleId, notes: &[NoteRef]) -> Result<u64, StoreError> {
        self.inner.delete_notes(stream, notes)
    }
}

impl DocumentStore for Odd {
    fn document(&self, kind: &'static str, id: &str) -> Result<Option<Document>, StoreError> {
        self.inner.document(kind, id)
    }

    fn documents(
        &self,
        kind: &'static str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        self.inner.documents(kind, prefix, after, limit)
    }

    fn change(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.inner.change(changes)
    }
}

const COMMANDS: &str = "/api/v1/cycles/c-1/commands";

#[tokio::test(flavor = "multi_thread")]
async fn trouble_of_ours_is_told_without_its_secrets() {
    let store = Odd::new();
    let mut limits = wide();
    limits.request_timeout = Duration::from_secs(2);
    let world = World::on(store.clone(), limits);
    let key = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    let give = || world.post("ana", COMMANDS, &common::reply("ana", true)).with("idempotency-key", key);

    store.is(Mood::Gone);
    let gone = give().gets(503).await;
    assert_eq!((&gone.json()["code"], gone.header("retry-after")), (&json!("unavailable"), "1"));
    assert!(!gone.shown().contains("secret"), "{}", gone.shown());
    world.get("", "/ready").refused(503, "unavailable").await;
    world.get("", "/health").gets(200).await;
    store.is(Mood::Full);
    assert!(!give().refused(507, "full").await.to_string().contains("secret"));
    store.is(Mood::Panics);
    give().refused(500, "panicked").await;
    let metrics = String::from_utf8({
        store.is(Mood::Well);
        world.get("", "/metrics").gets(200).await.body.to_vec()
    });
    assert!(metrics.unwrap().contains("peercircle_http_panics_total 1"));

    // Too slow: whoever comes again with the same key learns that it was done.
    store.is(Mood::Stuck);
    give().refused(503, "timed_out").await;
    store.is(Mood::Well);
    assert_eq!(give().gets(200).await.json(), json!({"answer": "duplicate", "first": 9, "last": 9}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acme.db");
    let mut options = peercircle_sqlite::Options::default();
    options.most_bytes = Some(1 << 20);
    let store = Arc::new(peercircle_sqlite::SqliteStore::open(&path, &options).unwrap());
    let world = World::on(store.clone(), wide());
    // Notes until there is no room, and commands until there is none for those.
    let (mut notes, mut given) = (Vec::new(), 0);
    let said = "x".repeat(60_000);
    let body = json!({"for": {"audience": "author"}, "text": said});
    loop {
        let note = format!("67e55044-10b1-426f-9247-{:012x}", notes.len());
        let answer = world.ask("ana", "PUT", &format!("/api/v1/cycles/c-1/notes/{note}")).json(&body).send().await;
        if answer.status != 204 {
            assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (507, &json!("full")), "{}", answer.shown());
            break;
        }
        notes.push(note);
    }
    let give = |number: u32| {
        world
            .post("ana", COMMANDS, &common::reply("ana", number.is_multiple_of(2)))
            .with("idempotency-key", &format!("k-{number}"))
    };
    let no = loop {
        let answer = give(given).send().await;
        if answer.status != 200 {
            break answer;
        }
        given += 1;
    };
    assert_eq!((no.status.as_u16(), &no.json()["code"]), (507, &json!("full")), "{}", no.shown());
    assert!(notes.len() > 5 && given > 0, "{} notes, {given} commands", notes.len());
    assert!(!no.shown().contains("acme.db"), "{}", no.shown());
    // It still reads, and everything that it said yes to is there.
    let guide = world.get("ana", "/api/v1/cycles/c-1").gets(200).await;
    world.get("", "/ready").gets(200).await;
    for note in &notes {
        let read = world.get("ana", &format!("/api/v1/cycles/c-1/notes/{note}")).gets(200).await.json();
        assert_eq!(read["text"].as_str().unwrap().len(), said.len());
    }
    // What leaves a trace can't be done: facts that can't be written down as looked at aren't shown.
    let mut looks = 0;
    while world.get("owner", "/api/v1/cycles/c-1/facts").send().await.status == 200 {
        looks += 1;
        assert!(looks < 10_000);
    }
    world.get("owner", "/api/v1/cycles/c-1/facts").refused(507, "full").await;
    // Room again, made as retention would: the same server goes on, and what was refused is done once.
    let gone: Vec<NoteRef> = notes.iter().map(|note| note.parse().unwrap()).collect();
    assert_eq!(store.delete_notes(&common::id("c-1"), &gone).unwrap(), u64::try_from(gone.len()).unwrap());
    let first = give(given).gets(200).await.json();
    assert_eq!(
        (&first["answer"], first["revision"].as_u64()),
        (&json!("accepted"), guide.json()["revision"].as_u64().map(|one| one + 1))
    );
    assert_eq!(give(given).gets(200).await.json()["answer"], "duplicate");
    for number in 0..given {
        assert_eq!(give(number).gets(200).await.json()["answer"], "duplicate", "{number}");
    }
    world.get("owner", "/api/v1/cycles/c-1/facts").gets(200).await;
    store.verify().unwrap();
}

/// Every character that an id may hold, a slash among them.
const ODD: &str = "a/b.c:d@e+f_g-H9";

#[tokio::test]
async fn an_id_is_one_part_of_an_address_whatever_it_holds() {
    let world = World::new(wide());
    let encoded = "a%2Fb.c%3Ad%40e%2Bf_g-H9";
    let six = [ODD, "x/1", "x/2", "../x", "x//3", "4/"];
    let part = |id: &str| id.replace('/', "%2F").replace('+', "%2B");
    for (number, id) in six.iter().enumerate() {
        let person = json!({"name": "Odd", "level": "lead", "department": format!("d-{number}")});
        let put = world.ask("owner", "PUT", &format!("/api/v1/people/{}", part(id))).json(&person).gets(200).await;
        assert_eq!(put.json()["id"], *id);
    }
    assert_eq!(world.get("owner", &format!("/api/v1/people/{encoded}")).gets(200).await.json()["id"], ODD);
    // A slash that isn't written as one of the id leads elsewhere, and nowhere that knows it.
    world.get("owner", &format!("/api/v1/people/{ODD}")).refused(404, "no_route").await;
    let group = json!({"name": "Odd", "members": six});
    world.ask("owner", "PUT", &format!("/api/v1/groups/{encoded}")).json(&group).gets(200).await;
    let new = json!({"cycle": ODD, "module": "delegation"});
    let formed = world.post("owner", &format!("/api/v1/groups/{encoded}/cycles"), &new).gets(201).await;
    let facts = world.get("owner", formed.header("location")).gets(200).await.json();
    assert_eq!((&facts["cycle"], &facts["group"]), (&json!(ODD), &json!(ODD)));
    let command = json!({"type":"ground_rules.accept","member":"../x","version":1});
    let commands = format!("/api/v1/cycles/{encoded}/commands");
    world.post("key:act", &commands, &command).in_name_of("../x").gets(200).await;
    world.post("key:act", &commands, &command).in_name_of(ODD).refused(403, "not_your_role").await;
    let guide = world.get("key:act", &format!("/api/v1/cycles/{encoded}")).in_name_of(ODD).gets(200).await.json();
    assert_eq!(guide["cycle"], ODD);
    let page = world.get("owner", "/api/v1/people?limit=1").gets(200).await.json();
    let next = form_urlencoded::byte_serialize(page["next"].as_str().unwrap().as_bytes()).collect::<String>();
    let after = world.get("owner", &format!("/api/v1/people?limit=200&after={next}")).gets(200).await.json();
    assert!(after["items"].as_array().unwrap().iter().any(|one| one["id"] == ODD), "{after}");
    for none in ["%00", "%2E%2E", "..", ".", "a%20b", "%F0%9F%A6%80", "%2e", "a%0Ab", "'%3Bdrop", "%25"] {
        let answer = world.get("owner", &format!("/api/v1/people/{none}")).send().await;
        assert_eq!(answer.status.as_u16(), 404, "{none}: {}", answer.shown());
        let put = world.ask("owner", "PUT", &format!("/api/v1/people/{none}"));
        put.json(&json!({"name": "Odd", "level": "lead", "department": "d"})).refused(422, "invalid_id").await;
    }
    world.get("owner", "/api/v1/people/").refused(404, "no_route").await;
    let long = "a".repeat(64);
    world.get("owner", &format!("/api/v1/people/{long}")).refused(404, "not_found").await;
    world.get("owner", &format!("/api/v1/people/{}", "a".repeat(60_000))).refused(404, "not_found").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_at_once_than_there_is_room_for() {
    let store = Odd::new();
    let mut limits = wide();
    limits.requests = 2;
    let world = Arc::new(World::on(store.clone(), limits));
    store.is(Mood::Slow);
    let slow: Vec<_> = ["ana", "gus"]
        .map(|by| {
            let (world, cycle) = (Arc::clone(&world), if by == "ana" { COMMANDS } else { "/api/v1/cycles/c-2/commands" });
            tokio::spawn(async move { world.post(by, cycle, &common::reply(by, true)).gets(200).await })
        })
        .into();
    tokio::time::sleep(Duration::from_millis(150)).await;
    let busy = world.get("bo", "/api/v1/me").gets(503).await;
    assert_eq!((&busy.json()["code"], busy.header("retry-after")), (&json!("busy"), "1"));
    for one in slow {
        one.await.unwrap();
    }
    world.get("bo", "/api/v1/me").gets(200).await;
}

struct Served {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

async fn served(world: &World) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let api = world.api.clone();
    let server = tokio::spawn(async move {
        let stopped = async move {
            let _told = stopped.await;
        };
        serve(listener, router(api.clone()), api, stopped).await;
    });
    Served { address, stop, server }
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.unwrap()
}

async fn until(stream: &mut TcpStream, text: &str) -> String {
    let mut read = String::new();
    let mut buffer = [0; 4096];
    while !read.contains(text) {
        let count = within(stream.read(&mut buffer)).await.unwrap();
        assert!(count > 0, "the connection ended before `{text}`: {read}");
        read.push_str(std::str::from_utf8(buffer.get(..count).unwrap()).unwrap());
    }
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_without_a_request_is_closed() {
    let mut limits = wide();
    limits.header_timeout = Duration::from_millis(200);
    let world = World::new(limits);
    let served = served(&world).await;
    for half in ["", "GET /health HTTP/1.1\r\nHo"] {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        stream.write_all(half.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        within(stream.read_to_end(&mut rest)).await.unwrap();
        assert!(!String::from_utf8_lossy(&rest).contains(" 200 "));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_connections_than_there_is_room_for_wait() {
    let mut limits = wide();
    limits.connections = 1;
    let world = World::new(limits);
    let served = served(&world).await;
    let request = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut first = TcpStream::connect(served.address).await.unwrap();
    first.write_all(request.as_bytes()).await.unwrap();
    until(&mut first, "\"up\"").await;
    let mut second = TcpStream::connect(served.address).await.unwrap();
    second.write_all(request.as_bytes()).await.unwrap();
    let mut buffer = [0; 1];
    assert!(tokio::time::timeout(Duration::from_millis(200), second.peek(&mut buffer)).await.is_err());
    drop(first);
    until(&mut second, "\"up\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_when_told_and_finishes_what_it_began() {
    let store = Odd::new();
    let world = World::on(store.clone(), wide());
    let served = served(&world).await;
    let token = world.token("ana");
    let mut events = TcpStream::connect(served.address).await.unwrap();
    let request = format!(
        "GET /api/v1/cycles/c-1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    events.write_all(request.as_bytes()).await.unwrap();
    let head = until(&mut events, "id: 8").await.to_ascii_lowercase();
    assert!(head.contains("content-type: text/event-stream") && head.contains("transfer-encoding: chunked"), "{head}");

    store.is(Mood::Slow);
    let body = common::reply("bo", true).to_string();
    let mut command = TcpStream::connect(served.address).await.unwrap();
    let request = format!(
        "POST {COMMANDS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\nAuthorization: Bearer {}\r\n\r\n{body}",
        body.len(),
        world.token("bo"),
    );
    command.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    served.stop.send(()).unwrap();
    until(&mut command, "\"accepted\"").await;
    let mut rest = Vec::new();
    within(events.read_to_end(&mut rest)).await.unwrap();
    within(served.server).await.unwrap();
    assert!(TcpStream::connect(served.address).await.is_err());
}
