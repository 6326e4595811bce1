//! What is dead: stages nobody reaches, commands nobody can give, rules that never decide.

use std::collections::BTreeMap;

use peercircle_core::{
    Actor, Command, CommandKind, Context, KindSet, RULES, RuleId, SeatSet, SessionKind, Stage, StageSet,
};

use super::RuleUse;
use crate::{
    explore::{
        model::{Model, Point},
        search::Graph,
    },
    walk::{actors, menu},
};

/// Stages that the process has and nobody reaches.
pub(super) fn unreached(model: &Model, stages: &BTreeMap<Stage, usize>) -> Vec<Stage> {
    let process = model.process();
    let left_out = |stage: Stage| {
        SessionKind::ALL.into_iter().any(|session| {
            session.phases().iter().any(|phase| {
                Stage::of_phase(session, *phase) == Some(stage) && process.box_seconds(session, *phase) == 0
            })
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
pub(super) fn dead(model: &Model, graph: &Graph, probe: &Probe) -> Vec<CommandKind> {
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
        CommandKind::RequestRecording | CommandKind::AnswerRecording | CommandKind::StartRecording | CommandKind::StopRecording => {
            true
        }
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
pub(super) struct Probe {
    accepted: KindSet,
    pub(super) rules: Vec<RuleUse>,
}

impl Probe {
    pub(super) fn of(model: &Model, graph: &Graph) -> Self {
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
        for point in &graph.samples {
            for (kind, actor, command) in asks(point) {
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
