//! What leaves the group, told by the whole history.

use peercircle_core::{CycleFacts, Event, EventBody, MemberFacts, MemberId, Outcome, Privacy, Seat, SessionKind, Stage};

use super::past::Past;

/// The facts that may leave the group after this history (DOMAIN's section 5).
#[must_use]
pub fn facts(history: &[Event]) -> CycleFacts {
    let past = Past::of(history);
    let formed = history.iter().find_map(|event| match &event.body {
        EventBody::CycleFormed(formed) => Some(formed),
        _ => None,
    });
    let held = SessionKind::ALL.map(|session| past.closed_at(session).is_some());
    let (open, erased) = (past.privacy() != Privacy::Sealed, past.erased());
    let adopted = |seat: Seat| {
        let chosen = past.latest(|body| match body {
            EventBody::AdoptionDecided { seat: other, adoption, .. } if *other == seat => Some(*adoption),
            _ => None,
        });
        match chosen {
            Some(peercircle_core::AdoptionFact::Adopted { strategies }) => strategies.len(),
            _ => 0,
        }
    };
    let ended = |outcomes: &[Outcome]| {
        let count = past.profiles().filter(|(seat, _)| outcomes.contains(&past.outcome(*seat))).count();
        u8::try_from(count).unwrap_or(u8::MAX)
    };
    let adopters = past
        .profiles()
        .filter(|(seat, _)| adopted(*seat) > 0 && !matches!(past.outcome(*seat), Outcome::Withdrawn | Outcome::Dropped));
    let sessions = SessionKind::ALL.map(|session| (past.closed_at(session).is_some(), past.attended(session)));
    let named = past.profiles().filter(|_| past.privacy() == Privacy::Named).map(|(seat, profile)| {
        let [explore, reflect] = sessions.map(|(over, attended)| over.then(|| attended.contains(seat)));
        let member = if erased.contains(seat) { nameless(seat) } else { Some(profile.id.clone()) };
        let member = member.unwrap_or_else(|| profile.id.clone());
        MemberFacts { member, explore, reflect, outcome: past.outcome(seat), adopted: adopted(seat) }
    });
    CycleFacts {
        cycle: formed.map(|formed| formed.cycle.clone()),
        group: formed.map(|formed| formed.group.clone()),
        module: past.module().map(|module| module.id().clone()),
        stage: seen(past.place().stage),
        sessions_held: held.iter().map(|held| u8::from(*held)).sum(),
        minutes: SessionKind::ALL.iter().map(|session| past.minutes(*session)).sum(),
        members: open.then(|| past.members().len()),
        attended: sessions.iter().filter(|(over, _)| *over && open).map(|(_, attended)| attended.len()).collect(),
        completed: open.then(|| ended(&[Outcome::Completed, Outcome::CompletedByReport])),
        adopted: open.then(|| u8::try_from(adopters.count()).unwrap_or(u8::MAX)),
        named: named.collect(),
    }
}

fn nameless(seat: Seat) -> Option<MemberId> {
    format!("anonymous-{}", seat.number()).parse().ok()
}

/// A stage as the outside sees it: a session and none of its phases.
fn seen(stage: Stage) -> &'static str {
    match stage.name().split_once('.') {
        Some(("explore", _)) => "exploring",
        Some(_) => "reflecting",
        None => stage.name(),
    }
}
