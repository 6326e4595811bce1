//! Notes: mine and the group's, and who can read each.

use maud::html;
use peercircle_core::{CycleId, MemberId, NoteRef, SessionKind};
use peercircle_host::Visitor;
use peercircle_service::Audience;

use super::Here;
use crate::{address::at, forms, page::Page, words::when};

/// A note as it is shown.
struct Shown {
    author: MemberId,
    audience: Audience,
    at: peercircle_core::Instant,
    text: String,
}

fn readable(visitor: &Visitor, id: &CycleId) -> (Vec<Shown>, Option<String>) {
    let heads = match visitor.notes(id) {
        Ok(heads) => heads,
        Err(error) => return (Vec::new(), Some(error.to_string())),
    };
    let open = |note: NoteRef| {
        let note = visitor.read_note(id, note).ok()?;
        String::from_utf8(note.content.to_vec()).ok()
    };
    let shown = |head: peercircle_service::NoteHead| {
        Some(Shown { text: open(head.note)?, author: head.author, audience: head.audience, at: head.at })
    };
    let mut notes: Vec<_> = heads.into_iter().filter_map(shown).collect();
    notes.sort_by_key(|note| std::cmp::Reverse(note.at));
    (notes, None)
}

pub(crate) fn page(here: &Here) -> Page {
    let (notes, trouble) = readable(&here.visitor, &here.id);
    let (mine, group): (Vec<_>, Vec<_>) = notes.into_iter().partition(|note| note.audience == (Audience::Author {}));
    let session = here.guide.session.or_else(|| attended_last(here));
    let item = |note: &Shown| {
        html! {
            li.note {
                p.said { (note.text) }
                p.helps { (here.names.or_you(&note.author)) " · " (when(note.at)) " · "
                    @match note.audience { Audience::Author {} => "only you can read this", Audience::Session { session } => { "everyone who attended " (session.label()) } } }
            }
        }
    };
    let body = html! {
        h1 { "Notes" }
        p.helps { "Who runs the programme can read none of these. They are sealed, and deleted some weeks after the cycle ends." }
        @if let Some(trouble) = trouble { section.card.warn { p { (trouble) } } }
        @if here.may_write() {
            section.card {
                h2 { "Write something down" }
                form method="post" action={ (at("c", &here.id)) "/notes" } data-send {
                    (forms::new_key())
                    label.field { span { "Note" } textarea name="text" rows="4" required {} }
                    (forms::readers(session))
                    button.primary { "Keep it" }
                }
            }
        }
        section { h2 { "Mine" } @if mine.is_empty() { p.helps { "None yet." } } ul.notes { @for note in &mine { (item(note)) } } }
        section { h2 { "The group's" } @if group.is_empty() { p.helps { "None yet." } } ul.notes { @for note in &group { (item(note)) } } }
    };
    here.live(Page::new("Notes", body), "/notes")
}

/// What whoever left a group wrote in it: theirs to keep, and nothing else of it.
pub(crate) fn kept(visitor: &Visitor, id: &CycleId) -> Page {
    let (notes, trouble) = readable(visitor, id);
    let mine: Vec<_> = notes.into_iter().filter(|note| Some(&note.author) == visitor.person()).collect();
    let body = html! {
        h1 { "What I wrote" }
        p.helps { "You are no longer in this group. What you wrote in it is yours, until it is deleted some weeks after the group's end." }
        @if let Some(trouble) = trouble { section.card.warn { p { (trouble) } } }
        section {
            @if mine.is_empty() { p { "You wrote nothing down there." } }
            ul.notes { @for note in &mine { li.note { p.said { (note.text) } p.helps { (when(note.at)) } } } }
        }
        p { a.button href="/" { "To my page" } }
    };
    Page::new("What I wrote", body)
}

fn attended_last(here: &Here) -> Option<SessionKind> {
    let mine = here.mine()?;
    if mine.reflect == Some(true) {
        Some(SessionKind::Reflect)
    } else if mine.explore == Some(true) {
        Some(SessionKind::Explore)
    } else {
        None
    }
}
