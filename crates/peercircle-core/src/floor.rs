//! The floor: a running phase as a type of its own, whose methods make the commands of that phase and of no other.
//!
//! What a phase forbids can't be written. Whether now is the moment is for the rules to say, when the command is decided.

use crate::{
    ActionPlanning, Adoption, AdoptionRound, Command, Cycle, Discussion, ExplorePhase, ExploreTakeaways, ExploreWelcome,
    ForceReason, InterruptReason, LessonsLearned, Meeting, NextSteps, NoteRef, PauseReason, PhaseKind, ReflectPhase,
    ReflectTakeaways, ReflectWelcome, ReopenReason, Report, ReportBack, Round, Seat, SkillBuilding, SkipReason, Stage,
    State, StoryKind, StorySharing, TimeBox,
};

/// The running phase `P` of a cycle.
///
/// # Example
/// A story is told in story sharing:
/// ```
/// use peercircle_core::{Command, Cycle, Seat, StoryKind};
/// fn tell(cycle: &Cycle, ana: Seat) -> Option<Command> {
///     Some(cycle.as_story_sharing()?.share_story(ana, StoryKind::Own, None))
/// }
/// assert_eq!(tell(&Cycle::default(), Seat::new(0).unwrap()), None);
/// ```
/// and nowhere else:
/// ```compile_fail,E0599
/// use peercircle_core::{Command, Cycle, Seat, StoryKind};
/// fn tell(cycle: &Cycle, ana: Seat) -> Option<Command> {
///     Some(cycle.as_discussion()?.share_story(ana, StoryKind::Own, None))
/// }
/// ```
/// One may pass in story sharing:
/// ```
/// use peercircle_core::{Command, Cycle, Seat};
/// fn pass(cycle: &Cycle, ana: Seat) -> Option<Command> {
///     Some(cycle.as_story_sharing()?.pass(ana))
/// }
/// ```
/// and not in report-back, where not having practised is a report (R-29):
/// ```compile_fail,E0599
/// use peercircle_core::{Command, Cycle, Seat};
/// fn pass(cycle: &Cycle, ana: Seat) -> Option<Command> {
///     Some(cycle.as_report_back()?.pass(ana))
/// }
/// ```
/// Discussion leads to skill building (R-01):
/// ```
/// use peercircle_core::{Command, Cycle};
/// fn on(cycle: &Cycle) -> Option<Command> {
///     Some(cycle.as_discussion()?.open_skill_building())
/// }
/// ```
/// and not straight to planning:
/// ```compile_fail,E0599
/// use peercircle_core::{Command, Cycle};
/// fn on(cycle: &Cycle) -> Option<Command> {
///     Some(cycle.as_discussion()?.open_action_planning())
/// }
/// ```
/// A discussion has no turns:
/// ```compile_fail,E0599
/// use peercircle_core::{Command, Cycle, Seat};
/// fn turn(cycle: &Cycle, ana: Seat) -> Option<Command> {
///     Some(cycle.as_discussion()?.start_turn(ana))
/// }
/// ```
/// A session closes from its takeaways:
/// ```
/// use peercircle_core::{Command, Cycle};
/// fn close(cycle: &Cycle) -> Option<Command> {
///     Some(cycle.as_explore_takeaways()?.close_session())
/// }
/// ```
/// which are never skipped (R-02):
/// ```compile_fail,E0599
/// use peercircle_core::{Command, Cycle};
/// fn close(cycle: &Cycle) -> Option<Command> {
///     Some(cycle.as_next_steps()?.close_session())
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Floor<'a, P> {
    meeting: &'a Meeting,
    phase: &'a P,
}

/// A phase of a session.
pub trait Phase: sealed::Sealed {
    /// Where it is on the chart.
    const STAGE: Stage;

    /// Its time box.
    fn time_box(&self) -> &TimeBox;
}

/// A phase in which everyone has a turn (R-27).
pub trait RoundPhase: Phase {
    /// Its round.
    fn round(&self) -> &Round;
}

/// A round in which one may pass: every one but report-back (R-28, R-29).
pub trait PassPhase: RoundPhase {}

/// A phase that has one before it in its session.
pub trait LaterPhase: Phase {
    /// The phase before it.
    const BEFORE: PhaseKind;
}

