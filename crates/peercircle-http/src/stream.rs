//! Events as they happen: Server-Sent Events whose id is the revision.

use std::{collections::VecDeque, convert::Infallible, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use futures_util::stream::unfold;
use peercircle_core::{CycleId, MemberId, Revision};
use peercircle_host::HostError;
use peercircle_store::Record;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::problem::{No, no};
use crate::{
    Api,
    call::{Call, short},
    door::{self, Shown},
};

static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// After how many milliseconds a browser comes again once the connection is lost.
const RETRY: u32 = 1000;

/// After which revision events are wanted: what a reconnecting browser has seen counts before what its address says.
pub(crate) fn after(call: &Call) -> Result<Revision, No> {
    // Read even where the header goes before it: a mistake in it is one all the same.
    let asked = call.query_as("after", "a revision")?.unwrap_or(0);
    let after = match call.header(&LAST_EVENT_ID)? {
        Some("") | None => asked,
        Some(text) => {
            let no = |_| {
                let detail = format!("expected a revision in `Last-Event-ID`, got `{}`", short(text));
                no("bad_header", detail)
            };
            text.trim().parse().map_err(no)?
        }
    };
    let cycle = call.cycle()?;
    let store = call.visitor()?.organisation().service();
    let head = store.store().head(&cycle).map_err(HostError::from)?;
    let version = head.map_or(0, |head| head.version);
    if after > version {
        // Waiting for it would leave out what comes until then.
        let detail = format!("expected a revision of at most {version} as `after`, got {after}");
        return Err(no("bad_query", detail));
    }
    Ok(after)
}

/// What is needed to look again, whenever something may have happened: each time anew whether they may.
struct Watched {
    api: Api,
    shown: Shown,
    member: Option<MemberId>,
    cycle: CycleId,
}

impl Watched {
    fn load(&self, after: Revision) -> Result<Vec<Record>, No> {
        let mut visitor = self.shown.sign_in(&self.api.inner.host)?;
        if let Some(member) = &self.member {
            visitor = visitor.on_behalf_of(member.clone())?;
        }
        Ok(visitor.events(&self.cycle, after)?)
    }
}

/// A place among the open streams, given back when the stream is dropped.
struct Place {
    api: Api,
    name: String,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    fn take(api: &Api, name: String) -> Result<Self, No> {
        let full = |most: usize| no("too_many_streams", format!("expected at most {most} streams, got another"));
        let permit = api.inner.streams.clone().try_acquire_owned().map_err(|_| full(api.inner.limits.streams))?;
        if !api.inner.open.enter(&name, api.inner.limits.streams_per_visitor) {
            return Err(full(api.inner.limits.streams_per_visitor));
        }
        api.inner.metrics.stream_opened();
        Ok(Self { api: api.clone(), name, _permit: permit })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.api.inner.open.leave(&self.name);
        self.api.inner.metrics.stream_closed();
    }
}

/// An open stream.
pub(crate) struct Stream {
    watched: Arc<Watched>,
    place: Place,
    after: Revision,
    changes: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
    queue: VecDeque<Bytes>,
    is_over: bool,
}

impl Stream {
    /// Opens it: from here on nothing is missed. Asks the store.
    pub(crate) fn open(call: Call) -> Result<Self, No> {
        if call.api.is_closing() {
            return Err(no("closing", "expected a server that goes on, got one that stops"));
        }
        let visitor = call.visitor()?;
        let place = Place::take(&call.api, door::name(visitor))?;
        let (after, cycle) = (after(&call)?, call.cycle()?);
        let changes = call.api.inner.hub.wait_for(visitor.organisation(), &cycle).map_err(HostError::from)?;
        let member = door::on_behalf_of(&call.headers)?;
        let Some(shown) = call.shown.clone() else {
            return Err(no("not_signed_in", "expected a visitor, got nobody"));
        };
        let watched = Watched { api: call.api.clone(), shown, member, cycle };
        let mut stream = Self {
            closing: call.api.closing(),
            watched: Arc::new(watched),
            place,
            after,
            changes,
            queue: VecDeque::from([Bytes::from(format!("retry: {RETRY}\n\n"))]),
            is_over: false,
        };
        let records = stream.watched.load(after)?;
        stream.queue_up(&records);
        Ok(stream)
    }

    pub(crate) fn response(self: Box<Self>) -> Response {
        let frames = unfold(self, |mut stream| async move {
            let frame = stream.next().await?;
            Some((Ok::<_, Infallible>(frame), stream))
        });
        let mut response = Response::new(Body::from_stream(frames));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // Proxies that would hold back what comes in small pieces.
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }

    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(frame) = self.queue.pop_front() {
                return Some(frame);
            }
            if self.is_over {
                return None;
            }
            let heartbeat = tokio::time::sleep(self.place.api.inner.limits.heartbeat);
            tokio::select! {
                changed = self.changes.changed() => {
                    // Nobody wakes us any more: whoever comes again finds who does.
                    self.is_over = changed.is_err();
                }
                _closing = self.closing.wait_for(|closing| *closing) => self.is_over = true,
                () = heartbeat => self.queue.push_back(Bytes::from_static(b": still here\n\n")),
            }
            if !self.is_over {
                self.look().await;
            }
        }
    }

    async fn look(&mut self) {
        let (watched, after) = (Arc::clone(&self.watched), self.after);
        let api = self.place.api.clone();
        // INVARIANT: nobody closes it.
        let _turn = api.inner.looks.acquire().await.ok();
        let loaded = tokio::task::spawn_blocking(move || watched.load(after)).await;
        match loaded {
            Ok(Ok(records)) => self.queue_up(&records),
            Ok(Err(problem)) if !problem.is_ours() => {
                // It isn't theirs any more: coming again gets them the problem itself.
                self.queue.push_back(Bytes::from(format!("event: end\ndata: {{\"code\":\"{}\"}}\n\n", problem.code)));
                self.is_over = true;
            }
            // Whoever comes again goes on after the last event that they have.
            Ok(Err(_)) | Err(_) => self.is_over = true,
        }
    }

    fn queue_up(&mut self, records: &[Record]) {
        let Some(last) = records.last() else { return };
        for record in records {
            self.queue.push_back(frame(record));
        }
        // One word for a screen that draws everything anew, however many events there were.
        self.queue.push_back(Bytes::from(format!("event: guide\ndata: {{\"revision\":{}}}\n\n", last.seq)));
        self.after = last.seq;
        self.place.api.inner.metrics.streamed(records.len());
    }
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    at: &'a RawValue,
    #[serde(borrow)]
    body: &'a RawValue,
}

#[derive(Deserialize)]
struct Tag {
    r#type: String,
}

fn frame(record: &Record) -> Bytes {
    let read = || -> Option<String> {
        let line: Line<'_> = serde_json::from_str(&record.line).ok()?;
        let tag: Tag = serde_json::from_str(line.body.get()).ok()?;
        let (seq, at, body) = (record.seq, line.at.get(), line.body.get());
        let event = serde_json::to_string(&tag.r#type).ok()?;
        Some(format!(r#"{{"seq":{seq},"at":{at},"type":{event},"body":{body}}}"#))
    };
    // A line that can't be read is the history's trouble, and said where it is applied.
    let data = read().unwrap_or_else(|| format!(r#"{{"seq":{}}}"#, record.seq));
    Bytes::from(format!("id: {}\ndata: {data}\n\n", record.seq))
}
