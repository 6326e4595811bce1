//! The planned agenda: a cycle for which nothing goes wrong, walked again with every phase taking the minutes it is planned to take. In
//! an exploration commands take no time, so that a rule on elapsed time may let pass what it refuses at the planned minute.

use peercircle_core::{
    Command, CommandKind, Context, Cycle, Instant, KindSet, PhaseKind, Process, Rejection, RuleId, Rulebook, SessionKind,
    Span, Stage,
};
use serde::Serialize;

use super::{calm::Calm, obstacles::is_own};
use crate::explore::{
    graph::Graph,
    model::{Act, Model},
};

/// What is planned, and a rule refuses because of the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OffPlan {
    /// The rule, one of the process's own or in code.
    pub rule: String,
    /// The session in which it first refuses.
    pub session: SessionKind,
    /// The command it refuses there.
    pub command: CommandKind,
    /// The minute of the session for which that is planned.
    pub minute: u32,
    /// What is planned there, and what refuses it: a sentence without a full stop.
    pub says: String,
    /// What else the rule refuses at the planned minute, such as `next steps open at minute 78 of session 1`.
    pub also: Vec<String>,
}

impl OffPlan {
    /// What else it refuses, a sentence without a full stop.
    pub(crate) fn says_also(&self) -> Option<String> {
        (!self.also.is_empty()).then(|| format!("It also refuses: {}", self.also.join("; ")))
    }
}

/// The kinds that have their planned minute.
const PLANNED: KindSet = KindSet::of(&[CommandKind::OpenPhase, CommandKind::StartTurn, CommandKind::CloseSession]);

/// What rules of the process's own, and in code, refuse of the planned agenda. It is the history of a cycle that completes without
/// anything going wrong, as the exploration found it: nothing but the time is otherwise.
pub(super) fn off_plan(model: &Model, graph: &Graph) -> Vec<OffPlan> {
    if !PLANNED.iter().any(|kind| model.hinders(kind)) {
        return Vec::new();
    }
    let calm = Calm::of(model, graph);
    let completed = |at: &usize| graph.known.get(*at).is_some_and(|known| known.stage == Stage::Completed);
    let Some(end) = (0..graph.states()).find(|at| completed(at) && calm.mishaps(*at) == 0) else { return Vec::new() };
    let Some(mut planned) = Planned::of(model) else { return Vec::new() };
    let mut acts = Vec::new();
    for (point, taken) in calm.way(model, graph, end) {
        model.follow(&point, &taken, &mut |before, act| acts.push((before.now, act.clone())));
    }
    for (at, act) in &acts {
        planned.give(*at, act);
    }
    planned.found
}

/// The cycle that goes as planned.
struct Planned<'a> {
    model: &'a Model,
    /// The same under no rule but those of the table, which tells how it goes on behind what a rule refuses.
    free: Cycle,
    process: Process,
    rules: Rulebook,
    /// The cycle that the rules are asked about.
    bound: Cycle,
    now: Instant,
    found: Vec<OffPlan>,
}

impl<'a> Planned<'a> {
    fn of(model: &'a Model) -> Option<Self> {
        let mut spec = model.process().spec().clone();
        spec.rules.clear();
        let nothing = model.nothing();
        let code = model.rules().own().iter().map(|rule| RuleId::Code(rule.id));
        Some(Self {
            model,
            free: nothing.cycle.clone(),
            process: Process::new(spec).ok()?,
            rules: code.fold(model.rules().clone(), Rulebook::knocked_out),
            bound: nothing.cycle,
            now: nothing.now,
            found: Vec::new(),
        })
    }

