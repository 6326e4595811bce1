//! The first step at which an implementation differs, gives no answer or panics.

use std::{cell::Cell, fmt};

use peercircle_scenario::{Answer, Ask, CoreRunner, Extent, No, Report, Runner, apart};
use serde_json::{Value, json};

use super::{History, history::Declared};
use crate::hush::caught;

/// What a difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// What it is answered: accepted, a repetition, or which kind of "no" first.
    Verdict,
    /// The kinds and rules of all refusals.
    Refusals,
    /// Stage, members' outcomes, or what HR sees.
    Outcome,
    /// What members see.
    View,
    /// The implementation panicked in this call.
    Panic(Call),
}

/// A call of an implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// It is made.
    Make,
    /// [`Runner::give`].
    Give,
    /// [`Runner::report`].
    Report,
    /// [`Runner::view`].
    View,
    /// It is dropped.
    Drop,
}

impl About {
    /// What a script has to declare to show it.
    pub(super) const fn declared(self) -> Declared {
        match self {
            Self::Verdict | Self::Refusals => Declared::Outcome,
            Self::Outcome => Declared::Exactly,
            Self::View => Declared::View,
            Self::Panic(call) => call.declared(),
        }
    }
}

impl Call {
    pub(super) const fn declared(self) -> Declared {
        match self {
            Self::View => Declared::View,
            Self::Make | Self::Give | Self::Report | Self::Drop => Declared::Outcome,
        }
    }

    pub(super) const fn in_words(self) -> &'static str {
        match self {
            Self::Make => "being made",
            Self::Give => "answering",
            Self::Report => "telling what the cycle has come to",
            Self::View => "showing what members see",
            Self::Drop => "being dropped",
        }
    }
}

/// The first step that shows a difference, or gets no answer.
pub(super) struct Found {
    pub(super) step: usize,
    pub(super) kind: Kind,
    pub(super) what: Vec<String>,
}

/// What it is: a shorter history must show the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    NoAnswer(Call),
    Differs(About),
}

pub(super) fn first<R: Runner<Error: fmt::Display>>(history: &History, make: &mut impl FnMut() -> R) -> Option<Found> {
    let mut machine = CoreRunner::under(history.under.rules().clone());
    let (step, call, mut found) = (Cell::new(0), Cell::new(Call::Make), None);
    let panicked = caught(|| {
        let mut other = make();
        found = history.steps.iter().enumerate().find_map(|(at, asked)| {
            step.set(at);
            let differs = differs(&asked.ask(history.under.process()), &mut machine, &mut other, &call);
            let (kind, what) = match differs {
                Ok(differs) => differs.map(|(about, what)| (Kind::Differs(about), what))?,
                Err(error) => (Kind::NoAnswer(call.get()), vec![error.to_string()]),
            };
            Some(Found { step: at, kind, what })
        });
        call.set(Call::Drop);
        drop(other);
    });
    found.or_else(|| {
        let what = vec![format!("it panics {}: {}", call.get().in_words(), panicked.err()?)];
        Some(Found { step: step.get(), kind: Kind::Differs(About::Panic(call.get())), what })
    })
}

/// Gives a command to both, and says what differs then. `call` is what the implementation was last asked.
fn differs<R: Runner>(
    ask: &Ask<'_>,
    machine: &mut CoreRunner,
    other: &mut R,
    call: &Cell<Call>,
) -> Result<Option<(About, Vec<String>)>, R::Error> {
    let Ok(expected) = machine.give(ask);
    call.set(Call::Give);
    let answers = answers(&expected, &other.give(ask)?);
    if answers.is_some() {
        return Ok(answers);
    }
    let Ok(expected) = machine.report();
    call.set(Call::Report);
    let got = other.report()?;
    if expected != got {
        return Ok(Some((About::Outcome, outcomes(&expected, &got))));
    }
    call.set(Call::View);
    if let (Ok(Some(expected)), Some(got)) = (machine.view(), other.view()?)
        && expected != got
    {
        return Ok(Some((About::View, lines("the view", &expected, &got))));
    }
    Ok(None)
}

fn answers(expected: &Answer, got: &Answer) -> Option<(About, Vec<String>)> {
    if expected.code != got.code {
        let what = format!("the machine says `{}`, it says `{}`", expected.code, got.code);
        return Some((About::Verdict, vec![what]));
    }
    let [expected, got] = [expected, got].map(|answer| {
        let mut all = answer.nos();
        all.sort();
        all
    });
    (expected != got).then(|| {
        let what = format!("the machine refuses by {}, it refuses by {}", by(&expected), by(&got));
        (About::Refusals, vec![what])
    })
}

/// Refusals by their rules, and by their kind where that isn't a rule's.
fn by(all: &[No]) -> String {
    let names = all.iter().map(|no| match no.no.as_str() {
        "rule_refused" => no.rule.clone(),
        kind => format!("{} (`{kind}`)", no.rule),
    });
    let names: Vec<_> = names.collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

fn outcomes(expected: &Report, got: &Report) -> Vec<String> {
    let mut what = lines("the stage", &json!(expected.stage), &json!(got.stage));
    what.extend(lines("the members", &json!(expected.members), &json!(got.members)));
    what.extend(lines("the facts", &expected.facts, &got.facts));
    what
}

/// The places at which two values differ.
fn lines(name: &str, expected: &Value, got: &Value) -> Vec<String> {
    let line = |one: peercircle_scenario::Apart<'_>| {
        let place = if one.place.is_empty() { String::new() } else { format!(": {}", one.place) };
        let [expected, got] = one.sides();
        format!("{name}{place}: the machine says {expected}, it says {got}")
    };
    apart(expected, got, Extent::All).into_iter().map(line).collect()
}
