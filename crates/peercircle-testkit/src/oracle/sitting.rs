//! A sitting: one session from the moment its doors open. Who is in the room, who has the chair, whose turn it is, what the
//! clock says: told by everything that happened since.

use peercircle_core::{
    Attendance, Consent, Event, EventBody, Instant, PhaseKind, ProcessSpec, Recording, RepeatReason, Seat, SeatSet,
    SessionKind,
};

use super::past::Past;

/// The events of a session at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sitting<'a> {
    pub(super) past: Past<'a>,
    pub(super) kind: SessionKind,
    /// The number of the event after the one that opened the doors.
    opened: usize,
    /// The number of the event that started it.
    pub(super) started: Option<usize>,
}

impl<'a> Sitting<'a> {
    /// The latest sitting of this session.
    pub(super) fn of(past: Past<'a>, kind: SessionKind) -> Option<Self> {
        let opened = past.last(|body| matches!(body, EventBody::SessionOpened { session } if *session == kind))? + 1;
        let started = past.last(|body| matches!(body, EventBody::SessionStarted { .. })).filter(|at| *at >= opened);
        Some(Self { past, kind, opened, started })
    }

    pub(super) fn events(&self) -> &'a [Event] {
        self.past.events.get(self.opened..).unwrap_or_default()
    }

    /// What this member is marked as.
    pub(super) fn mark(&self, seat: Seat) -> Attendance {
        let (mut mark, mut running) = (Attendance::Unmarked, false);
        for event in self.events() {
            match &event.body {
                EventBody::SessionStarted { .. } => running = true,
                EventBody::AttendanceMarked { seat: other, attendance } if *other == seat => mark = *attendance,
                EventBody::MemberWithdrawn { seat: other, .. } | EventBody::MemberDropped { seat: other, .. }
                    if *other == seat =>
                {
                    mark = match mark {
                        Attendance::Present | Attendance::Late if running => Attendance::LeftEarly,
                        mark if running => mark,
                        _ => Attendance::Unmarked,
                    };
                }
                _ => {}
            }
        }
        mark
    }

    fn marked(&self, wanted: &[Attendance]) -> SeatSet {
        (0..16).filter_map(Seat::new).filter(|seat| wanted.contains(&self.mark(*seat))).collect()
    }

    /// Who is there now.
    pub(super) fn room(&self) -> SeatSet {
        self.marked(&[Attendance::Present, Attendance::Late])
    }

    /// Who was there at some time.
    pub(super) fn attended(&self) -> SeatSet {
        self.marked(&[Attendance::Present, Attendance::Late, Attendance::LeftEarly])
    }

    pub(super) fn unmarked(&self) -> SeatSet {
        self.past.expected().and(self.marked(&[Attendance::Unmarked]))
    }

    /// The running session as it is at `now`.
    pub(super) fn running(&self, now: Instant) -> Option<Running> {
        self.started?;
        let mut running: Option<Running> = None;
        let mut seen = Seen { room: SeatSet::EMPTY, timekeeper: None };
        for (at, event) in self.events().iter().enumerate() {
            if let EventBody::SessionStarted { facilitator, planned_seconds, .. } = event.body {
                running = Some(Running::start(self, event.at, facilitator, planned_seconds, &seen));
            } else if let Some(running) = &mut running {
                running.pass(event.at);
                let heard = || self.past.before(self.opened + at);
                running.hear(event, heard);
            } else {
                seen.see(&event.body);
            }
        }
        if let Some(running) = &mut running {
            running.pass(now);
        }
        running
    }
}

/// What was seen at the door.
struct Seen {
    room: SeatSet,
    timekeeper: Option<Seat>,
}

