//! Secrets that open a door: drawn here, shown once, kept only as what they hash to.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::{HostError, OrgId};

/// How many random bytes a secret has.
const BYTES: usize = 32;

/// A new token of an organisation: nobody guesses its 256 bits.
pub(crate) fn draw(organisation: &OrgId) -> Result<String, HostError> {
    Ok(format!("{organisation}.{}", URL_SAFE_NO_PAD.encode(random::<BYTES>()?)))
}

/// Random bytes of the machine.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], HostError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| HostError::NoRandomness { reason: error.to_string() })?;
    Ok(bytes)
}

/// What is kept of a token. A secret of 256 random bits needs no slow hash: there is nothing to guess from.
pub(crate) fn hash(token: &str) -> String {
    hex(&digest(token))
}

/// As [`hash`], as bytes.
pub(crate) fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Bytes as text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from_digit(four.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The organisation a token is of, where it has the form of one.
pub(crate) fn organisation(token: &str) -> Option<OrgId> {
    let (organisation, secret) = token.split_once('.')?;
    let is_secret = URL_SAFE_NO_PAD.decode(secret).is_ok_and(|bytes| bytes.len() == BYTES);
    organisation.parse().ok().filter(|_| is_secret)
}

/// A short random name, for what has to be told apart and not to be guessed.
pub(crate) fn name() -> Result<String, HostError> {
    Ok(hex(&random::<8>()?))
}
