//! The aggregate: one run of a group through one module.

use std::sync::{Arc, OnceLock};

use crate::{
    Counted, CycleId, Gathering, Instant, Ledger, Meeting, PhaseKind, Process, Revision, Roster, Round, Seat, SeatSet,
    SessionKind, Sheet, Stage, State, Succession, TimeBox,
};

/// One run of a group through one module. Small, cheap to clone, and the same bytes for the same history.
///
/// # Example
/// ```
/// use peercircle_core::{Command, Context, Cycle, Stage, Verdict};
/// let mut cycle = Cycle::default();
/// let form: Command = Command::FormCycle {
///     cycle: "c-1".parse()?,
///     group: "g-1".parse()?,
///     module: peercircle_core::ModuleRef::new("delegation".parse()?, vec!["agree-the-result".parse()?])?,
///     process: Box::default(),
///     previous: None,
/// };
/// let verdict = cycle.decide(&form, &Context::organiser("2026-03-02T09:00:00Z".parse()?));
/// let Verdict::Accepted(events) = verdict else { panic!("refused") };
/// for event in &events {
///     cycle.evolve(event)?;
/// }
/// assert_eq!(cycle.stage(), Stage::Forming);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Cycle {
    pub(crate) process: Process,
    pub(crate) roster: Arc<Roster>,
    pub(crate) last_at: Instant,
    pub(crate) revision: Revision,
    pub(crate) ledger: Ledger,
    pub(crate) state: State,
}

impl Clone for Cycle {
    fn clone(&self) -> Self {
        let Self { process, roster, last_at, revision, ledger, state } = self;
        Self {
            process: process.clone(),
            roster: Arc::clone(roster),
            last_at: *last_at,
            revision: *revision,
            ledger: *ledger,
            state: state.clone(),
        }
    }

    /// Without counting anew who shares what both share already: whoever tries many commands at one cycle copies it often.
    fn clone_from(&mut self, source: &Self) {
        let Self { process, roster, last_at, revision, ledger, state } = source;
        if !self.process.is_same(process) {
            self.process = process.clone();
        }
        if !Arc::ptr_eq(&self.roster, roster) {
            self.roster = Arc::clone(roster);
        }
        (self.last_at, self.revision) = (*last_at, *revision);
        self.ledger = *ledger;
        match (&mut self.state, state) {
            (State::Suspended(mine), State::Suspended(theirs)) => mine.clone_from(theirs),
            // In place: no state is made to be moved.
            (State::Exploring(mine), State::Exploring(theirs)) => mine.clone_from(theirs),
            (State::Reflecting(mine), State::Reflecting(theirs)) => mine.clone_from(theirs),
            (mine, theirs) => *mine = theirs.clone(),
        }
    }
}

impl Default for Cycle {
    /// A cycle without a history.
    fn default() -> Self {
        static EMPTY: OnceLock<(Process, Arc<Roster>)> = OnceLock::new();
        let (process, roster) = EMPTY.get_or_init(Default::default).clone();
        Self { process, roster, last_at: Instant::default(), revision: 0, ledger: Ledger::default(), state: State::Unformed }
    }
}

impl Cycle {
    /// The process this cycle keeps.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// The ids behind the seats.
    #[must_use]
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// How many events it has seen.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// When the last event was; the beginning of 1970 before the first.
    #[must_use]
    pub const fn last_at(&self) -> Instant {
        self.last_at
    }

