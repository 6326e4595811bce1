//! The floors: each makes exactly the commands that only its phase has, as the table of kinds says.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{formed, give, go, monday, seat};
use peercircle_core::{
    Adoption, Attendance, Command, CommandKind, Context, Cycle, ForceReason, KindSet, NoAdoptionReason, NoPracticeReason,
    PassPhase, PauseReason, PhaseKind, Process, ReopenReason, Report, RoundPhase, SessionKind, SkipReason, Span, Stage,
    StageSet, StoryKind,
};

/// The kinds that only some phases have, of those that belong here; going on and back is in every phase's own words.
fn only_here(stage: Stage) -> KindSet {
    let some = |kind: &CommandKind| {
        let running = kind.stages().minus(StageSet::RUNNING) == StageSet::EMPTY;
        running && kind.stages() != StageSet::RUNNING && *kind != CommandKind::DelegateFacilitation
    };
    let moves = [CommandKind::OpenPhase, CommandKind::SkipPhase, CommandKind::ReopenPhase];
    let all: Vec<_> = KindSet::at_stage(stage).iter().filter(some).collect();
    KindSet::of(&all).minus(KindSet::of(&moves))
}

fn turns<P: RoundPhase>(floor: &peercircle_core::Floor<'_, P>) -> Vec<Command> {
    assert!(!floor.round().open().is_empty());
    vec![floor.start_turn(seat(0)), floor.defer(seat(0)), floor.close_round(ForceReason::Time)]
}

fn and_pass<P: PassPhase>(floor: &peercircle_core::Floor<'_, P>) -> Vec<Command> {
    let mut made = turns(floor);
    made.push(floor.pass(seat(0)));
    made
}

/// What the floor of the running phase makes: what is of the phase alone, and the way on.
fn made(cycle: &Cycle) -> (Vec<Command>, Option<Command>) {
    let with = |mut made: Vec<Command>, more: &[Command]| {
        made.extend_from_slice(more);
        made
    };
    let report = Report::DidNotPractise { reason: NoPracticeReason::NoTime };
    let adoption = Adoption::NoneAdopted { reason: NoAdoptionReason::AlreadyDone };
    if let Some(floor) = cycle.as_explore_welcome() {
        (Vec::new(), Some(floor.open_story_sharing()))
    } else if let Some(floor) = cycle.as_story_sharing() {
        let tell = floor.share_story(seat(0), StoryKind::Own, None);
        (with(and_pass(&floor), &[tell]), Some(floor.open_discussion()))
    } else if let Some(floor) = cycle.as_discussion() {
        assert_eq!(floor.skip_skill_building(SkipReason::Time).kind(), CommandKind::SkipPhase);
        (Vec::new(), Some(floor.open_skill_building()))
    } else if let Some(floor) = cycle.as_skill_building() {
        let back = Command::ReopenPhase { phase: PhaseKind::Discussion, reason: ReopenReason::Unfinished };
        assert_eq!(floor.reopen_previous(ReopenReason::Unfinished), back);
        (Vec::new(), Some(floor.open_action_planning()))
    } else if let Some(floor) = cycle.as_action_planning() {
        (with(and_pass(&floor), &[floor.finish_turn(seat(0), None)]), Some(floor.open_next_steps()))
    } else if let Some(floor) = cycle.as_next_steps() {
        (Vec::new(), Some(floor.open_takeaways()))
    } else if let Some(floor) = cycle.as_explore_takeaways() {
        let own = [floor.finish_turn(seat(0), None), floor.close_session()];
        (with(and_pass(&floor), &own), None)
    } else if let Some(floor) = cycle.as_reflect_welcome() {
        (Vec::new(), Some(floor.open_report_back()))
    } else if let Some(floor) = cycle.as_report_back() {
        (with(turns(&floor), &[floor.give_report(seat(0), report, None)]), Some(floor.open_lessons_learned()))
    } else if let Some(floor) = cycle.as_lessons_learned() {
        (Vec::new(), Some(floor.open_adoption()))
    } else if let Some(floor) = cycle.as_adoption() {
        let decide = floor.decide_adoption(seat(0), adoption, None);
        assert_eq!(decide.kind(), CommandKind::DecideAdoption);
        (and_pass(&floor), Some(floor.open_takeaways()))
    } else {
        let floor = cycle.as_reflect_takeaways().unwrap();
        let own = [floor.finish_turn(seat(0), None), floor.close_session()];
        (with(and_pass(&floor), &own), None)
    }
}

#[test]
fn every_floor_makes_exactly_what_is_its_phase_s() {
    let mut cycle = formed(6, Process::default());
    let mut seen = Vec::new();
    for session in SessionKind::ALL {
        let asked = Context::member(cycle.rota(session)[0], monday());
        go(&mut cycle, &Command::StartSession {}, asked);
        let context = Context::member(cycle.chair().unwrap(), cycle.last_at());
        give(&mut cycle, &Command::StartSession {}, &context);
        loop {
            let stage = cycle.stage();
            seen.push(stage);
            let (own, on) = made(&cycle);
            let mut expected = only_here(stage);
            if stage == Stage::ReportBack {
                // The rule gives the remedy; the type leaves no way to ask.
                expected = expected.minus(KindSet::of(&[CommandKind::PassTurn]));
            }
            assert_eq!(KindSet::of(&own.iter().map(Command::kind).collect::<Vec<_>>()), expected, "{stage:?}");
            let next = on.unwrap_or(Command::CloseSession {});
            let context = Context::member(cycle.chair().unwrap(), cycle.last_at());
            go(&mut cycle, &next, context);
            let context = Context { now: cycle.last_at(), ..context };
            give(&mut cycle, &next, &context);
            if next.kind() == CommandKind::CloseSession {
                break;
            }
        }
    }
    assert_eq!(seen, StageSet::RUNNING.iter().collect::<Vec<_>>(), "all twelve phases were asked");
}

#[test]
fn whoever_leaves_in_a_pause_was_heard_until_it_began() {
    let mut cycle = formed(6, Process::default());
    let (bo, turn) = (seat(1), Command::StartTurn { member: seat(1) });
    go(&mut cycle, &turn, Context::member(bo, monday()));
    let began = cycle.last_at();
    give(&mut cycle, &turn, &Context::member(bo, began));
    let pause = Command::PauseSession { reason: PauseReason::Break };
    let chair = cycle.chair().unwrap();
    give(&mut cycle, &pause, &Context::member(chair, began + Span::seconds(60)));
    let leave = Command::MarkAttendance { member: bo, attendance: Attendance::LeftEarly };
    give(&mut cycle, &leave, &Context::member(bo, began + Span::seconds(360)));
    assert_eq!(cycle.state().meeting().unwrap().airtime_seconds(bo), 60);
}
