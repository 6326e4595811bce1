//! A sample organisation offered by a service that has none of its own yet.
//!
//! It is a tenant like any other, on a store in memory that it shares with nobody. It is filled when somebody asks, as that takes a
//! moment, and is gone once an organisation of the host's own has begun: whoever finds the service then finds no sample to be in.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use peercircle_service::{ManualClock, Watch};
use peercircle_store::Which;

use crate::{
    Demo, Host, HostError, OrgId, Organisation, Person, SignInError, demo, documents::Kept as _, key::KeptKey,
    link::KeptLink,
};

/// How often it is looked what has fallen due in the sample.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The offer.
#[derive(Debug)]
pub struct Offer {
    host: Arc<Host>,
    clock: Option<ManualClock>,
    filled: Mutex<Option<Filled>>,
    over: AtomicBool,
}

#[derive(Debug)]
struct Filled {
    demo: Arc<Demo>,
    /// What falls due in it, for as long as it is there.
    _watch: Option<Watch>,
}

/// Where an offer stands.
#[derive(Clone, Debug)]
pub enum Offered {
    /// Nobody has asked for it.
    Waiting,
    /// The sample is there.
    Filled(Arc<Demo>),
    /// There is an organisation of one's own.
    Over,
}

impl Offer {
    /// An offer on this host, with a clock of its own where one is given.
    #[must_use]
    pub const fn new(host: Arc<Host>, clock: Option<ManualClock>) -> Self {
        Self { host, clock, filled: Mutex::new(None), over: AtomicBool::new(false) }
    }

    /// Whether this is the sample.
    #[must_use]
    pub fn is_sample(&self, organisation: &OrgId) -> bool {
        self.filled.lock().unwrap_or_else(PoisonError::into_inner).is_some() && organisation.as_str() == demo::ID
    }

    /// Where it stands. Once an organisation of the host's own has begun, this takes the sample away.
    ///
    /// # Errors
    /// What the store says.
    pub fn look(&self) -> Result<Offered, HostError> {
        self.held(|filled| Ok(filled.as_ref().map_or(Offered::Waiting, |filled| Offered::Filled(Arc::clone(&filled.demo)))))
    }

    /// Fills the sample, where that hasn't been done; nothing once the offer is over.
    ///
    /// # Errors
    /// What the store says.
    pub fn fill(&self) -> Result<Offered, SignInError> {
        self.held(|filled| {
            if let Some(filled) = filled {
                return Ok(Offered::Filled(Arc::clone(&filled.demo)));
            }
            let demo = Arc::new(Demo::host(&self.host, self.clock.as_ref())?);
            // Without a thread to spare nothing falls due, and everything else can be looked at.
            let service = self.host.organisation(&demo.organisation).map(|sample| Arc::clone(sample.service()));
            let watch = service.and_then(|service| Watch::start(service, LOOK_EVERY, |_| Ok(()), |_| ()).ok());
            *filled = Some(Filled { demo: Arc::clone(&demo), _watch: watch });
            Ok(Offered::Filled(demo))
        })
    }

    /// Does this with the sample in hand, unless the offer is over.
    fn held<E: From<HostError>>(&self, does: impl FnOnce(&mut Option<Filled>) -> Result<Offered, E>) -> Result<Offered, E> {
        if self.over.load(Ordering::SeqCst) {
            return Ok(Offered::Over);
        }
        let mut filled = self.filled.lock().unwrap_or_else(PoisonError::into_inner);
        for organisation in self.host.organisations() {
            let is_sample = filled.is_some() && organisation.id().as_str() == demo::ID;
            // Where somebody calls their own organisation as the sample is called, there is no room for a sample.
            if !is_sample && (organisation.id().as_str() == demo::ID || has_begun(&organisation)?) {
                self.over.store(true, Ordering::SeqCst);
                if let Some(gone) = filled.take() {
                    self.host.remove(&gone.demo.organisation);
                }
                return Ok(Offered::Over);
            }
        }
        does(&mut filled)
    }
}

/// Whether anybody uses an organisation: has come in, can come in by an issuer or a key, or is known; or a cycle is there.
fn has_begun(organisation: &Organisation) -> Result<bool, HostError> {
    let store = organisation.service().store();
    let has = |kind| store.documents(kind, "", None, 1).map(|found| !found.is_empty());
    Ok(organisation.issuer().is_some()
        || has(KeptLink::KIND)?
        || has(KeptKey::KIND)?
        || has(Person::KIND)?
        || !store.streams(&Which::All, None, 1)?.is_empty())
}
