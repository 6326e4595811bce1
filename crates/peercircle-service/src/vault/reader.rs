//! Who may read and write notes, as the machine knows them.

use peercircle_core::{Cycle, Seat, SeatSet, SessionKind, State, SuspendReason};

use super::Audience;

/// Why somebody may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// Never a member, or one no longer.
    #[error("expected a member of the group, got somebody who is none any more")]
    NoMember,
    /// The note is its author's alone.
    #[error("expected the author of the note, got another member")]
    NotTheAuthor,
    /// The reader wasn't at the session.
    #[error("expected somebody who was at {}, got a member who wasn't", session.label())]
    NotThere {
        /// Which.
        session: SessionKind,
    },
    /// A breach of confidentiality was reported: until the group decides, nobody reads anything.
    #[error("expected a group that goes on, got one that stopped because confidence was broken")]
    Breach,
}

impl Denied {
    /// The stable code of it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoMember => "no_member",
            Self::NotTheAuthor => "not_the_author",
            Self::NotThere { .. } => "not_there",
            Self::Breach => "content_sealed",
        }
    }
}

/// Whether a member may read a note of this author and for this audience. Whoever left the group keeps nothing but their own
/// notes: what others said there was said to the group.
pub(super) fn may_read(cycle: &Cycle, reader: Seat, author: Seat, audience: Audience) -> Result<(), Denied> {
    let breach = matches!(cycle.state(), State::Suspended(suspended) if suspended.reason() == SuspendReason::Breach);
    if breach {
        return Err(Denied::Breach);
    }
    if reader == author {
        return Ok(());
    }
    if !cycle.ledger().active().contains(reader) {
        return Err(Denied::NoMember);
    }
    match audience {
        Audience::Author {} => Err(Denied::NotTheAuthor),
        Audience::Session { session } if attendees(cycle, session).contains(reader) => Ok(()),
        Audience::Session { session } => Err(Denied::NotThere { session }),
    }
}

/// Whether a member may put a note.
pub(super) fn may_write(cycle: &Cycle, author: Seat) -> Result<(), Denied> {
    if cycle.ledger().active().contains(author) { Ok(()) } else { Err(Denied::NoMember) }
}

/// Who was at a session; while it gathers, runs or is suspended, who has come to it so far.
fn attendees(cycle: &Cycle, session: SessionKind) -> SeatSet {
    let closed = cycle.ledger().session(session).attended();
    let state = if let State::Suspended(suspended) = cycle.state() { suspended.held() } else { cycle.state() };
    match state.sheet() {
        Some(sheet) if state.session() == Some(session) => closed.or(sheet.attended()),
        Some(_) | None => closed,
    }
}
