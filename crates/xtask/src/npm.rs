//! What a check takes from the npm registry, fetched where it is missing.

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// `npm ci` in `folder`, which stands from the root on, where its `package` isn't there yet.
pub(crate) fn fetch(workspace: &Workspace, folder: &str, package: &str) -> Result<()> {
    let path = workspace.root().join(folder);
    if path.join("node_modules").join(package).is_dir() {
        return Ok(());
    }
    let mut npm = workspace.command("npm");
    npm.current_dir(&path).args(["ci", "--silent", "--no-audit", "--no-fund"]);
    let status = npm.status().context("`npm` doesn't start: this needs Node 20 or newer with npm")?;
    if !status.success() {
        bail!("`npm ci` in {folder} failed ({status}): is the npm registry in reach?");
    }
    Ok(())
}
