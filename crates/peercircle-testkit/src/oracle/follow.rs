//! Following: what an accepted command has to write, and what follows from it: who is gone, dropped, completed; the quorum, the
//! buddies, the suspension. Each question is asked anew after every event.

mod first;
mod share;

use peercircle_core::{
    Command, Context, DropReason, Entry, Event, EventBody, ForceReason, Outcome, PhaseKind, SeatSet, SessionKind,
    SkipReason, Stage, SuspendReason,
};

use super::{judge::Question, past::Past, sitting::Running};

/// What an event has to say.
#[derive(Clone, Debug)]
pub(super) enum Say {
    /// Exactly this.
    Body(EventBody),
    /// The session starts, with so many there of so many needed.
    Started { facilitator: peercircle_core::Seat, present: u8, needed: u8, seconds: i64 },
    /// A phase opens, with so many seconds.
    Opened { phase: PhaseKind, seconds: i64 },
    /// A phase is passed over.
    Skipped { phase: PhaseKind, reason: SkipReason },
    /// Too few are left, or enough again.
    Quorum { lost: bool, present: u8, needed: u8 },
    /// The session closes after so many minutes.
    Closed { session: SessionKind, minutes: i64 },
    /// The buddies are paired again.
    Repaired,
}

/// A decision as far as it is written.
pub(super) struct Following<'a> {
    /// Before the command.
    before: Question<'a>,
    /// Now.
    now: Question<'a>,
    said: &'a [Event],
}

impl<'a> Following<'a> {
    pub(super) fn new(
        before: Past<'a>,
        now: Past<'a>,
        said: &'a [Event],
        command: &'a Command,
        context: &'a Context,
    ) -> Self {
        Self { before: Question::new(before, command, context), now: Question::new(now, command, context), said }
    }

    fn has_said(&self, holds: impl Fn(&EventBody) -> bool) -> bool {
        self.said.iter().any(|event| holds(&event.body))
    }

    /// What has to come next; nothing where all is said.
    pub(super) fn next(&self) -> Option<Say> {
        self.of_the_command().or_else(|| self.consequence())
    }

    /// What the command itself says.
    fn of_the_command(&self) -> Option<Say> {
        let nothing = self.said.is_empty();
        match self.now.command {
            Command::WithdrawMember { member, reason } => {
                let withdrawn = EventBody::MemberWithdrawn { seat: *member, reason: *reason };
                if self.has_said(|body| *body == withdrawn) {
                    return None;
                }
                let present = self.now.running.is_some() && self.now.room.contains(*member);
                let leaves =
                    EventBody::AttendanceMarked { seat: *member, attendance: peercircle_core::Attendance::LeftEarly };
                Some(if present { Say::Body(leaves) } else { self.chair().unwrap_or(Say::Body(withdrawn)) })
            }
            Command::StartSession {} => self.start(),
            Command::OpenPhase { phase } => self.open(*phase),
            Command::SkipPhase { phase, reason } => {
                let skipped =
                    |body: &EventBody| matches!(body, EventBody::PhaseSkipped { entry, .. } if entry.phase() == *phase);
                if let Some(closed) = self.skipped_round() {
                    return Some(closed);
                }
                if self.has_said(skipped) {
                    let next = self.now.running.as_ref()?.ahead(self.now.spec()).first().copied();
                    let opened = self.has_said(|body| matches!(body, EventBody::PhaseOpened { .. }));
                    return next.filter(|_| !opened).and_then(|next| self.open(next));
                }
                self.pass_over(*phase).or(Some(Say::Skipped { phase: *phase, reason: *reason }))
            }
            Command::CloseSession {} => self.close(),
            Command::CancelSession { session, reason } => {
                let over = self.before.past.closed_at(SessionKind::Explore).is_some();
                match (self.said.len(), session) {
                    (0, _) => Some(Say::Body(EventBody::SessionCancelled { session: *session, reason: *reason })),
                    (1, SessionKind::Explore) => Some(Say::Body(EventBody::CycleCancelled { reason: *reason })),
                    (1, SessionKind::Reflect) if over => Some(suspended(SuspendReason::SessionCancelled)),
                    _ => None,
                }
            }
            Command::AgreeToOverrun { member } => {
                let seconds = self.now.spec().clock.overrun_minutes.saturating_mul(60);
                let running = self.now.running.as_ref()?;
                let all = self.now.room.minus(running.agreed).is_empty() && !running.overrun;
                match self.said.len() {
                    0 => Some(Say::Body(EventBody::OverrunAgreed { seat: *member })),
                    1 if all => Some(Say::Body(EventBody::OverrunGranted { seconds })),
                    _ => None,
                }
            }
            Command::SuspendCycle { reason } => self.suspend(*reason),
            Command::ReportBreach {} => self.suspend(SuspendReason::Breach),
            Command::LapseCycle {} => {
                let lapsed = self.now.stage() == Stage::Lapsed;
                let dropped = self.now.past.unfinished().first().map(|seat| drop(seat, DropReason::Undone));
                (!lapsed).then(|| dropped.unwrap_or(Say::Body(EventBody::CycleLapsed {})))
            }
            _ if nothing => first::say(&self.now),
            _ => None,
        }
    }

