//! What keeps a host from answering.

use peercircle_core::RefusalView;
use peercircle_process::FileIssues;
use peercircle_service::{ServiceError, VaultError};
use peercircle_store::StoreError;

use crate::RosterIssue;

/// A "no" to whoever asks: what they asked isn't theirs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{says}")]
pub struct Forbidden {
    /// The stable code: `not_your_role`, `not_vouched` or `missing_scope`.
    pub code: &'static str,
    /// What stands in the way, a sentence.
    pub says: String,
    /// What would help, a sentence.
    pub helps: String,
}

/// Why nobody is let in. It never says whether a token is wrong, used up, revoked or too old; whoever holds one that was good asks
/// [`Host::closed`](crate::Host::closed).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// No such link, key, invitation or token, or none any more.
    #[error("expected a link, a key, an invitation or a token that is still good, got one that isn't")]
    Unknown,
    /// It could not be looked up.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl SignInError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "not_signed_in",
            Self::Host(error) => error.code(),
        }
    }
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        Self::Host(error.into())
    }
}

/// Why there is no answer. A "no" of the machine to a command is no error: it is an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// It isn't theirs to ask.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// There is no such thing, or none that they may know of.
    #[error("expected {expected}, got `{got}`")]
    NotFound {
        /// What would have been found.
        expected: &'static str,
        /// What came.
        got: String,
    },
    /// What came makes no sense.
    #[error("expected {expected}, got {got}")]
    Invalid {
        /// What would have worked.
        expected: String,
        /// What came.
        got: String,
    },
    /// A roster with mistakes: all of them.
    #[error("expected a roster without mistakes, got {}", issues.len())]
    Roster {
        /// Where and what, in the order of the lines.
        issues: Vec<RosterIssue>,
    },
    /// A process file with mistakes: all of them.
    #[error("{0}")]
    Process(FileIssues),
    /// The machine refuses what the request would come to; nothing was done.
    #[error("expected what the rules allow, got {} refusals", refusals.len())]
    Refused {
        /// Everything that refuses.
        refusals: Vec<RefusalView>,
    },
    /// The machine gives no random numbers.
    #[error("expected random numbers from the machine, got {reason}")]
    NoRandomness {
        /// What it said.
        reason: String,
    },
    /// The organisation's issuer can't be asked.
    #[error("expected the keys of `{issuer}`, got {reason}")]
    Issuer {
        /// Which.
        issuer: String,
        /// What came instead.
        reason: String,
    },
    /// The service has no answer.
    #[error(transparent)]
    Service(ServiceError),
}

impl HostError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Forbidden(no) => no.code,
            Self::NotFound { .. } => "not_found",
            Self::Invalid { .. } => "invalid",
            Self::Roster { .. } => "invalid_roster",
            Self::Process(_) => "invalid_process",
            Self::Refused { .. } => "refused",
            Self::NoRandomness { .. } => "no_randomness",
            Self::Issuer { .. } => "issuer_unavailable",
            Self::Service(error) => error.code(),
        }
    }
}

impl From<ServiceError> for HostError {
    fn from(error: ServiceError) -> Self {
        if let ServiceError::NoCycle { cycle } = error {
            return Self::NotFound { expected: "a cycle of yours", got: cycle.to_string() };
        }
        if let ServiceError::Vault(VaultError::NoNote { note }) = error {
            return Self::NotFound { expected: "a note of the cycle", got: note.to_string() };
        }
        Self::Service(error)
    }
}

impl From<StoreError> for HostError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<VaultError> for HostError {
    fn from(error: VaultError) -> Self {
        ServiceError::from(error).into()
    }
}
