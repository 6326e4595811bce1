//! Rules of a process file's own: whether a condition holds.

use peercircle_core::{Attendance, Condition, Counted, Instant, SessionKind, Since, Whose};

use super::judge::Question;

pub(super) fn holds(question: &Question<'_>, condition: &Condition) -> bool {
    let within = |got: u32, low: Option<u32>, high: Option<u32>| {
        low.is_none_or(|low| low <= got) && high.is_none_or(|high| got <= high)
    };
    match condition {
        Condition::All(of) => of.iter().all(|one| holds(question, one)),
        Condition::Any(of) => of.iter().any(|one| holds(question, one)),
        Condition::Not(one) => !holds(question, one),
        Condition::AtLeast { n, of } => of.iter().filter(|one| holds(question, one)).count() >= usize::from(*n),
        Condition::Role(roles) => roles.iter().any(|role| question.has(*role)),
        Condition::Stage(stages) => stages.contains(&question.stage()),
        Condition::Phase(phases) => question.running.as_ref().is_some_and(|running| phases.contains(&running.phase)),
        Condition::Elapsed(bound) => {
            minutes(question, bound.since).is_some_and(|got| within(got, bound.at_least_minutes, bound.at_most_minutes))
        }
        Condition::Count(bound) => {
            within(count(question, bound.of), bound.at_least.map(u32::from), bound.at_most.map(u32::from))
        }
        Condition::Attendance { of, is } => attends(question, *of, is),
    }
}

/// Whole minutes since a moment that has come.
fn minutes(question: &Question<'_>, since: Since) -> Option<u32> {
    let from = |at: Instant| (question.now().unix_millis() - at.unix_millis()).max(0) / 60_000;
    let running = question.running.as_ref();
    let minutes = match since {
        Since::SessionStarted => running?.seconds() / 60,
        // A phase that opened when nobody was there any more has had no time.
        Since::PhaseOpened => (running?.seconds() - running?.opened).max(0) / 60,
        Since::ExploreClosed => from(question.past.closed_at(SessionKind::Explore)?),
        Since::ReflectClosed => from(question.past.closed_at(SessionKind::Reflect)?),
    };
    u32::try_from(minutes).ok()
}

/// Whoever has left the group is counted nowhere.
fn count(question: &Question<'_>, of: Counted) -> u32 {
    let past = question.past;
    let who = match of {
        Counted::Members => question.members,
        Counted::Present => question.room,
        Counted::AcceptedRules => past.accepted(),
        Counted::TurnsDone => {
            let round = question.running.as_ref().and_then(|running| running.round.as_ref());
            round.map_or_else(Default::default, super::sitting::Turns::heard)
        }
        Counted::Plans => past.with_plan(),
        Counted::PracticeEntries => {
            let weeks = |seat| (1..=8).filter(|week| past.logged(seat, *week)).count();
            return u32::try_from(question.members.iter().map(weeks).sum::<usize>()).unwrap_or(u32::MAX);
        }
        Counted::Reports => past.reported(),
        Counted::AdoptionDecisions => past.decided(),
    };
    who.and(question.members).len().into()
}

fn attends(question: &Question<'_>, of: Whose, is: &[Attendance]) -> bool {
    let Some(sitting) = &question.sitting else { return false };
    match of {
        Whose::Actor => question.context.actor.seat().is_some_and(|seat| is.contains(&sitting.mark(seat))),
        Whose::Subject => question.subject().is_some_and(|seat| is.contains(&sitting.mark(seat))),
        Whose::Everyone => question.members.iter().all(|seat| is.contains(&sitting.mark(seat))),
    }
}
