//! Knots: how a group gets stuck.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use peercircle_core::{Actor, CommandKind, Cycle, Stage};

use super::{
    Knot, KnotKind, KnotStep, Rescue, Standing,
    calm::Calm,
    obstacles::{Obstacle, obstacles, sentences},
    reach::Reach,
    shorten::{Steps, shorten, weight},
    ways::{LOOKED, NEAR, further, way_out},
};
use crate::{
    explore::{
        graph::Graph,
        key::Key,
        model::{Model, Move, Point},
        tale::{self, tale},
    },
    story::{self, capital},
};

/// The most knots that are told.
pub(super) const TOLD: usize = 6;
/// How often another way into a knot is compared with the one that is told.
const COMPARED: usize = 8;
/// At how many states where the same is in the way nothing is found before the others of them are taken to be alike.
const ALIKE: usize = 4;
/// At how many states of the last stage that a group reaches it is looked how far it is there.
const COMPARED_STAGE: usize = 60;
/// How often nothing is found from behind before it is given up.
const FAILED: usize = 8;

/// What was found where groups can't complete.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(super) knots: Vec<Knot>,
    pub(in crate::explore) rescues: Vec<Rescue>,
    /// What led out of it as a trouble: at which stage, by which kind of command.
    pub(in crate::explore) ways: Vec<(Stage, CommandKind)>,
    /// States beyond the graph from which cycles can be completed, as ways out that were found show.
    pub(super) completing: BTreeSet<Key>,
    /// Whether only that counts as a way out which leads to where it takes no other exception.
    pub(super) wholly: bool,
    /// How many beginnings weren't asked, because there are too many.
    pub(super) unasked: usize,
    /// Whether no cycle is completed without an exception.
    pub(super) hopeless: bool,
    /// Whether one is by a way out.
    pub(super) completes: bool,
}

/// The best way into each kind of knot, one for each thing that is in the way, and the ways out beyond the model's moves, for which
/// `most` states are asked at most.
pub(super) fn knots(model: &Model, graph: &Graph, reach: &mut Reach, most: usize) -> Found {
    asked(model, graph, reach, most).map_or_else(Found::default, Asking::told)
}

/// The ways out alone, with nothing told of the knots.
pub(super) fn ways(model: &Model, graph: &Graph, reach: &mut Reach, most: usize) -> Vec<(Stage, CommandKind)> {
    asked(model, graph, reach, most).map_or_else(Vec::new, |asking| asking.found.ways)
}

/// Asks whether anything leads on where groups are lost or stuck; nothing where none are.
fn asked<'a>(model: &'a Model, graph: &'a Graph, reach: &'a mut Reach, most: usize) -> Option<Asking<'a>> {
    let ends = reach.ends(graph);
    if ends.lost + ends.stuck == 0 {
        return None;
    }
    let found = Found { hopeless: !reach.completes(0), ..Found::default() };
    let calm = Calm::of(model, graph);
    let mut asking = Asking { model, graph, calm, reach, most, found, tangles: Vec::new(), tried: BTreeSet::new() };
    if asking.found.hopeless {
        asking.how_far();
    }
    // A way out of one state makes the next one the beginning of what is left.
    while asking.round() {}
    if asking.tried.len() == most && asking.tangles.is_empty() {
        asking.ask_from_behind();
    }
    Some(asking)
}

/// Which states were asked so far whether anything leads on.
struct Asking<'a> {
    model: &'a Model,
    graph: &'a Graph,
    calm: Calm,
    reach: &'a mut Reach,
    /// How many are asked at most.
    most: usize,
    found: Found,
    tangles: Vec<Tangle>,
    /// Which were asked, as what: out of one that was stuck may lead what ends the cycle, and it is lost then.
    tried: BTreeSet<(usize, KnotKind)>,
}

