//! Every handout of every module as HTML, read by a parser that no one here wrote.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use peercircle_core::ProcessSpec;
use peercircle_modules::{Catalogue, Module};
use peercircle_print::{Format, Handout, to_html};
use scraper::{Html, Selector};

/// Every module in each of its languages.
fn modules() -> Vec<Module> {
    let catalogue = Catalogue::builtin();
    let copies = catalogue.ids().flat_map(|id| catalogue.languages(id.as_str()).map(move |language| (id, language)));
    copies.map(|(id, language)| (*catalogue.module(id.as_str(), language.as_str()).unwrap()).clone()).collect()
}

fn page(module: &Module, handouts: &[Handout], process: &ProcessSpec) -> Html {
    let papers: Vec<_> = handouts.iter().map(|handout| handout.of(module, process)).collect();
    Html::parse_document(&to_html(&papers, &module.language, Format::A4))
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).map(|element| element.text().collect::<String>()).collect()
}

#[test]
fn pages_are_well_formed_and_their_headings_skip_no_level() {
    let modules = modules();
    assert!(modules.len() > 24);
    for module in modules {
        let page = page(&module, &Handout::ALL, &ProcessSpec::default());
        assert_eq!(page.errors, Vec::<String>::new(), "{}", module.id);
        let html = page.root_element();
        assert_eq!(html.attr("lang"), Some(module.language.as_str()));
        let mut above = 0;
        for heading in page.select(&Selector::parse("h1, h2, h3, h4").unwrap()) {
            let level: u32 = heading.value().name().trim_start_matches('h').parse().unwrap();
            assert!(level <= above + 1, "{}: h{level} below h{above}: {:?}", module.id, heading.text().collect::<String>());
            above = level;
        }
    }
}

#[test]
fn everything_a_group_needs_stands_on_the_handouts() {
    for module in modules() {
        let all = |handout| {
            let page = page(&module, &[handout], &ProcessSpec::default());
            texts(&page, "body").concat().replace('’', "'")
        };
        let (workbook, guide, job_aids) = (all(Handout::Workbook), all(Handout::Guide), all(Handout::JobAids));
        let plain = |text: &peercircle_modules::Text| !text.as_str().contains(['*', '[', '_', '"', '\n']);
        for strategy in &module.about.strategies {
            assert!(workbook.contains(strategy.name.as_str()), "{}: {}", module.id, strategy.name);
            let steps = strategy.steps.iter().filter(|step| plain(step));
            steps.for_each(|step| assert!(workbook.contains(step.as_str()), "{}: {step}", module.id));
        }
        for week in module.practice.weeks.iter().flat_map(|week| &week.buddy).filter(|text| plain(text)) {
            assert!(workbook.contains(week.as_str()), "{}: {week}", module.id);
        }
        for exercise in &module.exercises {
            assert!(workbook.contains(exercise.front.title.as_str()) && guide.contains(exercise.front.title.as_str()));
        }
        for job_aid in &module.job_aids {
            assert!(job_aids.contains(job_aid.front.title.as_str()), "{}: {}", module.id, job_aid.front.title);
        }
        for source in &module.about.sources {
            assert!(workbook.contains(&format!("({}). ", source.year)), "{}: {}", module.id, source.id);
        }
    }
}

#[test]
fn a_group_with_other_minutes_reads_its_own() {
    let mut process = ProcessSpec::default();
    process.explore.phase_mut(peercircle_core::PhaseKind::Discussion).unwrap().minutes = 17;
    let module = Catalogue::builtin().module("coaching-employees", "en").unwrap();
    let tags = texts(&page(&module, &[Handout::Guide], &process), "h2 .tag");
    assert!(tags.contains(&"17 min".to_owned()), "{tags:?}");
    assert!(!tags.contains(&"15 min".to_owned()) || tags.iter().filter(|tag| *tag == "15 min").count() == 1, "{tags:?}");
}

#[test]
fn text_of_ones_own_cannot_become_markup() {
    let mut module = (*Catalogue::builtin().module("coaching-employees", "en").unwrap()).clone();
    module.about.title = serde_json::from_value("<script>alert(1)</script> & Co".into()).unwrap();
    let page = page(&module, &Handout::ALL, &ProcessSpec::default());
    assert!(texts(&page, "script").is_empty());
    assert!(texts(&page, "h1").iter().all(|title| title == "<script>alert(1)</script> & Co"));
}
