//! Keys of systems.

use axum::http::StatusCode;

use super::shapes::{NewKeyAsked, Page};
use crate::call::{Call, Reply};
use crate::problem::No;

pub(super) fn keys(call: &Call) -> Result<Reply, No> {
    Reply::json(&Page::whole(call.visitor()?.keys()?))
}

pub(super) fn make(call: &Call) -> Result<Reply, No> {
    let NewKeyAsked { name, scopes, expires_at } = call.json()?;
    let key = call.visitor()?.make_key(&name, scopes, expires_at)?;
    Ok(Reply::json(&key)?.status(StatusCode::CREATED))
}

pub(super) fn revoke(call: &Call) -> Result<Reply, No> {
    call.visitor()?.revoke_key(call.param("name"))?;
    Ok(Reply::empty())
}
