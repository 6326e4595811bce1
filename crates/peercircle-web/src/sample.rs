//! The first page of a service that is new, and the sample organisation's door: whom to be.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use maud::{Markup, html};
use peercircle_host::{Demo, HostError, Offered, OrgId, SignInError};

use crate::{
    Sample, Web, door,
    guard::{self, blocking},
    page::{Page, Trouble, not_found},
};

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/demo", get(choose).post(fill)).layer(axum::middleware::from_fn(guard::own_site))
}

/// What somebody sees first whom nobody invited yet: the sample, or where to begin. Nothing once there is an organisation that is used.
pub(crate) fn first(web: &Web) -> Result<Option<Page>, Trouble> {
    Ok(match &web.sample {
        Sample::None => None,
        Sample::Shown(demo) => Some(people(
            demo,
            html! { "A sample organisation with a group in every state. It is gone when the program stops." },
        )),
        Sample::Offered(offer) => match offer.look()? {
            Offered::Waiting | Offered::Filled(_) => Some(begin()),
            Offered::Over => None,
        },
    })
}

/// Whether this organisation is a sample.
pub(crate) fn is_sample(web: &Web, organisation: &OrgId) -> bool {
    match &web.sample {
        Sample::None => false,
        Sample::Shown(demo) => demo.organisation == *organisation,
        Sample::Offered(offer) => offer.is_sample(organisation),
    }
}

async fn choose(State(web): State<Web>) -> Result<Response, Trouble> {
    blocking(move || {
        let Sample::Offered(offer) = &web.sample else { return first(&web) };
        Ok(match offer.look()? {
            Offered::Filled(demo) => Some(people(&demo, html! {
                "A sample organisation with a group in every state, apart from your own. It is gone once you have begun with yours, or when the program stops. "
                a href="/" { "How to begin with yours" }
            })),
            Offered::Waiting => Some(begin()),
            Offered::Over => None,
        })
    })
    .await
    .map(or_not_found)
}

async fn fill(State(web): State<Web>) -> Result<Response, Trouble> {
    let is_there = blocking(move || match &web.sample {
        Sample::None => Ok(false),
        Sample::Shown(_) => Ok(true),
        Sample::Offered(offer) => match offer.fill() {
            Ok(Offered::Filled(_)) => Ok(true),
            Ok(Offered::Waiting | Offered::Over) => Ok(false),
            Err(SignInError::Host(error)) => Err(error.into()),
            // A link of its own that isn't good at once: a defect.
            Err(error) => Err(HostError::Invalid { expected: "a sample".to_owned(), got: error.to_string() }.into()),
        },
    });
    if is_there.await? { Ok(Redirect::to("/demo").into_response()) } else { Ok(not_found().into_response()) }
}

fn or_not_found(page: Option<Page>) -> Response {
    page.unwrap_or_else(not_found).into_response()
}

/// Where to begin, on a service that nobody uses yet.
fn begin() -> Page {
    let body = html! {
        h1 { "Peer learning groups" }
        (door::about())
        div.two {
            section.card {
                h2 { "Begin with your own" }
                p { "When this service started, it printed an address for whoever runs the programme. Open it once: it is your way in, and from there you form groups and invite their people." }
                p.helps { "It is no longer on the screen? On the machine that runs this, “peercircle-server invite-owner” and your name print another." }
            }
            section.card {
                h2 { "Look around first" }
                p { "A sample organisation with a group in every state. Be whoever runs the programme, or anybody in a group." }
                form method="post" action="/demo" { button.primary { "Look at a sample organisation" } }
                p.helps { "It is apart from your own, is kept in memory only, and is gone once you begin." }
            }
        }
        p.helps { "You were invited to a group here? Open the personal link from your invitation." }
    };
    Page::new("Welcome", body).wide()
}

/// Whom one can be. Whoever opens a link here is that person until they open another.
fn people(sample: &Demo, about: Markup) -> Page {
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
        p.lead { (about) }
        p.helps { "To be several people at once, as in a room, open each in a private window or another browser." }
        div.two {
            section.card { h2 { "The programme" } ul.people { li { a href={ "/in/" (sample.owner.token) } { "Programme owner" } small { "forms groups, sees facts" } } } }
            @for (group, people) in &groups { section.card { h2 { (group) } ul.people { @for person in people { (person) } } } }
        }
    };
    Page::new("Sample", body).wide()
}
