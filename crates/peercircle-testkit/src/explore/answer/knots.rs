//! Knots: how a group gets stuck, and the ways out that groups don't take by themselves.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use peercircle_core::{
    Actor, Adoption, Command, CommandKind, Context, Cycle, DueKind, KindSet, NoAdoptionReason, PathStep, Rejection,
    SessionKind, Stage, State,
};

use super::{Knot, KnotKind, KnotStep, Rescue, Standing, reach::Reach};
use crate::{
    explore::{
        bounds::{Bounds, Cost, Reduction},
        graph::Graph,
        key::inside,
        model::{Act, Model, Move, Point},
        tale::{self, tale},
    },
    story::{self, capital},
    walk::{actors, menu},
};

/// The most knots that are told.
const TOLD: usize = 6;
/// The most points that are looked at for a way out at each cost, and the most it may cost: so many exceptions.
pub(crate) const LOOKED: usize = 400;
pub(crate) const DEAREST: usize = 4;
/// How often nothing is found from behind before it is given up.
const FAILED: usize = 8;

/// What was found where groups can't complete.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(super) knots: Vec<Knot>,
    pub(in crate::explore) rescues: Vec<Rescue>,
    /// What led out of it as a trouble: at which stage, by which kind of command.
    pub(in crate::explore) ways: Vec<(Stage, CommandKind)>,
    /// How many beginnings weren't asked, because there are too many.
    pub(super) unasked: usize,
}

/// The shortest way into each kind of knot, one for each thing that is in the way, and the ways out beyond the model's moves, for
/// which `most` states are asked at most.
pub(super) fn knots(model: &Model, graph: &Graph, reach: &mut Reach, most: usize) -> Found {
    let mut found = Found::default();
    let ends = reach.ends(graph);
    if ends.lost + ends.stuck == 0 {
        return found;
    }
    let hopeless = !reach.completes(0);
    let mut seen = BTreeSet::new();
    let mut tried = BTreeSet::new();
    // A way out of one state makes the next one the beginning of what is left.
    loop {
        let before = tried.len();
        let mut rescued = false;
        for at in beginnings(graph, reach, hopeless) {
            let Some(kind) = kind_of(graph, reach, at).filter(|_| tried.len() < most && !tried.contains(&at)) else {
                continue;
            };
            tried.insert(at);
            let stage = graph.known.get(at).map_or(Stage::Unformed, |known| known.stage);
            let way = graph.way(model, u32::try_from(at).unwrap_or_default());
            let point = last(model, &way);
            let obstacles = obstacles(model, &point);
            let cause = (kind, obstacles.first().map_or_else(|| stage.name().to_owned(), |first| first.rules.clone()));
            if seen.contains(&cause) {
                continue;
            }
            let out = way_out(model, graph, reach, (&point, kind), &found.ways);
            match out {
                // Where nobody completes without an exception, there being one doesn't make it better.
                Some(out) if !hopeless || kind != KnotKind::Lost => {
                    rescued = true;
                    reach.rescue(graph, at, out.completes);
                    found.rescue(model, &way, out);
                    continue;
                }
                Some(out) => found.tell(model, &way, &out),
                None => {}
            }
            seen.insert(cause);
            if found.knots.len() < TOLD {
                let kind = if hopeless && kind == KnotKind::Lost { KnotKind::Hopeless } else { kind };
                found.knots.push(knot(model, &way, kind, &obstacles));
            }
        }
        if !rescued || tried.len() == before {
            break;
        }
    }
    found.knots.sort_by_key(|knot| (knot.kind, knot.moves));
    if tried.len() == most {
        if found.knots.is_empty() {
            from_behind(model, graph, reach, &mut found);
        }
        found.unasked = beginnings(graph, reach, hopeless).iter().filter(|at| !tried.contains(at)).count();
    }
    found
}

