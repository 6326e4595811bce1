//! Who sits where: the ids behind the seats, and what makes members peers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{CycleId, DepartmentId, Formed, GroupId, LevelId, MemberId, ModuleRef, Seat, SeatSet, StrategyNo, StrategySet};

/// What a group knows of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Profile {
    /// The member's id.
    pub id: MemberId,
    /// Their level of management.
    pub level: LevelId,
    /// Their department.
    pub department: DepartmentId,
    /// Their manager, where known: nobody sits in a group with their own manager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<MemberId>,
}

/// What one cycle leaves to the next: that it ended, and who facilitated when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Succession {
    /// The cycle that ends.
    pub cycle: CycleId,
    /// The stage it is at; a next cycle starts only from a terminal one.
    pub stage: crate::Stage,
    /// Members who have facilitated, least recent first.
    pub served: Vec<MemberId>,
}

/// The names of a cycle: everything that is text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// What the cycle began with, shared with the event that says so, and the module as it is now.
    pub(crate) formed: Option<Arc<Formed>>,
    pub(crate) profiles: Vec<Arc<Profile>>,
}

impl Roster {
    /// The cycle's id, once formed.
    #[must_use]
    pub fn cycle(&self) -> Option<&CycleId> {
        self.formed.as_ref().map(|formed| &formed.cycle)
    }

    /// The group's id, once formed.
    #[must_use]
    pub fn group(&self) -> Option<&GroupId> {
        self.formed.as_ref().map(|formed| &formed.group)
    }

    /// The module, once formed.
    #[must_use]
    pub fn module(&self) -> Option<&ModuleRef> {
        self.formed.as_ref().map(|formed| &formed.module)
    }

    /// Members of earlier cycles who facilitated, least recent first.
    #[must_use]
    pub fn served_before(&self) -> &[MemberId] {
        self.formed.as_ref().map_or(&[], |formed| &formed.served)
    }

    /// Who sits on `seat`, if it was ever taken.
    #[must_use]
    pub fn member(&self, seat: Seat) -> Option<&Profile> {
        self.profiles.get(seat.index()).map(|one| &**one)
    }

    /// Everyone who was ever enrolled, by seat.
    pub fn members(&self) -> impl Iterator<Item = (Seat, &Profile)> {
        self.profiles.iter().enumerate().filter_map(|(at, one)| Some((Seat::new(u8::try_from(at).ok()?)?, &**one)))
    }

    /// The latest seat of this member.
    #[must_use]
    pub fn seat_of(&self, member: &MemberId) -> Option<Seat> {
        self.members().filter(|(_, one)| one.id == *member).map(|(seat, _)| seat).last()
    }

    /// How many seats were ever taken.
    #[must_use]
    pub fn seats(&self) -> usize {
        self.profiles.len()
    }

    /// The member's id in a sentence, or the seat where nobody sits.
    #[must_use]
    pub fn call(&self, seat: Seat) -> String {
        self.member(seat).map_or_else(|| seat.to_string(), |one| one.id.to_string())
    }

    /// The members of `seats` in a sentence: `ana, bo`.
    #[must_use]
    pub fn call_all(&self, seats: SeatSet) -> String {
        if seats.is_empty() {
            return "nobody".to_owned();
        }
        seats.iter().map(|seat| self.call(seat)).collect::<Vec<_>>().join(", ")
    }

    /// The strategy's id in a sentence.
    #[must_use]
    pub fn call_strategy(&self, number: StrategyNo) -> String {
        let id = self.module().and_then(|module| module.strategy(number));
        id.map_or_else(|| number.to_string(), ToString::to_string)
    }

    /// The strategies the module has, by number.
    pub(crate) fn strategies(&self) -> StrategySet {
        let count = self.module().map_or(0, |module| module.strategies().len());
        (0..16).filter_map(StrategyNo::new).take(count).collect()
    }

    /// The ids of everyone who was ever enrolled, in a row, or that there are none yet.
    #[must_use]
    pub fn known_members(&self) -> String {
        listed(self.profiles.iter().map(|one| one.id.as_str()))
    }

    pub(crate) fn known_strategies(&self) -> String {
        listed(self.module().into_iter().flat_map(|module| module.strategies().iter().map(crate::StrategyId::as_str)))
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() { "there are none yet".to_owned() } else { names.join(", ") }
}
