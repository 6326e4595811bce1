//! The model that is explored: points, the moves there are, and where each leads. The rules are the machine's own.

use std::collections::{BTreeMap, BTreeSet};

use peercircle_core::{
    Actor, Command, CommandKind, Context, Counted, Cycle, DueKind, Event, Instant, KindSet, ModuleRef, Process, Rejection,
    RuleId, Rulebook, Seat, SeatSet, Stage, TurnOrder,
};

use super::{
    asked::{
        AHEAD, APPOINTING, Doable, PAIRING, TOLD_APART, counted, counts, is_about_members, is_count, kinds_with, leaves_of,
        noted, tells_excused, too_many, wanted, with,
    },
    bounds::{Bounds, Cost, Reduction, Reductions, Spent},
    clocks::Clocks,
    key::{Key, Records, Sight},
    moves,
    watch::{Step, Watchers},
};
use crate::{
    Ruled,
    property::{Property, Tracks},
};

/// Monday, nine o'clock: every exploration begins then.
const BEGINNING: i64 = 1_772_442_000_000;

/// The names that members get, by seat.
pub(crate) const NAMES: [&str; 16] =
    ["ana", "bo", "cleo", "dan", "eve", "finn", "gus", "hana", "ida", "jon", "kim", "leo", "mia", "nils", "olga", "pia"];

/// Where an exploration stands: a cycle, the time, and how much of the bounds is used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The cycle.
    pub cycle: Cycle,
    /// The time, never before the cycle's last event.
    pub now: Instant,
    pub(super) spent: Spent,
    pub(super) tracks: Tracks,
}

/// Somebody gives a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub by: Actor,
    /// What.
    pub command: Command,
}

/// Something that a move tries.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    /// Where.
    pub(crate) here: Point,
    /// What.
    pub(crate) act: Act,
    /// Whether it was accepted.
    pub(crate) accepted: bool,
}

/// What may happen next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Someone gives a command.
    Give {
        /// What is done for it first, one after the other; what a rule refuses of it is left out.
        chores: Vec<Act>,
        /// The command.
        act: Act,
        /// What of the bounds it uses up.
        cost: Cost,
    },
    /// Time passes.
    Wait {
        /// Until when.
        until: Instant,
        /// Why it matters; nothing where a rule of the process's own does.
        why: Option<DueKind>,
        /// What of the bounds it uses up.
        cost: Cost,
    },
}

impl Move {
    /// The kind of the command that is given.
    pub(super) const fn kind(&self) -> Option<CommandKind> {
        match self {
            Self::Give { act, .. } => Some(act.command.kind()),
            Self::Wait { .. } => None,
        }
    }

    /// What is done for it first.
    pub(super) fn chores(&self) -> &[Act] {
        match self {
            Self::Give { chores, .. } => chores,
            Self::Wait { .. } => &[],
        }
    }
}

/// A process with bounds, and rules in code where there are any, as a graph of points and moves.
///
/// # Example
/// ```
/// use peercircle_core::{Process, Stage};
/// use peercircle_testkit::explore::{Bounds, Model};
/// let model = Model::new(Process::default(), &Bounds { members: 4, ..Bounds::default() }, &[]);
/// let start = model.start().expect("the organiser can form a cycle");
/// assert_eq!(start.cycle.stage(), Stage::Forming);
/// let next: Vec<_> = model.moves(&start).iter().filter_map(|one| model.after(&start, one)).collect();
/// assert!(!next.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct Model {
    under: Ruled,
    pub(super) bounds: Bounds,
    pub(super) watchers: Watchers,
    sight: Sight,
    clocks: Clocks,
    /// Kinds of which a rule of the process's own, or one in code, looks at who gives them.
    own: KindSet,
    /// Kinds that only record, and are given all the same.
    recorded: KindSet,
    /// Kinds that the process, or a rule in code, hinders in some way of its own.
    hindered: KindSet,
    /// Kinds that properties speak of.
    mentioned: KindSet,
    /// Kinds of which a property counts more than one.
    often: KindSet,
    /// Kinds that are given for their own sake, again and again.
    noted: KindSet,
    /// Kinds of which a rule of the process's own, or one in code, looks at who gives them.
    about: KindSet,
    /// Kinds of which it may matter how many have given one, and who before whom.
    apart: KindSet,
    /// Kinds that are given before anything wants them, because the right to do something hangs on them.
    early: KindSet,
    /// Kinds of which it matters how many there are, and not whose.
    by_number: KindSet,
    /// What rules of the process's own count that groups can bring about when it is wanted: which numbers, and for which kinds.
    wanted: BTreeMap<(CommandKind, Doable), BTreeSet<u32>>,
    /// So many of what groups can do are more than a rule of the process's own allows somewhere.
    too_many: BTreeSet<(Doable, u32)>,
    /// A rule of the process's own tells who is excused from who is absent.
    excused: bool,
}

