//! The process file: TOML or JSON into a valid [`Process`], or into the whole list of what is wrong with it.
//!
//! A process is data: sizes, minutes, gaps, quorum, who may. Whatever a file leaves out is the preset's, so a file says only
//! what is different:
//!
//! ```
//! use peercircle_process::{Format, parse};
//!
//! let process = parse(
//!     r#"
//!     name = "Acme's circles"
//!     version = 3
//!
//!     [group]
//!     maximum = 8
//!
//!     [explore.discussion]
//!     minutes = 20
//!     "#,
//!     Format::Toml,
//! )?;
//! assert_eq!(process.spec().group.maximum, 8);
//! assert_eq!(process.spec().group.minimum, 4);
//! # Ok::<(), peercircle_process::FileIssues>(())
//! ```
//!
//! # What is wrong, all of it at once
//!
//! Unknown keys, wrong types, numbers out of range, misspelt words and contradictions are found in one pass, each with its line:
//!
//! ```
//! use peercircle_process::{Format, parse};
//!
//! let file = "[group]\nminimun = 5\n\n[quorum]\nfloor = 9\nwhen_lost = \"wran\"\n\n[turns]\npass = true\n";
//! let issues = parse(file, Format::Toml).unwrap_err();
//! assert_eq!(
//!     issues.to_string(),
//!     "\
//! line 2, column 1: `group.minimun`: expected `distinct_departments`, `maximum`, `minimum`, `same_level` or `target`, \
//!     got `minimun`; did you mean `minimum`?
//! line 5, column 9: `quorum.floor`: expected 2 to 5, got `9`
//! line 6, column 13: `quorum.when_lost`: expected `warn` or `stop`, got `wran`; did you mean `warn`?
//! line 9, column 8: `turns.pass`: expected `off` or `on`, got `true`; did you mean `\"on\"`?"
//! );
//! ```
//!
//! Only a text that isn't TOML or JSON at all stops earlier, with the places that can't be read.
//!
//! # Rules of one's own
//!
//! An organisation can add rules to the machine's. They are data as well, in a small closed language (`all`, `any`, `not`,
//! `at_least`, `role`, `elapsed`, `attendance`, `count`, `stage`, `phase`), and can only refuse more:
//!
//! ```
//! use peercircle_process::{Format, parse};
//!
//! let process = parse(
//!     r#"
//!     name = "Acme's circles"
//!
//!     [who_may]
//!     "story.share" = ["oneself"]
//!
//!     [[rules]]
//!     id = "ACME-1"
//!     title = "Stories start when five are in the room, or ten minutes have passed."
//!     applies_to = ["story.share"]
//!     remedy = "Wait for the others, at most ten minutes."
//!     require = { any = [
//!         { count = { of = "present", at_least = 5 } },
//!         { elapsed = { since = "session_started", at_least_minutes = 10 } },
//!     ] }
//!
//!     [[rules]]
//!     id = "ACME-2"
//!     title = "Skipping is for the facilitator, late, and never before the plans."
//!     applies_to = ["phase.skip"]
//!     remedy = "Shorten the phase instead."
//!
//!     [rules.require]
//!     all = [
//!         { role = ["facilitator"] },
//!         { not = { stage = ["explore.skill_building"] } },
//!         { phase = ["action_planning", "next_steps", "lessons_learned"] },
//!         { at_least = { n = 1, of = [
//!             { elapsed = { since = "session_started", at_least_minutes = 75 } },
//!             { attendance = { of = "everyone", is = ["present", "late"] } },
//!         ] } },
//!     ]
//!     "#,
//!     Format::Toml,
//! )?;
//! assert_eq!(
//!     process.spec().rules[0].require.to_string(),
//!     "any of (at least 5 present; at least 10 min since the session started)"
//! );
//! # Ok::<(), peercircle_process::FileIssues>(())
//! ```
//!
//! # What is deliberately absent
//!
//! Reading and writing of files (text in, text out), including other files, variables, expressions.

mod clean;
mod issue;
mod json;
mod node;
mod schema;
mod shape;
mod sound;
mod suggest;
mod toml;
mod walk;
mod write;

use std::path::Path;

use peercircle_core::Process;

use self::{issue::Found, node::Read};
pub use self::{
    issue::{FileIssue, FileIssues, IssueKind},
    schema::schema,
    write::{preset_files, to_json, to_toml},
};

/// The longest file that is read, in bytes. The whole preset with its comments has a twentieth of it.
pub const MAX_FILE_BYTES: usize = 256 * 1024;

/// What a process file is written in.
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
    /// use peercircle_process::Format;
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

/// The process that a file describes.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file. Where a value can't be read, the rest is still checked as far as
/// that doesn't depend on it.
pub fn parse(text: &str, format: Format) -> Result<Process, FileIssues> {
    read(text, format).map_err(|found| FileIssues::placed(text, found))
}

fn read(text: &str, format: Format) -> Result<Process, Vec<Found>> {
    if text.len() > MAX_FILE_BYTES {
        let expected = format!("at most {MAX_FILE_BYTES} bytes");
        return Err(vec![Found::syntax(0, expected, text.len().to_string())]);
    }
    let read = match format {
        Format::Json => json::read(text),
        Format::Toml => toml::read(text),
    };
    match read {
        Read::Tree(root, twice) => {
            let (clean, walk) = walk::walk(&root);
            sound::process(&clean, walk, twice)
        }
        Read::Unreadable(found) => Err(found),
    }
}
