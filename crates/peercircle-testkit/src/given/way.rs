//! The way to a stage: what a group does on it, and how a cycle ends.

use peercircle_core::{
    Actor, Attendance, CancelReason, Command, Context, Instant, NoPath, PathStep, PhaseKind, Place, Role, Round, Seat,
    SessionKind, Span, Stage, SuspendReason, TerminateReason, WaiveReason,
};

use super::Given;
use crate::walk::menu;

impl Given {
    /// On by the plain way to this stage, from wherever the case is; nothing where it is there already. As many come to session 1
    /// as its quorum and the group's minimum want, to session 2 as its quorum wants. If nobody would have anything left to do
    /// after it, one passes in the round of adoption.
    ///
    /// It comes to an end as well: where everyone is done, is called off, the group asks for a suspension once session 1 has begun,
    /// votes to end that, or the time for adoption is over. A suspended cycle goes on first, unless it is to be ended.
    ///
    /// # Panics
    /// Where the stage lies behind, is one that the process leaves out, or where the machine knows no way there, with what stands
    /// in it.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Process, Stage};
    /// use peercircle_testkit::given::given;
    /// let group = given(Process::default()).members(6);
    /// for end in [Stage::Completed, Stage::Cancelled, Stage::Suspended, Stage::Terminated, Stage::Lapsed] {
    ///     let _ = group.clone().at(end).then_stage(end);
    /// }
    /// ```
    #[must_use]
    #[track_caller]
    pub fn at(mut self, stage: Stage) -> Self {
        if self.cycle.stage() == stage {
            return self;
        }
        if self.cycle.stage() == Stage::Suspended && stage != Stage::Terminated {
            self.reach(Command::ResumeCycle {});
        }
        match stage {
            Stage::Completed => {
                self = self.on_to(Stage::Adopting, stage);
                self.settle();
            }
            // Called off from wherever it is.
            Stage::Cancelled => self.reach(Command::CancelCycle { reason: CancelReason::Business }),
            Stage::Suspended => {
                self = self.begun();
                self.reach(Command::SuspendCycle { reason: SuspendReason::Request });
            }
            Stage::Terminated => {
                self = self.at(Stage::Suspended);
                self.reach(Command::TerminateCycle { reason: TerminateReason::GroupDecision });
            }
            Stage::Lapsed => {
                self = self.on_to(Stage::Adopting, stage);
                self.reach(Command::LapseCycle {});
            }
            Stage::Unformed
            | Stage::Forming
            | Stage::Scheduled
            | Stage::ExploreGathering
            | Stage::ExploreWelcome
            | Stage::StorySharing
            | Stage::Discussion
            | Stage::SkillBuilding
            | Stage::ActionPlanning
            | Stage::NextSteps
            | Stage::ExploreTakeaways
            | Stage::Practising
            | Stage::ReflectGathering
            | Stage::ReflectWelcome
            | Stage::ReportBack
            | Stage::LessonsLearned
            | Stage::Adoption
            | Stage::ReflectTakeaways
            | Stage::Adopting => self = self.on_to(stage, stage),
        }
        assert_eq!(self.cycle.stage(), stage, "the plain way leads elsewhere\n{}", self.story);
        self
    }

    /// On by the plain way to this stage, for the sake of `wanted`.
    #[track_caller]
    fn on_to(mut self, stage: Stage, wanted: Stage) -> Self {
        let before = self.cycle.stage();
        let (from, to) = (before.name(), wanted.name());
        assert!(stage >= before, "expected a stage from `{from}` on, as a cycle doesn't go back, got `{to}`");
        let found = MILESTONES.iter().find(|(reached, _)| *reached == stage);
        let left_out = found.is_some_and(|(_, milestone)| self.left_out(*milestone));
        assert!(!left_out, "expected a stage that the process has, got `{to}`, which it leaves out");
        for (_, milestone) in MILESTONES.iter().filter(|(reached, _)| *reached > before && *reached <= stage) {
            if !self.left_out(*milestone) {
                self.pass(*milestone);
            }
        }
        self
    }

