//! From a request to an answer: who asks, whether they may, what they send, what comes back.

use std::{
    net::{IpAddr, SocketAddr},
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body as Bytestream,
    extract::{ConnectInfo, MatchedPath, RawPathParams, Request, State, rejection::RawPathParamsRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
    routing::{MethodFilter, any, on},
};
use bytes::Bytes;
use futures_util::FutureExt as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use peercircle_host::{SignInError, Who};
use tokio::sync::OwnedSemaphorePermit;

use crate::problem::{No, no};
use crate::{
    Api, Need, Problem,
    call::{Call, Reply, short},
    door::{self, Shown},
    limits::Payer,
    proxy,
    route::{Body, Handler, Route},
    routes::{cycles::Order, routes},
    stream,
};

/// The API of a host as a router. It has no fallback of its own, so that it merges with others; what lies under `/api/` and isn't
/// there is a problem all the same, and [`not_found`] is one for the rest. What isn't a route's is neither counted nor logged here.
///
/// Behind [`serve`](crate::serve), or a server that adds `ConnectInfo<SocketAddr>`, each address has its own limits.
///
/// # Example
/// ```
/// use std::sync::Arc;
/// use axum::{body::Body, http::Request};
/// use peercircle_http::{Api, Limits, router};
/// use tower::ServiceExt as _;
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let app = router(Api::new(Arc::default(), Limits::default()));
/// assert_eq!(app.oneshot(Request::get("/health").body(Body::empty())?).await?.status(), 200);
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn router(api: Api) -> Router {
    let mut router = Router::new();
    for route in routes() {
        let filter = MethodFilter::try_from(route.method.clone()).unwrap_or(MethodFilter::GET);
        let handler = move |State(api): State<Api>, params: Params, request: Request| answer(api, route, params, request);
        router = router.route(route.path, on(filter, handler));
    }
    let nowhere = |State(api): State<Api>, request: Request| async move {
        let asked = Asked::of(&api, "/api/{*rest}", &request);
        asked.observed(&api, not_found(request).await)
    };
    router.route("/api/{*rest}", any(nowhere)).method_not_allowed_fallback(wrong_method).with_state(api)
}

/// The answer where there is no such address: a problem, for [`Router::fallback`].
pub async fn not_found(request: Request) -> Response {
    let detail = format!("expected an address of the API, got `{}`", short(request.uri().path()));
    response_of_problem(&no("no_route", detail))
}

async fn wrong_method(State(api): State<Api>, path: MatchedPath, request: Request) -> Response {
    let route = routes().iter().map(|route| route.path).find(|route| path.as_str().ends_with(route));
    let asked = Asked::of(&api, route.unwrap_or("none"), &request);
    let detail = format!("expected a method of this address, got `{}`", short(request.method().as_str()));
    asked.observed(&api, response_of_problem(&no("wrong_method", detail)))
}

type Params = Result<RawPathParams, RawPathParamsRejection>;

/// What is named, counted and logged of a request: its route's template, never its address, query or body.
struct Asked {
    begin: Instant,
    id: String,
    route: &'static str,
    method: &'static str,
}

impl Asked {
    fn of(api: &Api, route: &'static str, request: &Request) -> Self {
        let known = ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"];
        let method = known.into_iter().find(|known| *known == request.method().as_str()).unwrap_or("other");
        Self { begin: Instant::now(), id: api.request_id(), route, method }
    }

    fn observed(self, api: &Api, mut response: Response) -> Response {
        let Self { begin, id, route, method } = self;
        let (status, took) = (response.status().as_u16(), begin.elapsed());
        api.inner.metrics.answered(route, method, status, took);
        let code = response.extensions().get::<Code>().map_or("", |code| code.0.as_str());
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(request = %id, route = %route, method = %method, status, code, millis, "answered");
        if let Ok(id) = HeaderValue::try_from(id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The code of a problem, beside its answer: for the log.
#[derive(Clone)]
struct Code(String);

async fn answer(api: Api, route: &'static Route, params: Params, request: Request) -> Response {
    let (limit, asked) = (api.inner.limits.request_timeout, Asked::of(&api, route.path, &request));
    let work = AssertUnwindSafe(work(&api, route, params, request)).catch_unwind();
    let answered = match tokio::time::timeout(limit, work).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(_panic)) => Err(panicked(&api)),
        Err(_elapsed) => Err(no("timed_out", format!("expected to be done within {limit:?}, got longer"))),
    };
    asked.observed(&api, answered.unwrap_or_else(|problem| response_of_problem(&problem)))
}

fn panicked(api: &Api) -> No {
    api.inner.metrics.panicked();
    no("panicked", "expected an answer, got a defect of the server")
}

async fn work(api: &Api, route: &'static Route, params: Params, request: Request) -> Result<Response, No> {
    let permit = if route.unlimited { None } else { Some(slot(api)?) };
    let (mut call, peer) = called(api, route, params, request).await?;
    let is_command = matches!(route.handler, Handler::Command);
    let done = if is_command && call.shown.as_ref().is_some_and(Shown::is_ours) {
        admit(&mut call, peer)?;
        // The call goes before anything is waited for: as long as its parts are there the connection can't read into their place.
        let order = Order::of(call)?;
        if let Some(reply) = order.soon().await? {
            return Ok(response(reply));
        }
        tokio::task::spawn_blocking(move || {
            let _working = permit;
            order.give().map(Done::Reply)
        })
    } else {
        tokio::task::spawn_blocking(move || {
            let _working = permit;
            admit(&mut call, peer)?;
            match call.route.handler {
                Handler::Plain(plain) => plain(&call).map(Done::Reply),
                Handler::Command => Order::of(call)?.give().map(Done::Reply),
                Handler::Events(_) if accepts_stream(&call.headers) => {
                    stream::Stream::open(call).map(Box::new).map(Done::Stream)
                }
                Handler::Events(page) => page(&call).map(Done::Reply),
            }
        })
    };
    match done.await {
        Ok(Ok(Done::Reply(reply))) => Ok(response(reply)),
        Ok(Ok(Done::Stream(stream))) => Ok(stream.response()),
        Ok(Err(problem)) => Err(problem),
        Err(_panic) => Err(panicked(api)),
    }
}

/// The whole request, and from where it comes.
async fn called(api: &Api, route: &'static Route, params: Params, request: Request) -> Result<(Call, Option<IpAddr>), No> {
    let (parts, body) = request.into_parts();
    let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = connection.map(|ConnectInfo(at)| proxy::visitor(at.ip(), &parts.headers, &api.inner.limits.proxies));
    let shown = if route.need == Need::Public { Ok(None) } else { Shown::of(&parts.headers) };
    let shown = match shown {
        Ok(None) if route.need != Need::Public => {
            Err(no("not_signed_in", "expected a key or a personal link's token, got none"))
        }
        shown => shown,
    };
    // Whoever shows nothing good pays by address, also for the "no".
    if !route.unlimited && !matches!(shown, Ok(Some(_))) {
        pay(api, Payer::Guest(peer))?;
    }
    let shown = shown?;
    if let Some(shown) = &shown {
        shown.is_of_origin(&parts.method, &parts.headers)?;
    }
    let params = params.map_err(|_| no("not_found", "expected UTF-8 in the path, got other bytes"))?;
    let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let query = query(route, parts.uri.query())?;
    let body = read(api, route, &parts.headers, body).await?;
    let call = Call { api: api.clone(), route, params, query, headers: parts.headers, body, shown, visitor: None };
    Ok((call, peer))
}

enum Done {
    Reply(Reply),
    Stream(Box<stream::Stream>),
}

fn slot(api: &Api) -> Result<OwnedSemaphorePermit, No> {
    let busy = |_| {
        let detail = format!("expected at most {} requests at once, got more", api.inner.limits.requests);
        no("busy", detail)
    };
    api.inner.requests.clone().try_acquire_owned().map_err(busy)
}

fn pay(api: &Api, payer: Payer) -> Result<(), No> {
    let limits = &api.inner.limits;
    let rate = match payer {
        Payer::Guest(_) => limits.guest_rate,
        Payer::Visitor(_) => limits.visitor_rate,
        Payer::Key(_) => limits.key_rate,
    };
    let too_many = |wait: Duration| {
        let detail = format!("expected at most {} requests a second, got more", rate.per_second);
        no("too_many_requests", detail).retry_after(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).into()
    };
    api.inner.buckets.take(payer, rate, Instant::now()).map_err(too_many)
}

/// Signs in, and asks for the route's right.
fn admit(call: &mut Call, peer: Option<IpAddr>) -> Result<(), No> {
    let Some(shown) = &call.shown else { return Ok(()) };
    let visitor = match shown.sign_in(&call.api.inner.host) {
        Ok(visitor) => visitor,
        Err(SignInError::Unknown) => {
            pay(&call.api, Payer::Guest(peer))?;
            return Err(SignInError::Unknown.into());
        }
        Err(error) => return Err(error.into()),
    };
    let name = door::name(&visitor);
    let payer = if matches!(visitor.who(), Who::System { .. }) { Payer::Key(name) } else { Payer::Visitor(name) };
    pay(&call.api, payer)?;
    let visitor = match door::on_behalf_of(&call.headers)? {
        Some(member) => visitor.on_behalf_of(member)?,
        None => visitor,
    };
    let cycle = if call.route.path.starts_with("/api/v1/cycles/{id}") { Some(call.cycle()?) } else { None };
    call.route.need.ask(&visitor, cycle)?;
    call.visitor = Some(visitor);
    Ok(())
}

fn query(route: &Route, query: Option<&str>) -> Result<Vec<(String, String)>, No> {
    let mut read: Vec<(String, String)> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if !route.query.iter().any(|param| param.name == name) {
            let known: Vec<_> = route.query.iter().map(|param| param.name).collect();
            let known = if known.is_empty() { "no parameter".to_owned() } else { known.join(", ") };
            return Err(no("bad_query", format!("expected {known}, got `{}`", short(&name))));
        }
        if read.iter().any(|(one, _)| *one == name) {
            return Err(no("bad_query", format!("expected `{name}` once, got it again")));
        }
        read.push((name.into_owned(), value.into_owned()));
    }
    Ok(read)
}

async fn read(api: &Api, route: &Route, headers: &HeaderMap, body: Bytestream) -> Result<Bytes, No> {
    if route.body == Body::None {
        return Ok(Bytes::new());
    }
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !route.body.media().contains(&essence.as_str()) {
        let (expected, got) = (route.body.media().join(" or "), if sent.is_empty() { "none" } else { sent });
        let detail = format!("expected {expected} as `Content-Type`, got `{}`", short(got));
        return Err(no("wrong_content_type", detail));
    }
    let limit = api.inner.limits.body_bytes;
    let too_large = || no("body_too_large", format!("expected a body of at most {limit} bytes, got a longer one"));
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit)) {
        return Err(too_large());
    }
    match Limited::new(body, limit).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(_) => Err(no("bad_request", "expected a whole body, got a part of one")),
    }
}

