//! Following properties over a history: how each stands, and of whom.

use std::collections::BTreeMap;

use peercircle_core::{Cycle, Event, EventBody, Instant, MemberId, ReplayError, Seat};
use serde::Serialize;

use super::{
    Property, PropertyError, Seen,
    check::faults_anywhere,
    tracks::{Course, Tracks},
};
use crate::recorded;

/// How a property stands after a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Whatever follows, it will hold.
    PermanentlyHeld,
    /// It holds so far, and what follows may break it.
    Held,
    /// It waits for something that must still come.
    Pending,
    /// It is broken, and nothing mends it.
    Broken,
    /// It can't be told; [`Followed::reason`] says why.
    CannotTell,
}

/// Why properties can't be followed over a history.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FollowError {
    /// A property is none.
    #[error(transparent)]
    Property(#[from] PropertyError),
    /// The history doesn't replay.
    #[error(transparent)]
    Replay(#[from] ReplayError),
}

impl FollowError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Property(error) => error.code(),
            Self::Replay(error) => error.code(),
        }
    }
}

/// Follows properties over a history, step by step. Of members it knows those whom what it was given speaks of.
///
/// Of what is no property, such as one of an event that there isn't, the answer is [`Answer::CannotTell`].
#[derive(Clone, Debug)]
pub struct Follower<'a> {
    properties: &'a [Property],
    tracks: Tracks,
    broken: Vec<Option<Instant>>,
    ids: BTreeMap<Seat, MemberId>,
    faults: Vec<Option<PropertyError>>,
}

impl<'a> Follower<'a> {
    /// Before anything has happened.
    #[must_use]
    pub fn new(properties: &'a [Property]) -> Self {
        let (tracks, broken) = (Tracks::start(properties), vec![None; properties.len()]);
        Self { properties, tracks, broken, ids: BTreeMap::new(), faults: faults_anywhere(properties) }
    }

    /// A step that happened at `now`.
    pub fn step(&mut self, seen: &Seen<'_>, now: Instant) {
        self.wait(now);
        self.tracks.step(self.properties, seen, now);
        for (broken, answer) in self.broken.iter_mut().zip(self.tracks.answers(self.properties, Course::Runs)) {
            if answer == Answer::Broken {
                broken.get_or_insert(now);
            }
        }
        for event in seen.events {
            if let EventBody::MemberEnrolled { seat, profile } = &event.body {
                self.ids.insert(*seat, profile.id.clone());
            } else if let EventBody::MemberAnonymised { seat } = &event.body
                && let Some(forgotten) = self.ids.remove(seat)
            {
                self.ids.retain(|_, id| *id != forgotten);
            }
        }
    }

    /// Time has passed until `now`.
    pub fn wait(&mut self, now: Instant) {
        // It broke when its time was over, not when somebody looked.
        let mut missed: Vec<_> = self.tracks.owed(self.properties).filter(|(_, until)| now > *until).collect();
        missed.sort_unstable();
        for (at, until) in missed {
            if let Some(broken) = self.broken.get_mut(at) {
                broken.get_or_insert(until);
            }
        }
        self.tracks.wait(self.properties, now);
    }

    /// How each property stands now; `ended` is the cycle where it has come to its end.
    #[must_use]
    pub fn answers(&self, ended: Option<&Cycle>) -> Vec<Followed> {
        let course = ended.map_or(Course::Runs, |_| Course::Ended);
        let answers = self.tracks.answers(self.properties, course);
        let parts = self.tracks.parts(self.properties).zip(answers).zip(&self.broken).zip(&self.faults);
        let judged = parts.map(|((((property, part), answer), at), fault)| {
            if let Some(fault) = fault {
                return Followed::untold(property, fault.to_string());
            }
            let open = matches!(answer, Answer::Broken | Answer::Pending);
            let theirs = self.tracks.stand(property, part, course).filter(|(_, one)| open && *one == answer);
            let members = theirs.filter_map(|(seat, _)| seat).map(|seat| self.call(seat)).collect();
            Followed { property: property.id.clone(), answer, reason: None, at: *at, members }
        });
        judged.collect()
    }

    fn call(&self, seat: Seat) -> String {
        self.ids.get(&seat).map_or_else(|| seat.to_string(), ToString::to_string)
    }
}

/// How a property stands after a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Followed {
    /// Its id.
    pub property: String,
    /// How it stands.
    pub answer: Answer,
    /// Why that can't be told, where it can't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it broke, where it did before the end: where something came too late, when its time was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// The members of whom it is broken or pending, where it speaks of members: their ids, or the seat, as in `seat 3`, of those
    /// whose id isn't known or was erased.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
}

impl Followed {
    fn untold(property: &Property, reason: String) -> Self {
        let (answer, reason) = (Answer::CannotTell, Some(reason));
        Self { property: property.id.clone(), answer, reason, at: None, members: Vec::new() }
    }
}

/// Follows properties over a recorded history, up to `now` or its last event.
///
/// A history holds what was accepted, so of a property that [speaks of refusals](Property::speaks_of_refusals) the answer is
/// [`Answer::CannotTell`]. A [`Follower`] that is given the verdicts as well can tell.
///
/// # Errors
/// [`FollowError`] where the history doesn't replay, or one of these is no property whatever the process: it names what there isn't.
///
/// # Example
/// ```
/// use peercircle_testkit::property::{Answer, builtin, follow};
/// let mut properties = builtin();
/// let answers = follow(&properties, &[], None)?;
/// assert!(answers.iter().all(|one| one.answer != Answer::Broken));
/// properties[0].id = "R-21".to_owned();
/// assert_eq!(follow(&properties, &[], None).unwrap_err().code(), "id");
/// # Ok::<(), peercircle_testkit::property::FollowError>(())
/// ```
pub fn follow(properties: &[Property], history: &[Event], now: Option<Instant>) -> Result<Vec<Followed>, FollowError> {
    if let Some(fault) = faults_anywhere(properties).into_iter().flatten().next() {
        return Err(fault.into());
    }
    let mut follower = Follower::new(properties);
    let mut decisions = recorded::decisions(history);
    while let Some(decision) = decisions.next() {
        let decision = decision?;
        let way = (decision.before.stage(), decisions.reached().stage());
        let seen = match &decision.command {
            Some(command) => Seen::accepted(command, decision.context.actor.seat(), decision.events, way),
            None => Seen { command: None, subject: None, events: decision.events, refused_by: &[], from: way.0, to: way.1 },
        };
        follower.step(&seen, decision.context.now);
    }
    let cycle = decisions.reached();
    if let Some(now) = now {
        follower.wait(now);
    }
    let answers = follower.answers(Some(cycle).filter(|cycle| cycle.stage().is_terminal()));
    let refused = "it speaks of refusals, and a log holds only what was accepted";
    let told = properties.iter().zip(answers).map(|(property, followed)| {
        if property.speaks_of_refusals() { Followed::untold(property, refused.to_owned()) } else { followed }
    });
    Ok(told.collect())
}
