//! Views: the machine's answers as they go to a screen. People, strategies and rules by id, words beside the facts, plain data
//! with a JSON Schema each. They stay in the group: what HR sees is [`CycleFacts`](crate::CycleFacts) alone (R-48).

mod answer;
mod room;
mod time;

use serde::{Deserialize, Serialize};

pub use self::{
    answer::{AllowedView, ExplanationView, FieldView, FindingView, RefusalView, VerdictView},
    room::{
        AheadView, ClockView, CycleView, GuideView, MemberView, NextView, PhaseView, SessionView, SpeakerView, TurnView,
    },
    time::{DueView, PathView, StepView, WaitingView},
};
use crate::{Actor, Cycle, MemberId, NameError, Seat, SeatSet};

/// Who gives a command, by id.
///
/// # Example
/// ```
/// use peercircle_core::WireActor;
/// let actor: WireActor = serde_json::from_str(r#"{"role":"member","member":"ana"}"#)?;
/// assert_eq!(actor, WireActor::Member { member: "ana".parse()? });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "role", rename_all = "snake_case", deny_unknown_fields)]
pub enum WireActor {
    /// A member of the cycle.
    Member {
        /// Their id.
        member: MemberId,
    },
    /// Whoever organises groups, such as HR.
    Organiser {},
    /// The software the core lives in.
    Host {},
}

impl WireActor {
    /// The same actor by seat.
    ///
    /// # Errors
    /// [`NameError`] where `cycle` has no such member.
    pub fn resolve(self, cycle: &Cycle) -> Result<Actor, NameError> {
        match self {
            Self::Organiser {} => Ok(Actor::Organiser {}),
            Self::Host {} => Ok(Actor::Host {}),
            Self::Member { member } => match cycle.roster().seat_of(&member) {
                Some(seat) => Ok(Actor::member(seat)),
                None => Err(NameError::UnknownMember { known: cycle.roster().known_members(), member }),
            },
        }
    }
}

impl Cycle {
    /// The actor by id.
    #[must_use]
    pub fn view_actor(&self, actor: Actor) -> WireActor {
        match actor.seat().and_then(|seat| self.name(seat)) {
            Some(member) => WireActor::Member { member },
            None if actor == (Actor::Host {}) => WireActor::Host {},
            None => WireActor::Organiser {},
        }
    }

    fn name(&self, seat: Seat) -> Option<MemberId> {
        self.roster().member(seat).map(|one| one.id.clone())
    }

    fn names(&self, seats: SeatSet) -> Vec<MemberId> {
        seats.iter().filter_map(|seat| self.name(seat)).collect()
    }
}