impl Asking<'_> {
    /// Asks where a group is furthest on for which nothing goes wrong: where no cycle is completed, all is a knot from the beginning.
    fn how_far(&mut self) {
        let stage =
            |at: &usize| self.graph.known.get(*at).map(|known| known.stage).filter(|stage| *stage < Stage::Completed);
        let calm: Vec<usize> = (0..self.graph.states()).filter(|at| self.calm.mishaps(*at) == 0).collect();
        let last_stage = calm.iter().map(stage).max();
        // At the same stage, where most have joined, come and had their part.
        let alike = calm.into_iter().filter(|at| Some(stage(at)) == last_stage).take(COMPARED_STAGE);
        let cycle = |at: usize| last(self.model, &self.calm.way(self.model, self.graph, at)).cycle;
        let on = |cycle: &Cycle| (further(false, cycle), cycle.ledger().active().len());
        let furthest = alike.max_by_key(|at| (on(&cycle(*at)), Reverse(*at)));
        if let Some(at) = furthest {
            while self.ask(at) {}
        }
    }

    /// Asks all beginnings of knots; whether a way out was found.
    fn round(&mut self) -> bool {
        let mut rescued = false;
        for at in self.beginnings() {
            rescued |= self.ask(at);
        }
        rescued
    }

    /// Where knots begin: states that a move leads into from a state outside, those first for which the least has to go wrong. Where
    /// no cycle is completed, only those that can't even end.
    fn beginnings(&self) -> Vec<usize> {
        let Self { graph, reach, calm, found, .. } = self;
        let begins = |at: &usize| {
            let kind = kind_of(graph, reach, *at);
            let before = calm.before(*at).and_then(|before| kind_of(graph, reach, before));
            kind.is_some() && kind != before && (!found.hopeless || kind == Some(KnotKind::Stuck))
        };
        let mut begin: Vec<usize> = (0..graph.states()).filter(begins).collect();
        begin.sort_by_key(|at| calm.mishaps(*at));
        begin
    }

    /// Asks one; whether a way out was found.
    fn ask(&mut self, at: usize) -> bool {
        let Some(kind) = kind_of(self.graph, self.reach, at) else { return false };
        if self.tried.len() >= self.most || !self.tried.insert((at, kind)) {
            return false;
        }
        let way = self.calm.way(self.model, self.graph, at);
        let Self { model, graph, reach, found, tangles, .. } = self;
        let point = last(model, &way);
        let Cause { refuses, cause } = Cause::of(model, &point);
        let mut tangle = tangles.iter_mut().find(|one| (one.kind, &one.cause) == (kind, &cause));
        // Where nothing led out of others like it, it is only looked what is near.
        let alike = tangle.as_mut().filter(|known| known.is_known(&refuses));
        let far = if alike.is_some() { NEAR } else { LOOKED };
        let out = way_out(model, graph, reach, (&point, kind), found, far);
        if let Some(tangle) = alike.filter(|_| out.is_none()) {
            let leads_out = |point: &Point| way_out(model, graph, reach, (point, kind), found, LOOKED).is_some();
            tangle.meet(model, way, point.cycle.stage(), &leads_out);
            return false;
        }
        match out {
            // Where nobody completes without an exception, there being one doesn't make it better.
            Some(out) if !found.hopeless || kind != KnotKind::Lost => {
                found.rescue(model, (graph, reach), (kind, way), (at, out));
                return true;
            }
            Some(out) => found.tell(model, (graph, reach), (kind, way.clone()), &out),
            None => {}
        }
        match tangle {
            Some(tangle) => {
                *tangle.refuses.entry(refuses).or_default() += 1;
                tangle.meet(model, way, point.cycle.stage(), &|_| false);
            }
            None => tangles.push(Tangle::of(model, kind, (cause, refuses), way)),
        }
        false
    }

    /// What is told of all that.
    fn told(mut self) -> Found {
        self.tangles.sort_by_key(|one| (one.kind, one.weight));
        for tangle in std::mem::take(&mut self.tangles).into_iter().take(TOLD) {
            let tangle = tangle.shortened(self.model, (self.graph, self.reach), &self.found);
            let hopeless = self.found.hopeless && tangle.kind == KnotKind::Lost;
            let kind = if hopeless { KnotKind::Hopeless } else { tangle.kind };
            self.found.knots.push(knot(self.model, &tangle.way, kind, tangle.also));
        }
        if self.tried.len() == self.most {
            let asked =
                |at: &usize| kind_of(self.graph, self.reach, *at).is_some_and(|kind| self.tried.contains(&(*at, kind)));
            self.found.unasked = self.beginnings().iter().filter(|at| !asked(at)).count();
        }
        self.found
    }

    /// Looks for ways out where there are too many beginnings: whatever leads out of the last states leads out of all before them.
    fn ask_from_behind(&mut self) {
        let Self { model, graph, calm, reach, found, .. } = self;
        let mut failed = 0;
        for at in (0..graph.states()).rev() {
            let Some(kind) = kind_of(graph, reach, at) else { continue };
            let way = calm.way(model, graph, at);
            match way_out(model, graph, reach, (&last(model, &way), kind), found, LOOKED) {
                Some(out) => found.rescue(model, (graph, reach), (kind, way), (at, out)),
                None => failed += 1,
            }
            if failed == FAILED {
                return;
            }
        }
    }
}

