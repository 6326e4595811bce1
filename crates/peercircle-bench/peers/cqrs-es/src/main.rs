//! The peer: an aggregate in cqrs-es on sqlite-es, behind an axum handler. `cqrs-es-peer FILE full|normal` prints its port.
//!
//! As their documentation has it: `sqlite_cqrs`, the pool of `default_sqlite_pool`. With `full` the pool is the same but for
//! synchronous=FULL, as a commit isn't durable otherwise.

use std::{error::Error, str::FromStr as _, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    routing::post,
};
use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use serde::{Deserialize, Serialize};
use sqlite_es::{SqliteCqrs, default_sqlite_pool, sqlite_cqrs};
use sqlx::{
    Pool, Sqlite,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

/// The part of a cycle that the load asks for: its ground rules.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Rules {
    version: u16,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
enum Command {
    #[serde(rename = "ground_rules.set")]
    Set { version: u16 },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Event {
    #[serde(rename = "ground_rules.set")]
    Set { version: u16 },
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        "ground_rules.set".to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

#[derive(Debug)]
struct NotNewer;

impl std::fmt::Display for NotNewer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("expected a newer version")
    }
}

impl Error for NotNewer {}

impl Aggregate for Rules {
    const TYPE: &'static str = "rules";
    type Command = Command;
    type Event = Event;
    type Error = NotNewer;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), NotNewer> {
        let Command::Set { version } = command;
        if version <= self.version {
            return Err(NotNewer);
        }
        sink.write(Event::Set { version }, self).await;
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        let Event::Set { version } = event;
        self.version = version;
    }
}

async fn give(
    State(cqrs): State<Arc<SqliteCqrs<Rules>>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<&'static str, (StatusCode, String)> {
    let command: Command =
        serde_json::from_slice(&body).map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    cqrs.execute(&id, command).await.map_err(|error| (StatusCode::CONFLICT, error.to_string()))?;
    Ok(r#"{"verdict":"accepted"}"#)
}

async fn pool(address: &str, sync: &str) -> Result<Pool<Sqlite>, Box<dyn Error>> {
    if sync != "full" {
        return Ok(default_sqlite_pool(address).await);
    }
    let options = SqliteConnectOptions::from_str(address)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(30))
        .foreign_keys(true);
    Ok(SqlitePoolOptions::new().max_connections(10).connect_with(options).await?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, sync] = words.as_slice() else { return Err("expected FILE full|normal".into()) };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let pool = pool(&format!("sqlite://{file}"), sync).await?;
        // The table of their documentation.
        let table = "CREATE TABLE IF NOT EXISTS events (
            aggregate_type TEXT NOT NULL, aggregate_id TEXT NOT NULL, sequence INTEGER NOT NULL CHECK (sequence > 0),
            event_type TEXT NOT NULL, event_version TEXT NOT NULL, payload TEXT NOT NULL, metadata TEXT NOT NULL,
            PRIMARY KEY (aggregate_type, aggregate_id, sequence))";
        sqlx::query(table).execute(&pool).await?;
        let cqrs = Arc::new(sqlite_cqrs::<Rules>(pool, Vec::new(), ()));
        let routes = Router::new().route("/api/v1/cycles/{id}/commands", post(give)).with_state(cqrs);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?.port());
        axum::serve(listener, routes).await?;
        Ok(())
    })
}
