//! A running session: the phase, whose turn, how long, the one next thing, and why not yet.

use maud::{Markup, html};
use peercircle_core::{
    Attendance, Command, CommandKind, Meeting, MemberId, PhaseKind, SeatSet, SessionKind, Span, StoryKind, TurnState,
};

use super::{Here, now};
use crate::{
    forms, sure,
    words::{capital, clock, minutes},
};

type Parts = (String, String, Markup);

pub(crate) fn page(here: &Here) -> Parts {
    let guide = &here.guide;
    let Some(phase) = &guide.phase else {
        return ("Session".to_owned(), String::new(), stopped(here));
    };
    let stands = here.clock_stands();
    let speaking = guide.speaker.as_ref();
    let say = match speaking {
        Some(speaker) if here.names.is_me(&speaker.member) => format!("{}: your turn.", phase.title),
        Some(speaker) => format!("{}: {} speaks.", phase.title, here.names.of(&speaker.member)),
        None => format!("{}.", phase.title),
    };
    let body = html! {
        section.phase.card {
            p.kicker { (guide.session.map_or("session", SessionKind::label)) @if here.is_chair() { " · you facilitate" } @else if let Some(chair) = &guide.chair { " · " (here.names.of(chair)) " facilitates" } }
            h1 { (phase.title) }
            p.lead { (phase.purpose) }
            (box_clock(here, phase.remaining, phase.overrun, u32::from(phase.seconds), stands))
        }
        (stopped(here))
        (come_in(here))
        (now::ground_rules(here))
        (turn(here))
        (next(here))
        (assents(here))
        (own(here, phase.phase))
        (queue(here))
        (say_it(here, phase.phase))
        (ahead(here))
        (chairing(here))
    };
    (phase.title.clone(), say, body)
}

/// A clock that runs on in the browser, and what it has run to for whoever has no script.
fn box_clock(here: &Here, remaining: u32, overrun: u32, of: u32, stands: bool) -> Markup {
    let now = here.guide.now;
    let until = if overrun > 0 { now - Span::seconds(overrun) } else { now + Span::seconds(remaining) };
    let text = if overrun > 0 { format!("+{}", clock(overrun)) } else { clock(remaining) };
    let label = if overrun > 0 { format!("{} over", minutes(overrun)) } else { format!("{} left", minutes(remaining)) };
    html! {
        div.clock.over[overrun > 0] data-until=(until) data-now=(now) data-of=(of) data-stands[stands] {
            span.time role="timer" aria-label=(label) { (text) }
            span.of { " of " (minutes(of)) }
            progress max=(of.max(1)) value=(remaining) aria-hidden="true" {}
        }
    }
}

/// Why the clock stands, and how it goes on.
fn stopped(here: &Here) -> Markup {
    use peercircle_core::Stop;
    let Some(stop) = here.guide.clock.and_then(|clock| clock.stopped) else { return html! {} };
    let what = match stop {
        Stop::Pause => pause(here),
        Stop::Wait if here.guide.chair.is_none() => "Nobody facilitates. The clock stands until somebody does.".to_owned(),
        Stop::Wait => "The session was interrupted. It goes on at the same phase.".to_owned(),
    };
    let claim = Command::ClaimFacilitation { member: here.me.clone(), exception: None };
    let offered = here.cycle.state().meeting().and_then(Meeting::claim).map(|claim| claim.seat);
    html! {
        section.card.warn {
            h2 { @if here.clock_stands() { "The clock stands" } @else { "The pause is used up" } }
            p { (what) }
            @if let Some(seat) = offered {
                p { @if here.seat(&here.me) == Some(seat) { "You offered to facilitate: somebody here has to agree." } @else { (here.name_at(seat)) " offered to facilitate." } }
            }
            @if here.may(CommandKind::ResumeSession).is_some() { (forms::button(here, &Command::ResumeSession {}, "Go on", "primary")) }
            @if here.may_for_me(CommandKind::ClaimFacilitation) { (forms::button(here, &claim, "I will facilitate", "primary")) }
            @if let (Some(seat), Some(_)) = (offered, here.may(CommandKind::AssentToFacilitator)) {
                (forms::button(here, &Command::AssentToFacilitator {}, &format!("I agree that {} facilitates", here.name_at(seat)), "primary"))
            }
            @if here.may(CommandKind::RestartSession).is_some() { (sure::button(here, &Command::RestartSession {}, "Start it afresh", "quiet", "Yes, start it afresh")) }
        }
    }
}

