//! What a programme owner sees and does: groups, rosters, figures. Facts only: no page here has a way to anything else.

mod cycle;
mod group;
mod lists;
mod outlook;
mod person;
mod processes;
mod programme;
mod roster;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use peercircle_core::CycleFacts;
use peercircle_host::{Visitor, Who};

use crate::{
    Web, guard,
    guard::SignedIn,
    page::{Nav, Page, Trouble},
    words::spaced,
};

/// The longest form, in bytes: a roster of 256 KiB, which a form may write with three bytes for one.
const MAX_FORM: usize = 1 << 20;

/// How many rows a page lists.
const PAGE: usize = 100;

/// A form's fields, or an address's.
type Fields = [(String, String)];

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/programme", get(programme::page))
        .route("/groups", get(lists::groups))
        .route("/groups/new", get(roster::page))
        .route("/groups/new/sample.csv", get(roster::sample))
        .route("/groups/new/preview", post(roster::preview))
        .route("/groups/new/make", post(roster::make))
        .route("/groups/new/made", get(roster::made))
        .route("/groups/{group}", get(group::page))
        .route("/groups/{group}/cycles", post(group::form))
        .route("/groups/{group}/invitations", post(group::invite))
        .route("/cycles/{cycle}", get(cycle::page))
        .route("/cycles/{cycle}/do", post(cycle::act))
        .route("/people", get(lists::people))
        .route("/people/{person}", get(person::page).post(person::put))
        .route("/people/{person}/erase", get(person::confirm).post(person::erase))
        .route("/processes", get(processes::page).post(processes::put))
        .route("/audit", get(lists::audit))
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .layer(axum::middleware::from_fn(guard::own_site))
}

/// To one's own page.
pub(crate) async fn home(visitor: Visitor) -> Result<Response, Trouble> {
    Ok(programme::page(SignedIn(visitor), axum::extract::Query(Vec::new())).await?.into_response())
}

/// Where a programme owner can go.
fn nav(visitor: &Visitor, at: &str) -> Nav {
    let link = |label, to: &str| (label, to.to_owned(), at == to);
    Nav {
        place: Some(visitor.organisation().name().to_owned()),
        links: vec![
            link("Programme", "/programme"),
            link("Groups", "/groups"),
            link("People", "/people"),
            link("Processes", "/processes"),
            link("Audit", "/audit"),
            link("Me", "/me"),
        ],
    }
}

/// A page of the programme owner's.
fn framed(visitor: &Visitor, at: &str, page: Page) -> Page {
    page.with(nav(visitor, at)).wide()
}

/// That it is a programme owner who asks: a member has pages of their own.
fn owner(visitor: &Visitor) -> Result<(), Trouble> {
    visitor.ask(&peercircle_host::Right::Facts)?;
    match visitor.who() {
        Who::Owner { .. } => Ok(()),
        Who::Member { .. } | Who::System { .. } => Err(Trouble::SignIn),
    }
}

/// Why a cycle's figures aren't shown, where they aren't.
const fn withheld(facts: &CycleFacts) -> Option<&'static str> {
    if facts.members.is_none() { Some("under five people, or the group shows no counts") } else { None }
}

/// What people call a module.
fn module(visitor: &Visitor, id: &str) -> String {
    let found = visitor.organisation().catalogue().module(id, "en");
    found.map_or_else(|| spaced(id), |module| module.about.title.as_str().to_owned())
}

/// A table in a box of its own that scrolls where a screen is narrow.
fn table(caption: &str, head: &Markup, body: &Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table { caption.sr { (caption) } thead { tr { (head) } } tbody { (body) } }
        }
    }
}

/// A sentence with what it quotes between backticks set as such.
fn quoted(text: &str) -> Markup {
    html! { @for (at, part) in text.split('`').enumerate() { @if at % 2 == 0 { (part) } @else { code { (part) } } } }
}