/// Looks for ways out where there are too many beginnings: whatever leads out of the last states leads out of all before them.
fn from_behind(model: &Model, graph: &Graph, reach: &mut Reach, found: &mut Found) {
    let mut failed = 0;
    for at in (0..graph.states()).rev() {
        let Some(kind) = kind_of(graph, reach, at) else { continue };
        let way = graph.way(model, u32::try_from(at).unwrap_or_default());
        match way_out(model, graph, reach, (&last(model, &way), kind), &found.ways) {
            Some(out) => {
                reach.rescue(graph, at, out.completes);
                found.rescue(model, &way, out);
            }
            None => failed += 1,
        }
        if failed == FAILED {
            return;
        }
    }
}

impl Found {
    /// A way out of where `way` leads.
    fn rescue(&mut self, model: &Model, way: &[(Point, Move)], mut out: Way) {
        out.ways.retain(|way| !self.ways.contains(way));
        if !out.ways.is_empty() || self.ways.is_empty() && self.rescues.is_empty() {
            self.tell(model, way, &out);
        }
        self.ways.extend(out.ways);
    }

    fn tell(&mut self, model: &Model, way: &[(Point, Move)], out: &Way) {
        if self.rescues.len() < TOLD {
            let stage = last(model, way).cycle.stage();
            let (story, way_out) = (tale::lines(&tale(model, way)), tale::lines(&tale(model, &out.taken)));
            self.rescues.push(Rescue { stage, story, way_out });
        }
    }
}

/// Where knots begin: states that a move leads into from a state outside. Where no cycle can ever complete, that is from the very
/// beginning, and what is told is how far a group gets that has no troubles at all.
fn beginnings(graph: &Graph, reach: &Reach, hopeless: bool) -> Vec<usize> {
    let mut begin: Vec<usize> = (0..graph.states())
        .filter(|at| {
            let before = graph.from.get(*at).and_then(|(from, _)| usize::try_from(*from).ok()).filter(|from| from != at);
            kind_of(graph, reach, *at)
                .is_some_and(|kind| before.is_none_or(|from| kind_of(graph, reach, from) != Some(kind)))
        })
        .collect();
    if hopeless {
        let plain =
            |at: &usize| graph.known.get(*at).is_some_and(|known| known.plain) && kind_of(graph, reach, *at).is_some();
        let stage = |at: usize| graph.known.get(at).map(|known| known.stage).filter(|stage| *stage < Stage::Completed);
        let furthest = (0..graph.states()).filter(plain).max_by_key(|at| (stage(*at), Reverse(*at)));
        begin.retain(|at| kind_of(graph, reach, *at) == Some(KnotKind::Stuck));
        begin.splice(0..0, furthest);
    }
    begin
}

fn kind_of(graph: &Graph, reach: &Reach, at: usize) -> Option<KnotKind> {
    let ended = graph.known.get(at).is_none_or(|known| known.stage.is_terminal());
    let enough = graph.known.get(at).is_some_and(|known| known.enough);
    match (reach.ends_from(at), reach.completes(at)) {
        _ if ended => None,
        (false, _) => Some(KnotKind::Stuck),
        (true, false) if enough => Some(KnotKind::Lost),
        (true, _) => None,
    }
}

/// A way on from a knot: whatever the rules let anyone do.
struct Way {
    taken: Vec<(Point, Move)>,
    /// What of it the model's moves don't have.
    ways: Vec<(Stage, CommandKind)>,
    end: Point,
    /// Whether it leads out of the knot, and whether the cycle can be completed from there.
    out: bool,
    completes: bool,
}

