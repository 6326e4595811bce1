//! People, processes, and who looked at facts.

use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use peercircle_core::MemberId;
use peercircle_host::{HostError, Looked, Person, Visitor};

use super::{framed, owner};
use crate::{
    guard::{SignedIn, blocking},
    page::{Page, Trouble},
    words::{spaced, when},
};

/// How many a page lists.
const PAGE: usize = 100;

fn get(fields: &[(String, String)], name: &str) -> Option<String> {
    let found = fields.iter().find(|(field, value)| field == name && !value.trim().is_empty());
    found.map(|(_, value)| value.trim().to_owned())
}

pub(super) async fn people(
    SignedIn(visitor): SignedIn,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let after: Option<MemberId> = get(&query, "after").and_then(|after| after.parse().ok());
        let people = visitor.people(after.as_ref(), PAGE)?;
        let body = html! {
            h1 { "People" }
            section.card {
                @if people.is_empty() { p { "Nobody yet: they come with the first roster." } p { a.button href="/groups/new" { "Make new groups" } } }
                @else {
                    div.scroll tabindex="0" role="region" aria-label="People" { table {
                        thead { tr { th scope="col" { "Name" } th scope="col" { "Level" } th scope="col" { "Department" } th scope="col" { "Address" } } }
                        tbody { @for person in &people { tr { th scope="row" { a href={ "/people/" (person.id) } { (person.name) } } td { (spaced(person.level.as_str())) } td { (spaced(person.department.as_str())) } td { (person.email.as_deref().unwrap_or("–")) } } } }
                    } }
                    @if people.len() == PAGE { @if let Some(last) = people.last() { p { a.button href={ "/people?after=" (last.id) } { "More" } } } }
                }
            }
        };
        Ok(framed(&visitor, "/people", Page::new("People", body)))
    })
    .await
}

fn id(text: &str) -> Result<MemberId, Trouble> {
    text.parse().map_err(|_| HostError::NotFound { expected: "a person", got: text.to_owned() }.into())
}

fn shown(visitor: &Visitor, person: &Person) -> Page {
    let text = |name: &str, label: &str, value: &str, required: bool| {
        html! { label.field { span { (label) } input type="text" name=(name) value=(value) required[required]; } }
    };
    let body = html! {
        h1 { (person.name) }
        section.card {
            form method="post" action={ "/people/" (person.id) } {
                (text("name", "Name", &person.name, true))
                (text("email", "Address", person.email.as_deref().unwrap_or_default(), false))
                (text("level", "Level", person.level.as_str(), true))
                (text("department", "Department", person.department.as_str(), true))
                (text("manager", "Manager, by id", person.manager.as_ref().map_or("", MemberId::as_str), false))
                button.primary { "Keep it" }
            }
            p.helps { "Running cycles keep what they knew when somebody was enrolled." }
        }
        section.card {
            h2 { "Erase" }
            details.quiet { summary { "Erase " (person.name) " everywhere" }
                p { "Name, address and id disappear from the directory, from every cycle and its history, with all notes they wrote. Counts stay, and the histories replay. It can't be undone." }
                form method="post" action={ "/people/" (person.id) "/erase" } {
                    label.field { span { "To be sure, write the id: " code { (person.id) } } input type="text" name="sure" required autocomplete="off"; }
                    button.danger { "Erase for good" }
                }
            }
        }
    };
    framed(visitor, "/people", Page::new(person.name.clone(), body))
}

pub(super) async fn person(SignedIn(visitor): SignedIn, Path(person): Path<String>) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        Ok(shown(&visitor, &visitor.directory_entry(&id(&person)?)?))
    })
    .await
}

pub(super) async fn put_person(
    SignedIn(visitor): SignedIn,
    Path(person): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let known = visitor.directory_entry(&id(&person)?)?;
        let word = |name: &str| get(&fields, name).unwrap_or_default().to_lowercase().replace(' ', "-");
        let person = Person {
            name: get(&fields, "name").unwrap_or_default(),
            email: get(&fields, "email"),
            level: word("level").parse().map_err(|_| Trouble::form("a level", "none"))?,
            department: word("department").parse().map_err(|_| Trouble::form("a department", "none"))?,
            manager: get(&fields, "manager")
                .map(|manager| manager.parse())
                .transpose()
                .map_err(|_| Trouble::form("a manager's id", "something else"))?,
            ..known
        };
        visitor.put_person(&person)?;
        Ok(Redirect::to("/people"))
    })
    .await
}

