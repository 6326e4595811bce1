//! What can't be taken back asks first, and says what it does: folded open by the first tap, done by the second, with no script.

use maud::{Markup, html};
use peercircle_core::{CommandKind, StageSet, WireCommand};

use crate::{address::at, forms, member::Here};

/// What a command does that nothing takes back; none where another command does.
///
/// An answer to an invitation isn't here: it can be changed until the session begins.
pub(crate) const fn what(kind: CommandKind) -> Option<&'static str> {
    Some(match kind {
        CommandKind::WithdrawMember => {
            "Whoever leaves is out at once, and once session 1 has begun there is no way back into this cycle. What they wrote stays theirs."
        }
        CommandKind::CancelSession => {
            "Everyone sees that it is called off. Without session 1 the whole cycle is called off; without session 2 the cycle rests until it is decided how it goes on."
        }
        CommandKind::CancelCycle => "The whole cycle is called off for good. The group can begin a new one.",
        CommandKind::MarkAttendance => {
            "Whoever is marked as having left forfeits the turns they have not had, and it is checked whether enough of you are there."
        }
        CommandKind::SkipPhase => "The group goes on without this phase.",
        CommandKind::PassTurn => "The turn is over and doesn't come back in this round.",
        CommandKind::CloseRound => "The round is over: whoever has not spoken yet doesn't get a turn in it.",
        CommandKind::InterruptSession => {
            "The session stops here for everybody. It can go on at the same phase later, within the days that the process has for that."
        }
        CommandKind::RestartSession => {
            "The session begins again from its first phase, and what was done in it doesn't count."
        }
        CommandKind::CloseSession => {
            "The session is over for everybody: nobody can take a turn or be marked in it any more."
        }
        CommandKind::StartRecording => "From now on everything said is recorded. Anybody here can stop it at any time.",
        CommandKind::WaiveMember => "They are freed from what is left, and can't do it later.",
        CommandKind::LapseCycle => "The cycle ends now. Whoever has not finished by now is no longer in it.",
        CommandKind::SuspendCycle => "The cycle rests at once for everybody, until it is decided how it goes on.",
        CommandKind::ReportBreach => {
            "The cycle is suspended at once and nobody can read notes until the group has decided. Outside, only that it is suspended is seen, not by whom."
        }
        CommandKind::TerminateCycle => "The cycle ends for good, before it is through.",
        CommandKind::AnonymiseMember => "Their name is taken out of the cycle's history for good.",
        CommandKind::TightenPrivacy => "It can't be loosened again.",
        CommandKind::FormCycle
        | CommandKind::EnrolMember
        | CommandKind::ChooseModule
        | CommandKind::SetGroundRules
        | CommandKind::AcceptGroundRules
        | CommandKind::CompleteOrientation
        | CommandKind::AppointFacilitator
        | CommandKind::AppointTimekeeper
        | CommandKind::ScheduleSession
        | CommandKind::RescheduleSession
        | CommandKind::PostponeSession
        | CommandKind::PromiseDate
        | CommandKind::Reply
        | CommandKind::OpenSession
        | CommandKind::StartSession
        | CommandKind::OpenPhase
        | CommandKind::ReopenPhase
        | CommandKind::StartTurn
        | CommandKind::ShareStory
        | CommandKind::GiveReport
        | CommandKind::FinishTurn
        | CommandKind::DeferTurn
        | CommandKind::MakePlan
        | CommandKind::ExtendPhase
        | CommandKind::AgreeToOverrun
        | CommandKind::PauseSession
        | CommandKind::ResumeSession
        | CommandKind::HandOver
        | CommandKind::DeclareFacilitatorGone
        | CommandKind::ClaimFacilitation
        | CommandKind::AssentToFacilitator
        | CommandKind::DelegateFacilitation
        | CommandKind::ContinueBelowQuorum
        | CommandKind::RequestRecording
        | CommandKind::AnswerRecording
        | CommandKind::StopRecording
        | CommandKind::PairBuddies
        | CommandKind::LogPractice
        | CommandKind::CheckIn
        | CommandKind::RecordCatchUp
        | CommandKind::SubmitReport
        | CommandKind::RecordDebrief
        | CommandKind::DecideAdoption
        | CommandKind::GiveFeedback
        | CommandKind::VoteOnSuspension
        | CommandKind::ResumeCycle
        | CommandKind::MigrateProcess => return None,
    })
}

/// Whether a command is meant for the moment in which it is pressed: ten minutes later it would be another thing. All that belongs to
/// a session is, and what can't be taken back; an answer, a plan, a log can wait for a connection.
pub(crate) fn is_of_the_moment(kind: CommandKind) -> bool {
    let in_session = kind.stages().minus(StageSet::GATHERING.or(StageSet::RUNNING)) == StageSet::EMPTY;
    in_session || kind == CommandKind::OpenSession || what(kind).is_some()
}

/// A button that asks before it gives the command.
pub(crate) fn button(here: &Here, command: &WireCommand, label: &str, class: &str, yes: &str) -> Markup {
    let says = what(command.kind()).unwrap_or_default();
    asking(&at("c", &here.id), label, class, &html! { p { (says) } }, &forms::button(here, command, yes, "danger"))
}

/// The same for somebody who left: what it means for them, and until when they can come back.
pub(crate) fn left(here: &Here, command: &WireCommand, name: &str) -> Markup {
    let says = html! {
        p { (name) " is out of the room from now on. A turn that they have not had yet is forfeited, and it is checked whether enough of you are still here." }
        p { (back(here)) }
    };
    asking(
        &at("c", &here.id),
        "Left",
        "small quiet",
        &says,
        &forms::button(here, command, &format!("Yes, {name} has left"), "danger"),
    )
}

/// Until when somebody who left can come back.
fn back(here: &Here) -> String {
    let attendance = &here.cycle.process().spec().attendance;
    let closes = match here.guide.session {
        Some(peercircle_core::SessionKind::Reflect) => attendance.reflect_closes_at,
        Some(peercircle_core::SessionKind::Explore) | None => attendance.explore_closes_at,
    };
    format!("They can come back until {} begins, without that turn.", closes.label())
}

/// What asks first: folded, until it is tapped. Going back is a link, for whoever has no script to fold it again.
pub(crate) fn asking(back: &str, label: &str, class: &str, says: &Markup, yes: &Markup) -> Markup {
    html! {
        details.sure {
            summary class={ "button " (class) } { (label) }
            div.card.warn {
                (says)
                div.row { (yes) a.button.quiet href=(back) data-fold { "No, go back" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_a_session_is_of_the_moment() {
        for kind in
            [CommandKind::StartSession, CommandKind::StartTurn, CommandKind::MarkAttendance, CommandKind::OpenSession]
        {
            assert!(is_of_the_moment(kind), "{kind}");
        }
        for kind in [CommandKind::CloseSession, CommandKind::WithdrawMember, CommandKind::PauseSession] {
            assert!(is_of_the_moment(kind), "{kind}");
        }
        for kind in [CommandKind::Reply, CommandKind::MakePlan, CommandKind::LogPractice, CommandKind::GiveFeedback] {
            assert!(!is_of_the_moment(kind), "{kind}");
        }
    }
}
