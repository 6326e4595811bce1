//! Tales: a way through the model as a short story. What goes as it always goes is told in a sentence; what is out of the
//! ordinary is told in full, and so is the last step.

mod waits;

use peercircle_core::{
    Actor, Attendance, Command, CommandKind, Counted, Cycle, DueKind, Instant, SeatSet, SessionKind, Stage,
};
use serde::Serialize;

use super::{
    asked::counts,
    model::{Act, Model, Move, Point},
};
use crate::{
    property::{Occurrence, Property, Seen, Whom},
    story::{Line, Story, call, capital, list},
};

/// A part of a tale, and where it leads.
pub(crate) struct Told {
    pub(super) at: Instant,
    pub(super) says: String,
    /// Where it leads; nothing within what is summed up in several sentences.
    pub(super) then: Option<Point>,
}

/// A day as people write it: `9 March 2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Day(pub(super) Instant);

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let text = self.0.to_string();
        let mut parts = text.split(['-', 'T']);
        let (year, month, day) = (parts.next(), parts.next(), parts.next());
        let month = month.and_then(|month| month.parse::<usize>().ok()).and_then(|month| MONTHS.get(month.checked_sub(1)?));
        match (year, month, day) {
            (Some(year), Some(month), Some(day)) => write!(f, "{} {month} {year}", day.trim_start_matches('0')),
            _ => f.write_str(&text),
        }
    }
}

/// A way, told.
pub(crate) fn tale(model: &Model, way: &[(Point, Move)]) -> Vec<Told> {
    tell(model, way, &[])
}

/// A way, told with everything that a property speaks of.
pub(super) fn tale_of(model: &Model, way: &[(Point, Move)], property: &Property) -> Vec<Told> {
    tell(model, way, &property.template.occurrences())
}

fn tell(model: &Model, way: &[(Point, Move)], told_of: &[&Occurrence]) -> Vec<Told> {
    let mut teller = Teller { told: Vec::new(), from: None, told_of };
    let last = way.len().saturating_sub(1);
    for (at, (point, taken)) in way.iter().enumerate() {
        let then = match taken {
            Move::Wait { .. } => model.after(point, taken),
            Move::Give { .. } => None,
        };
        if let (Move::Wait { until, why, .. }, Some(then)) = (taken, then) {
            teller.wait(model, point, (*until, *why), then, at == last);
        } else {
            let mut acts = Vec::new();
            let end = model.follow(point, taken, &mut |before, act| acts.push((before.clone(), act.clone())));
            let many = acts.len();
            let ends: Vec<Point> = acts.iter().skip(1).map(|(before, _)| before.clone()).chain(end).collect();
            for (nth, ((before, act), then)) in acts.into_iter().zip(ends).enumerate() {
                let told = at == last && nth + 1 == many || teller.speaks_of(model, &before, &act, &then);
                teller.give(&before, &act, then, told);
            }
        }
    }
    teller.flush();
    teller.told
}

/// The parts of a tale as lines.
pub(crate) fn lines(told: &[Told]) -> Vec<Line> {
    told.iter().map(|one| Line { at: one.at, says: one.says.clone() }).collect()
}

struct Teller<'a> {
    told: Vec<Told>,
    /// Since where everything has gone as it always goes, and until where.
    from: Option<(Point, Point)>,
    /// What is told in any case.
    told_of: &'a [&'a Occurrence],
}

