//! What a member sees and does: one page that always says what to do now, and what they have at hand beside it.

mod calendar;
mod group;
mod here;
mod module;
mod more;
mod notes;
mod now;
mod practice;
mod room;
mod rules;

use axum::{
    Form, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::CookieJar;
use maud::html;
use peercircle_core::{CycleId, MemberId, SessionKind, VerdictView};
use peercircle_host::{HostError, Seen, Visitor};
use peercircle_modules::Language;

pub(crate) use self::here::Here;
use crate::{
    Web,
    address::at,
    forms,
    guard::{self, SignedIn, blocking},
    language::{self, Reader},
    page::{self, Page, Trouble},
    words,
};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{cycle}", get(now))
        .route("/c/{cycle}/do", post(act))
        .route("/c/{cycle}/more", get(more))
        .route("/c/{cycle}/module", get(module))
        .route("/c/{cycle}/print/{handout}", get(print))
        .route("/c/{cycle}/language", post(language))
        .route("/c/{cycle}/notes", get(notes).post(write))
        .route("/c/{cycle}/group", get(group))
        .route("/c/{cycle}/vouch", post(vouch))
        .route("/c/{cycle}/{file}", get(calendar))
        .layer(axum::middleware::from_fn(guard::own_site))
}

/// To the one cycle, or the list of them.
pub(crate) async fn home(visitor: Visitor, reader: Reader) -> Result<Response, Trouble> {
    let found = blocking(move || {
        let (mut mine, mut left) = (Vec::new(), Vec::new());
        for head in visitor.my_cycles()? {
            match visitor.view(&head.stream) {
                Ok(view) => {
                    let title = module::title(&visitor, &reader, &view);
                    mine.push((head.stream, title, view.label, head.summary.stage.is_terminal()));
                }
                // A cycle they left is no longer theirs to see.
                Err(HostError::NotFound { .. }) => left.push(head.stream),
                Err(error) => return Err(error.into()),
            }
        }
        mine.sort_by_key(|(_, _, _, over)| *over);
        Ok((mine, left))
    });
    let (mine, left) = found.await?;
    if let [(only, ..)] = mine.as_slice() {
        return Ok(Redirect::to(&at("c", only)).into_response());
    }
    let running: Vec<_> = mine.iter().filter(|(_, _, _, over)| !over).collect();
    if let ([(only, ..)], false) = (running.as_slice(), mine.len() > 2) {
        return Ok(Redirect::to(&at("c", only)).into_response());
    }
    let body = html! {
        h1 { "My groups" }
        @if mine.is_empty() {
            section.card {
                @if left.is_empty() {
                    p { "You are in no group yet. As soon as you are, it appears here." }
                    p.helps { "Groups are formed by your programme owner. If you expected one, ask them." }
                } @else {
                    p { "You are in no group now. For a place in another one ask your programme owner; as soon as you have one, it appears here." }
                }
            }
        }
        ul.cards {
            @for (id, title, label, _) in &mine {
                li { a.card href=(at("c", id)) { strong { (title) } span { (words::capital(label)) } } }
            }
        }
        @if !left.is_empty() {
            h2 { "Groups that I am no longer in" }
            ul.cards { @for id in &left { li { a.card href={ (at("c", id)) "/notes" } { strong { "What I wrote there" } @if left.len() > 1 { span { (id) } } } } } }
        }
    };
    let nav = page::Nav { place: None, links: vec![("My groups", "/".to_owned(), true), ("Me", "/me".to_owned(), false)] };
    Ok(Page::new("My groups", body).with(nav).into_response())
}

async fn here(visitor: Visitor, reader: Reader, id: CycleId) -> Result<Here, Trouble> {
    blocking(move || Here::load(visitor.clone(), reader, id.clone()).map_err(|trouble| of_theirs(&visitor, id, trouble)))
        .await
}

/// A cycle that they left isn't one that never was: they know of it.
fn of_theirs(visitor: &Visitor, id: CycleId, trouble: Trouble) -> Trouble {
    let is_missing = matches!(trouble, Trouble::Host(HostError::NotFound { .. }));
    match visitor.my_cycles() {
        Ok(heads) if is_missing && heads.iter().any(|head| head.stream == id) => Trouble::Left(id),
        Ok(_) | Err(_) => trouble,
    }
}

fn id(text: &str) -> Result<CycleId, Trouble> {
    text.parse().map_err(|_| HostError::NotFound { expected: "a cycle of yours", got: text.to_owned() }.into())
}

async fn now(SignedIn(visitor): SignedIn, reader: Reader, Path(cycle): Path<String>) -> Result<Page, Trouble> {
    Ok(now::page(&here(visitor, reader, id(&cycle)?).await?))
}

async fn more(SignedIn(visitor): SignedIn, reader: Reader, Path(cycle): Path<String>) -> Result<Page, Trouble> {
    Ok(more::page(&here(visitor, reader, id(&cycle)?).await?))
}

async fn module(SignedIn(visitor): SignedIn, reader: Reader, Path(cycle): Path<String>) -> Result<Page, Trouble> {
    Ok(module::page(&here(visitor, reader, id(&cycle)?).await?))
}

