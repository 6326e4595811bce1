//! Rules of presence: replies, apologies, marks, quorum, catching up.

use super::Checked;
use crate::{Attendance, Command, CommandKind, Facts, QuorumLost, Reason, Seat, SessionKind};

pub(super) fn reply(facts: &Facts<'_>) -> Checked {
    let Command::Reply { session, .. } = facts.command() else { return Ok(()) };
    if begun(facts, *session) {
        return Err(Reason::SessionBegun { session: *session });
    }
    if facts.ledger().session(*session).date().at().is_none() {
        return Err(Reason::NoInvitation { session: *session });
    }
    Ok(())
}

/// Whether this session runs or has closed.
pub(super) fn begun(facts: &Facts<'_>, session: SessionKind) -> bool {
    facts.ledger().session(session).closed_at().is_some() || facts.meeting().is_some() && facts.session() == Some(session)
}

pub(super) fn apology(facts: &Facts<'_>) -> Checked {
    let (Command::MarkAttendance { member, attendance }, Some(session)) = (facts.command(), facts.session()) else {
        return Ok(());
    };
    let apologised = facts.ledger().session(session).apologised.contains(*member);
    match attendance {
        Attendance::Excused if !apologised => {
            Err(Reason::NoApology { seat: *member, hours: facts.spec().attendance.apology_hours })
        }
        Attendance::Absent if apologised => Err(Reason::Apologised { seat: *member }),
        _ => Ok(()),
    }
}

pub(super) fn marked(facts: &Facts<'_>) -> Checked {
    let Some(sheet) = facts.cycle().sheet() else { return Ok(()) };
    match facts.command() {
        Command::CloseSession {} => {
            let who = sheet.unmarked(facts.cycle().expected());
            if who.is_empty() { Ok(()) } else { Err(Reason::Unmarked { who }) }
        }
        Command::MarkAttendance { member, attendance: Attendance::Unmarked } if facts.meeting().is_some() => {
            Err(Reason::MarkAs { seat: *member, attendance: sheet.of(*member) })
        }
        _ => Ok(()),
    }
}

pub(super) fn late(facts: &Facts<'_>) -> Checked {
    let Command::MarkAttendance { member, attendance } = facts.command() else { return Ok(()) };
    let running = facts.meeting().is_some();
    match (attendance, running) {
        (Attendance::Late, false) => Err(Reason::MarkAs { seat: *member, attendance: Attendance::Present }),
        (Attendance::Present, true) => Err(Reason::MarkAs { seat: *member, attendance: Attendance::Late }),
        (Attendance::Late, true) => {
            let policy = &facts.spec().attendance;
            let closes = match facts.session() {
                Some(SessionKind::Reflect) => policy.reflect_closes_at,
                Some(SessionKind::Explore) | None => policy.explore_closes_at,
            };
            if facts.cycle().phase().is_some_and(|phase| phase >= closes) {
                Err(Reason::DoorsClosed { since: closes })
            } else if facts.in_room().contains(*member) {
                Err(Reason::WasThere { seat: *member })
            } else {
                Ok(())
            }
        }
        _ => Ok(()),
    }
}

pub(super) fn leaving(facts: &Facts<'_>) -> Checked {
    let (Command::MarkAttendance { member, attendance }, Some(sheet)) = (facts.command(), facts.cycle().sheet()) else {
        return Ok(());
    };
    let seat = *member;
    match attendance {
        Attendance::LeftEarly if facts.meeting().is_none() => Err(Reason::MarkAs { seat, attendance: Attendance::Unmarked }),
        Attendance::LeftEarly if !sheet.in_room().contains(seat) => Err(Reason::NotInRoom { seat }),
        Attendance::Excused | Attendance::Absent if facts.meeting().is_some() && sheet.attended().contains(seat) => {
            Err(Reason::WasThere { seat })
        }
        _ => Ok(()),
    }
}

pub(super) fn quorum_at_start(facts: &Facts<'_>) -> Checked {
    let quorum = facts.quorum();
    if quorum.is_met() {
        return Ok(());
    }
    let missing = facts.cycle().expected().minus(facts.in_room());
    Err(Reason::BelowQuorum { present: quorum.present(), needed: quorum.needed(), missing })
}

pub(super) fn quorum_lost(facts: &Facts<'_>) -> Checked {
    let lost = facts.meeting().is_some_and(crate::Meeting::quorum_lost);
    let quorum = facts.quorum();
    match facts.kind() {
        CommandKind::ContinueBelowQuorum if !lost => Err(Reason::QuorumStands {}),
        CommandKind::ContinueBelowQuorum if facts.spec().quorum.when_lost == QuorumLost::Stop => {
            Err(Reason::MustInterrupt {})
        }
        CommandKind::ContinueBelowQuorum => Ok(()),
        _ if lost => Err(Reason::QuorumUndecided { present: quorum.present(), needed: quorum.needed() }),
        _ => Ok(()),
    }
}

pub(super) fn caught_up(facts: &Facts<'_>) -> Checked {
    let ledger = facts.ledger();
    let behind = |seat: Seat| {
        let (read, briefed) = (ledger.read.contains(seat), ledger.briefed.contains(seat));
        let planned = ledger.plan_version(seat) > 0;
        if ledger.behind().contains(seat) { Err(Reason::NotCaughtUp { seat, read, briefed, planned }) } else { Ok(()) }
    };
    match facts.command() {
        Command::MarkAttendance { member, attendance: Attendance::Present | Attendance::Late }
            if facts.session() == Some(SessionKind::Reflect) =>
        {
            behind(*member)
        }
        // Without a plan it is R-44 that refuses.
        Command::LogPractice { member, .. } if ledger.plan_version(*member) > 0 => behind(*member),
        Command::RecordCatchUp { .. } if !facts.spec().attendance.catch_up.is_on() => Err(Reason::SwitchedOff {}),
        Command::RecordCatchUp { member, .. } if ledger.session(SessionKind::Explore).attended().contains(*member) => {
            Err(Reason::NothingToCatchUp { seat: *member })
        }
        _ => Ok(()),
    }
}

pub(super) fn feedback(facts: &Facts<'_>) -> Checked {
    let Command::GiveFeedback { member, session, .. } = facts.command() else { return Ok(()) };
    let past = facts.ledger().session(*session);
    if past.closed_at().is_none() {
        Err(Reason::SessionNotOver { session: *session })
    } else if !past.attended().contains(*member) {
        Err(Reason::NotAttended { seat: *member, session: *session })
    } else if past.feedback.contains(*member) {
        Err(Reason::FeedbackGiven { seat: *member })
    } else {
        Ok(())
    }
}

pub(super) fn elsewhere(facts: &Facts<'_>) -> Checked {
    match facts.command() {
        Command::MarkAttendance { member, attendance: Attendance::Present | Attendance::Late }
            if facts.context().elsewhere.contains(*member) =>
        {
            Err(Reason::Elsewhere { seat: *member })
        }
        _ => Ok(()),
    }
}
