//! Documents as types: what is read is what was written, or a store that is damaged.

use peercircle_store::{Change, Document, DocumentStore, StoreError};
use serde::{Serialize, de::DeserializeOwned};

/// What is kept as a document, by kind.
pub(crate) trait Kept: Serialize + DeserializeOwned {
    /// The kind.
    const KIND: &'static str;
}

/// How many are listed at once where all are wanted.
const PAGE: usize = 500;

/// A document and its version.
pub(crate) struct At<T> {
    pub(crate) id: String,
    pub(crate) version: u64,
    pub(crate) value: T,
}

pub(crate) fn get<T: Kept>(store: &(impl DocumentStore + ?Sized), id: &str) -> Result<Option<At<T>>, StoreError> {
    store.document(T::KIND, id)?.map(read).transpose()
}

pub(crate) fn list<T: Kept>(
    store: &(impl DocumentStore + ?Sized),
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<At<T>>, StoreError> {
    store.documents(T::KIND, prefix, after, limit)?.into_iter().map(read).collect()
}

/// All of them, page by page.
pub(crate) fn all<T: Kept>(store: &(impl DocumentStore + ?Sized), prefix: &str) -> Result<Vec<At<T>>, StoreError> {
    let mut found: Vec<At<T>> = Vec::new();
    loop {
        let page = list(store, prefix, found.last().map(|one| one.id.as_str()), PAGE)?;
        let is_last = page.len() < PAGE;
        found.extend(page);
        if is_last {
            return Ok(found);
        }
    }
}

pub(crate) fn put<T: Kept>(id: impl Into<String>, value: &T) -> Change {
    // INVARIANT: what is kept has text keys and no other writer than serde_json.
    Change::put(T::KIND, id, serde_json::to_string(value).unwrap_or_default())
}

fn read<T: Kept>(document: Document) -> Result<At<T>, StoreError> {
    let Document { id, version, body } = document;
    match serde_json::from_str(&body) {
        Ok(value) => Ok(At { id, version, value }),
        Err(error) => Err(StoreError::Corrupt { reason: format!("the {} `{id}`: {error}", T::KIND) }),
    }
}
