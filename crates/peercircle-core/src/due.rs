//! What is due: the instants at which something may, should or can no longer be done. Time moves nothing by itself (R-32);
//! a host that asks here reminds, tells, or gives the command that has become possible.

use serde::{Deserialize, Serialize};

use crate::{Command, Cycle, Instant, InterruptReason, Ledger, Meeting, PhaseKind, SeatSet, SessionKind, Span, State, Stop};

/// What falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "due", rename_all = "snake_case")]
#[non_exhaustive]
pub enum DueKind {
    /// Remind the members of the session.
    SessionReminder {
        /// Which.
        session: SessionKind,
    },
    /// Until here a reply that declines excuses (R-17).
    ApologyUntil {
        /// Which.
        session: SessionKind,
    },
    /// The session begins.
    SessionStarts {
        /// Which.
        session: SessionKind,
    },
    /// The speaker's budget is used up (R-31).
    TurnEnds {},
    /// The phase's box is used up.
    PhaseEnds {
        /// Which.
        phase: PhaseKind,
    },
    /// The session's time is used up, agreed overrun included (R-35).
    SessionEnds {},
    /// The pauses of the session are used up; what follows counts as elapsed (R-37).
    PauseEnds {},
    /// From here the session counts as abandoned (R-36).
    SessionAbandoned {},
    /// Until here the interrupted session can resume; then it is held afresh (R-38).
    ResumeUntil {},
    /// The week of practice begins: the weekly tip (R-45).
    WeekBegins {
        /// Which, from 1.
        week: u8,
    },
    /// The week of practice is over; log and check-in are missing of whom it names. Only a flag (R-45).
    WeekEnds {
        /// Which, from 1.
        week: u8,
    },
    /// The day by which session 2 was to get its date (R-43).
    DatePromised {},
    /// The earliest session 2 without a reason (R-42).
    GapReached {},
    /// Session 2 is later than the process wants (R-42). Only a flag.
    GapExceeded {},
    /// Until here a missed session 2 can be made up (R-24).
    WrittenReportUntil {},
    /// Until here members decide what they adopt; then the cycle can lapse (R-47).
    AdoptionUntil {},
    /// What was said is to be deleted by whoever keeps it.
    ContentDeletion {},
    /// The facts are to be deleted by whoever keeps them.
    FactDeletion {},
}

impl DueKind {
    /// What it means, in a sentence.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::SessionReminder { session } => format!("remind the members of {}", session.label()),
            Self::ApologyUntil { session } => format!("the last moment to be excused from {}", session.label()),
            Self::SessionStarts { session } => format!("{} begins", session.label()),
            Self::TurnEnds {} => "the speaker's time is used up".to_owned(),
            Self::PhaseEnds { phase } => format!("the time of {} is used up", phase.label()),
            Self::SessionEnds {} => "the session's time is used up".to_owned(),
            Self::PauseEnds {} => "the pauses are used up, the clock counts again".to_owned(),
            Self::SessionAbandoned {} => "the session counts as abandoned".to_owned(),
            Self::ResumeUntil {} => "the interrupted session can resume no longer".to_owned(),
            Self::WeekBegins { week } => format!("week {week} of practice begins: the weekly tip"),
            Self::WeekEnds { week } => format!("week {week} of practice is over"),
            Self::DatePromised {} => "session 2 was to have its date".to_owned(),
            Self::GapReached {} => "enough days have passed for session 2".to_owned(),
            Self::GapExceeded {} => "session 2 is late".to_owned(),
            Self::WrittenReportUntil {} => "the last moment to make up for session 2".to_owned(),
            Self::AdoptionUntil {} => "the last moment to decide what to adopt".to_owned(),
            Self::ContentDeletion {} => "delete what was said".to_owned(),
            Self::FactDeletion {} => "delete the facts".to_owned(),
        }
    }
}

/// An instant at which something falls due. A host that has acted on one knows it again by `at` and `kind`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// When.
    pub at: Instant,
    /// What.
    pub kind: DueKind,
    /// Whom it concerns; nobody in particular where this is empty.
    pub who: SeatSet,
    /// The command that becomes possible then, where one does.
    pub then: Option<Command>,
}

