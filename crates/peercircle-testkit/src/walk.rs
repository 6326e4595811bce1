//! Walks: cycles that go through a random process with a random group, by commands legal and not.
//!
//! The same seed and draws give the same walk on every machine. What a walk asks for depends on the cycle alone, so a walk over
//! another implementation is a walk over this one, compared.
//!
//! # Example
//! ```
//! use peercircle_testkit::walk::{Dice, Walk};
//! let (mut walk, mut draws) = (Walk::new(7), Dice::new(8));
//! for _ in 0..50 {
//!     let step = walk.next(draws.roll());
//!     walk.take(&step);
//! }
//! assert_eq!(peercircle_core::Cycle::replay(&walk.events)?, walk.cycle);
//! # Ok::<(), peercircle_core::ReplayError>(())
//! ```
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "numbers and ids written here are valid; where they weren't, the walk should stop"
)]
#![expect(clippy::wildcard_enum_match_arm, reason = "a walk favours a few kinds and stages, and treats the rest alike")]

mod dice;
mod menu;
mod process;
mod trouble;

use std::{collections::BTreeMap, fmt};

use peercircle_core::{
    Actor, Attendance, Command, CommandKind, Context, Cycle, Event, Instant, KindSet, Recording, Role, Rulebook, SeatSet,
    SessionKind, Span, Stage, Verdict, Vote,
};

use crate::{Ruled, recorded, story::Story};

pub use self::{
    dice::Dice,
    menu::{NOTE, actors, menu, module, person, seats},
    process::process,
};

/// A cycle on its way.
#[derive(Clone)]
pub struct Walk {
    /// Where it is.
    pub cycle: Cycle,
    /// Everything that happened on it.
    pub events: Vec<Event>,
    /// What time it is.
    pub now: Instant,
    /// How many commands of a kind were accepted.
    pub accepted: BTreeMap<CommandKind, usize>,
    /// How many steps began at a stage.
    pub visited: BTreeMap<Stage, usize>,
    rules: Rulebook,
    /// Walks differ in how often they try what a group would hardly do.
    wild: usize,
    hurry: bool,
    made: Made,
    seed: u64,
    draws: Vec<u64>,
}

/// How a walk was made, so that it can be made again.
#[derive(Clone, Copy, Debug)]
enum Made {
    Along,
    Through,
    Troubled,
    ThroughTrouble,
}

/// A step: what is asked, by whom, when.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is asked.
    pub command: Command,
    /// By whom, and when.
    pub context: Context,
}

