//! What has to go.

use super::{Outcome, Subject, cycle, done, events, fails, key, minute, same};
use crate::{Append, EventStore, Forgotten, OutboxEntry, Position, Summary, Which};

pub(super) fn a_rewrite_keeps_the_places(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    done("it", store.append(events("a", 1, 2))?)?;
    done("another", store.append(events("b", 1, 1))?)?;
    done("more", store.append(Append { key: Some(key(1)), ..events("a", 3, 1) })?)?;
    let anew = |first, count: usize, past| Append {
        past: Some(vec!["{}".to_owned(); past]),
        key: Some(key(2)),
        ..events("a", first, u32::try_from(count).unwrap_or(0))
    };
    fails("too few", store.append(anew(4, 1, 2)), "invalid_call")?;
    fails("too many", store.append(anew(4, 1, 4)), "invalid_call")?;
    fails("another version", store.append(anew(3, 1, 2)), "conflict")?;
    fails("no stream", store.append(Append { stream: cycle("c"), ..anew(4, 1, 3) }), "conflict")?;
    same("nothing changed", &store.load(&cycle("a"), 0)?.iter().any(|one| one.line == "{}"), &false)?;
    same("without an event", &done("it", store.append(Append { key: None, ..anew(4, 0, 3) })?)?, &3)?;
    let places: Vec<_> =
        store.load(&cycle("a"), 0)?.into_iter().map(|one| (one.position.number(), one.seq, one.line)).collect();
    let wanted = [(1, 1), (2, 2), (4, 3)].map(|(position, seq)| (position, seq, "{}".to_owned())).to_vec();
    same("the events", &places, &wanted)?;
    same("in the order of commits", &store.read(Position::new(3), 9)?.first().map(|one| one.line.as_str()), &Some("{}"))?;
    same("with an event", &done("it", store.append(anew(4, 1, 3))?)?, &4)?;
    same("which stays", &store.load(&cycle("a"), 3)?.first().map(|one| one.line.clone()), &Some(super::line("a", 4)))?;
    same("another's", &store.load(&cycle("b"), 0)?.first().map(|one| one.line.clone()), &Some(super::line("b", 1)))?;
    same("the record", &store.answer(&cycle("a"), key(1))?.map(|one| one.first), &Some(3))
}

pub(super) fn a_forgotten_stream_leaves_nothing(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    let tell = |id: &str| OutboxEntry { id: id.to_owned(), at: minute(1), body: "{}".to_owned() };
    let summary = Summary { next_due: Some(minute(1)), tags: ["member:ana"].into_iter().collect(), ..Summary::default() };
    done("it", store.append(events("a", 1, 1))?)?;
    let full = Append { key: Some(key(1)), summary, outbox: vec![tell("a/tip")], ..events("b", 1, 3) };
    done("the other", store.append(full)?)?;
    fails("another version", store.forget(&cycle("b"), 2, Vec::new()), "conflict")?;
    fails("no stream", store.forget(&cycle("c"), 1, Vec::new()), "conflict")?;
    same("it", &store.forget(&cycle("b"), 3, vec![tell("b/forgotten")])?, &Forgotten { events: 3 })?;
    same("its head", &store.head(&cycle("b"))?, &None)?;
    same("its events", &store.load(&cycle("b"), 0)?.len(), &0)?;
    same("its key", &store.answer(&cycle("b"), key(1))?, &None)?;
    same("its tag", &store.streams(&Which::Tagged("member:ana".to_owned()), None, 9)?.len(), &0)?;
    same("what is due", &store.streams(&Which::Due(minute(9)), None, 9)?.len(), &0)?;
    same("what is read", &store.read(Position::START, 9)?.len(), &1)?;
    let told: Vec<_> = store.take(minute(2), minute(3), 9)?.into_iter().map(|one| one.entry.id).collect();
    same("what is told", &told, &vec!["b/forgotten".to_owned()])?;
    done("the stream anew", store.append(Append { key: Some(key(1)), ..events("b", 1, 1) })?)?;
    same("its position", &store.read(Position::new(1), 9)?.first().map(|one| one.position), &Some(Position::new(5)))?;
    same("the other stream", &store.load(&cycle("a"), 0)?.len(), &1)
}