impl Cycle {
    /// What has fallen due by `now` and still stands, earliest first.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::Cycle;
    /// assert!(Cycle::default().due("2026-03-02T09:00:00Z".parse()?).is_empty());
    /// # Ok::<(), peercircle_core::InstantError>(())
    /// ```
    #[must_use]
    pub fn due(&self, now: Instant) -> Vec<Due> {
        let mut all = self.deadlines();
        all.retain(|one| one.at <= now);
        all
    }

    /// The next instant after `now` at which something falls due, with all that does; empty where nothing will.
    #[must_use]
    pub fn next_due(&self, now: Instant) -> Vec<Due> {
        let mut all = self.deadlines();
        all.retain(|one| one.at > now);
        let first = all.first().map(|one| one.at);
        all.retain(|one| Some(one.at) == first);
        all
    }

    /// Every deadline of where the cycle is, past and to come, earliest first.
    #[must_use]
    pub fn deadlines(&self) -> Vec<Due> {
        let mut found = Vec::new();
        self.tell_deadlines(&|_| true, &mut |due| found.push(due));
        found.sort_by_key(|one| (one.at, one.kind));
        found
    }

    /// Tells `tell` of the [`deadlines`](Self::deadlines) of those kinds that `wants` says, in no order: for those who ask many
    /// cycles for few of them.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Cycle, DueKind};
    /// let mut soonest = None;
    /// Cycle::default().tell_deadlines(&|kind| kind == DueKind::SessionEnds {}, &mut |due| soonest = Some(due.at));
    /// assert_eq!(soonest, None);
    /// ```
    pub fn tell_deadlines(&self, wants: &dyn Fn(DueKind) -> bool, tell: &mut dyn FnMut(Due)) {
        let mut all = Deadlines { cycle: self, wants, tell };
        match self.state() {
            State::Unformed => {}
            State::Forming | State::Scheduled => {
                all.of_session(SessionKind::Explore);
                all.of_session(SessionKind::Reflect);
            }
            State::Gathering(gathering) => {
                all.of_session(gathering.session());
                all.of_practice();
            }
            State::Exploring(_) | State::Reflecting(_) => all.of_meeting(),
            State::Practising => {
                all.of_session(SessionKind::Reflect);
                all.of_practice();
            }
            State::Adopting => all.of_adoption(),
            // A stopped cycle has no deadlines but those of what is kept: the group decides, and not the calendar (R-51).
            State::Suspended(_) => {}
            State::Completed | State::Cancelled | State::Terminated | State::Lapsed => all.of_what_is_kept(),
        }
    }
}

struct Deadlines<'a> {
    cycle: &'a Cycle,
    wants: &'a dyn Fn(DueKind) -> bool,
    tell: &'a mut dyn FnMut(Due),
}

impl<'a> Deadlines<'a> {
    fn add(&mut self, at: Instant, kind: DueKind, who: SeatSet, then: Option<Command>) {
        if (self.wants)(kind) {
            (self.tell)(Due { at, kind, who, then });
        }
    }

