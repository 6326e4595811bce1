//! Stories: a history told in sentences, with names and dates, what is alike folded into one.

use std::fmt;

use peercircle_core::{
    Actor, Adoption, Attendance, Command, Cycle, DueKind, Instant, Report, Rsvp, Seat, SessionKind, StoryKind, Vote,
};
use serde::Serialize;
use serde_json::Value;

/// A sentence of a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// When.
    pub at: Instant,
    /// What happened, a sentence without a full stop.
    pub says: String,
}

/// A history in sentences.
///
/// # Example
/// ```
/// use peercircle_core::{Command, Context, Cycle};
/// use peercircle_testkit::{story::Story, walk::Walk};
/// let walk = Walk::new(1);
/// let mut story = Story::default();
/// story.give(&walk.cycle, Context::organiser(walk.now).actor, walk.now, &Command::ReportBreach {}, &["R-51".to_owned()]);
/// assert!(story.to_string().contains("but may not: R-51"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    at: Instant,
    /// Who did it, one after the other.
    who: Vec<String>,
    did: String,
}

impl Story {
    /// Someone gave a command to `before`; `refused` names the rules that refused it, none where it was accepted.
    pub fn give(&mut self, before: &Cycle, by: Actor, at: Instant, command: &Command, refused: &[String]) {
        let (who, did) = sentence(before, by, command);
        let did = match refused {
            [] => did,
            rules => format!("{did}, but may not: {}", rules.join(", ")),
        };
        self.push(at, who, did);
    }

    /// Someone gave a command that was done before, under the same key (R-04).
    pub(crate) fn give_again(&mut self, before: &Cycle, by: Actor, at: Instant, command: &Command) {
        let (who, did) = sentence(before, by, command);
        self.push(at, who, format!("{did}, as was answered before"));
    }

    /// A command was given that names somebody whom the cycle doesn't know: told with the ids as they were given.
    pub(crate) fn give_unresolved(&mut self, at: Instant, by: &str, command: &Value, code: &str) {
        let text = |field| command.get(field).and_then(Value::as_str);
        let what = text("type").unwrap_or("what is no command");
        let about = text("member").filter(|member| *member != by);
        let about = about.map(|member| format!(" for `{member}`")).unwrap_or_default();
        self.push(at, format!("`{by}`"), format!("asked for `{what}`{about}, but is answered `{code}`"));
    }

    /// Time passed.
    pub fn wait(&mut self, until: Instant, why: Option<DueKind>) {
        let why = why.map_or_else(|| "a rule of the process is reached".to_owned(), DueKind::label);
        self.push(until, String::new(), format!("time passes: {why}"));
    }

    fn push(&mut self, at: Instant, who: String, did: String) {
        match self.parts.last_mut() {
            Some(last) if last.did == did && !who.is_empty() && last.at == at => {
                if !last.who.contains(&who) {
                    last.who.push(who);
                }
            }
            _ => self.parts.push(Part { at, who: vec![who], did }),
        }
    }

    /// The sentences.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        self.folded().iter().map(|part| Line { at: part.at, says: part.says() }).collect()
    }

    /// A round's turns, which alternate between starting and telling, told as one.
    fn folded(&self) -> Vec<Part> {
        let mut folded: Vec<Part> = Vec::new();
        for part in &self.parts {
            let starts = part.did == TURN;
            let told = folded.len().checked_sub(2).and_then(|at| folded.get(at)).map(|other| other.did.clone());
            let spoke = folded.last().is_some_and(|last| last.did == TURN);
            // The turn is told by what was said in it.
            if spoke && !starts && folded.last().is_some_and(|last| last.who == part.who && last.at == part.at) {
                folded.pop();
                if told.as_ref() == Some(&part.did)
                    && let Some(last) = folded.last_mut()
                    && last.at == part.at
                {
                    last.who.extend(part.who.iter().cloned());
                    continue;
                }
            }
            folded.push(part.clone());
        }
        folded
    }
}

const TURN: &str = "took the floor";

impl Part {
    fn says(&self) -> String {
        let did = &self.did;
        let who = list(&self.who);
        if who.is_empty() { capital(did) } else { format!("{} {did}", capital(&who)) }
    }
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, &self.lines())
    }
}

