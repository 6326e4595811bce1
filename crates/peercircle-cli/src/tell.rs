//! Telling answers in words, for a terminal.

use anstream::println;
use peercircle_core::{
    AllowedView, Cycle, CycleFacts, CycleView, DueView, ExplanationView, GuideView, MemberId, PathView, RefusalView,
    TurnState, Verdict, WaitingView, WireActor,
};
use serde::Serialize;

use crate::out::{DIM, HEAD, NO, YES};

pub(crate) fn verdict(cycle: &Cycle, verdict: &Verdict) {
    match verdict {
        Verdict::Accepted(events) => {
            for event in events {
                println!("{YES}{}{YES:#} {DIM}event {}{DIM:#}", event.body.name(), event.seq);
            }
        }
        Verdict::Duplicate { first, last } => println!("done before: events {first} to {last}"),
        Verdict::Refused(no) => refusals(&cycle.view_refusals(no.all()), ""),
    }
}

fn refusals(all: &[RefusalView], indent: &str) {
    for no in all {
        println!("{indent}{NO}no{NO:#} ({}): {}.\n{indent}   {DIM}What helps: {}{DIM:#}", no.rule, no.says, no.helps);
    }
}

pub(crate) fn explanation(view: &ExplanationView) {
    let word = if view.permitted { "would be accepted" } else { "would be refused" };
    println!("{HEAD}{}{HEAD:#} {word}", view.command);
    refusals(&view.refusals, "  ");
    for rule in &view.rules {
        let (style, mark) = if rule.passes { (YES, "passes ") } else { (NO, "refuses") };
        println!("  {style}{mark}{style:#} {} {}", rule.rule, rule.title);
    }
}

pub(crate) fn allowed(all: &[AllowedView]) {
    for one in all.iter().filter(|one| one.permitted) {
        println!("{YES}{}{YES:#} {} {DIM}{}{DIM:#}", one.command, of(&one.members), fields(one));
    }
    for one in all.iter().filter(|one| !one.permitted) {
        println!("{NO}{}{NO:#} not now", one.command);
        for no in one.refusals.iter().take(2) {
            println!("    {DIM}({}) {}{DIM:#}", no.rule, no.says);
        }
    }
}

