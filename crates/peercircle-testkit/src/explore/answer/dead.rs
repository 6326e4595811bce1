//! What is dead: stages nobody reaches, commands nobody can give, rules that never decide.

use std::collections::BTreeMap;

use peercircle_core::{
    Actor, Command, CommandKind, Context, KindSet, RULES, RuleId, SeatSet, SessionKind, Span, Stage, StageSet,
};

use super::RuleUse;
use crate::{
    explore::{
        bounds::Cost,
        graph::Graph,
        model::{Act, Model, Move, Point},
    },
    walk::menu,
};

/// Stages that the process has and nobody reaches.
pub(super) fn unreached(model: &Model, stages: &BTreeMap<Stage, usize>) -> Vec<Stage> {
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
pub(super) fn dead(probe: &Probe<'_>) -> Vec<CommandKind> {
    CommandKind::ALL.iter().copied().filter(|kind| probe.is_open(*kind)).collect()
}

/// Whether the process has a kind switched on, and the bounds let happen what it is for.
fn may_be_given(model: &Model, kind: CommandKind) -> bool {
    let bounds = model.bounds();
    let spec = model.process().spec();
    // What the process hinders was asked for on purpose, whatever it takes to come there: histories drawn at random do.
    let beyond = match kind {
        _ if model.hinders(kind) => false,
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
    let off = match kind {
        CommandKind::CompleteOrientation => !spec.orientation.is_on(),
        // An exploration records no session.
        CommandKind::RequestRecording
        | CommandKind::AnswerRecording
        | CommandKind::StartRecording
        | CommandKind::StopRecording => true,
        CommandKind::TightenPrivacy => spec.privacy == peercircle_core::Privacy::Sealed,
        _ => model.process().switches_off(kind),
    };
    !beyond && !off
}

/// Every payload of every kind, asked by a few at a few states of each stage.
pub(super) struct Probe<'a> {
    model: &'a Model,
    /// Every rule, and the kinds it looks at.
    ids: Vec<(RuleId, KindSet)>,
    tally: Tally,
}

impl<'a> Probe<'a> {
    pub(super) fn of(model: &'a Model, graph: &Graph) -> Self {
        let own = (0..model.process().spec().rules.len()).filter_map(|at| u8::try_from(at).ok()).map(RuleId::Process);
        let code = model.rules().own().iter().map(|rule| RuleId::Code(rule.id));
        let checks = RULES.iter().filter(|rule| !rule.kinds().is_empty()).map(|rule| rule.id);
        let ids: Vec<(RuleId, KindSet)> = checks.chain(own).chain(code).map(|id| (id, kinds_of(model, id))).collect();
        let mut probe = Self { model, tally: Tally::of(&ids), ids };
        probe.tally.accepted = graph.accepted;
        for ((_, kind), all) in &graph.refused {
            for refusals in all {
                probe.tally.note(&probe.ids, *kind, refusals);
            }
        }
        probe.ask_all(&model.nothing(), KindSet::of(&[CommandKind::FormCycle]));
        for point in &graph.samples {
            probe.ask_all(point, KindSet::at_stage(point.cycle.stage()));
        }
        // What nobody could do where it was asked may take one thing more to be done first.
        let mut later = Later { samples: &graph.samples, found: BTreeMap::new() };
        for kind in CommandKind::ALL.iter().copied().filter(|kind| may_be_given(model, *kind)) {
            if probe.tally.accepted.contains(kind) {
                continue;
            }
            probe.ask_later(KindSet::of(&[kind]), &mut later, &|probe| probe.tally.accepted.contains(kind));
        }
        for at in 0..probe.ids.len() {
            let kinds = probe.ids.get(at).map_or(KindSet::EMPTY, |(_, kinds)| *kinds);
            let alone = |probe: &Self| probe.tally.rules.get(at).is_none_or(|rule| rule.alone > 0);
            if !alone(&probe) {
                probe.ask_later(kinds, &mut later, &alone);
            }
        }
        probe
    }

    /// Whether this kind may be given under the process, and nobody was seen to whom it was allowed.
    fn is_open(&self, kind: CommandKind) -> bool {
        !self.accepted().contains(kind) && may_be_given(self.model, kind)
    }

    /// The kinds that somebody was seen to be allowed.
    pub(super) const fn accepted(&self) -> KindSet {
        self.tally.accepted
    }

    /// The kinds of which something is still to be learned: whether anybody may give them, or whether a rule of the process's own
    /// or in code that looks at them ever decides.
    pub(super) fn open(&self) -> KindSet {
        let idle = self.ids.iter().zip(&self.tally.rules);
        let idle = idle.filter(|((id, _), rule)| !matches!(id, RuleId::Ours(_)) && rule.alone == 0);
        let kinds = idle.fold(KindSet::EMPTY, |open, ((_, kinds), _)| open.or(*kinds));
        let dead = CommandKind::ALL.iter().copied().filter(|kind| self.is_open(*kind));
        kinds.or(KindSet::of(&dead.collect::<Vec<_>>()))
    }

    /// Asks for every command of these kinds at a point.
    pub(super) fn ask(&mut self, point: &Point, kinds: KindSet) {
        self.tally.ask_all(self.model, &self.ids, point, kinds);
    }

    /// Takes what was asked elsewhere as asked here.
    pub(super) fn hear(&mut self, other: &Probe<'_>) {
        self.tally.add(&other.tally);
    }

    /// Somebody gave a command of this kind.
    pub(super) fn accept(&mut self, kind: CommandKind) {
        self.tally.accepted.insert(kind);
    }

    /// What each rule did.
    pub(super) fn rules(&self) -> Vec<RuleUse> {
        self.tally.uses(self.model, &self.ids)
    }

    /// Asks for those of these kinds of which something is still to be learned: whether anybody may, or whether a rule that looks
    /// at them is ever the only one to refuse.
    fn ask_all(&mut self, point: &Point, kinds: KindSet) {
        let rules = self.ids.iter().zip(&self.tally.rules).filter(|(_, rule)| rule.alone == 0);
        let open = rules.fold(KindSet::EMPTY, |open, ((_, kinds), _)| open.or(*kinds));
        let new = |kind: &CommandKind| open.contains(*kind) || !self.tally.accepted.contains(*kind);
        let wanted: Vec<_> = kinds.iter().filter(new).collect();
        self.tally.ask_all(self.model, &self.ids, point, KindSet::of(&wanted));
    }

    /// Asks for these kinds again, after everything else that is possible at the states they belong to, until it is `enough`.
    fn ask_later(&mut self, kinds: KindSet, later: &mut Later<'_>, enough: &dyn Fn(&Self) -> bool) {
        for at in 0..later.samples.len() {
            let Some(point) = later.samples.get(at) else { break };
            let here = KindSet::at_stage(point.cycle.stage());
            let kinds = kinds.and(here);
            // What another process allows says nothing about this one.
            let others = if kinds.is_empty() { KindSet::EMPTY } else { here.minus(MIGRATING) };
            for other in others.iter() {
                if let Some((next, asked)) = later.after(self.model, at, other) {
                    for kind in kinds.and(KindSet::at_stage(next.cycle.stage())).iter() {
                        let answers = asked.entry(kind).or_insert_with(|| {
                            let mut tally = Tally::of(&self.ids);
                            tally.ask_all(self.model, &self.ids, next, KindSet::of(&[kind]));
                            tally
                        });
                        self.tally.add(answers);
                    }
                    if enough(self) {
                        return;
                    }
                }
            }
        }
    }
}

const MIGRATING: KindSet = KindSet::of(&[CommandKind::MigrateProcess]);

/// What was answered.
struct Tally {
    accepted: KindSet,
    /// How often a command of each kind was asked for.
    asked: Vec<usize>,
    rules: Vec<Refusing>,
    /// Room for what refuses one command.
    refusing: Vec<RuleId>,
}

/// How often a rule refused, and alone.
#[derive(Clone, Default)]
struct Refusing {
    refused: usize,
    alone: usize,
    /// Which rules refused with it, and how often; noted for rules of the process's own and in code.
    company: BTreeMap<RuleId, usize>,
}

impl Tally {
    fn of(ids: &[(RuleId, KindSet)]) -> Self {
        let rules = vec![Refusing::default(); ids.len()];
        Self { accepted: KindSet::EMPTY, asked: vec![0; CommandKind::COUNT], rules, refusing: Vec::new() }
    }

    fn add(&mut self, other: &Self) {
        self.accepted = self.accepted.or(other.accepted);
        for (one, more) in self.asked.iter_mut().zip(&other.asked) {
            *one += more;
        }
        for (one, more) in self.rules.iter_mut().zip(&other.rules) {
            one.refused += more.refused;
            one.alone += more.alone;
            for (rule, often) in &more.company {
                *one.company.entry(*rule).or_default() += often;
            }
        }
    }

    fn ask_all(&mut self, model: &Model, ids: &[(RuleId, KindSet)], point: &Point, kinds: KindSet) {
        let some = askers(point);
        for kind in kinds.iter() {
            // Whoever has no part in a kind hears the same of every payload.
            let parts: Vec<_> = some.iter().map(|actor| point.cycle.in_reach(*actor).contains(kind)).collect();
            for (at, command) in menu(kind, &point.cycle, point.now).into_iter().enumerate() {
                let mut ask = |context: &Context| self.ask(model, ids, point, &command, context);
                for (actor, _) in some.iter().zip(&parts).filter(|(_, part)| at == 0 || **part) {
                    ask(&Context::new(*actor, point.now));
                }
                // Once a kind: at a time that lies behind, and where everyone is in another session.
                if at == 0
                    && let Some(actor) = some.first()
                {
                    ask(&Context::new(*actor, point.cycle.last_at() - Span::seconds(1)));
                }
                if kind == CommandKind::MarkAttendance
                    && let Some(actor) = some.first()
                {
                    let elsewhere = point.cycle.ledger().active();
                    ask(&Context { elsewhere, ..Context::new(*actor, point.now) });
                }
            }
        }
    }

    fn ask(&mut self, model: &Model, ids: &[(RuleId, KindSet)], point: &Point, command: &Command, context: &Context) {
        let kind = command.kind();
        let mut refusing = std::mem::take(&mut self.refusing);
        refusing.clear();
        model.rules().tell_refusals(&point.cycle, command, context, &mut |rejection| refusing.push(rejection.rule()));
        if refusing.is_empty() && context.elsewhere.is_empty() {
            self.accepted.insert(kind);
        }
        self.note(ids, kind, &refusing);
        self.refusing = refusing;
    }

    /// What rules did about a command of this kind.
    fn note(&mut self, ids: &[(RuleId, KindSet)], kind: CommandKind, refusals: &[RuleId]) {
        if let Some(asked) = self.asked.get_mut(kind as usize) {
            *asked += 1;
        }
        let alone = usize::from(refusals.len() == 1);
        for (nth, id) in refusals.iter().enumerate() {
            // A rule that is a gate and a check may have refused twice, which counts once.
            if refusals.iter().take(nth).any(|earlier| earlier == id) {
                continue;
            }
            // Gates aside, a rule refuses only what it looks at.
            // Those of the table stand by number, each at the place of its number or before.
            let number = if let RuleId::Ours(number) = id { usize::from(*number) } else { ids.len() };
            let one = ids.iter().take(number).rposition(|(one, _)| one == id);
            let looks = |at: &usize| ids.get(*at).is_some_and(|(_, kinds)| kinds.contains(kind));
            if let Some(one) = one.filter(looks).and_then(|at| self.rules.get_mut(at)) {
                one.refused += 1;
                one.alone += alone;
                if one.alone == 0 && !matches!(id, RuleId::Ours(_)) {
                    for other in refusals.iter().filter(|other| *other != id) {
                        *one.company.entry(*other).or_default() += 1;
                    }
                }
            }
        }
    }

    fn uses(&self, model: &Model, ids: &[(RuleId, KindSet)]) -> Vec<RuleUse> {
        let each = |((id, kinds), one): (&(RuleId, KindSet), &Refusing)| RuleUse {
            rule: id.name(model.process()),
            // A rule looks at every command of its kinds.
            looked: kinds.iter().filter_map(|kind| self.asked.get(kind as usize)).sum(),
            refused: one.refused,
            alone: one.alone,
            own: !matches!(id, RuleId::Ours(_)),
            company: if one.alone == 0 { company(model, one) } else { Vec::new() },
        };
        ids.iter().zip(&self.rules).map(each).collect()
    }
}

/// The rules that refused most often with one, by name and what each is about.
fn company(model: &Model, one: &Refusing) -> Vec<String> {
    let mut company: Vec<_> = one.company.iter().collect();
    company.sort_by_key(|(_, often)| std::cmp::Reverse(**often));
    let called = |rule: &RuleId| {
        let name = rule.name(model.process());
        rule.rule().map_or_else(|| name.clone(), |table| format!("{name} ({})", table.title))
    };
    company.into_iter().take(COMPANY).map(|(rule, _)| called(rule)).collect()
}

/// The most rules of another's company that are told.
const COMPANY: usize = 2;

/// A point, and what was answered there to each kind.
type Next = (Point, BTreeMap<CommandKind, Tally>);

/// What comes after a sample once something of a kind was given there, and what was answered then: looked at when it is wanted,
/// and kept.
struct Later<'a> {
    samples: &'a [Point],
    found: BTreeMap<(usize, CommandKind), Option<Next>>,
}