/// How much of the session's pause is left: past it time runs again.
fn pause(here: &Here) -> String {
    let all = minutes(u32::from(here.cycle.process().spec().clock.pause_minutes) * 60);
    let left = here.pause_ends().map_or(0, |at| at.since(here.guide.now).as_seconds());
    if left > 0 {
        format!(
            "This is a pause. {} of {all} are left for pauses in this session; after that time runs again.",
            minutes(left)
        )
    } else {
        format!("You are still in a pause, but the {all} that a session has for pauses are used up: time runs again.")
    }
}

/// Whoever isn't in the room yet.
fn come_in(here: &Here) -> Markup {
    html! {
        @if !here.guide.room.contains(&here.me) && here.may_for_me(CommandKind::MarkAttendance) {
            section.card.todo {
                h2 { "It has begun without you" }
                (forms::button(here, &now::present(&here.me, Attendance::Late), "I am here now", "primary"))
            }
        }
    }
}

/// Whose turn it is.
fn turn(here: &Here) -> Markup {
    let Some(speaker) = &here.guide.speaker else { return html! {} };
    let mine = here.names.is_me(&speaker.member);
    let stands = here.clock_stands();
    let budget = u32::from(speaker.budget);
    html! {
        section.card.turn.mine[mine] {
            h2 { @if mine { "Your turn" } @else { (here.names.of(&speaker.member)) " speaks" } }
            (box_clock(here, budget.saturating_sub(speaker.spoken), speaker.overrun, budget, stands))
            @if mine || here.is_chair() { (finishing(here, &speaker.member, mine)) }
        }
    }
}

/// How a turn ends: each phase has its own way.
fn finishing(here: &Here, speaker: &MemberId, mine: bool) -> Markup {
    let member = speaker.clone();
    let session = here.guide.session;
    match here.guide.phase.as_ref().map(|phase| phase.phase) {
        Some(PhaseKind::StorySharing) => {
            let story = |story, label: &str, class: &str| {
                forms::button(here, &Command::ShareStory { member: member.clone(), story, note: None }, label, class)
            };
            html! {
                p.helps { @if mine { "Tell it first; when you are done, say whose story it was." } @else { "When the story is told, say whose it was." } }
                div.row { (story(StoryKind::Own, if mine { "Done: my own" } else { "Done: their own" }, "primary")) (story(StoryKind::Observed, "Done: one observed", "")) }
                (aside(here, speaker, mine))
            }
        }
        Some(PhaseKind::ReportBack) => html! {
            (forms::form(here, CommandKind::GiveReport, &html! {
                (forms::hidden("member", speaker.as_str()))
                (report_fields(here, mine))
                button.primary { @if mine { "I have reported" } @else { "The report is given" } }
            }))
            (aside(here, speaker, mine))
        },
        Some(PhaseKind::Adoption) => html! {
            (forms::form(here, CommandKind::DecideAdoption, &html! {
                (forms::hidden("member", speaker.as_str()))
                (adoption_fields(here, mine))
                button.primary { @if mine { "That is what I adopt" } @else { "That is decided" } }
            }))
            (aside(here, speaker, mine))
        },
        Some(PhaseKind::ActionPlanning | PhaseKind::Takeaways) => html! {
            (forms::form(here, CommandKind::FinishTurn, &html! {
                (forms::hidden("member", speaker.as_str()))
                @if mine { details.quiet { summary { "Write it down" } (forms::words(here, "In a sentence", "What I take away", session)) } }
                button.primary { @if mine { "I am done" } @else { "The turn is over" } }
            }))
            (aside(here, speaker, mine))
        },
        Some(
            PhaseKind::Welcome
            | PhaseKind::Discussion
            | PhaseKind::SkillBuilding
            | PhaseKind::NextSteps
            | PhaseKind::LessonsLearned,
        )
        | None => html! {},
    }
}

