//! Walks that are steered: to a stage, an end, a situation that few walks pass by.

use std::fmt;

use peercircle_core::{
    Attendance, Command, CommandKind, Consent, Cycle, SeatSet, SessionKind, Span, Stage, StageSet, State, Vote,
};

use super::{
    Dice, Situation, Step, Walk, menu, process,
    recipe::{Begun, Recipe},
};
use crate::Ruled;

/// How many walks are tried.
const TRIES: u64 = 400;
/// How many of these are as wild as walks are; those after them do mostly what gets a group on.
const WILD: u64 = 3;
/// How many steps a walk may take to a stage.
const STEPS: usize = 500;

/// Where a walk goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// To this stage.
    Stage(Stage),
    /// Into this situation, at a stage where it can be.
    Situation(Situation),
}

impl From<Stage> for Goal {
    fn from(stage: Stage) -> Self {
        Self::Stage(stage)
    }
}

impl From<Situation> for Goal {
    fn from(situation: Situation) -> Self {
        Self::Situation(situation)
    }
}

/// As it is written in Rust.
impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stage(stage) => write!(f, "Stage::{stage:?}"),
            Self::Situation(Situation::Postponed(session)) => write!(f, "Situation::Postponed(SessionKind::{session:?})"),
            Self::Situation(Situation::Suspended(stage)) => write!(f, "Situation::Suspended(Stage::{stage:?})"),
            Self::Situation(situation) => write!(f, "Situation::{situation:?}"),
        }
    }
}

impl Goal {
    /// Whether the cycle is there.
    #[must_use]
    pub fn is_reached(self, cycle: &Cycle) -> bool {
        match self {
            Self::Stage(stage) => cycle.stage() == stage,
            Self::Situation(situation) => Situation::of(cycle).contains(&situation),
        }
    }
}

impl Walk {
    /// A walk to there through a process that the seed makes, not always to the first moment; nothing where none of the walks that
    /// are tried gets there.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::Stage;
    /// use peercircle_testkit::walk::Walk;
    /// let walk = Walk::reaching(Stage::Terminated, 5).expect("a cycle that was terminated");
    /// assert_eq!(walk.cycle.stage(), Stage::Terminated);
    /// assert!(format!("{walk:?}").starts_with("Walk::reaching(Stage::Terminated, 5): `terminated`"));
    /// ```
    #[must_use]
    pub fn reaching(goal: impl Into<Goal>, seed: u64) -> Option<Self> {
        let start = |seed| Self::through(process(&mut Dice::new(seed)), seed);
        Self::try_to(goal.into(), seed, start, |_| true, Begun::Reaching)
    }

    /// Such a walk under this process, to which the cycle still keeps.
    ///
    /// # Panics
    /// Where a rule of the process's own, or one in code, is against `cycle.form`: nothing could follow.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::Process;
    /// use peercircle_testkit::walk::{Situation, Walk};
    /// assert!(Walk::reaching_under(Process::default(), Situation::Paused, 5).is_some());
    /// // The preset leaves the chair to nobody for a turn (R-14).
    /// assert!(Walk::reaching_under(Process::default(), Situation::Delegated, 5).is_none());
    /// ```
    #[must_use]
    pub fn reaching_under(under: impl Into<Ruled>, goal: impl Into<Goal>, seed: u64) -> Option<Self> {
        let (under, goal) = (under.into(), goal.into());
        let keeps = |cycle: &Cycle| cycle.stage() == Stage::Unformed || cycle.process() == under.process();
        Self::try_to(goal, seed, |seed| Self::through(&under, seed), keeps, Begun::ReachingUnder)
    }

    fn try_to(
        goal: Goal,
        seed: u64,
        start: impl Fn(u64) -> Self,
        keeps: impl Fn(&Cycle) -> bool,
        begun: impl Fn(Goal) -> Begun,
    ) -> Option<Self> {
        (0..TRIES).find_map(|more| {
            let other = seed.wrapping_add(more.wrapping_mul(0x9e37_79b9));
            let mut walk = start(other);
            if more >= WILD {
                (walk.wild, walk.hurry) = (2, true);
            }
            let arrived = walk.go(goal, &mut Dice::new(other ^ 0x57a6)) && keeps(&walk.cycle);
            arrived.then(|| Self { recipe: Recipe::new(begun(goal), seed, walk.now), ..walk })
        })
    }

