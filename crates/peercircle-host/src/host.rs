//! The host: organisations by id, and the door.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use crate::{Closed, Link, OrgId, Organisation, SignInError, Visitor, key, link, oidc, token};

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
    /// A token of the organisation's issuer.
    Jwt(&'a str),
}

impl<'a> Credential<'a> {
    /// What comes after `Bearer`: a token of an issuer has three parts, a key two.
    #[must_use]
    pub fn bearer(text: &'a str) -> Self {
        if text.matches('.').count() == 2 { Self::Jwt(text) } else { Self::Key(text) }
    }
}

impl std::fmt::Debug for Credential<'_> {
    /// The kind alone: what it is would open the door.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Link(_) => "Link(..)",
            Self::Key(_) => "Key(..)",
            Self::Jwt(_) => "Jwt(..)",
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

    /// Hosts an organisation no longer. Whatever holds it still can go on with it.
    pub fn remove(&self, id: &OrgId) -> Option<Arc<Organisation>> {
        self.organisations.write().unwrap_or_else(PoisonError::into_inner).remove(id)
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
    /// [`SignInError::Unknown`], [`HostError::Issuer`](crate::HostError::Issuer) where the issuer of a token can't be asked, and what
    /// the store says.
    pub fn sign_in(&self, credential: Credential<'_>) -> Result<Visitor, SignInError> {
        let (organisation, who) = match credential {
            Credential::Link(text) => {
                let organisation = self.organisation_of(text)?;
                let who = link::who(&organisation, text)?;
                (organisation, who)
            }
            Credential::Key(text) => {
                let organisation = self.organisation_of(text)?;
                let who = key::who(&organisation, text)?;
                (organisation, who)
            }
            Credential::Jwt(text) => {
                let claims = oidc::unverified(text).ok_or(SignInError::Unknown)?;
                let is_claimed = |one: &Arc<Organisation>| one.issuer().is_some_and(|issuer| issuer.is_claimed(&claims));
                let mut claimed = self.organisations().into_iter().filter(is_claimed);
                // Where a token could be for two, it is for neither.
                let (Some(organisation), None) = (claimed.next(), claimed.next()) else { return Err(SignInError::Unknown) };
                let issuer = organisation.issuer().ok_or(SignInError::Unknown)?;
                let who = oidc::who(&organisation, issuer, text)?;
                (organisation, who)
            }
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

    /// Why an invitation or a personal link that was good opens nothing any more.
    ///
    /// # Errors
    /// [`SignInError::Unknown`] for what is good still, what was revoked and what never was, alike; and what the store says.
    pub fn closed(&self, token: &str) -> Result<Closed, SignInError> {
        link::closed(&*self.organisation_of(token)?, token)
    }

    fn organisation_of(&self, text: &str) -> Result<Arc<Organisation>, SignInError> {
        let id = token::organisation(text).ok_or(SignInError::Unknown)?;
        self.organisation(&id).ok_or(SignInError::Unknown)
    }
}