/// To pass or go later: both fine, and nobody counts them.
fn aside(here: &Here, member: &MemberId, mine: bool) -> Markup {
    let may = |kind| here.may(kind).is_some_and(|one| one.members.contains(member));
    html! {
        div.row {
            @if may(CommandKind::DeferTurn) { (forms::button(here, &Command::DeferTurn { member: member.clone() }, if mine { "Later" } else { "They go later" }, "quiet")) }
            @if may(CommandKind::PassTurn) {
                @let (label, yes) = if mine { ("Pass", "Yes, I pass".to_owned()) } else { ("They pass", format!("Yes, {} passes", here.names.of(member))) };
                (sure::button(here, &Command::PassTurn { member: member.clone() }, label, "quiet", &yes))
            }
        }
    }
}

/// What one tells in session 2 or in writing.
pub(crate) fn report_fields(here: &Here, mine: bool) -> Markup {
    html! {
        fieldset.choice {
            legend { @if mine { "Did you try something?" } @else { "Did they try something?" } }
            label { input type="radio" name="outcome" value="practised" required checked; " Yes" }
            (forms::strategies(here, "What"))
            label { input type="radio" name="outcome" value="did_not_practise" required; " Not this time" }
            (forms::select("reason", "If not, why", &forms::no_practice(), None))
        }
        @if mine { (forms::words(here, "For your notes", "What happened, what you learned", here.guide.session)) }
    }
}

/// What one keeps.
pub(crate) fn adoption_fields(here: &Here, mine: bool) -> Markup {
    html! {
        fieldset.choice {
            legend { @if mine { "What do you put into lasting practice?" } @else { "What do they put into lasting practice?" } }
            label { input type="radio" name="outcome" value="adopted" required checked; " At least one strategy" }
            (forms::strategies(here, "Which"))
            label { input type="radio" name="outcome" value="none_adopted" required; " None" }
            (forms::select("reason", "If none, why", &forms::no_adoption(), None))
        }
        @if mine { (forms::words(here, "For your notes", "How, where, from when on", here.guide.session)) }
    }
}

/// The one next thing, and what is in its way.
fn next(here: &Here) -> Markup {
    let Some(next) = &here.guide.next else { return html! {} };
    // How a turn ends stands with the turn.
    if here.guide.speaker.is_some() || here.guide.clock.is_some_and(|clock| clock.stopped.is_some()) {
        return html! {};
    }
    let label = next_label(here, &next.command, next.label);
    html! {
        section.card.todo {
            h2 { "Next" }
            @if next.in_the_way.is_empty() {
                @if next.yours {
                    @match &next.command {
                        Command::CloseSession {} => (sure::button(here, &next.command, &label, "primary", "Yes, close it")),
                        Command::StartTurn { member } => { (forms::button(here, &next.command, &label, "primary")) (others(here, member)) }
                        command => (forms::button(here, command, &label, "primary")),
                    }
                }
                @else { p { (label) @if let Some(chair) = &here.guide.chair { ": " (here.names.of(chair)) " does that." } } }
            } @else {
                p { strong { (label) } ", as soon as this is done:" }
                (crate::page::refusals(&next.in_the_way, &here.names))
            }
        }
    }
}

/// Who else may have the next turn, for whoever starts it. Before the first it is a question for the room; after it the suggestion is
/// mostly taken, and the others are folded.
fn others(here: &Here, suggested: &MemberId) -> Markup {
    let may = here.may(CommandKind::StartTurn);
    let others: Vec<_> = may.into_iter().flat_map(|may| &may.members).filter(|one| *one != suggested).collect();
    let nobody_spoke = here.guide.turns.iter().all(|turn| turn.turn == TurnState::Pending);
    let buttons = html! {
        div.row {
            @for member in &others {
                @let label = if here.names.is_me(member) { "I do".to_owned() } else { format!("{} does", here.names.of(member)) };
                (forms::button(here, &Command::StartTurn { member: (*member).clone() }, &label, "small quiet"))
            }
        }
    };
    html! {
        @if others.is_empty() {}
        @else if nobody_spoke {
            div role="group" aria-label="Who begins the round" {
                p.helps { "Ask who would like to begin. If somebody else does:" }
                (buttons)
            }
        } @else { details.quiet { summary { "Somebody else goes next" } (buttons) } }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "most are called what the machine calls them")]
