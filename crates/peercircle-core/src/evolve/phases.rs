//! Evolving from phase to phase: on, and back once.

use super::{Applied, NotHere};
use crate::{Cycle, Entry, ExplorePhase, Instant, PhaseKind, ReflectPhase, SeatSet, State, TimeBox};

impl Cycle {
    pub(super) fn enter(&mut self, entry: Entry, planned: u16, at: Instant) -> Applied {
        let speakers = self.speakers(entry.phase());
        let opened = self.floor()?.0.elapsed(at).as_seconds();
        let time_box = TimeBox::new(opened, planned);
        match &mut self.state {
            State::Exploring(exploring) => {
                exploring.phase = match (exploring.phase.clone(), entry) {
                    (ExplorePhase::Welcome(phase), Entry::StorySharing { ground_rules }) => {
                        ExplorePhase::StorySharing(phase.open_story_sharing(ground_rules, time_box, speakers))
                    }
                    (ExplorePhase::StorySharing(phase), Entry::Discussion { round }) => {
                        ExplorePhase::Discussion(phase.open_discussion(round, time_box))
                    }
                    (ExplorePhase::Discussion(phase), Entry::SkillBuilding {}) => {
                        ExplorePhase::SkillBuilding(phase.open_skill_building(time_box))
                    }
                    (ExplorePhase::SkillBuilding(phase), Entry::ActionPlanning {}) => {
                        ExplorePhase::ActionPlanning(phase.open_action_planning(time_box, speakers))
                    }
                    (ExplorePhase::ActionPlanning(phase), Entry::NextSteps { round }) => {
                        ExplorePhase::NextSteps(phase.open_next_steps(round, time_box))
                    }
                    (ExplorePhase::NextSteps(phase), Entry::Takeaways { round: None }) => {
                        ExplorePhase::Takeaways(phase.open_takeaways(time_box, speakers))
                    }
                    (_, _) => return Err(NotHere),
                };
            }
            State::Reflecting(reflecting) => {
                reflecting.phase = match (reflecting.phase.clone(), entry) {
                    (ReflectPhase::Welcome(phase), Entry::ReportBack {}) => {
                        ReflectPhase::ReportBack(phase.open_report_back(time_box, speakers))
                    }
                    (ReflectPhase::ReportBack(phase), Entry::LessonsLearned { round }) => {
                        ReflectPhase::LessonsLearned(phase.open_lessons_learned(round, time_box))
                    }
                    (ReflectPhase::LessonsLearned(phase), Entry::Adoption {}) => {
                        ReflectPhase::Adoption(phase.open_adoption(time_box, speakers))
                    }
                    (ReflectPhase::Adoption(phase), Entry::Takeaways { round: Some(round) }) => {
                        ReflectPhase::Takeaways(phase.open_takeaways(round, time_box, speakers))
                    }
                    (_, _) => return Err(NotHere),
                };
            }
            State::Unformed
            | State::Forming
            | State::Scheduled
            | State::Gathering(_)
            | State::Practising
            | State::Adopting
            | State::Completed
            | State::Cancelled
            | State::Suspended(_)
            | State::Terminated
            | State::Lapsed => return Err(NotHere),
        }
        Ok(())
    }

    /// Goes back to `phase`, over phases between that the process leaves out.
    pub(super) fn reenter(&mut self, phase: PhaseKind, planned: u16, at: Instant) -> Applied {
        let before = self.state.clone();
        let session = self.state.session().ok_or(NotHere)?;
        loop {
            let previous = self.phase().and_then(|at| session.before(at));
            let back = previous.map(|previous| (previous, self.step_back(previous, planned, at)));
            match back {
                Some((reached, Ok(()))) if reached == phase => break,
                Some((passed, Ok(()))) if self.process.box_seconds(session, passed) == 0 => {}
                Some(_) | None => {
                    self.state = before;
                    return Err(NotHere);
                }
            }
        }
        let meeting = self.floor()?.0;
        meeting.reopened = meeting.reopened.saturating_add(1);
        Ok(())
    }

    fn step_back(&mut self, phase: PhaseKind, planned: u16, at: Instant) -> Applied {
        let speakers = self.speakers(phase);
        let opened = self.floor()?.0.elapsed(at).as_seconds();
        let time_box = TimeBox::new(opened, planned);
        match &mut self.state {
            State::Exploring(exploring) => {
                exploring.phase = match (exploring.phase.clone(), phase) {
                    (ExplorePhase::StorySharing(from), PhaseKind::Welcome) => {
                        ExplorePhase::Welcome(from.reopen_welcome(time_box))
                    }
                    (ExplorePhase::Discussion(from), PhaseKind::StorySharing) => {
                        ExplorePhase::StorySharing(from.reopen_story_sharing(time_box, speakers))
                    }
                    (ExplorePhase::SkillBuilding(from), PhaseKind::Discussion) => {
                        ExplorePhase::Discussion(from.reopen_discussion(time_box))
                    }
                    (ExplorePhase::ActionPlanning(from), PhaseKind::SkillBuilding) => {
                        ExplorePhase::SkillBuilding(from.reopen_skill_building(time_box))
                    }
                    (ExplorePhase::NextSteps(from), PhaseKind::ActionPlanning) => {
                        ExplorePhase::ActionPlanning(from.reopen_action_planning(time_box, speakers))
                    }
                    (ExplorePhase::Takeaways(from), PhaseKind::NextSteps) => {
                        ExplorePhase::NextSteps(from.reopen_next_steps(time_box))
                    }
                    (_, _) => return Err(NotHere),
                };
            }
            State::Reflecting(reflecting) => {
                reflecting.phase = match (reflecting.phase.clone(), phase) {
                    (ReflectPhase::ReportBack(from), PhaseKind::Welcome) => {
                        ReflectPhase::Welcome(from.reopen_welcome(time_box))
                    }
                    (ReflectPhase::LessonsLearned(from), PhaseKind::ReportBack) => {
                        ReflectPhase::ReportBack(from.reopen_report_back(time_box, speakers))
                    }
                    (ReflectPhase::Adoption(from), PhaseKind::LessonsLearned) => {
                        ReflectPhase::LessonsLearned(from.reopen_lessons_learned(time_box))
                    }
                    (ReflectPhase::Takeaways(from), PhaseKind::Adoption) => {
                        ReflectPhase::Adoption(from.reopen_adoption(time_box, speakers))
                    }
                    (_, _) => return Err(NotHere),
                };
            }
            State::Unformed
            | State::Forming
            | State::Scheduled
            | State::Gathering(_)
            | State::Practising
            | State::Adopting
            | State::Completed
            | State::Cancelled
            | State::Suspended(_)
            | State::Terminated
            | State::Lapsed => return Err(NotHere),
        }
        Ok(())
    }

    /// Whom a round of `phase` gives a turn: everyone in the room who hasn't had their say in it.
    fn speakers(&self, phase: PhaseKind) -> SeatSet {
        self.in_room().minus(self.heard(phase))
    }

    /// Who has had their say in `phase`, whichever round of it that was in.
    pub(super) fn heard(&self, phase: PhaseKind) -> SeatSet {
        match phase {
            PhaseKind::StorySharing => self.ledger.told,
            PhaseKind::ReportBack => self.ledger.reports(),
            PhaseKind::Adoption => self.ledger.decided,
            PhaseKind::Welcome
            | PhaseKind::Discussion
            | PhaseKind::SkillBuilding
            | PhaseKind::ActionPlanning
            | PhaseKind::NextSteps
            | PhaseKind::LessonsLearned
            | PhaseKind::Takeaways => SeatSet::EMPTY,
        }
    }
}
