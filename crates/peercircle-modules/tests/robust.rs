//! Whatever stands in the files of a module: it is read, or every issue has a place in them.

#![expect(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, reason = "helpers of tests")]

use std::{collections::BTreeMap, path::Path, sync::LazyLock};

use peercircle_modules::{Bounds, Files, parse, read_folder, review};
use proptest::prelude::*;

static FILES: LazyLock<Files> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("modules/coaching-employees");
    let all = read_folder(&folder).unwrap().into_iter();
    all.filter_map(|(name, text)| Some((name.strip_prefix("coaching-employees/en/")?.to_owned(), text))).collect()
});

#[derive(Clone, Debug)]
enum Slip {
    Cut(usize),
    Insert(usize, String),
    Drop,
    Twice(usize),
    Remove(usize, usize),
}

fn slips() -> impl Strategy<Value = Slip> {
    let at = 0..20_000_usize;
    prop_oneof![
        at.clone().prop_map(Slip::Cut),
        (at.clone(), "[\\[\\]{}\"'=#|*_`+\\-\\n\\\\ a-zé€]{1,8}").prop_map(|(at, what)| Slip::Insert(at, what)),
        Just(Slip::Drop),
        at.clone().prop_map(Slip::Twice),
        (at, 1..60_usize).prop_map(|(at, length)| Slip::Remove(at, length)),
    ]
}

/// The nearest place for a cut that isn't within a character.
fn whole(text: &str, at: usize) -> usize {
    let at = at % (text.len() + 1);
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn slipped(files: &Files, name: usize, slip: &Slip) -> Files {
    let mut files = files.clone();
    let name = files.keys().nth(name % files.len()).unwrap().clone();
    let text = files.get(&name).unwrap().clone();
    let changed = match slip {
        Slip::Cut(at) => Some(text[..whole(&text, *at)].to_owned()),
        Slip::Insert(at, what) => {
            let at = whole(&text, *at);
            Some(format!("{}{what}{}", &text[..at], &text[at..]))
        }
        Slip::Drop => None,
        Slip::Twice(line) => {
            let mut lines: Vec<_> = text.lines().collect();
            let at = line % lines.len();
            lines.insert(at, lines[at]);
            Some(lines.join("\n"))
        }
        Slip::Remove(at, length) => {
            let at = whole(&text, *at);
            let end = whole(&text, (at + length).min(text.len()));
            Some(format!("{}{}", &text[..at], &text[end.max(at)..]))
        }
    };
    match changed {
        Some(text) => files.insert(name, text),
        None => files.remove(&name),
    };
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn every_slip_is_read_or_named_with_its_place(name in 0..20_usize, slips in prop::collection::vec(slips(), 1..4)) {
        let files = slips.iter().fold(FILES.clone(), |files, slip| slipped(&files, name, slip));
        let lines: BTreeMap<_, _> = files.iter().map(|(name, text)| (name.as_str(), text.lines().count())).collect();
        if let Err(issues) = parse("coaching-employees", "en", &files) {
            prop_assert!(!issues.issues().is_empty());
            for issue in issues.issues() {
                let name = issue.file.strip_prefix("coaching-employees/en/").unwrap();
                let most = lines.get(name).copied().unwrap_or(0).max(1) + 1;
                prop_assert!((1..=most).contains(&(issue.issue.line as usize)), "{issue}: {most} lines");
                prop_assert!(!issue.issue.expected.is_empty() && !issue.issue.got.is_empty(), "{issue}");
            }
        }
        let language = "en".parse().unwrap();
        let _ = review("coaching-employees/en", &files, Bounds::of(&language), &|_| true);
    }
}