impl Seen {
    fn see(&mut self, body: &EventBody) {
        match body {
            EventBody::AttendanceMarked { seat, attendance: Attendance::Present } => self.room.insert(*seat),
            EventBody::AttendanceMarked { seat, .. }
            | EventBody::MemberWithdrawn { seat, .. }
            | EventBody::MemberDropped { seat, .. } => {
                self.room.remove(*seat);
                self.timekeeper = self.timekeeper.filter(|other| other != seat);
            }
            EventBody::TimekeeperAppointed { seat } => self.timekeeper = Some(*seat),
            _ => {}
        }
    }
}

/// A running session, told so far. Times are in milliseconds where nothing else is said.
#[derive(Clone, Debug)]
pub(super) struct Running {
    at: Instant,
    kind: SessionKind,
    pause_cap: i64,
    grace: i64,
    pub(super) phase: PhaseKind,
    pub(super) room: SeatSet,
    pub(super) facilitator: Option<Seat>,
    /// Who has the chair left to them for the facilitator's own turn.
    pub(super) delegate: Option<Seat>,
    /// The last word on the chair was that it is left to somebody.
    pub(super) delegated: bool,
    /// The facilitator left the room, and it wasn't said that they are gone.
    pub(super) left_the_chair: Option<Seat>,
    appointed_timekeeper: Option<Seat>,
    pub(super) claim: Option<(Seat, Option<RepeatReason>)>,
    pub(super) paused: bool,
    pub(super) interrupted: Option<Instant>,
    pub(super) elapsed: i64,
    /// How long the clock has stood for want of a facilitator or an interruption.
    waited: i64,
    pub(super) pause_used: i64,
    /// `elapsed` and `pause_used` when the last pause began.
    paused_at: (i64, i64),
    /// Seconds the session has in all.
    pub(super) allotted: i64,
    /// The running phase: the elapsed seconds at which it opened, and the seconds it has.
    pub(super) opened: i64,
    pub(super) box_seconds: i64,
    pub(super) overrun: bool,
    pub(super) agreed: SeatSet,
    pub(super) reopened: u8,
    pub(super) round: Option<Turns>,
    /// Seconds spoken by seat, up to eighteen hours.
    pub(super) airtime: [i64; 16],
    pub(super) recording: Recording,
    pub(super) consents: SeatSet,
    pub(super) refusals: SeatSet,
    /// Somebody has left since the start, or since the room decided to go on.
    pub(super) left: bool,
    /// The last word on the quorum was that it is lost.
    pub(super) said_lost: bool,
}

/// The turns of a round.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns {
    /// Who waits, in their order.
    pub(super) queue: Vec<Seat>,
    pub(super) deferred: SeatSet,
    late: SeatSet,
    pub(super) done: SeatSet,
    passed: SeatSet,
    forfeited: SeatSet,
    pub(super) speaking: Option<Seat>,
    spoken: i64,
    /// Since the clock last ran on, of `spoken`.
    lately: i64,
}

impl Turns {
    pub(super) fn waits(&self, seat: Seat) -> bool {
        self.queue.contains(&seat)
    }

    /// Who waits or speaks.
    pub(super) fn open(&self) -> SeatSet {
        self.queue.iter().copied().chain(self.speaking).collect()
    }

    /// Who waits and neither deferred nor came late; all who wait where there is nobody else.
    pub(super) fn by_right(&self) -> Vec<Seat> {
        let last = self.deferred.or(self.late);
        let first: Vec<_> = self.queue.iter().copied().filter(|seat| !last.contains(*seat)).collect();
        if first.is_empty() { self.queue.clone() } else { first }
    }

    pub(super) fn heard(&self) -> SeatSet {
        self.done
    }

    pub(super) fn unheard(&self) -> SeatSet {
        self.passed.or(self.forfeited)
    }
}

