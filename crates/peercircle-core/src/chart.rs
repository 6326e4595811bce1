//! The chart of a process: which command leads from where to where, found by asking the machine and not by drawing.
//!
//! The walk follows the path to the end of a cycle with the smallest group, and tries at each state on it, and at what that
//! leads to, every command of everyone, now and at each deadline.

mod draw;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::{
    Actor, Attendance, Command, CommandKind, Context, Cycle, Instant, KindSet, ModuleRef, Process, Round, Seat, SessionKind,
    Span, Stage, State, allowed::candidates, path::Walk, rulebook::STANDARD,
};

/// The most states of one stage whose commands are tried, and of one stage a suspended cycle was stopped at.
const MOST: usize = 150;

/// A command that leads from a stage to another, or stays there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// Where it was given.
    pub from: Stage,
    /// Where the cycle was then.
    pub to: Stage,
    /// What was given.
    pub command: CommandKind,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    name: String,
    edges: BTreeSet<Edge>,
}

impl Chart {
    /// The chart of `process`.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Chart, CommandKind, Edge, Process, Stage};
    /// let chart = Chart::of(&Process::default());
    /// let (from, to) = (Stage::StorySharing, Stage::Discussion);
    /// assert!(chart.edges().any(|edge| *edge == Edge { from, to, command: CommandKind::OpenPhase }));
    /// assert!(chart.mermaid().starts_with("stateDiagram-v2"));
    /// ```
    #[must_use]
    pub fn of(process: &Process) -> Self {
        let mut search = Search::default();
        for session_1 in [Come::Everyone, Come::Quorum] {
            search.spine(process, session_1);
        }
        search.run();
        Self { name: process.spec().name.clone(), edges: search.edges }
    }

    /// Every edge that was found, those that stay where they are included.
    pub fn edges(&self) -> impl Iterator<Item = &Edge> {
        self.edges.iter()
    }

    /// The kinds that were accepted at `stage` somewhere.
    #[must_use]
    pub fn accepted_at(&self, stage: Stage) -> KindSet {
        let mut kinds = KindSet::EMPTY;
        for edge in self.edges.iter().filter(|edge| edge.from == stage) {
            kinds.insert(edge.command);
        }
        kinds
    }
}

/// What of a state decides which commands lead where: states that agree in it are tried once.
type Key = (Stage, Option<Stage>, [u8; 14]);

/// A stage, and where it was suspended the stage before.
type Place = (Stage, Option<Stage>);

/// Who comes to session 1.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Come {
    Everyone,
    Quorum,
}

#[derive(Default)]
struct Search {
    edges: BTreeSet<Edge>,
    seen: BTreeSet<Key>,
    /// The states to try and how many were, by place: the place that was tried least comes next, so that no stage with many
    /// states keeps another waiting.
    open: BTreeMap<Place, (usize, VecDeque<Cycle>)>,
}

impl Search {
    /// The plain way from nothing to the end, with the smallest group of this process. As many as it takes come to session 2,
    /// so that somebody has to make up for it.
    fn spine(&mut self, process: &Process, session_1: Come) {
        let rules = &STANDARD;
        let mut walk = Walk::new(rules, Cycle::default(), Instant::default());
        for command in founding(process).into_iter().flatten() {
            walk.perform(&command, None, 0);
        }
        while walk.forward() {
            if session_1 == Come::Everyone && walk.cycle.stage() == Stage::ExploreGathering {
                for member in walk.cycle.ledger().active() {
                    walk.perform(&Command::MarkAttendance { member, attendance: Attendance::Present }, None, 0);
                }
            }
            // Where everyone decides in session 2, nothing is left for the stage of adoption.
            let waiting =
                walk.cycle.round().filter(|round| walk.cycle.stage() == Stage::Adoption && round.done().is_empty());
            if let (Come::Quorum, Some(member)) = (session_1, waiting.and_then(Round::first)) {
                walk.perform(&Command::PassTurn { member }, None, 0);
            }
        }
        let mut cycle = Cycle::default();
        for step in &walk.steps {
            self.attempt(&cycle, &step.command, &Context::new(step.by, step.at));
            let verdict = rules.decide(&cycle, &step.command, &Context::new(step.by, step.at));
            let _applied = verdict.events().iter().all(|event| cycle.evolve(event).is_ok());
        }
    }

