//! Who one is, and what is one's own.

use axum::http::StatusCode;
use peercircle_core::MemberId;
use peercircle_host::{Closed, Host, SignInError, Who};

use super::shapes::{Count, Me, MeAs, MyCycle, Page, Recover, Recovery, Token};
use crate::call::{Call, Reply};
use crate::problem::{No, no};

pub(super) fn redeem(call: &Call) -> Result<Reply, No> {
    let Token { token } = call.json()?;
    let host = &call.api.inner.host;
    Reply::json(&host.redeem(&token).map_err(|error| shut(host, &token, error))?)
}

pub(super) fn invited(call: &Call) -> Result<Reply, No> {
    let Token { token } = call.json()?;
    let host = &call.api.inner.host;
    Reply::json(&host.invited(&token).map_err(|error| shut(host, &token, error))?)
}

/// Why an invitation opens nothing, as the pages say it: nobody has to be signed in for it.
fn shut(host: &Host, token: &str, error: SignInError) -> No {
    if !matches!(error, SignInError::Unknown) {
        return error.into();
    }
    match host.closed(token) {
        Ok(Closed::Taken { .. }) => no("closed", "expected an invitation that is still good, got one that was used"),
        Ok(Closed::InvitationExpired { .. } | Closed::LinkExpired { .. }) => {
            no("closed", "expected an invitation that is still good, got one that is too old")
        }
        Err(SignInError::Unknown) => no("not_found", "expected an invitation, got none that is known"),
        Err(error) => error.into(),
    }
}

pub(super) fn me(call: &Call) -> Result<Reply, No> {
    let visitor = call.visitor()?;
    let organisation = visitor.organisation();
    let who = match visitor.who().clone() {
        Who::Member { person, vouched, vouched_in, by_key } => {
            let name = organisation.name_of(&person)?;
            MeAs::Member { person, name, vouched, vouched_in, by_key }
        }
        Who::Owner { name } => MeAs::Owner { name },
        Who::System { key, scopes } => MeAs::System { key, scopes },
    };
    let (organisation, organisation_name) = (organisation.id().to_string(), organisation.name().to_owned());
    Reply::json(&Me { organisation, organisation_name, who })
}

pub(super) fn sign_out(call: &Call) -> Result<Reply, No> {
    if let Some(shown) = &call.shown {
        call.visitor()?.sign_out(shown.token())?;
    }
    Ok(Reply::empty())
}

pub(super) fn sign_out_everywhere(call: &Call) -> Result<Reply, No> {
    let count = call.visitor()?.sign_out_everywhere(&person(call)?)?;
    Reply::json(&Count { count })
}

pub(super) fn cycles(call: &Call) -> Result<Reply, No> {
    let heads = call.visitor()?.my_cycles()?.into_iter();
    let mine = heads.map(|head| MyCycle { cycle: head.stream, revision: head.version, stage: head.summary.stage });
    Reply::json(&Page::whole(mine.collect()))
}

pub(super) fn sign_ins(call: &Call) -> Result<Reply, No> {
    Reply::json(&Page::whole(call.visitor()?.sign_ins()?))
}

pub(super) fn unvouched(call: &Call) -> Result<Reply, No> {
    Reply::json(&Page::whole(call.visitor()?.unvouched()?))
}

pub(super) fn vouch(call: &Call) -> Result<Reply, No> {
    let count = call.visitor()?.vouch(&person(call)?)?;
    Reply::json(&Count { count })
}

pub(super) fn disown(call: &Call) -> Result<Reply, No> {
    let count = call.visitor()?.disown(&person(call)?)?;
    Reply::json(&Count { count })
}

pub(super) fn recovery_code(call: &Call) -> Result<Reply, No> {
    Reply::json(&Recovery { drawn_at: call.visitor()?.recovery_code()? })
}

pub(super) fn draw_recovery_code(call: &Call) -> Result<Reply, No> {
    Ok(Reply::json(&call.visitor()?.draw_recovery_code(token(call))?)?.status(StatusCode::CREATED))
}

pub(super) fn recover(call: &Call) -> Result<Reply, No> {
    let Recover { code } = call.json()?;
    let count = call.visitor()?.recover(token(call), &code)?;
    Reply::json(&Count { count })
}

/// What they came in by.
fn token(call: &Call) -> &str {
    call.shown.as_ref().map_or("", |shown| shown.token())
}

fn person(call: &Call) -> Result<MemberId, No> {
    call.path("id", "a person")
}
