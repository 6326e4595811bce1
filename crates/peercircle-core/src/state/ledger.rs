//! The ledger: what a cycle remembers across its stages, as bits and small numbers.

use crate::{
    Buddies, CatchUpPart, Instant, Outcome, Place, Privacy, Rsvp, Seat, SeatSet, SessionKind, StrategyNo, StrategySet,
};

/// The date of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Date {
    /// None yet.
    #[default]
    Open,
    /// This one.
    At(Instant),
    /// It had one, and lost it.
    Postponed,
}

impl Date {
    /// The date, where there is one.
    #[must_use]
    pub const fn at(self) -> Option<Instant> {
        match self {
            Self::At(at) => Some(at),
            Self::Open | Self::Postponed => None,
        }
    }
}

/// What is known of one of the two sessions outside its running time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionFacts {
    pub(crate) date: Date,
    /// When it started, or went on after an interruption.
    pub(crate) began_at: Option<Instant>,
    pub(crate) closed_at: Option<Instant>,
    pub(crate) accepted: SeatSet,
    pub(crate) declined: SeatSet,
    pub(crate) tentative: SeatSet,
    /// Declined early enough to be excused.
    pub(crate) apologised: SeatSet,
    /// Who chaired it at some time.
    pub(crate) facilitated: SeatSet,
    pub(crate) attended: SeatSet,
    pub(crate) excused: SeatSet,
    pub(crate) feedback: SeatSet,
    pub(crate) minutes: u16,
    pub(crate) moved: u8,
    pub(crate) facilitator: Option<Seat>,
    pub(crate) place: Option<Place>,
    /// The exception of R-11 was recorded.
    pub(crate) repeat: bool,
    /// A reason for a short gap was recorded.
    pub(crate) short_gap: bool,
}

impl SessionFacts {
    /// Its date.
    #[must_use]
    pub const fn date(&self) -> Date {
        self.date
    }

    /// When it started, or went on after an interruption; nothing before, and once it is to be held afresh.
    #[must_use]
    pub const fn began_at(&self) -> Option<Instant> {
        self.began_at
    }

    /// The day that the gap between the sessions counts from or to: when it began, or else its date.
    #[must_use]
    pub const fn day(&self) -> Option<Instant> {
        match self.began_at {
            Some(at) => Some(at),
            None => self.date.at(),
        }
    }

    /// When it closed.
    #[must_use]
    pub const fn closed_at(&self) -> Option<Instant> {
        self.closed_at
    }

    /// Where it is held.
    #[must_use]
    pub const fn place(&self) -> Option<Place> {
        self.place
    }

    /// How often its date was moved.
    #[must_use]
    pub const fn moved(&self) -> u8 {
        self.moved
    }

    /// How long it ran, in minutes, once closed.
    #[must_use]
    pub const fn minutes(&self) -> u16 {
        self.minutes
    }

    /// Who is appointed to facilitate it, or last did.
    #[must_use]
    pub const fn facilitator(&self) -> Option<Seat> {
        self.facilitator
    }

    /// Who attended it, once closed.
    #[must_use]
    pub const fn attended(&self) -> SeatSet {
        self.attended
    }

    /// Who was excused from it, once closed.
    #[must_use]
    pub const fn excused(&self) -> SeatSet {
        self.excused
    }

    /// Who declined early enough to be excused.
    #[must_use]
    pub const fn apologised(&self) -> SeatSet {
        self.apologised
    }

    /// Who chaired it at some time.
    #[must_use]
    pub const fn facilitated(&self) -> SeatSet {
        self.facilitated
    }

    /// Whether the reason for the same facilitator again is on record.
    #[must_use]
    pub const fn repeat(&self) -> bool {
        self.repeat
    }

    /// Whether a reason for a short gap is on record.
    #[must_use]
    pub const fn short_gap(&self) -> bool {
        self.short_gap
    }

    /// This member's reply to the invitation.
    #[must_use]
    pub const fn reply(&self, seat: Seat) -> Rsvp {
        if self.accepted.contains(seat) {
            Rsvp::Accepted
        } else if self.declined.contains(seat) {
            Rsvp::Declined
        } else if self.tentative.contains(seat) {
            Rsvp::Tentative
        } else {
            Rsvp::NeedsAction
        }
    }

    pub(crate) const fn hear(&mut self, seat: Seat, reply: Rsvp) {
        self.accepted.remove(seat);
        self.declined.remove(seat);
        self.tentative.remove(seat);
        match reply {
            Rsvp::NeedsAction => {}
            Rsvp::Accepted => self.accepted.insert(seat),
            Rsvp::Declined => self.declined.insert(seat),
            Rsvp::Tentative => self.tentative.insert(seat),
        }
    }

