//! Evolving in the room: who comes and goes, whose turn ends, when the clock stands.

use super::{Applied, NotHere};
use crate::{Attendance, Cycle, Instant, Meeting, Round, Seat, SeatSet, Span, State, Stop, TimeBox};

impl Cycle {
    pub(super) fn floor(&mut self) -> Result<(&mut Meeting, &mut TimeBox, Option<&mut Round>), NotHere> {
        self.state.floor_mut().ok_or(NotHere)
    }

    pub(super) fn apply_attendance(&mut self, seat: Seat, attendance: Attendance, at: Instant) -> Applied {
        if let State::Gathering(gathering) = &mut self.state {
            gathering.sheet.mark(seat, attendance);
            // Whoever keeps the time is in the room.
            if gathering.timekeeper == Some(seat) && !gathering.sheet.in_room().contains(seat) {
                gathering.timekeeper = None;
            }
            return Ok(());
        }
        let heard = self.phase().map_or(SeatSet::EMPTY, |phase| self.heard(phase));
        let (meeting, _, round) = self.floor()?;
        meeting.sheet.mark(seat, attendance);
        // Whoever comes in is asked anew, even if they were asked before they left.
        meeting.consents.remove(seat);
        meeting.refusals.remove(seat);
        let running = meeting.stopped().is_none();
        let mut span = Span::ZERO;
        match (attendance, round) {
            (Attendance::Late | Attendance::Present, Some(round)) if !heard.contains(seat) => round.join(seat),
            (Attendance::LeftEarly, Some(round)) if round.open().contains(seat) => {
                span = round.forfeit(seat, at, running);
            }
            (
                Attendance::Late
                | Attendance::Present
                | Attendance::LeftEarly
                | Attendance::Unmarked
                | Attendance::Excused
                | Attendance::Absent,
                _,
            ) => {}
        }
        if attendance == Attendance::LeftEarly {
            meeting.spoke(seat, span);
            meeting.overrun_agreed.remove(seat);
            if meeting.timekeeper == Some(seat) {
                meeting.timekeeper = None;
            }
            if meeting.claim.is_some_and(|claim| claim.seat == seat) {
                meeting.claim = None;
            }
        }
        Ok(())
    }

    pub(super) fn round_mut(&mut self) -> Result<&mut Round, NotHere> {
        self.floor()?.2.ok_or(NotHere)
    }

    pub(super) fn end_turn(&mut self, seat: Seat, at: Instant, how: fn(&mut Round, Seat, Instant, bool) -> Span) -> Applied {
        let (meeting, _, round) = self.floor()?;
        let running = meeting.stopped().is_none();
        let span = how(round.ok_or(NotHere)?, seat, at, running);
        meeting.spoke(seat, span);
        Ok(())
    }

    /// Lets the clock stand or run as the session's facts want it.
    pub(super) fn set_clock(&mut self, at: Instant) -> Applied {
        let (meeting, _, mut round) = self.floor()?;
        let wanted = if meeting.interrupted.is_some() || meeting.facilitator.is_none() {
            Some(Stop::Wait)
        } else {
            meeting.pause.map(|_| Stop::Pause)
        };
        let stands = meeting.stopped();
        if wanted == stands {
            return Ok(());
        }
        if let (None, Some(round)) = (stands, &mut round) {
            round.hold(at);
        }
        match wanted {
            Some(stop) => meeting.clock.stop(at, stop),
            None => {
                meeting.clock.go(at);
                if let Some(round) = round {
                    round.go(at);
                }
            }
        }
        Ok(())
    }
}

/// Whoever withdraws is out of the room, and out of the chair.
pub(super) fn leave(state: &mut State, seat: Seat, at: Instant) {
    if let State::Gathering(gathering) = state {
        gathering.sheet.erase(seat);
        if gathering.timekeeper == Some(seat) {
            gathering.timekeeper = None;
        }
    }
    let Some((meeting, _, round)) = state.floor_mut() else { return };
    if meeting.sheet.in_room().contains(seat) {
        meeting.sheet.mark(seat, Attendance::LeftEarly);
    }
    if let Some(round) = round.filter(|round| round.open().contains(seat)) {
        round.forfeit(seat, at, meeting.stopped().is_none());
    }
    if meeting.facilitator == Some(seat) {
        meeting.delegate = None;
    }
    for chair in [&mut meeting.facilitator, &mut meeting.delegate, &mut meeting.timekeeper] {
        if *chair == Some(seat) {
            *chair = None;
        }
    }
    if meeting.claim.is_some_and(|claim| claim.seat == seat) {
        meeting.claim = None;
    }
}