#[expect(unnameable_types, reason = "no phase but ours")]
mod sealed {
    pub trait Sealed {}
}

macro_rules! phases {
    ($($Phase:ident at $Stage:ident $(after $before:ident)? $(, $round:ident $($pass:ident)?)?;)+) => { $(
        impl sealed::Sealed for $Phase {}

        impl Phase for $Phase {
            const STAGE: Stage = Stage::$Stage;

            fn time_box(&self) -> &TimeBox {
                $Phase::time_box(self)
            }
        }

        $(impl LaterPhase for $Phase {
            const BEFORE: PhaseKind = PhaseKind::$before;
        })?

        $(impl RoundPhase for $Phase {
            fn $round(&self) -> &Round {
                $Phase::$round(self)
            }
        }

        $(phases!(@ $pass $Phase);)?)?
    )+ };
    (@ pass $Phase:ident) => {
        impl PassPhase for $Phase {}
    };
}

phases! {
    ExploreWelcome at ExploreWelcome;
    StorySharing at StorySharing after Welcome, round pass;
    Discussion at Discussion after StorySharing;
    SkillBuilding at SkillBuilding after Discussion;
    ActionPlanning at ActionPlanning after SkillBuilding, round pass;
    NextSteps at NextSteps after ActionPlanning;
    ExploreTakeaways at ExploreTakeaways after NextSteps, round pass;
    ReflectWelcome at ReflectWelcome;
    ReportBack at ReportBack after Welcome, round;
    LessonsLearned at LessonsLearned after ReportBack;
    AdoptionRound at Adoption after LessonsLearned, round pass;
    ReflectTakeaways at ReflectTakeaways after Adoption, round pass;
}

macro_rules! floors {
    ($($ask:ident: $State:ident, $Phases:ident::$variant:ident($Phase:ident);)+) => {
        impl Cycle {
            $(
                #[doc = concat!("The floor of [`", stringify!($Phase), "`], where that is the running phase.")]
                #[must_use]
                pub fn $ask(&self) -> Option<Floor<'_, $Phase>> {
                    let State::$State(running) = self.state() else { return None };
                    let $Phases::$variant(phase) = &running.phase else { return None };
                    Some(Floor { meeting: &running.meeting, phase })
                }
            )+
        }
    };
}

floors! {
    as_explore_welcome: Exploring, ExplorePhase::Welcome(ExploreWelcome);
    as_story_sharing: Exploring, ExplorePhase::StorySharing(StorySharing);
    as_discussion: Exploring, ExplorePhase::Discussion(Discussion);
    as_skill_building: Exploring, ExplorePhase::SkillBuilding(SkillBuilding);
    as_action_planning: Exploring, ExplorePhase::ActionPlanning(ActionPlanning);
    as_next_steps: Exploring, ExplorePhase::NextSteps(NextSteps);
    as_explore_takeaways: Exploring, ExplorePhase::Takeaways(ExploreTakeaways);
    as_reflect_welcome: Reflecting, ReflectPhase::Welcome(ReflectWelcome);
    as_report_back: Reflecting, ReflectPhase::ReportBack(ReportBack);
    as_lessons_learned: Reflecting, ReflectPhase::LessonsLearned(LessonsLearned);
    as_adoption: Reflecting, ReflectPhase::Adoption(AdoptionRound);
    as_reflect_takeaways: Reflecting, ReflectPhase::Takeaways(ReflectTakeaways);
}

impl<P: Phase> Floor<'_, P> {
    /// The running session.
    #[must_use]
    pub const fn meeting(&self) -> &Meeting {
        self.meeting
    }

    /// The phase's time box.
    #[must_use]
    pub fn time_box(&self) -> &TimeBox {
        self.phase.time_box()
    }

    /// To give the phase more time, in seconds (R-33).
    #[must_use]
    pub const fn extend(&self, seconds: u16) -> Command {
        Command::ExtendPhase { seconds }
    }

    /// To pause the session (R-37).
    #[must_use]
    pub const fn pause(&self, reason: PauseReason) -> Command {
        Command::PauseSession { reason }
    }

    /// To interrupt the session (R-38).
    #[must_use]
    pub const fn interrupt(&self, reason: InterruptReason) -> Command {
        Command::InterruptSession { reason }
    }
}

