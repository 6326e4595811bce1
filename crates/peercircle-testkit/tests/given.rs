//! Given, when, then: every stage of the plain way is reached, whatever the process and the size of the group.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use peercircle_core::{
    Attendance, Command, CommandId, CommandKind, Context, GroupPolicy, PhaseKind, Process, ProcessSpec, SessionKind, Span,
    Stage,
};
use peercircle_testkit::given::{Given, given, unformed};
use serde_json::json;

/// How a cycle stops.
const ENDS: [Stage; 5] = [Stage::Suspended, Stage::Completed, Stage::Cancelled, Stage::Terminated, Stage::Lapsed];

/// The stages of the plain way, in its order.
fn stages() -> impl Iterator<Item = Stage> {
    Stage::ALL.iter().copied().filter(|stage| (Stage::Forming..=Stage::Adopting).contains(stage))
}

/// What a case says where it fails.
fn failing(case: impl FnOnce() -> Given) -> String {
    let error = catch_unwind(AssertUnwindSafe(case)).unwrap_err();
    error.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn every_stage_is_reached_under_every_preset_by_every_group() {
    for (name, spec) in ProcessSpec::presets() {
        let process = Process::new(spec).unwrap();
        let group = &process.spec().group;
        for many in group.minimum.max(4)..=group.maximum {
            let group = given(process.clone()).members(many.into());
            let mut on = group.clone();
            for stage in stages() {
                on = on.at(stage);
                assert_eq!(on.cycle().stage(), stage, "{name}, {many} members");
            }
            assert_eq!(group.clone().at(Stage::Adopting).cycle(), on.cycle(), "by the same way from the beginning");
            for end in ENDS {
                let from = if end == Stage::Cancelled { &group } else { &on };
                assert_eq!(from.clone().at(end).cycle().stage(), end, "{name}, {many} members");
            }
        }
    }
}

#[test]
fn three_are_enough_where_the_process_says_so() {
    let group = GroupPolicy { minimum: 3, ..GroupPolicy::default() };
    let process = Process::new(ProcessSpec { group, ..ProcessSpec::default() }).unwrap();
    // All three come and could decide in session 2; one passes, or after it nothing would be left to be done.
    for stage in stages().chain(ENDS) {
        let _ = given(process.clone()).members(3).at(stage).then_stage(stage);
    }
}

#[test]
fn it_goes_on_from_where_it_is_and_not_back() {
    let telling = given(Process::default()).members(6).at(Stage::StorySharing);
    let on = telling.clone().at(Stage::Discussion).at(Stage::Discussion);
    assert_eq!(on.cycle().stage(), Stage::Discussion);
    assert_eq!(on.at(Stage::ReportBack).cycle().stage(), Stage::ReportBack);
    let says = failing(|| telling.at(Stage::ExploreWelcome));
    assert!(says.contains("`explore.story_sharing`") && says.contains("doesn't go back"), "{says}");
    let says = failing(|| given(Process::default()).members(6).at(Stage::Completed).at(Stage::Lapsed));
    assert!(says.contains("expected a stage from `completed` on") && says.contains("got `lapsed`"), "{says}");
    let says = failing(|| given(Process::default()).members(6).at(Stage::StorySharing).at(Stage::Cancelled));
    assert!(says.contains("no way to `cycle.cancel`"), "{says}");
}

#[test]
fn a_phase_that_is_left_out_is_no_place_to_be() {
    let mut spec = ProcessSpec::default();
    let discussion = spec.explore.phase_mut(PhaseKind::Discussion).unwrap();
    (discussion.minutes, discussion.floor_minutes) = (0, 0);
    let process = Process::new(spec).unwrap();
    let after = given(process.clone()).members(5).at(Stage::SkillBuilding);
    assert_eq!(after.cycle().stage(), Stage::SkillBuilding);
    let says = failing(|| given(process).members(5).at(Stage::Discussion));
    assert!(says.contains("leaves out"), "{says}");
}

#[test]
fn the_order_of_rules_is_no_matter() {
    let gathering = given(Process::default()).members(6).at(Stage::ExploreGathering);
    let refused = gathering.clone().when("ana", Command::StartSession {}).rules;
    assert!(gathering.cycle().session() == Some(SessionKind::Explore) && refused.len() > 1, "{refused:?}");
    let turned: Vec<_> = refused.iter().rev().map(String::as_str).collect();
    let _ = gathering.when("ana", Command::StartSession {}).then_refused_by(&turned);
}

#[test]
fn more_members_than_there_are_names_are_an_error() {
    let mut spec = ProcessSpec::default();
    spec.group.maximum = 16;
    let process = Process::new(spec).unwrap();
    let says = failing(|| given(process).members(20));
    assert!(says.contains("at most 16 members, got 20"), "{says}");
}

#[test]
fn ends_are_reached_from_wherever_a_cycle_can_come_to_them() {
    let mut on = given(Process::default()).members(4);
    for stage in stages() {
        on = on.at(stage);
        let ends = ENDS.into_iter().filter(|end| *end != Stage::Cancelled || stage < Stage::ExploreWelcome);
        for end in ends {
            let _ = on.clone().at(end).then_stage(end).at(end);
        }
    }
    // The group decides to go on.
    let _ = given(Process::default())
        .members(4)
        .at(Stage::Discussion)
        .at(Stage::Suspended)
        .at(Stage::Practising)
        .at(Stage::Suspended)
        .at(Stage::Completed);
}

#[test]
fn a_key_a_revision_and_another_session_are_part_of_a_case() {
    let doors = given(Process::default()).members(6).at(Stage::ExploreGathering);
    let (ana, bo) = (doors.seat("ana"), doors.seat("bo"));
    let comes = |member| Command::MarkAttendance { member, attendance: Attendance::Present };
    let (seen, key) = (doors.cycle().revision(), CommandId::from_bytes([9; 16]));
    let case = doors.when_with("ana", comes(ana), |context| context.expecting(seen - 1)).then_no("stale_revision");
    let both = |context| Context { elsewhere: [ana, bo].into_iter().collect(), ..context };
    let case = case.when_with("bo", comes(bo), both).then_refused_by(&["R-59"]);
    // A refusal isn't kept by its key.
    let case = case.when_with("bo", comes(bo), |context| both(context).with_id(key)).then_refused_by(&["R-59"]);
    let case = case.when_with("bo", comes(bo), |context| context.with_id(key)).then_events(&["attendance.marked"]);
    let again = case.when_with("bo", comes(bo), |context| context.expecting(seen).with_id(key));
    assert!(again.events.is_empty() && again.rules.is_empty());
    let says = failing(|| again.clone().then_accepted());
    assert!(says.contains("came      duplicate\n"), "{says}");
    let case = again.then_no("duplicate");
    let back = |context: Context| Context { now: context.now - Span::hours(1), ..context };
    case.when_with("ana", comes(ana), back).then_refused_by(&["R-55"]);
    let says = failing(|| given(Process::default()).members(2).and("cleo", Command::StartSession {}));
    assert!(says.contains("expected a member (ana, bo), got `cleo`"), "{says}");
}

#[test]
fn the_next_cycle_begins_once_the_last_has_ended() {
    let first = given(Process::default()).members(4);
    for stage in [Stage::Forming, Stage::StorySharing, Stage::Practising, Stage::Adopting].into_iter().chain(ENDS) {
        let (next, last) = (unformed(Process::default()), first.clone().at(stage));
        let formed = next.when("organiser", unformed(Process::default()).form(Some(&last)));
        if stage.is_terminal() {
            let _ = formed.then_accepted().members(4).then_stage(Stage::Forming);
        } else {
            let _ = formed.then_refused_by(&["R-60"]).then_stage(Stage::Unformed);
        }
    }
}

#[test]
fn what_a_cycle_is_can_be_asserted_and_says_what_differs() {
    let telling = given(Process::default()).members(6).at(Stage::StorySharing);
    let _ = telling
        .clone()
        .then_stage(Stage::StorySharing)
        .then_discloses(json!({"stage": "exploring", "members": 6}))
        .then_view(json!({"stage": "explore.story_sharing"}))
        .then_may("ana", &[CommandKind::StartTurn, CommandKind::PauseSession])
        .then_may_not("bo", &[CommandKind::PauseSession])
        .then_may_not("organiser", &[CommandKind::StartTurn, CommandKind::CancelCycle]);
    let says = |case: fn(Given) -> Given| failing(|| case(telling.clone()));
    let stage = says(|case| case.then_stage(Stage::Discussion));
    assert!(
        stage.starts_with("the stage came out otherwise\n  expected `explore.discussion`, came `explore.story_sharing`")
    );
    assert!(stage.contains("\n  after\n") && stage.contains("Ana opened story sharing"), "{stage}");
    let facts = says(|case| case.then_discloses(json!({"members": 5, "stage": "exploring", "sessions_held": 1})));
    assert!(facts.contains("  members: expected 5, came 6\n  sessions_held: expected 1, came 0\n  after"), "{facts}");
    let view = says(|case| case.then_view(json!({"members": [{"member": "ana"}, {"member": "cleo"}]})));
    let differs = "members: expected 2 of them, came 6\n  members.1.member: expected \"cleo\", came \"bo\"\n  after";
    assert!(view.starts_with(&format!("the view came out otherwise\n  {differs}")), "{view}");
    let may = says(|case| case.then_may("bo", &[CommandKind::StartTurn, CommandKind::PauseSession]));
    assert!(may.starts_with("what bo may do came out otherwise\n  expected `session.pause`, but "), "{may}");
    let welcome = given(Process::default()).members(4).at(Stage::ExploreWelcome);
    let open = failing(|| welcome.then_may("ana", &[CommandKind::OpenPhase]));
    assert!(open.contains("expected `phase.open`, but ") && open.contains("accepted"), "{open}");
    let may = says(|case| case.then_may("organiser", &[CommandKind::CancelCycle]));
    assert!(may.contains("`cycle.cancel`, but people have come to session 1 already"), "{may}");
    let not = says(|case| case.then_may_not("ana", &[CommandKind::PauseSession]));
    assert!(not.contains("  expected no `session.pause`, but it is allowed\n"), "{not}");
}
