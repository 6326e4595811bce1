//! The rulebook: the table as it is asked. It decides, explains, and says what is allowed.

use std::ops::ControlFlow;

use crate::{
    Actor, Command, CommandKind, Context, Cycle, Event, Facts, KindSet, OwnRule, RULES, Reason, Refusals, Rejection, Role,
    RuleId, Verdict,
    decide::Draft,
    rules::{looking_at, unmet},
};

/// The rules a cycle is asked under: the table, the process file's own, and an embedder's.
///
/// # Example
/// ```
/// use peercircle_core::{Command, Context, Cycle, Rulebook};
/// let verdict = Rulebook::standard().decide(&Cycle::default(), &Command::StartSession {}, &Context::host("2026-03-02T09:00:00Z".parse()?));
/// assert_eq!(verdict.code(), "wrong_phase");
/// # Ok::<(), peercircle_core::InstantError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Rulebook {
    own: Vec<OwnRule>,
    off: u64,
}

/// One rule's answer to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// What it found against the command; nothing where it passes.
    pub refused: Option<Reason>,
}

/// Everything that was looked at for a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The kind of the command.
    pub command: CommandKind,
    /// What refuses beside the rules: wrong phase, role, stale revision.
    pub gate: Vec<Rejection>,
    /// Every rule that looked, by number, with what it found. Empty where the phase is wrong.
    pub findings: Vec<Finding>,
}

impl Rulebook {
    /// The table and the process file's own rules.
    #[must_use]
    pub const fn standard() -> Self {
        Self { own: Vec::new(), off: 0 }
    }

    /// With a rule of the embedder's.
    #[must_use]
    pub fn with(mut self, rule: OwnRule) -> Self {
        self.own.push(rule);
        self
    }

    /// Without a rule of the table, or one of the embedder's: for tests that ask which property notices. Never for a group.
    #[must_use]
    pub fn knocked_out(mut self, rule: RuleId) -> Self {
        match rule {
            RuleId::Ours(number @ 1..=60) => self.off |= 1 << (number - 1),
            RuleId::Code(id) => self.own.retain(|own| own.id != id),
            // The process has it, and keeps it.
            RuleId::Ours(_) | RuleId::Process(_) => {}
        }
        self
    }

    /// The rules of the table that are knocked out.
    pub fn off(&self) -> impl Iterator<Item = RuleId> {
        RULES
            .iter()
            .map(|rule| rule.id)
            .filter(|id| matches!(id, RuleId::Ours(number @ 1..=60) if self.off & 1 << (number - 1) != 0))
    }

    /// The embedder's rules.
    #[must_use]
    pub fn own(&self) -> &[OwnRule] {
        &self.own
    }

    /// Decides a command: events, everything that refuses it, or the first answer again.
    #[must_use]
    pub fn decide(&self, cycle: &Cycle, command: &Command, context: &Context) -> Verdict {
        if let Some((first, last)) = context.answered {
            return Verdict::Duplicate { first, last };
        }
        let facts = Facts::new(cycle, command, context);
        match Refusals::new(self.against(&facts)) {
            Some(refusals) => Verdict::Refused(refusals),
            None => Verdict::Accepted(decided(&facts)),
        }
    }

    /// Everything that refuses a command; none where it would be accepted or was done before.
    #[must_use]
    pub fn refusals(&self, cycle: &Cycle, command: &Command, context: &Context) -> Vec<Rejection> {
        if context.answered.is_some() { Vec::new() } else { self.against(&Facts::new(cycle, command, context)) }
    }

    /// Tells `tell` of everything that refuses a command, in the order of [`refusals`](Self::refusals): for those who count.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Command, Context, Cycle, Rulebook};
    /// let now = Context::organiser("2026-03-02T09:00:00Z".parse()?);
    /// let mut refused = 0;
    /// Rulebook::standard().tell_refusals(&Cycle::default(), &Command::StartSession {}, &now, &mut |_| refused += 1);
    /// assert_eq!(refused, 1);
    /// # Ok::<(), peercircle_core::InstantError>(())
    /// ```
    pub fn tell_refusals(&self, cycle: &Cycle, command: &Command, context: &Context, tell: &mut dyn FnMut(&Rejection)) {
        if context.answered.is_none() {
            let _ = self.look(&Facts::new(cycle, command, context), &mut |rejection| {
                tell(&rejection);
                ControlFlow::Continue(())
            });
        }
    }

