//! What an exploration answers: whether groups can get stuck, what is dead, what is broken, and how far the claim goes.

mod agenda;
mod calm;
mod capped;
mod causes;
mod dead;
mod display;
mod knots;
mod obstacles;
mod reach;
mod shorten;
mod ways;
mod witness;

use std::collections::{BTreeMap, BTreeSet};

use peercircle_core::{CommandKind, Instant, KindSet, Stage};
use serde::Serialize;

pub(crate) use self::display::grouped;
pub(super) use self::reach::Reach;
pub use self::{agenda::OffPlan, capped::Capped};
use self::{
    dead::{Probe, dead, unreached},
    knots::{Found, knots, ways},
};
#[cfg(feature = "page")]
pub(crate) use self::{display::looked_for_ways, witness::HISTORIES};
use super::{
    bounds::Bounds,
    coded::{self, Doubt, InCode},
    graph::{Graph, Known},
    model::Model,
    search::Stopped,
};
use crate::story::Line;

/// The answer of an exploration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The name of the process.
    pub process: String,
    /// How far it looked.
    pub bounds: Bounds,
    /// Where no group grew as large as the bounds say, although all was seen: how large they grew, and what lets nobody else join.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capped: Option<Capped>,
    /// Why it ended before everything was seen; nothing where all was.
    pub stopped: Option<Stopped>,
    /// States found, names apart.
    pub states: usize,
    /// Moves between them.
    pub moves: usize,
    /// The longest shortest way to a state, in moves.
    pub depth: usize,
    /// The most bytes the states took, with those to look at next; what was worked out of them afterwards is no part of it.
    pub bytes: usize,
    /// How cycles can end, and how many states can still end so; nothing where a part only was seen, which may end as the rest does.
    pub ends: Option<Ends>,
    /// The ways to get stuck: of each kind and cause the story with the fewest mishaps, and the moves that it takes.
    pub knots: Vec<Knot>,
    /// The ways out that only an exception opens.
    pub rescues: Vec<Rescue>,
    /// The states where groups come to be lost or stuck that weren't asked whether an exception leads on: they are too many.
    pub unasked: usize,
    /// What of the planned agenda a rule of the process's own, or one in code, refuses because of the time, nothing going wrong.
    pub off_plan: Vec<OffPlan>,
    /// Stages of the chart that no cycle reaches, those the process leaves out aside.
    pub unreached: Vec<Stage>,
    /// What refuses the way to them, in sentences without a full stop: of several after one another, to the first.
    pub unreached_because: BTreeMap<Stage, Vec<String>>,
    /// Kinds of command that nobody can ever give.
    pub dead: Vec<CommandKind>,
    /// What refuses each of them, in sentences without a full stop; nothing where it is only that groups don't come so far.
    pub dead_because: BTreeMap<CommandKind, Vec<String>>,
    /// What the rules of the table, of the process and in code did where they were asked.
    pub rules: Vec<RuleUse>,
    /// What is known of the rules in code; nothing where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_code: Option<InCode>,
    /// The properties that were followed.
    pub properties: Vec<PropertyAnswer>,
    /// Which command led from where to where, and how often.
    pub flow: Vec<Flow>,
    /// States at a stage.
    pub stages: BTreeMap<Stage, usize>,
}

/// How many states can still end in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ends {
    /// States from which the cycle can still be completed.
    pub complete: usize,
    /// States of a group that has fallen below its minimum: it can only end early.
    pub early: usize,
    /// States of a group that is large enough and can't complete any more.
    pub lost: usize,
    /// States that can't end at all.
    pub stuck: usize,
}

