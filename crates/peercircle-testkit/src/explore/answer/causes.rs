//! Causes: what refuses a command that nobody can give, and the way to a stage that nobody reaches.

mod elsewhere;

use std::collections::BTreeMap;

use peercircle_core::{Command, CommandKind, Context, KindSet, Rejection, RuleId, SessionKind, Stage};

use self::elsewhere::Without;
use super::{
    dead::askers,
    obstacles::{in_the_way, is_needless, is_own, obstacles},
};
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

/// What refuses each of these kinds of command where groups come that it belongs to, in sentences without a full stop; nothing where
/// it is only that they don't come further.
pub(super) fn of_dead(
    model: &Model,
    samples: &[Point],
    dead: &[CommandKind],
    unreached: &[Stage],
) -> BTreeMap<CommandKind, Vec<String>> {
    let mut without = Without::default();
    let because = |kind: &CommandKind| {
        let here: Vec<_> = samples.iter().filter(|point| kind.stages().contains(point.cycle.stage())).collect();
        let follows = comes_later(*kind, unreached);
        let mut told = refusing(model, &here, &|command| command.kind() == *kind);
        told.retain(|one| one.own || !follows);
        // Where it is refused only as there is nothing to be done, or nobody is there, that keeps no group from it.
        let says = if !follows && told.iter().all(|one| one.needless) {
            without.kept_from(model, samples, *kind)
        } else {
            told.into_iter().filter(|one| !one.needless).take(TOLD).map(|one| one.says).collect()
        };
        (*kind, says)
    };
    dead.iter().map(because).collect()
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
        // What stops a cycle early, or is for nobody, is on no way on.
        let mut says = if *stage <= Stage::Completed { on_the_way(model, &here) } else { Vec::new() };
        if says.is_empty() {
            let told = refusing(model, &here, &|command| leads_to(command, *stage));
            says.extend(told.into_iter().take(TOLD).map(|one| one.says));
        }
        if !says.is_empty() {
            causes.insert(*stage, says);
        }
    }
    causes
}

/// What the way on ends at from these points: the rules of the process's own and in code, or else what most of them meet.
fn on_the_way(model: &Model, points: &[&Point]) -> Vec<String> {
    let mut met: BTreeMap<String, (bool, usize, String)> = BTreeMap::new();
    for one in points.iter().flat_map(|point| obstacles(model, point)) {
        met.entry(one.cause).or_insert((one.own, 0, one.placed)).1 += 1;
    }
    let mut met: Vec<_> = met.into_values().collect();
    met.sort_by_key(|(own, often, _)| std::cmp::Reverse((*own, *often)));
    let own = met.first().is_some_and(|(own, ..)| *own);
    met.into_iter().filter(|one| one.0 == own).take(TOLD).map(|(_, _, says)| says).collect()
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
    rule: RuleId,
    own: bool,
    /// Whether it is that somebody else would have to ask.
    role: bool,
    /// Whether it is that there is nothing to be done.
    needless: bool,
    alone: usize,
    often: usize,
    says: String,
}

/// What refused these commands: the process's own rules, or else those of the table; what did so alone, and most often, first.
fn refusing(model: &Model, points: &[&Point], wanted: &dyn Fn(&Command) -> bool) -> Vec<Refusing> {
    let mut all: BTreeMap<(RuleId, bool, bool), Refusing> = BTreeMap::new();
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
                            rule: one.rule(),
                            own: is_own(one),
                            role,
                            needless: is_needless(one),
                            alone: 0,
                            often: 0,
                            says: says(point, kind, one),
                        };
                        let known = all.entry((one.rule(), role, is_needless(one))).or_insert_with(first);
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

fn says(point: &Point, kind: CommandKind, one: &Rejection) -> String {
    format!("At {}, {}", place(point.cycle.stage()), in_the_way(&point.cycle, kind, one))
}
