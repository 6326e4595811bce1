//! What somebody saw of a cycle before they decided (R-04), for those in the group and for those who aren't.
//!
//! A member has seen a revision. Whoever isn't in the group must not learn how much happens in it, so they have seen its facts: their
//! tag changes with what they are shown and with nothing else. It is keyed, or whoever has one could try which facts make it.

use std::{fmt, str::FromStr};

use peercircle_core::{CycleFacts, CycleId, Revision};
use peercircle_store::StoreError;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    HostError, Organisation,
    documents::{self, Kept},
    token,
};

/// What a command is given on; as text, what an entity tag holds.
///
/// # Example
/// ```
/// use peercircle_host::Seen;
/// assert_eq!("17".parse(), Ok(Seen::Revision(17)));
/// let facts: Seen = "000102030405060708090a0b0c0d0e0f".parse()?;
/// assert!(matches!(facts, Seen::Facts(_)));
/// assert_eq!(facts.to_string(), "000102030405060708090a0b0c0d0e0f");
/// assert!("seventeen".parse::<Seen>().is_err());
/// # Ok::<(), peercircle_host::HostError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A revision of the cycle: for those in the group.
    Revision(Revision),
    /// Its facts: for those who aren't.
    Facts(FactsTag),
}

/// Facts of a cycle as they were shown, as a tag that says nothing of them ([`Visitor::tag_of`](crate::Visitor::tag_of)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactsTag([u8; 16]);

impl FromStr for Seen {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let is_number = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let seen =
            if is_number { text.parse().ok().map(Self::Revision) } else { read_hex(text).map(FactsTag).map(Self::Facts) };
        seen.ok_or_else(|| HostError::Invalid {
            expected: "a revision, or the tag of facts".to_owned(),
            got: format!("`{}`", text.chars().take(40).collect::<String>()),
        })
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revision(revision) => revision.fmt(f),
            Self::Facts(FactsTag(bytes)) => f.write_str(&token::hex(bytes)),
        }
    }
}

fn read_hex(text: &str) -> Option<[u8; 16]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (mut bytes, mut digits) = ([0; 16], text.bytes());
    for byte in &mut bytes {
        *byte = (digit(digits.next()?)? << 4) | digit(digits.next()?)?;
    }
    digits.next().is_none().then_some(bytes)
}

/// What the tags of an organisation are keyed with, the same for all programs on its store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Secret {
    bytes: [u8; 32],
}

impl Kept for Secret {
    const KIND: &'static str = "secret";
}

/// The name of the one secret there is.
const TAGS: &str = "tags";

impl Organisation {
    /// The tag of a cycle's facts as they are shown.
    pub(crate) fn tag(&self, cycle: &CycleId, facts: &CycleFacts) -> Result<FactsTag, HostError> {
        // INVARIANT: facts are always JSON.
        let text = serde_json::to_vec(facts).unwrap_or_default();
        let inner = Sha256::new().chain_update(cycle.as_str()).chain_update([0_u8]).chain_update(text).finalize();
        let digest: [u8; 32] = Sha256::new().chain_update(self.secret()?).chain_update(inner).finalize().into();
        let [half @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = digest;
        Ok(FactsTag(half))
    }

    fn secret(&self) -> Result<[u8; 32], HostError> {
        if let Some(bytes) = self.tag_secret.get() {
            return Ok(*bytes);
        }
        let store = self.service().store();
        let kept = || documents::get::<Secret>(store, TAGS);
        let bytes = match kept()? {
            Some(kept) => kept.value.bytes,
            None => {
                let drawn = Secret { bytes: token::random()? };
                match store.change(vec![documents::put(TAGS, &drawn).expecting(0)]) {
                    Ok(()) => drawn.bytes,
                    // Another program was faster; then its secret is everybody's.
                    Err(error @ StoreError::Stale { .. }) => kept()?.ok_or(error)?.value.bytes,
                    Err(error) => return Err(error.into()),
                }
            }
        };
        Ok(*self.tag_secret.get_or_init(|| bytes))
    }
}
