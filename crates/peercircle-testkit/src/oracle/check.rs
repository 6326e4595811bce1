//! Checking: the events of a decision against what had to follow, one after the other.

use std::fmt;

use peercircle_core::{Command, Context, Event};

use super::{follow::Following, past::Past};

/// Something that a decision should have written otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The number of the event in the history, from 0.
    pub at: usize,
    /// What had to stand there.
    pub expected: String,
    /// What stands there.
    pub got: String,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {}: expected {}, got {}", self.at + 1, self.expected, self.got)
    }
}

pub(super) fn check(history: &[Event], from: usize, command: &Command) -> Vec<Disagreement> {
    let Some(first) = history.get(from) else {
        let expected = format!("the events of {}", command.kind());
        return vec![Disagreement { at: from, expected, got: "none".to_owned() }];
    };
    let context = Context::new(first.actor, first.at);
    for at in from..=history.len() {
        let so_far = history.get(from..at).unwrap_or_default();
        let following =
            Following::new(Past::of(history).before(from), Past::of(history).before(at), so_far, command, &context);
        let (wanted, got) = (following.next(), history.get(at));
        let agree = match (&wanted, got) {
            (Some(wanted), Some(got)) => wanted.is_said_by(&got.body, &following) && stands(got, at, first),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !agree {
            let expected = wanted.map_or_else(|| "nothing more".to_owned(), |wanted| format!("{wanted:?}"));
            let got = got.map_or_else(|| "nothing more".to_owned(), |got| format!("{got:?}"));
            return vec![Disagreement { at, expected, got }];
        }
    }
    Vec::new()
}

/// Whether an event is numbered, timed and signed as part of the decision.
fn stands(event: &Event, at: usize, first: &Event) -> bool {
    usize::try_from(event.seq) == Ok(at + 1)
        && (event.at, event.actor, event.command_id) == (first.at, first.actor, first.command_id)
}
