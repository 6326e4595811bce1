//! The past: what a history says outside its sittings. Every question reads it from the beginning.

use std::sync::LazyLock;

use peercircle_core::{
    Buddies, CatchUpPart, Event, EventBody, Instant, MemberId, ModuleRef, Outcome, Privacy, ProcessSpec, Profile,
    ReportFact, Rsvp, Seat, SeatSet, SessionKind, Stage, StrategyNo, StrategySet,
};

use super::sitting::Sitting;

static PRESET: LazyLock<ProcessSpec> = LazyLock::new(ProcessSpec::default);

/// A history, with its process at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Past<'a> {
    pub(super) events: &'a [Event],
    pub(super) spec: &'a ProcessSpec,
}

/// Where a cycle is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) stage: Stage,
    /// The session at hand: gathering or running.
    pub(super) session: Option<SessionKind>,
}

/// The date of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dated {
    /// It has none, and had none that was lost.
    Never,
    /// It has this one.
    At(Instant),
    /// It lost the one it had.
    Postponed,
}

impl<'a> Past<'a> {
    pub(super) fn of(events: &'a [Event]) -> Self {
        let spec = events.iter().rev().find_map(|event| match &event.body {
            EventBody::CycleFormed(formed) => Some(formed.process.spec()),
            EventBody::ProcessMigrated { process } => Some(process.spec()),
            _ => None,
        });
        Self { events, spec: spec.unwrap_or(&PRESET) }
    }

    /// The past before event number `at`, from 0.
    pub(super) fn before(self, at: usize) -> Self {
        Self::of(self.events.get(..at).unwrap_or(self.events))
    }

