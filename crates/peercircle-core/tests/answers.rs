//! What the machine answers beside verdicts: what is due, whom it waits for, and the guide that a screen draws.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{formed, give, go, monday, seat};
use peercircle_core::{
    Actor, Attendance, Command, CommandKind, Context, Cycle, DueKind, InterruptReason, KindSet, OwnRule, PauseReason,
    PhaseKind, Place, Process, ProcessSpec, Role, Rsvp, Rulebook, SessionKind, Span, Stage, StoryKind, Switch,
};

/// Session 1 has started; four of six are in the room.
fn started() -> (Cycle, Context) {
    let mut cycle = formed(6, Process::default());
    go(&mut cycle, &Command::StartSession {}, Context::member(seat(0), monday()));
    let context = Context::member(cycle.chair().unwrap(), cycle.last_at());
    give(&mut cycle, &Command::StartSession {}, &context);
    (cycle, context)
}

/// The cycle right after `command`, which is walked to first.
fn until(cycle: &mut Cycle, command: &Command) -> Context {
    let by = cycle.chair().or_else(|| cycle.ledger().active().first()).unwrap();
    let context = Context::member(by, cycle.last_at());
    go(cycle, command, context);
    let context = Context::member(cycle.chair().unwrap_or(by), cycle.last_at());
    give(cycle, command, &context);
    context
}

fn kinds(cycle: &Cycle) -> Vec<DueKind> {
    cycle.deadlines().iter().map(|due| due.kind).collect()
}

fn awaited(cycle: &Cycle) -> Vec<(CommandKind, bool)> {
    cycle.waiting_on().iter().map(|one| (one.what, one.holds_up)).collect()
}

#[test]
fn a_session_is_reminded_of_then_the_time_to_apologise_ends_then_it_begins() {
    let mut cycle = formed(6, Process::default());
    let (session, starts_at) = (SessionKind::Explore, monday() + Span::days(7));
    let schedule = Command::ScheduleSession { session, starts_at, place: Place::Onsite, short_gap: None };
    give(&mut cycle, &schedule, &Context::organiser(monday()));
    let next = cycle.next_due(monday());
    assert_eq!((next[0].kind, next[0].at), (DueKind::SessionReminder { session }, starts_at - Span::hours(48)));
    assert_eq!(cycle.due(starts_at - Span::hours(1)).len(), 2);
    assert_eq!(kinds(&cycle).last(), Some(&DueKind::SessionStarts { session }));
    let reply = Command::Reply { member: seat(1), session, reply: Rsvp::Accepted };
    give(&mut cycle, &reply, &Context::member(seat(1), monday()));
    let silent = cycle.waiting_on().into_iter().find(|one| one.what == CommandKind::Reply).unwrap();
    assert_eq!((silent.who.len(), silent.until), (5, Some(starts_at - Span::hours(24))));
}

#[test]
fn a_running_session_s_deadlines_follow_its_clock() {
    let (mut cycle, chair) = started();
    let start = cycle.last_at();
    let at = |cycle: &Cycle, kind| cycle.deadlines().iter().find(|due| due.kind == kind).map(|due| due.at);
    let welcome = DueKind::PhaseEnds { phase: PhaseKind::Welcome };
    assert_eq!(at(&cycle, welcome), Some(start + Span::minutes(3)));
    assert_eq!(at(&cycle, DueKind::SessionEnds {}), Some(start + Span::minutes(90)));
    let pause = Command::PauseSession { reason: PauseReason::Break };
    give(&mut cycle, &pause, &Context { now: start + Span::minutes(1), ..chair });
    assert_eq!(at(&cycle, welcome), None, "the clock stands");
    let cap = u32::from(cycle.process().spec().clock.pause_minutes);
    assert_eq!(at(&cycle, DueKind::PauseEnds {}), Some(start + Span::minutes(1 + cap)));
    assert_eq!(awaited(&cycle), [(CommandKind::ResumeSession, true)]);
    give(&mut cycle, &Command::ResumeSession {}, &Context { now: start + Span::minutes(5), ..chair });
    assert_eq!(at(&cycle, welcome), Some(start + Span::minutes(7)), "four minutes of pause are left out");
}

