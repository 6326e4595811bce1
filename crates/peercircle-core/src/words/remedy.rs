//! What would unblock a refusal: the ways that the process leaves open, in words, each with the commands that it takes.

use super::own;
use crate::{CommandKind as K, Cycle, KindSet, Process, Reason, Role, RuleId, SeatSet, SessionKind, TurnState};

/// What is said where the process shuts every way.
const NO_WAY: &str = "nothing that this process allows; who owns it can change that";

/// Ways of which each would help.
pub(super) struct Ways(Vec<Way>);

struct Way {
    /// What is given on it, all of it; nothing where it takes no command, or the refused one again.
    by: KindSet,
    says: String,
    /// What is said where those before it are shut.
    alone: Option<String>,
}

fn by(kinds: &[K], says: impl Into<String>) -> Ways {
    Ways(Vec::new()).or(kinds, says)
}

fn say(says: impl Into<String>) -> Ways {
    by(&[], says)
}

impl Ways {
    /// Or that.
    fn or(mut self, kinds: &[K], says: impl Into<String>) -> Self {
        self.0.push(Way { by: KindSet::of(kinds), says: says.into(), alone: None });
        self
    }

    /// What the last of them is called where it is the first that is open.
    fn alone(mut self, says: impl Into<String>) -> Self {
        if let Some(last) = self.0.last_mut() {
            last.alone = Some(says.into());
        }
        self
    }

    fn open(&self, process: &Process) -> impl Iterator<Item = &Way> {
        self.0.iter().filter(|way| !way.by.iter().any(|kind| process.shuts(kind)))
    }

    /// Those that are open, in a sentence.
    pub(super) fn said(&self, process: &Process) -> String {
        let mut open = self.open(process);
        let Some(first) = open.next() else { return NO_WAY.to_owned() };
        let shut = self.0.first().is_some_and(|way| !std::ptr::eq(way, first));
        let first = first.alone.as_ref().filter(|_| shut).unwrap_or(&first.says).clone();
        open.fold(first, |said, way| format!("{said}, or {}", way.says))
    }

    /// What is given on those that are open.
    pub(super) fn kinds(&self, process: &Process) -> KindSet {
        self.open(process).fold(KindSet::EMPTY, |kinds, way| kinds.or(way.by))
    }
}

