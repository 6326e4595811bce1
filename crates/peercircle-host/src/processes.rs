//! The processes that cycles can run under: those that ship, and files of one's own.

use peercircle_core::{Process, ProcessSpec};
use peercircle_process::{FileIssues, Format, parse, preset_files};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    HostError, Organisation, Visitor,
    documents::{self, At, Kept},
    right::Right,
};

/// A process as a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProcessFile {
    /// What it is called by: `preset`, `small-firm`, or a name of one's own.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Whether it ships; then it can't be changed.
    pub ships: bool,
    /// The file, TOML.
    pub text: String,
}

impl Kept for ProcessFile {
    const KIND: &'static str = "process";
}

fn shipping() -> impl Iterator<Item = (ProcessFile, ProcessSpec)> {
    let files = preset_files();
    ProcessSpec::presets().into_iter().map(move |(name, spec)| {
        let file = files.iter().find(|(file, _)| file.strip_suffix(".toml").unwrap_or(file) == name);
        let text = file.map(|(_, text)| text.clone()).unwrap_or_default();
        (ProcessFile { name: name.to_owned(), title: spec.name.clone(), ships: true, text }, spec)
    })
}

impl Organisation {
    /// The process of this name; the field's own where none is named.
    ///
    /// # Errors
    /// [`HostError::NotFound`].
    pub fn process(&self, name: Option<&str>) -> Result<Process, HostError> {
        let Some(name) = name.filter(|name| *name != "preset") else { return Ok(Process::default()) };
        let text = match shipping().find(|(file, _)| file.name == name) {
            Some((file, _)) => file.text,
            None => {
                let found: Option<At<ProcessFile>> = documents::get(self.service().store(), name)?;
                let not_found = || HostError::NotFound { expected: "the name of a process", got: name.to_owned() };
                found.ok_or_else(not_found)?.value.text
            }
        };
        parse(&text, Format::Toml).map_err(HostError::Process)
    }

    /// The processes there are: those that ship, then one's own by name.
    ///
    /// # Errors
    /// What the store says.
    pub fn processes(&self) -> Result<Vec<ProcessFile>, HostError> {
        let own = documents::all::<ProcessFile>(self.service().store(), "")?;
        Ok(shipping().map(|(file, _)| file).chain(own.into_iter().map(|at| at.value)).collect())
    }
}

impl Visitor {
    /// What is wrong with a process file; nothing where it is good.
    ///
    /// # Errors
    /// Everything that is wrong with it, with its place.
    pub fn check_process(&self, text: &str, format: Format) -> Result<Process, FileIssues> {
        parse(text, format)
    }

    /// Keeps a process file of one's own under a name. Running cycles keep the process they began with.
    ///
    /// # Errors
    /// [`HostError::Process`] with everything that is wrong with it, [`HostError::Invalid`] for a name that ships or can't be one.
    pub fn put_process(&self, name: &str, text: &str) -> Result<ProcessFile, HostError> {
        self.ask(&Right::Organise)?;
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > 64 || !name.bytes().all(fits) {
            let expected = "a name of 1 to 64 of a-z, 0-9 and -".to_owned();
            return Err(HostError::Invalid { expected, got: format!("`{}`", name.chars().take(72).collect::<String>()) });
        }
        if shipping().any(|(file, _)| file.name == name) {
            let expected = "a name that no process that ships has".to_owned();
            return Err(HostError::Invalid { expected, got: format!("`{name}`") });
        }
        let process = parse(text, Format::Toml).map_err(HostError::Process)?;
        let title = process.spec().name.clone();
        let file = ProcessFile { name: name.to_owned(), title, ships: false, text: text.to_owned() };
        self.organisation.service().store().change(vec![documents::put(name, &file)])?;
        Ok(file)
    }
}
