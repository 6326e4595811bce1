//! Words: what a refusal says, and what would unblock it, in a sentence a manager understands.

mod own;
mod remedy;

use crate::{Cycle, KindSet, Reason, Rejection, RuleId, TurnState};

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
            Self::RuleRefused { rule, reason } => reason.ways(*rule, cycle).said(cycle.process()),
        }
    }

    /// The kinds of command that [`remedy`](Self::remedy) tells somebody to give because a rule refuses: none that the process shuts.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{CommandKind, Cycle, Reason, Rejection, RuleId, SessionKind};
    /// let undated = Reason::NoDate { session: SessionKind::Explore, postponed: false };
    /// let no = Rejection::RuleRefused { rule: RuleId::Ours(40), reason: undated };
    /// assert!(no.helped_by(&Cycle::default()).contains(CommandKind::ScheduleSession));
    /// ```
    #[must_use]
    pub fn helped_by(&self, cycle: &Cycle) -> KindSet {
        match self {
            Self::WrongPhase { .. } | Self::NotYourRole { .. } | Self::StaleRevision { .. } => KindSet::EMPTY,
            Self::RuleRefused { rule, reason } => reason.ways(*rule, cycle).kinds(cycle.process()),
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
}