    fn against(&self, facts: &Facts<'_>) -> Vec<Rejection> {
        let mut refusals = Vec::new();
        let _ = self.look(facts, &mut |rejection| {
            refusals.push(rejection);
            ControlFlow::Continue(())
        });
        refusals
    }

    /// Whether a command would be accepted, without its events.
    #[must_use]
    pub fn permits(&self, cycle: &Cycle, command: &Command, context: &Context) -> bool {
        let looked = || self.look(&Facts::new(cycle, command, context), &mut |_| ControlFlow::Break(()));
        context.answered.is_none() && looked().is_continue()
    }

    /// The events of a command that would be accepted; nothing where anything refuses it, or where it was done before. What
    /// [`decide`](Self::decide) answers, for those who don't ask why not.
    #[must_use]
    pub fn accepted(&self, cycle: &Cycle, command: &Command, context: &Context) -> Option<Vec<Event>> {
        let facts = Facts::new(cycle, command, context);
        let refused = context.answered.is_some() || self.look(&facts, &mut |_| ControlFlow::Break(())).is_break();
        (!refused).then(|| decided(&facts))
    }

    /// Decides a command and carries it out: `events` become its events, and `next`, whatever it was, the cycle after them.
    /// Whether it was accepted: where anything refuses it, or it was done before, both stay as they were. For those who want
    /// both for many commands: deciding often has to see where its events lead, and that is not done twice then.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Command, Context, Cycle, Rulebook};
    /// let (cycle, mut next, mut events) = (Cycle::default(), Cycle::default(), Vec::new());
    /// let now = Context::organiser("2026-03-02T09:00:00Z".parse()?);
    /// let rules = Rulebook::standard();
    /// assert!(!rules.carry_out(&cycle, &Command::StartSession {}, &now, &mut next, &mut events));
    /// assert!(events.is_empty() && next == cycle);
    ///
    /// let form = Command::FormCycle {
    ///     cycle: "c-1".parse()?,
    ///     group: "g-1".parse()?,
    ///     module: peercircle_core::ModuleRef::new("delegation".parse()?, vec!["agree-the-result".parse()?])?,
    ///     process: Box::default(),
    ///     previous: None,
    /// };
    /// assert!(rules.carry_out(&cycle, &form, &now, &mut next, &mut events));
    /// assert_eq!(next, Cycle::replay(&events)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn carry_out(
        &self,
        cycle: &Cycle,
        command: &Command,
        context: &Context,
        next: &mut Cycle,
        events: &mut Vec<Event>,
    ) -> bool {
        let facts = Facts::new(cycle, command, context);
        if context.answered.is_some() || self.look(&facts, &mut |_| ControlFlow::Break(())).is_break() {
            return false;
        }
        let mut draft = Draft::into(cycle, context, next, std::mem::take(events));
        draft.carry_out(&facts);
        *events = draft.into_events();
        true
    }

    /// Explains a command: every rule that looks at it, and what it finds.
    #[must_use]
    pub fn explain(&self, cycle: &Cycle, command: &Command, context: &Context) -> Explanation {
        let facts = Facts::new(cycle, command, context);
        let mut gate = Vec::new();
        let mut refused = Vec::new();
        let _ = self.look(&facts, &mut |rejection| {
            match rejection {
                Rejection::RuleRefused { rule, reason } => refused.push((rule, reason)),
                Rejection::WrongPhase { .. } | Rejection::NotYourRole { .. } | Rejection::StaleRevision { .. } => {
                    gate.push(rejection);
                }
            }
            ControlFlow::Continue(())
        });
        let wrong_phase = gate.iter().any(|rejection| matches!(rejection, Rejection::WrongPhase { .. }));
        let looked = if wrong_phase { Vec::new() } else { self.looking(&facts) };
        let find = |rule| Finding { rule, refused: refused.iter().find(|(id, _)| *id == rule).map(|(_, reason)| *reason) };
        Explanation { command: facts.kind(), gate, findings: looked.into_iter().map(find).collect() }
    }

    fn looking(&self, facts: &Facts<'_>) -> Vec<RuleId> {
        let kind = facts.kind();
        let off: Vec<_> = self.off().collect();
        let ours = RULES.iter().filter(|rule| rule.kinds().contains(kind) && !off.contains(&rule.id)).map(|rule| rule.id);
        let process = (0..).zip(&facts.spec().rules).filter(|(_, rule)| rule.applies_to.contains(&kind));
        let code = self.own.iter().filter(|rule| rule.applies_to.contains(kind)).map(|rule| RuleId::Code(rule.id));
        ours.chain(process.map(|(at, _)| RuleId::Process(at))).chain(code).collect()
    }

    /// Tells `refuse` of everything that refuses, in the order of [`Refusals::all`], until it has heard enough.
    fn look(&self, facts: &Facts<'_>, refuse: &mut dyn FnMut(Rejection) -> ControlFlow<()>) -> ControlFlow<()> {
        let (kind, stage, context) = (facts.kind(), facts.stage(), facts.context());
        if let Some(expected) = context.expected_revision.filter(|expected| *expected != facts.cycle().revision()) {
            refuse(Rejection::StaleRevision { expected, actual: facts.cycle().revision() })?;
        }
        let applies = KindSet::at_stage(stage);
        if !applies.contains(kind) {
            return refuse(Rejection::WrongPhase { command: kind, stage, applies });
        }
        let may = facts.process().roles(kind);
        if facts.roles().and(may).is_empty() {
            refuse(Rejection::NotYourRole { command: kind, actor: context.actor, may })?;
        }
        let mut left = looking_at(kind) & !self.off;
        while left != 0 {
            if let Some(rule) = RULES.get(left.trailing_zeros() as usize)
                && let Err(reason) = rule.check(facts)
            {
                refuse(Rejection::RuleRefused { rule: rule.id, reason })?;
            }
            left &= left - 1;
        }
        for (at, rule) in (0..).zip(&facts.spec().rules) {
            if rule.applies_to.contains(&kind)
                && let Err(reason) = unmet(at, &rule.require, facts)
            {
                refuse(Rejection::RuleRefused { rule: RuleId::Process(at), reason })?;
            }
        }
        for rule in &self.own {
            if rule.applies_to.contains(kind)
                && let Err(says) = (rule.check)(facts)
            {
                let reason = Reason::Own { says, helps: rule.remedy };
                refuse(Rejection::RuleRefused { rule: RuleId::Code(rule.id), reason })?;
            }
        }
        ControlFlow::Continue(())
    }
}

