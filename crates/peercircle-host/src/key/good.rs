//! The keys that were good just now.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::KeptKey;

/// How long a key that was good is taken to be good still without a look into the store: another process may have revoked it.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// How many good keys are remembered before those from some time ago are dropped.
const REMEMBERED: usize = 1024;

/// The keys that were good just now, by hash: a system that works through a list asks with the same one again and again.
#[derive(Debug, Default)]
pub(crate) struct GoodKeys(Mutex<Lately>);

#[derive(Debug, Default)]
struct Lately {
    keys: HashMap<[u8; 32], (Instant, Arc<KeptKey>)>,
    /// How often a key was revoked here: what was read before that is not remembered after it.
    revoked: u64,
}

impl GoodKeys {
    /// A key that was good just now, or else how many were revoked before the store is asked.
    pub(super) fn find(&self, hash: &[u8; 32]) -> Result<Arc<KeptKey>, u64> {
        let lately = self.lock();
        let fresh = lately.keys.get(hash).filter(|(since, _)| since.elapsed() < GOOD_FOR);
        fresh.map(|(_, key)| Arc::clone(key)).ok_or(lately.revoked)
    }

    pub(super) fn remember(&self, hash: [u8; 32], key: &Arc<KeptKey>, since: Instant, revoked: u64) {
        let mut lately = self.lock();
        if lately.revoked == revoked {
            if lately.keys.len() >= REMEMBERED {
                lately.keys.retain(|_, (since, _)| since.elapsed() < GOOD_FOR);
            }
            lately.keys.insert(hash, (since, Arc::clone(key)));
        }
    }

    pub(super) fn forget(&self) {
        let mut lately = self.lock();
        lately.revoked += 1;
        lately.keys.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Lately> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scope;

    #[test]
    fn a_good_key_is_remembered_for_a_second_and_not_past_a_revocation() {
        let (keys, hash, made_at) = (GoodKeys::default(), [1; 32], peercircle_core::Instant::default());
        let key = Arc::new(KeptKey { name: "k".to_owned(), scopes: Scope::ALL.into(), made_at, expires_at: None });
        let now = Instant::now();
        let revoked = keys.find(&hash).unwrap_err();
        keys.remember(hash, &key, now, revoked);
        assert_eq!(keys.find(&hash).unwrap().name, "k");
        keys.forget();
        keys.remember(hash, &key, now, revoked);
        let revoked = keys.find(&hash).expect_err("it was read before one was revoked");
        keys.remember(hash, &key, now.checked_sub(GOOD_FOR).unwrap(), revoked);
        assert!(keys.find(&hash).is_err(), "another process may have revoked it by now");
        keys.remember(hash, &key, now, revoked);
        assert!(keys.find(&hash).is_ok());
    }
}
