//! Words: what a refusal says, and what would unblock it, in a sentence a manager understands.

mod own;

use crate::{Cycle, Reason, Rejection, RuleId, SeatSet, TurnState};

impl Rejection {
    /// What stands in the way, in one sentence with the members' ids.
    #[must_use]
    pub fn say(&self, cycle: &Cycle) -> String {
        match self {
            Self::WrongPhase { command, stage, .. } => {
                format!("to {} does not belong to {}", command.label(), stage.label())
            }
            Self::NotYourRole { command, may, .. } => {
                let who: Vec<_> = may.iter().map(crate::Role::label).collect();
                format!("to {} is for {}", command.label(), who.join(" or "))
            }
            Self::StaleRevision { expected, actual } => {
                format!("the cycle has moved on: you saw revision {expected}, it is at {actual}")
            }
            Self::RuleRefused { rule, reason } => reason.say(*rule, cycle),
        }
    }

    /// What would unblock it, in one sentence.
    #[must_use]
    pub fn remedy(&self, cycle: &Cycle) -> String {
        match self {
            Self::WrongPhase { command, applies, .. } => {
                let here: Vec<_> = applies.iter().take(5).map(crate::CommandKind::label).collect();
                let more = if applies.len() > here.len() { ", and more" } else { "" };
                let there: Vec<_> = command.stages().iter().take(4).map(crate::Stage::label).collect();
                format!("it belongs to {}; here one may {}{more}", there.join(", "), here.join(", "))
            }
            Self::NotYourRole { may, .. } => {
                let who: Vec<_> = may.iter().map(crate::Role::label).collect();
                format!("ask {}", who.join(" or "))
            }
            Self::StaleRevision { .. } => "look again, then decide".to_owned(),
            Self::RuleRefused { rule, reason } => reason.remedy(*rule, cycle),
        }
    }
}