    fn go(&mut self, goal: Goal, dice: &mut Dice) -> bool {
        let arrived = match goal {
            Goal::Stage(stage) => self.go_to(stage, dice),
            Goal::Situation(situation) => self.go_into(situation, dice),
        };
        arrived && {
            // Not always the first moment.
            self.linger(goal, dice.below(4), dice);
            goal.is_reached(&self.cycle)
        }
    }

    fn go_to(&mut self, stage: Stage, dice: &mut Dice) -> bool {
        use CommandKind as K;
        match stage {
            Stage::Unformed => {
                self.back_to(0);
                true
            }
            Stage::Cancelled => {
                let before = [Stage::Forming, Stage::Scheduled, Stage::ExploreGathering];
                self.pass_by(dice.pick(&before), dice) && self.push(stage, &[K::CancelCycle], dice)
            }
            Stage::Suspended => self.suspend(dice),
            Stage::Terminated => self.suspend(dice) && self.push(stage, &[K::VoteOnSuspension, K::TerminateCycle], dice),
            Stage::Lapsed => {
                let adopting = self.pass_by(Stage::Adopting, dice);
                self.now = self.now + Span::days(self.cycle.process().spec().practice.adoption_days.into());
                adopting && self.push(stage, &[K::LapseCycle], dice)
            }
            Stage::Completed => {
                self.pass_by(Stage::Adopting, dice) && self.pass_by(stage, dice) || self.cycle.stage() == stage
            }
            _ => self.pass_by(stage, dice),
        }
    }

    fn go_into(&mut self, situation: Situation, dice: &mut Dice) -> bool {
        use CommandKind as K;
        let kinds: &[CommandKind] = match situation {
            Situation::Suspended(stage) => {
                return self.pass_by(stage, dice) && self.push(situation, &[K::SuspendCycle, K::ReportBreach], dice);
            }
            Situation::Postponed(session) => {
                let before = if session == SessionKind::Explore { Stage::Scheduled } else { Stage::Practising };
                return self.pass_by(before, dice) && self.push(situation, &[K::ScheduleSession, K::PostponeSession], dice);
            }
            Situation::Overrun => return self.in_session(dice) && self.overrun(dice),
            Situation::Claimed => &[K::DeclareFacilitatorGone, K::ClaimFacilitation],
            Situation::Delegated => &[K::StartTurn, K::DelegateFacilitation],
            Situation::Interrupted => &[K::InterruptSession],
            Situation::NoFacilitator => &[K::DeclareFacilitatorGone, K::MarkAttendance],
            Situation::Paused => &[K::PauseSession],
            Situation::QuorumLost => &[K::MarkAttendance],
            Situation::Recording => &[K::RequestRecording, K::AnswerRecording, K::StartRecording],
            Situation::RecordingRequested => &[K::RequestRecording],
        };
        self.in_session(dice) && self.push(situation, kinds, dice)
    }

    fn in_session(&mut self, dice: &mut Dice) -> bool {
        let running: Vec<_> = Stage::ALL.iter().filter(|stage| StageSet::RUNNING.contains(**stage)).collect();
        self.pass_by(*dice.pick(&running), dice)
    }

    fn suspend(&mut self, dice: &mut Dice) -> bool {
        let from: Vec<_> =
            Stage::ALL.iter().filter(|stage| (Stage::ExploreWelcome..=Stage::Adopting).contains(*stage)).collect();
        self.pass_by(*dice.pick(&from), dice)
            && self.push(Stage::Suspended, &[CommandKind::SuspendCycle, CommandKind::ReportBreach], dice)
    }

