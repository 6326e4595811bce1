//! Rules of the month at work: plans, logs, buddies.

use super::Checked;
use crate::{Command, CommandKind, Facts, Reason, SeatSet, SessionKind, Span, Stage};

pub(super) fn plan(facts: &Facts<'_>) -> Checked {
    let without = match facts.command() {
        Command::CloseSession {} if facts.session() == Some(SessionKind::Explore) => facts.in_room(),
        Command::LogPractice { member, .. } if facts.ledger().plan_version(*member) == 0 => SeatSet::only(*member),
        _ => return Ok(()),
    };
    let who = without.minus(facts.ledger().with_plan());
    if who.is_empty() { Ok(()) } else { Err(Reason::NoPlan { who }) }
}

pub(super) fn weeks(facts: &Facts<'_>) -> Checked {
    let ledger = facts.ledger();
    let (seat, week, logged) = match facts.command() {
        Command::LogPractice { member, week, .. } => (*member, *week, ledger.logged_weeks(*member)),
        Command::CheckIn { member, week } => (*member, *week, ledger.checked_in_weeks(*member)),
        _ => return Ok(()),
    };
    let weeks = facts.spec().practice.weeks;
    if !matches!(facts.stage(), Stage::Practising | Stage::ReflectGathering) {
        return Err(Reason::PracticeOver {});
    }
    if !(1..=weeks).contains(&week) {
        return Err(Reason::WeekUnknown { week, weeks });
    }
    let begins =
        ledger.session(SessionKind::Explore).closed_at().map(|closed| closed + Span::days(7 * (u32::from(week) - 1)));
    match begins {
        Some(at) if facts.now() < at => Err(Reason::WeekNotBegun { week, at }),
        _ if logged & (1 << (week - 1)) != 0 && ledger.active().contains(seat) => Err(Reason::WeekLogged { week }),
        _ => Ok(()),
    }
}

pub(super) fn buddies(facts: &Facts<'_>) -> Checked {
    if !facts.spec().practice.buddies.is_on() {
        return Err(Reason::SwitchedOff {});
    }
    let active = facts.ledger().active();
    match facts.command() {
        Command::PairBuddies { pairs } => {
            let (mut once, mut twice) = (SeatSet::EMPTY, SeatSet::EMPTY);
            for seat in pairs.iter().flatten() {
                if once.contains(*seat) || !active.contains(*seat) {
                    twice.insert(*seat);
                }
                once.insert(*seat);
            }
            let missing = active.minus(once);
            if !missing.is_empty() || !twice.is_empty() {
                return Err(Reason::PairsWrong { missing, twice });
            }
            let trios = pairs.iter().filter(|pair| pair.len() == 3).count();
            let paired = pairs.iter().all(|pair| matches!(pair.len(), 2 | 3));
            if !paired || trios != usize::from(active.len() % 2) {
                return Err(Reason::PairSizes { trios: active.len() % 2 });
            }
            Ok(())
        }
        Command::CheckIn { member, .. } if facts.kind() == CommandKind::CheckIn => {
            if facts.ledger().buddies().of_seat(*member).is_empty() {
                Err(Reason::NoBuddy { seat: *member })
            } else {
                Ok(())
            }
        }
        _ => Ok(()),
    }
}
