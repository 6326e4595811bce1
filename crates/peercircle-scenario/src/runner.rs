//! What an adapter does to run a script.

use std::collections::BTreeMap;

use peercircle_core::{CommandId, Instant, MemberId, Revision};
use serde_json::Value;

/// Something that takes commands: the core, a service, a face.
pub trait Runner {
    /// What goes wrong with the runner itself, such as a server that is gone; never a "no".
    type Error;

    /// Gives a command and says what it answers.
    ///
    /// # Errors
    /// Where there is no answer.
    fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, Self::Error>;

    /// What the cycle has come to.
    ///
    /// # Errors
    /// Where it can't be told.
    fn report(&mut self) -> Result<Report, Self::Error>;

    /// The cycle at a glance as its members see it, where the runner can tell; compared where it does.
    ///
    /// # Errors
    /// Where it can't be told although the runner could.
    fn view(&mut self) -> Result<Option<Value>, Self::Error> {
        Ok(None)
    }
}

/// A command of a script, complete.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// When it is given.
    pub at: Instant,
    /// By whom: a member's id, `organiser` or `host`.
    pub by: &'a str,
    /// The command as JSON.
    pub command: Value,
    /// Its idempotency key.
    pub id: Option<CommandId>,
    /// The revision it expects.
    pub revision: Option<Revision>,
    /// Members in another running session.
    pub elsewhere: &'a [MemberId],
}

/// The answer to a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// `accepted`, `duplicate`, the code of the first refusal, or that of an error of reading.
    pub code: String,
    /// Everything that refuses.
    pub refusals: Vec<Refusal>,
    /// What else there is to say, such as an error's message.
    pub says: Option<String>,
}

/// One "no" of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its kind.
    pub code: String,
    /// The rule behind it.
    pub rule: String,
    /// What stands in the way.
    pub says: String,
    /// What would help.
    pub helps: String,
}

/// What a cycle has come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The name of its stage.
    pub stage: String,
    /// How each member stands, by id.
    pub members: BTreeMap<String, String>,
    /// What HR sees.
    pub facts: Value,
}
