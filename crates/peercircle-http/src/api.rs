//! What all routes share.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use peercircle_host::Host;
use serde_json::Value;
use tokio::sync::{Semaphore, watch};

use crate::{
    Limits,
    hub::Hub,
    limits::{Buckets, Open},
    metrics::Metrics,
    openapi,
};

/// How many streams look for events at once: a store keeps about as many readers. A thousand that are woken by one event would
/// otherwise have hundreds of threads started for them, each with a connection of its own to open.
const LOOKS: usize = 8;

/// The API of a host, to be mounted ([`router`](crate::router)) and served ([`serve`](crate::serve)). Clones are the same.
///
/// # Example
/// ```
/// use std::sync::Arc;
/// use peercircle_host::Host;
/// use peercircle_http::{Api, Limits};
/// let api = Api::new(Arc::new(Host::default()), Limits::default());
/// assert!(!api.is_closing());
/// api.close();
/// assert!(api.is_closing());
/// ```
#[derive(Clone)]
pub struct Api {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) host: Arc<Host>,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) hub: Hub,
    pub(crate) buckets: Buckets,
    pub(crate) requests: Arc<Semaphore>,
    pub(crate) streams: Arc<Semaphore>,
    /// How many streams look for events at once.
    pub(crate) looks: Semaphore,
    pub(crate) open: Open,
    description: OnceLock<Value>,
    pub(crate) description_text: OnceLock<Bytes>,
    closing: watch::Sender<bool>,
    boot: u32,
    count: AtomicU64,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("host", &self.inner.host).field("limits", &self.inner.limits).finish_non_exhaustive()
    }
}

impl Api {
    /// The API of this host.
    #[must_use]
    pub fn new(host: Arc<Host>, limits: Limits) -> Self {
        let mut boot = [0; 4];
        // Where the machine has no random numbers, ids of requests begin alike: they are only for logs.
        let _drawn = getrandom::fill(&mut boot);
        let inner = Inner {
            requests: Arc::new(Semaphore::new(limits.requests)),
            streams: Arc::new(Semaphore::new(limits.streams)),
            looks: Semaphore::new(LOOKS),
            host,
            limits,
            metrics: Metrics::default(),
            hub: Hub::default(),
            buckets: Buckets::default(),
            open: Open::default(),
            description: OnceLock::new(),
            description_text: OnceLock::new(),
            closing: watch::Sender::new(false),
            boot: u32::from_be_bytes(boot),
            count: AtomicU64::new(0),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &Arc<Host> {
        &self.inner.host
    }

    /// Begins to stop: streams of events end, `/ready` says no. What is being answered is answered.
    pub fn close(&self) {
        self.inner.closing.send_replace(true);
    }

    /// Whether it has begun to stop.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        *self.inner.closing.borrow()
    }

    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.inner.closing.subscribe()
    }

    /// The API's description.
    pub(crate) fn description(&self) -> &Value {
        self.inner.description.get_or_init(openapi)
    }

    /// A name for a request, for its log line and whoever asks about it.
    pub(crate) fn request_id(&self) -> String {
        format!("{:08x}{:08x}", self.inner.boot, self.inner.count.fetch_add(1, Ordering::Relaxed))
    }
}
