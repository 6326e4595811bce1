//! Connections, their limits, and a calm end.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use axum::{Router, http::StatusCode, routing::get};
use peercircle_core::Instant;
use peercircle_host::Organisation;
use peercircle_http::Api;
use peercircle_service::{Clock as _, ManualClock, Watch};
use peercircle_web::Web;
use tokio::net::TcpListener;

/// Everything that is served.
pub(crate) fn routes(api: &Api, web: Web, clock: Option<ManualClock>) -> Router {
    let routes = peercircle_http::router(api.clone()).merge(peercircle_web::router(web));
    match clock {
        Some(clock) => routes.merge(test_clock(clock)),
        None => routes,
    }
}

/// The clock of tests, to read and to set.
fn test_clock(clock: ManualClock) -> Router {
    let shown = clock.clone();
    let set = move |text: String| {
        let clock = clock.clone();
        async move {
            let at: Instant = text.trim().parse().map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, format!("{error}")))?;
            clock.set(at);
            Ok::<_, (StatusCode, String)>(at.to_string())
        }
    };
    Router::new().route("/test/clock", get(move || async move { shown.now().to_string() }).post(set))
}

/// Looks what falls due, for as long as it is held.
pub(crate) fn watch(organisation: &Organisation, every: Duration) -> Result<Watch> {
    let (of, heard) = (organisation.id().clone(), organisation.id().clone());
    let tell = move |notice: &peercircle_service::Notice| {
        tracing::info!(organisation = %of, notice = %notice.id, "due");
        Ok(())
    };
    let hear = move |round: Result<_, peercircle_service::ServiceError>| {
        if let Err(error) = round {
            tracing::error!(organisation = %heard, code = error.code(), "looking what is due");
        }
    };
    Watch::start(Arc::clone(organisation.service()), every, tell, hear).context("starting a thread")
}

pub(crate) async fn listen(at: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(at).await.with_context(|| format!("listening on {at}; is something else there?"))
}

/// Ends when somebody says so: Ctrl-C, or the machine.
pub(crate) async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminated) = terminated {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
            return;
        }
    }
    let _told = interrupted.await;
}
