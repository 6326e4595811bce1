//! Waiting: for the next instant after which a rule may answer differently.

use peercircle_core::{Cycle, DueKind, Instant, SessionKind, Since, Span, Stage, State};

use super::Moves;
use crate::explore::{
    bounds::{Cost, Reduction},
    clocks::Clock,
    model::Move,
};

impl Moves<'_> {
    pub(super) fn waiting(&mut self) {
        let now = self.point.now;
        let owed = self.model.watchers.until(&self.point.tracks);
        if let Some(until) = owed.map(|until| until + Span::seconds(1)).filter(|until| *until > now) {
            let runs = self.cycle.state().meeting().is_some_and(|meeting| meeting.stopped().is_none());
            let cost = if runs && !self.over() { Cost::Trouble } else { Cost::Free };
            if self.affords(cost) {
                self.found.push(Move::Wait { until, why: None, cost });
            }
        }
        if self.clock_is_idle() {
            return;
        }
        // The next one; of several at the same time the one that was due first, and then by kind.
        let mut next: Option<((Instant, Instant, DueKind), Cost)> = None;
        self.cycle.tell_deadlines(&|kind| self.may_matter(kind), &mut |due| {
            // A last moment has passed a second later.
            let past = matches!(due.kind, DueKind::ResumeUntil {} | DueKind::WrittenReportUntil {});
            let at = if past { due.at + Span::seconds(1) } else { due.at };
            let when = (at, due.at, due.kind);
            if at > now
                && next.is_none_or(|(earliest, _)| when < earliest)
                && let Some(cost) = self.matters(due.kind)
                && self.affords(cost)
            {
                next = Some((when, cost));
            }
        });
        let mut next = next.map(|((at, _, kind), cost)| (at, Some(kind), cost));
        // A session that has to last until it counts as abandoned is one in which something goes wrong.
        let abandoned = self.cycle.state().meeting().filter(|meeting| meeting.stopped().is_none());
        let abandoned = abandoned.map(|meeting| meeting.abandoned_at(self.cycle.process()));
        for at in self.bounds_of_own_rules() {
            let cost = if abandoned.is_some_and(|end| at >= end && !self.over()) { Cost::Trouble } else { Cost::Free };
            if at > now && next.is_none_or(|(earliest, _, _)| at < earliest) && self.affords(cost) {
                next = Some((at, None, cost));
            }
        }
        self.found.extend(next.map(|(until, why, cost)| Move::Wait { until, why, cost }));
    }

    /// The instants at which a bound on elapsed time of the process's own rules is reached or passed. In a session time passes for
    /// it only where something hangs on it: whatever is done before takes no time, and can be done in either order.
    fn bounds_of_own_rules(&self) -> Vec<Instant> {
        let (cycle, now) = (self.cycle, self.point.now);
        let (stage, outside) = (cycle.stage(), cycle.state().meeting().is_none() || !self.has(Reduction::Calendar));
        let mut stops = Vec::new();
        for Clock { bound, .. } in self.model.clocks().iter().filter(|clock| outside || clock.stops.contains(stage)) {
            let Some(elapsed) = elapsed(cycle, bound.since, now) else { continue };
            let reached = bound.at_least_minutes.map(|minutes| minutes.saturating_mul(60));
            let passed = bound.at_most_minutes.map(|minutes| minutes.saturating_add(1).saturating_mul(60));
            let ahead = [reached, passed].into_iter().flatten().filter(|at| *at > elapsed);
            stops.extend(ahead.map(|at| now + Span::seconds(at - elapsed)));
        }
        stops
    }

    /// Whether rules may answer differently after a deadline of this kind, wherever the cycle is.
    fn may_matter(&self, kind: DueKind) -> bool {
        match kind {
            DueKind::SessionStarts { .. }
            | DueKind::GapReached {}
            | DueKind::SessionEnds {}
            | DueKind::SessionAbandoned {}
            | DueKind::ResumeUntil {}
            | DueKind::AdoptionUntil {}
            | DueKind::WrittenReportUntil {} => true,
            DueKind::SessionReminder { .. }
            | DueKind::ApologyUntil { .. }
            | DueKind::PauseEnds {}
            | DueKind::WeekEnds { .. }
            | DueKind::DatePromised {}
            | DueKind::GapExceeded {} => !self.has(Reduction::Calendar),
            DueKind::WeekBegins { .. } => !self.has(Reduction::Calendar) || self.model.counts_weeks(),
            // How long turns and phases take, only the clock of the session asks; what is kept afterwards, and whatever the core
            // may tell of one day, no rule.
            _ => false,
        }
    }

    /// In a running session that isn't over, time passes only as a trouble, or for a rule of the process's own.
    fn clock_is_idle(&self) -> bool {
        let Some(meeting) = self.cycle.state().meeting() else { return matches!(self.cycle.state(), State::Suspended(_)) };
        self.has(Reduction::Calendar)
            && self.model.clocks().is_empty()
            && !self.affords(Cost::Trouble)
            && meeting.stopped().is_none()
            && !self.over()
    }

    /// Whether a session runs whose time is up.
    pub(super) fn over(&self) -> bool {
        let meeting = self.cycle.state().meeting();
        meeting.is_some_and(|meeting| meeting.elapsed(self.point.now).as_seconds() >= meeting.allotted_seconds())
    }

    /// What it costs to wait for a deadline of this kind, which may matter; nothing where it doesn't here.
    fn matters(&self, kind: DueKind) -> Option<Cost> {
        let ledger = self.cycle.ledger();
        match kind {
            DueKind::SessionStarts { session } => {
                let stage = self.cycle.stage();
                let ahead = stage == Stage::Scheduled && session == SessionKind::Explore
                    || stage == Stage::Practising && session == SessionKind::Reflect;
                ahead.then_some(Cost::Free)
            }
            DueKind::GapReached {} => {
                let dated = ledger.session(SessionKind::Reflect).date().at();
                dated.is_some_and(|at| at <= self.point.now).then_some(Cost::Free)
            }
            DueKind::SessionEnds {} => Some(Cost::Trouble),
            DueKind::SessionAbandoned {} => Some(if self.over() { Cost::Free } else { Cost::Trouble }),
            DueKind::ResumeUntil {} => self.given_up().then_some(Cost::Free),
            DueKind::WrittenReportUntil {} => {
                let missed = ledger.unfinished().minus(ledger.session(SessionKind::Reflect).attended());
                (!missed.is_empty() || !self.has(Reduction::Calendar)).then_some(Cost::Free)
            }
            _ => Some(Cost::Free),
        }
    }
}

/// The seconds since a moment of the cycle; nothing where it hasn't come, or its clock stands.
pub(in crate::explore) fn elapsed(cycle: &Cycle, since: Since, now: Instant) -> Option<u32> {
    let meeting = || cycle.state().meeting().filter(|meeting| meeting.stopped().is_none());
    let running = || meeting().map(|meeting| meeting.elapsed(now).as_seconds());
    let closed = |session| -> Option<Instant> { cycle.ledger().session(session).closed_at() };
    match since {
        Since::SessionStarted => running(),
        Since::PhaseOpened => Some(running()?.saturating_sub(cycle.state().time_box()?.opened())),
        Since::ExploreClosed => Some(now.since(closed(SessionKind::Explore)?).as_seconds()),
        Since::ReflectClosed => Some(now.since(closed(SessionKind::Reflect)?).as_seconds()),
    }
}
