//! In and out: a personal link opens, and is shown again to nobody but its owner.

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use maud::html;
use peercircle_host::{Credential, Invited, SignInError, Who};

use crate::{
    Web,
    guard::{self, COOKIE, SignedIn, blocking},
    member, owner,
    page::{Nav, Page, Trouble},
    sample,
    words::{day, when},
};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(home))
        .route("/in/{token}", get(knock).post(enter))
        .route("/me", get(me))
        .route("/out", post(out))
        .route("/out-everywhere", post(out_everywhere))
        .layer(axum::middleware::from_fn(guard::own_site))
}

/// To one's own page.
async fn home(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Trouble> {
    let Some(token) = guard::token(&headers) else { return Ok(welcome(&web).into_response()) };
    let host = web.host.clone();
    let visitor = blocking(move || match host.sign_in(Credential::Link(&token)) {
        Ok(visitor) => Ok(Some(visitor)),
        Err(SignInError::Host(error)) => Err(error.into()),
        Err(_) => Ok(None),
    });
    match visitor.await? {
        None => Ok(welcome(&web).into_response()),
        Some(visitor) if matches!(visitor.who(), Who::Owner { .. }) => owner::home(visitor).await,
        Some(visitor) => member::home(visitor).await,
    }
}

fn welcome(web: &Web) -> Page {
    if let Some(sample) = &web.sample {
        return sample::page(sample);
    }
    let body = html! {
        section.card {
            h1 { "Peer learning groups" }
            p.lead { "Six managers, two meetings of 90 minutes, a month apart, about one challenge they share. One of them facilitates; this page keeps the order, the turns and the clock." }
            p { "To come in, open the personal link from your invitation. If you no longer have it, ask your programme owner for a new one." }
            p.helps { "What is said in a group stays there: who runs the programme sees who attended and what was completed, never what was said." }
        }
    };
    Page::new("Welcome", body)
}

/// An invitation asks once before it is taken, so that a preview of a message doesn't take it; a link just opens.
async fn knock(State(web): State<Web>, jar: CookieJar, Path(token): Path<String>) -> Result<Response, Trouble> {
    let host = web.host.clone();
    let asked = token.clone();
    let found = blocking(move || {
        if host.sign_in(Credential::Link(&asked)).is_ok() {
            return Ok(None);
        }
        match host.invited(&asked) {
            Ok(invited) => {
                let organisation = asked.split_once('.').and_then(|(id, _)| host.organisation(&id.parse().ok()?));
                let place = organisation.as_ref().map(|one| one.name().to_owned()).unwrap_or_default();
                let name = match (&invited, &organisation) {
                    (Invited::Member { person }, Some(organisation)) => organisation.name_of(person)?,
                    (Invited::Member { person }, None) => person.to_string(),
                    (Invited::Owner { name }, _) => name.clone(),
                };
                Ok(Some((invited, name, place)))
            }
            Err(SignInError::Host(error)) => Err(error.into()),
            Err(_) => Err(Trouble::SignIn),
        }
    });
    let Some((invited, name, place)) = found.await? else {
        return Ok((jar.add(cookie(&web, token)), Redirect::to("/")).into_response());
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

fn cookie(web: &Web, token: String) -> Cookie<'static> {
    let mut cookie = Cookie::new(COOKIE, token);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(web.secure);
    // Longer than any link is good.
    cookie.make_permanent();
    cookie
}

async fn enter(State(web): State<Web>, jar: CookieJar, Path(token): Path<String>) -> Result<Response, Trouble> {
    let host = web.host.clone();
    let link = blocking(move || match host.redeem(&token) {
        Ok(link) => Ok(link),
        Err(SignInError::Host(error)) => Err(error.into()),
        Err(_) => Err(Trouble::SignIn),
    });
    let link = link.await?;
    Ok((jar.add(cookie(&web, link.token)), Redirect::to("/")).into_response())
}

/// My devices: the link to open elsewhere, and how to be signed out.
async fn me(SignedIn(visitor): SignedIn, headers: HeaderMap) -> Result<Page, Trouble> {
    let token = guard::token(&headers).unwrap_or_default();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok()).unwrap_or("http");
    let link = format!("{scheme}://{host}/in/{token}");
    let organisation = visitor.organisation().clone();
    let person = visitor.person().cloned();
    let found = blocking(move || {
        let name = match (visitor.who(), &person) {
            (Who::Owner { name }, _) => name.clone(),
            (Who::Member { .. } | Who::System { .. }, Some(person)) => organisation.name_of(person)?,
            (Who::Member { .. } | Who::System { .. }, None) => String::new(),
        };
        let sign_ins = if person.is_some() { visitor.sign_ins()? } else { Vec::new() };
        Ok((name, sign_ins))
    });
    let (name, sign_ins) = found.await?;
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
        section.card {
            h2 { "Sign out" }
            form method="post" action="/out" { button { "Sign out here" } }
            form method="post" action="/out-everywhere" {
                button.quiet { "Sign out everywhere" }
                p.helps { "Every link of yours stops working. Ask your programme owner for a new invitation then." }
            }
        }
    };
    let nav = Nav { place: None, links: vec![("My page", "/".to_owned(), false), ("Me", "/me".to_owned(), true)] };
    Ok(Page::new("Me", body).with(nav))
}

async fn out(SignedIn(visitor): SignedIn, jar: CookieJar, headers: HeaderMap) -> Result<Response, Trouble> {
    let token = guard::token(&headers).unwrap_or_default();
    blocking(move || Ok(visitor.sign_out(&token)?)).await?;
    Ok((jar.remove(Cookie::build(COOKIE).path("/").build()), Redirect::to("/")).into_response())
}

async fn out_everywhere(SignedIn(visitor): SignedIn, jar: CookieJar, headers: HeaderMap) -> Result<Response, Trouble> {
    let token = guard::token(&headers).unwrap_or_default();
    let done = blocking(move || {
        match visitor.person().cloned() {
            Some(person) => visitor.sign_out_everywhere(&person).map(|_| ())?,
            None => visitor.sign_out(&token)?,
        }
        Ok(())
    });
    done.await?;
    Ok((jar.remove(Cookie::build(COOKIE).path("/").build()), Redirect::to("/")).into_response())
}