impl Teller<'_> {
    fn speaks_of(&self, model: &Model, before: &Point, act: &Act, then: &Point) -> bool {
        // Most tales are of nothing in particular.
        let events = if self.told_of.is_empty() { None } else { model.accepted(before, act) };
        events.is_some_and(|events| {
            let way = (before.cycle.stage(), then.cycle.stage());
            let seen = Seen::accepted(&act.command, act.by.seat(), &events, way);
            self.told_of.iter().any(|what| seen.shows(what, Whom::Group))
        })
    }

    fn wait(&mut self, model: &Model, point: &Point, (until, why): (Instant, Option<DueKind>), then: Point, last: bool) {
        if !last && matches!(why, Some(DueKind::SessionStarts { .. } | DueKind::WeekBegins { .. })) {
            self.usual(point, then);
            return;
        }
        self.flush();
        let why = waits::passed(model, point, until, why);
        self.told.push(Told { at: until, says: format!("Time passes: {why}"), then: Some(then) });
    }

    fn give(&mut self, before: &Point, act: &Act, then: Point, told: bool) {
        // What is voted on later has to be told.
        let suspends = then.cycle.stage() == Stage::Suspended;
        if is_usual(before, act) && !told && !suspends {
            self.usual(before, then);
            return;
        }
        self.flush();
        let mut story = Story::default();
        story.give(&before.cycle, act.by, before.now, &act.command, &[]);
        for line in story.lines() {
            let follows = follows(&before.cycle, &then.cycle);
            let says = if follows.is_empty() { line.says } else { format!("{}; {}", line.says, follows.join("; ")) };
            // What several do one after the other, they do together.
            if let Some(previous) = self.told.last_mut()
                && previous.at == line.at
                && let Some(joined) = joined(&previous.says, &says)
            {
                previous.says = joined;
                previous.then = Some(then.clone());
                continue;
            }
            self.told.push(Told { at: line.at, says, then: Some(then.clone()) });
        }
    }

    fn usual(&mut self, before: &Point, then: Point) {
        match &mut self.from {
            Some((_, until)) => *until = then,
            None => self.from = Some((before.clone(), then)),
        }
    }

    fn flush(&mut self) {
        if let Some((from, until)) = self.from.take() {
            self.told.extend(summed_up(&from, until));
        }
    }
}

/// `Bo voted to go on` and `Cleo voted to go on`: `Bo and Cleo voted to go on`.
fn joined(first: &str, second: &str) -> Option<String> {
    let (who, did) = second.split_once(' ')?;
    let many = did.strip_prefix("was ").map_or_else(|| did.to_owned(), |rest| format!("were {rest}"));
    let before = first.strip_suffix(did).or_else(|| first.strip_suffix(&many))?.strip_suffix(' ')?;
    let mut names: Vec<&str> = before.split(", ").flat_map(|part| part.split(" and ")).collect();
    let named = names.iter().all(|name| !name.contains(' ') && name.chars().next().is_some_and(char::is_uppercase));
    if !named || names.contains(&who) {
        return None;
    }
    names.push(who);
    Some(format!("{} {many}", list(&names.into_iter().map(str::to_owned).collect::<Vec<_>>())))
}

/// What goes as it always goes.
pub(super) fn is_usual(before: &Point, act: &Act) -> bool {
    let first = |session: SessionKind| before.cycle.ledger().session(session).date() == peercircle_core::Date::Open;
    match &act.command {
        Command::MarkAttendance { attendance, .. } => *attendance == Attendance::Present,
        Command::ScheduleSession { session, .. } => first(*session),
        Command::AcceptGroundRules { .. } => !asked_for(&before.cycle, act, Counted::AcceptedRules),
        Command::MakePlan { .. } => !asked_for(&before.cycle, act, Counted::Plans),
        Command::DecideAdoption { .. } => !asked_for(&before.cycle, act, Counted::AdoptionDecisions),
        command => matches!(
            command.kind(),
            CommandKind::FormCycle
                | CommandKind::EnrolMember
                | CommandKind::OpenSession
                | CommandKind::AppointFacilitator
                | CommandKind::StartSession
                | CommandKind::CompleteOrientation
                | CommandKind::OpenPhase
                | CommandKind::StartTurn
                | CommandKind::ShareStory
                | CommandKind::GiveReport
                | CommandKind::FinishTurn
                | CommandKind::PromiseDate
                | CommandKind::CloseSession
        ),
    }
}

/// Whether a rule of the process's own looks at such a command, or counts what it adds to: then it matters who has given it.
fn asked_for(cycle: &Cycle, act: &Act, counted: Counted) -> bool {
    let rules = &cycle.process().spec().rules;
    rules.iter().any(|rule| rule.applies_to.contains(&act.command.kind())) || counts(rules, counted)
}

fn called(cycle: &Cycle, seats: SeatSet) -> String {
    list(&seats.iter().map(|seat| call(cycle, seat)).collect::<Vec<_>>())
}

