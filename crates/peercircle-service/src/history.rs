//! From stored lines to events and cycles.

use std::sync::{Arc, Mutex, PoisonError};

use peercircle_core::{Cycle, CycleId, Event, EventBody, MemberId, Process, anonymise};
use peercircle_store::Record;
use peercircle_wire::{Envelope, StoredEvent, Upcasters};

use crate::ServiceError;

/// The processes that live cycles keep: most keep the same one, and it is larger than all the rest of a cycle.
#[derive(Debug, Default)]
pub(crate) struct Processes(Mutex<Vec<Process>>);

/// How many processes are shared; whoever has more of them at once has cycles with their own.
const MOST: usize = 64;

impl Processes {
    /// An equal process that others keep as well.
    fn share(&self, process: &Process) -> Process {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.iter().find(|known| *known == process) {
            return known.clone();
        }
        if known.len() >= MOST {
            known.remove(0);
        }
        known.push(process.clone());
        process.clone()
    }

    /// The event, with a process that others keep as well where it carries one.
    pub(crate) fn shared(&self, mut event: Event) -> Event {
        if let EventBody::CycleFormed(formed) = &mut event.body {
            let formed = Arc::make_mut(formed);
            formed.process = self.share(&formed.process);
        } else if let EventBody::ProcessMigrated { process } = &mut event.body {
            **process = self.share(process);
        }
        event
    }
}

/// Applies records to a cycle.
pub(crate) fn apply(cycle: &mut Cycle, records: &[Record], processes: &Processes) -> Result<(), ServiceError> {
    for record in records {
        let event = processes.shared(event(record)?);
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

/// The history without those places in it that name somebody who has no seat in it, as lines: a member's manager, a facilitator of
/// an earlier cycle of the group. Nothing where there are none.
pub(crate) fn without_mention(
    stream: &CycleId,
    records: &[Record],
    person: &MemberId,
) -> Result<Option<Vec<String>>, ServiceError> {
    let mut events = records.iter().map(event).collect::<Result<Vec<_>, _>>()?;
    let mut found = false;
    for event in &mut events {
        if let EventBody::MemberEnrolled { profile, .. } = &mut event.body
            && profile.manager.as_ref() == Some(person)
        {
            Arc::make_mut(profile).manager = None;
            found = true;
        } else if let EventBody::CycleFormed(formed) = &mut event.body
            && formed.served.contains(person)
        {
            Arc::make_mut(formed).served.retain(|served| served != person);
            found = true;
        }
    }
    found.then(|| lines(stream, &events)).transpose()
}

/// The history with everyone erased whom `new` says to erase, as lines; the new events aren't among them.
pub(crate) fn without_the_erased(stream: &CycleId, records: &[Record], new: &[Event]) -> Result<Vec<String>, ServiceError> {
    let mut events = records.iter().map(event).collect::<Result<Vec<_>, _>>()?;
    let count = events.len();
    events.extend_from_slice(new);
    for erased in new {
        if let EventBody::MemberAnonymised { seat } = erased.body {
            anonymise(&mut events, seat);
        }
    }
    events.truncate(count);
    lines(stream, &events)
}
