//! Rules of the phases: order, skipping, going back.

use super::Checked;
use crate::{Command, Facts, Reason};

pub(super) fn in_order(facts: &Facts<'_>) -> Checked {
    let (Command::OpenPhase { phase } | Command::SkipPhase { phase, .. }) = facts.command() else { return Ok(()) };
    let next = facts.cycle().next_phase();
    if next == Some(*phase) { Ok(()) } else { Err(Reason::NotNextPhase { asked: *phase, next }) }
}

pub(super) fn may_be_skipped(facts: &Facts<'_>) -> Checked {
    match facts.command() {
        Command::SkipPhase { phase, .. } if !facts.spec().phases.skippable.contains(phase) => {
            Err(Reason::NotSkippable { phase: *phase })
        }
        _ => Ok(()),
    }
}

pub(super) fn may_be_reopened(facts: &Facts<'_>) -> Checked {
    let (Command::ReopenPhase { phase, .. }, Some(meeting)) = (facts.command(), facts.meeting()) else { return Ok(()) };
    let previous = facts.cycle().previous_phase();
    if previous != Some(*phase) {
        return Err(Reason::NotPreviousPhase { asked: *phase, previous });
    }
    let limit = facts.spec().phases.reopenings;
    if meeting.reopened >= limit { Err(Reason::ReopenedBefore { limit }) } else { Ok(()) }
}
