//! Panics that are caught, and kept from the screen.

use std::{
    any::Any,
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
    thread,
};

thread_local! {
    /// Whether this thread catches what it panics with.
    static HUSHED: Cell<bool> = const { Cell::new(false) };
}

static HOOKED: Once = Once::new();

/// What `run` comes to, or what it said when it panicked. Nothing is printed of that: a check that panics is one that noticed, an
/// implementation that panics is a difference, and both are tried over and over. Whatever panicked is used no more.
///
/// The hook that prints is replaced once, by one that asks the thread it is on and otherwise does what the hook before it did: so
/// what panics on another thread meanwhile, one that `run` began included, prints as it always does, and no two threads change
/// the hook under each other. At the moment of the replacing, another thread's panic is printed by the hook of the standard library.
/// A hook that is set later has its own say.
pub(crate) fn caught<R>(run: impl FnOnce() -> R) -> Result<R, String> {
    // Where panics abort there is nothing to catch, and the message is all that is left of one.
    if cfg!(panic = "abort") {
        return Ok(run());
    }
    // A thread that unwinds may not change the hook.
    if !thread::panicking() {
        HOOKED.call_once(hook);
    }
    let before = HUSHED.replace(true);
    let came = panic::catch_unwind(AssertUnwindSafe(run));
    HUSHED.set(before);
    came.map_err(|payload| said(&*payload))
}

fn hook() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !HUSHED.get() {
            usual(info);
        }
    }));
}

fn said(payload: &(dyn Any + Send)) -> String {
    let literal = || payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    payload.downcast_ref::<String>().cloned().or_else(literal).unwrap_or_else(|| "what it says isn't text".to_owned())
}
