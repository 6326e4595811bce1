//! What is dead: stages nobody reaches, commands nobody can give, rules that never decide.

use std::collections::BTreeMap;

use peercircle_core::{
    Actor, Command, CommandKind, Context, KindSet, RULES, Rejection, RuleId, SeatSet, SessionKind, Span, Stage, StageSet,
};

use super::RuleUse;
use crate::{
    explore::{
        bounds::Cost,
        model::{Act, Model, Move, Point},
        search::Graph,
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
pub(super) fn dead(model: &Model, graph: &Graph, probe: &Probe<'_>) -> Vec<CommandKind> {
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
pub(super) struct Probe<'a> {
    model: &'a Model,
    ids: Vec<RuleId>,
    pub(super) accepted: KindSet,
    pub(super) rules: Vec<RuleUse>,
}

impl<'a> Probe<'a> {
    pub(super) fn of(model: &'a Model, graph: &Graph) -> Self {
        let own = (0..model.process().spec().rules.len()).filter_map(|at| u8::try_from(at).ok()).map(RuleId::Process);
        let checks = RULES.iter().filter(|rule| !rule.kinds().is_empty()).map(|rule| rule.id);
        let ids: Vec<RuleId> = checks.chain(own).collect();
        let none = |id: &RuleId| RuleUse {
            rule: id.name(model.process()),
            looked: 0,
            refused: 0,
            alone: 0,
            own: matches!(id, RuleId::Process(_)),
        };
        let rules = ids.iter().map(none).collect();
        let mut probe = Self { model, ids, accepted: KindSet::EMPTY, rules };
        probe.ask_all(&model.nothing(), KindSet::of(&[CommandKind::FormCycle]));
        for point in &graph.samples {
            probe.ask_all(point, KindSet::at_stage(point.cycle.stage()));
        }
        for ((_, kind), all) in &graph.refused {
            for refusals in all {
                probe.note(*kind, refusals);
            }
        }
        // What nobody could do where it was asked may take one thing more to be done first.
        let wanting = CommandKind::ALL.iter().copied().filter(|kind| !probe.accepted.or(graph.accepted).contains(*kind));
        for kind in wanting.collect::<Vec<_>>() {
            probe.ask_later(KindSet::of(&[kind]), &graph.samples, &|probe| probe.accepted.contains(kind));
        }
        for at in 0..probe.ids.len() {
            let kinds = probe.ids.get(at).map_or(KindSet::EMPTY, |id| kinds_of(model, *id));
            let alone = |probe: &Self| probe.rules.get(at).is_none_or(|rule| rule.alone > 0);
            if !alone(&probe) {
                probe.ask_later(kinds, &graph.samples, &alone);
            }
        }
        probe
    }

    fn ask_all(&mut self, point: &Point, kinds: KindSet) {
        let some = askers(point);
        for kind in kinds.iter() {
            for (at, command) in menu(kind, &point.cycle, point.now).into_iter().enumerate() {
                for actor in &some {
                    self.ask(point, &command, &Context::new(*actor, point.now));
                }
                // Once a kind: at a time that lies behind, and where everyone is in another session.
                if at == 0
                    && let Some(actor) = some.first()
                {
                    let early = Context::new(*actor, point.cycle.last_at() - Span::seconds(1));
                    self.ask(point, &command, &early);
                }
                if kind == CommandKind::MarkAttendance
                    && let Some(actor) = some.first()
                {
                    let elsewhere = point.cycle.ledger().active();
                    self.ask(point, &command, &Context { elsewhere, ..Context::new(*actor, point.now) });
                }
            }
        }
    }

    fn ask(&mut self, point: &Point, command: &Command, context: &Context) {
        let kind = command.kind();
        let refusals = self.model.rules().refusals(&point.cycle, command, context);
        if refusals.is_empty() && context.elsewhere.is_empty() {
            self.accepted.insert(kind);
        }
        let rules: Vec<RuleId> = refusals.iter().map(Rejection::rule).collect();
        self.note(kind, &rules);
    }

    /// What rules did about a command of this kind.
    fn note(&mut self, kind: CommandKind, refusals: &[RuleId]) {
        for (id, one) in self.ids.iter().zip(&mut self.rules) {
            if kinds_of(self.model, *id).contains(kind) {
                one.looked += 1;
                let refused = refusals.contains(id);
                one.refused += usize::from(refused);
                one.alone += usize::from(refused && refusals.len() == 1);
            }
        }
    }

    /// Asks for these kinds again, after everything else that is possible at the states they belong to, until it is `enough`.
    fn ask_later(&mut self, kinds: KindSet, samples: &[Point], enough: &dyn Fn(&Self) -> bool) {
        for point in samples {
            let here = KindSet::at_stage(point.cycle.stage());
            let kinds = kinds.and(here);
            for other in if kinds.is_empty() { KindSet::EMPTY } else { here }.iter() {
                let permitted = |by: &Actor, command: &Command| {
                    self.model.rules().permits(&point.cycle, command, &Context::new(*by, point.now))
                };
                let given = menu(other, &point.cycle, point.now).into_iter().find_map(|command| {
                    let by = askers(point).into_iter().find(|by| permitted(by, &command))?;
                    Some(Move::Give { chores: Vec::new(), act: Act { by, command }, cost: Cost::Free })
                });
                if let Some(next) = given.and_then(|given| self.model.after(point, &given)) {
                    self.ask_all(&next, kinds.and(KindSet::at_stage(next.cycle.stage())));
                    if enough(self) {
                        return;
                    }
                }
            }
        }
    }
}

/// The kinds that a rule looks at.
fn kinds_of(model: &Model, id: RuleId) -> KindSet {
    match id {
        RuleId::Process(at) => {
            let own = model.process().spec().rules.get(usize::from(at));
            own.map_or(KindSet::EMPTY, |rule| KindSet::of(&rule.applies_to))
        }
        RuleId::Ours(_) | RuleId::Code(_) => id.rule().map_or(KindSet::EMPTY, |rule| rule.kinds()),
    }
}

/// One of each part: whoever chairs, a member, the organiser.
fn askers(point: &Point) -> Vec<Actor> {
    let cycle = &point.cycle;
    let active: SeatSet = cycle.ledger().active();
    let chair = cycle.chair();
    let member = active.iter().find(|seat| Some(*seat) != chair);
    chair.into_iter().chain(member).map(Actor::member).chain([Actor::Organiser {}]).collect()
}
