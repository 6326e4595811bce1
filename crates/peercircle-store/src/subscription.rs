//! Following a store from a position on.

use std::time::Duration;

use crate::{EventStore, Position, Record, StoreError};

/// Follows everything that is committed, in order and without gaps. Keep [`position`](Self::position) to go on after a restart.
///
/// # Example
/// ```
/// use std::time::Duration;
/// use peercircle_store::{Append, EventStore, Expected, MemoryStore, Position, Subscription, Summary};
///
/// let store = MemoryStore::default();
/// let mut subscription = Subscription::new(&store, Position::START);
/// assert!(subscription.next(10, Duration::ZERO)?.is_empty());
/// store.append(Append::new("c-1".parse()?, Expected::NoStream, 1, vec!["{}".to_owned()], Summary::default()))?;
/// assert_eq!(subscription.next(10, Duration::ZERO)?.len(), 1);
/// assert_eq!(subscription.position(), Position::new(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Subscription<'a, S: ?Sized> {
    store: &'a S,
    after: Position,
}

impl<'a, S: EventStore + ?Sized> Subscription<'a, S> {
    /// Follows `store` from what comes after `after`.
    pub const fn new(store: &'a S, after: Position) -> Self {
        Self { store, after }
    }

    /// Up to where everything has been handed out.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.after
    }

    /// The next events, at most `limit`; none where nothing came within `timeout`.
    ///
    /// # Errors
    /// [`StoreError`] of the store; the position stays where it was.
    pub fn next(&mut self, limit: usize, timeout: Duration) -> Result<Vec<Record>, StoreError> {
        let mut records = self.store.read(self.after, limit)?;
        if records.is_empty() && !timeout.is_zero() && self.store.wait(self.after, timeout)? > self.after {
            records = self.store.read(self.after, limit)?;
        }
        if let Some(last) = records.last() {
            self.after = last.position;
        }
        Ok(records)
    }
}