/// What went as it always goes, in a sentence or two.
fn summed_up(from: &Point, until: Point) -> Vec<Told> {
    let (before, after) = (&from.cycle, &until.cycle);
    let mut says: Vec<(Instant, String)> = Vec::new();
    let new = after.ledger().active().minus(before.ledger().active());
    let joined = (!new.is_empty()).then(|| {
        let (one, more) = if before.ledger().active().is_empty() { ("forms", "form") } else { ("joins", "join") };
        let group = if before.ledger().active().is_empty() { "a group" } else { "the group" };
        format!("{} {} {group}", called(after, new), if new.len() == 1 { one } else { more })
    });
    let beginning: Vec<String> = joined.into_iter().chain(dated(before, after, SessionKind::Explore)).collect();
    if !beginning.is_empty() {
        says.push((from.now, beginning.join("; ")));
    }
    for session in SessionKind::ALL {
        if session == SessionKind::Reflect {
            let closed = after.ledger().session(SessionKind::Explore).closed_at();
            let at = closed.map_or(until.now, |at| at.max(from.now));
            says.extend(dated(before, after, session).map(|says| (at, says)));
            if after.ledger().promised_by() != before.ledger().promised_by() {
                says.push((at, "session 2 is to get its date within a week".to_owned()));
            }
        }
        let parts = held(before, after, session);
        if !parts.is_empty() {
            let closed = after.ledger().session(session).closed_at();
            let opened = before.session() != Some(session);
            let at = closed.unwrap_or(until.now);
            let day = if opened { format!("on {} ", Day(at)) } else { String::new() };
            says.push((at, format!("{day}{}", parts.join("; "))));
        }
    }
    if before.session().is_none() && after.session().is_none() {
        let decided = after.ledger().decided().minus(before.ledger().decided());
        says.extend(does(after, decided, ["decides", "decide"], "what to adopt").map(|says| (until.now, says)));
    }
    if says.is_empty() {
        says.push((until.now, went_on(before, after)));
    }
    let mut told: Vec<_> = says.into_iter().map(|(at, says)| Told { at, says: capital(&says), then: None }).collect();
    if let Some(last) = told.last_mut() {
        last.then = Some(until);
    }
    told
}

/// `Ana and Bo decide what to adopt`; nothing where nobody does.
fn does(cycle: &Cycle, who: SeatSet, [one, more]: [&str; 2], what: &str) -> Option<String> {
    (!who.is_empty()).then(|| format!("{} {} {what}", called(cycle, who), if who.len() == 1 { one } else { more }))
}

/// What went on where no session began, went on or got a date.
fn went_on(before: &Cycle, after: &Cycle) -> String {
    if after.revision() == before.revision()
        && let Some(session) = after.session_ahead()
    {
        return format!("the day of {} comes", session.label());
    }
    let parts = did(before, after);
    if parts.is_empty() { format!("they go on as usual and are at {}", place(after.stage())) } else { parts.join("; ") }
}

/// What was done beside what a session, its phases and its date tell.
fn did(before: &Cycle, after: &Cycle) -> Vec<String> {
    let (old, new) = (before.ledger(), after.ledger());
    let chair = after.session_ahead().and_then(|session| {
        let chair = new.session(session).facilitator().filter(|chair| old.session(session).facilitator() != Some(*chair))?;
        Some(format!("{} is to facilitate {}", call(after, chair), session.label()))
    });
    let parts = [
        does(after, new.accepted_rules().minus(old.accepted_rules()), ["accepts", "accept"], "the ground rules"),
        does(after, new.oriented().minus(old.oriented()), ["completes", "complete"], "the orientation"),
        does(after, new.with_plan().minus(old.with_plan()), ["makes", "make"], "an action plan"),
        chair,
    ];
    parts.into_iter().flatten().collect()
}

/// The date that a session got.
fn dated(before: &Cycle, after: &Cycle, session: SessionKind) -> Option<String> {
    let at = |cycle: &Cycle| cycle.ledger().session(session).date().at();
    let new = at(after).filter(|new| at(before) != Some(*new))?;
    Some(format!("{} is set for {}", session.label(), Day(new)))
}

