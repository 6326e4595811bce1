//! What a "no" tells of a group to whoever isn't in it.

use peercircle_core::{Cycle, CycleId, Reason, RefusalView, VerdictView};

/// The code of a "no" to what was seen.
pub(crate) const STALE: &str = "stale_revision";

/// An answer without what its numbers, and its reasons where there is another no, would tell of the group.
pub(crate) fn veil(view: VerdictView, no: impl FnOnce(Vec<RefusalView>) -> Vec<RefusalView>) -> VerdictView {
    match view {
        VerdictView::Accepted { events, .. } => VerdictView::Accepted { revision: 0, events },
        VerdictView::Duplicate { .. } => VerdictView::Duplicate { first: 0, last: 0 },
        VerdictView::Refused { refusals } => VerdictView::Refused { refusals: no(refusals) },
    }
}

/// Refusals as the outside hears them: a running session is a session, whatever its phase, and what a rule of the group's own found
/// there is the group's.
pub(crate) fn outside(cycle: &Cycle, refusals: Vec<RefusalView>) -> Vec<RefusalView> {
    refusals.into_iter().map(|no| without_phase(cycle, no)).collect()
}

fn without_phase(cycle: &Cycle, no: RefusalView) -> RefusalView {
    let stage = cycle.stage().disclosed();
    let is_hidden = stage != cycle.stage().name();
    let says = if is_hidden && no.code == WRONG_PHASE {
        format!("this does not belong to where the cycle is: {stage}")
    } else if is_hidden && let Some(Reason::DoorsClosed { .. }) = no.found {
        "it is too late to come into the session".to_owned()
    } else if let Some(Reason::PreviousNotEnded { stage }) = no.found {
        format!("the group's last cycle has not ended, it is {}", stage.disclosed())
    } else if let Some(Reason::OwnUnmet { rule, .. }) = no.found {
        cycle.process().spec().rules.get(usize::from(rule)).map_or_else(|| no.rule.clone(), |own| own.title.clone())
    } else {
        return no;
    };
    // What belongs to the phase would name it.
    let helps = if no.code == WRONG_PHASE {
        "look at the cycle's facts, which say when it has gone on".to_owned()
    } else {
        no.helps
    };
    RefusalView { says, helps, found: None, applies: Vec::new(), ..no }
}

/// The code of a "no" to what doesn't belong to where a cycle is.
const WRONG_PHASE: &str = "wrong_phase";

/// The id is that of a cycle which was formed by other words.
pub(crate) fn taken(id: &CycleId) -> RefusalView {
    let says = format!("`{id}` is another cycle's id");
    refusal(WRONG_PHASE, "R-01", &says, "choose another one, or leave it out")
}

/// How a suspended group decides is its own: the organiser hears that it does, and no more.
pub(crate) fn suspended() -> RefusalView {
    refusal(
        "rule_refused",
        "R-51",
        "The cycle is suspended; its group decides how it goes on.",
        "Wait for the group's decision.",
    )
}

/// Whoever isn't in the group isn't told at which revision it is.
pub(crate) fn moved_on() -> RefusalView {
    refusal(STALE, "R-04", "The cycle isn't as you saw it.", "Look at its facts again, then decide again.")
}

/// Whoever left hears no more of where the group is.
pub(crate) fn former() -> RefusalView {
    refusal("rule_refused", "R-25", "You are no longer in this group.", "Ask the group or the programme owner.")
}

fn refusal(code: &'static str, rule: &str, says: &str, helps: &str) -> RefusalView {
    RefusalView {
        code,
        rule: rule.to_owned(),
        says: says.to_owned(),
        helps: helps.to_owned(),
        members: Vec::new(),
        found: None,
        applies: Vec::new(),
        may: Vec::new(),
    }
}