impl Reason {
    fn say(&self, rule: RuleId, cycle: &Cycle) -> String {
        let call = |seat| cycle.roster().call(seat);
        let all = |seats| cycle.roster().call_all(seats);
        match *self {
            Self::GroupFull { members, maximum } => format!("the group has {members} of at most {maximum} members"),
            Self::NoSeatsLeft {} => "all sixteen seats of this cycle were used, replaced members included".to_owned(),
            Self::AlreadyMember { seat } => format!("{} is a member already", call(seat)),
            Self::TooFewMembers { members, minimum } => format!("the group has {members} members and needs {minimum}"),
            Self::TooManyMembers { members, maximum } => {
                format!("the group has {members} members, the process takes {maximum}")
            }
            Self::OtherLevel { seat } => format!("{} is of another level, and peers share one", call(seat)),
            Self::SameDepartment { seat } => format!("{} comes from the same department", call(seat)),
            Self::ManagesMember { seat } => format!("they manage {}", call(seat)),
            Self::ManagedByMember { seat } => format!("{} is their manager", call(seat)),
            Self::ModuleFixed {} => "the module is fixed since session 1 started".to_owned(),
            Self::NotOfTheModule { strategies } => {
                let names: Vec<_> = strategies.iter().map(|one| cycle.roster().call_strategy(one)).collect();
                format!("not a strategy of this cycle's module: {}", names.join(", "))
            }
            Self::GroupClosed {} => "the group is closed since session 1 started".to_owned(),
            Self::PreviousNotEnded { stage } => format!("the group's last cycle has not ended, it is at {}", stage.label()),
            Self::RulesNotAccepted { who, version } => {
                format!("version {version} of the ground rules is not accepted by {}", all(who))
            }
            Self::RulesVersionOther { current, given } => format!("version {given} is not the current one, {current} is"),
            Self::RulesVersionNotNewer { current, given } => format!("version {given} is not newer than {current}"),
            Self::NotOriented { who } => format!("not oriented yet: {}", all(who)),
            Self::NotAMember { seat, .. } => format!("{} is not a member any more", call(seat)),
            Self::AlreadyEnded { seat, .. } => format!("{} has finished already", call(seat)),
            Self::TooFewToGoOn { members, needed } => format!("{members} members are left, {needed} are needed to go on"),
            Self::FacilitatorNotInRoom { seat } => format!("the facilitator, {}, is not in the room", call(seat)),
            Self::NotInRoom { seat } => format!("{} is not in the room", call(seat)),
            Self::AlreadyFacilitates { seat } => format!("{} facilitates already", call(seat)),
            Self::SessionOver { session } => format!("{} has begun or is over", session.label()),
            Self::FacilitatedBefore { seat } => format!("{} facilitated session 1", call(seat)),
            Self::NoFacilitator { session, .. } => format!("nobody is appointed to facilitate {}", session.label()),
            Self::AwaitingFacilitator { claimed: Some(seat) } => {
                format!("there is no facilitator; {} has offered", call(seat))
            }
            Self::AwaitingFacilitator { claimed: None } => "there is no facilitator, and the clock stands".to_owned(),
            Self::FacilitatorThere { seat } => format!("{} facilitates", call(seat)),
            Self::NoClaim {} => "nobody has offered to facilitate".to_owned(),
            Self::OwnClaim { seat } => format!("{} cannot agree to their own offer", call(seat)),
            Self::NotOwnTurn { seat } => format!("{} has no turn ahead in this round", call(seat)),
            Self::SwitchedOff {} => "this process does without it".to_owned(),
            Self::NoInvitation { session } => format!("{} has no date to reply to", session.label()),
            Self::NoApology { seat, hours } => format!("{} did not apologise at least {hours} hours before", call(seat)),
            Self::Apologised { seat } => format!("{} apologised in time", call(seat)),
            Self::Unmarked { who } => format!("attendance is not marked for {}", all(who)),
            Self::DoorsClosed { since } => format!("nobody can join once {} has started", since.label()),
            Self::MarkAs { seat, attendance } => format!("here {} would be marked as {}", call(seat), attendance.label()),
            Self::WasThere { seat } => format!("{} was in the room", call(seat)),
            Self::BelowQuorum { present, needed, missing } => {
                format!("{present} are present and {needed} are needed; not here: {}", all(missing))
            }
            Self::QuorumUndecided { present, needed } => {
                format!("{present} are left of {needed} needed, and nobody has decided to go on")
            }
            Self::QuorumStands {} => "enough are in the room".to_owned(),
            Self::MustInterrupt {} => "this process stops a session that lost its quorum".to_owned(),
            Self::NotCaughtUp { seat, .. } => format!("{} missed session 1 and has not caught up", call(seat)),
            Self::NothingToCatchUp { seat } => format!("{} attended session 1", call(seat)),
            Self::AlreadyReported { seat } => format!("{} has reported already", call(seat)),
            Self::NothingToMakeUp { seat } => format!("{} attended session 2", call(seat)),
            Self::NotTheBuddy { seat, buddies } => format!("the buddy of {} is {}", call(seat), all(buddies)),
            Self::DeadlinePassed { at } => format!("the time for it ended on {at}"),
            Self::NotAttended { seat, session } => format!("{} did not attend {}", call(seat), session.label()),
            Self::SessionNotOver { session } => format!("{} is not over", session.label()),
            Self::FeedbackGiven { seat } => format!("{} has given feedback already", call(seat)),
            Self::Elsewhere { seat } => format!("{} is in another running session", call(seat)),
            Self::NotNextPhase { asked, next: Some(next) } => format!("{} is not next, {} is", asked.label(), next.label()),
            Self::NotNextPhase { asked, next: None } => format!("{} is not next: this is the last phase", asked.label()),
            Self::NotSkippable { phase } => format!("{} is never skipped here", phase.label()),
            Self::NotPreviousPhase { asked, previous: Some(previous) } => {
                format!("{} is not the previous phase, {} is", asked.label(), previous.label())
            }
            Self::NotPreviousPhase { asked, previous: None } => {
                format!("{} is not the previous phase: this is the first", asked.label())
            }
            Self::ReopenedBefore { limit } => format!("this session went back {limit} times already"),
            Self::SomeoneSpeaks { seat } => format!("{} is speaking", call(seat)),
            Self::NoTurnLeft { seat, turn: TurnState::None } => format!("{} has no turn in this round", call(seat)),
            Self::NoTurnLeft { seat, .. } => format!("{} has had their turn", call(seat)),
            Self::NotSpeaking { seat, speaking: Some(other) } => {
                format!("{} is not speaking, {} is", call(seat), call(other))
            }
            Self::NotSpeaking { seat, speaking: None } => format!("the turn of {} has not started", call(seat)),
            Self::DeferredBefore { seat } => format!("{} has deferred once already", call(seat)),
            Self::PassNeedsReason { .. } => "passing in report-back needs a reason".to_owned(),
            Self::NoStrategy {} => "no strategy is named".to_owned(),
            Self::RoundOpen { heard, of, who } => {
                format!("{} of {of} have not had their turn yet: {}", of.saturating_sub(heard), all(who))
            }
            Self::RoundIsOver {} => "everyone has had their turn".to_owned(),
            Self::NotNextSpeaker { next } => format!("{} is next", call(next)),
            Self::NoExtension {} => "an extension of no time".to_owned(),
            Self::ExtensionTooLong { asked, most } => format!("{asked} s were asked, at most {most} s are possible"),
            Self::OverrunNotAgreed { who, minutes } => {
                format!("this goes past the end, and up to {minutes} min more are not agreed by {}", all(who))
            }
            Self::OverrunGranted {} => "everyone has agreed already".to_owned(),
            Self::TooEarly { at } => format!("it is not due before {at}"),
            Self::Abandoned { since } => format!("the session counts as abandoned since {since}"),
            Self::Paused {} => "the session is paused".to_owned(),
            Self::ClockStands {} => "the clock stands already".to_owned(),
            Self::ClockRuns {} => "the session is running".to_owned(),
            Self::PauseUsedUp { minutes } => format!("the {minutes} min of pause are used up"),
            Self::Interrupted { until } => format!("the session is interrupted; it can resume until {until}"),
            Self::NotInterrupted {} => "the session is not interrupted".to_owned(),
            Self::ResumeTooLate { since, days } => format!("it was interrupted at {since}, more than {days} days ago"),
            Self::ClockBack { last } => format!("the last event was at {last}, later than now"),
            Self::AlreadyScheduled { session, at } => format!("{} is on {at}", session.label()),
            Self::NotScheduled { session } => format!("{} has no date yet", session.label()),
            Self::SessionBegun { session } => format!("{} has begun", session.label()),
            Self::InThePast { at } => format!("it must lie after {at}"),
            Self::ReflectInTheWay { at } => format!("session 2 is on {at}, and session 1 must end before it"),
            Self::ExploreFirst {} => "session 1 must end before session 2 starts".to_owned(),
            Self::ExploreNotOver {} => "session 1 is not over".to_owned(),
            Self::NoDate { session, postponed: true } => format!("{} is postponed and has no date", session.label()),
            Self::NoDate { session, postponed: false } => format!("{} has no date", session.label()),
            Self::AttendanceConfirmed { session } => format!("people have come to {} already", session.label()),
            Self::GapTooShort { days, minimum } => format!("{days} days lie between the sessions, {minimum} are wanted"),
            Self::NoSecondDate {} => "session 2 has no date".to_owned(),
            Self::PlaceClosed { place } => format!("this process does not meet {}", place.label()),
            Self::NoPlan { who } => format!("no action plan yet: {}", all(who)),
            Self::WeekUnknown { week, weeks } => format!("there is no week {week}, practice has {weeks}"),
            Self::WeekNotBegun { week, at } => format!("week {week} begins on {at}"),
            Self::WeekLogged { week } => format!("week {week} is there already"),
            Self::PracticeOver {} => "practice has ended".to_owned(),
            Self::PairsWrong { missing, twice } => {
                format!("without a buddy: {}; named twice or not a member: {}", all(missing), all(twice))
            }
            Self::PairSizes { trios: 0 } => "an even group makes pairs only".to_owned(),
            Self::PairSizes { .. } => "an odd group makes pairs and one trio".to_owned(),
            Self::NoBuddy { seat } => format!("{} has no buddy", call(seat)),
            Self::AdoptionTooEarly {} => "adoption is decided in session 2 or after".to_owned(),
            Self::NotTried { strategies } => {
                let names: Vec<_> = strategies.iter().map(|one| cycle.roster().call_strategy(one)).collect();
                format!("neither planned by themselves nor reported by anyone: {}", names.join(", "))
            }
            Self::Loosened { now } => format!("privacy is at {}, and only tightens", now.label()),
            Self::ConsentMissing { refused, missing } => {
                format!("refused by {}; not answered by {}", all(refused), all(missing))
            }
            Self::NotRequested {} => "nobody asked to record".to_owned(),
            Self::RecordingOn {} => "the recording is on".to_owned(),
            Self::RecordingOff {} => "the recording is off".to_owned(),
            Self::VotesMissing { vote, have, need } => format!("{have} of {need} votes to {}", vote.label()),
            Self::ReportBreach {} => "a breach is reported by a member".to_owned(),
            Self::CancelInstead {} => "session 1 has not started, so there is nothing to suspend".to_owned(),
            Self::StillActive { seat } => format!("{} is still a member", call(seat)),
            Self::SeatedAgain { seat } => format!("{} left, came back and has a later seat, {seat}", call(seat)),
            Self::AlreadyAnonymous { seat } => format!("{} is anonymous already", call(seat)),
            Self::OwnUnmet { leaf, got, .. } => own::says(rule, (leaf, got), cycle),
            Self::Own { says, .. } => says.to_owned(),
        }
    }

