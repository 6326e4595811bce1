//! What the two sides of a difference are called.

use std::collections::BTreeSet;

use crate::{Ruled, story};

/// The names of two processes; where they share one, with what tells them apart.
pub(super) fn names(one: &Ruled, other: &Ruled) -> [String; 2] {
    let both = [one, other];
    let names = both.map(|under| under.process().spec().name.clone());
    let [first, second] = &names;
    if first != second {
        return names;
    }
    let code = both.map(|under| under.in_code().into_iter().collect());
    let off = both.map(|under| under.rules().off().map(|rule| rule.to_string()).collect());
    let [old, new] = both.map(|under| under.process().spec().version);
    let [with, more] = apart(code, "with");
    let [without, fewer] = apart(off, "without");
    if [&with, &more, &without, &fewer].iter().any(|said| !said.is_empty()) {
        [format!("{first}{with}{without}"), format!("{first}{more}{fewer}")]
    } else if old != new {
        [old, new].map(|version| format!("{first}, version {version}"))
    } else {
        ["first", "second"].map(|which| format!("{first} ({which})"))
    }
}

/// What only one of them has, each: ` with ACME-7 and ACME-8`.
fn apart([one, other]: [BTreeSet<String>; 2], word: &str) -> [String; 2] {
    [(&one, &other), (&other, &one)].map(|(mine, theirs)| {
        let only: Vec<_> = mine.difference(theirs).cloned().collect();
        if only.is_empty() { String::new() } else { format!(" {word} {}", story::list(&only)) }
    })
}
