//! Comparison: a history against the machine and any implementation of it, step by step; a difference shrinks to a short story
//! and a script that everything can replay.
//!
//! An implementation is a [`Runner`] of `peercircle-scenario`: a store, an HTTP service, someone's port. It is made anew for each
//! try.
//!
//! ```
//! use peercircle_scenario::CoreRunner;
//! use peercircle_testkit::{compare::{History, compare}, walk::Walk};
//! let history = History::walk(&mut Walk::new(7), 8, 60);
//! compare(&history, CoreRunner::default)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod history;

use std::{collections::BTreeSet, fmt};

use peercircle_core::Process;
use peercircle_scenario::{Answer, Ask, CoreRunner, Runner};
use serde_json::{Value, json};

pub use self::history::{Asked, History};
use crate::story::{self, Line, Story};

/// The most histories that are tried while one is made shorter.
const TRIES: usize = 3000;

/// Where an implementation differs from the machine.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct Difference {
    /// What differs at the last step, a line each: what the machine says and what the implementation does.
    pub what: Vec<String>,
    /// The history that leads there, as short as it was found.
    pub history: History,
    /// The same in sentences.
    pub story: Vec<Line>,
    /// How many steps the history had at first.
    pub steps_before: usize,
}

/// An implementation that gave no answer, to a command or to what became of it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct NoAnswer {
    /// What it said instead.
    pub error: String,
    /// The history whose last step it didn't answer, as short as it was found.
    pub history: History,
    /// The same in sentences.
    pub story: Vec<Line>,
    /// How many steps the history had at first.
    pub steps_before: usize,
}

/// Why a comparison didn't come out even.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// They differ.
    #[error(transparent)]
    Differs(Box<Difference>),
    /// The implementation gave no answer.
    #[error(transparent)]
    NoAnswer(Box<NoAnswer>),
}

impl CompareError {
    /// The difference, where there is one.
    #[must_use]
    pub const fn difference(&self) -> Option<&Difference> {
        match self {
            Self::Differs(difference) => Some(difference),
            Self::NoAnswer(_) => None,
        }
    }
}

/// Gives a history to the machine, which decides by the history's rules, and to what `make` makes, and compares verdicts, the rules behind them, facts and views after
/// each step.
///
/// # Errors
/// [`CompareError`] with the shortest history found that shows a difference of the same kind, or gets no answer either. Of a
/// difference that was found nothing is lost where a shorter history gets no answer.
pub fn compare<R: Runner<Error: fmt::Display>>(history: &History, mut make: impl FnMut() -> R) -> Result<(), CompareError> {
    let Some(mut found) = first(history, &mut make) else { return Ok(()) };
    let mut shortest = history.upto(found.step);
    let mut tries = 0;
    let mut size = shortest.steps.len().div_ceil(2);
    while size > 0 && tries < TRIES {
        let (mut at, mut shrunk) = (0, false);
        // What comes last shows the difference; everything before it may go.
        while at + 1 < shortest.steps.len() && tries < TRIES {
            let shorter = shortest.without(at, size.min(shortest.steps.len() - 1 - at));
            tries += 1;
            match first(&shorter, &mut make) {
                Some(same) if same.kind == found.kind => {
                    shortest = shorter.upto(same.step);
                    found = same;
                    shrunk = true;
                }
                Some(_) | None => at += size,
            }
        }
        if size == 1 && !shrunk {
            break;
        }
        size = if size == 1 { 1 } else { size / 2 };
    }
    let (story, steps_before) = (told(&shortest), history.steps.len());
    let (history, what) = (shortest, found.what);
    Err(match found.kind {
        Kind::NoAnswer => {
            CompareError::NoAnswer(Box::new(NoAnswer { error: what.join("; "), history, story, steps_before }))
        }
        Kind::Verdict | Kind::Rules | Kind::Facts | Kind::View => {
            CompareError::Differs(Box::new(Difference { what, history, story, steps_before }))
        }
    })
}

/// The first step that shows a difference, or gets no answer.
struct Found {
    step: usize,
    kind: Kind,
    what: Vec<String>,
}

/// What it is about: a shorter history must show the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    NoAnswer,
    Verdict,
    Rules,
    Facts,
    View,
}

fn first<R: Runner<Error: fmt::Display>>(history: &History, make: &mut impl FnMut() -> R) -> Option<Found> {
    let (mut machine, mut other) = (CoreRunner::under(history.under.rules().clone()), make());
    history.steps.iter().enumerate().find_map(|(step, asked)| {
        let differs = differs(&asked.ask(history.under.process()), &mut machine, &mut other);
        let (kind, what) = differs.unwrap_or_else(|error| Some((Kind::NoAnswer, vec![error.to_string()])))?;
        Some(Found { step, kind, what })
    })
}