/// What is in the way; the stage where nothing is found.
struct Cause {
    /// The rule that refuses, and what.
    refuses: String,
    /// What it is in substance.
    cause: String,
}

impl Cause {
    fn of(model: &Model, point: &Point) -> Self {
        let nothing = || Self { refuses: String::new(), cause: point.cycle.stage().name().to_owned() };
        let first = obstacles(model, point).into_iter().next();
        first.map_or_else(nothing, |Obstacle { rules, cause, .. }| Self { refuses: rules, cause })
    }
}

/// States from which groups can't go on, all for the same cause.
struct Tangle {
    kind: KnotKind,
    cause: String,
    /// What was met of it at states from which nothing leads out, and at how many.
    refuses: BTreeMap<String, usize>,
    /// The way there that is told, and what it asks of whoever reads it.
    way: Steps,
    weight: (usize, usize, usize),
    /// How often another way was looked at because it is better.
    compared: usize,
    /// The other states it begins at, by stage.
    also: BTreeMap<Stage, usize>,
}

impl Tangle {
    fn of(model: &Model, kind: KnotKind, (cause, refuses): (String, String), way: Steps) -> Self {
        let (weight, refuses) = (weight(model, &way), BTreeMap::from([(refuses, 1)]));
        Self { kind, cause, refuses, way, weight, compared: 0, also: BTreeMap::new() }
    }

    /// Whether so much was asked already where the same refuses that nothing is found elsewhere either.
    fn is_known(&self, refuses: &str) -> bool {
        self.refuses.get(refuses).is_some_and(|asked| *asked >= ALIKE)
    }

    /// Another way for the same cause, which is told in place of the first where fewer mishaps lead there; where something leads
    /// out there, it is none.
    fn meet(&mut self, model: &Model, way: Steps, stage: Stage, leads_out: &dyn Fn(&Point) -> bool) {
        *self.also.entry(stage).or_default() += 1;
        let weight = weight(model, &way);
        if weight >= self.weight || self.compared >= COMPARED {
            return;
        }
        self.compared += 1;
        if !leads_out(&last(model, &way)) {
            let told = last(model, &self.way).cycle.stage();
            *self.also.entry(told).or_default() += 1;
            if let Some(more) = self.also.get_mut(&stage) {
                *more -= 1;
            }
            (self.way, self.weight) = (way, weight);
        }
    }

    /// The same, told without what it can do without.
    fn shortened(mut self, model: &Model, (graph, reach): (&Graph, &Reach), found: &Found) -> Self {
        let furthest = found.hopeless && self.kind == KnotKind::Lost;
        let end = last(model, &self.way);
        let keeps = |point: &Point| {
            (!furthest || point.cycle.stage() == end.cycle.stage())
                && find(model, graph, point).is_some_and(|at| kind_of(graph, reach, at) == Some(self.kind))
                && Cause::of(model, point).cause == self.cause
        };
        let shorter = shorten(model, model, self.way.clone(), &keeps);
        let new = last(model, &shorter);
        // Of another state it has to be known as well that nothing leads out.
        let same = furthest || model.key(&new) == model.key(&end);
        if same || way_out(model, graph, reach, (&new, self.kind), found, LOOKED).is_none() {
            self.way = shorter;
        }
        self.also.retain(|_, states| *states > 0);
        self
    }
}

