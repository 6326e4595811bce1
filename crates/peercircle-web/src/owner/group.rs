//! A group: its people, its cycles as facts, its invitations.

use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use peercircle_core::{CycleFacts, GroupId, Instant, MemberId};
use peercircle_host::{Group, HostError, Invitation, Outlook, Person, Visitor, Waits};

use super::{
    Fields, framed, module, outlook, owner,
    programme::{attended, is_over},
    roster, withheld,
};
use crate::{
    Web,
    address::at,
    forms::get,
    guard::{SignedIn, blocking},
    page::{Page, Trouble, refusing},
    words::{capital, day, spaced},
};

fn id(text: &str) -> Result<GroupId, Trouble> {
    text.parse().map_err(|_| HostError::NotFound { expected: "a group", got: text.to_owned() }.into())
}

struct Shown {
    group: Group,
    people: Vec<Person>,
    cycles: Vec<Outlook>,
}

fn load(visitor: &Visitor, id: &GroupId) -> Result<Shown, Trouble> {
    let group = visitor.group(id)?;
    let people = group.members.iter().map(|member| visitor.directory_entry(member)).collect::<Result<_, _>>()?;
    let cycles = visitor.outlooks_of(id)?;
    Ok(Shown { group, people, cycles })
}

fn show(visitor: &Visitor, shown: &Shown, chosen: &Fields) -> Result<Page, Trouble> {
    let Shown { group, people, cycles } = shown;
    let place = at("groups", &group.id);
    let lives = cycles.iter().any(|one| !is_over(&one.facts));
    let now = visitor.organisation().service().now();
    let uninvited = cycles.iter().flat_map(|one| &one.waits).copied().find(is_of_invitations);
    let body = html! {
        h1 { (group.name) }
        div.two {
            section.card { h2 { "People" } (invitations(&place, people, uninvited, now)) }
            section.card {
                h2 { "Cycles" }
                @if cycles.is_empty() { p { "None yet." } }
                ul.people { @for Outlook { facts, next_session, waits } in cycles { @if let Some(cycle) = &facts.cycle {
                    li { a href=(at("cycles", cycle)) { (module(visitor, facts.module.as_ref().map_or("", |id| id.as_str()))) }
                        small { (one(facts)) @if next_session.is_some() { br; (outlook::next(*next_session)) } @for one in waits.iter().filter(|one| !is_of_invitations(one)) { " " (outlook::mark(*one, now)) } }
                    }
                } } }
                @if lives { p.helps { "The next cycle can begin when this one has ended." } }
                @else {
                    h3 { @if cycles.is_empty() { "The first cycle" } @else { "The next cycle" } }
                    form method="post" action={ (place) "/cycles" } {
                        (roster::module_choice(visitor, chosen))
                        (roster::process_choice(visitor, get(chosen, "process"), None)?)
                        (roster::date_choice(chosen))
                        button.primary { "Form a cycle" }
                    }
                }
            }
        }
    };
    Ok(framed(visitor, "/groups", Page::new(group.name.clone(), body)))
}

/// A cycle in a line.
fn one(facts: &CycleFacts) -> String {
    let line = format!("{}, {} of 2 sessions", capital(facts.stage), facts.sessions_held);
    match withheld(facts) {
        None if facts.attended.is_empty() => line,
        None => format!("{line}, attended {}", attended(facts)),
        Some(why) => format!("{line}; {why}"),
    }
}

const fn is_of_invitations(waits: &Waits) -> bool {
    matches!(waits, Waits::Invite {} | Waits::Invitations { .. })
}