pub(super) async fn erase(
    SignedIn(visitor): SignedIn,
    Path(person): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let id = id(&person)?;
        if get(&fields, "sure").as_deref() == Some(id.as_str()) {
            visitor.erase_person(&id)?;
            return Ok(Redirect::to("/people").into_response());
        }
        let alert = html! { h2 { "Nothing was erased" } p { "The id that was written is another." } };
        let page = shown(&visitor, &visitor.directory_entry(&id)?);
        Ok(page.refusing(StatusCode::UNPROCESSABLE_ENTITY, alert).into_response())
    })
    .await
}

fn process_list(visitor: &Visitor, name: &str, text: &str, alert: Option<Markup>) -> Result<Page, Trouble> {
    let processes = visitor.organisation().processes()?;
    let body = html! {
        h1 { "Processes" }
        p.lead { "Sizes, minutes, gaps, who may: what a group runs under. A running cycle keeps the process that it began with." }
        @for file in &processes { details.card { summary { strong { (file.title) } " " small { (file.name) @if file.ships { ", ships" } } } pre { (file.text) } } }
        section.card {
            h2 { "One of your own" }
            p { "Start from one above. Before a group lives it, " code { "peercircle process check" } " proves that none can get stuck." }
            form method="post" action="/processes" {
                label.field { span { "Name, such as " code { "our-process" } } input type="text" name="name" value=(name) required pattern="[a-z0-9\\-]{1,64}"; }
                label.field { span { "The file" } textarea name="text" rows="16" required spellcheck="false" wrap="off" { (text) } }
                button.primary { "Keep it" }
            }
        }
    };
    let page = framed(visitor, "/processes", Page::new("Processes", body));
    Ok(match alert {
        Some(alert) => page.refusing(StatusCode::UNPROCESSABLE_ENTITY, alert),
        None => page,
    })
}

pub(super) async fn processes(SignedIn(visitor): SignedIn) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        process_list(&visitor, "", "", None)
    })
    .await
}

pub(super) async fn put_process(
    SignedIn(visitor): SignedIn,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let (name, text) = (get(&fields, "name").unwrap_or_default(), get(&fields, "text").unwrap_or_default());
        let alert = match visitor.put_process(&name, &text) {
            Ok(_) => return Ok(Redirect::to("/processes").into_response()),
            Err(HostError::Process(issues)) => html! {
                h2 { (issues.issues().len()) " to mend" }
                ul { @for issue in issues.issues() { li { "Line " (issue.line) ", column " (issue.column) ": expected " (issue.expected) ", got " (issue.got)
                    @if let Some(suggestion) = &issue.suggestion { "; did you mean " code { (suggestion) } "?" } } } }
            },
            Err(error @ HostError::Invalid { .. }) => html! { h2 { "That doesn't work" } p { (error) "." } },
            Err(error) => return Err(error.into()),
        };
        Ok(process_list(&visitor, &name, &text, Some(alert))?.into_response())
    })
    .await
}

pub(super) async fn audit(SignedIn(visitor): SignedIn, Query(query): Query<Vec<(String, String)>>) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let after = get(&query, "after");
        let entries = visitor.audit_log(after.as_deref(), PAGE)?;
        let body = html! {
            h1 { "Audit" }
            p.lead { "Who looked at which facts. Each group sees who looked at its own." }
            section.card {
                @if entries.is_empty() { p { "Nobody so far." } }
                @else {
                    div.scroll tabindex="0" role="region" aria-label="Who looked" { table {
                        thead { tr { th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "At what" } } }
                        tbody { @for entry in &entries { tr { td { (when(entry.at)) } td { (entry.who) } td { (what(&entry.looked)) } } } }
                    } }
                    @if entries.len() == PAGE { @if let Some(last) = entries.last() { p { a.button href={ "/audit?after=" (last.id) } { "Later ones" } } } }
                }
            }
        };
        Ok(framed(&visitor, "/audit", Page::new("Audit", body)))
    })
    .await
}

fn what(looked: &Looked) -> Markup {
    html! {
        @match looked {
            Looked::Facts { cycle } => { "The facts of " a href={ "/cycles/" (cycle) } { (cycle) } }
            Looked::Cycles { count } => { "A list of " (count) " cycles" }
            Looked::Figures {} => "The programme's figures",
        }
    }
}
