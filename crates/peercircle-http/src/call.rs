//! A request as a route sees it, and its answer.

use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use bytes::Bytes;
use peercircle_core::{CommandId, CycleId};
use peercircle_host::{Seen, Visitor};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use crate::problem::{No, no};
use crate::{Api, body, door::Shown, lists, problem::Issue, route::Route};

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How many entries a page has where nothing is said, and at most.
const PAGE: usize = 50;
pub(crate) const MAX_PAGE: usize = 200;

/// A request whose body has been read and whose visitor is known.
pub(crate) struct Call {
    pub(crate) api: Api,
    pub(crate) route: &'static Route,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) shown: Option<Shown>,
    pub(crate) visitor: Option<Visitor>,
}

impl Call {
    /// Whoever asks.
    pub(crate) fn visitor(&self) -> Result<&Visitor, No> {
        self.visitor.as_ref().ok_or_else(nobody)
    }

    /// As [`visitor`](Self::visitor), to keep.
    pub(crate) fn signed_in(self) -> Result<Visitor, No> {
        self.visitor.ok_or_else(nobody)
    }

    /// A parameter of the path. What can't be an id isn't that of anything.
    pub(crate) fn path<T: FromStr>(&self, name: &str, expected: &'static str) -> Result<T, No> {
        let text = self.param(name);
        text.parse().map_err(|_| no("not_found", format!("expected {expected}, got `{}`", short(text))))
    }

    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn cycle(&self) -> Result<CycleId, No> {
        self.path("id", "a cycle of yours")
    }

    /// A parameter of the query, as it came.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query, read.
    pub(crate) fn query_as<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, No> {
        let Some(text) = self.query(name) else { return Ok(None) };
        let no = |_| no("bad_query", format!("expected {expected} as `{name}`, got `{}`", short(text)));
        text.parse().map(Some).map_err(no)
    }

    /// Whether a parameter of the query says so; where it is left out it doesn't.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, No> {
        match self.query(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(no("bad_query", format!("expected true or false as `{name}`, got `{}`", short(other)))),
        }
    }

    /// How many entries a page is to have.
    pub(crate) fn limit(&self) -> Result<usize, No> {
        let expected = format!("1 to {MAX_PAGE}");
        match self.query_as::<usize>("limit", &expected)? {
            None => Ok(PAGE),
            Some(limit @ 1..=MAX_PAGE) => Ok(limit),
            Some(other) => Err(no("bad_query", format!("expected {expected} as `limit`, got `{other}`"))),
        }
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &HeaderName) -> Result<Option<&str>, No> {
        let Some(value) = self.headers.get(name) else { return Ok(None) };
        let no = |_| no("bad_header", format!("expected visible ASCII in `{name}`, got other bytes"));
        value.to_str().map(Some).map_err(no)
    }

    /// The body as text.
    pub(crate) fn text(&self) -> Result<&str, No> {
        let no = |error: std::str::Utf8Error| {
            no("not_utf8", format!("expected text in UTF-8, got another byte at {}", error.valid_up_to()))
        };
        std::str::from_utf8(&self.body).map_err(no)
    }

    /// The body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, No> {
        let read = serde_json::from_slice(&self.body).map_err(|error| self.unread(&error))?;
        if self.body.contains(&b'[') {
            let body: serde_json::Value = serde_json::from_slice(&self.body).map_err(|error| bad_json(&error))?;
            if !lists::are_described(self.api.description(), self.route, &body) {
                let detail = "expected objects where the route's schema has them, got a list of fields";
                return Err(no("invalid_body", detail).issues(self.issues()).into());
            }
        }
        Ok(read)
    }

    /// Everything that the body has otherwise than the route's schema.
    fn issues(&self) -> Vec<Issue> {
        self.text().map(|text| body::issues(self.api.description(), self.route, text)).unwrap_or_default()
    }

    /// Why a body wasn't read: each field that isn't as the schema has it, or what serde says where the schema has no word for it.
    fn unread(&self, error: &serde_json::Error) -> No {
        let issues = if error.is_data() { self.issues() } else { Vec::new() };
        let Some(Issue { field, expected, got, .. }) = issues.first() else { return bad_json(error) };
        let place = field.as_ref().map(|field| format!(" as `{field}`")).unwrap_or_default();
        let more = match issues.len() {
            1 => String::new(),
            count => format!("; {} more in `issues`", count - 1),
        };
        let mut problem = no("invalid_body", format!("expected {expected}{place}, got {got}{more}"));
        (problem.expected, problem.got) = (Some(format!("{expected}{place}")), Some(got.clone()));
        problem.issues(issues).into()
    }

    /// The idempotency key. A UUID is taken as it is; any other text stands for one of its own, for each actor another, so
    /// that nobody's key is in the way of somebody else's.
    pub(crate) fn key(&self, actor: &str) -> Result<Option<CommandId>, No> {
        let Some(text) = self.header(&IDEMPOTENCY_KEY)? else { return Ok(None) };
        let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        if !(1..=255).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            let detail = "expected 1 to 255 visible characters in `Idempotency-Key`, got another text";
            return Err(no("bad_header", detail));
        }
        if let Ok(id) = text.parse() {
            return Ok(Some(id));
        }
        let digest: [u8; 32] = Sha256::digest(format!("{actor}\n{text}").as_bytes()).into();
        let [half @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = digest;
        Ok(Some(CommandId::from_bytes(half)))
    }

    /// What the visitor has seen of the cycle: an ETag of it.
    pub(crate) fn seen(&self) -> Result<Option<Seen>, No> {
        let Some(text) = self.header(&header::IF_MATCH)? else { return Ok(None) };
        let text = text.trim();
        if text == "*" {
            return Ok(None);
        }
        let seen = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.parse().ok());
        let no = || no("bad_header", format!("expected the ETag of the cycle in `If-Match`, got `{}`", short(text)));
        seen.map(Some).ok_or_else(no)
    }

    /// Whether the visitor has this version already.
    pub(crate) fn has(&self, etag: &str) -> Result<bool, No> {
        let Some(text) = self.header(&header::IF_NONE_MATCH)? else { return Ok(false) };
        Ok(text.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == "*" || one == etag))
    }
}

