//! Several threads on one part of the search. Each takes a few states after the other and notes what it finds; afterwards that is
//! added in the order of the states, so that the graph is the same as if one had looked at all of them.

use std::{
    iter::Peekable,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    vec::Drain,
};

use hashbrown::HashTable;
use peercircle_core::{CommandKind, Stage};

use super::{
    expand::{Desk, Sink, Step, expand},
    graph::{Graph, Known, Tried},
    key::{Key, halves},
    layer::{Ahead, Layer, Shelf},
    model::Model,
    search::look,
    siblings::Reached,
};

/// The threads, with what they have at hand from part to part.
pub(super) struct Crew {
    hands: Vec<Hand>,
}

/// One thread's. Apart from the others' in memory, so that none waits for what another writes.
#[repr(align(128))]
struct Hand {
    desk: Desk,
    notes: Notes,
}

/// What one thread found at the states it took of a part.
#[derive(Default)]
struct Notes {
    /// Which few it took, one after the other, in the order of the part, and how many new ones there were after each.
    took: Vec<(usize, usize)>,
    /// For each state its stage, what was tried, and where its edges end.
    looked: Vec<(Stage, Tried, usize)>,
    /// With the number of the state each leads to. Those that weren't known when the part began have the numbers that come next.
    edges: Vec<(Step, u32)>,
    /// For those edges that lead where properties are broken, how many there were by then.
    broken: Vec<(usize, Vec<usize>)>,
    new: Vec<New>,
    /// The new ones by their keys.
    index: HashTable<u32>,
}

/// A state that wasn't known when the part began.
struct New {
    key: Key,
    from: (u32, u16),
    known: Known,
    /// Its place on the thread's shelf.
    place: usize,
}

/// A thread at one of its states.
struct Noting<'a> {
    graph: &'a Graph,
    notes: &'a mut Notes,
    shelf: &'a mut Shelf,
    from: u32,
}

impl Sink for Noting<'_> {
    fn known(&self, key: Key) -> Option<u32> {
        self.graph.find(key).or_else(|| self.found(key))
    }

    fn found(&self, key: Key) -> Option<u32> {
        let Notes { index, new, .. } = &*self.notes;
        let nth = index.find(halves(key).0, |nth| key_of(new, *nth) == Some(key))?;
        Some(self.graph.next_number() + nth)
    }

    fn asks(&self, stage: Stage, kind: CommandKind) -> bool {
        self.graph.asks(stage, kind)
    }

    fn lead(&mut self, step: Step, to: u32) {
        self.notes.edges.push((step, to));
    }

    fn find(&mut self, step: Step, key: Key, known: Known, one: &mut Reached) {
        let Notes { index, new, .. } = &mut *self.notes;
        let nth = u32::try_from(new.len()).unwrap_or(u32::MAX);
        new.push(New { key, from: (self.from, step.choice), known, place: self.shelf.put(one) });
        index.insert_unique(halves(key).0, nth, |nth| key_of(new, *nth).map_or(0, |key| halves(key).0));
        self.lead(step, self.graph.next_number() + nth);
    }

    fn breaks(&mut self, broken: Vec<usize>) {
        self.notes.broken.push((self.notes.edges.len(), broken));
    }
}

fn key_of(new: &[New], nth: u32) -> Option<Key> {
    usize::try_from(nth).ok().and_then(|nth| new.get(nth)).map(|new| new.key)
}

/// The most states that a thread takes at once: what lies beside each other leads to the same.
const FEW: usize = 256;

/// How many states are too few for more than one thread.
const ALONE: usize = 64;

impl Crew {
    pub(super) fn of(model: &Model, threads: usize) -> Self {
        Self { hands: (0..threads).map(|_| Hand { desk: Desk::of(model), notes: Notes::default() }).collect() }
    }

    /// Takes every move at the states of a part.
    pub(super) fn look(&mut self, model: &Model, graph: &mut Graph, layer: &Layer, part: &[Ahead], next: &mut Layer) {
        if let [first, others @ ..] = &mut *self.hands
            && (others.is_empty() || part.len() < ALONE)
        {
            return look(model, graph, &mut first.desk, layer, part, next);
        }
        let few = (part.len() / self.hands.len() / 8).clamp(16, FEW);
        self.find(model, graph, layer, part, few, next.shelves());
        self.add(model, graph, layer, part, few, next);
    }

