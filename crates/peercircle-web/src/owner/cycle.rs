//! A cycle as facts, and the organiser's commands.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use peercircle_core::{
    Attendance, CommandKind, CycleFacts, CycleId, MemberId, Outcome, Place, Privacy, SessionKind, VerdictView,
};
use peercircle_host::{HostError, Visitor};

use super::{framed, is_shown, owner, programme};
use crate::{
    forms,
    guard::{SignedIn, blocking},
    page::{Page, Trouble, refusals},
    words::{Names, capital, minutes},
};

fn id(text: &str) -> Result<CycleId, Trouble> {
    text.parse().map_err(|_| HostError::NotFound { expected: "a cycle", got: text.to_owned() }.into())
}

fn show(visitor: &Visitor, id: &CycleId) -> Result<(Page, Names), Trouble> {
    owner(visitor)?;
    let line = programme::line(visitor, visitor.facts(id)?)?;
    let facts = &line.facts;
    let members = members(visitor, facts)?;
    let names = Names { me: None, all: visitor.names(&members)? };
    let may = visitor.organiser_may(id)?;
    let group = facts.group.as_ref();
    let body = html! {
        h1 { (line.group) }
        p.lead { (line.module) ": " (facts.stage) }
        @if let Some(group) = group { p { a href={ "/groups/" (group) } { "The group, and its invitations" } } }
        div.two {
            section.card { h2 { "Facts" } (table(facts)) }
            @if is_shown(facts) && !facts.named.is_empty() { section.card { h2 { "By name" } p.helps { "As this group's process and its own choice allow." } (named(facts, &names)) } }
        }
        section { h2 { "What you can do" }
            @for kind in &may { @if let Some(form) = form(id, *kind, &members, &names) { details.card { summary { (capital(kind.label())) } (form) } } }
            p.helps { "Whatever happens in the group is its own. You are not shown it, and nothing here can change it." }
        }
    };
    Ok((framed(visitor, "", Page::new(line.group.clone(), body)), names))
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

fn table(facts: &CycleFacts) -> Markup {
    let few = !is_shown(facts);
    let count = |value: Option<u8>| html! { @if few { span.helps { "under five people" } } @else if let Some(value) = value { (value) } @else { span.helps { "the group shows no counts" } } };
    html! {
        table { tbody {
            tr { th scope="row" { "Stage" } td { (capital(facts.stage)) } }
            tr { th scope="row" { "Sessions held" } td { (facts.sessions_held) " of 2" } }
            tr { th scope="row" { "Time in sessions" } td { (minutes(facts.minutes.saturating_mul(60))) } }
            tr { th scope="row" { "People" } td { (count(facts.members)) } }
            tr { th scope="row" { "Attended" } td { @if few { span.helps { "under five people" } } @else { (programme::attended(facts)) } } }
            tr { th scope="row" { "Completed" } td { (count(facts.completed)) } }
            tr { th scope="row" { "Adopted something" } td { (count(facts.adopted)) } }
        } }
    }
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Enrolled => "in the group",
        Outcome::Completed => "completed",
        Outcome::CompletedByReport => "completed by report",
        Outcome::Waived => "freed from what was left",
        Outcome::Withdrawn => "left",
        Outcome::Dropped => "no longer in it",
    }
}

fn named(facts: &CycleFacts, names: &Names) -> Markup {
    let mark = |was: Option<bool>| match was {
        Some(true) => "yes",
        Some(false) => "no",
        None => "–",
    };
    html! {
        div.scroll tabindex="0" role="region" aria-label="By name" {
            table { thead { tr { th scope="col" { "Person" } th scope="col" { "Session 1" } th scope="col" { "Session 2" } th scope="col" { "Outcome" } th.number scope="col" { "Adopted" } } }
                tbody { @for one in &facts.named { tr { th scope="row" { (names.of(&one.member)) } td { (mark(one.explore)) } td { (mark(one.reflect)) } td { (outcome(one.outcome)) } td.number { (one.adopted) } } } } }
        }
    }
}

/// A form for a command of the organiser's; nothing for one that is done elsewhere.
fn form(id: &CycleId, kind: CommandKind, members: &[MemberId], names: &Names) -> Option<Markup> {
    let fields: Option<Vec<Markup>> = kind.fields().iter().map(|name| field(kind, name, members, names)).collect();
    let fields = fields?;
    Some(html! {
        form method="post" action={ "/cycles/" (id) "/do" } {
            (forms::new_key()) (forms::kind(kind))
            @for field in fields { (field) }
            button { (capital(kind.label())) }
        }
    })
}

fn field(kind: CommandKind, name: &str, members: &[MemberId], names: &Names) -> Option<Markup> {
    // Erasing is done from the page of the person, for every cycle at once.
    if kind == CommandKind::AnonymiseMember {
        return None;
    }
    match name {
        "member" => {
            let people: Vec<_> = members.iter().map(|id| (id.to_string(), names.of(id).to_owned())).collect();
            Some(forms::select("member", "Who", &people, None))
        }
        "session" => {
            let sessions = SessionKind::ALL.map(|session| {
                let name = if session == SessionKind::Explore { "explore" } else { "reflect" };
                (name.to_owned(), capital(session.label()))
            });
            Some(forms::select("session", "Session", &sessions, None))
        }
        "reason" => Some(forms::select("reason", "Why", &forms::reasons(kind)?, None)),
        "starts_at" | "by" => Some(forms::date(name, "When")),
        "place" => Some(forms::select("place", "Where", &forms::options!(Place), None)),
        "privacy" => Some(forms::select("privacy", "What leaves the group", &forms::options!(Privacy), None)),
        "attendance" => Some(forms::select("attendance", "As what", &forms::options!(Attendance), None)),
        "exception?" => {
            Some(forms::select("exception", "If they facilitated before, why again", &forms::repeat(), Some("They didn't")))
        }
        "short_gap?" => Some(forms::select(
            "short_gap",
            "If it is sooner than the process wants, why",
            &forms::short_gap(),
            Some("It isn't"),
        )),
        _ => None,
    }
}

pub(super) async fn page(SignedIn(visitor): SignedIn, Path(cycle): Path<String>) -> Result<Page, Trouble> {
    blocking(move || Ok(show(&visitor, &id(&cycle)?)?.0)).await
}

pub(super) async fn act(
    SignedIn(visitor): SignedIn,
    Path(cycle): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let (id, pressed) = (id(&cycle)?, forms::Pressed::read(&fields)?);
        let given = visitor.give(id.clone(), pressed.command, Some(pressed.key), None)?;
        let VerdictView::Refused { refusals: list } = given.view else {
            return Ok(Redirect::to(&format!("/cycles/{id}")).into_response());
        };
        let (page, names) = show(&visitor, &id)?;
        let alert = html! { h2 { "The rules say no" } (refusals(&list, |text| names.words(text))) };
        Ok(page.refusing(StatusCode::CONFLICT, alert).into_response())
    })
    .await
}
