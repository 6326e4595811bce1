//! The page that says what to do now.

use maud::{Markup, html};
use peercircle_core::{
    Attendance, Command, CommandKind, Outcome, Place, Rsvp, SessionKind, SessionView, Stage, WireCommand,
};

use super::{Here, practice, room, rules};
use crate::{
    address::at,
    forms,
    page::Page,
    sure,
    words::{capital, outcome, when},
};

pub(crate) fn page(here: &Here) -> Page {
    let stage = here.view.stage;
    let (title, say, body) = match stage {
        Stage::Unformed | Stage::Forming | Stage::Scheduled => before(here),
        Stage::ExploreGathering | Stage::ReflectGathering => gathering(here),
        Stage::Practising => practice::practising(here),
        Stage::Adopting => practice::adopting(here),
        Stage::Suspended => suspended(here),
        Stage::Completed | Stage::Cancelled | Stage::Terminated | Stage::Lapsed => ended(here),
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
        | Stage::ReflectTakeaways => room::page(here),
    };
    let body = html! { (newcomers(here)) (body) (way_back(here)) (more_link(here)) };
    here.live(Page::new(title, body).saying(say), "")
}

fn more_link(here: &Here) -> Markup {
    html! {
        @if !here.guide.may.is_empty() {
            p.more { a href={ (at("c", &here.id)) "/more" } { "Everything I can do" } }
        }
    }
}

/// A recovery code, for whoever has none.
fn way_back(here: &Here) -> Markup {
    html! {
        @if here.wants_code() && here.may_write() {
            section.card {
                h2 { "Your way back to your notes" }
                p { "If you are ever signed out after your group has talked, a recovery code opens your notes again. Only you see it." }
                p { a.button href="/me#code" { "Get my recovery code" } }
            }
        }
    }
}

/// Somebody signed in who may not be who they say: above everything, so not under a heading of the page's.
fn newcomers(here: &Here) -> Markup {
    html! {
        @if !here.may_write() {
            section.card.warn aria-label="Not sure yet that it is you" {
                p.title { "Not sure yet that it is you" }
                p { "You signed in after the group began to talk, or while somebody was signed in as you. Until somebody in your group says that it is you, you see no notes and can write none." }
                p { a href="/me#code" { "I have a recovery code" } }
            }
        } @else {
            @for one in &here.unvouched {
                section.card.warn aria-label={ "Is it " (here.names.of(&one.person)) "?" } {
                    p.title { "Is it " (here.names.of(&one.person)) "?" }
                    p { "Somebody signed in as " (here.names.of(&one.person)) " on " (when(one.at)) ". Until one of you says that it is them, they see no notes." }
                    form.row method="post" action={ (at("c", &here.id)) "/vouch" } data-send {
                        input type="hidden" name="person" value=(one.person);
                        button name="answer" value="yes" { "Yes, it is them" }
                    }
                    @let name = here.names.of(&one.person);
                    (sure::asking(&at("c", &here.id), "No", "quiet", &html! { p { "Whoever signed in as " (name) " is signed out at once. " (name) " needs a new invitation to come in." } }, &html! {
                        form method="post" action={ (at("c", &here.id)) "/vouch" } data-send {
                            input type="hidden" name="person" value=(one.person);
                            button.danger name="answer" value="no" { "Yes, sign them out" }
                        }
                    }))
                }
            }
        }
    }
}

/// What the session at hand is, in a word.
fn session_card(here: &Here, session: &SessionView) -> Markup {
    let number = if session.session == SessionKind::Explore { "1" } else { "2" };
    let reply = here.mine().and_then(|mine| mine.reply);
    let said = |is: Rsvp| reply == Some(is);
    let answer = |reply: Rsvp, label: &str| {
        let command = Command::Reply { member: here.me.clone(), session: session.session, reply };
        html! { (forms::button(here, &command, label, if said(reply) { "chosen" } else { "" })) }
    };
    html! {
        section.card {
            h2 { (capital(session.session.label())) }
            @match session.starts_at {
                Some(starts_at) => {
                    p.date { (when(starts_at)) @if let Some(place) = session.place { " · " (place.label()) } }
                    p { a href={ (at("c", &here.id)) "/session-" (number) ".ics" } { "Into my calendar" } }
                    @if here.may_for_me(CommandKind::Reply) {
                        h3 { "Will you come?" }
                        div.row.answers role="group" aria-label="Will you come?" {
                            (answer(Rsvp::Accepted, "Yes"))
                            (answer(Rsvp::Tentative, "Maybe"))
                            (answer(Rsvp::Declined, "No"))
                        }
                        @if let Some(reply) = reply.filter(|reply| *reply != Rsvp::NeedsAction) {
                            p.helps { "Your reply: " (reply.label()) ". It can be changed until it begins." }
                        }
                    }
                }
                None if session.postponed => p { "It was postponed and has no date yet." },
                None => p { "It has no date yet." },
            }
            (scheduling(here, session))
        }
    }
}