/// Gives a command to both, and says what differs then.
fn differs<R: Runner>(
    ask: &Ask<'_>,
    machine: &mut CoreRunner,
    other: &mut R,
) -> Result<Option<(Kind, Vec<String>)>, R::Error> {
    let Ok(expected) = machine.give(ask);
    let answers = differing(&expected, &other.give(ask)?);
    if answers.is_some() {
        return Ok(answers);
    }
    let (Ok(expected), got) = (machine.report(), other.report()?);
    if expected != got {
        let mut what = lines("the stage", &json!(expected.stage), &json!(got.stage));
        what.extend(lines("the members", &json!(expected.members), &json!(got.members)));
        what.extend(lines("the facts", &expected.facts, &got.facts));
        return Ok(Some((Kind::Facts, what)));
    }
    if let (Ok(Some(expected)), Some(got)) = (machine.view(), other.view()?)
        && expected != got
    {
        return Ok(Some((Kind::View, lines("the view", &expected, &got))));
    }
    Ok(None)
}

fn differing(expected: &Answer, got: &Answer) -> Option<(Kind, Vec<String>)> {
    if expected.code != got.code {
        return Some((Kind::Verdict, vec![format!("the machine says `{}`, it says `{}`", expected.code, got.code)]));
    }
    let rules = |answer: &Answer| answer.refusals.iter().map(|no| no.rule.clone()).collect::<BTreeSet<_>>();
    let (expected, got) = (rules(expected), rules(got));
    let names = |rules: &BTreeSet<String>| rules.iter().cloned().collect::<Vec<_>>().join(", ");
    (expected != got)
        .then(|| (Kind::Rules, vec![format!("the machine refuses by {}, it refuses by {}", names(&expected), names(&got))]))
}

/// The fields in which two values differ.
fn lines(name: &str, expected: &Value, got: &Value) -> Vec<String> {
    match (expected, got) {
        _ if expected == got => Vec::new(),
        (Value::Object(expected), Value::Object(got)) => {
            let keys: BTreeSet<_> = expected.keys().chain(got.keys()).collect();
            let of = |fields: &serde_json::Map<String, Value>, key: &str| fields.get(key).cloned().unwrap_or_default();
            keys.into_iter().flat_map(|key| lines(&format!("{name}: {key}"), &of(expected, key), &of(got, key))).collect()
        }
        (Value::Array(expected), Value::Array(got)) if expected.len() == got.len() => {
            let pairs = expected.iter().zip(got).enumerate();
            pairs.flat_map(|(at, (expected, got))| lines(&format!("{name} {at}"), expected, got)).collect()
        }
        _ => vec![format!("{name}: the machine says {expected}, it says {got}")],
    }
}

/// A history in sentences, as the machine lives through it.
fn told(history: &History) -> Vec<Line> {
    let (mut story, mut machine) = (Story::default(), CoreRunner::under(history.under.rules().clone()));
    for asked in &history.steps {
        let ask = asked.ask(history.under.process());
        let before = machine.cycle().clone();
        let Ok(answer) = machine.give(&ask);
        let refused: Vec<_> = answer.refusals.iter().map(|no| no.rule.clone()).collect();
        match asked.resolved(&before, history.under.process()) {
            Some((command, by)) => story.give(&before, by, asked.at, &command, &refused),
            // Nobody here, or about nobody here: an implementation may still take it for somebody's.
            None => story.give_unresolved(asked.at, &asked.by, &asked.command, &answer.code),
        }
    }
    story.lines()
}

impl Difference {
    /// The history as a script in JSON Lines that declares what the machine answers: `peercircle run` and every adapter's runner
    /// replay it. One with rules in code names them, and only a runner that has them replays it.
    #[must_use]
    pub fn script(&self) -> String {
        self.history.script("A difference")
    }
}

impl NoAnswer {
    /// The history as a script in JSON Lines that declares what the machine answers, also at the step that got no answer.
    #[must_use]
    pub fn script(&self) -> String {
        self.history.script("No answer")
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "differs from the machine after {} of {} steps:", self.history.steps.len(), self.steps_before)?;
        story::write_lines(f, &self.story)?;
        for line in &self.what {
            writeln!(f, "  {line}")?;
        }
        Ok(())
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the implementation gave no answer after {} of {} steps:", self.history.steps.len(), self.steps_before)?;
        story::write_lines(f, &self.story)?;
        writeln!(f, "  it says: {}", self.error)
    }
}

/// The process as it stands in a script: a preset by its name, else all of it.
fn written(process: &Process) -> Value {
    let presets = peercircle_core::ProcessSpec::presets();
    match presets.iter().find(|(_, spec)| spec == process.spec()) {
        Some((name, _)) => json!(name),
        None => json!(process),
    }
}
