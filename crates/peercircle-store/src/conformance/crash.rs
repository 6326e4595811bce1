//! What a crash leaves.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use super::{Failure, Outcome, Subject, cycle, done, events, holds, key, minute, note, same};
use crate::{Answer, Append, ContentStore, EventStore, KeyState, OutboxEntry, Position, Put, SealedNote, Summary, Which};

fn full(stream: &str, first: u32, number: u128) -> Append {
    let summary =
        Summary { next_due: Some(minute(1)), tags: [format!("of:{stream}")].into_iter().collect(), ..Summary::default() };
    let outbox = vec![OutboxEntry { id: format!("{stream}/{first}"), at: minute(1), body: "{}".to_owned() }];
    Append { key: Some(key(number)), summary, outbox, ..events(stream, first, 3) }
}

pub(super) fn a_crash_loses_nothing_acknowledged(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    done("it", store.append(full("a", 1, 1))?)?;
    done("more", store.append(full("a", 4, 2))?)?;
    store.take(minute(1), minute(5), 1)?;
    store.told(&["a/1".to_owned()])?;
    store.put_key(&cycle("a"), &[1])?;
    let secret = SealedNote { stream: cycle("a"), note: note(1), head: vec![1], sealed: vec![2] };
    same("a note", &store.put_note(secret.clone())?, &Put::Kept)?;
    store.destroy_key(&cycle("b"), minute(1))?;

    let found = subject.after_crash()?;
    same("the events", &found.load(&cycle("a"), 0)?, &store.load(&cycle("a"), 0)?)?;
    same("their number", &found.load(&cycle("a"), 0)?.len(), &6)?;
    same("the order", &found.read(Position::START, 99)?, &store.read(Position::START, 99)?)?;
    same("the head", &found.head(&cycle("a"))?, &store.head(&cycle("a"))?)?;
    same("the tag", &found.streams(&Which::Tagged("of:a".to_owned()), None, 9)?.len(), &1)?;
    same("the key", &found.answer(&cycle("a"), key(2))?, &Some(Answer { first: 4, last: 6 }))?;
    let told: Vec<_> = found.take(minute(9), minute(10), 9)?.into_iter().map(|one| one.entry.id).collect();
    same("what is still to be told", &told, &vec!["a/4".to_owned()])?;
    same("the note", &found.note(&cycle("a"), note(1))?, &Some(secret))?;
    holds(matches!(found.key(&cycle("b"))?, KeyState::Destroyed(_)), || "a destroyed key came back".to_owned())
}

pub(super) fn a_crash_under_load_leaves_whole_appends(subject: &impl Subject) -> Outcome {
    const WRITERS: u32 = 3;
    let (over, acknowledged) = (AtomicBool::new(false), Mutex::new([0_u32; WRITERS as usize]));
    let seen = || *acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
    let write = |number: u32| -> Outcome {
        let store = subject.open()?;
        let stream = format!("c-{number}");
        let mut version = 0;
        while !over.load(Ordering::SeqCst) && version < 3000 {
            version = done("an append", store.append(full(&stream, version + 1, version.into()))?)?;
            let mut all = acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(one) = all.get_mut(usize::try_from(number).unwrap_or_default()) {
                *one = version;
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let write = &write;
        let writers: Vec<_> = (0..WRITERS).map(|number| scope.spawn(move || write(number))).collect();
        let crashes = || -> Outcome {
            for _ in 0..5 {
                // Each crash falls into another moment: after some appends more.
                let from: u32 = seen().iter().sum();
                while seen().iter().sum::<u32>() < from + 12 && writers.iter().any(|one| !one.is_finished()) {
                    thread::yield_now();
                }
                let before = seen();
                whole(&subject.after_crash()?, before)?;
            }
            Ok(())
        };
        let found = crashes();
        over.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.join().unwrap_or_else(|_| Err(Failure { what: "a writer panicked".to_owned() }))?;
        }
        found
    })
}

/// What is found holds whole appends and all that were acknowledged.
fn whole(found: &impl EventStore, acknowledged: [u32; 3]) -> Outcome {
    let everything = found.read(Position::START, usize::MAX)?;
    let places: Vec<_> = everything.iter().map(|record| record.position.number()).collect();
    let count = u64::try_from(places.len()).unwrap_or_default();
    same("the positions", &places, &(1..=count).collect())?;
    let mut told = found.take(minute(1), minute(2), usize::MAX)?;
    told.sort_by(|one, other| one.entry.id.cmp(&other.entry.id));
    for (number, acknowledged) in (0..).zip(acknowledged) {
        let number: u32 = number;
        let stream = format!("c-{number}");
        let kept = found.load(&cycle(&stream), 0)?.len();
        let at_least = usize::try_from(acknowledged).unwrap_or_default();
        holds(kept >= at_least, || format!("`{stream}`: {acknowledged} events were acknowledged, {kept} are left"))?;
        holds(kept % 3 == 0, || format!("`{stream}`: {kept} events are no whole appends of three"))?;
        let entries = told.iter().filter(|one| one.stream.as_str() == stream).count();
        same("what goes with the events", &(entries * 3), &kept)?;
        for first in (0..u32::try_from(kept).unwrap_or_default()).step_by(3) {
            let answer = found.answer(&cycle(&stream), key(first.into()))?;
            same("the record of a key", &answer, &Some(Answer { first: first + 1, last: first + 3 }))?;
        }
    }
    Ok(())
}

pub(super) fn after_a_crash_it_goes_on(subject: &impl Subject) -> Outcome {
    done("it", subject.open()?.append(full("a", 1, 1))?)?;
    let found = subject.after_crash()?;
    same("the version", &done("more", found.append(full("a", 4, 2))?)?, &6)?;
    done("another stream", found.append(full("b", 1, 1))?)?;
    let places: Vec<_> = found.read(Position::START, 99)?.iter().map(|record| record.position.number()).collect();
    same("the positions", &places, &(1..=9).collect())
}