impl Model {
    /// The model of a process within `bounds`, followed by `properties`.
    #[must_use]
    pub fn new(under: impl Into<Ruled>, bounds: &Bounds, properties: &[Property]) -> Self {
        Self::of(under.into(), *bounds, properties)
    }

    fn of(under: Ruled, mut bounds: Bounds, properties: &[Property]) -> Self {
        let (process, coded) = (under.process(), under.looks_at());
        let spec = process.spec();
        bounds.members = bounds.members.clamp(3, 9).max(spec.group.minimum).min(spec.group.maximum);
        for few in [&mut bounds.leaving, &mut bounds.absent, &mut bounds.late, &mut bounds.troubles] {
            *few = (*few).min(3);
        }
        // A rule that counts what was told tells it from what was passed.
        if counts(&spec.rules, Counted::TurnsDone) {
            bounds.reductions = bounds.reductions.without(Reduction::Passing);
        }
        // A rule that counts what was done in session 2 may hinder those who are further on when they hold it afresh, and to a property
        // it may matter that something comes once more.
        let further_on = [Counted::TurnsDone, Counted::Reports, Counted::AdoptionDecisions];
        if further_on.into_iter().any(|what| counts(&spec.rules, what)) || !coded.is_empty() || !properties.is_empty() {
            bounds.reductions = bounds.reductions.without(Reduction::Afresh);
        }
        // What something hinders is no chore any more that is done when it is wanted.
        let hindered = |kind: &CommandKind| {
            spec.rules.iter().any(|rule| rule.applies_to.contains(kind)) || spec.who_may.contains_key(kind)
        };
        let hindered = CommandKind::ALL.iter().copied().filter(hindered).fold(coded, with);
        let asked = spec.rules.iter().flat_map(|rule| rule.applies_to.iter().copied());
        // A rule about who speaks makes it matter who is first.
        if hindered.contains(CommandKind::StartTurn) {
            bounds.reductions = bounds.reductions.without(Reduction::Order);
            // By seats, members are told apart before anything is known of them.
            if spec.turns.order == TurnOrder::Fixed {
                bounds.reductions = bounds.reductions.without(Reduction::Names);
            }
        }
        let mentioned = properties.iter().flat_map(Property::kinds).fold(KindSet::EMPTY, with);
        // Of what a property speaks of, the moment matters, and who does it before whom.
        for (kinds, reduction) in TOLD_APART {
            if !mentioned.and(*kinds).is_empty() {
                bounds.reductions = bounds.reductions.without(*reduction);
            }
        }
        let often = counted(properties);
        let mut noted = noted(mentioned, hindered, &spec.rules);
        // Whoever accepts the ground rules again accepts new ones.
        if often.contains(CommandKind::AcceptGroundRules) {
            noted.insert(CommandKind::SetGroundRules);
        }
        // Whether one more may log is a question only where something hinders it.
        let paired = if noted.contains(CommandKind::CheckIn) { PAIRING } else { KindSet::EMPTY };
        let recorded = mentioned.or(paired).or(hindered.and(KindSet::of(&[CommandKind::LogPractice])));
        let looks = |kind: &CommandKind| coded.contains(*kind) || mentioned.contains(*kind);
        let [counted, about_members] = [is_count, is_about_members].map(|is| kinds_with(&spec.rules, is));
        let (clocks, excused) = (Clocks::of(&spec.rules), leaves_of(&spec.rules).any(tells_excused));
        // Where the right to do something hangs on who facilitates, that is settled before.
        let chaired = spec.who_may.keys().copied().fold(about_members, with);
        // It is whoever facilitates who asks somebody to keep the time.
        let chair_first =
            !chaired.and(AHEAD).is_empty() || !coded.is_empty() || noted.contains(CommandKind::AppointTimekeeper);
        let early = if chair_first { APPOINTING } else { KindSet::EMPTY };
        let looked_at = CommandKind::ALL.iter().copied().filter(looks).fold(about_members, with);
        Self {
            apart: counted.or(looked_at),
            by_number: counted.minus(looked_at),
            early,
            wanted: wanted(&spec.rules),
            too_many: too_many(&spec.rules),
            excused,
            noted,
            often,
            about: about_members.or(coded),
            watchers: Watchers::of(properties),
            sight: Sight::of(process, &bounds, &clocks, [mentioned, coded]),
            clocks,
            bounds,
            own: asked.fold(coded, with),
            recorded,
            hindered,
            mentioned,
            under,
        }
    }