#[test]
fn a_speaker_s_time_ends_a_sixth_into_the_box() {
    let (mut cycle, _) = started();
    let tell = Command::ShareStory { member: seat(1), story: StoryKind::Own, note: None };
    let asked = Context::member(seat(1), cycle.last_at());
    assert!(go(&mut cycle, &tell, asked) > 0);
    let turn = cycle.turn(cycle.last_at()).unwrap();
    assert_eq!((turn.speaker, turn.budget), (seat(1), 300), "twenty minutes for the four in the room");
    let ends = cycle.deadlines().into_iter().find(|due| due.kind == DueKind::TurnEnds {}).unwrap();
    assert_eq!(ends.at, cycle.last_at() + Span::seconds(300));
    assert_eq!(awaited(&cycle)[0], (CommandKind::ShareStory, true));
    assert_eq!(cycle.waiting_on()[0].since, Some(cycle.last_at()));
}

#[test]
fn a_session_nobody_resumes_is_abandoned_as_well() {
    let (mut cycle, chair) = started();
    let start = cycle.last_at();
    give(&mut cycle, &Command::DeclareFacilitatorGone {}, &Context { now: start + Span::minutes(1), ..chair });
    let due = cycle.deadlines();
    assert_eq!(due.iter().map(|one| one.kind).collect::<Vec<_>>(), [DueKind::SessionAbandoned {}]);
    let (at, command) = (due[0].at, due[0].then.clone().unwrap());
    assert_eq!(command, Command::InterruptSession { reason: InterruptReason::Abandoned });
    assert!(!cycle.decide(&command, &Context::host(at - Span::seconds(1))).is_accepted());
    give(&mut cycle, &command, &Context::host(at));
    assert_eq!(kinds(&cycle), [DueKind::ResumeUntil {}]);
}

#[test]
fn practice_has_its_weeks_and_its_gap() {
    let (mut cycle, _) = started();
    until(&mut cycle, &Command::CloseSession {});
    let closed = cycle.last_at();
    let weeks = |pick: fn(&DueKind) -> bool| kinds(&cycle).iter().filter(|kind| pick(kind)).count();
    assert_eq!(weeks(|kind| matches!(kind, DueKind::WeekBegins { .. })), 4);
    assert_eq!(weeks(|kind| matches!(kind, DueKind::WeekEnds { .. })), 4);
    let tip = cycle.due(closed);
    assert_eq!(tip[0].kind, DueKind::WeekBegins { week: 1 });
    let member = cycle.in_room().first().or_else(|| cycle.expected().first()).unwrap();
    let log = Command::LogPractice { member, week: 1, note: None };
    let before = cycle.deadlines().into_iter().find(|due| due.kind == DueKind::WeekEnds { week: 1 }).unwrap();
    give(&mut cycle, &log, &Context::member(member, closed));
    let after = cycle.deadlines().into_iter().find(|due| due.kind == DueKind::WeekEnds { week: 1 }).unwrap();
    assert_eq!(before.who.minus(after.who).iter().collect::<Vec<_>>(), [member], "without a buddy the log is enough");
}

#[test]
fn what_is_due_can_be_done_then_and_not_before() {
    // Every deadline of a whole cycle that names a command: legal from its time on, unless something else is in the way.
    let (mut cycle, _) = started();
    until(&mut cycle, &Command::CloseSession {});
    let open = Command::OpenSession { session: SessionKind::Reflect };
    let gap = cycle.deadlines().into_iter().find(|due| due.kind == DueKind::GapReached {}).unwrap();
    assert_eq!(gap.then, Some(open.clone()));
    let by = Actor::Organiser {};
    assert!(cycle.decide(&open, &Context::new(by, gap.at)).is_accepted());
    let early = cycle.decide(&open, &Context::new(by, gap.at - Span::days(1)));
    assert_eq!(early.refusals()[0].rule().to_string(), "R-42");
}

#[test]
fn forming_waits_for_the_organiser_and_gathering_for_the_chair() {
    let cycle = formed(3, Process::default());
    assert_eq!(cycle.waiting_on()[0].part, Role::Organiser);
    assert_eq!(awaited(&cycle), [(CommandKind::EnrolMember, true)]);
    let mut cycle = formed(6, Process::default());
    assert!(awaited(&cycle).contains(&(CommandKind::ScheduleSession, true)));
    go(
        &mut cycle,
        &Command::MarkAttendance { member: seat(5), attendance: Attendance::Present },
        Context::member(seat(5), monday()),
    );
    assert_eq!(cycle.stage(), Stage::ExploreGathering);
    let held_up: Vec<_> = awaited(&cycle).into_iter().filter(|(_, holds_up)| *holds_up).collect();
    assert_eq!(held_up, [(CommandKind::AppointFacilitator, true), (CommandKind::MarkAttendance, true)]);
}