/// How a session went.
fn held(before: &Cycle, after: &Cycle, session: SessionKind) -> Vec<String> {
    let (old, new) = (before.ledger().session(session), after.ledger().session(session));
    let closed = new.closed_at().is_some() && old.closed_at().is_none();
    let gathers = before.session() != Some(session) && (closed || after.session() == Some(session));
    let sat = |cycle: &Cycle| cycle.state().meeting().is_some() && cycle.session() == Some(session);
    let starts = !sat(before) && (closed || sat(after));
    let sheet = |cycle: &Cycle| cycle.state().sheet().map_or(SeatSet::EMPTY, |sheet| sheet.attended());
    let there = if closed {
        new.attended()
    } else if after.session() == Some(session) {
        sheet(after)
    } else {
        SeatSet::EMPTY
    };
    let come = there.minus(if gathers { SeatSet::EMPTY } else { sheet(before) });
    let mut parts = Vec::new();
    if (gathers || !sat(before)) && !come.is_empty() {
        let comes = if come.len() == 1 { "comes" } else { "come" };
        parts.push(format!("{} {comes} to {}", called(after, come), session.label()));
    } else if gathers && !closed {
        parts.push(format!("the doors of {} open", session.label()));
    }
    if starts && let Some(chair) = new.facilitator() {
        parts.push(format!("{} facilitates it", call(after, chair)));
    }
    let stage = |cycle: &Cycle| sat(cycle).then(|| cycle.stage());
    let goes_on = stage(after).filter(|now| stage(before) != Some(*now) && !opens(*now));
    if closed {
        let own = if starts {
            "it takes its course and closes".to_owned()
        } else {
            format!("{} goes on to its end and closes", session.label())
        };
        parts.push(own);
    } else if let Some(stage) = goes_on {
        parts.push(format!("it gets as far as {}", plain(stage)));
    } else if sat(after) && !starts && after.revision() > before.revision() {
        let did = did(before, after);
        if did.is_empty() { parts.push(format!("they go on with {}", plain(after.stage()))) } else { parts.extend(did) }
    }
    parts
}

const fn opens(stage: Stage) -> bool {
    matches!(stage, Stage::ExploreWelcome | Stage::ReflectWelcome)
}

/// A stage's name within its session.
fn plain(stage: Stage) -> &'static str {
    match stage {
        Stage::ExploreWelcome | Stage::ReflectWelcome => "the welcome",
        Stage::ExploreTakeaways | Stage::ReflectTakeaways => "the takeaways",
        other => other.label(),
    }
}

/// A stage as a place in a sentence, as in "at the welcome of session 2".
pub(crate) fn place(stage: Stage) -> String {
    let of_two = matches!(
        stage,
        Stage::ExploreGathering
            | Stage::ReflectGathering
            | Stage::ExploreWelcome
            | Stage::ReflectWelcome
            | Stage::ExploreTakeaways
            | Stage::ReflectTakeaways
    );
    format!("{}{}", if of_two { "the " } else { "" }, stage.label())
}

/// What a command led to beside what it says.
fn follows(before: &Cycle, after: &Cycle) -> Vec<String> {
    let mut follows = Vec::new();
    let lost = |cycle: &Cycle| cycle.state().meeting().is_some_and(peercircle_core::Meeting::quorum_lost);
    if lost(after) && !lost(before) {
        follows.push("too few are left in the room".to_owned());
    }
    let chaired = |cycle: &Cycle| cycle.state().meeting().map(|meeting| meeting.facilitator().is_some());
    if chaired(before) == Some(true) && chaired(after) == Some(false) {
        follows.push("nobody facilitates".to_owned());
    }
    if let (None, Some(meeting)) = (before.state().meeting(), after.state().meeting()) {
        let missing = meeting.sheet().unmarked(after.expected());
        if !missing.is_empty() {
            follows.push(format!(
                "{} {} there yet",
                called(after, missing),
                if missing.len() == 1 { "isn't" } else { "aren't" }
            ));
        }
    }
    let gone = before.ledger().active().minus(after.ledger().active());
    let dropped: SeatSet =
        gone.iter().filter(|seat| after.ledger().outcome(*seat) == peercircle_core::Outcome::Dropped).collect();
    if !dropped.is_empty() {
        let has = if dropped.len() == 1 { "is" } else { "are" };
        follows.push(format!("{} {has} out of the cycle", called(before, dropped)));
    }
    let stopped = |cycle: &Cycle| cycle.stage() == Stage::Suspended;
    if stopped(after) && !stopped(before) {
        follows.push("the cycle is suspended".to_owned());
    }
    if after.stage() == Stage::Completed {
        follows.push("the cycle is completed".to_owned());
    }
    follows
}

/// Who gives a command, in a script.
pub(super) fn script_actor(by: Actor) -> String {
    match by {
        Actor::Member { seat } => super::name(seat).to_owned(),
        Actor::Organiser {} => "organiser".to_owned(),
        Actor::Host {} => "host".to_owned(),
    }
}
