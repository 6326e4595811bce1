//! The outline of a running session: what has elapsed, what is left, and how that shares out over the phases ahead.

use crate::{Ahead, Cycle, Instant, PhaseKind, SessionKind, replan};

/// The most phases that can lie ahead.
const MOST: usize = 6;

/// A running session's time at one instant, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    pub(crate) session: SessionKind,
    /// Since the session started, pauses left out.
    pub(crate) elapsed: u32,
    /// What the session has in all, agreed overrun included.
    pub(crate) allotted: u32,
    /// When the running phase's box is used up, in elapsed seconds.
    pub(crate) box_ends: u32,
    /// The sum of the floors of the phases ahead.
    pub(crate) floors: u32,
    ahead: [Ahead; MOST],
    count: usize,
}

impl Outline {
    pub(crate) fn of(cycle: &Cycle, now: Instant) -> Option<Self> {
        let (session, meeting, time_box) = (cycle.session()?, cycle.meeting()?, cycle.time_box()?);
        let process = cycle.process();
        let mut ahead = [Ahead { phase: PhaseKind::Takeaways, seconds: 0, floor: 0 }; MOST];
        let mut count = 0;
        let mut phase = cycle.phase();
        while let Some(next) = phase.and_then(|phase| session.after(phase)) {
            phase = Some(next);
            let seconds = process.box_seconds(session, next);
            if let (Some(slot), 1..) = (ahead.get_mut(count), seconds) {
                *slot = Ahead { phase: next, seconds, floor: process.floor_seconds(session, next) };
                count += 1;
            }
        }
        let mut outline = Self {
            session,
            elapsed: meeting.elapsed(now).as_seconds(),
            allotted: meeting.allotted_seconds(),
            box_ends: time_box.ends(),
            floors: ahead.iter().map(|one| u32::from(one.floor)).sum(),
            ahead,
            count,
        };
        outline.replan();
        Some(outline)
    }

    /// The phases ahead with what they get if the running one keeps to its box, or ends now where that is used up.
    pub(crate) fn ahead(&self) -> &[Ahead] {
        self.ahead.get(..self.count).unwrap_or_default()
    }

    fn replan(&mut self) {
        let left = self.allotted.saturating_sub(self.box_ends.max(self.elapsed));
        if let Some(ahead) = self.ahead.get_mut(..self.count) {
            replan(left, ahead);
        }
    }
}

/// What `phase` of the running session gets if it opens now; nothing where none runs.
pub(crate) fn opening(cycle: &Cycle, phase: PhaseKind, now: Instant) -> u16 {
    let (Some(session), Some(meeting)) = (cycle.session(), cycle.meeting()) else { return 0 };
    let process = cycle.process();
    let mut boxes = [Ahead { phase, seconds: 0, floor: 0 }; MOST + 1];
    let mut count = 0;
    let rest = session.phases().iter().skip_while(|other| **other != phase);
    for (slot, other) in boxes.iter_mut().zip(rest) {
        let (seconds, floor) = (process.box_seconds(session, *other), process.floor_seconds(session, *other));
        *slot = Ahead { phase: *other, seconds, floor };
        count += 1;
    }
    if let Some(boxes) = boxes.get_mut(..count) {
        replan(meeting.allotted_seconds().saturating_sub(meeting.elapsed(now).as_seconds()), boxes);
    }
    boxes.first().map_or(0, |one| one.seconds)
}
