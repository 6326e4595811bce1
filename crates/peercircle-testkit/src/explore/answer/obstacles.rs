//! Obstacles: what refuses the way on, and where on that way.

use peercircle_core::{
    Actor, Adoption, Command, CommandKind, Context, Cycle, NoAdoptionReason, NoPath, NoPracticeReason, PathStep, Reason,
    Rejection, RepeatReason, Report, RuleId, SessionKind, State, WaiveReason,
};

use super::dead::askers;
use crate::{
    explore::{
        model::{Model, Point},
        tale::place,
    },
    story::capital,
};

/// Something in the way of going on.
pub(super) struct Obstacle {
    /// The rule that refuses, and what.
    pub(super) rules: String,
    /// What it is in substance: the rule that refuses where it is the process's own or in code, which says the same at every stage;
    /// of a rule of the table also what it refuses.
    pub(super) cause: String,
    /// Whether the rule is the process's own, or in code.
    pub(super) own: bool,
    /// A sentence without a full stop.
    pub(super) says: String,
    /// The same, with where it is.
    pub(super) placed: String,
}

impl Obstacle {
    /// What is in the way to `goal`, from where `from` is.
    fn all(no: &NoPath, goal: &Command, from: &Cycle) -> Vec<Self> {
        // A remedy that belongs elsewhere is none; what it was a remedy for is in the way.
        if no.stuck.iter().all(|one| matches!(one, Rejection::WrongPhase { .. })) {
            return no.refused.iter().map(|one| Self::of(no, goal, one, from)).collect();
        }
        let own = no.stuck_for.iter().rev().find(|(_, one)| is_own(one) && !no.stuck.iter().any(is_own));
        if let Some((command, one)) = own {
            return vec![Self::of(no, command, one, from).and(&refused_as_well(no))];
        }
        let mut all: Vec<_> = no.stuck.iter().map(|one| Self::of(no, &no.stuck_at, one, from)).collect();
        let last = all.pop().map(|last| last.and(&is_for(no)));
        all.extend(last);
        all
    }

    /// The same with another sentence.
    fn and(mut self, more: &str) -> Self {
        self.says.push_str(more);
        self.placed.push_str(more);
        self
    }

    fn of(no: &NoPath, command: &Command, one: &Rejection, from: &Cycle) -> Self {
        let (reached, rule) = (no.reached.stage(), one.rule().name(from.process()));
        let what = in_the_way(&no.reached, command.kind(), one);
        let rules = format!("{} {rule}", command.kind().label());
        let further = format!("Further on, at {}, {what}", place(reached));
        Self {
            cause: if is_own(one) { rule } else { rules.clone() },
            rules,
            own: is_own(one),
            says: if reached == from.stage() { capital(&what) } else { further },
            placed: format!("At {}, {what}", place(reached)),
        }
    }
}

/// What the command is for at which the way ends, where it isn't simply the next one: a sentence after a full stop.
fn is_for(no: &NoPath) -> String {
    let last = no.stuck_for.last().filter(|(_, one)| !matches!(one, Rejection::WrongPhase { .. }));
    last.map_or_else(String::new, |(command, one)| {
        let rule = one.rule().name(no.reached.process());
        format!(". That is wanted to {}: {} ({rule})", command.kind().label(), one.say(&no.reached))
    })
}

/// What refuses the command that would answer a rule of the process's own, or in code: a sentence after a full stop.
fn refused_as_well(no: &NoPath) -> String {
    let to = no.stuck_at.kind().label();
    let first = no.stuck.first().map(|one| (one.say(&no.reached), one.rule().name(no.reached.process())));
    first.map_or_else(String::new, |(refuses, rule)| format!(". To {to} is refused as well: {refuses} ({rule})"))
}

/// What refuses a command here, and what would help; nothing of the kind where there is only nothing to be done.
pub(super) fn in_the_way(cycle: &Cycle, kind: CommandKind, one: &Rejection) -> String {
    let (rule, remedy) = (one.rule().name(cycle.process()), one.remedy(cycle));
    let refused = format!("in the way to {}: {} ({rule})", kind.label(), one.say(cycle));
    if is_needless(one) || remedy.trim().is_empty() { refused } else { format!("{refused}. What helps: {remedy}") }
}

