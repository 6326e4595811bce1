//! What a walk asks for next: what a group would do, what is rare, anything at all, by whoever may or by anyone.

use peercircle_core::{
    Actor, Attendance, Command, CommandKind, Context, KindSet, Recording, Role, SeatSet, SessionKind, Span, Stage, Vote,
};

use super::{Dice, Step, Walk, menu, seats};

impl Walk {
    /// The next step, drawn, once the time it takes has passed; [`take`](Self::take) takes it.
    #[must_use]
    pub fn next(&mut self, draw: u64) -> Step {
        self.recipe.led(self.now);
        let step = self.drawn(draw);
        self.recipe.drawn(draw, &step, self.now);
        step
    }

    pub(super) fn drawn(&mut self, draw: u64) -> Step {
        let mut dice = Dice::new(draw);
        self.pass_time(&mut dice);
        let step = match dice.below(100) {
            rolled if rolled < self.wild => None,
            rolled if rolled < self.wild + 8 => self.rare(&mut dice),
            _ => self.helpful(&mut dice),
        };
        let step = step.unwrap_or_else(|| self.any(&mut dice));
        self.sent(step, &mut Dice::new(draw.rotate_left(32)))
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

    pub(super) fn one_of(&self, mut payloads: Vec<Command>, dice: &mut Dice) -> Option<Step> {
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
    pub(super) fn helpful(&self, dice: &mut Dice) -> Option<Step> {
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
        let next = self.rules().guide(&self.cycle, Actor::Organiser {}, self.now).next;
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
    pub(super) fn kindly(&self, command: &Command) -> bool {
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

    pub(super) fn by_whoever_may(&self, command: Command) -> Option<Step> {
        let chair = self.cycle.chair().map(Actor::member);
        let about = command.subject().map(Actor::member);
        let anyone = self.cycle.in_room().first().or_else(|| self.cycle.ledger().active().iter().last()).map(Actor::member);
        let mut actors = [chair, about, anyone, Some(Actor::Organiser {}), Some(Actor::Host {})].into_iter().flatten();
        let by = actors.find(|actor| self.rules().permits(&self.cycle, &command, &Context::new(*actor, self.now)))?;
        Some(Step { command, context: Context::new(by, self.now) })
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
