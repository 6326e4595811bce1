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

mod book;
mod schema;
mod sound;
mod write;

use peercircle_core::Process;
pub use peercircle_file::{FileIssue, FileIssues, Format, IssueKind, MAX_FILE_BYTES};
use peercircle_file::{Found, Read, walk};

pub use self::{
    schema::schema,
    write::{preset_files, to_json, to_toml},
};

/// The process that a file describes.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file. Where a value can't be read, the rest is still checked as far as
/// that doesn't depend on it.
pub fn parse(text: &str, format: Format) -> Result<Process, FileIssues> {
    read(text, format).map_err(|found| FileIssues::placed(text, found))
}

fn read(text: &str, format: Format) -> Result<Process, Vec<Found>> {
    match peercircle_file::read(text, format) {
        Read::Tree(root, twice) => {
            let (clean, walk) = walk(&root, book::process());
            sound::process(&clean, walk, twice)
        }
        Read::Unreadable(found) => Err(found),
    }
}
