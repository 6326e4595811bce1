//! Live cycles, by id: a slot each, so that the calls for one cycle queue here and not at the store.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use peercircle_core::{Cycle, CycleId, Instant};
use peercircle_store::Tags;

/// A cycle as the store had it when it was last looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Live {
    pub(crate) cycle: Cycle,
    /// Until when everything due has been kept to be told.
    pub(crate) told_until: Instant,
    /// What it is found by.
    pub(crate) tags: Tags,
    /// Which reading of the history it goes back to: another one may be of other text.
    pub(crate) reading: u64,
}

/// The place of one cycle in the cache; empty until it is loaded, and after an error.
#[derive(Debug, Default)]
pub(crate) struct Slot(Mutex<Option<Live>>);

impl Slot {
    /// What is in it, where nobody works with it.
    pub(crate) fn peek(&self) -> Option<Live> {
        self.0.try_lock().ok()?.clone()
    }

    /// Puts in what was stored just now, unless somebody works with it, knows more, or has read the history anew.
    pub(crate) fn offer(&self, live: Live) {
        if let Ok(mut held) = self.0.try_lock()
            && let Some(held) = &mut *held
            && held.reading == live.reading
            && held.cycle.revision() < live.cycle.revision()
        {
            *held = live;
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Option<Live>> {
        match self.0.lock() {
            Ok(live) => live,
            Err(poisoned) => {
                // Whoever held it panicked, perhaps half way: load it anew.
                let mut live = poisoned.into_inner();
                *live = None;
                live
            }
        }
    }
}

#[derive(Debug)]
pub(crate) struct Cache {
    most: usize,
    slots: Mutex<Slots>,
}

#[derive(Debug, Default)]
struct Slots {
    by_id: HashMap<CycleId, (u64, Arc<Slot>)>,
    uses: u64,
}

impl Cache {
    /// A cache of at most so many cycles, and those in use.
    pub(crate) fn of(most: usize) -> Self {
        Self { most: most.max(1), slots: Mutex::default() }
    }

    pub(crate) fn slot(&self, cycle: &CycleId) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.uses += 1;
        let now = slots.uses;
        if let Some((used, slot)) = slots.by_id.get_mut(cycle) {
            *used = now;
            return Arc::clone(slot);
        }
        if slots.by_id.len() >= self.most {
            slots.make_room(self.most);
        }
        let slot = Arc::new(Slot::default());
        slots.by_id.insert(cycle.clone(), (now, Arc::clone(&slot)));
        slot
    }
}

impl Slots {
    /// Drops the eighth that was used longest ago and isn't in use, so that room is made once in a while and not at each call.
    fn make_room(&mut self, most: usize) {
        let mut uses: Vec<u64> = self.by_id.values().map(|(used, _)| *used).collect();
        uses.sort_unstable();
        let oldest = uses.get(most / 8).copied().unwrap_or(u64::MAX);
        self.by_id.retain(|_, (used, slot)| *used > oldest || Arc::strong_count(slot) > 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycle(number: u32) -> CycleId {
        format!("c-{number}").parse().unwrap()
    }

    #[test]
    fn it_keeps_what_is_used_and_what_is_held() {
        let cache = Cache::of(16);
        let held = cache.slot(&cycle(0));
        *held.lock() = Some(Live::default());
        for number in 1..200 {
            *cache.slot(&cycle(1)).lock() = Some(Live::default());
            cache.slot(&cycle(number));
        }
        assert!(Arc::ptr_eq(&held, &cache.slot(&cycle(0))), "two slots of one cycle would decide beside each other");
        assert!(cache.slot(&cycle(1)).lock().is_some());
        assert!(cache.slots.lock().unwrap().by_id.len() <= 17);
    }
}