/// Lines, a day in front of each that begins one.
pub(crate) fn write_lines(f: &mut dyn fmt::Write, lines: &[Line]) -> fmt::Result {
    let mut day = String::new();
    for line in lines {
        let at = line.at.to_string();
        let (date, time) = at.split_once('T').unwrap_or((&at, ""));
        if day != date {
            date.clone_into(&mut day);
            writeln!(f, "  {date}")?;
        }
        let time: String = time.chars().take(5).collect();
        writeln!(f, "    {time}  {}.", line.says)?;
    }
    Ok(())
}

/// `Ana`, `Ana and Bo`, `Ana, Bo and Cleo`.
pub(crate) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// With a capital letter at its beginning.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A member's name.
pub(crate) fn call(cycle: &Cycle, seat: Seat) -> String {
    capital(&cycle.roster().call(seat))
}

/// Who gives a command, by name.
pub(crate) fn call_actor(cycle: &Cycle, actor: Actor) -> String {
    match actor {
        Actor::Member { seat } => call(cycle, seat),
        Actor::Organiser {} => "the organiser".to_owned(),
        Actor::Host {} => "the host".to_owned(),
    }
}

/// Whom a sentence is about, and what they did.
fn sentence(cycle: &Cycle, by: Actor, command: &Command) -> (String, String) {
    use Command as C;
    let giver = || call_actor(cycle, by);
    let own = |did: &str| (giver(), did.to_owned());
    let about = |seat: Seat, did: &str| (call(cycle, seat), did.to_owned());
    let day = |at: Instant| at.to_string().chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect::<String>();
    match command {
        C::FormCycle { group, .. } => (giver(), format!("formed a cycle for the group {group}")),
        C::EnrolMember { member, .. } => (capital(member.as_str()), "joined the group".to_owned()),
        C::WithdrawMember { member, .. } => about(*member, "left the group"),
        C::ChooseModule { module } => (giver(), format!("chose the module {}", module.id())),
        C::SetGroundRules { version } => (giver(), format!("set version {version} of the ground rules")),
        C::AcceptGroundRules { member, .. } => about(*member, "accepted the ground rules"),
        C::CompleteOrientation { member } => about(*member, "completed the orientation"),
        C::AppointFacilitator { session, member, exception } => {
            let again = if exception.is_some() { " once more, with a reason" } else { "" };
            (call(cycle, *member), format!("was appointed to facilitate {}{again}", session.label()))
        }
        C::AppointTimekeeper { member } => about(*member, "was asked to keep the time"),
        C::ScheduleSession { session, starts_at, .. } => {
            (giver(), format!("scheduled {} for {}", session.label(), day(*starts_at)))
        }
        C::RescheduleSession { session, starts_at, .. } => {
            (giver(), format!("moved {} to {}", session.label(), day(*starts_at)))
        }
        C::PostponeSession { session, .. } => (giver(), format!("postponed {} without a new date", session.label())),
        C::PromiseDate { by: until } => (giver(), format!("promised a date for session 2 by {}", day(*until))),
        C::CancelSession { session, .. } => (giver(), format!("cancelled {}", session.label())),
        C::CancelCycle { .. } => own("cancelled the cycle"),
        C::Reply { member, session, reply } => {
            let said = match reply {
                Rsvp::NeedsAction => "took back the reply to",
                Rsvp::Accepted => "accepted",
                Rsvp::Declined => "declined",
                Rsvp::Tentative => "answered \"perhaps\" to",
            };
            (call(cycle, *member), format!("{said} the invitation to {}", session.label()))
        }
        C::OpenSession { session } => (giver(), format!("opened the doors of {}", session.label())),
        C::MarkAttendance { member, attendance } => about(
            *member,
            match attendance {
                Attendance::Unmarked => "was taken off the sheet again",
                Attendance::Present => "arrived",
                Attendance::Late => "arrived late",
                Attendance::LeftEarly => "left the room early",
                Attendance::Excused => "was excused",
                Attendance::Absent => "did not come",
            },
        ),
        C::StartSession {} => {
            let session = cycle.session_ahead().map_or("the session", SessionKind::label);
            (giver(), format!("started {session}"))
        }
        C::OpenPhase { phase } => (giver(), format!("opened {}", phase.label())),
        C::SkipPhase { phase, .. } => (giver(), format!("skipped {}", phase.label())),
        C::ReopenPhase { phase, .. } => (giver(), format!("went back to {}", phase.label())),
        C::StartTurn { member } => about(*member, TURN),
        C::ShareStory { member, story, .. } => about(
            *member,
            match story {
                StoryKind::Own => "told a story",
                StoryKind::Observed => "told a story that was observed",
            },
        ),
        C::GiveReport { member, report, .. } => about(
            *member,
            match report {
                Report::Practised { .. } => "reported what was tried",
                Report::DidNotPractise { .. } => "reported why nothing was tried",
            },
        ),
        C::FinishTurn { member, .. } => about(*member, "spoke"),
        C::PassTurn { member } => about(*member, "passed"),
        C::DeferTurn { member } => about(*member, "asked to speak later"),
        C::CloseRound { .. } => own("closed the round before all had spoken"),
        C::MakePlan { member, .. } => about(*member, "made an action plan"),
        C::ExtendPhase { seconds } => (giver(), format!("gave the phase {seconds} s more")),
        C::AgreeToOverrun { member } => about(*member, "agreed to go past the end"),
        C::PauseSession { .. } => own("paused the session"),
        C::ResumeSession {} => own("resumed the session"),
        C::InterruptSession { .. } => own("interrupted the session"),
        C::RestartSession {} => own("gave the session up, to hold it afresh"),
        C::HandOver { member, .. } => (giver(), format!("handed the chair to {}", call(cycle, *member))),
        C::DeclareFacilitatorGone {} => own("declared the facilitator gone"),
        C::ClaimFacilitation { member, .. } => about(*member, "offered to facilitate"),
        C::AssentToFacilitator {} => own("agreed to the new facilitator"),
        C::DelegateFacilitation { member } => (giver(), format!("left the chair to {} for a turn", call(cycle, *member))),
        C::ContinueBelowQuorum { .. } => own("decided to go on below the quorum"),
        C::RequestRecording {} => own("asked to record"),
        C::AnswerRecording { member, .. } => about(*member, "answered the request to record"),
        C::StartRecording {} => own("started recording"),
        C::StopRecording {} => own("stopped recording"),
        C::CloseSession {} => {
            let session = cycle.session().map_or("the session", SessionKind::label);
            (giver(), format!("closed {session}"))
        }
        C::PairBuddies { .. } => own("paired the buddies"),
        C::LogPractice { member, week, .. } => (call(cycle, *member), format!("logged week {week} of practice")),
        C::CheckIn { member, week } => (call(cycle, *member), format!("checked in with the buddy in week {week}")),
        C::RecordCatchUp { member, part } => (call(cycle, *member), format!("caught up: {}", part.label())),
        C::SubmitReport { member, .. } => about(*member, "reported in writing"),
        C::RecordDebrief { member } => about(*member, "talked it over with the buddy"),
        C::DecideAdoption { member, adoption, .. } => about(
            *member,
            match adoption {
                Adoption::Adopted { .. } => "decided what to adopt",
                Adoption::NoneAdopted { .. } => "decided to adopt nothing",
            },
        ),
        C::GiveFeedback { member, session, .. } => (call(cycle, *member), format!("gave feedback on {}", session.label())),
        C::WaiveMember { member, .. } => about(*member, "was freed from what was left"),
        C::LapseCycle {} => own("let the cycle lapse"),
        C::SuspendCycle { .. } => own("suspended the cycle"),
        C::ReportBreach {} => own("reported a breach of confidentiality"),
        C::VoteOnSuspension { member, vote } => about(
            *member,
            match vote {
                Vote::GoOn => "voted to go on",
                Vote::End => "voted to end it",
            },
        ),
        C::ResumeCycle {} => own("let the cycle go on"),
        C::TerminateCycle { .. } => own("ended the cycle early"),
        C::AnonymiseMember { member } => (giver(), format!("erased the name of {}", call(cycle, *member))),
        C::TightenPrivacy { .. } => own("tightened privacy"),
        C::MigrateProcess { process } => (giver(), format!("moved the cycle to the process {}", process.spec().name)),
    }
}
