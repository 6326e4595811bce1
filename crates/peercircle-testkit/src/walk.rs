//! Walks: cycles that go through a random process with a random group, by commands legal and not.
//!
//! The same seed and draws give the same walk on every machine. What a walk asks for depends on the cycle and on what it asked for
//! before, so a walk over another implementation is a walk over this one, compared. It keeps every step, accepted or not.
//!
//! # Example
//! ```
//! use peercircle_testkit::walk::{Dice, Walk};
//! let (mut walk, mut draws) = (Walk::new(7), Dice::new(8));
//! for _ in 0..50 {
//!     let step = walk.next(draws.roll());
//!     walk.take(&step);
//! }
//! assert_eq!(peercircle_core::Cycle::replay(&walk.events)?, walk.cycle);
//! # Ok::<(), peercircle_core::ReplayError>(())
//! ```
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "numbers and ids written here are valid; where they weren't, the walk should stop"
)]
#![expect(clippy::wildcard_enum_match_arm, reason = "a walk favours a few kinds and stages, and treats the rest alike")]

mod dice;
mod kept;
mod menu;
mod next;
mod process;
mod recipe;
mod sent;
mod situation;
mod steer;
mod trouble;

use std::collections::BTreeMap;

use peercircle_core::{Command, CommandId, CommandKind, Context, Cycle, Event, Instant, Revision, Rulebook, Stage, Verdict};

use self::{
    kept::{Said, Taken},
    recipe::{Begun, Recipe},
};
use crate::Ruled;

pub use self::{
    dice::{Dice, draws},
    menu::{NOTE, actors, menu, module, person, seats},
    process::process,
    situation::Situation,
    steer::Goal,
};

/// A cycle on its way.
#[derive(Clone)]
pub struct Walk {
    /// Where it is.
    pub cycle: Cycle,
    /// Everything that happened on it.
    pub events: Vec<Event>,
    /// What time it is.
    pub now: Instant,
    /// How many commands of a kind were accepted.
    pub accepted: BTreeMap<CommandKind, usize>,
    /// How many steps began at a stage.
    pub visited: BTreeMap<Stage, usize>,
    /// How many steps began in a situation.
    pub situations: BTreeMap<Situation, usize>,
    under: Ruled,
    steps: Vec<Taken>,
    /// What was answered to the keys that commands came under.
    keys: BTreeMap<CommandId, (Revision, Revision)>,
    /// Walks differ in how often they try what a group would hardly do.
    wild: usize,
    hurry: bool,
    /// How it was made, so that it can be made again.
    recipe: Recipe,
}

/// A step: what is asked, by whom, when.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is asked.
    pub command: Command,
    /// By whom, and when.
    pub context: Context,
}

