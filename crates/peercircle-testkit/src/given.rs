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

use std::{collections::BTreeSet, fmt};

use peercircle_core::{
    Actor, Attendance, Command, CommandKind, Context, Cycle, Instant, ModuleRef, NoPath, PathStep, PhaseKind, Place,
    Rulebook, Seat, SessionKind, Span, Stage, Verdict,
};

use crate::{Ruled, explore, story::Story};

/// A group under a process, or under a rulebook with rules in code as well ([`Ruled`]), formed on a Monday at nine; nobody has
/// joined yet.
///
/// # Panics
/// Where the process lets the organiser form no cycle.
#[must_use]
pub fn given(under: impl Into<Ruled>) -> Given {
    let under = under.into();
    let module = ["strategy-1", "strategy-2"].map(|id| id.parse().ok()).into_iter().flatten().collect();
    let now = "2026-03-02T09:00:00Z".parse().unwrap_or_default();
    let mut given = Given { rules: under.rules().clone(), cycle: Cycle::default(), now, story: Story::default() };
    let form = "the-module"
        .parse()
        .ok()
        .and_then(|id| ModuleRef::new(id, module).ok())
        .zip("c-1".parse().ok())
        .zip("g-1".parse().ok());
    if let Some(((module, cycle), group)) = form {
        given.must(
            Actor::Organiser {},
            Command::FormCycle { cycle, group, module, process: Box::new(under.process().clone()), previous: None },
        );
    }
    given
}

/// Where a case begins.
#[derive(Clone, Debug)]
pub struct Given {
    rules: Rulebook,
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
    /// So many members join, up to 16, each from a department of their own: ana, bo, cleo and so on.
    ///
    /// # Panics
    /// Where the process refuses one, with the reason, and where there are more than 16.
    #[must_use]
    #[track_caller]
    pub fn members(mut self, many: usize) -> Self {
        assert!(many <= explore::NAMES.len(), "expected at most {} members, got {many}", explore::NAMES.len());
        for (at, name) in explore::NAMES.iter().enumerate().take(many) {
            let parts = (name.parse(), "lead".parse(), format!("department-{}", at + 1).parse());
            if let (Ok(member), Ok(level), Ok(department)) = parts {
                self.must(Actor::Organiser {}, Command::EnrolMember { member, level, department, manager: None });
            }
        }
        self
    }

    /// On by the plain way to this stage, from wherever the case is; nothing where it is there already. As many come to session 1
    /// as its quorum and the group's minimum want, to session 2 as its quorum wants.
    ///
    /// # Panics
    /// Where the stage lies behind, is on no plain way, is one that the process leaves out, or where the machine knows no way
    /// there, with what stands in it.
    #[must_use]
    #[track_caller]
    pub fn at(mut self, stage: Stage) -> Self {
        let before = self.cycle.stage();
        let (from, to) = (before.name(), stage.name());
        assert!(stage >= before, "expected a stage from `{from}` on, as a cycle doesn't go back, got `{to}`");
        let found = MILESTONES.iter().find(|(reached, _)| *reached == stage);
        assert!(found.is_some() || stage == before, "expected a stage on the plain way of a cycle, got `{to}`");
        let left_out = found.is_some_and(|(_, milestone)| self.left_out(*milestone));
        assert!(!left_out, "expected a stage that the process has, got `{to}`, which it leaves out");
        for (_, milestone) in MILESTONES.iter().filter(|(reached, _)| *reached > before && *reached <= stage) {
            if !self.left_out(*milestone) {
                self.pass(*milestone);
            }
        }
        assert_eq!(self.cycle.stage(), stage, "the plain way leads elsewhere\n{}", self.story);
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
        self.now = self.now + Span::seconds(seconds);
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
        let verdict = self.rules.decide(&self.cycle, &command, &Context::new(actor, self.now));
        let rules: Vec<_> = verdict.refusals().iter().map(|no| no.rule().name(self.cycle.process())).collect();
        let says = verdict.refusals().iter().map(|no| no.say(&self.cycle)).collect();
        self.story.give(&self.cycle, actor, self.now, &command, &rules);
        let events = verdict.events().iter().map(|event| event.body.name()).collect();
        let code = verdict.code();
        self.apply(&verdict);
        Then { command: command.kind(), given: self, code, rules, says, events }
    }

    /// Whether the process leaves out what this opens.
    fn left_out(&self, milestone: Milestone) -> bool {
        let Milestone::Phase(session, phase) = milestone else { return false };
        self.cycle.process().box_seconds(session, phase) == 0
    }

    #[track_caller]
    fn pass(&mut self, milestone: Milestone) {
        match milestone {
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
        for step in steps {
            self.now = step.at;
            self.must(step.by, step.command);
        }
        self.wait_for(by, &command);
        self.must(by, command);
    }

    /// The shortest way to a command, and who gives it: of the chair or any member while there is none, whoever it is about, the
    /// organiser and the host, the one with the fewest steps.
    fn way_to(&self, command: &Command) -> Result<(Actor, Vec<PathStep>), NoPath> {
        let member = self.cycle.chair().or_else(|| self.cycle.ledger().active().first()).map(Actor::member);
        let about = command.subject().map(Actor::member);
        let path = |by| self.rules.path_to(&self.cycle, command, &Context::new(by, self.now)).map(|steps| (by, steps));
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
        let fits = |at: &Instant| self.rules.permits(&self.cycle, command, &Context::new(by, *at));
        self.now = [self.now].into_iter().chain(instants).find(fits).unwrap_or(self.now);
    }

    #[track_caller]
    fn must(&mut self, by: Actor, command: Command) {
        let verdict = self.rules.decide(&self.cycle, &command, &Context::new(by, self.now));
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

    /// Exactly these rules refused, in whichever order.
    ///
    /// # Panics
    /// Where others did.
    #[track_caller]
    pub fn then_refused_by(self, rules: &[&str]) -> Given {
        let came: BTreeSet<_> = self.rules.iter().map(String::as_str).collect();
        let same = came == rules.iter().copied().collect();
        self.holds(&format!("refused by {}", rules.join(", ")), self.code == "rule_refused" && same);
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
