//! Evolving: what an event does to a cycle. Reads the event alone and judges nothing anew.

use std::sync::Arc;

use crate::{
    AdoptionFact, Attendance, Consent, Cycle, Date, Entry, Event, EventBody, ExplorePhase, ExploreWelcome, Exploring,
    Gathering, Instant, Meeting, MemberId, Outcome, PhaseKind, Profile, Recording, ReflectPhase, ReflectWelcome, Reflecting,
    ReportFact, Revision, Round, Seat, SeatSet, SessionKind, Stage, State, Stop, Suspended, TimeBox, Vote, roster::Names,
};

/// A history that this machine never wrote. The cycle is as it was before the event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// Events are missing, doubled or out of order.
    #[error("event {got}: expected event {expected} next")]
    OutOfSequence {
        /// The number that had to come.
        expected: Revision,
        /// The number that came.
        got: Revision,
    },
    /// An event lies before the one ahead of it.
    #[error("event {seq}: expected a time not before {last}, got {at}")]
    BackInTime {
        /// The event.
        seq: Revision,
        /// The time of the event before it.
        last: Instant,
        /// Its own time.
        at: Instant,
    },
    /// The event can't happen there.
    #[error("event {seq}: `{event}` can't happen in {}", stage.label())]
    NotHere {
        /// The event.
        seq: Revision,
        /// Its type.
        event: &'static str,
        /// Where the cycle was.
        stage: Stage,
    },
}

impl ReplayError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::OutOfSequence { .. } => "out_of_sequence",
            Self::BackInTime { .. } => "back_in_time",
            Self::NotHere { .. } => "not_here",
        }
    }

    /// The event at which the history went wrong.
    #[must_use]
    pub const fn seq(&self) -> Revision {
        match self {
            Self::OutOfSequence { got, .. } => *got,
            Self::BackInTime { seq, .. } | Self::NotHere { seq, .. } => *seq,
        }
    }
}

/// The event can't happen where the cycle is.
struct NotHere;

type Applied = Result<(), NotHere>;

