//! A running session: who is in the room, who runs it, its clock, and what the room has agreed to.

use serde::Serialize;

use super::{Gathering, SessionClock, Stop};
use crate::{Attendance, Instant, InterruptReason, PauseReason, Process, Quorum, RepeatReason, Seat, SeatSet, Span};

/// Who has been marked as what. Everyone else is [`Attendance::Unmarked`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    present: SeatSet,
    late: SeatSet,
    left: SeatSet,
    excused: SeatSet,
    absent: SeatSet,
}

impl Sheet {
    pub(crate) const fn mark(&mut self, seat: Seat, attendance: Attendance) {
        let late = self.late.contains(seat);
        self.erase(seat);
        match attendance {
            Attendance::Unmarked => {}
            Attendance::Present => self.present.insert(seat),
            Attendance::Late => self.late.insert(seat),
            Attendance::LeftEarly => {
                self.left.insert(seat);
                if late {
                    self.late.insert(seat);
                }
            }
            Attendance::Excused => self.excused.insert(seat),
            Attendance::Absent => self.absent.insert(seat),
        }
    }

    pub(crate) const fn erase(&mut self, seat: Seat) {
        self.present.remove(seat);
        self.late.remove(seat);
        self.left.remove(seat);
        self.excused.remove(seat);
        self.absent.remove(seat);
    }

    /// What this member is marked as.
    #[must_use]
    pub const fn of(&self, seat: Seat) -> Attendance {
        if self.left.contains(seat) {
            Attendance::LeftEarly
        } else if self.present.contains(seat) {
            Attendance::Present
        } else if self.late.contains(seat) {
            Attendance::Late
        } else if self.excused.contains(seat) {
            Attendance::Excused
        } else if self.absent.contains(seat) {
            Attendance::Absent
        } else {
            Attendance::Unmarked
        }
    }

    /// Who is in the room now.
    #[must_use]
    pub const fn in_room(&self) -> SeatSet {
        self.present.or(self.late).minus(self.left)
    }

    /// Who was there at some time.
    #[must_use]
    pub const fn attended(&self) -> SeatSet {
        self.present.or(self.late).or(self.left)
    }

    /// Who came late.
    #[must_use]
    pub const fn late(&self) -> SeatSet {
        self.late
    }

    /// Who left early.
    #[must_use]
    pub const fn left(&self) -> SeatSet {
        self.left
    }

    /// Who didn't come and had apologised in time.
    #[must_use]
    pub const fn excused(&self) -> SeatSet {
        self.excused
    }

    /// Who didn't come.
    #[must_use]
    pub const fn absent(&self) -> SeatSet {
        self.absent
    }

    /// Who of `members` isn't marked.
    #[must_use]
    pub const fn unmarked(&self, members: SeatSet) -> SeatSet {
        members.minus(self.attended().or(self.excused).or(self.absent))
    }
}

/// An offer to facilitate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who offers.
    pub seat: Seat,
    /// The exception they need.
    pub exception: Option<RepeatReason>,
}

/// Where recording stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Recording {
    /// Nobody asked.
    #[default]
    Off,
    /// Asked; the answers come in.
    Requested,
    /// On.
    On,
}

/// A running session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    pub(crate) clock: SessionClock,
    pub(crate) airtime: [u16; 16],
    pub(crate) interrupted_at: Option<Instant>,
    pub(crate) sheet: Sheet,
    pub(crate) overrun_agreed: SeatSet,
    pub(crate) consents: SeatSet,
    pub(crate) refusals: SeatSet,
    pub(crate) overrun: u16,
    pub(crate) facilitator: Option<Seat>,
    pub(crate) delegate: Option<Seat>,
    pub(crate) timekeeper: Option<Seat>,
    pub(crate) claim: Option<Claim>,
    pub(crate) pause: Option<PauseReason>,
    pub(crate) interrupted: Option<InterruptReason>,
    pub(crate) recording: Recording,
    pub(crate) quorum_lost: bool,
    pub(crate) reopened: u8,
}

impl Meeting {
    pub(super) fn start(
        gathering: Gathering,
        _quorum: Quorum,
        facilitator: Seat,
        at: Instant,
        allotted: u32,
        pause_cap: Span,
    ) -> Self {
        Self {
            clock: SessionClock::start(at, allotted, pause_cap),
            airtime: [0; 16],
            interrupted_at: None,
            sheet: gathering.sheet,
            overrun_agreed: SeatSet::EMPTY,
            consents: SeatSet::EMPTY,
            refusals: SeatSet::EMPTY,
            overrun: 0,
            facilitator: Some(facilitator),
            delegate: None,
            timekeeper: gathering.timekeeper,
            claim: None,
            pause: None,
            interrupted: None,
            recording: Recording::Off,
            quorum_lost: false,
            reopened: 0,
        }
    }