/// INVARIANT: a route that isn't public is reached by nobody else.
fn nobody() -> No {
    no("not_signed_in", "expected a visitor, got nobody")
}

/// What came, cut to what fits a line.
pub(crate) fn short(text: &str) -> String {
    text.chars().take(80).map(|one| if one.is_control() { ' ' } else { one }).collect()
}

fn bad_json(error: &serde_json::Error) -> No {
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words).to_owned();
    let (line, column) = (u64::try_from(error.line()).unwrap_or(0), u64::try_from(error.column()).unwrap_or(0));
    let (code, expected) = match error.classify() {
        serde_json::error::Category::Data => ("invalid_body", "what the route's schema says"),
        serde_json::error::Category::Io | serde_json::error::Category::Syntax | serde_json::error::Category::Eof => {
            ("bad_json", "JSON")
        }
    };
    let issue = Issue {
        line: line.max(1),
        column: (column > 0).then_some(column),
        expected: expected.to_owned(),
        got: words.clone(),
        ..Issue::default()
    };
    let mut problem = no(code, words.clone()).issues(vec![issue]);
    if problem.expected.is_none() {
        problem.expected = Some(expected.to_owned());
        problem.got = Some(words);
    }
    problem.into()
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) media: &'static str,
    pub(crate) body: Bytes,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Reply {
    /// 200 with this as JSON.
    pub(crate) fn json(value: &impl Serialize) -> Result<Self, No> {
        let body = serde_json::to_vec(value).map_err(|_| no("internal", "expected JSON, got what isn't"))?;
        Ok(Self::bytes("application/json", body.into()))
    }

    /// 200 with these bytes.
    pub(crate) fn bytes(media: &'static str, body: Bytes) -> Self {
        Self { status: StatusCode::OK, media, body, headers: Vec::new() }
    }

    /// 204.
    pub(crate) fn empty() -> Self {
        Self { status: StatusCode::NO_CONTENT, ..Self::bytes("", Bytes::new()) }
    }

    /// With another status.
    pub(crate) fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// With a header more.
    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
        self
    }
}
