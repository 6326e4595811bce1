//! Pages that a peer learning group runs on, in the room and between the sessions, and that a programme owner forms groups with.
//!
//! Rendered on the server; a little script makes them live and sends what was pressed until it is through. Without the script
//! everything still works, by reloading.
//!
//! - `door`: in by a personal link, and out.
//! - `member`: what a member sees and does. `now` is the one page that always says what to do now.
//! - `owner`: groups, rosters, figures; facts only.
//! - `sample`: the first page of a service that is new, and whom to be in the sample organisation.
//! - `language`: in which language somebody reads a module.
//! - `sure`: what can't be taken back, and what is meant for the moment only.
//! - `page`: the frame of every page, and what went wrong in words.
//!
//! What is deliberately absent: rules. What may be pressed is what the machine allows; why not yet is what it answers.

mod address;
mod asset;
mod door;
mod forms;
mod guard;
mod language;
mod member;
mod owner;
mod page;
mod sample;
mod sure;
mod words;

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderMap, header},
};
use axum_extra::extract::cookie::{Cookie, SameSite};
use peercircle_host::{Demo, Host, Offer};

/// What the pages stand on.
#[derive(Clone, Debug)]
pub struct Web {
    host: Arc<Host>,
    secure: bool,
    sample: Sample,
}

/// Where a sample organisation can be looked at.
#[derive(Clone, Debug)]
enum Sample {
    None,
    /// There, and nothing else.
    Shown(Arc<Demo>),
    /// For as long as there is no organisation of one's own.
    Offered(Arc<Offer>),
}

impl Web {
    /// Pages for this host.
    #[must_use]
    pub const fn new(host: Arc<Host>) -> Self {
        Self { host, secure: false, sample: Sample::None }
    }

    /// With a page to choose whom of the sample organisation to be, at `/demo`.
    #[must_use]
    pub fn sample(self, sample: Arc<Demo>) -> Self {
        Self { sample: Sample::Shown(sample), ..self }
    }

    /// With a first page that offers a sample organisation, while that stands.
    #[must_use]
    pub fn offer(self, offer: Arc<Offer>) -> Self {
        Self { sample: Sample::Offered(offer), ..self }
    }

    /// Whether the pages are reached over HTTPS only: then the cookie that signs in is never sent otherwise, and links that are shown
    /// say so.
    #[must_use]
    pub fn secure(self, secure: bool) -> Self {
        Self { secure, ..self }
    }

    /// Where whoever asks has these pages from, for links that are shown: `https://pages.example.org`.
    fn origin(&self, headers: &HeaderMap) -> String {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        format!("{}://{host}", if self.secure { "https" } else { "http" })
    }

    /// A cookie of these pages.
    fn cookie(&self, name: &'static str, value: String) -> Cookie<'static> {
        let mut cookie = Cookie::new(name, value);
        cookie.set_path("/");
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_secure(self.secure);
        // Longer than any link is good.
        cookie.make_permanent();
        cookie
    }
}

/// The pages, as routes to serve from the root of a site.
///
/// Live updates come from `/api/v1/cycles/{id}/events`, which `peercircle-http` serves; without it the pages ask every few seconds.
pub fn router(web: Web) -> Router {
    Router::new()
        .merge(door::routes())
        .merge(member::routes())
        .merge(owner::routes())
        .merge(sample::routes())
        .merge(asset::routes())
        .fallback(|| async { page::not_found() })
        .layer(axum::middleware::from_fn(page::headers))
        .with_state(web)
}
