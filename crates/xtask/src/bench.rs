//! `bench`: the benchmarks, their peers fetched first where they are missing.

use anyhow::Result;

use crate::npm;
use crate::workspace::{Workspace, run as sh};

/// Where npm puts XState, below the bench's own crate.
const PEERS: &str = "crates/peercircle-bench/peers";

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Effort {
    /// The table of ratios, from a release build.
    Full,
    /// Everything once: that each machine, peers included, does its work.
    Smoke,
}

/// Runs peercircle-bench.
pub(crate) fn run(workspace: &Workspace, effort: Effort) -> Result<()> {
    npm::fetch(workspace, PEERS, "xstate")?;
    let peercircle = match effort {
        Effort::Full => workspace.released("peercircle-cli", "peercircle")?,
        Effort::Smoke => workspace.tested("peercircle")?,
    };
    let words: &[&str] = match effort {
        Effort::Full => &["run", "--quiet", "--profile", "bench", "--package", "peercircle-bench", "--"],
        Effort::Smoke => &["run", "--quiet", "--package", "peercircle-bench", "--", "--smoke"],
    };
    sh(workspace.cargo().args(words).arg(peercircle))
}
