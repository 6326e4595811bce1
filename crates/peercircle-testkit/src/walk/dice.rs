//! Dice: numbers from a seed, the same on every machine.

/// A source of numbers (SplitMix64): a draw of proptest's, spread over as many choices as a step needs.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to one less than `end`; 0 where `end` is.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    /// From `low` to `high`, both included.
    pub fn within(&mut self, low: u16, high: u16) -> u16 {
        low + u16::try_from(self.below(usize::from(high - low) + 1)).unwrap()
    }

    /// True this often in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list that isn't empty.
    ///
    /// # Panics
    /// Where it is empty.
    pub fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }
}

/// So many draws from a seed.
///
/// # Example
/// ```
/// use peercircle_testkit::walk::{Walk, draws};
/// let walk = Walk::along(7, &draws(7, 40));
/// assert!(format!("{walk:?}").starts_with("Walk::along(7, &draws(7, 40)): "));
/// ```
#[must_use]
pub fn draws(seed: u64, many: usize) -> Vec<u64> {
    let mut dice = Dice::new(seed ^ 0x000d_1ce5);
    (0..many).map(|_| dice.roll()).collect()
}