fn scheduling(here: &Here, session: &SessionView) -> Markup {
    let kind = if session.starts_at.is_none() { CommandKind::ScheduleSession } else { CommandKind::RescheduleSession };
    if here.may(kind).is_none() {
        return html! {};
    }
    let name = if session.session == SessionKind::Explore { "explore" } else { "reflect" };
    let places: Vec<_> = forms::options!(Place);
    html! {
        details.quiet {
            summary { @if session.starts_at.is_none() { "Set the date" } @else { "Move it" } }
            (forms::form(here, kind, &html! {
                (forms::hidden("session", name))
                (forms::date("starts_at", "When"))
                @if session.starts_at.is_none() { (forms::select("place", "Where", &places, None)) }
                @if session.session == SessionKind::Reflect {
                    (forms::select("short_gap", "If it is sooner than the process wants, why", &forms::short_gap(), Some("It isn't")))
                }
                button { "Set the date" }
            }))
        }
    }
}

/// Who chairs the session ahead, and how to offer oneself.
fn chair(here: &Here, session: &SessionView) -> Markup {
    let offer = here.may(CommandKind::AppointFacilitator).filter(|may| may.members.contains(&here.me));
    html! {
        section.card {
            h2 { "Who facilitates" }
            @match &session.facilitator {
                Some(member) if here.names.is_me(member) => p { "You do, as a peer: you keep the order and the time, and have a turn like everyone." },
                Some(member) => p { (here.names.of(member)) " does, as a peer: keeps the order and the time, and has a turn like everyone." },
                None => p { "Nobody yet. It is one of you; whoever it is, this page says step by step what to do." },
            }
            @if offer.is_some() && session.facilitator.as_ref() != Some(&here.me) {
                @let command = Command::AppointFacilitator { session: session.session, member: here.me.clone(), exception: None };
                (forms::button(here, &command, "I will facilitate", if session.facilitator.is_none() { "primary" } else { "quiet" }))
            }
            @if session.facilitator.as_ref() == Some(&here.me) {
                @if let Some(module) = &here.module {
                    h3 { "To have ready" }
                    ul { @for text in module.guide.prepare(session.session) { li { (here.text(text)) } } }
                    p { a href={ (at("c", &here.id)) "/print/guide" } { "Facilitator's guide to print" } }
                }
            }
        }
    }
}

/// The ground rules, to read and accept.
pub(crate) fn ground_rules(here: &Here) -> Markup {
    let accepted = here.mine().is_some_and(|mine| mine.accepted_rules);
    let list = html! { ol.rules { @for (rule, why) in rules::GROUND_RULES { li { strong { (rule) } " " (why) } } } };
    if accepted || !here.may_for_me(CommandKind::AcceptGroundRules) {
        return html! {};
    }
    let command = Command::AcceptGroundRules { member: here.me.clone(), version: here.view.ground_rules };
    html! {
        section.card.todo {
            h2 { "Ground rules" }
            p { "Everyone accepts them before the first story." }
            (list)
            (forms::button(here, &command, "I accept the ground rules", "primary"))
        }
    }
}

fn orientation(here: &Here) -> Markup {
    if !here.may_for_me(CommandKind::CompleteOrientation) {
        return html! {};
    }
    html! {
        section.card.todo {
            h2 { "Orientation" }
            p { "How a peer learning group works: everyone tells a story, the group finds what is in its control, learns from the module, plans; you practise for a month and report back." }
            (forms::button(here, &Command::CompleteOrientation { member: here.me.clone() }, "I have read it", "primary"))
        }
    }
}

fn module_card(here: &Here) -> Markup {
    html! {
        @if let Some(module) = &here.module {
            section.card {
                h2 { "The challenge" }
                p.lead { (here.text(&module.about.challenge)) }
                p { a.button href={ (at("c", &here.id)) "/module" } { "Look at the module" } }
            }
        }
    }
}

fn who(here: &Here) -> Markup {
    html! {
        section.card {
            h2 { "Who is in it" }
            ul.people {
                @for one in here.view.members.iter().filter(|one| !matches!(one.outcome, Outcome::Withdrawn | Outcome::Dropped)) {
                    li { span { (here.names.of(&one.member)) @if here.names.is_me(&one.member) { " (you)" } }
                        @if let Some(reply) = one.reply { small { (reply.label()) } } }
                }
            }
        }
    }
}

