//! Where an event can stand: the stages of each type, and the seat that must have been taken.

use crate::{EventBody, Seat, Stage, StageSet};

const UNFORMED: StageSet = StageSet::of(&[Stage::Unformed]);
const ADOPTING: StageSet = StageSet::of(&[Stage::Adopting]);
const SUSPENDED: StageSet = StageSet::of(&[Stage::Suspended]);
const MEETING: StageSet = StageSet::GATHERING.or(StageSet::RUNNING);

impl EventBody {
    /// The stages it can happen at. As wide as the chart: what a rule refused is not judged again.
    pub(super) const fn stages(&self) -> StageSet {
        match self {
            Self::CycleFormed(_) => UNFORMED,
            Self::MemberEnrolled { .. }
            | Self::MemberDropped { .. }
            | Self::ModuleChosen { .. }
            | Self::GroundRulesSet { .. }
            | Self::GroundRulesAccepted { .. }
            | Self::OrientationCompleted { .. }
            | Self::FacilitatorAppointed { .. }
            | Self::SessionScheduled { .. }
            | Self::SessionRescheduled { .. }
            | Self::SessionPostponed { .. }
            | Self::DatePromised { .. }
            | Self::SessionCancelled { .. }
            | Self::CycleCancelled { .. }
            | Self::Replied { .. }
            | Self::SessionOpened { .. }
            | Self::PlanMade { .. }
            | Self::CatchUpRecorded { .. }
            | Self::CycleSuspended { .. }
            | Self::ProcessMigrated { .. } => StageSet::LIVE,
            Self::TimekeeperAppointed { .. } | Self::AttendanceMarked { .. } => MEETING,
            Self::SessionStarted { .. } => StageSet::GATHERING,
            Self::PhaseOpened { .. }
            | Self::PhaseSkipped { .. }
            | Self::PhaseReopened { .. }
            | Self::TurnStarted { .. }
            | Self::TurnFinished { .. }
            | Self::TurnPassed { .. }
            | Self::TurnDeferred { .. }
            | Self::RoundClosed { .. }
            | Self::PhaseExtended { .. }
            | Self::OverrunAgreed { .. }
            | Self::OverrunGranted { .. }
            | Self::SessionPaused { .. }
            | Self::SessionResumed { .. }
            | Self::SessionInterrupted { .. }
            | Self::SessionRestarted { .. }
            | Self::FacilitatorChanged { .. }
            | Self::FacilitatorGone { .. }
            | Self::FacilitationClaimed { .. }
            | Self::FacilitationDelegated { .. }
            | Self::FacilitationReturned { .. }
            | Self::QuorumLost { .. }
            | Self::QuorumRegained { .. }
            | Self::QuorumWaived { .. }
            | Self::RecordingRequested {}
            | Self::RecordingAnswered { .. }
            | Self::RecordingStarted {}
            | Self::RecordingStopped {} => StageSet::RUNNING,
            Self::StoryShared { .. } => const { StageSet::of(&[Stage::StorySharing]) },
            Self::ReportGiven { .. } => const { StageSet::of(&[Stage::ReportBack]) },
            Self::SessionClosed { .. } => const { StageSet::of(&[Stage::ExploreTakeaways, Stage::ReflectTakeaways]) },
            Self::PracticeLogged { .. } | Self::CheckedIn { .. } => {
                const { StageSet::of(&[Stage::Practising, Stage::ReflectGathering]) }
            }
            Self::AdoptionDecided { .. } => const { StageSet::of(&[Stage::Adoption, Stage::Adopting]) },
            Self::ReportSubmitted { .. }
            | Self::Debriefed { .. }
            | Self::MemberCompleted { .. }
            | Self::MemberWaived { .. }
            | Self::CycleCompleted {}
            | Self::CycleLapsed {} => ADOPTING,
            Self::SuspensionVoted { .. } | Self::CycleResumed {} | Self::CycleTerminated { .. } => SUSPENDED,
            Self::MemberWithdrawn { .. } | Self::BuddiesPaired { .. } | Self::PrivacyTightened { .. } => StageSet::OPEN,
            Self::FeedbackGiven { .. } | Self::MemberAnonymised { .. } => StageSet::FORMED,
        }
    }

    /// The seat it is about, which somebody must have taken before; none of an enrolment, which gives one away.
    #[must_use]
    pub const fn seat(&self) -> Option<Seat> {
        match self {
            Self::MemberWithdrawn { seat, .. }
            | Self::GroundRulesAccepted { seat, .. }
            | Self::OrientationCompleted { seat }
            | Self::FacilitatorAppointed { seat, .. }
            | Self::TimekeeperAppointed { seat }
            | Self::Replied { seat, .. }
            | Self::AttendanceMarked { seat, .. }
            | Self::SessionStarted { facilitator: seat, .. }
            | Self::TurnStarted { seat }
            | Self::StoryShared { seat, .. }
            | Self::ReportGiven { seat, .. }
            | Self::TurnFinished { seat, .. }
            | Self::TurnPassed { seat }
            | Self::TurnDeferred { seat }
            | Self::PlanMade { seat, .. }
            | Self::OverrunAgreed { seat }
            | Self::FacilitatorChanged { seat, .. }
            | Self::FacilitatorGone { seat }
            | Self::FacilitationClaimed { seat, .. }
            | Self::FacilitationDelegated { seat }
            | Self::FacilitationReturned { seat }
            | Self::RecordingAnswered { seat, .. }
            | Self::PracticeLogged { seat, .. }
            | Self::CheckedIn { seat, .. }
            | Self::CatchUpRecorded { seat, .. }
            | Self::ReportSubmitted { seat, .. }
            | Self::Debriefed { seat }
            | Self::AdoptionDecided { seat, .. }
            | Self::FeedbackGiven { seat, .. }
            | Self::MemberCompleted { seat, .. }
            | Self::MemberDropped { seat, .. }
            | Self::MemberWaived { seat, .. }
            | Self::SuspensionVoted { seat, .. }
            | Self::MemberAnonymised { seat } => Some(*seat),
            // The seat of someone who enrols is the next one, and checked where it is given.
            Self::CycleFormed(_)
            | Self::MemberEnrolled { .. }
            | Self::ModuleChosen { .. }
            | Self::GroundRulesSet { .. }
            | Self::SessionScheduled { .. }
            | Self::SessionRescheduled { .. }
            | Self::SessionPostponed { .. }
            | Self::DatePromised { .. }
            | Self::SessionCancelled { .. }
            | Self::CycleCancelled { .. }
            | Self::SessionOpened { .. }
            | Self::PhaseOpened { .. }
            | Self::PhaseSkipped { .. }
            | Self::PhaseReopened { .. }
            | Self::RoundClosed { .. }
            | Self::PhaseExtended { .. }
            | Self::OverrunGranted { .. }
            | Self::SessionPaused { .. }
            | Self::SessionResumed { .. }
            | Self::SessionInterrupted { .. }
            | Self::SessionRestarted { .. }
            | Self::QuorumLost { .. }
            | Self::QuorumRegained { .. }
            | Self::QuorumWaived { .. }
            | Self::RecordingRequested {}
            | Self::RecordingStarted {}
            | Self::RecordingStopped {}
            | Self::SessionClosed { .. }
            | Self::BuddiesPaired { .. }
            | Self::CycleCompleted {}
            | Self::CycleLapsed {}
            | Self::CycleSuspended { .. }
            | Self::CycleResumed {}
            | Self::CycleTerminated { .. }
            | Self::PrivacyTightened { .. }
            | Self::ProcessMigrated { .. } => None,
        }
    }
}
