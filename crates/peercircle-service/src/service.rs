//! The service: a store, a clock, rules, a vault.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use peercircle_core::{Cycle, CycleId, Instant, MemberId, Rulebook, Span};
use peercircle_store::{Append, ContentStore, DocumentStore, EventStore, Expected, StoreError, Which};

use crate::{
    Clock, MasterKey, ServiceError, SystemClock,
    cache::{Cache, Live, Slot},
    history::{self, Processes},
    summary,
};

/// What a service stands on: any store that keeps events and content.
pub trait Backend: EventStore + ContentStore + DocumentStore {}

impl<T: EventStore + ContentStore + DocumentStore> Backend for T {}

/// How many cycles a service keeps in memory where nothing else is said.
const CACHED: usize = 100_000;

/// How many cycles are looked through at once.
const PAGE: usize = 256;

/// How often a cycle is looked at anew where others are faster.
const ATTEMPTS: u32 = 50;

/// By how much several machines' clocks may differ: an order that comes so little before the last event is taken to come with
/// it. Anything earlier is R-55's.
const DRIFT: Span = Span::seconds(1);

/// Cycles as a service. Share it between threads behind an `Arc`.
pub struct Service {
    pub(crate) store: Arc<dyn Backend>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rules: Rulebook,
    pub(crate) master: Option<MasterKey>,
    cache: Cache,
    /// How many histories were read from their beginning.
    readings: AtomicU64,
    pub(crate) processes: Processes,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("rules", &self.rules).field("master", &self.master).finish_non_exhaustive()
    }
}

impl Service {
    /// A service on this store: the machine's clock, the standard rules, no vault.
    #[must_use]
    pub fn new(store: impl Backend + 'static) -> Self {
        Self::on(Arc::new(store))
    }

    /// A service on a store that others use as well.
    #[must_use]
    pub fn on(store: Arc<dyn Backend>) -> Self {
        Self {
            store,
            clock: Arc::new(SystemClock),
            rules: Rulebook::standard(),
            master: None,
            cache: Cache::of(CACHED),
            readings: AtomicU64::new(1),
            processes: Processes::default(),
        }
    }

    /// With this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Under these rules.
    #[must_use]
    pub fn with_rules(mut self, rules: Rulebook) -> Self {
        self.rules = rules;
        self
    }

    /// With a vault under this key.
    #[must_use]
    pub fn with_vault(mut self, master: MasterKey) -> Self {
        self.master = Some(master);
        self
    }

    /// With at most so many cycles in memory.
    #[must_use]
    pub fn caching(mut self, most: usize) -> Self {
        self.cache = Cache::of(most);
        self
    }

    /// The store it stands on.
    #[must_use]
    pub fn store(&self) -> &dyn Backend {
        &*self.store
    }

    /// The time, as the service's clock has it.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The time at a cycle: the clock's, or that of the last event where the clock is behind it by next to nothing.
    pub(crate) fn now_at(&self, cycle: &Cycle) -> Instant {
        let (now, last) = (self.clock.now(), cycle.last_at());
        if now < last && now + DRIFT >= last { last } else { now }
    }

    pub(crate) fn slot(&self, cycle: &CycleId) -> Arc<Slot> {
        self.cache.slot(cycle)
    }

    /// A cycle before its history is read.
    pub(crate) fn anew(&self) -> Live {
        Live { reading: self.readings.fetch_add(1, Ordering::Relaxed), ..Live::default() }
    }

    /// Brings what is in the slot to where the store is. A cycle that isn't there is one without a history.
    pub(crate) fn refresh<'a>(&self, id: &CycleId, slot: &'a mut Option<Live>) -> Result<&'a mut Live, ServiceError> {
        let head = self.store.head(id)?;
        let version = head.as_ref().map_or(0, |head| head.version);
        // A stream that was forgotten, or a store that was put back to a backup, begins anew.
        let mut live = slot.take().filter(|live| live.cycle.revision() <= version).unwrap_or_else(|| self.anew());
        if live.cycle.revision() < version {
            let new = self.store.load(id, live.cycle.revision())?;
            history::apply(&mut live.cycle, &new, &self.processes)?;
            live.tags = summary::tags(&live.cycle);
        }
        if let Some(head) = head {
            live.told_until = head.summary.told_until;
        }
        Ok(slot.insert(live))
    }

    /// A cycle as it is now, a copy.
    ///
    /// # Errors
    /// [`ServiceError::NoCycle`], [`ServiceError::Store`], [`ServiceError::History`].
    pub fn cycle(&self, id: &CycleId) -> Result<Cycle, ServiceError> {
        let slot = self.slot(id);
        let mut slot = slot.lock();
        let cycle = &self.refresh(id, &mut slot)?.cycle;
        if cycle.revision() == 0 { Err(ServiceError::NoCycle { cycle: id.clone() }) } else { Ok(cycle.clone()) }
    }

    /// Takes somebody's id out of the histories of cycles in which they have no seat: as the manager of a member, or as a
    /// facilitator of an earlier cycle of the group. Those they sat in are anonymised by command. Says how many cycles named them.
    ///
    /// # Errors
    /// [`ServiceError::Store`], [`ServiceError::History`], [`ServiceError::Contended`]; the same again goes on from there.
    pub fn forget_mentions(&self, person: &MemberId) -> Result<u32, ServiceError> {
        let mut named = 0;
        let mut after = None;
        loop {
            let page = self.store.streams(&Which::All, after.as_ref(), PAGE)?;
            for head in &page {
                named += u32::from(self.forget_mention(&head.stream, person)?);
            }
            if page.len() < PAGE {
                return Ok(named);
            }
            after = page.last().map(|head| head.stream.clone());
        }
    }

    fn forget_mention(&self, id: &CycleId, person: &MemberId) -> Result<bool, ServiceError> {
        let slot = self.slot(id);
        let mut slot = slot.lock();
        for _ in 0..ATTEMPTS {
            let Some(head) = self.store.head(id)? else { return Ok(false) };
            let records = self.store.load(id, 0)?;
            let Some(past) = history::without_mention(id, &records, person)? else { return Ok(false) };
            // Whatever comes of it, what is cached isn't what is stored.
            *slot = None;
            let first = head.version.saturating_add(1);
            let append = Append::new(id.clone(), Expected::at(head.version), first, Vec::new(), head.summary);
            match self.store.append(Append { past: Some(past), ..append }) {
                Ok(_) => return Ok(true),
                // Somebody was faster, or between the two looks.
                Err(StoreError::Conflict { .. } | StoreError::Invalid { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ServiceError::Contended { cycle: id.clone(), attempts: ATTEMPTS })
    }

    /// A cycle as it was when it was last used here, where that can be had without waiting.
    #[must_use]
    pub fn lately(&self, id: &CycleId) -> Option<Cycle> {
        self.slot(id).peek().map(|live| live.cycle).filter(|cycle| cycle.revision() > 0)
    }

    /// Another cycle as the store has it, past the cache: whoever holds one slot takes no other, as two that wait for each other's
    /// would wait for ever.
    pub(crate) fn apart(&self, id: &CycleId) -> Result<Cycle, ServiceError> {
        let mut cycle = Cycle::default();
        history::apply(&mut cycle, &self.store.load(id, 0)?, &self.processes)?;
        Ok(cycle)
    }
}
