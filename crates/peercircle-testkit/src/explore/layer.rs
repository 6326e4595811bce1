//! The states to look at next. Each thread keeps those it finds on a shelf of its own, one after the other, as they are read later:
//! what is read in the order in which it lies is there in time.

use super::siblings::Reached;

/// States found and not yet looked at, in the order they were found.
pub(super) struct Layer {
    order: Vec<Ahead>,
    /// The most it ever had: so much memory it keeps.
    most: usize,
    /// The bytes of a state beside what it has in common with all others.
    each: usize,
    /// One for each thread.
    shelves: Vec<Shelf>,
}

/// A state to look at, and where it lies.
#[derive(Clone, Copy)]
pub(super) struct Ahead {
    at: u32,
    shelf: usize,
    place: usize,
}

/// Where one thread puts what it finds: on boards of which none is ever moved, so that growing takes no more room than what is there.
#[derive(Default)]
pub(super) struct Shelf {
    boards: Vec<Vec<Reached>>,
    used: usize,
}

/// The states on a board.
const BOARD: usize = 512;

impl Layer {
    /// Empty, for states that keep so many bytes on the heap.
    pub(super) fn of(threads: usize, heap: usize) -> Self {
        let each = size_of::<Reached>() + heap + size_of::<Ahead>();
        Self { order: Vec::new(), most: 0, each, shelves: (0..threads).map(|_| Shelf::default()).collect() }
    }

    pub(super) fn order(&self) -> &[Ahead] {
        &self.order
    }

    pub(super) fn shelves(&mut self) -> &mut [Shelf] {
        &mut self.shelves
    }

    /// The state with this number is the next; it lies at a place of a shelf.
    pub(super) fn push(&mut self, at: u32, shelf: usize, place: usize) {
        self.order.push(Ahead { at, shelf, place });
    }

    /// The state with this number is the next, and found by the first of the threads.
    pub(super) fn put(&mut self, at: u32, one: &mut Reached) {
        if let Some(first) = self.shelves.first_mut() {
            let place = first.put(one);
            self.push(at, 0, place);
        }
    }

    /// Some of the states in their order, with their numbers.
    pub(super) fn of_part<'a>(&'a self, part: &'a [Ahead]) -> impl Iterator<Item = (u32, &'a Reached)> {
        part.iter().filter_map(|ahead| Some((ahead.at, self.shelves.get(ahead.shelf)?.get(ahead.place)?)))
    }

    /// All have been looked at; the shelves are used again.
    pub(super) fn clear(&mut self) {
        self.most = self.most.max(self.order.len());
        self.order.clear();
        self.shelves.iter_mut().for_each(|shelf| shelf.used = 0);
    }

    /// The bytes it takes, those aside that two threads found.
    pub(super) fn bytes(&self) -> usize {
        self.most.max(self.order.len()) * self.each
    }
}

impl Shelf {
    fn get(&self, place: usize) -> Option<&Reached> {
        self.boards.get(place / BOARD)?.get(place % BOARD)
    }

    /// Puts a state on the next place, and leaves in its stead what lay there: something to build on.
    pub(super) fn put(&mut self, one: &mut Reached) -> usize {
        let place = self.used;
        if place / BOARD == self.boards.len() {
            self.boards.push(Vec::with_capacity(BOARD));
        }
        if let Some(board) = self.boards.get_mut(place / BOARD) {
            match board.get_mut(place % BOARD) {
                Some(slot) => std::mem::swap(slot, one),
                None => board.push(one.clone()),
            }
        }
        self.used += 1;
        place
    }
}
