//! Comparison: a history against the machine and any implementation of it, step by step; a difference shrinks to a short story
//! and a script that everything can replay.
//!
//! An implementation is a [`Runner`] of `peercircle-scenario`: a store, an HTTP service, someone's port. It is made anew for each
//! try. One that keeps events in a store of its own:
//!
//! ```
//! use std::collections::BTreeMap;
//! use peercircle_core::{CommandId, Cycle, Event, Revision};
//! use peercircle_scenario::{Answer, Ask, Report, Runner, Scenario};
//! use peercircle_testkit::{compare::{About, History, compare}, walk::Walk};
//! use serde_json::Value;
//!
//! #[derive(Default)]
//! struct Port {
//!     events: Vec<Event>,
//!     keys: BTreeMap<CommandId, (Revision, Revision)>,
//!     forgets: &'static str,
//! }
//!
//! impl Port {
//!     fn cycle(&self) -> Result<Cycle, String> {
//!         Cycle::replay(&self.events).map_err(|error| error.to_string())
//!     }
//! }
//!
//! impl Runner for Port {
//!     type Error = String;
//!
//!     fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, String> {
//!         let cycle = self.cycle()?;
//!         // What was sent before under the same key isn't done again.
//!         let answered = ask.id.and_then(|id| self.keys.get(&id).copied());
//!         // Nobody by that name, or no command.
//!         let (command, context) = match ask.resolve(&cycle, answered) {
//!             Ok(resolved) => resolved,
//!             Err(answer) => return Ok(answer),
//!         };
//!         let verdict = cycle.decide(&command, &context);
//!         if let (Some(id), Some(first), Some(last)) = (ask.id, verdict.events().first(), verdict.events().last()) {
//!             self.keys.insert(id, (first.seq, last.seq));
//!         }
//!         let (next, kept) = (cycle.revision() + 1, verdict.events().iter().filter(|one| one.body.name() != self.forgets));
//!         self.events.extend((next..).zip(kept).map(|(seq, event)| Event { seq, ..event.clone() }));
//!         Ok(Answer::of(&verdict, &cycle))
//!     }
//!
//!     fn report(&mut self) -> Result<Report, String> {
//!         Ok(Report::of(&self.cycle()?))
//!     }
//!
//!     fn view(&mut self) -> Result<Option<Value>, String> {
//!         Ok(serde_json::to_value(self.cycle()?.view()).ok())
//!     }
//! }
//!
//! let history = History::walk(&mut Walk::new(7), 8, 60);
//! compare(&history, Port::default)?;
//!
//! // Members don't see that they have accepted the ground rules.
//! let forgetful = || Port { forgets: "ground_rules.accepted", ..Port::default() };
//! let error = compare(&history, forgetful).unwrap_err();
//! let difference = error.difference().ok_or("no answer")?;
//! assert_eq!(difference.about, About::View);
//! assert!(difference.story.last().is_some_and(|line| line.says.contains("accepted the ground rules")), "{difference}");
//! // The saved script passes once it is mended, and not before.
//! let script = Scenario::parse(&difference.script())?;
//! assert_eq!(script.check(&mut Port::default(), |_, _, _| ())?, Vec::<String>::new());
//! assert!(!script.check(&mut forgetful(), |_, _, _| ())?.is_empty() && difference.replay.fails());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is compared
//!
//! After each step, in this order, until something differs:
//!
//! 1. the answer's code;
//! 2. the refusals: the kind and the rule of each, in whatever order they come;
//! 3. the report: stage, members' outcomes, what HR sees, nothing more and nothing less;
//! 4. the view, where the implementation shows one, nothing more and nothing less.
//!
//! Not compared are the words: what refusals say stands in the way and would help, and what an answer says besides.
//!
//! An implementation that panics differs: the panic is caught (not where panics abort), and told instead of printed at each try. What
//! panics on other threads, those of the implementation included, prints as it always does.

mod first;
mod history;
mod replay;

use std::fmt;

use peercircle_core::{Process, Verdict};
use peercircle_scenario::Runner;
use serde_json::{Value, json};

use self::first::{Found, Kind, first};
pub use self::{
    first::{About, Call},
    history::{Asked, History},
    replay::Replay,
};
use crate::{
    property::refused_by,
    story::{self, Line, Story},
};

/// The most histories that are tried while one is made shorter.
const TRIES: usize = 3000;

/// Where an implementation differs from the machine.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct Difference {
    /// What it is about.
    pub about: About,
    /// What differs at the last step, a line each: what the machine says and what the implementation does.
    pub what: Vec<String>,
    /// The history that leads there, as short as it was found.
    pub history: History,
    /// The same in sentences.
    pub story: Vec<Line>,
    /// How many steps the history had at first.
    pub steps_before: usize,
    /// What its script comes to on the implementation.
    pub replay: Replay,
}

/// An implementation that gave no answer, to a command or to what became of it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct NoAnswer {
    /// What it was asked.
    pub call: Call,
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

    /// The shortest history as a script in JSON Lines, whichever it is: [`Difference::script`] or [`NoAnswer::script`].
    ///
    /// # Example
    /// ```
    /// use peercircle_scenario::{CoreRunner, Scenario};
    /// use peercircle_testkit::{compare::compare, walk::{Walk, draws}};
    /// let history = Walk::along(7, &draws(7, 20)).history();
    /// let error = compare(&history, || -> CoreRunner { panic!("there is no room") }).unwrap_err();
    /// assert_eq!(Scenario::parse(&error.script())?.steps().len(), 1);
    /// # Ok::<(), peercircle_scenario::ScenarioError>(())
    /// ```
    #[must_use]
    pub fn script(&self) -> String {
        match self {
            Self::Differs(difference) => difference.script(),
            Self::NoAnswer(silent) => silent.script(),
        }
    }
}

