//! Which commands write which event: what a property that speaks of an event has to do with.

use peercircle_core::{CommandKind, KindSet};

use CommandKind as K;

/// What changes who is in the room.
const ROOM: &[K] = &[K::WithdrawMember, K::MarkAttendance];
/// What ends a turn, and gives the chair back with it.
const TURNS: &[K] = &[
    K::ShareStory,
    K::GiveReport,
    K::FinishTurn,
    K::PassTurn,
    K::DeferTurn,
    K::CloseRound,
    K::DecideAdoption,
    K::WithdrawMember,
    K::MarkAttendance,
];
/// What may be the last thing a member had left to do, or leaves none who has.
const ENDS: &[K] = &[
    K::WithdrawMember,
    K::CloseSession,
    K::SubmitReport,
    K::RecordDebrief,
    K::DecideAdoption,
    K::WaiveMember,
    K::ResumeCycle,
];

/// Each type of event, in the order of the lifecycle, with every kind of command that may write it, alone or beside another.
const WRITTEN: &[(&str, &[K])] = &[
    ("cycle.formed", &[K::FormCycle]),
    ("member.enrolled", &[K::EnrolMember]),
    ("member.withdrawn", &[K::WithdrawMember]),
    ("module.chosen", &[K::ChooseModule]),
    ("ground_rules.set", &[K::SetGroundRules]),
    ("ground_rules.accepted", &[K::AcceptGroundRules]),
    ("orientation.completed", &[K::CompleteOrientation]),
    ("facilitator.appointed", &[K::AppointFacilitator]),
    ("timekeeper.appointed", &[K::AppointTimekeeper]),
    ("session.scheduled", &[K::ScheduleSession]),
    ("session.rescheduled", &[K::RescheduleSession]),
    ("session.postponed", &[K::PostponeSession]),
    ("session.date_promised", &[K::PromiseDate]),
    ("session.cancelled", &[K::CancelSession]),
    ("cycle.cancelled", &[K::CancelSession, K::CancelCycle]),
    ("session.replied", &[K::Reply]),
    ("session.opened", &[K::OpenSession]),
    ("attendance.marked", ROOM),
    ("session.started", &[K::StartSession]),
    ("phase.opened", &[K::OpenPhase, K::SkipPhase]),
    ("phase.skipped", &[K::OpenPhase, K::SkipPhase]),
    ("phase.reopened", &[K::ReopenPhase]),
    ("turn.started", &[K::StartTurn]),
    ("story.shared", &[K::ShareStory]),
    ("report.given", &[K::GiveReport]),
    ("turn.finished", &[K::FinishTurn]),
    ("turn.passed", &[K::PassTurn]),
    ("turn.deferred", &[K::DeferTurn]),
    ("round.closed", &[K::OpenPhase, K::SkipPhase, K::CloseRound]),
    ("plan.made", &[K::MakePlan]),
    ("phase.extended", &[K::ExtendPhase]),
    ("overrun.agreed", &[K::AgreeToOverrun]),
    ("overrun.granted", &[K::AgreeToOverrun]),
    ("session.paused", &[K::PauseSession]),
    ("session.resumed", &[K::ResumeSession]),
    ("session.interrupted", &[K::InterruptSession, K::SuspendCycle, K::ReportBreach]),
    ("session.restarted", &[K::RestartSession]),
    ("facilitator.changed", &[K::HandOver, K::AssentToFacilitator]),
    ("facilitator.gone", &[K::WithdrawMember, K::MarkAttendance, K::DeclareFacilitatorGone]),
    ("facilitator.claimed", &[K::ClaimFacilitation]),
    ("facilitator.delegated", &[K::DelegateFacilitation]),
    ("facilitator.returned", TURNS),
    ("quorum.lost", &[K::WithdrawMember, K::MarkAttendance, K::ResumeCycle]),
    ("quorum.regained", &[K::WithdrawMember, K::MarkAttendance, K::ResumeCycle]),
    ("quorum.waived", &[K::ContinueBelowQuorum]),
    ("recording.requested", &[K::RequestRecording]),
    ("recording.answered", &[K::AnswerRecording]),
    ("recording.started", &[K::StartRecording]),
    ("recording.stopped", &[K::MarkAttendance, K::AnswerRecording, K::StopRecording]),
    ("session.closed", &[K::CloseSession]),
    ("buddies.paired", &[K::WithdrawMember, K::StartSession, K::CloseSession, K::PairBuddies]),
    ("practice.logged", &[K::LogPractice]),
    ("buddy.checked_in", &[K::CheckIn]),
    ("catch_up.recorded", &[K::RecordCatchUp]),
    ("report.submitted", &[K::SubmitReport]),
    ("report.debriefed", &[K::RecordDebrief]),
    ("adoption.decided", &[K::DecideAdoption]),
    ("feedback.given", &[K::GiveFeedback]),
    ("member.completed", ENDS),
    ("member.dropped", &[K::StartSession, K::CloseSession, K::LapseCycle]),
    ("member.waived", &[K::WaiveMember]),
    ("cycle.completed", ENDS),
    ("cycle.lapsed", &[K::WithdrawMember, K::CloseSession, K::LapseCycle, K::ResumeCycle]),
    (
        "cycle.suspended",
        &[K::WithdrawMember, K::CancelSession, K::StartSession, K::CloseSession, K::SuspendCycle, K::ReportBreach],
    ),
    ("suspension.voted", &[K::VoteOnSuspension]),
    ("cycle.resumed", &[K::ResumeCycle]),
    ("cycle.terminated", &[K::TerminateCycle]),
    ("member.anonymised", &[K::AnonymiseMember]),
    ("privacy.tightened", &[K::TightenPrivacy]),
    ("process.migrated", &[K::MigrateProcess]),
];

