//! Whom the cycle waits for: who, for what, since when, until when.

use crate::{
    Actor, Command, CommandKind, Context, Cycle, Instant, Ledger, Meeting, PhaseKind, Place, Reason, Recording, Rejection,
    RepeatReason, Role, Round, Seat, SeatSet, SessionKind, Span, State, Suspended, allowed::soonest, rulebook::STANDARD,
};

/// Somebody the cycle waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The part of whoever it waits for: the organiser, or members.
    pub part: Role,
    /// The members; none where it is the organiser. Where several could do it, any of them is enough.
    pub who: SeatSet,
    /// What for.
    pub what: CommandKind,
    /// Whether the way forward is shut until then, or it is only awaited.
    pub holds_up: bool,
    /// Since when, where the cycle remembers.
    pub since: Option<Instant>,
    /// Until when it can be given, or is wanted.
    pub until: Option<Instant>,
}

impl Cycle {
    /// Whom the cycle waits for, those who hold it up first.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{CommandKind, Cycle, Role};
    /// let waiting = Cycle::default().waiting_on();
    /// assert_eq!((waiting[0].part, waiting[0].what), (Role::Organiser, CommandKind::FormCycle));
    /// ```
    #[must_use]
    pub fn waiting_on(&self) -> Vec<Waiting> {
        let mut list = List { cycle: self, found: Vec::new() };
        match self.state() {
            State::Unformed => list.organiser(CommandKind::FormCycle, None),
            State::Forming | State::Scheduled => list.before(SessionKind::Explore),
            State::Gathering(gathering) => list.at_the_door(gathering.session()),
            State::Exploring(_) | State::Reflecting(_) => list.in_session(),
            State::Practising => list.between(),
            State::Adopting => list.after(),
            State::Suspended(suspended) => list.suspended(suspended),
            State::Completed | State::Cancelled | State::Terminated | State::Lapsed => {}
        }
        let mut found = list.found;
        found.sort_by_key(|one| !one.holds_up);
        found
    }
}

struct List<'a> {
    cycle: &'a Cycle,
    found: Vec<Waiting>,
}

