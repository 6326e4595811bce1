//! For those who look after the server.

use bytes::Bytes;
use peercircle_store::Which;
use serde_json::json;

use crate::call::{Call, Reply};
use crate::problem::{No, no};

/// The media type of metrics.
pub(super) const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How many cycles that are due are counted, at most.
const MOST_DUE: usize = 1000;

pub(super) fn health(_: &Call) -> Result<Reply, No> {
    Reply::json(&json!({"status": "up"}))
}

pub(super) fn ready(call: &Call) -> Result<Reply, No> {
    if call.api.is_closing() {
        return Err(no("closing", "expected a server that goes on, got one that stops"));
    }
    for organisation in call.api.inner.host.organisations() {
        let answered = organisation.service().store().last();
        answered.map_err(|_| no("unavailable", "expected every store to answer, got one that doesn't"))?;
    }
    Reply::json(&json!({"status": "ready"}))
}

pub(super) fn metrics(call: &Call) -> Result<Reply, No> {
    for organisation in call.api.inner.host.organisations() {
        let service = organisation.service();
        let store = service.store();
        // A store that doesn't answer keeps its last figures; `/ready` says so.
        if let (Ok(last), Ok(due)) = (store.last(), store.streams(&Which::Due(service.now()), None, MOST_DUE)) {
            let due = u64::try_from(due.len()).unwrap_or(u64::MAX);
            call.api.inner.metrics.store(organisation.id().as_str(), last.number(), due);
        }
    }
    Ok(Reply::bytes(METRICS, call.api.inner.metrics.text().into()))
}

pub(super) fn description(call: &Call) -> Result<Reply, No> {
    let text = call.api.inner.description_text.get_or_init(|| Bytes::from(call.api.description().to_string()));
    Ok(Reply::bytes("application/json", text.clone()))
}