    /// Where it is, with the data of that place.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// What it remembers across its stages.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Where it is, as a stage of the chart.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.state.stage()
    }

    /// What the next cycle of the same group takes over (R-60); nothing before this one is formed.
    #[must_use]
    pub fn succession(&self) -> Option<Succession> {
        let cycle: CycleId = self.roster.cycle()?.clone();
        let chaired = SessionKind::ALL.into_iter().flat_map(|session| self.ledger.session(session).facilitated);
        let now: Vec<_> = chaired.filter_map(|seat| Some(self.roster.member(seat)?.id.clone())).collect();
        let earlier = self.roster.served_before().iter().filter(|member| !now.contains(member)).cloned();
        let mut served: Vec<_> = earlier.collect();
        for (at, member) in now.iter().enumerate() {
            // Whoever chaired both sessions counts by the later one.
            if !now.iter().skip(at + 1).any(|later| later == member) {
                served.push(member.clone());
            }
        }
        Some(Succession { cycle, stage: self.stage(), served })
    }

    /// Whom the rota suggests for this session: members who never facilitated first, then the least recent. Only a
    /// suggestion: nobody is ever appointed by it (R-12).
    #[must_use]
    pub fn rota(&self, session: SessionKind) -> Vec<Seat> {
        let mut seats: Vec<_> = self.ledger.active.iter().collect();
        let before = self.ledger.session(SessionKind::Explore).facilitated;
        seats.sort_by_key(|seat| {
            let this_cycle = session == SessionKind::Reflect && before.contains(*seat);
            let id = self.roster.member(*seat).map(|one| &one.id);
            let earlier = self.roster.served_before().iter().position(|member| Some(member) == id);
            (this_cycle, earlier.map_or(0, |at| at + 1), *seat)
        });
        seats
    }

    /// The session at hand: gathering or running.
    #[must_use]
    pub const fn session(&self) -> Option<SessionKind> {
        self.state.session()
    }

    /// The session at hand, or else the one that comes next; none after session 2.
    #[must_use]
    pub const fn session_ahead(&self) -> Option<SessionKind> {
        match self.state.session() {
            Some(session) => Some(session),
            None => match self.state {
                State::Unformed | State::Forming | State::Scheduled => Some(SessionKind::Explore),
                State::Practising => Some(SessionKind::Reflect),
                State::Gathering(Gathering { session, .. }) => Some(session),
                State::Exploring(_)
                | State::Reflecting(_)
                | State::Adopting
                | State::Completed
                | State::Cancelled
                | State::Suspended(_)
                | State::Terminated
                | State::Lapsed => None,
            },
        }
    }

    pub(crate) const fn meeting(&self) -> Option<&Meeting> {
        self.state.meeting()
    }

    pub(crate) const fn sheet(&self) -> Option<&Sheet> {
        self.state.sheet()
    }

    pub(crate) const fn round(&self) -> Option<&Round> {
        self.state.round()
    }

    pub(crate) const fn phase(&self) -> Option<PhaseKind> {
        self.state.phase()
    }

    pub(crate) const fn time_box(&self) -> Option<&TimeBox> {
        self.state.time_box()
    }

    /// Who is in the room of the session at hand.
    #[must_use]
    pub const fn in_room(&self) -> SeatSet {
        match self.sheet() {
            Some(sheet) => sheet.in_room(),
            None => SeatSet::EMPTY,
        }
    }

    /// Who holds the chair of the running session, or is appointed for the one ahead.
    #[must_use]
    pub const fn chair(&self) -> Option<Seat> {
        match self.meeting() {
            Some(meeting) => meeting.chair(),
            None => match self.session_ahead() {
                Some(session) => self.ledger.session(session).facilitator,
                None => None,
            },
        }
    }

    /// Who may come to session 2: members who attended session 1 or caught up (R-23); for session 1, every member.
    #[must_use]
    pub fn expected(&self) -> SeatSet {
        self.ledger.active.minus(self.ledger.behind())
    }

    /// A number of the cycle as it stands, as rules of a process's own count: whoever has left is counted nowhere.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Counted, Cycle};
    /// assert_eq!(Cycle::default().count(Counted::Members), 0);
    /// ```
    #[must_use]
    pub fn count(&self, of: Counted) -> u32 {
        let ledger = &self.ledger;
        match of {
            Counted::Members => ledger.active.len().into(),
            Counted::Present => self.in_room().len().into(),
            Counted::AcceptedRules => ledger.accepted_rules().and(ledger.active).len().into(),
            Counted::TurnsDone => self.round().map_or(0, |round| round.done().and(ledger.active).len().into()),
            Counted::Plans => ledger.with_plan().len().into(),
            Counted::PracticeEntries => ledger.active.iter().map(|seat| ledger.logged_weeks(seat).count_ones()).sum(),
            Counted::Reports => ledger.reports().and(ledger.active).len().into(),
            Counted::AdoptionDecisions => ledger.decided().and(ledger.active).len().into(),
        }
    }

    /// The phase before the running one that the process doesn't leave out.
    #[must_use]
    pub fn previous_phase(&self) -> Option<PhaseKind> {
        let session = self.session()?;
        let mut phase = session.before(self.phase()?)?;
        while self.process.box_seconds(session, phase) == 0 {
            phase = session.before(phase)?;
        }
        Some(phase)
    }

    /// The next phase of the running session that the process doesn't leave out.
    #[must_use]
    pub fn next_phase(&self) -> Option<PhaseKind> {
        let session = self.session()?;
        let mut phase = session.after(self.phase()?)?;
        while self.process.box_seconds(session, phase) == 0 {
            phase = session.after(phase)?;
        }
        Some(phase)
    }
}
