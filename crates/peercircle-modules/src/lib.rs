//! The catalogue: modules that a peer learning group can really use, as data.
//!
//! A module is everything a group needs for one challenge and two sessions with no trainer in the room: a guide for the
//! facilitator, a reference text, exercises, job aids, a case, the strategies that action plans, reports and adoptions refer to,
//! and the month of practice between the sessions.
//!
//! ```
//! use peercircle_core::{PhaseKind, SessionKind};
//! use peercircle_modules::Catalogue;
//!
//! let catalogue = Catalogue::builtin();
//! let module = catalogue.module("coaching-employees", "en").unwrap();
//! assert_eq!(module.about.title.as_str(), "Coaching Employees for Success");
//!
//! // What a cycle has to know of it.
//! assert_eq!(module.to_ref()?.strategies().len(), 5);
//!
//! // What the facilitator's page shows while stories are told.
//! let stories = module.guide.phase(SessionKind::Explore, PhaseKind::StorySharing).unwrap();
//! assert!(stories.ask.len() >= 3);
//! # Ok::<(), peercircle_core::IdError>(())
//! ```
//!
//! # Modules of one's own
//!
//! A module is a folder `MODULE/LANGUAGE/` with files that an editor of learning materials can write: TOML for what has a fixed
//! form, Markdown for prose. docs/modules.md says what belongs where. [`Catalogue::with_folder`] adds a folder of them;
//! [`parse`] gives a valid [`Module`], or everything that is wrong with its files:
//!
//! ```
//! use peercircle_modules::{Files, parse};
//!
//! let mut files = Files::new();
//! files.insert("module.toml".to_owned(), "title = \"Ask\"\ncategroy = \"supervision\"\n".to_owned());
//! let issues = parse("asking", "en", &files).unwrap_err();
//! assert!(issues.to_string().contains("asking/en/guide.toml: line 1, column 1: expected this file, got none"));
//! assert!(issues.to_string().contains("asking/en/module.toml: line 2, column 1: `categroy`: expected"));
//! assert!(issues.to_string().contains("did you mean `category`?"));
//! ```
//!
//! # What is deliberately absent
//!
//! What a group says or writes: a module is the same for every group. Pages and print: `peercircle-print` makes them.

mod about;
mod catalogue;
mod document;
mod guide;
mod issue;
mod language;
mod markdown;
mod module;
mod parse;
mod practice;
mod review;
mod schema;
mod sheet;
mod text;

pub use self::{
    about::{About, Category, Source, Strategy, Video},
    catalogue::{Catalogue, FolderError, Title, read_folder},
    document::{Document, DocumentFront, Exercise, ExerciseFront, ExercisePhase, JobAid, JobAidFront, JobAidKind, Setting},
    guide::{ExploreGuide, Guide, Moment, Moments, PhaseGuide, ReflectGuide, Slot},
    issue::{ModuleIssue, ModuleIssues},
    language::{Language, LanguageError, MAX_LANGUAGE_CHARS},
    markdown::{Block, Inline, Marks},
    module::{Module, Overfull},
    parse::{Files, parse},
    practice::{IfThen, Lasting, Practice, ReportBack, Week, Worksheet},
    review::{Bounds, lix, review},
    schema::schemas,
    text::Text,
};