fn next_label(here: &Here, command: &peercircle_core::WireCommand, label: &str) -> String {
    match command {
        Command::StartTurn { member } if here.names.is_me(member) => "Start my turn".to_owned(),
        Command::StartTurn { member } => format!("Start {}'s turn", here.names.of(member)),
        Command::OpenPhase { phase } => format!("Go on to {}", phase.label()),
        Command::CloseSession {} => "Close the session".to_owned(),
        Command::ContinueBelowQuorum { .. } => "Go on with those who are here".to_owned(),
        _ => capital(label),
    }
}

/// What is one's own to do in this phase, outside a turn.
fn own(here: &Here, phase: PhaseKind) -> Markup {
    let waiting_turn = here.guide.turns.iter().any(|turn| here.names.is_me(&turn.member) && turn.turn == TurnState::Pending);
    let speaks = here.guide.speaker.as_ref().is_some_and(|speaker| here.names.is_me(&speaker.member));
    html! {
        @if waiting_turn && !speaks { section.card { h2 { "Your turn is still to come" } p.helps { "You can go later or pass; both are fine and nobody counts them." } (begin(here)) (aside(here, &here.me, true)) } }
        @if here.may_for_me(CommandKind::MakePlan) && matches!(phase, PhaseKind::SkillBuilding | PhaseKind::ActionPlanning | PhaseKind::NextSteps | PhaseKind::Takeaways) {
            (plan(here))
        }
        @if phase == PhaseKind::NextSteps || phase == PhaseKind::Takeaways { (second_session(here)) (pair(here)) }
    }
}

/// Whoever would like to go next says so by going; whoever facilitates has that under what is next.
fn begin(here: &Here) -> Markup {
    let may = here.may(CommandKind::StartTurn).is_some_and(|may| may.members.contains(&here.me));
    html! {
        @if may && !here.is_chair() { (forms::button(here, &Command::StartTurn { member: here.me.clone() }, "I go next", "")) }
    }
}

/// The action plan: an if-then intention.
pub(crate) fn plan(here: &Here) -> Markup {
    let planned = here.mine().and_then(|mine| mine.plan.as_ref());
    let options: Vec<_> = here.view.strategies.iter().map(|id| (id.to_string(), here.strategy(id))).collect();
    html! {
        section.card.todo[planned.is_none()] {
            h2 { "My action plan" }
            @if let Some(id) = planned { p { "You plan to try: " strong { (here.strategy(id)) } "." } }
            details.quiet open[planned.is_none()] {
                summary { @if planned.is_none() { "What will you try?" } @else { "Change it" } }
                (forms::form(here, CommandKind::MakePlan, &html! {
                    (forms::hidden("member", here.me.as_str()))
                    (forms::select("strategy", "Strategy", &options, None))
                    (forms::words(here, "If …, then I will …", "If Kim brings me a decision, then I ask what Kim would do.", None))
                    button.primary { "This is my plan" }
                }))
                @if let Some(module) = &here.module {
                    h3 { "To start from" }
                    ul.ifthen { @for one in &module.practice.if_then { li { (here.text(&one.situation)) ", " (here.text(&one.behaviour)) } } }
                }
            }
        }
    }
}

/// Session 2's date, before session 1 closes.
fn second_session(here: &Here) -> Markup {
    if here.session(SessionKind::Reflect).is_none_or(|session| session.starts_at.is_some()) {
        return html! {};
    }
    html! {
        section.card.todo {
            h2 { "When do you meet again?" }
            p { "About four weeks from today, so that there is time to practise." }
            @if here.may(CommandKind::ScheduleSession).is_some() {
                (forms::form(here, CommandKind::ScheduleSession, &html! {
                    (forms::hidden("session", "reflect"))
                    (forms::date("starts_at", "Session 2"))
                    (forms::select("place", "Where", &place_options(), None))
                    (forms::select("short_gap", "If it is sooner than the process wants, why", &forms::short_gap(), Some("It isn't")))
                    button { "Set the date" }
                }))
            }
            @if here.may(CommandKind::PromiseDate).is_some() {
                details.quiet { summary { "We can't say yet" }
                    (forms::form(here, CommandKind::PromiseDate, &html! {

                        (forms::date("by", "We set it by"))
                        button { "Set that day" }
                    }))
                }
            }
        }
    }
}

