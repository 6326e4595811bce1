//! Situations: what a cycle can be in at many a stage, and rarely is.

use std::fmt;

use peercircle_core::{Cycle, Date, Recording, SessionKind, Stage, State};
use serde::{Serialize, Serializer};

/// What a cycle can be in beside its stage.
///
/// # Example
/// ```
/// use peercircle_core::Stage;
/// use peercircle_testkit::walk::{Situation, Walk};
/// let walk = Walk::reaching(Situation::Suspended(Stage::Discussion), 3).expect("a group that is suspended");
/// assert_eq!(Situation::of(&walk.cycle), [Situation::Suspended(Stage::Discussion)]);
/// assert_eq!(Situation::Suspended(Stage::Discussion).to_string(), "suspended at explore.discussion");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Situation {
    /// Somebody has offered to facilitate, and waits for an assent (R-13).
    Claimed,
    /// The chair is left to another for the facilitator's own turn (R-14).
    Delegated,
    /// The session is interrupted (R-38).
    Interrupted,
    /// The running session has no facilitator (R-13).
    NoFacilitator,
    /// The session has had all of its time (R-35).
    Overrun,
    /// The session is paused (R-37).
    Paused,
    /// This session has lost its date (R-40).
    Postponed(SessionKind),
    /// Too few are left in the room, and nobody has decided to go on (R-22).
    QuorumLost,
    /// The session is recorded (R-50).
    Recording,
    /// Recording was asked for, and the answers come in (R-50).
    RecordingRequested,
    /// The cycle is suspended, and was at this stage before (R-51).
    Suspended(Stage),
}

impl Situation {
    /// Every situation.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = vec![
            Self::Claimed,
            Self::Delegated,
            Self::Interrupted,
            Self::NoFacilitator,
            Self::Overrun,
            Self::Paused,
            Self::QuorumLost,
            Self::Recording,
            Self::RecordingRequested,
        ];
        all.extend(SessionKind::ALL.map(Self::Postponed));
        // Before session 1 starts a cycle is cancelled instead.
        let held = Stage::ALL.iter().filter(|stage| (Stage::ExploreWelcome..=Stage::Adopting).contains(*stage));
        all.extend(held.map(|stage| Self::Suspended(*stage)));
        all
    }

    /// What the cycle is in, as of its last event.
    #[must_use]
    pub fn of(cycle: &Cycle) -> Vec<Self> {
        let mut found = Vec::new();
        if let Some(meeting) = cycle.state().meeting() {
            let interrupted = meeting.interrupted().is_some();
            let over = meeting.elapsed(cycle.last_at()).as_seconds() > meeting.allotted_seconds();
            for (holds, situation) in [
                (meeting.claim().is_some(), Self::Claimed),
                (meeting.delegate().is_some(), Self::Delegated),
                (interrupted, Self::Interrupted),
                (meeting.facilitator().is_none(), Self::NoFacilitator),
                (over, Self::Overrun),
                (meeting.pause().is_some(), Self::Paused),
                (meeting.quorum_lost(), Self::QuorumLost),
                (meeting.recording() == Recording::On, Self::Recording),
                (meeting.recording() == Recording::Requested, Self::RecordingRequested),
            ] {
                found.extend(holds.then_some(situation));
            }
        }
        let postponed = |session: &SessionKind| cycle.ledger().session(*session).date() == Date::Postponed;
        found.extend(SessionKind::ALL.into_iter().filter(postponed).map(Self::Postponed));
        if let State::Suspended(suspended) = cycle.state() {
            found.push(Self::Suspended(suspended.held().stage()));
        }
        found
    }
}

impl fmt::Display for Situation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claimed => f.write_str("facilitation claimed"),
            Self::Delegated => f.write_str("facilitation delegated"),
            Self::Interrupted => f.write_str("interrupted"),
            Self::NoFacilitator => f.write_str("no facilitator"),
            Self::Overrun => f.write_str("overrun"),
            Self::Paused => f.write_str("paused"),
            Self::Postponed(session) => write!(f, "{} postponed", session.label()),
            Self::QuorumLost => f.write_str("quorum lost"),
            Self::Recording => f.write_str("recording"),
            Self::RecordingRequested => f.write_str("recording requested"),
            Self::Suspended(stage) => write!(f, "suspended at {}", stage.name()),
        }
    }
}

impl Serialize for Situation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