impl Walk {
    /// A walk through a process that the seed makes, its cycle just formed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let process = process(&mut dice);
        let walk = Self::through(process, dice.roll());
        Self { recipe: Recipe::new(Begun::New, seed, walk.now), ..walk }
    }

    /// A walk through a process that the seed makes, gone on by a step a draw.
    #[must_use]
    pub fn along(seed: u64, draws: &[u64]) -> Self {
        Self::new(seed).on(draws)
    }

    /// A walk whose group gathers its members: somebody joins, or may not, with each draw.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::Stage;
    /// use peercircle_testkit::walk::Walk;
    /// assert_eq!(Walk::gathering(7, &[3, 10, 4, 5]).cycle.stage(), Stage::Forming);
    /// ```
    #[must_use]
    pub fn gathering(seed: u64, draws: &[u64]) -> Self {
        let mut walk = Self::new(seed);
        for draw in draws {
            let command = Dice::new(*draw).pick(&menu(CommandKind::EnrolMember, &walk.cycle, walk.now));
            walk.give(&Step { command, context: Context::organiser(walk.now) });
        }
        Self { recipe: Recipe::new(Begun::Gathering(draws.into()), seed, walk.now), ..walk }
    }

    /// Goes on by a step a draw.
    #[must_use]
    pub fn on(mut self, draws: &[u64]) -> Self {
        self.recipe.led(self.now);
        for draw in draws {
            let step = self.drawn(*draw);
            self.give(&step);
        }
        self.recipe.on(draws, self.now);
        self
    }

    /// Like [`along`](Self::along), one step in eight being trouble: people leave, don't come, come late or leave early, and
    /// facilitators are gone, mostly such that the group can go on.
    ///
    /// # Example
    /// ```
    /// use peercircle_testkit::walk::Walk;
    /// let walk = Walk::troubled(7, &[3, 10, 4, 5]);
    /// assert!(format!("{walk:?}").starts_with("Walk::troubled(7, &[3, 10, 4, 5])"));
    /// ```
    #[must_use]
    pub fn troubled(seed: u64, draws: &[u64]) -> Self {
        Self::new(seed).in_trouble(draws)
    }

    /// Goes on by a step a draw, one in eight being trouble, as [`troubled`](Self::troubled) does.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::Process;
    /// use peercircle_testkit::walk::Walk;
    /// let walk = Walk::through(Process::default(), 7).in_trouble(&[3, 10, 4, 5]);
    /// assert!(format!("{walk:?}").starts_with("Walk::through(process, 7).in_trouble(&[3, 10, 4, 5])"));
    /// ```
    #[must_use]
    pub fn in_trouble(mut self, draws: &[u64]) -> Self {
        self.recipe.led(self.now);
        for draw in draws {
            let usual = self.drawn(*draw);
            let mut dice = Dice::new(!*draw);
            let drawn = match draw % 8 {
                0 => self.trouble(&mut dice),
                1..=3 => self.mend(&mut dice),
                _ => None,
            };
            self.give(&drawn.unwrap_or(usual));
        }
        self.recipe.in_trouble(draws, self.now);
        self
    }

    /// A walk through this process, its cycle just formed: now and then only once the cycle before it had ended (R-60).
    ///
    /// # Panics
    /// Where a rule of the process's own, or one in code, is against `cycle.form`: nothing could follow.
    #[must_use]
    pub fn through(under: impl Into<Ruled>, seed: u64) -> Self {
        let mut walk = Self::unformed(under.into(), seed);
        let forms = walk.forms();
        // Numbers of its own, so that the walk is the same in either case.
        let mut dice = Dice::new(!seed);
        if dice.chance(20) {
            walk.form(forms[2].clone(), &mut dice);
        }
        let accepted = walk.form(dice.pick(&forms[..2]), &mut dice);
        assert!(accepted, "expected a process under which a cycle may be formed: {walk:?}");
        walk
    }

    /// A walk of which nothing has happened yet.
    pub(crate) fn unformed(under: Ruled, seed: u64) -> Self {
        let (mut dice, now) = (Dice::new(seed), "2026-03-02T08:00:00Z".parse().unwrap());
        Self {
            cycle: Cycle::default(),
            events: Vec::new(),
            now,
            accepted: BTreeMap::new(),
            visited: BTreeMap::new(),
            situations: BTreeMap::new(),
            under,
            steps: Vec::new(),
            keys: BTreeMap::new(),
            wild: dice.pick(&[2, 5, 15, 40]),
            hurry: dice.chance(70),
            recipe: Recipe::new(Begun::Through, seed, now),
        }
    }

    /// Commands that form its cycle, the last one too early.
    pub(crate) fn forms(&self) -> Vec<Command> {
        let mut forms = menu(CommandKind::FormCycle, &self.cycle, self.now);
        for form in &mut forms {
            if let Command::FormCycle { process, .. } = form {
                **process = self.under.process().clone();
            }
        }
        forms
    }

    fn form(&mut self, command: Command, dice: &mut Dice) -> bool {
        let context = Context::organiser(self.now);
        let context = if dice.chance(50) { context.with_id(sent::key(dice)) } else { context };
        self.give(&Step { command, context }).is_accepted()
    }

    /// The rules it goes under.
    #[must_use]
    pub const fn rules(&self) -> &Rulebook {
        self.under.rules()
    }

    /// Decides the step and applies what comes of it. A walk that takes another step than the one that [`next`](Self::next) drew, or
    /// whose clock is moved, is led on by hand: where it is printed, a script stands below its story, and how it began above it.
    ///
    /// # Panics
    /// Where the cycle refuses an event that it decided: a fault of the machine.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Command, Context};
    /// use peercircle_scenario::{CoreRunner, Scenario};
    /// use peercircle_testkit::walk::{Step, Walk};
    /// let mut walk = Walk::new(7);
    /// let drawn = walk.next(3);
    /// walk.take(&drawn);
    /// assert!(format!("{walk:?}").starts_with("Walk::along(7, &[3]): "));
    ///
    /// walk.take(&Step { command: Command::CloseSession {}, context: Context::organiser(walk.now) });
    /// let told = format!("{walk:?}");
    /// assert!(told.starts_with("Walk::along(7, &[3]), then led on by hand: "));
    /// let script = told.split_once("Its script:\n").map(|(_, script)| script).ok_or("no script")?;
    /// assert!(Scenario::parse(script)?.check(&mut CoreRunner::default(), |_, _, _| ())?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn take(&mut self, step: &Step) -> Verdict {
        self.recipe.taken(step, self.now);
        self.give(step)
    }

    /// The same, whatever led to it.
    fn give(&mut self, step: &Step) -> Verdict {
        let context = Context { answered: step.context.answered.or_else(|| self.answered(&step.context)), ..step.context };
        let step = Step { command: step.command.clone(), context };
        self.take_at(&step, self.steps.last().map_or(0, |last| last.number + 1))
    }

    fn take_at(&mut self, step: &Step, number: usize) -> Verdict {
        *self.visited.entry(self.cycle.stage()).or_default() += 1;
        for situation in Situation::of(&self.cycle) {
            *self.situations.entry(situation).or_default() += 1;
        }
        let (revision, verdict) = (self.cycle.revision(), self.rules().decide(&self.cycle, &step.command, &step.context));
        for event in verdict.events() {
            let taken = self.cycle.evolve(event);
            assert!(taken.is_ok(), "evolve refuses `{}` after {step:?}: {taken:?}", event.body.name());
            self.events.push(event.clone());
        }
        if verdict.is_accepted() {
            *self.accepted.entry(step.command.kind()).or_default() += 1;
        }
        if let (Some(id), [first, ..], Some(last)) = (step.context.command_id, verdict.events(), verdict.events().last()) {
            self.keys.insert(id, (first.seq, last.seq));
        }
        let said = Said::of(&verdict);
        self.steps.push(Taken { step: step.clone(), number, revision, now: self.now, said });
        verdict
    }

    /// The first answer to a command that came under this key.
    fn answered(&self, context: &Context) -> Option<(Revision, Revision)> {
        context.command_id.and_then(|id| self.keys.get(&id).copied())
    }
}