impl<P: LaterPhase> Floor<'_, P> {
    /// To go back to the phase before (R-03).
    #[must_use]
    pub const fn reopen_previous(&self, reason: ReopenReason) -> Command {
        Command::ReopenPhase { phase: P::BEFORE, reason }
    }
}

impl<P: RoundPhase> Floor<'_, P> {
    /// The round: who has spoken, who speaks, who waits.
    #[must_use]
    pub fn round(&self) -> &Round {
        self.phase.round()
    }

    /// To start the turn of `member`.
    #[must_use]
    pub const fn start_turn(&self, member: Seat) -> Command {
        Command::StartTurn { member }
    }

    /// To move the turn of `member` to the end of the round (R-28).
    #[must_use]
    pub const fn defer(&self, member: Seat) -> Command {
        Command::DeferTurn { member }
    }

    /// To close the round early (R-30).
    #[must_use]
    pub const fn close_round(&self, reason: ForceReason) -> Command {
        Command::CloseRound { reason }
    }
}

impl<P: PassPhase> Floor<'_, P> {
    /// To pass the turn of `member` (R-28).
    #[must_use]
    pub const fn pass(&self, member: Seat) -> Command {
        Command::PassTurn { member }
    }
}

/// The ways on from a phase.
macro_rules! onward {
    ($($Phase:ident: $open:ident or $skip:ident $kind:ident;)+) => { $(
        impl Floor<'_, $Phase> {
            #[doc = concat!("To open the phase after it, ", stringify!($kind), " (R-01).")]
            #[must_use]
            pub const fn $open(&self) -> Command {
                Command::OpenPhase { phase: PhaseKind::$kind }
            }

            onward!(@ $skip $kind);
        }
    )+ };
    (@ never $kind:ident) => {};
    (@ $skip:ident $kind:ident) => {
        #[doc = concat!("To skip the phase after it, ", stringify!($kind), ", where the process lets it be skipped (R-02).")]
        #[must_use]
        pub const fn $skip(&self, reason: SkipReason) -> Command {
            Command::SkipPhase { phase: PhaseKind::$kind, reason }
        }
    };
}

onward! {
    ExploreWelcome: open_story_sharing or never StorySharing;
    StorySharing: open_discussion or skip_discussion Discussion;
    Discussion: open_skill_building or skip_skill_building SkillBuilding;
    SkillBuilding: open_action_planning or skip_action_planning ActionPlanning;
    ActionPlanning: open_next_steps or skip_next_steps NextSteps;
    NextSteps: open_takeaways or never Takeaways;
    ReflectWelcome: open_report_back or never ReportBack;
    ReportBack: open_lessons_learned or skip_lessons_learned LessonsLearned;
    LessonsLearned: open_adoption or skip_adoption Adoption;
    AdoptionRound: open_takeaways or never Takeaways;
}

impl Floor<'_, StorySharing> {
    /// To tell the story of `member`, which ends their turn (R-27).
    #[must_use]
    pub const fn share_story(&self, member: Seat, story: StoryKind, note: Option<NoteRef>) -> Command {
        Command::ShareStory { member, story, note }
    }
}

impl Floor<'_, ReportBack> {
    /// To report for `member`, which ends their turn (R-29).
    #[must_use]
    pub const fn give_report(&self, member: Seat, report: Report, note: Option<NoteRef>) -> Command {
        Command::GiveReport { member, report, note }
    }
}

impl Floor<'_, AdoptionRound> {
    /// To say what `member` adopts, which ends their turn (R-47).
    #[must_use]
    pub const fn decide_adoption(&self, member: Seat, adoption: Adoption, note: Option<NoteRef>) -> Command {
        Command::DecideAdoption { member, adoption, note }
    }
}

macro_rules! told {
    ($($Phase:ident $($close:ident)?;)+) => { $(
        impl Floor<'_, $Phase> {
            /// To finish the turn of `member`.
            #[must_use]
            pub const fn finish_turn(&self, member: Seat, note: Option<NoteRef>) -> Command {
                Command::FinishTurn { member, note }
            }

            $(
                /// To close the session (R-18).
                #[must_use]
                pub const fn $close(&self) -> Command {
                    Command::CloseSession {}
                }
            )?
        }
    )+ };
}

told! {
    ActionPlanning;
    ExploreTakeaways close_session;
    ReflectTakeaways close_session;
}
