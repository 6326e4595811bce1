//! The moves there are at a point: what groups do, what may go wrong, and waiting for what matters.
//!
//! The rules decide; this only leaves out what can't be accepted anyway, and what the reductions leave out.

mod before;
mod chores;
mod counted;
mod room;
mod time;

use peercircle_core::{
    Adoption, Command, CommandKind, Context, Cycle, NoAdoptionReason, NoPracticeReason, Report, Role, Seat, SeatSet,
    SessionKind, Stage, State, SuspendReason, TerminateReason, Vote, WaiveReason, WithdrawalReason,
};

pub(super) use self::time::elapsed;
use super::{
    bounds::{Cost, Reduction},
    key::Records,
    model::{Act, Model, Move, Point},
};
use crate::walk::menu;
use peercircle_core::Actor;

/// Lists the moves at `point`.
pub(super) fn list(model: &Model, point: &Point, records: &Records, into: &mut Vec<Move>) {
    let from = into.len();
    let mut moves = Moves { model, point, cycle: &point.cycle, records, found: into };
    moves.all();
    moves.bring_about(from);
}

struct Moves<'a> {
    model: &'a Model,
    point: &'a Point,
    cycle: &'a Cycle,
    records: &'a Records,
    found: &'a mut Vec<Move>,
}

