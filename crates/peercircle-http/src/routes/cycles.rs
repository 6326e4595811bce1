//! A cycle: its commands, its views, its events.

use axum::http::{HeaderName, StatusCode, header};
use peercircle_core::{CommandId, CycleId, VerdictView, WireCommand};
use peercircle_host::{Answered, HostError, Seen, Visitor, Who};
use peercircle_store::StoreError;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::shapes::{Due, Events, Page};
use crate::problem::{No, no};
use crate::{
    call::{Call, Reply},
    stream,
};

static REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What may be kept, but is asked after each time.
const ASK_AGAIN: &str = "private, no-cache";

/// A command as it came, and from whom.
pub(crate) struct Order {
    visitor: Visitor,
    cycle: CycleId,
    command: WireCommand,
    key: Option<CommandId>,
    seen: Option<Seen>,
}

impl Order {
    pub(crate) fn of(call: Call) -> Result<Self, No> {
        let actor = match call.visitor()?.who() {
            Who::Member { person, .. } => format!("member {person}"),
            Who::Owner { .. } | Who::System { .. } => "organiser".to_owned(),
        };
        let (key, seen) = (call.key(&actor)?, call.seen()?);
        let (cycle, command) = (call.cycle()?, call.json()?);
        Ok(Self { cycle, command, key, seen, visitor: call.signed_in()? })
    }

    pub(crate) fn give(self) -> Result<Reply, No> {
        let Self { visitor, cycle, command, key, seen } = self;
        answered(&visitor.give(cycle, command, key, seen)?)
    }

    /// As [`give`](Self::give), with no thread that waits; nothing where it takes one.
    pub(crate) async fn soon(&self) -> Result<Option<Reply>, No> {
        let Self { visitor, cycle, command, key, seen } = self;
        let (tell, told) = oneshot::channel();
        visitor.give_soon(cycle.clone(), command.clone(), *key, *seen, move |answer| {
            // Whoever asked may have gone.
            let _heard = tell.send(answer);
        });
        match told.await {
            Ok(Some(answer)) => answered(&answer?).map(Some),
            Ok(None) => Ok(None),
            Err(_) => Err(HostError::from(StoreError::Unavailable { reason: "a store that has ended".to_owned() }).into()),
        }
    }
}

fn answered(given: &Answered) -> Result<Reply, No> {
    if let VerdictView::Refused { refusals } = &given.view {
        return Err(crate::Problem::refused(refusals.clone()).into());
    }
    let mut reply = Reply::json(&given.view)?;
    if let Some(seen) = given.seen {
        reply = reply.with(header::ETAG, &format!("\"{seen}\""));
    }
    let replayed = matches!(given.view, VerdictView::Duplicate { .. });
    Ok(if replayed { reply.with(REPLAYED.clone(), "true") } else { reply })
}

pub(super) fn view(call: &Call) -> Result<Reply, No> {
    let view = call.visitor()?.view(&call.cycle()?)?;
    let etag = format!("\"{}\"", view.revision);
    let reply = if call.has(&etag)? { Reply::empty().status(StatusCode::NOT_MODIFIED) } else { Reply::json(&view)? };
    Ok(reply.with(header::ETAG, &etag).with(header::CACHE_CONTROL, ASK_AGAIN))
}

pub(super) fn guide(call: &Call) -> Result<Reply, No> {
    Reply::json(&call.visitor()?.guide(&call.cycle()?)?)
}

pub(super) fn allowed(call: &Call) -> Result<Reply, No> {
    Reply::json(&Page::whole(call.visitor()?.allowed(&call.cycle()?)?))
}

pub(super) fn organiser(call: &Call) -> Result<Reply, No> {
    Reply::json(&Page::whole(call.visitor()?.organiser_may(&call.cycle()?)?))
}

pub(super) fn waiting(call: &Call) -> Result<Reply, No> {
    Reply::json(&Page::whole(call.visitor()?.waiting(&call.cycle()?)?))
}

pub(super) fn due(call: &Call) -> Result<Reply, No> {
    let (visitor, cycle) = (call.visitor()?, call.cycle()?);
    Reply::json(&Due { due: visitor.due(&cycle)?, ahead: visitor.ahead(&cycle)? })
}

pub(super) fn audit(call: &Call) -> Result<Reply, No> {
    Reply::json(&Page::whole(call.visitor()?.audit_of(&call.cycle()?)?))
}

pub(super) fn explain(call: &Call) -> Result<Reply, No> {
    Reply::json(&call.visitor()?.explain(&call.cycle()?, call.json::<WireCommand>()?)?)
}

pub(super) fn path(call: &Call) -> Result<Reply, No> {
    Reply::json(&call.visitor()?.path(&call.cycle()?, call.json::<WireCommand>()?)?)
}

pub(super) fn events(call: &Call) -> Result<Reply, No> {
    let (limit, after) = (call.limit()?, stream::after(call)?);
    let records = call.visitor()?.events(&call.cycle()?, after)?;
    let next = if records.len() > limit { records.get(limit.saturating_sub(1)).map(|one| one.seq) } else { None };
    let raw =
        |line: String| RawValue::from_string(line).map_err(|_| no("corrupt", "expected JSON in the store, got other text"));
    let items = records.into_iter().take(limit).map(|record| raw(record.line)).collect::<Result<_, _>>()?;
    Reply::json(&Events { items, next })
}
