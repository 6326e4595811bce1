//! The host beside its limits and peers: the same client and the same requests for all, each server a process of its own.
//!
//! - `serve`: our server without rate limits, and the bare one: the least that a durable answer takes on this machine.
//! - `load`: 64 connections that give commands as fast as they are answered.
//! - `events`: a thousand subscribers, and when the last of them has an event.
//! - `stored`: a file of 100,000 cycles: how long a server takes to its first answer, what a live cycle takes in memory.

mod cells;
mod client;
mod events;
mod load;
mod sample;
pub(crate) mod serve;
pub(crate) mod stored;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use self::{
    cells::{Cells, Target},
    client::{Peer, Sync},
};

/// The programs that are measured beside this one.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) server: PathBuf,
    pub(crate) cqrs_es: PathBuf,
}

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Extent {
    Full,
    /// Everything a little, to see that it works.
    Smoke,
}

impl Extent {
    const fn of<T: Copy>(self, full: T, smoke: T) -> T {
        match self {
            Self::Full => full,
            Self::Smoke => smoke,
        }
    }
}

/// The table of the host, as far as it came.
pub(crate) fn measuring(programs: &Programs, extent: Extent) -> (String, Result<()>) {
    let mut table = Vec::new();
    let done = all(&mut table, programs, extent);
    (cells::table(&table), done)
}

fn all(table: &mut Vec<Cells>, programs: &Programs, extent: Extent) -> Result<()> {
    let folder = Folder::new()?;
    {
        let sample = sample::Sample::take()?;
        let ours = Peer::ours(&folder.0, load::CONNECTIONS)?;
        let bare = Peer::bare(&folder.0, &sample)?;
        let durable = Peer::cqrs_es(&programs.cqrs_es, &folder.0, Sync::Full)?;
        let as_is = Peer::cqrs_es(&programs.cqrs_es, &folder.0, Sync::Normal)?;
        load::measuring(table, extent, [&ours, &bare, &durable, &as_is])?;
    }
    {
        let sample = sample::Sample::take()?;
        let ours = Peer::ours(&folder.0, events::CYCLES)?;
        let bare = Peer::bare(&folder.0, &sample)?;
        events::measuring(table, extent, &ours, &bare)?;
    }
    stored::measuring(table, extent, &programs.server, &folder.0)
}

/// A folder for as long as it is held.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("peercircle-host-bench-{}", std::process::id()));
        fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be removed is left for whoever looks after temporary files.
        let _removed = fs::remove_dir_all(&self.0);
    }
}

/// A name in `folder` that nothing has yet.
fn fresh(folder: &Path, name: &str) -> Result<PathBuf> {
    let free = (0_u32..).map(|at| folder.join(format!("{name}-{at}"))).find(|path| !path.exists());
    let path = free.context("a free name")?;
    fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
    Ok(path)
}
