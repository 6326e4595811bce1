//! Given, when, then: a case in a line, and a readable difference where it fails.
//!
//! ```
//! use peercircle_core::{Command, Process, Stage};
//! use peercircle_testkit::given::given;
//! given(Process::default())
//!     .members(6)
//!     .at(Stage::ExploreWelcome)
//!     .when("ana", Command::CloseRound { reason: peercircle_core::ForceReason::Time })
//!     .then_no("wrong_phase");
//! ```

use std::fmt;

use peercircle_core::{
    Actor, Command, CommandKind, Context, Cycle, Instant, ModuleRef, PhaseKind, Process, SessionKind, Stage, Verdict,
};

use crate::{explore, story::Story};

/// A group under a process, formed on a Monday at nine; nobody has joined yet.
///
/// # Panics
/// Where the process lets the organiser form no cycle.
#[must_use]
pub fn given(process: Process) -> Given {
    let module = ["strategy-1", "strategy-2"].map(|id| id.parse().ok()).into_iter().flatten().collect();
    let now = "2026-03-02T09:00:00Z".parse().unwrap_or_default();
    let mut given = Given { cycle: Cycle::default(), now, story: Story::default() };
    let form = "the-module"
        .parse()
        .ok()
        .and_then(|id| ModuleRef::new(id, module).ok())
        .zip("c-1".parse().ok())
        .zip("g-1".parse().ok());
    if let Some(((module, cycle), group)) = form {
        given.must(
            Actor::Organiser {},
            Command::FormCycle { cycle, group, module, process: Box::new(process), previous: None },
        );
    }
    given
}

/// Where a case begins.
#[derive(Clone, Debug)]
pub struct Given {
    cycle: Cycle,
    now: Instant,
    story: Story,
}

/// What a case was answered.
#[derive(Clone, Debug)]
pub struct Then {
    given: Given,
    command: CommandKind,
    /// `accepted`, or the code of the first refusal.
    pub code: &'static str,
    /// The names of the rules that refused.
    pub rules: Vec<String>,
    /// Each refusal in words.
    pub says: Vec<String>,
    /// The types of the events that were written.
    pub events: Vec<&'static str>,
}

impl Given {
    /// So many members join, each from a department of their own: ana, bo, cleo and so on.
    ///
    /// # Panics
    /// Where the process refuses one, with the reason.
    #[must_use]
    pub fn members(mut self, many: usize) -> Self {
        for (at, name) in explore::NAMES.iter().enumerate().take(many) {
            let parts = (name.parse(), "lead".parse(), format!("department-{}", at + 1).parse());
            if let (Ok(member), Ok(level), Ok(department)) = parts {
                self.must(Actor::Organiser {}, Command::EnrolMember { member, level, department, manager: None });
            }
        }
        self
    }

    /// By the shortest legal way to this stage.
    ///
    /// # Panics
    /// Where the machine knows no way there, with what stands in it.
    #[must_use]
    #[track_caller]
    #[expect(clippy::panic, reason = "an assertion of a test")]
    pub fn at(mut self, stage: Stage) -> Self {
        let Some(way) = way_to(stage) else {
            panic!("expected a stage on the plain way of a cycle, got `{}`", stage.name())
        };
        for command in way {
            match self.cycle.path_to(&command, &Context::new(self.somebody(), self.now)) {
                Ok(steps) => {
                    for step in steps {
                        self.now = step.at;
                        self.must(step.by, step.command);
                    }
                    let by = self.somebody();
                    self.must(by, command);
                }
                Err(no) => {
                    let says: Vec<_> = no.stuck.iter().map(|one| one.say(&no.reached)).collect();
                    panic!("no way to `{}`: {}\n{}", stage.name(), says.join("; "), self.story);
                }
            }
        }
        assert_eq!(self.cycle.stage(), stage, "the way leads elsewhere\n{}", self.story);
        self
    }

    /// These commands have been given, each accepted.
    ///
    /// # Panics
    /// Where one is refused, with the reason.
    #[must_use]
    #[track_caller]
    pub fn and(mut self, by: &str, command: Command) -> Self {
        let actor = self.actor(by);
        self.must(actor, command);
        self
    }

    /// So many seconds have passed.
    #[must_use]
    pub fn after(mut self, seconds: u32) -> Self {
        self.now = self.now + peercircle_core::Span::seconds(seconds);
        self
    }

    /// The cycle as it is.
    #[must_use]
    pub const fn cycle(&self) -> &Cycle {
        &self.cycle
    }

    /// The time.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// Gives a command: `by` is a member's id, `organiser` or `host`.
    ///
    /// # Panics
    /// Where nobody has this id.
    #[must_use]
    #[track_caller]
    pub fn when(mut self, by: &str, command: Command) -> Then {
        let actor = self.actor(by);
        let verdict = self.cycle.decide(&command, &Context::new(actor, self.now));
        let rules: Vec<_> = verdict.refusals().iter().map(|no| no.rule().name(self.cycle.process())).collect();
        let says = verdict.refusals().iter().map(|no| no.say(&self.cycle)).collect();
        self.story.give(&self.cycle, actor, self.now, &command, &rules);
        let events = verdict.events().iter().map(|event| event.body.name()).collect();
        let code = verdict.code();
        self.apply(&verdict);
        Then { command: command.kind(), given: self, code, rules, says, events }
    }

