//! Panics of checks: caught, and kept from the screen.

use std::{
    any::Any,
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

thread_local! {
    static HUSHED: Cell<bool> = const { Cell::new(false) };
}

static HOOKED: Once = Once::new();

/// What `run` comes to, or what it said when it panicked. Nothing is printed of that: a check that panics is one that noticed, and
/// there are as many as there are rules. What panics on other threads prints as it always does.
pub(super) fn caught<R>(run: impl FnOnce() -> R) -> Result<R, String> {
    HOOKED.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !HUSHED.get() {
                usual(info);
            }
        }));
    });
    let before = HUSHED.replace(true);
    let came = panic::catch_unwind(AssertUnwindSafe(run));
    HUSHED.set(before);
    came.map_err(|payload| said(&*payload))
}

fn said(payload: &(dyn Any + Send)) -> String {
    let literal = || payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    payload.downcast_ref::<String>().cloned().or_else(literal).unwrap_or_else(|| "it panicked".to_owned())
}
