//! Obstacles: what refuses the way on, and where on that way.

use peercircle_core::{
    Actor, Adoption, Command, Context, Cycle, NoAdoptionReason, NoPath, PathStep, Rejection, RepeatReason, RuleId,
    SessionKind, State,
};

use crate::explore::{
    model::{Model, Point},
    tale::place,
};

/// Something in the way of going on.
pub(super) struct Obstacle {
    /// The rule that refuses, and what.
    pub(super) rules: String,
    /// What it is in substance: the rule that refuses where it is the process's own or in code, which says the same at every stage;
    /// of a rule of the table also what it refuses.
    pub(super) cause: String,
    /// A sentence without a full stop.
    pub(super) says: String,
}

impl Obstacle {
    /// What is in the way to `goal`, from where `from` is.
    fn all(no: &NoPath, goal: &Command, from: &Cycle) -> Vec<Self> {
        // A remedy that belongs elsewhere is none; what it was a remedy for is in the way.
        let elsewhere = no.stuck.iter().all(|one| matches!(one, Rejection::WrongPhase { .. }));
        let (command, refusals) = if elsewhere { (goal, &no.refused) } else { (&*no.stuck_at, &no.stuck) };
        refusals.iter().map(|one| Self::of(no, command, one, from)).collect()
    }

    fn of(no: &NoPath, command: &Command, one: &Rejection, from: &Cycle) -> Self {
        let (to, rule) = (command.kind().label(), one.rule().name(from.process()));
        let reached = no.reached.stage();
        let way = if reached == from.stage() {
            "In the way".to_owned()
        } else {
            format!("Further on, at {}, in the way", place(reached))
        };
        let (refuses, helps) = (one.say(&no.reached), one.remedy(&no.reached));
        let rules = format!("{to} {rule}");
        Self {
            cause: if is_own(one) { rule.clone() } else { rules.clone() },
            rules,
            says: format!("{way} to {to}: {refuses} ({rule}). What helps: {helps}"),
        }
    }
}

fn is_own(one: &Rejection) -> bool {
    !matches!(one.rule(), RuleId::Ours(_))
}

/// What the way on ends at, however far the known steps lead.
pub(super) fn obstacles(model: &Model, point: &Point) -> Vec<Obstacle> {
    let mut cycle = point.cycle.clone();
    let mut now = point.now;
    for _ in 0..16 {
        let mut refused: Option<(NoPath, Command)> = None;
        let mut led = None;
        for (goal, by) in goals(&cycle) {
            match model.rules().path_to(&cycle, &goal, &Context::new(by, now)) {
                Ok(steps) => {
                    let last = PathStep { by, at: steps.last().map_or(now, |step| step.at.max(now)), command: goal };
                    led = Some(steps.into_iter().chain([last]).collect::<Vec<_>>());
                    break;
                }
                // What everyone meets who goes that way is in the way, and not what only the first of them does.
                Err(no) => {
                    let own = |no: &NoPath| no.stuck.iter().chain(&no.refused).any(is_own);
                    if refused.as_ref().is_none_or(|(first, _)| !own(first) && own(&no)) {
                        refused = Some((no, goal));
                    }
                }
            }
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
        State::Adopting => {
            let member = cycle.ledger().unfinished().minus(cycle.ledger().decided()).first();
            let adoption = Adoption::NoneAdopted { reason: NoAdoptionReason::Undisclosed };
            let decide = |member| (Command::DecideAdoption { member, adoption, note: None }, Actor::member(member));
            member.map(decide).into_iter().collect()
        }
        State::Unformed | State::Completed | State::Cancelled | State::Terminated | State::Lapsed => Vec::new(),
    }
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