    pub(crate) fn spoke(&mut self, seat: Seat, span: Span) {
        if let Some(total) = self.airtime.get_mut(seat.index()) {
            *total = total.saturating_add(u16::try_from(span.as_seconds()).unwrap_or(u16::MAX));
        }
    }

    /// Who holds the chair: the facilitator, or whom they delegated to for their own turn.
    #[must_use]
    pub const fn chair(&self) -> Option<Seat> {
        match self.delegate {
            Some(seat) => Some(seat),
            None => self.facilitator,
        }
    }

    /// Who facilitates; nobody while the session awaits a facilitator.
    #[must_use]
    pub const fn facilitator(&self) -> Option<Seat> {
        self.facilitator
    }

    /// Who holds the chair for the facilitator's own turn.
    #[must_use]
    pub const fn delegate(&self) -> Option<Seat> {
        self.delegate
    }

    /// Who keeps the time.
    #[must_use]
    pub const fn timekeeper(&self) -> Option<Seat> {
        match self.timekeeper {
            Some(seat) => Some(seat),
            None => self.chair(),
        }
    }

    /// The attendance sheet.
    #[must_use]
    pub const fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// The offer to facilitate that waits for an assent.
    #[must_use]
    pub const fn claim(&self) -> Option<Claim> {
        self.claim
    }

    /// Why it is paused, where it is.
    #[must_use]
    pub const fn pause(&self) -> Option<PauseReason> {
        self.pause
    }

    /// Why it is interrupted, where it is.
    #[must_use]
    pub const fn interrupted(&self) -> Option<InterruptReason> {
        self.interrupted
    }

    /// Where recording stands.
    #[must_use]
    pub const fn recording(&self) -> Recording {
        self.recording
    }

    /// Whether the quorum is lost and nobody has decided to go on.
    #[must_use]
    pub const fn quorum_lost(&self) -> bool {
        self.quorum_lost
    }

    /// Who agreed to go past the end.
    #[must_use]
    pub const fn overrun_agreed(&self) -> SeatSet {
        self.overrun_agreed
    }

    /// The seconds past the end that all present have agreed to.
    #[must_use]
    pub const fn overrun_granted(&self) -> u16 {
        self.overrun
    }

    /// How often it has gone back a phase.
    #[must_use]
    pub const fn reopened(&self) -> u8 {
        self.reopened
    }

    /// Since when it is interrupted, where it is.
    #[must_use]
    pub const fn interrupted_at(&self) -> Option<Instant> {
        self.interrupted_at
    }

    /// How much pause the clock can still leave out; the pause that lasts isn't taken off.
    #[must_use]
    pub const fn pause_left(&self) -> Span {
        self.clock.pause_left()
    }

    /// When it started.
    #[must_use]
    pub const fn started_at(&self) -> Instant {
        self.clock.started()
    }

    /// How long it has run at `now`: waits and interruptions left out, pauses up to their cap.
    #[must_use]
    pub fn elapsed(&self, now: Instant) -> Span {
        self.clock.elapsed(now)
    }

    /// The seconds it has in all, agreed overrun included.
    #[must_use]
    pub const fn allotted_seconds(&self) -> u32 {
        self.clock.allotted
    }

    /// From when on it counts as abandoned under `process`: past its end and the grace, as if the clock ran on from
    /// where it stands, so that a session nobody resumes is abandoned as well.
    #[must_use]
    pub fn abandoned_at(&self, process: &Process) -> Instant {
        let grace = u32::from(process.spec().clock.grace_minutes) * 60;
        self.clock.when(self.clock.allotted.saturating_add(grace))
    }

    /// Whether its clock stands, and why.
    #[must_use]
    pub fn stopped(&self) -> Option<Stop> {
        self.clock.stopped().map(|(_, stop)| stop)
    }

    /// How many seconds this member has spoken in rounds. Stays in the group.
    #[must_use]
    pub fn airtime_seconds(&self, seat: Seat) -> u16 {
        self.airtime.get(seat.index()).copied().unwrap_or_default()
    }
}
