//! The contract of a store of sealed content.

use peercircle_core::{CycleId, Instant, NoteRef};

use crate::StoreError;

/// A note as it is kept: bytes that only the vault opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedNote {
    /// The cycle it belongs to.
    pub stream: CycleId,
    /// What events call it.
    pub note: NoteRef,
    /// What the vault has to know before it opens it: no content.
    pub head: Vec<u8>,
    /// The content, sealed.
    pub sealed: Vec<u8>,
}

/// The key of a cycle's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// There never was one.
    None,
    /// This one, wrapped by the vault's master key.
    Kept(Vec<u8>),
    /// It was destroyed; there will never be another.
    Destroyed(Destroyed),
}

/// What was destroyed with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destroyed {
    /// When.
    pub at: Instant,
    /// How many notes.
    pub notes: u64,
}

/// What became of a note that was to be put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is kept.
    Kept,
    /// Another has that name in the cycle, and stays.
    Taken,
    /// The cycle has no key, or none any more.
    NoKey,
}

/// Keeps sealed content and its wrapped keys, by cycle.
///
/// # Errors
/// Every call may fail with [`StoreError::Unavailable`], [`StoreError::Full`] where it writes, and [`StoreError::Corrupt`].
pub trait ContentStore: Send + Sync {
    /// Keeps a wrapped key where the cycle has none and none was destroyed; says which stands now.
    fn put_key(&self, stream: &CycleId, wrapped: &[u8]) -> Result<KeyState, StoreError>;

    /// The key of a cycle.
    fn key(&self, stream: &CycleId) -> Result<KeyState, StoreError>;

    /// Destroys the key of a cycle and all its notes, and remembers that. Once it is done, the same is answered again.
    fn destroy_key(&self, stream: &CycleId, at: Instant) -> Result<Destroyed, StoreError>;

    /// Keeps a note.
    fn put_note(&self, note: SealedNote) -> Result<Put, StoreError>;

    /// A note, where the cycle has it.
    fn note(&self, stream: &CycleId, note: NoteRef) -> Result<Option<SealedNote>, StoreError>;

    /// The notes of a cycle with their heads, by name.
    fn notes(&self, stream: &CycleId) -> Result<Vec<(NoteRef, Vec<u8>)>, StoreError>;

    /// Deletes notes; says how many there were.
    fn delete_notes(&self, stream: &CycleId, notes: &[NoteRef]) -> Result<u64, StoreError>;
}