impl Later<'_> {
    fn after(&mut self, model: &Model, at: usize, kind: CommandKind) -> Option<&mut Next> {
        let sample = self.samples.get(at)?;
        let given = || {
            let permitted = |by: &Actor, command: &Command| {
                model.rules().permits(&sample.cycle, command, &Context::new(*by, sample.now))
            };
            let given = menu(kind, &sample.cycle, sample.now).into_iter().find_map(|command| {
                let by = askers(sample).into_iter().find(|by| permitted(by, &command))?;
                Some(Move::Give { chores: Vec::new(), act: Act { by, command }, cost: Cost::Free })
            });
            Some((model.after(sample, &given?)?, BTreeMap::new()))
        };
        self.found.entry((at, kind)).or_insert_with(given).as_mut()
    }
}

/// The kinds that a rule looks at.
pub(super) fn kinds_of(model: &Model, id: RuleId) -> KindSet {
    match id {
        RuleId::Process(at) => {
            let own = model.process().spec().rules.get(usize::from(at));
            own.map_or(KindSet::EMPTY, |rule| KindSet::of(&rule.applies_to))
        }
        RuleId::Code(code) => {
            let own = model.rules().own().iter().find(|rule| rule.id == code);
            own.map_or(KindSet::EMPTY, |rule| rule.applies_to)
        }
        RuleId::Ours(_) => id.rule().map_or(KindSet::EMPTY, |rule| rule.kinds()),
    }
}

/// One of each part: whoever chairs, a member, the organiser.
pub(super) fn askers(point: &Point) -> Vec<Actor> {
    let cycle = &point.cycle;
    let active: SeatSet = cycle.ledger().active();
    let chair = cycle.chair();
    let member = active.iter().find(|seat| Some(*seat) != chair);
    chair.into_iter().chain(member).map(Actor::member).chain([Actor::Organiser {}]).collect()
}
