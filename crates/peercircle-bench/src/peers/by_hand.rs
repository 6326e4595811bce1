//! The limit: an enum and bitsets, written by hand for this one lifecycle. It decides, keeps a log of facts, and applies them;
//! a refusal is a bare `None`.

use std::hint::black_box;

use anyhow::{Result, ensure};
use peercircle_core::{PhaseKind, SessionKind, Stage};

use super::{Ask, Refused, ask::What, group::Group};

/// What happened: the ask, and where it led.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fact {
    ask: Ask,
    stage: Stage,
}

#[derive(Clone, Debug)]
pub(crate) struct ByHand {
    stage: Stage,
    group: Group,
}

impl Default for ByHand {
    fn default() -> Self {
        Self { stage: Stage::Unformed, group: Group::default() }
    }
}

impl ByHand {
    fn decide(&self, ask: &Ask) -> Option<Fact> {
        let stage = self.next(ask)?;
        self.group.may(ask).then_some(Fact { ask: *ask, stage })
    }

    fn apply(&mut self, fact: &Fact) {
        self.stage = fact.stage;
        self.group.apply(&fact.ask);
    }

    /// The stage after the ask; none where it doesn't belong to this one.
    fn next(&self, ask: &Ask) -> Option<Stage> {
        let here = self.stage;
        let stay = |belongs: bool| belongs.then_some(here);
        match ask.what {
            What::Form => (here == Stage::Unformed).then_some(Stage::Forming),
            What::Enrol => stay(matches!(here, Stage::Forming | Stage::Scheduled)),
            What::Schedule { session, .. } => match (session, here) {
                (SessionKind::Explore, Stage::Forming | Stage::Scheduled) => Some(Stage::Scheduled),
                (SessionKind::Reflect, Stage::NextSteps | Stage::ExploreTakeaways | Stage::Practising) => Some(here),
                (_, _) => None,
            },
            What::Appoint { session, .. } => stay(match session {
                SessionKind::Explore => matches!(here, Stage::Forming | Stage::Scheduled | Stage::ExploreGathering),
                SessionKind::Reflect => first_session(here) || matches!(here, Stage::Practising | Stage::ReflectGathering),
            }),
            What::Timekeeper { .. } => stay(gathers(here) || runs(here)),
            What::Reply { session, .. } => stay(match session {
                SessionKind::Explore => matches!(here, Stage::Scheduled | Stage::ExploreGathering),
                SessionKind::Reflect => here == Stage::Practising || first_session(here) || here == Stage::ReflectGathering,
            }),
            What::Accept { .. } => {
                let before = matches!(here, Stage::Forming | Stage::Scheduled | Stage::ExploreGathering);
                stay(before || matches!(here, Stage::ExploreWelcome | Stage::Practising))
            }
            What::OpenDoors { session } => match (session, here) {
                (SessionKind::Explore, Stage::Scheduled) => Some(Stage::ExploreGathering),
                (SessionKind::Reflect, Stage::Practising) => Some(Stage::ReflectGathering),
                (_, _) => None,
            },
            What::Attend { .. } => stay(gathers(here) || runs(here)),
            What::Start if here == Stage::ExploreGathering => Some(Stage::ExploreWelcome),
            What::Start => (here == Stage::ReflectGathering).then_some(Stage::ReflectWelcome),
            What::OpenPhase { phase } => next_phase(here, phase),
            What::StartTurn { .. } | What::PassTurn { .. } => stay(round(here) && !self.passless(ask)),
            What::ShareStory { .. } => stay(here == Stage::StorySharing),
            What::GiveReport { .. } => stay(here == Stage::ReportBack),
            What::FinishTurn { .. } => {
                stay(matches!(here, Stage::ActionPlanning | Stage::ExploreTakeaways | Stage::ReflectTakeaways))
            }
            What::Plan { .. } => stay((Stage::SkillBuilding..=Stage::ReflectGathering).contains(&here)),
            What::Close if here == Stage::ExploreTakeaways => Some(Stage::Practising),
            What::Close if here == Stage::ReflectTakeaways => Some(self.closed()),
            What::Close => None,
            What::Pair { .. } | What::LogPractice { .. } | What::CheckIn { .. } => stay(here == Stage::Practising),
            What::Adopt { .. } if here == Stage::Adoption => stay(self.group.may_adopt_now(ask)),
            What::Adopt { member, .. } if here == Stage::Adopting => {
                let last = self.group.decided | 1 << (member & 15) == self.group.everyone();
                Some(if last { Stage::Completed } else { here })
            }
            What::Adopt { .. } => None,
            What::Feedback { .. } => stay(matches!(here, Stage::Practising | Stage::Adopting)),
        }
    }

