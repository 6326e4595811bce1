//! `browser`: the pages in a real browser, on a server with a clock of its own.

use std::path::Path;

use anyhow::{Result, bail};

use crate::npm;
use crate::workspace::{Workspace, run as sh};

/// Where the tests are, below the server's own crate.
const TESTS: &str = "crates/peercircle-server/tests/browser";

/// Where Chromium is where nothing else is said.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Runs the browser tests; `shots` is a folder for pictures of every page.
pub(crate) fn run(workspace: &Workspace, shots: Option<&str>) -> Result<()> {
    let chromium = std::env::var("PEERCIRCLE_CHROMIUM").unwrap_or_else(|_| CHROMIUM.to_owned());
    if !Path::new(&chromium).is_file() {
        bail!("expected Chromium at `{chromium}`: install it, or name it in PEERCIRCLE_CHROMIUM");
    }
    npm::fetch(workspace, TESTS, "playwright-core")?;
    let server = workspace.tested("peercircle-server")?;
    let mut node = workspace.command("node");
    node.current_dir(workspace.root().join(TESTS)).args(["--test", "--test-reporter=dot"]);
    node.env("PEERCIRCLE_SERVER", server).env("PEERCIRCLE_CHROMIUM", chromium);
    if let Some(shots) = shots {
        node.env("PEERCIRCLE_SHOTS", workspace.root().join(shots));
    }
    sh(&mut node)
}
