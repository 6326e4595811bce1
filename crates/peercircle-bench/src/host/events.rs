//! Events as they happen: from a command's answer until the last subscriber has its event.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{
    Cells, Extent, Peer,
    cells::percentiles,
    client::Connection,
    sample::{cycle, numbered, set_rules},
};

/// How many cycles the servers have; the last of them is the one that everybody follows.
pub(super) const CYCLES: usize = 101;

/// A subscriber has an event.
struct Heard {
    cycle: usize,
    revision: u64,
    at: Instant,
}

pub(super) fn measuring(table: &mut Vec<Cells>, extent: Extent, ours: &Peer, bare: &Peer) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (rounds, few) = (extent.of(40, 2), extent.of(10, 2));
    let shapes = [
        (format!("{} subscribers of one cycle", few * 100), CYCLES - 1..CYCLES, few * 100),
        (format!("100 cycles with {few} subscribers each, a command to each at once"), 0..CYCLES - 1, few),
    ];
    for (what, cycles, subscribers) in shapes {
        let mut taken = Vec::new();
        for peer in [ours, bare] {
            let mut times = runtime.block_on(told(peer, cycles.clone(), subscribers, rounds))?;
            taken.push(percentiles(&mut times));
        }
        let [(p50, p99), (bare50, bare99)] = taken.as_slice() else { continue };
        table.push(
            Cells::time(format!("an answer until the last of {what} has the event"), *p50)
                .spread(*p50, *p99)
                .beside("bare", bare50.as_secs_f64()),
        );
        table.push(Cells::time("- bare: a broadcast in memory", *bare50).spread(*bare50, *bare99));
    }
    Ok(())
}

/// How long it took each time.
async fn told(peer: &Peer, cycles: std::ops::Range<usize>, subscribers: usize, rounds: u32) -> Result<Vec<Duration>> {
    let (sender, mut heard) = unbounded_channel();
    let mut givers = Vec::new();
    // The next version of everybody's ground rules, and where each cycle is.
    let mut version = 2 + u32::try_from(subscribers)?;
    for at in cycles.clone() {
        command(peer, &mut Connection::open(peer).await?, at, version).await?;
        for seat in 0..subscribers {
            let mut connection = Connection::open(peer).await?;
            let number = numbered(at);
            let member = format!("m-{number}-{}", seat % 6);
            connection.subscribe(peer, cycle(&number)?.as_str(), &member).await?;
            tokio::spawn(listen(connection, at, sender.clone()));
        }
    }
    // They catch up first: whoever gives commands from outside isn't told where the cycle is.
    while tokio::time::timeout(Duration::from_millis(500), heard.recv()).await.is_ok() {}
    // Only now: a server closes connections that nobody asks anything on.
    for at in cycles {
        givers.push((at, Connection::open(peer).await?));
    }
    let mut times = Vec::new();
    for _ in 0..rounds {
        version += 1;
        let given = givers.iter_mut().map(|(at, connection)| {
            let at = *at;
            async move { Ok::<_, anyhow::Error>((at, command(peer, connection, at, version).await?)) }
        });
        let given = futures_util::future::join_all(given).await.into_iter().collect::<Result<Vec<_>>>()?;
        times.extend(last_of(&mut heard, &given, subscribers).await?);
    }
    Ok(times)
}

/// Sets the rules; when the answer was there.
async fn command(peer: &Peer, connection: &mut Connection, at: usize, version: u32) -> Result<Instant> {
    // No key comes twice to a cycle, as no version does.
    let key = u64::from(version) << 32;
    let answer = connection.give(peer, cycle(&numbered(at))?.as_str(), key, &set_rules(version)).await?;
    ensure!(answer.is_accepted(), "{}", String::from_utf8_lossy(&answer.body));
    Ok(Instant::now())
}

async fn listen(mut connection: Connection, cycle: usize, sender: UnboundedSender<Heard>) {
    while let Ok(revision) = connection.event().await {
        if sender.send(Heard { cycle, revision, at: Instant::now() }).is_err() {
            return;
        }
    }
}

/// From each answer until the last subscriber of its cycle had the event.
async fn last_of(
    heard: &mut UnboundedReceiver<Heard>,
    given: &[(usize, Instant)],
    subscribers: usize,
) -> Result<Vec<Duration>> {
    let mut last: Vec<Option<(u64, Instant)>> = vec![None; given.len()];
    let first = given.first().map(|(at, _)| *at).unwrap_or_default();
    for _ in 0..subscribers * given.len() {
        let one = tokio::time::timeout(Duration::from_secs(20), heard.recv()).await?.context("a subscriber")?;
        let place = one.cycle - first;
        let last = last.get_mut(place).context("a subscriber of a cycle of this round")?;
        let (expected, before) = last.unwrap_or((one.revision, one.at));
        ensure!(expected == one.revision, "expected event {expected}, got {}", one.revision);
        *last = Some((expected, before.max(one.at)));
    }
    let times =
        given.iter().zip(last).filter_map(|((_, answered), last)| Some(last?.1.saturating_duration_since(*answered)));
    Ok(times.collect())
}