    /// The same model, where these kinds are given by everyone whose part it is.
    pub(crate) fn asking_who(self, kinds: &[CommandKind]) -> Self {
        // Who is whose buddy decides who may record a debrief.
        let paired = if kinds.contains(&CommandKind::RecordDebrief) { PAIRING } else { KindSet::EMPTY };
        Self { own: kinds.iter().copied().fold(self.own, with), recorded: self.recorded.or(paired), ..self }
    }

    /// From now on states are told apart by what these kinds ask for as well, which lead on as exceptions beyond the bounds; whether
    /// that is new.
    pub(super) fn tell_apart(&mut self, exceptions: KindSet) -> bool {
        let before = self.sight.exceptions;
        self.sight.exceptions = before.or(exceptions);
        self.sight.exceptions != before
    }

    /// The same model within other bounds.
    pub(super) fn within(&self, bounds: &Bounds) -> Self {
        Self { bounds: *bounds, ..self.clone() }
    }

    /// The process.
    #[must_use]
    pub const fn process(&self) -> &Process {
        self.under.process()
    }

    /// The bounds, as far as the process has room for them.
    #[must_use]
    pub const fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// The point just after the cycle was formed; nothing where the process lets nobody form one.
    #[must_use]
    pub fn start(&self) -> Option<Point> {
        let point = Point {
            cycle: Cycle::default(),
            now: Instant::from_unix_millis(BEGINNING).unwrap_or_default(),
            spent: Spent::default(),
            tracks: self.watchers.start(),
        };
        self.after(&point, &self.forming()?)
    }

    /// The move that forms the cycle.
    pub(crate) fn forming(&self) -> Option<Move> {
        let strategies = ["strategy-1", "strategy-2"].map(|id| id.parse().ok());
        let command = Command::FormCycle {
            cycle: "c-1".parse().ok()?,
            group: "g-1".parse().ok()?,
            module: ModuleRef::new("the-module".parse().ok()?, strategies.into_iter().flatten().collect()).ok()?,
            process: Box::new(self.process().clone()),
            previous: None,
        };
        Some(Move::Give { chores: Vec::new(), act: Act { by: Actor::Organiser {}, command }, cost: Cost::Free })
    }

    /// The point before anything has happened.
    pub(crate) fn nothing(&self) -> Point {
        Point {
            cycle: Cycle::default(),
            now: Instant::from_unix_millis(BEGINNING).unwrap_or_default(),
            spent: Spent::default(),
            tracks: self.watchers.start(),
        }
    }

    /// What may be tried at `point`. Of members of whom the same is known, one stands for all, unless that reduction is off; a
    /// rule may still refuse.
    #[must_use]
    pub fn moves(&self, point: &Point) -> Vec<Move> {
        self.moves_of(point, &self.records(point))
    }

    /// What may be tried at a point with these records.
    pub(super) fn moves_of(&self, point: &Point, records: &Records) -> Vec<Move> {
        let mut moves = Vec::new();
        self.list(point, records, &mut moves);
        moves
    }

    /// Lists what may be tried at a point with these records.
    pub(super) fn list(&self, point: &Point, records: &Records, into: &mut Vec<Move>) {
        moves::list(self, point, records, into);
    }

