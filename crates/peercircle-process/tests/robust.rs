//! Whatever text comes in, an answer comes out: a valid process, or issues that point into the text.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

use peercircle_process::{Format, parse, preset_files, to_json, to_toml};
use proptest::prelude::*;

const FORMATS: [Format; 2] = [Format::Json, Format::Toml];

fn answer(text: &str, format: Format) {
    let issues = match parse(text, format) {
        Ok(process) => {
            assert_eq!(parse(&to_toml(&process), Format::Toml).as_ref(), Ok(&process), "{text:?}");
            assert_eq!(parse(&to_json(&process), Format::Json), Ok(process), "{text:?}");
            return;
        }
        Err(issues) => issues,
    };
    assert!(!issues.issues().is_empty());
    let lines = text.split('\n').collect::<Vec<_>>();
    let mut last = (0, 0);
    for issue in &issues {
        let line = lines.get(issue.line as usize - 1).unwrap_or_else(|| panic!("{issue} in {text:?}"));
        assert!((issue.column as usize) <= line.chars().count() + 1, "{issue} in {text:?}");
        assert!(last <= (issue.line, issue.column), "{issue} comes too late");
        last = (issue.line, issue.column);
        let shown = issue.to_string();
        assert!(!shown.contains('\n') && !shown.ends_with('.'), "{shown}");
        assert!(!issue.expected.is_empty() && !issue.got.is_empty(), "{shown}");
        // The types never know better than the walk.
        assert!(issue.expected != "a process", "{shown} in {text:?}");
    }
}

/// Pieces of process files.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[\\[\\]{}=,.:\"'#\n \\\\-]",
        "(name|group|minimum|explore|discussion|minutes|rules|require|all|not|at_least|n|of|role|who_may|\\$schema)",
        "(\"story\\.share\"|\"facilitator\"|\"on\"|true|null|[0-9]{1,3}|1e9|-1|0x1f|2026-11-24|inf)",
        "(\n\\[\\[rules\\]\\]\n|\n\\[group\\]\n|\nrequire = |\\{\"rules\": \\[\\{|\\}\\]\\})",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A way to break a text.
#[derive(Clone, Debug)]
enum Break {
    Delete(usize, usize),
    Double(usize, usize),
    Insert(usize, String),
    Swap(usize, usize),
}

fn breaks() -> impl Strategy<Value = Vec<Break>> {
    let one = prop_oneof![
        (any::<usize>(), 0..40_usize).prop_map(|(at, len)| Break::Delete(at, len)),
        (any::<usize>(), 0..80_usize).prop_map(|(at, len)| Break::Double(at, len)),
        (any::<usize>(), "[\\[\\]{}=,.:\"'#\n0-9a-z-]{1,3}").prop_map(|(at, text)| Break::Insert(at, text)),
        (any::<usize>(), any::<usize>()).prop_map(|(one, other)| Break::Swap(one, other)),
    ];
    prop::collection::vec(one, 1..6)
}

fn broken(text: &str, breaks: &[Break]) -> String {
    let mut chars = text.chars().collect::<Vec<_>>();
    for one in breaks {
        let len = chars.len();
        let place = |at: usize| at % (len + 1);
        match one {
            Break::Delete(at, count) => {
                chars.drain(place(*at)..(place(*at) + count).min(len));
            }
            Break::Double(at, count) => {
                let copy = chars[place(*at)..(place(*at) + count).min(len)].to_vec();
                chars.splice(place(*at)..place(*at), copy);
            }
            Break::Insert(at, text) => {
                chars.splice(place(*at)..place(*at), text.chars());
            }
            Break::Swap(one, other) if len > 0 => chars.swap(one % len, other % len),
            Break::Swap(..) => {}
        }
    }
    chars.into_iter().collect()
}

/// Whole lines lost, doubled, or elsewhere: how files break in an editor.
fn shuffled(text: &str, moves: &[(usize, usize)]) -> String {
    let mut lines = text.lines().collect::<Vec<_>>();
    for (from, to) in moves {
        let count = lines.len();
        let (from, to, line) = (from % count, to % count, lines[from % count]);
        match (from + to) % 3 {
            0 => lines.insert(to, line),
            1 => lines.swap(from, to),
            _ => lines[to] = "",
        }
    }
    lines.join("\n")
}

fn files() -> Vec<(String, Format)> {
    let rules = include_str!("mistakes/own-rules.toml").to_owned();
    let mut files = vec![(rules, Format::Toml)];
    for (_, file) in preset_files() {
        let process = parse(&file, Format::Toml).unwrap();
        files.push((file, Format::Toml));
        files.push((to_json(&process), Format::Json));
    }
    files
}

proptest! {
    #[test]
    fn any_text(text in ".{0,200}") {
        FORMATS.into_iter().for_each(|format| answer(&text, format));
    }

    #[test]
    fn any_pieces(text in pieces()) {
        FORMATS.into_iter().for_each(|format| answer(&text, format));
    }

    #[test]
    fn any_broken_file(file in proptest::sample::select(files()), breaks in breaks()) {
        answer(&broken(&file.0, &breaks), file.1);
    }

    #[test]
    fn any_shuffled_file(
        file in proptest::sample::select(files()),
        moves in prop::collection::vec((any::<usize>(), any::<usize>()), 1..8),
    ) {
        answer(&shuffled(&file.0, &moves), file.1);
    }
}

#[test]
fn files_made_to_exhaust() {
    let many = 20_000;
    for (text, format) in [
        ("a=1\n".repeat(many), Format::Toml),
        ("x y\n".repeat(many), Format::Toml),
        ("[[rules]]\n".repeat(many / 10), Format::Toml),
        (format!("a={}", "[".repeat(many)), Format::Toml),
        (format!("a{}=1", ".a".repeat(many)), Format::Toml),
        (format!("{}1", "{\"a\":".repeat(many)), Format::Json),
        (format!("{{\"{}\":[{}1]}}", "k".repeat(many), "1,".repeat(many)), Format::Json),
        (format!("{{\"phases\":{{\"skippable\":[{}1]}}}}", "1,".repeat(many)), Format::Json),
    ] {
        assert!(!parse(&text, format).unwrap_err().issues().is_empty());
    }
}
