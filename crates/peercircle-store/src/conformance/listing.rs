//! Finding streams.

use super::{Failure, Outcome, Subject, cycle, done, events, minute, same};
use crate::{Append, EventStore, Head, Summary, Which};
use peercircle_core::{Instant, Stage};

fn begin(store: &impl EventStore, stream: &str, next_due: Option<Instant>, tags: &[&str]) -> Outcome {
    let tags = tags.iter().collect();
    let summary = Summary { stage: Stage::Practising, next_due, tags, ..Summary::default() };
    done("an append", store.append(Append { summary, ..events(stream, 1, 1) })?).map(|_| ())
}

fn names(heads: &[Head]) -> Vec<&str> {
    heads.iter().map(|head| head.stream.as_str()).collect()
}

pub(super) fn streams_are_listed(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    begin(&store, "b", Some(minute(3)), &["member:ana", "group:n"])?;
    begin(&store, "d", None, &["member:bo"])?;
    begin(&store, "a", Some(minute(5)), &["member:ana"])?;
    begin(&store, "c", Some(minute(4)), &[])?;
    let list = |which: Which, after: Option<&str>, limit| -> Result<Vec<Head>, Failure> {
        Ok(store.streams(&which, after.map(cycle).as_ref(), limit)?)
    };
    same("all", &names(&list(Which::All, None, 9)?), &vec!["a", "b", "c", "d"])?;
    same("a page", &names(&list(Which::All, Some("a"), 2)?), &vec!["b", "c"])?;
    same("the last page", &names(&list(Which::All, Some("c"), 2)?), &vec!["d"])?;
    same("due by 4", &names(&list(Which::Due(minute(4)), None, 9)?), &vec!["b", "c"])?;
    same("the first due", &names(&list(Which::Due(minute(9)), None, 1)?), &vec!["b"])?;
    same("due before all", &list(Which::Due(minute(2)), None, 9)?.len(), &0)?;
    same("tagged", &names(&list(Which::Tagged("member:ana".to_owned()), None, 9)?), &vec!["a", "b"])?;
    same("tagged, a page", &names(&list(Which::Tagged("member:ana".to_owned()), Some("a"), 9)?), &vec!["b"])?;
    same("no such tag", &list(Which::Tagged("member".to_owned()), None, 9)?.len(), &0)?;
    let head = list(Which::All, Some("a"), 1)?;
    let tags = ["member:ana", "group:n"].into_iter().collect();
    let summary = Summary { stage: Stage::Practising, next_due: Some(minute(3)), tags, ..Summary::default() };
    same("a head", &head, &vec![Head { stream: cycle("b"), version: 1, summary }])
}

pub(super) fn tags_follow_the_summary(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    begin(&store, "a", Some(minute(1)), &["room:ana", "room:bo"])?;
    let summary = Summary { tags: ["room:bo", "room:cy"].into_iter().collect(), ..Summary::default() };
    done("a change", store.append(Append { summary, ..events("a", 2, 0) })?)?;
    let tagged = |tag: &str| -> Result<usize, Failure> { Ok(store.streams(&Which::Tagged(tag.to_owned()), None, 9)?.len()) };
    same("taken back", &tagged("room:ana")?, &0)?;
    same("kept", &tagged("room:bo")?, &1)?;
    same("new", &tagged("room:cy")?, &1)?;
    same("due", &store.streams(&Which::Due(minute(9)), None, 9)?.len(), &0)?;
    let unless = |tag: &str| Append { unless: vec![tag.to_owned()], ..events("b", 1, 1) };
    super::fails("a tag it has", store.append(unless("room:cy")), "taken")?;
    done("a tag it had", store.append(unless("room:ana"))?)?;
    let own = Append { unless: vec!["room:cy".to_owned()], ..events("a", 2, 1) };
    done("its own tag", store.append(own)?).map(|_| ())
}
