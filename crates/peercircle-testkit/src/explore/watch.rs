//! Properties that are followed while exploring: their states are part of every point.

use peercircle_core::{Command, Event, Instant, Seat};

use super::{
    key::{Key, Records, mixed},
    model::Point,
};
use crate::property::{self, Answer, Each, Property, Seen, Tracks};

/// The properties of a model.
#[derive(Clone, Debug)]
pub(super) struct Watchers {
    properties: Vec<Property>,
}

impl Watchers {
    pub(super) fn of(properties: &[Property]) -> Self {
        Self { properties: properties.to_vec() }
    }

    pub(super) fn properties(&self) -> &[Property] {
        &self.properties
    }

    pub(super) fn start(&self) -> Tracks {
        property::start(&self.properties)
    }

    /// The bytes that it takes at each point to follow them.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.start())
    }

    pub(super) fn wait(&self, tracks: &Tracks, until: Instant) -> Tracks {
        let mut tracks = tracks.clone();
        property::wait(&mut tracks, until);
        tracks
    }

    pub(super) fn step(&self, point: &mut Point, command: &Command, by: Option<Seat>, step: Step<'_>) {
        if !self.properties.is_empty() {
            let seen = Seen {
                command: Some(command.kind()),
                subject: command.subject().or(by),
                events: step.events,
                refused_by: &[],
                from: step.from,
                to: step.to,
            };
            property::step(&self.properties, &mut point.tracks, &seen, point.now);
        }
    }

    /// The next moment by which something is owed.
    pub(super) fn until(&self, tracks: &Tracks) -> Option<Instant> {
        if self.properties.is_empty() {
            return None;
        }
        property::parts(&self.properties, tracks).flat_map(|(_, part)| part).filter_map(|instance| instance.until).min()
    }

    /// Adds to the seats' records what the properties of each member know of them.
    pub(super) fn mix(&self, records: &mut Records, tracks: &Tracks) {
        for (_, part) in property::parts(&self.properties, tracks).filter(|(one, _)| one.each == Each::Member) {
            for (record, instance) in records.iter_mut().zip(part).filter(|(record, _)| **record != 0) {
                *record = mixed(*record, instance.state.into());
            }
        }
    }

    /// What the properties of the group know, as a part of a key; of those of members only until when something is owed.
    pub(super) fn key(&self, tracks: &Tracks, now: Instant) -> Key {
        let mut key = 0;
        for (one, part) in property::parts(&self.properties, tracks) {
            for instance in part.iter().filter(|instance| one.each == Each::Group || instance.until.is_some()) {
                let until = instance.until.map_or(0, |until| 1 + u64::from(until.since(now).as_seconds()));
                let word = u128::from(until) << 8 | u128::from(instance.state);
                key = (key ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            }
        }
        key
    }

    /// The properties that are broken at a point.
    pub(super) fn broken(&self, point: &Point) -> Vec<usize> {
        let ended = point.cycle.stage().is_terminal();
        let active = point.cycle.ledger().active();
        let member = |at: usize| u8::try_from(at).ok().and_then(Seat::new).is_some_and(|seat| active.contains(seat));
        let answers = property::parts(&self.properties, &point.tracks).map(|(one, part)| {
            if ended { property::answer_at_end(one, part, &member) } else { property::answer_of(one, part) }
        });
        answers.enumerate().filter(|(_, answer)| *answer == Answer::Broken).map(|(at, _)| at).collect()
    }
}

/// What a command led to.
pub(super) struct Step<'a> {
    pub(super) events: &'a [Event],
    pub(super) from: peercircle_core::Stage,
    pub(super) to: peercircle_core::Stage,
}
