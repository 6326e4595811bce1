//! Bounds within which nothing goes wrong, for more than one of these tests.

use peercircle_testkit::explore::{Bounds, Reductions};

/// Four members, and nothing goes wrong.
pub(crate) const CALM: Bounds = Bounds {
    members: 4,
    leaving: 0,
    absent: 0,
    late: 0,
    troubles: 0,
    states: 400_000,
    memory: 1 << 30,
    threads: 2,
    reductions: Reductions::ALL,
};