/// A way to get stuck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Knot {
    /// How bad it is.
    pub kind: KnotKind,
    /// The stage at which the last way out was passed.
    pub stage: Stage,
    /// How many moves lead there.
    pub moves: usize,
    /// A history that leads there, with nothing that it can do without; with its last step it is too late.
    pub steps: Vec<KnotStep>,
    /// What is in the way of going on, in sentences without a full stop: where, what refuses, by which rule, and what would help.
    pub in_the_way: Vec<String>,
    /// How many further states the same thing stops groups at, by stage.
    pub also: BTreeMap<Stage, usize>,
    /// The history as a script that `peercircle run` replays, line by line.
    pub script: Vec<serde_json::Value>,
}

impl Knot {
    /// The history in sentences.
    #[must_use]
    pub fn story(&self) -> Vec<Line> {
        self.steps.iter().map(|step| Line { at: step.at, says: step.says.clone() }).collect()
    }

    /// The step after which it is too late.
    #[must_use]
    pub fn too_late(&self) -> Option<&KnotStep> {
        self.steps.last()
    }
}

/// A step of a history that gets stuck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnotStep {
    /// When.
    pub at: Instant,
    /// What happened, a sentence without a full stop.
    pub says: String,
    /// Who could do what then; nobody within what several sentences sum up.
    pub then: Vec<Standing>,
}

/// A way out that groups don't take by themselves: an exception, or one thing more gone wrong than the bounds allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rescue {
    /// Where it is needed.
    pub stage: Stage,
    /// How a group gets there, and the way out: with nothing that they can do without.
    pub story: Vec<Line>,
    /// What is in the way of going on without an exception, in sentences without a full stop, as with [`Knot::in_the_way`].
    pub in_the_way: Vec<String>,
    /// The way out.
    pub way_out: Vec<Line>,
    /// Where one is then, a sentence without a full stop.
    pub ends: String,
    /// What is given on the way out beside what is always given.
    pub by: Vec<CommandKind>,
    /// The other stages at which the same helps.
    pub also: BTreeSet<Stage>,
}

/// How bad a knot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KnotKind {
    /// The cycle can't even end.
    Stuck,
    /// The group is large enough, and its cycle can't be completed.
    Lost,
    /// Within the bounds no group completes its cycle: it is told how far one gets that has no troubles at all.
    Hopeless,
}

/// What somebody can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Who.
    pub who: String,
    /// What they may do, as in "to ...".
    pub may: Vec<&'static str>,
}

/// What a rule did where it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleUse {
    /// Its name, such as `R-21`.
    pub rule: String,
    /// How often it looked.
    pub looked: usize,
    /// How often it refused.
    pub refused: usize,
    /// How often it alone refused.
    pub alone: usize,
    /// Whether it is the process's own, or one in code.
    pub own: bool,
    /// The rules that refused most often with it, where it is one of these and never refused alone.
    pub company: Vec<String>,
}

/// How a property fared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PropertyAnswer {
    /// Its id.
    pub property: String,
    /// What it says.
    pub says: String,
    /// A history that breaks it: the shortest of those for which nothing goes wrong, or else of all.
    pub broken: Option<Vec<Line>>,
    /// Why it can't be told whether it holds; nothing where it is broken, and where it holds in all that was seen.
    pub untold: Option<String>,
}

/// A command's way from a stage to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Flow {
    /// From.
    pub from: Stage,
    /// To.
    pub to: Stage,
    /// By.
    pub command: CommandKind,
    /// How many moves do it.
    pub moves: usize,
}