    fn run(&mut self) {
        while let Some((tried, waiting)) =
            self.open.values_mut().filter(|(tried, waiting)| *tried < MOST && !waiting.is_empty()).min_by_key(|one| one.0)
        {
            *tried += 1;
            if let Some(cycle) = waiting.pop_front() {
                self.expand(&cycle);
            }
        }
    }

    fn found(&mut self, cycle: Cycle) {
        let key = key(&cycle);
        if self.seen.insert(key) {
            self.open.entry((key.0, key.1)).or_default().1.push_back(cycle);
        }
    }

    fn expand(&mut self, cycle: &Cycle) {
        let soon = cycle.last_at() + Span::seconds(1);
        let mut times: Vec<Instant> = cycle.deadlines().iter().map(|due| due.at + Span::seconds(1)).collect();
        times.retain(|at| *at > soon);
        times.push(soon);
        times.sort_unstable();
        times.dedup();
        let seats = cycle.ledger().active().iter().map(Actor::member);
        let actors: Vec<_> = [Actor::Organiser {}, Actor::Host {}].into_iter().chain(seats).collect();
        for now in times {
            for actor in &actors {
                for kind in cycle.in_reach(*actor).iter() {
                    for command in candidates(kind, cycle, *actor, now) {
                        self.attempt(cycle, &command, &Context::new(*actor, now));
                    }
                }
            }
        }
    }

    fn attempt(&mut self, cycle: &Cycle, command: &Command, context: &Context) {
        let rules = &STANDARD;
        if !rules.permits(cycle, command, context) {
            return;
        }
        let mut after = cycle.clone();
        let verdict = rules.decide(cycle, command, context);
        if verdict.events().iter().all(|event| after.evolve(event).is_ok()) {
            self.edges.insert(Edge { from: cycle.stage(), to: after.stage(), command: command.kind() });
            self.found(after);
        }
    }
}

fn key(cycle: &Cycle) -> Key {
    let suspended = if let State::Suspended(suspended) = cycle.state() { Some(suspended) } else { None };
    let votes = suspended.map_or(0, |suspended| suspended.go_on.len() + 16 * suspended.end.len());
    let (ledger, meeting, round) = (cycle.ledger(), cycle.meeting(), cycle.round());
    let dated = |session| match ledger.session(session).date() {
        crate::Date::Open => 0,
        crate::Date::At(_) => 1,
        crate::Date::Postponed => 2,
    };
    let room = cycle.in_room();
    let facts = [
        ledger.active().len(),
        ledger.unfinished().len() + 16 * ledger.behind().len(),
        room.len(),
        u8::from(ledger.accepted_rules().covers(room)),
        dated(SessionKind::Explore) * 3 + dated(SessionKind::Reflect),
        round.map_or(0, |round| round.waiting().len()),
        u8::from(round.is_some_and(|round| round.speaking().is_some())),
        meeting.map_or(0, |meeting| u8::from(meeting.pause().is_some()) + 2 * u8::from(meeting.interrupted().is_some())),
        meeting.map_or(0, |meeting| u8::from(meeting.facilitator().is_none()) + 2 * u8::from(meeting.claim().is_some())),
        meeting.map_or(0, |meeting| u8::from(meeting.quorum_lost()) + 2 * (meeting.recording() as u8)),
        u8::from(ledger.with_plan().covers(room)),
        u8::from(cycle.chair().is_some()),
        ledger.decided().len() + 16 * u8::from(!ledger.buddies().is_empty()),
        votes,
    ];
    (cycle.stage(), suspended.map(|suspended| suspended.held.stage()), facts)
}

/// What forms the smallest group, of members without a name.
fn founding(process: &Process) -> Option<Vec<Command>> {
    let module = ModuleRef::new("module".parse().ok()?, vec!["strategy".parse().ok()?]).ok()?;
    let mut commands = vec![Command::FormCycle {
        cycle: "cycle".parse().ok()?,
        group: "group".parse().ok()?,
        module,
        process: Box::new(process.clone()),
        previous: None,
    }];
    for number in (0..process.spec().group.minimum).filter_map(Seat::new) {
        commands.push(Command::EnrolMember {
            member: format!("member-{}", number.number()).parse().ok()?,
            level: "level".parse().ok()?,
            department: format!("department-{}", number.number()).parse().ok()?,
            manager: None,
        });
    }
    Some(commands)
}
