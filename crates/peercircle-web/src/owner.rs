//! What a programme owner sees and does: groups, rosters, figures. Facts only.

use axum::{
    Router,
    response::{IntoResponse as _, Response},
};
use maud::html;
use peercircle_host::Visitor;

use crate::{
    Web, guard,
    page::{Page, Trouble},
};

pub(crate) fn routes() -> Router<Web> {
    Router::new().layer(axum::middleware::from_fn(guard::own_site))
}

pub(crate) async fn home(_: Visitor) -> Result<Response, Trouble> {
    Ok(Page::new("Programme", html! { h1 { "Programme" } }).into_response())
}
