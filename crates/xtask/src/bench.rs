//! `bench`: the benchmarks, their peers fetched first where they are missing.

use anyhow::{Context, Result, bail};

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
    fetch_peers(workspace)?;
    let words: &[&str] = match effort {
        Effort::Full => &["run", "--quiet", "--release", "--package", "peercircle-bench"],
        Effort::Smoke => &["run", "--quiet", "--package", "peercircle-bench", "--", "--smoke"],
    };
    sh(workspace.cargo().args(words))
}

/// `npm ci`, where what it installs isn't there yet.
fn fetch_peers(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root().join(PEERS);
    if folder.join("node_modules/xstate").is_dir() {
        return Ok(());
    }
    let mut npm = workspace.command("npm");
    npm.current_dir(&folder).args(["ci", "--silent", "--no-audit", "--no-fund"]);
    let status = npm.status().context("`npm` doesn't start: the bench needs Node 20 or newer with npm, for XState")?;
    if !status.success() {
        bail!("`npm ci` in {PEERS} failed ({status}): is the npm registry in reach?");
    }
    Ok(())
}
