//! Sealing: XChaCha20-Poly1305, with a random nonce of 192 bits each time, so that none comes twice. What a sealed text belongs to
//! is bound to it: moved to another cycle, name or audience it doesn't open.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use peercircle_core::{CycleId, NoteRef};
use zeroize::Zeroizing;

use super::{MasterKey, VaultError};

/// The key of a cycle.
pub(super) type Key = Zeroizing<[u8; 32]>;

/// The first byte of everything sealed.
const FORMAT: u8 = 1;
const NONCE: usize = 24;

/// Random bytes.
pub(super) fn fill(bytes: &mut [u8]) -> Result<(), VaultError> {
    getrandom::fill(bytes).map_err(|error| VaultError::NoRandomness { reason: error.to_string() })
}

/// A new key for a cycle, wrapped.
pub(super) fn new_wrapped_key(master: &MasterKey, cycle: &CycleId) -> Result<Vec<u8>, VaultError> {
    let mut key: Key = Zeroizing::new([0; 32]);
    fill(key.as_mut_slice())?;
    seal(master.bytes(), &bound("key", cycle, &[], &[]), key.as_slice())
}

/// The key of a cycle.
pub(super) fn unwrap_key(master: &MasterKey, cycle: &CycleId, wrapped: &[u8]) -> Result<Key, VaultError> {
    let wrong = || VaultError::WrongMasterKey { cycle: cycle.clone() };
    let opened = open(master.bytes(), &bound("key", cycle, &[], &[]), wrapped).ok_or_else(wrong)?;
    let mut key: Key = Zeroizing::new([0; 32]);
    if opened.len() != key.len() {
        return Err(wrong());
    }
    key.copy_from_slice(&opened);
    Ok(key)
}

/// A note, sealed.
pub(super) fn seal_note(
    key: &Key,
    cycle: &CycleId,
    note: NoteRef,
    head: &[u8],
    content: &[u8],
) -> Result<Vec<u8>, VaultError> {
    seal(key, &bound("note", cycle, note.as_bytes(), head), content)
}

/// A note, opened.
pub(super) fn open_note(
    key: &Key,
    cycle: &CycleId,
    note: NoteRef,
    head: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    open(key, &bound("note", cycle, note.as_bytes(), head), sealed).ok_or(VaultError::Damaged { note })
}

/// What a sealed text belongs to. Ids hold no NUL and a name has one length, so no two things are bound by the same bytes.
fn bound(what: &str, cycle: &CycleId, name: &[u8], head: &[u8]) -> Vec<u8> {
    [b"peercircle 1 ", what.as_bytes(), b"\0", cycle.as_str().as_bytes(), b"\0", name, head].concat()
}

fn seal(key: &[u8; 32], bound: &[u8], content: &[u8]) -> Result<Vec<u8>, VaultError> {
    let mut nonce = [0; NONCE];
    fill(&mut nonce)?;
    let cipher = XChaCha20Poly1305::new(&(*key).into());
    let payload = Payload { msg: content, aad: bound };
    // INVARIANT: only a text of more than 256 GB can't be sealed.
    let too_long = |_| VaultError::TooLong { bytes: content.len() };
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(too_long)?;
    Ok([&[FORMAT], nonce.as_slice(), &sealed].concat())
}

fn open(key: &[u8; 32], bound: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (format, sealed) = sealed.split_first()?;
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    if *format != FORMAT {
        return None;
    }
    let cipher = XChaCha20Poly1305::new(&(*key).into());
    let opened = cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: bound });
    opened.ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_opens_elsewhere_or_changed() {
        let (master, other) = (MasterKey::generate().unwrap(), MasterKey::generate().unwrap());
        let (c1, c2): (CycleId, CycleId) = ("c-1".parse().unwrap(), "c-2".parse().unwrap());
        let (n1, n2) = (NoteRef::from_bytes([1; 16]), NoteRef::from_bytes([2; 16]));
        let wrapped = new_wrapped_key(&master, &c1).unwrap();
        let key = unwrap_key(&master, &c1, &wrapped).unwrap();
        assert!(unwrap_key(&other, &c1, &wrapped).is_err());
        assert!(unwrap_key(&master, &c2, &wrapped).is_err());

        let sealed = seal_note(&key, &c1, n1, b"head", b"what was said").unwrap();
        assert_eq!(open_note(&key, &c1, n1, b"head", &sealed).unwrap().as_slice(), b"what was said");
        assert!(open_note(&key, &c2, n1, b"head", &sealed).is_err());
        assert!(open_note(&key, &c1, n2, b"head", &sealed).is_err());
        assert!(open_note(&key, &c1, n1, b"other", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open_note(&key, &c1, n1, b"head", &changed).is_err(), "byte {at}");
            assert!(open_note(&key, &c1, n1, b"head", &sealed[..at]).is_err(), "cut at {at}");
        }
        assert_ne!(seal_note(&key, &c1, n1, b"head", b"what was said").unwrap(), sealed, "a nonce came twice");
    }
}
