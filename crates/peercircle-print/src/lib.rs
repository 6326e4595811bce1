//! Modules on paper: what a group takes into the room, as one HTML page or as PDF, A4 or Letter.
//!
//! ```
//! use peercircle_core::ProcessSpec;
//! use peercircle_modules::Catalogue;
//! use peercircle_print::{Format, Handout, to_html};
//!
//! let catalogue = Catalogue::builtin();
//! let module = catalogue.module("coaching-employees", "en").unwrap();
//! let workbook = Handout::Workbook.of(&module, &ProcessSpec::default());
//! let page = to_html(&[workbook], &module.language, Format::Letter);
//! assert!(page.contains("size: letter"));
//! ```
//!
//! A [`Paper`] says what stands on a handout, piece by piece; HTML and PDF only decide how it looks. It serialises, for those who
//! set it their own way.
//!
//! # What is deliberately absent
//!
//! Names, dates, anything of a group: a handout is blank until someone writes on it. Fonts from the network, scripts.

mod handout;
mod html;
mod labels;
mod paper;
#[cfg(feature = "pdf")]
mod pdf;

#[cfg(feature = "pdf")]
pub use self::pdf::{Pdf, PdfError, to_pdf};
pub use self::{
    handout::Handout,
    html::to_html,
    paper::{Head, Paper, Piece, Run, Section, Start},
};

/// The size of the paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// 210 mm × 297 mm.
    #[default]
    A4,
    /// 8.5 in × 11 in.
    Letter,
}

impl Format {
    /// Both.
    pub const ALL: [Self; 2] = [Self::A4, Self::Letter];

    const fn css(self) -> &'static str {
        match self {
            Self::A4 => "A4",
            Self::Letter => "letter",
        }
    }

    #[cfg(feature = "pdf")]
    const fn typst(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::Letter => "us-letter",
        }
    }
}
