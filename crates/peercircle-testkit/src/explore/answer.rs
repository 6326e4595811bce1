//! What an exploration answers: whether groups can get stuck, what is dead, what is broken, and how far the claim goes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use peercircle_core::{
    Actor, Command, CommandKind, Context, Cycle, KindSet, PhaseKind, RULES, RuleId, SeatSet, SessionKind, Stage, StageSet,
    State,
};
use serde::Serialize;

use super::{
    bounds::{Bounds, Reduction},
    model::{Model, Move, Point},
    search::{Graph, Stopped},
};
use crate::{
    story::{self, Line, Story, capital},
    walk::{actors, menu},
};

/// The answer of an exploration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The name of the process.
    pub process: String,
    /// How far it looked.
    pub bounds: Bounds,
    /// Why it ended before everything was seen; nothing where all was.
    pub stopped: Option<Stopped>,
    /// States found, names apart.
    pub states: usize,
    /// Moves between them.
    pub moves: usize,
    /// The longest shortest way to a state, in moves.
    pub depth: usize,
    /// The most bytes the states took.
    pub bytes: usize,
    /// How cycles can end, and how many states can still end so.
    pub ends: Ends,
    /// The ways to get stuck: the shortest story of each kind.
    pub knots: Vec<Knot>,
    /// Stages of the chart that no cycle reaches, those the process leaves out aside.
    pub unreached: Vec<Stage>,
    /// Kinds of command that nobody can ever give.
    pub dead: Vec<CommandKind>,
    /// What the rules of the process and of the table did where they were asked.
    pub rules: Vec<RuleUse>,
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
    /// The shortest history that leads there.
    pub story: Vec<Line>,
    /// The sentence of the story after which it is too late; the story's last.
    pub too_late: String,
    /// Who could do what then, and what is in the way of what would help.
    pub standings: Vec<Standing>,
    /// What is in the way of going on, in words.
    pub in_the_way: Vec<String>,
    /// The history as a script that `peercircle run` replays, line by line.
    pub script: Vec<serde_json::Value>,
}

/// How bad a knot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KnotKind {
    /// The cycle can't even end.
    Stuck,
    /// The group is large enough, and its cycle can't be completed.
    Lost,
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
    /// Whether it is the process's own.
    pub own: bool,
}

/// How a property fared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PropertyAnswer {
    /// Its id.
    pub property: String,
    /// What it says.
    pub says: String,
    /// The shortest history that breaks it; nothing where it holds everywhere.
    pub broken: Option<Vec<Line>>,
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
    /// Whether everything was seen and no group can get stuck, nothing is dead, and every property holds.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.stopped.is_none()
            && self.knots.is_empty()
            && self.dead.is_empty()
            && self.unreached.is_empty()
            && self.ends.complete > 0
            && self.idle_rules().next().is_none()
            && self.properties.iter().all(|property| property.broken.is_none())
    }

    /// Rules of the process's own that never refused, or never alone: something else always refuses with them.
    pub fn idle_rules(&self) -> impl Iterator<Item = &RuleUse> {
        self.rules.iter().filter(|rule| rule.own && rule.alone == 0)
    }

    /// Bytes a state.
    #[must_use]
    pub fn bytes_a_state(&self) -> usize {
        self.bytes.checked_div(self.states).unwrap_or_default()
    }
}

/// The answer that a graph gives.
pub(super) fn answer(model: &Model, graph: &Graph) -> Answer {
    let reach = Reach::of(graph);
    let mut stages = BTreeMap::new();
    for stage in &graph.stages {
        *stages.entry(*stage).or_default() += 1;
    }
    let probe = Probe::of(model, graph);
    let whole = graph.stopped.is_none();
    let properties = model.watchers.properties().iter().zip(&graph.broken).map(|(property, broken)| PropertyAnswer {
        property: property.id.clone(),
        says: property.to_string(),
        broken: broken.map(|at| told(&graph.way(model, at)).lines()),
    });
    let flow = graph.ways.iter().map(|((from, command, to), moves)| Flow {
        from: *from,
        to: *to,
        command: *command,
        moves: *moves,
    });
    Answer {
        process: model.process().spec().name.clone(),
        bounds: *model.bounds(),
        stopped: graph.stopped,
        states: graph.keys.len(),
        moves: graph.edges.len(),
        depth: graph.depth,
        bytes: graph.most_bytes,
        ends: reach.ends(graph),
        knots: if whole { knots(model, graph, &reach) } else { Vec::new() },
        unreached: if whole { unreached(model, &stages) } else { Vec::new() },
        dead: if whole { dead(model, graph, &probe) } else { Vec::new() },
        rules: probe.rules,
        properties: properties.collect(),
        flow: flow.collect(),
        stages,
    }
}