/// Who is whose buddy in the month ahead.
pub(crate) fn pair(here: &Here) -> Markup {
    html! {
        @if here.view.buddies.is_empty() && here.may(CommandKind::PairBuddies).is_some() {
            section.card.todo {
                h2 { "Who is whose buddy?" }
                p { "Two and two check in once a week while you practise." }
                (forms::form(here, CommandKind::PairBuddies, &html! {

                    (forms::select("pairs", "Pairs", &super::more::pairings(here), None))
                    button { "Pair like this" }
                }))
            }
        }
    }
}

fn place_options() -> Vec<(String, String)> {
    use peercircle_core::Place;
    forms::options!(Place)
}

/// What the module gives for this phase: to whoever facilitates in full, to the others what is asked.
fn say_it(here: &Here, phase: PhaseKind) -> Markup {
    let Some((module, session)) = here.module.as_ref().zip(here.guide.session) else { return html! {} };
    let Some(guide) = module.guide.phase(session, phase) else { return html! {} };
    let exercises: Vec<_> = guide.plan.iter().filter_map(|slot| slot.exercise.as_deref()).collect();
    html! {
        section.card {
            @if here.is_chair() {
                h2 { "Say" }
                blockquote.say { (here.text(&guide.say)) }
                details.quiet open { summary { "Do" } ol { @for text in &guide.steps { li { (here.text(text)) } } } }
            } @else if let Some(prompt) = here.guide.phase.as_ref().map(|phase| phase.prompt.as_str()).filter(|prompt| !prompt.is_empty()) {
                blockquote.say { (prompt) }
            }
            @if !guide.ask.is_empty() { h3 { "To ask each other" } ul { @for text in &guide.ask { li { (here.text(text)) } } } }
            @for id in exercises {
                @if let Some(exercise) = module.exercises.iter().find(|one| one.id == id) {
                    details { summary { "Exercise: " (here.text(&exercise.front.title)) " (" (exercise.front.minutes) " min)" } (here.blocks(&exercise.body)) }
                }
            }
            @if here.is_chair() { details.quiet { summary { "To close" } blockquote.say { (here.text(&guide.close)) } } }
        }
    }
}

/// What everyone present is asked: to go on past the end, to record.
fn assents(here: &Here) -> Markup {
    use peercircle_core::Consent;
    let answer = |consent, label: &str| {
        forms::button(here, &Command::AnswerRecording { member: here.me.clone(), consent }, label, "")
    };
    html! {
        @if here.may_for_me(CommandKind::AgreeToOverrun) && here.guide.clock.is_some_and(|clock| clock.remaining == 0) {
            (overrun(here))
        }
        @if here.may_for_me(CommandKind::AnswerRecording) {
            section.card.warn { h2 { "May this be recorded?" } p { "One no is enough." } div.row { (answer(Consent::Refused, "No")) (answer(Consent::Given, "Yes")) } }
        }
    }
}

/// Who agreed to go on past the end, and who is still asked.
fn overrun(here: &Here) -> Markup {
    let agreed = here.cycle.state().meeting().map_or(SeatSet::EMPTY, Meeting::overrun_agreed);
    let agrees = |one: &MemberId| here.seat(one).is_some_and(|seat| agreed.contains(seat));
    let (said, asked): (Vec<_>, Vec<_>) = here.guide.room.iter().cloned().partition(agrees);
    html! {
        section.card.warn {
            h2 { "The time is up" }
            p { "You go on only if everyone here agrees." }
            @if !said.is_empty() { p { "Agreed so far: " (here.names.list(&said)) ". Still asked: " (here.names.list(&asked)) "." } }
            @if !agrees(&here.me) { (forms::button(here, &Command::AgreeToOverrun { member: here.me.clone() }, "I agree to go on a little", "")) }
        }
    }
}

/// Who has had their turn and who waits.
fn queue(here: &Here) -> Markup {
    html! {
        @if !here.guide.turns.is_empty() {
            section.card {
                h2 { "The round" }
                ol.round {
                    @for turn in &here.guide.turns {
                        @let (class, label) = state(turn.turn);
                        li class=(class) aria-current=[(turn.turn == TurnState::Speaking).then_some("step")] { span { (capital(here.names.or_you(&turn.member))) } small { (label) } }
                    }
                }
            }
        }
    }
}

