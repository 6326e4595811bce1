//! What one visitor, and all together, may ask of a server.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::Network;

/// How much is taken at once. Every limit answers with a problem that says which it was.
///
/// # Example
/// ```
/// use peercircle_http::Limits;
/// let mut limits = Limits::default();
/// limits.streams_per_visitor = 2;
/// assert_eq!(limits.body_bytes, 256 << 10);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest body of a request, in bytes: 256 KiB.
    pub body_bytes: usize,
    /// The longest note, in bytes of its text: 64 KiB.
    pub note_bytes: usize,
    /// How long the head of a request may take, and a connection may stay without one: 10 s.
    pub header_timeout: Duration,
    /// How long a request may take, its body included: 30 s. Streams of events take as long as they like.
    pub request_timeout: Duration,
    /// How many requests each person has: 60 at once, 20 a second.
    pub visitor_rate: Rate,
    /// How many requests each key has: 1000 at once, 500 a second.
    pub key_rate: Rate,
    /// How many requests without a good credential each address has: 30 at once, 5 a second.
    pub guest_rate: Rate,
    /// How many requests are worked on at once: 256.
    pub requests: usize,
    /// How many connections are open at once: 4096. More wait to be accepted.
    pub connections: usize,
    /// How many streams of events are open at once: 2048.
    pub streams: usize,
    /// How many of them each person and each key may have: 8.
    pub streams_per_visitor: usize,
    /// How often a stream of events says that it is still there: every 15 s.
    pub heartbeat: Duration,
    /// How long open requests have to end when the server stops: 10 s.
    pub grace: Duration,
    /// Proxies that are believed what they write in `X-Forwarded-For`; none.
    pub proxies: Vec<Network>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 256 << 10,
            note_bytes: peercircle_service::MAX_NOTE_BYTES,
            header_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            visitor_rate: Rate { burst: 60, per_second: 20 },
            key_rate: Rate { burst: 1000, per_second: 500 },
            guest_rate: Rate { burst: 30, per_second: 5 },
            requests: 256,
            connections: 4096,
            streams: 2048,
            streams_per_visitor: 8,
            heartbeat: Duration::from_secs(15),
            grace: Duration::from_secs(10),
            proxies: Vec::new(),
        }
    }
}

/// A bucket of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many there are at first, 1 or more.
    pub burst: u32,
    /// How many come back each second, 1 or more.
    pub per_second: u32,
}

impl Rate {
    fn interval(self) -> Duration {
        Duration::from_secs(1) / self.per_second.max(1)
    }
}

/// Who a bucket is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Payer {
    /// Somebody without a good credential, by address; all together where no address is known.
    Guest(Option<IpAddr>),
    /// A person.
    Visitor(String),
    /// A key, whoever it speaks for.
    Key(String),
}

/// How many buckets are kept before those that are full again are dropped.
const KEPT: usize = 50_000;

/// Buckets by payer. Each is one instant: the one at which it will be full again.
#[derive(Debug, Default)]
pub(crate) struct Buckets(Mutex<HashMap<Payer, Instant>>);

impl Buckets {
    /// Takes a token.
    ///
    /// # Errors
    /// How long until there is one.
    pub(crate) fn take(&self, payer: Payer, rate: Rate, now: Instant) -> Result<(), Duration> {
        let interval = rate.interval();
        let depth = interval * rate.burst.max(1);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEPT {
            buckets.retain(|_, full_at| *full_at > now);
        }
        let full_at = buckets.entry(payer).or_insert(now);
        let then = (*full_at).max(now) + interval;
        match then.saturating_duration_since(now).checked_sub(depth) {
            Some(early) if !early.is_zero() => Err(early),
            Some(_) | None => {
                *full_at = then;
                Ok(())
            }
        }
    }
}

/// Counts what is open by visitor.
#[derive(Debug, Default)]
pub(crate) struct Open(Mutex<HashMap<String, usize>>);

impl Open {
    /// One more for this visitor, unless there are `most` of them already.
    pub(crate) fn enter(&self, visitor: &str, most: usize) -> bool {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(visitor.to_owned()).or_default();
        let fits = *count < most;
        if fits {
            *count += 1;
        }
        fits
    }

    pub(crate) fn leave(&self, visitor: &str) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(visitor) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(visitor);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let (buckets, rate, start) = (Buckets::default(), Rate { burst: 3, per_second: 2 }, Instant::now());
        let take = |after: u64| buckets.take(Payer::Visitor("a".into()), rate, start + Duration::from_millis(after));
        assert_eq!([take(0), take(0), take(0)], [Ok(()), Ok(()), Ok(())]);
        assert_eq!(take(0), Err(Duration::from_millis(500)));
        assert_eq!(take(400), Err(Duration::from_millis(100)));
        assert_eq!((take(500), take(501).is_err()), (Ok(()), true));
        assert_eq!(buckets.take(Payer::Guest(None), rate, start), Ok(()));
    }
}
