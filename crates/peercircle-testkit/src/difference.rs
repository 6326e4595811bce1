//! Two processes beside each other: what one allows and the other refuses, with the shortest witness each way, and what the change
//! would have meant for recorded cycles.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::ControlFlow,
};

use peercircle_core::{Command, CommandKind, Cycle, Event, Instant, Process, ReplayError, Verdict};
use serde::Serialize;

use crate::{
    explore::{Act, Bounds, Cost, Model, Move, Point, Progress, Tried, Watch, grouped, lines, tale},
    recorded,
    story::{self, Line},
};

/// What two processes differ in, as far as it shows within the bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The name of the one.
    pub one: String,
    /// The name of the other.
    pub other: String,
    /// How far it looked.
    pub bounds: Bounds,
    /// Pairs of states that were looked at.
    pub pairs: usize,
    /// Whether everything within the bounds was looked at.
    pub complete: bool,
    /// What one of them refuses and the other doesn't, the shortest witnesses first.
    pub witnesses: Vec<Witness>,
}

/// A history after which one process refuses what the other accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Witness {
    /// The command.
    pub command: CommandKind,
    /// The process that accepts it.
    pub accepted_by: Which,
    /// The rules by which the other refuses.
    pub refused_by: Vec<String>,
    /// What the other says to it.
    pub says: Vec<String>,
    /// The shortest history that shows it, the command itself last.
    pub story: Vec<Line>,
}

/// One of two processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The first.
    One,
    /// The second.
    Other,
}

/// Gives the same commands to a group under each of two processes, breadth-first, as long as both accept.
///
/// # Example
/// ```
/// use peercircle_core::{CommandKind, Process};
/// use peercircle_testkit::{difference::{Which, difference}, explore::{Bounds, quietly}};
/// let mut spec = Process::default().spec().clone();
/// spec.group.minimum = 5;
/// let stricter = Process::new(spec)?;
/// let bounds = Bounds { members: 4, leaving: 0, absent: 0, late: 0, states: 2000, ..Bounds::default() };
/// let found = difference(&Process::default(), &stricter, &bounds, &mut quietly);
/// let first = &found.witnesses[0];
/// assert_eq!((first.command, first.accepted_by), (CommandKind::ScheduleSession, Which::One));
/// assert_eq!(first.refused_by, ["R-05"]);
/// # Ok::<(), peercircle_core::ProcessIssues>(())
/// ```
#[must_use]
pub fn difference(one: &Process, other: &Process, bounds: &Bounds, watch: &mut Watch<'_>) -> Difference {
    let models = [one, other].map(|process| Model::new(process, bounds, &[]));
    let [first, second] = &models;
    let mut search =
        Search { first, second, nodes: Vec::new(), layer: Vec::new(), seen: BTreeSet::new(), found: BTreeMap::new() };
    if let (Some(a), Some(b)) = (first.start(), second.start()) {
        search.add(None, a, b);
    }
    let mut complete = true;
    let mut depth = 0;
    while !search.layer.is_empty() {
        for (at, a, b) in std::mem::take(&mut search.layer) {
            search.look(at, &a, &b);
        }
        depth += 1;
        let pairs = search.nodes.len();
        let progress = Progress { states: pairs, ahead: search.layer.len(), depth, bytes: pairs * size_of::<Node>() };
        if pairs >= bounds.states || progress.bytes >= bounds.memory || watch(&progress) == ControlFlow::Break(()) {
            complete = search.layer.is_empty();
            break;
        }
    }
    let mut witnesses: Vec<_> = search.found.into_values().collect();
    witnesses.sort_by_key(|(depth, _)| *depth);
    Difference {
        one: one.spec().name.clone(),
        other: other.spec().name.clone(),
        bounds: *first.bounds(),
        pairs: search.nodes.len(),
        complete,
        witnesses: witnesses.into_iter().map(|(_, witness)| witness).collect(),
    }
}

/// How a pair was come to: from which, by what.
struct Node {
    from: Option<u32>,
    step: Option<Move>,
    depth: usize,
}

struct Search<'a> {
    first: &'a Model,
    second: &'a Model,
    nodes: Vec<Node>,
    layer: Vec<(u32, Point, Point)>,
    seen: BTreeSet<(u128, u128)>,
    found: BTreeMap<(Which, CommandKind, Vec<String>), (usize, Witness)>,
}

