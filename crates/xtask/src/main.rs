//! The workspace's chores, run as `cargo xtask <command>`.
//!
//! Each check that CI makes is a command of its own, so that a red step can be run again alone; `ci` is only their order.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to its terminal")]

mod bench;
mod browser;
mod ci;
mod examples;
mod fuzz;
mod generate;
mod layers;
mod modules;
mod npm;
mod purity;
mod wasm;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::bench::Effort;
use crate::generate::Mode;
use crate::workspace::Workspace;

const HELP: &str = "\
usage: cargo xtask <command>

  ci                  everything below, as CI runs it, stopping at the first failure; of the benchmarks, the smoke
  layers              the edges between crates against docs/architecture.md, and the core's purity
  generate [--check]  write the generated docs and schemas; with --check, only name the stale ones
  modules             the catalogue: every module whole, its lengths, reading level and spelling
  wasm                build the core for wasm32-unknown-unknown and see that it imports nothing
  examples            run every script below examples/
  browser [FOLDER]    the pages in Chromium; with a folder, pictures of them all into it
  fuzz [--long]       the API by its own description; with --long, much more and something else each time
  bench [--smoke]     the benchmarks beside their peers, as a table of ratios; with --smoke, each once
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    let workspace = Workspace::load()?;
    match arguments {
        ["ci"] => ci::run(&workspace),
        ["layers"] => layers::check(&workspace),
        ["generate"] => generate::run(&workspace, Mode::Write),
        ["generate", "--check"] => generate::run(&workspace, Mode::Check),
        ["modules"] => modules::check(&workspace),
        ["wasm"] => wasm::check(&workspace),
        ["examples"] => examples::run(&workspace),
        ["browser"] => browser::run(&workspace, None),
        ["browser", shots] => browser::run(&workspace, Some(shots)),
        ["fuzz"] => fuzz::run(&workspace, fuzz::Effort::Fixed),
        ["fuzz", "--long"] => fuzz::run(&workspace, fuzz::Effort::Long),
        ["bench"] => bench::run(&workspace, Effort::Full),
        ["bench", "--smoke"] => bench::run(&workspace, Effort::Smoke),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("no command `{}`\n\n{HELP}", other.join(" ")),
    }
}
