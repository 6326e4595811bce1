//! What SQLite says, as what a caller can do about it.

use std::path::Path;

use peercircle_store::StoreError;
use rusqlite::{Error, ErrorCode};

/// SQLite's error as ours.
pub(crate) fn store_error(error: &Error) -> StoreError {
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt { reason },
        Some(ErrorCode::DiskFull | ErrorCode::TooBig) => StoreError::Full { reason },
        Some(_) => StoreError::Unavailable { reason },
        // No code: a value that can't be what this crate wrote.
        None => StoreError::Corrupt { reason },
    }
}

/// What the file system says about a path.
pub(crate) fn file_error(path: &Path, error: &std::io::Error) -> StoreError {
    let reason = format!("`{}`: {error}", path.display());
    if matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) {
        StoreError::Full { reason }
    } else {
        StoreError::Unavailable { reason }
    }
}

pub(crate) fn corrupt(reason: String) -> StoreError {
    StoreError::Corrupt { reason }
}

/// A number as SQLite keeps it.
pub(crate) fn number(value: impl TryInto<i64>) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}
