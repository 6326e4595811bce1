//! `modules`: the catalogue as an editor looks at it, spelling included.

use anyhow::Result;

use crate::npm;
use crate::workspace::{Workspace, run as sh};

/// The modules that come with the library.
const MODULES: &str = "crates/peercircle-modules/modules";
/// Where npm puts the dictionaries.
const DICTIONARIES: &str = "crates/peercircle-modules/dictionaries";

/// Runs `peercircle module check` over the catalogue.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    npm::fetch(workspace, DICTIONARIES, "dictionary-en-gb")?;
    let words = format!("module check {MODULES} --dictionaries {DICTIONARIES}/node_modules");
    sh(workspace.command(workspace.tested("peercircle")?).args(words.split(' ')))
}
