//! Two organisations behind one API, and a client that asks it.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use peercircle_core::{CycleId, Instant, MemberId, VerdictView, WireActor, WireCommand};
use peercircle_host::{Group, Host, Organisation, Person, Scope};
use peercircle_http::{Api, Limits, Rate, router};
use peercircle_service::{Backend, ManualClock, MasterKey, Order, Service};
use peercircle_store::MemoryStore;
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub(crate) const MASTER: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
pub(crate) const NOW: &str = "2026-03-02T09:00:00Z";

/// No limit that a test would meet by accident.
pub(crate) fn wide() -> Limits {
    let mut limits = Limits::default();
    limits.visitor_rate = Rate { burst: 1_000_000, per_second: 1_000_000 };
    limits.key_rate = limits.visitor_rate;
    limits.guest_rate = limits.visitor_rate;
    limits.requests = 10_000;
    limits.streams = 10_000;
    limits.streams_per_visitor = 10_000;
    limits
}

pub(crate) struct World {
    pub(crate) api: Api,
    pub(crate) client: Client,
    pub(crate) clock: ManualClock,
    pub(crate) acme: Arc<Organisation>,
    /// Tokens by name: people by id, `owner`, `key:facts`, `key:all`; of the other organisation with `globex/` before it.
    pub(crate) tokens: BTreeMap<String, String>,
}

impl World {
    /// Acme has two groups, east with the cycle c-1 and west with c-2, both with session 1 on 2 March 2026 at 9:00; Globex has
    /// a cycle c-1 as well.
    pub(crate) fn new(limits: Limits) -> Self {
        Self::on(Arc::new(MemoryStore::default()), limits)
    }

    pub(crate) fn on(store: Arc<dyn Backend>, limits: Limits) -> Self {
        let host = Arc::new(Host::default());
        let clock = ManualClock::at(at("2026-02-02T09:00:00Z"));
        let mut tokens = BTreeMap::new();
        let acme = organisation(&host, "acme", store, &clock);
        let globex = organisation(&host, "globex", Arc::new(MemoryStore::default()), &clock);
        for (organisation, prefix) in [(&acme, ""), (&globex, "globex/")] {
            let owner = host.redeem(&organisation.invite_owner("hr@example.org").unwrap().token).unwrap().token;
            let visitor = host.sign_in(peercircle_host::Credential::Link(&owner)).unwrap();
            tokens.insert(format!("{prefix}owner"), owner);
            for scope in Scope::ALL {
                let key = organisation.make_key(scope.name(), [scope].into(), None).unwrap().key;
                tokens.insert(format!("{prefix}key:{}", scope.name()), key);
            }
            let all = organisation.make_key("all", Scope::ALL.into(), None).unwrap().key;
            tokens.insert(format!("{prefix}key:all"), all);
            for (group, cycle, members) in [
                ("east", "c-1", ["ana", "bo", "cy", "dee", "eli", "fay"]),
                ("west", "c-2", ["gus", "hal", "ida", "jon", "kim", "lou"]),
            ] {
                for (number, member) in members.iter().enumerate() {
                    visitor.put_person(&person(member, number)).unwrap();
                    let invitation = visitor.invite(&who(member)).unwrap();
                    tokens.insert(format!("{prefix}{member}"), host.redeem(&invitation.token).unwrap().token);
                }
                let members = members.map(who).to_vec();
                visitor.put_group(&Group { id: group.parse().unwrap(), name: group.to_owned(), members }).unwrap();
                let new =
                    json!({"cycle": cycle, "module": "delegation", "session_1": {"starts_at": NOW, "place": "onsite"}});
                visitor.form_cycle(&group.parse().unwrap(), &serde_json::from_value(new).unwrap()).unwrap();
            }
        }
        let api = Api::new(host, limits);
        let client = Client { app: router(api.clone()) };
        Self { api, client, clock, acme, tokens }
    }

    pub(crate) fn token(&self, name: &str) -> &str {
        &self.tokens[name]
    }

    pub(crate) fn at(&self, now: &str) {
        self.clock.set(at(now));
    }

    /// A command past the API, that has to be accepted.
    pub(crate) fn give(&self, cycle: &str, by: &str, command: Value) {
        let by = match by {
            "organiser" => WireActor::Organiser {},
            member => WireActor::Member { member: who(member) },
        };
        let command: WireCommand = serde_json::from_value(command).unwrap();
        let given = self.acme.service().give(&Order::new(id(cycle), by, command)).unwrap();
        assert!(matches!(given.view, VerdictView::Accepted { .. }), "{:?}", given.view);
    }

