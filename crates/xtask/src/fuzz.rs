//! `fuzz`: the API asked what its own description allows, and what it doesn't.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::workspace::{Workspace, run as sh};

/// Where the fuzzer's settings are, below the server's own crate.
const TESTS: &str = "crates/peercircle-server/tests/fuzz";

/// How much is asked.
#[derive(Clone, Copy)]
pub(crate) enum Effort {
    /// The same each time, and soon done.
    Fixed,
    /// Much more, and something else each time.
    Long,
}

impl Effort {
    const fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Long => "long",
        }
    }
}

/// Starts servers as the tests build them and asks them.
pub(crate) fn run(workspace: &Workspace, effort: Effort) -> Result<()> {
    let python = python(workspace)?;
    let server = workspace.tested("peercircle-server")?;
    let mut fuzz = workspace.command(python);
    fuzz.current_dir(workspace.root().join(TESTS)).args(["fuzz.py", effort.word()]).env("PEERCIRCLE_SERVER", server);
    sh(&mut fuzz)
}

/// A Python with what requirements.txt names, made where it is missing or has others.
fn python(workspace: &Workspace) -> Result<PathBuf> {
    let tests = workspace.root().join(TESTS);
    let (wanted, venv) = (tests.join("requirements.txt"), tests.join(".venv"));
    let (python, installed) = (program(&venv), venv.join("installed.txt"));
    let list = fs::read(&wanted).with_context(|| wanted.display().to_string())?;
    if python.is_file() && fs::read(&installed).is_ok_and(|there| there == list) {
        return Ok(python);
    }
    let needs = "this needs Python 3.11 or newer with venv (Debian: python3-venv), and once the Python package index";
    let mut make = workspace.command("python3");
    make.args(["-m", "venv", "--clear"]).arg(&venv);
    let made = make.status().with_context(|| format!("`python3` doesn't start: {needs}"))?;
    if !made.success() {
        bail!("`python3 -m venv` failed ({made}): {needs}");
    }
    let mut pip = workspace.command(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"]).arg(&wanted);
    let done = pip.status().with_context(|| format!("`pip` doesn't start: {needs}"))?;
    if !done.success() {
        bail!("`pip install` in {TESTS} failed ({done}): {needs}");
    }
    fs::write(&installed, list).with_context(|| installed.display().to_string())?;
    Ok(python)
}

/// Where a venv has its Python.
fn program(venv: &Path) -> PathBuf {
    if cfg!(windows) { venv.join("Scripts/python.exe") } else { venv.join("bin/python") }
}