    /// Where a move leads; nothing where the bounds or the rules don't allow it.
    #[must_use]
    pub fn after(&self, point: &Point, taken: &Move) -> Option<Point> {
        self.follow(point, taken, &mut |_, _| {})
    }

    /// Where a move leads, `tell` being told of every command that is accepted on the way, and where it was given.
    pub(super) fn follow(&self, point: &Point, taken: &Move, tell: &mut dyn FnMut(&Point, &Act)) -> Option<Point> {
        match taken {
            Move::Wait { until, cost, .. } => {
                let spent = point.spent.and(*cost, &self.bounds)?;
                let tracks = self.watchers.wait(&point.tracks, *until);
                Some(Point { now: *until, spent, tracks, cycle: point.cycle.clone() })
            }
            Move::Give { chores, act, cost } => {
                let spent = point.spent.and(*cost, &self.bounds)?;
                let mut reached: Option<Point> = None;
                for chore in chores {
                    let here = reached.as_ref().unwrap_or(point);
                    if let Some(events) = self.accepted(here, chore) {
                        tell(here, chore);
                        self.apply(&mut reached, point, chore, &events)?;
                    }
                }
                let here = reached.as_ref().unwrap_or(point);
                let events = self.accepted(here, act)?;
                tell(here, act);
                self.apply(&mut reached, point, act, &events)?;
                let mut reached = reached?;
                self.spend(&mut reached, spent);
                Some(reached)
            }
        }
    }

    /// Everything that a move tries, one after the other, and whether it was accepted; and where it leads.
    pub(crate) fn tried(&self, point: &Point, taken: &Move) -> (Vec<Tried>, Option<Point>) {
        let Move::Give { chores, act, .. } = taken else { return (Vec::new(), self.after(point, taken)) };
        let mut reached: Option<Point> = None;
        let mut tried = Vec::with_capacity(chores.len() + 1);
        for act in chores.iter().chain([act]) {
            let here = reached.as_ref().unwrap_or(point).clone();
            let events = self.accepted(&here, act);
            let accepted = events.is_some_and(|events| self.apply(&mut reached, point, act, &events).is_some());
            tried.push(Tried { here, act: act.clone(), accepted });
        }
        (tried, self.after(point, taken))
    }

    /// The rules that refuse a move's command, once its chores are done.
    pub(super) fn refused_by(&self, point: &Point, taken: &Move) -> Vec<RuleId> {
        let (tried, _) = self.tried(point, taken);
        tried.last().map_or_else(Vec::new, |last| self.refusals(last).iter().map(Rejection::rule).collect())
    }

    /// What refuses what was tried.
    pub(crate) fn refusals(&self, tried: &Tried) -> Vec<Rejection> {
        let context = Context::new(tried.act.by, tried.here.now);
        self.rules().refusals(&tried.here.cycle, &tried.act.command, &context)
    }

    /// The events of a command at a point; nothing where a rule refuses it.
    pub(super) fn accepted(&self, point: &Point, act: &Act) -> Option<Vec<Event>> {
        self.rules().accepted(&point.cycle, &act.command, &Context::new(act.by, point.now))
    }

    /// Whether nothing refuses a command at a point.
    pub(super) fn permits(&self, point: &Point, act: &Act) -> bool {
        self.rules().permits(&point.cycle, &act.command, &Context::new(act.by, point.now))
    }

    /// What a command does to the point reached so far, `start` where it is the first.
    fn apply(&self, reached: &mut Option<Point>, start: &Point, act: &Act, events: &[Event]) -> Option<()> {
        self.carry_out(reached.get_or_insert_with(|| start.clone()), act, events)
    }

    /// Where a command at a point leads, in place of whatever `next` was, where no property looks on; whether it was accepted.
    /// `events` are room for its events.
    pub(super) fn lead(&self, point: &Point, act: &Act, next: &mut Point, events: &mut Vec<Event>) -> bool {
        let context = Context::new(act.by, point.now);
        (next.now, next.spent) = (point.now, point.spent);
        self.rules().carry_out(&point.cycle, &act.command, &context, &mut next.cycle, events)
    }

