//! What answers a refusal: for each reason the commands that clear it, where plain ones do.

use super::{Remedy, Walk};
use crate::{
    Adoption, Attendance, Command, CommandKind, Condition, Consent, ContinueReason, Counted, Cycle, NoAdoptionReason,
    NoPracticeReason, PhaseKind, PostponeReason, Reason, Rejection, Report, Seat, SeatSet, SessionKind, Span, Stage,
    StageSet, StoryKind, StrategyNo, Whose, allowed::soonest,
};

impl Walk<'_> {
    /// What would clear this refusal of `command`; nothing where nobody can, or only by an exception.
    pub(super) fn remedy(&self, no: &Rejection, command: &Command, actor: crate::Actor) -> Option<Remedy> {
        match *no {
            Rejection::WrongPhase { command, stage, .. } => self.towards(command.stages(), stage),
            Rejection::NotYourRole { may, .. } => {
                let seat = actor.seat()?;
                if may.contains(crate::Role::Timekeeper) && self.cycle.meeting().is_some() {
                    return Some(Remedy::Do(vec![Command::AppointTimekeeper { member: seat }]));
                }
                // A member can be made the facilitator as long as nobody is.
                let session = self.cycle.session_ahead()?;
                let free = may.contains(crate::Role::Facilitator) && self.cycle.chair().is_none();
                let appoint = Command::AppointFacilitator { session, member: seat, exception: None };
                (free && self.cycle.meeting().is_none()).then(|| Remedy::Do(vec![appoint]))
            }
            Rejection::StaleRevision { .. } => None,
            Rejection::RuleRefused { reason, .. } => self.answer(reason, command),
        }
    }

    fn answer(&self, reason: Reason, command: &Command) -> Option<Remedy> {
        let cycle = &self.cycle;
        let each = |who: SeatSet, make: &dyn Fn(Seat) -> Command| Some(Remedy::Do(who.iter().map(make).collect()));
        let one = |command: Command| Some(Remedy::Do(vec![command]));
        match reason {
            Reason::RulesNotAccepted { who, version } => each(who, &|member| Command::AcceptGroundRules { member, version }),
            Reason::NotOriented { who } => each(who, &|member| Command::CompleteOrientation { member }),
            Reason::FacilitatorNotInRoom { seat } => one(self.arrive(seat)),
            Reason::NotInRoom { seat } if cycle.sheet().is_some() => one(self.arrive(seat)),
            Reason::NoFacilitator { session, suggested } => {
                let member = suggested.or_else(|| self.willing(session))?;
                one(Command::AppointFacilitator { session, member, exception: None })
            }
            Reason::FacilitatedBefore { .. } if command.kind() == CommandKind::StartSession => {
                let session = SessionKind::Reflect;
                one(Command::AppointFacilitator { session, member: self.willing(session)?, exception: None })
            }
            Reason::AwaitingFacilitator { claimed: Some(_) } => one(Command::AssentToFacilitator {}),
            Reason::AwaitingFacilitator { claimed: None } | Reason::NoClaim {} => {
                one(Command::ClaimFacilitation { member: self.willing(cycle.session()?)?, exception: None })
            }
            Reason::NoInvitation { session } | Reason::NotScheduled { session } | Reason::NoDate { session, .. } => {
                one(self.date(session))
            }
            Reason::NoSecondDate {} => one(self.date(SessionKind::Reflect)),
            Reason::Unmarked { who } => each(who, &|member| self.missing(member)),
            Reason::BelowQuorum { present, needed, missing } if cycle.meeting().is_none() => {
                let short = usize::from(needed.saturating_sub(present));
                let chair = cycle.chair().filter(|seat| missing.contains(*seat));
                let others = missing.iter().filter(|seat| Some(*seat) != chair);
                let who = chair.into_iter().chain(others).take(short).collect();
                each(who, &|member| self.arrive(member))
            }
            Reason::QuorumUndecided { .. } => one(Command::ContinueBelowQuorum { reason: ContinueReason::AllAgree }),
            Reason::NotCaughtUp { seat, read, briefed, planned } => {
                let part = |part| Command::RecordCatchUp { member: seat, part };
                let parts = [
                    (read, part(crate::CatchUpPart::MaterialsRead)),
                    (briefed, part(crate::CatchUpPart::BuddyBriefed)),
                    (planned, plan(seat)?),
                ];
                Some(Remedy::Do(parts.into_iter().filter(|(done, _)| !done).map(|(_, command)| command).collect()))
            }
            Reason::SessionNotOver { .. } | Reason::ExploreNotOver {} | Reason::AdoptionTooEarly {} => self.onward(),
            Reason::NotNextPhase { asked, next: Some(next) } => {
                let phases = cycle.session()?.phases();
                let place = |phase: PhaseKind| phases.iter().position(|one| *one == phase);
                if place(asked)? > place(next)? { one(Command::OpenPhase { phase: next }) } else { None }
            }
            Reason::SomeoneSpeaks { seat } => one(self.finish(seat)?),
            Reason::NotSpeaking { speaking: Some(other), .. } => one(self.finish(other)?),
            Reason::NotSpeaking { seat, speaking: None } => one(Command::StartTurn { member: seat }),
            Reason::RoundOpen { .. } => match cycle.round()?.speaking() {
                Some(seat) => one(self.finish(seat)?),
                None => one(Command::StartTurn { member: cycle.round()?.first()? }),
            },
            Reason::NotNextSpeaker { next } => {
                let finish = self.finish(next)?;
                Some(Remedy::Do(vec![Command::StartTurn { member: next }, finish]))
            }
            // What session 1 is moved past has to be moved itself.
            Reason::ReflectInTheWay { .. } => {
                one(Command::PostponeSession { session: SessionKind::Reflect, reason: PostponeReason::GroupRequest })
            }
            Reason::GapTooShort { .. }
                if matches!(command, Command::RescheduleSession { session: SessionKind::Explore, .. }) =>
            {
                one(Command::PostponeSession { session: SessionKind::Reflect, reason: PostponeReason::GroupRequest })
            }
            Reason::OverrunNotAgreed { who, .. } => each(who, &|member| Command::AgreeToOverrun { member }),
            Reason::TooEarly { at } | Reason::WeekNotBegun { at, .. } => Some(Remedy::Wait(at)),
            Reason::ClockBack { last } => Some(Remedy::Wait(last)),
            Reason::Paused {} | Reason::Interrupted { .. } => one(Command::ResumeSession {}),
            Reason::GapTooShort { days, minimum } if command.kind() == CommandKind::OpenSession => {
                Some(Remedy::Wait(self.now + Span::days(u32::from(minimum).saturating_sub(days))))
            }
            Reason::NoPlan { who } => {
                who.iter().map(plan).collect::<Option<Vec<_>>>().filter(|plans| !plans.is_empty()).map(Remedy::Do)
            }
            Reason::NoBuddy { .. } => {
                let pairs = cycle.ledger().buddies().repaired(cycle.ledger().active());
                one(Command::PairBuddies { pairs: pairs.pairs().map(|pair| pair.iter().collect()).collect() })
            }
            Reason::ConsentMissing { refused, missing } if refused.is_empty() => {
                each(missing, &|member| Command::AnswerRecording { member, consent: Consent::Given })
            }
            Reason::OwnUnmet { rule, leaf, got } => self.own(rule, leaf, got),
            Reason::NotRequested {} => one(Command::RequestRecording {}),
            Reason::RecordingOff {} => one(Command::StartRecording {}),
            Reason::VotesMissing { vote, have, need } => {
                let crate::State::Suspended(suspended) = cycle.state() else { return None };
                let open = cycle.ledger().active().minus(suspended.votes(vote));
                let who = open.iter().take(usize::from(need.saturating_sub(have))).collect();
                each(who, &|member| Command::VoteOnSuspension { member, vote })
            }
            // Who else could join, what the process allows, and what is done already: nobody's to change here. Or it takes an
            // exception with a reason.
            Reason::GroupFull { .. }
            | Reason::NoSeatsLeft {}
            | Reason::AlreadyMember { .. }
            | Reason::TooFewMembers { .. }
            | Reason::TooManyMembers { .. }
            | Reason::OtherLevel { .. }
            | Reason::SameDepartment { .. }
            | Reason::ManagesMember { .. }
            | Reason::ManagedByMember { .. }
            | Reason::ModuleFixed {}
            | Reason::NotOfTheModule { .. }
            | Reason::GroupClosed {}
            | Reason::PreviousNotEnded { .. }
            | Reason::RulesVersionOther { .. }
            | Reason::RulesVersionNotNewer { .. }
            | Reason::NotAMember { .. }
            | Reason::AlreadyEnded { .. }
            | Reason::TooFewToGoOn { .. }
            | Reason::NotInRoom { .. }
            | Reason::AlreadyFacilitates { .. }
            | Reason::SessionOver { .. }
            | Reason::FacilitatedBefore { .. }
            | Reason::FacilitatorThere { .. }
            | Reason::OwnClaim { .. }
            | Reason::NotOwnTurn { .. }
            | Reason::SwitchedOff {}
            | Reason::NoApology { .. }
            | Reason::Apologised { .. }
            | Reason::DoorsClosed { .. }
            | Reason::MarkAs { .. }
            | Reason::WasThere { .. }
            | Reason::BelowQuorum { .. }
            | Reason::QuorumStands {}
            | Reason::MustInterrupt {}
            | Reason::NothingToCatchUp { .. }
            | Reason::AlreadyReported { .. }
            | Reason::NothingToMakeUp { .. }
            | Reason::NotTheBuddy { .. }
            | Reason::DeadlinePassed { .. }
            | Reason::NotAttended { .. }
            | Reason::FeedbackGiven { .. }
            | Reason::Elsewhere { .. }
            | Reason::NotNextPhase { next: None, .. }
            | Reason::NotSkippable { .. }
            | Reason::NotPreviousPhase { .. }
            | Reason::ReopenedBefore { .. }
            | Reason::NoTurnLeft { .. }
            | Reason::DeferredBefore { .. }
            | Reason::PassNeedsReason { .. }
            | Reason::NoStrategy {}
            | Reason::RoundIsOver {}
            | Reason::NoExtension {}
            | Reason::ExtensionTooLong { .. }
            | Reason::OverrunGranted {}
            | Reason::Abandoned { .. }
            | Reason::ClockStands {}
            | Reason::ClockRuns {}
            | Reason::PauseUsedUp { .. }
            | Reason::NotInterrupted {}
            | Reason::ResumeTooLate { .. }
            | Reason::AlreadyScheduled { .. }
            | Reason::SessionBegun { .. }
            | Reason::InThePast { .. }
            | Reason::ExploreFirst {}
            | Reason::AttendanceConfirmed { .. }
            | Reason::GapTooShort { .. }
            | Reason::PlaceClosed { .. }
            | Reason::WeekUnknown { .. }
            | Reason::WeekLogged { .. }
            | Reason::PracticeOver {}
            | Reason::PairsWrong { .. }
            | Reason::PairSizes { .. }
            | Reason::NotTried { .. }
            | Reason::Loosened { .. }
            | Reason::ConsentMissing { .. }
            | Reason::RecordingOn {}
            | Reason::ReportBreach {}
            | Reason::CancelInstead {}
            | Reason::StillActive { .. }
            | Reason::SeatedAgain { .. }
            | Reason::AlreadyAnonymous { .. }
            | Reason::Own { .. } => None,
        }
    }

    /// A step towards one of these stages: forward, back one phase never.
    fn towards(&self, stages: StageSet, from: Stage) -> Option<Remedy> {
        let ahead = stages.iter().any(|stage| stage > from && !stage.is_terminal() && stage != Stage::Suspended);
        if ahead || from == Stage::Suspended { self.onward() } else { None }
    }

    /// The next step forward from where the cycle is.
    pub(super) fn onward(&self) -> Option<Remedy> {
        let cycle = &self.cycle;
        // A session begins on its date.
        let date = cycle.session_ahead().and_then(|session| cycle.ledger().session(session).date().at());
        if let (None, Some(date)) = (cycle.session(), date.filter(|date| *date > self.now)) {
            return Some(Remedy::Wait(date));
        }
        let command = match cycle.stage() {
            Stage::Forming => self.date(SessionKind::Explore),
            Stage::Scheduled => Command::OpenSession { session: SessionKind::Explore },
            Stage::Practising => Command::OpenSession { session: SessionKind::Reflect },
            Stage::ExploreGathering | Stage::ReflectGathering => Command::StartSession {},
            Stage::ExploreWelcome
            | Stage::StorySharing
            | Stage::Discussion
            | Stage::SkillBuilding
            | Stage::ActionPlanning
            | Stage::NextSteps
            | Stage::ExploreTakeaways
            | Stage::ReflectWelcome
            | Stage::ReportBack
            | Stage::LessonsLearned
            | Stage::Adoption
            | Stage::ReflectTakeaways => {
                cycle.next_phase().map_or(Command::CloseSession {}, |phase| Command::OpenPhase { phase })
            }
            Stage::Suspended => Command::ResumeCycle {},
            Stage::Adopting => self.settling(cycle)?,
            Stage::Unformed | Stage::Completed | Stage::Cancelled | Stage::Terminated | Stage::Lapsed => return None,
        };
        Some(Remedy::Do(vec![command]))
    }

    /// What brings the condition of a process file's own rule nearer.
    fn own(&self, rule: u8, leaf: u8, got: u32) -> Option<Remedy> {
        let own = self.cycle.process().spec().rules.get(usize::from(rule))?;
        let (leaf, wanted) = crate::rules::leaf(&own.require, leaf)?;
        // How much more brings it about: to the lower bound, or under a `not` past the upper one.
        let short = |low: Option<u32>, high: Option<u32>| {
            let aim = if wanted { low } else { high.map(|high| high.saturating_add(1)) };
            aim.map(|aim| aim.saturating_sub(got)).filter(|short| *short > 0)
        };
        match leaf {
            Condition::Count(bound) if short(bound.at_least.map(u32::from), bound.at_most.map(u32::from)).is_some() => {
                self.one_more(bound.of).map(|command| Remedy::Do(vec![command]))
            }
            Condition::Elapsed(bound) => {
                let minutes = short(bound.at_least_minutes, bound.at_most_minutes)?;
                Some(Remedy::Wait(self.now + Span::minutes(minutes)))
            }
            Condition::Attendance { of: Whose::Everyone, is } if wanted && is.contains(&Attendance::Present) => {
                self.one_more(Counted::Present).map(|command| Remedy::Do(vec![command]))
            }
            Condition::Stage(_) | Condition::Phase(_) => self.onward(),
            Condition::Count(_)
            | Condition::Attendance { .. }
            | Condition::Role(_)
            | Condition::All(_)
            | Condition::Any(_)
            | Condition::AtLeast { .. }
            | Condition::Not(_) => None,
        }
    }

    /// What makes one more of what is counted.
    fn one_more(&self, of: Counted) -> Option<Command> {
        let (cycle, ledger) = (&self.cycle, self.cycle.ledger());
        let active = ledger.active();
        Some(match of {
            Counted::Present => self.arrive(cycle.expected().minus(cycle.in_room()).first()?),
            Counted::AcceptedRules => {
                let (member, version) = (active.minus(ledger.accepted_rules()).first()?, ledger.rules_version());
                Command::AcceptGroundRules { member, version }
            }
            Counted::TurnsDone => match cycle.round()?.speaking() {
                Some(seat) => self.finish(seat)?,
                None => Command::StartTurn { member: cycle.round()?.first()? },
            },
            Counted::Plans => plan(active.minus(ledger.with_plan()).first()?)?,
            Counted::PracticeEntries => {
                let next = |seat| u8::try_from(ledger.logged_weeks(seat).trailing_ones()).map_or(u8::MAX, |weeks| weeks + 1);
                let member = active.iter().min_by_key(|seat| next(*seat))?;
                Command::LogPractice { member, week: next(member), note: None }
            }
            Counted::Reports => Command::SubmitReport {
                member: ledger.unfinished().minus(ledger.reports()).first()?,
                report: idle(),
                note: None,
            },
            Counted::AdoptionDecisions => Command::DecideAdoption {
                member: ledger.unfinished().minus(ledger.decided()).first()?,
                adoption: none(),
                note: None,
            },
            // Who else could join, only the organiser knows.
            Counted::Members => return None,
        })
    }

    /// What the first unfinished member still has to do.
    fn settling(&self, cycle: &Cycle) -> Option<Command> {
        let ledger = cycle.ledger();
        let member = ledger.unfinished().first()?;
        let attended = ledger.session(SessionKind::Reflect).attended().contains(member);
        Some(if !ledger.reports().contains(member) {
            Command::SubmitReport { member, report: idle(), note: None }
        } else if !attended && !ledger.debriefed.contains(member) {
            Command::RecordDebrief { member }
        } else {
            Command::DecideAdoption { member, adoption: none(), note: None }
        })
    }

    fn arrive(&self, member: Seat) -> Command {
        let attendance = if self.cycle.meeting().is_some() { Attendance::Late } else { Attendance::Present };
        Command::MarkAttendance { member, attendance }
    }

    fn missing(&self, member: Seat) -> Command {
        let session = self.cycle.session().unwrap_or(SessionKind::Explore);
        let apologised = self.cycle.ledger().session(session).apologised.contains(member);
        let attendance = if apologised { Attendance::Excused } else { Attendance::Absent };
        Command::MarkAttendance { member, attendance }
    }

    /// Whom the rota suggests of those in the room, for session 2 someone who didn't facilitate session 1.
    fn willing(&self, session: SessionKind) -> Option<Seat> {
        let room = self.cycle.in_room();
        let here = if room.is_empty() { self.cycle.expected() } else { room };
        self.cycle.rota(session).into_iter().find(|seat| here.contains(*seat))
    }

    /// The soonest date the process lets this session have.
    fn date(&self, session: SessionKind) -> Command {
        let (ledger, spec) = (self.cycle.ledger(), self.cycle.process().spec());
        let (starts_at, short_gap) = (soonest(&self.cycle, session, self.now) + Span::hours(1), None);
        if ledger.session(session).date() == crate::Date::Postponed {
            return Command::RescheduleSession { session, starts_at, short_gap };
        }
        let place = spec.place.allowed.first().copied().unwrap_or(crate::Place::Onsite);
        Command::ScheduleSession { session, starts_at, place, short_gap }
    }

    /// What ends the turn of `member` in the running phase.
    fn finish(&self, member: Seat) -> Option<Command> {
        Some(match self.cycle.phase()? {
            PhaseKind::StorySharing => Command::ShareStory { member, story: StoryKind::Own, note: None },
            PhaseKind::ReportBack => Command::GiveReport { member, report: idle(), note: None },
            PhaseKind::Adoption => Command::DecideAdoption { member, adoption: none(), note: None },
            PhaseKind::ActionPlanning | PhaseKind::Takeaways => Command::FinishTurn { member, note: None },
            PhaseKind::Welcome
            | PhaseKind::Discussion
            | PhaseKind::SkillBuilding
            | PhaseKind::NextSteps
            | PhaseKind::LessonsLearned => return None,
        })
    }
}

fn plan(member: Seat) -> Option<Command> {
    StrategyNo::new(0).map(|strategy| Command::MakePlan { member, strategy, note: None })
}

const fn idle() -> Report {
    Report::DidNotPractise { reason: NoPracticeReason::Undisclosed }
}

const fn none() -> Adoption {
    Adoption::NoneAdopted { reason: NoAdoptionReason::Undisclosed }
}
