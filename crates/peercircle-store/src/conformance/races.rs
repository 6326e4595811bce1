//! Many callers at once.

use std::thread;

use super::{Failure, Outcome, Subject, cycle, done, events, holds, key, same};
use crate::{Append, Appended, EventStore, Expected, StoreError, Summary};

const CALLERS: u32 = 6;

/// What each of several callers, each with a handle of its own, comes to.
fn at_once<T: Send>(
    subject: &impl Subject,
    call: impl Fn(&dyn EventStore, u32) -> Result<T, Failure> + Sync,
) -> Result<Vec<T>, Failure> {
    thread::scope(|scope| {
        let call = &call;
        let caller = move |number| {
            let store = subject.open()?;
            call(&store, number)
        };
        let callers: Vec<_> = (0..CALLERS).map(|number| scope.spawn(move || caller(number))).collect();
        let joined = callers
            .into_iter()
            .map(|one| one.join().unwrap_or_else(|_| Err(Failure { what: "a caller panicked".to_owned() })));
        joined.collect()
    })
}

pub(super) fn one_writer_wins_a_version(subject: &impl Subject) -> Outcome {
    const EACH: u32 = 15;
    at_once(subject, |store, _| {
        for _ in 0..EACH {
            loop {
                let version = store.head(&cycle("c-1"))?.map_or(0, |head| head.version);
                match store.append(events("c-1", version + 1, 1)) {
                    Ok(appended) => break same("the version", &done("it", appended)?, &(version + 1))?,
                    Err(StoreError::Conflict { actual, .. }) => {
                        holds(actual > version, || format!("a conflict at {actual}, though {version} was seen"))?;
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    })?;
    let store = subject.open()?;
    let numbers: Vec<_> = store.load(&cycle("c-1"), 0)?.iter().map(|record| record.seq).collect();
    same("the numbers", &numbers, &(1..=CALLERS * EACH).collect())
}

pub(super) fn one_call_wins_a_key(subject: &impl Subject) -> Outcome {
    let answers = at_once(subject, |store, _| {
        let mut version = store.head(&cycle("c-1"))?.map_or(0, |head| head.version);
        loop {
            match store.append(Append { key: Some(key(1)), ..events("c-1", version + 1, 2) }) {
                Ok(appended) => return Ok(appended),
                Err(StoreError::Conflict { actual, .. }) => version = actual,
                Err(error) => return Err(error.into()),
            }
        }
    })?;
    let wrote = answers.iter().filter(|one| matches!(one, Appended::Done { .. })).count();
    same("who wrote", &wrote, &1)?;
    let before = answers.iter().filter(|one| **one == Appended::Before { first: 1, last: 2 }).count();
    same("who got the first answer", &(before + 1), &answers.len())?;
    same("the events", &subject.open()?.load(&cycle("c-1"), 0)?.len(), &2)
}

pub(super) fn one_stream_wins_a_tag(subject: &impl Subject) -> Outcome {
    let won = at_once(subject, |store, number| {
        let summary = Summary { tags: ["room:ana"].into_iter().collect(), ..Summary::default() };
        let append = Append { summary, unless: vec!["room:ana".to_owned()], ..events(&format!("c-{number}"), 1, 1) };
        match store.append(append) {
            Ok(_) => Ok(true),
            Err(StoreError::Taken { tag, .. }) => same("the tag", &tag.as_str(), &"room:ana").map(|()| false),
            Err(error) => Err(error.into()),
        }
    })?;
    same("who has the tag", &won.into_iter().filter(|won| *won).count(), &1)
}

pub(super) fn handles_see_each_other(subject: &impl Subject) -> Outcome {
    let (one, two) = (subject.open()?, subject.open()?);
    done("the first", one.append(events("c-1", 1, 1))?)?;
    same("what the other sees", &two.load(&cycle("c-1"), 0)?.len(), &1)?;
    done("the other's", two.append(Append { key: Some(key(1)), ..events("c-1", 2, 1) })?)?;
    same("what the first sees", &one.head(&cycle("c-1"))?.map(|head| head.version), &Some(2))?;
    same(
        "the key",
        &one.append(Append { key: Some(key(1)), ..events("c-1", 2, 1) })?,
        &Appended::Before { first: 2, last: 2 },
    )?;
    let stale = one.append(Append { expected: Expected::Exact(1), ..events("c-1", 2, 1) });
    same("a conflict", &super::fails("it", stale, "conflict")?.actual_version(), &Some(2))
}