    /// The time of the session runs out, and somebody does something then.
    fn overrun(&mut self, dice: &mut Dice) -> bool {
        let Some(meeting) = self.cycle.state().meeting() else { return false };
        let left = meeting.allotted_seconds().saturating_sub(meeting.elapsed(self.now).as_seconds());
        self.now = self.now + Span::seconds(left.saturating_add(dice.within(1, 120).into()));
        let goal = Goal::Situation(Situation::Overrun);
        (0..12).any(|_| {
            let step = self.helpful(dice);
            step.is_some_and(|step| self.give(&step).is_accepted()) && goal.is_reached(&self.cycle)
        })
    }

    /// Goes on until the cycle is at this stage, and a little further within it.
    fn pass_by(&mut self, stage: Stage, dice: &mut Dice) -> bool {
        for _ in 0..STEPS {
            let here = self.cycle.stage();
            if here == stage {
                self.linger(Goal::Stage(stage), dice.below(12), dice);
                return true;
            }
            if here.is_terminal() || (here > stage && here != Stage::Suspended) {
                return false;
            }
            let step = self.drawn(dice.roll());
            self.give(&step);
        }
        false
    }

    /// Goes on for so many steps, as long as it stays where it is.
    fn linger(&mut self, goal: Goal, steps: usize, dice: &mut Dice) {
        for _ in 0..steps {
            let (taken, now) = (self.steps.len(), self.now);
            let step = self.drawn(dice.roll());
            self.give(&step);
            if !goal.is_reached(&self.cycle) {
                self.back_to(taken);
                self.now = now;
                return;
            }
        }
    }

    fn back_to(&mut self, taken: usize) {
        *self = Self { recipe: self.recipe.clone(), ..self.only(0..taken) };
    }

    /// Gives commands of these kinds, by whoever may, until the cycle is there.
    fn push(&mut self, goal: impl Into<Goal>, kinds: &[CommandKind], dice: &mut Dice) -> bool {
        let (goal, mut idle) = (goal.into(), 0);
        while idle < 10 && !goal.is_reached(&self.cycle) {
            let kind = dice.pick(kinds);
            let mut payloads = menu(kind, &self.cycle, self.now);
            payloads.retain(|command| leads(goal, &self.cycle, command));
            let step = self.one_that_may(payloads, dice);
            idle = if step.is_some() { 0 } else { idle + 1 };
            if let Some(step) = step {
                self.give(&step);
                self.now = self.now + Span::seconds(dice.within(0, 20).into());
            }
        }
        goal.is_reached(&self.cycle)
    }

    fn one_that_may(&self, mut payloads: Vec<Command>, dice: &mut Dice) -> Option<Step> {
        for _ in 0..12.min(payloads.len()) {
            let command = payloads.swap_remove(dice.below(payloads.len()));
            let step = self.by_whoever_may(command.clone()).or_else(|| self.by_whoever_knows(command));
            if step.is_some() {
                return step;
            }
        }
        None
    }
}

/// Whether a command of a kind that leads there does.
fn leads(goal: Goal, cycle: &Cycle, command: &Command) -> bool {
    let wants = |session| match goal {
        Goal::Situation(Situation::Postponed(wanted)) => wanted == session,
        Goal::Situation(_) | Goal::Stage(_) => true,
    };
    match command {
        Command::VoteOnSuspension { member, vote } => {
            let votes = match cycle.state() {
                State::Suspended(suspended) => suspended.votes(Vote::End),
                _ => SeatSet::EMPTY,
            };
            *vote == Vote::End && !votes.contains(*member)
        }
        Command::AnswerRecording { consent, .. } => *consent == Consent::Given,
        Command::MarkAttendance { member, attendance } => {
            // Whoever chairs leaves where that is wanted, and stays else.
            let chairs = cycle.chair() == Some(*member);
            *attendance == Attendance::LeftEarly && chairs == (goal == Goal::Situation(Situation::NoFacilitator))
        }
        Command::StartTurn { member } => cycle.chair() == Some(*member),
        Command::ScheduleSession { session, .. } => {
            wants(*session) && cycle.ledger().session(*session).date().at().is_none()
        }
        Command::PostponeSession { session, .. } => wants(*session),
        _ => true,
    }
}
