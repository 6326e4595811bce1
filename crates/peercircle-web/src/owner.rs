//! What a programme owner sees and does: groups, rosters, figures. Facts only: no page here has a way to anything else.

mod cycle;
mod group;
mod lists;
mod programme;
mod roster;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use peercircle_core::CycleFacts;
use peercircle_host::{MIN_PEOPLE, Visitor, Who};

use crate::{
    Web, guard,
    guard::SignedIn,
    page::{Nav, Page, Trouble},
};

/// The longest form, in bytes: a roster, and what stands around it.
const MAX_FORM: usize = 512 << 10;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/programme", get(programme::page))
        .route("/groups/new", get(roster::page))
        .route("/groups/preview", post(roster::preview))
        .route("/groups/make", post(roster::make))
        .route("/groups/{group}", get(group::page))
        .route("/groups/{group}/cycles", post(group::form))
        .route("/groups/{group}/invitations", post(group::invite))
        .route("/cycles/{cycle}", get(cycle::page))
        .route("/cycles/{cycle}/do", post(cycle::act))
        .route("/people", get(lists::people))
        .route("/people/{person}", get(lists::person).post(lists::put_person))
        .route("/people/{person}/erase", post(lists::erase))
        .route("/processes", get(lists::processes).post(lists::put_process))
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
            link("New groups", "/groups/new"),
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

/// Whether a group is large enough for its figures to be shown.
fn is_shown(facts: &CycleFacts) -> bool {
    facts.members.is_some_and(|members| u32::from(members) >= MIN_PEOPLE)
}
