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
#[derive(Default)]
pub(super) struct Followed {
    pub(super) answers: Vec<PropertyAnswer>,
    /// Why not everything was seen; nothing where it was.
    pub(super) stopped: Option<Stopped>,
}

/// A property, and what is wrong with it.
type Asked = (Property, Option<PropertyError>);

/// Follows properties under a process that has so many `states` without them: first of groups for which nothing goes wrong, whose
/// stories are the calmest, and what isn't broken there within the bounds.
pub(super) fn follow(
    under: &Ruled,
    bounds: &Bounds,
    properties: &[Property],
    states: usize,
    watch: &mut Watch<'_>,
) -> Followed {
    let room = states.saturating_mul(ROOM.0).saturating_add(ROOM.1);
    let all: Vec<Asked> = properties.iter().cloned().zip(property::faults(properties, under)).collect();
    let mut within = |bounds: Bounds, these: &[Asked]| {
        let mut following = Following { under, bounds, room, watch, found: Followed::default() };
        following.all(these);
        following.found
    };
    let calm = within(Bounds { leaving: 0, absent: 0, late: 0, troubles: 0, ..*bounds }, &all).answers;
    let held = all.into_iter().zip(&calm).filter(|(_, answer)| answer.broken.is_none());
    let Followed { answers, stopped } = within(*bounds, &held.map(|(one, _)| one).collect::<Vec<_>>());
    let mut others = answers.into_iter();
    let answers = calm.into_iter().filter_map(|one| if one.broken.is_some() { Some(one) } else { others.next() });
    Followed { answers: answers.collect(), stopped }
}

struct Following<'a, 'w> {
    under: &'a Ruled,
    bounds: Bounds,
    room: usize,
    watch: &'a mut Watch<'w>,
    found: Followed,
}

impl Following<'_, '_> {
    fn all(&mut self, these: &[Asked]) {
        if these.is_empty() {
            return;
        }
        let alone = these.len() == 1;
        let states = if alone { self.bounds.states } else { self.bounds.states.min(self.room) };
        let properties: Vec<_> = these.iter().map(|(property, _)| property.clone()).collect();
        let model = Model::new(self.under.clone(), &Bounds { states, ..self.bounds }, &properties);
        let graph = search_until(&model, self.watch, &|graph| graph.broken.iter().all(Option::is_some));
        if !alone && graph.stopped.is_some_and(|why| why != Stopped::Asked) {
            let (some, others) = these.split_at(these.len() / 2);
            self.all(some);
            self.all(others);
            return;
        }
        self.found.stopped = self.found.stopped.or(graph.stopped);
        let answers = these.iter().zip(&graph.broken);
        self.found.answers.extend(answers.map(|((property, fault), broken)| {
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