    /// Session 1 of a cycle runs, everyone is there, the first facilitates, stories are told.
    pub(crate) fn start(&self, cycle: &str, members: &[&str]) {
        let chair = members[0];
        self.at("2026-03-02T08:55:00Z");
        self.give(cycle, chair, json!({"type":"facilitator.appoint","session":"explore","member":chair}));
        self.give(cycle, chair, json!({"type":"session.open","session":"explore"}));
        for member in members {
            self.give(cycle, member, json!({"type":"attendance.mark","member":member,"attendance":"present"}));
            self.give(cycle, member, json!({"type":"ground_rules.accept","member":member,"version":1}));
        }
        self.at(NOW);
        self.give(cycle, chair, json!({"type":"session.start"}));
        self.give(cycle, chair, json!({"type":"phase.open","phase":"story_sharing"}));
    }

    pub(crate) fn east(&self) {
        self.start("c-1", &["ana", "bo", "cy", "dee", "eli", "fay"]);
    }

    pub(crate) fn get<'a>(&'a self, by: &str, path: &str) -> Asked<'a> {
        self.ask(by, "GET", path)
    }

    pub(crate) fn post<'a>(&'a self, by: &str, path: &str, body: &Value) -> Asked<'a> {
        self.ask(by, "POST", path).json(body)
    }

    pub(crate) fn ask<'a>(&'a self, by: &str, method: &str, path: &str) -> Asked<'a> {
        let asked = self.client.ask(method, path);
        if by.is_empty() { asked } else { asked.bearer(self.token(by)) }
    }
}

fn organisation(host: &Host, name: &str, store: Arc<dyn Backend>, clock: &ManualClock) -> Arc<Organisation> {
    let service = Service::on(store).with_clock(clock.clone()).with_vault(MasterKey::from_hex(MASTER).unwrap());
    host.add(Organisation::new(name.parse().unwrap(), name, service))
}

pub(crate) fn person(id: &str, number: usize) -> Person {
    Person {
        id: who(id),
        name: format!("{id} of the test"),
        email: None,
        level: "lead".parse().unwrap(),
        department: format!("d-{number}").parse().unwrap(),
        manager: None,
    }
}

#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) app: Router,
}

impl Client {
    pub(crate) fn ask(&self, method: &str, path: &str) -> Asked<'_> {
        let request = Request::builder().method(method).uri(path).header("host", "peers.example");
        Asked { client: self, request, body: Body::empty() }
    }
}

pub(crate) struct Asked<'a> {
    client: &'a Client,
    request: axum::http::request::Builder,
    body: Body,
}

impl Asked<'_> {
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn in_name_of(self, member: &str) -> Self {
        self.with("peercircle-member", member)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.text("application/json", body.to_string())
    }

    pub(crate) fn text(self, media: &str, body: impl Into<Body>) -> Self {
        Self { body: body.into(), ..self.with("content-type", media) }
    }

    pub(crate) fn peer(mut self, address: &str) -> Self {
        let address: std::net::SocketAddr = address.parse().unwrap();
        self.request = self.request.extension(axum::extract::ConnectInfo(address));
        self
    }

    pub(crate) async fn open(self) -> axum::response::Response {
        self.client.app.clone().oneshot(self.request.body(self.body).unwrap()).await.unwrap()
    }

    pub(crate) async fn send(self) -> Answer {
        let (parts, body) = self.open().await.into_parts();
        Answer { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
    }

    /// Has to come to this status.
    pub(crate) async fn gets(self, status: u16) -> Answer {
        let answer = self.send().await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.shown());
        answer
    }

    /// Has to be refused like this.
    pub(crate) async fn refused(self, status: u16, code: &str) -> Value {
        let answer = self.gets(status).await;
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!((&problem["code"], &problem["status"]), (&json!(code), &json!(status)), "{problem}");
        assert_eq!(problem["type"], format!("urn:peercircle:problem:{code}"));
        problem
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.shown()))
    }

    pub(crate) fn shown(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(&self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub(crate) fn id(text: &str) -> CycleId {
    text.parse().unwrap()
}

pub(crate) fn who(text: &str) -> MemberId {
    text.parse().unwrap()
}

/// A command that anybody in the room may give again and again.
pub(crate) fn reply(member: &str, yes: bool) -> Value {
    let reply = if yes { "accepted" } else { "tentative" };
    json!({"type":"session.reply","member":member,"session":"explore","reply":reply})
}
