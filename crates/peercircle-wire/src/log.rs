//! A log: a history as JSON Lines, read whole, with what is damaged and where.

use peercircle_core::{Cycle, CycleId, Instant, Revision};

use crate::{DecodeError, LineError, StoredEvent, Upcasters, history::same_stream};

/// A log that could be read.
#[derive(Clone, Debug)]
pub struct Log {
    events: Vec<StoredEvent>,
    torn: Option<Torn>,
    cycle: Result<Cycle, LineError>,
}

/// The last line was not written to its end. Truncate the log to `offset` and go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn {
    /// The line, from 1.
    pub line: usize,
    /// Where it begins, in bytes from the beginning of the log: the length of what is whole.
    pub offset: usize,
    /// How many bytes of it there are.
    pub bytes: usize,
}

/// Reads a history as JSON Lines: an envelope a line, from event 1.
///
/// A last line without its newline is complete if it can be read (whoever appends must write the newline first), and
/// [`Torn`] if it is no JSON. Blank lines are damage: no machine wrote them.
///
/// # Errors
/// [`LineError`] with the line, for any other damage: bytes that are no UTF-8 or no JSON, a field that is missing, an event
/// that is doubled or left out, of another stream, of a newer format, earlier than the one before it, or that can't happen
/// there. An event of an unknown type is no damage, but from there on there is no cycle: [`Log::into_cycle`].
pub fn read_lines(bytes: &[u8], upcasters: &Upcasters) -> Result<Log, LineError> {
    let mut reader = Reader { log: Log { events: Vec::new(), torn: None, cycle: Ok(Cycle::default()) }, stream: None };
    let mut offset = 0;
    for (at, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let number = at + 1;
        let ended = line.ends_with(b"\n");
        match reader.take(number, line, upcasters) {
            Err(DecodeError::NotUtf8 { .. } | DecodeError::Malformed { .. }) if !ended && !is_json(line) => {
                reader.log.torn = Some(Torn { line: number, offset, bytes: line.len() });
            }
            result => result.map_err(|error| LineError { line: number, error })?,
        }
        offset += line.len();
    }
    Ok(reader.log)
}

impl Log {
    /// The events, known and unknown.
    #[must_use]
    pub fn events(&self) -> &[StoredEvent] {
        &self.events
    }

    /// The last line, where it was not written to its end. It is not among the events.
    #[must_use]
    pub const fn torn(&self) -> Option<Torn> {
        self.torn
    }

    /// The cycle that the events tell of.
    ///
    /// # Errors
    /// [`LineError`] of the first event whose type this machine doesn't know.
    pub const fn cycle(&self) -> Result<&Cycle, &LineError> {
        self.cycle.as_ref()
    }

    /// The cycle that the events tell of, owned.
    ///
    /// # Errors
    /// As [`Log::cycle`].
    pub fn into_cycle(self) -> Result<Cycle, LineError> {
        self.cycle
    }

    /// The events, owned.
    #[must_use]
    pub fn into_events(self) -> Vec<StoredEvent> {
        self.events
    }
}

struct Reader {
    log: Log,
    stream: Option<CycleId>,
}

impl Reader {
    fn take(&mut self, line: usize, bytes: &[u8], upcasters: &Upcasters) -> Result<(), DecodeError> {
        let text = std::str::from_utf8(bytes).map_err(|error| DecodeError::NotUtf8 { valid: error.valid_up_to() })?;
        let stored = StoredEvent::read(text, upcasters)?;
        same_stream(&mut self.stream, &stored)?;
        self.in_order(&stored)?;
        if let Ok(cycle) = &mut self.log.cycle {
            match stored.event() {
                Ok(event) => cycle.evolve(&event)?,
                Err(error) => self.log.cycle = Err(LineError { line, error }),
            }
        }
        self.log.events.push(stored);
        Ok(())
    }

    /// What can be said of an event without applying it: past an unknown one there is no cycle to ask.
    fn in_order(&self, stored: &StoredEvent) -> Result<(), DecodeError> {
        let (seq, at): (Revision, Instant) =
            self.log.events.last().map_or_else(Default::default, |last| (last.seq, last.at));
        let expected = seq.saturating_add(1);
        if stored.seq != expected {
            return Err(DecodeError::out_of_sequence(expected, stored.seq));
        }
        if stored.at < at {
            return Err(DecodeError::back_in_time(stored.seq, at, stored.at));
        }
        Ok(())
    }
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}
