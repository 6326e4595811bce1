//! People, groups, forming.

use axum::http::{StatusCode, header};
use peercircle_core::{GroupId, MemberId};
use peercircle_host::{Invited, NewCycle};

use super::shapes::{Page, PutGroup, PutPerson};
use crate::call::{Call, Reply};
use crate::problem::{No, no};

pub(super) fn people(call: &Call) -> Result<Reply, No> {
    let (after, limit) = (call.query_as::<MemberId>("after", "an id")?, call.limit()?);
    let people = call.visitor()?.people(after.as_ref(), limit + 1)?;
    Reply::json(&Page::of(people, limit, |person| person.id.to_string()))
}

pub(super) fn person(call: &Call) -> Result<Reply, No> {
    Reply::json(&call.visitor()?.directory_entry(&call.path("id", "a person")?)?)
}

pub(super) fn put_person(call: &Call) -> Result<Reply, No> {
    let person = call.json::<PutPerson>()?.with(new_id(call)?);
    call.visitor()?.put_person(&person)?;
    Reply::json(&person)
}

pub(super) fn erase(call: &Call) -> Result<Reply, No> {
    call.visitor()?.erase_person(&call.path("id", "a person")?)?;
    Ok(Reply::empty())
}

pub(super) fn roster(call: &Call) -> Result<Reply, No> {
    let (text, process) = (call.text()?, call.query("process"));
    let visitor = call.visitor()?;
    let draft =
        if call.flag("preview")? { visitor.read_roster(text, process)? } else { visitor.import_roster(text, process)? };
    Reply::json(&draft)
}

pub(super) fn groups(call: &Call) -> Result<Reply, No> {
    let (after, limit) = (call.query_as::<GroupId>("after", "an id")?, call.limit()?);
    let groups = call.visitor()?.groups(after.as_ref(), limit + 1)?;
    Reply::json(&Page::of(groups, limit, |group| group.id.to_string()))
}

pub(super) fn group(call: &Call) -> Result<Reply, No> {
    Reply::json(&call.visitor()?.group(&call.path("id", "a group")?)?)
}

pub(super) fn put_group(call: &Call) -> Result<Reply, No> {
    let group = call.json::<PutGroup>()?.with(new_id(call)?);
    call.visitor()?.put_group(&group)?;
    Reply::json(&group)
}

pub(super) fn form_cycle(call: &Call) -> Result<Reply, No> {
    let formed = call.visitor()?.form_cycle(&call.path("id", "a group")?, &call.json::<NewCycle>()?)?;
    let address = format!("/api/v1/cycles/{}/facts", encoded(formed.cycle.as_str()));
    let status = if formed.repeated { StatusCode::OK } else { StatusCode::CREATED };
    Ok(Reply::json(&formed)?.status(status).with(header::LOCATION, &address))
}

pub(super) fn invite(call: &Call) -> Result<Reply, No> {
    let visitor = call.visitor()?;
    let invitation = match call.json()? {
        Invited::Member { person } => visitor.invite(&person)?,
        Invited::Owner { name } => visitor.invite_owner(&name)?,
    };
    Ok(Reply::json(&invitation)?.status(StatusCode::CREATED))
}

/// The id under which something new may be kept.
fn new_id<T: std::str::FromStr<Err = peercircle_core::IdError>>(call: &Call) -> Result<T, No> {
    call.param("id").parse().map_err(|error: T::Err| no(error.code(), error.to_string()))
}

/// An id as a part of an address: of what ids are made of, these mean something there.
fn encoded(id: &str) -> String {
    id.replace('/', "%2F").replace('+', "%2B")
}
