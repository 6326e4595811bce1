//! Mistakes that editors of modules make, and what they are told: tests/mistakes, with the whole answer in `answer.txt`.
//!
//! `BLESS=1 cargo test -p peercircle-modules --test mistakes` writes the answer anew; read the difference before keeping it.

use std::{fs, path::Path};

use peercircle_modules::{Bounds, Catalogue, Files, read_folder, review};

#[test]
fn every_mistake_is_named_with_its_place() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
    let files = read_folder(&folder).unwrap();
    let mut answer = Catalogue::empty().with(files.clone()).unwrap_err().to_string();
    let own: Files =
        files.into_iter().filter_map(|(name, text)| Some((name.strip_prefix("asking/en/")?.to_owned(), text))).collect();
    let language = "en".parse().unwrap();
    for issue in review("asking/en", &own, Bounds::of(&language), &|word| word != "recieve") {
        answer.push_str(&format!("\n{issue}"));
    }
    answer.push('\n');
    let recorded = folder.join("answer.txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&recorded, &answer).unwrap();
    }
    assert_eq!(answer, fs::read_to_string(&recorded).unwrap());
}
