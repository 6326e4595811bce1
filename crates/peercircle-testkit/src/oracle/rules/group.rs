//! Who belongs: size, peers, the module, ground rules, leaving, privacy, erasure.

use peercircle_core::{
    Adoption, Attendance, Command, CommandKind as Kind, MAX_SEATS, PhaseKind, Relation, Report, SessionKind, Stage,
    StrategySet,
};

use crate::oracle::judge::Question;

/// from the minimum to the maximum; members are unique; a cycle has sixteen seats in all.
pub(super) fn size(q: &Question<'_>) -> Option<bool> {
    let (members, group) = (q.members.len(), &q.spec().group);
    Some(match q.command {
        Command::EnrolMember { member, .. } => {
            let already = q.past.seat_of(member).is_some_and(|seat| q.members.contains(seat));
            already || q.past.seats() >= MAX_SEATS || members >= group.maximum
        }
        Command::ScheduleSession { session: SessionKind::Explore, .. } => members < group.minimum,
        Command::StartSession {} => q.stage() == Stage::ExploreGathering && members < group.minimum,
        Command::MigrateProcess { process } => members > process.spec().group.maximum,
        _ => return None,
    })
}

/// one level, different departments, never a manager and their direct report; nobody is compared with themselves.
pub(super) fn no_peer(q: &Question<'_>) -> Option<bool> {
    let Command::EnrolMember { member, level, department, manager } = q.command else { return None };
    let group = &q.spec().group;
    let mut others = q.past.profiles().filter(|(seat, one)| q.members.contains(*seat) && one.id != *member);
    Some(others.any(|(seat, one)| {
        q.past.manager(seat) == Some(member)
            || manager.as_ref() == Some(&one.id)
            || group.same_level == Relation::Required && one.level != *level
            || group.distinct_departments == Relation::Required && one.department == *department
    }))
}

/// the module is fixed when session 1 starts; strategies are the module's.
pub(super) fn other_challenge(q: &Question<'_>) -> Option<bool> {
    let named: StrategySet = match q.command {
        Command::ChooseModule { .. } => return Some(q.past.closed_group()),
        Command::MakePlan { strategy, .. } => StrategySet::only(*strategy),
        Command::GiveReport { report: Report::Practised { strategies }, .. }
        | Command::SubmitReport { report: Report::Practised { strategies }, .. }
        | Command::DecideAdoption { adoption: Adoption::Adopted { strategies }, .. } => strategies.iter().copied().collect(),
        _ => return None,
    };
    Some(!named.minus(q.past.strategies()).is_empty())
}

/// everyone in the room accepts the current version before the first story, whoever comes later before they join.
pub(super) fn rules_not_accepted(q: &Question<'_>) -> Option<bool> {
    let current = q.past.rules_version();
    Some(match q.command {
        Command::AcceptGroundRules { version, .. } => *version != current,
        Command::SetGroundRules { version } => *version <= current,
        Command::OpenPhase { phase: PhaseKind::StorySharing | PhaseKind::ReportBack } => {
            !q.room.minus(q.past.accepted()).is_empty()
        }
        Command::MarkAttendance { member, attendance: Attendance::Present | Attendance::Late } => {
            let begun = q.running.as_ref().is_some_and(|running| running.phase != PhaseKind::Welcome);
            begun && !q.past.accepted().contains(*member)
        }
        _ => return None,
    })
}

/// where the process asks for it, an orientation before session 1; late-comers before they join.
pub(super) fn not_oriented(q: &Question<'_>) -> Option<bool> {
    let on = q.spec().orientation.is_on();
    Some(match q.command {
        Command::CompleteOrientation { .. } => !on,
        Command::StartSession {} => {
            on && q.session() == Some(SessionKind::Explore) && !q.room.minus(q.past.oriented()).is_empty()
        }
        Command::MarkAttendance { member, attendance: Attendance::Late } => {
            on && q.session() == Some(SessionKind::Explore) && !q.past.oriented().contains(*member)
        }
        _ => return None,
    })
}

/// whoever has left has no part any more; whoever has ended isn't freed; a suspended group goes on if it can meet a quorum.
pub(super) fn gone(q: &Question<'_>) -> Option<bool> {
    let subject = q.subject();
    Some(match q.kind {
        Kind::ResumeCycle => q.members.len() < q.past.needed_of(q.members.len()),
        Kind::WaiveMember => subject.is_some_and(|seat| !q.past.unfinished().contains(seat)),
        // Feedback has a rule of its own, and a name can be erased only of somebody who left.
        Kind::GiveFeedback | Kind::AnonymiseMember => return None,
        _ => subject.is_some_and(|seat| !q.members.contains(seat)),
    })
}

/// a closed group after session 1 has started.
pub(super) fn closed(q: &Question<'_>) -> Option<bool> {
    matches!(q.kind, Kind::EnrolMember).then(|| q.past.closed_group())
}

/// privacy only tightens.
pub(super) fn loosened(q: &Question<'_>) -> Option<bool> {
    Some(match q.command {
        Command::TightenPrivacy { privacy } => *privacy <= q.past.privacy(),
        Command::MigrateProcess { process } => process.spec().privacy < q.past.privacy(),
        _ => return None,
    })
}

/// somebody who sits there, is no member any more or whose cycle has ended, once, and from their latest seat.
pub(super) fn not_erasable(q: &Question<'_>) -> Option<bool> {
    let Command::AnonymiseMember { member } = q.command else { return None };
    let Some(latest) = q.past.latest_seat(*member) else { return Some(true) };
    let still = q.members.contains(latest) && !q.stage().is_terminal();
    Some(q.past.erased().contains(*member) || still || latest != *member)
}

/// the last cycle has ended.
pub(super) fn last_not_ended(q: &Question<'_>) -> Option<bool> {
    let Command::FormCycle { previous, .. } = q.command else { return None };
    Some(previous.as_ref().is_some_and(|previous| !previous.stage.is_terminal()))
}