    /// The events of a move; none where the bounds or the rules don't allow it.
    pub(super) fn events(&self, point: &Point, taken: &Move) -> Vec<Event> {
        let mut all = Vec::new();
        let led = self.follow(point, taken, &mut |here, act| all.extend(self.accepted(here, act).unwrap_or_default()));
        if led.is_some() { all } else { Vec::new() }
    }

    /// Where the same events lead from `point`, in place of whatever `next` was, where no property looks on; whether they can
    /// happen there. They are told anew as happening now.
    pub(super) fn repeat(&self, point: &Point, events: &mut [Event], next: &mut Point) -> bool {
        (next.now, next.spent) = (point.now, point.spent);
        next.cycle.clone_from(&point.cycle);
        events.iter_mut().all(|event| {
            (event.seq, event.at) = (next.cycle.revision() + 1, point.now);
            next.cycle.evolve(event).is_ok()
        })
    }

    /// What a command does to a point, in place.
    fn carry_out(&self, point: &mut Point, act: &Act, events: &[Event]) -> Option<()> {
        let from = point.cycle.stage();
        for event in events {
            point.cycle.evolve(event).ok()?;
        }
        let to = point.cycle.stage();
        self.watchers.step(point, &act.command, act.by.seat(), Step { events, from, to });
        Some(())
    }

    /// What of the bounds is used up once a move that costs so much has led to `point`, which still has what was before.
    pub(super) fn spend(&self, point: &mut Point, spent: Spent) {
        point.spent = self.sight.renewed(spent, point.cycle.state());
    }

    /// The rules it asks: the machine's, and those in code.
    #[must_use]
    pub const fn rules(&self) -> &Rulebook {
        self.under.rules()
    }

    /// The process and the rules it is explored under.
    #[must_use]
    pub const fn under(&self) -> &Ruled {
        &self.under
    }

    /// The key of a point: the same for points that differ in names, or in what decides nothing.
    #[must_use]
    pub fn key(&self, point: &Point) -> Key {
        self.key_of(point, &self.records(point))
    }

    /// How many a running session has begun without, as long as they may come: that somebody is late goes wrong then, and not once
    /// they are here.
    pub(super) fn missing(&self, cycle: &Cycle) -> u8 {
        self.sight.missing(cycle)
    }

    /// Of members of whom the same is known, one.
    pub(crate) fn alike(&self, point: &Point) -> SeatSet {
        moves::kinds(&self.records(point), point.cycle.ledger().active())
    }

    /// A command by somebody whose part it is, one whom the rules let where there is one; nothing where it is nobody's.
    pub(crate) fn by_somebody(&self, point: &Point, command: Command) -> Option<Act> {
        let all: Vec<Act> = moves::givers(&point.cycle, &command).map(|by| Act { by, command: command.clone() }).collect();
        let permitted = all.iter().find(|act| self.permits(point, act));
        permitted.or_else(|| all.first()).cloned()
    }

    /// What is known of each member, that which properties know included.
    pub(super) fn records(&self, point: &Point) -> Records {
        let mut records = [0; 16];
        self.record(point, &mut records);
        records
    }

    /// What is known of each member, in place of whatever was.
    pub(super) fn record(&self, point: &Point, records: &mut Records) {
        self.sight.record(&point.cycle, point.spent, records);
        if !self.watchers.properties().is_empty() {
            self.watchers.mix(records, point);
        }
    }

    pub(super) fn key_of(&self, point: &Point, records: &Records) -> Key {
        self.sight.key(&point.cycle, point.now, point.spent, records) ^ self.watchers.key(point)
    }

    /// The key of `point` at another time, with what else is used up by then, and what is known of the members of it, where no
    /// property looks on.
    pub(super) fn key_when(&self, point: &Point, now: Instant, spent: Spent, records: &Records) -> (Key, Records) {
        let mut known = *records;
        if spent != point.spent {
            self.sight.record(&point.cycle, spent, &mut known);
        }
        (self.sight.key(&point.cycle, now, spent, &known), known)
    }

    pub(super) const fn reductions(&self) -> Reductions {
        self.bounds.reductions
    }

