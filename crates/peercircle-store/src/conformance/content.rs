//! Sealed content.

use super::{Failure, Outcome, Subject, cycle, minute, note, same};
use crate::{ContentStore, Destroyed, KeyState, Put, SealedNote};

fn sealed(stream: &str, number: u128) -> SealedNote {
    let sealed = (0..=255).cycle().take(700).collect();
    SealedNote { stream: cycle(stream), note: note(number), head: vec![0, 255, 7], sealed }
}

pub(super) fn the_first_key_stands_until_destroyed(subject: &impl Subject) -> Outcome {
    let (store, other) = (subject.open()?, subject.open()?);
    same("no key", &store.key(&cycle("a"))?, &KeyState::None)?;
    let first = KeyState::Kept(vec![1, 0, 255]);
    same("the first", &store.put_key(&cycle("a"), &[1, 0, 255])?, &first)?;
    same("the second", &other.put_key(&cycle("a"), &[2])?, &first)?;
    same("the key", &other.key(&cycle("a"))?, &first)?;
    let gone = Destroyed { at: minute(1), notes: 0 };
    same("destroyed", &store.destroy_key(&cycle("a"), minute(1))?, &gone)?;
    same("destroyed again", &other.destroy_key(&cycle("a"), minute(2))?, &gone)?;
    same("a new key", &store.put_key(&cycle("a"), &[3])?, &KeyState::Destroyed(gone))?;
    same("the key", &other.key(&cycle("a"))?, &KeyState::Destroyed(gone))?;
    let never = Destroyed { at: minute(3), notes: 0 };
    same("where there was none", &store.destroy_key(&cycle("b"), minute(3))?, &never)?;
    same("then", &store.put_key(&cycle("b"), &[3])?, &KeyState::Destroyed(never))
}

pub(super) fn notes_come_back_and_stay(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    same("without a key", &store.put_note(sealed("a", 1))?, &Put::NoKey)?;
    store.put_key(&cycle("a"), &[1])?;
    store.put_key(&cycle("b"), &[2])?;
    same("it", &store.put_note(sealed("a", 1))?, &Put::Kept)?;
    same("another", &store.put_note(sealed("a", 2))?, &Put::Kept)?;
    same("the same name", &store.put_note(SealedNote { sealed: vec![9], ..sealed("a", 1) })?, &Put::Taken)?;
    same("the name in another cycle", &store.put_note(sealed("b", 1))?, &Put::Kept)?;
    same("the note", &store.note(&cycle("a"), note(1))?, &Some(sealed("a", 1)))?;
    same("no note", &store.note(&cycle("a"), note(3))?, &None)?;
    same("another cycle's", &store.note(&cycle("b"), note(2))?, &None)?;
    let heads = vec![(note(1), vec![0, 255, 7]), (note(2), vec![0, 255, 7])];
    same("the heads", &store.notes(&cycle("a"))?, &heads)?;
    same("deleted", &store.delete_notes(&cycle("a"), &[note(2), note(7), note(2)])?, &1)?;
    same("what is left", &store.notes(&cycle("a"))?.len(), &1)?;
    same("the other cycle's", &store.notes(&cycle("b"))?.len(), &1)
}

pub(super) fn destroying_takes_the_notes(subject: &impl Subject) -> Outcome {
    let store = subject.open()?;
    for stream in ["a", "b"] {
        store.put_key(&cycle(stream), &[1])?;
        for number in 0..3 {
            same("a note", &store.put_note(sealed(stream, number))?, &Put::Kept)?;
        }
    }
    same("it", &store.destroy_key(&cycle("a"), minute(1))?, &Destroyed { at: minute(1), notes: 3 })?;
    same("its notes", &store.notes(&cycle("a"))?.len(), &0)?;
    same("a note of it", &store.note(&cycle("a"), note(0))?, &None)?;
    same("a note after it", &store.put_note(sealed("a", 9))?, &Put::NoKey)?;
    same("the other's notes", &store.notes(&cycle("b"))?.len(), &3)?;
    let kept = |state: KeyState| matches!(state, KeyState::Kept(_));
    super::holds(kept(store.key(&cycle("b"))?), || "the other's key is gone".to_owned())?;
    Ok::<_, Failure>(())
}
