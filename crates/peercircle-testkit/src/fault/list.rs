//! The faults.

use peercircle_core::{
    Attendance, CatchUpPart, Consent, Cycle, DropReason, EventBody, Outcome, QuorumLost, Recording, SeatSet, Switch,
    TurnOrder, Vote,
};

use super::{
    Fault,
    Place::{self, Off, Reads, Says, Takes},
};

const fn fault(name: &'static str, at: Place) -> Fault {
    Fault { name, at }
}

/// Leaves the events out that hold.
fn without(bodies: &mut Vec<EventBody>, out: impl Fn(&EventBody) -> bool) {
    bodies.retain(|body| !out(body));
}

/// An event that changes nothing.
fn nothing(cycle: &Cycle) -> Option<EventBody> {
    Some(EventBody::PrivacyTightened { privacy: cycle.ledger().privacy() })
}

fn turned(switch: Switch) -> Switch {
    if switch.is_on() { Switch::Off } else { Switch::On }
}

/// Every seeded fault.
pub static FAULTS: &[Fault] = &[
    // Rules that are off.
    fault("a manager sits with their report", Off(6)),
    fault("strategies of other modules", Off(7)),
    fault("stories without accepted ground rules", Off(8)),
    fault("the same facilitator twice", Off(11)),
    fault("a delegated chair at any time", Off(14)),
    fault("sessions close with members unmarked", Off(18)),
    fault("a lost quorum is passed over", Off(22)),
    fault("practice without catching up", Off(23)),
    fault("turns out of turn", Off(27)),
    fault("a round is left open", Off(30)),
    fault("turns move in a pause", Off(37)),
    fault("privacy loosens", Off(49)),
    fault("recording without consent", Off(50)),
    fault("former and sitting members are erased", Off(56)),
    fault("two places at once", Off(59)),
    fault("two cycles at once", Off(60)),
    // Rules that look at another number.
    fault("one phase may always be reopened more", Reads(3, |spec| spec.phases.reopenings += 1)),
    fault("one member too many", Reads(5, |spec| spec.group.maximum += 1)),
    fault("the quorum is its floor", Reads(21, |spec| spec.quorum.numerator = 1)),
    fault("a lost quorum never stops", Reads(22, |spec| spec.quorum.when_lost = QuorumLost::Warn)),
    fault("catching up is turned about", Reads(23, |spec| spec.attendance.catch_up = turned(spec.attendance.catch_up))),
    fault("members pass where nobody may", Reads(28, |spec| spec.turns.pass = Switch::On)),
    fault("the order is always fixed", Reads(31, |spec| spec.turns.order = TurnOrder::Fixed)),
    fault("extensions past the cap", Reads(33, |spec| (spec.clock.overrun_minutes, spec.clock.grace_minutes) = (60, 240))),
    fault("a day is missing from the gap", Reads(42, |spec| spec.gap.minimum_days -= 1)),
    fault("one week of practice", Reads(45, |spec| spec.practice.weeks = 1)),
    // Decisions that leave something out, word it otherwise, or add to it.
    fault("nobody is gone", Says(|_, said| without(said, |body| matches!(body, EventBody::FacilitatorGone { .. })))),
    fault("a lost quorum isn't said", Says(|_, said| without(said, |body| matches!(body, EventBody::QuorumLost { .. })))),
    fault("nobody completes", Says(|_, said| without(said, |body| matches!(body, EventBody::MemberCompleted { .. })))),
    fault("buddies aren't paired again", Says(alone)),
    fault(
        "the recording runs on",
        Says(|_, said| {
            if said.len() > 1 {
                without(said, |body| matches!(body, EventBody::RecordingStopped {}));
            }
        }),
    ),
    fault(
        "too few aren't suspended",
        Says(|_, said| {
            if said.len() > 1 {
                without(said, |body| matches!(body, EventBody::CycleSuspended { .. }));
            }
        }),
    ),
    fault("nobody is dropped", Says(|_, said| without(said, |body| matches!(body, EventBody::MemberDropped { .. })))),
    fault(
        "a phase a second longer",
        Says(|_, said| {
            for body in said {
                if let EventBody::PhaseOpened { planned_seconds, .. } = body {
                    *planned_seconds += 1;
                }
            }
        }),
    ),
    fault(
        "every plan is the first",
        Says(|_, said| {
            for body in said {
                if let EventBody::PlanMade { version, .. } = body {
                    *version = 1;
                }
            }
        }),
    ),
    fault(
        "an interrupted session gets no time",
        Says(|_, said| {
            for body in said {
                if let EventBody::SessionResumed { allotted_seconds } = body {
                    *allotted_seconds = None;
                }
            }
        }),
    ),
    fault(
        "dropped for another reason",
        Says(|_, said| {
            for body in said {
                if let EventBody::MemberDropped { reason, .. } = body {
                    *reason = DropReason::Undone;
                }
            }
        }),
    ),
    fault(
        "completed whether they came or not",
        Says(|_, said| {
            for body in said {
                if let EventBody::MemberCompleted { outcome, .. } = body {
                    *outcome = Outcome::Completed;
                }
            }
        }),
    ),
    fault(
        "a closed round forgets whom it closed over",
        Says(|_, said| {
            for body in said {
                if let EventBody::RoundClosed { unheard, .. } = body {
                    *unheard = SeatSet::EMPTY;
                }
            }
        }),
    ),
    fault(
        "whoever comes late starts the recording",
        Says(|cycle, said| {
            let asked = cycle.state().meeting().is_some_and(|meeting| meeting.recording() == Recording::Requested);
            if asked && matches!(said.first(), Some(EventBody::AttendanceMarked { attendance: Attendance::Late, .. })) {
                said.push(EventBody::RecordingStarted {});
            }
        }),
    ),
    // States that take an event for another, or not at all.
    fault(
        "a cycle that lapses goes on",
        Takes(|cycle, body| if matches!(body, EventBody::CycleLapsed {}) { nothing(cycle) } else { None }),
    ),
    fault(
        "a postponed session keeps its date",
        Takes(|cycle, body| if matches!(body, EventBody::SessionPostponed { .. }) { nothing(cycle) } else { None }),
    ),
    fault(
        "a pause doesn't pause",
        Takes(|cycle, body| if matches!(body, EventBody::SessionPaused { .. }) { nothing(cycle) } else { None }),
    ),
    fault(
        "an interruption goes unnoticed",
        Takes(|cycle, body| if matches!(body, EventBody::SessionInterrupted { .. }) { nothing(cycle) } else { None }),
    ),
    fault(
        "new ground rules are the old ones",
        Takes(|cycle, body| if matches!(body, EventBody::GroundRulesSet { .. }) { nothing(cycle) } else { None }),
    ),
    fault(
        "whoever withdraws is still there",
        Takes(|cycle, body| if matches!(body, EventBody::MemberWithdrawn { .. }) { nothing(cycle) } else { None }),
    ),
    fault(
        "going on below the quorum is forgotten",
        Takes(|cycle, body| if matches!(body, EventBody::QuorumWaived { .. }) { nothing(cycle) } else { None }),
    ),
    fault(
        "whoever defers has passed",
        Takes(|_, body| match body {
            EventBody::TurnDeferred { seat } => Some(EventBody::TurnPassed { seat: *seat }),
            _ => None,
        }),
    ),
    fault(
        "whoever passes was heard",
        Takes(|_, body| match body {
            EventBody::TurnPassed { seat } => Some(EventBody::TurnFinished { seat: *seat, note: None }),
            _ => None,
        }),
    ),
    fault(
        "a refusal to be recorded is consent",
        Takes(|_, body| match body {
            EventBody::RecordingAnswered { seat, .. } => {
                Some(EventBody::RecordingAnswered { seat: *seat, consent: Consent::Given })
            }
            _ => None,
        }),
    ),
    fault(
        "votes count for the other side",
        Takes(|_, body| match body {
            EventBody::SuspensionVoted { seat, vote } => {
                let vote = if *vote == Vote::GoOn { Vote::End } else { Vote::GoOn };
                Some(EventBody::SuspensionVoted { seat: *seat, vote })
            }
            _ => None,
        }),
    ),
    fault(
        "reading is being briefed",
        Takes(|_, body| match body {
            EventBody::CatchUpRecorded { seat, .. } => {
                Some(EventBody::CatchUpRecorded { seat: *seat, part: CatchUpPart::BuddyBriefed })
            }
            _ => None,
        }),
    ),
    fault(
        "every week is the first",
        Takes(|_, body| match body {
            EventBody::PracticeLogged { seat, note, .. } => {
                Some(EventBody::PracticeLogged { seat: *seat, week: 1, note: *note })
            }
            _ => None,
        }),
    ),
    fault(
        "a new date keeps the replies to the old",
        Takes(|cycle, body| match body {
            EventBody::SessionRescheduled { session, starts_at, short_gap } => {
                let place = cycle.ledger().session(*session).place()?;
                Some(EventBody::SessionScheduled { session: *session, starts_at: *starts_at, place, short_gap: *short_gap })
            }
            _ => None,
        }),
    ),
];

fn alone(_: &Cycle, said: &mut Vec<EventBody>) {
    if said.len() > 1 {
        without(said, |body| matches!(body, EventBody::BuddiesPaired { .. }));
    }
}
