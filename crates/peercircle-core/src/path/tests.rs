//! Paths against a blind search: nothing shorter exists among plain commands, and where there is no path there is none.

use std::collections::BTreeSet;

use super::*;
use crate::{KindSet, ModuleRef, Process, Seat, SessionKind, Span, Stage, allowed::candidates};

/// What a path never proposes: it wants a reason, undoes something, or ends it for somebody.
const EXCEPTIONS: KindSet = KindSet::of(&[
    CommandKind::WithdrawMember,
    CommandKind::PostponeSession,
    CommandKind::CancelSession,
    CommandKind::CancelCycle,
    CommandKind::SkipPhase,
    CommandKind::ReopenPhase,
    CommandKind::PassTurn,
    CommandKind::DeferTurn,
    CommandKind::CloseRound,
    CommandKind::PauseSession,
    CommandKind::InterruptSession,
    CommandKind::RestartSession,
    CommandKind::HandOver,
    CommandKind::DeclareFacilitatorGone,
    CommandKind::WaiveMember,
    CommandKind::LapseCycle,
    CommandKind::SuspendCycle,
    CommandKind::ReportBreach,
    CommandKind::TerminateCycle,
    CommandKind::AnonymiseMember,
    CommandKind::TightenPrivacy,
    CommandKind::MigrateProcess,
    CommandKind::RescheduleSession,
    CommandKind::SetGroundRules,
    CommandKind::StopRecording,
    CommandKind::EnrolMember,
    CommandKind::ChooseModule,
]);

fn plain(cycle: &Cycle, now: Instant) -> Vec<(Actor, Command)> {
    let seats = cycle.ledger().active().iter().map(Actor::member);
    let actors = [Actor::Organiser {}, Actor::Host {}].into_iter().chain(seats);
    let mut all = Vec::new();
    for actor in actors {
        for kind in cycle.in_reach(actor).minus(EXCEPTIONS).iter() {
            let found = candidates(kind, cycle, actor, now).into_iter();
            // Leaving early, being excused or absent undo a presence; an exception to R-11 wants a reason.
            let fits = |command: &Command| {
                if let Command::MarkAttendance { attendance, .. } = command {
                    return matches!(attendance, crate::Attendance::Present | crate::Attendance::Late);
                }
                let before = cycle.ledger().session(SessionKind::Explore).facilitated;
                let Command::AppointFacilitator { session: SessionKind::Reflect, member, .. } = command else { return true };
                !before.contains(*member)
            };
            all.extend(found.filter(fits).map(|command| (actor, command)));
        }
    }
    all
}

/// The length of the shortest way by plain commands at `now`, up to `most`.
fn blind(cycle: &Cycle, goal: &Command, context: &Context, most: usize) -> Option<usize> {
    let mut edge = vec![cycle.clone()];
    let mut seen = BTreeSet::new();
    for length in 0..=most {
        if edge.iter().any(|cycle| cycle.permits(goal, context)) {
            return Some(length);
        }
        let mut next = Vec::new();
        for cycle in edge.iter().filter(|_| length < most) {
            for (actor, command) in plain(cycle, context.now) {
                let context = Context::new(actor, context.now);
                if cycle.permits(&command, &context) {
                    let mut after = cycle.clone();
                    for event in cycle.decide(&command, &context).events() {
                        after.evolve(event).unwrap();
                    }
                    if seen.insert(format!("{:?} {:?}", after.ledger(), after.state())) {
                        next.push(after);
                    }
                }
            }
        }
        edge = next;
    }
    None
}

fn group() -> Walk<'static> {
    static RULES: Rulebook = Rulebook::standard();
    let mut walk = Walk::new(&RULES, Cycle::default(), "2026-03-02T09:00:00Z".parse().unwrap());
    let module = ModuleRef::new("m".parse().unwrap(), vec!["s".parse().unwrap()]).unwrap();
    let form = Command::FormCycle {
        cycle: "c".parse().unwrap(),
        group: "g".parse().unwrap(),
        module,
        process: Box::new(Process::default()),
        previous: None,
    };
    assert!(walk.perform(&form, None, 0));
    // One of five misses session 1, as a path takes no more than the quorum, and is dropped: four may go on.
    for number in 0..5 {
        let enrol = Command::EnrolMember {
            member: format!("m{number}").parse().unwrap(),
            level: "l".parse().unwrap(),
            department: format!("d{number}").parse().unwrap(),
            manager: None,
        };
        assert!(walk.perform(&enrol, None, 0));
    }
    walk
}

#[test]
fn nothing_shorter_leads_there_and_where_it_says_none_there_is_none() {
    let mut walk = group();
    let (mut compared, mut found_none) = (0, 0);
    let (mut last, mut wrong) = (None, Vec::new());
    while walk.forward() {
        if last == Some(walk.cycle.stage()) && walk.cycle.round().is_none_or(|round| round.done().len() != 1) {
            continue;
        }
        last = Some(walk.cycle.stage());
        let cycle = &walk.cycle;
        let now = cycle.last_at() + Span::seconds(1);
        let asked =
            [Actor::Organiser {}].into_iter().chain(cycle.chair().map(Actor::member)).chain(Seat::new(2).map(Actor::member));
        for actor in asked {
            let context = Context::new(actor, now);
            for kind in CommandKind::ALL.iter().filter(|kind| !EXCEPTIONS.contains(**kind)) {
                let Some(goal) = candidates(*kind, cycle, actor, now).into_iter().next() else { continue };
                let path = cycle.path_to(&goal, &context);
                // The blind search doesn't wait, so paths that do are left out.
                let waits = path.as_ref().is_ok_and(|steps| steps.iter().any(|step| step.at > now));
                let most = if cycle.stage() == Stage::Forming { 1 } else { 2 };
                match path {
                    Ok(steps) if !waits && steps.len() <= most + 1 => {
                        let blind = blind(cycle, &goal, &context, most.min(steps.len().saturating_sub(1)));
                        if !steps.is_empty() && blind.is_some() {
                            wrong.push(format!("{goal:?} by {actor:?}: {blind:?} and not {steps:?}"));
                        }
                        compared += 1;
                    }
                    Ok(_) => {}
                    Err(no) => {
                        let blind = blind(cycle, &goal, &context, 1);
                        if blind.is_some() {
                            wrong.push(format!("{goal:?} by {actor:?} at {:?}: {:?}", cycle.stage(), no.refused));
                        }
                        found_none += 1;
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 100 && found_none > 100, "{compared} paths were compared, {found_none} times there was none");
}