async fn print(
    SignedIn(visitor): SignedIn,
    reader: Reader,
    Path((cycle, handout)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Html<String>, Trouble> {
    let here = here(visitor, reader, id(&cycle)?).await?;
    let letter = query.iter().any(|(name, value)| name == "paper" && value == "letter");
    module::handout(&here, &handout, letter).map(Html)
}

async fn notes(SignedIn(visitor): SignedIn, reader: Reader, Path(cycle): Path<String>) -> Result<Page, Trouble> {
    match here(visitor.clone(), reader, id(&cycle)?).await {
        Ok(here) => blocking(move || Ok(notes::page(&here))).await,
        Err(Trouble::Left(id)) => blocking(move || Ok(notes::kept(&visitor, &id))).await,
        Err(trouble) => Err(trouble),
    }
}

async fn group(SignedIn(visitor): SignedIn, reader: Reader, Path(cycle): Path<String>) -> Result<Page, Trouble> {
    let here = here(visitor, reader, id(&cycle)?).await?;
    blocking(move || group::page(&here)).await
}

/// Something that was pressed.
async fn act(
    SignedIn(visitor): SignedIn,
    reader: Reader,
    Path(cycle): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let id = id(&cycle)?;
    let pressed = match forms::Pressed::read(&fields) {
        Err(Trouble::Form { expected, got }) => return slip(visitor, reader, id, fields, &expected, &got).await,
        pressed => pressed?,
    };
    let back = if pressed.from_more { format!("{}/more", at("c", &id)) } else { at("c", &id) };
    let from_more = pressed.from_more;
    let of = id.clone();
    let done = blocking(move || {
        let give = || {
            if let Some((note, audience, text)) = &pressed.note {
                visitor.put_note(&of, *note, *audience, text.as_bytes())?;
            }
            visitor.give(of.clone(), pressed.command, Some(pressed.key), pressed.seen.map(Seen::Revision))
        };
        match give() {
            Ok(given) => Ok((visitor, given.view)),
            Err(error) => Err(of_theirs(&visitor, of.clone(), error.into())),
        }
    });
    let (visitor, verdict) = done.await?;
    let VerdictView::Refused { refusals } = verdict else { return Ok(Redirect::to(&back).into_response()) };
    let here = here(visitor, reader, id).await?;
    let is_late = refusals.iter().any(|no| no.code == "stale_revision");
    let alert = html! {
        @if is_late {
            h2 { "Not done" }
            p { "It came later than you pressed, as there was no connection, and the group has gone on since. " span.helps { "This is how it is now: press again if it is still to be done." } }
        } @else {
            h2 { "Not yet" }
            (page::refusals(&refusals, &here.names))
        }
    };
    let status = match refusals.first().map(|no| no.code) {
        Some("not_your_role") => StatusCode::FORBIDDEN,
        _ => StatusCode::CONFLICT,
    };
    let page = if from_more { more::page(&here) } else { now::page(&here) };
    Ok(page.refusing(status, alert).into_response())
}

/// The page that a form came from, which lacks something: whatever was written stays in it.
async fn slip(
    visitor: Visitor,
    reader: Reader,
    id: CycleId,
    fields: Vec<(String, String)>,
    expected: &str,
    got: &str,
) -> Result<Response, Trouble> {
    let from_more = forms::is_from_more(&fields);
    let here = Here { sent: fields, ..here(visitor, reader, id).await? };
    let alert = html! {
        h2 { "Not yet" }
        p { "Expected " (expected) ", got " (got) ". " span.helps { "Nothing was sent: complete the form and press again." } }
    };
    let page = if from_more { more::page(&here) } else { now::page(&here) };
    Ok(page.refusing(StatusCode::UNPROCESSABLE_ENTITY, alert).into_response())
}

/// In which language to read the module, from now on.
async fn language(
    State(web): State<Web>,
    SignedIn(_): SignedIn,
    Path(cycle): Path<String>,
    jar: CookieJar,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let id = id(&cycle)?;
    let chosen = forms::get(&fields, "language").and_then(|tag| tag.parse::<Language>().ok());
    let chosen = chosen.ok_or_else(|| Trouble::form("a language of the list", "another"))?;
    let jar = jar.add(web.cookie(language::COOKIE, chosen.to_string()));
    Ok((jar, Redirect::to(&format!("{}/module", at("c", &id)))).into_response())
}

/// A note of one's own, with no command.
async fn write(
    SignedIn(visitor): SignedIn,
    Path(cycle): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, Trouble> {
    let id = id(&cycle)?;
    let Some((note, audience, text)) = forms::note(&fields)? else {
        return Err(Trouble::form("something to write down", "nothing"));
    };
    let of = id.clone();
    blocking(move || Ok(visitor.put_note(&of, note, audience, text.as_bytes())?)).await?;
    Ok(Redirect::to(&format!("{}/notes", at("c", &id))))
}

/// Whether it was really them who signed in.
async fn vouch(
    SignedIn(visitor): SignedIn,
    Path(cycle): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, Trouble> {
    let id = id(&cycle)?;
    let get = |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    let person: MemberId = get("person").parse().map_err(|_| Trouble::form("somebody of the group", "no id"))?;
    let is_them = get("answer") == "yes";
    blocking(move || {
        if is_them {
            visitor.vouch(&person)?
        } else {
            visitor.disown(&person)?
        };
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&format!("{}/group", at("c", &id))))
}

async fn calendar(
    State(web): State<Web>,
    SignedIn(visitor): SignedIn,
    reader: Reader,
    Path((cycle, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let session = match file.as_str() {
        "session-1.ics" => SessionKind::Explore,
        "session-2.ics" => SessionKind::Reflect,
        _ => return Ok(page::not_found().into_response()),
    };
    let here = here(visitor, reader, id(&cycle)?).await?;
    let Some(text) = calendar::file(&here, session, &web.origin(&headers)) else {
        return Ok(page::not_found().into_response());
    };
    let disposition = format!("attachment; filename=\"{file}\"");
    let headers =
        [(header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, text).into_response())
}
