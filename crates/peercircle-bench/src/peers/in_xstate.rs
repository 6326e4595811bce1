//! XState's actor on Node, run as a child: it gets the asks as JSON and measures itself, as it can only be measured there.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use super::ask::Asks;
use crate::measure::Effort;

/// What the child says.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    accepted: usize,
    stage: String,
    pub(crate) per_second: f64,
    pub(crate) node: String,
}

/// Runs peers/xstate.mjs and checks that it accepted all and refused what is to be refused.
pub(crate) fn measure(peers: &Path, asks: &Asks, effort: Effort) -> Result<Report> {
    ensure!(
        peers.join("node_modules/xstate").is_dir(),
        "no node_modules in {}: run `cargo xtask bench`, or `npm ci` there",
        peers.display()
    );
    let mut input = asks.json.clone();
    if let Some(fields) = input.as_object_mut() {
        fields.insert("rounds".to_owned(), effort.rounds.into());
        fields.insert("millis".to_owned(), u64::try_from(effort.round.as_millis())?.into());
    }
    let mut child = Command::new("node")
        .arg("xstate.mjs")
        .current_dir(peers)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("`node` doesn't start: the bench needs Node 20 or newer beside it, for XState")?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.to_string().as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("xstate.mjs failed ({})", output.status);
    }
    let report: Report = serde_json::from_slice(&output.stdout).context("what xstate.mjs said")?;
    let expected = asks.accepted.len();
    ensure!(report.accepted == expected, "xstate: accepts {} of {expected}", report.accepted);
    ensure!(report.stage == "completed", "xstate: ends in `{}`", report.stage);
    Ok(report)
}
