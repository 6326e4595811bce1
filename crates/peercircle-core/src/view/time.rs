//! What takes time: deadlines, whom the cycle waits for, and the way to a command.

use serde::Serialize;

use super::WireActor;
use crate::{
    Command, CommandKind, Context, Cycle, Due, DueKind, Instant, MemberId, PathStep, Role, Rulebook, WireCommand,
    rulebook::STANDARD,
};

use super::RefusalView;

/// Something that falls due, for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DueView {
    /// When.
    pub at: Instant,
    /// What.
    pub what: DueKind,
    /// What it means, a sentence.
    pub says: String,
    /// Whom it concerns; nobody in particular where this is empty.
    pub members: Vec<MemberId>,
    /// The kind of command that becomes possible then, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<CommandKind>,
}

/// Somebody the cycle waits for, for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WaitingView {
    /// The part of whoever it waits for.
    pub part: Role,
    /// The members; none where it is the organiser.
    pub members: Vec<MemberId>,
    /// What for.
    pub command: CommandKind,
    /// The same, as in "to ...".
    pub label: &'static str,
    /// Whether the way forward is shut until then.
    pub holds_up: bool,
    /// Since when, where the cycle remembers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Instant>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

/// The way to a command, for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "path", rename_all = "snake_case")]
pub enum PathView {
    /// There is one.
    Found {
        /// Who does what, one after the other; none where the command is possible as it is.
        steps: Vec<StepView>,
    },
    /// There is none that the machine knows.
    None {
        /// What refuses the command, as far as the known steps lead.
        refusals: Vec<RefusalView>,
        /// The kind of command that the way ends at: the wanted one or one before it.
        stuck_at: CommandKind,
        /// What refuses that one, for somebody else to change.
        stuck: Vec<RefusalView>,
    },
}

/// A step of a path, for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StepView {
    /// Who.
    pub by: WireActor,
    /// When at the earliest.
    pub at: Instant,
    /// What it does, as in "to ...".
    pub label: &'static str,
    /// What.
    pub command: WireCommand,
}

impl Cycle {
    /// [`Cycle::due`] for a screen.
    #[must_use]
    pub fn view_due(&self, now: Instant) -> Vec<DueView> {
        self.due(now).iter().map(|due| self.view_deadline(due)).collect()
    }

    /// [`Cycle::next_due`] for a screen.
    #[must_use]
    pub fn view_next_due(&self, now: Instant) -> Vec<DueView> {
        self.next_due(now).iter().map(|due| self.view_deadline(due)).collect()
    }

    fn view_deadline(&self, due: &Due) -> DueView {
        DueView {
            at: due.at,
            what: due.kind,
            says: due.kind.label(),
            members: self.names(due.who),
            then: due.then.as_ref().map(Command::kind),
        }
    }

    /// [`Cycle::waiting_on`] for a screen.
    #[must_use]
    pub fn view_waiting(&self) -> Vec<WaitingView> {
        let view = |one: crate::Waiting| WaitingView {
            part: one.part,
            members: self.names(one.who),
            command: one.what,
            label: one.what.label(),
            holds_up: one.holds_up,
            since: one.since,
            until: one.until,
        };
        self.waiting_on().into_iter().map(view).collect()
    }

    /// [`Cycle::path_to`] for a screen.
    #[must_use]
    pub fn view_path(&self, command: &Command, context: &Context) -> PathView {
        STANDARD.view_path(self, command, context)
    }

    fn view_step(&self, step: &PathStep) -> Option<StepView> {
        // INVARIANT: a path names only members and strategies that the cycle has.
        let command = step.command.clone().named(self.roster()).ok()?;
        Some(StepView { by: self.view_actor(step.by), at: step.at, label: step.command.kind().label(), command })
    }
}

impl Rulebook {
    /// [`Rulebook::path_to`] for a screen.
    #[must_use]
    pub fn view_path(&self, cycle: &Cycle, command: &Command, context: &Context) -> PathView {
        match self.path_to(cycle, command, context) {
            Ok(steps) => PathView::Found { steps: steps.iter().filter_map(|step| cycle.view_step(step)).collect() },
            Err(no) => PathView::None {
                refusals: no.reached.view_refusals(&no.refused),
                stuck_at: no.stuck_at.kind(),
                stuck: no.reached.view_refusals(&no.stuck),
            },
        }
    }
}
