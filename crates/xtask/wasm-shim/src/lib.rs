//! The core behind one exported function, to see what it needs from a WebAssembly host: nothing.
//!
//! The workspace forbids `unsafe_code`, which counts `#[unsafe(no_mangle)]`; an export needs it, so this crate stays outside.

use peercircle_core::{Command, Context, Cycle, Instant};

/// Drives the core with what the caller brings, so that nothing can be computed at compile time and dropped.
#[unsafe(no_mangle)]
pub extern "C" fn drive(input: i64) -> i64 {
    let Some(now) = Instant::from_unix_millis(input) else { return -1 };
    let cycle = Cycle::default();
    let verdict = cycle.decide(&Command::StartSession {}, &Context::host(now));
    let said: usize = verdict.refusals().iter().map(|no| no.say(&cycle).len() + no.remedy(&cycle).len()).sum();
    i64::try_from(said).unwrap_or(-1)
}