    /// Each thread notes what it finds, and puts it on its shelf; whoever is done takes the next few states.
    fn find(&mut self, model: &Model, graph: &Graph, layer: &Layer, part: &[Ahead], few: usize, shelves: &mut [Shelf]) {
        let next = AtomicUsize::new(0);
        let work = |Hand { desk, notes }: &mut Hand, shelf: &mut Shelf| {
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                let Some(states) = part.chunks(few).nth(nth) else { return };
                for (from, here) in layer.of_part(states) {
                    let tried = expand(model, here, desk, &mut Noting { graph, notes, shelf, from });
                    notes.looked.push((here.point.cycle.stage(), tried, notes.edges.len()));
                }
                notes.took.push((nth, notes.new.len()));
            }
        };
        thread::scope(|scope| {
            let mut hands = self.hands.iter_mut().zip(shelves);
            let own = hands.next();
            for (hand, shelf) in hands {
                scope.spawn(|| work(hand, shelf));
            }
            if let Some((hand, shelf)) = own {
                work(hand, shelf);
            }
        });
    }

    /// Adds to the graph what the threads noted, in the order of the states.
    fn add(&mut self, model: &Model, graph: &mut Graph, layer: &Layer, part: &[Ahead], few: usize, next: &mut Layer) {
        let first_new = graph.next_number();
        let mut open: Vec<_> =
            self.hands.iter_mut().enumerate().map(|(shelf, hand)| Open::of(shelf, &mut hand.notes)).collect();
        for (nth, states) in part.chunks(few).enumerate() {
            // INVARIANT: one of them took these few, and noted each.
            let Some((one, new)) = open.iter_mut().find_map(|one| one.took(nth).map(|new| (one, new))) else { continue };
            one.number(graph, new, next);
            for (_, here) in layer.of_part(states) {
                let Some((stage, tried, end)) = one.looked.next() else { break };
                while one.added < end
                    && let Some((step, to)) = one.edges.next()
                {
                    one.added += 1;
                    let new = to.checked_sub(first_new).and_then(|nth| usize::try_from(nth).ok());
                    let to = new.and_then(|nth| one.numbers.get(nth)).copied().unwrap_or(to);
                    graph.lead(stage, step.kind, step.stage, to);
                    if let Some((_, broken)) = one.broken.next_if(|(at, _)| *at == one.added) {
                        graph.breaks(broken);
                    }
                }
                graph.looked(model, &here.point, stage, &tried);
            }
        }
        drop(open);
        self.hands.iter_mut().for_each(|hand| hand.notes.index.clear());
    }
}

/// The notes of a thread, on their way into the graph.
struct Open<'a> {
    shelf: usize,
    took: Peekable<Drain<'a, (usize, usize)>>,
    looked: Drain<'a, (Stage, Tried, usize)>,
    edges: Drain<'a, (Step, u32)>,
    /// How many of the edges are in the graph.
    added: usize,
    broken: Peekable<Drain<'a, (usize, Vec<usize>)>>,
    new: Drain<'a, New>,
    /// The numbers of those that are in the graph.
    numbers: Vec<u32>,
}

impl<'a> Open<'a> {
    fn of(shelf: usize, Notes { took, looked, edges, broken, new, .. }: &'a mut Notes) -> Self {
        Self {
            shelf,
            took: took.drain(..).peekable(),
            looked: looked.drain(..),
            edges: edges.drain(..),
            added: 0,
            broken: broken.drain(..).peekable(),
            numbers: Vec::with_capacity(new.len()),
            new: new.drain(..),
        }
    }

    /// Where these few are the next that the thread took: how many new ones it had found after them.
    fn took(&mut self, nth: usize) -> Option<usize> {
        let (_, new) = self.took.next_if(|(took, _)| *took == nth)?;
        Some(new)
    }

    /// Numbers the first so many states that this thread found; another may have found them as well.
    fn number(&mut self, graph: &mut Graph, many: usize, next: &mut Layer) {
        let left = many - self.numbers.len();
        for new in self.new.by_ref().take(left) {
            let (at, added) = graph.add(new.key, new.from, new.known);
            if added {
                next.push(at, self.shelf, new.place);
            }
            self.numbers.push(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use peercircle_core::Process;

    use crate::{
        explore::{Bounds, graph::Graph, model::Model, quietly, search::search},
        property::{Each, Occurrence, Property, Template},
    };

    /// However many look, and whoever is first: the same states, found the same way, and the same moves between them.
    fn agree(properties: &[Property]) -> Graph {
        let bounds = Bounds { members: 4, absent: 0, late: 0, ..Bounds::default() };
        let with =
            |threads| search(&Model::new(Process::default(), &Bounds { threads, ..bounds }, properties), &mut quietly);
        let one = with(1);
        for threads in [2, 3, 5] {
            let several = with(threads);
            assert_eq!((&one.from, &one.known, &one.edges), (&several.from, &several.known, &several.edges));
            assert!((0..one.states()).all(|at| one.next(at) == several.next(at)));
            assert!(one.ways().eq(several.ways()));
            assert_eq!((one.depth, one.most_bytes), (several.depth, several.most_bytes));
            assert_eq!((&one.samples, &one.refused, &one.broken), (&several.samples, &several.refused, &several.broken));
        }
        one
    }

    #[test]
    fn any_number_of_threads_finds_the_same() {
        let graph = agree(&[]);
        assert!(graph.states() > 10_000, "{}", graph.states());
        let event = |name: &str| Occurrence::Event(name.to_owned());
        let never = |id: &str, what| Property {
            id: id.to_owned(),
            each: Each::Group,
            template: Template::Absence { what: event(what), beyond: 0 },
        };
        let graph = agree(&[never("T-1", "cycle.suspended"), never("T-2", "member.withdrawn"), never("T-3", "no.such")]);
        assert!(matches!(&*graph.broken, [Some(_), Some(_), None]), "{:?}", graph.broken);
    }
}
