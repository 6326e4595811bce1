//! The machine's own checks of a process, put back into the file: what contradicts itself, and where that stands.

use std::collections::{BTreeMap, BTreeSet};

use peercircle_core::{Process, ProcessIssue, ProcessSpec};
use peercircle_file::{Clean, Fill, Found, IssueKind, Place, Walk, quoted};

use crate::book;

/// The process of a file that fits the schema.
///
/// # Errors
/// Everything that the walk and the machine's own checks found.
pub(crate) fn process(clean: &Clean, mut walk: Walk, twice: Vec<Found>) -> Result<Process, Vec<Found>> {
    let whole = walk.found.is_empty();
    walk.found.extend(twice);
    let issues = match run(clean, Fill::Likely) {
        Ok(process) if walk.found.is_empty() => return Ok(process),
        Ok(_) => Vec::new(),
        Err(issues) => issues,
    };
    // A range that the schema only knows by the width of its number, the machine may know better.
    let ranges = issues.iter().map(|issue| (issue.path.as_str(), &issue.expected)).collect::<BTreeMap<_, _>>();
    for found in walk.found.iter_mut().filter(|found| found.kind == IssueKind::OutOfRange) {
        if let Some(expected) = ranges.get(found.path.as_str()) {
            found.expected.clone_from(expected);
        }
    }
    let fills: &[Fill] = if whole { &[] } else { &[Fill::Least, Fill::Greatest] };
    let paths = |fill: &Fill| {
        let issues = run(clean, *fill).err().unwrap_or_default();
        issues.into_iter().map(|issue| issue.path).collect::<BTreeSet<_>>()
    };
    let others = fills.iter().map(paths).collect::<Vec<_>>();
    let certain = |issue: &ProcessIssue| {
        !outwards(&issue.path).any(|path| walk.holes.contains(path))
            && others.iter().all(|paths| paths.contains(&issue.path))
    };
    let sound = issues.into_iter().filter(|issue| certain(issue)).map(|issue| placed(issue, &walk)).collect::<Vec<_>>();
    walk.found.extend(sound);
    Err(walk.found)
}

fn run(clean: &Clean, fill: Fill) -> Result<Process, Vec<ProcessIssue>> {
    let mut value = clean.filled(book::process(), fill);
    if let Some(root) = value.as_object_mut() {
        // For editors; no part of the process.
        root.remove("$schema");
    }
    match serde_json::from_value::<ProcessSpec>(value) {
        Ok(spec) => Process::new(spec).map_err(|issues| issues.0),
        // The walk admits what the types admit; were it to admit more, the types would say so here.
        Err(error) => {
            let (expected, got) = ("a process".to_owned(), error.to_string());
            Err(vec![ProcessIssue { path: String::new(), expected, got }])
        }
    }
}

/// A path, and those of the values around it, up to the whole file.
fn outwards(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| match path.rsplit_once(['.', '[']) {
        Some((outer, _)) => Some(outer),
        None => Some("").filter(|whole| whole != path),
    })
}

fn placed(issue: ProcessIssue, walk: &Walk) -> Found {
    let ProcessIssue { path, expected, got } = issue;
    let (at, got) = match walk.places.get(&path) {
        Some(Place { at, word: Some(word) }) if *word == got => (*at, quoted(&got)),
        Some(Place { at, .. }) => (*at, got),
        None => {
            let around = outwards(&path).find_map(|path| walk.places.get(path));
            (around.map_or(0, |place| place.at), format!("{got}, the preset's"))
        }
    };
    Found { at, kind: IssueKind::Unsound, path, expected, got, suggestion: None }
}
