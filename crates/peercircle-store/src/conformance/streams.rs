//! One stream, one caller.

use super::{Outcome, Subject, cycle, done, events, fails, key, line, minute, same};
use crate::{Answer, Append, Appended, EventStore, Expected, OutboxEntry, Position, Summary};

pub(super) fn events_come_back_as_they_went_in(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    let odd = ["{}", "no JSON at all: ünïcödé, \" and '", "a\tb", ""].map(str::to_owned);
    let first = Append { lines: odd.to_vec(), ..events("c-1", 1, 0) };
    same("the first append", &store.append(first)?, &Appended::Done { version: 4, position: Position::new(4) })?;
    same("the second", &store.append(events("c-1", 5, 2))?, &Appended::Done { version: 6, position: Position::new(6) })?;
    let loaded = store.load(&cycle("c-1"), 0)?;
    let lines: Vec<_> = loaded.iter().map(|record| record.line.clone()).collect();
    let wanted: Vec<_> = odd.into_iter().chain([line("c-1", 5), line("c-1", 6)]).collect();
    same("the lines", &lines, &wanted)?;
    same("their numbers", &loaded.iter().map(|record| record.seq).collect::<Vec<_>>(), &(1..=6).collect())?;
    let tail: Vec<_> = store.load(&cycle("c-1"), 4)?.iter().map(|record| record.seq).collect();
    same("the events after 4", &tail, &vec![5, 6])?;
    same("those after the last", &store.load(&cycle("c-1"), 6)?.len(), &0)?;
    same("those of no stream", &store.load(&cycle("c-2"), 0)?.len(), &0)?;
    same("the head of no stream", &store.head(&cycle("c-2"))?, &None)?;
    same("the version", &store.head(&cycle("c-1"))?.map(|head| head.version), &Some(6))
}

pub(super) fn a_conflict_says_where_the_stream_is(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    done("the first append", store.append(events("c-1", 1, 3))?)?;
    let calls = [
        ("a stream that is there already", events("c-1", 1, 1)),
        ("a version it has left", Append { expected: Expected::Exact(2), first: 3, ..events("c-1", 3, 1) }),
        ("a version it hasn't reached", events("c-1", 5, 1)),
        ("a number left out", Append { expected: Expected::Exact(3), ..events("c-1", 5, 1) }),
        ("a number given twice", Append { expected: Expected::Any, ..events("c-1", 3, 1) }),
        ("a version without events", Append { expected: Expected::Exact(2), ..events("c-1", 4, 0) }),
    ];
    for (what, call) in calls {
        same(what, &fails(what, store.append(call), "conflict")?.actual_version(), &Some(3))?;
    }
    let error = fails("another stream", store.append(events("c-2", 2, 1)), "conflict")?;
    same("its version", &error.actual_version(), &Some(0))?;
    same("what is there", &store.load(&cycle("c-1"), 0)?.len(), &3)?;
    same("the last position", &store.last()?, &Position::new(3))?;
    let any = Append { expected: Expected::Any, ..events("c-1", 4, 1) };
    same("any version, rightly numbered", &done("it", store.append(any)?)?, &4)
}

pub(super) fn a_key_returns_the_first_answer(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    let with_key = |append: Append, number| Append { key: Some(key(number)), ..append };
    done("the first append", store.append(with_key(events("c-1", 1, 2), 7))?)?;
    done("another key", store.append(with_key(events("c-1", 3, 1), 8))?)?;
    let before = Appended::Before { first: 1, last: 2 };
    same("the same call again", &store.append(with_key(events("c-1", 1, 2), 7))?, &before)?;
    same("the key with other events", &store.append(with_key(events("c-1", 4, 5), 7))?, &before)?;
    same("the key without events", &store.append(with_key(events("c-1", 4, 0), 7))?, &before)?;
    same("the record", &store.answer(&cycle("c-1"), key(7))?, &Some(Answer { first: 1, last: 2 }))?;
    same("the other record", &store.answer(&cycle("c-1"), key(8))?, &Some(Answer { first: 3, last: 3 }))?;
    same("an unknown key", &store.answer(&cycle("c-1"), key(9))?, &None)?;
    same("the key of another stream", &store.answer(&cycle("c-2"), key(7))?, &None)?;
    same("the key in another stream", &done("it", store.append(with_key(events("c-2", 1, 1), 7))?)?, &1)?;
    same("the version", &store.head(&cycle("c-1"))?.map(|head| head.version), &Some(3))
}

pub(super) fn refused_is_refused_whole(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    done("the first append", store.append(events("c-1", 1, 1))?)?;
    let summary = Summary { next_due: Some(minute(1)), tags: ["seat:x"].into_iter().collect(), ..Summary::default() };
    let tells = vec![OutboxEntry { id: "tip".to_owned(), at: minute(1), body: "{}".to_owned() }];
    let full = |append: Append| Append { key: Some(key(1)), summary: summary.clone(), outbox: tells.clone(), ..append };
    fails("a conflict", store.append(full(events("c-1", 3, 1))), "conflict")?;
    fails("a stream without an event", store.append(full(events("c-2", 1, 0))), "invalid_call")?;
    done("who has the tag", store.append(Append { summary: summary.clone(), ..events("c-3", 1, 1) })?)?;
    let unless = Append { unless: vec!["other".to_owned(), "seat:x".to_owned()], ..full(events("c-1", 2, 1)) };
    fails("a tag another has", store.append(unless), "taken")?;
    same("the key", &store.answer(&cycle("c-1"), key(1))?, &None)?;
    same("the summary", &store.head(&cycle("c-1"))?.map(|head| head.summary), &Some(Summary::default()))?;
    same("the outbox", &store.take(minute(9), minute(10), 9)?.len(), &0)?;
    same("the other stream", &store.head(&cycle("c-2"))?, &None)?;
    same("the last position", &store.last()?, &Position::new(2))
}

pub(super) fn a_call_without_events_keeps_the_rest(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    done("the first append", store.append(events("c-1", 1, 2))?)?;
    let summary = Summary { next_due: Some(minute(5)), told_until: minute(4), ..Summary::default() };
    let tells = vec![OutboxEntry { id: "tip".to_owned(), at: minute(3), body: "{}".to_owned() }];
    let call = Append { summary: summary.clone(), outbox: tells, ..events("c-1", 3, 0) };
    same("the version", &done("it", store.append(call)?)?, &2)?;
    same("the summary", &store.head(&cycle("c-1"))?.map(|head| head.summary), &Some(summary))?;
    same("the outbox", &store.take(minute(9), minute(10), 9)?.len(), &1)?;
    same("the last position", &store.last()?, &Position::new(2))
}

pub(super) fn large_appends_come_back(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    let lines: Vec<_> = (0..300).map(|at: usize| "x".repeat(at * 40)).chain(["y".repeat(1 << 20)]).collect();
    let append = Append { lines: lines.clone(), key: Some(key(1)), ..events("c-1", 1, 0) };
    same("the version", &done("it", store.append(append)?)?, &301)?;
    let loaded: Vec<_> = store.load(&cycle("c-1"), 0)?.into_iter().map(|record| record.line).collect();
    super::holds(loaded == lines, || "large lines came back other than they went in".to_owned())?;
    same("the record", &store.answer(&cycle("c-1"), key(1))?, &Some(Answer { first: 1, last: 301 }))
}
