//! Time: replies, the clock, dates, the gap, places.

use peercircle_core::{Command, CommandKind as Kind, Instant, InterruptReason, SessionKind, Span};

use super::FLOOR;
use crate::oracle::{
    judge::Question,
    past::Dated,
    sitting::{Running, floor_seconds, planned_seconds},
};

const DAY: i64 = 86_400_000;

/// an invitation to a session that has a date and hasn't begun.
pub(super) fn no_invitation(q: &Question<'_>) -> Option<bool> {
    let Command::Reply { session, .. } = q.command else { return None };
    Some(q.past.begun(*session) || q.past.date_at(*session).is_none())
}

/// The elapsed seconds at which the session would end with so many more for the running phase, and the floors of those ahead.
fn ends_with(q: &Question<'_>, running: &Running, seconds: u16) -> i64 {
    let floors = running.ahead(q.spec()).into_iter();
    let floors: i64 = floors.map(|phase| q.session().map_or(0, |session| floor_seconds(q.spec(), session, phase))).sum();
    running.opened + running.box_seconds + i64::from(seconds) + floors
}

fn overrun_seconds(q: &Question<'_>) -> i64 {
    i64::from(q.spec().clock.overrun_minutes) * 60
}

/// above zero, the total within the session's cap.
pub(super) fn no_extension(q: &Question<'_>) -> Option<bool> {
    let Command::ExtendPhase { seconds } = q.command else { return None };
    let running = q.running.as_ref()?;
    let cap = running.allotted + if running.overrun { 0 } else { overrun_seconds(q) };
    Some(*seconds == 0 || ends_with(q, running, *seconds) > cap)
}

/// past the end with the assent of everyone in the room.
pub(super) fn overrun(q: &Question<'_>) -> Option<bool> {
    let running = q.running.as_ref()?;
    Some(match q.command {
        Command::ExtendPhase { seconds } => !running.overrun && ends_with(q, running, *seconds) > running.allotted,
        Command::AgreeToOverrun { member } => overrun_seconds(q) == 0 || running.overrun || !q.room.contains(*member),
        _ => return None,
    })
}

/// past the end and the grace it is interrupted, never closed; and not before.
pub(super) fn abandoned(q: &Question<'_>) -> Option<bool> {
    let abandoned = q.running.as_ref()?.abandoned();
    Some(match q.command {
        Command::CloseSession {} => abandoned,
        Command::InterruptSession { reason: InterruptReason::Abandoned } => !abandoned,
        _ => return None,
    })
}

/// no turn moves while paused; pauses are capped in all.
pub(super) fn paused(q: &Question<'_>) -> Option<bool> {
    let running = q.running.as_ref()?;
    let paused = running.paused && running.interrupted.is_none();
    Some(match q.kind {
        Kind::PauseSession => running.paused || running.waits() || running.pause_used_up(),
        Kind::ResumeSession => !running.paused && running.interrupted.is_none(),
        kind if FLOOR.contains(&kind) => paused,
        _ => return None,
    })
}

/// an interrupted session resumes in time, or is held afresh.
pub(super) fn interrupted(q: &Question<'_>) -> Option<bool> {
    let since = q.running.as_ref()?.interrupted;
    let until = |since: Instant| since + Span::days(q.spec().clock.resume_days.into());
    Some(match q.kind {
        Kind::RestartSession => since.is_none(),
        Kind::ResumeSession => since.is_some_and(|since| q.now() > until(since)),
        Kind::PauseSession | Kind::InterruptSession => since.is_some(),
        kind if FLOOR.contains(&kind) => since.is_some(),
        _ => return None,
    })
}

