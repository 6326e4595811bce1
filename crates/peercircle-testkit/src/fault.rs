//! Seeded faults: the shipping machine with one thing wrong in it, to see who notices.
//!
//! Each is a single rule or a single transition: a rule that is off, that looks at another number of the process, an event that
//! a decision leaves out, adds or words otherwise, a state that takes an event for another. [`hunt`] walks until the oracle
//! objects; a check that finds none of them checks nothing.
//!
//! # Example
//! ```
//! use peercircle_testkit::fault::{FAULTS, hunt};
//! let fault = FAULTS.iter().find(|fault| fault.name == "nobody is gone").unwrap();
//! let found = hunt(fault, 20_000).unwrap();
//! assert!(found.steps < 20_000, "{}", found.what);
//! ```
#![expect(clippy::wildcard_enum_match_arm, reason = "a fault is in a few events, and leaves the rest alone")]

mod list;

use std::fmt;

use peercircle_core::{
    Command, CommandKind, Context, Cycle, Event, EventBody, Process, ProcessSpec, ReplayError, RuleId, Rulebook,
};

pub use self::list::FAULTS;
use crate::{
    oracle::{self, Judgement},
    walk::{Dice, Step, Walk, menu},
};

/// Walks are cut after so many events: each step reads the whole history.
const LONGEST: usize = 250;

/// One thing that is wrong with a machine.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// What goes wrong, in a few words.
    pub name: &'static str,
    /// Where it is.
    pub at: Place,
}

/// Where a fault is.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// This rule is off.
    Off(u8),
    /// This rule reads a process that was changed so.
    Reads(u8, fn(&mut ProcessSpec)),
    /// A decision says of its events what this leaves of them.
    Says(fn(&Cycle, &mut Vec<EventBody>)),
    /// The state takes an event for this one.
    Takes(fn(&Cycle, &EventBody) -> Option<EventBody>),
}

/// A machine with a fault, and everything that it has recorded.
#[derive(Clone, Debug)]
pub struct Mutant<'a> {
    fault: &'a Fault,
    /// Where it believes to be.
    pub cycle: Cycle,
    /// What it has recorded.
    pub events: Vec<Event>,
}

/// A fault that was noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// After how many steps, walks before included.
    pub steps: usize,
    /// What noticed it.
    pub by: By,
    /// What it said.
    pub what: String,
}

/// What noticed a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// The oracle's judgement of a command.
    Judgement,
    /// Its check of what a decision wrote.
    Check,
    /// Its stage, or its facts.
    Facts,
    /// The machine itself: it can't take what it decided.
    Replay,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Judgement => "judgement",
            Self::Check => "check",
            Self::Facts => "facts",
            Self::Replay => "replay",
        })
    }
}

impl<'a> Mutant<'a> {
    /// A machine with this fault, its cycle not formed yet.
    #[must_use]
    pub fn new(fault: &'a Fault) -> Self {
        Self { fault, cycle: Cycle::default(), events: Vec::new() }
    }

    /// Gives a command: what it says, with the events where it accepts. They are taken.
    ///
    /// # Errors
    /// [`ReplayError`] where it can't take what it decided.
    pub fn give(&mut self, command: &Command, context: &Context) -> Result<Judgement, ReplayError> {
        let (judgement, decided) = self.decide(command, context);
        for event in decided {
            let taken = match self.fault.at {
                Place::Takes(takes) => takes(&self.cycle, &event.body).map(|body| Event { body, ..event.clone() }),
                Place::Off(_) | Place::Reads(..) | Place::Says(_) => None,
            };
            self.cycle.evolve(taken.as_ref().unwrap_or(&event))?;
            self.events.push(event);
        }
        Ok(judgement)
    }

    fn decide(&self, command: &Command, context: &Context) -> (Judgement, Vec<Event>) {
        let standard = Rulebook::standard();
        match self.fault.at {
            Place::Off(rule) => {
                let verdict = standard.knocked_out(RuleId::Ours(rule)).decide(&self.cycle, command, context);
                (Judgement::of(&verdict), verdict.events().to_vec())
            }
            Place::Reads(rule, change) => {
                let rule = RuleId::Ours(rule);
                let verdict = standard.knocked_out(rule).decide(&self.cycle, command, context);
                let mut said = Judgement::of(&verdict);
                let looks = rule.rule().is_some_and(|rule| rule.kinds().contains(command.kind()));
                let refuses = || {
                    let findings = self.reading(change).explain(command, context).findings;
                    findings.iter().any(|one| one.rule == rule && one.refused.is_some())
                };
                if looks && !said.wrong_phase && refuses() {
                    said.refused.insert(rule);
                }
                let events = if said.accepts() { verdict.events().to_vec() } else { Vec::new() };
                (said, events)
            }
            Place::Says(says) => {
                let verdict = self.cycle.decide(command, context);
                let mut bodies = verdict.events().iter().map(|event| event.body.clone()).collect();
                says(&self.cycle, &mut bodies);
                let events = (self.cycle.revision() + 1..).zip(bodies).map(|(seq, body)| Event {
                    seq,
                    at: context.now,
                    actor: context.actor,
                    command_id: context.command_id,
                    body,
                });
                (Judgement::of(&verdict), events.collect())
            }
            Place::Takes(_) => {
                let verdict = self.cycle.decide(command, context);
                (Judgement::of(&verdict), verdict.events().to_vec())
            }
        }
    }

