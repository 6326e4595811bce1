//! A server: connections, their limits, and how it stops.

use std::{convert::Infallible, future::Future, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{net::TcpListener, sync::Semaphore};
use tower::ServiceExt as _;

use crate::Api;

/// How long accepting rests where the machine has no more sockets to give.
const REST: Duration = Duration::from_millis(50);

/// Serves `app` on `listener` until `shutdown` is there: then no more connections are accepted, streams of events end, and what is
/// being answered has [`Limits::grace`](crate::Limits::grace) to be answered.
///
/// # Example
/// ```
/// use std::sync::Arc;
/// use peercircle_http::{Api, Limits, router, serve};
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let api = Api::new(Arc::default(), Limits::default());
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// serve(listener, router(api.clone()), api.clone(), async {}).await; // stops at once
/// assert!(api.is_closing());
/// # Ok::<(), std::io::Error>(()) })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub async fn serve(listener: TcpListener, app: Router, api: Api, shutdown: impl Future<Output = ()> + Send) {
    let connections = Arc::new(Semaphore::new(api.inner.limits.connections));
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accept = async {
            // INVARIANT: nobody closes it.
            let permit = Arc::clone(&connections).acquire_owned().await.ok();
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = accept => accepted,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(REST).await;
            continue;
        };
        // Small answers go out at once; where that can't be had they go out a little later.
        let _set = stream.set_nodelay(true);
        let app = app.clone();
        let service = service_fn(move |request| answer(app.clone(), peer, request));
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(api.inner.limits.header_timeout);
        let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // A connection that breaks is its peer's matter.
            let _ended = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    api.close();
    let grace = tokio::time::timeout(api.inner.limits.grace, graceful.shutdown()).await;
    if grace.is_err() {
        tracing::warn!("stopped with connections open");
    }
}

async fn answer(app: Router, peer: SocketAddr, request: Request<Incoming>) -> Result<axum::response::Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    app.oneshot(request).await
}
