//! What our files have in common: TOML or JSON, read along a JSON Schema into values, or the whole list of what is wrong.
//!
//! A format brings a schema, made from its types; [`walk`] goes along it without stopping at what doesn't fit. What comes home
//! is a [`Clean`] value with holes, the place of every value, and every unknown key, wrong type, misspelt word and number out of
//! range:
//!
//! ```
//! use std::sync::LazyLock;
//! use peercircle_file::{Book, FileIssues, Format, Read, read, walk};
//!
//! static TEA: LazyLock<Book> = LazyLock::new(|| {
//!     Book::new(&serde_json::json!({
//!         "type": "object",
//!         "properties": {
//!             "kind": {"enum": ["black", "green"]},
//!             "minutes": {"type": "integer", "minimum": 1, "maximum": 6}
//!         },
//!         "required": ["kind"]
//!     }))
//! });
//! let text = "kind = \"gren\"\nminutes = 9\n";
//! let Read::Tree(root, _) = read(text, Format::Toml) else { panic!("it is TOML") };
//! let (_, walk) = walk(&root, &TEA);
//! assert_eq!(
//!     FileIssues::placed(text, walk.found).to_string(),
//!     "line 1, column 8: `kind`: expected `black` or `green`, got `gren`; did you mean `green`?\n\
//!      line 2, column 11: `minutes`: expected 1 to 6, got `9`"
//! );
//! ```
//!
//! # What is deliberately absent
//!
//! What a file is about; reading and writing of files: text in, values out.

mod clean;
mod issue;
mod json;
mod node;
mod schema;
mod shape;
mod suggest;
mod toml;
mod walk;

use std::path::Path;

pub use self::{
    clean::{Clean, Fill, Hole},
    issue::{FileIssue, FileIssues, Found, IssueKind, quoted},
    node::{Data, Entry, Node, Read, join},
    schema::tidy,
    shape::{Book, Field, Shape},
    suggest::{listed, nearest},
    walk::{Place, Walk, walk},
};

/// The longest file that is read, in bytes. A whole process with its comments has a twentieth of it.
pub const MAX_FILE_BYTES: usize = 256 * 1024;

/// What a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// JSON as in RFC 8259.
    Json,
    /// TOML 1.1.
    Toml,
}

impl Format {
    /// The format of a file of this name, by its ending: `.toml` or `.json`.
    ///
    /// # Example
    /// ```
    /// use peercircle_file::Format;
    /// assert_eq!(Format::of_file("processes/acme.toml"), Some(Format::Toml));
    /// assert_eq!(Format::of_file("acme.JSON"), Some(Format::Json));
    /// assert_eq!(Format::of_file("acme.yaml"), None);
    /// ```
    #[must_use]
    pub fn of_file(name: impl AsRef<Path>) -> Option<Self> {
        match name.as_ref().extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Some(Self::Json),
            "toml" => Some(Self::Toml),
            _ => None,
        }
    }
}

/// The tree of a text, or why it is none.
#[must_use]
pub fn read(text: &str, format: Format) -> Read {
    if text.len() > MAX_FILE_BYTES {
        let expected = format!("at most {MAX_FILE_BYTES} bytes");
        return Read::Unreadable(vec![Found::syntax(0, expected, text.len().to_string())]);
    }
    match format {
        Format::Json => json::read(text),
        Format::Toml => toml::read(text),
    }
}
