//! In the room: phases, the chair, presence, turns, recording.

use peercircle_core::{
    Attendance, Command, CommandKind as Kind, PhaseKind, QuorumLost, Recording, Relation, Seat, SessionKind, Stage,
    TurnOrder,
};

use super::FLOOR;
use crate::oracle::{
    judge::Question,
    sitting::{Running, Turns},
};

fn round<'q>(q: &'q Question<'_>) -> Option<&'q Turns> {
    q.running.as_ref()?.round.as_ref()
}

/// forward to the next phase only.
pub(super) fn out_of_order(q: &Question<'_>) -> Option<bool> {
    let (Command::OpenPhase { phase } | Command::SkipPhase { phase, .. }) = q.command else { return None };
    Some(q.running.as_ref()?.ahead(q.spec()).first() != Some(phase))
}

/// what the process doesn't let be skipped.
pub(super) fn never_skipped(q: &Question<'_>) -> Option<bool> {
    let Command::SkipPhase { phase, .. } = q.command else { return None };
    Some(!q.spec().phases.skippable.contains(phase))
}

/// back to the previous phase, so often in a session.
pub(super) fn no_way_back(q: &Question<'_>) -> Option<bool> {
    let Command::ReopenPhase { phase, .. } = q.command else { return None };
    let running = q.running.as_ref()?;
    Some(running.previous(q.spec()) != Some(*phase) || running.reopened >= q.spec().phases.reopenings)
}

/// a member in the room, one at a time.
pub(super) fn no_chair_of_the_room(q: &Question<'_>) -> Option<bool> {
    let facilitator = q.running.as_ref().and_then(|running| running.facilitator);
    Some(match q.command {
        Command::AppointFacilitator { session, .. } => q.past.begun(*session),
        Command::StartSession {} => q.chair.is_some_and(|seat| !q.room.contains(seat)),
        Command::HandOver { member, .. } => facilitator == Some(*member) || !q.room.contains(*member),
        Command::DelegateFacilitation { member } => {
            facilitator == Some(*member) || q.chair == Some(*member) || !q.room.contains(*member)
        }
        Command::ClaimFacilitation { member, .. } => !q.room.contains(*member),
        _ => return None,
    })
}

/// in session 2 somebody who didn't facilitate session 1, unless with a reason where the process allows it.
pub(super) fn the_same_again(q: &Question<'_>) -> Option<bool> {
    let reflects = q.session() == Some(SessionKind::Reflect);
    let (seat, excepted) = match q.command {
        Command::AppointFacilitator { session: SessionKind::Reflect, member, exception } => (*member, exception.is_some()),
        Command::HandOver { member, exception } | Command::ClaimFacilitation { member, exception } if reflects => {
            (*member, exception.is_some())
        }
        Command::StartSession {} if reflects => q.past.appointed(SessionKind::Reflect)?,
        _ => return None,
    };
    let policy = &q.spec().facilitation;
    let free = policy.different_in_reflect == Relation::Relaxed || excepted && policy.repeat_with_reason.is_on();
    Some(!free && q.past.facilitated(SessionKind::Explore).contains(seat))
}

/// a session doesn't start without a facilitator.
pub(super) fn nobody_appointed(q: &Question<'_>) -> Option<bool> {
    matches!(q.kind, Kind::StartSession).then(|| q.chair.is_none())
}

/// a facilitator who is there is handed over by; one who is gone is followed by a claim and somebody else's assent.
pub(super) fn no_facilitator(q: &Question<'_>) -> Option<bool> {
    let running = q.running.as_ref()?;
    let missing = running.facilitator.is_none();
    let outside = q.context.actor.seat().is_some_and(|seat| !q.room.contains(seat));
    Some(match q.kind {
        Kind::ClaimFacilitation => !missing,
        Kind::AssentToFacilitator => {
            let claimed = running.claim.map(|(seat, _)| seat);
            !missing || outside || claimed.is_none() || claimed == q.context.actor.seat()
        }
        Kind::DeclareFacilitatorGone => missing || outside,
        Kind::HandOver => missing,
        kind if FLOOR.contains(&kind) => missing,
        _ => return None,
    })
}

/// for the facilitator's own turn, where the process has that.
pub(super) fn not_the_own_turn(q: &Question<'_>) -> Option<bool> {
    if q.kind != Kind::DelegateFacilitation {
        return None;
    }
    let facilitator = q.running.as_ref()?.facilitator;
    let over = facilitator.is_some_and(|seat| round(q).is_some_and(|round| !round.open().contains(seat)));
    Some(!q.spec().facilitation.delegate_own_turn.is_on() || over)
}

/// somebody in the room, where the process has that.
pub(super) fn no_timekeeper(q: &Question<'_>) -> Option<bool> {
    let Command::AppointTimekeeper { member } = q.command else { return None };
    Some(!q.spec().facilitation.timekeeper.is_on() || !q.room.contains(*member))
}

/// excused is who apologised in time, absent who didn't.
pub(super) fn apology(q: &Question<'_>) -> Option<bool> {
    let Command::MarkAttendance { member, attendance } = q.command else { return None };
    let apologised = q.past.apologised(q.session()?).contains(*member);
    Some(match attendance {
        Attendance::Excused => !apologised,
        Attendance::Absent => apologised,
        _ => return None,
    })
}

