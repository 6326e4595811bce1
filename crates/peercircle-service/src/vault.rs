//! The vault: what was said, sealed, for those who were there.
//!
//! A note has an author and an audience: the author alone, or the attendees of a session. Who attended is the machine's to say.
//! Each cycle has a key of its own, wrapped by the master key; with it goes everything that was said in the cycle.

mod key;
mod reader;
mod seal;

use peercircle_core::{Cycle, CycleId, Instant, MemberId, NoteRef, Seat, SessionKind};
use peercircle_store::{KeyState, Put, SealedNote};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use self::{
    key::{MasterKey, MasterKeyError},
    reader::Denied,
};
use crate::{Service, ServiceError};

/// The longest note, in bytes: some ten pages.
pub const MAX_NOTE_BYTES: usize = 64 << 10;

/// Whom a note is for, beside its author.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "audience", rename_all = "snake_case", deny_unknown_fields)]
pub enum Audience {
    /// Nobody.
    Author {},
    /// Members who attended this session; while it runs, those who have come to it.
    Session {
        /// Which.
        session: SessionKind,
    },
}

/// What is known of a note without opening it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NoteHead {
    /// What events call it.
    pub note: NoteRef,
    /// Who wrote it.
    pub author: MemberId,
    /// Whom it is for.
    pub audience: Audience,
    /// When it was put.
    pub at: Instant,
}

/// What was said, wiped from memory when it is dropped.
type Content = Zeroizing<Vec<u8>>;

/// A note, opened. Its content is wiped from memory when it is dropped, and never printed.
#[derive(Clone)]
pub struct Note {
    /// What it is.
    pub head: NoteHead,
    /// What was said.
    pub content: Content,
}

impl std::fmt::Debug for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Note").field("head", &self.head).finish_non_exhaustive()
    }
}

/// What is stored beside a sealed note, in clear and bound to it. People by seat, so that erasing them needs no change here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    seat: Seat,
    #[serde(rename = "for")]
    audience: Audience,
    at: Instant,
}

/// Why the vault gives nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// This service has no master key.
    #[error("expected a master key to open the vault with, got none")]
    NoMasterKey,
    /// The cycle has no such note.
    #[error("expected a note of the cycle, got `{note}`")]
    NoNote {
        /// What came.
        note: NoteRef,
    },
    /// The note isn't for this reader.
    #[error("{0}")]
    Denied(Denied),
    /// The name is another note's.
    #[error("expected a new name for a note, got `{note}`, which another has")]
    Taken {
        /// The name.
        note: NoteRef,
    },
    /// The note is too long.
    #[error("expected a note of at most {MAX_NOTE_BYTES} bytes, got {bytes}")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Everything that was said in the cycle has been deleted.
    #[error("expected content that is still kept, got a cycle whose content was deleted at {at}")]
    Deleted {
        /// When.
        at: Instant,
    },
    /// The master key is another than the one that the cycle's key was wrapped with.
    #[error("expected the master key of the content of `{cycle}`, got another")]
    WrongMasterKey {
        /// The cycle.
        cycle: CycleId,
    },
    /// What is stored isn't what was sealed.
    #[error("expected `{note}` as it was sealed, got other bytes")]
    Damaged {
        /// The note.
        note: NoteRef,
    },
    /// The machine gives no random numbers.
    #[error("expected random numbers from the machine, got {reason}")]
    NoRandomness {
        /// What it said.
        reason: String,
    },
}

impl VaultError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoMasterKey => "no_master_key",
            Self::NoNote { .. } => "no_note",
            Self::Denied(denied) => denied.code(),
            Self::Taken { .. } => "note_taken",
            Self::TooLong { .. } => "note_too_long",
            Self::Deleted { .. } => "content_deleted",
            Self::WrongMasterKey { .. } => "wrong_master_key",
            Self::Damaged { .. } => "note_damaged",
            Self::NoRandomness { .. } => "no_randomness",
        }
    }
}

impl Service {
    /// Puts a note of a member's. The name is the caller's to draw, from 128 random bits; the same note under the same name again
    /// is no error.
    ///
    /// # Errors
    /// [`VaultError`], [`ServiceError::NoCycle`], [`ServiceError::Name`] where the author isn't a member.
    pub fn put_note(
        &self,
        cycle: &CycleId,
        author: &MemberId,
        note: NoteRef,
        audience: Audience,
        content: &[u8],
    ) -> Result<(), ServiceError> {
        if content.len() > MAX_NOTE_BYTES {
            return Err(VaultError::TooLong { bytes: content.len() }.into());
        }
        let state = self.cycle(cycle)?;
        let seat = seat_of(&state, author)?;
        reader::may_write(&state, seat).map_err(VaultError::Denied)?;
        let key = self.key_to_write(cycle)?;
        let head = Head { seat, audience, at: self.now_at(&state) };
        let bytes = serde_json::to_vec(&head).unwrap_or_default();
        let sealed = seal::seal_note(&key, cycle, note, &bytes, content)?;
        match self.store.put_note(SealedNote { stream: cycle.clone(), note, head: bytes, sealed })? {
            Put::Kept => Ok(()),
            Put::NoKey => Err(self.gone(cycle, note)?.into()),
            Put::Taken => {
                let Some((found, there)) = self.open(cycle, note)? else { return Err(self.gone(cycle, note)?.into()) };
                let same = found.seat == seat && found.audience == audience && there.as_slice() == content;
                if same { Ok(()) } else { Err(VaultError::Taken { note }.into()) }
            }
        }
    }

