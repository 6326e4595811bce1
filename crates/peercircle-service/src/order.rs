//! What is asked of the service, and what it answers.

use peercircle_core::{CommandId, Cycle, CycleId, Event, Revision, Verdict, VerdictView, WireActor, WireCommand};

/// A command for a cycle. Everything but the time, which is the service's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The cycle.
    pub cycle: CycleId,
    /// By whom; the caller has made sure of it.
    pub by: WireActor,
    /// What.
    pub command: WireCommand,
    /// The idempotency key: the same order under the same key gets the first answer, another one none.
    pub key: Option<CommandId>,
    /// The revision the actor has seen.
    pub revision: Option<Revision>,
}

impl Order {
    /// An order without a key, at whatever revision the cycle is.
    #[must_use]
    pub const fn new(cycle: CycleId, by: WireActor, command: WireCommand) -> Self {
        Self { cycle, by, command, key: None, revision: None }
    }

    /// With this idempotency key.
    #[must_use]
    pub fn with_key(self, key: CommandId) -> Self {
        Self { key: Some(key), ..self }
    }

    /// Only if the cycle is still at this revision.
    #[must_use]
    pub fn expecting(self, revision: Revision) -> Self {
        Self { revision: Some(revision), ..self }
    }
}

/// The answer to an order. Accepted events are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The answer.
    pub verdict: Verdict,
    /// The same for a screen.
    pub view: VerdictView,
    /// The cycle after it.
    pub cycle: Cycle,
}

/// What becomes of an order that nobody waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Soon {
    /// It was accepted, and is stored.
    Given(Box<Given>),
    /// There is no answer.
    Failed(crate::ServiceError),
    /// It has to be given by somebody who waits; nothing was done.
    Later,
}

impl Given {
    /// What happened, where the order was accepted now.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        self.verdict.events()
    }
}
