//! Following a property: a small state for each of whom it speaks, moved by what happens and by time.

use peercircle_core::{Command, Cycle, Event, Instant, ReplayError, Seat};
use serde::Serialize;

use super::{Each, Property, Seen, Template};
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
    /// What was looked at doesn't say: the property speaks of refusals, and a log holds only what was accepted.
    CannotTell,
}

impl Answer {
    /// Why it can't be told; nothing where it can.
    #[must_use]
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::CannotTell => Some("it speaks of refusals, and a log holds only what was accepted"),
            Self::PermanentlyHeld | Self::Held | Self::Pending | Self::Broken => None,
        }
    }
}

/// A property's state for the group or one member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Instance {
    pub(crate) state: u8,
    pub(crate) until: Option<Instant>,
}

const BROKEN: u8 = u8::MAX;
/// A count as far as a state can tell it from `BROKEN`; [`check`](super::check) admits far less.
const fn countable(times: u8) -> u8 {
    if times < BROKEN { times } else { BROKEN - 1 }
}
/// What a response waits for.
const OWED: u8 = 1;
const FIRST: u8 = 2;
const ONE: u8 = 1;
const OTHER: u8 = 2;

/// The states of several properties, one after the other: one for a group, sixteen for members.
pub(crate) type Tracks = Vec<Instance>;

/// The states before anything has happened.
pub(crate) fn start(properties: &[Property]) -> Tracks {
    vec![Instance::default(); properties.iter().map(|property| property.each.many()).sum()]
}

/// Each property with its states.
pub(crate) fn parts<'a>(
    properties: &'a [Property],
    tracks: &'a [Instance],
) -> impl Iterator<Item = (&'a Property, &'a [Instance])> {
    let mut rest = tracks;
    properties.iter().map(move |property| {
        let (part, after) = rest.split_at_checked(property.each.many()).unwrap_or((rest, &[]));
        rest = after;
        (property, part)
    })
}

/// Each property with its states and whom they are about.
fn each<'a>(
    properties: &'a [Property],
    tracks: &'a mut [Instance],
) -> impl Iterator<Item = (&'a Property, Option<Seat>, &'a mut Instance)> {
    let whom = properties.iter().flat_map(|property| {
        let members: Vec<Option<Seat>> = match property.each {
            Each::Group => vec![None],
            Each::Member => (0..16).map(Seat::new).collect(),
        };
        members.into_iter().map(move |member| (property, member))
    });
    whom.zip(tracks).map(|((property, member), instance)| (property, member, instance))
}

/// What a step does to the states.
pub(crate) fn step(properties: &[Property], tracks: &mut [Instance], seen: &Seen<'_>, now: Instant) {
    for (property, member, instance) in each(properties, tracks) {
        late(instance, now);
        if instance.state != BROKEN {
            advance(&property.template, instance, seen, member, now);
        }
    }
}

/// What time does to them.
pub(crate) fn wait(tracks: &mut [Instance], now: Instant) {
    for instance in tracks {
        late(instance, now);
    }
}

fn late(instance: &mut Instance, now: Instant) {
    if instance.until.is_some_and(|until| now > until) {
        *instance = Instance { state: BROKEN, until: None };
    }
}

