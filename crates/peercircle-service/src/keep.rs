//! Keeping what was decided: events, key, summary and what is to be told, in one go.

use peercircle_core::{CommandId, Cycle, CycleId, Event, EventBody, Instant};
use peercircle_store::{Answer, Append, Appended, Expected, OutboxEntry, StoreError};

use crate::{
    Service, ServiceError,
    cache::Live,
    history,
    summary::{self, is_told},
};

/// What is to be kept.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) events: Vec<Event>,
    pub(crate) key: Option<CommandId>,
    pub(crate) unless: Vec<String>,
    pub(crate) outbox: Vec<OutboxEntry>,
    /// Until when everything due is in `outbox`, or was before; none where nobody looked.
    pub(crate) told_until: Option<Instant>,
}

/// What became of it.
pub(crate) enum Kept {
    /// It is kept, and the cycle is as after it.
    Done,
    /// The key was there before.
    Before(Answer),
    /// Somebody else was faster: look again.
    Again,
}

impl Service {
    pub(crate) fn keep(&self, id: &CycleId, live: &mut Live, now: Instant, plan: Plan) -> Result<Kept, ServiceError> {
        let (append, after) = self.planned(id, live, now, plan)?;
        match self.store.append(append) {
            Ok(Appended::Done { .. }) => {
                *live = after;
                Ok(Kept::Done)
            }
            Ok(Appended::Before { first, last }) => Ok(Kept::Before(Answer { first, last })),
            Err(StoreError::Conflict { .. } | StoreError::Taken { .. }) => Ok(Kept::Again),
            Err(error) => Err(error.into()),
        }
    }

    /// What is to be appended, and what the cycle is after it.
    pub(crate) fn planned(
        &self,
        id: &CycleId,
        live: &Live,
        now: Instant,
        plan: Plan,
    ) -> Result<(Append, Live), ServiceError> {
        let Plan { events, key, unless, outbox, told_until } = plan;
        let mut after = live.cycle.clone();
        for event in &events {
            after
                .evolve(&self.processes.shared(event.clone()))
                .map_err(|error| ServiceError::History { cycle: id.clone(), error: error.into() })?;
        }
        let erased = events.iter().any(|event| matches!(event.body, EventBody::MemberAnonymised { .. }));
        let past = if erased { Some(history::without_the_erased(id, &self.store.load(id, 0)?, &events)?) } else { None };
        let mut summary = summary::of(&after, told_until.unwrap_or(live.told_until), live);
        // The notes of whoever was erased go with the next sweep, if nobody is faster.
        if erased || told_until.is_none() && late(&live.cycle, &after, live.told_until) {
            summary.next_due = Some(now);
        }
        let (told_until, tags) = (summary.told_until, summary.tags.clone());
        let append = Append {
            stream: id.clone(),
            expected: Expected::at(live.cycle.revision()),
            first: live.cycle.revision().saturating_add(1),
            lines: history::lines(id, &events)?,
            key,
            summary,
            unless,
            past,
            outbox,
        };
        Ok((append, Live { cycle: after, told_until, tags, reading: live.reading }))
    }
}

/// Whether something new falls due at a time that has been looked through already: a session moved so near that its reminder is
/// late, say. Of what lies ahead the summary knows.
fn late(before: &Cycle, after: &Cycle, told_until: Instant) -> bool {
    let known = before.deadlines();
    let past = after.due(told_until).into_iter().filter(|due| is_told(due.kind));
    past.into_iter().any(|due| !known.iter().any(|one| (one.at, one.kind) == (due.at, due.kind)))
}
