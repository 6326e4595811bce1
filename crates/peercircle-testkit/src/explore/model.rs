//! The model that is explored: points, the moves there are, and where each leads. The rules are the machine's own.

use peercircle_core::{
    Actor, Command, Context, Cycle, DueKind, Event, Instant, ModuleRef, Process, Rulebook, Seat, Stage, Verdict,
};

use super::{
    bounds::{Bounds, Cost, Spent},
    key::{self, Key},
    moves,
    watch::{Step, Watchers},
};
use crate::property::{Property, Tracks};

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

/// What may happen next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Someone gives a command.
    Give {
        /// Who.
        by: Actor,
        /// What.
        command: Command,
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

/// A process with bounds, as a graph of points and moves.
///
/// # Example
/// ```
/// use peercircle_core::{Process, Stage};
/// use peercircle_testkit::explore::{Bounds, Model};
/// let model = Model::new(&Process::default(), &Bounds { members: 4, ..Bounds::default() }, &[]);
/// let start = model.start().expect("the organiser can form a cycle");
/// assert_eq!(start.cycle.stage(), Stage::Forming);
/// let next: Vec<_> = model.moves(&start).iter().filter_map(|one| model.after(&start, one)).collect();
/// assert!(!next.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct Model {
    process: Process,
    pub(super) bounds: Bounds,
    pub(super) watchers: Watchers,
    rules: Rulebook,
}

impl Model {
    /// The model of `process` within `bounds`, followed by `properties`.
    #[must_use]
    pub fn new(process: &Process, bounds: &Bounds, properties: &[Property]) -> Self {
        let mut bounds = *bounds;
        let group = &process.spec().group;
        bounds.members = bounds.members.clamp(3, 9).min(group.maximum);
        Self { watchers: Watchers::of(properties), process: process.clone(), bounds, rules: Rulebook::standard() }
    }

    /// The process.
    #[must_use]
    pub const fn process(&self) -> &Process {
        &self.process
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
    pub(super) fn forming(&self) -> Option<Move> {
        let command = Command::FormCycle {
            cycle: "c-1".parse().ok()?,
            group: "g-1".parse().ok()?,
            module: ModuleRef::new(
                "the-module".parse().ok()?,
                ["strategy-1", "strategy-2"].map(|id| id.parse().ok()).into_iter().flatten().collect(),
            )
            .ok()?,
            process: Box::new(self.process.clone()),
            previous: None,
        };
        Some(Move::Give { by: Actor::Organiser {}, command, cost: Cost::Free })
    }

    /// The point before anything has happened.
    pub(super) fn nothing(&self) -> Point {
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
        moves::of(self, point, &key::records(point, self.bounds.reductions))
    }

    /// Where a move leads; nothing where the bounds or the rules don't allow it.
    #[must_use]
    pub fn after(&self, point: &Point, taken: &Move) -> Option<Point> {
        match taken {
            Move::Wait { until, cost, .. } => {
                let spent = point.spent.and(*cost, &self.bounds)?;
                let tracks = self.watchers.wait(&point.tracks, *until);
                Some(Point { now: *until, spent, tracks, cycle: point.cycle.clone() })
            }
            Move::Give { by, command, cost } => {
                let spent = point.spent.and(*cost, &self.bounds)?;
                let context = Context::new(*by, point.now);
                let Verdict::Accepted(events) = self.rules.decide(&point.cycle, command, &context) else { return None };
                self.applied(point, (*by, command), &events, spent)
            }
        }
    }

    fn applied(&self, point: &Point, (by, command): (Actor, &Command), events: &[Event], mut spent: Spent) -> Option<Point> {
        let mut cycle = point.cycle.clone();
        for event in events {
            cycle.evolve(event).ok()?;
        }
        if cycle.stage() == Stage::Practising && point.cycle.stage() != Stage::Practising {
            // The bounds of a session hold for each.
            spent.absent = 0;
            spent.late = 0;
        }
        let step = Step { events, to: cycle.stage() };
        let tracks = self.watchers.step(&point.tracks, point, command, by.seat(), step);
        Some(Point { cycle, now: point.now, spent, tracks })
    }

    /// The rules it asks: the machine's.
    #[must_use]
    pub const fn rules(&self) -> &Rulebook {
        &self.rules
    }

    /// The key of a point: the same for points that differ in names, or in what decides nothing.
    #[must_use]
    pub fn key(&self, point: &Point) -> Key {
        let records = self.watchers.mixed(key::records(point, self.bounds.reductions), &point.tracks);
        key::key(point, &records, self.bounds.reductions) ^ self.watchers.key(&point.tracks, point.now)
    }
}

/// The member on this seat, as the models call them.
pub(crate) fn name(seat: Seat) -> &'static str {
    NAMES.get(usize::from(seat.number())).copied().unwrap_or("somebody")
}
