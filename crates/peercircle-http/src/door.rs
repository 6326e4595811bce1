//! The door: what somebody shows, and who that is.

use crate::problem::{No, no};
use axum::http::{HeaderMap, HeaderName, Method, header};
use peercircle_core::MemberId;
use peercircle_host::{Credential, Host, SignInError, Visitor, Who};

/// The cookie that a personal link is kept in.
const COOKIE: &str = "pc";

/// In whose name a system asks.
pub(crate) static ON_BEHALF: HeaderName = HeaderName::from_static("peercircle-member");

static FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What somebody shows.
#[derive(Clone)]
pub(crate) enum Shown {
    /// `Authorization: Bearer`: a key, a token of the organisation's issuer, or a personal link's.
    Bearer(String),
    /// The cookie: a personal link's token.
    Cookie(String),
}

impl Shown {
    /// What a request shows; nothing where it shows nothing.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>, No> {
        if let Some(value) = headers.get(header::AUTHORIZATION) {
            let text = value.to_str().unwrap_or_default();
            let token = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
            return match token.map(|(_, token)| token.trim()).filter(|token| !token.is_empty()) {
                Some(token) => Ok(Some(Self::Bearer(token.to_owned()))),
                None => Err(no("not_signed_in", "expected `Bearer` and a token in `Authorization`, got another")),
            };
        }
        let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let found = pairs.find(|(name, value)| *name == COOKIE && !value.is_empty());
        Ok(found.map(|(_, token)| Self::Cookie(token.to_owned())))
    }

    /// The token.
    pub(crate) fn token(&self) -> &str {
        let (Self::Bearer(token) | Self::Cookie(token)) = self;
        token
    }

    /// Whether it is a key or a link of ours, which takes one look into a table; for a token of an issuer that may have to be asked.
    pub(crate) fn is_ours(&self) -> bool {
        self.token().bytes().filter(|byte| *byte == b'.').count() == 1
    }

    /// Who that is. Asks the store.
    pub(crate) fn sign_in(&self, host: &Host) -> Result<Visitor, SignInError> {
        match self {
            Self::Cookie(token) => host.sign_in(Credential::Link(token)),
            Self::Bearer(token) => match host.sign_in(Credential::bearer(token)) {
                Err(SignInError::Unknown) => host.sign_in(Credential::Link(token)),
                known => known,
            },
        }
    }

    /// A page of another origin has the cookie sent along as well: what changes something has to come from a page of ours.
    pub(crate) fn is_of_origin(&self, method: &Method, headers: &HeaderMap) -> Result<(), No> {
        let reads = method == Method::GET || method == Method::HEAD || method == Method::OPTIONS;
        if reads || matches!(self, Self::Bearer(_)) {
            return Ok(());
        }
        let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let (site, origin, host) = (text(&FETCH_SITE), text(&header::ORIGIN), text(&header::HOST));
        let same = match (site, origin) {
            (Some(site), _) => site == "same-origin",
            (None, Some(origin)) => {
                let authority = origin.split_once("://").map(|(_, authority)| authority);
                authority.is_some() && authority == host
            }
            (None, None) => false,
        };
        if same {
            return Ok(());
        }
        let got = site.or(origin).unwrap_or("neither `Sec-Fetch-Site` nor `Origin`");
        Err(no("cross_origin", format!("expected a request of this origin where a cookie signs in, got `{got}`")))
    }
}

/// Whose name the request is in.
pub(crate) fn on_behalf_of(headers: &HeaderMap) -> Result<Option<MemberId>, No> {
    let Some(value) = headers.get(&ON_BEHALF) else { return Ok(None) };
    let member = value.to_str().ok().and_then(|text| text.parse().ok());
    let no = || no("bad_header", "expected a member's id in `Peercircle-Member`, got another text");
    member.map(Some).ok_or_else(no)
}

/// A visitor for counting, by role and name: no token, and not for logs.
pub(crate) fn name(visitor: &Visitor) -> String {
    let organisation = visitor.organisation().id();
    match visitor.who() {
        Who::System { key, .. } | Who::Member { by_key: Some(key), .. } => format!("{organisation} key {key}"),
        Who::Member { person, by_key: None, .. } => format!("{organisation} member {person}"),
        Who::Owner { name } => format!("{organisation} owner {name}"),
    }
}