const fn state(turn: TurnState) -> (&'static str, &'static str) {
    match turn {
        TurnState::Speaking => ("speaks", "speaks"),
        TurnState::Done => ("done", "done"),
        // That somebody passed is nobody's business after the moment.
        TurnState::Passed | TurnState::Forfeited => ("done", "done"),
        TurnState::Deferred => ("waits", "goes later"),
        TurnState::Pending => ("waits", "to come"),
        TurnState::None => ("", ""),
    }
}

fn ahead(here: &Here) -> Markup {
    html! {
        @if !here.guide.ahead.is_empty() {
            section.card {
                h2 { "Still to come" }
                ol.agenda { @for one in &here.guide.ahead { li { span { (one.title) } small { (minutes(u32::from(one.seconds))) } } } }
                @if let Some(clock) = here.guide.clock { p.helps { (minutes(clock.remaining)) " left of the session." } }
            }
        }
    }
}

/// What re-planning leaves to those phases ahead that are protected.
fn floors(here: &Here) -> Vec<String> {
    let Some(session) = here.guide.session else { return Vec::new() };
    let agenda = here.cycle.process().spec().agenda(session);
    let boxes = here.guide.ahead.iter().filter_map(|one| agenda.phase(one.phase)).filter(|one| one.floor_minutes > 0);
    boxes.map(|one| format!("{} {}", one.title, minutes(u32::from(one.floor_minutes) * 60))).collect()
}

/// What whoever facilitates has at hand.
fn chairing(here: &Here) -> Markup {
    if !here.is_chair() {
        return html! {};
    }
    let others: Vec<_> = here.guide.room.iter().filter(|one| **one != here.me).collect();
    let marks = here.may(CommandKind::MarkAttendance);
    let floors = floors(here);
    html! {
        section.card {
            h2 { "At hand" }
            div.row {
                @if here.may(CommandKind::ExtendPhase).is_some() {
                    @for minutes in [1_u16, 3, 5] {
                        (forms::button(here, &Command::ExtendPhase { seconds: minutes * 60 }, &format!("+{minutes} min"), "small"))
                    }
                }
                @if here.may(CommandKind::PauseSession).is_some() {
                    (forms::button(here, &Command::PauseSession { reason: peercircle_core::PauseReason::Break }, "Pause", "small"))
                }
            }
            p.helps { "More minutes here make the phases ahead shorter, in proportion." @if !floors.is_empty() { " Kept at least: " (floors.join(", ")) "." } }
            @if !others.is_empty() && here.may(CommandKind::HandOver).is_some() {
                details.quiet { summary { "Hand over" }
                    div.row { @for one in others { (forms::button(here, &Command::HandOver { member: one.clone(), exception: None }, &format!("To {}", here.names.of(one)), "small")) } }
                }
            }
            details.quiet { summary { "Who is here" }
                ul.people { @for one in here.view.members.iter().filter(|one| one.attendance.is_some()) {
                    @let attendance = one.attendance.unwrap_or(Attendance::Unmarked);
                    li { span { (here.names.of(&one.member)) " " small { (attendance.label()) } }
                        @if marks.is_some_and(|may| may.members.contains(&one.member)) && one.member != here.me {
                            span.row {
                                @if attendance == Attendance::LeftEarly { (forms::button(here, &now::present(&one.member, Attendance::Late), "Is back", "small")) }
                                @else if attendance.attended() { (sure::left(here, &now::present(&one.member, Attendance::LeftEarly), here.names.of(&one.member))) }
                                @else if attendance == Attendance::Unmarked {
                                    (forms::button(here, &now::present(&one.member, Attendance::Late), "Has come", "small"))
                                    (forms::button(here, &now::present(&one.member, Attendance::Absent), "Absent", "small quiet"))
                                }
                            }
                        }
                    }
                } }
            }
            @if let Some(module) = &here.module {
                details.quiet { summary { "When it doesn't go as planned" }
                    @let moments = &module.guide.moments;
                    @for (title, moment) in [("The group drifts", Some(&moments.drift)), ("One person dominates", Some(&moments.dominance)), ("Someone passes", Some(&moments.passing)), ("Time runs out", Some(&moments.overrun)), ("Nobody says anything", moments.silence.as_ref()), ("It gets too close to someone", moments.distress.as_ref())] {
                        @if let Some(moment) = moment { h3 { (title) } p { (here.text(&moment.what)) } blockquote.say { (here.text(&moment.say)) } }
                    }
                }
            }
        }
    }
}
