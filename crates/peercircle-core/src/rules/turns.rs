//! Rules of turns: one each, passing, deferring, reporting, ending a round.

use super::Checked;
use crate::{Command, CommandKind, Facts, Meeting, Reason, Report, Seat, SeatSet, Stage, TurnOrder, TurnState};

pub(super) fn one_each(facts: &Facts<'_>) -> Checked {
    let (Some(round), Some(seat)) = (facts.round(), facts.subject()) else { return Ok(()) };
    let speaking = round.speaking();
    let must_speak = || {
        if speaking == Some(seat) { Ok(()) } else { Err(Reason::NotSpeaking { seat, speaking }) }
    };
    let turn = round.turn(seat);
    let waits = matches!(turn, TurnState::Pending | TurnState::Deferred);
    match facts.kind() {
        CommandKind::StartTurn => match speaking {
            Some(seat) => Err(Reason::SomeoneSpeaks { seat }),
            None if !waits => Err(Reason::NoTurnLeft { seat, turn }),
            None => Ok(()),
        },
        CommandKind::PassTurn | CommandKind::DeferTurn if !waits && turn != TurnState::Speaking => {
            Err(Reason::NoTurnLeft { seat, turn })
        }
        CommandKind::PassTurn | CommandKind::DeferTurn => Ok(()),
        CommandKind::DecideAdoption if facts.stage() != Stage::Adoption => Ok(()),
        _ => must_speak(),
    }
}

pub(super) fn pass_and_defer(facts: &Facts<'_>) -> Checked {
    let (turns, seat) = (&facts.spec().turns, facts.subject());
    match (facts.kind(), facts.round(), seat) {
        (CommandKind::PassTurn, _, _) if !turns.pass.is_on() => Err(Reason::SwitchedOff {}),
        (CommandKind::DeferTurn, _, _) if !turns.defer.is_on() => Err(Reason::SwitchedOff {}),
        (CommandKind::DeferTurn, Some(round), Some(seat)) if round.deferred().contains(seat) => {
            Err(Reason::DeferredBefore { seat })
        }
        _ => Ok(()),
    }
}

pub(super) fn report(facts: &Facts<'_>) -> Checked {
    match facts.command() {
        Command::PassTurn { member } if facts.stage() == Stage::ReportBack => Err(Reason::PassNeedsReason { seat: *member }),
        Command::GiveReport { report: Report::Practised { strategies }, .. }
        | Command::SubmitReport { report: Report::Practised { strategies }, .. }
            if strategies.is_empty() =>
        {
            Err(Reason::NoStrategy {})
        }
        _ => Ok(()),
    }
}

pub(super) fn round_over(facts: &Facts<'_>) -> Checked {
    let Some(round) = facts.round() else { return Ok(()) };
    let open = round.open();
    match facts.kind() {
        CommandKind::CloseRound if open.is_empty() => Err(Reason::RoundIsOver {}),
        CommandKind::CloseRound => Ok(()),
        _ if open.is_empty() => Ok(()),
        _ => Err(Reason::RoundOpen { heard: round.size().saturating_sub(open.len()), of: round.size(), who: open }),
    }
}

pub(super) fn order(facts: &Facts<'_>) -> Checked {
    let (Some(round), Some(seat), Some(meeting)) = (facts.round(), facts.subject(), facts.meeting()) else {
        return Ok(());
    };
    let pending = round.pending();
    let next = match facts.spec().turns.order {
        TurnOrder::Fixed => round.first(),
        TurnOrder::Volunteer if pending.contains(seat) => None,
        TurnOrder::Volunteer => round.first(),
        TurnOrder::LeastSpokenFirst => least_spoken(meeting, pending, seat),
    };
    match next {
        Some(next) if next != seat && round.waiting().contains(seat) => Err(Reason::NotNextSpeaker { next }),
        _ => Ok(()),
    }
}

/// Who of `pending` spoke least; `seat` itself where it is level with them.
fn least_spoken(meeting: &Meeting, pending: SeatSet, seat: Seat) -> Option<Seat> {
    let least = pending.iter().map(|other| meeting.airtime_seconds(other)).min()?;
    let mut level = pending.iter().filter(|other| meeting.airtime_seconds(*other) == least);
    if level.clone().any(|other| other == seat) { None } else { level.next() }
}