impl Cycle {
    /// The cycle that `events` tell of.
    ///
    /// # Errors
    /// [`ReplayError`] with the position, where the machine can't have written them.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Self, ReplayError> {
        let mut cycle = Self::default();
        for event in events {
            cycle.evolve(event)?;
        }
        Ok(cycle)
    }

    /// Applies an event. Total on any history that [`Cycle::decide`] wrote.
    ///
    /// # Errors
    /// [`ReplayError`], the cycle unchanged, where the machine can't have written this event here.
    pub fn evolve(&mut self, event: &Event) -> Result<(), ReplayError> {
        if event.seq != self.revision + 1 {
            return Err(ReplayError::OutOfSequence { expected: self.revision + 1, got: event.seq });
        }
        if event.at < self.last_at {
            return Err(ReplayError::BackInTime { seq: event.seq, last: self.last_at, at: event.at });
        }
        if self.apply(event.at, &event.body).is_err() {
            return Err(ReplayError::NotHere { seq: event.seq, event: event.body.name(), stage: self.stage() });
        }
        self.revision = event.seq;
        self.last_at = event.at;
        Ok(())
    }

    fn apply(&mut self, at: Instant, body: &EventBody) -> Applied {
        if matches!(self.state, State::Unformed) != matches!(body, EventBody::CycleFormed(_)) {
            return Err(NotHere);
        }
        match body {
            EventBody::CycleFormed(formed) => {
                self.process = Arc::new(formed.process.clone());
                let names = Names {
                    cycle: formed.cycle.clone(),
                    group: formed.group.clone(),
                    module: formed.module.clone(),
                    served: formed.served.clone(),
                };
                self.roster = Arc::new(crate::Roster { names: Some(names), profiles: Vec::new() });
                self.ledger.rules_version = formed.process.spec().ground_rules_version;
                self.ledger.privacy = formed.process.spec().privacy;
                self.state = State::Forming;
            }
            EventBody::MemberEnrolled { seat, profile } => {
                if seat.index() != self.roster.seats() {
                    return Err(NotHere);
                }
                Arc::make_mut(&mut self.roster).profiles.push((**profile).clone());
                self.ledger.active.insert(*seat);
            }
            EventBody::MemberWithdrawn { seat, reason: _ } => {
                self.taken(*seat)?;
                self.ledger.withdrawn.insert(*seat);
                self.vacate(*seat, at);
            }
            EventBody::MemberDropped { seat, reason: _ } => {
                self.taken(*seat)?;
                self.ledger.dropped.insert(*seat);
                self.vacate(*seat, at);
            }
            EventBody::ModuleChosen { module } => {
                if let Some(names) = &mut Arc::make_mut(&mut self.roster).names {
                    names.module = (**module).clone();
                }
            }
            EventBody::GroundRulesSet { version } => {
                self.ledger.rules_version = *version;
                self.ledger.accepted_rules = SeatSet::EMPTY;
            }
            EventBody::GroundRulesAccepted { seat, version: _ } => self.ledger.accepted_rules.insert(*seat),
            EventBody::OrientationCompleted { seat } => self.ledger.oriented.insert(*seat),
            EventBody::FacilitatorAppointed { session, seat, exception } => {
                let facts = self.ledger.session_mut(*session);
                facts.facilitator = Some(*seat);
                facts.repeat = exception.is_some();
            }
            EventBody::TimekeeperAppointed { seat } => match &mut self.state {
                State::Gathering(gathering) => gathering.timekeeper = Some(*seat),
                State::Exploring(_) | State::Reflecting(_) => self.floor()?.0.timekeeper = Some(*seat),
                State::Unformed
                | State::Forming
                | State::Scheduled
                | State::Practising
                | State::Adopting
                | State::Completed
                | State::Cancelled
                | State::Suspended(_)
                | State::Terminated
                | State::Lapsed => return Err(NotHere),
            },
            EventBody::SessionScheduled { session, starts_at, place, short_gap } => {
                let facts = self.ledger.session_mut(*session);
                facts.date = Date::At(*starts_at);
                facts.place = Some(*place);
                facts.short_gap = short_gap.is_some();
                if *session == SessionKind::Explore && matches!(self.state, State::Forming) {
                    self.state = State::Scheduled;
                }
            }
            EventBody::SessionRescheduled { session, starts_at, short_gap } => {
                let facts = self.ledger.session_mut(*session);
                facts.date = Date::At(*starts_at);
                facts.short_gap = short_gap.is_some();
                self.shut_doors(*session);
            }
            EventBody::SessionPostponed { session, reason: _ } => {
                self.ledger.session_mut(*session).date = Date::Postponed;
                self.shut_doors(*session);
            }
            EventBody::DatePromised { by } => self.ledger.promised_by = Some(*by),
            EventBody::SessionCancelled { session, reason: _ } => {
                self.ledger.session_mut(*session).date = Date::Open;
                self.shut_doors(*session);
            }
            EventBody::CycleCancelled { reason: _ } => self.end(at, State::Cancelled),
            EventBody::Replied { seat, session, reply } => self.apply_reply(*seat, *session, *reply, at),
            EventBody::SessionOpened { session } => {
                let ready = match session {
                    SessionKind::Explore => matches!(self.state, State::Scheduled),
                    SessionKind::Reflect => matches!(self.state, State::Practising),
                };
                if !ready {
                    return Err(NotHere);
                }
                self.state = State::Gathering(Gathering::open(*session));
            }
            EventBody::AttendanceMarked { seat, attendance } => self.apply_attendance(*seat, *attendance, at)?,
            EventBody::SessionStarted { session, facilitator, quorum, planned_seconds } => {
                let allotted = u32::from(self.process.session_seconds(*session));
                let State::Gathering(gathering) = &self.state else { return Err(NotHere) };
                if gathering.session != *session {
                    return Err(NotHere);
                }
                let meeting = gathering.clone().start(*quorum, *facilitator, at, allotted);
                let time_box = TimeBox::new(0, *planned_seconds);
                self.state = match session {
                    SessionKind::Explore => State::Exploring(Exploring {
                        meeting,
                        phase: ExplorePhase::Welcome(ExploreWelcome::begin(time_box)),
                    }),
                    SessionKind::Reflect => State::Reflecting(Reflecting {
                        meeting,
                        phase: ReflectPhase::Welcome(ReflectWelcome::begin(time_box)),
                    }),
                };
                self.ledger.closed_group = true;
                let facts = self.ledger.session_mut(*session);
                facts.facilitator = Some(*facilitator);
                facts.facilitated.insert(*facilitator);
            }
            EventBody::PhaseOpened { entry, planned_seconds } => self.enter(*entry, *planned_seconds, at)?,
            EventBody::PhaseSkipped { entry, reason: _ } => self.enter(*entry, 0, at)?,
            EventBody::PhaseReopened { phase, planned_seconds, reason: _ } => self.reenter(*phase, *planned_seconds, at)?,
            EventBody::TurnStarted { seat } => self.round_mut()?.start(*seat, at),
            EventBody::StoryShared { seat, story: _, note: _ } => {
                self.end_turn(*seat, at, Round::finish)?;
                self.ledger.told.insert(*seat);
            }
            EventBody::ReportGiven { seat, report, note: _ } => {
                self.end_turn(*seat, at, Round::finish)?;
                self.hear_report(*seat, *report);
            }
            EventBody::TurnFinished { seat, note: _ } => self.end_turn(*seat, at, Round::finish)?,
            EventBody::TurnPassed { seat } => self.end_turn(*seat, at, Round::pass)?,
            EventBody::TurnDeferred { seat } => self.end_turn(*seat, at, Round::defer)?,
            EventBody::RoundClosed { unheard, reason: _ } => {
                for seat in *unheard {
                    self.end_turn(seat, at, Round::forfeit)?;
                }
            }
            EventBody::PlanMade { seat, version, strategy, note: _ } => {
                if let Some(plan) = self.ledger.plans.get_mut(seat.index()) {
                    plan.version = *version;
                    plan.strategy = strategy.number();
                }
            }
            EventBody::PhaseExtended { seconds } => {
                let (_, time_box, _) = self.floor()?;
                time_box.extended = time_box.extended.saturating_add(*seconds);
            }
            EventBody::OverrunAgreed { seat } => self.floor()?.0.overrun_agreed.insert(*seat),
            EventBody::OverrunGranted { seconds } => {
                let meeting = self.floor()?.0;
                meeting.overrun = *seconds;
                meeting.clock.allotted = meeting.clock.allotted.saturating_add((*seconds).into());
            }
            EventBody::SessionPaused { reason } => {
                self.floor()?.0.pause = Some(*reason);
                self.set_clock(at)?;
            }
            EventBody::SessionResumed { allotted_seconds } => {
                let meeting = self.floor()?.0;
                if let Some(allotted) = allotted_seconds {
                    meeting.clock.allotted = *allotted;
                }
                meeting.pause = None;
                meeting.interrupted = None;
                meeting.interrupted_at = None;
                self.set_clock(at)?;
            }
            EventBody::SessionInterrupted { reason } => {
                let meeting = self.floor()?.0;
                meeting.interrupted = Some(*reason);
                meeting.interrupted_at = Some(at);
                self.set_clock(at)?;
            }
            EventBody::SessionRestarted { session } => {
                self.floor()?;
                self.ledger.session_mut(*session).date = Date::Postponed;
                if *session == SessionKind::Explore {
                    self.ledger.told = SeatSet::EMPTY;
                }
                self.state = before_doors(*session);
                self.shut_doors(*session);
            }
            EventBody::FacilitatorChanged { seat, exception } => {
                let session = self.state.session().ok_or(NotHere)?;
                let meeting = self.floor()?.0;
                meeting.facilitator = Some(*seat);
                meeting.delegate = None;
                meeting.claim = None;
                let facts = self.ledger.session_mut(session);
                facts.facilitator = Some(*seat);
                facts.facilitated.insert(*seat);
                facts.repeat |= exception.is_some();
                self.set_clock(at)?;
            }
            EventBody::FacilitatorGone { seat: _ } => {
                let meeting = self.floor()?.0;
                meeting.facilitator = None;
                meeting.delegate = None;
                meeting.claim = None;
                self.set_clock(at)?;
            }
            EventBody::FacilitationClaimed { seat, exception } => {
                self.floor()?.0.claim = Some(crate::Claim { seat: *seat, exception: *exception });
            }
            EventBody::FacilitationDelegated { seat } => self.floor()?.0.delegate = Some(*seat),
            EventBody::FacilitationReturned { seat: _ } => self.floor()?.0.delegate = None,
            EventBody::QuorumLost { quorum: _ } => self.floor()?.0.quorum_lost = true,
            EventBody::QuorumRegained { quorum: _ } | EventBody::QuorumWaived { reason: _ } => {
                self.floor()?.0.quorum_lost = false
            }
            EventBody::RecordingRequested {} => self.floor()?.0.recording = Recording::Requested,
            EventBody::RecordingAnswered { seat, consent } => {
                let meeting = self.floor()?.0;
                let (to, from) = match consent {
                    Consent::Given => (&mut meeting.consents, &mut meeting.refusals),
                    Consent::Refused => (&mut meeting.refusals, &mut meeting.consents),
                };
                to.insert(*seat);
                from.remove(*seat);
            }
            EventBody::RecordingStarted {} => self.floor()?.0.recording = Recording::On,
            EventBody::RecordingStopped {} => self.floor()?.0.recording = Recording::Requested,
            EventBody::SessionClosed { marked } => {
                let session = self.state.session().ok_or(NotHere)?;
                let sheet = self.floor()?.0.sheet;
                let facts = self.ledger.session_mut(session);
                facts.closed_at = Some(at);
                facts.minutes = marked.minutes();
                facts.attended = sheet.attended();
                facts.excused = sheet.excused();
                self.state = match session {
                    SessionKind::Explore => State::Practising,
                    SessionKind::Reflect => State::Adopting,
                };
            }
            EventBody::BuddiesPaired { pairs } => self.ledger.buddies = *pairs,
            EventBody::PracticeLogged { seat, week, note: _ } => mark_week(&mut self.ledger.logs, *seat, *week),
            EventBody::CheckedIn { seat, week } => mark_week(&mut self.ledger.check_ins, *seat, *week),
            EventBody::CatchUpRecorded { seat, part } => match part {
                crate::CatchUpPart::MaterialsRead => self.ledger.read.insert(*seat),
                crate::CatchUpPart::BuddyBriefed => self.ledger.briefed.insert(*seat),
            },
            EventBody::ReportSubmitted { seat, report, note: _ } => self.hear_report(*seat, *report),
            EventBody::Debriefed { seat } => self.ledger.debriefed.insert(*seat),
            EventBody::AdoptionDecided { seat, adoption, note: _ } => {
                if matches!(self.state, State::Reflecting(_)) {
                    self.end_turn(*seat, at, Round::finish)?;
                }
                self.ledger.decided.insert(*seat);
                if let Some(adopted) = self.ledger.adopted.get_mut(seat.index()) {
                    *adopted = match adoption {
                        AdoptionFact::Adopted { strategies } => *strategies,
                        AdoptionFact::NoneAdopted { reason: _ } => crate::StrategySet::EMPTY,
                    };
                }
            }
            EventBody::FeedbackGiven { seat, session, note: _ } => self.ledger.session_mut(*session).feedback.insert(*seat),
            EventBody::MemberCompleted { seat, outcome } => match outcome {
                Outcome::CompletedByReport => self.ledger.by_report.insert(*seat),
                Outcome::Completed => self.ledger.completed.insert(*seat),
                Outcome::Enrolled | Outcome::Waived | Outcome::Withdrawn | Outcome::Dropped => return Err(NotHere),
            },
            EventBody::MemberWaived { seat, reason: _ } => self.ledger.waived.insert(*seat),
            EventBody::CycleCompleted {} => self.end(at, State::Completed),
            EventBody::CycleLapsed {} => self.end(at, State::Lapsed),
            EventBody::CycleSuspended { reason } => {
                let held = std::mem::replace(&mut self.state, State::Unformed);
                self.state = State::Suspended(Suspended::new(held, *reason, at));
            }
            EventBody::SuspensionVoted { seat, vote } => {
                let State::Suspended(suspended) = &mut self.state else { return Err(NotHere) };
                suspended.go_on.remove(*seat);
                suspended.end.remove(*seat);
                match vote {
                    Vote::GoOn => suspended.go_on.insert(*seat),
                    Vote::End => suspended.end.insert(*seat),
                }
            }
            EventBody::CycleResumed {} => match std::mem::replace(&mut self.state, State::Unformed) {
                State::Suspended(suspended) => self.state = suspended.resume(),
                other @ (State::Unformed
                | State::Forming
                | State::Scheduled
                | State::Gathering(_)
                | State::Exploring(_)
                | State::Practising
                | State::Reflecting(_)
                | State::Adopting
                | State::Completed
                | State::Cancelled
                | State::Terminated
                | State::Lapsed) => {
                    self.state = other;
                    return Err(NotHere);
                }
            },
            EventBody::CycleTerminated { reason: _ } => self.end(at, State::Terminated),
            EventBody::MemberAnonymised { seat } => {
                let Some(id) = self.roster.member(*seat).map(|one| one.id.clone()) else { return Err(NotHere) };
                Arc::make_mut(&mut self.roster).forget(&id);
                self.ledger.anonymised.insert(*seat);
            }
            EventBody::PrivacyTightened { privacy } => self.ledger.privacy = *privacy,
            EventBody::ProcessMigrated { process } => {
                self.ledger.privacy = self.ledger.privacy.max(process.spec().privacy);
                self.process = Arc::new((**process).clone());
            }
        }
        Ok(())
    }

    fn taken(&self, seat: Seat) -> Applied {
        if self.ledger.active.contains(seat) { Ok(()) } else { Err(NotHere) }
    }

    fn floor(&mut self) -> Result<(&mut Meeting, &mut TimeBox, Option<&mut Round>), NotHere> {
        self.state.floor_mut().ok_or(NotHere)
    }

    fn end(&mut self, at: Instant, state: State) {
        self.ledger.ended_at = Some(at);
        self.state = state;
    }

    /// A member is gone: from the room, from what comes, from what they were appointed to.
    fn vacate(&mut self, seat: Seat, at: Instant) {
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
    fn shut_doors(&mut self, session: SessionKind) {
        let facts = self.ledger.session_mut(session);
        facts.moved = facts.moved.saturating_add(1);
        facts.confirmed = false;
        facts.unreply();
        if matches!(&self.state, State::Gathering(gathering) if gathering.session == session) {
            self.state = before_doors(session);
        }
    }

    fn apply_reply(&mut self, seat: Seat, session: SessionKind, reply: crate::Rsvp, at: Instant) {
        let notice = crate::Span::hours(self.process.spec().attendance.apology_hours.into());
        let facts = self.ledger.session_mut(session);
        let in_time = facts.date.at().is_some_and(|starts_at| at + notice <= starts_at);
        facts.hear(seat, reply);
        match reply {
            crate::Rsvp::Declined if in_time => facts.apologised.insert(seat),
            crate::Rsvp::Declined => {}
            crate::Rsvp::Accepted | crate::Rsvp::Tentative | crate::Rsvp::NeedsAction => facts.apologised.remove(seat),
        }
    }

    fn apply_attendance(&mut self, seat: Seat, attendance: Attendance, at: Instant) -> Applied {
        let session = self.state.session().ok_or(NotHere)?;
        if attendance.attended() {
            self.ledger.session_mut(session).confirmed = true;
        }
        if let State::Gathering(gathering) = &mut self.state {
            gathering.sheet.mark(seat, attendance);
            return Ok(());
        }
        let (meeting, _, round) = self.floor()?;
        meeting.sheet.mark(seat, attendance);
        let mut span = crate::Span::ZERO;
        match (attendance, round) {
            (Attendance::Late | Attendance::Present, Some(round)) => round.join(seat),
            (Attendance::LeftEarly, Some(round)) if round.open().contains(seat) => span = round.forfeit(seat, at),
            (
                Attendance::Late
                | Attendance::Present
                | Attendance::LeftEarly
                | Attendance::Unmarked
                | Attendance::Excused
                | Attendance::Absent,
                _,
            ) => {}
        }
        if attendance == Attendance::LeftEarly {
            meeting.spoke(seat, span);
            meeting.overrun_agreed.remove(seat);
            if meeting.timekeeper == Some(seat) {
                meeting.timekeeper = None;
            }
            if meeting.claim.is_some_and(|claim| claim.seat == seat) {
                meeting.claim = None;
            }
        }
        Ok(())
    }

    fn round_mut(&mut self) -> Result<&mut Round, NotHere> {
        self.floor()?.2.ok_or(NotHere)
    }

    fn end_turn(&mut self, seat: Seat, at: Instant, how: fn(&mut Round, Seat, Instant) -> crate::Span) -> Applied {
        let (meeting, _, round) = self.floor()?;
        let span = how(round.ok_or(NotHere)?, seat, at);
        meeting.spoke(seat, span);
        Ok(())
    }

    fn hear_report(&mut self, seat: Seat, report: ReportFact) {
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

    /// Lets the clock stand or run as the session's facts want it.
    fn set_clock(&mut self, at: Instant) -> Applied {
        let cap = u32::from(self.process.spec().clock.pause_minutes) * 60;
        let (meeting, _, mut round) = self.floor()?;
        let wanted = if meeting.interrupted.is_some() || meeting.facilitator.is_none() {
            Some(Stop::Wait)
        } else {
            meeting.pause.map(|_| Stop::Pause)
        };
        let stands = meeting.stopped();
        if wanted == stands {
            return Ok(());
        }
        if let (None, Some(round)) = (stands, &mut round) {
            round.hold(at);
        }
        match wanted {
            Some(stop) => meeting.clock.stop(at, stop, cap),
            None => {
                meeting.clock.go(at, cap);
                if let Some(round) = round {
                    round.go(at);
                }
            }
        }
        Ok(())
    }

    /// Whom a round of `phase` gives a turn: everyone in the room who hasn't had their say in it.
    fn speakers(&self, phase: PhaseKind) -> SeatSet {
        let heard = match phase {
            PhaseKind::StorySharing => self.ledger.told,
            PhaseKind::ReportBack => self.ledger.reports(),
            PhaseKind::Adoption => self.ledger.decided,
            PhaseKind::Welcome
            | PhaseKind::Discussion
            | PhaseKind::SkillBuilding
            | PhaseKind::ActionPlanning
            | PhaseKind::NextSteps
            | PhaseKind::LessonsLearned
            | PhaseKind::Takeaways => SeatSet::EMPTY,
        };
        self.in_room().minus(heard)
    }

    fn enter(&mut self, entry: Entry, planned: u16, at: Instant) -> Applied {
        let speakers = self.speakers(entry.phase());
        let opened = self.floor()?.0.elapsed(at).as_seconds();
        let time_box = TimeBox::new(opened, planned);
        match &mut self.state {
            State::Exploring(exploring) => {
                exploring.phase = match (exploring.phase.clone(), entry) {
                    (ExplorePhase::Welcome(phase), Entry::StorySharing { ground_rules }) => {
                        ExplorePhase::StorySharing(phase.open_story_sharing(ground_rules, time_box, speakers))
                    }
                    (ExplorePhase::StorySharing(phase), Entry::Discussion { round }) => {
                        ExplorePhase::Discussion(phase.open_discussion(round, time_box))
                    }
                    (ExplorePhase::Discussion(phase), Entry::SkillBuilding {}) => {
                        ExplorePhase::SkillBuilding(phase.open_skill_building(time_box))
                    }
                    (ExplorePhase::SkillBuilding(phase), Entry::ActionPlanning {}) => {
                        ExplorePhase::ActionPlanning(phase.open_action_planning(time_box, speakers))
                    }
                    (ExplorePhase::ActionPlanning(phase), Entry::NextSteps { round }) => {
                        ExplorePhase::NextSteps(phase.open_next_steps(round, time_box))
                    }
                    (ExplorePhase::NextSteps(phase), Entry::Takeaways { round: None }) => {
                        ExplorePhase::Takeaways(phase.open_takeaways(time_box, speakers))
                    }
                    (_, _) => return Err(NotHere),
                };
            }
            State::Reflecting(reflecting) => {
                reflecting.phase = match (reflecting.phase.clone(), entry) {
                    (ReflectPhase::Welcome(phase), Entry::ReportBack {}) => {
                        ReflectPhase::ReportBack(phase.open_report_back(time_box, speakers))
                    }
                    (ReflectPhase::ReportBack(phase), Entry::LessonsLearned { round }) => {
                        ReflectPhase::LessonsLearned(phase.open_lessons_learned(round, time_box))
                    }
                    (ReflectPhase::LessonsLearned(phase), Entry::Adoption {}) => {
                        ReflectPhase::Adoption(phase.open_adoption(time_box, speakers))
                    }
                    (ReflectPhase::Adoption(phase), Entry::Takeaways { round: Some(round) }) => {
                        ReflectPhase::Takeaways(phase.open_takeaways(round, time_box, speakers))
                    }
                    (_, _) => return Err(NotHere),
                };
            }
            State::Unformed
            | State::Forming
            | State::Scheduled
            | State::Gathering(_)
            | State::Practising
            | State::Adopting
            | State::Completed
            | State::Cancelled
            | State::Suspended(_)
            | State::Terminated
            | State::Lapsed => return Err(NotHere),
        }
        Ok(())
    }

    /// Goes back to `phase`, over phases between that the process leaves out.
    fn reenter(&mut self, phase: PhaseKind, planned: u16, at: Instant) -> Applied {
        let before = self.state.clone();
        let session = self.state.session().ok_or(NotHere)?;
        loop {
            let previous = self.phase().and_then(|at| session.before(at));
            let back = previous.map(|previous| (previous, self.step_back(previous, planned, at)));
            match back {
                Some((reached, Ok(()))) if reached == phase => break,
                Some((passed, Ok(()))) if self.process.box_seconds(session, passed) == 0 => {}
                Some(_) | None => {
                    self.state = before;
                    return Err(NotHere);
                }
            }
        }
        let meeting = self.floor()?.0;
        meeting.reopened = meeting.reopened.saturating_add(1);
        Ok(())
    }

    fn step_back(&mut self, phase: PhaseKind, planned: u16, at: Instant) -> Applied {
        let speakers = self.speakers(phase);
        let opened = self.floor()?.0.elapsed(at).as_seconds();
        let time_box = TimeBox::new(opened, planned);
        match &mut self.state {
            State::Exploring(exploring) => {
                exploring.phase = match (exploring.phase.clone(), phase) {
                    (ExplorePhase::StorySharing(from), PhaseKind::Welcome) => {
                        ExplorePhase::Welcome(from.reopen_welcome(time_box))
                    }
                    (ExplorePhase::Discussion(from), PhaseKind::StorySharing) => {
                        ExplorePhase::StorySharing(from.reopen_story_sharing(time_box, speakers))
                    }
                    (ExplorePhase::SkillBuilding(from), PhaseKind::Discussion) => {
                        ExplorePhase::Discussion(from.reopen_discussion(time_box))
                    }
                    (ExplorePhase::ActionPlanning(from), PhaseKind::SkillBuilding) => {
                        ExplorePhase::SkillBuilding(from.reopen_skill_building(time_box))
                    }
                    (ExplorePhase::NextSteps(from), PhaseKind::ActionPlanning) => {
                        ExplorePhase::ActionPlanning(from.reopen_action_planning(time_box, speakers))
                    }
                    (ExplorePhase::Takeaways(from), PhaseKind::NextSteps) => {
                        ExplorePhase::NextSteps(from.reopen_next_steps(time_box))
                    }
                    (_, _) => return Err(NotHere),
                };
            }
            State::Reflecting(reflecting) => {
                reflecting.phase = match (reflecting.phase.clone(), phase) {
                    (ReflectPhase::ReportBack(from), PhaseKind::Welcome) => {
                        ReflectPhase::Welcome(from.reopen_welcome(time_box))
                    }
                    (ReflectPhase::LessonsLearned(from), PhaseKind::ReportBack) => {
                        ReflectPhase::ReportBack(from.reopen_report_back(time_box, speakers))
                    }
                    (ReflectPhase::Adoption(from), PhaseKind::LessonsLearned) => {
                        ReflectPhase::LessonsLearned(from.reopen_lessons_learned(time_box))
                    }
                    (ReflectPhase::Takeaways(from), PhaseKind::Adoption) => {
                        ReflectPhase::Adoption(from.reopen_adoption(time_box, speakers))
                    }
                    (_, _) => return Err(NotHere),
                };
            }
            State::Unformed
            | State::Forming
            | State::Scheduled
            | State::Gathering(_)
            | State::Practising
            | State::Adopting
            | State::Completed
            | State::Cancelled
            | State::Suspended(_)
            | State::Terminated
            | State::Lapsed => return Err(NotHere),
        }
        Ok(())
    }
}

/// Whoever withdraws is out of the room, and out of the chair.
fn leave(state: &mut State, seat: Seat, at: Instant) {
    if let State::Gathering(gathering) = state {
        gathering.sheet.erase(seat);
        if gathering.timekeeper == Some(seat) {
            gathering.timekeeper = None;
        }
    }
    let Some((meeting, _, round)) = state.floor_mut() else { return };
    if meeting.sheet.in_room().contains(seat) {
        meeting.sheet.mark(seat, Attendance::LeftEarly);
    }
    if let Some(round) = round.filter(|round| round.open().contains(seat)) {
        round.forfeit(seat, at);
    }
    for chair in [&mut meeting.facilitator, &mut meeting.delegate, &mut meeting.timekeeper] {
        if *chair == Some(seat) {
            *chair = None;
        }
    }
    if meeting.claim.is_some_and(|claim| claim.seat == seat) {
        meeting.claim = None;
    }
}

const fn before_doors(session: SessionKind) -> State {
    match session {
        SessionKind::Explore => State::Scheduled,
        SessionKind::Reflect => State::Practising,
    }
}

fn mark_week(weeks: &mut [u8; 16], seat: Seat, week: u8) {
    if let (Some(bits), 1..=8) = (weeks.get_mut(seat.index()), week) {
        *bits |= 1 << (week - 1);
    }
}

/// Erases a member from a history: their id, level, department and manager, and their name wherever another's manager
/// or the rota of earlier cycles held it. The history replays to the same cycle, and counts stay.
///
/// A host calls this on stored events once a [`MemberAnonymised`](EventBody::MemberAnonymised) is among them.
pub fn anonymise(events: &mut [Event], seat: Seat) {
    let mut enrolled = events.iter().filter_map(|event| {
        let EventBody::MemberEnrolled { seat: other, profile } = &event.body else { return None };
        (*other == seat).then(|| profile.id.clone())
    });
    let Some(id) = enrolled.next() else { return };
    for event in events {
        if let EventBody::MemberEnrolled { seat, profile } = &mut event.body {
            profile.forget(*seat, &id);
        } else if let EventBody::CycleFormed(formed) = &mut event.body {
            formed.served.retain(|member| *member != id);
        }
    }
}

impl crate::Roster {
    fn forget(&mut self, id: &MemberId) {
        for (at, profile) in (0..).zip(&mut self.profiles) {
            if let Some(seat) = Seat::new(at) {
                profile.forget(seat, id);
            }
        }
        if let Some(names) = &mut self.names {
            names.served.retain(|member| member != id);
        }
    }
}

impl Profile {
    fn forget(&mut self, seat: Seat, id: &MemberId) {
        if self.id == *id {
            // INVARIANT: these texts are ids; were one not, the old text would stay, and a test would see it.
            if let (Ok(name), Ok(level), Ok(department)) =
                (format!("anonymous-{}", seat.number()).parse(), "anonymous".parse(), "anonymous".parse())
            {
                *self = Self { id: name, level, department, manager: None };
            }
        } else if self.manager.as_ref() == Some(id) {
            self.manager = None;
        }
    }
}
