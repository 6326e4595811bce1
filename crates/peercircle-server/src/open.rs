//! An organisation on its file.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use peercircle_host::{OrgId, Organisation};
use peercircle_service::{ManualClock, Service};
use peercircle_sqlite::{Options, SqliteStore};

use crate::settings::{Entry, Settings};

/// An organisation that was opened.
pub(crate) struct Opened {
    pub(crate) organisation: Organisation,
    pub(crate) store: Arc<SqliteStore>,
    /// Whether its file was made just now.
    pub(crate) is_new: bool,
}

impl Opened {
    pub(crate) fn new(settings: &Settings, entry: &Entry) -> Result<Self> {
        Self::with_clock(settings, entry, None)
    }

    pub(crate) fn with_clock(settings: &Settings, entry: &Entry, clock: Option<&ManualClock>) -> Result<Self> {
        let path = settings.database(&entry.id);
        let is_new = !path.exists();
        let opening = || format!("opening the data of `{}` in `{}`", entry.id, path.display());
        let store = Arc::new(SqliteStore::open(&path, &Options::default()).with_context(opening)?);
        let service = Service::on(Arc::clone(&store) as _).with_vault(settings.master_key()?);
        let service = match clock {
            Some(clock) => service.with_clock(clock.clone()),
            None => service,
        };
        let mut organisation = Organisation::new(entry.id.clone(), &entry.name, service);
        if let Some(oidc) = &entry.oidc {
            let taking = || format!("taking the issuer of `{}` from peercircle.toml", entry.id);
            organisation = organisation.with_oidc(oidc.clone()).with_context(taking)?;
        }
        Ok(Self { organisation, store, is_new })
    }

    /// The one that is named, or the only one.
    pub(crate) fn one(settings: &Settings, id: Option<&OrgId>) -> Result<Self> {
        let all = || settings.organisations().iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>().join(", ");
        let found = match (id, settings.organisations()) {
            (None, [only]) => Some(only),
            (None, _) => bail!("expected --organisation with one of {}, got none", all()),
            (Some(id), list) => list.iter().find(|entry| entry.id == *id),
        };
        let entry = found.with_context(|| format!("expected one of {}", all()))?;
        Self::new(settings, entry)
    }
}
