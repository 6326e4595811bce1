//! What is caught isn't printed, and everything else is. A test alone in its process: the hook that prints is everybody's.
#![expect(clippy::panic, clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    panic::{self, catch_unwind},
    sync::Mutex,
    thread,
};

use peercircle_core::Process;
use peercircle_scenario::CoreRunner;
use peercircle_testkit::{
    compare::{About, Call, History, compare},
    knockout::{Check, knock_out},
    walk::{Walk, draws},
};

static PRINTED: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn printed() -> Vec<String> {
    let mut printed = std::mem::take(&mut *PRINTED.lock().unwrap());
    printed.sort();
    printed
}

/// An implementation that loses a thread, and then itself.
fn gone() -> CoreRunner {
    thread::spawn(|| panic!("a thread of the implementation")).join().unwrap_err();
    panic!("the implementation")
}

fn compared(history: &History) {
    let error = compare(history, gone).unwrap_err();
    let difference = error.difference().unwrap();
    let says = "it panics being made: the implementation".to_owned();
    assert_eq!((difference.about, difference.what.as_slice()), (About::Panic(Call::Make), [says].as_slice()));
}

#[test]
fn what_is_caught_is_not_printed_and_everything_else_is() {
    panic::set_hook(Box::new(|info| {
        let says = info.payload().downcast_ref::<&str>().copied().unwrap_or("something else");
        PRINTED.lock().unwrap().push(says.to_owned());
    }));
    let history = Walk::along(3, &draws(3, 6)).history();
    // Tried at first and once more: for its script.
    compared(&history);
    let heard = printed();
    assert!(!heard.is_empty() && heard.iter().all(|says| says == "a thread of the implementation"), "{heard:?}");
    let answer = knock_out(Process::default(), &[Check::asserting("panics", |_| panic!("the check"))]);
    assert_eq!((answer.failing[0].says.as_str(), printed()), ("the check", Vec::new()));

    // On several threads at once, beside one that panics on its own account.
    thread::scope(|scope| {
        let comparing: Vec<_> = (0..3).map(|_| scope.spawn(|| (0..20).for_each(|_| compared(&history)))).collect();
        for _ in 0..200 {
            catch_unwind(|| panic!("somebody else")).unwrap_err();
        }
        comparing.into_iter().for_each(|one| one.join().unwrap());
    });
    let heard = printed();
    assert_eq!(heard.iter().filter(|says| *says == "somebody else").count(), 200, "{heard:?}");
    assert!(heard.iter().all(|says| says == "somebody else" || says == "a thread of the implementation"), "{heard:?}");

    // And of a thread that has compared, what it panics with later.
    catch_unwind(|| panic!("afterwards")).unwrap_err();
    assert_eq!(printed(), ["afterwards"]);
}
