//! Documents.

use std::thread;

use super::{Failure, Outcome, Subject, fails, same};
use crate::{Change, Document, DocumentStore};

const KIND: &str = "tea";

fn ids(found: &[Document]) -> Vec<&str> {
    found.iter().map(|one| one.id.as_str()).collect()
}

pub(super) fn documents_come_back_with_their_version(subject: &impl Subject) -> Outcome {
    let (store, other) = (subject.open()?, subject.open()?);
    same("none", &store.document(KIND, "a")?, &None)?;
    store.change(vec![Change::put(KIND, "a", "ünï\u{0}cödé").expecting(0)])?;
    let first = Document { id: "a".to_owned(), version: 1, body: "ünï\u{0}cödé".to_owned() };
    same("the first", &other.document(KIND, "a")?, &Some(first))?;
    other.change(vec![Change::put(KIND, "a", "two").expecting(1)])?;
    let second = Document { id: "a".to_owned(), version: 2, body: "two".to_owned() };
    same("the second", &store.document(KIND, "a")?, &Some(second))?;
    same("another kind", &store.document("coffee", "a")?, &None)?;
    store.change(vec![Change::delete(KIND, "a"), Change::delete(KIND, "b")])?;
    same("deleted", &store.document(KIND, "a")?, &None)?;
    store.change(vec![Change::put(KIND, "a", "anew").expecting(0)])?;
    same("anew", &store.document(KIND, "a")?.map(|one| one.version), &Some(1))
}

pub(super) fn changes_are_made_whole_or_not(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    store.change(vec![Change::put(KIND, "a", "1")])?;
    let both = vec![Change::put(KIND, "b", "1"), Change::delete(KIND, "a"), Change::put(KIND, "c", "1").expecting(3)];
    fails("one of three", store.change(both), "stale")?;
    same("what is there", &ids(&store.documents(KIND, "", None, 9)?), &vec!["a"])?;
    // Each sees what those before it did.
    store.change(vec![Change::put(KIND, "a", "2").expecting(1), Change::put(KIND, "a", "3").expecting(2)])?;
    same("the last", &store.document(KIND, "a")?.map(|one| one.body), &Some("3".to_owned()))
}

pub(super) fn documents_are_listed_by_name(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    let names = ["a", "b/1", "b/10", "b/2", "b0", "bä", "c%_"];
    store.change(names.iter().rev().map(|id| Change::put(KIND, *id, "")).collect())?;
    store.change(vec![Change::put("coffee", "b/3", "")])?;
    same("all", &ids(&store.documents(KIND, "", None, 99)?), &names.to_vec())?;
    same("by prefix", &ids(&store.documents(KIND, "b/", None, 99)?), &vec!["b/1", "b/10", "b/2"])?;
    same("after", &ids(&store.documents(KIND, "b", Some("b/10"), 2)?), &vec!["b/2", "b0"])?;
    same("after what isn't there", &ids(&store.documents(KIND, "", Some("b/5"), 1)?), &vec!["b0"])?;
    same("no wildcard", &ids(&store.documents(KIND, "c%", None, 9)?), &vec!["c%_"])
}

pub(super) fn one_change_wins_a_version(subject: &impl Subject) -> Outcome {
    const ROUNDS: u64 = 25;
    let count = || -> Outcome {
        let store = subject.open()?;
        for _ in 0..ROUNDS {
            loop {
                let found = store.document(KIND, "sum")?;
                let (version, sum) = found.map_or((0, 0), |one| (one.version, one.body.parse::<u64>().unwrap_or(0)));
                match store.change(vec![Change::put(KIND, "sum", (sum + 1).to_string()).expecting(version)]) {
                    Ok(()) => break,
                    Err(error) if error.code() == "stale" => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let counting: Vec<_> = (0..3).map(|_| scope.spawn(count)).collect();
        counting
            .into_iter()
            .try_for_each(|one| one.join().unwrap_or_else(|_| Err(Failure { what: "a counter panicked".to_owned() })))
    })?;
    same("the sum", &subject.open()?.document(KIND, "sum")?.map(|one| one.body), &Some((3 * ROUNDS).to_string()))?;
    same("after a crash", &subject.after_crash()?.document(KIND, "sum")?.map(|one| one.version), &Some(3 * ROUNDS))
}
