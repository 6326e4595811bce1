//! A round: everyone present has one turn.

use serde::Serialize;

use crate::{Instant, Seat, SeatSet, Span, seat::SeatQueue};

/// Where a member's turn is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TurnState {
    /// Not in this round.
    None,
    /// Still to come.
    Pending,
    /// Still to come, at the end, by the member's own wish.
    Deferred,
    /// Now.
    Speaking,
    /// Over.
    Done,
    /// The member passed.
    Passed,
    /// Lost: the member left, or the round was closed early.
    Forfeited,
}

/// A round of turns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    queue: SeatQueue,
    deferred: SeatSet,
    /// Who came while the round ran: after everyone who was there.
    late: SeatSet,
    done: SeatSet,
    passed: SeatSet,
    forfeited: SeatSet,
    speaking: Option<Seat>,
    /// Since when the speaker has had the floor, or the clock last stood or ran again.
    since: Instant,
    /// How long the speaker had spoken when the clock last stopped.
    spoken: Span,
    size: u8,
}

impl Round {
    /// A round for everyone in `present`, in the order of their seats.
    #[must_use]
    pub fn of(present: SeatSet) -> Self {
        Self {
            queue: SeatQueue::of(present),
            deferred: SeatSet::EMPTY,
            late: SeatSet::EMPTY,
            done: SeatSet::EMPTY,
            passed: SeatSet::EMPTY,
            forfeited: SeatSet::EMPTY,
            speaking: None,
            since: Instant::default(),
            spoken: Span::ZERO,
            size: present.len(),
        }
    }

    pub(crate) fn join(&mut self, seat: Seat) {
        let back = self.forfeited.contains(seat);
        if back || self.turn(seat) == TurnState::None {
            self.forfeited.remove(seat);
            self.queue.push(seat);
            self.late.insert(seat);
            self.size = self.size.saturating_add(u8::from(!back));
        }
    }

    pub(crate) fn start(&mut self, seat: Seat, at: Instant) {
        self.queue.remove(seat);
        self.speaking = Some(seat);
        self.since = at;
        self.spoken = Span::ZERO;
    }

    /// Ends the turn of `seat` and says how long they spoke.
    pub(crate) fn finish(&mut self, seat: Seat, at: Instant, running: bool) -> Span {
        let spoken = self.quiet(seat, at, running);
        self.done.insert(seat);
        spoken
    }

    pub(crate) fn pass(&mut self, seat: Seat, at: Instant, running: bool) -> Span {
        let spoken = self.quiet(seat, at, running);
        self.passed.insert(seat);
        spoken
    }

    pub(crate) fn defer(&mut self, seat: Seat, at: Instant, running: bool) -> Span {
        let spoken = self.quiet(seat, at, running);
        self.deferred.insert(seat);
        self.queue.push(seat);
        spoken
    }

    pub(crate) fn forfeit(&mut self, seat: Seat, at: Instant, running: bool) -> Span {
        let spoken = self.quiet(seat, at, running);
        self.forfeited.insert(seat);
        spoken
    }

    /// The clock stopped: the speaker's time stands.
    pub(crate) fn hold(&mut self, at: Instant) {
        self.spoken = self.spoken.plus(at.since(self.since));
        self.since = at;
    }

    /// The clock runs again.
    pub(crate) const fn go(&mut self, at: Instant) {
        self.since = at;
    }

    /// While the clock stands nobody is heard.
    fn quiet(&mut self, seat: Seat, at: Instant, running: bool) -> Span {
        self.queue.remove(seat);
        if self.speaking != Some(seat) {
            return Span::ZERO;
        }
        self.speaking = None;
        self.spoken(at, running)
    }

    /// How long the speaker has had the floor at `now`, the clock running or not.
    #[must_use]
    pub fn spoken(&self, now: Instant, running: bool) -> Span {
        if running { self.spoken.plus(now.since(self.since)) } else { self.spoken }
    }

    /// Where the turn of `seat` is.
    #[must_use]
    pub fn turn(&self, seat: Seat) -> TurnState {
        if self.speaking == Some(seat) {
            TurnState::Speaking
        } else if self.done.contains(seat) {
            TurnState::Done
        } else if self.passed.contains(seat) {
            TurnState::Passed
        } else if self.forfeited.contains(seat) {
            TurnState::Forfeited
        } else if self.waiting().contains(seat) {
            if self.deferred.contains(seat) { TurnState::Deferred } else { TurnState::Pending }
        } else {
            TurnState::None
        }
    }

    /// Who still waits for a turn.
    #[must_use]
    pub const fn waiting(&self) -> SeatSet {
        self.queue.set()
    }

    /// Who waits and is next by right: neither deferred nor late; where only those wait, all of them.
    #[must_use]
    pub fn pending(&self) -> SeatSet {
        let waiting = self.waiting();
        let fresh = waiting.minus(self.deferred).minus(self.late);
        if fresh.is_empty() { waiting } else { fresh }
    }

    /// Who waits or speaks: the round isn't over before this is empty.
    #[must_use]
    pub fn open(&self) -> SeatSet {
        self.speaking.map_or_else(|| self.waiting(), |seat| self.waiting().with(seat))
    }

    /// The next in the order of the seats, deferred and late ones last.
    #[must_use]
    pub fn first(&self) -> Option<Seat> {
        let pending = self.pending();
        self.queue.iter().find(|seat| pending.contains(*seat))
    }

    /// The waiting members in their order.
    pub fn queue(&self) -> impl Iterator<Item = Seat> {
        self.queue.iter()
    }

    /// Since when the speaker has had the floor, or the clock last stood or ran again.
    #[must_use]
    pub const fn since(&self) -> Instant {
        self.since
    }

    /// Who speaks.
    #[must_use]
    pub const fn speaking(&self) -> Option<Seat> {
        self.speaking
    }

    /// Who has spoken.
    #[must_use]
    pub const fn done(&self) -> SeatSet {
        self.done
    }

    /// Who passed.
    #[must_use]
    pub const fn passed(&self) -> SeatSet {
        self.passed
    }

    /// Who deferred once.
    #[must_use]
    pub const fn deferred(&self) -> SeatSet {
        self.deferred
    }

    /// Who came while the round ran: after everyone who was there.
    #[must_use]
    pub const fn late(&self) -> SeatSet {
        self.late
    }

    /// Whose turn was lost.
    #[must_use]
    pub const fn forfeited(&self) -> SeatSet {
        self.forfeited
    }

    /// How many turns the round has had room for: what its box is shared by.
    #[must_use]
    pub const fn size(&self) -> u8 {
        self.size
    }
}
