//! In and out: a personal link opens, and is shown again to nobody but its owner.

use axum::{
    Form, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::{CookieJar, cookie::Cookie};
use maud::{Markup, html};
use peercircle_host::{Closed, Credential, Host, HostError, Invited, SignInError, Visitor, Who};

use crate::{
    Web, forms,
    guard::{self, COOKIE, SignedIn, blocking},
    language::Reader,
    member, owner,
    page::{self, Nav, Page, Trouble},
    sample, sure,
    words::{day, when},
};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(home))
        .route("/in/{token}", get(knock).post(enter))
        .route("/me", get(me))
        .route("/me/code", post(draw))
        .route("/me/recover", post(recover))
        .route("/out", get(gone).post(out))
        .route("/out-everywhere", post(out_everywhere))
        .layer(axum::middleware::from_fn(guard::own_site))
}

/// To one's own page.
async fn home(State(web): State<Web>, reader: Reader, headers: HeaderMap) -> Result<Response, Trouble> {
    let token = guard::token(&headers);
    let is_known = token.is_some();
    let asked = blocking(move || {
        let visitor = token.map(|token| signed_in(&web.host, &token)).transpose()?.flatten();
        let first = if visitor.is_none() { sample::first(&web)? } else { None };
        Ok((visitor, first))
    });
    match asked.await? {
        (Some(visitor), _) if matches!(visitor.who(), Who::Owner { .. }) => owner::home(visitor).await,
        (Some(visitor), _) => member::home(visitor, reader).await,
        (None, Some(first)) => Ok(first.into_response()),
        (None, None) if is_known => Err(Trouble::SignedOut),
        (None, None) => Ok(welcome().into_response()),
    }
}

