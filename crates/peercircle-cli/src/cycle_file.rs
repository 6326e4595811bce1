//! A cycle in a file: JSON Lines, an event a line, only ever appended to.
//!
//! A torn last line is what a power cut leaves. It was never answered, so it is set aside and the cycle goes on without it.
//! Any other damage is named by its line, and nothing is written.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use peercircle_core::{CommandId, Cycle, CycleId, Event, Revision};
use peercircle_wire::{Envelope, Log, Torn, Upcasters, read_lines};

use crate::out::Out;

/// A cycle that was read from a file.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) cycle: Cycle,
    answers: Vec<(Revision, CommandId)>,
}

impl Kept {
    /// The events that this key wrote, first and last.
    pub(crate) fn answered(&self, id: CommandId) -> Option<(Revision, Revision)> {
        let mut of = self.answers.iter().filter(|(_, other)| *other == id).map(|(seq, _)| *seq);
        let first = of.next()?;
        Some((first, of.next_back().unwrap_or(first)))
    }
}

/// Reads a cycle to look at it. A torn last line is said and left where it is.
pub(crate) fn read(path: &Path, out: Out) -> Result<Kept> {
    let bytes = std::fs::read(path).with_context(|| format!("reading `{}`", path.display()))?;
    let log = parse(&bytes, path)?;
    if let Some(torn) = log.torn() {
        out.note(&format!("{}; it is left out", torn_words(path, torn)));
    }
    kept(log, path)
}

/// Makes a file with the first events of a cycle; it must not be there yet.
pub(crate) fn create(path: &Path, stream: &CycleId, events: &[Event]) -> Result<()> {
    let text = lines(stream, events)?;
    let mut file = File::create_new(path).with_context(|| format!("making `{}`", path.display()))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(|| format!("writing `{}`", path.display()))
}

/// A cycle's file that nobody else writes while this is held.
pub(crate) struct Writer {
    path: PathBuf,
    file: File,
    /// The length of what is whole.
    whole: u64,
    /// Whether the last whole line has its newline.
    ended: bool,
    torn: Option<(Torn, Vec<u8>)>,
}

impl Writer {
    /// Opens the file, waits for other writers, and reads the cycle.
    pub(crate) fn open(path: &Path) -> Result<(Self, Kept)> {
        let context = || format!("opening `{}`", path.display());
        let mut file = OpenOptions::new().read(true).write(true).open(path).with_context(context)?;
        file.lock().with_context(context)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).with_context(context)?;
        let log = parse(&bytes, path)?;
        let torn = log.torn().map(|torn| (torn, bytes.get(torn.offset..).unwrap_or_default().to_vec()));
        let whole = torn.as_ref().map_or(bytes.len(), |(torn, _)| torn.offset);
        let ended = bytes.get(..whole).is_none_or(|bytes| bytes.is_empty() || bytes.ends_with(b"\n"));
        let writer = Self { path: path.to_owned(), file, whole: u64::try_from(whole)?, ended, torn };
        Ok((writer, kept(log, path)?))
    }

    /// Appends events and waits until they are on the disk. What is torn is set aside first.
    pub(crate) fn append(mut self, stream: &CycleId, events: &[Event], out: Out) -> Result<()> {
        let mut text = lines(stream, events)?;
        if !self.ended {
            text.insert(0, '\n');
        }
        if let Some((torn, bytes)) = self.torn.take() {
            let mut aside = self.path.clone().into_os_string();
            aside.push(".torn");
            let mut file = OpenOptions::new().create(true).append(true).open(&aside)?;
            file.write_all(&bytes).and_then(|()| file.sync_all())?;
            out.note(&format!("{}; it is set aside in `{}`", torn_words(&self.path, torn), aside.display()));
        }
        let written = self.write(text.as_bytes());
        if written.is_err() {
            // Half a line is worse than none; if this fails as well, the next reader finds the line torn.
            let _cleaned = self.file.set_len(self.whole);
        }
        written.with_context(|| format!("writing `{}`", self.path.display()))
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.set_len(self.whole)?;
        self.file.seek(SeekFrom::Start(self.whole))?;
        self.file.write_all(bytes)?;
        self.file.sync_all()
    }
}

fn parse(bytes: &[u8], path: &Path) -> Result<Log> {
    no_script(bytes, path)?;
    let log = read_lines(bytes, Upcasters::standard()).with_context(|| format!("`{}`", path.display()))?;
    if log.events().is_empty() {
        bail!("`{}`: expected a cycle that `peercircle new` began, got a file without an event", path.display());
    }
    Ok(log)
}

/// Refuses a script for `peercircle run` where a log is wanted.
pub(crate) fn no_script(bytes: &[u8], path: &Path) -> Result<()> {
    let first = bytes.split(|byte| *byte == b'\n').next().and_then(|line| serde_json::from_slice(line).ok());
    if first.is_some_and(|line: serde_json::Value| line.get("scenario").is_some()) {
        let path = path.display();
        bail!(
            "`{path}`: expected the events of a cycle, got a script; `peercircle run {path} --log FILE` writes its events"
        );
    }
    Ok(())
}

fn kept(log: Log, path: &Path) -> Result<Kept> {
    let answers = log.events().iter().filter_map(|event| Some((event.seq, event.command_id?))).collect();
    let cycle = log.into_cycle().with_context(|| format!("`{}`", path.display()))?;
    Ok(Kept { cycle, answers })
}

/// The events as JSON Lines.
pub(crate) fn lines(stream: &CycleId, events: &[Event]) -> Result<String> {
    let mut text = String::new();
    for event in events {
        text.push_str(&Envelope::new(stream.clone(), event.clone()).to_line()?);
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    Ok(text)
}

fn torn_words(path: &Path, torn: Torn) -> String {
    format!("`{}`, line {}: its {} bytes were not written to their end", path.display(), torn.line, torn.bytes)
}
