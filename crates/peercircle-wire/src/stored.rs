//! A stored event: read tolerantly, kept verbatim, applied only where it is known.

use std::borrow::Cow;

use peercircle_core::{Actor, CommandId, CycleId, Event, EventBody, Instant, Revision};
use serde::{Deserialize, Serialize, Serializer, ser::Error as _};
use serde_json::value::RawValue;

use crate::{DecodeError, Upcasters, WIRE_VERSION};

/// An event as it was found: what could be understood of it, and its text.
///
/// Written again ([`StoredEvent::as_line`], or [`Serialize`] by serde_json) it is the text that was read, byte for byte, with
/// the fields and the type that this machine doesn't know, and in the version it was written in.
///
/// # Example
/// ```
/// use peercircle_wire::{Body, StoredEvent, Upcasters};
///
/// let line = r#"{"stream":"c-1","seq":7,"at":"2026-03-02T09:00:00Z","actor":{"role":"host"},"v":1,"body":{"type":"tea.served","cups":6}}"#;
/// let stored = StoredEvent::read(line, Upcasters::standard())?;
/// assert!(matches!(&stored.body, Body::Unknown { event } if event == "tea.served"));
/// assert_eq!(stored.as_line(), line);
/// assert_eq!(stored.event().unwrap_err().code(), "unknown_type");
/// # Ok::<(), peercircle_wire::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// The cycle it belongs to.
    pub stream: CycleId,
    /// Its place in the history, from 1.
    pub seq: Revision,
    /// When it was decided.
    pub at: Instant,
    /// Whose command it was.
    pub actor: Actor,
    /// The idempotency key of that command.
    pub command_id: Option<CommandId>,
    /// The version of the format it was written in.
    pub v: u16,
    /// What happened, brought to today's format.
    pub body: Body,
    text: Box<str>,
}

/// What happened, as far as this machine knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// An event of today.
    Known(EventBody),
    /// An event of a type that this machine doesn't know. Its text is kept in the [`StoredEvent`].
    Unknown {
        /// Its type.
        event: String,
    },
}

/// What is looked at where the header can't be read, or is too new.
#[derive(Deserialize)]
struct Version {
    seq: Revision,
    v: u64,
}

#[derive(Deserialize)]
struct Header<'a> {
    stream: CycleId,
    seq: Revision,
    at: Instant,
    actor: Actor,
    #[serde(default)]
    command_id: Option<CommandId>,
    v: u16,
    #[serde(borrow)]
    body: &'a RawValue,
}

#[derive(Deserialize)]
struct Tag<'a> {
    #[serde(borrow, rename = "type")]
    event: Cow<'a, str>,
}

impl StoredEvent {
    /// Reads the text of one envelope. The one place where older versions are upcast.
    ///
    /// # Errors
    /// [`DecodeError`] where the text is no envelope, of a format this machine doesn't read, or of a known type but without
    /// what belongs to it. An unknown type, and unknown fields, are none.
    pub fn read(text: &str, upcasters: &Upcasters) -> Result<Self, DecodeError> {
        let malformed = |error: serde_json::Error| DecodeError::Malformed { reason: plain(&error) };
        let header = match serde_json::from_str::<Header<'_>>(text) {
            Ok(header) if header.v <= WIRE_VERSION => header,
            // A newer version may be shaped in any way; that it is newer is what there is to say.
            other => {
                let Version { seq, v } = serde_json::from_str(text).map_err(malformed)?;
                if v > WIRE_VERSION.into() {
                    return Err(DecodeError::Newer { seq, got: v });
                }
                other.map_err(malformed)?
            }
        };
        let Header { stream, seq, at, actor, command_id, v, body } = header;
        if v < upcasters.oldest() {
            return Err(DecodeError::Older { seq, oldest: upcasters.oldest(), got: v });
        }
        let Tag { event } = serde_json::from_str(body.get()).map_err(malformed)?;
        let body = match upcasters.upcast(seq, &event, v, body.get())? {
            Some(value) => read_body(seq, &event, || serde_json::from_value(value))?,
            None if EventBody::TYPES.contains(&&*event) => read_body(seq, &event, || serde_json::from_str(body.get()))?,
            None => Body::Unknown { event: event.into_owned() },
        };
        Ok(Self { stream, seq, at, actor, command_id, v, body, text: text.trim().into() })
    }

    /// Its text as it was read, without the white space around it.
    #[must_use]
    pub const fn as_line(&self) -> &str {
        &self.text
    }

    /// The event, where this machine knows its type.
    ///
    /// # Errors
    /// [`DecodeError::UnknownType`].
    pub fn event(&self) -> Result<Event, DecodeError> {
        match &self.body {
            Body::Known(body) => {
                Ok(Event { seq: self.seq, at: self.at, actor: self.actor, command_id: self.command_id, body: body.clone() })
            }
            Body::Unknown { event } => Err(DecodeError::UnknownType { seq: self.seq, event: event.clone() }),
        }
    }
}

impl Serialize for StoredEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.text).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}

fn read_body(
    seq: Revision,
    event: &str,
    read: impl FnOnce() -> Result<EventBody, serde_json::Error>,
) -> Result<Body, DecodeError> {
    let wrong = |error| DecodeError::MalformedBody { seq, event: event.to_owned(), reason: plain(&error) };
    read().map(Body::Known).map_err(wrong)
}

/// The words of serde_json on one line; "at line 1" says nothing, as the text is one line.
fn plain(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}