impl Moves<'_> {
    fn all(&mut self) {
        match self.cycle.state() {
            State::Unformed => self.found.extend(self.model.forming()),
            State::Forming | State::Scheduled => {
                if self.gathering_members() {
                    return;
                }
                self.before_explore();
            }
            State::Gathering(gathering) => self.doors(gathering.session()),
            State::Exploring(_) | State::Reflecting(_) => self.room(),
            State::Practising => self.practising(),
            State::Adopting => self.adopting(),
            State::Suspended(_) => self.suspended(),
            State::Completed | State::Cancelled | State::Terminated | State::Lapsed => {
                if !self.has(Reduction::Ends) {
                    let session = SessionKind::Explore;
                    self.each(self.active(), |member| Command::GiveFeedback { member, session, note: None });
                }
                return;
            }
        }
        self.noting();
        self.overdoing();
        self.leaving();
        self.stopping();
        self.waiting();
    }

    fn has(&self, reduction: Reduction) -> bool {
        self.model.reductions().has(reduction)
    }

    fn affords(&self, cost: Cost) -> bool {
        self.point.spent.and(cost, self.model.bounds()).is_some()
    }

    // --- giving -------------------------------------------------------------------------------------------------------

    fn give(&mut self, cost: Cost, command: Command) {
        self.give_after(Vec::new(), cost, command);
    }

    /// A command once these chores are done.
    fn give_after(&mut self, chores: Vec<Act>, cost: Cost, command: Command) {
        if !self.affords(cost) {
            return;
        }
        // Who gives it matters where it decides between the organiser and the group, or where a rule of the process's own looks.
        let kind = command.kind();
        let both = matches!(kind, CommandKind::ResumeCycle | CommandKind::TerminateCycle) || self.model.looks_at_who(kind);
        let cycle = self.cycle;
        let Some(first) = givers(cycle, &command).next() else { return };
        if both {
            for by in givers(cycle, &command).skip(1).chain(self.other_members(&command, first)) {
                self.found.push(Move::Give { chores: chores.clone(), act: Act { by, command: command.clone() }, cost });
            }
        }
        self.found.push(Move::Give { chores, act: Act { by: first, command }, cost });
    }

    fn free(&mut self, command: Command) {
        self.give(Cost::Free, command);
    }

    fn trouble(&mut self, command: Command) {
        self.give(Cost::Trouble, command);
    }

    fn each(&mut self, seats: SeatSet, make: impl Fn(Seat) -> Command) {
        for seat in self.kinds(seats) {
            self.free(make(seat));
        }
    }

    /// Where a rule looks at who gives a command that any member may give, those of the others of whom something else is known each.
    fn other_members(&self, command: &Command, first: Actor) -> Vec<Actor> {
        let any = self.cycle.process().roles(command.kind()).contains(Role::Member);
        if !any || !self.model.asks_about_givers(command.kind()) {
            return Vec::new();
        }
        let room = self.cycle.in_room();
        let here = if room.is_empty() { self.active() } else { room };
        let others = self.kinds(here).iter().map(Actor::member);
        others.filter(|other| *other != first && may_give(self.cycle, command.kind(), other.seat())).collect()
    }

    /// A command by one whose part it is: where a rule looks at who gives it, by one whom it lets where there is one.
    fn act(&self, command: Command) -> Option<Act> {
        let first = act(self.cycle, command)?;
        if !self.model.looks_at_who(first.command.kind()) || self.permits(&first) {
            return Some(first);
        }
        let others = self.other_members(&first.command, first.by);
        let others = givers(self.cycle, &first.command).skip(1).chain(others);
        let permitted = others.map(|by| Act { by, command: first.command.clone() }).find(|act| self.permits(act));
        Some(permitted.unwrap_or(first))
    }

    fn permits(&self, act: &Act) -> bool {
        self.model.rules().permits(self.cycle, &act.command, &Context::new(act.by, self.point.now))
    }

    // --- members ------------------------------------------------------------------------------------------------------

    fn active(&self) -> SeatSet {
        self.cycle.ledger().active()
    }

    /// What is known of this member.
    fn record(&self, seat: Seat) -> Option<u64> {
        self.records.get(usize::from(seat.number())).copied()
    }

    /// Of those of whom the same is known, one.
    fn kinds(&self, seats: SeatSet) -> SeatSet {
        kinds(self.records, seats)
    }

    fn reports(&self, member: Seat) -> Vec<Report> {
        let idle = Report::DidNotPractise { reason: NoPracticeReason::Undisclosed };
        match self.cycle.ledger().planned(member) {
            Some(strategy) if self.has(Reduction::Reasons) => vec![Report::Practised { strategies: vec![strategy] }],
            Some(strategy) => vec![Report::Practised { strategies: vec![strategy] }, idle],
            None => vec![idle],
        }
    }

    fn adoptions(&self, member: Seat) -> Vec<Adoption> {
        let none = Adoption::NoneAdopted { reason: NoAdoptionReason::Undisclosed };
        match self.cycle.ledger().planned(member) {
            Some(strategy) if self.has(Reduction::Reasons) => vec![Adoption::Adopted { strategies: vec![strategy] }],
            Some(strategy) => vec![Adoption::Adopted { strategies: vec![strategy] }, none],
            None => vec![none],
        }
    }

    // --- after the sessions ---------------------------------------------------------------------------------------------

    fn adopting(&mut self) {
        let ledger = self.cycle.ledger();
        let left = ledger.unfinished();
        let attended = ledger.session(SessionKind::Reflect).attended();
        // Who is done with the cycle may report all the same, which nothing but a property asks about.
        let reporting = if self.model.mentions(CommandKind::SubmitReport) { self.active() } else { left };
        for member in self.kinds(reporting.minus(ledger.reports())) {
            for report in self.reports(member) {
                self.free(Command::SubmitReport { member, report, note: None });
            }
        }
        let ordered = self.has(Reduction::Together);
        // In one go: whoever reports in writing talks it over next, and decides then.
        let reported = if ordered { ledger.reports() } else { left };
        self.each(left.and(reported).minus(attended).minus(ledger.debriefed()), |member| Command::RecordDebrief { member });
        let told = if ordered { attended.or(ledger.debriefed()).and(reported) } else { left };
        for member in self.kinds(left.and(told).minus(ledger.decided())) {
            for adoption in self.adoptions(member) {
                self.free(Command::DecideAdoption { member, adoption, note: None });
            }
        }
        for member in self.kinds(left) {
            self.give(self.waiving(member), Command::WaiveMember { member, reason: WaiveReason::OrganiserDecision });
        }
        self.free(Command::LapseCycle {});
    }

    /// To free a member who can't make up for session 2 any more is no trouble but the way out; and where a property speaks of it, it is
    /// what is asked.
    fn waiving(&self, member: Seat) -> Cost {
        if self.model.mentions(CommandKind::WaiveMember) {
            return Cost::Free;
        }
        let ledger = self.cycle.ledger();
        let open = |command| self.act(command).is_some_and(|act| self.permits(&act));
        let report = Report::DidNotPractise { reason: NoPracticeReason::Undisclosed };
        let reports = ledger.reports().contains(member) || open(Command::SubmitReport { member, report, note: None });
        let attended = ledger.session(SessionKind::Reflect).attended();
        let debriefs = attended.or(ledger.debriefed()).contains(member) || open(Command::RecordDebrief { member });
        if reports && debriefs { Cost::Trouble } else { Cost::Free }
    }

    fn suspended(&mut self) {
        let State::Suspended(suspended) = self.cycle.state() else { return };
        let active = self.active();
        let majority = usize::from(active.len()) / 2 + 1;
        let (on, end) = (Command::ResumeCycle {}, Command::TerminateCycle { reason: TerminateReason::GroupDecision });
        if self.has(Reduction::Together) {
            let vote = |vote: Vote| self.votes(active.iter().take(majority), vote);
            let (going_on, ending) = (vote(Vote::GoOn), vote(Vote::End));
            self.give_after(going_on, Cost::Free, on.clone());
            self.give_after(ending, Cost::Free, end.clone());
            self.free(on);
            self.free(end);
            // A group may also be of two minds.
            if suspended.votes(Vote::GoOn).is_empty() && suspended.votes(Vote::End).is_empty() && active.len() > 1 {
                let half = half(self.records, active);
                let mut split = self.votes(half.iter(), Vote::GoOn);
                split.extend(self.votes(active.minus(half).iter(), Vote::End));
                if let Some(act) = split.pop() {
                    self.found.push(Move::Give { chores: split, act, cost: Cost::Free });
                }
            }
        } else {
            for vote in [Vote::GoOn, Vote::End] {
                self.each(active.minus(suspended.votes(vote)), |member| Command::VoteOnSuspension { member, vote });
            }
            self.free(on);
            self.free(end);
        }
    }

    fn votes(&self, seats: impl Iterator<Item = Seat>, vote: Vote) -> Vec<Act> {
        seats.filter_map(|member| self.act(Command::VoteOnSuspension { member, vote })).collect()
    }

    // --- at any time --------------------------------------------------------------------------------------------------

    /// What only notes something, where a property speaks of it.
    fn noting(&mut self) {
        let noted = self.model.noted(self.cycle.stage());
        if noted.is_empty() {
            return;
        }
        let alike = self.kinds(self.active());
        for kind in noted.iter() {
            let about_one = |command: &Command| command.subject().is_none_or(|seat| alike.contains(seat));
            menu(kind, self.cycle, self.point.now).into_iter().filter(about_one).for_each(|command| self.free(command));
        }
    }

    fn leaving(&mut self) {
        if !self.affords(Cost::Leaving) {
            return;
        }
        for member in self.kinds(self.active()) {
            self.give(Cost::Leaving, Command::WithdrawMember { member, reason: WithdrawalReason::Undisclosed });
        }
    }

    fn stopping(&mut self) {
        if self.cycle.stage() == Stage::Suspended || !self.cycle.ledger().closed_group() {
            return;
        }
        // Where too few are left, to stop is no trouble but the way out.
        if self.active().len() < self.cycle.process().spec().group.minimum {
            self.free(Command::SuspendCycle { reason: SuspendReason::Request });
        }
        if !self.affords(Cost::Trouble) {
            return;
        }
        // Whatever lets a cycle go on after a breach lets it go on after any other suspension.
        let breach = self.act(Command::ReportBreach {}).filter(|act| self.permits(act));
        let hinders = [CommandKind::VoteOnSuspension, CommandKind::ResumeCycle, CommandKind::TerminateCycle];
        let alike = !hinders.into_iter().any(|kind| self.model.hinders(kind));
        if breach.is_none() || !alike || !self.has(Reduction::Reasons) {
            self.trouble(Command::SuspendCycle { reason: SuspendReason::Request });
        }
        if let Some(act) = breach {
            self.trouble(act.command);
        }
    }
}

