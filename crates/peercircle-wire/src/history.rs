//! Applying what was read: from stored events to a cycle.

use peercircle_core::{Cycle, CycleId, Event};

use crate::{Body, DecodeError, StoredEvent};

/// The cycle of a stored history, and its events as this machine has them.
///
/// # Errors
/// [`DecodeError`] at the first event that belongs to another stream, is of an unknown type, or can't stand where it does.
pub fn decode_history<'a>(stored: impl IntoIterator<Item = &'a StoredEvent>) -> Result<(Cycle, Vec<Event>), DecodeError> {
    let (mut cycle, mut events, mut stream) = (Cycle::default(), Vec::new(), None);
    for one in stored {
        same_stream(&mut stream, one)?;
        let event = one.event()?;
        cycle.evolve(&event)?;
        events.push(event);
    }
    Ok((cycle, events))
}

/// Holds an event to the stream of those before it. The first event of a cycle names that cycle twice.
pub(crate) fn same_stream(stream: &mut Option<CycleId>, one: &StoredEvent) -> Result<(), DecodeError> {
    let other = |expected: &CycleId, got: &CycleId| {
        Err(DecodeError::OtherStream { seq: one.seq, expected: expected.clone(), got: got.clone() })
    };
    if let Body::Known(peercircle_core::EventBody::CycleFormed(formed)) = &one.body
        && formed.cycle != one.stream
    {
        return other(&formed.cycle, &one.stream);
    }
    match stream {
        Some(expected) if *expected != one.stream => other(expected, &one.stream),
        Some(_) => Ok(()),
        None => {
            *stream = Some(one.stream.clone());
            Ok(())
        }
    }
}