/// Gives a history to the machine, which decides by the history's rules, and to what `make` makes, and compares the two after each
/// step.
///
/// # Errors
/// [`CompareError`] with the shortest history found that shows a difference of the same kind, or gets no answer either. Of a
/// difference that was found nothing is lost where a shorter history gets no answer or panics. One whose script fails on the
/// implementation is preferred to a shorter one whose script doesn't.
pub fn compare<R: Runner<Error: fmt::Display>>(history: &History, mut make: impl FnMut() -> R) -> Result<(), CompareError> {
    let Some(found) = first(history, &mut make) else { return Ok(()) };
    let Shown { history: shortest, found, replay } = shortest(Shown::of(history, found, &mut make), &mut make);
    let (story, steps_before) = (told(&shortest), history.steps.len());
    let (history, what) = (shortest, found.what);
    Err(match found.kind {
        Kind::NoAnswer(call) => {
            let error = what.join("; ");
            CompareError::NoAnswer(Box::new(NoAnswer { call, error, history, story, steps_before }))
        }
        Kind::Differs(about) => {
            CompareError::Differs(Box::new(Difference { about, what, history, story, steps_before, replay }))
        }
    })
}

/// A history whose last step shows what was found.
struct Shown {
    history: History,
    found: Found,
    replay: Replay,
}

impl Shown {
    fn of<R: Runner<Error: fmt::Display>>(history: &History, found: Found, make: &mut impl FnMut() -> R) -> Self {
        let history = history.upto(found.step);
        let replay = match found.kind {
            Kind::Differs(about) => Replay::of(&history, about, make),
            Kind::NoAnswer(_) => Replay::Silent("it gets no answer".to_owned()),
        };
        Self { history, found, replay }
    }

    /// A shorter history, where that shows the same, and its script does if this one's does.
    fn shorter<R: Runner<Error: fmt::Display>>(&self, history: &History, make: &mut impl FnMut() -> R) -> Option<Self> {
        let found = first(history, make).filter(|found| found.kind == self.found.kind)?;
        let shorter = Self::of(history, found, make);
        (shorter.replay.fails() || !self.replay.fails()).then_some(shorter)
    }
}

fn shortest<R: Runner<Error: fmt::Display>>(mut shown: Shown, make: &mut impl FnMut() -> R) -> Shown {
    let mut tries = 0;
    let mut size = shown.history.steps.len().div_ceil(2);
    while size > 0 && tries < TRIES {
        let (mut at, mut shrunk) = (0, false);
        // What comes last shows the difference; everything before it may go.
        while at + 1 < shown.history.steps.len() && tries < TRIES {
            let shorter = shown.history.without(at, size.min(shown.history.steps.len() - 1 - at));
            tries += 1;
            match shown.shorter(&shorter, make) {
                Some(shorter) => (shown, shrunk) = (shorter, true),
                None => at += size,
            }
        }
        if size == 1 && !shrunk {
            break;
        }
        size = if size == 1 { 1 } else { size / 2 };
    }
    shown
}

/// A history in sentences, as the machine lives through it.
fn told(history: &History) -> Vec<Line> {
    let mut story = Story::default();
    history.live(|number, before, given| match (given, history.steps.get(number)) {
        (Ok((step, verdict)), _) => {
            let (by, at) = (step.context.actor, step.context.now);
            match verdict {
                Verdict::Accepted(_) | Verdict::Refused(_) => {
                    story.give(before, by, at, &step.command, &refused_by(before, verdict));
                }
                Verdict::Duplicate { .. } => story.give_again(before, by, at, &step.command),
            }
        }
        // Nobody here, or about nobody here: an implementation may still take it for somebody's.
        (Err(answer), Some(asked)) => story.give_unresolved(asked.at, &asked.by, &asked.command, &answer.code),
        (Err(_), None) => {}
    });
    story.lines()
}

impl Difference {
    /// The history as a script in JSON Lines that declares what the machine answers and what differs: `peercircle run` and every
    /// adapter's runner replay it, and on the implementation it fails, unless [`replay`](Self::replay) says otherwise. One with rules
    /// in code names them, and only a runner that has them replays it.
    #[must_use]
    pub fn script(&self) -> String {
        script(&self.history, self.about)
    }
}

fn script(history: &History, about: About) -> String {
    history.declaring("A difference", about.declared())
}

impl NoAnswer {
    /// The history as a script in JSON Lines that declares what the machine answers, also at the step that got no answer.
    #[must_use]
    pub fn script(&self) -> String {
        self.history.declaring("No answer", self.call.declared())
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "differs from the machine after {} of {} steps:", self.history.steps.len(), self.steps_before)?;
        story::write_lines(f, &self.story)?;
        for line in &self.what {
            writeln!(f, "  {line}")?;
        }
        match &self.replay {
            Replay::Fails(_) => Ok(()),
            Replay::Silent(why) => writeln!(f, "  its script doesn't show this: {why}"),
        }
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the implementation gave no answer after {} of {} steps:", self.history.steps.len(), self.steps_before)?;
        story::write_lines(f, &self.story)?;
        writeln!(f, "  {}, it says: {}", self.call.in_words(), self.error)
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