impl Search<'_> {
    fn add(&mut self, from: Option<(u32, Move)>, a: Point, b: Point) {
        if !self.seen.insert((self.first.key(&a), self.second.key(&b))) {
            return;
        }
        let depth = from.as_ref().and_then(|(at, _)| self.node(*at)).map_or(0, |node| node.depth + 1);
        let at = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let (from, step) = from.map_or((None, None), |(at, step)| (Some(at), Some(step)));
        self.nodes.push(Node { from, step, depth });
        self.layer.push((at, a, b));
    }

    fn node(&self, at: u32) -> Option<&Node> {
        usize::try_from(at).ok().and_then(|at| self.nodes.get(at))
    }

    fn look(&mut self, at: u32, a: &Point, b: &Point) {
        let mut moves = self.first.moves(a);
        for step in self.second.moves(b) {
            if !moves.contains(&step) {
                moves.push(step);
            }
        }
        for step in moves {
            let (one, after_one) = self.first.tried(a, &step);
            let (other, after_other) = self.second.tried(b, &step);
            // The first thing that one lets them do and the other doesn't; beyond, the two are no more in the same place.
            match one.iter().zip(&other).find(|(one, other)| one.accepted != other.accepted) {
                Some((one, other)) if one.accepted => self.witness(Which::One, at, &step, one, other),
                Some((one, other)) => self.witness(Which::Other, at, &step, other, one),
                None => {
                    if let (Some(a), Some(b)) = (after_one, after_other) {
                        self.add(Some((at, step)), a, b);
                    }
                }
            }
        }
    }

    /// What was accepted here and refused there, on the way of `step`.
    fn witness(&mut self, accepted_by: Which, at: u32, step: &Move, accepted: &Tried, refused: &Tried) {
        let (accepts, refuses) = match accepted_by {
            Which::One => (self.first, self.second),
            Which::Other => (self.second, self.first),
        };
        let refusals = refuses.refusals(refused);
        let refused_by: Vec<_> = refusals.iter().map(|no| no.rule().name(refuses.process())).collect();
        let command = accepted.act.command.kind();
        let key = (accepted_by, command, refused_by.clone());
        if self.found.contains_key(&key) {
            return;
        }
        let says = refusals.iter().map(|no| no.say(&refused.here.cycle)).collect();
        let depth = self.node(at).map_or(0, |node| node.depth);
        let story = self.told(accepts, at, step, &accepted.act);
        self.found.insert(key, (depth, Witness { command, accepted_by, refused_by, says, story }));
    }

    /// The way to `at` and on by `step` as far as `last`, as it goes under the process that accepts it.
    fn told(&self, accepts: &Model, at: u32, step: &Move, last: &Act) -> Vec<Line> {
        let mut steps = Vec::new();
        let mut here = self.node(at);
        while let Some(node) = here {
            steps.extend(node.step.clone());
            here = node.from.and_then(|from| self.node(from));
        }
        let mut way = Vec::new();
        let Some(mut point) = accepts.start() else { return Vec::new() };
        way.extend(accepts.forming().map(|form| (accepts.nothing(), form)));
        for step in steps.into_iter().rev() {
            let Some(next) = accepts.after(&point, &step) else { break };
            way.push((std::mem::replace(&mut point, next), step));
        }
        if let Move::Give { chores, .. } = step {
            let chores = chores.iter().take_while(|chore| *chore != last).cloned().collect();
            way.push((point, Move::Give { chores, act: last.clone(), cost: Cost::Free }));
        }
        lines(&tale(accepts, &way))
    }
}

/// What a process would have meant for recorded cycles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Impact {
    /// The name of the process.
    pub process: String,
    /// How many cycles were looked at.
    pub cycles: usize,
    /// The first command of each that would have been refused.
    pub refused: Vec<Refused>,
    /// The numbers of cycles with events that no command of today writes; they were looked at up to there.
    pub unread: Vec<usize>,
}

/// A recorded command that would have been refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The number of the cycle, from 0 in the order they were given.
    pub cycle: usize,
    /// When it was given.
    pub at: Instant,
    /// The command.
    pub command: CommandKind,
    /// The rules that refuse it.
    pub rules: Vec<String>,
}

/// Lives recorded cycles again under another process, and says where each would have met a "no" first.
///
/// # Errors
/// [`ReplayError`] with the number of the cycle that doesn't replay.
pub fn impact(process: &Process, histories: &[Vec<Event>]) -> Result<Impact, (usize, ReplayError)> {
    let mut impact =
        Impact { process: process.spec().name.clone(), cycles: histories.len(), refused: Vec::new(), unread: Vec::new() };
    for (number, history) in histories.iter().enumerate() {
        let mut cycle = Cycle::default();
        for decision in recorded::decisions(history) {
            let decision = decision.map_err(|error| (number, error))?;
            let Some(mut command) = decision.command else {
                impact.unread.push(number);
                break;
            };
            if let Command::FormCycle { process: formed, .. } = &mut command {
                **formed = process.clone();
            }
            match cycle.decide(&command, &decision.context) {
                Verdict::Accepted(events) => {
                    for event in &events {
                        cycle.evolve(event).map_err(|error| (number, error))?;
                    }
                }
                Verdict::Refused(refusals) => {
                    let rules = refusals.all().iter().map(|no| no.rule().name(process)).collect();
                    let (at, command) = (decision.context.now, command.kind());
                    impact.refused.push(Refused { cycle: number, at, command, rules });
                    break;
                }
                Verdict::Duplicate { .. } => {}
            }
        }
    }
    Ok(impact)
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |which: Which| match which {
            Which::One => (&self.one, &self.other),
            Which::Other => (&self.other, &self.one),
        };
        if self.witnesses.is_empty() {
            writeln!(f, "{} and {} allow the same.", self.one, self.other)?;
        }
        for witness in &self.witnesses {
            let (accepts, refuses) = names(witness.accepted_by);
            let (label, rules) = (witness.command.label(), witness.refused_by.join(", "));
            writeln!(f, "{accepts} lets them {label}, {refuses} doesn't ({rules}):")?;
            story::write_lines(f, &witness.story)?;
            for line in &witness.says {
                writeln!(f, "  {refuses}: {line}")?;
            }
            writeln!(f)?;
        }
        let seen = if self.complete { "all of what the bounds allow" } else { "a part of what the bounds allow" };
        writeln!(f, "{} pairs of states looked at, {seen}: {}.", grouped(self.pairs), self.bounds.say().join("; "))
    }
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} of {} recorded cycles would have been refused something under {}.",
            self.refused.len(),
            self.cycles,
            self.process
        )?;
        for one in &self.refused {
            writeln!(f, "  cycle {} at {}: {} ({})", one.cycle + 1, one.at, one.command.label(), one.rules.join(", "))?;
        }
        Ok(())
    }
}
