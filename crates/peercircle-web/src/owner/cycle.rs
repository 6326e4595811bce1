//! A cycle as facts, and the organiser's commands.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use peercircle_core::{Attendance, CommandKind, CycleFacts, CycleId, MemberId, Place, Privacy, SessionKind, VerdictView};
use peercircle_host::{HostError, Visitor};

use super::{Fields, framed, owner, programme, withheld};
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

/// The page, with what was filled in where something was refused.
fn show(visitor: &Visitor, id: &CycleId, pressed: &Fields) -> Result<(Page, Names), Trouble> {
    let line = programme::line(visitor, visitor.facts(id)?)?;
    let facts = &line.facts;
    let members = members(visitor, facts)?;
    let names = Names { all: visitor.names(&members)?, ..Names::default() };
    let may = visitor.organiser_may(id)?;
    let form = |kind| form(id, kind, &members, &names, pressed);
    let forms: Vec<_> = may.iter().filter_map(|kind| form(*kind)).collect();
    let body = html! {
        h1 { (line.group) }
        p.lead { (line.module) ": " (facts.stage) }
        @if let Some(group) = &facts.group { p { a href=(at("groups", group)) { "The group, and its invitations" } } }
        div.two {
            section.card { h2 { "Facts" } (table(facts)) }
            @if withheld(facts).is_none() && !facts.named.is_empty() { section.card { h2 { "By name" } p.helps { "As this group's process and its own choice allow." } (named(facts, &names)) } }
        }
        section {
            h2 { "What you can do" }
            @if forms.is_empty() { p { "Nothing at this stage." } }
            @for form in &forms { (form) }
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

fn table(facts: &CycleFacts) -> Markup {
    let count = |value: String| html! { @match withheld(facts) { Some(why) => span.helps { (why) }, None => (value) } };
    let number = |value: Option<u8>| count(value.unwrap_or(0).to_string());
    html! {
        table { caption.sr { "Facts of this cycle" } tbody {
            tr { th scope="row" { "Stage" } td { (capital(facts.stage)) } }
            tr { th scope="row" { "Sessions held" } td { (facts.sessions_held) " of 2" } }
            tr { th scope="row" { "Time in sessions" } td { (programme::hours(facts.minutes)) } }
            tr { th scope="row" { "People" } td { (number(facts.members)) } }
            tr { th scope="row" { "Attended" } td { (count(programme::attended(facts))) } }
            tr { th scope="row" { "Completed" } td { (number(facts.completed)) } }
            tr { th scope="row" { "Adopted something" } td { (number(facts.adopted)) } }
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

/// A form for a command of the organiser's; nothing for one that is done elsewhere.
fn form(id: &CycleId, kind: CommandKind, members: &[MemberId], names: &Names, pressed: &Fields) -> Option<Markup> {
    let is_pressed = get(pressed, "type") == Some(kind.name());
    let pressed = if is_pressed { pressed } else { &[] };
    let wanted: &[&str] = if kind == CommandKind::EnrolMember { &["member"] } else { kind.fields() };
    let fields: Option<Vec<Markup>> = wanted.iter().map(|name| field(kind, name, members, names, pressed)).collect();
    let fields = fields?;
    let grave = matches!(kind, CommandKind::CancelCycle | CommandKind::TerminateCycle | CommandKind::WithdrawMember);
    Some(html! {
        details.card open[is_pressed] {
            summary { (capital(kind.label())) }
            form method="post" action={ (at("cycles", id)) "/do" } {
                (forms::new_key()) (forms::kind(kind))
                @for field in fields { (field) }
                button.danger[grave] { (capital(kind.label())) }
            }
        }
    })
}

fn field(kind: CommandKind, name: &str, members: &[MemberId], names: &Names, pressed: &Fields) -> Option<Markup> {
    // Erasing is done from the page of the person, for every cycle at once.
    if kind == CommandKind::AnonymiseMember {
        return None;
    }
    let select = |name: &str, label: &str, options: &[(String, String)], none: Option<&str>| {
        Some(forms::select_at(name, label, options, none, get(pressed, name)))
    };
    match name {
        "member" => {
            let people: Vec<_> = members.iter().map(|id| (id.to_string(), names.of(id).to_owned())).collect();
            select("member", "Who", &people, None)
        }
        "session" => {
            let sessions = SessionKind::ALL.map(|session| {
                let name = if session == SessionKind::Explore { "explore" } else { "reflect" };
                (name.to_owned(), capital(session.label()))
            });
            select("session", "Session", &sessions, None)
        }
        "reason" => select("reason", "Why", &forms::reasons(kind)?, None),
        "starts_at" | "by" => Some(forms::date_at(name, "When", true, get(pressed, name))),
        "place" => select("place", "Where", &forms::options!(Place), None),
        "privacy" => select("privacy", "What leaves the group", &forms::options!(Privacy), None),
        "attendance" => select("attendance", "As what", &forms::options!(Attendance), None),
        "exception?" => select("exception", "If they facilitated before, why again", &forms::repeat(), Some("They didn't")),
        "short_gap?" => {
            let label = "If it is sooner than the process wants, why";
            select("short_gap", label, &forms::short_gap(), Some("It isn't"))
        }
        _ => None,
    }
}

/// The fields of a form, with what the directory knows of somebody who is to be enrolled, anew or after they left.
fn enrolling(visitor: &Visitor, fields: &Fields) -> Result<Vec<(String, String)>, Trouble> {
    let mut fields = fields.to_vec();
    if get(&fields, "type") == Some(CommandKind::EnrolMember.name()) && get(&fields, "level").is_none() {
        let member = get(&fields, "member").and_then(|member| member.parse().ok());
        let person = visitor.directory_entry(&member.ok_or_else(|| Trouble::form("a person", "none"))?)?;
        fields.push(("level".to_owned(), person.level.to_string()));
        fields.push(("department".to_owned(), person.department.to_string()));
        fields.extend(person.manager.map(|manager| ("manager".to_owned(), manager.to_string())));
    }
    Ok(fields)
}

pub(super) async fn page(SignedIn(visitor): SignedIn, Path(cycle): Path<String>) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        Ok(show(&visitor, &id(&cycle)?, &[])?.0)
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
        let pressed = match forms::Pressed::read(&enrolling(&visitor, &fields)?) {
            Ok(pressed) => pressed,
            Err(Trouble::Form { expected, got }) => {
                let alert = html! { h2 { "Nothing was done" } p { "Expected " (expected) ", got " (got) "." } };
                let (page, _) = show(&visitor, &id, &fields)?;
                return Ok(page.refusing(StatusCode::UNPROCESSABLE_ENTITY, alert).into_response());
            }
            Err(trouble) => return Err(trouble),
        };
        let given = visitor.give(id.clone(), pressed.command, Some(pressed.key), None)?;
        let VerdictView::Refused { refusals: list } = given.view else {
            return Ok(Redirect::to(&at("cycles", &id)).into_response());
        };
        let (page, names) = show(&visitor, &id, &fields)?;
        let alert = html! { h2 { "The rules say no" } (refusals(&list, &names)) };
        Ok(page.refusing(StatusCode::CONFLICT, alert).into_response())
    })
    .await
}
