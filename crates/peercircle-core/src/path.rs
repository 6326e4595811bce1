//! The path to a command: who does what until it is possible.
//!
//! Found from the refusals: each reason knows the commands that answer it, and those may want others first. What is left out
//! are exceptions that cost somebody something and want a reason, such as skipping a phase, closing a round over members who
//! wait, or a facilitator for the second time: a path never proposes them.

mod remedy;

use crate::{Actor, Command, CommandKind, Context, Cycle, Instant, Rejection, Role, Rulebook, Verdict, rulebook::STANDARD};

/// How deep one remedy may want another.
const DEEPEST: usize = 12;

/// The most steps of a path: a whole cycle of sixteen fits in.
const LONGEST: usize = 600;

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathStep {
    /// Who.
    pub by: Actor,
    /// When at the earliest.
    pub at: Instant,
    /// What.
    pub command: Command,
}

/// There is no path that the machine knows: nothing anyone may do makes the command possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPath {
    /// The cycle as far as the known steps lead.
    pub reached: Box<Cycle>,
    /// What refuses the command there.
    pub refused: Vec<Rejection>,
    /// The command that the way ends at, the wanted one or one before it; what refuses it is for somebody else to change.
    pub stuck_at: Box<Command>,
    /// What refuses that one.
    pub stuck: Vec<Rejection>,
    /// What that one is for: from the wanted command on, each that was refused and the refusal that the next one would answer;
    /// nothing where the way ends at the wanted one itself.
    pub stuck_for: Vec<(Command, Rejection)>,
}

impl Cycle {
    /// The steps after which `command` is accepted from `context.actor`, from `context.now` on; none where it is accepted
    /// as it is. No step can be left out.
    ///
    /// # Errors
    /// [`NoPath`] with what refuses, and how far the known steps lead.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Command, Context, Cycle};
    /// let now = "2026-03-02T09:00:00Z".parse()?;
    /// let stuck = Cycle::default().path_to(&Command::StartSession {}, &Context::host(now)).unwrap_err();
    /// assert_eq!(stuck.refused[0].code(), "wrong_phase"); // who is in the group, only the organiser knows
    /// assert_eq!(*stuck.stuck_at, Command::StartSession {});
    /// # Ok::<(), peercircle_core::InstantError>(())
    /// ```
    pub fn path_to(&self, command: &Command, context: &Context) -> Result<Vec<PathStep>, NoPath> {
        STANDARD.path_to(self, command, context)
    }
}

impl Rulebook {
    /// [`Cycle::path_to`] under this rulebook.
    ///
    /// # Errors
    /// [`NoPath`] with what refuses, and how far the known steps lead.
    pub fn path_to(&self, cycle: &Cycle, command: &Command, context: &Context) -> Result<Vec<PathStep>, NoPath> {
        let start = context.now.max(cycle.last_at());
        let mut walk = Walk::new(self, cycle.clone(), start);
        if !walk.reach(command, Some(context.actor), 0) {
            let refused = walk.refused(command, context.actor);
            let end =
                walk.stuck.unwrap_or_else(|| Stuck { at: command.clone(), refused: refused.clone(), answers: Vec::new() });
            let Stuck { at, refused: stuck, answers } = end;
            let (reached, stuck_at) = (Box::new(walk.cycle), Box::new(at));
            return Err(NoPath { refused, reached, stuck_at, stuck, stuck_for: answers });
        }
        let mut steps = walk.steps;
        // A remedy may have been overtaken by a later one.
        for at in (0..steps.len()).rev() {
            let mut fewer = steps.clone();
            fewer.remove(at);
            if self.leads(cycle, &fewer, command, context.actor, walk.now) {
                steps = fewer;
            }
        }
        Ok(steps)
    }

    fn leads(&self, cycle: &Cycle, steps: &[PathStep], command: &Command, actor: Actor, now: Instant) -> bool {
        let mut cycle = cycle.clone();
        for step in steps {
            let Verdict::Accepted(events) = self.decide(&cycle, &step.command, &Context::new(step.by, step.at)) else {
                return false;
            };
            if events.iter().any(|event| cycle.evolve(event).is_err()) {
                return false;
            }
        }
        self.permits(&cycle, command, &Context::new(actor, now))
    }
}

/// A walk towards a command, on a copy of the cycle.
pub(crate) struct Walk<'a> {
    rules: &'a Rulebook,
    pub(crate) cycle: Cycle,
    pub(crate) now: Instant,
    pub(crate) steps: Vec<PathStep>,
    wanted: Vec<Command>,
    /// What was refused, and is being answered by what is tried now.
    answering: Vec<(Command, Rejection)>,
    stuck: Option<Stuck>,
}