/// What each state can still reach.
struct Reach {
    complete: Vec<bool>,
    end: Vec<bool>,
}

impl Reach {
    fn of(graph: &Graph) -> Self {
        let backwards = Backwards::of(graph);
        let from = |holds: &dyn Fn(Stage) -> bool| backwards.from(graph, holds);
        Self { complete: from(&|stage| stage == Stage::Completed), end: from(&Stage::is_terminal) }
    }

    fn ends(&self, graph: &Graph) -> Ends {
        let mut ends = Ends::default();
        for (((complete, end), stage), enough) in self.complete.iter().zip(&self.end).zip(&graph.stages).zip(&graph.enough) {
            match (complete, end, enough) {
                _ if stage.is_terminal() => {}
                (true, _, _) => ends.complete += 1,
                (false, false, _) => ends.stuck += 1,
                (false, true, true) => ends.lost += 1,
                (false, true, false) => ends.early += 1,
            }
        }
        ends
    }
}

/// The graph's moves turned round, one list after the other.
struct Backwards {
    lists: Vec<u32>,
    edges: Vec<u32>,
}

impl Backwards {
    fn of(graph: &Graph) -> Self {
        let states = graph.keys.len();
        let mut lists = vec![0_u32; states + 1];
        for to in &graph.edges {
            if let Some(count) = usize::try_from(*to).ok().and_then(|to| lists.get_mut(to + 1)) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut lists {
            sum += *count;
            *count = sum;
        }
        let mut edges = vec![0; graph.edges.len()];
        let mut next = lists.clone();
        for from in 0..states {
            for to in graph.next(from) {
                let slot = usize::try_from(*to).ok().and_then(|to| next.get_mut(to));
                if let Some(slot) = slot {
                    if let Some(edge) = usize::try_from(*slot).ok().and_then(|at| edges.get_mut(at)) {
                        *edge = u32::try_from(from).unwrap_or(u32::MAX);
                    }
                    *slot += 1;
                }
            }
        }
        Self { lists, edges }
    }

    /// The states from which one whose stage is such can be reached.
    fn from(&self, graph: &Graph, holds: &dyn Fn(Stage) -> bool) -> Vec<bool> {
        let mut reached: Vec<bool> = graph.stages.iter().map(|stage| holds(*stage)).collect();
        let mut open: Vec<usize> = reached.iter().enumerate().filter(|(_, holds)| **holds).map(|(at, _)| at).collect();
        while let Some(at) = open.pop() {
            let bound = |at: usize| self.lists.get(at).and_then(|at| usize::try_from(*at).ok());
            let before = bound(at).zip(bound(at + 1)).and_then(|(low, high)| self.edges.get(low..high));
            for from in before.unwrap_or_default() {
                let from = usize::try_from(*from).unwrap_or(usize::MAX);
                if let Some(seen) = reached.get_mut(from).filter(|seen| !**seen) {
                    *seen = true;
                    open.push(from);
                }
            }
        }
        reached
    }
}

/// The shortest way into each kind of knot, one for each stage at which it begins.
fn knots(model: &Model, graph: &Graph, reach: &Reach) -> Vec<Knot> {
    let mut seen = BTreeSet::new();
    let mut knots = Vec::new();
    for at in 0..graph.keys.len() {
        let holds = |list: &[bool]| list.get(at).copied().unwrap_or_default();
        let (Some(stage), Some(enough)) = (graph.stages.get(at).copied(), graph.enough.get(at).copied()) else { continue };
        if stage.is_terminal() {
            continue;
        }
        let kind = match (holds(&reach.end), holds(&reach.complete)) {
            (false, _) => KnotKind::Stuck,
            (true, false) if enough => KnotKind::Lost,
            (true, _) => continue,
        };
        // Only where it begins: from a knot one gets to further states of the same knot.
        let before = graph.from.get(at).and_then(|(from, _)| usize::try_from(*from).ok()).filter(|from| *from != at);
        let begins = before.is_none_or(|from| match kind {
            KnotKind::Stuck => reach.end.get(from).copied().unwrap_or_default(),
            KnotKind::Lost => reach.complete.get(from).copied().unwrap_or_default(),
        });
        if begins && knots.len() < 12 && seen.insert((kind, stage)) {
            knots.push(knot(model, graph, at, kind));
        }
    }
    knots.sort_by_key(|knot| knot.kind);
    knots
}

fn knot(model: &Model, graph: &Graph, at: usize, kind: KnotKind) -> Knot {
    let way = graph.way(model, u32::try_from(at).unwrap_or_default());
    let point = last(model, &way);
    let lines = told(&way).lines();
    Knot {
        kind,
        stage: point.cycle.stage(),
        too_late: lines.last().map(|line| line.says.clone()).unwrap_or_default(),
        story: lines,
        standings: standings(&point),
        in_the_way: in_the_way(&point),
        script: script(model, &way),
    }
}

/// Where a way ends.
fn last(model: &Model, way: &[(Point, Move)]) -> Point {
    way.last().and_then(|(point, taken)| model.after(point, taken)).unwrap_or_else(|| model.nothing())
}

/// A way in sentences.
fn told(way: &[(Point, Move)]) -> Story {
    let mut story = Story::default();
    for (point, taken) in way {
        match taken {
            Move::Give { by, command, .. } => story.give(&point.cycle, *by, point.now, command, &[]),
            Move::Wait { until, why, .. } => story.wait(*until, *why),
        }
    }
    story
}

/// A way as the lines of a script.
fn script(model: &Model, way: &[(Point, Move)]) -> Vec<serde_json::Value> {
    let mut lines = vec![serde_json::json!({"scenario": format!("{}: a knot", model.process().spec().name)})];
    for (point, taken) in way {
        let Move::Give { by, command, .. } = taken else { continue };
        let by = match by {
            Actor::Member { seat } => super::name(*seat).to_owned(),
            Actor::Organiser {} => "organiser".to_owned(),
            Actor::Host {} => "host".to_owned(),
        };
        if let Ok(wire) = command.clone().named(point.cycle.roster()) {
            lines.push(serde_json::json!({"at": point.now, "by": by, "do": wire}));
        }
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
    )
}

/// What the way on ends at, in words.
fn in_the_way(point: &Point) -> Vec<String> {
    let cycle = &point.cycle;
    let goal = goal(cycle);
    let by = match goal {
        Command::CloseSession {} => cycle.chair().map_or(Actor::Organiser {}, Actor::member),
        _ => Actor::Organiser {},
    };
    match cycle.path_to(&goal, &Context::new(by, point.now)) {
        Ok(_) => Vec::new(),
        Err(no) => {
            let to = no.stuck_at.kind().label();
            let say = |one: &peercircle_core::Rejection| {
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

/// Stages that the process has and nobody reaches.
fn unreached(model: &Model, stages: &BTreeMap<Stage, usize>) -> Vec<Stage> {
    let process = model.process();
    let left_out = |stage: Stage| {
        SessionKind::ALL.into_iter().any(|session| {
            session
                .phases()
                .iter()
                .any(|phase| Stage::of_phase(session, *phase) == Some(stage) && process.box_seconds(session, *phase) == 0)
        })
    };
    // Where everyone decides and reports in session 2, nobody is left for the stage of adoption; without people leaving, nothing
    // stops a cycle.
    let bounds = model.bounds();
    let out_of_bounds = |stage: Stage| {
        matches!(stage, Stage::Suspended | Stage::Terminated) && bounds.troubles == 0
            || matches!(stage, Stage::Adopting | Stage::Lapsed) && bounds.absent == 0 && bounds.troubles == 0
    };
    let all = StageSet::FORMED.iter().filter(|stage| !stages.contains_key(stage));
    all.filter(|stage| !left_out(*stage) && !out_of_bounds(*stage)).collect()
}

/// Kinds that were never accepted, neither on the way nor where everything was asked.
fn dead(model: &Model, graph: &Graph, probe: &Probe) -> Vec<CommandKind> {
    let bounds = model.bounds();
    let spec = model.process().spec();
    let beyond = |kind: CommandKind| match kind {
        // Each of these is asked for by a trouble, and without any there is none.
        CommandKind::ResumeSession
        | CommandKind::RestartSession
        | CommandKind::ClaimFacilitation
        | CommandKind::AssentToFacilitator
        | CommandKind::ContinueBelowQuorum
        | CommandKind::VoteOnSuspension
        | CommandKind::ResumeCycle
        | CommandKind::TerminateCycle => bounds.troubles == 0 || kind == CommandKind::ContinueBelowQuorum,
        CommandKind::RecordCatchUp | CommandKind::RecordDebrief | CommandKind::SubmitReport | CommandKind::WaiveMember => {
            bounds.absent == 0
        }
        CommandKind::LapseCycle => bounds.absent == 0 && bounds.troubles == 0,
        _ => false,
    };
    let off = |kind: CommandKind| match kind {
        CommandKind::CompleteOrientation => !spec.orientation.is_on(),
        CommandKind::AppointTimekeeper => !spec.facilitation.timekeeper.is_on(),
        CommandKind::DelegateFacilitation => !spec.facilitation.delegate_own_turn.is_on(),
        CommandKind::RequestRecording
        | CommandKind::AnswerRecording
        | CommandKind::StartRecording
        | CommandKind::StopRecording => true,
        CommandKind::PassTurn => !spec.turns.pass.is_on(),
        CommandKind::DeferTurn => !spec.turns.defer.is_on(),
        CommandKind::PromiseDate => !spec.gap.promise.is_on(),
        CommandKind::RecordCatchUp => !spec.attendance.catch_up.is_on(),
        CommandKind::PairBuddies | CommandKind::CheckIn => !spec.practice.buddies.is_on(),
        CommandKind::SkipPhase => spec.phases.skippable.is_empty(),
        CommandKind::ReopenPhase => spec.phases.reopenings == 0,
        CommandKind::AgreeToOverrun => spec.clock.overrun_minutes == 0,
        CommandKind::PauseSession => spec.clock.pause_minutes == 0,
        CommandKind::ContinueBelowQuorum => spec.quorum.when_lost == peercircle_core::QuorumLost::Stop,
        CommandKind::TightenPrivacy => spec.privacy == peercircle_core::Privacy::Sealed,
        _ => false,
    };
    let alive = graph.accepted.or(probe.accepted);
    CommandKind::ALL.iter().copied().filter(|kind| !alive.contains(*kind) && !beyond(*kind) && !off(*kind)).collect()
}

/// Every payload of every kind, asked by a few at a few states of each stage.
struct Probe {
    accepted: KindSet,
    rules: Vec<RuleUse>,
}

impl Probe {
    fn of(model: &Model, graph: &Graph) -> Self {
        let own = model.process().spec().rules.len();
        let ids: Vec<RuleId> = RULES
            .iter()
            .map(|rule| rule.id)
            .chain((0..own).filter_map(|at| u8::try_from(at).ok()).map(RuleId::Process))
            .collect();
        let mut uses: Vec<RuleUse> = ids
            .iter()
            .map(|id| RuleUse {
                rule: id.name(model.process()),
                looked: 0,
                refused: 0,
                alone: 0,
                own: matches!(id, RuleId::Process(_)),
            })
            .collect();
        let mut accepted = KindSet::EMPTY;
        for point in graph.samples.iter().flat_map(|point| [Some(point.clone()), paired(model, point)]).flatten() {
            for (kind, actor, command) in asks(&point) {
                let context = Context::new(actor, point.now);
                let refusals = model.rules().refusals(&point.cycle, &command, &context);
                if refusals.is_empty() {
                    accepted.insert(kind);
                }
                for (id, one) in ids.iter().zip(&mut uses) {
                    let looks = match id {
                        RuleId::Process(at) => {
                            let own = model.process().spec().rules.get(usize::from(*at));
                            own.is_some_and(|rule| rule.applies_to.contains(&kind))
                        }
                        RuleId::Ours(_) | RuleId::Code(_) => id.rule().is_some_and(|rule| rule.kinds().contains(kind)),
                    };
                    if looks {
                        one.looked += 1;
                        let refused = refusals.iter().any(|no| no.rule() == *id);
                        one.refused += usize::from(refused);
                        one.alone += usize::from(refused && refusals.len() == 1);
                    }
                }
            }
        }
        uses.retain(|one| one.looked > 0 || one.own);
        Self { accepted, rules: uses }
    }
}

/// A state of the practice with buddies paired, where the process has them.
fn paired(model: &Model, point: &Point) -> Option<Point> {
    let ledger = point.cycle.ledger();
    if point.cycle.stage() != Stage::Practising || !ledger.buddies().is_empty() {
        return None;
    }
    let pairs = ledger.buddies().repaired(ledger.active());
    let command = Command::PairBuddies { pairs: pairs.pairs().map(|pair| pair.iter().collect()).collect() };
    model.after(point, &Move::Give { by: Actor::Organiser {}, command, cost: super::Cost::Free })
}

/// What is asked at a state: of every kind that belongs there each payload, by one of each part.
fn asks(point: &Point) -> Vec<(CommandKind, Actor, Command)> {
    let cycle = &point.cycle;
    let some: Vec<Actor> = {
        let active: SeatSet = cycle.ledger().active();
        let chair = cycle.chair();
        let first = active.iter().find(|seat| Some(*seat) != chair);
        let all = actors(cycle);
        all.into_iter()
            .filter(|actor| match actor {
                Actor::Member { seat } => Some(*seat) == chair || Some(*seat) == first,
                Actor::Organiser {} => true,
                Actor::Host {} => false,
            })
            .collect()
    };
    let mut asks = Vec::new();
    for kind in KindSet::at_stage(cycle.stage()).iter() {
        for command in menu(kind, cycle, point.now) {
            for actor in &some {
                asks.push((kind, *actor, command.clone()));
            }
        }
    }
    asks
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sound = match (self.is_sound(), self.stopped) {
            (true, _) => "sound: every cycle can always still end well",
            (false, Some(_)) => "not finished: what follows is about the part that was seen",
            (false, None) => "not sound",
        };
        writeln!(f, "{}: {sound}.", self.process)?;
        writeln!(
            f,
            "{} states, {} moves, at most {} moves deep; {} bytes a state.",
            grouped(self.states),
            grouped(self.moves),
            self.depth,
            self.bytes_a_state()
        )?;
        let ends = self.ends;
        writeln!(
            f,
            "Can still be completed: {}. Below the group's minimum, can end early: {}. Large enough and lost: {}. Stuck for ever: {}.",
            grouped(ends.complete),
            grouped(ends.early),
            grouped(ends.lost),
            grouped(ends.stuck)
        )?;
        for knot in &self.knots {
            write!(f, "\n{knot}")?;
        }
        if !self.unreached.is_empty() {
            let names: Vec<_> = self.unreached.iter().map(|stage| stage.label()).collect();
            writeln!(f, "\nNo group ever reaches: {}.", names.join(", "))?;
        }
        if !self.dead.is_empty() {
            let names: Vec<_> = self.dead.iter().map(|kind| format!("{} (`{kind}`)", kind.label())).collect();
            writeln!(f, "\nNobody can ever: {}.", names.join(", "))?;
        }
        for rule in self.idle_rules() {
            let why = if rule.refused == 0 {
                "never refuses anything"
            } else {
                "never refuses alone: other rules always refuse with it"
            };
            writeln!(f, "\nThe rule {} {why}.", rule.rule)?;
        }
        for property in &self.properties {
            match &property.broken {
                None => writeln!(f, "\n{} holds: {}.", property.property, property.says)?,
                Some(story) => {
                    writeln!(f, "\n{} is broken: {}. The shortest history:", property.property, property.says)?;
                    story::write_lines(f, story)?;
                }
            }
        }
        writeln!(f, "\nAssumed: {}.", self.bounds.say().join("; "))?;
        let reductions: Vec<_> = self.bounds.reductions.iter().map(Reduction::says).collect();
        writeln!(f, "Left out, because it changes no answer: {}.", reductions.join("; "))
    }
}

impl fmt::Display for Knot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = match self.kind {
            KnotKind::Stuck => "A group gets stuck for ever",
            KnotKind::Lost => "A group that is large enough can't complete its cycle any more",
        };
        writeln!(f, "{head} ({}):", self.stage.label())?;
        story::write_lines(f, &self.story)?;
        writeln!(f, "  From then on it is too late.")?;
        for line in &self.in_the_way {
            writeln!(f, "  In the way {line}.")?;
        }
        for standing in &self.standings {
            let may = if standing.may.is_empty() { "nothing".to_owned() } else { standing.may.join("; ") };
            writeln!(f, "  {} could: {may}.", standing.who)?;
        }
        Ok(())
    }
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
