//! The streams that were written to lately, as the writer left them: where each is, and the keys of its commands.
//!
//! A key is kept with the events that it wrote, and no index leads to it: a command would write another page of one. Whether a key is
//! new is known from here; of a stream that isn't here, its events are gone through once.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use peercircle_core::{CommandId, CycleId};
use peercircle_store::{Answer, StoreError};
use rusqlite::{Connection, OptionalExtension as _};

use crate::{
    error::{corrupt, store_error},
    events::{self, Found, prepare},
};

/// From how many keys on streams are forgotten, some 12 MB of them.
const MANY: usize = 1 << 18;

/// What a stream takes beside its keys, in keys.
const ITSELF: usize = 8;

/// How long nobody wrote to a stream that is forgotten. One that is in use would have to be gone through again for the next command.
const QUIET: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Lately {
    streams: HashMap<CycleId, (Known, Instant)>,
    /// What all of them take, in keys.
    size: usize,
    /// When the transaction began.
    now: Instant,
    /// When some were forgotten last.
    tidied: Instant,
    /// What other connections have written, as SQLite counts it.
    others: i64,
}

impl Default for Lately {
    fn default() -> Self {
        let now = Instant::now();
        Self { streams: HashMap::new(), size: 0, now, tidied: now, others: 0 }
    }
}

/// A stream that is known.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) head: Found,
    answers: HashMap<CommandId, Answer>,
    /// The event up to which they are all answered. No position is given twice, so it also says that the stream is the same still,
    /// whatever other processes have done.
    until: i64,
    others: i64,
}

impl Lately {
    /// At the beginning of a transaction: what another process has written is looked at anew.
    pub(crate) fn begin(&mut self, tx: &Connection) -> Result<(), StoreError> {
        let others = prepare(tx, "PRAGMA data_version")?.query_row([], |row| row.get(0));
        self.others = others.map_err(|error| store_error(&error))?;
        self.now = Instant::now();
        Ok(())
    }

    /// A stream as it is now, to be [kept](Self::keep) again.
    pub(crate) fn take(&mut self, tx: &Connection, stream: &CycleId) -> Result<Option<Known>, StoreError> {
        let known = self.streams.remove(stream).map(|(known, _)| known);
        self.size = self.size.saturating_sub(known.as_ref().map_or(0, Known::size));
        if known.as_ref().is_some_and(|known| known.others == self.others) {
            return Ok(known);
        }
        let head = events::find(tx, stream)?;
        Ok(head.map(|head| Known { head, ..known.unwrap_or_default() }))
    }

    pub(crate) fn keep(&mut self, stream: &CycleId, known: Known) {
        self.size += known.size();
        self.streams.insert(stream.clone(), (Known { others: self.others, ..known }, self.now));
        if self.size > MANY && self.now.duration_since(self.tidied) >= QUIET {
            self.streams.retain(|_, (_, used)| self.now.duration_since(*used) < QUIET);
            self.size = self.streams.values().map(|(known, _)| known.size()).sum();
            self.tidied = self.now;
        }
    }
}

impl Known {
    /// A stream that begins.
    pub(crate) fn new(id: i64) -> Self {
        Self { head: Found { id, ..Found::default() }, ..Self::default() }
    }

    fn size(&self) -> usize {
        self.answers.len() + ITSELF
    }

    /// What the key wrote.
    pub(crate) fn answer(&mut self, tx: &Connection, key: CommandId) -> Result<Option<Answer>, StoreError> {
        if self.until != self.head.last {
            self.catch_up(tx)?;
        }
        Ok(self.answers.get(&key).copied())
    }

    /// Remembers what was written under a key just now. Without one there may be keys that nobody asked for yet.
    pub(crate) fn wrote(&mut self, key: Option<CommandId>, answer: Answer) {
        if let Some(key) = key {
            self.answers.insert(key, answer);
            self.until = self.head.last;
        }
    }

    fn catch_up(&mut self, tx: &Connection) -> Result<(), StoreError> {
        let mut keys = Vec::new();
        let Found { id, version, last: mut at, .. } = self.head;
        let mut event = prepare(tx, "SELECT before, key FROM events WHERE position = ?1 AND seq = ?2 AND stream = ?3")?;
        for seq in (1..=version).rev() {
            if at == self.until && at > 0 {
                break;
            }
            let found: Option<(i64, Option<[u8; 16]>)> = event
                .query_row((at, seq, id), |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
                .map_err(|error| store_error(&error))?;
            let (before, key) = found.ok_or_else(|| corrupt(format!("event {seq} at {at}, which is missing")))?;
            keys.extend(key.map(|key| (CommandId::from_bytes(key), seq)));
            at = before;
        }
        if at != self.until {
            // Another stream of the same name.
            self.answers.clear();
        }
        for (key, seq) in keys.into_iter().rev() {
            self.answers.entry(key).or_insert(Answer { first: seq, last: seq }).last = seq;
        }
        self.until = self.head.last;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_forgets_what_was_long_quiet_and_nothing_else() {
        let mut lately = Lately::default();
        let stream = |number: u32| -> CycleId { format!("c-{number}").parse().unwrap() };
        let sixteenth = || {
            let keys = (0..u128::try_from(MANY / 16).unwrap()).map(|key| CommandId::from_bytes(key.to_be_bytes()));
            let answers = keys.map(|key| (key, Answer { first: 1, last: 1 })).collect();
            Known { answers, ..Known::new(1) }
        };
        for number in 0..20 {
            lately.keep(&stream(number), sixteenth());
        }
        assert_eq!(lately.streams.len(), 20, "all are in use");
        lately.now += QUIET;
        for number in 20..40 {
            lately.keep(&stream(number), sixteenth());
        }
        let known = [0, 19, 20, 39].map(|number| lately.streams.contains_key(&stream(number)));
        assert_eq!(known, [false, false, true, true]);
        assert_eq!(lately.size, lately.streams.values().map(|(known, _)| known.size()).sum::<usize>());
    }
}