    /// In the report-back one reports, or says why not.
    fn passless(&self, ask: &Ask) -> bool {
        self.stage == Stage::ReportBack && matches!(ask.what, What::PassTurn { .. })
    }

    fn closed(&self) -> Stage {
        if self.group.decided == self.group.everyone() { Stage::Completed } else { Stage::Adopting }
    }
}

fn next_phase(here: Stage, phase: PhaseKind) -> Option<Stage> {
    match (here, phase) {
        (Stage::ExploreWelcome, PhaseKind::StorySharing) => Some(Stage::StorySharing),
        (Stage::StorySharing, PhaseKind::Discussion) => Some(Stage::Discussion),
        (Stage::Discussion, PhaseKind::SkillBuilding) => Some(Stage::SkillBuilding),
        (Stage::SkillBuilding, PhaseKind::ActionPlanning) => Some(Stage::ActionPlanning),
        (Stage::ActionPlanning, PhaseKind::NextSteps) => Some(Stage::NextSteps),
        (Stage::NextSteps, PhaseKind::Takeaways) => Some(Stage::ExploreTakeaways),
        (Stage::ReflectWelcome, PhaseKind::ReportBack) => Some(Stage::ReportBack),
        (Stage::ReportBack, PhaseKind::LessonsLearned) => Some(Stage::LessonsLearned),
        (Stage::LessonsLearned, PhaseKind::Adoption) => Some(Stage::Adoption),
        (Stage::Adoption, PhaseKind::Takeaways) => Some(Stage::ReflectTakeaways),
        (_, _) => None,
    }
}

fn gathers(here: Stage) -> bool {
    matches!(here, Stage::ExploreGathering | Stage::ReflectGathering)
}

fn runs(here: Stage) -> bool {
    first_session(here) || (Stage::ReflectWelcome..=Stage::ReflectTakeaways).contains(&here)
}

fn first_session(here: Stage) -> bool {
    (Stage::ExploreWelcome..=Stage::ExploreTakeaways).contains(&here)
}

fn round(here: Stage) -> bool {
    let first = matches!(here, Stage::StorySharing | Stage::ActionPlanning | Stage::ExploreTakeaways);
    first || matches!(here, Stage::ReportBack | Stage::Adoption | Stage::ReflectTakeaways)
}

/// Decides, logs and applies; how many were accepted.
pub(crate) fn run(asks: &[Ask], log: &mut Vec<Fact>) -> u64 {
    let mut machine = ByHand::default();
    log.clear();
    let mut accepted = 0;
    for ask in asks {
        if let Some(fact) = machine.decide(black_box(ask)) {
            log.push(fact);
            machine.apply(&fact);
            accepted += 1;
        }
    }
    black_box(&machine);
    accepted
}

/// Applies facts alone.
pub(crate) fn replay(facts: &[Fact]) -> u64 {
    let mut machine = ByHand::default();
    let mut applied = 0;
    for fact in facts {
        machine.apply(black_box(fact));
        applied += 1;
    }
    black_box(&machine);
    applied
}

/// That it does the same work: accepts all, refuses what is to be refused, and ends where the cycle ends.
pub(crate) fn check(asks: &[Ask], refused: &[Refused], end: Stage) -> Result<()> {
    let mut machine = ByHand::default();
    for (at, ask) in asks.iter().enumerate() {
        for no in refused.iter().filter(|no| no.after == at) {
            ensure!(machine.decide(&no.ask).is_none(), "by hand: accepts {:?} after {at}", no.ask);
        }
        let fact = machine.decide(ask);
        ensure!(fact.is_some(), "by hand: refuses {ask:?}, step {at}, in {:?}", machine.stage);
        if let Some(fact) = fact {
            machine.apply(&fact);
        }
    }
    ensure!(machine.stage == end, "by hand: ends in {:?}, expected {end:?}", machine.stage);
    Ok(())
}
