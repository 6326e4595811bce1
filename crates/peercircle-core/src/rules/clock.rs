//! Rules of the clock: what is due, extending, overrun, pause, interruption.

use super::Checked;
use crate::{Command, CommandKind, Facts, InterruptReason, Reason, SessionKind, Span, Stop};

pub(super) fn forward(facts: &Facts<'_>) -> Checked {
    let last = facts.cycle().last_at();
    if facts.now() < last { Err(Reason::ClockBack { last }) } else { Ok(()) }
}

pub(super) fn due(facts: &Facts<'_>) -> Checked {
    let days = facts.spec().practice.adoption_days;
    match facts.ledger().session(SessionKind::Reflect).closed_at() {
        Some(closed) if facts.now() < closed + Span::days(days.into()) => {
            Err(Reason::TooEarly { at: closed + Span::days(days.into()) })
        }
        _ => Ok(()),
    }
}

pub(super) fn extension(facts: &Facts<'_>) -> Checked {
    let (Command::ExtendPhase { seconds }, Some(outline), Some(meeting)) =
        (facts.command(), facts.outline(), facts.meeting())
    else {
        return Ok(());
    };
    if *seconds == 0 {
        return Err(Reason::NoExtension {});
    }
    let open = if meeting.overrun > 0 { 0 } else { u32::from(facts.spec().clock.overrun_minutes) * 60 };
    let room = outline.allotted.saturating_add(open).saturating_sub(outline.floors).saturating_sub(outline.box_ends);
    let most = u16::try_from(room).unwrap_or(u16::MAX);
    if *seconds > most { Err(Reason::ExtensionTooLong { asked: *seconds, most }) } else { Ok(()) }
}

pub(super) fn overrun(facts: &Facts<'_>) -> Checked {
    let (Some(outline), Some(meeting)) = (facts.outline(), facts.meeting()) else { return Ok(()) };
    let minutes = facts.spec().clock.overrun_minutes;
    match facts.command() {
        Command::ExtendPhase { seconds } => {
            let ends = outline.box_ends.saturating_add(u32::from(*seconds)).saturating_add(outline.floors);
            if ends <= outline.allotted || meeting.overrun > 0 {
                return Ok(());
            }
            Err(Reason::OverrunNotAgreed { who: facts.in_room().minus(meeting.overrun_agreed()), minutes })
        }
        Command::AgreeToOverrun { .. } if minutes == 0 => Err(Reason::SwitchedOff {}),
        Command::AgreeToOverrun { .. } if meeting.overrun > 0 => Err(Reason::OverrunGranted {}),
        Command::AgreeToOverrun { member } if !facts.in_room().contains(*member) => Err(Reason::NotInRoom { seat: *member }),
        _ => Ok(()),
    }
}

pub(super) fn abandoned(facts: &Facts<'_>) -> Checked {
    let Some(meeting) = facts.meeting() else { return Ok(()) };
    let since = meeting.abandoned_at(facts.process());
    let over = facts.now() >= since;
    match facts.command() {
        Command::CloseSession {} if over => Err(Reason::Abandoned { since }),
        Command::InterruptSession { reason: InterruptReason::Abandoned } if !over => Err(Reason::TooEarly { at: since }),
        _ => Ok(()),
    }
}

pub(super) fn paused(facts: &Facts<'_>) -> Checked {
    let Some(meeting) = facts.meeting() else { return Ok(()) };
    let minutes = facts.spec().clock.pause_minutes;
    match facts.kind() {
        CommandKind::PauseSession => match meeting.stopped() {
            Some(Stop::Pause | Stop::Wait) => Err(Reason::ClockStands {}),
            None if meeting.clock.pause_left() == Span::ZERO => Err(Reason::PauseUsedUp { minutes }),
            None => Ok(()),
        },
        CommandKind::ResumeSession if meeting.pause().is_none() && meeting.interrupted().is_none() => {
            Err(Reason::ClockRuns {})
        }
        CommandKind::ResumeSession => Ok(()),
        _ if meeting.pause().is_some() && meeting.interrupted().is_none() => Err(Reason::Paused {}),
        _ => Ok(()),
    }
}

pub(super) fn interrupted(facts: &Facts<'_>) -> Checked {
    let Some(meeting) = facts.meeting() else { return Ok(()) };
    let days = facts.spec().clock.resume_days;
    match (facts.kind(), meeting.interrupted_at) {
        (CommandKind::RestartSession, None) => Err(Reason::NotInterrupted {}),
        (CommandKind::RestartSession, Some(_)) | (_, None) => Ok(()),
        (CommandKind::ResumeSession, Some(since)) => {
            if facts.now() > since + Span::days(days.into()) {
                Err(Reason::ResumeTooLate { since, days })
            } else {
                Ok(())
            }
        }
        (_, Some(since)) => Err(Reason::Interrupted { until: since + Span::days(days.into()) }),
    }
}
