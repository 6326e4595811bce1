//! A person: what is known of them, to change and to erase.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use peercircle_core::MemberId;
use peercircle_host::{Group, HostError, Person, Visitor};

use super::{Fields, framed, owner};
use crate::{
    address::at,
    forms::get,
    guard::{SignedIn, blocking},
    page::{Page, Trouble, refusing},
};

fn id(text: &str) -> Result<MemberId, Trouble> {
    text.parse().map_err(|_| HostError::NotFound { expected: "a person", got: text.to_owned() }.into())
}

/// A person as a form has them.
struct Written<'a> {
    name: &'a str,
    email: &'a str,
    level: &'a str,
    department: &'a str,
    manager: &'a str,
}

impl<'a> Written<'a> {
    fn of(person: &'a Person) -> Self {
        Self {
            name: &person.name,
            email: person.email.as_deref().unwrap_or_default(),
            level: person.level.as_str(),
            department: person.department.as_str(),
            manager: person.manager.as_ref().map_or("", MemberId::as_str),
        }
    }

    fn read(fields: &'a Fields) -> Self {
        let get = |name| get(fields, name).map_or("", str::trim);
        Self {
            name: get("name"),
            email: get("email"),
            level: get("level"),
            department: get("department"),
            manager: get("manager"),
        }
    }

    /// The person, or everything that is wrong with what was written.
    fn person(&self, id: MemberId) -> Result<Person, Vec<String>> {
        let mut wrong = Vec::new();
        let word = |text: &str| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-");
        let (level, department) = (word(self.level).parse(), word(self.department).parse());
        let manager = Some(self.manager).filter(|manager| !manager.is_empty()).map(str::parse).transpose();
        let email = Some(self.email).filter(|email| !email.is_empty());
        if self.name.is_empty() {
            wrong.push("Name: expected one, got nothing.".to_owned());
        }
        if email.is_some_and(|email| !email.contains('@') || email.contains(char::is_whitespace)) {
            wrong.push(format!("Address: expected one such as ana@example.org, got `{}`.", self.email));
        }
        for (field, is_good, got) in [
            ("Level", level.is_ok(), self.level),
            ("Department", department.is_ok(), self.department),
            ("Manager", manager.is_ok(), self.manager),
        ] {
            if !is_good {
                wrong.push(format!("{field}: expected letters, digits and -_.:@+/, got `{got}`."));
            }
        }
        match (level, department, manager) {
            (Ok(level), Ok(department), Ok(manager)) if wrong.is_empty() => {
                Ok(Person { id, name: self.name.to_owned(), email: email.map(str::to_owned), level, department, manager })
            }
            _ => Err(wrong),
        }
    }
}

fn shown(visitor: &Visitor, person: &Person, written: &Written<'_>) -> Page {
    let place = at("people", &person.id);
    let text = |name: &str, kind: &str, label: &str, value: &str, required: bool| {
        html! { label.field { span { (label) } input type=(kind) name=(name) value=(value) required[required] autocomplete="off"; } }
    };
    let body = html! {
        h1 { (person.name) }
        section.card {
            form method="post" action=(place) {
                (text("name", "text", "Name", written.name, true))
                (text("email", "email", "Address", written.email, false))
                (text("level", "text", "Level", written.level, true))
                (text("department", "text", "Department", written.department, true))
                (text("manager", "text", "Manager, by id", written.manager, false))
                button.primary { "Keep it" }
            }
            p.helps { "Running cycles keep what they knew when somebody was enrolled." }
        }
        section.card {
            h2 { "Erase" }
            p { "Takes " (person.name) " out of everything that is kept here. You are shown first what is lost." }
            p { a.button.danger href={ (place) "/erase" } { "Erase…" } }
        }
    };
    framed(visitor, "/people", Page::new(person.name.clone(), body))
}

pub(super) async fn page(SignedIn(visitor): SignedIn, Path(person): Path<String>) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let person = visitor.directory_entry(&id(&person)?)?;
        Ok(shown(&visitor, &person, &Written::of(&person)))
    })
    .await
}

pub(super) async fn put(
    SignedIn(visitor): SignedIn,
    Path(person): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let known = visitor.directory_entry(&id(&person)?)?;
        let written = Written::read(&fields);
        let wrong = match written.person(known.id.clone()) {
            Ok(person) => match visitor.put_person(&person) {
                Ok(()) => return Ok(Redirect::to("/people").into_response()),
                Err(error @ HostError::Invalid { .. }) => vec![format!("{error}.")],
                Err(error) => return Err(error.into()),
            },
            Err(wrong) => wrong,
        };
        let alert = html! { h2 { "Nothing was kept" } ul { @for one in wrong { li { (one) } } } };
        Ok(shown(&visitor, &known, &written).refusing(StatusCode::UNPROCESSABLE_ENTITY, alert).into_response())
    })
    .await
}

/// The groups that somebody is in.
fn groups_of(visitor: &Visitor, id: &MemberId) -> Result<Vec<Group>, Trouble> {
    let groups = visitor.groups(None, usize::MAX)?;
    Ok(groups.into_iter().filter(|group| group.members.contains(id)).collect())
}

/// What is lost, before it is.
fn confirmation(visitor: &Visitor, person: &Person) -> Result<Page, Trouble> {
    let groups = groups_of(visitor, &person.id)?;
    let place = at("people", &person.id);
    let body = html! {
        h1 { "Erase " (person.name) "?" }
        section.card.warn {
            h2 { "What is lost" }
            ul {
                li { "Name, address, level, department and manager, from the directory." }
                @if !groups.is_empty() { li { "The place in " @for (at, group) in groups.iter().enumerate() { @if at > 0 { ", " } (group.name) } "." } }
                li { "The id, from every cycle and from its history." }
                li { "The notes that " (person.name) " wrote, for everyone who could read them." }
                li { "Every link and invitation of theirs: they can't sign in any more." }
            }
            p { "What stays: counts, such as how many attended; nobody can be told from them. The histories still replay." }
            p { strong { "It can't be undone." } }
            form method="post" action={ (place) "/erase" } {
                label.field { span { "To be sure, write the id: " code { (person.id) } } input type="text" name="sure" required autocomplete="off" autocapitalize="none" spellcheck="false"; }
                div.row { button.danger { "Erase for good" } a.button.quiet href=(place) { "Keep them" } }
            }
        }
    };
    Ok(framed(visitor, "/people", Page::new(format!("Erase {}", person.name), body)))
}

pub(super) async fn confirm(SignedIn(visitor): SignedIn, Path(person): Path<String>) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        confirmation(&visitor, &visitor.directory_entry(&id(&person)?)?)
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
        let person = visitor.directory_entry(&id(&person)?)?;
        let no = |status, why: Markup| {
            let alert = html! { h2 { "Nothing was erased" } (why) };
            Ok(confirmation(&visitor, &person)?.refusing(status, alert).into_response())
        };
        if get(&fields, "sure").map(str::trim) != Some(person.id.as_str()) {
            return no(StatusCode::UNPROCESSABLE_ENTITY, html! { p { "The id that was written is another." } });
        }
        match visitor.erase_person(&person.id) {
            Ok(()) => Ok(Redirect::to("/people").into_response()),
            Err(HostError::Refused { refusals: list }) => no(StatusCode::CONFLICT, refusing(&visitor, &list)?),
            Err(error) => Err(error.into()),
        }
    })
    .await
}
