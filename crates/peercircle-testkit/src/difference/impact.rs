//! What a change of the process would have meant for recorded cycles.

use std::fmt;

use peercircle_core::{
    Command, CommandKind, Context, Cycle, CycleId, Event, Instant, Refusals, ReplayError, RuleId, Rulebook, Verdict,
};
use serde::Serialize;

use crate::{Ruled, recorded};

/// What a change of the process would have meant for recorded cycles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Impact {
    /// The name of the process before the change; where both have one name, with what tells them apart.
    pub one: String,
    /// The name of the process after it.
    pub other: String,
    /// How many cycles were looked at.
    pub cycles: usize,
    /// The first command of each that the other would have refused, and the one allows.
    pub refused: Vec<Refused>,
    /// The first command of each that the one refuses as well: it was not lived under it, and is looked at up to there.
    pub unlike: Vec<Refused>,
    /// The logs with events that no command of today writes; they are looked at up to there.
    pub unread: Vec<String>,
}

/// A recorded command that would have been refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The log, as it was named.
    pub log: String,
    /// The cycle.
    pub cycle: Option<CycleId>,
    /// When it was given.
    pub at: Instant,
    /// The command.
    pub command: CommandKind,
    /// The rules that refuse it.
    pub rules: Vec<String>,
}

/// A log that doesn't replay.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{log}` doesn't replay: {error}")]
pub struct Unreplayed {
    /// The log, as it was named.
    pub log: String,
    /// Why.
    #[source]
    pub error: ReplayError,
}

/// Lives recorded cycles, each with the name of its log, again under two processes and their rules in code, and says where each
/// would have met a "no" of the other first. As soon as the one refuses too, the cycle was not lived under it, and says no more about the change.
///
/// # Errors
/// [`Unreplayed`] with the name of a log that doesn't replay.
///
/// # Example
/// ```
/// use peercircle_core::Process;
/// use peercircle_testkit::{difference::impact, walk::{Dice, Walk}};
/// let (mut walk, mut draws) = (Walk::new(3), Dice::new(4));
/// for _ in 0..60 {
///     let step = walk.next(draws.roll());
///     walk.take(&step);
/// }
/// let same = impact(Process::default(), Process::default(), &[("w.jsonl".to_owned(), walk.events)])?;
/// assert!(same.cycles == 1 && same.refused.is_empty());
/// # Ok::<(), peercircle_testkit::difference::Unreplayed>(())
/// ```
pub fn impact(one: impl Into<Ruled>, other: impl Into<Ruled>, logs: &[(String, Vec<Event>)]) -> Result<Impact, Unreplayed> {
    let (one, other) = (one.into(), other.into());
    let [first, second] = super::names::names(&one, &other);
    let mut impact = Impact {
        one: first,
        other: second,
        cycles: logs.len(),
        refused: Vec::new(),
        unlike: Vec::new(),
        unread: Vec::new(),
    };
    for (log, history) in logs {
        relive(&mut impact, [&one, &other], log, history).map_err(|error| Unreplayed { log: log.clone(), error })?;
    }
    Ok(impact)
}

fn relive(impact: &mut Impact, [one, other]: [&Ruled; 2], log: &str, history: &[Event]) -> Result<(), ReplayError> {
    let (mut before, mut after) = (Cycle::default(), Cycle::default());
    // Without rules in code, which may only refuse: what they refuse is to be told as a command.
    let code = one.rules().own().iter().map(|rule| RuleId::Code(rule.id));
    let table = code.fold(one.rules().clone(), Rulebook::knocked_out);
    for decision in recorded::decisions_under(history, table) {
        let decision = decision?;
        let Some(command) = decision.command else {
            impact.unread.push(log.to_owned());
            return Ok(());
        };
        let refused = |under: &Ruled, refusals: &Refusals| Refused {
            log: log.to_owned(),
            cycle: decision.before.roster().cycle().cloned(),
            at: decision.context.now,
            command: command.kind(),
            rules: refusals.all().iter().map(|no| no.rule().name(under.process())).collect(),
        };
        if let Some(no) = give(&mut before, one, &command, &decision.context)? {
            impact.unlike.push(refused(one, &no));
            return Ok(());
        }
        if let Some(no) = give(&mut after, other, &command, &decision.context)? {
            impact.refused.push(refused(other, &no));
            return Ok(());
        }
    }
    Ok(())
}

/// Gives a command to a cycle under this process and its rules; what refuses it.
fn give(cycle: &mut Cycle, under: &Ruled, command: &Command, context: &Context) -> Result<Option<Refusals>, ReplayError> {
    let mut command = command.clone();
    if let Command::FormCycle { process: formed, .. } = &mut command {
        **formed = under.process().clone();
    }
    match under.rules().decide(cycle, &command, context) {
        Verdict::Accepted(events) => events.iter().try_for_each(|event| cycle.evolve(event)).map(|()| None),
        Verdict::Refused(refusals) => Ok(Some(refusals)),
        Verdict::Duplicate { .. } => Ok(None),
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cycle = self.cycle.as_ref().map_or_else(String::new, |cycle| format!(", cycle {cycle}"));
        write!(f, "{}{cycle} at {}: {} ({})", self.log, self.at, self.command.label(), self.rules.join(", "))
    }
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { one, other, cycles, .. } = self;
        let refused = self.refused.len();
        writeln!(
            f,
            "{refused} of {cycles} recorded cycles would have been refused something under {other} that {one} allows."
        )?;
        for no in &self.refused {
            writeln!(f, "  {no}")?;
        }
        if !self.unlike.is_empty() {
            writeln!(
                f,
                "{} were not lived under {one}, which refuses this; they were looked at up to there:",
                self.unlike.len()
            )?;
        }
        for no in &self.unlike {
            writeln!(f, "  {no}")?;
        }
        if !self.unread.is_empty() {
            writeln!(f, "Looked at only up to an event that no command of today writes: {}.", self.unread.join(", "))?;
        }
        Ok(())
    }
}