fn waiting(here: &Here) -> Markup {
    let for_others: Vec<_> =
        here.guide.waiting_on.iter().filter(|one| one.holds_up && !one.members.contains(&here.me)).collect();
    html! {
        @if !for_others.is_empty() {
            section.card.waiting {
                h2 { "What it waits for" }
                ul { @for one in for_others {
                    li { strong { @if one.members.is_empty() { (capital(one.part.label())) } @else { (capital(&here.names.list(&one.members))) } } ": to " (one.label) }
                } }
            }
        }
    }
}

type Parts = (String, String, Markup);

fn before(here: &Here) -> Parts {
    let open = here.may(CommandKind::OpenSession);
    let body = html! {
        h1 lang=[here.language()] { (here.title()) }
        (ground_rules(here))
        (orientation(here))
        @if let Some(session) = here.session_ahead() {
            @if open.is_some() && near(here, session) {
                section.card.todo {
                    h2 { "It is about to begin" }
                    p { "Once you are in the room, open the doors: then everyone can say that they are here." }
                    (forms::button(here, &Command::OpenSession { session: session.session }, "Open the session", "primary"))
                }
            }
            (session_card(here, session))
            (chair(here, session))
        }
        (waiting(here))
        (module_card(here))
        (who(here))
    };
    (here.title(), String::new(), body)
}

/// Whether a session begins within the hour.
pub(crate) fn near(here: &Here, session: &SessionView) -> bool {
    session.starts_at.is_some_and(|at| at - peercircle_core::Span::hours(1) <= here.guide.now)
}

/// A session ahead, with everything that prepares it.
pub(crate) fn ahead(here: &Here) -> Markup {
    html! {
        @if let Some(session) = here.session_ahead() {
            @if here.may(CommandKind::OpenSession).is_some() && near(here, session) {
                section.card.todo {
                    h2 { "It is about to begin" }
                    (forms::button(here, &Command::OpenSession { session: session.session }, "Open the session", "primary"))
                }
            }
            (session_card(here, session))
            (chair(here, session))
        }
    }
}

fn gathering(here: &Here) -> Parts {
    let mine = here.mine().and_then(|mine| mine.attendance);
    let here_now = here.guide.room.contains(&here.me);
    let mark = here.may(CommandKind::MarkAttendance);
    let chair = here.guide.chair.as_ref();
    let start = here.guide.next.as_ref().filter(|next| matches!(next.command, Command::StartSession {}));
    let session = here.session_ahead().map(|session| session.session);
    let body = html! {
        h1 { "We gather" }
        @if !here_now && here.may_for_me(CommandKind::MarkAttendance) {
            section.card.todo {
                h2 { "Are you in the room?" }
                (forms::button(here, &present(&here.me, Attendance::Present), "I am here", "primary"))
            }
        }
        (ground_rules(here))
        (orientation(here))
        @if let Some(next) = start {
            section.card.todo {
                h2 { @if next.in_the_way.is_empty() { "Ready to begin" } @else { "Before we can begin" } }
                @if !next.in_the_way.is_empty() {
                    (crate::page::refusals(&next.in_the_way, &here.names))
                }
                @if chair == Some(&here.me) || (chair.is_none() && next.yours) {
                    @if next.in_the_way.is_empty() {
                        (forms::button(here, &Command::StartSession {}, "Begin the session", "primary"))
                    }
                } @else if let Some(chair) = chair {
                    p { (here.names.of(chair)) " begins the session." }
                }
            }
        }
        @if let Some(session) = session.and_then(|kind| here.session(kind)) { (self::chair(here, session)) }
        section.card {
            h2 { (here.guide.room.len()) " in the room" }
            ul.people {
                @for one in here.view.members.iter().filter(|one| one.attendance.is_some() && !matches!(one.outcome, Outcome::Withdrawn | Outcome::Dropped)) {
                    li {
                        span { (here.names.of(&one.member)) @if here.names.is_me(&one.member) { " (you)" }
                            @if !one.accepted_rules { small { " has not accepted the ground rules yet" } } }
                        @let attendance = one.attendance.unwrap_or(Attendance::Unmarked);
                        @if attendance == Attendance::Unmarked && one.member != here.me && mark.is_some_and(|may| may.members.contains(&one.member)) {
                            (forms::button(here, &present(&one.member, Attendance::Present), "Is here", "small"))
                        } @else { small { (attendance.label()) } }
                    }
                }
            }
        }
    };
    let say = match mine {
        Some(attendance) if attendance.attended() => format!("{} in the room", here.guide.room.len()),
        _ => "We gather. Are you in the room?".to_owned(),
    };
    ("We gather".to_owned(), say, body)
}

pub(crate) fn present(member: &peercircle_core::MemberId, attendance: Attendance) -> WireCommand {
    Command::MarkAttendance { member: member.clone(), attendance }
}