    /// What follows by itself.
    fn consequence(&self) -> Option<Say> {
        self.chair().or_else(|| self.recording()).or_else(|| self.quorum()).or_else(|| self.buddies()).or_else(|| {
            let fewer = |body: &EventBody| {
                matches!(
                    body,
                    EventBody::MemberWithdrawn { .. } | EventBody::MemberDropped { .. } | EventBody::SessionClosed { .. }
                )
            };
            let between = matches!(self.now.stage(), Stage::Practising | Stage::ReflectGathering);
            let below = self.now.members.len() < self.now.spec().group.minimum;
            let suspends = between && below && self.has_said(fewer);
            if suspends { Some(suspended(SuspendReason::BelowMinimum)) } else { self.settled() }
        })
    }

    /// A facilitator who left is gone; one whose own turn is over has the chair again.
    fn chair(&self) -> Option<Say> {
        let running = self.now.running.as_ref()?;
        if let Some(seat) = running.left_the_chair {
            return Some(Say::Body(EventBody::FacilitatorGone { seat }));
        }
        let returns = running.delegated && running.delegate.is_none();
        running.facilitator.filter(|_| returns).map(|seat| Say::Body(EventBody::FacilitationReturned { seat }))
    }

    /// Nobody is recorded who hasn't agreed to it.
    fn recording(&self) -> Option<Say> {
        let running = self.now.running.as_ref()?;
        let on = running.recording == peercircle_core::Recording::On;
        let agreed = self.now.room.minus(running.consents).is_empty();
        (on && !agreed).then_some(Say::Body(EventBody::RecordingStopped {}))
    }

    /// Too few are left, or enough again.
    fn quorum(&self) -> Option<Say> {
        let running = self.now.running.as_ref()?;
        let (present, needed) = (self.now.room.len(), self.now.past.needed());
        let lost = self.now.quorum_undecided();
        (lost && !running.said_lost || running.said_lost && present >= needed).then_some(Say::Quorum {
            lost,
            present,
            needed,
        })
    }

    /// Whoever lost their buddy finds another.
    fn buddies(&self) -> Option<Say> {
        let left = |body: &EventBody| matches!(body, EventBody::MemberWithdrawn { .. } | EventBody::MemberDropped { .. });
        let paired = !self.before.past.buddies().is_empty();
        let again = self.has_said(|body| matches!(body, EventBody::BuddiesPaired { .. }));
        // In a cycle that has ended nobody needs one.
        let lives = !self.now.stage().is_terminal();
        (lives && paired && !again && self.has_said(left)).then_some(Say::Repaired)
    }

