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
//! process, which `cycle.form` gets; `rules`, the ids of the rules in code that the runner must have.
//!
//! Then the steps: `at`, `by` (a member's id, `organiser` or `host`), `do` (a command; a `member` that is left out is the one who
//! gives it), and where wanted `id` (the idempotency key), `revision` (the expected one), `elsewhere` (members in another session),
//! `#` (a remark), `expect`. Without `expect` the command must be accepted. With it the answer must be:
//!
//! | `expect` | the answer |
//! |---|---|
//! | `{"refused": ["R-21"]}` | a refusal by these rules and nothing else |
//! | `{"no": "wrong_phase"}` | this kind of "no", whatever else refuses |
//! | `{"exactly": [{"no": "not_your_role", "rule": "R-10"}, {"no": "rule_refused", "rule": "R-21"}]}` | these refusals, kind and rule, in any order, and no other; its code is that of the first |
//!
//! The last line is the end: `stage`; `members`, the outcome of each that is named; `facts`, what HR must see; `view`, what members
//! must see, checked where the runner shows a view ([`Runner::view`]). They count as far as they are written out; with
//! `"exactly": true` there may be nothing beyond.

mod apart;
mod check;
mod core_runner;
mod corpus;
mod declared;
mod error;
mod on_core;
mod runner;
mod script;

pub use self::{
    apart::{Apart, Extent, apart},
    core_runner::CoreRunner,
    corpus::corpus,
    declared::{End, Expect, No},
    error::ScenarioError,
    runner::{Answer, Ask, Refusal, Report, Runner},
    script::{Scenario, Step},
};
