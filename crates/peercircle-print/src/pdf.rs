//! Handouts as PDF, set by Typst: tagged for screen readers, with an outline, the fonts in the file.

use std::sync::LazyLock;

use peercircle_modules::Language;
use serde_json::json;
use typst::{
    Library, LibraryExt as _, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Smart},
    layout::PagedDocument,
    syntax::{FileId, Source, VirtualPath},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_pdf::PdfOptions;

use crate::{Format, Paper};

const STYLE: &str = include_str!("paper.typ");

/// The fonts, read once.
static FONTS: LazyLock<(LazyHash<FontBook>, Vec<Font>)> = LazyLock::new(|| {
    let fonts: Vec<_> = typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).collect();
    (LazyHash::new(FontBook::from_fonts(&fonts)), fonts)
});

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// Why a handout couldn't be set.
#[derive(Debug, thiserror::Error)]
#[error("the handout can't be set: {0}")]
pub struct PdfError(String);

impl PdfError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "unprintable"
    }

    fn of(diagnostics: &[SourceDiagnostic]) -> Self {
        Self(diagnostics.iter().map(|one| one.message.as_str()).collect::<Vec<_>>().join("; "))
    }
}

/// A document in PDF, and how many pages it has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its pages.
    pub pages: usize,
}

/// These handouts as one PDF: each begins on a new page and is numbered by itself. The same handouts give the same bytes.
///
/// # Errors
/// [`PdfError`], where the text can't be set.
///
/// # Example
/// ```
/// use peercircle_core::ProcessSpec;
/// use peercircle_modules::Catalogue;
/// use peercircle_print::{Format, Handout, to_pdf};
/// let catalogue = Catalogue::builtin();
/// let module = catalogue.module("coaching-employees", "en").unwrap();
/// let paper = Handout::JobAids.of(&module, &ProcessSpec::default());
/// let pdf = to_pdf(&[paper], &module.language, Format::A4)?;
/// assert!(pdf.bytes.starts_with(b"%PDF-"));
/// assert_eq!(pdf.pages, 3);
/// # Ok::<(), peercircle_print::PdfError>(())
/// ```
pub fn to_pdf(papers: &[Paper], language: &Language, format: Format) -> Result<Pdf, PdfError> {
    let title = papers.first().map_or("", |paper| paper.title.as_str());
    let data = json!({"title": title, "language": language.primary(), "format": format.typst(), "papers": papers});
    let id = |name| FileId::new(None, VirtualPath::new(name));
    let desk = Desk {
        main: Source::new(id("paper.typ"), STYLE.to_owned()),
        data: (id("papers.json"), Bytes::from_string(data.to_string())),
    };
    let document = typst::compile::<PagedDocument>(&desk).output.map_err(|errors| PdfError::of(&errors))?;
    let options = PdfOptions { ident: Smart::Custom(title), ..PdfOptions::default() };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|errors| PdfError::of(&errors))?;
    Ok(Pdf { bytes, pages: document.pages.len() })
}

/// All that Typst may see: a template, its data and the fonts. No file of the machine, no network, no clock.
struct Desk {
    main: Source,
    data: (FileId, Bytes),
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.0
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let (name, data) = &self.data;
        if id == *name { Ok(data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.1.get(index).cloned()
    }

    fn today(&self, _offset: Option<i64>) -> Option<Datetime> {
        None
    }
}
