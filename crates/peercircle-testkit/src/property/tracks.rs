//! Tracks: how far each property has come, for the group or for each seat, moved by what happens and by time.

use std::iter::repeat_n;

use peercircle_core::{EventBody, Instant, MAX_SEATS, Seat, SeatSet};

use super::{
    Answer, Each, Property, Template, Within,
    seen::{Seen, Whom, about},
};

/// A property's state for the group or one seat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Instance {
    pub(crate) state: u8,
    pub(crate) until: Option<Instant>,
}

const BROKEN: u8 = u8::MAX;
/// What a response waits for.
const OWED: u8 = 1;
const FIRST: u8 = 2;
const ONE: u8 = 1;
const OTHER: u8 = 2;

/// How far the cycle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// Something may still come.
    Runs,
    /// Nothing is to come any more.
    Ended,
}

/// The states of several properties, one after the other: one for a group, sixteen for members; and who is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tracks {
    instances: Vec<Instance>,
    /// Who has ever been a member.
    members: SeatSet,
    /// Who of them has left.
    gone: SeatSet,
    /// Nobody joins any more.
    closed: bool,
}

impl Tracks {
    /// Before anything has happened.
    pub(crate) fn start(properties: &[Property]) -> Self {
        let many = properties.iter().map(|property| many(property.each)).sum();
        let (members, gone) = (SeatSet::EMPTY, SeatSet::EMPTY);
        Self { instances: vec![Instance::default(); many], members, gone, closed: false }
    }

    /// What a step does.
    pub(crate) fn step(&mut self, properties: &[Property], seen: &Seen<'_>, now: Instant) {
        self.wait(properties, now);
        let gone = self.gone;
        for (property, seat, instance) in each(properties, &mut self.instances) {
            if instance.state != BROKEN {
                advance(&property.template, instance, seen, whom(seat, gone), now);
            }
        }
        self.note(properties, seen, now);
    }

    /// What time does: who still owes something by then is too late.
    pub(crate) fn wait(&mut self, properties: &[Property], now: Instant) {
        let owing = self.owing();
        for (_, seat, instance) in each(properties, &mut self.instances) {
            if instance.until.is_some_and(|until| now > until) && seat.is_none_or(|seat| owing.contains(seat)) {
                *instance = Instance { state: BROKEN, until: None };
            }
        }
    }

    /// Forgets of a property that is broken of somebody how it stands for the others, and by when they owe something: whatever
    /// comes, it stays broken.
    pub(crate) fn settle(&mut self, properties: &[Property]) {
        let broken: Vec<bool> = self.answers(properties, Course::Runs).map(|answer| answer == Answer::Broken).collect();
        let whose = properties.iter().zip(broken).flat_map(|(property, broken)| repeat_n(broken, many(property.each)));
        for (instance, _) in self.instances.iter_mut().zip(whose).filter(|(_, broken)| *broken) {
            *instance = Instance { state: BROKEN, until: None };
        }
    }

