//! The modules that come with the library, and one's own beside them.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{collections::BTreeMap, path::Path};

use peercircle_core::{PhaseKind, ProcessSpec, SessionKind};
use peercircle_modules::{Catalogue, Category, Files, parse, read_folder};

fn builtin_files() -> Vec<(String, String)> {
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("modules")).unwrap()
}

/// The files of one module in one language, by their names within its folder.
fn files_of(module: &str) -> Files {
    let all = builtin_files().into_iter();
    all.filter_map(|(name, text)| Some((name.strip_prefix(&format!("{module}/"))?.to_owned(), text))).collect()
}

#[test]
fn three_modules_in_each_of_the_eight_categories_all_valid() {
    if let Err(issues) = Catalogue::empty().with(builtin_files()) {
        panic!("{issues}");
    }
    let catalogue = Catalogue::builtin();
    let mut counts = BTreeMap::<_, usize>::new();
    for module in catalogue.modules("en") {
        *counts.entry(module.about.category).or_default() += 1;
        assert_eq!(module.language.as_str(), "en");
    }
    assert_eq!(counts, Category::ALL.into_iter().map(|category| (category, 3)).collect());
    let titles = ["Coaching Employees for Success", "Developing Your Staff", "When to Adjust Your Management Style"];
    for title in titles {
        assert!(catalogue.titles("en").any(|one| one.title.as_str() == title), "{title}");
    }
}

#[test]
fn every_module_has_words_for_every_phase_of_both_sessions() {
    for module in Catalogue::builtin().modules("en") {
        for session in SessionKind::ALL {
            let phases: Vec<_> = module.guide.phases(session).into_iter().map(|(phase, _)| phase).collect();
            assert_eq!(phases, session.phases(), "{}", module.id);
        }
        assert!(module.overfull(&ProcessSpec::default()).is_empty(), "{}", module.id);
    }
}

#[test]
fn plans_have_their_if_and_then_in_the_text() {
    let catalogue = Catalogue::builtin();
    for (language, opening, then) in [("en", ["If ", "When "], "then "), ("de", ["Wenn ", "Falls "], "dann ")] {
        for module in catalogue.modules(language).filter(|module| module.language.as_str() == language) {
            for plan in &module.practice.if_then {
                let (situation, behaviour) = (plan.situation.to_string(), plan.behaviour.to_string());
                assert!(opening.iter().any(|word| situation.starts_with(word)), "{}: {situation}", module.id);
                assert!(behaviour.starts_with(then), "{}: {behaviour}", module.id);
            }
        }
    }
}

/// Long enough that two authors don't write it by chance.
const LONG: usize = 40;

#[test]
fn no_two_modules_share_a_sentence() {
    let mut seen = BTreeMap::<String, String>::new();
    let mut shared = Vec::new();
    let english = builtin_files().into_iter().filter(|(name, _)| name.split('/').nth(1) == Some("en"));
    for (name, text) in english {
        let module = name.split('/').next().unwrap().to_owned();
        // Sources are other people's words, and comments nobody's.
        let own = text.split("\n[[sources]]").next().unwrap().lines().filter(|line| !line.starts_with("# "));
        let folded = own.collect::<Vec<_>>().join(" ").replace("\\\"", "\"");
        for sentence in folded.split(['.', '?', '!', '"', '|', '*']).map(str::trim).filter(|one| one.len() >= LONG) {
            let first = seen.entry(sentence.to_lowercase()).or_insert_with(|| module.clone());
            if *first != module {
                shared.push(format!("{first} and {name}: {sentence}"));
            }
        }
    }
    assert!(seen.len() > 5_000, "{} sentences", seen.len());
    assert!(shared.is_empty(), "{}", shared.join("\n"));
}

#[test]
fn a_language_falls_back_to_a_wider_one_and_to_english() {
    let catalogue = Catalogue::builtin();
    let language = |tag| catalogue.module("coaching-employees", tag).unwrap().language.to_string();
    assert_eq!(["de", "de-CH", "en-US", "fr", "not a tag"].map(language), ["de", "de", "en", "en", "en"]);
    assert_eq!(catalogue.modules("de").count(), catalogue.modules("en").count());
    let german = catalogue.titles("de").filter(|title| title.language.as_str() == "de");
    assert_eq!(german.map(|title| title.id.to_string()).collect::<Vec<_>>(), ["coaching-employees"]);
}

#[test]
fn a_folder_of_ones_own_adds_and_replaces() {
    let own = |id: &str, title: &str| {
        let files = files_of("coaching-employees/en").into_iter();
        let title = format!("title = \"{title}\"");
        let retitled =
            files.map(move |(name, text)| (name, text.replace("title = \"Coaching Employees for Success\"", &title)));
        retitled.map(|(name, text)| (format!("{id}/en/{name}"), text)).collect::<Vec<_>>()
    };
    let files = [own("coaching-at-ours", "Coaching at Ours"), own("delegation", "Our Delegation")].concat();
    let catalogue = Catalogue::builtin().with(files).unwrap();
    assert_eq!(catalogue.ids().count(), 25);
    assert_eq!(catalogue.module("coaching-at-ours", "en").unwrap().about.title.as_str(), "Coaching at Ours");
    assert_eq!(catalogue.module("delegation", "en").unwrap().about.title.as_str(), "Our Delegation");
    assert_eq!(catalogue.languages("delegation").count(), 1);
}

#[test]
fn a_translation_differs_in_words_only() {
    let both = |change: fn(String) -> String| {
        let files = builtin_files().into_iter().filter(|(name, _)| name.starts_with("coaching-employees/"));
        let change = move |(name, text): (String, String)| {
            let is_german = name == "coaching-employees/de/module.toml";
            let text = if is_german { change(text) } else { text };
            (name, text)
        };
        Catalogue::empty().with(files.map(change).collect::<Vec<_>>())
    };
    assert!(both(|text| text).is_ok());
    let issues = both(|text| text.replace("\nversion = ", "\nversion = 9")).unwrap_err();
    assert_eq!(issues.issues().len(), 1, "{issues}");
    assert!(issues.to_string().starts_with("coaching-employees/de/module.toml: line 2, column 11: `version`"), "{issues}");
    assert!(issues.to_string().contains("as in `en`, got 9"), "{issues}");
}

#[test]
fn minutes_are_held_against_a_process_of_ones_own() {
    let files = files_of("coaching-employees/en");
    let module = parse("coaching-employees", "en", &files).unwrap();
    let short = ProcessSpec::presets().into_iter().map(|(_, spec)| (spec.name.clone(), module.overfull(&spec).len()));
    assert!(short.clone().any(|(_, count)| count == 0), "{:?}", short.collect::<Vec<_>>());
    let mut spec = ProcessSpec::default();
    spec.explore.phase_mut(PhaseKind::SkillBuilding).unwrap().minutes = 10;
    let over = module.overfull(&spec);
    assert_eq!((over.len(), over[0].needs, over[0].has), (1, 25, 10));
}