    /// Whoever has nothing left to do is done; and so is the cycle with the last of them.
    fn settled(&self) -> Option<Say> {
        let past = self.now.past;
        if self.now.stage() != Stage::Adopting {
            return None;
        }
        let attended = past.attended(SessionKind::Reflect);
        let ready = past.unfinished().and(past.reported()).and(past.decided());
        for (who, outcome) in
            [(attended, Outcome::Completed), (past.debriefed().minus(attended), Outcome::CompletedByReport)]
        {
            // In the order of their seats, whichever way they end.
            let first = ready.and(attended.or(past.debriefed())).first();
            if let Some(seat) = first.filter(|seat| who.contains(*seat)) {
                return Some(Say::Body(EventBody::MemberCompleted { seat, outcome }));
            }
        }
        if !past.unfinished().is_empty() {
            return None;
        }
        let stands = |outcome| matches!(outcome, Outcome::Completed | Outcome::CompletedByReport | Outcome::Waived);
        let anyone = past.profiles().any(|(seat, _)| stands(past.outcome(seat)));
        Some(Say::Body(if anyone { EventBody::CycleCompleted {} } else { EventBody::CycleLapsed {} }))
    }

    /// Whoever didn't catch up is dropped; where too few are left by that, the group decides first.
    fn start(&self) -> Option<Say> {
        let session = self.now.session()?;
        if self.now.running.is_some() {
            return None;
        }
        if let Some(seat) = self.now.past.behind().first().filter(|_| session == SessionKind::Reflect) {
            return Some(drop(seat, DropReason::NotCaughtUp));
        }
        let below = !self.said.is_empty() && self.now.members.len() < self.now.spec().group.minimum;
        if let Some(say) = self.buddies() {
            return Some(say);
        }
        if below {
            return None;
        }
        let seconds = super::sitting::planned_seconds(self.now.spec(), session, PhaseKind::Welcome);
        let (facilitator, present, needed) = (self.now.chair?, self.now.room.len(), self.now.past.needed());
        Some(Say::Started { facilitator, present, needed, seconds })
    }

    /// Phases on the way that the process leaves out are passed over.
    fn pass_over(&self, to: PhaseKind) -> Option<Say> {
        let (session, running) = (self.now.session()?, self.now.running.as_ref()?);
        let next = session.after(running.phase)?;
        (next != to).then_some(Say::Skipped { phase: next, reason: SkipReason::LeftOut })
    }

    fn open(&self, phase: PhaseKind) -> Option<Say> {
        let running: &Running = self.now.running.as_ref()?;
        if self.has_said(|body| matches!(body, EventBody::PhaseOpened { .. })) {
            return None;
        }
        let seconds = share::opening(self.now.spec(), self.now.session()?, running, phase);
        self.pass_over(phase).or(Some(Say::Opened { phase, seconds }))
    }

    /// A skipped round has no turns to wait for.
    fn skipped_round(&self) -> Option<Say> {
        let skipped = matches!(self.said.last().map(|event| &event.body), Some(EventBody::PhaseSkipped { .. }));
        let unheard = self.now.running.as_ref()?.round.as_ref().map_or(SeatSet::EMPTY, super::sitting::Turns::open);
        let closed = Say::Body(EventBody::RoundClosed { unheard, reason: ForceReason::Time });
        (skipped && !unheard.is_empty()).then_some(closed)
    }

    fn close(&self) -> Option<Say> {
        if self.said.is_empty() {
            let (session, running) = (self.now.session()?, self.now.running.as_ref()?);
            return Some(Say::Closed { session, minutes: running.seconds() / 60 });
        }
        let (past, policy) = (self.now.past, &self.now.spec().attendance);
        let session = self.before.session()?;
        let missed = self.now.members.minus(past.attended(session));
        match session {
            SessionKind::Explore if policy.catch_up.is_on() => None,
            SessionKind::Explore => missed.first().map(|seat| drop(seat, DropReason::NotCaughtUp)),
            SessionKind::Reflect => missed.iter().find_map(|seat| {
                let explored = past.attended(SessionKind::Explore).contains(seat);
                match (explored, policy.written_report.is_on()) {
                    (false, _) => Some(drop(seat, DropReason::MissedBoth)),
                    (true, false) => Some(drop(seat, DropReason::Undone)),
                    (true, true) => None,
                }
            }),
        }
    }

    /// A running session stops first.
    fn suspend(&self, reason: SuspendReason) -> Option<Say> {
        let runs = self.now.running.as_ref().is_some_and(|running| running.interrupted.is_none());
        let stops = EventBody::SessionInterrupted { reason: peercircle_core::InterruptReason::Suspended };
        match self.now.stage() {
            Stage::Suspended => None,
            _ if runs => Some(Say::Body(stops)),
            _ => Some(suspended(reason)),
        }
    }
}