/// Of those of whom the same is known, one.
pub(super) fn kinds(records: &Records, seats: SeatSet) -> SeatSet {
    let record = |seat: Seat| records.get(usize::from(seat.number()));
    let mut kinds = SeatSet::EMPTY;
    for seat in seats {
        if !kinds.iter().any(|other| record(other) == record(seat)) {
            kinds.insert(seat);
        }
    }
    kinds
}

/// Whether somebody has reported, so that the group is further on than if it held session 2 afresh.
pub(super) fn reported(cycle: &Cycle) -> bool {
    !cycle.ledger().reports().or(cycle.ledger().decided()).is_empty()
}

/// Half of them, by what is known of each: whatever their names, the same half.
pub(super) fn half(records: &Records, seats: SeatSet) -> SeatSet {
    let mut half = SeatSet::EMPTY;
    for _ in 0..seats.len() / 2 {
        let left = seats.minus(half).iter();
        half = left.max_by_key(|seat| records.get(usize::from(seat.number()))).map_or(half, |seat| half.with(seat));
    }
    half
}

/// One whose part it is to give this command.
fn act(cycle: &Cycle, command: Command) -> Option<Act> {
    let by = givers(cycle, &command).next()?;
    Some(Act { by, command })
}

/// Those whose part it is to give this command, one for each part, whoever it is about first.
pub(super) fn givers<'a>(cycle: &'a Cycle, command: &'a Command) -> impl Iterator<Item = Actor> + 'a {
    let may = cycle.process().roles(command.kind());
    const PARTS: [Role; 6] = [Role::Oneself, Role::Facilitator, Role::Timekeeper, Role::Organiser, Role::Member, Role::Host];
    PARTS.into_iter().filter(move |role| may.contains(*role)).filter_map(|role| giver(cycle, command, role))
}

/// One who has this part and may give this command.
fn giver(cycle: &Cycle, command: &Command, role: Role) -> Option<Actor> {
    let meeting = cycle.state().meeting();
    match role {
        Role::Oneself => command.subject().map(Actor::member),
        Role::Facilitator => cycle.chair().map(Actor::member),
        Role::Timekeeper => meeting.and_then(peercircle_core::Meeting::timekeeper).map(Actor::member),
        Role::Organiser => Some(Actor::Organiser {}),
        Role::Host => Some(Actor::Host {}),
        Role::Member => {
            let room = cycle.in_room();
            let here = if room.is_empty() { cycle.ledger().active() } else { room };
            here.iter().find(|seat| may_give(cycle, command.kind(), Some(*seat))).map(Actor::member)
        }
    }
}

/// Whoever offered to facilitate can't be the one who agrees, and whoever is gone can't say so.
fn may_give(cycle: &Cycle, kind: CommandKind, seat: Option<Seat>) -> bool {
    let but = match kind {
        CommandKind::AssentToFacilitator => {
            cycle.state().meeting().and_then(peercircle_core::Meeting::claim).map(|claim| claim.seat)
        }
        CommandKind::DeclareFacilitatorGone => cycle.chair(),
        _ => None,
    };
    but.is_none() || seat != but
}
