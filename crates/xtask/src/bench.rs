//! `bench`: the benchmarks, their peers fetched first where they are missing.

use std::{path::PathBuf, process::Command};

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
    let programs = match effort {
        Effort::Full => {
            let server = workspace.released("peercircle-server", "peercircle-server")?;
            [workspace.released("peercircle-cli", "peercircle")?, server, cqrs_es(workspace, effort)?]
        }
        Effort::Smoke => {
            let server = workspace.tested("peercircle-server")?;
            [workspace.tested("peercircle")?, server, cqrs_es(workspace, effort)?]
        }
    };
    let words: &[&str] = match effort {
        Effort::Full => &["run", "--quiet", "--profile", "bench", "--package", "peercircle-bench", "--"],
        Effort::Smoke => &["run", "--quiet", "--package", "peercircle-bench", "--", "--smoke"],
    };
    sh(workspace.cargo().args(words).args(programs))
}

/// The peer that is a workspace of its own, built.
fn cqrs_es(workspace: &Workspace, effort: Effort) -> Result<PathBuf> {
    let (profile, folder) = match effort {
        Effort::Full => ("release", "release"),
        Effort::Smoke => ("dev", "debug"),
    };
    let target = workspace.target().join("peers");
    let mut build: Command = workspace.cargo();
    build.args(["build", "--quiet", "--locked", "--profile", profile, "--manifest-path"]);
    build.arg(workspace.root().join(PEERS).join("cqrs-es/Cargo.toml")).arg("--target-dir").arg(&target);
    sh(&mut build)?;
    Ok(target.join(folder).join(format!("cqrs-es-peer{}", std::env::consts::EXE_SUFFIX)))
}
