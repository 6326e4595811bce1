//! Processes: those that ship, and files of one's own.

use axum::{
    Form,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use peercircle_host::{HostError, Visitor};

use super::{framed, owner, quoted, table};
use crate::{
    guard::{SignedIn, blocking},
    page::{Page, Trouble},
};

fn list(visitor: &Visitor, name: &str, text: &str, wrong: Option<&Markup>) -> Result<Page, Trouble> {
    let processes = visitor.organisation().processes()?;
    let form = html! {
        form method="post" action="/processes" {
            label.field { span { "Name, such as " code { "our-process" } } input type="text" name="name" value=(name) required pattern="[a-z0-9\\-]{1,64}" autocomplete="off" autocapitalize="none"; }
            label.field { span { "The file" } textarea.cells name="text" rows="16" required spellcheck="false" wrap="off" { "\n" (text) } }
            button.primary { "Keep it" }
        }
    };
    let body = html! {
        h1 { "Processes" }
        p.lead { "Sizes, minutes, gaps, who may: what a group runs under. A running cycle keeps the process that it began with." }
        @if let Some(wrong) = wrong { div.beside { div { (wrong) } section.card { h2 { "One of your own" } (form) } } }
        @for file in &processes { details.card { summary { strong { (file.title) } " " small { (file.name) @if file.ships { ", ships" } @else { ", your own" } } } pre tabindex="0" { (file.text) } } }
        @if wrong.is_none() {
            section.card {
                h2 { "One of your own" }
                p { "Start from one above. Before a group lives it, " code { "peercircle process check" } " proves that none can get stuck." }
                (form)
            }
        }
    };
    let page = framed(visitor, "/processes", Page::new("Processes", body));
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(Page { status, ..page })
}

pub(super) async fn page(SignedIn(visitor): SignedIn) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        list(&visitor, "", "", None)
    })
    .await
}

pub(super) async fn put(
    SignedIn(visitor): SignedIn,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        // As it was written: the lines of what is to be mended are counted in it.
        let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map_or("", |(_, text)| text.as_str());
        let (name, text) = (field("name").trim(), field("text").replace("\r\n", "\n"));
        let wrong = match visitor.put_process(name, &text) {
            Ok(_) => return Ok(Redirect::to("/processes").into_response()),
            Err(HostError::Process(issues)) => {
                let head = html! { th.number scope="col" { "Line" } th.number scope="col" { "Column" } th scope="col" { "Expected, and what is there" } };
                let body = html! { @for issue in issues.issues() { tr {
                    td.number { (issue.line) } td.number { (issue.column) }
                    td {
                        @if !issue.path.is_empty() { code { (issue.path) } ": " } (quoted(&issue.expected))
                        @if let Some(suggestion) = &issue.suggestion { "; did you mean " code { (suggestion) } "?" }
                        br; small { "there is " (quoted(&issue.got)) }
                    }
                } } };
                let count = issues.issues().len();
                html! { section.card.warn aria-labelledby="mistakes" { h2 #mistakes { (count) " to mend" } (table("To be mended, by line", &head, &body)) } }
            }
            Err(error @ HostError::Invalid { .. }) => {
                html! { section.card.warn role="alert" { h2 { "Nothing was kept" } p { "The name: " (error) "." } } }
            }
            Err(error) => return Err(error.into()),
        };
        Ok(list(&visitor, name, &text, Some(&wrong))?.into_response())
    })
    .await
}