impl Running {
    fn start(sitting: &Sitting<'_>, at: Instant, facilitator: Seat, planned: u16, seen: &Seen) -> Self {
        let spec = sitting.past.spec;
        Self {
            at,
            kind: sitting.kind,
            pause_cap: i64::from(spec.clock.pause_minutes) * 60_000,
            grace: i64::from(spec.clock.grace_minutes) * 60,
            phase: PhaseKind::Welcome,
            room: seen.room,
            facilitator: Some(facilitator),
            delegate: None,
            delegated: false,
            left_the_chair: None,
            appointed_timekeeper: seen.timekeeper,
            claim: None,
            paused: false,
            interrupted: None,
            elapsed: 0,
            waited: 0,
            pause_used: 0,
            paused_at: (0, 0),
            allotted: sitting.kind.phases().iter().map(|phase| planned_seconds(spec, sitting.kind, *phase)).sum(),
            opened: 0,
            box_seconds: planned.into(),
            overrun: false,
            agreed: SeatSet::EMPTY,
            reopened: 0,
            round: None,
            airtime: [0; 16],
            recording: Recording::Off,
            consents: SeatSet::EMPTY,
            refusals: SeatSet::EMPTY,
            left: false,
            said_lost: false,
        }
    }

    /// Who has the chair.
    pub(super) fn chair(&self) -> Option<Seat> {
        self.delegate.or(self.facilitator)
    }

    /// Who keeps the time.
    pub(super) fn timekeeper(&self) -> Option<Seat> {
        self.appointed_timekeeper.or_else(|| self.chair())
    }

    /// Whether the clock stands for want of a facilitator or for an interruption: all of that is left out.
    pub(super) const fn waits(&self) -> bool {
        self.interrupted.is_some() || self.facilitator.is_none()
    }

    pub(super) const fn seconds(&self) -> i64 {
        self.elapsed / 1000
    }

    pub(super) const fn pause_used_up(&self) -> bool {
        self.pause_used >= self.pause_cap
    }

    /// The milliseconds after which it counts as abandoned.
    const fn limit(&self) -> i64 {
        (self.allotted + self.grace) * 1000
    }

    /// Whether it counts as abandoned: where the clock waits, as if it ran on.
    pub(super) const fn abandoned(&self) -> bool {
        self.elapsed + self.waited >= self.limit()
    }

    /// Time passes.
    fn pass(&mut self, to: Instant) {
        let span = to.unix_millis() - self.at.unix_millis();
        self.at = to;
        if self.waits() {
            self.waited += span;
        } else if self.paused {
            let left_out = span.min(self.pause_cap - self.pause_used);
            self.pause_used += left_out;
            self.elapsed += span - left_out;
        } else {
            self.elapsed += span;
            if let Some(round) = self.round.as_mut().filter(|round| round.speaking.is_some()) {
                round.spoken += span;
                round.lately += span;
            }
        }
    }

