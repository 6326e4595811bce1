//! Properties that an exploration follows: apart from what else it answers, and together as far as they fit.
//!
//! A state that is told apart by where each of several properties stands is many states. So they are looked at together only as long as
//! that takes few more states than the process has, and otherwise in halves.

use super::{
    answer::PropertyAnswer,
    bounds::Bounds,
    graph::Graph,
    model::Model,
    search::{Stopped, Watch, search_until},
    tale::{self, tale_of},
};
use crate::{
    Ruled,
    property::{self, Occurrence, Property, PropertyError, Within},
};

/// How many times the states of the process several properties may take together, and how many more.
const ROOM: (usize, usize) = (3, 50_000);

/// What was found of properties.
pub(super) struct Followed {
    pub(super) answers: Vec<PropertyAnswer>,
    /// Why not everything was seen; nothing where it was.
    pub(super) stopped: Option<Stopped>,
    /// The most bytes that it took.
    pub(super) bytes: usize,
}

/// Follows properties under a process that has so many `states` without them.
pub(super) fn follow(
    under: &Ruled,
    bounds: &Bounds,
    properties: &[Property],
    states: usize,
    watch: &mut Watch<'_>,
) -> Followed {
    let room = states.saturating_mul(ROOM.0).saturating_add(ROOM.1);
    let (mut followed, faults) =
        (Followed { answers: Vec::new(), stopped: None, bytes: 0 }, property::faults(properties, under));
    let mut following = Following { under, bounds, room, watch, into: &mut followed };
    let all: Vec<_> = properties.iter().cloned().zip(faults).collect();
    following.all(&all);
    followed
}

struct Following<'a, 'w> {
    under: &'a Ruled,
    bounds: &'a Bounds,
    room: usize,
    watch: &'a mut Watch<'w>,
    into: &'a mut Followed,
}

impl Following<'_, '_> {
    fn all(&mut self, these: &[(Property, Option<PropertyError>)]) {
        if these.is_empty() {
            return;
        }
        let alone = these.len() == 1;
        let states = if alone { self.bounds.states } else { self.bounds.states.min(self.room) };
        let properties: Vec<_> = these.iter().map(|(property, _)| property.clone()).collect();
        let model = Model::new(self.under.clone(), &Bounds { states, ..*self.bounds }, &properties);
        let graph = search_until(&model, self.watch, &|graph| graph.broken.iter().all(Option::is_some));
        self.into.bytes = self.into.bytes.max(graph.most_bytes);
        if !alone && graph.stopped.is_some_and(|why| why != Stopped::Asked) {
            let (some, others) = these.split_at(these.len() / 2);
            self.all(some);
            self.all(others);
            return;
        }
        self.into.stopped = self.into.stopped.or(graph.stopped);
        let answers = these.iter().zip(&graph.broken);
        self.into.answers.extend(answers.map(|((property, fault), broken)| {
            let broken = broken.filter(|_| fault.is_none());
            let untold = || fault.as_ref().map(ToString::to_string).or_else(|| untold(&model, &graph, property));
            PropertyAnswer {
                property: property.id.clone(),
                says: property.to_string(),
                broken: broken.map(|at| tale::lines(&tale_of(&model, &graph.way(&model, at), property))),
                untold: if broken.is_none() { untold() } else { None },
            }
        }));
    }
}

/// Why an exploration can't tell whether a property holds that it hasn't seen broken.
fn untold(model: &Model, graph: &Graph, property: &Property) -> Option<String> {
    if property.speaks_of_refusals() {
        return Some("it speaks of refusals, and an exploration follows what is accepted".to_owned());
    }
    let bounds = model.bounds();
    if property.template.within().is_some_and(|within| matches!(within, Within::Minutes(_))) && bounds.troubles == 0 {
        return Some(
            "within these bounds no session drags on, so that nothing is late in one: allow for --troubles 1".to_owned(),
        );
    }
    if graph.stopped.is_some() {
        return Some("not everything was seen".to_owned());
    }
    let occurrences = property.template.occurrences();
    let never = occurrences
        .into_iter()
        .map(Occurrence::kinds)
        .find(|kinds| !kinds.is_empty() && kinds.and(graph.tried).is_empty())?;
    let names: Vec<_> = never.iter().map(|kind| format!("`{kind}`")).collect();
    Some(format!("within these bounds nobody tries {}; recorded cycles may tell", names.join(" or ")))
}
