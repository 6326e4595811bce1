//! The lifecycle as a statechart in statig 0.4: a state a stage, superstates for what a session and a round share. It handles
//! an ask whole, guard, effect and transition; it writes no events and explains no refusal.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a statechart's state names what it handles and leaves the rest to the one above"
)]

use std::hint::black_box;

use anyhow::{Result, ensure};
use peercircle_core::{PhaseKind, SessionKind, Stage};
use statig::prelude::*;

use super::{Ask, Refused, ask::What, group::Group};

#[derive(Debug, Default)]
pub(crate) struct Chart {
    group: Group,
    accepted: u64,
}

impl Chart {
    /// Takes the ask where its guard allows it, and says whether it did.
    fn take(&mut self, ask: &Ask) -> bool {
        let may = self.group.may(ask);
        if may {
            self.group.apply(ask);
            self.accepted += 1;
        }
        may
    }

    fn stay(&mut self, ask: &Ask) -> Outcome<State> {
        self.take(ask);
        Handled
    }

    fn go(&mut self, ask: &Ask, to: State) -> Outcome<State> {
        if self.take(ask) { Transition(to) } else { Handled }
    }
}

#[state_machine(initial = "State::unformed()", state(derive(Debug)), superstate(derive(Debug)))]
impl Chart {
    #[state]
    fn unformed(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::Form => self.go(event, State::forming()),
            _ => Super,
        }
    }

    #[state(superstate = "open_group")]
    fn forming(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::Schedule { session: SessionKind::Explore, .. } => self.go(event, State::scheduled()),
            _ => Super,
        }
    }

    #[state(superstate = "open_group")]
    fn scheduled(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::Schedule { session: SessionKind::Explore, .. } | What::Reply { session: SessionKind::Explore, .. } => {
                self.stay(event)
            }
            What::OpenDoors { session: SessionKind::Explore } => self.go(event, State::explore_gathering()),
            _ => Super,
        }
    }

    #[superstate]
    fn open_group(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::Enrol | What::Accept { .. } | What::Appoint { session: SessionKind::Explore, .. } => self.stay(event),
            _ => Super,
        }
    }

    #[state(superstate = "meeting")]
    fn explore_gathering(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::Accept { .. }
            | What::Reply { session: SessionKind::Explore, .. }
            | What::Appoint { session: SessionKind::Explore, .. } => self.stay(event),
            What::Start => self.go(event, State::explore_welcome()),
            _ => Super,
        }
    }

    #[superstate]
    fn meeting(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::Attend { .. } | What::Timekeeper { .. } => self.stay(event),
            _ => Super,
        }
    }

    #[superstate(superstate = "meeting")]
    fn explore(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::Appoint { session: SessionKind::Reflect, .. } | What::Reply { session: SessionKind::Reflect, .. } => {
                self.stay(event)
            }
            _ => Super,
        }
    }

    #[superstate(superstate = "explore")]
    fn planning(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::Plan { .. } => self.stay(event),
            _ => Super,
        }
    }

    #[state(superstate = "explore")]
    fn explore_welcome(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::OpenPhase { phase: PhaseKind::StorySharing } => self.go(event, State::story_sharing()),
            What::Accept { .. } => self.stay(event),
            _ => Super,
        }
    }

    #[state(superstate = "explore")]
    fn story_sharing(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::StartTurn { .. } | What::ShareStory { .. } | What::PassTurn { .. } => self.stay(event),
            What::OpenPhase { phase: PhaseKind::Discussion } => self.go(event, State::discussion()),
            _ => Super,
        }
    }

    #[state(superstate = "explore")]
    fn discussion(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::OpenPhase { phase: PhaseKind::SkillBuilding } => self.go(event, State::skill_building()),
            _ => Super,
        }
    }

    #[state(superstate = "planning")]
    fn skill_building(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::OpenPhase { phase: PhaseKind::ActionPlanning } => self.go(event, State::action_planning()),
            _ => Super,
        }
    }

    #[state(superstate = "planning")]
    fn action_planning(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::StartTurn { .. } | What::FinishTurn { .. } | What::PassTurn { .. } => self.stay(event),
            What::OpenPhase { phase: PhaseKind::NextSteps } => self.go(event, State::next_steps()),
            _ => Super,
        }
    }

    #[state(superstate = "planning")]
    fn next_steps(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::Schedule { session: SessionKind::Reflect, .. } => self.stay(event),
            What::OpenPhase { phase: PhaseKind::Takeaways } => self.go(event, State::explore_takeaways()),
            _ => Super,
        }
    }

    #[state(superstate = "planning")]
    fn explore_takeaways(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::StartTurn { .. }
            | What::FinishTurn { .. }
            | What::PassTurn { .. }
            | What::Schedule { session: SessionKind::Reflect, .. } => self.stay(event),
            What::Close => self.go(event, State::practising()),
            _ => Super,
        }
    }

    #[state]
    fn practising(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::Plan { .. }
            | What::Pair { .. }
            | What::LogPractice { .. }
            | What::CheckIn { .. }
            | What::Feedback { .. }
            | What::Accept { .. }
            | What::Reply { session: SessionKind::Reflect, .. }
            | What::Appoint { session: SessionKind::Reflect, .. }
            | What::Schedule { session: SessionKind::Reflect, .. } => self.stay(event),
            What::OpenDoors { session: SessionKind::Reflect } => self.go(event, State::reflect_gathering()),
            _ => Super,
        }
    }

    #[state(superstate = "meeting")]
    fn reflect_gathering(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::Plan { .. }
            | What::Reply { session: SessionKind::Reflect, .. }
            | What::Appoint { session: SessionKind::Reflect, .. } => self.stay(event),
            What::Start => self.go(event, State::reflect_welcome()),
            _ => Super,
        }
    }

    #[state(superstate = "meeting")]
    fn reflect_welcome(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::OpenPhase { phase: PhaseKind::ReportBack } => self.go(event, State::report_back()),
            _ => Super,
        }
    }

    #[state(superstate = "meeting")]
    fn report_back(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::StartTurn { .. } | What::GiveReport { .. } => self.stay(event),
            What::OpenPhase { phase: PhaseKind::LessonsLearned } => self.go(event, State::lessons_learned()),
            _ => Super,
        }
    }

    #[state(superstate = "meeting")]
    fn lessons_learned(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::OpenPhase { phase: PhaseKind::Adoption } => self.go(event, State::adoption()),
            _ => Super,
        }
    }

    #[state(superstate = "meeting")]
    fn adoption(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::StartTurn { .. } | What::PassTurn { .. } => self.stay(event),
            What::Adopt { .. } if self.group.may_adopt_now(event) => self.stay(event),
            What::OpenPhase { phase: PhaseKind::Takeaways } => self.go(event, State::reflect_takeaways()),
            _ => Super,
        }
    }

    #[state(superstate = "meeting")]
    fn reflect_takeaways(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::StartTurn { .. } | What::FinishTurn { .. } | What::PassTurn { .. } => self.stay(event),
            What::Close if self.group.decided == self.group.everyone() => self.go(event, State::completed()),
            What::Close => self.go(event, State::adopting()),
            _ => Super,
        }
    }

    #[state]
    fn adopting(&mut self, event: &Ask) -> Outcome<State> {
        match event.what {
            What::Adopt { .. } if !self.take(event) => Handled,
            What::Adopt { .. } if self.group.decided == self.group.everyone() => Transition(State::completed()),
            What::Adopt { .. } => Handled,
            What::Feedback { .. } => self.stay(event),
            _ => Super,
        }
    }

    #[state]
    fn completed(&mut self, event: &Ask) -> Outcome<State> {
        let _ = event;
        Super
    }
}

/// Handles every ask; how many were accepted.
pub(crate) fn run(asks: &[Ask]) -> u64 {
    let mut chart = Chart::default().state_machine();
    for ask in asks {
        chart.handle(black_box(ask));
    }
    black_box(chart.state());
    chart.accepted
}

/// That it does the same work: accepts all, refuses what is to be refused, and ends where the cycle ends.
pub(crate) fn check(asks: &[Ask], refused: &[Refused], end: Stage) -> Result<()> {
    let mut chart = Chart::default().state_machine();
    for (accepted, ask) in (0..).zip(asks) {
        for no in refused.iter().filter(|no| u64::try_from(no.after).is_ok_and(|after| after == accepted)) {
            chart.handle(&no.ask);
            ensure!(chart.accepted == accepted, "statig: accepts {:?} after {accepted}", no.ask);
        }
        chart.handle(ask);
        ensure!(chart.accepted == accepted + 1, "statig: refuses {ask:?}, step {accepted}, in {:?}", chart.state());
    }
    ensure!(end == Stage::Completed && matches!(chart.state(), State::Completed {}), "statig: ends in {:?}", chart.state());
    Ok(())
}
