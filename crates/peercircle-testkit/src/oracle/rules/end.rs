//! Practice and the end: catching up, reports, adoption, feedback, suspension.

use peercircle_core::{
    Actor, Adoption, Attendance, CatchUpPart, Command, CommandKind as Kind, EventBody, Report, Seat, SeatSet, SessionKind,
    Span, Stage, StrategySet, SuspendReason, Vote,
};

use crate::oracle::judge::Question;

const EXPLORE: SessionKind = SessionKind::Explore;
const REFLECT: SessionKind = SessionKind::Reflect;

/// whoever missed session 1 catches up before practice and session 2, where the process has that.
pub(super) fn not_caught_up(q: &Question<'_>) -> Option<bool> {
    Some(match q.command {
        Command::MarkAttendance { member, attendance: Attendance::Present | Attendance::Late }
            if q.session() == Some(REFLECT) =>
        {
            q.past.behind().contains(*member)
        }
        // Without a plan it is R-44 that refuses.
        Command::LogPractice { member, .. } => q.past.plan(*member).is_some() && q.past.behind().contains(*member),
        Command::RecordCatchUp { member, part: CatchUpPart::MaterialsRead | CatchUpPart::BuddyBriefed } => {
            !q.spec().attendance.catch_up.is_on() || q.past.attended(EXPLORE).contains(*member)
        }
        _ => return None,
    })
}

/// whoever missed session 2 reports in writing and debriefs with the buddy, in time, where the process has that. Whoever
/// was there and went unheard reports when they can.
pub(super) fn not_made_up(q: &Question<'_>) -> Option<bool> {
    if !matches!(q.kind, Kind::SubmitReport | Kind::RecordDebrief) {
        return None;
    }
    let (seat, policy) = (q.subject()?, &q.spec().attendance);
    let attended = q.past.attended(REFLECT).contains(seat);
    let without = !attended && q.members.contains(seat) && !policy.written_report.is_on();
    let closed = q.past.closed_at(REFLECT)?;
    let too_late = !attended && q.now() > closed + Span::days(policy.written_report_days.into());
    Some(match q.kind {
        Kind::SubmitReport => without || too_late || q.past.reported().contains(seat),
        _ => {
            let stranger = |by: Seat| by != seat && !q.past.buddies().of_seat(seat).contains(by);
            without || attended || too_late || q.context.actor.seat().is_some_and(stranger)
        }
    })
}

/// passing in report-back wants a reason; a report of practice names what was tried.
pub(super) fn no_report(q: &Question<'_>) -> Option<bool> {
    Some(match q.command {
        Command::PassTurn { .. } => q.stage() == Stage::ReportBack,
        Command::GiveReport { report: Report::Practised { strategies }, .. }
        | Command::SubmitReport { report: Report::Practised { strategies }, .. } => strategies.is_empty(),
        _ => return None,
    })
}

/// nothing lapses before its time.
pub(super) fn not_due(q: &Question<'_>) -> Option<bool> {
    if q.kind != Kind::LapseCycle {
        return None;
    }
    Some(q.now() < q.past.closed_at(REFLECT)? + Span::days(q.spec().practice.adoption_days.into()))
}

/// a plan of everyone in the room before practice.
pub(super) fn no_plan(q: &Question<'_>) -> Option<bool> {
    Some(match q.command {
        Command::CloseSession {} if q.session() == Some(EXPLORE) => !q.room.minus(q.past.with_plan()).is_empty(),
        Command::LogPractice { member, .. } => q.past.plan(*member).is_none(),
        _ => return None,
    })
}

/// week by week, each once, none after session 2 has started.
pub(super) fn no_week(q: &Question<'_>) -> Option<bool> {
    let (seat, week) = match q.command {
        Command::LogPractice { member, week, .. } | Command::CheckIn { member, week } => (*member, *week),
        _ => return None,
    };
    let over = !matches!(q.stage(), Stage::Practising | Stage::ReflectGathering);
    let unknown = week == 0 || week > q.spec().practice.weeks;
    let begins = q.past.closed_at(EXPLORE).map(|closed| closed + Span::days(7 * u32::from(week.saturating_sub(1))));
    let again = match q.kind {
        Kind::LogPractice => q.past.logged(seat, week),
        _ => q.past.checked_in(seat, week),
    };
    Some(over || unknown || begins.is_some_and(|at| q.now() < at) || again && q.members.contains(seat))
}

