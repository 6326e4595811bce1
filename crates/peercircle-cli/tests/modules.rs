//! Modules by hand: listed, shown, checked, printed, one's own among them; and their files against the schemas.

#![expect(clippy::unwrap_used, reason = "a test that can't run its program fails")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

fn peercircle(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_peercircle")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

fn answered(arguments: &[&str]) -> Value {
    let output = peercircle(&[&["--json"], arguments].concat());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn modules() -> PathBuf {
    root().join("crates/peercircle-modules/modules")
}

/// A folder with one module of one's own, a copy of ours under another id and title.
fn own(folder: &Path, id: &str, title: &str) {
    let from = modules().join("coaching-employees/en");
    let into = folder.join(id).join("en");
    for inner in ["", "exercises", "job-aids"] {
        fs::create_dir_all(into.join(inner)).unwrap();
        for entry in fs::read_dir(from.join(inner)).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
            let text = fs::read_to_string(entry.path()).unwrap();
            let text = text.replace("title = \"Coaching Employees for Success\"", &format!("title = \"{title}\""));
            fs::write(into.join(inner).join(entry.file_name()), text).unwrap();
        }
    }
}

#[test]
fn a_list_is_by_category_and_takes_in_ones_own() {
    let listed = answered(&["module", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 24);
    let (text, _) = said(&peercircle(&["module", "list"]));
    assert_eq!(text.lines().filter(|line| line.starts_with(char::is_alphabetic)).count(), 8, "{text}");
    let folder = tempfile::tempdir().unwrap();
    own(folder.path(), "coaching-at-ours", "Coaching at Ours");
    let (text, _) = said(&peercircle(&["module", "list", "--modules", folder.path().to_str().unwrap()]));
    assert!(text.contains("Coaching at Ours") && text.contains("Delegation"), "{text}");
}

#[test]
fn an_unknown_module_or_language_is_named_with_what_would_work() {
    let (_, error) = said(&peercircle(&["module", "show", "delegatoin"]));
    assert!(error.contains("got `delegatoin`; did you mean `delegation`?"), "{error}");
    let (_, error) = said(&peercircle(&["module", "list", "--lang", "German"]));
    assert!(error.contains("expected a language tag such as `en`, `de` or `pt-BR`, got `German`"), "{error}");
}

#[test]
fn a_module_in_a_language_it_lacks_is_printed_in_english_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().to_str().unwrap();
    let print = ["module", "print", "delegation", "--format", "html", "--lang", "de", "--to", into];
    let (_, note) = said(&peercircle(&print));
    assert!(note.contains("`delegation` has no text in `de`; printed in `en`"), "{note}");
    let page = fs::read_to_string(folder.path().join("delegation.html")).unwrap();
    assert!(page.contains("<html lang=\"en\">"));
}

#[test]
fn prints_write_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("new/folder");
    let to = into.to_str().unwrap();
    let german = ["module", "print", "coaching-employees", "--lang", "de", "--to", to];
    let answer = answered(&[german.as_slice(), &["--paper", "letter"]].concat());
    assert_eq!(answer["files"].as_array().unwrap().len(), 2);
    let html = fs::read_to_string(into.join("coaching-employees.html")).unwrap();
    assert!(html.contains("<html lang=\"de\">") && html.contains("size: letter") && html.contains("Arbeitsheft"));
    assert!(fs::read(into.join("coaching-employees.pdf")).unwrap().starts_with(b"%PDF-"));
    let only = ["module", "print", "coaching-employees", "--only", "job-aids", "--format", "html", "--to", to];
    assert!(peercircle(&only).status.success());
    let aids = fs::read_to_string(into.join("coaching-employees-job-aids.html")).unwrap();
    assert!(aids.contains("Job aids") && !aids.contains("Workbook"));
}

#[test]
fn a_check_says_everything_that_is_wrong_and_its_status_says_whether() {
    let folder = tempfile::tempdir().unwrap();
    own(folder.path(), "ours", "Coaching at Ours");
    let path = folder.path().to_str().unwrap();
    let (text, _) = said(&peercircle(&["module", "check", path]));
    assert_eq!(text.trim(), "valid ours/en");
    let guide = folder.path().join("ours/en/guide.toml");
    let text = fs::read_to_string(&guide).unwrap();
    fs::write(&guide, text.replace("exercise = \"coach-or-tell\"", "exercise = \"coach-or-tel\"")).unwrap();
    fs::remove_file(folder.path().join("ours/en/case.md")).unwrap();
    let output = peercircle(&["module", "check", path]);
    let (_, error) = said(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains("ours/en/case.md: line 1, column 1: expected this file, got none"), "{error}");
    assert!(error.contains("got `coach-or-tel`; did you mean `coach-or-tell`?"), "{error}");
    assert_eq!(answered(&["module", "check", path])["issues"].as_array().unwrap().len(), 3);
}

#[test]
fn a_check_holds_the_minutes_against_a_process_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let process = folder.path().join("short.toml");
    fs::write(&process, "name = \"short\"\nversion = 1\n[explore.skill_building]\nminutes = 10\n").unwrap();
    let path = modules().join("coaching-employees");
    let check = ["module", "check", path.to_str().unwrap(), "--process", process.to_str().unwrap()];
    let (_, error) = said(&peercircle(&check));
    assert!(error.contains("coaching-employees/en: expected at most 10 minutes in skill building, got 25"), "{error}");
}

#[test]
fn every_file_of_the_catalogue_is_as_its_schema_says() {
    let schema = |name: &str| {
        let text = fs::read_to_string(root().join(format!("schemas/module/{name}.json"))).unwrap();
        jsonschema::draft202012::new(&serde_json::from_str(&text).unwrap()).unwrap()
    };
    let [about, guide, practice] = ["module", "guide", "practice"].map(schema);
    let [document, exercise, job_aid] = ["document", "exercise", "job-aid"].map(schema);
    let mut count = 0;
    let mut folders = vec![modules()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let front = text.strip_prefix("+++").map_or(text.as_str(), |rest| rest.split("\n+++").next().unwrap());
            let value = serde_json::to_value(toml::from_str::<toml::Table>(front).unwrap()).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap();
            let kind = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
            let schema = match (name, kind) {
                ("module.toml", _) => &about,
                ("guide.toml", _) => &guide,
                ("practice.toml", _) => &practice,
                (_, "exercises") => &exercise,
                (_, "job-aids") => &job_aid,
                _ => &document,
            };
            assert!(schema.is_valid(&value), "{}: {:?}", path.display(), schema.validate(&value).map_err(|e| e.to_string()));
            count += 1;
        }
    }
    assert!(count > 24 * 9, "{count} files");
}
