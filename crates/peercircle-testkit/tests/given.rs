//! Given, when, then: every stage of the plain way is reached, whatever the process and the size of the group.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use peercircle_core::{Command, GroupPolicy, PhaseKind, Process, ProcessSpec, SessionKind, Stage};
use peercircle_testkit::given::{Given, given};

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
            for stage in stages() {
                let cycle = given(process.clone()).members(many.into()).at(stage);
                assert_eq!(cycle.cycle().stage(), stage, "{name}, {many} members");
            }
        }
    }
}

#[test]
fn three_are_enough_where_the_process_says_so() {
    let group = GroupPolicy { minimum: 3, ..GroupPolicy::default() };
    let process = Process::new(ProcessSpec { group, ..ProcessSpec::default() }).unwrap();
    // All three come and decide in session 2, so after it nothing is left to be done.
    for stage in stages().filter(|stage| *stage != Stage::Adopting) {
        assert_eq!(given(process.clone()).members(3).at(stage).cycle().stage(), stage);
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
    let says = failing(|| given(Process::default()).members(6).at(Stage::Suspended));
    assert!(says.contains("on the plain way of a cycle, got `suspended`"), "{says}");
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
