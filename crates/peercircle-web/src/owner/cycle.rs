//! A cycle as facts, what lies ahead, and the organiser's commands.

mod desk;

use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use peercircle_core::{CommandKind, CycleFacts, CycleId, MemberId, NameError, VerdictView};
use peercircle_host::{HostError, Terms, Visitor};
use peercircle_service::ServiceError;

use self::desk::{Desk, completed};
use super::{Fields, framed, outlook, owner, programme, withheld};
use crate::{
    address::at,
    forms::{self, get},
    guard::{SignedIn, blocking},
    page::{Page, Trouble, refusals},
    words::{Names, capital, outcome},
};

fn id(text: &str) -> Result<CycleId, Trouble> {
    text.parse().map_err(|_| HostError::NotFound { expected: "a cycle", got: text.to_owned() }.into())
}

/// The page, with what was done before, or what was filled in where something was refused.
fn show(visitor: &Visitor, id: &CycleId, done: Option<CommandKind>, pressed: &Fields) -> Result<(Page, Names), Trouble> {
    let line = programme::line(visitor, visitor.outlook(id)?)?;
    let facts = &line.outlook.facts;
    let members = members(visitor, facts)?;
    let names = Names { all: visitor.names(&members)?, ..Names::default() };
    let (may, terms) = (visitor.organiser_may(id)?, visitor.terms(id)?);
    let desk = Desk { visitor, id, facts, members: &members, names: &names, terms: &terms, pressed };
    let forms = desk.forms(&may)?;
    let body = html! {
        h1 { (line.group) }
        p.lead { (line.module) ": " (facts.stage) }
        @if let Some(group) = &facts.group { p { a href=(at("groups", group)) { "The group, and its invitations" } } }
        @if let Some(done) = done { p.card role="status" { "Done: " (done.label()) "." } }
        (outlook::card(&line.outlook, &may, visitor.organisation().service().now()))
        div.two {
            section.card { h2 { "Facts" } (table(&line, &terms)) }
            @if withheld(facts).is_none() && !facts.named.is_empty() { section.card { h2 { "By name" } p.helps { "As this group's process and its own choice allow." } (named(facts, &names)) } }
        }
        section {
            h2 { "What you can do" }
            @if forms.is_empty() { p { "Nothing at this stage." } }
            div.themes { @for (theme, forms) in &forms { div { h3 { (theme) } @for form in forms { (form) } } } }
            p.helps { "Whatever happens in the group is its own. You are not shown it, and nothing here can change it." }
        }
    };
    Ok((framed(visitor, "/groups", Page::new(line.group.clone(), body)), names))
}

/// The people an organiser's command can be about: those of the group in the directory.
fn members(visitor: &Visitor, facts: &CycleFacts) -> Result<Vec<MemberId>, Trouble> {
    match &facts.group {
        Some(group) => match visitor.group(group) {
            Ok(group) => Ok(group.members),
            // A cycle that a system formed of people who are no group here.
            Err(HostError::NotFound { .. }) => Ok(facts.named.iter().map(|one| one.member.clone()).collect()),
            Err(error) => Err(error.into()),
        },
        None => Ok(Vec::new()),
    }
}

fn table(line: &programme::Line, terms: &Terms) -> Markup {
    let facts = &line.outlook.facts;
    let place = line.outlook.next_session.and_then(|next| next.place);
    let count = |value: String| html! { @match withheld(facts) { Some(why) => span.helps { (why) }, None => (value) } };
    let number = |value: Option<u8>| count(value.unwrap_or(0).to_string());
    html! {
        table { caption.sr { "Facts of this cycle" } tbody {
            tr { th scope="row" { "Stage" } td { (capital(facts.stage)) } }
            tr { th scope="row" { "Next session" } td { (outlook::next(line.outlook.next_session)) @if let Some(place) = place { ", " (place.label()) } } }
            tr { th scope="row" { "Sessions held" } td { (facts.sessions_held) " of 2" } }
            tr { th scope="row" { "Time in sessions" } td { (programme::hours(facts.minutes)) } }
            tr { th scope="row" { "People" } td { (number(facts.members)) } }
            tr { th scope="row" { "Attended" } td { (count(programme::attended(facts))) } }
            tr { th scope="row" { "Completed" } td { (number(facts.completed)) } }
            tr { th scope="row" { "Adopted something" } td { (number(facts.adopted)) } }
            tr { th scope="row" { "Process" } td { (terms.process) } }
        } }
    }
}

fn named(facts: &CycleFacts, names: &Names) -> Markup {
    let mark = |was: Option<bool>| match was {
        Some(true) => "yes",
        Some(false) => "no",
        None => "–",
    };
    let head = html! { th scope="col" { "Person" } th scope="col" { "Session 1" } th scope="col" { "Session 2" } th scope="col" { "Outcome" } th.number scope="col" { "Adopted" } };
    let body = html! { @for one in &facts.named { tr { th scope="row" { (names.of(&one.member)) } td { (mark(one.explore)) } td { (mark(one.reflect)) } td { (outcome(one.outcome)) } td.number { (one.adopted) } } } };
    super::table("By name", &head, &body)
}

pub(super) async fn page(
    SignedIn(visitor): SignedIn,
    Path(cycle): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let done = get(&query, "done").and_then(|kind| kind.parse().ok());
        Ok(show(&visitor, &id(&cycle)?, done, &[])?.0)
    })
    .await
}

pub(super) async fn act(
    SignedIn(visitor): SignedIn,
    Path(cycle): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let id = id(&cycle)?;
        let no = |alert: Markup| {
            let (page, _) = show(&visitor, &id, None, &fields)?;
            let alert = html! { h2 { "Nothing was done" } (alert) };
            Ok(page.refusing(StatusCode::UNPROCESSABLE_ENTITY, alert).into_response())
        };
        let pressed = match completed(&visitor, &fields).and_then(|fields| forms::Pressed::read(&fields)) {
            Ok(pressed) => pressed,
            Err(Trouble::Form { expected, got }) => return no(html! { p { "Expected " (expected) ", got " (got) "." } }),
            Err(trouble) => return Err(trouble),
        };
        let kind = pressed.command.kind();
        let given = match visitor.give(id.clone(), pressed.command, Some(pressed.key), None) {
            // Somebody who is in the group and was never enrolled.
            Err(HostError::Service(ServiceError::Name(NameError::UnknownMember { member, .. }))) => {
                let name = visitor.organisation().name_of(&member)?;
                let helps = "Enrol them first, or leave them out.";
                return no(html! { p { strong { (name) " isn't in this cycle." } " " span.helps { (helps) } } });
            }
            given => given?,
        };
        let VerdictView::Refused { refusals: list } = given.view else {
            return Ok(Redirect::to(&format!("{}?done={kind}", at("cycles", &id))).into_response());
        };
        let (page, names) = show(&visitor, &id, None, &fields)?;
        let again = visitor.organiser_may(&id)?.contains(&kind);
        let alert = html! {
            h2 { "The rules say no" }
            (refusals(&list, &names))
            @if again { p { a href={ "#" (outlook::anchor(kind)) } { "To the form" } } }
        };
        Ok(page.refusing(StatusCode::CONFLICT, alert).into_response())
    })
    .await
}
