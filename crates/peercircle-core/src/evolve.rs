//! Evolving: what an event does to a cycle. Reads the event alone and judges nothing anew.

mod erase;
mod error;
mod group;
mod phases;
mod place;
mod room;

use std::sync::Arc;

use self::group::{before_doors, mark_week};
pub use self::{erase::anonymise, error::ReplayError};
use crate::{
    AdoptionFact, Consent, Cycle, Date, Event, EventBody, ExplorePhase, ExploreWelcome, Exploring, Gathering, Instant,
    Outcome, Recording, ReflectPhase, ReflectWelcome, Reflecting, Roster, Round, SeatSet, SessionKind, Span, State, Stop,
    Suspended, TimeBox, Vote,
};

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
        if !body.stages().contains(self.stage()) || body.seat().is_some_and(|seat| seat.index() >= self.roster.seats()) {
            return Err(NotHere);
        }
        match body {
            EventBody::CycleFormed(formed) => {
                self.process = formed.process.clone();
                let profiles = Vec::with_capacity(self.process.spec().group.maximum.into());
                self.roster = Arc::new(Roster { formed: Some(Arc::clone(formed)), profiles });
                self.ledger.rules_version = formed.process.spec().ground_rules_version;
                self.ledger.privacy = formed.process.spec().privacy;
                self.state = State::Forming;
            }
            EventBody::MemberEnrolled { seat, profile } => {
                if seat.index() != self.roster.seats() {
                    return Err(NotHere);
                }
                Arc::make_mut(&mut self.roster).profiles.push(Arc::clone(profile));
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
                if let Some(formed) = &mut Arc::make_mut(&mut self.roster).formed {
                    Arc::make_mut(formed).module = (**module).clone();
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
                let pause_cap = Span::minutes(self.process.spec().clock.pause_minutes.into());
                let State::Gathering(gathering) = &self.state else { return Err(NotHere) };
                if gathering.session != *session {
                    return Err(NotHere);
                }
                let meeting = gathering.clone().start(*quorum, *facilitator, at, allotted, pause_cap);
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
                facts.began_at = Some(at);
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
                let interrupted = meeting.interrupted.is_some();
                if let Some(allotted) = allotted_seconds {
                    meeting.clock.allotted = *allotted;
                }
                meeting.pause = None;
                meeting.interrupted = None;
                meeting.interrupted_at = None;
                if meeting.stopped() == Some(Stop::Wait) {
                    // Where it still waits for a facilitator, that begins anew.
                    meeting.clock.stop(at, Stop::Wait);
                }
                self.set_clock(at)?;
                // The weeks of practice count from the day on which the session went on.
                if let Some(session) = self.state.session().filter(|_| interrupted) {
                    self.ledger.session_mut(session).began_at = Some(at);
                }
            }
            EventBody::SessionInterrupted { reason } => {
                let process = self.process.clone();
                let meeting = self.floor()?.0;
                meeting.interrupted = Some(*reason);
                meeting.interrupted_at = Some(at);
                // What lies past the moment it counted as abandoned was nobody's session.
                let until = at.min(meeting.abandoned_at(&process));
                match meeting.clock.stopped() {
                    Some((since, Stop::Wait)) if since > until => meeting.clock.stop(until, Stop::Wait),
                    Some((_, Stop::Wait)) => {}
                    Some((_, Stop::Pause)) | None => self.set_clock(until)?,
                }
            }
            EventBody::SessionRestarted { session } => {
                self.floor()?;
                let facts = self.ledger.session_mut(*session);
                facts.date = Date::Postponed;
                facts.began_at = None;
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
                facts.repeat = exception.is_some();
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
                // Older histories have answers from outside the room: they are nobody's consent.
                if !meeting.sheet.in_room().contains(*seat) {
                    return Ok(());
                }
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
                let theirs: SeatSet = self.roster.members().filter(|(_, one)| one.id == id).map(|(seat, _)| seat).collect();
                Arc::make_mut(&mut self.roster).forget(&id, *seat);
                self.ledger.anonymised = self.ledger.anonymised.or(theirs);
            }
            EventBody::PrivacyTightened { privacy } => self.ledger.privacy = *privacy,
            EventBody::ProcessMigrated { process } => {
                self.ledger.privacy = self.ledger.privacy.max(process.spec().privacy);
                self.process = (**process).clone();
            }
        }
        Ok(())
    }
}
