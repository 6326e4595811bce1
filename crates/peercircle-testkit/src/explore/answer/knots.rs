//! Knots: how a group gets stuck, and the ways out that groups don't take by themselves.

use std::collections::{BTreeSet, VecDeque};

use peercircle_core::{Actor, Command, CommandKind, Context, Cycle, KindSet, PhaseKind, Rejection, Stage, State};

use super::{Knot, KnotKind, KnotStep, Rescue, Standing, reach::Reach};
use crate::{
    explore::{
        bounds::{Bounds, Cost},
        model::{Act, Model, Move, Point},
        search::Graph,
        tale::{self, tale},
    },
    story::{self, capital},
    walk::{actors, menu},
};

/// The most knots that are told.
const TOLD: usize = 6;
/// The most states at which a way out is looked for.
const TRIED: usize = 40;
/// The most points that are looked at for a way out.
const LOOKED: usize = 250;

/// The shortest way into each kind of knot, one for each stage at which it begins, and the ways out beyond the model's moves.
pub(super) fn knots(model: &Model, graph: &Graph, reach: &mut Reach) -> (Vec<Knot>, Vec<Rescue>) {
    let mut seen = BTreeSet::new();
    let (mut knots, mut rescues): (Vec<Knot>, Vec<Rescue>) = (Vec::new(), Vec::new());
    let mut tried = 0;
    // Where it is too late from the beginning, the story goes as far as a group gets.
    if let Some(kind) = kind_of(graph, reach, 0) {
        let way = graph.way(model, furthest(graph, reach, kind));
        return (vec![knot(model, &way, kind)], rescues);
    }
    for at in 0..graph.keys.len() {
        let Some(kind) = kind_of(graph, reach, at) else { continue };
        // Only where it begins: from a knot one gets to further states of the same knot.
        let before = graph.from.get(at).and_then(|(from, _)| usize::try_from(*from).ok()).filter(|from| *from != at);
        let stage = graph.stages.get(at).copied().unwrap_or(Stage::Unformed);
        if before.is_some_and(|from| kind_of(graph, reach, from) == Some(kind)) || seen.contains(&(kind, stage)) {
            continue;
        }
        let way = graph.way(model, u32::try_from(at).unwrap_or_default());
        let point = last(model, &way);
        tried += 1;
        let out = if tried <= TRIED { way_out(model, graph, reach, &point, kind) } else { None };
        match out {
            Some((out, completes)) => {
                reach.rescue(at, completes);
                let says = tale::lines(&tale(model, &out));
                let same = |one: &Rescue| one.way_out.last().map(|line| &line.says) == says.last().map(|line| &line.says);
                if !rescues.iter().any(same) && rescues.len() < TOLD {
                    rescues.push(Rescue { stage, story: tale::lines(&tale(model, &way)), way_out: says });
                }
            }
            None => {
                seen.insert((kind, stage));
                if knots.len() < TOLD {
                    knots.push(knot(model, &way, kind));
                }
            }
        }
    }
    knots.sort_by_key(|knot| (knot.kind, knot.moves));
    (knots, rescues)
}

/// The first state of the latest stage that a group comes to in such a knot.
fn furthest(graph: &Graph, reach: &Reach, kind: KnotKind) -> u32 {
    let mut furthest = (Stage::Unformed, 0);
    for (at, stage) in (0..).zip(&graph.stages) {
        let later = *stage > furthest.0 && *stage != Stage::Suspended;
        if later && usize::try_from(at).is_ok_and(|at| kind_of(graph, reach, at) == Some(kind)) {
            furthest = (*stage, at);
        }
    }
    furthest.1
}

fn kind_of(graph: &Graph, reach: &Reach, at: usize) -> Option<KnotKind> {
    let ended = graph.stages.get(at).is_none_or(|stage| stage.is_terminal());
    let enough = graph.enough.get(at).copied().unwrap_or_default();
    match (reach.ends_from(at), reach.completes(at)) {
        _ if ended => None,
        (false, _) => Some(KnotKind::Stuck),
        (true, false) if enough => Some(KnotKind::Lost),
        (true, _) => None,
    }
}

