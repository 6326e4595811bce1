//! Defects of the core that these tests found and that stand open: walks go around them. Whoever mends one deletes its arm.

use peercircle_core::{Command, Cycle, Event, EventBody, MemberId, SessionKind};

/// Whether this command meets a known defect here.
pub(crate) fn known(cycle: &Cycle, command: &Command) -> bool {
    match command {
        // R-56 lets a seat be anonymised that nobody ever took; evolve then refuses the event.
        Command::AnonymiseMember { member } => cycle.roster().member(*member).is_none(),
        _ => false,
    }
}

/// Whether this cycle can be asked for what it discloses. Two sessions of more than 65,535 minutes in all overflow: nothing
/// holds the length of one that stood open, was interrupted and resumed, for R-38 allots it what had elapsed.
pub(crate) fn discloses(cycle: &Cycle) -> bool {
    let minutes = SessionKind::ALL.map(|session| u32::from(cycle.ledger().session(session).minutes()));
    minutes.iter().sum::<u32>() <= u16::MAX.into()
}

/// Whether a history with this event makes a rule overflow. add to the allotted seconds; no machine writes so many,
/// but they can be decoded.
pub(crate) const fn overflows(body: &EventBody) -> bool {
    matches!(body, EventBody::SessionResumed { allotted_seconds: Some(0xf000_0000..) })
}

/// Whether this person came back after they had been erased. `anonymise` by their first seat, called later than the event of
/// R-56, then erases the seat they sit on now, which the cycle doesn't.
pub(crate) fn came_back_erased(events: &[Event], id: &MemberId) -> bool {
    let (mut seats, mut erased) = (Vec::new(), false);
    events.iter().any(|event| match &event.body {
        EventBody::MemberEnrolled { seat, profile } if profile.id == *id => {
            seats.push(*seat);
            erased
        }
        EventBody::MemberAnonymised { seat } => {
            erased |= seats.contains(seat);
            false
        }
        _ => false,
    })
}