fn fields(one: &AllowedView) -> String {
    let word = |field: &peercircle_core::FieldView| {
        if field.required { format!("{}=", field.name) } else { format!("[{}=]", field.name) }
    };
    one.fields.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn of(members: &[MemberId]) -> String {
    if members.is_empty() { String::new() } else { format!("for {}", names(members)) }
}

fn names(members: &[MemberId]) -> String {
    members.iter().map(MemberId::as_str).collect::<Vec<_>>().join(", ")
}

pub(crate) fn guide(view: &GuideView) {
    println!("{HEAD}{}{HEAD:#} {DIM}revision {}{DIM:#}", capital(view.label), view.revision);
    if let Some(phase) = &view.phase {
        let left = if phase.overrun > 0 {
            format!("{NO}{} over{NO:#}", clock(phase.overrun))
        } else {
            format!("{} left", clock(phase.remaining))
        };
        println!("  {}\n  {DIM}\"{}\"{DIM:#}\n  {left} of {}", phase.purpose, phase.prompt, clock(phase.seconds.into()));
    }
    if let Some(time) = &view.clock {
        let stands = time.stopped.map_or_else(String::new, |stop| format!(", {NO}the clock stands ({}){NO:#}", word(&stop)));
        println!("  session: {} left{stands}", clock(time.remaining));
    }
    if !view.room.is_empty() {
        println!("  in the room: {}", names(&view.room));
    }
    if let Some(chair) = &view.chair {
        println!("  facilitator: {chair}");
    }
    if let Some(speaker) = &view.speaker {
        let over = if speaker.overrun > 0 { format!(", {NO}{} over{NO:#}", clock(speaker.overrun)) } else { String::new() };
        println!(
            "  {HEAD}{}{HEAD:#} speaks: {} of {}{over}",
            speaker.member,
            clock(speaker.spoken),
            clock(speaker.budget.into())
        );
    }
    for (state, label) in [
        (TurnState::Done, "have had their turn"),
        (TurnState::Passed, "passed"),
        (TurnState::Pending, "still to come"),
        (TurnState::Deferred, "still to come, at the end"),
        (TurnState::Forfeited, "lost their turn"),
    ] {
        let who: Vec<_> = view.turns.iter().filter(|one| one.turn == state).map(|one| one.member.clone()).collect();
        if !who.is_empty() {
            println!("  {label}: {}", names(&who));
        }
    }
    if !view.ahead.is_empty() {
        let ahead: Vec<_> = view.ahead.iter().map(|one| format!("{} {}", one.title, clock(one.seconds.into()))).collect();
        println!("  ahead: {}", ahead.join(", "));
    }
    if let Some(next) = &view.next {
        let yours = if next.yours { "" } else { " (someone else's to do)" };
        println!("  {HEAD}next:{HEAD:#} {}{yours}", next.label);
        refusals(&next.in_the_way, "    ");
    }
    waiting(&view.waiting_on);
    let may: Vec<_> = view.may.iter().map(|one| one.command.name()).collect();
    println!("  {DIM}you may: {}{DIM:#}", if may.is_empty() { "nothing now".to_owned() } else { may.join(", ") });
}

pub(crate) fn path(view: &PathView) {
    match view {
        PathView::Found { steps } if steps.is_empty() => println!("{YES}it is possible now{YES:#}"),
        PathView::Found { steps } => {
            for (number, step) in steps.iter().enumerate() {
                let fields = step_fields(&step.command);
                println!(
                    "{:>3}. {HEAD}{}{HEAD:#}: {} {DIM}{fields} from {}{DIM:#}",
                    number + 1,
                    actor(&step.by),
                    step.label,
                    step.at
                );
            }
        }
        PathView::None { stuck_at, stuck, .. } => {
            println!("there is no plain way; it ends where one would {}:", stuck_at.label());
            refusals(stuck, "  ");
        }
    }
}

/// The fields of a command that a sentence about it wants.
fn step_fields(command: &impl Serialize) -> String {
    let value = serde_json::to_value(command).unwrap_or_default();
    let fields = value.as_object().into_iter().flatten().filter(|(name, value)| *name != "type" && !value.is_object());
    let said =
        fields.map(|(name, value)| format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    said.collect::<Vec<_>>().join(" ")
}

fn actor(actor: &WireActor) -> String {
    match actor {
        WireActor::Member { member } => member.to_string(),
        WireActor::Organiser {} => "organiser".to_owned(),
        WireActor::Host {} => "host".to_owned(),
    }
}

pub(crate) fn due(due: &[DueView], next: &[DueView]) {
    for one in due {
        println!("{NO}{}{NO:#} {} {DIM}{}{DIM:#}", one.at, one.says, of(&one.members));
    }
    for one in next {
        println!("{HEAD}next{HEAD:#} {} {} {DIM}{}{DIM:#}", one.at, one.says, of(&one.members));
    }
    if due.is_empty() && next.is_empty() {
        println!("nothing is due, now or later");
    }
}

pub(crate) fn waiting(all: &[WaitingView]) {
    for one in all {
        let who = if one.members.is_empty() { "the organiser".to_owned() } else { names(&one.members) };
        let held = if one.holds_up { "" } else { " (nothing stands still for it)" };
        let until = one.until.map_or_else(String::new, |until| format!(", until {until}"));
        println!("  waiting for {who} to {}{until}{DIM}{held}{DIM:#}", one.label);
    }
}

pub(crate) fn cycle(view: &CycleView) {
    let id = view.cycle.as_ref().map_or("-", |id| id.as_str());
    println!("{HEAD}{id}{HEAD:#} {} {DIM}revision {}, {}{DIM:#}", view.label, view.revision, view.process);
    for session in &view.sessions {
        let when = match (session.starts_at, session.postponed) {
            (Some(at), _) => at.to_string(),
            (None, true) => "postponed".to_owned(),
            (None, false) => "no date".to_owned(),
        };
        let chair = session.facilitator.as_ref().map_or_else(String::new, |who| format!(", facilitated by {who}"));
        let over = session.closed_at.map_or_else(String::new, |_| format!(", closed after {} min", session.minutes));
        println!("  {}: {when}{chair}{over}", session.session.label());
    }
    for one in &view.members {
        let mut facts = vec![word(&one.outcome)];
        facts.extend(one.attendance.map(|mark| mark.label().to_owned()));
        facts.extend((!one.accepted_rules).then(|| "ground rules not accepted".to_owned()));
        facts.extend(one.plan.as_ref().map(|plan| format!("plans {plan}")));
        facts.extend((!one.logged.is_empty()).then(|| format!("logged {} weeks", one.logged.len())));
        facts.extend(one.reported.then(|| "reported".to_owned()));
        facts.extend(one.adopted.as_ref().map(|adopted| {
            let names: Vec<_> = adopted.iter().map(|one| one.as_str()).collect();
            if names.is_empty() { "adopts none".to_owned() } else { format!("adopts {}", names.join(", ")) }
        }));
        println!("  {:<18} {}", one.member.as_str(), facts.join(", "));
    }
    for pair in &view.buddies {
        println!("  {DIM}buddies: {}{DIM:#}", names(pair));
    }
}

/// What HR sees.
pub(crate) fn facts(facts: &CycleFacts) {
    let count = |n: Option<u8>| n.map_or_else(|| "withheld".to_owned(), |n| n.to_string());
    println!("  {} after {} sessions of {} minutes in all", facts.stage, facts.sessions_held, facts.minutes);
    let (members, completed, adopted) = (count(facts.members), count(facts.completed), count(facts.adopted));
    println!("  members {members}, completed {completed}, adopted at least one strategy {adopted}");
    let came = |came: Option<bool>| match came {
        Some(true) => "yes",
        Some(false) => "no",
        None => "-",
    };
    for one in &facts.named {
        println!(
            "  {:<16} session 1 {:<4} session 2 {:<4} {:<20} adopted {}",
            one.member.as_str(),
            came(one.explore),
            came(one.reflect),
            word(&one.outcome),
            one.adopted
        );
    }
}

/// A code as it stands on the wire, with spaces.
fn word(code: &impl Serialize) -> String {
    serde_json::to_value(code).ok().and_then(|value| Some(value.as_str()?.replace('_', " "))).unwrap_or_default()
}

/// Seconds as minutes and seconds.
pub(crate) fn clock(seconds: u32) -> String {
    format!("{}:{:02} min", seconds / 60, seconds % 60)
}

pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
