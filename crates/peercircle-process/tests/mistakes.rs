//! Mistakes that process owners make, and what they are told: `mistakes/*.toml` and `.json`, with the whole answer in `.txt`.
//!
//! `BLESS=1 cargo test -p peercircle-process --test mistakes` writes the answers anew; read the difference before keeping it.

use std::{fs, path::Path};

use peercircle_process::{Format, IssueKind, MAX_FILE_BYTES, parse};

#[test]
fn every_answer_is_the_recorded_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
    let mut count = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let Some(format) = Format::of_file(&path) else { continue };
        count += 1;
        let answer = parse(&fs::read_to_string(&path).unwrap(), format).unwrap_err().to_string() + "\n";
        let recorded = path.with_extension(format!("{}.txt", path.extension().unwrap().to_str().unwrap()));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&recorded, &answer).unwrap();
        }
        assert_eq!(answer, fs::read_to_string(&recorded).unwrap(), "{}", path.display());
    }
    assert_eq!(count, 9);
}

#[test]
fn ten_mistakes_are_ten_issues_on_the_right_lines() {
    let expected = [
        (IssueKind::UnknownValue, "privacy", "2:11 3:14"),
        (IssueKind::UnknownKey, "group.minimun", "5:1 5:5"),
        (IssueKind::WrongType, "group.maximum", "6:11 6:16"),
        (IssueKind::UnknownKey, "explore.discusion", "8:10 8:15"),
        (IssueKind::Unsound, "explore.discussion.minutes", "9:11 8:40"),
        (IssueKind::Unsound, "quorum.floor", "12:9 9:23"),
        (IssueKind::WrongType, "turns.pass", "15:8 10:21"),
        (IssueKind::WrongType, "place.allowed", "18:11 11:24"),
        (IssueKind::Unsound, "rules[0].id", "21:6 13:11"),
        (IssueKind::UnknownValue, "rules[0].require.count.of", "24:28 16:33"),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
    let issues = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        parse(&text, Format::of_file(name).unwrap()).unwrap_err()
    };
    let (toml, json) = (issues("ten.toml"), issues("ten.json"));
    let found = toml.issues().iter().zip(json.issues()).map(|(toml, json)| {
        assert_eq!((toml.kind, &toml.path), (json.kind, &json.path));
        assert_eq!((&toml.expected, &toml.got, &toml.suggestion), (&json.expected, &json.got, &json.suggestion));
        (toml.kind, toml.path.as_str(), format!("{}:{} {}:{}", toml.line, toml.column, json.line, json.column))
    });
    let found = found.collect::<Vec<_>>();
    let found = found.iter().map(|(kind, path, place)| (*kind, *path, place.as_str()));
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert_eq!((toml.issues().len(), json.issues().len()), (10, 10));
}

#[test]
fn places_count_characters_and_lines_of_every_kind() {
    let place = |text: &str, format| {
        let issues = parse(text, format).unwrap_err();
        (issues.issues()[0].line, issues.issues()[0].column)
    };
    assert_eq!(place("{\"näme\": \"é\", \"versiön\": 1}", Format::Json), (1, 2));
    assert_eq!(place("{\"name\": \"é→😀\", \"version\": \"\"}", Format::Json), (1, 28));
    assert_eq!(place("name = \"x\"\r\n\r\nversion = \"\"\r\n", Format::Toml), (3, 11));
    assert_eq!(place("\u{feff}version = \"\"", Format::Toml), (1, 11));
    assert_eq!(place("\u{feff}{\"version\": \"\"}", Format::Json), (1, 13));
    assert_eq!(place("{\n\t\"version\": \"\"\n}", Format::Json), (2, 13));
    assert_eq!(place("", Format::Json), (1, 1));
    assert_eq!(place("{\n", Format::Json), (2, 1));
}

#[test]
fn what_stands_there_is_shown_on_one_short_line() {
    let text = format!("privacy = \"a\\nb\\u0000{}\"\n", "c".repeat(1000));
    let issues = parse(&text, Format::Toml).unwrap_err();
    let got = &issues.issues()[0].got;
    assert!(got.starts_with("`a\\nb\\0ccc") && got.ends_with("…`") && got.chars().count() < 80, "{got}");
    let issues = parse(&format!("{} = 1\n", "k".repeat(1000)), Format::Toml).unwrap_err();
    assert!(issues.to_string().len() < 300, "{issues}");
}

#[test]
fn a_file_that_is_too_long_is_not_read() {
    let fits = format!("#{}", " ".repeat(MAX_FILE_BYTES - 1));
    assert!(parse(&fits, Format::Toml).is_ok());
    let issues = parse(&(fits + " "), Format::Toml).unwrap_err();
    assert_eq!(issues.to_string(), "line 1, column 1: expected at most 262144 bytes, got 262145");
}

#[test]
fn issues_as_json() {
    let issues = parse("[group]\nminimun = 5\n", Format::Toml).unwrap_err();
    assert_eq!(issues.code(), "invalid_file");
    assert_eq!(issues.issues()[0].kind.code(), "unknown_key");
    assert_eq!(
        serde_json::to_value(&issues).unwrap(),
        serde_json::json!([{
            "line": 2,
            "column": 1,
            "kind": "unknown_key",
            "path": "group.minimun",
            "expected": "`distinct_departments`, `maximum`, `minimum`, `same_level` or `target`",
            "got": "`minimun`",
            "suggestion": "minimum",
        }])
    );
}