fn advance(template: &Template, instance: &mut Instance, seen: &Seen<'_>, member: Option<Seat>, now: Instant) {
    let shows = |what: &super::Occurrence| seen.shows(what, member);
    let state = &mut instance.state;
    let mut owed = |state: &mut u8, asked: bool, given: bool, within: &Option<super::Within>| {
        if asked && *state & OWED == 0 {
            *state |= OWED;
            instance.until = within.map(|within| now + within.span());
        }
        if given && *state & OWED != 0 {
            *state &= !OWED;
            instance.until = None;
        }
    };
    match template {
        Template::Existence { what, at_least } => {
            if shows(what) {
                *state = (*state).saturating_add(1).min(countable(*at_least));
            }
        }
        Template::Absence { what, beyond } => {
            if shows(what) {
                *state = if *state >= countable(*beyond) { BROKEN } else { *state + 1 };
            }
        }
        Template::Precedence { first, then } => {
            if shows(first) {
                *state = FIRST;
            } else if *state == 0 && shows(then) {
                *state = BROKEN;
            }
        }
        Template::Response { after, then, within } => owed(state, shows(after), shows(then), within),
        Template::Succession { first, then, within } => {
            let (asked, given) = (shows(first), shows(then));
            if asked {
                *state |= FIRST;
            }
            if given && *state & FIRST == 0 {
                *state = BROKEN;
            } else {
                owed(state, asked, given, within);
            }
        }
        Template::ChainResponse { after, next } => {
            let (happens, asked, given) = (seen.happens(member), shows(after), shows(next));
            if *state == OWED && happens && !given {
                *state = BROKEN;
            } else if happens || asked || given {
                *state = if asked { OWED } else { 0 };
            }
        }
        Template::NotCoexistence { one, other } => {
            *state |= (u8::from(shows(one)) * ONE) | (u8::from(shows(other)) * OTHER);
            if *state == ONE | OTHER {
                *state = BROKEN;
            }
        }
        Template::NotSuccession { first, then } => {
            if *state == FIRST && shows(then) {
                *state = BROKEN;
            } else if shows(first) {
                *state = FIRST;
            }
        }
    }
}

/// How a property stands, for the one of whom it stands worst.
pub(crate) fn answer_of(property: &Property, instances: &[Instance]) -> Answer {
    instances.iter().map(|instance| judge(&property.template, *instance)).max().unwrap_or(Answer::Held)
}

/// The same once the cycle has ended: nothing is to come any more. Of members, only `members` are owed anything.
pub(crate) fn answer_at_end(property: &Property, instances: &[Instance], members: &dyn Fn(usize) -> bool) -> Answer {
    let ended = |(at, instance): (usize, &Instance)| match judge(&property.template, *instance) {
        Answer::Pending if property.each == Each::Group || members(at) => Answer::Broken,
        Answer::Pending | Answer::Held | Answer::PermanentlyHeld => Answer::PermanentlyHeld,
        stays @ (Answer::Broken | Answer::CannotTell) => stays,
    };
    instances.iter().enumerate().map(ended).max().unwrap_or(Answer::PermanentlyHeld)
}

fn judge(template: &Template, instance: Instance) -> Answer {
    let state = instance.state;
    match template {
        _ if state == BROKEN => Answer::Broken,
        Template::Existence { at_least, .. } if state < countable(*at_least) => Answer::Pending,
        Template::Existence { .. } => Answer::PermanentlyHeld,
        Template::Precedence { .. } if state == FIRST => Answer::PermanentlyHeld,
        Template::Response { .. } | Template::Succession { .. } | Template::ChainResponse { .. } if state & OWED != 0 => {
            Answer::Pending
        }
        Template::Absence { .. }
        | Template::Precedence { .. }
        | Template::Response { .. }
        | Template::Succession { .. }
        | Template::ChainResponse { .. }
        | Template::NotCoexistence { .. }
        | Template::NotSuccession { .. } => Answer::Held,
    }
}

/// Follows properties over a history, step by step.
#[derive(Clone, Debug)]
pub struct Follower<'a> {
    properties: &'a [Property],
    tracks: Tracks,
    broken: Vec<Option<Instant>>,
}

impl<'a> Follower<'a> {
    /// Before anything has happened.
    #[must_use]
    pub fn new(properties: &'a [Property]) -> Self {
        Self { properties, tracks: start(properties), broken: vec![None; properties.len()] }
    }

    /// A step that happened at `now`.
    pub fn step(&mut self, seen: &Seen<'_>, now: Instant) {
        self.wait(now);
        step(self.properties, &mut self.tracks, seen, now);
        self.note(now);
    }

