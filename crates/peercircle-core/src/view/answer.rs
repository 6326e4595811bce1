//! What the machine answers to a command: verdicts, refusals, explanations, what is allowed.

use serde::Serialize;

use crate::{
    Actor, Command, CommandKind, Context, Cycle, Instant, MemberId, Reason, Rejection, Revision, Role, RuleId, Rulebook,
    SeatSet, Verdict, rulebook::STANDARD,
};

/// One "no" for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RefusalView {
    /// What kind of "no": `wrong_phase`, `not_your_role`, `stale_revision` or `rule_refused`.
    pub code: &'static str,
    /// The rule behind it, such as `R-21`.
    pub rule: String,
    /// What stands in the way, a sentence.
    pub says: String,
    /// What would help, a sentence.
    pub helps: String,
    /// The members it is about: whoever is missing, in the way, or asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberId>,
    /// The facts that decided, where a rule refuses; members by seat, their place in [`CycleView::members`](crate::CycleView).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Reason>,
    /// What belongs to where the cycle is, where the phase is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub applies: Vec<CommandKind>,
    /// Whose part it is, where the role is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub may: Vec<Role>,
}

/// The answer to a command for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum VerdictView {
    /// Done.
    Accepted {
        /// The revision of the cycle then; a host tells 0 to whoever isn't in the group.
        revision: Revision,
        /// The types of the events.
        events: Vec<&'static str>,
    },
    /// Not done, and nothing changed.
    Refused {
        /// Everything that refuses, at least one.
        refusals: Vec<RefusalView>,
    },
    /// Done before.
    Duplicate {
        /// The first event of the first answer; a host tells 0 to whoever isn't in the group.
        first: Revision,
        /// The last event of it; likewise.
        last: Revision,
    },
}

/// A command explained for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExplanationView {
    /// The kind of the command.
    pub command: CommandKind,
    /// Whether it would be accepted.
    pub permitted: bool,
    /// Everything that refuses.
    pub refusals: Vec<RefusalView>,
    /// Every rule that looked, by number; none where the phase is wrong.
    pub rules: Vec<FindingView>,
}

/// One rule's look at a command for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FindingView {
    /// The rule, such as `R-21`.
    pub rule: String,
    /// What it is about.
    pub title: String,
    /// Whether it lets the command pass.
    pub passes: bool,
}

/// A kind of command in someone's reach for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AllowedView {
    /// The kind.
    pub command: CommandKind,
    /// What it does, as in "to ...".
    pub label: &'static str,
    /// Whether some payload of it would be accepted now.
    pub permitted: bool,
    /// The members it would be accepted for, where it is about one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberId>,
    /// What it carries.
    pub fields: Vec<FieldView>,
    /// What refuses, where it isn't permitted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<RefusalView>,
}

/// A field of a command for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldView {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
}

impl Cycle {
    /// What [`Cycle::decide`] answered, for a screen; `self` is the cycle it was asked of.
    #[must_use]
    pub fn view_verdict(&self, verdict: &Verdict) -> VerdictView {
        match verdict {
            Verdict::Accepted(events) => VerdictView::Accepted {
                revision: events.last().map_or_else(|| self.revision(), |event| event.seq),
                events: events.iter().map(|event| event.body.name()).collect(),
            },
            Verdict::Refused(refusals) => VerdictView::Refused { refusals: self.view_refusals(refusals.all()) },
            Verdict::Duplicate { first, last } => VerdictView::Duplicate { first: *first, last: *last },
        }
    }

    /// Refusals for a screen; `self` is the cycle that refused.
    #[must_use]
    pub fn view_refusals(&self, refusals: &[Rejection]) -> Vec<RefusalView> {
        let view = |no: &Rejection| {
            let (found, applies, may) = match no {
                Rejection::WrongPhase { applies, .. } => (None, applies.iter().collect(), Vec::new()),
                Rejection::NotYourRole { may, .. } => (None, Vec::new(), may.iter().collect()),
                Rejection::StaleRevision { .. } => (None, Vec::new(), Vec::new()),
                Rejection::RuleRefused { reason, .. } => (Some(*reason), Vec::new(), Vec::new()),
            };
            let (says, helps) = (no.say(self), no.remedy(self));
            let (rule, members) =
                (no.rule().name(self.process()), self.names(found.map_or(SeatSet::EMPTY, |found| found.who())));
            RefusalView { code: no.code(), rule, says, helps, members, found, applies, may }
        };
        refusals.iter().map(view).collect()
    }

    /// [`Cycle::explain`] for a screen.
    #[must_use]
    pub fn view_explanation(&self, command: &Command, context: &Context) -> ExplanationView {
        STANDARD.view_explanation(self, command, context)
    }

    /// [`Cycle::allowed`] for a screen.
    #[must_use]
    pub fn view_allowed(&self, actor: Actor, now: Instant) -> Vec<AllowedView> {
        STANDARD.view_allowed(self, actor, now)
    }

    /// Whether `command` would be accepted, without its events.
    #[must_use]
    pub fn permits(&self, command: &Command, context: &Context) -> bool {
        STANDARD.permits(self, command, context)
    }
}

impl Rulebook {
    /// [`Rulebook::explain`] for a screen.
    #[must_use]
    pub fn view_explanation(&self, cycle: &Cycle, command: &Command, context: &Context) -> ExplanationView {
        let explanation = self.explain(cycle, command, context);
        let refusals = cycle.view_refusals(&self.refusals(cycle, command, context));
        let rules = explanation.findings.iter().map(|finding| FindingView {
            rule: finding.rule.name(cycle.process()),
            title: self.title(cycle, finding.rule),
            passes: finding.refused.is_none(),
        });
        ExplanationView { command: explanation.command, permitted: refusals.is_empty(), rules: rules.collect(), refusals }
    }

    /// [`Rulebook::allowed`] for a screen.
    #[must_use]
    pub fn view_allowed(&self, cycle: &Cycle, actor: Actor, now: Instant) -> Vec<AllowedView> {
        let view = |one: crate::Allowed| AllowedView {
            command: one.command,
            label: one.command.label(),
            permitted: one.permitted,
            members: cycle.names(one.members),
            fields: one.fields.iter().map(|name| field(name)).collect(),
            refusals: cycle.view_refusals(&one.refused),
        };
        self.allowed(cycle, actor, now).into_iter().map(view).collect()
    }

    /// What a rule is about.
    fn title(&self, cycle: &Cycle, rule: RuleId) -> String {
        match rule {
            RuleId::Ours(_) => rule.rule().map_or_else(String::new, |rule| rule.title.to_owned()),
            RuleId::Process(at) => {
                let own = cycle.process().spec().rules.get(usize::from(at));
                own.map_or_else(String::new, |rule| rule.title.clone())
            }
            RuleId::Code(id) => {
                let own = self.own().iter().find(|rule| rule.id == id);
                own.map_or_else(String::new, |rule| rule.title.to_owned())
            }
        }
    }
}

fn field(name: &'static str) -> FieldView {
    match name.strip_suffix('?') {
        Some(name) => FieldView { name, required: false },
        None => FieldView { name, required: true },
    }
}
