//! Where the workspace is, what is in it, and how to run something there.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use cargo_metadata::{Metadata, MetadataCommand};

/// The workspace as cargo sees it.
pub(crate) struct Workspace {
    pub(crate) metadata: Metadata,
}

impl Workspace {
    /// Asks cargo about the workspace that this program belongs to.
    pub(crate) fn load() -> Result<Self> {
        let manifest_dir = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
        let metadata = MetadataCommand::new().current_dir(manifest_dir).no_deps().exec().context("cargo metadata")?;
        Ok(Self { metadata })
    }

    /// The repository's top folder.
    pub(crate) fn root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    /// Where cargo builds, `CARGO_TARGET_DIR` respected.
    pub(crate) fn target(&self) -> &Path {
        self.metadata.target_directory.as_std_path()
    }

    /// A program of ours, release-built, built first.
    pub(crate) fn released(&self, package: &str, program: &str) -> Result<PathBuf> {
        run(self.cargo().args(["build", "--quiet", "--release", "--package", package]))?;
        self.program("release", program)
    }

    /// A program of ours as the tests build it, with their features, so that nothing is compiled a second time.
    pub(crate) fn tested(&self, program: &str) -> Result<PathBuf> {
        run(self.cargo().args(["build", "--quiet", "--workspace", "--all-features", "--bin", program]))?;
        self.program("debug", program)
    }

    fn program(&self, profile: &str, program: &str) -> Result<PathBuf> {
        let binary = self.target().join(profile).join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
        if !binary.is_file() {
            bail!("no crate builds a program called `{program}`");
        }
        Ok(binary)
    }

    /// The cargo that runs us, at the root.
    pub(crate) fn cargo(&self) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.command(cargo);
        // What `cargo run` set for us must not reach the builds that we start.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name.as_ref());
            }
        }
        command
    }

    /// Any program, at the root.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.root());
        command
    }

    /// `path` as seen from the root, with forward slashes.
    pub(crate) fn relative(&self, path: &Path) -> String {
        let path = path.strip_prefix(self.root()).unwrap_or(path);
        path.to_string_lossy().replace('\\', "/")
    }
}

/// Runs `command` with its output shown; fails naming it if it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| describe(command))?;
    if !status.success() {
        bail!("`{}` failed ({status})", describe(command));
    }
    Ok(())
}

/// Every file below `folder`, sorted; none if there is no such folder.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