    fn remedy(&self, rule: RuleId, cycle: &Cycle) -> String {
        let call = |seat| cycle.roster().call(seat);
        let all = |seats| cycle.roster().call_all(seats);
        // "ana accepts", "ana, bo accept".
        let each = |who: SeatSet, verb: &str, rest: &str| {
            let ending = if who.len() == 1 { "s" } else { "" };
            format!("{} {verb}{ending} {rest}", all(who))
        };
        match *self {
            Self::GroupFull { .. } => "begin another group, or enrol them when somebody leaves before session 1".to_owned(),
            Self::NoSeatsLeft {} => "begin another cycle".to_owned(),
            Self::AlreadyMember { .. } => "nothing is left to do".to_owned(),
            Self::TooFewMembers { .. } if cycle.ledger().closed_group => {
                "the group is closed: suspend the cycle, and the group decides".to_owned()
            }
            Self::TooFewMembers { minimum, .. } => format!("enrol members until there are {minimum}"),
            Self::TooManyMembers { maximum, .. } => format!("choose a process for more than {maximum} members"),
            Self::OtherLevel { .. } => "enrol them in a group of their level".to_owned(),
            Self::SameDepartment { .. } => "enrol them in a group with nobody of their department".to_owned(),
            Self::ManagesMember { .. } | Self::ManagedByMember { .. } => {
                "enrol them in a group without their manager or report".to_owned()
            }
            Self::ModuleFixed {} => "take the module in the group's next cycle".to_owned(),
            Self::NotOfTheModule { .. } => format!("choose of {}", cycle.roster().known_strategies()),
            Self::GroupClosed {} => "enrol them in the group's next cycle".to_owned(),
            Self::PreviousNotEnded { .. } => "end the last cycle first".to_owned(),
            Self::RulesNotAccepted { who, version } => each(who, "accept", &format!("version {version}")),
            Self::RulesVersionOther { current, .. } => format!("accept version {current}"),
            Self::RulesVersionNotNewer { current, .. } => format!("give it a number above {current}"),
            Self::NotOriented { who } => each(who, "complete", "the orientation"),
            Self::NotAMember { .. } => "name a member of the cycle".to_owned(),
            Self::AlreadyEnded { .. } => "nothing is left for them to do".to_owned(),
            Self::TooFewToGoOn { .. } => "end the cycle; whoever wants to can go on in another group".to_owned(),
            Self::FacilitatorNotInRoom { seat } => format!("mark {} as present, or appoint someone who is", call(seat)),
            Self::NotInRoom { seat } => format!("mark {} as present or late, or name someone who is there", call(seat)),
            Self::AlreadyFacilitates { .. } => "name another member".to_owned(),
            Self::SessionOver { .. } => "hand over in the running session, or appoint for the next".to_owned(),
            Self::FacilitatedBefore { .. } if cycle.process().spec().facilitation.repeat_with_reason.is_on() => {
                "choose another, or record why nobody else can".to_owned()
            }
            Self::FacilitatedBefore { .. } => "choose another".to_owned(),
            Self::NoFacilitator { suggested: Some(seat), .. } => {
                format!("appoint someone from the room; the rota suggests {}", call(seat))
            }
            Self::NoFacilitator { suggested: None, .. } => "appoint someone from the room".to_owned(),
            Self::AwaitingFacilitator { claimed: Some(_) } => "someone else in the room agrees to the offer".to_owned(),
            Self::AwaitingFacilitator { claimed: None } | Self::NoClaim {} => {
                "someone in the room offers, and another agrees".to_owned()
            }
            Self::FacilitatorThere { seat } => format!("{} hands over, or is declared gone", call(seat)),
            Self::OwnClaim { .. } => "someone else in the room agrees".to_owned(),
            Self::NotOwnTurn { .. } => "delegate in a round before the facilitator's own turn is over".to_owned(),
            Self::SwitchedOff {} => "go on without it; who owns the process can switch it on".to_owned(),
            Self::NoDate { .. } | Self::NotScheduled { .. } | Self::NoInvitation { .. } => "schedule the session".to_owned(),
            Self::NoApology { .. } => "mark them as absent".to_owned(),
            Self::Apologised { .. } => "mark them as excused".to_owned(),
            Self::Unmarked { who } => format!("mark {}", all(who)),
            Self::DoorsClosed { .. } => "mark them as absent; what they miss can be made up for".to_owned(),
            Self::MarkAs { attendance, .. } => format!("mark them as {}", attendance.label()),
            Self::WasThere { .. } => "mark them as left early if they have gone".to_owned(),
            Self::BelowQuorum { needed, .. } => format!("wait until {needed} are present, or postpone"),
            Self::QuorumUndecided { .. } => "the facilitator decides to go on, or interrupts".to_owned(),
            Self::QuorumStands {} | Self::OverrunGranted {} => "go on".to_owned(),
            Self::MustInterrupt {} => "interrupt the session, and resume it when enough are there".to_owned(),
            Self::NotCaughtUp { read, briefed, planned, .. } => {
                let parts = [(read, "read the materials"), (briefed, "be briefed by the buddy"), (planned, "make a plan")];
                let open: Vec<_> = parts.iter().filter(|(done, _)| !done).map(|(_, what)| *what).collect();
                open.join(", ")
            }
            Self::NothingToCatchUp { .. } | Self::NothingToMakeUp { .. } => "nothing is missing".to_owned(),
            Self::AlreadyReported { .. } => "the report stands; decide on adoption".to_owned(),
            Self::NotTheBuddy { seat, buddies } if buddies.is_empty() => format!("{} records it", call(seat)),
            Self::NotTheBuddy { seat, buddies } => format!("{} or {} records it", call(seat), all(buddies)),
            Self::DeadlinePassed { .. } => "the organiser can free them from what is left".to_owned(),
            Self::NotAttended { .. } => "leave the feedback to those who were there".to_owned(),
            Self::SessionNotOver { session } => format!("wait until {} is closed", session.label()),
            Self::FeedbackGiven { .. } => "the feedback stands".to_owned(),
            Self::Elsewhere { seat } => format!("{} leaves the other session first", call(seat)),
            Self::NotNextPhase { next: Some(next), .. } => format!("open {}", next.label()),
            Self::NotNextPhase { next: None, .. } => "close the session".to_owned(),
            Self::NotSkippable { phase } => format!("open {}; it can be short", phase.label()),
            Self::NotPreviousPhase { previous: Some(previous), .. } => format!("reopen {}", previous.label()),
            Self::NotPreviousPhase { previous: None, .. } => "go on".to_owned(),
            Self::ReopenedBefore { .. } => "take it up in the running phase".to_owned(),
            Self::SomeoneSpeaks { seat } => format!("{} finishes first", call(seat)),
            Self::NoTurnLeft { turn: TurnState::None, .. } => "only who is in the room has a turn".to_owned(),
            Self::NoTurnLeft { .. } => "one turn each; what is left to say can wait for the next phase".to_owned(),
            Self::NotSpeaking { seat, .. } => format!("start the turn of {}", call(seat)),
            Self::DeferredBefore { .. } => "speak, or pass".to_owned(),
            Self::PassNeedsReason { .. } => "report that they did not practise, with the reason".to_owned(),
            Self::NoStrategy {} => "name at least one, or say that there was none and why".to_owned(),
            Self::RoundOpen { who, .. } => {
                format!(
                    "{} or {}, or the facilitator closes the round with a reason",
                    each(who, "speak", "").trim_end(),
                    if who.len() == 1 { "passes" } else { "pass" }
                )
            }
            Self::RoundIsOver {} => "open the next phase".to_owned(),
            Self::NotNextSpeaker { next } => format!("start the turn of {}", call(next)),
            Self::NoExtension {} => "ask for at least one second".to_owned(),
            Self::ExtensionTooLong { most: 0, .. } => "go on to the next phase".to_owned(),
            Self::ExtensionTooLong { most, .. } => format!("ask for at most {most} s"),
            Self::OverrunNotAgreed { who, .. } => each(who, "agree", "").trim_end().to_owned() + ", or ask for less time",
            Self::TooEarly { at } | Self::WeekNotBegun { at, .. } => format!("wait until {at}"),
            Self::Abandoned { .. } => "interrupt it, and resume or start afresh another day".to_owned(),
            Self::Paused {} => "resume the session".to_owned(),
            Self::ClockStands {} => "nothing is left to stop".to_owned(),
            Self::ClockRuns {} => "nothing is left to resume".to_owned(),
            Self::PauseUsedUp { .. } => "go on, or interrupt the session".to_owned(),
            Self::Interrupted { .. } => "resume the session, or start it afresh".to_owned(),
            Self::NotInterrupted {} => "interrupt it first".to_owned(),
            Self::ResumeTooLate { .. } => "start it afresh".to_owned(),
            Self::ClockBack { .. } => "set the clock that gives the time".to_owned(),
            Self::AlreadyScheduled { .. } => "reschedule it".to_owned(),
            Self::SessionBegun { .. } => "interrupt it, or leave it as it was".to_owned(),
            Self::InThePast { .. } => "choose a later time".to_owned(),
            Self::ReflectInTheWay { .. } => "move or postpone session 2 first".to_owned(),
            Self::ExploreFirst {} => "schedule session 1 first, and session 2 after its end".to_owned(),
            Self::ExploreNotOver {} => "close session 1 first".to_owned(),
            Self::AttendanceConfirmed { .. } => "interrupt the session, or suspend the cycle".to_owned(),
            Self::GapTooShort { minimum, .. } => {
                format!("choose a date at least {minimum} days later, or record why sooner")
            }
            Self::NoSecondDate {} => "schedule session 2, or say by when it gets its date".to_owned(),
            Self::PlaceClosed { .. } => {
                let open: Vec<_> = cycle.process().spec().place.allowed.iter().map(|place| place.label()).collect();
                format!("meet {}", open.join(" or "))
            }
            Self::NoPlan { who } => each(who, "make", "a plan"),
            Self::WeekUnknown { weeks, .. } => format!("name a week from 1 to {weeks}"),
            Self::WeekLogged { .. } => "it stands; there is one for each week".to_owned(),
            Self::PracticeOver {} => "tell it in the report".to_owned(),
            Self::PairsWrong { .. } => "name every member once".to_owned(),
            Self::PairSizes { trios: 0 } => "make pairs".to_owned(),
            Self::PairSizes { .. } => "make pairs and one trio".to_owned(),
            Self::NoBuddy { .. } => "pair the buddies".to_owned(),
            Self::AdoptionTooEarly {} => "decide it in session 2's round of adoption, or after".to_owned(),
            Self::NotTried { .. } => "choose one they planned, or one reported in this cycle".to_owned(),
            Self::Loosened { .. } => "loosen it in the group's next cycle".to_owned(),
            Self::ConsentMissing { refused, .. } if !refused.is_empty() => "go on without a recording".to_owned(),
            Self::ConsentMissing { missing, .. } => each(missing, "answer", "").trim_end().to_owned(),
            Self::NotRequested {} => "the facilitator asks the room first".to_owned(),
            Self::RecordingOn {} => "nothing is left to start".to_owned(),
            Self::RecordingOff {} => "nothing is left to stop".to_owned(),
            Self::VotesMissing { need, .. } => format!("{need} members vote so"),
            Self::ReportBreach {} => "a member reports it".to_owned(),
            Self::CancelInstead {} => "cancel the cycle".to_owned(),
            Self::StillActive { .. } => "withdraw them first, or wait for the end of the cycle".to_owned(),
            Self::SeatedAgain { seat } => format!("erase them from {seat}: that takes all their seats with it"),
            Self::AlreadyAnonymous { .. } => "nothing is left to erase".to_owned(),
            Self::OwnUnmet { .. } => own::helps(rule, cycle),
            Self::Own { helps, .. } => helps.to_owned(),
        }
    }
}
