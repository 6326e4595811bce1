//! From stored lines to events and cycles.

use peercircle_core::{Cycle, CycleId, Event, anonymise};
use peercircle_store::Record;
use peercircle_wire::{Envelope, StoredEvent, Upcasters};

use crate::ServiceError;

/// Applies records to a cycle.
pub(crate) fn apply(cycle: &mut Cycle, records: &[Record]) -> Result<(), ServiceError> {
    for record in records {
        let event = event(record)?;
        cycle.evolve(&event).map_err(|error| ServiceError::History { cycle: record.stream.clone(), error: error.into() })?;
    }
    Ok(())
}

/// The event of a record.
pub(crate) fn event(record: &Record) -> Result<Event, ServiceError> {
    let read = StoredEvent::read(&record.line, Upcasters::standard()).and_then(|stored| stored.event());
    read.map_err(|error| ServiceError::History { cycle: record.stream.clone(), error })
}

/// Events as lines.
pub(crate) fn lines(stream: &CycleId, events: &[Event]) -> Result<Vec<String>, ServiceError> {
    let line = |event: &Event| Envelope::new(stream.clone(), event.clone()).to_line();
    Ok(events.iter().map(line).collect::<Result<_, _>>()?)
}

/// The history with everyone erased whom `new` says to erase, as lines; the new events aren't among them.
pub(crate) fn without_the_erased(stream: &CycleId, records: &[Record], new: &[Event]) -> Result<Vec<String>, ServiceError> {
    let mut events = records.iter().map(event).collect::<Result<Vec<_>, _>>()?;
    let count = events.len();
    events.extend_from_slice(new);
    for erased in new {
        if let peercircle_core::EventBody::MemberAnonymised { seat } = erased.body {
            anonymise(&mut events, seat);
        }
    }
    events.truncate(count);
    lines(stream, &events)
}
