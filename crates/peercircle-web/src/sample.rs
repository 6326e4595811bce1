//! The sample organisation's door: whom to be.

use std::sync::Arc;

use axum::{Router, extract::State, routing::get};
use maud::{Markup, html};
use peercircle_host::Demo;

use crate::{
    Web,
    page::{Page, not_found},
};

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/demo", get(choose))
}

async fn choose(State(web): State<Web>) -> Page {
    match &web.sample {
        Some(sample) => page(sample),
        None => not_found().await,
    }
}

/// Whom one can be. Whoever opens a link here is that person until they open another.
pub(crate) fn page(sample: &Arc<Demo>) -> Page {
    let mut groups: Vec<(&str, Vec<Markup>)> = Vec::new();
    for person in &sample.people {
        let link = html! {
            li { a href={ "/in/" (person.link.token) } { (person.name) } @if person.facilitates { small { "facilitates" } } }
        };
        match groups.last_mut().filter(|(group, _)| *group == person.group) {
            Some((_, people)) => people.push(link),
            None => groups.push((&person.group, vec![link])),
        }
    }
    let body = html! {
        h1 { "Whom would you like to be?" }
        p.lead { "A sample organisation with a group in every state. It is gone when the program stops." }
        p.helps { "To be several people at once, as in a room, open each in a private window or another browser." }
        div.two {
            section.card { h2 { "The programme" } ul.people { li { a href={ "/in/" (sample.owner.token) } { "Programme owner" } small { "forms groups, sees facts" } } } }
            @for (group, people) in &groups { section.card { h2 { (group) } ul.people { @for person in people { (person) } } } }
        }
    };
    Page::new("Sample", body).wide()
}