/// pairs, one trio if odd, of all members; never oneself.
pub(super) fn buddies(q: &Question<'_>) -> Option<bool> {
    let off = !q.spec().practice.buddies.is_on();
    Some(match q.command {
        Command::PairBuddies { pairs } => {
            let named: Vec<Seat> = pairs.iter().flatten().copied().collect();
            let all: SeatSet = named.iter().copied().collect();
            let once = usize::from(all.len()) == named.len() && all == q.members;
            let trios = pairs.iter().filter(|pair| pair.len() == 3).count();
            let twos = pairs.iter().filter(|pair| pair.len() == 2).count();
            off || !once || trios + twos != pairs.len() || trios != usize::from(q.members.len() % 2)
        }
        Command::CheckIn { member, .. } => off || q.past.buddies().of_seat(*member).is_empty(),
        _ => return None,
    })
}

/// in session 2 or after, of one's own or reported strategies, at least one or none with a reason, until one has ended.
pub(super) fn no_adoption(q: &Question<'_>) -> Option<bool> {
    let Command::DecideAdoption { member, adoption, .. } = q.command else { return None };
    let early = !matches!(q.stage(), Stage::Adoption | Stage::Adopting);
    let ended = q.members.minus(q.past.unfinished()).contains(*member);
    let untried = match adoption {
        Adoption::Adopted { strategies } => {
            let chosen: StrategySet = strategies.iter().copied().collect();
            let own = q.past.plan(*member).map_or(StrategySet::EMPTY, |(_, strategy)| StrategySet::only(strategy));
            chosen.is_empty() || !chosen.minus(own).minus(q.past.tried()).is_empty()
        }
        Adoption::NoneAdopted { .. } => false,
    };
    Some(early || ended || untried)
}

/// nothing is suspended before session 1 starts; a breach is reported by members; after one, and below the minimum, the
/// majority of the members decides to go on; after a breach, also to end.
pub(super) fn for_the_group_to_decide(q: &Question<'_>) -> Option<bool> {
    let wanted = match q.command {
        Command::SuspendCycle { reason } => return Some(!q.past.closed_group() || *reason == SuspendReason::Breach),
        Command::ReportBreach {} => return Some(!q.past.closed_group()),
        Command::ResumeCycle {} => Vote::GoOn,
        Command::TerminateCycle { .. } => Vote::End,
        _ => return None,
    };
    let at = q.past.last(|body| matches!(body, EventBody::CycleSuspended { .. }))?;
    let events = q.past.events.get(at..).unwrap_or_default();
    let reason = events.first().and_then(|event| match event.body {
        EventBody::CycleSuspended { reason } => Some(reason),
        _ => None,
    })?;
    let voted = q.members.iter().filter(|seat| {
        let last = events.iter().rev().find_map(|event| match event.body {
            EventBody::SuspensionVoted { seat: other, vote } if other == *seat => Some(vote),
            _ => None,
        });
        last == Some(wanted)
    });
    let majority = voted.count() > usize::from(q.members.len() / 2);
    let organiser = matches!(q.context.actor, Actor::Organiser {});
    let free = match wanted {
        Vote::GoOn => organiser && !matches!(reason, SuspendReason::Breach | SuspendReason::BelowMinimum),
        Vote::End => organiser && reason != SuspendReason::Breach || q.members.is_empty(),
    };
    Some(!free && !majority)
}

/// from members who attended a session that is over, once.
pub(super) fn no_feedback(q: &Question<'_>) -> Option<bool> {
    let Command::GiveFeedback { member, session, .. } = q.command else { return None };
    let given = |body: &EventBody| matches!(body, EventBody::FeedbackGiven { seat, session: other, .. } if seat == member && other == session);
    let over = q.past.closed_at(*session).is_some();
    Some(!over || !q.past.attended(*session).contains(*member) || q.past.ever(given))
}
