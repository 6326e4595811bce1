//! The order of everything.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use super::{Outcome, Subject, done, events, same};
use crate::{EventStore, Position, Subscription};

pub(super) fn everything_is_read_in_the_order_of_commits(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    let mut wanted = Vec::new();
    for round in 0..5 {
        for stream in ["b", "a", "c"] {
            done("an append", store.append(events(stream, round * 2 + 1, 2))?)?;
            wanted.extend([round * 2 + 1, round * 2 + 2].map(|seq| (stream.to_owned(), seq)));
        }
    }
    let mut subscription = Subscription::new(&store, Position::START);
    let mut got = Vec::new();
    loop {
        let page = subscription.next(7, Duration::ZERO)?;
        if page.is_empty() {
            break;
        }
        got.extend(page);
    }
    let places: Vec<_> = got.iter().map(|record| record.position.number()).collect();
    same("the positions", &places, &(1..=30).collect())?;
    let order: Vec<_> = got.iter().map(|record| (record.stream.to_string(), record.seq)).collect();
    same("the order", &order, &wanted)?;
    same("where the subscription is", &subscription.position(), &store.last()?)
}

pub(super) fn a_reader_beside_writers_misses_nothing(subject: &impl Subject) -> Outcome {
    const WRITERS: u32 = 4;
    const EACH: u32 = 30;
    let left = AtomicU32::new(WRITERS);
    thread::scope(|scope| {
        let left = &left;
        let writer = move |number: u32| {
            let written = (|| {
                let store = subject.open()?;
                let stream = format!("c-{number}");
                for at in 0..EACH {
                    done("an append", store.append(events(&stream, at * 3 + 1, 3))?)?;
                }
                Ok(())
            })();
            left.fetch_sub(1, Ordering::SeqCst);
            written
        };
        let writers: Vec<_> = (0..WRITERS).map(|number| scope.spawn(move || writer(number))).collect();
        let store = subject.open()?;
        let mut subscription = Subscription::new(&store, Position::START);
        let mut expected = Position::START;
        loop {
            let over = left.load(Ordering::SeqCst) == 0;
            let page = subscription.next(16, Duration::from_millis(if over { 0 } else { 20 }))?;
            if over && page.is_empty() {
                break;
            }
            for record in page {
                expected = expected.next();
                same("the next position", &record.position, &expected)?;
            }
        }
        for writer in writers {
            writer.join().unwrap_or_else(|_| super::holds(false, || "a writer panicked".to_owned()))?;
        }
        same("how many there are", &expected.number(), &u64::from(WRITERS * EACH * 3))
    })
}

pub(super) fn waiting_ends_with_an_append(subject: &impl Subject) -> Outcome {
    let (store, other) = (subject.open()?, subject.open()?);
    let start = store.last()?;
    same("nothing came", &store.wait(start, Duration::from_millis(5))?, &start)?;
    let long = Duration::from_secs(20);
    let watched = &store;
    for (first, by) in [(1, &store), (2, &other)] {
        thread::scope(|scope| {
            let after = store.last()?;
            let waiter = scope.spawn(move || watched.wait(after, long));
            done("an append", by.append(events("c-1", first, 1))?)?;
            let at = waiter.join().unwrap_or(Ok(after))?;
            same("where the store is", &at, &Position::new(first.into()))
        })?;
    }
    same("what is there already", &store.wait(start, long)?, &Position::new(2))
}
