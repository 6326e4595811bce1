//! Commands as fast as they are answered: 64 connections, each to a cycle of its own.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use super::{
    Cells, Extent, Peer, Target,
    cells::{median, percentiles},
    client::Connection,
    sample::{cycle, numbered, set_rules},
};

/// How many connections there are, and cycles.
pub(super) const CONNECTIONS: usize = 64;

/// Somebody measured.
struct Measured<'a> {
    peer: &'a Peer,
    /// The last version of each cycle's ground rules.
    versions: Vec<u32>,
    rates: Vec<f64>,
    times: Vec<Duration>,
    refused: usize,
}

/// The share of the bare server's rate that ours has to reach.
const OF_BARE: f64 = 0.7;

/// How many times cqrs-es ours has to reach.
const OF_CQRS_ES: f64 = 20.0;

pub(super) fn measuring(table: &mut Vec<Cells>, extent: Extent, peers: [&Peer; 4]) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut all = peers.map(|peer| Measured {
        peer,
        versions: vec![1; CONNECTIONS],
        rates: Vec::new(),
        times: Vec::new(),
        refused: 0,
    });
    let round = Duration::from_millis(extent.of(2_000, 50));
    for at in 0..extent.of(6, 2) {
        for one in &mut all {
            runtime.block_on(one.round(round))?;
            if at == 0 {
                // The first round warms up.
                one.rates.clear();
                one.times.clear();
            }
        }
    }
    let [ours, bare, durable, as_is] = &mut all;
    ensure!(ours.refused == 0 && bare.refused == 0, "expected every command to be accepted, got {} refused", ours.refused);
    let rates = [&*ours, &*bare, &*durable, &*as_is].map(|one| median(&one.rates));
    let [at_ours, at_bare, at_durable, at_as_is] = rates;
    let row = |one: &mut Measured<'_>, what: &str| {
        let (p50, p99) = percentiles(&mut one.times);
        Cells::rate(what, median(&one.rates)).spread(p50, p99)
    };
    table.push(
        row(ours, "durable commands over HTTP, 64 connections")
            .beside("bare", at_bare)
            .beside("cqrs-es", at_durable)
            .wanting(Target::Share(OF_BARE, at_bare)),
    );
    table.push(
        Cells::rate("- the same, beside cqrs-es", at_ours)
            .beside("cqrs-es", at_durable)
            .beside("cqrs-es, not durable", at_as_is)
            .wanting(Target::Times(OF_CQRS_ES, at_durable)),
    );
    table.push(row(bare, "- bare: axum, a line in a group commit"));
    table.push(row(durable, "- cqrs-es, sqlite-es, synchronous=FULL"));
    table.push(row(as_is, "- cqrs-es, sqlite-es as it comes, not durable"));
    Ok(())
}

/// Numbers keys, over all peers and rounds.
static KEYS: AtomicU64 = AtomicU64::new(1);

impl Measured<'_> {
    async fn round(&mut self, round: Duration) -> Result<()> {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(Connection::open(self.peer).await?);
        }
        let (begin, peer) = (Instant::now(), self.peer);
        let works = connections
            .into_iter()
            .zip(&mut self.versions)
            .enumerate()
            .map(|(at, (connection, version))| work(peer, connection, numbered(at), version, begin + round));
        let done = futures_util::future::join_all(works).await;
        let took = begin.elapsed();
        let mut count = 0_u32;
        for done in done {
            let (times, refused) = done?;
            count += u32::try_from(times.len())?;
            self.times.extend(times);
            self.refused += refused;
        }
        self.rates.push(f64::from(count) / took.as_secs_f64());
        Ok(())
    }
}

/// How long each command took that was accepted, and how many weren't.
async fn work(
    peer: &Peer,
    mut connection: Connection,
    number: String,
    version: &mut u32,
    until: Instant,
) -> Result<(Vec<Duration>, usize)> {
    let cycle = cycle(&number)?;
    let (mut times, mut refused) = (Vec::new(), 0);
    loop {
        let begin = Instant::now();
        if begin >= until {
            return Ok((times, refused));
        }
        let key = KEYS.fetch_add(1, Ordering::Relaxed);
        let answer = connection.give(peer, cycle.as_str(), key, &set_rules(*version + 1)).await?;
        if answer.is_accepted() {
            times.push(begin.elapsed());
            *version += 1;
        } else {
            refused += 1;
        }
    }
}
