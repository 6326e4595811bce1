//! What an aside tries, step by step, at the times that matter to the two.

use std::collections::BTreeSet;

use peercircle_core::{
    Attendance, Command, Consent, Cycle, Date, DueKind, Instant, PauseReason, Place as Kind, Process, Rsvp, Seat, SeatSet,
    SessionKind, ShortGapReason, Span, Stage,
};

use super::{Step, Trial};
use crate::explore::NAMES;

/// A place in both at once: the cycle as it is under the first.
pub(super) struct Place<'a> {
    pub(super) cycle: &'a Cycle,
    pub(super) now: Instant,
    pub(super) both: [&'a Process; 2],
}

impl Place<'_> {
    /// The steps of a trial, where it can be made here.
    pub(super) fn tries(&self, trial: Trial) -> Vec<Vec<Step>> {
        match trial {
            Trial::Apology => self.apology(),
            Trial::Few => self.few(),
            Trial::Joining => self.joining(),
            Trial::Longer => self.longer(),
            Trial::Pauses => self.pauses(),
            Trial::Reopening => self.reopening(),
            Trial::Recording => self.recording(),
            Trial::SecondDay => self.second_day(),
            Trial::Weeks => self.weeks(),
        }
    }

    /// Somebody other than the facilitator is asked to keep the time.
    pub(super) fn timekeeper(&self) -> Option<Step> {
        let chair = self.cycle.chair().filter(|_| self.cycle.state().meeting().is_some())?;
        let member = self.cycle.in_room().without(chair).first()?;
        Some(Step::Give(Command::AppointTimekeeper { member }))
    }

    /// What the two say of a number.
    fn low_high<N: Ord + Copy>(&self, of: impl Fn(&Process) -> N) -> (N, N) {
        let [one, other] = self.both.map(of);
        (one.min(other), one.max(other))
    }

    fn active(&self) -> SeatSet {
        self.cycle.ledger().active()
    }

    /// The session that is ahead and its date.
    fn ahead(&self) -> Option<(SessionKind, Instant)> {
        let session = self.cycle.session_ahead().filter(|_| self.cycle.session().is_none())?;
        Some((session, self.cycle.ledger().session(session).date().at()?))
    }

    fn apology(&self) -> Vec<Vec<Step>> {
        let (Some((session, at)), Some(member)) = (self.ahead(), self.active().first()) else { return Vec::new() };
        let (short, long) = self.low_high(|process| process.spec().attendance.apology_hours);
        let last = at - Span::hours(short.into());
        if last < self.now || short == long {
            return Vec::new();
        }
        let marked = |attendance| {
            vec![
                Step::Until(last, DueKind::ApologyUntil { session }),
                Step::Give(Command::Reply { member, session, reply: Rsvp::Declined }),
                Step::Until(at, DueKind::SessionStarts { session }),
                Step::Give(Command::OpenSession { session }),
                Step::Give(Command::MarkAttendance { member, attendance }),
            ]
        };
        vec![marked(Attendance::Excused), marked(Attendance::Absent)]
    }

    fn few(&self) -> Vec<Vec<Step>> {
        let cycle = self.cycle;
        let Some(sheet) = cycle.state().sheet() else { return Vec::new() };
        if cycle.stage() != Stage::ExploreGathering || sheet.unmarked(cycle.expected()) != cycle.expected() {
            return Vec::new();
        }
        let start = |many: u8| {
            let come: Vec<Seat> = cycle.expected().iter().take(many.into()).collect();
            let present = |member: &Seat| Command::MarkAttendance { member: *member, attendance: Attendance::Present };
            let chair = come.first().map(|member| Command::AppointFacilitator {
                session: SessionKind::Explore,
                member: *member,
                exception: None,
            });
            let commands = come.iter().map(present).chain(chair).chain([Command::StartSession {}]);
            commands.map(Step::Give).collect()
        };
        (2..cycle.expected().len()).map(start).collect()
    }

    fn joining(&self) -> Vec<Vec<Step>> {
        let (roster, ledger) = (self.cycle.roster(), self.cycle.ledger());
        let Some(first) = self.active().first().and_then(|seat| roster.member(seat)) else { return Vec::new() };
        if ledger.closed_group() {
            return Vec::new();
        }
        let joins = |nth: usize, level: Option<&str>, department: Option<&str>| {
            let (level, department) = match (level, department) {
                (level, Some(department)) => (level.unwrap_or("lead").parse().ok()?, department.parse().ok()?),
                (level, None) => (level.unwrap_or("lead").parse().ok()?, first.department.clone()),
            };
            let member = NAMES.get(nth)?.parse().ok()?;
            Some(Step::Give(Command::EnrolMember { member, level, department, manager: None }))
        };
        let own = |nth: usize| format!("department-{}", nth + 1);
        let next = roster.seats();
        let (_, most) = self.low_high(|process| process.spec().group.maximum);
        let full = (next..).take(usize::from(most.saturating_sub(self.active().len())));
        vec![
            joins(next, None, None).into_iter().collect(),
            joins(next, Some("head"), Some(&own(next))).into_iter().collect(),
            full.filter_map(|nth| joins(nth, None, Some(&own(nth)))).collect(),
        ]
    }

    fn longer(&self) -> Vec<Vec<Step>> {
        if self.cycle.state().meeting().is_none_or(|meeting| meeting.stopped().is_some()) {
            return Vec::new();
        }
        let agree = |member| Step::Give(Command::AgreeToOverrun { member });
        let agreed: Vec<Step> = self.cycle.in_room().iter().map(agree).chain([Step::Extend]).collect();
        let back = self.late_enough().map(|(until, why)| {
            let until = Step::Until(until, why);
            [until, Step::Back].into_iter().chain(agreed.clone()).collect()
        });
        [Some(vec![Step::Extend]), Some(agreed), back].into_iter().flatten().collect()
    }

    /// When no more time is left than the floors of the phases from the one before: there that phase gets its floor and no more.
    fn late_enough(&self) -> Option<(Instant, DueKind)> {
        let (cycle, [one, _]) = (self.cycle, self.both);
        let (session, meeting, phase) = (cycle.session()?, cycle.state().meeting()?, cycle.state().phase()?);
        let before = cycle.previous_phase()?;
        let floors = |process: &Process| -> u32 {
            let ahead = session.phases().iter().filter(|other| **other >= before);
            ahead.map(|other| u32::from(process.floor_seconds(session, *other))).sum()
        };
        let (few, _) = self.low_high(floors);
        let allotted: u32 = session.phases().iter().map(|other| u32::from(one.box_seconds(session, *other))).sum();
        let left = allotted.checked_sub(meeting.elapsed(self.now).as_seconds())?.checked_sub(few)?;
        Some((self.now + Span::seconds(left), DueKind::PhaseEnds { phase }))
    }

    fn pauses(&self) -> Vec<Vec<Step>> {
        if self.cycle.state().meeting().is_none_or(|meeting| meeting.stopped().is_some()) {
            return Vec::new();
        }
        let (short, _) = self.low_high(|process| process.spec().clock.pause_minutes);
        let pause = || Step::Give(Command::PauseSession { reason: PauseReason::Break });
        let until = Step::Until(self.now + Span::minutes(short.into()), DueKind::PauseEnds {});
        vec![vec![pause(), until, Step::Give(Command::ResumeSession {}), pause()]]
    }

    fn reopening(&self) -> Vec<Vec<Step>> {
        let (few, _) = self.low_high(|process| process.spec().phases.reopenings);
        match self.cycle.previous_phase() {
            Some(_) => vec![(0..=few).map(|_| Step::Back).collect()],
            None => Vec::new(),
        }
    }

    fn recording(&self) -> Vec<Vec<Step>> {
        if self.cycle.state().meeting().is_none() {
            return Vec::new();
        }
        let answer = |member| Command::AnswerRecording { member, consent: Consent::Given };
        let commands = [Command::RequestRecording {}].into_iter().chain(self.cycle.in_room().iter().map(answer));
        vec![commands.chain([Command::StartRecording {}, Command::StopRecording {}]).map(Step::Give).collect()]
    }

    fn second_day(&self) -> Vec<Vec<Step>> {
        let ledger = self.cycle.ledger();
        let reflect = SessionKind::Reflect;
        let (soon, _) = self.low_high(|process| process.spec().gap.minimum_days);
        let mut tried = Vec::new();
        if let Some(first) = ledger.session(SessionKind::Explore).day() {
            tried.push(vec![Step::Give(Command::PromiseDate { by: first.max(self.now) + Span::days(7) })]);
            let sooner = soon.saturating_sub(1);
            for (days, short_gap) in [(soon, None), (sooner, Some(ShortGapReason::Holidays))] {
                let starts_at = first + Span::days(days.into());
                let command = match ledger.session(reflect).date() {
                    Date::Open => {
                        let place = self.both.into_iter().flat_map(|process| process.spec().place.allowed.first()).next();
                        let Some(place) = place.copied() else { continue };
                        Command::ScheduleSession { session: reflect, starts_at, place, short_gap }
                    }
                    Date::Postponed | Date::At(_) => Command::RescheduleSession { session: reflect, starts_at, short_gap },
                };
                if starts_at > self.now {
                    tried.push(vec![Step::Give(command)]);
                }
            }
        }
        let session = SessionKind::Explore;
        if ledger.session(session).date() == Date::Open {
            let places: BTreeSet<_> =
                self.both.into_iter().flat_map(|process| process.spec().place.allowed.iter()).collect();
            let starts_at = self.now + Span::days(7);
            let at = |place: &Kind| Command::ScheduleSession { session, starts_at, place: *place, short_gap: None };
            tried.extend(places.into_iter().map(|place| vec![Step::Give(at(place))]));
        }
        tried
    }

    fn weeks(&self) -> Vec<Vec<Step>> {
        let ledger = self.cycle.ledger();
        let closed = ledger.session(SessionKind::Explore).closed_at().filter(|_| self.cycle.stage() == Stage::Practising);
        let member = self.active().and(ledger.with_plan()).minus(ledger.behind()).first();
        let (Some(closed), Some(member)) = (closed, member) else { return Vec::new() };
        let (few, many) = self.low_high(|process| process.spec().practice.weeks);
        let log = |week: u8| {
            let begins = closed + Span::days(7 * u32::from(week.saturating_sub(1)));
            vec![
                Step::Until(begins, DueKind::WeekBegins { week }),
                Step::Give(Command::LogPractice { member, week, note: None }),
            ]
        };
        (few.saturating_add(1)..=many).map(log).collect()
    }
}