impl Walk {
    /// A walk through a process that the seed makes, its cycle just formed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let process = process(&mut dice);
        Self { made: Made::Along, seed, ..Self::through(process, dice.roll()) }
    }

    /// A walk through a process that the seed makes, gone on by a step a draw.
    #[must_use]
    pub fn along(seed: u64, draws: &[u64]) -> Self {
        Self::new(seed).on(draws)
    }

    /// Goes on by a step a draw.
    #[must_use]
    pub fn on(mut self, draws: &[u64]) -> Self {
        for draw in draws {
            let step = self.next(*draw);
            self.take(&step);
        }
        self
    }

    /// Like [`along`](Self::along), one step in eight being trouble: people leave, don't come, come late or leave early, and
    /// facilitators are gone, mostly such that the group can go on.
    ///
    /// # Example
    /// ```
    /// use peercircle_testkit::walk::Walk;
    /// let walk = Walk::troubled(7, &[3, 10, 4, 5]);
    /// assert!(format!("{walk:?}").starts_with("Walk::troubled(7, &[3, 10, 4, 5])"));
    /// ```
    #[must_use]
    pub fn troubled(seed: u64, draws: &[u64]) -> Self {
        Self::new(seed).in_trouble(draws)
    }

    /// Goes on by a step a draw, one in eight being trouble, as [`troubled`](Self::troubled) does.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::Process;
    /// use peercircle_testkit::walk::Walk;
    /// let walk = Walk::through(Process::default(), 7).in_trouble(&[3, 10, 4, 5]);
    /// assert!(format!("{walk:?}").starts_with("Walk::through(process, 7) in trouble with [3, 10, 4, 5]"));
    /// ```
    #[must_use]
    pub fn in_trouble(mut self, draws: &[u64]) -> Self {
        self.made = match self.made {
            Made::Along | Made::Troubled => Made::Troubled,
            Made::Through | Made::ThroughTrouble => Made::ThroughTrouble,
        };
        for draw in draws {
            let usual = self.next(*draw);
            let mut dice = Dice::new(!*draw);
            let drawn = match draw % 8 {
                0 => self.trouble(&mut dice),
                1..=3 => self.mend(&mut dice),
                _ => None,
            };
            self.take(&drawn.unwrap_or(usual));
        }
        self
    }

    /// A walk through this process, its cycle just formed.
    ///
    /// # Panics
    /// Where a rule of the process's own, or one in code, is against `cycle.form`: nothing could follow.
    #[must_use]
    pub fn through(under: impl Into<Ruled>, seed: u64) -> Self {
        let under = under.into();
        let mut dice = Dice::new(seed);
        let now = "2026-03-02T08:00:00Z".parse().unwrap();
        let mut walk = Self {
            cycle: Cycle::default(),
            events: Vec::new(),
            now,
            accepted: BTreeMap::new(),
            visited: BTreeMap::new(),
            rules: under.rules().clone(),
            wild: dice.pick(&[2, 5, 15, 40]),
            hurry: dice.chance(70),
            made: Made::Through,
            seed,
            draws: Vec::new(),
        };
        let previous = menu(CommandKind::FormCycle, &walk.cycle, now);
        let Command::FormCycle { cycle, group, module, previous, .. } = dice.pick(&previous[..2]) else { return walk };
        walk.must(Command::FormCycle { cycle, group, module, process: Box::new(under.process().clone()), previous });
        walk
    }

    /// The rules it goes under.
    #[must_use]
    pub const fn rules(&self) -> &Rulebook {
        &self.rules
    }

    fn must(&mut self, command: Command) {
        let step = Step { command, context: Context::organiser(self.now) };
        assert!(self.take(&step).is_accepted(), "{step:?}");
    }

    /// The next step, drawn, once the time it takes has passed; [`take`](Self::take) takes it.
    #[must_use]
    pub fn next(&mut self, draw: u64) -> Step {
        self.draws.push(draw);
        let mut dice = Dice::new(draw);
        self.pass_time(&mut dice);
        let step = match dice.below(100) {
            rolled if rolled < self.wild => None,
            rolled if rolled < self.wild + 8 => self.rare(&mut dice),
            _ => self.helpful(&mut dice),
        };
        step.unwrap_or_else(|| self.any(&mut dice))
    }

    /// Decides the step and applies what comes of it.
    ///
    /// # Panics
    /// Where the cycle refuses an event that it decided: a fault of the machine.
    pub fn take(&mut self, step: &Step) -> Verdict {
        *self.visited.entry(self.cycle.stage()).or_default() += 1;
        let verdict = self.rules.decide(&self.cycle, &step.command, &step.context);
        for event in verdict.events() {
            let taken = self.cycle.evolve(event);
            assert!(taken.is_ok(), "evolve refuses `{}` after {step:?}: {taken:?}", event.body.name());
            self.events.push(event.clone());
        }
        if verdict.is_accepted() {
            *self.accepted.entry(step.command.kind()).or_default() += 1;
        }
        verdict
    }

    /// A step aside: a command that belongs here, legal or not, by somebody whose part it could be. What ends a cycle is asked for
    /// as often as the rest, so this is to be judged and not to be taken.
    #[must_use]
    pub fn aside(&self, draw: u64) -> Option<Step> {
        let mut dice = Dice::new(draw);
        let here: Vec<_> = KindSet::at_stage(self.cycle.stage()).iter().collect();
        let kind = here.get(dice.below(here.len())).copied()?;
        let command = dice.pick(&menu(kind, &self.cycle, self.now));
        let role = dice.pick(&kind.roles().iter().collect::<Vec<_>>());
        let actor = match role {
            Role::Organiser => Actor::Organiser {},
            Role::Host => Actor::Host {},
            Role::Oneself => command.subject().map_or(Actor::Organiser {}, Actor::member),
            Role::Member => Actor::member(dice.pick(&seats(&self.cycle))),
            Role::Facilitator | Role::Timekeeper => self.cycle.chair().map_or(Actor::Organiser {}, Actor::member),
        };
        let later = if dice.chance(20) { Span::days(dice.within(1, 40).into()) } else { Span::ZERO };
        Some(Step { command, context: Context::new(actor, self.now + later) })
    }

    fn pass_time(&mut self, dice: &mut Dice) {
        let span = match self.cycle.stage() {
            _ if dice.chance(1) => Span::days(dice.within(1, 70).into()),
            Stage::Practising if dice.chance(25) => Span::days(dice.within(1, 9).into()),
            Stage::Adopting | Stage::Suspended if dice.chance(8) => Span::days(dice.within(1, 30).into()),
            Stage::Forming | Stage::Scheduled if dice.chance(10) => Span::hours(dice.within(1, 30).into()),
            _ if self.hurry => Span::seconds(dice.within(0, 20).into()),
            _ => Span::seconds(dice.within(0, 200).into()),
        };
        self.now = self.now + span;
    }

    /// Any kind, legal or not, by anyone; now and then at a time that lies behind.
    fn any(&self, dice: &mut Dice) -> Step {
        let mut kind = dice.pick(CommandKind::ALL);
        if ends(kind) && dice.chance(80) {
            kind = dice.pick(CommandKind::ALL);
        }
        let command = dice.pick(&menu(kind, &self.cycle, self.now));
        let now = if dice.chance(2) { self.now - Span::hours(3) } else { self.now };
        let mut context = Context::new(self.actor(&command, dice), now);
        if dice.chance(2) {
            context = context.expecting(self.cycle.revision().saturating_sub(u32::from(dice.within(0, 1))));
        }
        if kind == CommandKind::MarkAttendance && dice.chance(25) {
            context.elsewhere = command.subject().map_or(SeatSet::EMPTY, SeatSet::only);
        }
        Step { command, context }
    }

    /// Any kind, by someone who may: what is legal, and seldom.
    fn rare(&self, dice: &mut Dice) -> Option<Step> {
        let mut kinds = CommandKind::ALL.to_vec();
        while !kinds.is_empty() {
            let kind = kinds.swap_remove(dice.below(kinds.len()));
            if ends(kind) && dice.chance(90) {
                continue;
            }
            if let Some(step) = self.one_of(menu(kind, &self.cycle, self.now), dice) {
                return Some(step);
            }
        }
        None
    }

    fn one_of(&self, mut payloads: Vec<Command>, dice: &mut Dice) -> Option<Step> {
        for _ in 0..20.min(payloads.len()) {
            let command = payloads.swap_remove(dice.below(payloads.len()));
            if let Some(step) = self.by_whoever_may(command) {
                return Some(step);
            }
        }
        None
    }

    fn actor(&self, command: &Command, dice: &mut Dice) -> Actor {
        let member = Actor::member(dice.pick(&seats(&self.cycle)));
        match dice.below(8) {
            0 => Actor::Host {},
            1 => Actor::Organiser {},
            2 | 3 => member,
            4 | 5 => self.cycle.chair().map_or(member, Actor::member),
            _ => command.subject().map_or(member, Actor::member),
        }
    }

    /// What a group would do here, by someone who may; nothing where the dice find none.
    fn helpful(&self, dice: &mut Dice) -> Option<Step> {
        if self.cycle.state().meeting().is_some_and(|meeting| meeting.recording() == Recording::Requested)
            && let Some(step) = self.one_of(
                [CommandKind::AnswerRecording, CommandKind::StartRecording]
                    .map(|kind| menu(kind, &self.cycle, self.now))
                    .concat(),
                dice,
            )
        {
            return Some(step);
        }
        let next = self.rules.guide(&self.cycle, Actor::Organiser {}, self.now).next;
        if let Some(command) = next.filter(|_| dice.chance(50))
            && let Some(step) = self.by_whoever_may(command)
        {
            return Some(step);
        }
        for _ in 0..4 {
            let kind = dice.pick(helpers(self.cycle.stage()));
            let payloads = menu(kind, &self.cycle, self.now).into_iter().filter(|one| self.kindly(one)).collect();
            if let Some(step) = self.one_of(payloads, dice) {
                return Some(step);
            }
        }
        None
    }

    /// Whether it gets the group on, and wasn't done before.
    fn kindly(&self, command: &Command) -> bool {
        let (ledger, state) = (self.cycle.ledger(), self.cycle.state());
        match command {
            Command::MarkAttendance { member, attendance } => {
                let marked = state.sheet().map(|sheet| sheet.of(*member));
                let here = matches!(attendance, Attendance::Present | Attendance::Late);
                marked == Some(Attendance::Unmarked) && (here || state.meeting().is_some() || member.number() % 5 == 4)
            }
            Command::AcceptGroundRules { member, .. } => !ledger.accepted_rules().contains(*member),
            Command::AppointFacilitator { session, .. } => {
                let seat = ledger.session(*session).facilitator();
                seat.is_none_or(|seat| !self.cycle.in_room().contains(seat) && self.cycle.session().is_some())
            }
            Command::MakePlan { member, .. } => ledger.plan_version(*member) == 0,
            Command::PromiseDate { .. } => ledger.promised_by().is_none(),
            Command::PairBuddies { .. } => ledger.buddies().pairs().next().is_none(),
            Command::ScheduleSession { session: SessionKind::Explore, short_gap, .. } => short_gap.is_none(),
            Command::VoteOnSuspension { vote, .. } => *vote == Vote::GoOn || self.wild > 10,
            _ => true,
        }
    }

    fn by_whoever_may(&self, command: Command) -> Option<Step> {
        let chair = self.cycle.chair().map(Actor::member);
        let about = command.subject().map(Actor::member);
        let anyone = self.cycle.in_room().first().or_else(|| self.cycle.ledger().active().iter().last()).map(Actor::member);
        let mut actors = [chair, about, anyone, Some(Actor::Organiser {}), Some(Actor::Host {})].into_iter().flatten();
        let by = actors.find(|actor| self.rules.permits(&self.cycle, &command, &Context::new(*actor, self.now)))?;
        Some(Step { command, context: Context::new(by, self.now) })
    }
}

