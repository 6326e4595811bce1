//! What keeps the service from answering. A "no" of the machine is no error: it is an answer.

use peercircle_core::{CycleId, NameError};
use peercircle_store::StoreError;
use peercircle_wire::{DecodeError, EncodeError};

use crate::VaultError;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is stored of the cycle can't be read or applied by this version.
    #[error("`{cycle}`: {error}")]
    History {
        /// The cycle.
        cycle: CycleId,
        /// What is wrong, and with which event.
        error: DecodeError,
    },
    /// An event can't be written: a defect of this machine.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The order names somebody or something that the cycle doesn't have.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The order is for one cycle and forms another.
    #[error("expected to form `{expected}`, got `{got}`")]
    OtherCycle {
        /// The cycle the order is for.
        expected: CycleId,
        /// The cycle it would form.
        got: CycleId,
    },
    /// The order's key has an answer that was one to another order. Nothing was done.
    #[error("expected a key for this command alone, got one under which `{cycle}` was given another")]
    KeyReused {
        /// The cycle.
        cycle: CycleId,
    },
    /// There is no such cycle.
    #[error("expected a cycle that was formed, got `{cycle}`")]
    NoCycle {
        /// What came.
        cycle: CycleId,
    },
    /// Others were faster, again and again. Try again with the same key.
    #[error("expected to get through to `{cycle}`, got {attempts} conflicts in a row")]
    Contended {
        /// The cycle.
        cycle: CycleId,
        /// How often it was tried.
        attempts: u32,
    },
    /// The vault refused or failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl ServiceError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::History { error, .. } => error.code(),
            Self::Encode(error) => error.code(),
            Self::Name(error) => error.code(),
            Self::OtherCycle { .. } => "other_cycle",
            Self::KeyReused { .. } => "key_reused",
            Self::NoCycle { .. } => "no_cycle",
            Self::Contended { .. } => "contended",
            Self::Vault(error) => error.code(),
        }
    }
}