    pub(crate) const fn unreply(&mut self) {
        self.accepted = SeatSet::EMPTY;
        self.declined = SeatSet::EMPTY;
        self.tentative = SeatSet::EMPTY;
        self.apologised = SeatSet::EMPTY;
    }
}

/// A member's action plan, as a fact: its version and its strategy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// 0: none yet.
    pub(crate) version: u8,
    pub(crate) strategy: u8,
}

/// What a cycle remembers across its stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
    pub(crate) sessions: [SessionFacts; 2],
    pub(crate) promised_by: Option<Instant>,
    pub(crate) ended_at: Option<Instant>,
    pub(crate) buddies: Buddies,
    pub(crate) plans: [Plan; 16],
    pub(crate) adopted: [StrategySet; 16],
    pub(crate) logs: [u8; 16],
    pub(crate) check_ins: [u8; 16],
    pub(crate) active: SeatSet,
    pub(crate) withdrawn: SeatSet,
    pub(crate) dropped: SeatSet,
    pub(crate) waived: SeatSet,
    pub(crate) completed: SeatSet,
    pub(crate) by_report: SeatSet,
    pub(crate) anonymised: SeatSet,
    pub(crate) accepted_rules: SeatSet,
    pub(crate) oriented: SeatSet,
    pub(crate) told: SeatSet,
    pub(crate) read: SeatSet,
    pub(crate) briefed: SeatSet,
    pub(crate) practised: SeatSet,
    pub(crate) not_practised: SeatSet,
    pub(crate) debriefed: SeatSet,
    pub(crate) decided: SeatSet,
    pub(crate) reported: StrategySet,
    pub(crate) rules_version: u16,
    pub(crate) privacy: Privacy,
    /// Session 1 has started once: the group is closed and the module fixed.
    pub(crate) closed_group: bool,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            sessions: [SessionFacts::default(), SessionFacts::default()],
            promised_by: None,
            ended_at: None,
            buddies: Buddies::default(),
            plans: [Plan::default(); 16],
            adopted: [StrategySet::EMPTY; 16],
            logs: [0; 16],
            check_ins: [0; 16],
            active: SeatSet::EMPTY,
            withdrawn: SeatSet::EMPTY,
            dropped: SeatSet::EMPTY,
            waived: SeatSet::EMPTY,
            completed: SeatSet::EMPTY,
            by_report: SeatSet::EMPTY,
            anonymised: SeatSet::EMPTY,
            accepted_rules: SeatSet::EMPTY,
            oriented: SeatSet::EMPTY,
            told: SeatSet::EMPTY,
            read: SeatSet::EMPTY,
            briefed: SeatSet::EMPTY,
            practised: SeatSet::EMPTY,
            not_practised: SeatSet::EMPTY,
            debriefed: SeatSet::EMPTY,
            decided: SeatSet::EMPTY,
            reported: StrategySet::EMPTY,
            rules_version: 1,
            privacy: Privacy::Named,
            closed_group: false,
        }
    }
}

impl Ledger {
    /// What is known of this session.
    #[must_use]
    pub const fn session(&self, session: SessionKind) -> &SessionFacts {
        let [explore, reflect] = &self.sessions;
        match session {
            SessionKind::Explore => explore,
            SessionKind::Reflect => reflect,
        }
    }

    pub(crate) const fn session_mut(&mut self, session: SessionKind) -> &mut SessionFacts {
        let [explore, reflect] = &mut self.sessions;
        match session {
            SessionKind::Explore => explore,
            SessionKind::Reflect => reflect,
        }
    }

    /// Who is a member now: not withdrawn, not dropped. Whoever completed or was waived still is.
    #[must_use]
    pub const fn active(&self) -> SeatSet {
        self.active
    }

    /// Whether session 1 has started once: the group is closed and the module fixed.
    #[must_use]
    pub const fn closed_group(&self) -> bool {
        self.closed_group
    }

    /// Who completed the orientation.
    #[must_use]
    pub const fn oriented(&self) -> SeatSet {
        self.oriented
    }

    /// Who has caught up on this part of session 1; the plan is in [`with_plan`](Self::with_plan).
    #[must_use]
    pub const fn caught_up(&self, part: CatchUpPart) -> SeatSet {
        match part {
            CatchUpPart::MaterialsRead => self.read,
            CatchUpPart::BuddyBriefed => self.briefed,
        }
    }

    /// Who talked a missed session 2 over with their buddy.
    #[must_use]
    pub const fn debriefed(&self) -> SeatSet {
        self.debriefed
    }