/// How it can be made again, and what happened: a failing test prints it.
impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, draws, events, now, .. } = self;
        match self.made {
            Made::Along => write!(f, "Walk::along({seed}, &{draws:?})")?,
            Made::Through => write!(f, "Walk::through(process, {seed}) with {draws:?}")?,
            Made::Troubled => write!(f, "Walk::troubled({seed}, &{draws:?})")?,
            Made::ThroughTrouble => write!(f, "Walk::through(process, {seed}) in trouble with {draws:?}")?,
        }
        writeln!(f, ": `{}` at {now} after {} events", self.cycle.stage().name(), events.len())?;
        let mut story = Story::default();
        for decision in recorded::decisions(events).flatten() {
            if let Some(command) = &decision.command {
                story.give(&decision.before, decision.context.actor, decision.context.now, command, &[]);
            }
        }
        write!(f, "{story}")
    }
}

/// Kinds that end a cycle, or take a member or a session from it: rarer, or no walk would get far.
const fn ends(kind: CommandKind) -> bool {
    matches!(
        kind,
        CommandKind::CancelCycle
            | CommandKind::CancelSession
            | CommandKind::LapseCycle
            | CommandKind::TerminateCycle
            | CommandKind::WithdrawMember
            | CommandKind::SuspendCycle
            | CommandKind::ReportBreach
            | CommandKind::RestartSession
            | CommandKind::WaiveMember
    )
}

