//! Every handout of every module as PDF, read by a library that no one here wrote.

#![expect(clippy::panic, clippy::unwrap_used, reason = "helpers of tests")]

use lopdf::{Document, Object};
use peercircle_core::ProcessSpec;
use peercircle_modules::{Catalogue, Module};
use peercircle_print::{Format, Handout, Pdf, to_pdf};

/// Every module in each of its languages.
fn modules() -> Vec<Module> {
    let catalogue = Catalogue::builtin();
    let copies = catalogue.ids().flat_map(|id| catalogue.languages(id.as_str()).map(move |language| (id, language)));
    copies.map(|(id, language)| (*catalogue.module(id.as_str(), language.as_str()).unwrap()).clone()).collect()
}

fn pdf(module: &Module, handouts: &[Handout], format: Format) -> Pdf {
    let papers: Vec<_> = handouts.iter().map(|handout| handout.of(module, &ProcessSpec::default())).collect();
    to_pdf(&papers, &module.language, format).unwrap_or_else(|error| panic!("{}: {error}", module.id))
}

#[test]
fn every_job_aid_fits_one_page_on_both_papers() {
    for module in modules() {
        for format in Format::ALL {
            let pages = pdf(&module, &[Handout::JobAids], format).pages;
            assert_eq!(pages, module.job_aids.len(), "{} {format:?}", module.id);
        }
    }
}

#[test]
fn a_pdf_is_tagged_says_its_language_and_has_an_outline_and_fonts() {
    let module = Catalogue::builtin().module("coaching-employees", "de").unwrap();
    let made = pdf(&module, &Handout::ALL, Format::A4);
    let document = Document::load_mem(&made.bytes).unwrap();
    assert_eq!(document.get_pages().len(), made.pages);
    let catalog = document.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").and_then(Object::as_str).unwrap(), b"de");
    let marked = catalog.get(b"MarkInfo").and_then(|info| document.dereference(info)).unwrap().1;
    assert!(marked.as_dict().and_then(|info| info.get(b"Marked")).and_then(Object::as_bool).unwrap());
    assert!(catalog.has(b"Outlines") && catalog.has(b"StructTreeRoot"));
    let is_font_file = |object: &Object| {
        object.as_dict().is_ok_and(|dict| [b"FontFile2".as_slice(), b"FontFile3"].iter().any(|key| dict.has(key)))
    };
    assert!(document.objects.values().any(is_font_file));
}

#[test]
fn the_paper_is_what_was_asked_for() {
    let module = Catalogue::builtin().module("coaching-employees", "en").unwrap();
    let width = |format| {
        let made = pdf(&module, &[Handout::JobAids], format);
        let document = Document::load_mem(&made.bytes).unwrap();
        let (_, page) = document.get_pages().into_iter().next().unwrap();
        let media = document.get_dictionary(page).and_then(|page| page.get(b"MediaBox")).and_then(Object::as_array);
        media.unwrap()[2].as_float().unwrap().round()
    };
    assert_eq!([width(Format::A4), width(Format::Letter)], [595.0, 612.0]);
}

#[test]
fn the_same_module_gives_the_same_bytes() {
    let module = Catalogue::builtin().module("coaching-employees", "en").unwrap();
    let made = || pdf(&module, &[Handout::JobAids], Format::A4).bytes;
    assert_eq!(made(), made());
}
