//! Deciding: the events of a command that nothing refuses.

use std::sync::Arc;

use crate::{
    Adoption, AdoptionFact, AllMarked, Attendance, Command, Consent, Context, Cycle, DropReason, Entry, Event, EventBody,
    Facts, Formed, GroundRulesAccepted, InterruptReason, Outcome, PhaseKind, Profile, Quorum, Recording, Report, ReportFact,
    RoundOver, Seat, SeatSet, SessionKind, SkipReason, Stage, StrategyNo, StrategySet, SuspendReason, outline::opening,
};

/// The events of a decision as they come. Later ones see the cycle as the earlier ones left it.
pub(crate) struct Draft<'a> {
    start: &'a Cycle,
    context: &'a Context,
    after: After<'a>,
    seen: usize,
    events: Vec<Event>,
}

/// The cycle as the events so far left it, made when something asks for it.
enum After<'a> {
    Unmade,
    Own(Box<Cycle>),
    /// Lent by whoever wants the cycle after the decision; still something else.
    Lent(&'a mut Cycle),
    Made(&'a mut Cycle),
}

impl<'a> Draft<'a> {
    pub(crate) fn new(start: &'a Cycle, context: &'a Context) -> Self {
        // Most decisions are one event.
        Self { start, context, after: After::Unmade, seen: 0, events: Vec::with_capacity(1) }
    }

    /// A draft that leaves the cycle after it in `next`, and its events where others were.
    pub(crate) fn into(start: &'a Cycle, context: &'a Context, next: &'a mut Cycle, mut events: Vec<Event>) -> Self {
        events.clear();
        Self { start, context, after: After::Lent(next), seen: 0, events }
    }

    pub(crate) fn into_events(mut self) -> Vec<Event> {
        if matches!(self.after, After::Lent(_) | After::Made(_)) {
            self.copy();
        }
        self.events
    }

    fn push(&mut self, body: EventBody) {
        let count = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        self.events.push(Event {
            seq: self.start.revision() + count + 1,
            at: self.context.now,
            actor: self.context.actor,
            command_id: self.context.command_id,
            body,
        });
    }

    /// The cycle after the events so far.
    fn after(&mut self) -> &Cycle {
        if self.events.is_empty() {
            return self.start;
        }
        self.copy()
    }

    fn copy(&mut self) -> &Cycle {
        self.after = match std::mem::replace(&mut self.after, After::Unmade) {
            After::Unmade => After::Own(Box::new(self.start.clone())),
            After::Lent(next) => {
                next.clone_from(self.start);
                After::Made(next)
            }
            made @ (After::Own(_) | After::Made(_)) => made,
        };
        let copy = match &mut self.after {
            After::Own(copy) => &mut **copy,
            After::Lent(copy) | After::Made(copy) => copy,
            After::Unmade => return self.start,
        };
        for event in self.events.iter().skip(self.seen) {
            // INVARIANT: evolve accepts what decide wrote; the property tests hold it.
            let applied = copy.evolve(event);
            debug_assert!(applied.is_ok(), "{applied:?}");
        }
        self.seen = self.events.len();
        copy
    }

    pub(crate) fn carry_out(&mut self, facts: &Facts<'_>) {
        let cycle = facts.cycle();
        match facts.command() {
            Command::FormCycle { cycle, group, module, process, previous } => {
                self.push(EventBody::CycleFormed(Arc::new(Formed {
                    cycle: cycle.clone(),
                    group: group.clone(),
                    module: module.clone(),
                    process: (**process).clone(),
                    previous: previous.as_ref().map(|previous| previous.cycle.clone()),
                    served: previous.as_ref().map(|previous| previous.served.clone()).unwrap_or_default(),
                })));
            }
            Command::EnrolMember { member, level, department, manager } => {
                let seat = u8::try_from(cycle.roster().seats()).ok().and_then(Seat::new);
                if let Some(seat) = seat {
                    let profile = Profile {
                        id: member.clone(),
                        level: level.clone(),
                        department: department.clone(),
                        manager: manager.clone(),
                    };
                    self.push(EventBody::MemberEnrolled { seat, profile: Arc::new(profile) });
                }
            }
            Command::WithdrawMember { member, reason } => self.withdraw(*member, *reason),
            Command::ChooseModule { module } => self.push(EventBody::ModuleChosen { module: Box::new(module.clone()) }),
            Command::SetGroundRules { version } => self.push(EventBody::GroundRulesSet { version: *version }),
            Command::AcceptGroundRules { member, version } => {
                self.push(EventBody::GroundRulesAccepted { seat: *member, version: *version });
            }
            Command::CompleteOrientation { member } => self.push(EventBody::OrientationCompleted { seat: *member }),
            Command::AppointFacilitator { session, member, exception } => {
                self.push(EventBody::FacilitatorAppointed { session: *session, seat: *member, exception: *exception });
            }
            Command::AppointTimekeeper { member } => self.push(EventBody::TimekeeperAppointed { seat: *member }),
            Command::ScheduleSession { session, starts_at, place, short_gap } => self.push(EventBody::SessionScheduled {
                session: *session,
                starts_at: *starts_at,
                place: *place,
                short_gap: *short_gap,
            }),
            Command::RescheduleSession { session, starts_at, short_gap } => {
                self.push(EventBody::SessionRescheduled { session: *session, starts_at: *starts_at, short_gap: *short_gap })
            }
            Command::PostponeSession { session, reason } => {
                self.push(EventBody::SessionPostponed { session: *session, reason: *reason });
            }
            Command::PromiseDate { by } => self.push(EventBody::DatePromised { by: *by }),
            Command::CancelSession { session, reason } => {
                self.push(EventBody::SessionCancelled { session: *session, reason: *reason });
                match (session, facts.ledger().session(SessionKind::Explore).closed_at()) {
                    (SessionKind::Explore, _) => self.push(EventBody::CycleCancelled { reason: *reason }),
                    (SessionKind::Reflect, Some(_)) => {
                        self.push(EventBody::CycleSuspended { reason: SuspendReason::SessionCancelled });
                    }
                    // Before session 1 is over, session 2 only loses its date.
                    (SessionKind::Reflect, None) => {}
                }
            }
            Command::CancelCycle { reason } => self.push(EventBody::CycleCancelled { reason: *reason }),
            Command::Reply { member, session, reply } => {
                self.push(EventBody::Replied { seat: *member, session: *session, reply: *reply });
            }
            Command::OpenSession { session } => self.push(EventBody::SessionOpened { session: *session }),
            Command::MarkAttendance { member, attendance } => self.mark(*member, *attendance),
            Command::StartSession {} => self.start_session(facts),
            Command::OpenPhase { phase } => self.open_phase(*phase),
            Command::SkipPhase { phase, reason } => {
                self.skip(*phase, *reason);
                if let Some(next) = self.after().next_phase() {
                    self.open_phase(next);
                }
            }
            Command::ReopenPhase { phase, reason } => {
                let planned_seconds = opening(cycle, *phase, facts.now());
                self.push(EventBody::PhaseReopened { phase: *phase, planned_seconds, reason: *reason });
            }
            Command::StartTurn { member } => self.push(EventBody::TurnStarted { seat: *member }),
            Command::ShareStory { member, story, note } => {
                self.push(EventBody::StoryShared { seat: *member, story: *story, note: *note });
                self.chair_returns(*member);
            }
            Command::GiveReport { member, report, note } => {
                self.push(EventBody::ReportGiven { seat: *member, report: report.fact(), note: *note });
                self.chair_returns(*member);
            }
            Command::FinishTurn { member, note } => {
                self.push(EventBody::TurnFinished { seat: *member, note: *note });
                self.chair_returns(*member);
            }
            Command::PassTurn { member } => {
                self.push(EventBody::TurnPassed { seat: *member });
                self.chair_returns(*member);
            }
            Command::DeferTurn { member } => {
                self.push(EventBody::TurnDeferred { seat: *member });
                self.chair_returns(*member);
            }
            Command::CloseRound { reason } => {
                let unheard = facts.round().map_or(SeatSet::EMPTY, crate::Round::open);
                self.push(EventBody::RoundClosed { unheard, reason: *reason });
                for seat in unheard {
                    self.chair_returns(seat);
                }
            }
            Command::MakePlan { member, strategy, note } => {
                let version = cycle.ledger().plan_version(*member).saturating_add(1);
                self.push(EventBody::PlanMade { seat: *member, version, strategy: *strategy, note: *note });
            }
            Command::ExtendPhase { seconds } => self.push(EventBody::PhaseExtended { seconds: *seconds }),
            Command::AgreeToOverrun { member } => {
                self.push(EventBody::OverrunAgreed { seat: *member });
                let agreed = facts.meeting().map_or(SeatSet::EMPTY, |meeting| meeting.overrun_agreed().with(*member));
                if agreed.covers(facts.in_room()) {
                    self.push(EventBody::OverrunGranted { seconds: facts.spec().clock.overrun_minutes.saturating_mul(60) });
                }
            }
            Command::PauseSession { reason } => self.push(EventBody::SessionPaused { reason: *reason }),
            Command::ResumeSession {} => {
                let interrupted = facts.meeting().is_some_and(|meeting| meeting.interrupted().is_some());
                let allotted_seconds = facts.outline().filter(|_| interrupted).map(|outline| {
                    let ahead: u32 = outline
                        .session
                        .phases()
                        .iter()
                        .skip_while(|phase| Some(**phase) != cycle.phase())
                        .map(|phase| u32::from(cycle.process().box_seconds(outline.session, *phase)))
                        .sum();
                    outline.allotted.max(outline.elapsed.saturating_add(ahead))
                });
                self.push(EventBody::SessionResumed { allotted_seconds });
            }
            Command::InterruptSession { reason } => self.push(EventBody::SessionInterrupted { reason: *reason }),
            Command::RestartSession {} => {
                if let Some(session) = facts.session() {
                    self.push(EventBody::SessionRestarted { session });
                }
            }
            Command::HandOver { member, exception } => {
                self.push(EventBody::FacilitatorChanged { seat: *member, exception: *exception });
            }
            Command::DeclareFacilitatorGone {} => {
                if let Some(seat) = facts.meeting().and_then(crate::Meeting::facilitator) {
                    self.push(EventBody::FacilitatorGone { seat });
                }
            }
            Command::ClaimFacilitation { member, exception } => {
                self.push(EventBody::FacilitationClaimed { seat: *member, exception: *exception });
            }
            Command::AssentToFacilitator {} => {
                if let Some(claim) = facts.meeting().and_then(crate::Meeting::claim) {
                    self.push(EventBody::FacilitatorChanged { seat: claim.seat, exception: claim.exception });
                }
            }
            Command::DelegateFacilitation { member } => self.push(EventBody::FacilitationDelegated { seat: *member }),
            Command::ContinueBelowQuorum { reason } => self.push(EventBody::QuorumWaived { reason: *reason }),
            Command::RequestRecording {} => self.push(EventBody::RecordingRequested {}),
            Command::AnswerRecording { member, consent } => {
                self.push(EventBody::RecordingAnswered { seat: *member, consent: *consent });
                let on = facts.meeting().is_some_and(|meeting| meeting.recording() == Recording::On);
                if on && *consent == Consent::Refused {
                    self.push(EventBody::RecordingStopped {});
                }
            }
            Command::StartRecording {} => self.push(EventBody::RecordingStarted {}),
            Command::StopRecording {} => self.push(EventBody::RecordingStopped {}),
            Command::CloseSession {} => self.close_session(facts),
            Command::PairBuddies { pairs } => {
                let pairs = crate::Buddies::of(pairs.iter().map(|pair| pair.iter().copied().collect()));
                self.push(EventBody::BuddiesPaired { pairs });
            }
            Command::LogPractice { member, week, note } => {
                self.push(EventBody::PracticeLogged { seat: *member, week: *week, note: *note });
            }
            Command::CheckIn { member, week } => self.push(EventBody::CheckedIn { seat: *member, week: *week }),
            Command::RecordCatchUp { member, part } => self.push(EventBody::CatchUpRecorded { seat: *member, part: *part }),
            Command::SubmitReport { member, report, note } => {
                self.push(EventBody::ReportSubmitted { seat: *member, report: report.fact(), note: *note });
                self.settle();
            }
            Command::RecordDebrief { member } => {
                self.push(EventBody::Debriefed { seat: *member });
                self.settle();
            }
            Command::DecideAdoption { member, adoption, note } => {
                self.push(EventBody::AdoptionDecided { seat: *member, adoption: adoption.fact(), note: *note });
                self.chair_returns(*member);
                self.settle();
            }
            Command::GiveFeedback { member, session, note } => {
                self.push(EventBody::FeedbackGiven { seat: *member, session: *session, note: *note });
            }
            Command::WaiveMember { member, reason } => {
                self.push(EventBody::MemberWaived { seat: *member, reason: *reason });
                self.settle();
            }
            Command::LapseCycle {} => {
                for seat in cycle.ledger().unfinished() {
                    self.push(EventBody::MemberDropped { seat, reason: DropReason::Undone });
                }
                self.push(EventBody::CycleLapsed {});
            }
            Command::SuspendCycle { reason } => self.suspend(*reason),
            Command::ReportBreach {} => self.suspend(SuspendReason::Breach),
            Command::VoteOnSuspension { member, vote } => {
                self.push(EventBody::SuspensionVoted { seat: *member, vote: *vote });
            }
            Command::ResumeCycle {} => {
                self.push(EventBody::CycleResumed {});
                self.quorum_after_leaving();
                self.quorum_restored();
                self.settle();
            }
            Command::TerminateCycle { reason } => self.push(EventBody::CycleTerminated { reason: *reason }),
            Command::AnonymiseMember { member } => self.push(EventBody::MemberAnonymised { seat: *member }),
            Command::TightenPrivacy { privacy } => self.push(EventBody::PrivacyTightened { privacy: *privacy }),
            Command::MigrateProcess { process } => self.push(EventBody::ProcessMigrated { process: process.clone() }),
        }
    }

    fn withdraw(&mut self, seat: Seat, reason: crate::WithdrawalReason) {
        let leaves = self.start.meeting().is_some() && self.start.in_room().contains(seat);
        if leaves {
            self.push(EventBody::AttendanceMarked { seat, attendance: Attendance::LeftEarly });
            self.chair_left(seat);
        }
        self.push(EventBody::MemberWithdrawn { seat, reason });
        // Only now: the quorum is one of those who are still members.
        if leaves {
            self.quorum_after_leaving();
        }
        self.quorum_restored();
        self.repair_buddies();
        let minimum = self.start.process().spec().group.minimum;
        let (stage, active) = {
            let after = self.after();
            (after.stage(), after.ledger().active())
        };
        if matches!(stage, Stage::Practising | Stage::ReflectGathering) && active.len() < minimum {
            self.push(EventBody::CycleSuspended { reason: SuspendReason::BelowMinimum });
        }
        self.settle();
    }

    fn mark(&mut self, seat: Seat, attendance: Attendance) {
        self.push(EventBody::AttendanceMarked { seat, attendance });
        let Some(meeting) = self.start.meeting() else { return };
        match attendance {
            Attendance::Present | Attendance::Late => {
                if meeting.recording() == Recording::On {
                    self.push(EventBody::RecordingStopped {});
                }
                self.quorum_restored();
            }
            Attendance::LeftEarly => {
                self.chair_left(seat);
                self.quorum_after_leaving();
            }
            Attendance::Unmarked | Attendance::Excused | Attendance::Absent => {}
        }
    }

    /// Whoever left may have had the chair, or had it left to them for a turn.
    fn chair_left(&mut self, seat: Seat) {
        let Some(meeting) = self.start.meeting() else { return };
        match meeting.facilitator() {
            Some(facilitator) if facilitator == seat => self.push(EventBody::FacilitatorGone { seat }),
            Some(facilitator) if meeting.chair() == Some(seat) => {
                self.push(EventBody::FacilitationReturned { seat: facilitator });
            }
            Some(_) | None => {}
        }
    }

    /// Enough may be in the room again, as somebody came or a member who was missing is one no more.
    fn quorum_restored(&mut self) {
        let after = self.after();
        let quorum = Quorum::count(after, after.in_room());
        if after.meeting().is_some_and(crate::Meeting::quorum_lost) && quorum.is_met() {
            self.push(EventBody::QuorumRegained { quorum });
        }
    }

    /// Whoever lost their buddy finds another.
    fn repair_buddies(&mut self) {
        let ledger = self.after().ledger();
        let (buddies, active) = (ledger.buddies(), ledger.active());
        if !buddies.is_empty() {
            self.push(EventBody::BuddiesPaired { pairs: buddies.repaired(active) });
        }
    }

    /// Drops these members, and pairs those who had them as buddies anew.
    fn drop_members(&mut self, who: impl Iterator<Item = (Seat, DropReason)>) {
        let before = self.events.len();
        for (seat, reason) in who {
            self.push(EventBody::MemberDropped { seat, reason });
        }
        if self.events.len() > before {
            self.repair_buddies();
        }
    }

    /// Too few may be left in a running session.
    fn quorum_after_leaving(&mut self) {
        let after = self.after();
        let quorum = Quorum::count(after, after.in_room());
        if after.meeting().is_some_and(|meeting| !meeting.quorum_lost()) && !quorum.is_met() {
            self.push(EventBody::QuorumLost { quorum });
        }
    }

    fn start_session(&mut self, facts: &Facts<'_>) {
        let (Some(session), Some(facilitator)) = (facts.session(), facts.cycle().chair()) else { return };
        let quorum = facts.quorum();
        if session == SessionKind::Reflect {
            self.drop_members(facts.ledger().behind().iter().map(|seat| (seat, DropReason::NotCaughtUp)));
            // Too few are left by that: as after a withdrawal the group decides first whether it goes on.
            let dropped = !self.events.is_empty();
            if dropped && self.after().ledger().active().len() < facts.spec().group.minimum {
                self.push(EventBody::CycleSuspended { reason: SuspendReason::BelowMinimum });
                return;
            }
        }
        let planned_seconds = facts.process().box_seconds(session, PhaseKind::Welcome);
        self.push(EventBody::SessionStarted { session, facilitator, quorum, planned_seconds });
    }

    /// Opens `phase`, passing over those before it that the process leaves out.
    fn open_phase(&mut self, phase: PhaseKind) {
        while let Some(left_out) = self.following().filter(|next| *next != phase) {
            self.skip(left_out, SkipReason::LeftOut);
        }
        let now = self.context.now;
        let after = self.after();
        let planned_seconds = opening(after, phase, now);
        if let Some(entry) = entry(after, phase) {
            self.push(EventBody::PhaseOpened { entry, planned_seconds });
        }
    }

    fn skip(&mut self, phase: PhaseKind, reason: SkipReason) {
        while let Some(left_out) = self.following().filter(|next| *next != phase) {
            self.skip(left_out, SkipReason::LeftOut);
        }
        if let Some(entry) = entry(self.after(), phase) {
            self.push(EventBody::PhaseSkipped { entry, reason });
            self.close_empty_round();
        }
    }

    /// A skipped round has no turns to wait for.
    fn close_empty_round(&mut self) {
        let unheard = self.after().round().map_or(SeatSet::EMPTY, crate::Round::open);
        if !unheard.is_empty() {
            self.push(EventBody::RoundClosed { unheard, reason: crate::ForceReason::Time });
        }
    }

    fn following(&mut self) -> Option<PhaseKind> {
        let after = self.after();
        after.session().zip(after.phase()).and_then(|(session, phase)| session.after(phase))
    }

    /// The facilitator takes the chair again once their own turn is over.
    fn chair_returns(&mut self, seat: Seat) {
        let Some(meeting) = self.start.meeting() else { return };
        if meeting.facilitator() == Some(seat) && meeting.chair() != Some(seat) {
            self.push(EventBody::FacilitationReturned { seat });
        }
    }

    fn close_session(&mut self, facts: &Facts<'_>) {
        let (Some(session), Some(meeting)) = (facts.session(), facts.meeting()) else { return };
        let minutes = u16::try_from(meeting.elapsed(facts.now()).as_seconds() / 60).unwrap_or(u16::MAX);
        self.push(EventBody::SessionClosed { marked: AllMarked::of(session, minutes) });
        let policy = &facts.spec().attendance;
        let missed = facts.ledger().active().minus(meeting.sheet().attended());
        match session {
            SessionKind::Explore => {
                if !policy.catch_up.is_on() {
                    self.drop_members(missed.iter().map(|seat| (seat, DropReason::NotCaughtUp)));
                }
                let minimum = facts.spec().group.minimum;
                if self.after().ledger().active().len() < minimum {
                    self.push(EventBody::CycleSuspended { reason: SuspendReason::BelowMinimum });
                }
            }
            SessionKind::Reflect => {
                let explored = facts.ledger().session(SessionKind::Explore).attended();
                self.drop_members(missed.iter().filter_map(|seat| {
                    let reason = match (explored.contains(seat), policy.written_report.is_on()) {
                        (false, _) => DropReason::MissedBoth,
                        (true, false) => DropReason::Undone,
                        (true, true) => return None,
                    };
                    Some((seat, reason))
                }));
                self.settle();
            }
        }
    }

    fn suspend(&mut self, reason: SuspendReason) {
        if self.start.meeting().is_some_and(|meeting| meeting.interrupted().is_none()) {
            self.push(EventBody::SessionInterrupted { reason: InterruptReason::Suspended });
        }
        self.push(EventBody::CycleSuspended { reason });
    }

    /// Whoever has nothing left to do is done; and so is the cycle with the last of them.
    fn settle(&mut self) {
        // From elsewhere no single command leads to where members end, and looking would cost a copy of the cycle.
        if !matches!(self.start.stage(), Stage::Adopting | Stage::ReflectTakeaways | Stage::Suspended) {
            return;
        }
        let after = self.after();
        if after.stage() != Stage::Adopting {
            return;
        }
        let ledger = *after.ledger();
        let attended = ledger.session(SessionKind::Reflect).attended();
        let mut left = ledger.unfinished();
        for seat in ledger.unfinished().and(ledger.reports()).and(ledger.decided()) {
            let outcome = if attended.contains(seat) {
                Outcome::Completed
            } else if ledger.debriefed.contains(seat) {
                Outcome::CompletedByReport
            } else {
                continue;
            };
            self.push(EventBody::MemberCompleted { seat, outcome });
            left.remove(seat);
        }
        if left.is_empty() {
            let anyone = !ledger.active().or(ledger.ended()).is_empty();
            self.push(if anyone { EventBody::CycleCompleted {} } else { EventBody::CycleLapsed {} });
        }
    }
}

/// The way from where the cycle is into `phase`, with its evidence.
fn entry(cycle: &Cycle, phase: PhaseKind) -> Option<Entry> {
    let over = cycle.round().map(RoundOver::of);
    Some(match phase {
        PhaseKind::Welcome => return None,
        PhaseKind::StorySharing => Entry::StorySharing { ground_rules: GroundRulesAccepted::of(cycle, cycle.in_room()) },
        PhaseKind::Discussion => Entry::Discussion { round: over? },
        PhaseKind::SkillBuilding => Entry::SkillBuilding {},
        PhaseKind::ActionPlanning => Entry::ActionPlanning {},
        PhaseKind::NextSteps => Entry::NextSteps { round: over? },
        PhaseKind::ReportBack => Entry::ReportBack {},
        PhaseKind::LessonsLearned => Entry::LessonsLearned { round: over? },
        PhaseKind::Adoption => Entry::Adoption {},
        PhaseKind::Takeaways => Entry::Takeaways { round: over },
    })
}

impl Report<StrategyNo> {
    fn fact(&self) -> ReportFact {
        match self {
            Self::Practised { strategies } => ReportFact::Practised { strategies: set(strategies) },
            Self::DidNotPractise { reason } => ReportFact::DidNotPractise { reason: *reason },
        }
    }
}

impl Adoption<StrategyNo> {
    fn fact(&self) -> AdoptionFact {
        match self {
            Self::Adopted { strategies } => AdoptionFact::Adopted { strategies: set(strategies) },
            Self::NoneAdopted { reason } => AdoptionFact::NoneAdopted { reason: *reason },
        }
    }
}

fn set(strategies: &[StrategyNo]) -> StrategySet {
    strategies.iter().copied().collect()
}