/// What a cycle asks by itself.
pub(crate) static STANDARD: Rulebook = Rulebook::standard();

fn decided(facts: &Facts<'_>) -> Vec<Event> {
    let mut draft = Draft::new(facts.cycle(), facts.context());
    draft.carry_out(facts);
    draft.into_events()
}

impl Cycle {
    /// Decides a command under the standard rulebook.
    #[must_use]
    pub fn decide(&self, command: &Command, context: &Context) -> Verdict {
        STANDARD.decide(self, command, context)
    }

    /// Explains a command under the standard rulebook.
    #[must_use]
    pub fn explain(&self, command: &Command, context: &Context) -> Explanation {
        STANDARD.explain(self, command, context)
    }

    /// The kinds of command that belong to where the cycle is and to the actor's part.
    #[must_use]
    pub fn in_reach(&self, actor: Actor) -> KindSet {
        let process = self.process();
        let own = match actor {
            Actor::Organiser {} => process.kinds(Role::Organiser),
            Actor::Host {} => process.kinds(Role::Host),
            Actor::Member { seat } => {
                let mut own = process.kinds(Role::Oneself).or(process.kinds(Role::Member));
                if self.chair() == Some(seat) {
                    own = own.or(process.kinds(Role::Facilitator));
                }
                if self.meeting().and_then(crate::Meeting::timekeeper) == Some(seat) {
                    own = own.or(process.kinds(Role::Timekeeper));
                }
                own
            }
        };
        KindSet::at_stage(self.stage()).and(own)
    }
}