    pub(super) fn bodies(self) -> impl DoubleEndedIterator<Item = &'a EventBody> {
        self.events.iter().map(|event| &event.body)
    }

    pub(super) fn latest<T>(self, find: impl Fn(&'a EventBody) -> Option<T>) -> Option<T> {
        self.bodies().rev().find_map(find)
    }

    pub(super) fn ever(self, holds: impl Fn(&EventBody) -> bool) -> bool {
        self.bodies().any(holds)
    }

    /// The number of the latest event that holds, from 0.
    pub(super) fn last(self, holds: impl Fn(&EventBody) -> bool) -> Option<usize> {
        self.events.iter().rposition(|event| holds(&event.body))
    }

    pub(super) fn seats_of(self, find: impl Fn(&EventBody) -> Option<Seat>) -> SeatSet {
        self.bodies().filter_map(find).collect()
    }

    pub(super) fn place(self) -> Place {
        let mut here = Place { stage: Stage::Unformed, session: None };
        let mut held = here;
        for body in self.bodies() {
            let inside = |phase| here.session.and_then(|session| Stage::of_phase(session, phase)).unwrap_or(here.stage);
            match body {
                EventBody::CycleFormed(_) => here.stage = Stage::Forming,
                EventBody::SessionScheduled { session: SessionKind::Explore, .. } if here.stage == Stage::Forming => {
                    here.stage = Stage::Scheduled;
                }
                EventBody::SessionOpened { session } => {
                    here = Place { stage: gathering(*session), session: Some(*session) };
                }
                EventBody::SessionRescheduled { session, .. }
                | EventBody::SessionPostponed { session, .. }
                | EventBody::SessionCancelled { session, .. }
                | EventBody::SessionRestarted { session }
                    if here.session == Some(*session) =>
                {
                    here = Place { stage: outside(*session), session: None };
                }
                EventBody::SessionStarted { .. } => here.stage = inside(peercircle_core::PhaseKind::Welcome),
                EventBody::PhaseOpened { entry, .. } | EventBody::PhaseSkipped { entry, .. } => {
                    here.stage = inside(entry.phase());
                }
                EventBody::PhaseReopened { phase, .. } => here.stage = inside(*phase),
                EventBody::SessionClosed { marked } => {
                    let stage = match marked.session() {
                        SessionKind::Explore => Stage::Practising,
                        SessionKind::Reflect => Stage::Adopting,
                    };
                    here = Place { stage, session: None };
                }
                EventBody::CycleSuspended { .. } => {
                    held = here;
                    here = Place { stage: Stage::Suspended, session: None };
                }
                EventBody::CycleResumed {} => here = held,
                EventBody::CycleCompleted {} => here = Place { stage: Stage::Completed, session: None },
                EventBody::CycleLapsed {} => here = Place { stage: Stage::Lapsed, session: None },
                EventBody::CycleCancelled { .. } => here = Place { stage: Stage::Cancelled, session: None },
                EventBody::CycleTerminated { .. } => here = Place { stage: Stage::Terminated, session: None },
                _ => {}
            }
        }
        here
    }

    /// The session at hand, since its doors opened.
    pub(super) fn sitting(self) -> Option<Sitting<'a>> {
        let kind = self.place().session?;
        Sitting::of(self, kind)
    }

    /// The session that is next to be held, or at hand.
    pub(super) fn session_ahead(self) -> Option<SessionKind> {
        let here = self.place();
        match here.stage {
            Stage::Unformed | Stage::Forming | Stage::Scheduled => Some(SessionKind::Explore),
            Stage::Practising => Some(SessionKind::Reflect),
            _ => here.session,
        }
    }

    /// Who is a member: enrolled, and neither withdrawn nor dropped.
    pub(super) fn members(self) -> SeatSet {
        let mut members = SeatSet::EMPTY;
        for body in self.bodies() {
            match body {
                EventBody::MemberEnrolled { seat, .. } => members.insert(*seat),
                EventBody::MemberWithdrawn { seat, .. } | EventBody::MemberDropped { seat, .. } => members.remove(*seat),
                _ => {}
            }
        }
        members
    }

    pub(super) fn seats(self) -> usize {
        self.bodies().filter(|body| matches!(body, EventBody::MemberEnrolled { .. })).count()
    }

    /// Who sits where, as they enrolled.
    pub(super) fn profiles(self) -> impl DoubleEndedIterator<Item = (Seat, &'a Profile)> {
        self.bodies().filter_map(|body| match body {
            EventBody::MemberEnrolled { seat, profile } => Some((*seat, &**profile)),
            _ => None,
        })
    }

    /// Whom an erasure has made nameless: everyone with the id that sat on the erased seat, until then.
    pub(super) fn erased(self) -> SeatSet {
        let mut erased = SeatSet::EMPTY;
        for (at, body) in self.bodies().enumerate() {
            if let EventBody::MemberAnonymised { seat } = body {
                let before = self.before(at);
                for (other, _) in before.profiles().filter(|(other, one)| before.same_person(*other, one, *seat)) {
                    erased.insert(other);
                }
            }
        }
        erased
    }

    fn same_person(self, other: Seat, profile: &Profile, seat: Seat) -> bool {
        other == seat || self.profiles().any(|(one, own)| one == seat && own.id == profile.id)
    }

    /// The manager of whoever sits there, where the record still has their name.
    pub(super) fn manager(self, seat: Seat) -> Option<&'a MemberId> {
        let (_, own) = self.profiles().find(|(one, _)| *one == seat)?;
        let manager = own.manager.as_ref()?;
        let since = self.last(|body| matches!(body, EventBody::MemberEnrolled { seat: one, .. } if *one == seat))?;
        let erased = self.bodies().skip(since).any(|body| match body {
            EventBody::MemberAnonymised { seat } => self.profiles().any(|(one, other)| one == *seat && other.id == *manager),
            _ => false,
        });
        (!erased).then_some(manager)
    }

    /// The latest seat of whoever sits on this one, where they aren't erased.
    pub(super) fn latest_seat(self, seat: Seat) -> Option<Seat> {
        let (_, own) = self.profiles().find(|(one, _)| *one == seat)?;
        let erased = self.erased();
        if erased.contains(seat) {
            return Some(seat);
        }
        self.profiles().rev().find(|(one, other)| other.id == own.id && !erased.contains(*one)).map(|(one, _)| one)
    }

    pub(super) fn seat_of(self, id: &MemberId) -> Option<Seat> {
        let erased = self.erased();
        self.profiles().rev().find(|(seat, one)| one.id == *id && !erased.contains(*seat)).map(|(seat, _)| seat)
    }

    pub(super) fn module(self) -> Option<&'a ModuleRef> {
        self.latest(|body| match body {
            EventBody::CycleFormed(formed) => Some(&formed.module),
            EventBody::ModuleChosen { module } => Some(&**module),
            _ => None,
        })
    }

    /// The strategies of the module.
    pub(super) fn strategies(self) -> StrategySet {
        let count = self.module().map_or(0, |module| module.strategies().len());
        (0..16).filter_map(StrategyNo::new).take(count).collect()
    }

    /// Whether session 1 has started once: the group is closed since.
    pub(super) fn closed_group(self) -> bool {
        self.ever(|body| matches!(body, EventBody::SessionStarted { .. }))
    }

    pub(super) fn rules_version(self) -> u16 {
        let set = self.latest(|body| match body {
            EventBody::GroundRulesSet { version } => Some(*version),
            EventBody::CycleFormed(formed) => Some(formed.process.spec().ground_rules_version),
            _ => None,
        });
        set.unwrap_or(1)
    }

    /// Who accepted the ground rules as they are now.
    pub(super) fn accepted(self) -> SeatSet {
        let now = self.rules_version();
        self.seats_of(|body| match body {
            EventBody::GroundRulesAccepted { seat, version } if *version == now => Some(*seat),
            _ => None,
        })
    }

    pub(super) fn oriented(self) -> SeatSet {
        self.seats_of(|body| match body {
            EventBody::OrientationCompleted { seat } => Some(*seat),
            _ => None,
        })
    }

    pub(super) fn date(self, session: SessionKind) -> Dated {
        let date = self.latest(|body| match body {
            EventBody::SessionScheduled { session: other, starts_at, .. }
            | EventBody::SessionRescheduled { session: other, starts_at, .. }
                if *other == session =>
            {
                Some(Dated::At(*starts_at))
            }
            EventBody::SessionPostponed { session: other, .. } | EventBody::SessionRestarted { session: other }
                if *other == session =>
            {
                Some(Dated::Postponed)
            }
            EventBody::SessionCancelled { session: other, .. } if *other == session => Some(Dated::Never),
            _ => None,
        });
        date.unwrap_or(Dated::Never)
    }

    pub(super) fn date_at(self, session: SessionKind) -> Option<Instant> {
        match self.date(session) {
            Dated::At(at) => Some(at),
            Dated::Never | Dated::Postponed => None,
        }
    }

    /// Whether the date of the session as it is now came with a reason for a short gap.
    pub(super) fn short_gap(self, session: SessionKind) -> bool {
        let excepted = self.latest(|body| match body {
            EventBody::SessionScheduled { session: other, short_gap, .. }
            | EventBody::SessionRescheduled { session: other, short_gap, .. }
                if *other == session =>
            {
                Some(short_gap.is_some())
            }
            _ => None,
        });
        excepted.unwrap_or(false)
    }

    fn closing(self, session: SessionKind) -> Option<usize> {
        self.last(|body| matches!(body, EventBody::SessionClosed { marked } if marked.session() == session))
    }

    pub(super) fn closed_at(self, session: SessionKind) -> Option<Instant> {
        self.events.get(self.closing(session)?).map(|event| event.at)
    }

    pub(super) fn minutes(self, session: SessionKind) -> u32 {
        let minutes = self.latest(|body| match body {
            EventBody::SessionClosed { marked } if marked.session() == session => Some(u32::from(marked.minutes())),
            _ => None,
        });
        minutes.unwrap_or(0)
    }

    /// Who attended a session that is over.
    pub(super) fn attended(self, session: SessionKind) -> SeatSet {
        let sitting = self.closing(session).and_then(|at| Sitting::of(self.before(at), session));
        sitting.map_or(SeatSet::EMPTY, |sitting| sitting.attended())
    }

    /// When the session was held: since when it runs or ran, or went on after an interruption. Not where it has to be held
    /// afresh.
    pub(super) fn held_at(self, session: SessionKind) -> Option<Instant> {
        let (mut held, mut running, mut interrupted) = (None, false, false);
        for event in self.events {
            match &event.body {
                EventBody::SessionStarted { session: other, .. } if *other == session => {
                    (held, running, interrupted) = (Some(event.at), true, false);
                }
                EventBody::SessionInterrupted { .. } => interrupted = running,
                EventBody::SessionResumed { .. } if running && interrupted => {
                    (held, interrupted) = (Some(event.at), false);
                }
                EventBody::SessionRestarted { session: other } if *other == session => (held, running) = (None, false),
                EventBody::SessionClosed { .. } => running = false,
                _ => {}
            }
        }
        held
    }

    /// Whether the session runs or is over.
    pub(super) fn begun(self, session: SessionKind) -> bool {
        let runs = self.sitting().is_some_and(|sitting| sitting.kind == session && sitting.started.is_some());
        runs || self.closing(session).is_some()
    }

    /// Who facilitated this session at some time. Whoever had the chair left to them for a turn did not.
    pub(super) fn facilitated(self, session: SessionKind) -> SeatSet {
        let (mut running, mut seats) = (None, SeatSet::EMPTY);
        for body in self.bodies() {
            match body {
                EventBody::SessionStarted { session: other, facilitator, .. } => {
                    running = Some(*other);
                    if *other == session {
                        seats.insert(*facilitator);
                    }
                }
                EventBody::FacilitatorChanged { seat, .. } if running == Some(session) => seats.insert(*seat),
                _ => {}
            }
        }
        seats
    }

    /// Who is appointed to facilitate this session, or did last, and with which exception: unless they left the group since.
    pub(super) fn appointed(self, session: SessionKind) -> Option<(Seat, bool)> {
        let (mut running, mut appointed) = (None, None);
        for body in self.bodies() {
            match body {
                EventBody::FacilitatorAppointed { session: other, seat, exception } if *other == session => {
                    appointed = Some((*seat, exception.is_some()));
                }
                EventBody::SessionStarted { session: other, .. } => running = Some(*other),
                EventBody::FacilitatorChanged { seat, exception } if running == Some(session) => {
                    appointed = Some((*seat, exception.is_some()));
                }
                EventBody::MemberWithdrawn { seat, .. } | EventBody::MemberDropped { seat, .. }
                    if appointed.is_some_and(|(other, _)| other == *seat) =>
                {
                    appointed = None;
                }
                _ => {}
            }
        }
        appointed
    }

    /// Who declined the invitation to the session at its present date early enough, and has declined since. In time is
    /// what was in time under the process of that day.
    pub(super) fn apologised(self, session: SessionKind) -> SeatSet {
        let mut apologised = SeatSet::EMPTY;
        let (mut date, mut hours) = (None, 0);
        for event in self.events {
            match &event.body {
                EventBody::CycleFormed(formed) => hours = formed.process.spec().attendance.apology_hours,
                EventBody::ProcessMigrated { process } => hours = process.spec().attendance.apology_hours,
                EventBody::SessionScheduled { session: other, starts_at, .. } if *other == session => {
                    date = Some(*starts_at);
                }
                EventBody::SessionRescheduled { session: other, starts_at, .. } if *other == session => {
                    date = Some(*starts_at);
                    apologised = SeatSet::EMPTY;
                }
                EventBody::SessionPostponed { session: other, .. }
                | EventBody::SessionCancelled { session: other, .. }
                | EventBody::SessionRestarted { session: other }
                    if *other == session =>
                {
                    date = None;
                    apologised = SeatSet::EMPTY;
                }
                EventBody::Replied { seat, session: other, reply } if *other == session => {
                    let notice = peercircle_core::Span::hours(hours.into());
                    match reply {
                        Rsvp::Declined if date.is_some_and(|date| event.at + notice <= date) => apologised.insert(*seat),
                        Rsvp::Declined => {}
                        _ => apologised.remove(*seat),
                    }
                }
                _ => {}
            }
        }
        apologised
    }

    pub(super) fn plan(self, seat: Seat) -> Option<(u8, StrategyNo)> {
        self.latest(|body| match body {
            EventBody::PlanMade { seat: other, version, strategy, .. } if *other == seat => Some((*version, *strategy)),
            _ => None,
        })
    }

    pub(super) fn with_plan(self) -> SeatSet {
        self.seats_of(|body| match body {
            EventBody::PlanMade { seat, .. } => Some(*seat),
            _ => None,
        })
    }

    /// Members who missed session 1 and didn't read, get briefed and plan.
    pub(super) fn behind(self) -> SeatSet {
        if self.closing(SessionKind::Explore).is_none() {
            return SeatSet::EMPTY;
        }
        let did = |wanted: CatchUpPart| {
            self.seats_of(|body| match body {
                EventBody::CatchUpRecorded { seat, part } if *part == wanted => Some(*seat),
                _ => None,
            })
        };
        let caught_up = did(CatchUpPart::MaterialsRead).and(did(CatchUpPart::BuddyBriefed)).and(self.with_plan());
        self.members().minus(self.attended(SessionKind::Explore)).minus(caught_up)
    }

    /// Who may come to the session ahead.
    pub(super) fn expected(self) -> SeatSet {
        self.members().minus(self.behind())
    }

    /// How many of so many must be there.
    pub(super) fn needed_of(self, members: u8) -> u8 {
        let quorum = &self.spec.quorum;
        let share = (u32::from(members) * u32::from(quorum.numerator)).div_ceil(u32::from(quorum.denominator.max(1)));
        u8::try_from(share).unwrap_or(u8::MAX).max(quorum.floor)
    }

    pub(super) fn needed(self) -> u8 {
        self.needed_of(self.expected().len())
    }

    pub(super) fn buddies(self) -> Buddies {
        let paired = self.latest(|body| match body {
            EventBody::BuddiesPaired { pairs } => Some(*pairs),
            _ => None,
        });
        paired.unwrap_or_default()
    }

    /// Whether this member has logged this week, or checked in.
    pub(super) fn logged(self, seat: Seat, week: u8) -> bool {
        self.ever(|body| matches!(body, EventBody::PracticeLogged { seat: other, week: one, .. } if (*other, *one) == (seat, week)))
    }

    pub(super) fn checked_in(self, seat: Seat, week: u8) -> bool {
        self.ever(|body| matches!(body, EventBody::CheckedIn { seat: other, week: one } if (*other, *one) == (seat, week)))
    }

    /// Who has told a story in session 1, if it wasn't begun afresh since.
    pub(super) fn told(self) -> SeatSet {
        let afresh = self.last(|body| matches!(body, EventBody::SessionRestarted { session: SessionKind::Explore }));
        let told = self.events.iter().skip(afresh.unwrap_or(0)).filter_map(|event| match &event.body {
            EventBody::StoryShared { seat, .. } => Some(*seat),
            _ => None,
        });
        told.collect()
    }

    /// Who has reported, in session 2 or in writing.
    pub(super) fn reported(self) -> SeatSet {
        self.seats_of(|body| match body {
            EventBody::ReportGiven { seat, .. } | EventBody::ReportSubmitted { seat, .. } => Some(*seat),
            _ => None,
        })
    }

    /// The strategies somebody reported to have tried.
    pub(super) fn tried(self) -> StrategySet {
        self.bodies().fold(StrategySet::EMPTY, |tried, body| match body {
            EventBody::ReportGiven { report: ReportFact::Practised { strategies }, .. }
            | EventBody::ReportSubmitted { report: ReportFact::Practised { strategies }, .. } => tried.or(*strategies),
            _ => tried,
        })
    }

    pub(super) fn decided(self) -> SeatSet {
        self.seats_of(|body| match body {
            EventBody::AdoptionDecided { seat, .. } => Some(*seat),
            _ => None,
        })
    }

    pub(super) fn debriefed(self) -> SeatSet {
        self.seats_of(|body| match body {
            EventBody::Debriefed { seat } => Some(*seat),
            _ => None,
        })
    }

    /// How this member stands: the first end they reached.
    pub(super) fn outcome(self, seat: Seat) -> Outcome {
        let mut ends = self.bodies().filter_map(|body| match body {
            EventBody::MemberCompleted { seat: other, outcome } if *other == seat => Some(*outcome),
            EventBody::MemberWaived { seat: other, .. } if *other == seat => Some(Outcome::Waived),
            EventBody::MemberWithdrawn { seat: other, .. } if *other == seat => Some(Outcome::Withdrawn),
            EventBody::MemberDropped { seat: other, .. } if *other == seat => Some(Outcome::Dropped),
            _ => None,
        });
        ends.next().unwrap_or(Outcome::Enrolled)
    }

    /// Members who have reached no end.
    pub(super) fn unfinished(self) -> SeatSet {
        self.members().iter().filter(|seat| self.outcome(*seat) == Outcome::Enrolled).collect()
    }

    pub(super) fn privacy(self) -> Privacy {
        self.bodies().fold(Privacy::Named, |privacy, body| match body {
            EventBody::CycleFormed(formed) => formed.process.spec().privacy,
            EventBody::PrivacyTightened { privacy } => *privacy,
            EventBody::ProcessMigrated { process } => privacy.max(process.spec().privacy),
            _ => privacy,
        })
    }
}

const fn gathering(session: SessionKind) -> Stage {
    match session {
        SessionKind::Explore => Stage::ExploreGathering,
        SessionKind::Reflect => Stage::ReflectGathering,
    }
}

const fn outside(session: SessionKind) -> Stage {
    match session {
        SessionKind::Explore => Stage::Scheduled,
        SessionKind::Reflect => Stage::Practising,
    }
}
