//! Erasing a person, from a stored history and from the cycle it tells of.

use std::sync::Arc;

use crate::{Event, EventBody, MemberId, Profile, Roster, Seat, SeatSet};

/// Erases a member from a history: their id, level, department and manager, and their name wherever another's manager
/// or the rota of earlier cycles held it. The history replays to the same cycle, and counts stay.
///
/// A host calls this on stored events once a [`MemberAnonymised`](EventBody::MemberAnonymised) is among them. Whoever came back
/// after it did so as a new member, and stays.
pub fn anonymise(events: &mut [Event], seat: Seat) {
    let mut theirs = SeatSet::EMPTY;
    let named = events.iter().find_map(|event| {
        let EventBody::MemberEnrolled { seat: other, profile } = &event.body else { return None };
        (*other == seat).then(|| profile.id.clone())
    });
    let Some(id) = named else { return };
    // Whoever left and came back is erased from one of their seats, and with all of them until then.
    let erased = events.iter().position(|event| {
        if let EventBody::MemberEnrolled { seat: other, profile } = &event.body
            && profile.id == id
        {
            theirs.insert(*other);
        }
        let EventBody::MemberAnonymised { seat: other } = &event.body else { return false };
        theirs.contains(seat) && theirs.contains(*other)
    });
    let (events, _) = events.split_at_mut(erased.unwrap_or(events.len()));
    for event in events {
        if let EventBody::MemberEnrolled { profile, .. } = &mut event.body {
            Arc::make_mut(profile).forget(&id, seat);
        } else if let EventBody::CycleFormed(formed) = &mut event.body {
            Arc::make_mut(formed).served.retain(|member| *member != id);
        }
    }
}

impl Roster {
    pub(super) fn forget(&mut self, id: &MemberId, seat: Seat) {
        for profile in &mut self.profiles {
            Arc::make_mut(profile).forget(id, seat);
        }
        if let Some(formed) = &mut self.formed {
            Arc::make_mut(formed).served.retain(|member| member != id);
        }
    }
}

impl Profile {
    /// `seat` is the one they are erased from: whoever had several bears its number in all of them, so that an erased history
    /// still says that this was one person.
    fn forget(&mut self, id: &MemberId, seat: Seat) {
        if self.id == *id {
            // INVARIANT: these texts are ids; were one not, the old text would stay, and a test would see it.
            if let (Ok(name), Ok(level), Ok(department)) =
                (format!("anonymous-{}", seat.number()).parse(), "anonymous".parse(), "anonymous".parse())
            {
                *self = Self { id: name, level, department, manager: None };
            }
        } else if self.manager.as_ref() == Some(id) {
            self.manager = None;
        }
    }
}