fn invitations(place: &str, people: &[Person], open: Option<Waits>, now: Instant) -> Markup {
    html! {
        @if people.is_empty() { p { "Nobody." } }
        ul.people { @for person in people {
            li { a href=(at("people", &person.id)) { (person.name) } small { (spaced(person.level.as_str())) ", " (spaced(person.department.as_str())) } }
        } }
        @if !people.is_empty() {
            @if let Some(open) = open { p { strong { (outlook::waits(open, now)) } } }
            form method="post" action={ (place) "/invitations" } { button.primary[open.is_some()] { "Invite them all" } }
            p.helps { "Each gets an address of their own that works once, shown to you this once: to print, or to send." }
            p.helps { "Whoever takes an invitation after the group has begun, or a second one, is shown no notes until somebody in the group says that it is them: you could have taken it yourself." }
            details.quiet { summary { "Invite one of them anew" }
                @for person in people { form.row method="post" action={ (place) "/invitations" } { input type="hidden" name="person" value=(person.id); button.small.quiet { "Invite " (person.name) } } }
            }
        }
    }
}

pub(super) async fn page(SignedIn(visitor): SignedIn, Path(group): Path<String>) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        show(&visitor, &load(&visitor, &id(&group)?)?, &[])
    })
    .await
}

pub(super) async fn form(
    SignedIn(visitor): SignedIn,
    Path(group): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let id = id(&group)?;
        let no = |status, alert| Ok(show(&visitor, &load(&visitor, &id)?, &fields)?.refusing(status, alert).into_response());
        let new = match roster::new_cycle(&fields) {
            Ok(new) => new,
            Err(Trouble::Form { expected, got }) => {
                let alert = html! { h2 { "Nothing was formed" } p { "Expected " (expected) ", got " (got) "." } };
                return no(StatusCode::UNPROCESSABLE_ENTITY, alert);
            }
            Err(trouble) => return Err(trouble),
        };
        match visitor.form_cycle(&id, &new) {
            Ok(formed) => Ok(Redirect::to(&at("cycles", &formed.cycle)).into_response()),
            Err(HostError::Refused { refusals: list }) => {
                no(StatusCode::CONFLICT, html! { h2 { "The rules say no" } (refusing(&visitor, &list)?) })
            }
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// Invitations: a sheet to print and cut. No redirect leads to it, as nothing but this answer ever holds what opens the door.
pub(super) async fn invite(
    State(web): State<Web>,
    SignedIn(visitor): SignedIn,
    Path(group): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Page, Trouble> {
    let origin = web.origin(&headers);
    blocking(move || {
        owner(&visitor)?;
        let shown = load(&visitor, &id(&group)?)?;
        let only: Option<MemberId> = get(&fields, "person").and_then(|person| person.parse().ok());
        let mut cards = Vec::new();
        for person in shown.people.iter().filter(|person| only.as_ref().is_none_or(|only| *only == person.id)) {
            cards.push((person, visitor.invite(&person.id)?));
        }
        let began = shown.cycles.iter().any(|one| one.facts.sessions_held > 0 || !matches!(one.facts.stage, "forming" | "scheduled"));
        let body = html! {
            div.screen { h1 { "Invitations for " (shown.group.name) }
                p.lead { "They are shown this once. Print and cut, or send each to its person only." }
                @if began { p.card.warn { "This group has begun: whoever takes one of these now is shown no notes until somebody in the group says that it is them." } }
            }
            ul.slips { @for (person, invitation) in &cards { (slip(&visitor, person, invitation, &origin)) } }
            p.more { a.button href=(at("groups", &shown.group.id)) { "Done" } }
        };
        Ok(framed(&visitor, "/groups", Page::new("Invitations", body)))
    })
    .await
}

fn slip(visitor: &Visitor, person: &Person, invitation: &Invitation, base: &str) -> Markup {
    html! {
        li.card {
            p { strong { (person.name) } @if let Some(email) = &person.email { " · " (email) } }
            p { "You are invited to a peer learning group at " (visitor.organisation().name()) ". This is your own way in; it works once, until " (day(invitation.expires_at)) "." }
            p.link { (base) "/in/" (invitation.token) }
            p.helps { "What is said in the group stays there: whoever runs the programme sees who attended and what was completed, never what was said." }
        }
    }
}