/// dates move before the session begins; session 1 ends before session 2 starts.
pub(super) fn not_movable(q: &Question<'_>) -> Option<bool> {
    let (session, starts_at) = match q.command {
        Command::ScheduleSession { session, starts_at, .. } | Command::RescheduleSession { session, starts_at, .. } => {
            (*session, Some(*starts_at))
        }
        Command::PostponeSession { session, .. }
        | Command::CancelSession { session, .. }
        | Command::OpenSession { session } => (*session, None),
        _ => return None,
    };
    let date = q.past.date(session);
    let explore_over = q.past.closed_at(SessionKind::Explore);
    let wrong = match q.kind {
        Kind::ScheduleSession => matches!(date, Dated::At(_)),
        Kind::RescheduleSession | Kind::CancelSession => date == Dated::Never,
        Kind::PostponeSession => !matches!(date, Dated::At(_)),
        Kind::OpenSession => session == SessionKind::Reflect && explore_over.is_none(),
        _ => false,
    };
    if q.past.begun(session) || wrong {
        return Some(true);
    }
    let Some(starts_at) = starts_at else { return Some(false) };
    let minutes: i64 =
        SessionKind::Explore.phases().iter().map(|phase| planned_seconds(q.spec(), SessionKind::Explore, *phase) / 60).sum();
    let over = |start: Instant| start + Span::minutes(u32::try_from(minutes).unwrap_or(u32::MAX));
    let order = match session {
        SessionKind::Explore => q.past.date_at(SessionKind::Reflect).is_none_or(|second| over(starts_at) <= second),
        SessionKind::Reflect => explore_over.or_else(|| first_day(q).map(over)).is_some_and(|over| over <= starts_at),
    };
    Some(starts_at <= q.now() || !order)
}

/// The day of session 1: when it was held, or else its date.
fn first_day(q: &Question<'_>) -> Option<Instant> {
    q.past.held_at(SessionKind::Explore).or_else(|| q.past.date_at(SessionKind::Explore))
}

/// a session without a date doesn't open.
pub(super) fn undated(q: &Question<'_>) -> Option<bool> {
    let Command::OpenSession { session } = q.command else { return None };
    Some(q.past.date_at(*session).is_none())
}

/// before anybody is marked to have come, and session 1 has never started.
pub(super) fn attendance_confirmed(q: &Question<'_>) -> Option<bool> {
    let session = match q.command {
        Command::CancelSession { session, .. } => *session,
        Command::CancelCycle { .. } => SessionKind::Explore,
        _ => return None,
    };
    let come = q.session() == Some(session) && q.sitting.as_ref().is_some_and(|sitting| !sitting.attended().is_empty());
    Some(come || q.past.begun(session) || session == SessionKind::Explore && q.past.closed_group())
}

/// at least so many days from session to session, fewer with a reason where the process allows it.
pub(super) fn gap_too_short(q: &Question<'_>) -> Option<bool> {
    let excepted = q.past.short_gap(SessionKind::Reflect);
    let (first, second, excepted) = match q.command {
        Command::ScheduleSession { session: SessionKind::Reflect, starts_at, short_gap, .. }
        | Command::RescheduleSession { session: SessionKind::Reflect, starts_at, short_gap } => {
            (first_day(q)?, *starts_at, short_gap.is_some())
        }
        Command::RescheduleSession { session: SessionKind::Explore, starts_at, short_gap } => {
            (*starts_at, q.past.date_at(SessionKind::Reflect)?, short_gap.is_some() || excepted)
        }
        Command::OpenSession { session: SessionKind::Reflect } => (first_day(q)?, q.now(), excepted),
        _ => return None,
    };
    // To the nearest day.
    let days = (second.unix_millis() - first.unix_millis() + DAY / 2).max(0) / DAY;
    let gap = &q.spec().gap;
    Some(days < i64::from(gap.minimum_days) && !(excepted && gap.shorter_with_reason.is_on()))
}

/// session 1 closes with the date of session 2, or the day by which it is fixed.
pub(super) fn no_second_date(q: &Question<'_>) -> Option<bool> {
    let promises = q.spec().gap.promise.is_on();
    Some(match q.command {
        Command::PromiseDate { by } => !promises || *by <= q.now(),
        Command::CloseSession {} if q.session() == Some(SessionKind::Explore) => {
            let promised = q.past.ever(|body| matches!(body, peercircle_core::EventBody::DatePromised { .. }));
            q.past.date_at(SessionKind::Reflect).is_none() && !(promises && promised)
        }
        _ => return None,
    })
}

/// where the process meets.
pub(super) fn place_closed(q: &Question<'_>) -> Option<bool> {
    let Command::ScheduleSession { place, .. } = q.command else { return None };
    Some(!q.spec().place.allowed.contains(place))
}

/// time doesn't go back.
pub(super) fn back(q: &Question<'_>) -> Option<bool> {
    Some(q.past.events.last().is_some_and(|last| q.now() < last.at))
}
