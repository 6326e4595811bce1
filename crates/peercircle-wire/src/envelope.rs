//! The envelope: an event as this machine writes it.

use peercircle_core::{Actor, CommandId, CycleId, Event, EventBody, Instant, Revision};
use serde::Serialize;

use crate::EncodeError;

/// The version of the wire format that this machine writes.
pub const WIRE_VERSION: u16 = 1;

/// An event as it is stored and sent. Written only: [`StoredEvent`](crate::StoredEvent) reads.
///
/// # Example
/// ```
/// use peercircle_core::{Actor, Event, EventBody};
/// use peercircle_wire::Envelope;
///
/// let event = Event {
///     seq: 1,
///     at: "2026-03-02T09:00:00Z".parse()?,
///     actor: Actor::Host {},
///     command_id: None,
///     body: EventBody::CycleResumed {},
/// };
/// assert_eq!(
///     Envelope::new("c-1".parse()?, event).to_line()?,
///     r#"{"stream":"c-1","seq":1,"at":"2026-03-02T09:00:00Z","actor":{"role":"host"},"v":1,"body":{"type":"cycle.resumed"}}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(description = "An event as it is stored and sent."))]
pub struct Envelope {
    /// The cycle it belongs to.
    pub stream: CycleId,
    /// Its place in the history, from 1.
    pub seq: Revision,
    /// When it was decided.
    pub at: Instant,
    /// Whose command it was.
    pub actor: Actor,
    /// The idempotency key of that command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
    /// The version of the format.
    pub v: u16,
    /// What happened.
    pub body: EventBody,
}

impl Envelope {
    /// The event of this stream, ready to be written.
    #[must_use]
    pub fn new(stream: CycleId, event: Event) -> Self {
        let Event { seq, at, actor, command_id, body } = event;
        Self { stream, seq, at, actor, command_id, v: WIRE_VERSION, body }
    }

    /// The one line of JSON, without the newline that ends it.
    ///
    /// # Errors
    /// [`EncodeError`], which no event of this machine causes: it is here so that nothing has to panic.
    pub fn to_line(&self) -> Result<String, EncodeError> {
        serde_json::to_string(self).map_err(|error| EncodeError { seq: self.seq, reason: error.to_string() })
    }

    /// The event inside.
    #[must_use]
    pub fn into_event(self) -> Event {
        let Self { seq, at, actor, command_id, body, .. } = self;
        Event { seq, at, actor, command_id, body }
    }
}