/// Where the way first ended: nothing answers what refuses there.
struct Stuck {
    at: Command,
    refused: Vec<Rejection>,
    answers: Vec<(Command, Rejection)>,
}

/// What answers a refusal.
enum Remedy {
    /// These commands, one after the other.
    Do(Vec<Command>),
    /// Waiting until then.
    Wait(Instant),
}

impl<'a> Walk<'a> {
    pub(crate) const fn new(rules: &'a Rulebook, cycle: Cycle, now: Instant) -> Self {
        Self { rules, cycle, now, steps: Vec::new(), wanted: Vec::new(), answering: Vec::new(), stuck: None }
    }

    fn refused(&self, command: &Command, by: Actor) -> Vec<Rejection> {
        self.rules.refusals(&self.cycle, command, &Context::new(by, self.now))
    }

    /// Walks until `command` is accepted, from `by` or whoever may give it; whether it is.
    fn reach(&mut self, command: &Command, by: Option<Actor>, depth: usize) -> bool {
        if depth > DEEPEST || self.wanted.contains(command) {
            return false;
        }
        self.wanted.push(command.clone());
        let mut tries = 0..LONGEST;
        let reached = loop {
            let actor = by.unwrap_or_else(|| self.whoever_may(command));
            let refused = self.refused(command, actor);
            if refused.is_empty() {
                break true;
            }
            let revision = self.cycle.revision();
            let answer = refused.iter().find_map(|no| Some((no, self.remedy(no, command, actor)?)));
            let moved = match answer {
                Some((_, Remedy::Wait(until))) => {
                    let later = until > self.now;
                    self.now = until.max(self.now);
                    later
                }
                Some((no, Remedy::Do(commands))) => {
                    self.answering.push((command.clone(), *no));
                    let done = commands.iter().all(|one| self.perform(one, None, depth + 1));
                    self.answering.pop();
                    done && self.cycle.revision() > revision
                }
                None => false,
            };
            // A condition may wait for what never comes, such as minutes of a clock that stands.
            if !moved || tries.next().is_none() {
                let answers = &self.answering;
                self.stuck.get_or_insert_with(|| Stuck { at: command.clone(), refused, answers: answers.clone() });
                break false;
            }
        };
        self.wanted.pop();
        reached
    }

    /// Walks until `command` is accepted, and gives it; whether it was.
    pub(crate) fn perform(&mut self, command: &Command, by: Option<Actor>, depth: usize) -> bool {
        if !self.reach(command, by, depth) || self.steps.len() >= LONGEST {
            return false;
        }
        let by = by.unwrap_or_else(|| self.whoever_may(command));
        let Verdict::Accepted(events) = self.rules.decide(&self.cycle, command, &Context::new(by, self.now)) else {
            return false;
        };
        self.steps.push(PathStep { by, at: self.now, command: command.clone() });
        events.iter().all(|event| self.cycle.evolve(event).is_ok())
    }

    /// Walks one step on the plain way to the end; whether there was one.
    pub(crate) fn forward(&mut self) -> bool {
        match self.onward() {
            Some(Remedy::Do(commands)) => commands.iter().all(|one| self.perform(one, None, 0)),
            Some(Remedy::Wait(until)) => {
                self.now = until;
                true
            }
            None => false,
        }
    }

    /// Whose part the command is: the member concerned before the chair, a member before the organiser.
    fn whoever_may(&self, command: &Command) -> Actor {
        let kind = command.kind();
        let may = self.cycle.process().roles(kind);
        let room = self.cycle.in_room();
        let here = if room.is_empty() { self.cycle.ledger().active() } else { room };
        let claim = self.cycle.meeting().and_then(crate::Meeting::claim).map(|claim| claim.seat);
        let seat = if may.contains(Role::Oneself) && command.subject().is_some() {
            command.subject()
        } else if may.contains(Role::Facilitator) && self.cycle.chair().is_some() {
            self.cycle.chair()
        } else if may.contains(Role::Organiser) {
            None
        } else if may.contains(Role::Member) {
            // Whoever offered to facilitate can't be the one who agrees.
            here.iter().find(|seat| kind != CommandKind::AssentToFacilitator || Some(*seat) != claim)
        } else {
            None
        };
        match seat {
            Some(seat) => Actor::member(seat),
            None if may.contains(Role::Organiser) => Actor::Organiser {},
            None => Actor::Host {},
        }
    }
}

#[cfg(test)]
mod tests;
