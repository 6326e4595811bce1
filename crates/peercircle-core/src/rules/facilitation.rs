//! Rules of the chair: who facilitates, who follows, who keeps the time.

use super::Checked;
use crate::{Command, CommandKind, Facts, Reason, Relation, Seat, SessionKind};

pub(super) fn from_the_room(facts: &Facts<'_>) -> Checked {
    let (facilitator, chair) = (facts.meeting().and_then(crate::Meeting::facilitator), facts.cycle().chair());
    let in_room = |seat: Seat| if facts.in_room().contains(seat) { Ok(()) } else { Err(Reason::NotInRoom { seat }) };
    match facts.command() {
        Command::AppointFacilitator { session, .. } => {
            let over = facts.ledger().session(*session).closed_at().is_some()
                || facts.meeting().is_some() && facts.session() == Some(*session);
            if over { Err(Reason::SessionOver { session: *session }) } else { Ok(()) }
        }
        Command::StartSession {} => match chair {
            Some(seat) if !facts.in_room().contains(seat) => Err(Reason::FacilitatorNotInRoom { seat }),
            Some(_) | None => Ok(()),
        },
        // The one it was left to for a turn may get it for good; the facilitator has it already, and gets it back by itself.
        Command::HandOver { member, .. } if facilitator == Some(*member) => {
            Err(Reason::AlreadyFacilitates { seat: *member })
        }
        Command::DelegateFacilitation { member } if facilitator == Some(*member) || chair == Some(*member) => {
            Err(Reason::AlreadyFacilitates { seat: *member })
        }
        Command::HandOver { member, .. } | Command::DelegateFacilitation { member } => in_room(*member),
        Command::ClaimFacilitation { member, .. } => in_room(*member),
        _ => Ok(()),
    }
}

pub(super) fn another(facts: &Facts<'_>) -> Checked {
    let policy = &facts.spec().facilitation;
    let (session, seat, excepted) = match facts.command() {
        Command::AppointFacilitator { session, member, exception } => (Some(*session), Some(*member), exception.is_some()),
        Command::HandOver { member, exception } | Command::ClaimFacilitation { member, exception } => {
            (facts.session(), Some(*member), exception.is_some())
        }
        Command::StartSession {} => {
            (facts.session(), facts.cycle().chair(), facts.ledger().session(SessionKind::Reflect).repeat)
        }
        _ => return Ok(()),
    };
    let Some(seat) = seat.filter(|_| session == Some(SessionKind::Reflect)) else { return Ok(()) };
    let before = facts.ledger().session(SessionKind::Explore).facilitated.contains(seat);
    let free = policy.different_in_reflect == Relation::Relaxed || excepted && policy.repeat_with_reason.is_on();
    if before && !free { Err(Reason::FacilitatedBefore { seat }) } else { Ok(()) }
}

pub(super) fn appointed(facts: &Facts<'_>) -> Checked {
    match (facts.session(), facts.cycle().chair()) {
        (Some(session), None) => {
            let suggested = facts.cycle().rota(session).into_iter().find(|seat| facts.in_room().contains(*seat));
            Err(Reason::NoFacilitator { session, suggested })
        }
        _ => Ok(()),
    }
}

pub(super) fn succession(facts: &Facts<'_>) -> Checked {
    let Some(meeting) = facts.meeting() else { return Ok(()) };
    let actor = facts.context().actor.seat();
    let claimed = meeting.claim().map(|claim| claim.seat);
    match (facts.kind(), meeting.facilitator()) {
        (CommandKind::ClaimFacilitation | CommandKind::AssentToFacilitator, Some(seat)) => {
            Err(Reason::FacilitatorThere { seat })
        }
        (CommandKind::ClaimFacilitation, None) => Ok(()),
        (CommandKind::AssentToFacilitator, None) => match (claimed, actor) {
            (None, _) => Err(Reason::NoClaim {}),
            (Some(seat), Some(own)) if seat == own => Err(Reason::OwnClaim { seat }),
            (Some(_), Some(seat)) if !facts.in_room().contains(seat) => Err(Reason::NotInRoom { seat }),
            (Some(_), _) => Ok(()),
        },
        (CommandKind::DeclareFacilitatorGone, Some(_)) => match actor {
            Some(seat) if !facts.in_room().contains(seat) => Err(Reason::NotInRoom { seat }),
            _ => Ok(()),
        },
        (_, None) => Err(Reason::AwaitingFacilitator { claimed }),
        (_, Some(_)) => Ok(()),
    }
}

pub(super) fn own_turn(facts: &Facts<'_>) -> Checked {
    if !facts.spec().facilitation.delegate_own_turn.is_on() {
        return Err(Reason::SwitchedOff {});
    }
    match (facts.round(), facts.meeting().and_then(crate::Meeting::facilitator)) {
        (Some(round), Some(seat)) if !round.open().contains(seat) => Err(Reason::NotOwnTurn { seat }),
        _ => Ok(()),
    }
}

pub(super) fn timekeeper(facts: &Facts<'_>) -> Checked {
    if !facts.spec().facilitation.timekeeper.is_on() {
        return Err(Reason::SwitchedOff {});
    }
    match facts.subject() {
        Some(seat) if !facts.in_room().contains(seat) => Err(Reason::NotInRoom { seat }),
        _ => Ok(()),
    }
}
