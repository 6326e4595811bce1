//! Peer learning groups over HTTP.
//!
//! - [`router`]: the JSON API of a host, to be mounted in a server; [`serve`] is one, with limits on connections and time.
//! - [`routes`]: the one table that drives the router, the rights, the API's description (OpenAPI 3.1, [`openapi`]) and its tests.
//! - Every "no", the framework's too, is a [`Problem`] (RFC 9457) with a stable code, what was expected, what came and what helps;
//!   the machine's with the rules that refuse.
//! - Commands take `Idempotency-Key` and `If-Match` (R-04); events come as pages or as a stream that loses and doubles nothing across
//!   a reconnect.
//!
//! Who somebody is and what they may ask is the host's ([`peercircle_host::Right`]): a route asks before it does anything. What is
//! deliberately absent: bodies, queries, tokens and names in logs and metrics.
//!
//! # Example
//! ```
//! use std::sync::Arc;
//! use axum::{body::Body, http::{Request, StatusCode}};
//! use peercircle_host::Host;
//! use peercircle_http::{Api, Limits, router};
//! use tower::ServiceExt as _;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let app = router(Api::new(Arc::new(Host::default()), Limits::default()));
//! let answer = app.oneshot(Request::get("/api/v1/cycles/c-1/guide").body(Body::empty())?).await?;
//! assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
//! assert_eq!(answer.headers()["content-type"], "application/problem+json");
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod api;
mod body;
mod call;
mod door;
mod hub;
mod limits;
mod lists;
mod metrics;
mod openapi;
mod problem;
mod proxy;
mod route;
mod routes;
mod serve;
mod stream;

pub use self::{
    answer::{not_found, router},
    api::Api,
    limits::{Limits, Rate},
    openapi::openapi,
    problem::{Issue, Problem},
    proxy::{Network, NetworkError},
    route::{Need, Route},
    routes::routes,
    serve::serve,
};
