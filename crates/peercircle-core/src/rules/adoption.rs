//! Rules of the end: making up for session 2, and adoption.

use super::Checked;
use crate::{Adoption, Command, Facts, Reason, Seat, SessionKind, Span, Stage, StrategySet};

pub(super) fn made_up(facts: &Facts<'_>) -> Checked {
    let (ledger, policy) = (facts.ledger(), &facts.spec().attendance);
    let reflect = ledger.session(SessionKind::Reflect);
    let in_time = |seat: Seat| {
        let end = reflect.closed_at().map(|closed| closed + Span::days(policy.written_report_days.into()));
        match end {
            Some(at) if facts.now() > at && !reflect.attended().contains(seat) => Err(Reason::DeadlinePassed { at }),
            _ => Ok(()),
        }
    };
    // Whoever was there reports by word of mouth, or late; in writing reports who wasn't, where the process has that.
    let missed = ledger.active().minus(reflect.attended());
    let without = |seat: Seat| !policy.written_report.is_on() && missed.contains(seat);
    match facts.command() {
        Command::SubmitReport { member, .. } | Command::RecordDebrief { member } if without(*member) => {
            Err(Reason::SwitchedOff {})
        }
        Command::SubmitReport { member, .. } if ledger.reports().contains(*member) => {
            Err(Reason::AlreadyReported { seat: *member })
        }
        Command::SubmitReport { member, .. } => in_time(*member),
        Command::RecordDebrief { member } => {
            let seat = *member;
            if reflect.attended().contains(seat) {
                return Err(Reason::NothingToMakeUp { seat });
            }
            let buddies = ledger.buddies().of_seat(seat);
            let by = facts.context().actor.seat();
            if by.is_some_and(|by| by != seat && !buddies.contains(by)) {
                return Err(Reason::NotTheBuddy { seat, buddies });
            }
            in_time(seat)
        }
        _ => Ok(()),
    }
}

pub(super) fn decided(facts: &Facts<'_>) -> Checked {
    let Command::DecideAdoption { member, adoption, .. } = facts.command() else { return Ok(()) };
    let ledger = facts.ledger();
    if !matches!(facts.stage(), Stage::Adoption | Stage::Adopting) {
        return Err(Reason::AdoptionTooEarly {});
    }
    if !ledger.unfinished().contains(*member) && ledger.active().contains(*member) {
        return Err(Reason::AlreadyEnded { seat: *member, outcome: ledger.outcome(*member) });
    }
    let Adoption::Adopted { strategies } = adoption else { return Ok(()) };
    let chosen: StrategySet = strategies.iter().copied().collect();
    if chosen.is_empty() {
        return Err(Reason::NoStrategy {});
    }
    let own = ledger.planned(*member).map_or(StrategySet::EMPTY, StrategySet::only);
    let strategies = chosen.minus(own).minus(ledger.reported_strategies());
    if strategies.is_empty() { Ok(()) } else { Err(Reason::NotTried { strategies }) }
}
