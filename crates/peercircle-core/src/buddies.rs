//! Buddies: pairs, one trio if odd (R-46), packed four bits a seat.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Seat, SeatSet};

/// Who is whose buddy. On the wire: an array of arrays of seats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Buddies {
    // Each seat's pair number plus one, so that 0 is "none".
    packed: u64,
}

impl Buddies {
    /// These pairs. Where a seat stands twice, the later pair holds.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Buddies, Seat, SeatSet};
    /// let seats: SeatSet = (0..5).filter_map(Seat::new).collect();
    /// let buddies = Buddies::default().repaired(seats);
    /// assert_eq!(buddies.pairs().map(|pair| pair.len()).collect::<Vec<_>>(), [2, 3]);
    /// ```
    #[must_use]
    pub fn of(pairs: impl IntoIterator<Item = SeatSet>) -> Self {
        let mut packed = 0_u64;
        for (number, pair) in (1_u64..).zip(pairs).take(15) {
            for seat in pair {
                let shift = 4 * u32::from(seat.number());
                packed = packed & !(15 << shift) | number << shift;
            }
        }
        Self { packed }
    }

    /// Whether nobody has a buddy.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.packed == 0
    }

    /// The buddy or buddies of `seat`.
    #[must_use]
    pub fn of_seat(self, seat: Seat) -> SeatSet {
        let number = self.number(seat);
        if number == 0 {
            return SeatSet::EMPTY;
        }
        self.with_number(number).without(seat)
    }

    /// The pairs, in the order they were given.
    pub fn pairs(self) -> impl Iterator<Item = SeatSet> {
        (1..16).map(move |number| self.with_number(number)).filter(|pair| !pair.is_empty())
    }

    /// The buddies after `active` changed: pairs that are whole stay, whoever is alone finds one, one trio if odd.
    #[must_use]
    pub fn repaired(self, active: SeatSet) -> Self {
        let mut pairs = Vec::new();
        let mut alone = active;
        for pair in self.pairs().map(|pair| pair.and(active)).filter(|pair| pair.len() >= 2) {
            // A trio lends its last seat where somebody is alone.
            let kept: SeatSet = pair.iter().take(2).collect();
            pairs.push(kept);
            alone = alone.minus(kept);
        }
        let mut waiting: Option<Seat> = None;
        for seat in alone {
            match waiting.take() {
                Some(first) => pairs.push(SeatSet::only(first).with(seat)),
                None => waiting = Some(seat),
            }
        }
        if let (Some(seat), Some(last)) = (waiting, pairs.last_mut()) {
            last.insert(seat);
        }
        Self::of(pairs)
    }

    const fn number(self, seat: Seat) -> u64 {
        (self.packed >> (4 * seat.number())) & 15
    }

    fn with_number(self, number: u64) -> SeatSet {
        (0..16).filter_map(Seat::new).filter(|seat| self.number(*seat) == number).collect()
    }
}

impl Serialize for Buddies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.pairs())
    }
}

impl<'de> Deserialize<'de> for Buddies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<SeatSet>::deserialize(deserializer).map(Self::of)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Buddies {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Buddies".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let pair = generator.subschema_for::<SeatSet>();
        schemars::json_schema!({"type": "array", "maxItems": 8, "items": pair})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(numbers: &[u8]) -> SeatSet {
        numbers.iter().copied().filter_map(Seat::new).collect()
    }

    #[test]
    fn a_withdrawal_re_pairs_the_one_left_alone() {
        let six = Buddies::default().repaired(seats(&[0, 1, 2, 3, 4, 5]));
        let five = six.repaired(seats(&[0, 2, 3, 4, 5]));
        assert_eq!(five.pairs().collect::<Vec<_>>(), [seats(&[2, 3]), seats(&[0, 4, 5])]);
        let four = five.repaired(seats(&[0, 2, 4, 5]));
        assert_eq!(four.pairs().collect::<Vec<_>>(), [seats(&[0, 4]), seats(&[2, 5])]);
        assert_eq!(four.of_seat(Seat::new(5).unwrap()), seats(&[2]));
    }
}
