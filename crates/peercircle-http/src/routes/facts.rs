//! What leaves the groups.

use axum::http::header;
use peercircle_core::CycleId;
use peercircle_host::Seen;

use super::shapes::{OutlookOf, Page};
use crate::call::{Call, Reply};
use crate::problem::{No, no};

pub(super) fn cycles(call: &Call) -> Result<Reply, No> {
    let (after, limit) = (call.query_as::<CycleId>("after", "an id")?, call.limit()?);
    // Exactly a page is looked at, as it is written down how many were. A full one may be the last.
    let facts = call.visitor()?.cycles(after.as_ref(), limit)?;
    let is_full = facts.len() == limit;
    let next = facts.last().filter(|_| is_full).and_then(|one| one.cycle.as_ref()).map(ToString::to_string);
    Reply::json(&Page { items: facts, next })
}

pub(super) fn facts(call: &Call) -> Result<Reply, No> {
    let (visitor, cycle) = (call.visitor()?, call.cycle()?);
    let facts = visitor.facts(&cycle)?;
    let tag = Seen::Facts(visitor.tag_of(&cycle, &facts)?);
    Ok(Reply::json(&facts)?.with(header::ETAG, &format!("\"{tag}\"")))
}

pub(super) fn outlook(call: &Call) -> Result<Reply, No> {
    let visitor = call.visitor()?;
    let outlook = visitor.outlook(&call.cycle()?)?;
    Reply::json(&OutlookOf::at(visitor.organisation().service().now(), outlook))
}

pub(super) fn outlooks(call: &Call) -> Result<Reply, No> {
    let (after, limit) = (call.query_as::<CycleId>("after", "an id")?, call.limit()?);
    let visitor = call.visitor()?;
    let (outlooks, now) = (visitor.outlooks_after(after.as_ref(), limit)?, visitor.organisation().service().now());
    // As of the cycles: exactly a page is looked at.
    let is_full = outlooks.len() == limit;
    let next = outlooks.last().filter(|_| is_full).and_then(|one| one.facts.cycle.as_ref()).map(ToString::to_string);
    Reply::json(&Page { items: outlooks.into_iter().map(|one| OutlookOf::at(now, one)).collect(), next })
}

pub(super) fn figures(call: &Call) -> Result<Reply, No> {
    Reply::json(&call.visitor()?.figures()?)
}

pub(super) fn audit(call: &Call) -> Result<Reply, No> {
    let (after, limit) = (call.query("after"), call.limit()?);
    if after == Some("") {
        return Err(no("bad_query", "expected an entry's id as `after`, got nothing"));
    }
    let entries = call.visitor()?.audit_log(after, limit + 1)?;
    Reply::json(&Page::of(entries, limit, |entry| entry.id.clone()))
}
