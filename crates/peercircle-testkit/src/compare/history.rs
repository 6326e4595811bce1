//! A history of commands, as a script has it.

use std::{collections::BTreeMap, fmt};

use peercircle_core::{
    Command, CommandId, CommandKind, Context, Cycle, Instant, MemberId, Process, Revision, Verdict, WireActor,
};
use peercircle_scenario::{Answer, Ask, CoreRunner, Expect, Runner, Scenario};
use serde_json::{Value, json};

use crate::{
    Ruled,
    walk::{Dice, Step, Walk},
};

/// Commands, one after the other, under a process and the rules in code that there are.
#[derive(Clone, PartialEq)]
pub struct History {
    /// The process that `cycle.form` gets, and the rules that the machine decides by.
    pub under: Ruled,
    /// The commands.
    pub steps: Vec<Asked>,
}

/// A command of a history.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// When it is given.
    pub at: Instant,
    /// By whom: a member's id, `organiser` or `host`.
    pub by: String,
    /// The command as JSON.
    pub command: Value,
    /// Its idempotency key.
    pub id: Option<CommandId>,
    /// The revision it expects.
    pub revision: Option<Revision>,
    /// Members in another running session.
    pub elsewhere: Vec<MemberId>,
}

impl History {
    /// The steps of a walk that goes `steps` on, with these draws: [`Walk::history`].
    pub fn walk(walk: &mut Walk, draws: u64, steps: usize) -> Self {
        let mut draws = Dice::new(draws);
        for _ in 0..steps {
            let step = walk.next(draws.roll());
            walk.take(&step);
        }
        walk.history()
    }

    /// The commands of a script, under the standard rules; where it wants rules in code ([`Scenario::rules`]), put them into `under`.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        let asked = |step| {
            let ask = scenario.ask(step);
            Asked {
                at: ask.at,
                by: ask.by.to_owned(),
                command: ask.command,
                id: ask.id,
                revision: ask.revision,
                elsewhere: ask.elsewhere.to_vec(),
            }
        };
        Self { under: scenario.process().into(), steps: scenario.steps().iter().map(asked).collect() }
    }

    /// A command more, where `cycle` knows whom it names.
    pub fn push(&mut self, cycle: &Cycle, command: &Command, context: &Context) {
        let Ok(wire) = command.clone().named(cycle.roster()) else { return };
        let by = match cycle.view_actor(context.actor) {
            WireActor::Member { member } => member.to_string(),
            WireActor::Host {} => "host".to_owned(),
            WireActor::Organiser {} if context.actor.seat().is_some() => return,
            WireActor::Organiser {} => "organiser".to_owned(),
        };
        let elsewhere = context.elsewhere.iter().filter_map(|seat| Some(cycle.roster().member(seat)?.id.clone()));
        self.steps.push(Asked {
            at: context.now,
            by,
            command: json!(wire),
            id: context.command_id,
            revision: context.expected_revision,
            elsewhere: elsewhere.collect(),
        });
    }

    /// Visits each command with the cycle it is given to and what the machine answers, as it lives through the history. What is given
    /// again under a key that was accepted is answered [`Verdict::Duplicate`] and does nothing; its context says by which events it
    /// was answered (R-04). Left out is what names nobody, or is no command.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::Verdict;
    /// use peercircle_testkit::walk::{Walk, draws};
    /// let walk = Walk::along(5, &draws(5, 200));
    /// let (mut accepted, mut retries) = (0, 0);
    /// walk.history().each(|_, step, verdict| {
    ///     accepted += usize::from(verdict.is_accepted());
    ///     if let Verdict::Duplicate { first, last } = verdict {
    ///         assert_eq!(step.context.answered, Some((*first, *last)));
    ///         retries += 1;
    ///     }
    /// });
    /// assert!(accepted == walk.accepted.values().sum::<usize>() && retries > 0);
    /// ```
    pub fn each(&self, mut visit: impl FnMut(&Cycle, &Step, &Verdict)) {
        self.live(|_, cycle, given| {
            if let Ok((step, verdict)) = given {
                visit(cycle, step, verdict);
            }
        });
    }

    /// Visits each command with its number, the cycle it is given to, and the command as that cycle understands it with its
    /// verdict, or what is answered to what it doesn't understand.
    pub(crate) fn live(&self, mut visit: impl FnMut(usize, &Cycle, Result<(&Step, &Verdict), &Answer>)) {
        let (mut cycle, mut keys) = (Cycle::default(), BTreeMap::new());
        for (number, asked) in self.steps.iter().enumerate() {
            let answered = asked.id.and_then(|id| keys.get(&id).copied());
            let (command, context) = match asked.ask(self.under.process()).resolve(&cycle, answered) {
                Ok(resolved) => resolved,
                Err(answer) => {
                    visit(number, &cycle, Err(&answer));
                    continue;
                }
            };
            let verdict = self.under.rules().decide(&cycle, &command, &context);
            visit(number, &cycle, Ok((&Step { command, context }, &verdict)));
            for event in verdict.events() {
                // INVARIANT: evolve accepts what decide wrote; where it doesn't, a comparison says so.
                let _ = cycle.evolve(event);
            }
            if let (Some(id), [first, ..], Some(last)) = (asked.id, verdict.events(), verdict.events().last()) {
                keys.insert(id, (first.seq, last.seq));
            }
        }
    }

    pub(crate) fn upto(&self, step: usize) -> Self {
        Self { under: self.under.clone(), steps: self.steps.iter().take(step + 1).cloned().collect() }
    }

    pub(super) fn without(&self, at: usize, many: usize) -> Self {
        let mut shorter = self.clone();
        shorter.steps.drain(at..at + many);
        shorter
    }

    /// The history as a script in JSON Lines, declaring what the machine answers, every refusal included, and comes to: the stage, how
    /// each member stands and what HR sees. It names the rules in code that it wants, which no command line has:
    /// [`Scenario::check`] with [`CoreRunner::under`] runs it.
    #[must_use]
    pub fn script(&self, name: &str) -> String {
        self.declaring(name, Declared::Outcome)
    }

    /// The same, declaring this much of the end.
    pub(super) fn declaring(&self, name: &str, declared: Declared) -> String {
        let mut machine = CoreRunner::under(self.under.rules().clone());
        let mut header = json!({"scenario": name, "process": super::written(self.under.process())});
        if let Some(fields) = header.as_object_mut().filter(|_| !self.under.rules().own().is_empty()) {
            fields.insert("rules".to_owned(), json!(self.under.in_code()));
        }
        let mut lines = vec![header];
        for asked in &self.steps {
            let Ok(answer) = machine.give(&asked.ask(self.under.process()));
            lines.push(asked.line(&answer));
        }
        let (Ok(report), Ok(view)) = (machine.report(), machine.view());
        let mut end = json!({"stage": report.stage, "members": report.members});
        if let Some(fields) = end.as_object_mut() {
            let facts = Some(("facts", report.facts)).filter(|(_, facts)| facts.is_object());
            let view = view.filter(|_| declared == Declared::View).map(|view| ("view", view));
            let exactly = (declared != Declared::Outcome).then_some(("exactly", json!(true)));
            let more = [facts, view, exactly].into_iter().flatten();
            fields.extend(more.map(|(name, value)| (name.to_owned(), value)));
        }
        lines.push(json!({"end": end}));
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// Its story: a failing test prints it.
impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "a history of {} commands", self.steps.len())?;
        crate::story::write_lines(f, &super::told(self))
    }
}