    /// Time has passed until `now`.
    pub fn wait(&mut self, now: Instant) {
        for (broken, (_, part)) in self.broken.iter_mut().zip(parts(self.properties, &self.tracks)) {
            // It broke when its time was over, not when somebody looked.
            let missed = part.iter().filter_map(|instance| instance.until).filter(|until| now > *until).min();
            *broken = broken.or(missed);
        }
        wait(&mut self.tracks, now);
    }

    fn note(&mut self, now: Instant) {
        let answers: Vec<_> =
            parts(self.properties, &self.tracks).map(|(property, part)| answer_of(property, part)).collect();
        for (broken, answer) in self.broken.iter_mut().zip(answers) {
            if answer == Answer::Broken {
                broken.get_or_insert(now);
            }
        }
    }

    /// How each property stands now; `ended` is the cycle where it has come to its end.
    #[must_use]
    pub fn answers(&self, ended: Option<&Cycle>) -> Vec<Followed> {
        let judged = parts(self.properties, &self.tracks).zip(&self.broken).map(|((property, part), broken)| {
            let owing = |at: usize| {
                let seat = u8::try_from(at).ok().and_then(Seat::new);
                ended.zip(seat).is_some_and(|(cycle, seat)| cycle.ledger().active().contains(seat))
            };
            let answer = match ended {
                Some(_) => answer_at_end(property, part, &owing),
                None => answer_of(property, part),
            };
            let members = (0..).zip(part).filter(|(at, instance)| {
                let alone = [**instance];
                let one = match ended {
                    Some(_) => answer_at_end(property, &alone, &|_| owing(usize::from(*at))),
                    None => answer_of(property, &alone),
                };
                property.each == Each::Member && one == answer && matches!(answer, Answer::Broken | Answer::Pending)
            });
            let members = members.filter_map(|(at, _)| Seat::new(at)).collect();
            Followed { property: property.id.clone(), answer, reason: None, at: *broken, members }
        });
        judged.collect()
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
    pub reason: Option<&'static str>,
    /// When it broke, where it did before the end: where something came too late, when its time was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// The members of whom it is broken or pending, where it speaks of members.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Seat>,
}

impl Followed {
    fn untold(property: &Property) -> Self {
        let answer = Answer::CannotTell;
        Self { property: property.id.clone(), answer, reason: answer.reason(), at: None, members: Vec::new() }
    }
}

/// Follows properties over a recorded history, up to `now` or its last event.
///
/// A history holds what was accepted, so of a property that [speaks of refusals](Property::speaks_of_refusals) the answer is
/// [`Answer::CannotTell`]. A [`Follower`] that is given the verdicts as well can tell.
///
/// # Errors
/// [`ReplayError`] where the history doesn't replay.
///
/// # Example
/// ```
/// use peercircle_testkit::property::{Answer, builtin, follow};
/// let answers = follow(&builtin(), &[], None)?;
/// assert!(answers.iter().all(|one| one.answer != Answer::Broken));
/// # Ok::<(), peercircle_core::ReplayError>(())
/// ```
pub fn follow(properties: &[Property], history: &[Event], now: Option<Instant>) -> Result<Vec<Followed>, ReplayError> {
    let mut follower = Follower::new(properties);
    let mut decisions = recorded::decisions(history);
    while let Some(decision) = decisions.next() {
        let decision = decision?;
        let about = decision.command.as_ref().and_then(Command::subject).or_else(|| decision.context.actor.seat());
        let seen = Seen {
            command: decision.command.as_ref().map(Command::kind),
            subject: about,
            events: decision.events,
            refused_by: &[],
            from: decision.before.stage(),
            to: decisions.reached().stage(),
        };
        follower.step(&seen, decision.context.now);
    }
    let cycle = decisions.reached();
    if let Some(now) = now {
        follower.wait(now);
    }
    let answers = follower.answers(Some(cycle).filter(|cycle| cycle.stage().is_terminal()));
    let told = properties
        .iter()
        .zip(answers)
        .map(|(property, followed)| if property.speaks_of_refusals() { Followed::untold(property) } else { followed });
    Ok(told.collect())
}
