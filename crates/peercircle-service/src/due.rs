//! What falls due: kept to be told, done where the host may, deleted where it is time.

use peercircle_core::{CommandKind, Context, Cycle, CycleId, Due, DueKind, Event, Instant, Verdict};
use peercircle_store::{KeyState, OutboxEntry, Which};

use crate::{
    Service, ServiceError,
    cache::Live,
    keep::{Kept, Plan},
    notice::entry,
    summary::is_told,
};

/// What a sweep knows it did. What it did just before a store failed it can't know: the notices are the record of that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many cycles had something due.
    pub cycles: u32,
    /// The commands that the host gave.
    pub commands: Vec<(CycleId, CommandKind)>,
    /// The cycles whose content was deleted, with how many notes.
    pub content: Vec<(CycleId, u64)>,
    /// The cycles whose facts were deleted, with how many events.
    pub facts: Vec<(CycleId, u64)>,
    /// The cycles that could not be looked at, and why. They stay due.
    pub failed: Vec<(CycleId, ServiceError)>,
}

/// How many cycles are listed at once.
const PAGE: usize = 256;

/// How often a cycle is looked at anew where others are faster.
const ATTEMPTS: u32 = 50;

/// What one look at a cycle came to.
#[derive(Default)]
struct Look {
    events: Vec<Event>,
    commands: Vec<CommandKind>,
    outbox: Vec<OutboxEntry>,
    content: Option<u64>,
    /// The deadline by which the facts have to go.
    facts: Option<Due>,
}

impl Service {
    /// Looks at every cycle in which something has fallen due by now. Whatever it is, it is kept to be told in the same
    /// transaction that says it was looked at, under an id of its own, so that neither a crash nor another process that sweeps
    /// beside this one loses or doubles it.
    ///
    /// The host gives the commands that become possible by time and are its part in the process (R-36: an abandoned session is
    /// interrupted; R-47: a cycle past its adoption lapses). Content and facts are deleted when it is time.
    ///
    /// # Errors
    /// [`ServiceError::Store`] where the due cycles can't be listed; what is wrong with single cycles is in [`Swept::failed`].
    pub fn sweep(&self) -> Result<Swept, ServiceError> {
        let mut swept = Swept::default();
        loop {
            let due = self.store.streams(&Which::Due(self.clock.now()), None, PAGE.saturating_add(swept.failed.len()))?;
            let failed = |id: &CycleId| swept.failed.iter().any(|(other, _)| other == id);
            let todo: Vec<_> = due.into_iter().map(|head| head.stream).filter(|id| !failed(id)).collect();
            if todo.is_empty() {
                return Ok(swept);
            }
            for id in todo {
                swept.cycles = swept.cycles.saturating_add(1);
                if let Err(error) = self.look_at(&id, &mut swept) {
                    swept.failed.push((id, error));
                }
            }
        }
    }

    /// When the next cycle has something due; nothing where none has.
    ///
    /// # Errors
    /// [`ServiceError::Store`].
    pub fn next_due(&self) -> Result<Option<Instant>, ServiceError> {
        let last = Instant::from_unix_millis(253_402_300_799_999).unwrap_or_default();
        let first = self.store.streams(&Which::Due(last), None, 1)?;
        Ok(first.into_iter().next().and_then(|head| head.summary.next_due))
    }

    fn look_at(&self, id: &CycleId, swept: &mut Swept) -> Result<(), ServiceError> {
        let slot = self.slot(id);
        let mut slot = slot.lock();
        for _ in 0..ATTEMPTS {
            let live = self.refresh(id, &mut slot)?;
            if live.cycle.revision() == 0 {
                return Ok(()); // Forgotten meanwhile.
            }
            match self.act(id, live, swept) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) => {
                    *slot = None;
                    return Err(error);
                }
            }
        }
        Err(ServiceError::Contended { cycle: id.clone(), attempts: ATTEMPTS })
    }

    /// Whether it is done; otherwise somebody else was faster.
    fn act(&self, id: &CycleId, live: &mut Live, swept: &mut Swept) -> Result<bool, ServiceError> {
        let now = self.now_at(&live.cycle);
        self.delete_notes_of_the_erased(id, &live.cycle)?;
        let Look { events, commands, outbox, content, facts } = self.look(id, &live.cycle, now)?;
        if let Some(due) = facts {
            let count = live.cycle.revision();
            let forgotten = self.store.forget(id, count, vec![entry(id, &due, Some(count.into()))]);
            return match forgotten {
                Ok(forgotten) => {
                    *live = self.anew();
                    swept.facts.push((id.clone(), forgotten.events));
                    Ok(true)
                }
                Err(peercircle_store::StoreError::Conflict { .. }) => Ok(false),
                Err(error) => Err(error.into()),
            };
        }
        let plan = Plan { events, outbox, told_until: Some(now), ..Plan::default() };
        match self.keep(id, live, now, plan)? {
            Kept::Done => {
                swept.commands.extend(commands.into_iter().map(|kind| (id.clone(), kind)));
                swept.content.extend(content.map(|notes| (id.clone(), notes)));
                Ok(true)
            }
            Kept::Before(_) | Kept::Again => Ok(false),
        }
    }

    fn look(&self, id: &CycleId, cycle: &Cycle, now: Instant) -> Result<Look, ServiceError> {
        let mut look = Look::default();
        let mut cycle = cycle.clone();
        let mut seen = Vec::new();
        // What the host does may make something else due. Each command takes the cycle on, so this ends.
        loop {
            let due = cycle.due(now).into_iter().filter(|due| is_told(due.kind));
            let new: Vec<_> = due.filter(|due| !seen.contains(&(due.at, due.kind))).collect();
            if new.is_empty() {
                return Ok(look);
            }
            for due in new {
                seen.push((due.at, due.kind));
                let mut deleted = None;
                // With or without the master key at hand: what is to be deleted needs none.
                if due.kind == (DueKind::ContentDeletion {}) && self.store.key(id)? != KeyState::None {
                    let notes = self.store.destroy_key(id, now)?.notes;
                    look.content = Some(notes);
                    deleted = Some(notes);
                }
                if due.kind == (DueKind::FactDeletion {}) {
                    look.facts = Some(due);
                    continue;
                }
                look.outbox.push(entry(id, &due, deleted));
                let Some(command) = due.then else { continue };
                if let Verdict::Accepted(events) = self.rules.decide(&cycle, &command, &Context::host(now)) {
                    for event in &events {
                        let failed = |error: peercircle_core::ReplayError| ServiceError::History {
                            cycle: id.clone(),
                            error: error.into(),
                        };
                        cycle.evolve(event).map_err(failed)?;
                    }
                    look.commands.push(command.kind());
                    look.events.extend(events);
                    break; // Look at what is due now.
                }
            }
        }
    }
}
