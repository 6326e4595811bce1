//! Rules of the group: size, peers, module, ground rules, who belongs.

use super::Checked;
use crate::{
    Adoption, Attendance, Command, Facts, PhaseKind, Quorum, Reason, Relation, Report, SeatSet, SessionKind, Stage,
    StrategySet, seat::MAX_SEATS,
};

pub(super) fn size(facts: &Facts<'_>) -> Checked {
    let (group, members) = (&facts.spec().group, facts.ledger().active().len());
    let too_few = || Err(Reason::TooFewMembers { members, minimum: group.minimum });
    match facts.command() {
        Command::EnrolMember { member, .. } => {
            let roster = facts.cycle().roster();
            if let Some(seat) = roster.seat_of(member).filter(|seat| facts.ledger().active().contains(*seat)) {
                return Err(Reason::AlreadyMember { seat });
            }
            if roster.seats() >= MAX_SEATS {
                return Err(Reason::NoSeatsLeft {});
            }
            if members >= group.maximum { Err(Reason::GroupFull { members, maximum: group.maximum }) } else { Ok(()) }
        }
        Command::ScheduleSession { session: SessionKind::Explore, .. } if members < group.minimum => too_few(),
        Command::StartSession {} if facts.stage() == Stage::ExploreGathering && members < group.minimum => too_few(),
        Command::MigrateProcess { process } if members > process.spec().group.maximum => {
            Err(Reason::TooManyMembers { members, maximum: process.spec().group.maximum })
        }
        _ => Ok(()),
    }
}

pub(super) fn peers(facts: &Facts<'_>) -> Checked {
    let Command::EnrolMember { member, level, department, manager } = facts.command() else { return Ok(()) };
    let group = &facts.spec().group;
    let active = facts.ledger().active();
    // Nobody is compared with themselves; that they are a member already is R-05's to say.
    let others = facts.cycle().roster().members().filter(|(seat, other)| active.contains(*seat) && other.id != *member);
    for (seat, other) in others {
        if other.manager.as_ref() == Some(member) {
            return Err(Reason::ManagesMember { seat });
        }
        if manager.as_ref() == Some(&other.id) {
            return Err(Reason::ManagedByMember { seat });
        }
        if group.same_level == Relation::Required && other.level != *level {
            return Err(Reason::OtherLevel { seat });
        }
        if group.distinct_departments == Relation::Required && other.department == *department {
            return Err(Reason::SameDepartment { seat });
        }
    }
    Ok(())
}

pub(super) fn one_module(facts: &Facts<'_>) -> Checked {
    let named: StrategySet = match facts.command() {
        Command::MakePlan { strategy, .. } => StrategySet::only(*strategy),
        Command::GiveReport { report: Report::Practised { strategies }, .. }
        | Command::SubmitReport { report: Report::Practised { strategies }, .. }
        | Command::DecideAdoption { adoption: Adoption::Adopted { strategies }, .. } => strategies.iter().copied().collect(),
        _ => StrategySet::EMPTY,
    };
    let strategies = named.minus(facts.cycle().roster().strategies());
    match facts.command() {
        Command::ChooseModule { .. } if facts.ledger().closed_group => Err(Reason::ModuleFixed {}),
        _ if strategies.is_empty() => Ok(()),
        _ => Err(Reason::NotOfTheModule { strategies }),
    }
}

pub(super) fn closed(facts: &Facts<'_>) -> Checked {
    if facts.ledger().closed_group { Err(Reason::GroupClosed {}) } else { Ok(()) }
}

pub(super) fn ground_rules(facts: &Facts<'_>) -> Checked {
    let ledger = facts.ledger();
    let current = ledger.rules_version();
    match facts.command() {
        Command::AcceptGroundRules { version, .. } if *version != current => {
            Err(Reason::RulesVersionOther { current, given: *version })
        }
        Command::SetGroundRules { version } if *version <= current => {
            Err(Reason::RulesVersionNotNewer { current, given: *version })
        }
        Command::OpenPhase { phase: PhaseKind::StorySharing | PhaseKind::ReportBack } => {
            let who = facts.in_room().minus(ledger.accepted_rules());
            if who.is_empty() { Ok(()) } else { Err(Reason::RulesNotAccepted { who, version: current }) }
        }
        Command::MarkAttendance { member, attendance: Attendance::Present | Attendance::Late }
            if facts.cycle().phase().is_some_and(|phase| phase != PhaseKind::Welcome)
                && !ledger.accepted_rules().contains(*member) =>
        {
            Err(Reason::RulesNotAccepted { who: SeatSet::only(*member), version: current })
        }
        _ => Ok(()),
    }
}

pub(super) fn orientation(facts: &Facts<'_>) -> Checked {
    let on = facts.spec().orientation.is_on();
    match facts.command() {
        Command::CompleteOrientation { .. } if !on => Err(Reason::SwitchedOff {}),
        Command::StartSession {} if on && facts.stage() == Stage::ExploreGathering => {
            let who = facts.in_room().minus(facts.ledger().oriented);
            if who.is_empty() { Ok(()) } else { Err(Reason::NotOriented { who }) }
        }
        Command::MarkAttendance { member, attendance: Attendance::Late }
            if on && facts.session() == Some(SessionKind::Explore) && !facts.ledger().oriented.contains(*member) =>
        {
            Err(Reason::NotOriented { who: SeatSet::only(*member) })
        }
        _ => Ok(()),
    }
}

pub(super) fn still_member(facts: &Facts<'_>) -> Checked {
    let ledger = facts.ledger();
    match (facts.command(), facts.subject()) {
        (Command::ResumeCycle {}, _) => {
            let members = ledger.active().len();
            let needed = Quorum::needed_of(members, facts.process());
            if members < needed { Err(Reason::TooFewToGoOn { members, needed }) } else { Ok(()) }
        }
        (Command::WaiveMember { member, .. }, _) if ledger.active().minus(ledger.unfinished()).contains(*member) => {
            Err(Reason::AlreadyEnded { seat: *member, outcome: ledger.outcome(*member) })
        }
        (_, Some(seat)) if !ledger.active().contains(seat) => {
            Err(Reason::NotAMember { seat, outcome: ledger.outcome(seat) })
        }
        _ => Ok(()),
    }
}

pub(super) fn previous_ended(facts: &Facts<'_>) -> Checked {
    match facts.command() {
        Command::FormCycle { previous: Some(previous), .. } if !previous.stage.is_terminal() => {
            Err(Reason::PreviousNotEnded { stage: previous.stage })
        }
        _ => Ok(()),
    }
}
