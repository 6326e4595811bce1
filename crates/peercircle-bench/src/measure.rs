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
        let [rate] = self.in_turn(units, [&mut work])?;
        Ok(rate)
    }

    /// The same of several that do the same work, round by round in turn: what disturbs one disturbs the others.
    pub(crate) fn in_turn<const N: usize>(self, units: u64, mut works: [&mut dyn FnMut() -> u64; N]) -> Result<[f64; N]> {
        let mut times = [1_u32; N];
        for (work, times) in works.iter_mut().zip(&mut times) {
            let done = work();
            ensure!(done == units, "expected {units} units of work, got {done}");
            if !self.round.is_zero() {
                *times = self.times(work);
            }
        }
        let mut rates = [const { Vec::new() }; N];
        for _ in 0..self.rounds {
            for ((work, times), rates) in works.iter_mut().zip(times).zip(&mut rates) {
                let start = Instant::now();
                for _ in 0..times {
                    black_box(work());
                }
                #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
                let done = (units * u64::from(times)) as f64;
                rates.push(done / start.elapsed().as_secs_f64().max(1e-9));
            }
        }
        let middle = |mut rates: Vec<f64>| {
            rates.sort_by(f64::total_cmp);
            rates.get(rates.len() / 2).copied().unwrap_or_default()
        };
        Ok(rates.map(middle))
    }

    /// How often a round does this work.
    fn times(self, work: &mut dyn FnMut() -> u64) -> u32 {
        let (start, mut times) = (Instant::now(), 0);
        while start.elapsed() < self.round / 4 {
            black_box(work());
            times += 1;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "far below 2^32, and above zero")]
        let times = (f64::from(times) * self.round.div_duration_f64(start.elapsed())).ceil() as u32;
        times.max(1)
    }
}
