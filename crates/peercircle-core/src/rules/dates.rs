//! Rules of dates and places.

use super::{Checked, attendance::begun};
use crate::{Command, Facts, Instant, Reason, SessionKind, Span};

pub(super) fn moves(facts: &Facts<'_>) -> Checked {
    let (session, starts_at) = match facts.command() {
        Command::ScheduleSession { session, starts_at, .. } | Command::RescheduleSession { session, starts_at, .. } => {
            (*session, Some(*starts_at))
        }
        Command::PostponeSession { session, .. }
        | Command::OpenSession { session }
        | Command::CancelSession { session, .. } => (*session, None),
        _ => return Ok(()),
    };
    if begun(facts, session) {
        return Err(Reason::SessionBegun { session });
    }
    let date = facts.ledger().session(session).date();
    let explore = facts.ledger().session(SessionKind::Explore);
    match (facts.command(), date.at()) {
        (Command::ScheduleSession { .. }, Some(at)) => return Err(Reason::AlreadyScheduled { session, at }),
        (Command::RescheduleSession { .. } | Command::CancelSession { .. }, None) if date == crate::Date::Open => {
            return Err(Reason::NotScheduled { session });
        }
        (Command::PostponeSession { .. }, None) => return Err(Reason::NotScheduled { session }),
        (Command::OpenSession { session: SessionKind::Reflect }, _) if explore.closed_at().is_none() => {
            return Err(Reason::ExploreNotOver {});
        }
        _ => {}
    }
    let Some(starts_at) = starts_at else { return Ok(()) };
    if starts_at <= facts.now() {
        return Err(Reason::InThePast { at: facts.now() });
    }
    let length = Span::seconds(facts.process().session_seconds(SessionKind::Explore).into());
    let ends = |date: Instant| date + length;
    let (over, second) = match session {
        SessionKind::Explore => (Some(ends(starts_at)), facts.ledger().session(SessionKind::Reflect).date().at()),
        SessionKind::Reflect => (explore.closed_at().or_else(|| explore.day().map(ends)), Some(starts_at)),
    };
    match (over, second) {
        (Some(over), Some(at)) if session == SessionKind::Explore && over > at => Err(Reason::ReflectInTheWay { at }),
        (None, Some(_)) => Err(Reason::ExploreFirst {}),
        (Some(over), Some(second)) if over > second => Err(Reason::ExploreFirst {}),
        _ => Ok(()),
    }
}

pub(super) fn dated(facts: &Facts<'_>) -> Checked {
    let Command::OpenSession { session } = facts.command() else { return Ok(()) };
    let date = facts.ledger().session(*session).date();
    match date.at() {
        Some(_) => Ok(()),
        None => Err(Reason::NoDate { session: *session, postponed: date == crate::Date::Postponed }),
    }
}

pub(super) fn cancelling(facts: &Facts<'_>) -> Checked {
    let session = match facts.command() {
        Command::CancelSession { session, .. } => *session,
        Command::CancelCycle { .. } => SessionKind::Explore,
        _ => return Ok(()),
    };
    // A mark that was taken back confirms nothing; a session that has started was attended, whoever has left since.
    let here = facts.session() == Some(session);
    let attended = facts.cycle().sheet().is_some_and(|sheet| here && !sheet.attended().is_empty());
    let started = begun(facts, session) || session == SessionKind::Explore && facts.ledger().closed_group;
    if attended || started { Err(Reason::AttendanceConfirmed { session }) } else { Ok(()) }
}

pub(super) fn gap(facts: &Facts<'_>) -> Checked {
    let policy = &facts.spec().gap;
    let reflect = facts.ledger().session(SessionKind::Reflect);
    let explore = facts.ledger().session(SessionKind::Explore).day();
    let (first, second, excepted) = match facts.command() {
        Command::ScheduleSession { session: SessionKind::Reflect, starts_at, short_gap, .. }
        | Command::RescheduleSession { session: SessionKind::Reflect, starts_at, short_gap } => {
            (explore, Some(*starts_at), short_gap.is_some())
        }
        Command::RescheduleSession { session: SessionKind::Explore, starts_at, short_gap } => {
            (Some(*starts_at), reflect.date().at(), short_gap.is_some() || reflect.short_gap)
        }
        Command::OpenSession { session: SessionKind::Reflect } => (explore, Some(facts.now()), reflect.short_gap),
        _ => return Ok(()),
    };
    let (Some(first), Some(second)) = (first, second) else { return Ok(()) };
    let days = days_between(first, second);
    let free = excepted && policy.shorter_with_reason.is_on();
    if days < u32::from(policy.minimum_days) && !free {
        return Err(Reason::GapTooShort { days, minimum: policy.minimum_days });
    }
    Ok(())
}

/// Days from session 1 to the start of session 2, to the nearest: nine o'clock after half past ten is a day later.
fn days_between(first: Instant, second: Instant) -> u32 {
    (second + Span::hours(12)).since(first).as_days()
}

pub(super) fn second_date(facts: &Facts<'_>) -> Checked {
    let promise = facts.spec().gap.promise.is_on();
    match facts.command() {
        Command::PromiseDate { .. } if !promise => Err(Reason::SwitchedOff {}),
        Command::PromiseDate { by } if *by <= facts.now() => Err(Reason::InThePast { at: facts.now() }),
        Command::CloseSession {} if facts.session() == Some(SessionKind::Explore) => {
            let dated = facts.ledger().session(SessionKind::Reflect).date().at().is_some();
            let promised = promise && facts.ledger().promised_by().is_some();
            if dated || promised { Ok(()) } else { Err(Reason::NoSecondDate {}) }
        }
        _ => Ok(()),
    }
}

pub(super) fn place(facts: &Facts<'_>) -> Checked {
    match facts.command() {
        Command::ScheduleSession { place, .. } if !facts.spec().place.allowed.contains(place) => {
            Err(Reason::PlaceClosed { place: *place })
        }
        _ => Ok(()),
    }
}
