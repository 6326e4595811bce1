//! Who asks, and whether they really do.

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::CookieJar;
use peercircle_host::{Credential, HostError, SignInError, Visitor};

use crate::{Web, page::Trouble};

/// The cookie that signs in: a personal link's token.
pub(crate) const COOKIE: &str = "pc";

/// Whoever is signed in.
pub(crate) struct SignedIn(pub(crate) Visitor);

impl FromRequestParts<Web> for SignedIn {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Trouble> {
        let token = token(&parts.headers).ok_or(Trouble::SignIn)?;
        let host = web.host.clone();
        let visitor = blocking(move || match host.sign_in(Credential::Link(&token)) {
            Ok(visitor) => Ok(visitor),
            Err(SignInError::Host(error)) => Err(error.into()),
            Err(_) => Err(Trouble::SignedOut),
        });
        visitor.await.map(Self)
    }
}

/// The token that signs in, where the request has one.
pub(crate) fn token(headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers).get(COOKIE).map(|cookie| cookie.value().to_owned())
}

/// Runs what waits for the store on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        // It panicked: a defect, which the log of the panic tells.
        Err(_) => Err(HostError::Invalid { expected: "an answer".to_owned(), got: "a defect of ours".to_owned() }.into()),
    }
}

/// Lets through what reads, and what writes only from our own pages: a cookie is sent whoever made the form.
pub(crate) async fn own_site(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) || is_own(request.headers()) {
        next.run(request).await
    } else {
        Trouble::Foreign.into_response()
    }
}

fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, of)| of == host),
        // Neither a browser of today nor a page of ours: nothing says where it comes from.
        _ => false,
    }
}
