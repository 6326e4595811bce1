//! Evolving outside the room: members who leave, dates and replies, reports, the weeks of practice.

use super::{Applied, NotHere, room::leave};
use crate::{Cycle, Instant, ReportFact, Rsvp, Seat, SessionKind, Span, State};

impl Cycle {
    pub(super) fn taken(&self, seat: Seat) -> Applied {
        if self.ledger.active.contains(seat) { Ok(()) } else { Err(NotHere) }
    }

    pub(super) fn end(&mut self, at: Instant, state: State) {
        self.ledger.ended_at = Some(at);
        self.state = state;
    }

    /// A member is gone: from the room, from what comes, from what they were appointed to.
    pub(super) fn vacate(&mut self, seat: Seat, at: Instant) {
        self.ledger.active.remove(seat);
        for session in SessionKind::ALL {
            let facts = self.ledger.session_mut(session);
            if facts.closed_at.is_none() && facts.facilitator == Some(seat) {
                facts.facilitator = None;
                facts.repeat = false;
            }
        }
        if let State::Suspended(suspended) = &mut self.state {
            suspended.go_on.remove(seat);
            suspended.end.remove(seat);
            leave(&mut suspended.held, seat, at);
        } else {
            leave(&mut self.state, seat, at);
        }
    }

    /// The date of a session changed: replies are void, and open doors are shut.
    pub(super) fn shut_doors(&mut self, session: SessionKind) {
        let facts = self.ledger.session_mut(session);
        facts.moved = facts.moved.saturating_add(1);
        facts.unreply();
        if matches!(&self.state, State::Gathering(gathering) if gathering.session == session) {
            self.state = before_doors(session);
        }
    }

    pub(super) fn apply_reply(&mut self, seat: Seat, session: SessionKind, reply: Rsvp, at: Instant) {
        let notice = Span::hours(self.process.spec().attendance.apology_hours.into());
        let facts = self.ledger.session_mut(session);
        let in_time = facts.date.at().is_some_and(|starts_at| at + notice <= starts_at);
        facts.hear(seat, reply);
        match reply {
            Rsvp::Declined if in_time => facts.apologised.insert(seat),
            Rsvp::Declined => {}
            Rsvp::Accepted | Rsvp::Tentative | Rsvp::NeedsAction => facts.apologised.remove(seat),
        }
    }

    pub(super) fn hear_report(&mut self, seat: Seat, report: ReportFact) {
        match report {
            ReportFact::Practised { strategies } => {
                self.ledger.practised.insert(seat);
                self.ledger.not_practised.remove(seat);
                self.ledger.reported = self.ledger.reported.or(strategies);
            }
            ReportFact::DidNotPractise { reason: _ } => {
                self.ledger.not_practised.insert(seat);
                self.ledger.practised.remove(seat);
            }
        }
    }
}

pub(super) const fn before_doors(session: SessionKind) -> State {
    match session {
        SessionKind::Explore => State::Scheduled,
        SessionKind::Reflect => State::Practising,
    }
}

pub(super) fn mark_week(weeks: &mut [u8; 16], seat: Seat, week: u8) {
    if let (Some(bits), 1..=8) = (weeks.get_mut(seat.index()), week) {
        *bits |= 1 << (week - 1);
    }
}
