//! The wire: one envelope around an event. Reading is tolerant of what it doesn't know and fails closed where it is applied.

use serde::{Deserialize, Serialize};

use crate::{Actor, CommandId, Cycle, CycleId, Event, EventBody, Instant, ReplayError, Revision};

/// The version of the wire format that this machine writes.
pub const WIRE_VERSION: u16 = 1;

/// An event as it is stored and sent.
///
/// # Example
/// ```
/// use peercircle_core::Envelope;
/// let line = r#"{"stream":"c-1","seq":1,"at":"2026-03-02T09:00:00Z","actor":{"role":"host"},"v":1,"body":{"type":"cycle.resumed"}}"#;
/// let envelope: Envelope = serde_json::from_str(line)?;
/// assert_eq!(envelope.body.name(), "cycle.resumed");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

    /// The event inside.
    #[must_use]
    pub fn into_event(self) -> Event {
        let Self { seq, at, actor, command_id, body, .. } = self;
        Event { seq, at, actor, command_id, body }
    }
}

/// A stored history that can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The event is of a newer format than this machine reads.
    #[error("event {seq}: expected format {WIRE_VERSION} or older, got {got}")]
    Newer {
        /// The event.
        seq: Revision,
        /// Its format.
        got: u16,
    },
    /// The event belongs to another cycle.
    #[error("event {seq}: expected stream `{expected}`, got `{got}`")]
    OtherStream {
        /// The event.
        seq: Revision,
        /// The cycle of the events before it.
        expected: CycleId,
        /// Its own cycle.
        got: CycleId,
    },
    /// The machine can't have written it there.
    #[error(transparent)]
    Replay(#[from] ReplayError),
}

impl DecodeError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "newer_format",
            Self::OtherStream { .. } => "other_stream",
            Self::Replay(error) => error.code(),
        }
    }
}

/// The cycle of a stored history: the one choke point through which old events come in.
///
/// # Errors
/// [`DecodeError`] at the first event that is too new, of another stream, or can't stand where it does.
pub fn decode_history(envelopes: impl IntoIterator<Item = Envelope>) -> Result<(Cycle, Vec<Event>), DecodeError> {
    let mut cycle = Cycle::default();
    let mut events = Vec::new();
    for envelope in envelopes {
        if envelope.v > WIRE_VERSION {
            return Err(DecodeError::Newer { seq: envelope.seq, got: envelope.v });
        }
        if let Some(expected) = cycle.roster().cycle().filter(|cycle| **cycle != envelope.stream) {
            return Err(DecodeError::OtherStream { seq: envelope.seq, expected: expected.clone(), got: envelope.stream });
        }
        let event = envelope.into_event();
        cycle.evolve(&event)?;
        events.push(event);
    }
    Ok((cycle, events))
}