fn suspended(here: &Here) -> Parts {
    let vote =
        |vote, label: &str| forms::button(here, &Command::VoteOnSuspension { member: here.me.clone(), vote }, label, "");
    let body = html! {
        h1 { "The cycle rests" }
        section.card {
            p { "It is suspended. Outside the group only that is seen, and nobody can read notes while a breach is undecided." }
            @if here.may_for_me(CommandKind::VoteOnSuspension) {
                h2 { "How shall it go on?" }
                div.row { (vote(peercircle_core::Vote::GoOn, "Go on")) (vote(peercircle_core::Vote::End, "End it")) }
                p.helps { "Your vote can be changed until it is decided." }
            }
            @if here.may(CommandKind::ResumeCycle).is_some() { (forms::button(here, &Command::ResumeCycle {}, "Resume the cycle", "primary")) }
        }
        (waiting(here))
    };
    ("Suspended".to_owned(), "The cycle is suspended.".to_owned(), body)
}

fn ended(here: &Here) -> Parts {
    let stage = here.view.stage;
    let mine = here.mine();
    let adopted = mine.and_then(|mine| mine.adopted.as_ref()).filter(|adopted| !adopted.is_empty());
    let feedback =
        here.may(CommandKind::GiveFeedback).filter(|may| may.members.contains(&here.me) || may.members.is_empty());
    let body = html! {
        h1 { (capital(here.view.label)) }
        section.card {
            p.lead { (what_ended(stage)) }
            @if let Some(one) = mine.map(|mine| mine.outcome).filter(|one| !matches!(one, Outcome::Enrolled | Outcome::Completed)) { p { "You: " (outcome(one)) "." } }
            @if let Some(adopted) = adopted {
                h2 { "What you keep" }
                ul { @for id in adopted { li { (here.strategy(id)) } } }
            }
            @if let Some(module) = here.module.as_ref().filter(|_| stage == Stage::Completed) {
                h2 { "How it lasts" }
                ul { @for text in &module.practice.adoption.looks_like { li { (here.text(text)) } } }
            }
        }
        @if feedback.is_some() { (feedback_card(here)) }
        section.card {
            h2 { "What comes next" }
            ul {
                @if stage == Stage::Completed { li { "Your group can go on with another challenge: agree on one, and tell your programme owner. It then appears here by itself." } }
                @else { li { "Ask your programme owner when your group can begin again, or for a place in another one. It then appears here by itself." } }
                li { "What you wrote can be read until it is deleted, some weeks after the end. Copy what you want to keep from " a href={ (at("c", &here.id)) "/notes" } { "your notes" } "." }
                li { "What was said here stays here, also now." }
            }
        }
    };
    (capital(here.view.label), String::new(), body)
}

/// What it means that a cycle is over.
const fn what_ended(stage: Stage) -> &'static str {
    match stage {
        Stage::Completed => "Your group is through: two sessions, the practice between them, and what each of you keeps.",
        Stage::Cancelled => "This was called off before the first session began.",
        Stage::Terminated => "This was ended before it was through.",
        Stage::Lapsed => "The time ran out before everyone had decided what to keep. What was decided counts.",
        Stage::Unformed
        | Stage::Forming
        | Stage::Scheduled
        | Stage::ExploreGathering
        | Stage::ExploreWelcome
        | Stage::StorySharing
        | Stage::Discussion
        | Stage::SkillBuilding
        | Stage::ActionPlanning
        | Stage::NextSteps
        | Stage::ExploreTakeaways
        | Stage::Practising
        | Stage::ReflectGathering
        | Stage::ReflectWelcome
        | Stage::ReportBack
        | Stage::LessonsLearned
        | Stage::Adoption
        | Stage::ReflectTakeaways
        | Stage::Adopting
        | Stage::Suspended => "",
    }
}

/// Feedback on a session one attended.
pub(crate) fn feedback_card(here: &Here) -> Markup {
    let attended: Vec<_> = [(SessionKind::Explore, "explore"), (SessionKind::Reflect, "reflect")]
        .into_iter()
        .filter(|(kind, _)| {
            here.mine().is_some_and(|mine| match kind {
                SessionKind::Explore => mine.explore == Some(true),
                SessionKind::Reflect => mine.reflect == Some(true),
            })
        })
        .collect();
    html! {
        @if let Some((kind, name)) = attended.last().copied() {
            section.card {
                h2 { "Feedback on " (kind.label()) }
                (forms::form(here, CommandKind::GiveFeedback, &html! {
                    (forms::hidden("member", here.me.as_str())) (forms::hidden("session", name))
                    (forms::words(here, "What helped, what could be better", "", Some(kind)))
                    button { "Give feedback" }
                }))
            }
        }
    }
}
