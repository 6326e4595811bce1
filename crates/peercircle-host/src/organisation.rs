//! A tenant.

use std::{
    fmt,
    str::FromStr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use peercircle_modules::Catalogue;
use peercircle_service::Service;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{HostError, Oidc, key::GoodKeys, oidc::Issuer};

/// The longest name of an organisation, in bytes.
const MAX_ORG_ID: usize = 32;

/// The id of an organisation: 1 to 32 lower-case ASCII letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct OrgId(#[schemars(regex(pattern = "^[a-z0-9-]{1,32}$"))] String);

impl OrgId {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrgId {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let fits = (1..=MAX_ORG_ID).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
            return Ok(Self(text.to_owned()));
        }
        Err(HostError::Invalid {
            expected: format!("an organisation's id of 1 to {MAX_ORG_ID} of a-z, 0-9 and -"),
            got: format!("`{}`", text.chars().take(MAX_ORG_ID + 8).collect::<String>()),
        })
    }
}

impl TryFrom<String> for OrgId {
    type Error = HostError;

    fn try_from(text: String) -> Result<Self, HostError> {
        text.parse()
    }
}

impl From<OrgId> for String {
    fn from(id: OrgId) -> Self {
        id.0
    }
}

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A tenant: one organisation with a store, a vault and a clock of its own.
pub struct Organisation {
    id: OrgId,
    name: String,
    service: Arc<Service>,
    catalogue: Arc<Catalogue>,
    issuer: Option<Issuer>,
    looks: AtomicU64,
    pub(crate) tag_secret: OnceLock<[u8; 32]>,
    pub(crate) good_keys: GoodKeys,
}

impl fmt::Debug for Organisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Organisation").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

impl Organisation {
    /// An organisation on this service, which no other may share, with the modules that ship.
    #[must_use]
    pub fn new(id: OrgId, name: impl Into<String>, service: Service) -> Self {
        Self {
            id,
            name: name.into(),
            service: Arc::new(service),
            catalogue: Arc::new(Catalogue::builtin()),
            issuer: None,
            looks: AtomicU64::new(0),
            tag_secret: OnceLock::new(),
            good_keys: GoodKeys::default(),
        }
    }

    /// With these modules.
    #[must_use]
    pub fn with_catalogue(self, catalogue: Arc<Catalogue>) -> Self {
        Self { catalogue, ..self }
    }

    /// With an issuer of its own, whose tokens sign its people in ([`Credential::Jwt`](crate::Credential::Jwt)).
    ///
    /// # Errors
    /// [`HostError::Invalid`] for an address that is neither `https` nor on this machine, or an empty text.
    pub fn with_oidc(self, settings: Oidc) -> Result<Self, HostError> {
        Ok(Self { issuer: Some(Issuer::new(settings)?), ..self })
    }

    pub(crate) const fn issuer(&self) -> Option<&Issuer> {
        self.issuer.as_ref()
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> &OrgId {
        &self.id
    }

    /// Its name, as people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its cycles, past every question of who asks: for the host's own work.
    #[must_use]
    pub const fn service(&self) -> &Arc<Service> {
        &self.service
    }

    /// The number of this look at facts since this process began.
    pub(crate) fn count_look(&self) -> u64 {
        self.looks.fetch_add(1, Ordering::SeqCst)
    }

    /// Its modules.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }
}
