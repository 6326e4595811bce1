//! A thread that sweeps and delivers.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use crate::{Delivered, Notice, Service, ServiceError, Swept};

/// Sweeps and delivers from a thread of its own, for as long as it is held. Several may watch one store, in several processes.
#[derive(Debug)]
pub struct Watch {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Starts it: every so often it looks what has fallen due, and hands to `tell` what waits. `hear` is told of each round that
    /// did something or failed.
    ///
    /// # Errors
    /// Where the machine has no thread left.
    pub fn start(
        service: Arc<Service>,
        every: Duration,
        mut tell: impl FnMut(&Notice) -> Result<(), String> + Send + 'static,
        mut hear: impl FnMut(Result<(Swept, Delivered), ServiceError>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let told_to_stop = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("peercircle-watch".to_owned());
        let thread = thread.spawn(move || {
            loop {
                let round = service.sweep().and_then(|swept| Ok((swept, service.deliver(&mut tell)?)));
                if !matches!(&round, Ok((swept, delivered)) if is_quiet(swept, *delivered)) {
                    hear(round);
                }
                let (stop, waker) = &*told_to_stop;
                let stop = stop.lock().unwrap_or_else(PoisonError::into_inner);
                let waited = waker.wait_timeout_while(stop, every, |stop| !*stop);
                if *waited.unwrap_or_else(PoisonError::into_inner).0 {
                    return;
                }
            }
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

fn is_quiet(swept: &Swept, delivered: Delivered) -> bool {
    *swept == Swept::default() && delivered == Delivered::default()
}

impl Drop for Watch {
    /// Ends after the round at hand.
    fn drop(&mut self) {
        let (stop, waker) = &*self.stop;
        *stop.lock().unwrap_or_else(PoisonError::into_inner) = true;
        waker.notify_all();
        if let Some(thread) = self.thread.take() {
            // Had it panicked, `hear` would have heard nothing more; there is nothing left to do here.
            let _ended = thread.join();
        }
    }
}
