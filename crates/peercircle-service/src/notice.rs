//! What is told outside: that something has fallen due. By seat while it waits, by name when it is told, so that whoever is
//! erased meanwhile isn't named.

use peercircle_core::{Command, CommandKind, Cycle, CycleId, Due, DueKind, Instant, MemberId, SeatSet};
use peercircle_store::{Delivery, OutboxEntry};
use serde::{Deserialize, Serialize};

use crate::{Service, ServiceError, summary::due_id};

/// Something that has fallen due. It may come twice, with the same id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Its name, the same however often it comes.
    pub id: String,
    /// The cycle.
    pub cycle: CycleId,
    /// When it fell due; it may be told later.
    pub at: Instant,
    /// What.
    pub what: DueKind,
    /// What it means, a sentence.
    pub says: String,
    /// Whom it concerns; nobody in particular where this is empty.
    pub members: Vec<MemberId>,
    /// The kind of command that became possible then, where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<CommandKind>,
    /// How much was deleted, where that is what fell due: notes, or events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<u64>,
    /// How often it has been handed out, this time included.
    pub attempt: u32,
}

/// How a delivery went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// How many notices were told.
    pub told: u32,
    /// How many could not be, and come again.
    pub failed: u32,
}

/// A notice while it waits.
#[derive(Debug, Serialize, Deserialize)]
struct Body {
    what: DueKind,
    who: SeatSet,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    then: Option<CommandKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deleted: Option<u64>,
}

/// The outbox entry of a deadline.
pub(crate) fn entry(cycle: &CycleId, due: &Due, deleted: Option<u64>) -> OutboxEntry {
    let body = Body { what: due.kind, who: due.who, then: due.then.as_ref().map(Command::kind), deleted };
    // INVARIANT: codes, numbers and a set of seats are always JSON.
    let body = serde_json::to_string(&body).unwrap_or_default();
    OutboxEntry { id: due_id(cycle, due.at, due.kind), at: due.at, body }
}

/// How many notices are handed out at once.
const PAGE: usize = 64;

/// How long whoever takes notices has to tell them before they are handed out again.
const LEASE: peercircle_core::Span = peercircle_core::Span::minutes(1);

impl Service {
    /// Hands every notice that waits to `tell`: at least once, in no order that matters. What it returns an error for comes again
    /// in a minute, here or in another process.
    ///
    /// # Errors
    /// [`ServiceError::Store`], or [`ServiceError::History`] of a cycle that a notice is about; what was told stays told.
    pub fn deliver(&self, mut tell: impl FnMut(&Notice) -> Result<(), String>) -> Result<Delivered, ServiceError> {
        let mut delivered = Delivered::default();
        loop {
            let now = self.clock.now();
            let page = self.store.take(now, now + LEASE, PAGE)?;
            if page.is_empty() {
                return Ok(delivered);
            }
            let mut told = Vec::new();
            for delivery in page {
                match tell(&self.notice(&delivery)?) {
                    Ok(()) => told.push(delivery.entry.id),
                    // Why not is `tell`'s to log; it will be asked again.
                    Err(_) => delivered.failed += 1,
                }
            }
            self.store.told(&told)?;
            delivered.told += u32::try_from(told.len()).unwrap_or(u32::MAX);
        }
    }

    fn notice(&self, delivery: &Delivery) -> Result<Notice, ServiceError> {
        let Delivery { stream, entry, attempt } = delivery;
        let damaged = |error: serde_json::Error| peercircle_store::StoreError::Corrupt {
            reason: format!("outbox entry `{}`: {error}", entry.id),
        };
        let body: Body = serde_json::from_str(&entry.body).map_err(damaged)?;
        let cycle = match self.cycle(stream) {
            Err(ServiceError::NoCycle { .. }) => Cycle::default(),
            cycle => cycle?,
        };
        let name = |seat| cycle.roster().member(seat).map(|one| one.id.clone());
        Ok(Notice {
            id: entry.id.clone(),
            cycle: stream.clone(),
            at: entry.at,
            what: body.what,
            says: body.what.label(),
            members: body.who.iter().filter_map(name).collect(),
            then: body.then,
            deleted: body.deleted,
            attempt: *attempt,
        })
    }
}
