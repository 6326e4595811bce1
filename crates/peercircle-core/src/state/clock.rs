//! The clocks of a session: what has elapsed, and the box a phase has. They answer; they never move anything.

use serde::Serialize;

use crate::{Instant, Span};

/// The box of a phase. Extending is an event of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeBox {
    /// The session's elapsed time at which the phase opened, in seconds.
    pub(crate) opened: u32,
    pub(crate) planned: u16,
    pub(crate) extended: u16,
}

impl TimeBox {
    /// A box that opens after so many seconds of the session.
    #[must_use]
    pub const fn new(opened: u32, planned: u16) -> Self {
        Self { opened, planned, extended: 0 }
    }

    /// The seconds it got when it opened.
    #[must_use]
    pub const fn planned(&self) -> u16 {
        self.planned
    }

    /// The seconds it got on top.
    #[must_use]
    pub const fn extended(&self) -> u16 {
        self.extended
    }

    /// All its seconds.
    #[must_use]
    pub const fn seconds(&self) -> u16 {
        self.planned.saturating_add(self.extended)
    }

    /// The session's elapsed seconds at which it is used up.
    #[must_use]
    pub const fn ends(&self) -> u32 {
        self.opened.saturating_add(self.seconds() as u32)
    }

    /// The session's elapsed seconds at which it opened.
    #[must_use]
    pub const fn opened(&self) -> u32 {
        self.opened
    }
}

/// Why a session's clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// The session is paused: the process caps what the clock leaves out.
    Pause,
    /// There is no facilitator, or the session is interrupted: all of it is left out.
    Wait,
}

/// A session's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionClock {
    started: Instant,
    stopped: Option<(Instant, Stop)>,
    excluded: Span,
    /// Seconds of pause already left out.
    paused: u32,
    /// Seconds the session has in all.
    pub(crate) allotted: u32,
}

impl SessionClock {
    pub(crate) const fn start(at: Instant, allotted: u32) -> Self {
        Self { started: at, stopped: None, excluded: Span::ZERO, paused: 0, allotted }
    }

    pub(crate) fn elapsed(&self, now: Instant) -> Span {
        let until = self.stopped.map_or(now, |(at, _)| at);
        until.since(self.started).minus(self.excluded)
    }

    /// Stands from `at` on. Where it stands already, what has passed so far is settled first.
    pub(crate) fn stop(&mut self, at: Instant, stop: Stop, pause_cap: u32) {
        self.go(at, pause_cap);
        self.go(at, pause_cap);
        self.stopped = Some((at, stop));
    }

    pub(crate) fn go(&mut self, at: Instant, pause_cap: u32) {
        let Some((since, stop)) = self.stopped.take() else { return };
        let span = at.since(since);
        let left_out = match stop {
            Stop::Wait => span,
            Stop::Pause => {
                let open = pause_cap.saturating_sub(self.paused);
                let counted = span.as_seconds().min(open);
                self.paused = self.paused.saturating_add(counted);
                if counted < open { span } else { Span::seconds(counted) }
            }
        };
        self.excluded = self.excluded.plus(left_out);
    }

    pub(crate) const fn stopped(&self) -> Option<(Instant, Stop)> {
        self.stopped
    }

    pub(crate) const fn started(&self) -> Instant {
        self.started
    }

    pub(crate) const fn paused_seconds(&self) -> u32 {
        self.paused
    }

    /// When `seconds` of the session will have elapsed, if its clock runs on from `now`.
    pub(crate) fn when(&self, seconds: u32) -> Instant {
        self.started + self.excluded + Span::seconds(seconds)
    }
}