/// How much of its end a script declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// Stage, members and facts.
    Outcome,
    /// And that there is nothing beyond.
    Exactly,
    /// And what members see.
    View,
}

impl Asked {
    /// What a runner is given of it: complete, the process of `cycle.form` included.
    ///
    /// # Example
    /// ```
    /// use peercircle_scenario::{CoreRunner, Runner};
    /// use peercircle_testkit::{compare::History, walk::Walk};
    /// let history = History::walk(&mut Walk::new(7), 8, 60);
    /// let mut machine = CoreRunner::default();
    /// let Ok(answer) = machine.give(&history.steps[0].ask(history.under.process()));
    /// assert_eq!(answer.code, "accepted");
    /// ```
    #[must_use]
    pub fn ask(&self, process: &Process) -> Ask<'_> {
        let mut command = self.command.clone();
        let forms = command.get("type") == Some(&json!(CommandKind::FormCycle));
        if let Some(fields) = command.as_object_mut().filter(|_| forms) {
            fields.insert("process".to_owned(), json!(process));
        }
        Ask { at: self.at, by: &self.by, command, id: self.id, revision: self.revision, elsewhere: &self.elsewhere }
    }

    fn line(&self, answer: &Answer) -> Value {
        let mut command = self.command.clone();
        let forms = command.get("type") == Some(&json!(CommandKind::FormCycle));
        if let Some(fields) = command.as_object_mut().filter(|_| forms) {
            // It stands in the header.
            fields.remove("process");
        }
        let mut line = json!({"at": self.at, "by": self.by, "do": command});
        let Some(fields) = line.as_object_mut() else { return line };
        if let Some(id) = self.id {
            fields.insert("id".to_owned(), json!(id));
        }
        if let Some(revision) = self.revision {
            fields.insert("revision".to_owned(), json!(revision));
        }
        if !self.elsewhere.is_empty() {
            fields.insert("elsewhere".to_owned(), json!(self.elsewhere));
        }
        if let Some(expect) = Expect::of(answer) {
            fields.insert("expect".to_owned(), json!(expect));
        }
        line
    }
}