const fn suspended(reason: SuspendReason) -> Say {
    Say::Body(EventBody::CycleSuspended { reason })
}

const fn drop(seat: peercircle_core::Seat, reason: DropReason) -> Say {
    Say::Body(EventBody::MemberDropped { seat, reason })
}

impl Say {
    /// Whether `body` says it.
    pub(super) fn is_said_by(&self, body: &EventBody, following: &Following<'_>) -> bool {
        match (self, body) {
            (Self::Body(wanted), body) => wanted == body,
            (
                Self::Started { facilitator, present, needed, seconds },
                EventBody::SessionStarted { session, facilitator: seat, quorum, planned_seconds },
            ) => {
                (following.now.session(), facilitator) == (Some(*session), seat)
                    && (*present, *needed) == (quorum.present(), quorum.needed())
                    && *seconds == i64::from(*planned_seconds)
            }
            (Self::Opened { phase, seconds }, EventBody::PhaseOpened { entry, planned_seconds }) => {
                entry.phase() == *phase && *seconds == i64::from(*planned_seconds) && following.evident(*entry)
            }
            (Self::Skipped { phase, reason }, EventBody::PhaseSkipped { entry, reason: why }) => {
                entry.phase() == *phase && reason == why && following.evident(*entry)
            }
            (Self::Quorum { lost: true, present, needed }, EventBody::QuorumLost { quorum })
            | (Self::Quorum { lost: false, present, needed }, EventBody::QuorumRegained { quorum }) => {
                (*present, *needed) == (quorum.present(), quorum.needed())
            }
            (Self::Closed { session, minutes }, EventBody::SessionClosed { marked }) => {
                marked.session() == *session && i64::from(marked.minutes()) == (*minutes).min(u16::MAX.into())
            }
            (Self::Repaired, EventBody::BuddiesPaired { pairs }) => following.repaired(*pairs),
            _ => false,
        }
    }
}

impl Following<'_> {
    /// Whether the way into a phase carries the evidence it takes: accepted ground rules, a round that is over.
    fn evident(&self, entry: Entry) -> bool {
        let round = self.now.running.as_ref().and_then(|running| running.round.as_ref());
        let over = |evidence: peercircle_core::RoundOver| {
            round.is_some_and(|round| (evidence.heard(), evidence.unheard()) == (round.heard(), round.unheard()))
        };
        match entry {
            Entry::StorySharing { ground_rules } => {
                ground_rules.version() == self.now.past.rules_version()
                    && ground_rules.by() == self.now.past.accepted().and(self.now.room)
            }
            Entry::Discussion { round } | Entry::NextSteps { round } | Entry::LessonsLearned { round } => over(round),
            Entry::Takeaways { round: evidence } => match evidence {
                Some(evidence) => over(evidence),
                None => round.is_none(),
            },
            Entry::SkillBuilding {} | Entry::ActionPlanning {} | Entry::ReportBack {} | Entry::Adoption {} => true,
        }
    }

    /// Whether everyone has a buddy, in pairs and one trio if odd, and nobody lost one who is still there.
    fn repaired(&self, pairs: peercircle_core::Buddies) -> bool {
        let (members, pairs): (SeatSet, Vec<SeatSet>) = (self.now.members, pairs.pairs().collect());
        let all = pairs.iter().fold(SeatSet::EMPTY, |all, pair| all.or(*pair));
        let trios = pairs.iter().filter(|pair| pair.len() == 3).count();
        let sized = pairs.iter().all(|pair| matches!(pair.len(), 2 | 3)) && trios == usize::from(members.len() % 2);
        let kept = self.before.past.buddies().pairs().map(|pair| pair.and(members)).filter(|pair| pair.len() == 2);
        let mut kept = kept.filter(|pair| !pairs.iter().any(|now| pair.minus(*now).is_empty()));
        let nobody = members.len() < 2 && pairs.is_empty();
        nobody || all == members && sized && kept.next().is_none()
    }
}