/// a session doesn't close with anyone unmarked, and a running one doesn't take a mark back.
pub(super) fn unmarked(q: &Question<'_>) -> Option<bool> {
    Some(match q.command {
        Command::CloseSession {} => !q.sitting.as_ref()?.unmarked().is_empty(),
        Command::MarkAttendance { attendance: Attendance::Unmarked, .. } => q.running.is_some(),
        _ => return None,
    })
}

/// late is who comes once it runs, until a phase of the process's.
pub(super) fn too_late(q: &Question<'_>) -> Option<bool> {
    let Command::MarkAttendance { member, attendance } = q.command else { return None };
    let Some(running) = &q.running else { return Some(*attendance == Attendance::Late) };
    Some(match attendance {
        Attendance::Present => true,
        Attendance::Late => {
            let session = q.session()?;
            let closes = match session {
                SessionKind::Explore => q.spec().attendance.explore_closes_at,
                SessionKind::Reflect => q.spec().attendance.reflect_closes_at,
            };
            let place = |phase: PhaseKind| session.phases().iter().position(|one| *one == phase);
            place(running.phase) >= place(closes) || q.room.contains(*member)
        }
        _ => return None,
    })
}

/// whoever was there leaves early, and was neither absent nor excused.
pub(super) fn leaving(q: &Question<'_>) -> Option<bool> {
    let Command::MarkAttendance { member, attendance } = q.command else { return None };
    Some(match attendance {
        Attendance::LeftEarly => q.running.is_none() || !q.room.contains(*member),
        Attendance::Excused | Attendance::Absent => q.running.is_some() && q.sitting.as_ref()?.attended().contains(*member),
        _ => return None,
    })
}

/// enough of those who may come.
pub(super) fn below_quorum(q: &Question<'_>) -> Option<bool> {
    matches!(q.kind, Kind::StartSession).then(|| q.room.len() < q.past.needed())
}

/// where too few are left, the facilitator decides, or it must stop.
pub(super) fn quorum_lost(q: &Question<'_>) -> Option<bool> {
    q.running.as_ref()?;
    let undecided = q.quorum_undecided();
    match q.kind {
        Kind::ContinueBelowQuorum => Some(!undecided || q.spec().quorum.when_lost == QuorumLost::Stop),
        kind if FLOOR.contains(&kind) => Some(undecided),
        _ => None,
    }
}

/// one turn each; who ends one speaks, who starts one waits and nobody speaks.
pub(super) fn not_their_turn(q: &Question<'_>) -> Option<bool> {
    let (round, seat) = (round(q)?, q.subject()?);
    Some(match q.kind {
        Kind::StartTurn => round.speaking.is_some() || !round.waits(seat),
        Kind::PassTurn | Kind::DeferTurn => !round.open().contains(seat),
        Kind::ShareStory | Kind::GiveReport | Kind::FinishTurn => round.speaking != Some(seat),
        Kind::DecideAdoption => q.stage() == Stage::Adoption && round.speaking != Some(seat),
        _ => return None,
    })
}

/// passing and deferring, where the process has them; deferring once.
pub(super) fn no_pass_no_defer(q: &Question<'_>) -> Option<bool> {
    let turns = &q.spec().turns;
    Some(match q.command {
        Command::PassTurn { .. } => !turns.pass.is_on(),
        Command::DeferTurn { member } => {
            !turns.defer.is_on() || round(q).is_some_and(|round| round.deferred.contains(*member))
        }
        _ => return None,
    })
}

/// nobody waits or speaks, or the facilitator closes the round over those who do.
pub(super) fn round_open(q: &Question<'_>) -> Option<bool> {
    let over = round(q)?.open().is_empty();
    Some(match q.kind {
        Kind::CloseRound => over,
        Kind::OpenPhase | Kind::SkipPhase | Kind::ReopenPhase | Kind::CloseSession => !over,
        _ => return None,
    })
}

/// the order of the process, among those who wait by right.
pub(super) fn not_next(q: &Question<'_>) -> Option<bool> {
    let Command::StartTurn { member } = q.command else { return None };
    let (round, running) = (round(q)?, q.running.as_ref()?);
    if !round.waits(*member) {
        return None;
    }
    let by_right = round.by_right();
    let spoken = |seat: &Seat| running.airtime.get(usize::from(seat.number())).copied().unwrap_or_default();
    Some(match q.spec().turns.order {
        TurnOrder::Fixed => by_right.first() != Some(member),
        TurnOrder::Volunteer => !by_right.contains(member),
        TurnOrder::LeastSpokenFirst => {
            !by_right.contains(member) || by_right.iter().any(|seat| spoken(seat) < spoken(member))
        }
    })
}

/// with the consent of everyone in the room, who were asked.
pub(super) fn no_consent(q: &Question<'_>) -> Option<bool> {
    let running: &Running = q.running.as_ref()?;
    let off = !q.spec().recording.is_on();
    Some(match q.command {
        Command::RequestRecording {} => off || running.recording == Recording::On,
        Command::StartRecording {} => {
            off || running.recording != Recording::Requested || !q.room.minus(running.consents).is_empty()
        }
        Command::AnswerRecording { member, .. } => running.recording == Recording::Off || !q.room.contains(*member),
        Command::StopRecording {} => running.recording != Recording::On,
        _ => return None,
    })
}

/// nobody is in two running sessions.
pub(super) fn elsewhere(q: &Question<'_>) -> Option<bool> {
    let Command::MarkAttendance { member, attendance: Attendance::Present | Attendance::Late } = q.command else {
        return None;
    };
    Some(q.context.elsewhere.contains(*member))
}
