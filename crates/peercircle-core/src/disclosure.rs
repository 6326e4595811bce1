//! Disclosure: what leaves the group. Facts only, and as few as the cycle's privacy allows (R-48, R-49).
//!
//! Absent on purpose: content, passes, speaking times, practice logs, who suspended and why.

use serde::Serialize;

use crate::{Cycle, CycleId, GroupId, MemberId, ModuleId, Outcome, Privacy, SessionKind, Stage};

/// What HR sees of a cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CycleFacts {
    /// The cycle.
    pub cycle: Option<CycleId>,
    /// The group.
    pub group: Option<GroupId>,
    /// The module.
    pub module: Option<ModuleId>,
    /// Where it is; phases of a running session show as the session.
    pub stage: &'static str,
    /// How many sessions were held.
    pub sessions_held: u8,
    /// Minutes of the sessions held.
    pub minutes: u32,
    /// How many members there are; nothing under [`Privacy::Sealed`].
    pub members: Option<u8>,
    /// How many attended each session that was held, in order; none under [`Privacy::Sealed`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attended: Vec<u8>,
    /// How many of them completed, in session or by report.
    pub completed: Option<u8>,
    /// How many adopted at least one strategy.
    pub adopted: Option<u8>,
    /// Each member's facts, under [`Privacy::Named`] only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<MemberFacts>,
}

/// What HR sees of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemberFacts {
    /// Who.
    pub member: MemberId,
    /// Attended session 1; nothing before it closed.
    pub explore: Option<bool>,
    /// Attended session 2; nothing before it closed.
    pub reflect: Option<bool>,
    /// How they stand.
    pub outcome: Outcome,
    /// How many strategies they adopted.
    pub adopted: u8,
}

impl Cycle {
    /// The facts of this cycle that may leave the group.
    #[must_use]
    pub fn disclose(&self) -> CycleFacts {
        let (ledger, roster) = (self.ledger(), self.roster());
        let sessions = SessionKind::ALL.map(|session| ledger.session(session));
        let open = ledger.privacy() < Privacy::Sealed;
        let ended = ledger.completed.or(ledger.by_report);
        let stands = |seat: &crate::Seat| ledger.active().or(ledger.ended()).contains(*seat);
        let adopted = roster.members().map(|(seat, _)| seat).filter(stands).filter(|seat| !ledger.adopted(*seat).is_empty());
        let named = roster.members().filter(|_| ledger.privacy() == Privacy::Named).map(|(seat, profile)| {
            let [explore, reflect] = sessions.map(|session| session.closed_at().map(|_| session.attended().contains(seat)));
            MemberFacts {
                member: profile.id.clone(),
                explore,
                reflect,
                outcome: ledger.outcome(seat),
                adopted: ledger.adopted(seat).len(),
            }
        });
        let held = sessions.iter().filter(|session| session.closed_at().is_some());
        CycleFacts {
            cycle: roster.cycle().cloned(),
            group: roster.group().cloned(),
            module: roster.module().map(|module| module.id().clone()),
            stage: self.stage().disclosed(),
            sessions_held: sessions.iter().map(|session| u8::from(session.closed_at().is_some())).sum(),
            minutes: sessions.iter().map(|session| u32::from(session.minutes())).sum(),
            members: open.then(|| ledger.active().len()),
            attended: held.filter(|_| open).map(|session| session.attended().len()).collect(),
            completed: open.then(|| ended.len()),
            adopted: open.then(|| u8::try_from(adopted.count()).unwrap_or(u8::MAX)),
            named: named.collect(),
        }
    }
}

impl Stage {
    /// What the outside is told: no phases, and nothing of why a cycle is suspended.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::Stage;
    /// assert_eq!(Stage::StorySharing.disclosed(), "exploring");
    /// assert_eq!(Stage::Practising.disclosed(), Stage::Practising.name());
    /// ```
    #[must_use]
    pub const fn disclosed(self) -> &'static str {
        match self {
            Self::ExploreGathering
            | Self::ExploreWelcome
            | Self::StorySharing
            | Self::Discussion
            | Self::SkillBuilding
            | Self::ActionPlanning
            | Self::NextSteps
            | Self::ExploreTakeaways => "exploring",
            Self::ReflectGathering
            | Self::ReflectWelcome
            | Self::ReportBack
            | Self::LessonsLearned
            | Self::Adoption
            | Self::ReflectTakeaways => "reflecting",
            Self::Unformed
            | Self::Forming
            | Self::Scheduled
            | Self::Practising
            | Self::Adopting
            | Self::Completed
            | Self::Cancelled
            | Self::Suspended
            | Self::Terminated
            | Self::Lapsed => self.name(),
        }
    }
}
