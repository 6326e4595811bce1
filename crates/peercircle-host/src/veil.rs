//! What a "no" tells of a group to whoever isn't in it.

use peercircle_core::{
    CommandKind, Cycle, CycleId, KindSet, Reason, RefusalView, Role, SessionKind, Stage, StageSet, VerdictView,
};

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

/// What the organiser may give while a session gathers or runs, in whatever part of it that is; none where no session does.
///
/// A list of what is possible right now would tell the phase: new ground rules end with the welcome, buddies begin with the plans, and an
/// interrupted session can be begun afresh. What comes too early or too late is refused when it is given, as the outside hears it.
pub(crate) fn in_session(cycle: &Cycle) -> Option<Vec<CommandKind>> {
    let parts = StageSet::RUNNING.or(StageSet::GATHERING);
    if !parts.contains(cycle.stage()) {
        return None;
    }
    let session = cycle.session()?;
    let of_session =
        Stage::ALL.iter().filter(|stage| parts.contains(**stage) && stage.disclosed() == cycle.stage().disclosed());
    let some_time = of_session.fold(KindSet::EMPTY, |kinds, stage| kinds.or(KindSet::at_stage(*stage)));
    let never = match session {
        // Session 1 was opened, so it was dated, and nothing is scheduled for it; session 2 may be, whenever.
        SessionKind::Explore => KindSet::EMPTY,
        // The group is closed and has begun, and both dates are there: facts that the outside has.
        SessionKind::Reflect => KindSet::of(&[
            CommandKind::EnrolMember,
            CommandKind::ChooseModule,
            CommandKind::ScheduleSession,
            CommandKind::CancelCycle,
        ]),
    };
    Some(cycle.process().kinds(Role::Organiser).and(some_time).minus(never).iter().collect())
}

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
