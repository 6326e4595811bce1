//! Seats: the members of a cycle as numbers from 0, and sets and queues of them as bits.
//!
//! A person's id stands in one event of a history, the one that seats them; everything after it speaks of the seat. That
//! keeps a cycle small and makes erasure (R-56) a change in one place.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The most seats a cycle can ever fill, replaced members included.
pub const MAX_SEATS: usize = 16;

crate::bits::numbered! {
    /// The seat of a member: 0 to 15, given in order of enrolment and never given again.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::Seat;
    /// assert_eq!(Seat::new(5).map(Seat::number), Some(5));
    /// assert_eq!(Seat::new(16), None);
    /// ```
    Seat,
    /// A set of seats, as bits; iterates in order of seat. On the wire: an array of numbers.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Seat, SeatSet};
    /// let [a, b] = [0, 3].map(|number| Seat::new(number).expect("below 16"));
    /// let both = SeatSet::EMPTY.with(a).with(b);
    /// assert_eq!(both.len(), 2);
    /// assert_eq!(both.without(a).iter().collect::<Vec<_>>(), [b]);
    /// ```
    SeatSet,
    SeatIter,
    "seat"
}

/// An ordered queue of seats, four bits each; a seat stands in it once at most.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SeatQueue {
    packed: u64,
    set: SeatSet,
    len: u8,
}

impl SeatQueue {
    /// The seats of `set`, lowest number first.
    #[must_use]
    pub fn of(set: SeatSet) -> Self {
        let mut queue = Self::default();
        for seat in set {
            queue.push(seat);
        }
        queue
    }

    /// Puts `seat` at the end, if it isn't in the queue.
    pub const fn push(&mut self, seat: Seat) {
        if !self.set.contains(seat) {
            self.packed |= (seat.number() as u64) << (4 * self.len);
            self.set.insert(seat);
            self.len += 1;
        }
    }

    /// Takes `seat` out, wherever it stands.
    pub fn remove(&mut self, seat: Seat) {
        if self.set.contains(seat)
            && let Some(at) = self.iter().position(|other| other == seat)
        {
            let before = (1 << (4 * at)) - 1;
            self.packed = self.packed & before | self.packed >> 4 & !before;
            self.set.remove(seat);
            self.len -= 1;
        }
    }

    /// Who is in the queue.
    #[must_use]
    pub const fn set(self) -> SeatSet {
        self.set
    }

    /// The seat whose turn is next.
    #[must_use]
    pub fn first(self) -> Option<Seat> {
        self.iter().next()
    }

    /// The seats in their order.
    pub fn iter(self) -> impl Iterator<Item = Seat> {
        (0..self.len).filter_map(move |at| Seat::new(((self.packed >> (4 * at)) & 15) as u8))
    }
}

impl fmt::Debug for SeatQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Seat::number)).finish()
    }
}

impl Serialize for SeatQueue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