/// Whether it refuses only because there is nothing to be done: the command belongs where somebody is otherwise placed.
pub(super) const fn is_needless(one: &Rejection) -> bool {
    matches!(
        one,
        Rejection::RuleRefused {
            reason: Reason::NothingToCatchUp { .. }
                | Reason::NothingToMakeUp { .. }
                | Reason::AlreadyMember { .. }
                | Reason::AlreadyEnded { .. }
                | Reason::AlreadyReported { .. }
                | Reason::AlreadyAnonymous { .. }
                | Reason::FacilitatorThere { .. }
                | Reason::QuorumStands {}
                | Reason::OverrunGranted {}
                | Reason::RoundIsOver {}
                | Reason::ClockStands {}
                | Reason::ClockRuns {}
                | Reason::NotInterrupted {},
            ..
        }
    )
}

pub(super) fn is_own(one: &Rejection) -> bool {
    !matches!(one.rule(), RuleId::Ours(_))
}

/// What is in the way of going on, in sentences without a full stop.
pub(super) fn sentences(model: &Model, point: &Point) -> Vec<String> {
    obstacles(model, point).into_iter().map(|one| one.says).collect()
}

/// What the way on ends at, however far the known steps lead.
pub(super) fn obstacles(model: &Model, point: &Point) -> Vec<Obstacle> {
    let mut cycle = point.cycle.clone();
    let mut now = point.now;
    for _ in 0..16 {
        let mut refused: Option<(NoPath, Command)> = None;
        let (mut led, mut overtaken) = (None, None);
        for (goal, by) in goals(&cycle) {
            match model.rules().path_to(&cycle, &goal, &Context::new(by, now)) {
                // That it is open is a way out, and doesn't say what is in the way.
                Ok(_) if goal.kind() == CommandKind::WaiveMember => {}
                Ok(steps) => {
                    let last = PathStep { by, at: steps.last().map_or(now, |step| step.at.max(now)), command: goal };
                    led = Some(steps.into_iter().chain([last]).collect::<Vec<_>>());
                    break;
                }
                // What was wanted on the way isn't any more, such as to go on below the quorum once others have come.
                Err(no) if no.stuck.iter().all(is_needless) && no.reached.revision() > cycle.revision() => {
                    let here = refused_here(model, &Point { cycle: cycle.clone(), now, ..point.clone() }, &no.stuck_at);
                    if here.is_empty() {
                        overtaken = Some(no.reached);
                        break;
                    }
                    refused.get_or_insert_with(|| (NoPath { reached: Box::new(cycle.clone()), stuck: here, ..no }, goal));
                }
                // What everyone meets who goes that way is in the way, and not what only the first of them does.
                Err(no) => {
                    let own = |no: &NoPath| {
                        let answered = no.stuck_for.iter().map(|(_, one)| one);
                        no.stuck.iter().chain(&no.refused).chain(answered).any(is_own)
                    };
                    if refused.as_ref().is_none_or(|(first, _)| !own(first) && own(&no)) {
                        refused = Some((no, goal));
                    }
                }
            }
        }
        if let Some(on) = overtaken {
            now = on.last_at().max(now);
            cycle = *on;
            continue;
        }
        let Some(steps) = led else {
            return refused.map_or_else(Vec::new, |(no, goal)| Obstacle::all(&no, &goal, &point.cycle));
        };
        for step in steps {
            let verdict = model.rules().decide(&cycle, &step.command, &Context::new(step.by, step.at));
            for event in verdict.events() {
                if cycle.evolve(event).is_err() {
                    return Vec::new();
                }
            }
            now = step.at.max(now);
        }
    }
    Vec::new()
}