    /// Opens a note for a member.
    ///
    /// # Errors
    /// [`VaultError::Denied`] where it isn't for them; other [`VaultError`]s, [`ServiceError::NoCycle`], [`ServiceError::Name`].
    pub fn read_note(&self, cycle: &CycleId, reader: &MemberId, note: NoteRef) -> Result<Note, ServiceError> {
        let state = self.cycle(cycle)?;
        let seat = seat_of(&state, reader)?;
        // Whether it may be read is asked of the head as it lies there; what it says is believed once it opens.
        let Some(sealed) = self.store.note(cycle, note)? else { return Err(self.gone(cycle, note)?.into()) };
        let head: Head = serde_json::from_slice(&sealed.head).map_err(|_| VaultError::Damaged { note })?;
        reader::may_read(&state, seat, head.seat, head.audience).map_err(VaultError::Denied)?;
        let Some((head, content)) = self.open(cycle, note)? else { return Err(self.gone(cycle, note)?.into()) };
        Ok(Note { head: named(&state, note, head).ok_or(VaultError::Damaged { note })?, content })
    }

    /// The notes of a cycle that a member may read, by name; their content is opened one by one.
    ///
    /// # Errors
    /// [`ServiceError::NoCycle`], [`ServiceError::Name`], [`ServiceError::Store`], [`VaultError::Damaged`].
    pub fn notes(&self, cycle: &CycleId, reader: &MemberId) -> Result<Vec<NoteHead>, ServiceError> {
        let state = self.cycle(cycle)?;
        let seat = seat_of(&state, reader)?;
        let mut readable = Vec::new();
        for (note, head) in self.heads(cycle)? {
            if reader::may_read(&state, seat, head.seat, head.audience).is_ok() {
                readable.extend(named(&state, note, head));
            }
        }
        Ok(readable)
    }

    /// Destroys the key of a cycle and every note of it, now: for whom the time that the process gives is too long. The machine
    /// replays on. Says how many notes there were.
    ///
    /// # Errors
    /// [`ServiceError::NoCycle`], [`ServiceError::Store`].
    pub fn delete_content(&self, cycle: &CycleId) -> Result<u64, ServiceError> {
        let state = self.cycle(cycle)?;
        Ok(self.store.destroy_key(cycle, self.now_at(&state))?.notes)
    }

    /// Deletes what those wrote whose ids were erased. Nothing is left where that was done before.
    pub(crate) fn delete_notes_of_the_erased(&self, id: &CycleId, cycle: &Cycle) -> Result<(), ServiceError> {
        let erased = cycle.ledger().anonymised();
        if erased.is_empty() {
            return Ok(());
        }
        let theirs = self.heads(id)?.into_iter().filter(|(_, head)| erased.contains(head.seat));
        let theirs: Vec<_> = theirs.map(|(note, _)| note).collect();
        if !theirs.is_empty() {
            self.store.delete_notes(id, &theirs)?;
        }
        Ok(())
    }

    fn heads(&self, cycle: &CycleId) -> Result<Vec<(NoteRef, Head)>, ServiceError> {
        let head = |(note, head): (NoteRef, Vec<u8>)| {
            let head = serde_json::from_slice(&head).map_err(|_| VaultError::Damaged { note })?;
            Ok((note, head))
        };
        self.store.notes(cycle)?.into_iter().map(head).collect()
    }

    /// A note, opened, whoever asks.
    fn open(&self, cycle: &CycleId, note: NoteRef) -> Result<Option<(Head, Content)>, ServiceError> {
        let master = self.master.as_ref().ok_or(VaultError::NoMasterKey)?;
        let KeyState::Kept(wrapped) = self.store.key(cycle)? else { return Ok(None) };
        let key = seal::unwrap_key(master, cycle, &wrapped)?;
        let Some(sealed) = self.store.note(cycle, note)? else { return Ok(None) };
        let content = seal::open_note(&key, cycle, note, &sealed.head, &sealed.sealed)?;
        let head = serde_json::from_slice(&sealed.head).map_err(|_| VaultError::Damaged { note })?;
        Ok(Some((head, content)))
    }

    fn key_to_write(&self, cycle: &CycleId) -> Result<seal::Key, ServiceError> {
        let master = self.master.as_ref().ok_or(VaultError::NoMasterKey)?;
        let mut state = self.store.key(cycle)?;
        if state == KeyState::None {
            // Whoever is first, both use the key that stands.
            state = self.store.put_key(cycle, &seal::new_wrapped_key(master, cycle)?)?;
        }
        match state {
            KeyState::Kept(wrapped) => Ok(seal::unwrap_key(master, cycle, &wrapped)?),
            KeyState::Destroyed(destroyed) => Err(VaultError::Deleted { at: destroyed.at }.into()),
            // INVARIANT: a key that was put is there.
            KeyState::None => Err(VaultError::WrongMasterKey { cycle: cycle.clone() }.into()),
        }
    }

    /// Why a note isn't there.
    fn gone(&self, cycle: &CycleId, note: NoteRef) -> Result<VaultError, ServiceError> {
        Ok(match self.store.key(cycle)? {
            KeyState::Destroyed(destroyed) => VaultError::Deleted { at: destroyed.at },
            KeyState::Kept(_) | KeyState::None => VaultError::NoNote { note },
        })
    }
}

fn seat_of(cycle: &Cycle, member: &MemberId) -> Result<Seat, ServiceError> {
    let actor = peercircle_core::WireActor::Member { member: member.clone() }.resolve(cycle)?;
    actor.seat().ok_or_else(|| VaultError::Denied(Denied::NoMember).into())
}

/// Nothing where nobody ever sat on the author's seat, which no vault wrote.
fn named(cycle: &Cycle, note: NoteRef, head: Head) -> Option<NoteHead> {
    let Head { seat, audience, at } = head;
    let author = cycle.roster().member(seat)?.id.clone();
    Some(NoteHead { note, author, audience, at })
}
