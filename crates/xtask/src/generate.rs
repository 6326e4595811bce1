//! `generate`: the files that are written by a program, and whether they are fresh.
//!
//! `peercircle generate DIR` writes all of them below DIR: docs/rules.md, docs/lifecycle.md, schemas/*.json.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::workspace::{Workspace, files_below, run as sh};

/// The command that mends what `--check` finds.
const MEND: &str = "cargo xtask generate";

/// Folders in which every file is generated, so that one no longer written is stale.
const WHOLLY_GENERATED: &[&str] = &["schemas"];

/// What to do with the generated files.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    /// Name those that are stale, touch none.
    Check,
    /// Write them.
    Write,
}

/// Writes the generated files, or compares them with what would be written.
pub(crate) fn run(workspace: &Workspace, mode: Mode) -> Result<()> {
    let peercircle = workspace.tested("peercircle")?;
    let fresh = workspace.target().join("generated");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh)?;
    sh(workspace.command(peercircle).arg("generate").arg(&fresh))?;

    let differences = compare(workspace, &fresh)?;
    match mode {
        Mode::Write => write(workspace, &fresh, &differences),
        Mode::Check if differences.is_empty() => {
            println!("   every generated file is fresh");
            Ok(())
        }
        Mode::Check => {
            for difference in &differences {
                println!("   {}: {}", difference.why, difference.path.display());
            }
            bail!("{} generated files are stale; `{MEND}` writes them", differences.len())
        }
    }
}

/// A file that is not as it would be generated now; the path is relative to the root.
struct Difference {
    path: PathBuf,
    why: &'static str,
}

const CHANGED: &str = "differs";
const MISSING: &str = "is missing";
const LEFT_OVER: &str = "is no longer generated";

fn compare(workspace: &Workspace, fresh: &Path) -> Result<Vec<Difference>> {
    let mut differences = Vec::new();
    let mut generated = BTreeSet::new();
    for file in files_below(fresh)? {
        let path = file.strip_prefix(fresh)?.to_owned();
        let here = workspace.root().join(&path);
        if !here.exists() {
            differences.push(Difference { path: path.clone(), why: MISSING });
        } else if fs::read(&here)? != fs::read(&file)? {
            differences.push(Difference { path: path.clone(), why: CHANGED });
        }
        generated.insert(path);
    }
    if generated.is_empty() {
        bail!("`peercircle generate` wrote no file");
    }
    for folder in WHOLLY_GENERATED {
        for file in files_below(&workspace.root().join(folder))? {
            let path = file.strip_prefix(workspace.root())?.to_owned();
            if !generated.contains(&path) {
                differences.push(Difference { path, why: LEFT_OVER });
            }
        }
    }
    Ok(differences)
}

fn write(workspace: &Workspace, fresh: &Path, differences: &[Difference]) -> Result<()> {
    for Difference { path, why } in differences {
        let here = workspace.root().join(path);
        if *why == LEFT_OVER {
            fs::remove_file(&here)?;
            println!("   removed {}", path.display());
            continue;
        }
        if let Some(folder) = here.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(fresh.join(path), &here).with_context(|| path.display().to_string())?;
        println!("   wrote {}", path.display());
    }
    if differences.is_empty() {
        println!("   every generated file was fresh");
    }
    Ok(())
}