    /// Whether a rule of the process's own, or one in code, looks at commands of this kind, and perhaps at who gives them.
    pub(super) const fn looks_at_who(&self, kind: CommandKind) -> bool {
        self.own.contains(kind)
    }

    /// Whether the process, or a rule in code, hinders this kind in some way of its own.
    pub(super) const fn hinders(&self, kind: CommandKind) -> bool {
        self.hindered.contains(kind)
    }

    /// Whether a kind is done when something wants it, and not before: nothing hinders it then that wouldn't earlier, and no
    /// property speaks of it.
    pub(super) const fn chore(&self, kind: CommandKind) -> bool {
        self.bounds.reductions.has(Reduction::Chores)
            && !self.hindered.contains(kind)
            && !self.mentioned.contains(kind)
            && !self.early.contains(kind)
    }

    /// Whether what members do each for themselves may be done in one go by all who may: of this kind, how many have done it
    /// doesn't matter.
    pub(super) const fn together(&self, kind: CommandKind) -> bool {
        self.bounds.reductions.has(Reduction::Together) && !self.apart.contains(kind)
    }

    /// Whether of this kind it matters only how many there are.
    pub(super) const fn by_number(&self, kind: CommandKind) -> bool {
        self.by_number.contains(kind)
    }

    /// The numbers that rules of the process's own ask for before they let a command of this kind pass, or no longer do.
    pub(super) fn wanted(&self, kind: CommandKind) -> impl Iterator<Item = (Doable, &BTreeSet<u32>)> {
        self.wanted.iter().filter(move |((of, _), _)| *of == kind).map(|((_, what), numbers)| (*what, numbers))
    }

    /// How many of what groups can do are more than a rule of the process's own allows somewhere.
    pub(super) const fn too_many(&self) -> &BTreeSet<(Doable, u32)> {
        &self.too_many
    }

    /// Whether rules of the process's own count anything that can be brought about when it is wanted.
    pub(super) fn wants(&self) -> bool {
        !self.wanted.is_empty()
    }

    /// Whether a rule of the process's own tells who is excused from who is absent.
    pub(super) const fn tells_excused(&self) -> bool {
        self.excused
    }

    /// Whether a rule of the process's own, or one in code, looks at who gives commands of this kind.
    pub(super) const fn asks_about_givers(&self, kind: CommandKind) -> bool {
        self.about.contains(kind)
    }

    /// Whether a property speaks of this kind.
    pub(super) const fn mentions(&self, kind: CommandKind) -> bool {
        self.mentioned.contains(kind)
    }

    /// Whether a property counts more than one of this kind, so that what was done is done again.
    pub(super) const fn again(&self, kind: CommandKind) -> bool {
        self.often.contains(kind)
    }

    /// Whether it matters how many weeks are logged: a rule of the process's own counts them, or a property does.
    pub(super) fn counts_weeks(&self) -> bool {
        let often = [CommandKind::LogPractice, CommandKind::CheckIn].into_iter().any(|kind| self.often.contains(kind));
        often || self.counts(Counted::PracticeEntries)
    }

    /// Whether rules of the process's own count this.
    pub(super) fn counts(&self, what: Counted) -> bool {
        counts(&self.process().spec().rules, what)
    }

    /// The bounds on elapsed time of the process's own rules.
    pub(super) const fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    /// Kinds that nothing in a process waits for, and that are given at a stage because a property speaks of them, or a rule asks for
    /// what comes of them.
    pub(super) fn noted(&self, stage: Stage) -> KindSet {
        self.noted.and(KindSet::at_stage(stage))
    }

    /// Whether a running cycle can always be suspended and ended early.
    pub(super) const fn stops(&self) -> bool {
        !self.hindered.contains(CommandKind::SuspendCycle) && !self.hindered.contains(CommandKind::TerminateCycle)
    }

    /// Whether a kind that only records something is given.
    pub(super) const fn records_kind(&self, kind: CommandKind) -> bool {
        self.recorded.contains(kind) || !self.bounds.reductions.has(Reduction::Records)
    }
}

/// The member on this seat, as the models call them.
pub(crate) fn name(seat: Seat) -> &'static str {
    NAMES.get(usize::from(seat.number())).copied().unwrap_or("somebody")
}