impl Reason {
    /// What would help: where there are several ways, each of them.
    #[expect(clippy::too_many_lines, reason = "an arm a reason")]
    pub(super) fn ways(&self, rule: RuleId, cycle: &Cycle) -> Ways {
        let (process, spec) = (cycle.process(), cycle.process().spec());
        let call = |seat| cycle.roster().call(seat);
        let all = |seats| cycle.roster().call_all(seats);
        // "ana accepts", "ana, bo accept".
        let each = |who: SeatSet, verb: &str, rest: &str| {
            let ending = if who.len() == 1 { "s" } else { "" };
            format!("{} {verb}{ending} {rest}", all(who))
        };
        match *self {
            Self::GroupFull { .. } => {
                say("begin another group").or(&[K::EnrolMember], "enrol them when somebody leaves before session 1")
            }
            Self::NoSeatsLeft {} => say("begin another cycle"),
            Self::AlreadyMember { .. } => say("nothing is left to do"),
            Self::TooFewMembers { .. } if cycle.ledger().closed_group => {
                by(&[K::SuspendCycle], "the group is closed: suspend the cycle, and the group decides")
            }
            Self::TooFewMembers { minimum, .. } => by(&[K::EnrolMember], format!("enrol members until there are {minimum}")),
            Self::TooManyMembers { maximum, .. } => say(format!("choose a process for more than {maximum} members")),
            Self::OtherLevel { .. } => say("enrol them in a group of their level"),
            Self::SameDepartment { .. } => say("enrol them in a group with nobody of their department"),
            Self::ManagesMember { .. } | Self::ManagedByMember { .. } => {
                say("enrol them in a group without their manager or report")
            }
            Self::ModuleFixed {} => say("take the module in the group's next cycle"),
            Self::NotOfTheModule { .. } => say(format!("choose of {}", cycle.roster().known_strategies())),
            Self::GroupClosed {} => say("enrol them in the group's next cycle"),
            Self::PreviousNotEnded { .. } => say("end the last cycle first"),
            Self::RulesNotAccepted { who, version } => {
                by(&[K::AcceptGroundRules], each(who, "accept", &format!("version {version}")))
            }
            Self::RulesVersionOther { current, .. } => by(&[K::AcceptGroundRules], format!("accept version {current}")),
            Self::RulesVersionNotNewer { current, .. } => {
                by(&[K::SetGroundRules], format!("give it a number above {current}"))
            }
            Self::NotOriented { who } => by(&[K::CompleteOrientation], each(who, "complete", "the orientation")),
            Self::NotAMember { .. } => say("name a member of the cycle"),
            Self::AlreadyEnded { .. } => say("nothing is left for them to do"),
            Self::TooFewToGoOn { .. } => say("end the cycle; whoever wants to can go on in another group"),
            Self::FacilitatorNotInRoom { seat } => by(&[K::MarkAttendance], format!("mark {} as present", call(seat)))
                .or(&[K::AppointFacilitator], "appoint someone who is")
                .alone("appoint someone who is there"),
            Self::NotInRoom { seat } => by(&[K::MarkAttendance], format!("mark {} as present or late", call(seat)))
                .or(&[], "name someone who is there"),
            Self::AlreadyFacilitates { .. } => say("name another member"),
            Self::SessionOver { .. } => {
                by(&[K::HandOver], "hand over in the running session").or(&[K::AppointFacilitator], "appoint for the next")
            }
            Self::FacilitatedBefore { .. } if spec.facilitation.repeat_with_reason.is_on() => {
                say("choose another").or(&[], "record why nobody else can")
            }
            Self::FacilitatedBefore { .. } => say("choose another"),
            Self::NoFacilitator { suggested: Some(seat), .. } => {
                by(&[K::AppointFacilitator], format!("appoint someone from the room; the rota suggests {}", call(seat)))
            }
            Self::NoFacilitator { suggested: None, .. } => by(&[K::AppointFacilitator], "appoint someone from the room"),
            Self::AwaitingFacilitator { claimed: Some(_) } => {
                by(&[K::AssentToFacilitator], "someone else in the room agrees to the offer")
            }
            Self::AwaitingFacilitator { claimed: None } | Self::NoClaim {} => {
                by(&[K::ClaimFacilitation, K::AssentToFacilitator], "someone in the room offers, and another agrees")
            }
            Self::FacilitatorThere { seat } => by(&[K::HandOver], format!("{} hands over", call(seat)))
                .or(&[K::DeclareFacilitatorGone], "is declared gone")
                .alone(format!("{} is declared gone", call(seat))),
            Self::OwnClaim { .. } => by(&[K::AssentToFacilitator], "someone else in the room agrees"),
            Self::NotOwnTurn { .. } => {
                by(&[K::DelegateFacilitation], "delegate in a round before the facilitator's own turn is over")
            }
            Self::SwitchedOff {} => say("go on without it; who owns the process can switch it on"),
            Self::NoDate { .. } | Self::NotScheduled { .. } | Self::NoInvitation { .. } => {
                by(&[K::ScheduleSession], "schedule the session")
            }
            Self::NoApology { .. } => by(&[K::MarkAttendance], "mark them as absent"),
            Self::Apologised { .. } => by(&[K::MarkAttendance], "mark them as excused"),
            Self::Unmarked { who } => by(&[K::MarkAttendance], format!("mark {}", all(who))),
            Self::DoorsClosed { since } => {
                // What is missed of session 1 is caught up with, and of session 2 made up for in writing.
                let makes_up =
                    if SessionKind::Explore.phases().contains(&since) && cycle.session() != Some(SessionKind::Reflect) {
                        K::RecordCatchUp
                    } else {
                        K::RecordDebrief
                    };
                let missed = if process.shuts(makes_up) { "" } else { "; what they miss can be made up for" };
                by(&[K::MarkAttendance], format!("mark them as absent{missed}"))
            }
            Self::MarkAs { attendance, .. } => by(&[K::MarkAttendance], format!("mark them as {}", attendance.label())),
            Self::WasThere { .. } => by(&[K::MarkAttendance], "mark them as left early if they have gone"),
            Self::BelowQuorum { needed, .. } => {
                say(format!("wait until {needed} are present")).or(&[K::PostponeSession], "postpone")
            }
            Self::QuorumUndecided { .. } => by(&[K::ContinueBelowQuorum], "the facilitator decides to go on")
                .or(&[K::InterruptSession], "interrupts")
                .alone("the facilitator interrupts the session"),
            Self::QuorumStands {} | Self::OverrunGranted {} => say("go on"),
            Self::MustInterrupt {} => {
                by(&[K::InterruptSession, K::ResumeSession], "interrupt the session, and resume it when enough are there")
            }
            Self::NotCaughtUp { read, briefed, planned, .. } => {
                let parts = [(read, "read the materials"), (briefed, "be briefed by the buddy"), (planned, "make a plan")];
                let open: Vec<_> = parts.iter().filter(|(done, _)| !done).map(|(_, what)| *what).collect();
                let caught_up = (!read || !briefed).then_some(K::RecordCatchUp);
                let kinds: Vec<_> = caught_up.into_iter().chain((!planned).then_some(K::MakePlan)).collect();
                by(&kinds, open.join(", "))
            }
            Self::NothingToCatchUp { .. } | Self::NothingToMakeUp { .. } => say("nothing is missing"),
            Self::AlreadyReported { .. } if process.shuts(K::DecideAdoption) => say("the report stands"),
            Self::AlreadyReported { .. } => by(&[K::DecideAdoption], "the report stands; decide on adoption"),
            // A process may leave it to whoever missed session 2.
            Self::NotTheBuddy { seat, buddies }
                if buddies.is_empty() || !process.roles(K::RecordDebrief).contains(Role::Member) =>
            {
                by(&[K::RecordDebrief], format!("{} records it", call(seat)))
            }
            Self::NotTheBuddy { seat, buddies } => {
                by(&[K::RecordDebrief], format!("{} or {} records it", call(seat), all(buddies)))
            }
            Self::DeadlinePassed { .. } => by(&[K::WaiveMember], "the organiser can free them from what is left"),
            Self::NotAttended { .. } => say("leave the feedback to those who were there"),
            Self::SessionNotOver { session } => say(format!("wait until {} is closed", session.label())),
            Self::FeedbackGiven { .. } => say("the feedback stands"),
            Self::Elsewhere { seat } => say(format!("{} leaves the other session first", call(seat))),
            Self::NotNextPhase { next: Some(next), .. } => by(&[K::OpenPhase], format!("open {}", next.label())),
            Self::NotNextPhase { next: None, .. } => by(&[K::CloseSession], "close the session"),
            Self::NotSkippable { phase } => by(&[K::OpenPhase], format!("open {}; it can be short", phase.label())),
            Self::NotPreviousPhase { previous: Some(previous), .. } => {
                by(&[K::ReopenPhase], format!("reopen {}", previous.label()))
            }
            Self::NotPreviousPhase { previous: None, .. } => say("go on"),
            Self::ReopenedBefore { .. } => say("take it up in the running phase"),
            Self::SomeoneSpeaks { seat } => say(format!("{} finishes first", call(seat))),
            Self::NoTurnLeft { turn: TurnState::None, .. } => say("only who is in the room has a turn"),
            Self::NoTurnLeft { .. } => say("one turn each; what is left to say can wait for the next phase"),
            Self::NotSpeaking { seat, .. } => by(&[K::StartTurn], format!("start the turn of {}", call(seat))),
            Self::DeferredBefore { .. } => say("speak").or(&[K::PassTurn], "pass"),
            Self::PassNeedsReason { .. } => by(&[K::GiveReport], "report that they did not practise, with the reason"),
            Self::NoStrategy {} => say("name at least one, or say that there was none and why"),
            Self::RoundOpen { who, .. } => {
                let pass = if who.len() == 1 { "passes" } else { "pass" };
                // In report-back nobody passes, and not every process has it.
                let pass = if process.shuts(K::PassTurn) { String::new() } else { format!(" or {pass}") };
                say(format!("{}{pass}", each(who, "speak", "").trim_end()))
                    .or(&[K::CloseRound], "the facilitator closes the round with a reason")
            }
            Self::RoundIsOver {} => by(&[K::OpenPhase], "open the next phase"),
            Self::NotNextSpeaker { next } => by(&[K::StartTurn], format!("start the turn of {}", call(next))),
            Self::NoExtension {} => by(&[K::ExtendPhase], "ask for at least one second"),
            Self::ExtensionTooLong { most: 0, .. } => by(&[K::OpenPhase], "go on to the next phase"),
            Self::ExtensionTooLong { most, .. } => by(&[K::ExtendPhase], format!("ask for at most {most} s")),
            Self::OverrunNotAgreed { who, .. } => {
                by(&[K::AgreeToOverrun], each(who, "agree", "").trim_end()).or(&[], "ask for less time")
            }
            Self::TooEarly { at } | Self::WeekNotBegun { at, .. } => say(format!("wait until {at}")),
            Self::Abandoned { .. } => by(&[K::InterruptSession], "interrupt it, and resume or start afresh another day"),
            Self::Paused {} => by(&[K::ResumeSession], "resume the session"),
            Self::ClockStands {} => say("nothing is left to stop"),
            Self::ClockRuns {} => say("nothing is left to resume"),
            Self::PauseUsedUp { .. } => say("go on").or(&[K::InterruptSession], "interrupt the session"),
            Self::Interrupted { .. } => {
                by(&[K::ResumeSession], "resume the session").or(&[K::RestartSession], "start it afresh")
            }
            Self::NotInterrupted {} => by(&[K::InterruptSession], "interrupt it first"),
            Self::ResumeTooLate { .. } => by(&[K::RestartSession], "start it afresh"),
            Self::ClockBack { .. } => say("set the clock that gives the time"),
            Self::AlreadyScheduled { .. } => by(&[K::RescheduleSession], "reschedule it"),
            Self::SessionBegun { .. } => by(&[K::InterruptSession], "interrupt it").or(&[], "leave it as it was"),
            Self::InThePast { .. } => say("choose a later time"),
            Self::ReflectInTheWay { .. } if process.shuts(K::PostponeSession) => {
                by(&[K::RescheduleSession], "move session 2 first")
            }
            Self::ReflectInTheWay { .. } if process.shuts(K::RescheduleSession) => {
                by(&[K::PostponeSession], "postpone session 2 first")
            }
            Self::ReflectInTheWay { .. } => {
                by(&[K::RescheduleSession, K::PostponeSession], "move or postpone session 2 first")
            }
            Self::ExploreFirst {} => by(&[K::ScheduleSession], "schedule session 1 first, and session 2 after its end"),
            Self::ExploreNotOver {} => by(&[K::CloseSession], "close session 1 first"),
            Self::AttendanceConfirmed { .. } => {
                by(&[K::InterruptSession], "interrupt the session").or(&[K::SuspendCycle], "suspend the cycle")
            }
            Self::GapTooShort { minimum, .. } => {
                let later = say(format!("choose a date at least {minimum} days later"));
                if spec.gap.shorter_with_reason.is_on() { later.or(&[], "record why sooner") } else { later }
            }
            Self::NoSecondDate {} => {
                by(&[K::ScheduleSession], "schedule session 2").or(&[K::PromiseDate], "say by when it gets its date")
            }
            Self::PlaceClosed { .. } => {
                let open: Vec<_> = cycle.process().spec().place.allowed.iter().map(|place| place.label()).collect();
                say(format!("meet {}", open.join(" or ")))
            }
            Self::NoPlan { who } => by(&[K::MakePlan], each(who, "make", "a plan")),
            Self::WeekUnknown { weeks, .. } => say(format!("name a week from 1 to {weeks}")),
            Self::WeekLogged { .. } => say("it stands; there is one for each week"),
            Self::PracticeOver {} => say("tell it in the report"),
            Self::PairsWrong { .. } => say("name every member once"),
            Self::PairSizes { trios: 0 } => say("make pairs"),
            Self::PairSizes { .. } => say("make pairs and one trio"),
            Self::NoBuddy { .. } => by(&[K::PairBuddies], "pair the buddies"),
            Self::AdoptionTooEarly {} => by(&[K::DecideAdoption], "decide it in session 2's round of adoption, or after"),
            Self::NotTried { .. } => say("choose one they planned, or one reported in this cycle"),
            Self::Loosened { .. } => say("loosen it in the group's next cycle"),
            Self::ConsentMissing { refused, .. } if !refused.is_empty() => say("go on without a recording"),
            Self::ConsentMissing { missing, .. } => by(&[K::AnswerRecording], each(missing, "answer", "").trim_end()),
            Self::NotRequested {} => by(&[K::RequestRecording], "the facilitator asks the room first"),
            Self::RecordingOn {} => say("nothing is left to start"),
            Self::RecordingOff {} => say("nothing is left to stop"),
            Self::VotesMissing { need, .. } => by(&[K::VoteOnSuspension], format!("{need} members vote so")),
            Self::ReportBreach {} => by(&[K::ReportBreach], "a member reports it"),
            Self::CancelInstead {} => by(&[K::CancelCycle], "cancel the cycle"),
            Self::StillActive { .. } => {
                by(&[K::WithdrawMember], "withdraw them first").or(&[], "wait for the end of the cycle")
            }
            Self::SeatedAgain { seat } => {
                by(&[K::AnonymiseMember], format!("erase them from {seat}: that takes all their seats with it"))
            }
            Self::AlreadyAnonymous { .. } => say("nothing is left to erase"),
            Self::OwnUnmet { .. } => say(own::helps(rule, cycle)),
            Self::Own { helps, .. } => say(helps),
        }
    }
}
