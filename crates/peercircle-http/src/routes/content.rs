//! What was said: for those who were there.

use peercircle_core::NoteRef;

use super::shapes::{NoteOf, Page, PutNote};
use crate::call::{Call, Reply};
use crate::problem::{No, no};

pub(super) fn notes(call: &Call) -> Result<Reply, No> {
    let notes = call.visitor()?.notes(&call.cycle()?)?;
    Reply::json(&Page::whole(notes.into_iter().map(super::shapes::NoteOn::from).collect()))
}

pub(super) fn note(call: &Call) -> Result<Reply, No> {
    let note = call.visitor()?.read_note(&call.cycle()?, name(call)?)?;
    let no = || no("not_acceptable", "expected a note that is text, got other bytes");
    let text = std::str::from_utf8(&note.content).map_err(|_| no())?.to_owned();
    Reply::json(&NoteOf { head: note.head.into(), text })
}

pub(super) fn put_note(call: &Call) -> Result<Reply, No> {
    let PutNote { r#for, text } = call.json()?;
    let most = call.api.inner.limits.note_bytes;
    if text.len() > most {
        let detail = format!("expected a note of at most {most} bytes, got {}", text.len());
        return Err(no("note_too_long", detail));
    }
    let name = call.param("note").parse::<NoteRef>();
    let name = name.map_err(|error| no(error.code(), error.to_string()))?;
    call.visitor()?.put_note(&call.cycle()?, name, r#for.into(), text.as_bytes())?;
    Ok(Reply::empty())
}

fn name(call: &Call) -> Result<NoteRef, No> {
    call.path("note", "a note of the cycle")
}