    /// What was done at `at` in the exploration is done when it is planned; what the rules of the table refuse then, such as to interrupt
    /// a session that has waited too long, is left out.
    fn give(&mut self, at: Instant, act: &Act) -> Option<()> {
        // A turn was planned for whoever passes instead of having it.
        let passes = match (&act.command, self.free.state().round()) {
            (Command::PassTurn { member }, Some(round)) if round.speaking().is_none() => Some(*member),
            _ => None,
        };
        let turn = passes.map(|member| Act { by: act.by, command: Command::StartTurn { member } });
        let now = self.when(at, turn.as_ref().map_or(&act.command, |turn| &turn.command)).max(self.now);
        let context = Context::new(act.by, now);
        let events = self.rules.accepted(&self.free, &self.freed(&act.command), &context)?;
        self.now = now;
        if let Some(turn) = turn {
            // Who may not speak whenever it is passes because of that, and not because of the time.
            let opened = self.free.state().meeting().zip(self.free.state().time_box());
            let first = opened.map_or(now, |(meeting, time_box)| meeting.started_at() + Span::seconds(time_box.opened()));
            let refusals = self.model.rules().refusals(&self.bound, &turn.command, &Context::new(act.by, first));
            if !refusals.iter().any(is_own) {
                self.ask(&turn, &context);
            }
        } else if PLANNED.contains(act.command.kind()) {
            self.ask(act, &context);
        }
        let form = matches!(act.command, Command::FormCycle { .. });
        let same = if form { self.model.rules().accepted(&self.bound, &act.command, &context)? } else { events.clone() };
        events.iter().try_for_each(|event| self.free.evolve(event)).ok()?;
        same.iter().try_for_each(|event| self.bound.evolve(event)).ok()
    }

    /// The command under no rule of the process's own.
    fn freed(&self, command: &Command) -> Command {
        let mut freed = command.clone();
        if let Command::FormCycle { process, .. } = &mut freed {
            **process = self.process.clone();
        }
        freed
    }

    /// When a command is planned: a phase opens, and a session closes, once the one before has had its minutes, of which everyone
    /// who speaks has as many. While no session runs, it is when it was.
    fn when(&self, at: Instant, command: &Command) -> Instant {
        let state = self.free.state();
        let (Some(meeting), Some(time_box)) = (state.meeting(), state.time_box()) else { return at };
        let seconds = match command.kind() {
            CommandKind::OpenPhase | CommandKind::CloseSession => time_box.ends(),
            CommandKind::StartTurn => {
                let speakers = u32::from(self.free.in_room().len()).max(1);
                let waiting = state.round().map_or(0, |round| u32::from(round.pending().len()));
                time_box.opened() + u32::from(time_box.planned()) * speakers.saturating_sub(waiting) / speakers
            }
            _ => return self.now,
        };
        meeting.started_at() + Span::seconds(seconds)
    }

    /// Asks the rules about a command at its minute.
    fn ask(&mut self, act: &Act, context: &Context) {
        let Some((session, minute)) = self.minute() else { return };
        let refusals = self.model.rules().refusals(&self.bound, &act.command, context);
        for one in refusals.iter().filter(|one| is_own(one)) {
            let rule = one.rule().name(self.model.process());
            let what = self.what(&act.command, session, minute);
            match self.found.iter_mut().find(|other| other.rule == rule) {
                Some(first) => first.also.push(what),
                None => {
                    let says = self.says(&what, &rule, one);
                    let command = act.command.kind();
                    self.found.push(OffPlan { rule, session, command, minute, says, also: Vec::new() });
                }
            }
        }
    }

    fn minute(&self) -> Option<(SessionKind, u32)> {
        let elapsed = self.free.state().meeting()?.elapsed(self.now);
        Some((self.free.session()?, elapsed.as_seconds() / 60))
    }

    /// What is planned for a minute, as in "discussion opens at minute 35 of session 1".
    fn what(&self, command: &Command, session: SessionKind, minute: u32) -> String {
        let session = session.label();
        if let Command::OpenPhase { phase } = command {
            return format!("{} {} at minute {minute} of {session}", phase.label(), opens(*phase));
        }
        if command.kind() == CommandKind::StartTurn {
            let phase = self.free.state().phase().map_or("a round", PhaseKind::label);
            return format!("a turn of {phase} starts at minute {minute} of {session}");
        }
        format!("{session} closes at minute {minute}")
    }

    fn says(&self, what: &str, rule: &str, one: &Rejection) -> String {
        let (refuses, remedy) = (one.say(&self.bound), one.remedy(&self.bound));
        format!("As planned, {what}, which {rule} refuses: {refuses}. What helps: {remedy}, or other minutes")
    }
}

const fn opens(phase: PhaseKind) -> &'static str {
    if matches!(phase, PhaseKind::LessonsLearned | PhaseKind::NextSteps | PhaseKind::Takeaways) { "open" } else { "opens" }
}
