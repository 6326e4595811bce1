//! API keys: for systems, with scopes.

mod good;

use std::{collections::BTreeSet, sync::Arc};

use peercircle_core::Instant;
use peercircle_store::Change;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use self::good::GoodKeys;
use crate::{
    HostError, Organisation, SignInError, Visitor, Who,
    documents::{self, At, Kept},
    right::{Right, Scope},
    token,
};

/// A key as it is listed. The key itself is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeyInfo {
    /// Its name in lists and in the audit.
    pub name: String,
    /// What it is good for.
    pub scopes: BTreeSet<Scope>,
    /// Since when.
    pub made_at: Instant,
    /// Until when, where it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
}

/// A key that was just made.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NewKey {
    /// What is listed of it.
    pub info: KeyInfo,
    /// The key. It is shown this once.
    pub key: String,
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewKey").field("info", &self.info).finish_non_exhaustive()
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct KeptKey {
    name: String,
    scopes: BTreeSet<Scope>,
    made_at: Instant,
    expires_at: Option<Instant>,
}

impl Kept for KeptKey {
    const KIND: &'static str = "key";
}

/// Which hash a name stands for.
#[derive(Debug, Serialize, Deserialize)]
struct KeyNamed {
    hash: String,
}

impl Kept for KeyNamed {
    const KIND: &'static str = "key_named";
}

pub(crate) fn who(organisation: &Organisation, text: &str) -> Result<Who, SignInError> {
    let (service, hash) = (organisation.service(), token::digest(text));
    let key = match organisation.good_keys.find(&hash) {
        Ok(key) => key,
        Err(revoked) => {
            let since = std::time::Instant::now();
            let found: Option<At<KeptKey>> = documents::get(service.store(), &token::hex(&hash))?;
            let key = Arc::new(found.ok_or(SignInError::Unknown)?.value);
            organisation.good_keys.remember(hash, &key, since, revoked);
            key
        }
    };
    if key.expires_at.is_some_and(|at| service.now() >= at) {
        return Err(SignInError::Unknown);
    }
    Ok(Who::System { key: key.name.clone(), scopes: key.scopes.clone() })
}

impl Organisation {
    /// Makes a key: the host's own work, for the first of them.
    ///
    /// # Errors
    /// [`HostError::Invalid`] for a name that isn't 1 to 64 printable characters or without a scope,
    /// [`StoreError::Stale`](peercircle_store::StoreError::Stale) where the name is taken.
    pub fn make_key(&self, name: &str, scopes: BTreeSet<Scope>, expires_at: Option<Instant>) -> Result<NewKey, HostError> {
        let length = name.chars().count();
        // No address can hold `.` or `..`, and a key is revoked by one.
        if !(1..=64).contains(&length) || name.chars().any(char::is_control) || matches!(name, "." | "..") {
            let expected = "a name of 1 to 64 printable characters".to_owned();
            return Err(HostError::Invalid { expected, got: format!("{length} characters") });
        }
        if scopes.is_empty() {
            let all = Scope::ALL.map(Scope::name).join(", ");
            return Err(HostError::Invalid { expected: format!("at least one scope of {all}"), got: "none".to_owned() });
        }
        let key = token::draw(self.id())?;
        let hash = token::hash(&key);
        let info = KeyInfo { name: name.to_owned(), scopes, made_at: self.service().now(), expires_at };
        let kept = KeptKey { name: info.name.clone(), scopes: info.scopes.clone(), made_at: info.made_at, expires_at };
        let named = documents::put(name, &KeyNamed { hash: hash.clone() }).expecting(0);
        self.service().store().change(vec![named, documents::put(hash, &kept)])?;
        Ok(NewKey { info, key })
    }
}

impl Visitor {
    /// Makes a key.
    ///
    /// # Errors
    /// As [`Organisation::make_key`].
    pub fn make_key(&self, name: &str, scopes: BTreeSet<Scope>, expires_at: Option<Instant>) -> Result<NewKey, HostError> {
        self.ask(&Right::Operate)?;
        self.organisation.make_key(name, scopes, expires_at)
    }

    /// The keys there are, by hash and so in no order that says anything.
    ///
    /// # Errors
    /// What the store says.
    pub fn keys(&self) -> Result<Vec<KeyInfo>, HostError> {
        self.ask(&Right::Operate)?;
        let all = documents::all::<KeptKey>(self.organisation.service().store(), "")?;
        let mut all: Vec<_> = all
            .into_iter()
            .map(|At { value: KeptKey { name, scopes, made_at, expires_at }, .. }| KeyInfo {
                name,
                scopes,
                made_at,
                expires_at,
            })
            .collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    /// Revokes a key: it is good no longer, in other processes on the same store after a second.
    ///
    /// # Errors
    /// [`HostError::NotFound`] where there is none of this name.
    pub fn revoke_key(&self, name: &str) -> Result<(), HostError> {
        self.ask(&Right::Operate)?;
        let store = self.organisation.service().store();
        let found: Option<At<KeyNamed>> = documents::get(store, name)?;
        let Some(At { id, version, value }) = found else {
            return Err(HostError::NotFound { expected: "the name of a key", got: name.to_owned() });
        };
        let revoked = store
            .change(vec![Change::delete(KeyNamed::KIND, id).expecting(version), Change::delete(KeptKey::KIND, value.hash)]);
        // Whatever the store says it may have done.
        self.organisation.good_keys.forget();
        Ok(revoked?)
    }
}