impl Answer {
    /// Whether everything was seen and no group can get stuck, nothing is dead, every property holds, and no rule in code gives reason
    /// to doubt it.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.stopped.is_none()
            && self.ends.is_some_and(|ends| ends.lost + ends.stuck == 0 && ends.complete > 0)
            && self.dead.is_empty()
            && self.unreached.is_empty()
            && self.idle_rules().next().is_none()
            && self.doubts().is_empty()
            && self.properties.iter().all(|property| property.broken.is_none() && property.untold.is_none())
    }

    /// Why nothing of this can be relied on, where rules in code look at what states are not told apart by.
    #[must_use]
    pub fn doubts(&self) -> &[Doubt] {
        self.in_code.as_ref().map_or(&[], |code| &code.doubts)
    }

    /// Rules of the process's own, and in code, that never refused, or never alone: something else always refuses with them.
    pub fn idle_rules(&self) -> impl Iterator<Item = &RuleUse> {
        self.rules.iter().filter(|rule| self.stopped.is_none() && rule.own && rule.alone == 0)
    }

    /// The kinds that are dead because groups don't come so far, not because something refuses them.
    pub(crate) fn dead_further_on(&self) -> Vec<CommandKind> {
        let untold = |kind: &CommandKind| self.dead_because.get(kind).is_none_or(Vec::is_empty);
        self.dead.iter().copied().filter(untold).collect()
    }

    /// What it holds for, in sentences without a full stop: the bounds, with groups no larger than the process lets them grow.
    #[must_use]
    pub fn assumed(&self) -> Vec<String> {
        let mut says = self.bounds.say();
        if let (Some(capped), Some(size)) = (&self.capped, says.first_mut()) {
            *size = capped.say(self.bounds.members);
        }
        says
    }

    /// Bytes a state.
    #[must_use]
    pub fn bytes_a_state(&self) -> usize {
        self.bytes.checked_div(self.states).unwrap_or_default()
    }
}

/// The kinds that lead on as exceptions where a group is lost, as far as a few such states tell.
pub(super) fn exceptions(model: &Model, graph: &Graph, reach: &Reach) -> KindSet {
    let ways = ways(model, graph, &mut reach.clone(), TRIED_FIRST);
    KindSet::of(&ways.into_iter().map(|(_, kind)| kind).collect::<Vec<_>>())
}

/// How many states are asked for a way out before states are told apart by what those that were found ask for.
const TRIED_FIRST: usize = 24;
/// The most states at which a way out is looked for.
const TRIED: usize = 8000;

/// How many states there are at each stage.
fn counted(all: &[Known]) -> BTreeMap<Stage, usize> {
    let mut counts = [0; Stage::ALL.len()];
    for known in all {
        if let Some(count) = counts.get_mut(known.stage as usize) {
            *count += 1;
        }
    }
    Stage::ALL.iter().copied().zip(counts).filter(|(_, count)| *count > 0).collect()
}

/// The answer that a graph gives, properties aside.
pub(super) fn answer(model: &Model, graph: &Graph, mut reach: Reach) -> Answer {
    let stages = counted(&graph.known);
    let mut probe = Probe::of(model, graph);
    let whole = graph.stopped.is_none();
    let mut unreached = if whole { unreached(model, &stages) } else { Vec::new() };
    if whole {
        witness::hear(model, &mut probe, &mut unreached);
    }
    let Found { knots, rescues, unasked, completes, .. } =
        if whole { knots(model, graph, &mut reach, TRIED) } else { Found::default() };
    unreached.retain(|stage| *stage != Stage::Completed || !completes);
    let dead = if whole { dead(&probe) } else { Vec::new() };
    let dead_because = causes::of_dead(model, &graph.samples, &dead, &unreached);
    let flow = graph.ways().map(|(from, command, to, moves)| Flow { from, to, command, moves });
    Answer {
        process: model.process().spec().name.clone(),
        bounds: *model.bounds(),
        capped: if whole { Capped::of(model, graph) } else { None },
        stopped: graph.stopped,
        states: graph.states(),
        moves: graph.edges.len(),
        depth: graph.depth,
        bytes: graph.most_bytes,
        ends: whole.then(|| reach.ends(graph)),
        knots,
        rescues,
        unasked,
        off_plan: if whole { agenda::off_plan(model, graph) } else { Vec::new() },
        unreached_because: causes::of_unreached(model, &graph.samples, &unreached),
        unreached,
        dead_because,
        dead,
        rules: probe.rules(),
        in_code: coded::look_after(model, graph),
        properties: Vec::new(),
        flow: flow.collect(),
        stages,
    }
}
