//! The core behind one exported function, to see what it needs from a WebAssembly host: nothing.
//!
//! The workspace forbids `unsafe_code`, which counts `#[unsafe(no_mangle)]`; an export needs it, so this crate stays outside.

use peercircle_core::{Actor, Chart, Command, Context, Cycle, Instant, Process};

/// Drives the core with what the caller brings, so that nothing can be computed at compile time and dropped.
#[unsafe(no_mangle)]
pub extern "C" fn drive(input: i64) -> i64 {
    let Some(now) = Instant::from_unix_millis(input) else { return -1 };
    let mut cycle = Cycle::default();
    let (start, context) = (Command::StartSession {}, Context::host(now));
    let verdict = cycle.decide(&start, &context);
    let taken = verdict.events().iter().filter(|event| cycle.evolve(event).is_ok()).count();
    let said: usize = verdict.refusals().iter().map(|no| no.say(&cycle).len() + no.remedy(&cycle).len()).sum();
    let asked = cycle.view_guide(Actor::Host {}, now).may.len()
        + cycle.view_explanation(&start, &context).rules.len()
        + cycle.deadlines().len()
        + cycle.waiting_on().len()
        + usize::from(cycle.path_to(&start, &context).is_ok());
    // The chart walks whole cycles of every kind: all of decide, evolve, allowed and path.
    let drawn = Chart::of(&Process::default()).mermaid().len();
    i64::try_from(taken + said + asked + drawn).unwrap_or(-1)
}
