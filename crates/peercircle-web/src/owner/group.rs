//! A group: its people, its cycles as facts, its invitations.

use axum::{
    Form,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use peercircle_core::{CycleFacts, GroupId, MemberId};
use peercircle_host::{Group, HostError, Person, Visitor};
use peercircle_service::group_tag;
use peercircle_store::Which;

use super::{
    framed, is_shown, owner,
    programme::{attended, is_over},
    roster,
};
use crate::{
    guard::{SignedIn, blocking},
    page::{Page, Trouble, refusals},
    words::{capital, day, spaced},
};

fn id(text: &str) -> Result<GroupId, Trouble> {
    text.parse().map_err(|_| HostError::NotFound { expected: "a group", got: text.to_owned() }.into())
}

struct Shown {
    group: Group,
    people: Vec<Person>,
    cycles: Vec<CycleFacts>,
}

fn load(visitor: &Visitor, id: &GroupId) -> Result<Shown, Trouble> {
    owner(visitor)?;
    let group = visitor.group(id)?;
    let people = group.members.iter().map(|member| visitor.directory_entry(member)).collect::<Result<_, _>>()?;
    let service = visitor.organisation().service();
    let heads = service.store().streams(&Which::Tagged(group_tag(id)), None, usize::MAX).map_err(HostError::from)?;
    let cycles = heads.iter().map(|head| visitor.facts(&head.stream)).collect::<Result<_, _>>()?;
    Ok(Shown { group, people, cycles })
}

fn show(visitor: &Visitor, shown: &Shown) -> Page {
    let Shown { group, people, cycles } = shown;
    let lives = cycles.iter().any(|facts| !is_over(facts));
    let body = html! {
        h1 { (group.name) }
        div.two {
            section.card {
                h2 { "People" }
                ul.people { @for person in people {
                    li { a href={ "/people/" (person.id) } { (person.name) } small { (spaced(person.level.as_str())) ", " (spaced(person.department.as_str())) } }
                } }
                form method="post" action={ "/groups/" (group.id) "/invitations" } { button.primary { "Invite them all" } }
                p.helps { "Each gets an address of their own that works once, shown to you this once: to print, or to send. Whoever takes one after the group has begun sees no notes until somebody in the group says that it is them." }
                details.quiet { summary { "Invite one of them anew" }
                    @for person in people { form.row method="post" action={ "/groups/" (group.id) "/invitations" } { input type="hidden" name="person" value=(person.id); button.small.quiet { (person.name) } } }
                }
            }
            section.card {
                h2 { "Cycles" }
                @if cycles.is_empty() { p { "None yet." } }
                ul.people { @for facts in cycles { @if let Some(cycle) = &facts.cycle {
                    li { a href={ "/cycles/" (cycle) } { (module(visitor, facts)) } small { (capital(facts.stage)) ", " (facts.sessions_held) " of 2 sessions" @if is_shown(facts) && !facts.attended.is_empty() { ", attended " (attended(facts)) } } }
                } } }
                @if !lives {
                    h3 { "The next cycle" }
                    form method="post" action={ "/groups/" (group.id) "/cycles" } {
                        (roster::module_choice(visitor))
                        (process_choice(visitor))
                        (roster::date_choice())
                        button.primary { "Form a cycle" }
                    }
                } @else { p.helps { "The next cycle can begin when this one has ended (R-60)." } }
            }
        }
    };
    framed(visitor, "", Page::new(group.name.clone(), body))
}

fn module(visitor: &Visitor, facts: &CycleFacts) -> String {
    let id = facts.module.as_ref().map(ToString::to_string).unwrap_or_default();
    visitor
        .organisation()
        .catalogue()
        .module(&id, "en")
        .map_or_else(|| spaced(&id), |module| module.about.title.as_str().to_owned())
}

fn process_choice(visitor: &Visitor) -> Markup {
    let processes = visitor.organisation().processes().unwrap_or_default();
    let options: Vec<_> = processes.into_iter().map(|file| (file.name, file.title)).collect();
    crate::forms::select("process", "Process", &options, None)
}

pub(super) async fn page(SignedIn(visitor): SignedIn, Path(group): Path<String>) -> Result<Page, Trouble> {
    blocking(move || Ok(show(&visitor, &load(&visitor, &id(&group)?)?))).await
}

pub(super) async fn form(
    SignedIn(visitor): SignedIn,
    Path(group): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let (id, new) = (id(&group)?, roster::new_cycle(&fields)?);
        match visitor.form_cycle(&id, &new) {
            Ok(formed) => Ok(Redirect::to(&format!("/cycles/{}", formed.cycle)).into_response()),
            Err(HostError::Refused { refusals: list }) => {
                let alert = html! { h2 { "The rules say no" } (refusals(&list, str::to_owned)) };
                Ok(show(&visitor, &load(&visitor, &id)?).refusing(StatusCode::CONFLICT, alert).into_response())
            }
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// Invitations, shown this once: a sheet to print and cut.
pub(super) async fn invite(
    SignedIn(visitor): SignedIn,
    Path(group): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Page, Trouble> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
    let scheme = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok()).unwrap_or("http").to_owned();
    blocking(move || {
        let shown = load(&visitor, &id(&group)?)?;
        let only: Option<MemberId> = fields.iter().find(|(name, _)| name == "person").and_then(|(_, person)| person.parse().ok());
        let mut cards = Vec::new();
        for person in shown.people.iter().filter(|person| only.as_ref().is_none_or(|only| *only == person.id)) {
            let invitation = visitor.invite(&person.id)?;
            cards.push((person, format!("{scheme}://{host}/in/{}", invitation.token), invitation.expires_at));
        }
        let body = html! {
            h1 { "Invitations for " (shown.group.name) }
            p.lead { "They are shown this once. Print and cut, or send each to its person only." }
            ul.slips { @for (person, link, until) in &cards {
                li.card { p { strong { (person.name) } @if let Some(email) = &person.email { " · " (email) } }
                    p { "You are invited to a peer learning group at " (visitor.organisation().name()) ". This is your own way in; it works once, until " (day(*until)) "." }
                    p.link { (link) }
                    p.helps { "What is said in the group stays there: whoever runs the programme sees who attended and what was completed, never what was said." }
                }
            } }
            p.more { a.button href={ "/groups/" (shown.group.id) } { "Done" } }
        };
        Ok(framed(&visitor, "", Page::new("Invitations", body)))
    })
    .await
}