    /// On until session 1 has begun: before that a cycle is cancelled, and not suspended.
    #[track_caller]
    fn begun(self) -> Self {
        let early = self.cycle.stage() < Stage::ExploreWelcome;
        if early { self.on_to(Stage::ExploreWelcome, Stage::Suspended) } else { self }
    }

    /// Everyone does what is left to them, or is freed from it where they can't.
    #[track_caller]
    fn settle(&mut self) {
        while self.cycle.stage() == Stage::Adopting {
            let before = self.cycle.revision();
            if let Some((by, command)) = self.owed() {
                self.must(by, command);
            } else if let Some(member) = self.cycle.ledger().unfinished().first() {
                self.must(Actor::Organiser {}, Command::WaiveMember { member, reason: WaiveReason::OrganiserDecision });
            }
            if self.cycle.revision() == before {
                return;
            }
        }
    }

    /// Something that the cycle waits for and that somebody can do.
    fn owed(&self) -> Option<(Actor, Command)> {
        self.cycle.waiting_on().into_iter().filter(|one| one.part == Role::Member).find_map(|one| {
            let own =
                |command: Command| command.subject().filter(|seat| one.who.contains(*seat)).map(|seat| (seat, command));
            let mut given = menu(one.what, &self.cycle, self.now).into_iter().filter_map(own);
            let may = |(seat, command): &(Seat, Command)| {
                self.under.rules().permits(&self.cycle, command, &Context::member(*seat, self.now))
            };
            given.find(may).map(|(seat, command)| (Actor::member(seat), command))
        })
    }

    /// Where all who are left are there and decide what to adopt, nothing would be left to do after the session: one passes.
    #[track_caller]
    fn leave_something(&mut self) {
        let all = self.cycle.ledger().unfinished().minus(self.cycle.in_room()).is_empty();
        let round = self.under.rules().guide(&self.cycle, Actor::Organiser {}, self.now).round;
        let adoption = round.filter(|_| all && self.cycle.stage() == Stage::Adoption);
        let Some(member) = adoption.and_then(Round::first) else { return };
        let by = Actor::member(member);
        let pass = Command::PassTurn { member };
        if let Ok(steps) = self.under.rules().path_to(&self.cycle, &pass, &Context::new(by, self.now)) {
            self.go(steps);
            self.must(by, pass);
        }
    }

    /// Whether the process leaves out what this opens.
    fn left_out(&self, milestone: Milestone) -> bool {
        let Milestone::Phase(session, phase) = milestone else { return false };
        self.cycle.process().box_seconds(session, phase) == 0
    }

    #[track_caller]
    fn pass(&mut self, milestone: Milestone) {
        match milestone {
            Milestone::Phase(SessionKind::Reflect, PhaseKind::Takeaways) => {
                self.leave_something();
                self.reach(Command::OpenPhase { phase: PhaseKind::Takeaways });
            }
            Milestone::Dated => self.reach(self.date()),
            Milestone::Opened(session) => self.reach(Command::OpenSession { session }),
            Milestone::Started => {
                // Fewer would be a quorum, but whoever misses session 1 may be dropped, and the group with them.
                while let Some(member) = self.wanted() {
                    self.reach(Command::MarkAttendance { member, attendance: Attendance::Present });
                }
                self.reach(Command::StartSession {});
            }
            Milestone::Phase(_, phase) => self.reach(Command::OpenPhase { phase }),
            Milestone::Closed => self.reach(Command::CloseSession {}),
        }
    }

    /// A date for session 1, in an hour.
    fn date(&self) -> Command {
        let place = self.cycle.process().spec().place.allowed.first().copied().unwrap_or(Place::Onsite);
        let starts_at = self.now + Span::hours(1);
        Command::ScheduleSession { session: SessionKind::Explore, starts_at, place, short_gap: None }
    }

    /// Who comes to session 1 next, as long as fewer are there than the group must be.
    fn wanted(&self) -> Option<Seat> {
        let room = self.cycle.in_room();
        let short = room.len() < self.cycle.process().spec().group.minimum;
        let explore = self.cycle.session() == Some(SessionKind::Explore);
        self.cycle.expected().minus(room).first().filter(|_| short && explore)
    }