/// What gets a cycle on at this stage.
fn helpers(stage: Stage) -> &'static [CommandKind] {
    use CommandKind as Kind;
    match stage {
        Stage::Unformed => &[Kind::FormCycle],
        Stage::Forming => &[Kind::EnrolMember, Kind::EnrolMember, Kind::EnrolMember, Kind::ScheduleSession],
        Stage::Scheduled => {
            &[Kind::EnrolMember, Kind::ScheduleSession, Kind::AppointFacilitator, Kind::AcceptGroundRules, Kind::OpenSession]
        }
        Stage::ExploreGathering | Stage::ReflectGathering => &[
            Kind::MarkAttendance,
            Kind::MarkAttendance,
            Kind::AcceptGroundRules,
            Kind::CompleteOrientation,
            Kind::AppointFacilitator,
            Kind::RecordCatchUp,
            Kind::MakePlan,
            Kind::StartSession,
        ],
        Stage::ExploreWelcome | Stage::ReflectWelcome => &[Kind::AcceptGroundRules, Kind::MarkAttendance, Kind::OpenPhase],
        Stage::StorySharing => &[Kind::StartTurn, Kind::ShareStory, Kind::OpenPhase],
        Stage::Discussion | Stage::LessonsLearned => &[Kind::OpenPhase, Kind::MarkAttendance],
        Stage::SkillBuilding | Stage::NextSteps => {
            &[Kind::MakePlan, Kind::ScheduleSession, Kind::PromiseDate, Kind::OpenPhase]
        }
        Stage::ActionPlanning => &[Kind::MakePlan, Kind::StartTurn, Kind::FinishTurn, Kind::PairBuddies, Kind::OpenPhase],
        Stage::ExploreTakeaways => &[
            Kind::StartTurn,
            Kind::FinishTurn,
            Kind::MakePlan,
            Kind::ScheduleSession,
            Kind::PromiseDate,
            Kind::MarkAttendance,
            Kind::CloseSession,
        ],
        Stage::Practising => &[
            Kind::LogPractice,
            Kind::CheckIn,
            Kind::PairBuddies,
            Kind::RecordCatchUp,
            Kind::MakePlan,
            Kind::ScheduleSession,
            Kind::AppointFacilitator,
            Kind::OpenSession,
        ],
        Stage::ReportBack => &[Kind::StartTurn, Kind::GiveReport, Kind::OpenPhase],
        Stage::Adoption => &[Kind::StartTurn, Kind::DecideAdoption, Kind::OpenPhase],
        Stage::ReflectTakeaways => &[Kind::StartTurn, Kind::FinishTurn, Kind::MarkAttendance, Kind::CloseSession],
        Stage::Adopting => &[Kind::DecideAdoption, Kind::SubmitReport, Kind::RecordDebrief, Kind::GiveFeedback],
        Stage::Suspended => &[Kind::VoteOnSuspension, Kind::ResumeCycle],
        Stage::Completed | Stage::Cancelled | Stage::Terminated | Stage::Lapsed => {
            &[Kind::GiveFeedback, Kind::AnonymiseMember]
        }
    }
}