/// Whoever this token signs in, where it does.
fn signed_in(host: &Host, token: &str) -> Result<Option<Visitor>, Trouble> {
    match host.sign_in(Credential::Link(token)) {
        Ok(visitor) => Ok(Some(visitor)),
        Err(SignInError::Host(error)) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

fn welcome() -> Page {
    let body = html! {
        section.card {
            h1 { "Peer learning groups" }
            (about())
            p { "To come in, open the personal link from your invitation. If you no longer have it, ask your programme owner for a new one." }
            p.helps { "What is said in a group stays there: who runs the programme sees who attended and what was completed, never what was said." }
        }
    };
    Page::new("Welcome", body)
}

/// What this is, in a line.
pub(crate) fn about() -> Markup {
    html! { p.lead { "Six managers, two meetings of 90 minutes, a month apart, about one challenge they share. One of them facilitates; this page keeps the order, the turns and the clock." } }
}

/// An invitation asks once before it is taken, so that a preview of a message doesn't take it; a link just opens.
async fn knock(
    State(web): State<Web>,
    jar: CookieJar,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Result<Response, Trouble> {
    let host = web.host.clone();
    let asked = token.clone();
    let here = guard::token(&headers);
    let found = blocking(move || {
        if host.sign_in(Credential::Link(&asked)).is_ok() {
            return Ok(Knocked::Open(asked));
        }
        match host.invited(&asked) {
            Ok(invited) => {
                let organisation = of(&asked).and_then(|id| host.organisation(&id.parse().ok()?));
                let place = organisation.as_ref().map(|one| one.name().to_owned()).unwrap_or_default();
                let name = match (&invited, &organisation) {
                    (Invited::Member { person }, Some(organisation)) => organisation.name_of(person)?,
                    (Invited::Member { person }, None) => person.to_string(),
                    (Invited::Owner { name }, _) => name.clone(),
                };
                Ok(Knocked::Invited { invited, name, place })
            }
            Err(SignInError::Host(error)) => Err(error.into()),
            Err(_) => {
                let closed = closed(&host, &asked)?;
                let here = here.filter(|here| of(here) == of(&asked));
                if is_theirs(&host, &closed, here.as_deref())? {
                    Ok(Knocked::AlreadyIn)
                } else {
                    Err(Trouble::Closed(closed))
                }
            }
        }
    });
    let (invited, name, place) = match found.await? {
        Knocked::Open(token) => return Ok((jar.add(web.cookie(COOKIE, token)), Redirect::to("/")).into_response()),
        Knocked::AlreadyIn => return Ok(Redirect::to("/").into_response()),
        Knocked::Invited { invited, name, place } => (invited, name, place),
    };
    let body = html! {
        section.card {
            h1 { "Hello " (name) }
            @match invited {
                Invited::Member { .. } => {
                    p.lead { "You are invited to a peer learning group at " (place) "." }
                    p { "This is your own way in. It works once; after that this phone stays signed in, and you can bring other devices in from your page." }
                    p.helps { "What is said in the group stays there: whoever runs the programme sees who attended and what was completed, never what was said." }
                }
                Invited::Owner { .. } => {
                    p.lead { "You run the peer learning groups at " (place) "." }
                    p { "You form groups and see where they are: facts, never what was said." }
                }
            }
            form method="post" action={ "/in/" (token) } { button.primary { "This is me: open my page" } }
        }
    };
    Ok(Page::new("You are invited", body).into_response())
}

/// What stands behind what was opened.
enum Knocked {
    /// A personal link.
    Open(String),
    /// A used invitation, in the browser that it was used in.
    AlreadyIn,
    Invited {
        invited: Invited,
        name: String,
        place: String,
    },
}

/// Why what was opened opens nothing.
fn closed(host: &Host, token: &str) -> Result<Closed, Trouble> {
    match host.closed(token) {
        Ok(closed) => Ok(closed),
        Err(SignInError::Host(error)) => Err(error.into()),
        Err(_) => Err(Trouble::NoSuchLink),
    }
}

/// Of which organisation a token is.
fn of(token: &str) -> Option<&str> {
    token.split_once('.').map(|(organisation, _)| organisation)
}

/// Whether it is signed in here whom it was for: whoever opens an old invitation of theirs wants their page.
fn is_theirs(host: &Host, closed: &Closed, here: Option<&str>) -> Result<bool, Trouble> {
    let visitor = here.map(|here| signed_in(host, here)).transpose()?.flatten();
    Ok(visitor.is_some_and(|visitor| match (closed.invited(), visitor.who()) {
        (Invited::Member { person }, Who::Member { person: me, .. }) => person == me,
        (Invited::Owner { name }, Who::Owner { name: me }) => name == me,
        (Invited::Member { .. } | Invited::Owner { .. }, _) => false,
    }))
}

async fn enter(State(web): State<Web>, jar: CookieJar, Path(token): Path<String>) -> Result<Response, Trouble> {
    let from = web.clone();
    let link = blocking(move || match from.host.redeem(&token) {
        Ok(link) => {
            // Theirs may be the first organisation that is used: then the sample goes.
            sample::first(&from)?;
            Ok(link)
        }
        Err(SignInError::Host(error)) => Err(error.into()),
        // Somebody was faster.
        Err(_) => Err(Trouble::Closed(closed(&from.host, &token)?)),
    });
    let link = link.await?;
    Ok((jar.add(web.cookie(COOKIE, link.token)), Redirect::to("/")).into_response())
}

/// My devices: the link to open elsewhere, and how to be signed out.
async fn me(State(web): State<Web>, SignedIn(visitor): SignedIn, headers: HeaderMap) -> Result<Page, Trouble> {
    about_me(&web, visitor, &headers).await
}

async fn about_me(web: &Web, visitor: Visitor, headers: &HeaderMap) -> Result<Page, Trouble> {
    let link = format!("{}/in/{}", web.origin(headers), guard::token(headers).unwrap_or_default());
    let organisation = visitor.organisation().clone();
    let person = visitor.person().cloned();
    let whom = if person.is_some() { page::OF_A_MEMBER } else { page::OF_AN_OWNER };
    let found = blocking(move || {
        let name = match (visitor.who(), &person) {
            (Who::Owner { name }, _) => name.clone(),
            (Who::Member { .. } | Who::System { .. }, Some(person)) => organisation.name_of(person)?,
            (Who::Member { .. } | Who::System { .. }, None) => String::new(),
        };
        let sign_ins = if person.is_some() { visitor.sign_ins()? } else { Vec::new() };
        let code = if person.is_some() {
            code_card(&visitor)?
        } else {
            html! {}
        };
        Ok((name, sign_ins, code))
    });
    let (name, sign_ins, code) = found.await?;
    let body = html! {
        h1 { (name) }
        section.card {
            h2 { "On another device" }
            p { "Open this link there. It is yours alone: whoever has it is you." }
            p { label for="link" { "My personal link" } input #link readonly value=(link) data-copy="link" autocomplete="off"; }
            p { button.quiet type="button" data-copy-from="link" hidden { "Copy the link" } }
        }
        @if !sign_ins.is_empty() {
            section.card {
                h2 { "Where I am signed in" }
                p { "Each is an invitation that was taken as you. One that you don't know of is somebody else: sign out everywhere, and tell your group." }
                ul { @for one in &sign_ins { li { "since " (when(one.at)) ", until " (day(one.expires_at)) } } }
            }
        }
        (code)
        section.card {
            h2 { "Sign out" }
            div.row {
                (sure::asking("/me", "Sign out here", "", &html! {
                    p { "Your personal link, as it stands above, ends with it: any other device that came in by it is out as well. To come back, " (whom) }
                }, &html! { form method="post" action="/out" { button.danger { "Yes, sign out here" } } }))
                (sure::asking("/me", "Sign out everywhere", "quiet", &html! {
                    p { "Every link of yours stops working, and a recovery code of yours as well. To come back, " (whom) }
                }, &html! { form method="post" action="/out-everywhere" { button.danger { "Yes, sign out everywhere" } } }))
            }
        }
    };
    Ok(Page::new("Me", body).with(me_nav()))
}

fn me_nav() -> Nav {
    Nav { place: None, links: vec![("My page", "/".to_owned(), false), ("Me", "/me".to_owned(), true)] }
}

/// My recovery code: to have one drawn, or to come back with it.
fn code_card(visitor: &Visitor) -> Result<Markup, Trouble> {
    let is_sure = matches!(visitor.who(), Who::Member { vouched, vouched_in, .. } if *vouched || !vouched_in.is_empty());
    let drawn = visitor.recovery_code()?;
    Ok(html! {
        section.card #code {
            h2 { "My recovery code" }
            @if is_sure {
                p { "Should you be signed out after your group has talked, a new invitation alone opens no notes: somebody in your group has to say that it is you. With a recovery code you can say so yourself." }
                p.helps { "Only you see it. It is kept in a way that nobody can read it, so it is shown once; without an invitation of yours it opens nothing." }
                @if let Some(at) = drawn { p { "You have one, since " (when(at)) ". A new one takes its place." } }
                form method="post" action="/me/code" { button { @if drawn.is_some() { "Show me a new code" } @else { "Show me a code" } } }
            } @else {
                p { "It isn't certain yet that it is you, so you see no notes. If you have written down a recovery code, it opens them, and any other sign-in as you ends." }
                form method="post" action="/me/recover" {
                    label.field { span { "My recovery code" } input name="code" required autocomplete="off" autocapitalize="characters" spellcheck="false"; }
                    button.primary { "It is me: open my notes" }
                }
            }
        }
    })
}

/// A recovery code, shown this once.
async fn draw(SignedIn(visitor): SignedIn, headers: HeaderMap) -> Result<Page, Trouble> {
    let token = guard::token(&headers).unwrap_or_default();
    let drawn = blocking(move || Ok(visitor.draw_recovery_code(&token)?)).await?;
    let body = html! {
        h1 { "My recovery code" }
        section.card {
            p.code { (drawn.code) }
            p { "Write it down now, and keep it where you keep such things: it is shown this once. Any code that you had before is good no longer." }
            p { "Should you ever need it: ask for a new invitation, open it, and enter the code on your page \u{201c}Me\u{201d}." }
            p { a.button href="/me" { "I have written it down" } }
        }
    };
    Ok(Page::new("My recovery code", body).with(me_nav()))
}

/// Comes back with a recovery code.
async fn recover(
    State(web): State<Web>,
    SignedIn(visitor): SignedIn,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let (token, code) =
        (guard::token(&headers).unwrap_or_default(), forms::get(&fields, "code").unwrap_or_default().to_owned());
    let asked = visitor.clone();
    let done = blocking(move || match asked.recover(&token, &code) {
        Err(HostError::Invalid { .. }) => Ok(false),
        done => Ok(done.map(|_| true)?),
    });
    if done.await? {
        return Ok(Redirect::to("/").into_response());
    }
    let alert = html! {
        h2 { "That isn't your recovery code" }
        p { "It is the one that was shown to you last, with twenty signs. A code is good once, and no longer after somebody in your group said that it is you." }
    };
    Ok(about_me(&web, visitor, &headers).await?.refusing(StatusCode::UNPROCESSABLE_ENTITY, alert).into_response())
}

async fn out(
    State(web): State<Web>,
    SignedIn(visitor): SignedIn,
    jar: CookieJar,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let token = guard::token(&headers).unwrap_or_default();
    let to = if sample::is_sample(&web, visitor.organisation().id()) { "/demo" } else { "/out" };
    blocking(move || Ok(visitor.sign_out(&token)?)).await?;
    Ok((jar.remove(Cookie::build(COOKIE).path("/").build()), Redirect::to(to)).into_response())
}

async fn out_everywhere(SignedIn(visitor): SignedIn, jar: CookieJar) -> Result<Response, Trouble> {
    let done = blocking(move || {
        Ok(match visitor.who() {
            Who::Member { person, .. } => visitor.sign_out_everywhere(person)?,
            Who::Owner { name } => visitor.sign_out_owner(name)?,
            // A key is no link.
            Who::System { .. } => 0,
        })
    });
    done.await?;
    Ok((jar.remove(Cookie::build(COOKIE).path("/").build()), Redirect::to("/out")).into_response())
}

/// After one has signed out: what that means, and how to come back.
async fn gone(headers: HeaderMap) -> Response {
    if guard::token(&headers).is_some() {
        return Redirect::to("/me").into_response();
    }
    let body = html! {
        section.card {
            h1 { "You are signed out" }
            p { "The link that this device came in by has ended. " (page::KEPT) }
            p.helps { "To come back, open a personal link of yours that is still good. If there is none, " (page::ask_somebody()) }
            p { a.button href="/" { "To the first page" } }
        }
    };
    Page::new("Signed out", body).into_response()
}