    /// Who accepted the current ground rules.
    #[must_use]
    pub const fn accepted_rules(&self) -> SeatSet {
        self.accepted_rules
    }

    /// The current version of the ground rules.
    #[must_use]
    pub const fn rules_version(&self) -> u16 {
        self.rules_version
    }

    /// Who told a story in session 1.
    #[must_use]
    pub const fn told(&self) -> SeatSet {
        self.told
    }

    /// The version of this member's plan; 0 where there is none.
    #[must_use]
    pub fn plan_version(&self, seat: Seat) -> u8 {
        self.plans.get(seat.index()).map_or(0, |plan| plan.version)
    }

    /// The strategy this member plans to try.
    #[must_use]
    pub fn planned(&self, seat: Seat) -> Option<StrategyNo> {
        let plan = self.plans.get(seat.index()).filter(|plan| plan.version > 0)?;
        StrategyNo::new(plan.strategy)
    }

    /// Who has a plan.
    #[must_use]
    pub fn with_plan(&self) -> SeatSet {
        self.seats_where(|seat| self.plan_version(seat) > 0)
    }

    /// The weeks this member logged, one bit a week from week 1.
    #[must_use]
    pub fn logged_weeks(&self, seat: Seat) -> u8 {
        self.logs.get(seat.index()).copied().unwrap_or_default()
    }

    /// The weeks this member checked in with their buddy, one bit a week from week 1.
    #[must_use]
    pub fn checked_in_weeks(&self, seat: Seat) -> u8 {
        self.check_ins.get(seat.index()).copied().unwrap_or_default()
    }

    /// Who missed session 1 and hasn't caught up.
    #[must_use]
    pub fn behind(&self) -> SeatSet {
        let explore = self.session(SessionKind::Explore);
        if explore.closed_at.is_none() {
            return SeatSet::EMPTY;
        }
        let missed = self.active.minus(explore.attended);
        let caught_up = |seat| self.read.contains(seat) && self.briefed.contains(seat) && self.plan_version(seat) > 0;
        missed.iter().filter(|seat| !caught_up(*seat)).collect()
    }

    /// Who has reported, in session 2 or in writing.
    #[must_use]
    pub const fn reports(&self) -> SeatSet {
        self.practised.or(self.not_practised)
    }

    /// Who reported to have practised.
    #[must_use]
    pub const fn practised(&self) -> SeatSet {
        self.practised
    }

    /// Who decided on adoption.
    #[must_use]
    pub const fn decided(&self) -> SeatSet {
        self.decided
    }

    /// What this member adopted.
    #[must_use]
    pub fn adopted(&self, seat: Seat) -> StrategySet {
        self.adopted.get(seat.index()).copied().unwrap_or_default()
    }

    /// The strategies somebody reported to have tried.
    #[must_use]
    pub const fn reported_strategies(&self) -> StrategySet {
        self.reported
    }

    /// Who is whose buddy.
    #[must_use]
    pub const fn buddies(&self) -> Buddies {
        self.buddies
    }

    /// What leaves the group.
    #[must_use]
    pub const fn privacy(&self) -> Privacy {
        self.privacy
    }

    /// The day by which session 2 gets its date.
    #[must_use]
    pub const fn promised_by(&self) -> Option<Instant> {
        self.promised_by
    }

    /// When the cycle ended.
    #[must_use]
    pub const fn ended_at(&self) -> Option<Instant> {
        self.ended_at
    }

    /// Active members who have reached no end yet.
    #[must_use]
    pub const fn unfinished(&self) -> SeatSet {
        self.active.minus(self.ended())
    }

    /// Who reached an end: completed, by report or not, or was waived. It stands, also where they leave after it.
    #[must_use]
    pub const fn ended(&self) -> SeatSet {
        self.completed.or(self.by_report).or(self.waived)
    }

    /// Whose ids were erased.
    #[must_use]
    pub const fn anonymised(&self) -> SeatSet {
        self.anonymised
    }

    /// How this member stands.
    #[must_use]
    pub const fn outcome(&self, seat: Seat) -> Outcome {
        // An end that was reached stands, also where the member leaves after it.
        if self.waived.contains(seat) {
            Outcome::Waived
        } else if self.by_report.contains(seat) {
            Outcome::CompletedByReport
        } else if self.completed.contains(seat) {
            Outcome::Completed
        } else if self.withdrawn.contains(seat) {
            Outcome::Withdrawn
        } else if self.dropped.contains(seat) {
            Outcome::Dropped
        } else {
            Outcome::Enrolled
        }
    }

    pub(crate) fn seats_where(&self, holds: impl Fn(Seat) -> bool) -> SeatSet {
        self.active.iter().filter(|seat| holds(*seat)).collect()
    }
}
