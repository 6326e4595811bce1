//! The data folder: `peercircle.toml` says who is hosted, `master.key` opens content, and each organisation has a file of its own.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use peercircle_host::{Oidc, OrgId};
use peercircle_service::MasterKey;
use serde::{Deserialize, Serialize};

/// The variable that holds the master key where the folder doesn't.
const MASTER_KEY: &str = "PEERCIRCLE_MASTER_KEY";

/// An organisation that is hosted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) id: OrgId,
    pub(crate) name: String,
    /// Its own issuer, where people sign in with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) oidc: Option<Oidc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    organisation: Vec<Entry>,
}

#[derive(Debug)]
pub(crate) struct Settings {
    folder: PathBuf,
    file: File,
}

impl Settings {
    /// The settings of this folder; a new one hosts one organisation.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("making the folder `{}`", folder.display()))?;
        let path = folder.join("peercircle.toml");
        let file = match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).with_context(|| format!("reading `{}`", path.display()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let home = Entry { id: "home".parse()?, name: "My organisation".to_owned(), oidc: None };
                let file = File { organisation: vec![home] };
                write_new(&path, toml::to_string(&file)?.as_bytes())?;
                file
            }
            Err(error) => return Err(error).with_context(|| format!("reading `{}`", path.display())),
        };
        Ok(Self { folder: folder.to_owned(), file })
    }

    pub(crate) fn organisations(&self) -> &[Entry] {
        &self.file.organisation
    }

    pub(crate) fn add(&mut self, id: &OrgId, name: &str) -> Result<()> {
        if self.organisations().iter().any(|entry| entry.id == *id) {
            bail!("expected an id that no organisation has yet, got `{id}`");
        }
        self.file.organisation.push(Entry { id: id.clone(), name: name.to_owned(), oidc: None });
        let (path, part) = (self.folder.join("peercircle.toml"), self.folder.join("peercircle.toml.part"));
        let _left_over = fs::remove_file(&part);
        write_new(&part, toml::to_string(&self.file)?.as_bytes())?;
        fs::rename(&part, &path).with_context(|| format!("writing `{}`", path.display()))
    }

    pub(crate) fn database(&self, id: &OrgId) -> PathBuf {
        self.folder.join(format!("{id}.db"))
    }

    /// The master key: of the environment, or of the folder, where the first start puts one.
    pub(crate) fn master_key(&self) -> Result<MasterKey> {
        if std::env::var_os(MASTER_KEY).is_some() {
            return MasterKey::from_env(MASTER_KEY).context(MASTER_KEY);
        }
        let path = self.folder.join("master.key");
        if !path.exists() {
            let key = MasterKey::generate()?;
            // Another process may have been faster; then its key is everybody's.
            match write_new(&path, format!("{}\n", key.to_hex().as_str()).as_bytes()) {
                Err(_) if path.exists() => {}
                done => done?,
            }
        }
        MasterKey::from_file(&path).with_context(|| format!("reading `{}`", path.display()))
    }
}

/// Writes a file that nobody else may read and that isn't there yet.
fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| format!("making `{}`", path.display()))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(|| format!("writing `{}`", path.display()))
}
