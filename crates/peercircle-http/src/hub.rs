//! Who waits for a cycle, and who wakes them: a thread per organisation follows its store.
//!
//! Whoever waits is woken and reads its own events from the store, after the last it has seen. A wake-up says nothing but that
//! there may be something, so none has to be kept, and none can be lost: what was there before one began to wait is read before
//! waiting.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use peercircle_core::CycleId;
use peercircle_host::{OrgId, Organisation};
use peercircle_store::{Position, StoreError};
use tokio::sync::watch;

/// How long a follower waits at the store before it looks whether it is still wanted.
const WAIT: Duration = Duration::from_millis(500);

/// How long a follower rests where the store fails.
const REST: Duration = Duration::from_millis(250);

/// How many events are read at once.
const PAGE: usize = 256;

#[derive(Debug, Default)]
pub(crate) struct Hub(Mutex<HashMap<OrgId, Arc<Follower>>>);

#[derive(Debug)]
struct Follower {
    organisation: Arc<Organisation>,
    waiting: Mutex<HashMap<CycleId, watch::Sender<u64>>>,
}

impl Hub {
    /// What changes whenever something may have happened in the cycle, from now on. Asks the store where it is.
    pub(crate) fn wait_for(
        &self,
        organisation: &Arc<Organisation>,
        cycle: &CycleId,
    ) -> Result<watch::Receiver<u64>, StoreError> {
        let mut followers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = followers.get(organisation.id()).filter(|one| Arc::ptr_eq(&one.organisation, organisation));
        let follower = match known {
            Some(follower) => Arc::clone(follower),
            None => {
                let follower = Arc::new(Follower { organisation: Arc::clone(organisation), waiting: Mutex::default() });
                let (start, weak) = (organisation.service().store().last()?, Arc::downgrade(&follower));
                let thread = std::thread::Builder::new().name("peercircle-events".to_owned());
                let started = thread.spawn(move || follow(&weak, start));
                started.map_err(|error| StoreError::Unavailable { reason: error.to_string() })?;
                followers.insert(organisation.id().clone(), Arc::clone(&follower));
                follower
            }
        };
        let mut waiting = follower.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = waiting.entry(cycle.clone()).or_insert_with(|| watch::Sender::new(0));
        Ok(sender.subscribe())
    }
}

/// Ends when the hub is gone, or follows another organisation under the same id.
fn follow(weak: &Weak<Follower>, start: Position) {
    let mut after = start;
    while let Some(follower) = weak.upgrade() {
        match follower.step(after) {
            Ok(position) => after = position,
            Err(_) => std::thread::sleep(REST),
        }
    }
}

impl Follower {
    /// Wakes whoever waits for what came after `after`; says up to where.
    fn step(&self, after: Position) -> Result<Position, StoreError> {
        let store = self.organisation.service().store();
        let position = store.wait(after, WAIT)?;
        if position <= after {
            return Ok(after);
        }
        if self.is_idle() {
            // Whoever begins to wait now reads first what there is.
            return Ok(position);
        }
        let records = store.read(after, PAGE)?;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for record in &records {
            if let Some(sender) = waiting.get(&record.stream) {
                sender.send_replace(record.position.number());
            }
        }
        waiting.retain(|_, sender| !sender.is_closed());
        // Positions of streams that were forgotten are there no more.
        Ok(records.last().map_or(position, |record| record.position))
    }

    fn is_idle(&self) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, sender| !sender.is_closed());
        waiting.is_empty()
    }
}
