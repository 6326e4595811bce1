//! The contract of a store of documents: what a host keeps by name beside the cycles, such as people, groups, keys.

use crate::StoreError;

/// A document as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its name among those of its kind.
    pub id: String,
    /// How often it was written, from 1. One that was deleted and comes back begins anew.
    pub version: u64,
    /// What it says: text that the store never reads into.
    pub body: String,
}

/// A change to one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its kind, such as `person`.
    pub kind: &'static str,
    /// Its name.
    pub id: String,
    /// The version it has to be at, 0 where there must be none; nothing where any will do.
    pub expected: Option<u64>,
    /// What it says then; nothing to delete it.
    pub body: Option<String>,
}

impl Change {
    /// Writes a document, whatever was there.
    #[must_use]
    pub fn put(kind: &'static str, id: impl Into<String>, body: impl Into<String>) -> Self {
        Self { kind, id: id.into(), expected: None, body: Some(body.into()) }
    }

    /// Deletes a document; where there is none, that is no error.
    #[must_use]
    pub fn delete(kind: &'static str, id: impl Into<String>) -> Self {
        Self { kind, id: id.into(), expected: None, body: None }
    }

    /// Only if the document is at this version; 0 where there must be none.
    #[must_use]
    pub fn expecting(self, version: u64) -> Self {
        Self { expected: Some(version), ..self }
    }

    /// Whether it fits a document at `actual`, 0 where there is none: for authors of backends.
    ///
    /// # Errors
    /// [`StoreError::Stale`].
    pub fn check(&self, actual: u64) -> Result<(), StoreError> {
        match self.expected {
            Some(expected) if expected != actual => {
                Err(StoreError::Stale { kind: self.kind, id: self.id.clone(), expected, actual })
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Keeps documents, by kind and name.
///
/// # Errors
/// Every call may fail with [`StoreError::Unavailable`], [`StoreError::Full`] where it writes, and [`StoreError::Corrupt`].
pub trait DocumentStore: Send + Sync {
    /// A document, where there is one.
    fn document(&self, kind: &'static str, id: &str) -> Result<Option<Document>, StoreError>;

    /// The documents of a kind whose names begin with `prefix`, by name (byte by byte), at most `limit`; those after `after` where
    /// it is given.
    fn documents(
        &self,
        kind: &'static str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError>;

    /// Makes these changes, one after the other, all or none.
    ///
    /// # Errors
    /// [`StoreError::Stale`] with the first that isn't at its version.
    fn change(&self, changes: Vec<Change>) -> Result<(), StoreError>;
}
