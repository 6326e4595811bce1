//! What is to be told outside: kept with the events that cause it, told at least once.

use peercircle_core::{CycleId, Instant};

/// Something to tell. Whoever is told may hear it twice and knows it again by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its id: the same for the same thing, whoever writes it and how often. Unique in the store, for as long as its stream.
    pub id: String,
    /// When it fell due.
    pub at: Instant,
    /// What, as JSON.
    pub body: String,
}

/// An entry handed out to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The cycle it is about.
    pub stream: CycleId,
    /// What is to be told.
    pub entry: OutboxEntry,
    /// How often it has been handed out, this time included.
    pub attempt: u32,
}