/// Looks for the way out that costs least; the ways that lead out elsewhere cost nothing.
fn way_out(
    model: &Model,
    graph: &Graph,
    reach: &Reach,
    (from, kind): (&Point, KnotKind),
    open_ways: &[(Stage, CommandKind)],
) -> Option<Way> {
    let bounds = model.bounds();
    let generous = model.within(&Bounds {
        troubles: u8::MAX,
        late: bounds.late.saturating_add(1),
        reductions: bounds.reductions.without(Reduction::Afresh),
        ..*bounds
    });
    // What the cheapest way so far to each point costs.
    let mut cheapest = BTreeMap::from([(model.key(from), 0)]);
    // Of ways that cost the same, first the one that leads out, and then the one that is further on.
    let start = Way { taken: Vec::new(), ways: Vec::new(), end: from.clone(), out: false, completes: false };
    let mut open = BTreeMap::from([((0, Reverse([0; 3]), 0), start)]);
    let (mut found, mut looked) = (0, [0; DEAREST + 1]);
    while let Some(((costs, _, _), here)) = open.pop_first() {
        if here.out {
            return Some(here);
        }
        let Some(looked) = looked.get_mut(costs) else { break };
        let point = &here.end;
        // So much at each cost, or what costs more would never be looked at: a whole session can be held at none.
        if *looked == LOOKED || cheapest.get(&model.key(point)).is_some_and(|cheapest| *cheapest < costs) {
            continue;
        }
        *looked += 1;
        let usual = model.moves(point);
        let mut moves: Vec<(Move, usize)> =
            generous.moves(point).into_iter().filter_map(|taken| free(taken, &usual)).collect();
        if here.taken.is_empty() {
            moves.extend(everything(model, point).into_iter().map(|taken| (taken, 2)));
        }
        for (taken, cost) in moves {
            let Some(end) = model.after(point, &taken) else { continue };
            let mut ways = here.ways.clone();
            let mut costs = costs + cost;
            if let Some(kind) = taken.kind().filter(|_| cost > 0) {
                let way = (point.cycle.stage(), kind);
                if open_ways.contains(&way) {
                    costs -= cost;
                } else {
                    ways.push(way);
                }
            }
            let key = model.key(&end);
            if cheapest.get(&key).is_some_and(|cheapest| *cheapest <= costs) {
                continue;
            }
            cheapest.insert(key, costs);
            let known = graph.find(key).and_then(|at| usize::try_from(at).ok());
            let stage = end.cycle.stage();
            let completes = stage == Stage::Completed || known.is_some_and(|at| reach.completes(at));
            let ends = stage.is_terminal() || known.is_some_and(|at| reach.ends_from(at));
            let out = completes || kind == KnotKind::Stuck && ends;
            let mut way = here.taken.clone();
            way.push((point.clone(), taken));
            found += 1;
            let on = if out { [u8::MAX; 3] } else { further(&way, &end.cycle) };
            open.insert((costs, Reverse(on), found), Way { taken: way, ways, end, out, completes });
        }
    }
    None
}

/// How far a way has come: whether it begins a session afresh, which is a step back that must not count as one; the stage; and how
/// many have had their part in it.
fn further(way: &[(Point, Move)], end: &Cycle) -> [u8; 3] {
    let (state, ledger) = (inside(end.state()), end.ledger());
    let had = match (state, state.round()) {
        (_, Some(round)) => round.done().or(round.passed()),
        (State::Gathering(gathering), None) => gathering.sheet().attended(),
        (_, None) => ledger.reports(),
    };
    let afresh = way.iter().any(|(_, taken)| taken.kind() == Some(CommandKind::RestartSession));
    let stage = state.stage();
    [afresh.into(), if stage.is_terminal() { 0 } else { stage as u8 }, had.len() + ledger.decided().len()]
}

/// The move at no cost, and whether it had one or isn't a usual one; nothing of somebody's leaving, which never was a way out, and
/// nothing of waiting until an interrupted session can only be held afresh: it can be at once.
fn free(taken: Move, usual: &[Move]) -> Option<(Move, usize)> {
    match taken {
        Move::Wait { why: Some(DueKind::ResumeUntil {}), .. } if !usual.contains(&taken) => None,
        Move::Give { cost: Cost::Leaving | Cost::Absent, .. } => None,
        Move::Give { chores, act, cost } => {
            let kind = Some(act.command.kind());
            let early = kind == Some(CommandKind::RestartSession) && !usual.iter().any(|other| other.kind() == kind);
            Some((Move::Give { chores, act, cost: Cost::Free }, usize::from(cost != Cost::Free || early)))
        }
        Move::Wait { until, why, cost } => {
            Some((Move::Wait { until, why, cost: Cost::Free }, usize::from(cost != Cost::Free)))
        }
    }
}

