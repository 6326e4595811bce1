//! The presets that ship as files: current, complete, and exactly the core's.
//!
//! `BLESS=1 cargo test -p peercircle-process --test presets` writes them anew.

use std::{collections::BTreeSet, fs, path::Path};

use peercircle_core::{Process, ProcessSpec};
use peercircle_process::{Format, parse, preset_files, to_json};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("presets")
}

#[test]
fn every_file_is_current() {
    for (name, content) in preset_files() {
        let path = folder().join(&name);
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &content).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), content, "{name} is out of date; run this test with BLESS=1");
    }
    let written = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let known = preset_files().into_iter().map(|(name, _)| name);
    assert_eq!(written.collect::<BTreeSet<_>>(), known.collect());
}

#[test]
fn every_file_is_exactly_its_preset() {
    for (name, spec) in ProcessSpec::presets() {
        let file = format!("{name}.toml");
        let text = fs::read_to_string(folder().join(&file)).unwrap();
        let format = Format::of_file(&file).unwrap();
        let process = Process::new(spec).unwrap();
        assert_eq!(parse(&text, format), Ok(process.clone()), "{name}");
        assert_eq!(parse(&to_json(&process), Format::Json), Ok(process), "{name}");
    }
}

#[test]
fn an_empty_file_is_the_preset() {
    assert_eq!(parse("", Format::Toml), Ok(Process::default()));
    assert_eq!(parse("{}", Format::Json), Ok(Process::default()));
}

#[test]
fn what_a_file_has_commented_out_works_when_uncommented() {
    let (_, preset) = preset_files().swap_remove(0);
    for start in ["# \"story.share\"", "# [[rules]]"] {
        let at = preset.find(start).unwrap();
        let (before, after) = preset.split_at(at);
        let end = after.lines().take_while(|line| line.starts_with('#')).map(|line| line.len() + 1).sum::<usize>();
        let (hint, rest) = after.split_at(end);
        let hint = hint.lines().map(|line| line.strip_prefix("# ").unwrap()).collect::<Vec<_>>().join("\n");
        let process = parse(&format!("{before}{hint}\n{rest}"), Format::Toml).unwrap();
        assert_ne!(process, Process::default());
    }
}