    const fn ledger(&self) -> &'a Ledger {
        self.cycle.ledger()
    }

    fn of_session(&mut self, session: SessionKind) {
        let facts = self.ledger().session(session);
        let Some(starts_at) = facts.date().at() else { return };
        let policy = &self.cycle.process().spec().attendance;
        let (reminder, notice) = (Span::hours(policy.reminder_hours.into()), Span::hours(policy.apology_hours.into()));
        let members = self.cycle.expected();
        let silent = members.iter().filter(|seat| facts.reply(*seat) == crate::Rsvp::NeedsAction).collect();
        self.add(starts_at - reminder, DueKind::SessionReminder { session }, members, None);
        self.add(starts_at - notice, DueKind::ApologyUntil { session }, silent, None);
        self.add(starts_at, DueKind::SessionStarts { session }, members, Some(Command::OpenSession { session }));
    }

    fn of_meeting(&mut self) {
        let Some(meeting) = self.cycle.meeting() else { return };
        let clock = &self.cycle.process().spec().clock;
        let room = self.cycle.in_room();
        if let Some(since) = meeting.interrupted_at {
            let until = since + Span::days(clock.resume_days.into());
            self.add(until, DueKind::ResumeUntil {}, self.cycle.expected(), Some(Command::RestartSession {}));
            return;
        }
        let abandoned = meeting.abandoned_at(self.cycle.process());
        let interrupt = Command::InterruptSession { reason: InterruptReason::Abandoned };
        self.add(abandoned, DueKind::SessionAbandoned {}, room, Some(interrupt));
        match meeting.clock.stopped() {
            None => self.of_running_clock(meeting),
            Some((since, Stop::Pause)) => {
                self.add(since + meeting.clock.pause_left(), DueKind::PauseEnds {}, room, Some(Command::ResumeSession {}));
            }
            Some((_, Stop::Wait)) => {}
        }
    }

    fn of_running_clock(&mut self, meeting: &Meeting) {
        let room = self.cycle.in_room();
        self.add(meeting.clock.when(meeting.allotted_seconds()), DueKind::SessionEnds {}, room, None);
        if let Some(phase) = self.cycle.phase()
            && (self.wants)(DueKind::PhaseEnds { phase })
            && let Some(time_box) = self.cycle.time_box()
        {
            let next = self.cycle.next_phase().map_or(Command::CloseSession {}, |phase| Command::OpenPhase { phase });
            self.add(meeting.clock.when(time_box.ends()), DueKind::PhaseEnds { phase }, room, Some(next));
        }
        // The clock runs, so at the last event the speaker had spoken so long, and speaks on.
        let last = self.cycle.last_at();
        if (self.wants)(DueKind::TurnEnds {})
            && let Some(turn) = self.cycle.turn(last)
        {
            let left = Span::seconds(turn.budget.into()).minus(turn.spoken);
            self.add(last + left, DueKind::TurnEnds {}, SeatSet::only(turn.speaker), None);
        }
    }

    fn of_practice(&mut self) {
        let spec = self.cycle.process().spec();
        let explore = self.ledger().session(SessionKind::Explore);
        let Some(closed) = explore.closed_at() else { return };
        let members = self.ledger().active();
        for week in 1..=spec.practice.weeks {
            let bit = 1 << (week - 1);
            let silent = self.ledger().seats_where(|seat| {
                let checked_in = self.ledger().checked_in_weeks(seat) & bit != 0;
                let alone = self.ledger().buddies().of_seat(seat).is_empty();
                self.ledger().logged_weeks(seat) & bit == 0 || !checked_in && !alone
            });
            self.add(closed + Span::days(7 * (u32::from(week) - 1)), DueKind::WeekBegins { week }, members, None);
            self.add(closed + Span::days(7 * u32::from(week)), DueKind::WeekEnds { week }, silent, None);
        }
        let reflect = self.ledger().session(SessionKind::Reflect);
        let undated = reflect.date().at().is_none();
        if let Some(by) = self.ledger().promised_by().filter(|_| undated) {
            self.add(by, DueKind::DatePromised {}, SeatSet::EMPTY, None);
        }
        let open = Command::OpenSession { session: SessionKind::Reflect };
        self.add(closed + Span::days(spec.gap.minimum_days.into()), DueKind::GapReached {}, SeatSet::EMPTY, Some(open));
        self.add(closed + Span::days(spec.gap.maximum_days.into()), DueKind::GapExceeded {}, SeatSet::EMPTY, None);
    }

    fn of_adoption(&mut self) {
        let spec = self.cycle.process().spec();
        let reflect = self.ledger().session(SessionKind::Reflect);
        let Some(closed) = reflect.closed_at() else { return };
        let unfinished = self.ledger().unfinished();
        let made_up = self.ledger().reports().and(self.ledger().debriefed);
        let missed = unfinished.minus(reflect.attended()).minus(made_up);
        if !missed.is_empty() && spec.attendance.written_report.is_on() {
            let until = closed + Span::days(spec.attendance.written_report_days.into());
            self.add(until, DueKind::WrittenReportUntil {}, missed, None);
        }
        let until = closed + Span::days(spec.practice.adoption_days.into());
        self.add(until, DueKind::AdoptionUntil {}, unfinished, Some(Command::LapseCycle {}));
    }

    fn of_what_is_kept(&mut self) {
        let kept = &self.cycle.process().spec().retention;
        let Some(ended) = self.ledger().ended_at() else { return };
        self.add(ended + Span::days(kept.content_days.into()), DueKind::ContentDeletion {}, SeatSet::EMPTY, None);
        self.add(ended + Span::days(kept.fact_days.into()), DueKind::FactDeletion {}, SeatSet::EMPTY, None);
    }
}
