//! The frame of every page, and what went wrong in words.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, html};
use peercircle_core::{CycleId, RefusalView};
use peercircle_host::{Closed, HostError, Invited, Visitor};
use peercircle_service::ServiceError;

use crate::{
    address::at,
    asset,
    words::{Names, capital, spaced},
};

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
                    div.notices {
                        p #connection .notice role="status" hidden { "No connection. What you see may be old; it goes on by itself as soon as it is back." }
                        div #unsent role="status" {}
                    }
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
    /// Whoever was signed in here is no longer.
    SignedOut,
    /// What was opened was good once.
    Closed(Closed),
    /// What was opened never was, or is no longer and nobody knows why.
    NoSuchLink,
    /// The cycle is one that they left.
    Left(CycleId),
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

/// What went wrong, for a page of its own: a status, a headline, what is the matter, what would help, and where to go.
struct Told {
    status: StatusCode,
    title: &'static str,
    says: Markup,
    helps: Markup,
    to: Markup,
}

impl Told {
    fn new(status: StatusCode, title: &'static str, says: &str, helps: &str) -> Self {
        let to = html! { a.button href="/" { "To my page" } };
        Self { status, title, says: html! { p { (says) } }, helps: html! { p.helps { (helps) } }, to }
    }

    /// Where there is no page of theirs to go to.
    fn signed_out(self) -> Self {
        Self { to: html! { a.button href="/" { "To the first page" } }, ..self }
    }

    fn page(self) -> Page {
        let Self { status, title, says, helps, to } = self;
        let body = html! { section.card { h1 { (title) } (says) (helps) p { (to) } } };
        Page { status, ..Page::new(title, body) }
    }
}

/// Whom a member asks for a new way in.
pub(crate) const OF_A_MEMBER: &str = "ask your programme owner, who forms the groups where you work, for a new invitation.";

/// The same for a programme owner.
pub(crate) const OF_AN_OWNER: &str = "ask another programme owner for a new invitation, or whoever runs this service: the command \
                           \u{201c}peercircle-server invite-owner\u{201d} prints one.";

/// Whom to ask, where nobody knows who asks.
pub(crate) fn ask_somebody() -> String {
    format!("{OF_A_MEMBER} If you run the programme yourself, {OF_AN_OWNER}")
}

/// Whom to ask, where it is known who asks.
fn ask(whom: &Invited) -> String {
    capital(match whom {
        Invited::Member { .. } => OF_A_MEMBER,
        Invited::Owner { .. } => OF_AN_OWNER,
    })
}

/// Whom to tell that somebody else came in.
const fn tell(whom: &Invited) -> &'static str {
    match whom {
        Invited::Member { .. } => "say so in your group.",
        Invited::Owner { .. } => "say so to whoever invited you.",
    }
}

/// What nobody has to fear.
pub(crate) const KEPT: &str = "Nothing that you did or wrote is lost.";

impl Trouble {
    pub(crate) fn form(expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self::Form { expected: expected.into(), got: got.into() }
    }

