//! A site with the sample organisation, and a browser without a screen.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderName, Method, Request, StatusCode, header},
};
use peercircle_host::{Credential, Demo, Host, Organisation, Visitor};
use peercircle_service::{Backend, ManualClock, MasterKey, Service};
use peercircle_store::MemoryStore;
use peercircle_web::{Web, router};
use tower::ServiceExt as _;

/// The site.
pub(crate) struct House {
    pub(crate) host: Arc<Host>,
    pub(crate) demo: Demo,
    pub(crate) clock: ManualClock,
    /// The owner's cookie.
    pub(crate) owner: String,
    pages: Router,
}

impl House {
    /// With the sample organisation.
    pub(crate) fn new() -> Self {
        let backend: Arc<dyn Backend> = Arc::new(MemoryStore::default());
        let master = MasterKey::from_hex(&"07".repeat(32)).unwrap();
        let now = "2026-03-02T09:00:00Z".parse().unwrap();
        let demo = Demo::fill(&"sample".parse().unwrap(), &backend, Some(&master), now).unwrap();
        let clock = ManualClock::at(now);
        let service = Service::on(backend).with_clock(clock.clone()).with_vault(master);
        Self::of(service, clock, demo)
    }

    /// With an organisation that has only just begun.
    pub(crate) fn empty() -> Self {
        let house = Self::new();
        let service = Service::on(Arc::new(MemoryStore::default())).with_clock(house.clock.clone());
        let empty = Self::of(service, house.clock, house.demo);
        let invitation = empty.organisation().invite_owner("Programme owner").unwrap();
        let owner = empty.host.redeem(&invitation.token).unwrap().token;
        Self { owner, ..empty }
    }

    fn of(service: Service, clock: ManualClock, demo: Demo) -> Self {
        let host = Host::default();
        host.add(Organisation::new("sample".parse().unwrap(), "Sample organisation", service));
        let host = Arc::new(host);
        let (pages, owner) = (router(Web::new(Arc::clone(&host))), demo.owner.token.clone());
        Self { host, demo, clock, owner, pages }
    }

    /// The same, with other pages on it.
    pub(crate) fn with(self, web: impl FnOnce(Web) -> Web) -> Self {
        let pages = router(web(Web::new(Arc::clone(&self.host))));
        Self { pages, ..self }
    }

    /// The same house at another time.
    pub(crate) fn at(&self, now: &str) -> &Self {
        self.clock.set(now.parse().unwrap());
        self
    }

    pub(crate) fn organisation(&self) -> Arc<Organisation> {
        self.host.organisation(&"sample".parse().unwrap()).unwrap()
    }

    /// The owner, past the pages.
    pub(crate) fn visitor(&self) -> Visitor {
        self.host.sign_in(Credential::Link(&self.owner)).unwrap()
    }

    /// A member's cookie.
    pub(crate) fn member(&self, name: &str) -> String {
        self.demo.people.iter().find(|person| person.name == name).unwrap().link.token.clone()
    }

    /// A page, as the owner sees it.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(Some(&self.owner), Method::GET, path, &Sent::Nothing)
    }

    /// A form, as the owner sends it.
    pub(crate) fn post(&self, path: &str, sent: &Sent) -> Answer {
        self.ask(Some(&self.owner), Method::POST, path, sent)
    }

    pub(crate) fn ask(&self, cookie: Option<&str>, method: Method, path: &str, sent: &Sent) -> Answer {
        self.ask_from("same-origin", cookie, method, path, sent)
    }

    pub(crate) fn ask_from(&self, site: &str, cookie: Option<&str>, method: Method, path: &str, sent: &Sent) -> Answer {
        let cookie = cookie.map(|cookie| (header::COOKIE, format!("pc={cookie}")));
        let site = (HeaderName::from_static("sec-fetch-site"), site.to_owned());
        self.send(method, path, cookie.into_iter().chain([site]), sent)
    }

    /// The same, with headers of one's own.
    pub(crate) fn send(
        &self,
        method: Method,
        path: &str,
        headers: impl IntoIterator<Item = (HeaderName, String)>,
        sent: &Sent,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "circle.example");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let body = match sent {
            Sent::Nothing => Body::empty(),
            Sent::Body { kind, bytes } => {
                request = request.header(header::CONTENT_TYPE, *kind);
                Body::from(bytes.clone())
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let answer = self.pages.clone().oneshot(request.body(body).unwrap()).await.unwrap();
            let (parts, body) = answer.into_parts();
            let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
            let location = parts.headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
            Answer { status: parts.status, location, text, headers: parts.headers }
        })
    }
}

/// What goes with a request.
pub(crate) enum Sent {
    Nothing,
    Body { kind: &'static str, bytes: Vec<u8> },
}

impl Sent {
    /// A form as browsers send most.
    pub(crate) fn form(fields: &[(&str, &str)]) -> Self {
        let encode = |text: &str| -> String {
            text.bytes()
                .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
                .collect()
        };
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        Self::Body { kind: "application/x-www-form-urlencoded", bytes: fields.join("&").into_bytes() }
    }

    /// A form with files: name, name of the file where it is one, content.
    pub(crate) fn multipart(parts: &[(&str, Option<&str>, &[u8])]) -> Self {
        let mut bytes = Vec::new();
        for (name, file, content) in parts {
            let file = file.map(|file| format!("; filename=\"{file}\"\r\nContent-Type: text/csv")).unwrap_or_default();
            bytes.extend(format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").into_bytes());
            bytes.extend(*content);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"--limit--\r\n");
        Self::Body { kind: "multipart/form-data; boundary=limit", bytes }
    }
}

/// What came.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) text: String,
    headers: HeaderMap,
}

impl Answer {
    /// That the page holds all of these.
    pub(crate) fn says(&self, words: &[&str]) {
        for words in words {
            assert!(self.text.contains(words), "expected `{words}` in {} {}", self.status, self.text);
        }
    }

    /// What is to be read on the page, without its marks.
    pub(crate) fn words(&self) -> String {
        let main = self.text.split("<main").nth(1).unwrap_or(&self.text);
        main.split('<').filter_map(|part| part.split_once('>')).map(|(_, words)| words).collect()
    }

    /// The row of a table that holds this.
    pub(crate) fn row(&self, words: &str) -> &str {
        let row = self.text.split("<tr>").find(|row| row.contains(words));
        row.and_then(|row| row.split("</tr>").next()).unwrap_or_else(|| panic!("no row with `{words}` in {}", self.text))
    }

    /// What people read of it: without tags, and so without what only a browser reads.
    pub(crate) fn read(&self) -> String {
        let parts = self.text.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
        parts.collect::<String>()
    }

    /// Where the link of this label goes.
    pub(crate) fn link(&self, label: &str) -> String {
        let before = self.text.split(&format!(">{label}</a>")).next().unwrap();
        assert_ne!(before, self.text, "no link `{label}` in {}", self.text);
        let to = before.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
        to.replace("&amp;", "&")
    }

    /// The addresses of a sheet of invitations.
    pub(crate) fn invitations(&self) -> Vec<String> {
        let base = "http://circle.example/in/";
        self.text.split(base).skip(1).map(|rest| format!("/in/{}", rest.split('<').next().unwrap())).collect()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