    /// Does what has to be done until `command` is accepted, waits where it has to, and gives it.
    #[track_caller]
    #[expect(clippy::panic, reason = "an assertion of a test")]
    fn reach(&mut self, command: Command) {
        let (by, steps) = match self.way_to(&command) {
            Ok(way) => way,
            Err(no) => {
                let says: Vec<_> = no.stuck.iter().map(|one| one.say(&no.reached)).collect();
                panic!("no way to `{}`: {}\n{}", command.kind(), says.join("; "), self.story);
            }
        };
        self.go(steps);
        self.wait_for(by, &command);
        self.must(by, command);
    }

    #[track_caller]
    fn go(&mut self, steps: Vec<PathStep>) {
        for step in steps {
            self.now = step.at;
            self.must(step.by, step.command);
        }
    }

    /// The shortest way to a command, and who gives it: of the chair or any member while there is none, whoever it is about, the
    /// organiser and the host, the one with the fewest steps.
    fn way_to(&self, command: &Command) -> Result<(Actor, Vec<PathStep>), NoPath> {
        let member = self.cycle.chair().or_else(|| self.cycle.ledger().active().first()).map(Actor::member);
        let about = command.subject().map(Actor::member);
        let path =
            |by| self.under.rules().path_to(&self.cycle, command, &Context::new(by, self.now)).map(|steps| (by, steps));
        let others = [about, Some(Actor::Organiser {}), Some(Actor::Host {})].into_iter().flatten();
        let first = path(member.unwrap_or(Actor::Organiser {}));
        others.map(path).fold(first, |best, other| match (&best, &other) {
            (Ok((_, best_steps)), Ok((_, steps))) if steps.len() < best_steps.len() => other,
            (Err(_), Ok(_)) => other,
            (Ok(_) | Err(_), _) => best,
        })
    }

    /// Time passes until a command is accepted that only wants time, such as the opening of a session on its date.
    fn wait_for(&mut self, by: Actor, command: &Command) {
        let date = self.cycle.session_ahead().and_then(|session| self.cycle.ledger().session(session).date().at());
        let mut instants: Vec<_> = self.cycle.deadlines().iter().map(|due| due.at).chain(date).collect();
        instants.retain(|at| *at > self.now);
        instants.sort();
        let fits = |at: &Instant| self.under.rules().permits(&self.cycle, command, &Context::new(by, *at));
        self.now = [self.now].into_iter().chain(instants).find(fits).unwrap_or(self.now);
    }
}

/// What brings a cycle into a stage on the plain way.
#[derive(Clone, Copy, Debug)]
enum Milestone {
    Dated,
    Opened(SessionKind),
    Started,
    Phase(SessionKind, PhaseKind),
    Closed,
}

/// The plain way through a cycle, in the order of its stages.
const MILESTONES: [(Stage, Milestone); 17] = {
    use Milestone::{Closed, Dated, Opened, Phase, Started};
    use SessionKind::{Explore, Reflect};
    [
        (Stage::Scheduled, Dated),
        (Stage::ExploreGathering, Opened(Explore)),
        (Stage::ExploreWelcome, Started),
        (Stage::StorySharing, Phase(Explore, PhaseKind::StorySharing)),
        (Stage::Discussion, Phase(Explore, PhaseKind::Discussion)),
        (Stage::SkillBuilding, Phase(Explore, PhaseKind::SkillBuilding)),
        (Stage::ActionPlanning, Phase(Explore, PhaseKind::ActionPlanning)),
        (Stage::NextSteps, Phase(Explore, PhaseKind::NextSteps)),
        (Stage::ExploreTakeaways, Phase(Explore, PhaseKind::Takeaways)),
        (Stage::Practising, Closed),
        (Stage::ReflectGathering, Opened(Reflect)),
        (Stage::ReflectWelcome, Started),
        (Stage::ReportBack, Phase(Reflect, PhaseKind::ReportBack)),
        (Stage::LessonsLearned, Phase(Reflect, PhaseKind::LessonsLearned)),
        (Stage::Adoption, Phase(Reflect, PhaseKind::Adoption)),
        (Stage::ReflectTakeaways, Phase(Reflect, PhaseKind::Takeaways)),
        (Stage::Adopting, Closed),
    ]
};