    fn told(&self) -> Told {
        match self {
            Self::SignIn => Told::new(
                StatusCode::UNAUTHORIZED,
                "Please open your personal link",
                "This page is for people who are in a group here or run the programme.",
                "Your invitation has a link of your own. If you no longer have it, ask your programme owner for a new one.",
            )
            .signed_out(),
            Self::SignedOut => Told::new(
                StatusCode::UNAUTHORIZED,
                "You are no longer signed in",
                "The link that this device came in by has ended. That is so once you sign out on any device with the same \
                 link, half a year after you came in, or where somebody said that it wasn't you.",
                &format!("{KEPT} To come back, {}", ask_somebody()),
            )
            .signed_out(),
            Self::Closed(closed) => closed_words(closed).signed_out(),
            Self::NoSuchLink => Told::new(
                StatusCode::NOT_FOUND,
                "This link opens nothing",
                "Part of it may be missing, as some programs cut long links. Or it has ended: links end when somebody signs out.",
                &format!("Copy all of it from your invitation and try again. If that doesn't help, {}", ask_somebody()),
            ),
            Self::Left(cycle) => {
                let notes = html! { a.button href={ (at("c", cycle)) "/notes" } { "What I wrote" } " " a.button.quiet href="/" { "To my page" } };
                let told = Told::new(
                    StatusCode::FORBIDDEN,
                    "You are no longer in this group",
                    "You left it, or a session was missed that couldn't be made up for. What happens in it now is its own.",
                    "What you wrote stays yours, and what you heard there stays there. If you think that this is a mistake, or \
                     would like to be in another group, ask your programme owner.",
                );
                Told { to: notes, ..told }
            }
            Self::Foreign => Told::new(
                StatusCode::FORBIDDEN,
                "That came from another site",
                "What was sent didn't come from one of these pages.",
                "Open the page here and press there.",
            ),
            Self::Form { expected, got } => Told::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "That can't be read",
                &format!("Expected {expected}, got {got}."),
                "Go back and try again.",
            ),
            Self::Host(HostError::Forbidden(no)) => {
                Told::new(StatusCode::FORBIDDEN, "This isn't yours to see", &no.says, &no.helps)
            }
            Self::Host(HostError::NotFound { .. }) => missing(),
            Self::Host(error @ (HostError::Invalid { .. } | HostError::Roster { .. } | HostError::Process(_))) => Told::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "That doesn't work",
                &format!("{error}."),
                "Go back, change it and try again.",
            ),
            // Somebody went back to a form that was through, and sent it with something else in it.
            Self::Host(HostError::Service(ServiceError::KeyReused { .. })) => Told::new(
                StatusCode::CONFLICT,
                "That form was sent before",
                "It was sent, and counted as it was then; what you have changed in it since doesn't count.",
                "Open your page anew, and say it in a new form.",
            ),
            Self::Host(HostError::Refused { refusals: list }) => {
                let told = Told::new(StatusCode::CONFLICT, "The rules say no", "", "");
                Told { says: refusals(list, &Names::default()), helps: html! {}, ..told }
            }
            Self::Host(error) => {
                // The code alone: what the store says may hold what was said.
                tracing::error!(code = error.code(), "no answer");
                Told::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "It doesn't answer right now",
                    "What you sent may or may not have been kept.",
                    "Try again in a moment: the same thing sent twice counts once.",
                )
            }
        }
    }
}

/// What was good once, told to whoever still holds it: neither a name nor a group, as it may have gone through many hands.
fn closed_words(closed: &Closed) -> Told {
    match closed {
        Closed::Taken { invited } => Told::new(
            StatusCode::GONE,
            "This invitation was used",
            "It works once, and somebody has opened it. If that was you: where you opened it you are signed in, and your page \
             \u{201c}Me\u{201d} there has the link for this device.",
            &format!("If it wasn't you, somebody else may be signed in as you: {} {}", tell(invited), ask(invited)),
        ),
        Closed::InvitationExpired { invited } => Told::new(
            StatusCode::GONE,
            "This invitation is too old",
            "Nobody opened it within a month, and it opens nothing any more.",
            &ask(invited),
        ),
        Closed::LinkExpired { invited } => Told::new(
            StatusCode::GONE,
            "Your personal link has ended",
            "A link is good for half a year from the day you came in.",
            &format!("{KEPT} {}", ask(invited)),
        ),
    }
}

fn missing() -> Told {
    Told::new(
        StatusCode::NOT_FOUND,
        "There is nothing here",
        "This page doesn't exist, or it isn't yours to see.",
        "Go to your own page and on from there.",
    )
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        self.told().page().into_response()
    }
}

pub(crate) fn not_found() -> Page {
    missing().page()
}

/// What the machine refuses, each with what would help.
pub(crate) fn refusals(list: &[RefusalView], names: &Names) -> Markup {
    html! {
        ul.refusals {
            @for no in list { li { strong { (names.sentence(no, &no.says)) } " " span.helps { (names.sentence(no, &no.helps)) } } }
        }
        (rules(list))
    }
}

/// The rules behind refusals, for whoever looks for them: numbers are for those who write a process, not for those who meet.
fn rules(list: &[RefusalView]) -> Markup {
    let mut behind: Vec<&str> = list.iter().map(|no| no.rule.as_str()).collect();
    behind.sort_unstable();
    behind.dedup();
    html! {
        @if !behind.is_empty() {
            details.rules {
                summary { @if behind.len() == 1 { "The rule behind this" } @else { "The rules behind this" } }
                ul {
                    @for id in behind {
                        @match peercircle_core::RULES.iter().find(|rule| rule.id.to_string() == id) {
                            Some(rule) => li { (rule.text) " " (rule.why) " " span.rule { "(" (id) ", " (rule.title) ")" } },
                            // One of the group's own process.
                            None => li { "A rule of your process: " span.rule { (spaced(id)) } },
                        }
                    }
                }
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
