//! Groups, people, and who looked at facts, as lists.

use axum::extract::Query;
use chrono::{DateTime, NaiveDate};
use maud::{Markup, html};
use peercircle_core::{GroupId, Instant, MemberId, Span};
use peercircle_host::{Looked, Visitor};

use super::{PAGE, framed, owner, table};
use crate::{
    address::at,
    forms::get,
    guard::{SignedIn, blocking},
    page::{Page, Trouble},
    words::{spaced, when},
};

/// How many days back the audit begins, where nothing else is asked for.
const AUDIT_DAYS: u32 = 30;

/// The button to the next page of a list. An id may hold a plus, which an address would read as a space.
fn more(place: &str, label: &str, last: Option<&str>) -> Markup {
    html! { @if let Some(last) = last { p { a.button href={ (place) "after=" (last.replace('+', "%2B")) } { (label) } } } }
}

/// The last of a page that is full.
fn last<T>(page: &[T]) -> Option<&T> {
    if page.len() == PAGE { page.last() } else { None }
}

pub(super) async fn groups(
    SignedIn(visitor): SignedIn,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let after: Option<GroupId> = get(&query, "after").and_then(|after| after.parse().ok());
        let groups = visitor.groups(after.as_ref(), PAGE)?;
        let head = html! { th scope="col" { "Group" } th.number scope="col" { "People" } };
        let body = html! { @for group in &groups { tr { th scope="row" { a href=(at("groups", &group.id)) { (group.name) } } td.number { (group.members.len()) } } } };
        let body = html! {
            h1 { "Groups" }
            p { a.button href="/groups/new" { "New groups" } }
            section.card {
                @if groups.is_empty() { p { "No more groups." } } @else { (table("Groups", &head, &body)) }
                (more("/groups?", "More", last(&groups).map(|group| group.id.as_str())))
            }
        };
        Ok(framed(&visitor, "/groups", Page::new("Groups", body)))
    })
    .await
}

pub(super) async fn people(
    SignedIn(visitor): SignedIn,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let after: Option<MemberId> = get(&query, "after").and_then(|after| after.parse().ok());
        let people = visitor.people(after.as_ref(), PAGE)?;
        let head = html! { th scope="col" { "Name" } th scope="col" { "Level" } th scope="col" { "Department" } th scope="col" { "Address" } };
        let body = html! { @for person in &people { tr { th scope="row" { a href=(at("people", &person.id)) { (person.name) } } td { (spaced(person.level.as_str())) } td { (spaced(person.department.as_str())) } td { (person.email.as_deref().unwrap_or("–")) } } } };
        let body = html! {
            h1 { "People" }
            section.card {
                @if people.is_empty() && after.is_none() { p { "Nobody yet: they come with the first roster." } p { a.button href="/groups/new" { "New groups" } } }
                @else if people.is_empty() { p { "Nobody else." } }
                @else { (table("People", &head, &body)) }
                (more("/people?", "More", last(&people).map(|person| person.id.as_str())))
            }
        };
        Ok(framed(&visitor, "/people", Page::new("People", body)))
    })
    .await
}

/// The day that the audit is asked from, as a form writes it; some weeks ago where none is.
fn since(visitor: &Visitor, asked: Option<&str>) -> NaiveDate {
    let asked = asked.and_then(|day| day.parse::<NaiveDate>().ok());
    let from: Instant = visitor.organisation().service().now() - Span::days(AUDIT_DAYS);
    asked.unwrap_or_else(|| DateTime::from_timestamp_millis(from.unix_millis()).unwrap_or_default().date_naive())
}

pub(super) async fn audit(SignedIn(visitor): SignedIn, Query(query): Query<Vec<(String, String)>>) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let day = since(&visitor, get(&query, "since"));
        // Entries are named by their time, with leading zeros.
        let from = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis().max(0);
        let after = get(&query, "after").map_or_else(|| format!("{from:015}"), str::to_owned);
        let entries = visitor.audit_log(Some(&after), PAGE)?;
        let head = html! { th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "At what" } };
        let body = html! { @for entry in &entries { tr { td { (when(entry.at)) } td { (entry.who) } td { (what(&entry.looked)) } } } };
        let body = html! {
            h1 { "Audit" }
            p.lead { "Who looked at which facts. Each group sees who looked at its own." }
            section.card {
                form.filter method="get" action="/audit" {
                    label.field { span { "From the day (UTC)" } input type="date" name="since" value=(day.to_string()); }
                    button.quiet { "Show" }
                }
                @if entries.is_empty() { p { "Nobody looked." } } @else { (table("Who looked, the earliest first", &head, &body)) }
                (more(&format!("/audit?since={day}&"), "Later ones", last(&entries).map(|entry| entry.id.as_str())))
            }
        };
        Ok(framed(&visitor, "/audit", Page::new("Audit", body)))
    })
    .await
}

fn what(looked: &Looked) -> Markup {
    html! {
        @match looked {
            Looked::Facts { cycle } => { "The facts of " a href=(at("cycles", cycle)) { (cycle) } }
            Looked::Cycles { count } => { "A list of " (count) @if *count == 1 { " cycle" } @else { " cycles" } }
            Looked::Figures {} => "The programme's figures",
        }
    }
}
