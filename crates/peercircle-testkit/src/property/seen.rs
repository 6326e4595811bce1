//! What properties see of a step, and about whom it is.

use peercircle_core::{Command, CommandKind, Event, EventBody, Seat, Stage, Verdict};

use super::Occurrence;

/// One step of a history, as properties see it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// What was asked; nothing where only events are known and no command is known to have written them.
    pub command: Option<CommandKind>,
    /// The member it was about; nobody where it was about the group, as opening a session is.
    pub subject: Option<Seat>,
    /// What it wrote; empty where it was refused.
    pub events: &'a [Event],
    /// The names of the rules that refused it; empty where it was accepted.
    pub refused_by: &'a [String],
    /// Where the cycle was before.
    pub from: Stage,
    /// Where it was after.
    pub to: Stage,
}

/// For whom a property looks at what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// For the group.
    Group,
    /// For a member, or who will be one.
    Member(Seat),
    /// For somebody who has left: what the group does is no longer theirs.
    Gone(Seat),
}

impl Whom {
    /// Whether something counts that is about this member, or about nobody in particular.
    fn counts(self, about: Option<Seat>) -> bool {
        match self {
            Self::Group => true,
            Self::Member(seat) => about.is_none_or(|about| about == seat),
            Self::Gone(seat) => about == Some(seat),
        }
    }
}

impl<'a> Seen<'a> {
    /// What a command was answered.
    #[must_use]
    pub fn verdict(
        command: &Command,
        by: Option<Seat>,
        verdict: &'a Verdict,
        refused_by: &'a [String],
        way: (Stage, Stage),
    ) -> Self {
        Self { refused_by, ..Self::accepted(command, by, verdict.events(), way) }
    }

    /// What a command wrote.
    pub(crate) fn accepted(command: &Command, by: Option<Seat>, events: &'a [Event], (from, to): (Stage, Stage)) -> Self {
        let (kind, subject) = (command.kind(), subject(command, by, events));
        Self { command: Some(kind), subject, events, refused_by: &[], from, to }
    }

    /// Whether anything happened in it for them.
    pub(super) fn happens(&self, whom: Whom) -> bool {
        let given = self.command.is_some() && !self.events.is_empty() && whom.counts(self.subject);
        let moved = self.from != self.to && whom.counts(None);
        given || moved || self.events.iter().any(|event| whom.counts(about(&event.body)))
    }

    /// Whether this happened in it for them.
    pub(crate) fn shows(&self, what: &Occurrence, whom: Whom) -> bool {
        let accepted = !self.events.is_empty();
        match what {
            Occurrence::Accepted(kind) => accepted && self.command == Some(*kind) && whom.counts(self.subject),
            Occurrence::Refused(kind) => !accepted && self.command == Some(*kind) && whom.counts(self.subject),
            Occurrence::RefusedBy(rule) => whom.counts(self.subject) && self.refused_by.iter().any(|name| name == rule),
            Occurrence::Event(name) => {
                self.events.iter().any(|event| event.body.name() == name && whom.counts(about(&event.body)))
            }
            Occurrence::Reached(stage) => self.to == *stage && self.from != *stage && whom.counts(None),
        }
    }
}

/// The member a command is about.
fn subject(command: &Command, by: Option<Seat>, events: &[Event]) -> Option<Seat> {
    // An assent is its giver's own, as a vote is.
    let own = by.filter(|_| command.kind() == CommandKind::AssentToFacilitator);
    // Before they are enrolled, nobody has a seat.
    let enrolled = || events.iter().find_map(|event| enrols(&event.body));
    command.subject().or(own).or_else(enrolled)
}

/// The member an event is about; nobody where it is about the group.
pub(super) const fn about(body: &EventBody) -> Option<Seat> {
    match enrols(body) {
        // That a session started is everybody's, though the event says who facilitates.
        None if matches!(body, EventBody::SessionStarted { .. }) => None,
        None => body.seat(),
        seat => seat,
    }
}

/// The seat that an enrolment gives.
const fn enrols(body: &EventBody) -> Option<Seat> {
    if let EventBody::MemberEnrolled { seat, .. } = body { Some(*seat) } else { None }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::walk::{Dice, Walk};

    /// The events about the group. All others are about one member.
    const OF_THE_GROUP: &[&str] = &[
        "buddies.paired",
        "cycle.cancelled",
        "cycle.completed",
        "cycle.formed",
        "cycle.lapsed",
        "cycle.resumed",
        "cycle.suspended",
        "cycle.terminated",
        "ground_rules.set",
        "module.chosen",
        "overrun.granted",
        "phase.extended",
        "phase.opened",
        "phase.reopened",
        "phase.skipped",
        "privacy.tightened",
        "process.migrated",
        "quorum.lost",
        "quorum.regained",
        "quorum.waived",
        "recording.requested",
        "recording.started",
        "recording.stopped",
        "round.closed",
        "session.cancelled",
        "session.closed",
        "session.date_promised",
        "session.interrupted",
        "session.opened",
        "session.paused",
        "session.postponed",
        "session.rescheduled",
        "session.restarted",
        "session.resumed",
        "session.scheduled",
        "session.started",
    ];

    #[test]
    fn every_event_is_about_one_member_or_the_group() {
        let mut met: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
        for seed in 0..200 {
            let (mut walk, mut draws) = (Walk::new(seed), Dice::new(seed ^ 3));
            for _ in 0..300 {
                let step = walk.next(draws.roll());
                walk.take(&step);
            }
            for event in &walk.events {
                met.entry(event.body.name()).or_default().insert(about(&event.body).is_some());
            }
        }
        for (name, one) in &met {
            assert_eq!(*one, BTreeSet::from([!OF_THE_GROUP.contains(name)]), "`{name}`");
        }
        assert!(OF_THE_GROUP.iter().all(|name| EventBody::TYPES.contains(name)));
        let unmet: Vec<_> = EventBody::TYPES.iter().filter(|name| !met.contains_key(*name)).collect();
        assert!(unmet.len() <= 4, "{unmet:?}");
    }
}
