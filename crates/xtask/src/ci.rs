//! `ci`: every check in order, each with a heading and its time.

use std::time::Instant;

use anyhow::{Context, Result};

use crate::bench::{self, Effort};
use crate::browser;
use crate::examples;
use crate::fuzz;
use crate::generate::{self, Mode};
use crate::layers;
use crate::modules;
use crate::wasm;
use crate::workspace::{Workspace, run as sh};

/// A check: its name, the command that runs it alone, and what it does.
struct Step {
    name: &'static str,
    alone: &'static str,
    check: fn(&Workspace) -> Result<()>,
}

/// Cheap and likely to fail first.
const STEPS: &[Step] = &[
    Step { name: "format", alone: "cargo fmt --all --check", check: |w| sh(w.cargo().args(["fmt", "--all", "--check"])) },
    Step { name: "layers", alone: "cargo xtask layers", check: layers::check },
    Step {
        name: "lint",
        alone: "cargo clippy --workspace --all-targets --all-features -- -D warnings",
        check: |w| {
            let words = "clippy --quiet --workspace --all-targets --all-features -- -D warnings";
            sh(w.cargo().args(words.split(' ')))
        },
    },
    Step {
        name: "test",
        alone: "cargo test --workspace --all-features",
        check: |w| {
            let words = "test --quiet --workspace --all-features --no-fail-fast";
            sh(w.cargo().args(words.split(' ')))
        },
    },
    Step {
        name: "doc",
        alone: "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --workspace --all-features",
        check: |w| {
            let words = "doc --quiet --no-deps --workspace --all-features";
            sh(w.cargo().args(words.split(' ')).env("RUSTDOCFLAGS", "-D warnings"))
        },
    },
    Step { name: "generate", alone: "cargo xtask generate --check", check: |w| generate::run(w, Mode::Check) },
    Step { name: "modules", alone: "cargo xtask modules", check: modules::check },
    Step { name: "wasm", alone: "cargo xtask wasm", check: wasm::check },
    Step { name: "examples", alone: "cargo xtask examples", check: examples::run },
    Step { name: "browser", alone: "cargo xtask browser", check: |w| browser::run(w, None) },
    Step { name: "fuzz", alone: "cargo xtask fuzz", check: |w| fuzz::run(w, fuzz::Effort::Fixed) },
    Step { name: "bench", alone: "cargo xtask bench --smoke", check: |w| bench::run(w, Effort::Smoke) },
];

/// Runs every step, stopping at the first that fails and naming it.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let start = Instant::now();
    for (index, step) in STEPS.iter().enumerate() {
        println!("\n== {}/{} {}", index + 1, STEPS.len(), step.name);
        let step_start = Instant::now();
        (step.check)(workspace).with_context(|| format!("step `{}` failed (alone: {})", step.name, step.alone))?;
        println!("   {:.1} s", step_start.elapsed().as_secs_f64());
    }
    println!("\nci: all {} steps passed in {:.0} s", STEPS.len(), start.elapsed().as_secs_f64());
    Ok(())
}