    /// What happened, and what it means.
    fn hear<'a>(&mut self, event: &Event, before: impl Fn() -> Past<'a>) {
        let stood = self.waits() || self.paused;
        let waited = self.waits();
        match &event.body {
            EventBody::AttendanceMarked { seat, attendance } => self.see(*seat, *attendance, before),
            EventBody::MemberWithdrawn { seat, .. } | EventBody::MemberDropped { seat, .. } => {
                // Of a suspended session nothing more is said.
                self.delegated &= ![self.delegate, self.facilitator].contains(&Some(*seat));
                self.lose(*seat);
                self.left_the_chair = None;
            }
            EventBody::TimekeeperAppointed { seat } => self.appointed_timekeeper = Some(*seat),
            EventBody::PhaseOpened { entry, planned_seconds } => {
                self.enter(entry.phase(), (*planned_seconds).into(), before);
            }
            EventBody::PhaseSkipped { entry, .. } => self.enter(entry.phase(), 0, before),
            EventBody::PhaseReopened { phase, planned_seconds, .. } => {
                self.reopened += 1;
                self.enter(*phase, (*planned_seconds).into(), before);
            }
            EventBody::PhaseExtended { seconds } => self.box_seconds += i64::from(*seconds),
            EventBody::OverrunAgreed { seat } => self.agreed.insert(*seat),
            EventBody::OverrunGranted { seconds } => {
                self.overrun = *seconds > 0;
                self.allotted += i64::from(*seconds);
            }
            EventBody::TurnStarted { seat } => {
                if let Some(round) = &mut self.round {
                    round.queue.retain(|other| other != seat);
                    (round.speaking, round.spoken, round.lately) = (Some(*seat), 0, 0);
                }
            }
            EventBody::StoryShared { seat, .. }
            | EventBody::ReportGiven { seat, .. }
            | EventBody::TurnFinished { seat, .. }
            | EventBody::AdoptionDecided { seat, .. } => self.end_turn(*seat, |round, seat| round.done.insert(seat)),
            EventBody::TurnPassed { seat } => self.end_turn(*seat, |round, seat| round.passed.insert(seat)),
            EventBody::TurnDeferred { seat } => self.end_turn(*seat, |round, seat| {
                round.deferred.insert(seat);
                round.queue.push(seat);
            }),
            EventBody::RoundClosed { unheard, .. } => {
                for seat in *unheard {
                    self.end_turn(seat, |round, seat| round.forfeited.insert(seat));
                }
            }
            EventBody::FacilitatorChanged { seat, .. } => {
                (self.facilitator, self.delegate, self.delegated, self.claim) = (Some(*seat), None, false, None);
            }
            EventBody::FacilitatorGone { .. } => {
                (self.facilitator, self.delegate, self.delegated, self.claim) = (None, None, false, None);
                self.left_the_chair = None;
            }
            EventBody::FacilitationClaimed { seat, exception } => {
                self.claim = Some((*seat, *exception));
            }
            EventBody::FacilitationDelegated { seat } => (self.delegate, self.delegated) = (Some(*seat), true),
            EventBody::FacilitationReturned { .. } => (self.delegate, self.delegated) = (None, false),
            EventBody::SessionPaused { .. } => {
                (self.paused, self.paused_at) = (true, (self.elapsed, self.pause_used));
            }
            EventBody::SessionResumed { allotted_seconds } => {
                // Where it still waits for a facilitator, that begins anew.
                (self.paused, self.interrupted, self.waited) = (false, None, 0);
                self.allotted = allotted_seconds.map_or(self.allotted, i64::from);
            }
            EventBody::SessionInterrupted { .. } => {
                // What lies past the moment it counted as abandoned was nobody's session.
                let excess = (self.elapsed - self.limit()).max(0);
                self.elapsed -= excess;
                let (elapsed, used) = self.paused_at;
                if self.paused && !waited && elapsed >= self.limit() {
                    self.pause_used = used;
                }
                if let Some(round) = self.round.as_mut().filter(|_| !stood) {
                    round.spoken -= excess.min(round.lately);
                }
                self.interrupted = Some(event.at);
            }
            EventBody::QuorumLost { .. } => self.said_lost = true,
            EventBody::QuorumRegained { .. } => self.said_lost = false,
            // After a suspension the room is looked at anew.
            EventBody::CycleResumed {} => self.left = true,
            EventBody::QuorumWaived { .. } => (self.said_lost, self.left) = (false, false),
            EventBody::RecordingRequested {} | EventBody::RecordingStopped {} => self.recording = Recording::Requested,
            EventBody::RecordingStarted {} => self.recording = Recording::On,
            EventBody::RecordingAnswered { seat, consent } if self.room.contains(*seat) => {
                self.consents.remove(*seat);
                self.refusals.remove(*seat);
                match consent {
                    Consent::Given => self.consents.insert(*seat),
                    Consent::Refused => self.refusals.insert(*seat),
                }
            }
            _ => {}
        }
        if !self.waits() || !waited {
            self.waited = 0;
        }
        if let Some(round) = self.round.as_mut().filter(|_| stood) {
            round.lately = 0;
        }
    }

    fn see<'a>(&mut self, seat: Seat, attendance: Attendance, before: impl Fn() -> Past<'a>) {
        match attendance {
            Attendance::Present | Attendance::Late => {
                self.room.insert(seat);
                let heard = heard(self.phase, &before());
                if let Some(round) = &mut self.round {
                    let had = round.done.or(round.passed).or(heard).contains(seat);
                    if !had && !round.open().contains(seat) {
                        round.forfeited.remove(seat);
                        round.queue.push(seat);
                        round.late.insert(seat);
                    }
                }
            }
            Attendance::LeftEarly => self.lose(seat),
            _ => {}
        }
    }

    /// Somebody is in the room no more.
    fn lose(&mut self, seat: Seat) {
        self.left |= self.room.contains(seat);
        for set in [&mut self.room, &mut self.consents, &mut self.refusals, &mut self.agreed] {
            set.remove(seat);
        }
        if self.round.as_ref().is_some_and(|round| round.open().contains(seat)) {
            self.end_turn(seat, |round, seat| round.forfeited.insert(seat));
        }
        if self.facilitator == Some(seat) {
            (self.facilitator, self.delegate, self.left_the_chair) = (None, None, Some(seat));
        }
        for role in [&mut self.delegate, &mut self.appointed_timekeeper] {
            *role = role.filter(|other| *other != seat);
        }
        self.claim = self.claim.filter(|(other, _)| *other != seat);
    }

    fn end_turn(&mut self, seat: Seat, how: impl Fn(&mut Turns, Seat)) {
        let Some(round) = &mut self.round else { return };
        round.queue.retain(|other| *other != seat);
        if round.speaking == Some(seat) {
            if let Some(total) = self.airtime.get_mut(usize::from(seat.number())) {
                *total = (*total + round.spoken / 1000).min(u16::MAX.into());
            }
            (round.speaking, round.spoken, round.lately) = (None, 0, 0);
        }
        how(round, seat);
        // The chair returns once the facilitator's own turn is over.
        if self.facilitator == Some(seat) {
            self.delegate = None;
        }
    }

    fn enter<'a>(&mut self, phase: PhaseKind, planned: i64, before: impl Fn() -> Past<'a>) {
        (self.phase, self.opened, self.box_seconds) = (phase, self.seconds(), planned);
        self.round = phase
            .is_round()
            .then(|| Turns { queue: self.room.minus(heard(phase, &before())).iter().collect(), ..Turns::default() });
    }

    /// The phases ahead that the process doesn't leave out.
    pub(super) fn ahead(&self, spec: &ProcessSpec) -> Vec<PhaseKind> {
        let after = self.kind.phases().iter().copied().skip_while(|phase| *phase != self.phase).skip(1);
        after.filter(|phase| planned_seconds(spec, self.kind, *phase) > 0).collect()
    }

    /// The phase before the running one that the process doesn't leave out.
    pub(super) fn previous(&self, spec: &ProcessSpec) -> Option<PhaseKind> {
        let before = self.kind.phases().iter().copied().take_while(|phase| *phase != self.phase);
        before.filter(|phase| planned_seconds(spec, self.kind, *phase) > 0).last()
    }
}

/// Who has had their say in this phase, whichever sitting it was in: a story, a report, a decision is given once.
fn heard(phase: PhaseKind, past: &Past<'_>) -> SeatSet {
    match phase {
        PhaseKind::StorySharing => past.told(),
        PhaseKind::ReportBack => past.reported(),
        PhaseKind::Adoption => past.decided(),
        _ => SeatSet::EMPTY,
    }
}

/// The seconds of this phase on the agenda.
pub(super) fn planned_seconds(spec: &ProcessSpec, session: SessionKind, phase: PhaseKind) -> i64 {
    spec.agenda(session).phase(phase).map_or(0, |one| i64::from(one.minutes) * 60)
}

/// The seconds below which it isn't pressed.
pub(super) fn floor_seconds(spec: &ProcessSpec, session: SessionKind, phase: PhaseKind) -> i64 {
    spec.agenda(session).phase(phase).map_or(0, |one| i64::from(one.floor_minutes) * 60)
}