fn accepts_stream(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    let mut types = accepted.flat_map(|value| value.split(',')).map(|one| one.split(';').next().unwrap_or_default().trim());
    types.any(|one| one.eq_ignore_ascii_case("text/event-stream"))
}

/// The media type of a problem.
const PROBLEM: &str = "application/problem+json";

fn response(reply: Reply) -> Response {
    let Reply { status, media, body, headers } = reply;
    let mut response = Response::new(Bytestream::from(body));
    *response.status_mut() = status;
    let all = response.headers_mut();
    if !media.is_empty() {
        all.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    }
    all.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    all.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    for (name, value) in headers {
        all.insert(name, value);
    }
    response
}

fn response_of_problem(problem: &Problem) -> Response {
    // INVARIANT: a problem is always JSON.
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut reply = Reply::bytes(PROBLEM, body.into()).status(status);
    if status == StatusCode::UNAUTHORIZED {
        reply = reply.with(header::WWW_AUTHENTICATE, "Bearer realm=\"peercircle\"");
    }
    if let Some(seconds) = problem.retry_after {
        reply = reply.with(header::RETRY_AFTER, &seconds.max(1).to_string());
    }
    let mut response = response(reply);
    response.extensions_mut().insert(Code(problem.code.to_string()));
    response
}