impl<'a> List<'a> {
    const fn ledger(&self) -> &'a Ledger {
        self.cycle.ledger()
    }

    fn organiser(&mut self, what: CommandKind, until: Option<Instant>) {
        let (part, who) = (Role::Organiser, SeatSet::EMPTY);
        self.found.push(Waiting { part, who, what, holds_up: true, since: None, until });
    }

    fn members(&mut self, who: SeatSet, what: CommandKind, since: Option<Instant>) {
        self.members_until(who, what, since, None);
    }

    fn members_until(&mut self, who: SeatSet, what: CommandKind, since: Option<Instant>, until: Option<Instant>) {
        if !who.is_empty() {
            self.found.push(Waiting { part: Role::Member, who, what, holds_up: true, since, until });
        }
    }

    /// Awaited, and nothing stands still for it.
    fn hoped(&mut self, who: SeatSet, what: CommandKind, since: Option<Instant>, until: Option<Instant>) {
        if !who.is_empty() {
            self.found.push(Waiting { part: Role::Member, who, what, holds_up: false, since, until });
        }
    }

    fn before(&mut self, session: SessionKind) {
        if self.too_few(session) {
            return;
        }
        let facts = self.ledger().session(session);
        let date = facts.date().at();
        if date.is_none() {
            let until = self.ledger().promised_by().filter(|_| session == SessionKind::Reflect);
            let starts_at = soonest(self.cycle, session, self.cycle.last_at()) + Span::seconds(1);
            let schedule = Command::ScheduleSession { session, starts_at, place: Place::Onsite, short_gap: None };
            // A date of session 2 that has been overtaken goes first (R-39).
            let overtaken = self.refused(&schedule, |reason| matches!(reason, Reason::ReflectInTheWay { .. }));
            self.organiser(if overtaken { CommandKind::PostponeSession } else { CommandKind::ScheduleSession }, until);
        }
        let expected = self.cycle.expected();
        if facts.facilitator().is_none() {
            self.hoped(expected, CommandKind::AppointFacilitator, None, date);
        }
        if date.is_some() {
            let silent = expected.iter().filter(|seat| facts.reply(*seat) == crate::Rsvp::NeedsAction).collect();
            let notice = Span::hours(self.cycle.process().spec().attendance.apology_hours.into());
            self.hoped(silent, CommandKind::Reply, None, date.map(|at| at - notice));
        }
        self.rules_and_orientation(expected, session, date);
    }

    /// Whether a rule refuses `command` for this reason: what a rule says is the rule's to know.
    fn refused(&self, command: &Command, reason: fn(&Reason) -> bool) -> bool {
        let by = self.cycle.chair().map_or(Actor::Organiser {}, Actor::member);
        let refusals = STANDARD.refusals(self.cycle, command, &Context::new(by, self.cycle.last_at()));
        refusals.iter().any(|no| matches!(no, Rejection::RuleRefused { reason: found, .. } if reason(found)))
    }

    /// Whoever could offer to facilitate (R-13); where nobody could, the session can only stop.
    fn successor(&mut self, room: SeatSet, since: Option<Instant>) {
        let exception = Some(RepeatReason::NoOtherWilling);
        let able = |member: &Seat| {
            let claim = Command::ClaimFacilitation { member: *member, exception };
            self.cycle.permits(&claim, &Context::member(*member, self.cycle.last_at()))
        };
        let able: SeatSet = room.iter().filter(able).collect();
        // One offers and another agrees.
        let (who, what) = match room.len() {
            2.. if !able.is_empty() => (able, CommandKind::ClaimFacilitation),
            _ => (self.cycle.expected(), CommandKind::InterruptSession),
        };
        self.members(who, what, since);
    }

    /// Too few members for session 1 (R-05): nothing else helps before that.
    fn too_few(&mut self, session: SessionKind) -> bool {
        let minimum = self.cycle.process().spec().group.minimum;
        let short = session == SessionKind::Explore && self.ledger().active().len() < minimum;
        if short {
            // A closed group takes nobody in (R-26); one that has to start afresh with too few can only stop.
            let closed = self.ledger().closed_group;
            self.organiser(if closed { CommandKind::SuspendCycle } else { CommandKind::EnrolMember }, None);
        }
        short
    }

    /// Even all who may come to session 2 are too few (R-21): more have to catch up (R-23), or the cycle stops.
    fn too_few_may_come(&mut self, session: SessionKind) -> bool {
        let expected = self.cycle.expected().len();
        let few = session == SessionKind::Reflect && crate::Quorum::needed_of(expected, self.cycle.process()) > expected;
        if few {
            let since = self.ledger().session(session).date().at();
            let behind = self.ledger().behind();
            if behind.is_empty() || !self.cycle.process().spec().attendance.catch_up.is_on() {
                self.organiser(CommandKind::SuspendCycle, None);
            } else {
                let unread = behind.minus(self.ledger().read.and(self.ledger().briefed));
                self.members(unread, CommandKind::RecordCatchUp, since);
                self.members(behind.minus(self.ledger().with_plan()), CommandKind::MakePlan, since);
            }
        }
        few
    }

    fn rules_and_orientation(&mut self, who: SeatSet, session: SessionKind, until: Option<Instant>) {
        self.hoped(who.minus(self.ledger().accepted_rules()), CommandKind::AcceptGroundRules, None, until);
        if session == SessionKind::Explore && self.cycle.process().spec().orientation.is_on() {
            self.hoped(who.minus(self.ledger().oriented), CommandKind::CompleteOrientation, None, until);
        }
    }

    fn at_the_door(&mut self, session: SessionKind) {
        if self.too_few(session) || self.too_few_may_come(session) {
            return;
        }
        let room = self.cycle.in_room();
        let (facts, expected) = (self.ledger().session(session), self.cycle.expected());
        let since = facts.date().at();
        let unmarked = self.cycle.sheet().map_or(SeatSet::EMPTY, |sheet| sheet.unmarked(expected));
        let short = !crate::Quorum::count(self.cycle, room).is_met();
        match facts.facilitator() {
            None => self.members(expected, CommandKind::AppointFacilitator, since),
            Some(seat)
                if self.refused(&Command::StartSession {}, |reason| matches!(reason, Reason::FacilitatedBefore { .. })) =>
            {
                self.members(expected.without(seat), CommandKind::AppointFacilitator, since);
            }
            Some(seat) if !room.contains(seat) => {
                self.members(SeatSet::only(seat), CommandKind::MarkAttendance, since);
            }
            Some(_) => {}
        }
        if short {
            self.members(expected.minus(room), CommandKind::MarkAttendance, since);
        } else {
            self.hoped(unmarked, CommandKind::MarkAttendance, since, None);
        }
        if session == SessionKind::Explore && self.cycle.process().spec().orientation.is_on() {
            self.members(room.minus(self.ledger().oriented), CommandKind::CompleteOrientation, since);
        }
        self.hoped(room.minus(self.ledger().accepted_rules()), CommandKind::AcceptGroundRules, since, None);
        if self.found.iter().all(|one| !one.holds_up) {
            self.members(room, CommandKind::StartSession, since);
        }
    }

    fn in_session(&mut self) {
        let (Some(meeting), Some(phase)) = (self.cycle.meeting(), self.cycle.phase()) else { return };
        let room = self.cycle.in_room();
        if let Some(since) = meeting.interrupted_at {
            let days = self.cycle.process().spec().clock.resume_days;
            let until = Some(since + Span::days(days.into()));
            return self.members_until(self.cycle.expected(), CommandKind::ResumeSession, Some(since), until);
        }
        let stopped = meeting.clock.stopped().map(|(since, _)| since);
        if meeting.facilitator().is_none() {
            return match meeting.claim() {
                Some(claim) => self.members(room.without(claim.seat), CommandKind::AssentToFacilitator, stopped),
                None => self.successor(room, stopped),
            };
        }
        if meeting.pause().is_some() {
            return self.members(room, CommandKind::ResumeSession, stopped);
        }
        if meeting.quorum_lost() {
            let what = match self.cycle.process().spec().quorum.when_lost {
                crate::QuorumLost::Warn => CommandKind::ContinueBelowQuorum,
                crate::QuorumLost::Stop => CommandKind::InterruptSession,
            };
            return self.chair(meeting, what, None, None);
        }
        if meeting.recording() == Recording::Requested {
            let silent = room.minus(meeting.consents).minus(meeting.refusals);
            self.hoped(silent, CommandKind::AnswerRecording, None, None);
        }
        let opened = self.cycle.time_box().map(|time_box| meeting.clock.when(time_box.opened()));
        self.of_phase(meeting, phase, room, opened);
    }

    fn of_phase(&mut self, meeting: &Meeting, phase: PhaseKind, room: SeatSet, opened: Option<Instant>) {
        if phase == PhaseKind::Welcome {
            self.members(room.minus(self.ledger().accepted_rules()), CommandKind::AcceptGroundRules, opened);
        }
        let plans_due = self.cycle.session() == Some(SessionKind::Explore) && phase >= PhaseKind::ActionPlanning;
        if plans_due {
            self.members(room.minus(self.ledger().with_plan()), CommandKind::MakePlan, opened);
        }
        if let Some(round) = self.cycle.round().filter(|round| !round.open().is_empty()) {
            let Some(seat) = round.speaking() else {
                return self.members(self.may_speak(meeting, round), CommandKind::StartTurn, opened);
            };
            return self.members(SeatSet::only(seat), speaking(phase), Some(round.since()));
        }
        let last = self.cycle.next_phase().is_none();
        if last && self.refused(&Command::CloseSession {}, |reason| matches!(reason, Reason::NoSecondDate {})) {
            self.chair(meeting, CommandKind::ScheduleSession, opened, None);
        }
        if last && !meeting.sheet().unmarked(self.cycle.expected()).is_empty() {
            self.chair(meeting, CommandKind::MarkAttendance, opened, None);
        }
        // The next step is awaited of the chair once nothing else is.
        if self.found.iter().any(|one| one.holds_up) {
            return;
        }
        if !last {
            return self.chair(meeting, CommandKind::OpenPhase, opened, None);
        }
        let abandoned = meeting.abandoned_at(self.cycle.process());
        self.chair(meeting, CommandKind::CloseSession, opened, Some(abandoned));
    }

    /// Whose turn may start now, in the order that the process wants (R-31).
    fn may_speak(&self, meeting: &Meeting, round: &Round) -> SeatSet {
        let Some(chair) = meeting.chair() else { return SeatSet::EMPTY };
        let context = Context::member(chair, self.cycle.last_at());
        let may = |member: &Seat| self.cycle.permits(&Command::StartTurn { member: *member }, &context);
        let able: SeatSet = round.pending().iter().filter(may).collect();
        // Where a rule of the process's own holds everyone back, they are the ones it holds back.
        if able.is_empty() { round.pending() } else { able }
    }

    fn chair(&mut self, meeting: &Meeting, what: CommandKind, since: Option<Instant>, until: Option<Instant>) {
        self.members_until(meeting.chair().map_or(SeatSet::EMPTY, SeatSet::only), what, since, until);
    }

    fn between(&mut self) {
        let since = self.ledger().session(SessionKind::Explore).closed_at();
        let date = self.ledger().session(SessionKind::Reflect).date().at();
        let behind = self.ledger().behind();
        let unread = behind.minus(self.ledger().read.and(self.ledger().briefed));
        if self.cycle.process().spec().attendance.catch_up.is_on() {
            self.hoped(unread, CommandKind::RecordCatchUp, since, date);
        }
        let planless = self.ledger().active().minus(self.ledger().with_plan());
        self.hoped(planless, CommandKind::MakePlan, since, date);
        if self.cycle.process().spec().practice.buddies.is_on() && self.ledger().buddies().is_empty() {
            self.hoped(self.ledger().active(), CommandKind::PairBuddies, since, None);
        }
        self.before(SessionKind::Reflect);
    }

    fn after(&mut self) {
        let spec = self.cycle.process().spec();
        let reflect = self.ledger().session(SessionKind::Reflect);
        let since = reflect.closed_at();
        let until = |days: u16| since.map(|closed| closed + Span::days(days.into()));
        let unfinished = self.ledger().unfinished();
        let missed = unfinished.minus(reflect.attended());
        let made_up_by = until(spec.attendance.written_report_days);
        // Under a process without written reports, which the cycle moved to, only the organiser can free who missed it.
        let by_report = if spec.attendance.written_report.is_on() { missed } else { SeatSet::EMPTY };
        if by_report != missed {
            self.organiser(CommandKind::WaiveMember, until(spec.practice.adoption_days));
        }
        let silent = unfinished.minus(missed.minus(by_report)).minus(self.ledger().reports());
        for (who, what, by) in [
            (silent, CommandKind::SubmitReport, made_up_by),
            (by_report.minus(self.ledger().debriefed), CommandKind::RecordDebrief, made_up_by),
            (unfinished.minus(self.ledger().decided()), CommandKind::DecideAdoption, until(spec.practice.adoption_days)),
        ] {
            self.members_until(who, what, since, by);
        }
    }

    fn suspended(&mut self, suspended: &Suspended) {
        let voted = suspended.votes(crate::Vote::GoOn).or(suspended.votes(crate::Vote::End));
        let silent = self.ledger().active().minus(voted);
        self.members(silent, CommandKind::VoteOnSuspension, Some(suspended.since()));
    }
}

/// What a speaker ends their turn with.
const fn speaking(phase: PhaseKind) -> CommandKind {
    match phase {
        PhaseKind::StorySharing => CommandKind::ShareStory,
        PhaseKind::ReportBack => CommandKind::GiveReport,
        PhaseKind::Adoption => CommandKind::DecideAdoption,
        PhaseKind::Welcome
        | PhaseKind::Discussion
        | PhaseKind::SkillBuilding
        | PhaseKind::ActionPlanning
        | PhaseKind::NextSteps
        | PhaseKind::LessonsLearned
        | PhaseKind::Takeaways => CommandKind::FinishTurn,
    }
}
