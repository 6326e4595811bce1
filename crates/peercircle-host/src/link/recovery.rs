//! A recovery code: how a member comes back to their notes where nobody is left to say that it is them.
//!
//! Whoever invites can end every link of a group that has talked; then nobody could vouch for anybody. So whoever is surely somebody can
//! have a code drawn, which only they see and which is kept as what it hashes to. With a new invitation it opens what the sign-in
//! opened that it was drawn in. Without one it opens nothing: whoever finds a code isn't in, and whoever invites has no code.
//!
//! A code is worth what that sign-in was. Whoever took somebody's place and drew one loses it with the place: once somebody comes in anew
//! before the group talks, is vouched for, or signs out everywhere, the code is gone.

use std::collections::BTreeSet;

use peercircle_core::{CycleId, Instant, MemberId};
use peercircle_store::{Change, StoreError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ATTEMPTS, Invited, KeptLink, contended, ended};
use crate::{
    HostError, Visitor, Who,
    documents::{self, At, Kept},
    right::{Right, not_vouched},
    token,
};

/// How many signs a code has, five bits each: nobody guesses a hundred.
const SIGNS: usize = 20;

/// How many signs stand together.
const TOGETHER: usize = 4;

/// Signs that are told apart on paper: no I, L, O, U.
const ALPHABET: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P', 'Q',
    'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// A recovery code, shown once.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecoveryCode {
    /// What opens their notes, with a new invitation, once.
    pub code: String,
    /// When it was drawn.
    pub at: Instant,
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecoveryCode").field("at", &self.at).finish_non_exhaustive()
    }
}

/// By person.
#[derive(Debug, Serialize, Deserialize)]
struct KeptCode {
    hash: String,
    at: Instant,
    vouched: bool,
    vouched_in: BTreeSet<CycleId>,
}

impl Kept for KeptCode {
    const KIND: &'static str = "recovery";
}

/// What ends a person's code.
pub(super) fn forget(person: &MemberId) -> Change {
    Change::delete(KeptCode::KIND, person.as_str())
}

impl Visitor {
    /// When the recovery code was drawn that is good now; nothing where there is none.
    ///
    /// # Errors
    /// What the store says.
    pub fn recovery_code(&self) -> Result<Option<Instant>, HostError> {
        self.ask(&Right::Own)?;
        let Some(me) = self.person() else { return Ok(None) };
        let kept: Option<At<KeptCode>> = documents::get(self.organisation.service().store(), me.as_str())?;
        Ok(kept.map(|at| at.value.at))
    }

    /// Draws a recovery code for whoever is signed in by the link with this token. The one before it is good no longer.
    ///
    /// # Errors
    /// `not_vouched` where it isn't certain that it is them, and for whoever came in by no link; what the store says.
    pub fn draw_recovery_code(&self, token: &str) -> Result<RecoveryCode, HostError> {
        let (me, store) = (self.oneself()?, self.organisation.service().store());
        let link = self.own_link(me, token)?.filter(|at| at.value.vouched || !at.value.vouched_in.is_empty());
        let At { id, version, value } = link.ok_or_else(not_vouched)?;
        let signs = token::random::<SIGNS>()?;
        let sign = |byte: &u8| ALPHABET.get(usize::from(byte & 31)).copied().unwrap_or('0');
        let groups: Vec<String> = signs.chunks(TOGETHER).map(|group| group.iter().map(sign).collect()).collect();
        let code = groups.join("-");
        let at = self.organisation.service().now();
        let hash = self.hash_of(me, &code);
        let kept = KeptCode { hash, at, vouched: value.vouched, vouched_in: value.vouched_in.clone() };
        // Where the link has just ended, so has the right to a code.
        let changes = vec![documents::put(id, &value).expecting(version), documents::put(me.as_str(), &kept)];
        match store.change(changes) {
            Err(StoreError::Stale { .. }) => Err(not_vouched().into()),
            done => Ok(done.map(|()| RecoveryCode { code, at })?),
        }
    }

    /// Says with a recovery code that it is oneself: the link with this token opens what the code was drawn for, and is the only one of
    /// theirs that is good. The code is used up. Says how many links it opened: none where this one was sure already.
    ///
    /// # Errors
    /// [`HostError::Invalid`] for another code; [`HostError::NotFound`] for whoever came in by no link; what the store says.
    pub fn recover(&self, token: &str, code: &str) -> Result<u32, HostError> {
        let (me, store) = (self.oneself()?, self.organisation.service().store());
        let wrong = || {
            let expected = "your recovery code, as it was shown to you last".to_owned();
            HostError::Invalid { expected, got: "another one".to_owned() }
        };
        for _ in 0..ATTEMPTS {
            let link = self.own_link(me, token)?;
            let none = || HostError::NotFound { expected: "a personal link of yours", got: "none".to_owned() };
            let At { id, version, value } = link.ok_or_else(none)?;
            if value.vouched {
                return Ok(0);
            }
            let found: Option<At<KeptCode>> = documents::get(store, me.as_str())?;
            let found = found.filter(|at| at.value.hash == self.hash_of(me, code)).ok_or_else(wrong)?;
            let others = self.organisation.open_links_of(me)?.into_iter().filter(|at| at.id != id);
            let vouched_in = value.vouched_in.union(&found.value.vouched_in).cloned().collect();
            let sure = KeptLink { vouched: found.value.vouched, vouched_in, ..value };
            let mut changes = vec![documents::put(id.clone(), &sure).expecting(version)];
            changes.push(forget(me).expecting(found.version));
            changes.extend(others.flat_map(|at| ended(me, at.id)));
            match store.change(changes) {
                Err(StoreError::Stale { .. }) => {}
                done => return Ok(done.map(|()| 1)?),
            }
        }
        Err(contended())
    }

    /// Whoever asks as themselves; a system that speaks for somebody has no code of theirs.
    fn oneself(&self) -> Result<&MemberId, HostError> {
        self.ask(&Right::Own)?;
        match &self.who {
            Who::Member { person, by_key: None, .. } => Ok(person),
            Who::Member { .. } | Who::Owner { .. } | Who::System { .. } => Err(not_vouched().into()),
        }
    }

    /// The link with this token, where it is theirs and good.
    fn own_link(&self, me: &MemberId, token: &str) -> Result<Option<At<KeptLink>>, HostError> {
        let service = self.organisation.service();
        let found: Option<At<KeptLink>> = documents::get(service.store(), &token::hash(token))?;
        let theirs = |at: &At<KeptLink>| matches!(&at.value.invited, Invited::Member { person } if person == me);
        Ok(found.filter(|at| theirs(at) && service.now() < at.value.expires_at))
    }

    fn hash_of(&self, person: &MemberId, code: &str) -> String {
        let code: String = code.chars().filter_map(read).collect();
        token::hash(&format!("recovery {} {person} {code}", self.organisation.id()))
    }
}

/// A sign as it was meant: whoever copies from paper writes small letters, and an O for a nought.
fn read(sign: char) -> Option<char> {
    match sign.to_ascii_uppercase() {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        sign if sign.is_ascii_alphanumeric() => Some(sign),
        _ => None,
    }
}
