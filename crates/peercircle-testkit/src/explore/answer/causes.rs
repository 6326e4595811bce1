//! Causes: what refuses a command that nobody can give, and the way to a stage that nobody reaches.

use std::collections::BTreeMap;

use peercircle_core::{Command, CommandKind, Context, KindSet, Rejection, RuleId, SessionKind, Stage};

use super::dead::askers;
use crate::{
    explore::{
        model::{Model, Point},
        tale::place,
    },
    walk::menu,
};

/// The rule that nothing is done out of order.
const ORDER: RuleId = RuleId::Ours(1);

/// The most causes of one thing that are told.
const TOLD: usize = 2;

/// What refuses a kind of command where groups come that it belongs to, in sentences without a full stop; nothing where it is only that
/// they don't come further.
pub(super) fn of_dead(model: &Model, samples: &[Point], kind: CommandKind, unreached: &[Stage]) -> Vec<String> {
    let here: Vec<_> = samples.iter().filter(|point| kind.stages().contains(point.cycle.stage())).collect();
    let follows = comes_later(kind, unreached);
    let told = refusing(model, &here, &|command| command.kind() == kind);
    told.into_iter().filter(|one| one.own || !follows).take(TOLD).map(|one| one.says).collect()
}

/// Whether a kind belongs to a stage that no group reaches.
fn comes_later(kind: CommandKind, unreached: &[Stage]) -> bool {
    unreached.iter().any(|stage| kind.stages().contains(*stage))
}

/// What refuses the way to each stage that nobody reaches, of several after one another to the first.
pub(super) fn of_unreached(model: &Model, samples: &[Point], unreached: &[Stage]) -> BTreeMap<Stage, Vec<String>> {
    let mut causes = BTreeMap::new();
    let mut last = None;
    for stage in unreached {
        // From where groups would come: the last stage before it that they do reach.
        let from = samples.iter().map(|point| point.cycle.stage()).filter(|from| from < stage && !from.is_terminal()).max();
        if last.replace(from) == Some(from) {
            continue;
        }
        let here: Vec<_> = samples.iter().filter(|point| Some(point.cycle.stage()) == from).collect();
        let told = refusing(model, &here, &|command| leads_to(command, *stage));
        let says: Vec<_> = told.into_iter().take(TOLD).map(|one| one.says).collect();
        if !says.is_empty() {
            causes.insert(*stage, says);
        }
    }
    causes
}

/// Whether a command would lead to this stage.
fn leads_to(command: &Command, stage: Stage) -> bool {
    if let Command::OpenPhase { phase } = command {
        return SessionKind::ALL.into_iter().any(|session| Stage::of_phase(session, *phase) == Some(stage));
    }
    match stage {
        Stage::Unformed => false,
        Stage::Forming => command.kind() == CommandKind::FormCycle,
        Stage::Scheduled => command.kind() == CommandKind::ScheduleSession,
        Stage::ExploreGathering | Stage::ReflectGathering => command.kind() == CommandKind::OpenSession,
        Stage::ExploreWelcome | Stage::ReflectWelcome => command.kind() == CommandKind::StartSession,
        Stage::StorySharing
        | Stage::Discussion
        | Stage::SkillBuilding
        | Stage::ActionPlanning
        | Stage::NextSteps
        | Stage::ExploreTakeaways
        | Stage::ReportBack
        | Stage::LessonsLearned
        | Stage::Adoption
        | Stage::ReflectTakeaways => false,
        Stage::Practising | Stage::Adopting => command.kind() == CommandKind::CloseSession,
        Stage::Completed => matches!(command.kind(), CommandKind::CloseSession | CommandKind::DecideAdoption),
        Stage::Cancelled => command.kind() == CommandKind::CancelCycle,
        Stage::Suspended => command.kind() == CommandKind::SuspendCycle,
        Stage::Terminated => command.kind() == CommandKind::TerminateCycle,
        Stage::Lapsed => command.kind() == CommandKind::LapseCycle,
    }
}

/// Something that refuses: how often it did so alone, and in company, and what it says where it did so first.
struct Refusing {
    own: bool,
    /// Whether it is that somebody else would have to ask.
    role: bool,
    alone: usize,
    often: usize,
    says: String,
}

/// What refused these commands: the process's own rules, or else those of the table; what did so alone, and most often, first.
fn refusing(model: &Model, points: &[&Point], wanted: &dyn Fn(&Command) -> bool) -> Vec<Refusing> {
    let mut all: BTreeMap<(RuleId, bool), Refusing> = BTreeMap::new();
    for point in points {
        for kind in KindSet::at_stage(point.cycle.stage()).iter() {
            for command in menu(kind, &point.cycle, point.now).into_iter().filter(wanted) {
                for by in askers(point) {
                    let refusals = model.rules().refusals(&point.cycle, &command, &Context::new(by, point.now));
                    // What isn't next here is refused elsewhere.
                    if refusals.iter().any(|one| one.rule() == ORDER) {
                        continue;
                    }
                    for one in &refusals {
                        let role = matches!(one, Rejection::NotYourRole { .. });
                        let first = || Refusing {
                            own: !matches!(one.rule(), RuleId::Ours(_)),
                            role,
                            alone: 0,
                            often: 0,
                            says: says(model, point, kind, one),
                        };
                        let known = all.entry((one.rule(), role)).or_insert_with(first);
                        known.often += 1;
                        known.alone += usize::from(refusals.len() == 1);
                    }
                }
            }
        }
    }
    let mut told: Vec<_> = all.into_values().collect();
    // Where a rule of one's own is in the way, those of the table only mind how it was asked, and by whom.
    let best = told.iter().map(|one| (one.own, !one.role)).max();
    told.retain(|one| Some((one.own, !one.role)) == best);
    if told.iter().any(|one| one.alone > 0) {
        told.retain(|one| one.alone > 0);
    }
    told.sort_by_key(|one| std::cmp::Reverse((one.alone, one.often)));
    told
}

fn says(model: &Model, point: &Point, kind: CommandKind, one: &Rejection) -> String {
    let (cycle, rule) = (&point.cycle, one.rule().name(model.process()));
    let (at, to) = (place(cycle.stage()), kind.label());
    format!("At {at}, in the way to {to}: {} ({rule}). What helps: {}", one.say(cycle), one.remedy(cycle))
}
