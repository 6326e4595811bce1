//! Rules of confidence: privacy, recording, breaches, erasure.

use super::Checked;
use crate::{Actor, Command, Facts, Reason, Recording, State, SuspendReason, Vote};

pub(super) fn tightens(facts: &Facts<'_>) -> Checked {
    let now = facts.ledger().privacy();
    match facts.command() {
        Command::TightenPrivacy { privacy } if *privacy <= now => Err(Reason::Loosened { now }),
        Command::MigrateProcess { process } if process.spec().privacy < now => Err(Reason::Loosened { now }),
        _ => Ok(()),
    }
}

pub(super) fn recording(facts: &Facts<'_>) -> Checked {
    let Some(meeting) = facts.meeting() else { return Ok(()) };
    match (facts.command(), meeting.recording()) {
        (Command::RequestRecording {} | Command::StartRecording {}, _) if !facts.spec().recording.is_on() => {
            Err(Reason::SwitchedOff {})
        }
        (Command::RequestRecording {} | Command::StartRecording {}, Recording::On) => Err(Reason::RecordingOn {}),
        (Command::AnswerRecording { .. } | Command::StartRecording {}, Recording::Off) => Err(Reason::NotRequested {}),
        (Command::AnswerRecording { member, .. }, _) if !facts.in_room().contains(*member) => {
            Err(Reason::NotInRoom { seat: *member })
        }
        (Command::StopRecording {}, Recording::Off | Recording::Requested) => Err(Reason::RecordingOff {}),
        (Command::StartRecording {}, Recording::Requested) => {
            let refused = meeting.refusals.and(facts.in_room());
            let missing = facts.in_room().minus(meeting.consents).minus(refused);
            if refused.or(missing).is_empty() { Ok(()) } else { Err(Reason::ConsentMissing { refused, missing }) }
        }
        _ => Ok(()),
    }
}

pub(super) fn group_decides(facts: &Facts<'_>) -> Checked {
    match facts.command() {
        Command::SuspendCycle { .. } | Command::ReportBreach {} if !facts.ledger().closed_group => {
            return Err(Reason::CancelInstead {});
        }
        Command::SuspendCycle { reason: SuspendReason::Breach } => return Err(Reason::ReportBreach {}),
        _ => {}
    }
    let State::Suspended(suspended) = facts.cycle().state() else { return Ok(()) };
    let organiser = matches!(facts.context().actor, Actor::Organiser {});
    let (vote, free) = match facts.command() {
        Command::ResumeCycle {} => {
            (Vote::GoOn, organiser && !matches!(suspended.reason(), SuspendReason::Breach | SuspendReason::BelowMinimum))
        }
        Command::TerminateCycle { .. } => (Vote::End, organiser && suspended.reason() != SuspendReason::Breach),
        _ => return Ok(()),
    };
    let (have, need) = (suspended.votes(vote).len(), facts.ledger().active().len() / 2 + 1);
    if free || have >= need || facts.ledger().active().is_empty() && vote == Vote::End {
        return Ok(());
    }
    Err(Reason::VotesMissing { vote, have, need })
}

pub(super) fn erasable(facts: &Facts<'_>) -> Checked {
    let Some(seat) = facts.subject() else { return Ok(()) };
    let roster = facts.cycle().roster();
    let latest = roster.member(seat).and_then(|one| roster.seat_of(&one.id)).unwrap_or(seat);
    if roster.member(seat).is_none() {
        Err(Reason::NotAMember { seat, outcome: facts.ledger().outcome(seat) })
    } else if facts.ledger().anonymised.contains(seat) {
        Err(Reason::AlreadyAnonymous { seat })
    } else if facts.ledger().active().contains(latest) && !facts.stage().is_terminal() {
        Err(Reason::StillActive { seat: latest })
    } else if latest != seat {
        // Whoever came back is erased whole, from where they sit now.
        Err(Reason::SeatedAgain { seat: latest })
    } else {
        Ok(())
    }
}
