//! What is to be told.

use std::{collections::BTreeSet, thread};

use super::{Failure, Outcome, Subject, done, events, holds, minute, same};
use crate::{Append, Delivery, EventStore, OutboxEntry};

fn tell(id: &str) -> OutboxEntry {
    OutboxEntry { id: id.to_owned(), at: minute(1), body: format!(r#"{{"tip":"{id} ü"}}"#) }
}

fn ids(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|one| one.entry.id.as_str()).collect()
}

pub(super) fn an_id_is_told_once(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    done("it", store.append(Append { outbox: vec![tell("z"), tell("a")], ..events("c-1", 1, 1) })?)?;
    done("again", store.append(Append { outbox: vec![tell("a"), tell("m")], ..events("c-1", 2, 1) })?)?;
    let taken = store.take(minute(2), minute(3), 9)?;
    same("the order", &ids(&taken), &vec!["z", "a", "m"])?;
    same("the entry", &taken.first().map(|one| one.entry.clone()), &Some(tell("z")))?;
    same("its stream", &taken.first().map(|one| one.stream.as_str()), &Some("c-1"))?;
    store.told(&["a".to_owned(), "z".to_owned(), "unknown".to_owned()])?;
    done("again", store.append(Append { outbox: vec![tell("a")], ..events("c-1", 3, 1) })?)?;
    same("what is left", &ids(&store.take(minute(3), minute(4), 9)?), &vec!["m"])?;
    store.told(&["m".to_owned()])?;
    same("nothing", &store.take(minute(99), minute(100), 9)?.len(), &0)
}

pub(super) fn what_is_not_told_comes_again(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    done("it", store.append(Append { outbox: vec![tell("a"), tell("b"), tell("c")], ..events("c-1", 1, 1) })?)?;
    same("two of them", &ids(&store.take(minute(1), minute(5), 2)?), &vec!["a", "b"])?;
    same("the third", &ids(&store.take(minute(4), minute(9), 9)?), &vec!["c"])?;
    store.told(&["a".to_owned()])?;
    let again = store.take(minute(5), minute(9), 9)?;
    same("what wasn't told", &again.iter().map(|one| (one.entry.id.as_str(), one.attempt)).collect(), &vec![("b", 2)])
}

pub(super) fn nobody_takes_what_another_has(subject: &impl Subject) -> Outcome {
    let all: Vec<_> = (0..40).map(|number| tell(&format!("t-{number}"))).collect();
    done("it", subject.open()?.append(Append { outbox: all, ..events("c-1", 1, 1) })?)?;
    let taker = || -> Result<Vec<String>, Failure> {
        let store = subject.open()?;
        let mut got = Vec::new();
        loop {
            let page = store.take(minute(1), minute(9), 3)?;
            if page.is_empty() {
                return Ok(got);
            }
            got.extend(page.into_iter().map(|one| one.entry.id));
        }
    };
    let got: Vec<_> = thread::scope(|scope| {
        let takers: Vec<_> = (0..4).map(|_| scope.spawn(taker)).collect();
        let joined = takers.into_iter().map(|one| one.join().unwrap_or_else(|_| Ok(Vec::new())));
        joined.collect::<Result<Vec<_>, _>>()
    })?
    .concat();
    let different: BTreeSet<_> = got.iter().collect();
    same("how many were taken", &got.len(), &40)?;
    holds(different.len() == got.len(), || "two took the same".to_owned())
}
