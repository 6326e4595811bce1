//! Metrics for Prometheus: counts and times by route, method and status. Never ids of people.

use std::{sync::atomic::AtomicU64, time::Duration};

use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

type Labels = Vec<(&'static str, String)>;

/// What is asked: a route and a method.
type Asks = [(&'static str, &'static str); 2];

/// What is answered to it: a status.
type Answers = (Asks, [(&'static str, u16); 1]);

/// Upper ends of the buckets, in seconds.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answers, Counter>,
    seconds: Family<Asks, Histogram, fn() -> Histogram>,
    panics: Counter,
    streams: Gauge,
    events_sent: Counter,
    position: Family<Labels, Gauge<u64, AtomicU64>>,
    due: Family<Labels, Gauge<u64, AtomicU64>>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("peercircle");
        let requests = Family::<Answers, Counter>::default();
        registry.register("http_requests", "Requests by route, method and status", requests.clone());
        let seconds = Family::<Asks, Histogram, fn() -> Histogram>::new_with_constructor(histogram);
        registry.register("http_request_seconds", "Time until the head of the answer, by route and method", seconds.clone());
        let panics = Counter::default();
        registry.register("http_panics", "Requests that ended in a panic", panics.clone());
        let streams = Gauge::default();
        registry.register("http_streams", "Streams of events that are open", streams.clone());
        let events_sent = Counter::default();
        registry.register("http_stream_events", "Events sent to streams", events_sent.clone());
        let position = Family::<Labels, Gauge<u64, AtomicU64>>::default();
        registry.register("store_position", "Position of the last event, by organisation", position.clone());
        let due = Family::<Labels, Gauge<u64, AtomicU64>>::default();
        registry.register("due_cycles", "Cycles that are due and not yet swept, at most 1000, by organisation", due.clone());
        Self { registry, requests, seconds, panics, streams, events_sent, position, due }
    }
}

impl Metrics {
    pub(crate) fn answered(&self, route: &'static str, method: &'static str, status: u16, took: Duration) {
        let asks = [("route", route), ("method", method)];
        self.requests.get_or_create(&(asks, [("status", status)])).inc();
        self.seconds.get_or_create(&asks).observe(took.as_secs_f64());
    }

    pub(crate) fn panicked(&self) {
        self.panics.inc();
    }

    pub(crate) fn stream_opened(&self) {
        self.streams.inc();
    }

    pub(crate) fn stream_closed(&self) {
        self.streams.dec();
    }

    pub(crate) fn streamed(&self, events: usize) {
        self.events_sent.inc_by(u64::try_from(events).unwrap_or(u64::MAX));
    }

    pub(crate) fn store(&self, organisation: &str, position: u64, due: u64) {
        let labels: Labels = vec![("organisation", organisation.to_owned())];
        self.position.get_or_create(&labels).set(position);
        self.due.get_or_create(&labels).set(due);
    }

    /// The text that Prometheus reads.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // INVARIANT: writing to a string doesn't fail.
        let _written = encode(&mut text, &self.registry);
        text
    }
}
