//! Measuring: the median of several rounds, one thread, no allocation of its own between the two looks at the clock.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

/// How long to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) rounds: u32,
    /// The least time of a round; none runs the work once.
    pub(crate) round: Duration,
}

impl Effort {
    /// Enough for a number to repeat within a few percent on a quiet machine.
    pub(crate) const FULL: Self = Self { rounds: 9, round: Duration::from_millis(250) };

    /// Once, to see that it works.
    pub(crate) const SMOKE: Self = Self { rounds: 1, round: Duration::ZERO };

    /// How many units of `work` get done a second. `work` does the whole of it and says how many units that were; it has to
    /// be as many each time.
    pub(crate) fn per_second(self, units: u64, mut work: impl FnMut() -> u64) -> Result<f64> {
        let done = work();
        ensure!(done == units, "expected {units} units of work, got {done}");
        let mut times = 1_u32;
        if !self.round.is_zero() {
            let start = Instant::now();
            while start.elapsed() < self.round / 4 {
                black_box(work());
                times += 1;
            }
            times *= 4;
        }
        let mut rates: Vec<f64> = (0..self.rounds)
            .map(|_| {
                let start = Instant::now();
                for _ in 0..times {
                    black_box(work());
                }
                #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
                let done = (units * u64::from(times)) as f64;
                done / start.elapsed().as_secs_f64().max(1e-9)
            })
            .collect();
        rates.sort_by(f64::total_cmp);
        let middle = rates.get(rates.len() / 2).copied();
        middle.ok_or_else(|| anyhow::anyhow!("no round"))
    }
}
