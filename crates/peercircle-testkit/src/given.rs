//! Given, when, then: a case in a line, and a readable difference where it fails.
//!
//! ```
//! use peercircle_core::{Command, CommandKind, ForceReason, Process, Stage};
//! use peercircle_testkit::given::given;
//! given(Process::default())
//!     .members(6)
//!     .at(Stage::ExploreWelcome)
//!     .when("ana", Command::CloseRound { reason: ForceReason::Time })
//!     .then_no("wrong_phase")
//!     .then_stage(Stage::ExploreWelcome)
//!     .then_may("ana", &[CommandKind::PauseSession])
//!     .then_discloses(serde_json::json!({"stage": "exploring", "sessions_held": 0}));
//! ```

mod now;
mod then;
mod way;

use std::collections::BTreeMap;

use peercircle_core::{Actor, Command, CommandId, Context, Cycle, Instant, ModuleRef, Revision, Seat, Span, Verdict};

pub use self::then::Then;
use crate::{Ruled, explore, story::Story};

/// A group under a process, or under a rulebook with rules in code as well ([`Ruled`]), formed on a Monday at nine; nobody has
/// joined yet.
///
/// # Panics
/// Where the process lets the organiser form no cycle.
#[must_use]
#[track_caller]
pub fn given(under: impl Into<Ruled>) -> Given {
    let mut given = unformed(under);
    let form = given.form(None);
    given.must(Actor::Organiser {}, form);
    given
}

/// The same group before its cycle is formed: for what is said about [that](Given::form).
#[must_use]
pub fn unformed(under: impl Into<Ruled>) -> Given {
    Given {
        under: under.into(),
        cycle: Cycle::default(),
        now: "2026-03-02T09:00:00Z".parse().unwrap_or_default(),
        story: Story::default(),
        keys: BTreeMap::new(),
    }
}

/// Where a case begins.
#[derive(Clone, Debug)]
pub struct Given {
    under: Ruled,
    cycle: Cycle,
    now: Instant,
    story: Story,
    /// What was answered to each idempotency key.
    keys: BTreeMap<CommandId, (Revision, Revision)>,
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

    /// This command has been given, and accepted: `by` is a member's id, `organiser` or `host`.
    ///
    /// # Panics
    /// Where it is refused, with the reason, and where nobody has this id.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Command, Process, SessionKind, Stage};
    /// use peercircle_testkit::given::given;
    /// let scheduled = given(Process::default()).members(6).at(Stage::Scheduled).after(3600);
    /// let doors = scheduled.and("organiser", Command::OpenSession { session: SessionKind::Explore });
    /// assert_eq!(doors.cycle().stage(), Stage::ExploreGathering);
    /// ```
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

    /// The seat of a member, as commands want it.
    ///
    /// # Panics
    /// Where nobody has this id.
    #[must_use]
    #[track_caller]
    #[expect(clippy::panic, reason = "an assertion of a test")]
    pub fn seat(&self, id: &str) -> Seat {
        let seat = id.parse().ok().and_then(|id| self.cycle.roster().seat_of(&id));
        let Some(seat) = seat else { panic!("expected a member ({}), got `{id}`", self.cycle.roster().known_members()) };
        seat
    }

    /// The command that forms a cycle under this process: the group's first, or the one that follows `previous` (R-60).
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Process, Stage};
    /// use peercircle_testkit::given::{given, unformed};
    /// let (next, first) = (unformed(Process::default()), given(Process::default()).members(6));
    /// let after = |stage| next.clone().when("organiser", next.form(Some(&first.clone().at(stage))));
    /// after(Stage::Practising).then_refused_by(&["R-60"]);
    /// after(Stage::Completed).then_accepted();
    /// ```
    #[must_use]
    #[expect(clippy::unwrap_used, reason = "ids written here are valid")]
    pub fn form(&self, previous: Option<&Self>) -> Command {
        let previous = previous.and_then(|case| case.cycle.succession()).map(Box::new);
        let strategies = ["strategy-1", "strategy-2"].map(|id| id.parse().unwrap());
        Command::FormCycle {
            cycle: if previous.is_some() { "c-2" } else { "c-1" }.parse().unwrap(),
            group: "g-1".parse().unwrap(),
            module: ModuleRef::new("the-module".parse().unwrap(), strategies.to_vec()).unwrap(),
            process: Box::new(self.under.process().clone()),
            previous,
        }
    }

    /// Gives a command: `by` is a member's id, `organiser` or `host`.
    ///
    /// # Panics
    /// Where nobody has this id.
    #[must_use]
    #[track_caller]
    pub fn when(self, by: &str, command: Command) -> Then {
        self.when_with(by, command, |context| context)
    }

    /// Gives a command with more in its context: the revision that was seen and an idempotency key (R-04), who is in another
    /// session (R-59), another time (R-55). A key that was accepted before is answered as a host answers it: `duplicate`.
    ///
    /// # Panics
    /// Where nobody has this id.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Attendance, Command, CommandId, Context, Process, SeatSet, Stage};
    /// use peercircle_testkit::given::given;
    /// let doors = given(Process::default()).members(6).at(Stage::ExploreGathering);
    /// let bo = doors.seat("bo");
    /// let comes = Command::MarkAttendance { member: bo, attendance: Attendance::Present };
    /// let (seen, key) = (doors.cycle().revision(), CommandId::from_bytes([7; 16]));
    /// doors
    ///     .when_with("bo", comes.clone(), |context| Context { elsewhere: SeatSet::only(bo), ..context })
    ///     .then_refused_by(&["R-59"])
    ///     .when_with("bo", comes.clone(), |context| context.expecting(seen).with_id(key))
    ///     .then_accepted()
    ///     .when_with("bo", comes.clone(), |context| context.with_id(key))
    ///     .then_no("duplicate")
    ///     .when_with("bo", comes, |context| context.expecting(seen))
    ///     .then_no("stale_revision");
    /// ```
    #[must_use]
    #[track_caller]
    pub fn when_with(mut self, by: &str, command: Command, with: impl FnOnce(Context) -> Context) -> Then {
        let context = with(Context::new(self.actor(by), self.now));
        let first = context.command_id.and_then(|id| self.keys.get(&id).copied());
        let context = Context { answered: context.answered.or(first), ..context };
        let verdict = self.under.rules().decide(&self.cycle, &command, &context);
        let rules: Vec<_> = verdict.refusals().iter().map(|no| no.rule().name(self.cycle.process())).collect();
        let says = verdict.refusals().iter().map(|no| no.say(&self.cycle)).collect();
        if context.answered.is_none() {
            self.story.give(&self.cycle, context.actor, context.now, &command, &rules);
        } else {
            self.story.give_again(&self.cycle, context.actor, context.now, &command);
        }
        let events: Vec<_> = verdict.events().iter().map(|event| event.body.name()).collect();
        let code = verdict.code();
        self.apply(&verdict);
        if let (Some(id), Some(first), Some(last)) = (context.command_id, verdict.events().first(), verdict.events().last())
        {
            self.keys.insert(id, (first.seq, last.seq));
        }
        Then { command: command.kind(), given: self, code, rules, says, events }
    }

    #[track_caller]
    fn must(&mut self, by: Actor, command: Command) {
        let verdict = self.under.rules().decide(&self.cycle, &command, &Context::new(by, self.now));
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
    fn actor(&self, by: &str) -> Actor {
        match by {
            "organiser" => Actor::Organiser {},
            "host" => Actor::Host {},
            id => Actor::member(self.seat(id)),
        }
    }
}