#[test]
fn a_late_comer_without_orientation_is_asked_for_it() {
    let mut spec = ProcessSpec { orientation: Switch::On, ..ProcessSpec::default() };
    spec.name.push_str(" with orientation");
    let mut cycle = formed(6, Process::new(spec).unwrap());
    go(&mut cycle, &Command::StartSession {}, Context::member(seat(0), monday()));
    let chair = Context::member(cycle.chair().unwrap(), cycle.last_at());
    give(&mut cycle, &Command::StartSession {}, &chair);
    let late = seat(5);
    let arrive = Command::MarkAttendance { member: late, attendance: Attendance::Late };
    let verdict = cycle.decide(&arrive, &chair);
    assert_eq!(verdict.refusals().iter().map(|no| no.rule().to_string()).collect::<Vec<_>>(), ["R-09"]);
    give(&mut cycle, &Command::CompleteOrientation { member: late }, &Context { actor: Actor::member(late), ..chair });
    give(&mut cycle, &arrive, &chair);
}

#[test]
fn the_guide_is_enough_to_draw_a_facilitator_s_screen() {
    let (mut cycle, _) = started();
    let tell = Command::ShareStory { member: seat(1), story: StoryKind::Own, note: None };
    let asked = Context::member(seat(1), cycle.last_at());
    go(&mut cycle, &tell, asked);
    let now = cycle.last_at() + Span::seconds(1300);
    let view = cycle.view_guide(Actor::member(cycle.chair().unwrap()), now);
    insta::assert_json_snapshot!("guide_of_the_facilitator", view);
    let view = cycle.view_guide(Actor::member(seat(2)), now);
    let may: Vec<_> = view.may.iter().map(|one| one.command.name()).collect();
    insta::assert_json_snapshot!("what_a_listener_may_do", may);
    insta::assert_json_snapshot!("the_cycle_at_a_glance", cycle.view());
}

#[test]
fn an_explanation_names_every_rule_that_looked() {
    let (cycle, chair) = started();
    let open = Command::OpenPhase { phase: PhaseKind::StorySharing };
    insta::assert_json_snapshot!("why_no_stories_yet", cycle.view_explanation(&open, &chair));
    let verdict = cycle.decide(&Command::DecideAdoption { member: seat(0), adoption: none(), note: None }, &chair);
    insta::assert_json_snapshot!("too_early_to_adopt", cycle.view_verdict(&verdict));
    insta::assert_json_snapshot!("the_way_to_stories", cycle.view_path(&open, &chair));
    insta::assert_json_snapshot!("what_is_due_next", cycle.view_next_due(chair.now));
}

const fn none() -> peercircle_core::Adoption {
    peercircle_core::Adoption::NoneAdopted { reason: peercircle_core::NoAdoptionReason::Undisclosed }
}

#[test]
fn a_rule_of_the_embedder_s_own_shows_in_every_answer() {
    let even = OwnRule {
        id: "ACME-7",
        title: "an even room",
        applies_to: KindSet::of(&[CommandKind::OpenPhase]),
        check: |facts| if facts.in_room().len().is_multiple_of(2) { Ok(()) } else { Err("an odd number is in the room") },
        remedy: "wait for one more",
    };
    let rules = Rulebook::standard().with(even);
    let (mut cycle, chair) = started();
    let accept = |member| Command::AcceptGroundRules { member, version: 1 };
    for member in (0..5).map(seat) {
        give(&mut cycle, &accept(member), &Context { actor: Actor::member(member), ..chair });
    }
    let late = Command::MarkAttendance { member: seat(4), attendance: Attendance::Late };
    give(&mut cycle, &late, &chair);
    let open = Command::OpenPhase { phase: PhaseKind::StorySharing };
    assert!(cycle.decide(&open, &chair).is_accepted(), "the table lets it pass");
    let verdict = rules.decide(&cycle, &open, &chair);
    let view = cycle.view_verdict(&verdict);
    insta::assert_json_snapshot!("an_own_rule_refuses", view);
    let guide = rules.guide(&cycle, chair.actor, chair.now);
    assert_eq!(guide.in_the_way, verdict.refusals());
    let allowed = rules.allowed(&cycle, chair.actor, chair.now);
    assert!(allowed.iter().any(|one| one.command == CommandKind::OpenPhase && !one.permitted));
    let explained = rules.view_explanation(&cycle, &open, &chair);
    assert_eq!(explained.rules.last().map(|rule| (rule.title.as_str(), rule.passes)), Some(("an even room", false)));
    let stuck = rules.path_to(&cycle, &open, &chair).unwrap_err();
    assert_eq!(stuck.stuck, verdict.refusals(), "nobody here knows who else could come");
}
