//! Properties that are followed while exploring: their states are part of every point.

use peercircle_core::{Command, Event, Instant, Seat};

use super::{
    key::{Key, Records, mixed},
    model::Point,
};
use crate::property::{Answer, Course, Instance, Property, Seen, Tracks};

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
        Tracks::start(&self.properties)
    }

    /// The bytes that it takes at each point to follow them.
    pub(super) fn bytes(&self) -> usize {
        self.start().bytes()
    }

    pub(super) fn wait(&self, tracks: &Tracks, until: Instant) -> Tracks {
        let mut tracks = tracks.clone();
        tracks.wait(&self.properties, until);
        tracks.settle(&self.properties);
        tracks
    }

    pub(super) fn step(&self, point: &mut Point, command: &Command, by: Option<Seat>, step: Step<'_>) {
        if !self.properties.is_empty() {
            let seen = Seen::accepted(command, by, step.events, (step.from, step.to));
            point.tracks.step(&self.properties, &seen, point.now);
            point.tracks.settle(&self.properties);
        }
    }

    /// The next moment by which something is owed.
    pub(super) fn until(&self, tracks: &Tracks) -> Option<Instant> {
        tracks.owed(&self.properties).map(|(_, until)| until).min()
    }

    /// Adds to the seats' records what the properties of each member know of them, and until when they owe something.
    pub(super) fn mix(&self, records: &mut Records, point: &Point) {
        for (_, part) in point.tracks.parts(&self.properties) {
            for (seat, instance) in part {
                let record =
                    seat.and_then(|seat| records.get_mut(usize::from(seat.number()))).filter(|record| **record != 0);
                if let Some(record) = record {
                    *record = mixed(*record, word(instance, point.now));
                }
            }
        }
    }

    /// What the properties know beside that, as a part of a key: of the group, and of who may join.
    pub(super) fn key(&self, point: &Point) -> Key {
        let next = point.tracks.next();
        let parts = point.tracks.parts(&self.properties).flat_map(|(_, part)| part);
        let words = parts.filter_map(|(seat, instance)| match seat {
            None => Some(word(instance, point.now)),
            // The time of who joins runs from then.
            seat => (seat == next).then_some(instance.state.into()),
        });
        // Where cycles have ended, states are told apart by nothing else.
        let ended = point.cycle.stage().is_terminal();
        let broken = ended.then(|| self.broken(point)).into_iter().flatten().filter_map(|at| u64::try_from(at).ok());
        words.chain(broken).fold(0, |key: Key, word| {
            (key ^ (1 + Key::from(word))).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).rotate_left(1)
        })
    }

    /// The properties that are broken at a point.
    pub(super) fn broken(&self, point: &Point) -> Vec<usize> {
        let course = if point.cycle.stage().is_terminal() { Course::Ended } else { Course::Runs };
        let answers = point.tracks.answers(&self.properties, course);
        answers.enumerate().filter(|(_, answer)| *answer == Answer::Broken).map(|(at, _)| at).collect()
    }
}

/// What is known of the group or of a member.
fn word(instance: Instance, now: Instant) -> u64 {
    let until = instance.until.map_or(0, |until| 1 + u64::from(until.since(now).as_seconds()));
    until << 8 | u64::from(instance.state)
}

/// What a command led to.
pub(super) struct Step<'a> {
    pub(super) events: &'a [Event],
    pub(super) from: peercircle_core::Stage,
    pub(super) to: peercircle_core::Stage,
}
