//! The frame of every page, and what went wrong in words.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, html};
use peercircle_core::{CycleId, RefusalView};
use peercircle_host::{HostError, Visitor};

use crate::{asset, words::Names};

/// A page, before it has its frame.
pub(crate) struct Page {
    pub(crate) title: String,
    pub(crate) status: StatusCode,
    pub(crate) nav: Nav,
    /// What a screen reader is told when this changes under it.
    pub(crate) say: String,
    /// The cycle the page is live with, and up to which event it speaks.
    pub(crate) live: Option<(CycleId, u32)>,
    pub(crate) alert: Option<Markup>,
    pub(crate) wide: bool,
    pub(crate) body: Markup,
}

/// Where one can go from a page.
#[derive(Clone, Default)]
pub(crate) struct Nav {
    /// What the organisation or the group is called.
    pub(crate) place: Option<String>,
    /// Label, address, and whether that is here.
    pub(crate) links: Vec<(&'static str, String, bool)>,
}

impl Page {
    pub(crate) fn new(title: impl Into<String>, body: Markup) -> Self {
        Self {
            title: title.into(),
            status: StatusCode::OK,
            nav: Nav::default(),
            say: String::new(),
            live: None,
            alert: None,
            wide: false,
            body,
        }
    }

    pub(crate) fn with(self, nav: Nav) -> Self {
        Self { nav, ..self }
    }

    /// For tables and cards side by side.
    pub(crate) fn wide(self) -> Self {
        Self { wide: true, ..self }
    }

    pub(crate) fn saying(self, say: impl Into<String>) -> Self {
        Self { say: say.into(), ..self }
    }

    /// A page that says no to what was pressed.
    pub(crate) fn refusing(self, status: StatusCode, alert: Markup) -> Self {
        Self { status, alert: Some(alert), ..self }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let Self { title, status, nav, say, live, alert, wide, body } = self;
        let cycle = live.as_ref().map(|(cycle, _)| cycle.as_str());
        let revision = live.as_ref().map(|(_, revision)| *revision);
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                    meta name="color-scheme" content="light dark";
                    meta name="referrer" content="same-origin";
                    title { (title) " · peercircle" }
                    link rel="icon" type="image/svg+xml" href=(asset::icon());
                    link rel="stylesheet" href=(asset::style());
                    script defer src=(asset::script()) {}
                }
                body {
                    a.skip href="#main" { "To the page" }
                    header.bar {
                        a.home href="/" { img src=(asset::icon()) alt="" width="24" height="24"; span { (nav.place.as_deref().unwrap_or("peercircle")) } }
                        @if !nav.links.is_empty() {
                            nav aria-label="Pages" {
                                @for (label, to, here) in &nav.links {
                                    a href=(to) aria-current=[here.then_some("page")] { (label) }
                                }
                            }
                        }
                    }
                    p #connection .connection role="status" hidden { "No connection. Nothing is lost: this goes on as soon as it is back." }
                    main #main.wide[wide] tabindex="-1" data-cycle=[cycle] data-revision=[revision] data-say=[Some(&say).filter(|say| !say.is_empty())] {
                        div #alert { @if let Some(alert) = alert { div.alert role="alert" tabindex="-1" { (alert) } } }
                        (body)
                    }
                    p #announce .sr aria-live="polite" {}
                }
            }
        };
        (status, Html(page.into_string())).into_response()
    }
}

/// What keeps a page from being shown.
pub(crate) enum Trouble {
    /// Nobody is signed in.
    SignIn,
    /// The host has no answer.
    Host(HostError),
    /// What came in the form can't be read.
    Form { expected: String, got: String },
    /// A request that another site made for the visitor.
    Foreign,
}

impl From<HostError> for Trouble {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

impl Trouble {
    pub(crate) fn form(expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self::Form { expected: expected.into(), got: got.into() }
    }

    /// The status, a headline, what is the matter and what would help.
    fn words(&self) -> (StatusCode, &'static str, String, String) {
        match self {
            Self::SignIn => (
                StatusCode::UNAUTHORIZED,
                "Please open your personal link",
                "This page is for people who are in a group here or run the programme.".to_owned(),
                "Your invitation has a link of your own. If you no longer have it, ask your programme owner for a new one."
                    .to_owned(),
            ),
            Self::Foreign => (
                StatusCode::FORBIDDEN,
                "That came from another site",
                "What was sent didn't come from one of these pages.".to_owned(),
                "Open the page here and press there.".to_owned(),
            ),
            Self::Form { expected, got } => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "That can't be read",
                format!("Expected {expected}, got {got}."),
                "Go back and try again.".to_owned(),
            ),
            Self::Host(HostError::Forbidden(no)) => {
                (StatusCode::FORBIDDEN, "This isn't yours to see", no.says.clone(), no.helps.clone())
            }
            Self::Host(HostError::NotFound { .. }) => missing(),
            Self::Host(error @ (HostError::Invalid { .. } | HostError::Roster { .. } | HostError::Process(_))) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "That doesn't work",
                format!("{error}."),
                "Go back, change it and try again.".to_owned(),
            ),
            Self::Host(HostError::Refused { refusals }) => {
                let says = refusals.iter().map(|no| no.says.as_str()).collect::<Vec<_>>().join(" ");
                let helps = refusals.iter().map(|no| no.helps.as_str()).collect::<Vec<_>>().join(" ");
                (StatusCode::CONFLICT, "The rules say no", says, helps)
            }
            Self::Host(error) => {
                // The code alone: what the store says may hold what was said.
                tracing::error!(code = error.code(), "no answer");
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    "It doesn't answer right now",
                    "What you sent may or may not have been kept.".to_owned(),
                    "Try again in a moment: the same thing sent twice counts once.".to_owned(),
                )
            }
        }
    }
}

fn missing() -> (StatusCode, &'static str, String, String) {
    (
        StatusCode::NOT_FOUND,
        "There is nothing here",
        "This page doesn't exist, or it isn't yours to see.".to_owned(),
        "Go to your own page and on from there.".to_owned(),
    )
}

fn trouble((status, title, says, helps): (StatusCode, &'static str, String, String)) -> Page {
    let body = html! {
        section.card { h1 { (title) } p { (says) } p.helps { (helps) } p { a.button href="/" { "To my page" } } }
    };
    Page { status, ..Page::new(title, body) }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        trouble(self.words()).into_response()
    }
}

pub(crate) async fn not_found() -> Page {
    trouble(missing())
}

/// What the machine refuses, each with what would help.
pub(crate) fn refusals(list: &[RefusalView], names: &Names) -> Markup {
    html! {
        ul.refusals {
            @for no in list {
                li { strong { (names.sentence(no, &no.says)) } " " span.helps { (names.sentence(no, &no.helps)) } " " span.rule title="The rule behind it" { (no.rule) } }
            }
        }
    }
}

/// The same, with the names looked up of those whom it is about.
pub(crate) fn refusing(visitor: &Visitor, list: &[RefusalView]) -> Result<Markup, Trouble> {
    Ok(refusals(list, &Names::about(visitor, list)?))
}

/// Headers that every page has: it frames nothing, loads nothing from elsewhere, is kept by nobody.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Handouts carry their style with them; nothing else is inline, and no script ever.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