    /// Who leads on: the chair, or any member while there is none.
    fn somebody(&self) -> Actor {
        let seat = self.cycle.chair().or_else(|| self.cycle.ledger().active().first());
        seat.map_or(Actor::Organiser {}, Actor::member)
    }

    #[track_caller]
    fn must(&mut self, by: Actor, command: Command) {
        let verdict = self.cycle.decide(&command, &Context::new(by, self.now));
        let says: Vec<_> = verdict.refusals().iter().map(|no| no.say(&self.cycle)).collect();
        assert!(verdict.is_accepted(), "`{}` is refused: {}\n{}", command.kind(), says.join("; "), self.story);
        self.story.give(&self.cycle, by, self.now, &command, &[]);
        self.apply(&verdict);
    }

    #[track_caller]
    fn apply(&mut self, verdict: &Verdict) {
        for event in verdict.events() {
            let taken = self.cycle.evolve(event);
            assert!(taken.is_ok(), "evolve refuses what decide wrote: {taken:?}");
        }
    }

    #[track_caller]
    #[expect(clippy::panic, reason = "an assertion of a test")]
    fn actor(&self, by: &str) -> Actor {
        match by {
            "organiser" => Actor::Organiser {},
            "host" => Actor::Host {},
            id => {
                let seat = id.parse().ok().and_then(|id| self.cycle.roster().seat_of(&id));
                let Some(seat) = seat else {
                    panic!("expected a member ({}), `organiser` or `host`, got `{id}`", self.cycle.roster().known_members())
                };
                Actor::member(seat)
            }
        }
    }
}

impl Then {
    /// It was accepted; the case goes on from there.
    ///
    /// # Panics
    /// Where it wasn't.
    #[track_caller]
    pub fn then_accepted(self) -> Given {
        self.holds("accepted", self.code == "accepted");
        self.given
    }

    /// It was accepted and wrote events of these types.
    ///
    /// # Panics
    /// Where it didn't.
    #[track_caller]
    pub fn then_events(self, types: &[&str]) -> Given {
        self.holds(&format!("events {}", types.join(", ")), self.events == types);
        self.given
    }

    /// Exactly these rules refused.
    ///
    /// # Panics
    /// Where others did.
    #[track_caller]
    pub fn then_refused_by(self, rules: &[&str]) -> Given {
        self.holds(&format!("refused by {}", rules.join(", ")), self.code == "rule_refused" && self.rules == rules);
        self.given
    }

    /// This kind of "no": `wrong_phase`, `not_your_role`, `stale_revision` or `rule_refused`.
    ///
    /// # Panics
    /// Where it was another.
    #[track_caller]
    pub fn then_no(self, code: &str) -> Given {
        self.holds(code, self.code == code);
        self.given
    }

    #[track_caller]
    fn holds(&self, expected: &str, holds: bool) {
        assert!(holds, "{}", Failed { then: self, expected });
    }
}

/// A case that came out otherwise.
struct Failed<'a> {
    then: &'a Then,
    expected: &'a str,
}

impl fmt::Display for Failed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let then = self.then;
        writeln!(f, "`{}` came out otherwise", then.command)?;
        writeln!(f, "  expected  {}", self.expected)?;
        match then.code {
            "accepted" => writeln!(f, "  came      accepted, events {}", then.events.join(", "))?,
            code => writeln!(f, "  came      {code}: {}", then.rules.join(", "))?,
        }
        for line in &then.says {
            writeln!(f, "            {line}")?;
        }
        write!(f, "  after\n{}", then.given.story)
    }
}

/// The commands that lead to a stage on the plain way; nothing where it isn't on it.
fn way_to(stage: Stage) -> Option<Vec<Command>> {
    let start = Command::StartSession {};
    let first = |phase| Some(vec![start.clone(), Command::OpenPhase { phase }]);
    let explored = || vec![start.clone(), Command::CloseSession {}];
    let second = |phase| {
        let mut way = explored();
        way.extend([start.clone(), Command::OpenPhase { phase }]);
        Some(way)
    };
    let with = |mut way: Vec<Command>, command| {
        way.push(command);
        Some(way)
    };
    match stage {
        Stage::Forming => Some(Vec::new()),
        Stage::ExploreGathering => Some(vec![Command::OpenSession { session: SessionKind::Explore }]),
        Stage::ExploreWelcome => Some(vec![start]),
        Stage::StorySharing => first(PhaseKind::StorySharing),
        Stage::Discussion => first(PhaseKind::Discussion),
        Stage::SkillBuilding => first(PhaseKind::SkillBuilding),
        Stage::ActionPlanning => first(PhaseKind::ActionPlanning),
        Stage::NextSteps => first(PhaseKind::NextSteps),
        Stage::ExploreTakeaways => first(PhaseKind::Takeaways),
        Stage::Practising => Some(explored()),
        Stage::ReflectGathering => with(explored(), Command::OpenSession { session: SessionKind::Reflect }),
        Stage::ReflectWelcome => with(explored(), start),
        Stage::ReportBack => second(PhaseKind::ReportBack),
        Stage::LessonsLearned => second(PhaseKind::LessonsLearned),
        Stage::Adoption => second(PhaseKind::Adoption),
        Stage::ReflectTakeaways => second(PhaseKind::Takeaways),
        Stage::Unformed
        | Stage::Scheduled
        | Stage::Adopting
        | Stage::Completed
        | Stage::Cancelled
        | Stage::Suspended
        | Stage::Terminated
        | Stage::Lapsed => None,
    }
}