/// A way out that the model's moves don't have: whatever the rules let anyone do, whatever it costs.
fn way_out(model: &Model, graph: &Graph, reach: &Reach, from: &Point, kind: KnotKind) -> Option<(Vec<(Point, Move)>, bool)> {
    let generous = model.within(&Bounds { troubles: u8::MAX, ..*model.bounds() });
    let mut seen = BTreeSet::from([model.key(from)]);
    let mut open: VecDeque<(Point, Vec<(Point, Move)>)> = VecDeque::from([(from.clone(), Vec::new())]);
    let mut looked = 0;
    while let Some((point, way)) = open.pop_front() {
        looked += 1;
        if looked > LOOKED {
            break;
        }
        let mut moves: Vec<Move> = generous.moves(&point).into_iter().filter_map(free).collect();
        if way.len() < 2 {
            moves.extend(everything(model, &point));
        }
        for taken in moves {
            let Some(next) = model.after(&point, &taken) else { continue };
            let key = model.key(&next);
            if !seen.insert(key) {
                continue;
            }
            let known = graph.find(key).and_then(|at| usize::try_from(at).ok());
            let stage = next.cycle.stage();
            let completes = known.is_some_and(|at| reach.completes(at));
            let ends = stage.is_terminal() || known.is_some_and(|at| reach.ends_from(at));
            let mut way = way.clone();
            way.push((point.clone(), taken));
            if completes || kind == KnotKind::Stuck && ends {
                return Some((way, completes));
            }
            open.push_back((next, way));
        }
    }
    None
}

/// The move at no cost; nothing of somebody's leaving, which never was a way out.
fn free(taken: Move) -> Option<Move> {
    match taken {
        Move::Give { cost: Cost::Leaving, .. } => None,
        Move::Give { chores, act, cost: _ } => Some(Move::Give { chores, act, cost: Cost::Free }),
        Move::Wait { until, why, cost: _ } => Some(Move::Wait { until, why, cost: Cost::Free }),
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

fn knot(model: &Model, way: &[(Point, Move)], kind: KnotKind) -> Knot {
    let point = last(model, way);
    let told = tale(model, way);
    let steps = told.iter().map(|one| KnotStep { at: one.at, says: one.says.clone(), then: standings(&one.then) });
    Knot {
        kind,
        stage: point.cycle.stage(),
        moves: way.len(),
        steps: steps.collect(),
        in_the_way: in_the_way(&point),
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
fn standings(point: &Point) -> Vec<Standing> {
    let cycle = &point.cycle;
    let members = cycle.ledger().active().iter().map(Actor::member);
    let mut standings: Vec<(Vec<String>, Vec<&'static str>)> = Vec::new();
    for actor in members.chain([Actor::Organiser {}]) {
        let allowed = cycle.allowed(actor, point.now);
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

/// What the way on ends at, in words.
fn in_the_way(point: &Point) -> Vec<String> {
    let cycle = &point.cycle;
    let goal = goal(cycle);
    let by = match goal {
        Command::CloseSession {} | Command::StartSession {} => {
            cycle.chair().or_else(|| cycle.ledger().active().first()).map_or(Actor::Organiser {}, Actor::member)
        }
        _ => Actor::Organiser {},
    };
    match cycle.path_to(&goal, &Context::new(by, point.now)) {
        Ok(_) => Vec::new(),
        Err(no) => {
            let to = no.stuck_at.kind().label();
            let say = |one: &Rejection| {
                let rule = one.rule().name(cycle.process());
                format!("to {to}: {} ({rule}). What helps: {}", one.say(&no.reached), one.remedy(&no.reached))
            };
            no.stuck.iter().map(say).collect()
        }
    }
}

/// What the group is on its way to.
fn goal(cycle: &Cycle) -> Command {
    let stage = match cycle.state() {
        State::Suspended(_) => return Command::ResumeCycle {},
        _ => cycle.stage(),
    };
    if stage < Stage::ExploreWelcome {
        Command::OpenPhase { phase: PhaseKind::StorySharing }
    } else if stage == Stage::Practising || stage == Stage::ReflectGathering {
        Command::StartSession {}
    } else if stage == Stage::Adopting {
        Command::LapseCycle {}
    } else {
        Command::CloseSession {}
    }
}