/// Everything that anyone may do here.
fn everything(model: &Model, point: &Point) -> Vec<Move> {
    let mut moves = Vec::new();
    for kind in KindSet::at_stage(point.cycle.stage()).iter().filter(|kind| leads(*kind)) {
        for command in menu(kind, &point.cycle, point.now) {
            let permitted = |by: &Actor| model.rules().permits(&point.cycle, &command, &Context::new(*by, point.now));
            if let Some(by) = actors(&point.cycle).into_iter().find(permitted) {
                moves.push(Move::Give { chores: Vec::new(), act: Act { by, command: command.clone() }, cost: Cost::Free });
            }
        }
    }
    moves
}

fn knot(model: &Model, way: &[(Point, Move)], kind: KnotKind, obstacles: &[Obstacle]) -> Knot {
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
        in_the_way: obstacles.iter().map(|one| one.says.clone()).collect(),
        script: script(model, way),
    }
}

/// Where a way ends.
fn last(model: &Model, way: &[(Point, Move)]) -> Point {
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
const fn leads(kind: CommandKind) -> bool {
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

/// Something in the way of going on.
struct Obstacle {
    /// The rules that refuse, and what.
    rules: String,
    says: String,
}

/// What the way on ends at, however far the known steps lead.
fn obstacles(model: &Model, point: &Point) -> Vec<Obstacle> {
    let mut cycle = point.cycle.clone();
    let mut now = point.now;
    for _ in 0..16 {
        let Some((goal, by)) = goal(&cycle) else { break };
        match model.rules().path_to(&cycle, &goal, &Context::new(by, now)) {
            Ok(steps) => {
                let last = PathStep { by, at: steps.last().map_or(now, |step| step.at.max(now)), command: goal };
                for step in steps.into_iter().chain([last]) {
                    let verdict = model.rules().decide(&cycle, &step.command, &Context::new(step.by, step.at));
                    for event in verdict.events() {
                        if cycle.evolve(event).is_err() {
                            return Vec::new();
                        }
                    }
                    now = step.at.max(now);
                }
            }
            Err(no) => {
                let to = no.stuck_at.kind().label();
                let say = |one: &Rejection| {
                    let rule = one.rule().name(cycle.process());
                    let says =
                        format!("to {to}: {} ({rule}). What helps: {}", one.say(&no.reached), one.remedy(&no.reached));
                    Obstacle { rules: format!("{to} {rule}"), says }
                };
                return no.stuck.iter().map(say).collect();
            }
        }
    }
    Vec::new()
}

/// What the group is on its way to next, and who would do it; nothing once only decisions are left.
fn goal(cycle: &Cycle) -> Option<(Command, Actor)> {
    let chair = cycle.chair().or_else(|| cycle.ledger().active().first()).map_or(Actor::Organiser {}, Actor::member);
    match cycle.state() {
        State::Suspended(_) => Some((Command::ResumeCycle {}, Actor::Organiser {})),
        State::Forming | State::Scheduled | State::Practising | State::Gathering(_) => {
            Some((Command::StartSession {}, chair))
        }
        State::Exploring(_) | State::Reflecting(_) => {
            let meeting = cycle.state().meeting()?;
            let room = cycle.in_room();
            match (meeting.facilitator(), meeting.claim()) {
                (None, Some(claim)) => {
                    let other = room.without(claim.seat).first()?;
                    Some((Command::AssentToFacilitator {}, Actor::member(other)))
                }
                (None, None) => {
                    let before = cycle.ledger().session(SessionKind::Explore).facilitated();
                    let member = room.minus(before).first().or_else(|| room.first())?;
                    Some((Command::ClaimFacilitation { member, exception: None }, Actor::member(member)))
                }
                (Some(_), _) => Some((Command::CloseSession {}, chair)),
            }
        }
        State::Adopting => {
            let member = cycle.ledger().unfinished().minus(cycle.ledger().decided()).first()?;
            let adoption = Adoption::NoneAdopted { reason: NoAdoptionReason::Undisclosed };
            Some((Command::DecideAdoption { member, adoption, note: None }, Actor::member(member)))
        }
        State::Unformed | State::Completed | State::Cancelled | State::Terminated | State::Lapsed => None,
    }
}