/// The kinds of command that may write an event of this type; none where no event has it.
pub(super) fn writers(event: &str) -> KindSet {
    WRITTEN.iter().find(|(name, _)| *name == event).map_or(KindSet::EMPTY, |(_, kinds)| KindSet::of(kinds))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use peercircle_core::EventBody;

    use super::*;
    use crate::walk::{Dice, Walk};

    #[test]
    fn every_type_of_event_has_its_row() {
        let names: Vec<_> = WRITTEN.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, EventBody::TYPES);
        assert!(WRITTEN.iter().all(|(_, kinds)| !kinds.is_empty()));
    }

    /// Read from how commands are decided; walks come there too seldom, or never.
    const RARE: &[(&str, K)] = &[
        ("cycle.formed", K::FormCycle),
        ("round.closed", K::OpenPhase),
        ("round.closed", K::SkipPhase),
        ("facilitator.returned", K::GiveReport),
        ("facilitator.returned", K::PassTurn),
        ("facilitator.returned", K::DeferTurn),
        ("facilitator.returned", K::CloseRound),
        ("facilitator.returned", K::MarkAttendance),
        ("facilitator.returned", K::WithdrawMember),
        ("recording.stopped", K::MarkAttendance),
        ("member.completed", K::WithdrawMember),
        ("member.completed", K::WaiveMember),
        ("member.completed", K::ResumeCycle),
        ("member.waived", K::WaiveMember),
        ("cycle.completed", K::WaiveMember),
        ("cycle.completed", K::ResumeCycle),
        ("cycle.lapsed", K::WithdrawMember),
        ("cycle.lapsed", K::CloseSession),
        ("cycle.lapsed", K::ResumeCycle),
        ("cycle.suspended", K::WithdrawMember),
    ];

    #[test]
    fn what_a_command_writes_on_walks_is_in_the_table_and_little_else() {
        let mut met = BTreeSet::new();
        for seed in 0..400 {
            let (mut walk, mut draws) = (Walk::new(seed), Dice::new(seed ^ 11));
            for _ in 0..400 {
                let step = walk.next(draws.roll());
                let kind = step.command.kind();
                for event in walk.take(&step).events() {
                    assert!(writers(event.body.name()).contains(kind), "`{kind}` wrote `{}`", event.body.name());
                    met.insert((event.body.name(), kind));
                }
            }
        }
        let pairs = WRITTEN.iter().flat_map(|(name, kinds)| kinds.iter().map(move |kind| (*name, *kind)));
        let idle: Vec<_> = pairs.filter(|pair| !met.contains(pair) && !RARE.contains(pair)).collect();
        assert_eq!(idle, []);
    }
}
