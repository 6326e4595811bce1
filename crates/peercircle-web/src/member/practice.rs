//! The month between the sessions, and what comes after session 2.

use maud::{Markup, html};
use peercircle_core::{CatchUpPart, Command, CommandKind};

use super::{Here, now, room};
use crate::{
    forms,
    words::{capital, day},
};

type Parts = (String, String, Markup);

pub(crate) fn practising(here: &Here) -> Parts {
    let week = here.week().unwrap_or(1);
    let body = html! {
        h1 { "Practice" }
        (now::ground_rules(here))
        (catch_up(here))
        @if here.mine().is_some_and(|mine| mine.plan.is_none()) && here.may_for_me(CommandKind::MakePlan) { (room::plan(here)) }
        (tip(here, week))
        (log(here, week))
        (buddy(here, week))
        @if here.mine().is_some_and(|mine| mine.plan.is_some()) && here.may_for_me(CommandKind::MakePlan) { (room::plan(here)) }
        (now::ahead(here))
        (now::feedback_card(here))
    };
    ("Practice".to_owned(), String::new(), body)
}

/// This week's tip.
fn tip(here: &Here, week: u8) -> Markup {
    let tip = here.module.as_ref().and_then(|module| module.practice.weeks.get(usize::from(week.max(1)) - 1));
    html! {
        @if let Some(tip) = tip {
            section.card.phase {
                p.kicker { "Week " (week) " of practice" }
                h2 { (here.text(&tip.title)) }
                p.lead { (here.text(&tip.tip)) }
                @if let Some(id) = here.mine().and_then(|mine| mine.plan.as_ref()) { p { "You try: " strong { (here.strategy(id)) } } }
            }
        }
    }
}

/// The practice log. Missing ones are only missing.
fn log(here: &Here, week: u8) -> Markup {
    let logged = here.mine().map(|mine| mine.logged.clone()).unwrap_or_default();
    let open = here.may_for_me(CommandKind::LogPractice) && !logged.contains(&week);
    html! {
        section.card.todo[open] {
            h2 { "My log" }
            ol.weeks aria-label="Weeks logged" {
                @for number in 1..=4_u8 { li.done[logged.contains(&number)] { (number) span.sr { @if logged.contains(&number) { " logged" } @else { " not logged" } } } }
            }
            @if open {
                (forms::form(here, CommandKind::LogPractice, &html! {
                    (forms::hidden("member", here.me.as_str())) (forms::hidden("week", &week.to_string()))
                    @if let Some(module) = &here.module { ul.questions { @for text in &module.practice.log.questions { li { (here.text(text)) } } } }
                    (forms::words(here, "What I tried", "A line is enough.", None))
                    button { "Log week " (week) }
                }))
            }
        }
    }
}

fn buddy(here: &Here, week: u8) -> Markup {
    let buddies = here.buddies();
    if buddies.is_empty() {
        return room::pair(here);
    }
    html! {
        section.card {
            h2 { "My buddy" }
            @if !buddies.is_empty() {
                p { strong { (here.names.list(&buddies)) } }
                @if let Some(questions) = here.module.as_ref().and_then(|module| module.practice.weeks.get(usize::from(week.max(1)) - 1)) {
                    ul { @for text in &questions.buddy { li { (here.text(text)) } } }
                }
                @if here.may_for_me(CommandKind::CheckIn) {
                    (forms::button(here, &Command::CheckIn { member: here.me.clone(), week }, "We checked in this week", ""))
                }
            }
        }
    }
}

/// For whoever missed session 1.
fn catch_up(here: &Here) -> Markup {
    let is_done = |part| here.seat(&here.me).is_some_and(|seat| here.cycle.ledger().caught_up(part).contains(seat));
    let parts = [(CatchUpPart::MaterialsRead, "I read the module"), (CatchUpPart::BuddyBriefed, "My buddy briefed me")];
    let (done, open): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(part, _)| is_done(*part));
    let has_plan = here.mine().is_some_and(|mine| mine.plan.is_some());
    html! {
        @if here.may_for_me(CommandKind::RecordCatchUp) && !(open.is_empty() && has_plan) {
            section.card.todo {
                h2 { "Catch up on session 1" }
                p { "Read the module, let your buddy brief you and make your plan: then you are in for the practice and session 2." }
                @if !done.is_empty() { p { "Noted: " @for (at, (_, label)) in done.iter().enumerate() { @if at > 0 { ", " } "\u{201c}" (label) "\u{201d}" } "." @if open.is_empty() { " Your plan is still missing." } } }
                div.row {
                    @for (part, label) in open {
                        (forms::button(here, &Command::RecordCatchUp { member: here.me.clone(), part }, label, ""))
                    }
                }
            }
        }
    }
}

pub(crate) fn adopting(here: &Here) -> Parts {
    let mine = here.mine();
    let missed = mine.is_some_and(|mine| mine.reflect == Some(false) && !mine.reported);
    let decided = mine.and_then(|mine| mine.adopted.clone());
    let until = here.visitor.ahead(&here.id).ok().and_then(|due| due.first().map(|due| due.at));
    let body = html! {
        h1 { "Adoption" }
        @if missed && here.may_for_me(CommandKind::SubmitReport) {
            section.card.todo {
                h2 { "You missed session 2" }
                p { "Report in writing and talk it over with your buddy: then you complete as well." }
                (forms::form(here, CommandKind::SubmitReport, &html! {
                    (forms::hidden("member", here.me.as_str()))
                    (room::report_fields(here, true))
                    button.primary { "Submit my report" }
                }))
            }
        }
        @if let Some(may) = here.may(CommandKind::RecordDebrief) {
            section.card { h2 { "Debrief" }
                @for member in &may.members { (forms::button(here, &Command::RecordDebrief { member: member.clone() }, &format!("{}: we talked it over", capital(here.names.or_you(member))), "")) }
            }
        }
        @match decided {
            None if here.may_for_me(CommandKind::DecideAdoption) => {
                section.card.todo {
                    h2 { "What do you keep?" }
                    @if let Some(module) = &here.module { ul { @for text in &module.practice.adoption.questions { li { (here.text(text)) } } } }
                    (forms::form(here, CommandKind::DecideAdoption, &html! {
                        (forms::hidden("member", here.me.as_str()))
                        (room::adoption_fields(here, true))
                        button.primary { "That is what I adopt" }
                    }))
                }
            }
            None => { section.card { p { "You can decide what to keep once you have reported." } } }
            Some(adopted) => {
                section.card { h2 { "You keep" }
                    @if adopted.is_empty() { p { "Nothing this time." } }
                    ul { @for id in &adopted { li { (here.strategy(id)) } } }
                    @let open = here.view.members.iter().filter(|one| one.adopted.is_none() && one.outcome == peercircle_core::Outcome::Enrolled).count();
                    @if open > 0 { p { "The cycle is complete once everybody has decided: " (open) " to go." } }
                    @if let Some(until) = until { p.helps { "Until " (day(until)) "." } }
                }
            }
        }
        (now::feedback_card(here))
    };
    ("Adoption".to_owned(), String::new(), body)
}