/// What refuses a command to whoever it is refused for the least.
fn refused_here(model: &Model, point: &Point, command: &Command) -> Vec<Rejection> {
    let refusals = |by| model.rules().refusals(&point.cycle, command, &Context::new(by, point.now));
    let role = |all: &Vec<Rejection>| all.iter().any(|one| matches!(one, Rejection::NotYourRole { .. }));
    askers(point).into_iter().map(refusals).min_by_key(|all| (role(all), all.len())).unwrap_or_default()
}

/// What the group is on its way to next, by each who could do it; nothing once only decisions are left.
fn goals(cycle: &Cycle) -> Vec<(Command, Actor)> {
    let active = cycle.ledger().active();
    let chair = cycle.chair().or_else(|| active.first()).map_or(Actor::Organiser {}, Actor::member);
    match cycle.state() {
        State::Suspended(_) => vec![(Command::ResumeCycle {}, Actor::Organiser {})],
        State::Forming | State::Scheduled | State::Practising | State::Gathering(_) => {
            let others = active.iter().map(Actor::member).filter(|other| *other != chair);
            let start = [chair].into_iter().chain(others).map(|by| (Command::StartSession {}, by));
            // Where only somebody is left who facilitated before, a reason helps.
            let session = cycle.session_ahead().filter(|_| cycle.chair().is_none());
            let again = session.into_iter().flat_map(|session| {
                let appoint = move |member| Command::AppointFacilitator { session, member, exception: AGAIN };
                active.iter().map(move |member| (appoint(member), Actor::Organiser {}))
            });
            start.chain(again).collect()
        }
        State::Exploring(_) | State::Reflecting(_) => in_session(cycle, chair),
        State::Adopting => finishing(cycle),
        State::Unformed | State::Completed | State::Cancelled | State::Terminated | State::Lapsed => Vec::new(),
    }
}

/// Who hasn't decided does; once all have, who missed session 2 makes up for it, or is freed from that.
fn finishing(cycle: &Cycle) -> Vec<(Command, Actor)> {
    let ledger = cycle.ledger();
    let left = ledger.unfinished();
    if let Some(member) = left.minus(ledger.decided()).first() {
        let adoption = Adoption::NoneAdopted { reason: NoAdoptionReason::Undisclosed };
        return vec![(Command::DecideAdoption { member, adoption, note: None }, Actor::member(member))];
    }
    let Some(member) = left.first() else { return Vec::new() };
    let report = Report::DidNotPractise { reason: NoPracticeReason::Undisclosed };
    let made_up_for = if ledger.reports().contains(member) {
        Command::RecordDebrief { member }
    } else {
        Command::SubmitReport { member, report, note: None }
    };
    let freed = Command::WaiveMember { member, reason: WaiveReason::OrganiserDecision };
    vec![(made_up_for, Actor::member(member)), (freed, Actor::Organiser {})]
}

/// Why somebody facilitates again.
const AGAIN: Option<RepeatReason> = Some(RepeatReason::NoOtherWilling);

fn in_session(cycle: &Cycle, chair: Actor) -> Vec<(Command, Actor)> {
    let Some(meeting) = cycle.state().meeting() else { return Vec::new() };
    let room = cycle.in_room();
    // What can't be taken up again may be held afresh.
    let afresh = meeting.interrupted().map(|_| (Command::RestartSession {}, Actor::Organiser {}));
    let mut goals = match (meeting.facilitator(), meeting.claim()) {
        (None, Some(claim)) => {
            let others = room.without(claim.seat).iter();
            others.map(|other| (Command::AssentToFacilitator {}, Actor::member(other))).collect()
        }
        (None, None) => {
            let before = cycle.ledger().session(SessionKind::Explore).facilitated();
            let claim = |member, exception| (Command::ClaimFacilitation { member, exception }, Actor::member(member));
            let first = room.minus(before).iter().map(|member| claim(member, None));
            first.chain(room.iter().map(|member| claim(member, AGAIN))).collect()
        }
        (Some(_), _) => vec![(Command::CloseSession {}, chair)],
    };
    goals.extend(afresh);
    goals
}