    /// The cycle as it would be under the changed process; as it is where that process isn't valid.
    fn reading(&self, change: fn(&mut ProcessSpec)) -> Cycle {
        let changed = |process: &Process| {
            let mut spec = process.spec().clone();
            change(&mut spec);
            Process::new(spec).unwrap_or_else(|_| process.clone())
        };
        let events = self.events.iter().map(|event| {
            let body = match &event.body {
                EventBody::CycleFormed(formed) => {
                    let mut formed = (**formed).clone();
                    formed.process = changed(&formed.process);
                    EventBody::CycleFormed(formed.into())
                }
                EventBody::ProcessMigrated { process } => EventBody::ProcessMigrated { process: Box::new(changed(process)) },
                other => other.clone(),
            };
            Event { body, ..event.clone() }
        });
        Cycle::replay(&events.collect::<Vec<_>>()).unwrap_or_else(|_| self.cycle.clone())
    }
}

/// Walks a machine with this fault until the oracle objects, at most so many steps in all: every other one is a step aside,
/// judged and not taken.
#[must_use]
pub fn hunt(fault: &Fault, most: usize) -> Option<Found> {
    let mut steps = 0;
    for seed in 0.. {
        let (mut walk, mut draws) = (Walk::new(seed), Dice::new(seed ^ 0x00fa_0175));
        let mut mutant = Mutant::new(fault);
        // Before the walk's own beginning, every other beginning.
        let began = walk.events.first().map(|event| event.at)?;
        for form in menu(CommandKind::FormCycle, &Cycle::default(), began) {
            let mut other = Mutant::new(fault);
            if let Some((by, what)) = step(&mut other, &form, &Context::organiser(began)) {
                return Some(Found { steps: steps + 1, by, what });
            }
        }
        for event in &walk.events {
            mutant.cycle.evolve(event).ok()?;
        }
        mutant.events.clone_from(&walk.events);
        while mutant.events.len() <= LONGEST && steps < most && !mutant.cycle.stage().is_terminal() {
            walk.cycle = mutant.cycle.clone();
            let asked = walk.next(draws.roll());
            let tell = |asked: &Step, what| format!("seed {seed}: {:?} by {:?}: {what}", asked.command, asked.context.actor);
            steps += 1;
            if let Some((by, what)) = step(&mut mutant, &asked.command, &asked.context) {
                return Some(Found { steps, by, what: tell(&asked, what) });
            }
            walk.cycle = mutant.cycle.clone();
            let Some(aside) = walk.aside(draws.roll()) else { continue };
            steps += 1;
            if let Some((by, what)) = step(&mut mutant.clone(), &aside.command, &aside.context) {
                return Some(Found { steps, by, what: tell(&aside, what) });
            }
        }
        if steps >= most {
            return None;
        }
    }
    None
}

/// Gives a command to a mutant, and says what the oracle has against what came of it.
fn step(mutant: &mut Mutant<'_>, command: &Command, context: &Context) -> Option<(By, String)> {
    let judged = oracle::judge(&mutant.events, command, context);
    let before = mutant.events.len();
    let said = match mutant.give(command, context) {
        Ok(said) => said,
        Err(error) => return Some((By::Replay, error.to_string())),
    };
    if !said.agrees(&judged) {
        return Some((By::Judgement, format!("it says {said}, the oracle {judged}")));
    }
    if said.accepts()
        && let Some(wrong) = oracle::check(&mutant.events, before, command).first()
    {
        return Some((By::Check, wrong.to_string()));
    }
    let (stage, facts) = (oracle::stage(&mutant.events), oracle::facts(&mutant.events));
    if stage != mutant.cycle.stage() {
        return Some((By::Facts, format!("it is at {:?}, the oracle at {stage:?}", mutant.cycle.stage())));
    }
    (facts != mutant.cycle.disclose()).then(|| (By::Facts, format!("it discloses otherwise than {facts:?}")))
}