/// The state that a point is.
pub(super) fn find(model: &Model, graph: &Graph, point: &Point) -> Option<usize> {
    graph.find(model.key(point)).and_then(|at| usize::try_from(at).ok())
}

pub(super) fn kind_of(graph: &Graph, reach: &Reach, at: usize) -> Option<KnotKind> {
    let ended = graph.known.get(at).is_none_or(|known| known.stage.is_terminal());
    let enough = graph.known.get(at).is_some_and(|known| known.enough);
    match (reach.ends_from(at), reach.completes(at)) {
        _ if ended => None,
        (false, _) => Some(KnotKind::Stuck),
        (true, false) if enough => Some(KnotKind::Lost),
        (true, _) => None,
    }
}

fn knot(model: &Model, way: &[(Point, Move)], kind: KnotKind, also: BTreeMap<Stage, usize>) -> Knot {
    let point = last(model, way);
    let told = tale(model, way);
    let steps = told.iter().map(|one| KnotStep {
        at: one.at,
        says: one.says.clone(),
        then: one.then.as_ref().map_or_else(Vec::new, |point| standings(model, point)),
    });
    Knot {
        kind,
        stage: point.cycle.stage(),
        moves: way.len(),
        steps: steps.collect(),
        in_the_way: sentences(model, &point),
        also,
        script: script(model, way),
    }
}

/// Where a way ends.
pub(super) fn last(model: &Model, way: &[(Point, Move)]) -> Point {
    way.last().and_then(|(point, taken)| model.after(point, taken)).unwrap_or_else(|| model.nothing())
}

/// A way as the lines of a script.
fn script(model: &Model, way: &[(Point, Move)]) -> Vec<serde_json::Value> {
    let mut lines = vec![serde_json::json!({"scenario": format!("{}: a knot", model.process().spec().name)})];
    for (point, taken) in way {
        model.follow(point, taken, &mut |before, act| {
            if let Ok(wire) = act.command.clone().named(before.cycle.roster()) {
                lines.push(serde_json::json!({"at": before.now, "by": tale::script_actor(act.by), "do": wire}));
            }
        });
    }
    let end = last(model, way);
    lines.push(serde_json::json!({"end": {"stage": end.cycle.stage()}}));
    lines
}

/// What everyone may do, those of whom the same is true together.
fn standings(model: &Model, point: &Point) -> Vec<Standing> {
    let cycle = &point.cycle;
    let members = cycle.ledger().active().iter().map(Actor::member);
    let mut standings: Vec<(Vec<String>, Vec<&'static str>)> = Vec::new();
    for actor in members.chain([Actor::Organiser {}]) {
        let allowed = model.rules().allowed(cycle, actor, point.now);
        let may: Vec<_> =
            allowed.iter().filter(|one| one.permitted && leads(one.command)).map(|one| one.command.label()).collect();
        let who = story::call_actor(cycle, actor);
        match standings.iter_mut().find(|(_, other)| *other == may) {
            Some((names, _)) => names.push(who),
            None => standings.push((vec![who], may)),
        }
    }
    standings.into_iter().map(|(names, may)| Standing { who: capital(&story::list(&names)), may }).collect()
}

/// Whether a kind of command leads anywhere: what is only noted is left out of what somebody may do in a knot.
pub(super) const fn leads(kind: CommandKind) -> bool {
    !matches!(
        kind,
        CommandKind::Reply
            | CommandKind::GiveFeedback
            | CommandKind::LogPractice
            | CommandKind::CheckIn
            | CommandKind::TightenPrivacy
            | CommandKind::MigrateProcess
            | CommandKind::ChooseModule
            | CommandKind::SetGroundRules
            | CommandKind::AnonymiseMember
            | CommandKind::AppointTimekeeper
            | CommandKind::PairBuddies
            | CommandKind::RequestRecording
            | CommandKind::AnswerRecording
            | CommandKind::StartRecording
            | CommandKind::StopRecording
            | CommandKind::WithdrawMember
    )
}