    /// The bytes of the states.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.instances)
    }

    /// Each property with its states, and whose they are.
    pub(crate) fn parts<'a>(
        &'a self,
        properties: &'a [Property],
    ) -> impl Iterator<Item = (&'a Property, impl Iterator<Item = (Option<Seat>, Instance)> + use<'a>)> {
        let mut rest = &*self.instances;
        properties.iter().map(move |property| {
            let (part, after) = rest.split_at_checked(many(property.each)).unwrap_or((rest, &[]));
            rest = after;
            (property, seats(property.each).zip(part.iter().copied()))
        })
    }

    /// By when something is owed, and by which of the properties.
    pub(crate) fn owed<'a>(&'a self, properties: &'a [Property]) -> impl Iterator<Item = (usize, Instant)> + 'a {
        let owing = self.owing();
        let parts = self.parts(properties).enumerate();
        let all = parts.flat_map(|(at, (_, part))| part.map(move |(seat, instance)| (at, seat, instance.until)));
        let theirs = all.filter(move |(_, seat, _)| seat.is_none_or(|seat| owing.contains(seat)));
        theirs.filter_map(|(at, _, until)| Some((at, until?)))
    }

    /// How a property stands for the group, or for each who is a member or was one.
    pub(crate) fn stand<'a>(
        &'a self,
        property: &'a Property,
        part: impl Iterator<Item = (Option<Seat>, Instance)> + 'a,
        course: Course,
    ) -> impl Iterator<Item = (Option<Seat>, Answer)> + 'a {
        let had = part.filter(|(seat, _)| seat.is_none_or(|seat| self.members.contains(seat)));
        had.map(move |(seat, instance)| {
            let answer = match (judge(&property.template, instance), course) {
                // Who has left owes nothing; what is broken stays so.
                (Answer::Pending, Course::Runs) if seat.is_some_and(|seat| self.gone.contains(seat)) => Answer::Held,
                (Answer::Pending, Course::Ended) if seat.is_none_or(|seat| !self.gone.contains(seat)) => Answer::Broken,
                (Answer::Pending | Answer::Held, Course::Ended) => Answer::PermanentlyHeld,
                (stays, _) => stays,
            };
            (seat, answer)
        })
    }

    /// How each property stands, for the one of whom it stands worst.
    pub(crate) fn answers<'a>(&'a self, properties: &'a [Property], course: Course) -> impl Iterator<Item = Answer> + 'a {
        self.parts(properties).map(move |(property, part)| {
            // Of whoever may still join, nothing holds for good.
            let open = property.each == Each::Member && course == Course::Runs && !self.closed;
            let least = if open { Answer::Held } else { Answer::PermanentlyHeld };
            self.stand(property, part, course).map(|(_, answer)| answer).max().map_or(least, |worst| worst.max(least))
        })
    }

    /// The seat of who joins next; nothing once nobody does.
    pub(crate) fn next(&self) -> Option<Seat> {
        seats(Each::Member).flatten().find(|seat| !self.closed && !self.members.contains(*seat))
    }

    /// Those who are members: only they can owe anything.
    pub(crate) const fn owing(&self) -> SeatSet {
        self.members.minus(self.gone)
    }

    /// Who is a member after a step. What the group has asked of everyone before, whoever joins has time for from then on.
    fn note(&mut self, properties: &[Property], seen: &Seen<'_>, now: Instant) {
        let named = seen.events.iter().filter_map(|event| about(&event.body));
        // What was refused makes nobody a member.
        let named = named.chain(seen.subject.filter(|_| !seen.events.is_empty()));
        let new = named.filter(|seat| !self.members.contains(*seat)).fold(SeatSet::EMPTY, SeatSet::with);
        self.members = self.members.or(new);
        for (property, _, instance) in
            each(properties, &mut self.instances).filter(|(_, seat, _)| seat.is_some_and(|seat| new.contains(seat)))
        {
            let within = property.template.within();
            instance.until = instance.until.and(within).map(|within| now + within.span());
        }
        for event in seen.events {
            if let EventBody::MemberWithdrawn { seat, .. } | EventBody::MemberDropped { seat, .. } = &event.body {
                self.gone.insert(*seat);
            }
            self.closed |= matches!(event.body, EventBody::SessionStarted { .. });
        }
    }
}

/// How many states a property has that speaks so: one for the group, or one a seat.
const fn many(each: Each) -> usize {
    match each {
        Each::Group => 1,
        Each::Member => MAX_SEATS,
    }
}

/// Whose these states are.
fn seats(each: Each) -> impl Iterator<Item = Option<Seat>> {
    (0..).map(move |number| if each == Each::Group { None } else { Seat::new(number) }).take(many(each))
}

/// Each property with its states, to be moved, and whose they are.
fn each<'a>(
    properties: &'a [Property],
    instances: &'a mut [Instance],
) -> impl Iterator<Item = (&'a Property, Option<Seat>, &'a mut Instance)> {
    let whose = properties.iter().flat_map(|property| seats(property.each).map(move |seat| (property, seat)));
    whose.zip(instances).map(|((property, seat), instance)| (property, seat, instance))
}

fn whom(seat: Option<Seat>, gone: SeatSet) -> Whom {
    seat.map_or(Whom::Group, |seat| if gone.contains(seat) { Whom::Gone(seat) } else { Whom::Member(seat) })
}

fn advance(template: &Template, instance: &mut Instance, seen: &Seen<'_>, whom: Whom, now: Instant) {
    let shows = |what: &super::Occurrence| seen.shows(what, whom);
    let state = &mut instance.state;
    let mut owed = |state: &mut u8, asked: bool, given: bool, within: &Option<Within>| {
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
                *state = (*state).saturating_add(1).min(*at_least);
            }
        }
        Template::Absence { what, beyond } => {
            if shows(what) {
                *state = if *state >= *beyond { BROKEN } else { *state + 1 };
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
            let (happens, asked, given) = (seen.happens(whom), shows(after), shows(next));
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

fn judge(template: &Template, instance: Instance) -> Answer {
    let state = instance.state;
    match template {
        _ if state == BROKEN => Answer::Broken,
        Template::Existence { at_least, .. } if state < *at_least => Answer::Pending,
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
