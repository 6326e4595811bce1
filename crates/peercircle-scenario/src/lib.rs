//! Cycles as scripts: commands with their times and actors, the answers they must get, and what the cycle must come to.
//!
//! The scripts in corpus/, which [`corpus`] gives, and those in the repository's examples/ are the corpus that the core and everything built on it has to run alike. An
//! adapter implements [`Runner`] and checks each script in a line:
//!
//! ```
//! use peercircle_scenario::{CoreRunner, Scenario};
//!
//! let script = r#"
//! {"scenario":"Nobody starts alone"}
//! {"at":"2026-03-02T09:00:00Z","by":"organiser","do":{"type":"cycle.form","cycle":"c-1","group":"g-1","module":{"id":"m","strategies":["s"]}}}
//! {"at":"2026-03-02T09:00:00Z","by":"organiser","do":{"type":"session.start"},"expect":{"no":"wrong_phase"}}
//! {"end":{"stage":"forming","facts":{"sessions_held":0}}}
//! "#;
//! let scenario = Scenario::parse(script)?;
//! let differences = scenario.check(&mut CoreRunner::default(), |_, _, _| ())?;
//! assert!(differences.is_empty(), "{differences:?}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The format
//!
//! JSON Lines. The first line is the header: `scenario`, its name; `about`, a sentence; `process`, the name of a preset or a
//! process, which `cycle.form` gets; `rules`, the ids of the rules in code that the runner must have. The last is the end: `stage`; `members`, the outcome of each that is named; `facts`, what
//! HR must see, as far as it is written out. Between them the steps: `at`, `by` (a member's id, `organiser` or `host`), `do`
//! (a command; a `member` that is left out is the one who gives it), and where wanted `id` (the idempotency key), `revision`
//! (the expected one), `elsewhere` (members in another session), `#` (a remark), `expect`: `{"refused": ["R-21"]}`, these rules
//! and no other, or `{"no": "wrong_phase"}`, that kind of "no". Without `expect` the command must be accepted.

mod check;
mod core_runner;
mod corpus;
mod error;
mod runner;
mod script;

pub use self::{
    core_runner::CoreRunner,
    corpus::corpus,
    error::ScenarioError,
    runner::{Answer, Ask, Refusal, Report, Runner},
    script::{Expect, Scenario, Step},
};
