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
    /// How much pause can still be left out: the process caps it.
    pause_left: Span,
    /// Seconds the session has in all.
    pub(crate) allotted: u32,
}

impl SessionClock {
    pub(crate) const fn start(at: Instant, allotted: u32, pause_cap: Span) -> Self {
        Self { started: at, stopped: None, excluded: Span::ZERO, pause_left: pause_cap, allotted }
    }

    /// What has elapsed at `now`: a pause past its cap included, while it lasts as after it.
    pub(crate) fn elapsed(&self, now: Instant) -> Span {
        let standing = self.stopped.map_or(Span::ZERO, |(since, stop)| self.left_out(stop, now.since(since)));
        now.since(self.started).minus(self.excluded).minus(standing)
    }

    /// How much of a stop this long the clock leaves out.
    fn left_out(&self, stop: Stop, span: Span) -> Span {
        match stop {
            Stop::Wait => span,
            Stop::Pause => span.min(self.pause_left),
        }
    }

    /// Stands from `at` on. Where it stands already, what has passed so far is settled first.
    pub(crate) fn stop(&mut self, at: Instant, stop: Stop) {
        self.go(at);
        self.stopped = Some((at, stop));
    }

    pub(crate) fn go(&mut self, at: Instant) {
        let Some((since, stop)) = self.stopped.take() else { return };
        let left_out = self.left_out(stop, at.since(since));
        if stop == Stop::Pause {
            self.pause_left = self.pause_left.minus(left_out);
        }
        self.excluded = self.excluded.plus(left_out);
    }

    pub(crate) const fn stopped(&self) -> Option<(Instant, Stop)> {
        self.stopped
    }

    pub(crate) const fn started(&self) -> Instant {
        self.started
    }

    /// How much pause can still be left out; the pause that lasts isn't taken off.
    pub(crate) const fn pause_left(&self) -> Span {
        self.pause_left
    }

    /// When `seconds` of the session will have elapsed, if its clock runs on from where it stands. A pause that began before
    /// is left out up to its cap.
    pub(crate) fn when(&self, seconds: u32) -> Instant {
        let running = self.started + self.excluded + Span::seconds(seconds);
        match self.stopped {
            Some((since, Stop::Pause)) if since < running => running + self.pause_left,
            Some(_) | None => running,
        }
    }
}
