//! What lies ahead of a cycle in words, and what waits for whoever runs the programme.

use maud::{Markup, html};
use peercircle_core::{CommandKind, CycleId, Date, GroupId, Instant};
use peercircle_host::{NextSession, Outlook, Outlooks, Visitor, Waits};

use crate::{
    address::at,
    page::Trouble,
    words::{capital, day, short},
};

/// How many groups that wait are shown unfolded.
const SHOWN: usize = 8;

/// The next session and its date.
pub(super) fn next(next: Option<NextSession>) -> Markup {
    html! {
        @match next {
            None => "–",
            Some(NextSession { session, date, .. }) => {
                (capital(session.label()))
                @match date {
                    Date::At(at) => { ": " (short(at)) }
                    Date::Open => ", no date yet",
                    Date::Postponed => ", postponed without a new date",
                }
            }
        }
    }
}

/// What waits, in a sentence.
pub(super) fn waits(waits: Waits, now: Instant) -> Markup {
    html! {
        @match waits {
            Waits::Invite {} => "Nobody is invited yet.",
            Waits::Invitations { open, of } => { (open) " of " (of) @if open == 1 { " has" } @else { " have" } " not taken an invitation yet." }
            Waits::Module {} => "Its module is no longer in the catalogue.",
            Waits::Session { session, at, begun: true } => { (capital(session.label())) " of " (short(at)) " was never closed." }
            Waits::Session { session, at, begun: false } => { (capital(session.label())) " is overdue. It was to be on " (short(at)) "." }
            Waits::Date { by } => { "Session 2 was to have its date by " (day(by)) "." }
            Waits::Reports { until } if until <= now => { "Reports on session 2 were due by " (day(until)) "." }
            Waits::Reports { until } => { "Reports of those who missed session 2 are due by " (day(until)) "." }
            Waits::Adoption { until } if until <= now => { "What to adopt was to be decided by " (day(until)) "." }
            Waits::Adoption { until } => { "Some decide until " (day(until)) " what they adopt." }
            Waits::Suspended {} => "It is suspended: its group decides how it goes on.",
        }
    }
}

/// The same in a few words, beside the date of the next session.
pub(super) fn mark(waits: Waits, now: Instant) -> Markup {
    let is_late = waits.is_organisers(now);
    html! {
        small.mark.late[is_late] {
            @match waits {
                Waits::Invite {} => "Nobody invited",
                Waits::Invitations { open, of } => { (open) " of " (of) " not in yet" }
                Waits::Module {} => "Module gone",
                Waits::Session { begun: true, .. } => "Not closed",
                Waits::Session { begun: false, .. } => "Overdue",
                Waits::Date { .. } => "Date overdue",
                Waits::Reports { until } => { @if is_late { "Reports were due " } @else { "Reports due " } (day(until)) }
                Waits::Adoption { until } => { @if is_late { "Was open until " } @else { "Open until " } (day(until)) }
                Waits::Suspended {} => "With its group",
            }
        }
    }
}

/// What helps, where it is the organiser's: a command, or the page of the group.
fn answer(waits: Waits) -> (&'static str, Option<CommandKind>) {
    match waits {
        Waits::Invite {} => ("Invite them", None),
        Waits::Invitations { .. } => ("Remind them, or invite them anew", None),
        Waits::Module {} => ("Choose another module", Some(CommandKind::ChooseModule)),
        Waits::Session { begun: true, .. } => ("Ask whoever facilitates to close it", None),
        Waits::Session { begun: false, .. } => ("Give it another date", Some(CommandKind::RescheduleSession)),
        Waits::Date { .. } => ("Give it a date", Some(CommandKind::ScheduleSession)),
        Waits::Reports { .. } => ("Free whoever can't", Some(CommandKind::WaiveMember)),
        Waits::Adoption { .. } => ("Let the cycle lapse", Some(CommandKind::LapseCycle)),
        Waits::Suspended {} => ("End it, where its group wants that", Some(CommandKind::TerminateCycle)),
    }
}

/// What waits in a cycle, on its own page; each with a link to what helps, where the machine allows that now.
pub(super) fn card(outlook: &Outlook, may: &[CommandKind], now: Instant) -> Markup {
    let link = |waits: Waits| match answer(waits) {
        (label, None) => outlook.facts.group.as_ref().map(|group| (label, at("groups", group))),
        (label, Some(kind)) => may.contains(&kind).then(|| (label, format!("#{}", anchor(kind)))),
    };
    let is_yours = outlook.waits.iter().any(|one| one.is_organisers(now));
    html! {
        @if !outlook.waits.is_empty() {
            section.card.todo[is_yours] {
                h2 { @if is_yours { "What waits for you" } @else { "What is open" } }
                ul.waits { @for one in &outlook.waits {
                    li { span { (waits(*one, now)) } @if let Some((label, to)) = link(*one).filter(|_| one.is_organisers(now)) { a href=(to) { (label) } } }
                } }
            }
        }
    }
}

/// The place on a cycle's page where a command is given.
pub(super) fn anchor(kind: CommandKind) -> String {
    kind.name().replace('.', "-")
}

/// A group that waits for the organiser.
struct Waiting {
    group: String,
    to: String,
    why: Vec<Markup>,
}

impl Waiting {
    fn of(visitor: &Visitor, outlook: &Outlook, now: Instant) -> Result<Option<Self>, Trouble> {
        let theirs: Vec<_> = outlook.waits.iter().copied().filter(|one| one.is_organisers(now)).collect();
        let Some(first) = theirs.first() else { return Ok(None) };
        let (group, cycle) = (outlook.facts.group.as_ref(), outlook.facts.cycle.as_ref());
        let name = group.map(|id| visitor.organisation().group_name(id)).transpose()?;
        let to = place(*first, group, cycle);
        let why = theirs.iter().map(|one| waits(*one, now)).collect();
        Ok(Some(Self { group: name.unwrap_or_default(), to, why }))
    }
}

fn place(waits: Waits, group: Option<&GroupId>, cycle: Option<&CycleId>) -> String {
    match (answer(waits), group, cycle) {
        ((_, None), Some(group), _) => at("groups", group),
        (_, _, Some(cycle)) => at("cycles", cycle),
        (_, _, None) => "/groups".to_owned(),
    }
}

/// Which groups wait for the organiser, and why.
pub(super) fn yours(visitor: &Visitor, outlooks: &Outlooks, now: Instant) -> Result<Markup, Trouble> {
    let mut all = Vec::new();
    for group in &outlooks.idle {
        let why = html! { "No cycle yet: choose what they work on." };
        all.push(Waiting { group: group.name.clone(), to: at("groups", &group.id), why: vec![why] });
    }
    for outlook in &outlooks.cycles {
        all.extend(Waiting::of(visitor, outlook, now)?);
    }
    let row = |one: &Waiting| html! { li { a href=(one.to) { (one.group) } span { @for (at, why) in one.why.iter().enumerate() { @if at > 0 { " " } (why) } } } };
    let (first, rest) = all.split_at(all.len().min(SHOWN));
    Ok(html! {
        @if all.is_empty() { p { "No group waits for you." } }
        @else {
            section.card.todo {
                h2 { @if all.len() == 1 { "1 group waits for you" } @else { (all.len()) " groups wait for you" } }
                ul.waits.named { @for one in first { (row(one)) } }
                @if !rest.is_empty() { details.quiet { summary { (rest.len()) " more" } ul.waits.named { @for one in rest { (row(one)) } } } }
            }
        }
    })
}
