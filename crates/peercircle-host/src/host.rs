//! The host: organisations by id, and the door.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use crate::{Link, OrgId, Organisation, SignInError, Visitor, key, link, token};

/// Everything one server hosts.
#[derive(Debug, Default)]
pub struct Host {
    organisations: RwLock<BTreeMap<OrgId, Arc<Organisation>>>,
}

/// What somebody shows at the door.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Credential<'a> {
    /// A personal link's token.
    Link(&'a str),
    /// An API key.
    Key(&'a str),
}

impl std::fmt::Debug for Credential<'_> {
    /// The kind alone: what it is would open the door.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Link(_) => "Link(..)",
            Self::Key(_) => "Key(..)",
        })
    }
}

impl Host {
    /// Hosts an organisation; one of the same id is replaced.
    pub fn add(&self, organisation: Organisation) -> Arc<Organisation> {
        let organisation = Arc::new(organisation);
        let mut all = self.organisations.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(organisation.id().clone(), Arc::clone(&organisation));
        organisation
    }

    /// An organisation.
    #[must_use]
    pub fn organisation(&self, id: &OrgId) -> Option<Arc<Organisation>> {
        self.organisations.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// All of them, by id.
    #[must_use]
    pub fn organisations(&self) -> Vec<Arc<Organisation>> {
        self.organisations.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Who that is.
    ///
    /// # Errors
    /// [`SignInError::Unknown`], and what the store says.
    pub fn sign_in(&self, credential: Credential<'_>) -> Result<Visitor, SignInError> {
        let (Credential::Link(text) | Credential::Key(text)) = credential;
        let organisation = self.organisation_of(text)?;
        let who = match credential {
            Credential::Link(text) => link::who(&organisation, text)?,
            Credential::Key(text) => key::who(&organisation, text)?,
        };
        Ok(Visitor::new(organisation, who))
    }

    /// Takes an invitation and gives the personal link that it is good for. It can be taken once.
    ///
    /// # Errors
    /// [`SignInError::Unknown`], and what the store says.
    pub fn redeem(&self, invitation: &str) -> Result<Link, SignInError> {
        link::redeem(&*self.organisation_of(invitation)?, invitation)
    }

    /// Whom an invitation is for, without taking it.
    ///
    /// # Errors
    /// [`SignInError::Unknown`], and what the store says.
    pub fn invited(&self, invitation: &str) -> Result<crate::Invited, SignInError> {
        link::invited(&*self.organisation_of(invitation)?, invitation)
    }

    fn organisation_of(&self, text: &str) -> Result<Arc<Organisation>, SignInError> {
        let id = token::organisation(text).ok_or(SignInError::Unknown)?;
        self.organisation(&id).ok_or(SignInError::Unknown)
    }
}
