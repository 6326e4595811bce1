//! Properties of the machine, over random walks: the test kit makes them, `reach` holds them to going far.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a helper looks at the few kinds it is about")]

mod allowed;
mod answers;
mod confidence;
mod reach;
mod replanning;
mod replay;
mod robust;

use peercircle_testkit::walk;
use proptest::prelude::*;

/// The beginning of a walk, and a draw for each step of it.
fn walks(steps: usize) -> impl Strategy<Value = (u64, Vec<u64>)> {
    (any::<u64>(), prop::collection::vec(any::<u64>(), 1..steps))
}

/// So many cases, or as `PROPTEST_CASES` says. No file is kept of failures: a draw means another step once a step changes.
fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}
