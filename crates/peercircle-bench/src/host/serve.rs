//! The servers that are measured, each the whole of a process: ours, and the bare one.

use std::{
    collections::HashMap,
    future::pending,
    io::Write as _,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    time::Duration,
};

use anyhow::{Context as _, Result};
use axum::{
    Router,
    body::Body,
    extract::{self, State},
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use peercircle_host::{Host, Organisation, Scope};
use peercircle_http::{Api, Limits, Rate, router, serve};
use peercircle_service::{Service, Watch};
use peercircle_sqlite::{Options, SqliteStore};
use rusqlite::Connection;
use tokio::{
    net::TcpListener,
    sync::{broadcast, oneshot},
};

use super::sample::{form, numbered};

/// More than anybody asks for here.
const NO_LIMIT: Rate = Rate { burst: 1_000_000, per_second: 1_000_000 };

/// Our server, with this many formed cycles and a key for everything; its limits are for one visitor who is everybody.
pub(crate) fn ours(file: &Path, cycles: usize) -> Result<()> {
    let service = Service::new(SqliteStore::open(file, &Options::default())?);
    for number in 0..cycles {
        form(&service, &numbered(number))?;
    }
    let host = Arc::new(Host::default());
    let organisation = host.add(Organisation::new("bench".parse()?, "Bench", service));
    let key = organisation.make_key("bench", [Scope::Act, Scope::Groups].into(), None)?.key;
    let _watch = Watch::start(Arc::clone(organisation.service()), Duration::from_secs(5), |_| Ok(()), |_| {})?;
    let mut limits = Limits::default();
    (limits.visitor_rate, limits.key_rate) = (NO_LIMIT, NO_LIMIT);
    limits.streams_per_visitor = limits.streams;
    let api = Api::new(host, limits);
    runtime()?.block_on(async {
        let listener = listen(&key).await?;
        serve(listener, router(api.clone()), api, pending()).await;
        Ok(())
    })
}

/// What the handlers of the bare server share.
struct Bare {
    jobs: Mutex<Sender<(String, oneshot::Sender<()>)>>,
    line: usize,
    answer: usize,
    /// Where each cycle is, and who follows it.
    cycles: Mutex<HashMap<String, (u64, broadcast::Sender<Bytes>)>>,
}

/// The least that a durable answer takes: a handler that waits for its line of text to be committed with those of others.
pub(crate) fn bare(file: &Path, line: usize, answer: usize) -> Result<()> {
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE lines (position INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL)",
    )?;
    let (jobs, waiting) = channel();
    std::thread::spawn(move || commit(&connection, &waiting));
    let bare = Arc::new(Bare { jobs: Mutex::new(jobs), line, answer, cycles: Mutex::default() });
    let routes = Router::new()
        .route("/api/v1/cycles/{id}/commands", post(give))
        .route("/api/v1/cycles/{id}/events", get(follow))
        .with_state(bare);
    runtime()?.block_on(async {
        let listener = listen("none").await?;
        axum::serve(listener, routes).await?;
        Ok(())
    })
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting threads")
}

/// Says where it listens, and what opens the door.
async fn listen(key: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{} {key}", listener.local_addr()?.port())?;
    stdout.flush()?;
    Ok(listener)
}

/// Commits what has gathered in one go, again and again.
fn commit(connection: &Connection, waiting: &Receiver<(String, oneshot::Sender<()>)>) {
    let run = |sql: &str| connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    while let Ok(first) = waiting.recv() {
        let jobs: Vec<_> = std::iter::once(first).chain(waiting.try_iter().take(511)).collect();
        let insert = |line: &String| {
            let mut insert = connection.prepare_cached("INSERT INTO lines (line) VALUES (?1)")?;
            insert.execute([line])
        };
        let done =
            run("BEGIN IMMEDIATE").is_ok() && jobs.iter().all(|(line, _)| insert(line).is_ok()) && run("COMMIT").is_ok();
        if !done {
            // Whoever waits is refused: the senders are dropped.
            continue;
        }
        for (_, told) in jobs {
            let _heard = told.send(());
        }
    }
}

async fn give(State(bare): State<Arc<Bare>>, extract::Path(id): extract::Path<String>, body: Bytes) -> Response {
    let text = String::from_utf8_lossy(&body);
    let line = format!("{text:<width$}", width = bare.line);
    let (told, committed) = oneshot::channel();
    let sent = bare.jobs.lock().unwrap_or_else(PoisonError::into_inner).send((line.clone(), told));
    if sent.is_err() || committed.await.is_err() {
        return axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let mut cycles = bare.cycles.lock().unwrap_or_else(PoisonError::into_inner);
    let (revision, followers) = cycles.entry(id).or_insert_with(|| (0, broadcast::Sender::new(64)));
    *revision += 1;
    if followers.receiver_count() > 0 {
        let _heard = followers.send(Bytes::from(format!("id: {revision}\ndata: {line}\n\n")));
    }
    let answer = format!(r#"{{"verdict":"accepted","revision":{revision}}}"#);
    drop(cycles);
    ([(header::CONTENT_TYPE, "application/json")], format!("{answer:<width$}", width = bare.answer)).into_response()
}

async fn follow(State(bare): State<Arc<Bare>>, extract::Path(id): extract::Path<String>) -> Response {
    let receiver = {
        let mut cycles = bare.cycles.lock().unwrap_or_else(PoisonError::into_inner);
        cycles.entry(id).or_insert_with(|| (0, broadcast::Sender::new(64))).1.subscribe()
    };
    let events = futures_util::stream::unfold(receiver, |mut receiver| async move {
        let event = receiver.recv().await.ok()?;
        Some((Ok::<_, std::convert::Infallible>(event), receiver))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response()
}
