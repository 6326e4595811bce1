//! What groups do because a rule of their own asks for it, and the explorer leaves out elsewhere: it has to be found.
#![expect(clippy::panic, reason = "helpers of tests")]

mod calm;

use peercircle_core::{CommandKind, Instant, Process, Stage};
use peercircle_process::{Format, parse};
use peercircle_testkit::{
    explore::{Answer, Bounds, KnotKind, explore, quietly},
    page::{Origin, page},
};

use crate::calm::CALM;

fn process(head: &str, rules: &[(&str, &str)]) -> Process {
    let rule = |(nth, (kinds, require)): (usize, &(&str, &str))| {
        format!(
            "[[rules]]\nid = \"ACME-{nth}\"\ntitle = \"rule {nth}\"\napplies_to = [{kinds}]\nrequire = {require}\nremedy = \"ask HR\"\n"
        )
    };
    let rules: String = rules.iter().enumerate().map(rule).collect();
    let text = format!("{head}\ngroup = {{ minimum = 3, target = 4, maximum = 6 }}\n{rules}");
    parse(&text, Format::Toml).unwrap_or_else(|issues| panic!("{issues}"))
}

fn under(rules: &[(&str, &str)], bounds: &Bounds) -> Answer {
    explored(process("", rules), bounds)
}

fn explored(process: Process, bounds: &Bounds) -> Answer {
    let answer = explore(process, bounds, &[], &mut quietly);
    assert_eq!(answer.stopped, None, "{answer}");
    answer
}

fn lost(answer: &Answer) -> usize {
    answer.ends.map_or(usize::MAX, |ends| ends.lost + ends.stuck)
}

#[test]
fn whoever_facilitates_opens_the_doors() {
    let opens = r#"{ any = [{ stage = ["forming", "scheduled"] }, { role = ["facilitator"] }] }"#;
    let answer = under(&[("\"session.open\"", opens)], &CALM);
    assert!(answer.is_sound() && answer.rescues.is_empty(), "{answer}");
}

#[test]
fn groups_that_a_rule_keeps_small_are_not_said_to_be_larger() {
    let four = r#"{ count = { of = "members", at_most = 3 } }"#;
    let answer = under(&[("\"member.enrol\"", four)], &Bounds { members: 6, ..CALM });
    let capped = answer.capped.as_ref().unwrap_or_else(|| panic!("{answer}"));
    assert_eq!((capped.members, &capped.rules[..]), (4, &["ACME-0".to_owned()][..]));
    let says = "a group of 4 at most, as ACME-0 lets nobody else join (6 were asked for)";
    let text = answer.to_string();
    assert!(text.contains(&format!("Assumed: {says}; nobody leaves")) && !text.contains("a group of 6"), "{text}");
    let origin = Origin { version: 1, file: "ours.toml".to_owned(), at: Instant::default() };
    assert!(page(&answer, &origin).contains(&format!("It holds for {says}; nobody leaves")));
    let json = serde_json::to_value(&answer).unwrap_or_default();
    assert_eq!(json["capped"], serde_json::json!({"members": 4, "rules": ["ACME-0"]}));
    // Where groups grow as large as they were to, nothing is said of it.
    let answer = under(&[("\"member.enrol\"", four)], &CALM);
    assert!(answer.capped.is_none() && answer.to_string().contains("a group of 4; nobody"), "{answer}");
}

#[test]
fn a_way_out_is_no_heavier_than_it_has_to_be_because_a_heavier_one_is_known() {
    let four = r#"{ count = { of = "present", at_least = 4 } }"#;
    let answer = under(&[("\"phase.open\"", four)], &Bounds { leaving: 1, absent: 1, ..CALM });
    // Where somebody left once the doors were shut, a session is held afresh in the end; in session 2 it is enough to go back a phase.
    let afresh = answer.rescues.iter().find(|rescue| rescue.by.contains(&CommandKind::RestartSession));
    assert!(afresh.is_some(), "{answer}");
    let back = answer.rescues.iter().find(|rescue| rescue.stage == Stage::LessonsLearned);
    let by = back.map(|rescue| rescue.by.as_slice());
    assert_eq!(by, Some(&[CommandKind::ReopenPhase, CommandKind::MarkAttendance][..]), "{answer}");
}

#[test]
fn of_two_on_time_one_offers_and_one_agrees() {
    let on_time = r#"{ attendance = { of = "actor", is = ["present"] } }"#;
    let rules = [("\"facilitator.assent\", \"facilitator.claim\"", on_time)];
    let answer = under(&rules, &Bounds { late: 1, leaving: 1, ..CALM });
    let interrupted = answer.rescues.iter().any(|rescue| rescue.by.contains(&CommandKind::InterruptSession));
    assert!(lost(&answer) == 0 && !interrupted, "{answer}");
}

#[test]
fn whoever_may_not_speak_passes() {
    let on_time = r#"{ attendance = { of = "subject", is = ["present"] } }"#;
    let answer = under(&[("\"turn.start\"", on_time)], &Bounds { late: 1, ..CALM });
    // Nobody passes when they are to report back.
    assert!(answer.rescues.iter().all(|rescue| rescue.stage > Stage::Practising), "{answer}");
    assert!(answer.is_sound(), "{answer}");
}

#[test]
fn a_mark_that_may_not_wait_until_the_end_is_made_before() {
    let rules = [(
        "\"attendance.mark\"",
        r#"{ any = [{ role = ["facilitator", "organiser"] }, { phase = ["welcome"] }, { not = { stage = ["explore.takeaways", "reflect.takeaways"] } }] }"#,
    )];
    let answer = under(&rules, &Bounds { late: 1, ..CALM });
    assert!(answer.is_sound() && answer.rescues.is_empty(), "{answer}");
}

#[test]
fn session_2_is_held_when_the_rules_have_room_for_it() {
    let soon = r#"{ any = [{ stage = ["explore.gathering"] }, { elapsed = { since = "explore_closed", at_most_minutes = 36000 } }] }"#;
    let answer = under(&[("\"session.start\"", soon)], &CALM);
    assert!(answer.ends.is_some_and(|ends| ends.complete > 0), "{answer}");
    assert!(answer.unreached.is_empty(), "{answer}");
    let late = r#"{ any = [{ stage = ["explore.gathering"] }, { elapsed = { since = "explore_closed", at_least_minutes = 72000 } }] }"#;
    let answer = under(&[("\"session.start\"", late)], &CALM);
    assert!(lost(&answer) == 0, "{answer}");
}

#[test]
fn session_2_gets_its_facilitator_before_session_1() {
    let answer = under(&[("\"facilitator.appoint\"", r#"{ stage = ["forming", "scheduled"] }"#)], &CALM);
    assert!(answer.ends.is_some_and(|ends| ends.complete > 0) && answer.unreached.is_empty(), "{answer}");
}

/// Whoever is asked to keep the time takes that part from whoever facilitates, who may be the only one to open phases.
#[test]
fn a_timekeeper_may_be_in_the_way() {
    let rules = [
        ("\"phase.open\"", r#"{ role = ["timekeeper"] }"#),
        ("\"timekeeper.appoint\"", r#"{ stage = ["explore.gathering", "reflect.gathering"] }"#),
        (
            "\"session.interrupt\", \"facilitator.hand_over\", \"facilitator.declare_gone\", \"cycle.suspend\", \"breach.report\"",
            r#"{ not = { phase = ["welcome"] } }"#,
        ),
    ];
    let answer = under(&rules, &CALM);
    assert!(lost(&answer) > 0, "{answer}");
    let told = answer.knots.first().and_then(|knot| knot.too_late()).map_or("", |step| &step.says);
    assert!(told.contains("started session 1"), "{answer}");
}

/// New ground rules ask for what nobody may do any more.
#[test]
fn ground_rules_that_change_when_nobody_may_accept() {
    let rules = [("\"ground_rules.accept\"", r#"{ stage = ["forming", "scheduled"] }"#)];
    assert!(lost(&under(&rules, &CALM)) == 0);
    let answer = under(&rules, &Bounds { members: 3, troubles: 1, ..CALM });
    assert!(answer.knots.iter().any(|knot| knot.story().iter().any(|line| line.says.contains("ground rules"))), "{answer}");
}

#[test]
fn excused_is_who_says_so_in_time() {
    let rules = [(
        "\"session.start\"",
        r#"{ any = [{ stage = ["explore.gathering"] }, { attendance = { of = "everyone", is = ["present", "late", "excused"] } }] }"#,
    )];
    let answer = under(&rules, &Bounds { absent: 1, ..CALM });
    assert!(!answer.dead.contains(&CommandKind::RecordDebrief), "{answer}");
}

/// Whoever facilitates is settled before the doors because of a rule on attendance, and the orientation is still a chore.
#[test]
fn an_orientation_is_completed_at_the_doors_whatever_is_settled_before() {
    let rules = [("\"feedback.give\"", r#"{ not = { attendance = { of = "actor", is = ["absent"] } } }"#)];
    let answer = explored(process("orientation = \"on\"", &rules), &CALM);
    assert!(answer.ends.is_some_and(|ends| ends.complete > 0) && lost(&answer) == 0, "{answer}");
}

/// Who has to begin session 2 afresh has more reports than a rule lets it begin with.
#[test]
fn a_session_held_afresh_may_be_too_far_on() {
    let answer = under(
        &[("\"session.start\"", r#"{ count = { of = "reports", at_most = 2 } }"#)],
        &Bounds { members: 3, leaving: 1, ..CALM },
    );
    assert!(lost(&answer) > 0 && !answer.is_sound(), "{answer}");
}

/// Where no cycle is completed, what leads out of being stuck only leads to being lost.
#[test]
fn out_of_being_stuck_no_group_completes_where_none_does() {
    let rules = [
        ("\"cycle.terminate\"", r#"{ count = { of = "practice_entries", at_most = 2 } }"#),
        ("\"turn.start\"", r#"{ role = ["organiser"] }"#),
    ];
    let answer = under(&rules, &Bounds { members: 3, ..CALM });
    assert!(lost(&answer) > 0 && answer.ends.is_some_and(|ends| ends.complete == 0), "{answer}");
    assert!(answer.knots.iter().any(|knot| knot.kind == KnotKind::Hopeless), "{answer}");
    assert!(answer.to_string().contains("which every group would need"), "{answer}");
}

/// With turns by seat, who speaks next depends on how a state was come to; the ways told lead to their states all the same.
#[test]
fn whoever_cannot_make_up_for_session_2_is_waived_or_the_group_is_lost() {
    let rules = [("\"member.waive\"", r#"{ stage = ["forming"] }"#)];
    for order in ["fixed", "volunteer"] {
        let head = format!("turns = {{ order = \"{order}\" }}\nquorum = {{ floor = 2 }}");
        let answer = explored(process(&head, &rules), &Bounds { members: 3, late: 1, ..CALM });
        assert!(lost(&answer) > 0 && !answer.is_sound(), "{order}: {answer}");
        let told = answer.knots.first().and_then(|knot| knot.in_the_way.first());
        assert!(told.is_some_and(|says| says.contains("rule 0")), "{order}: {answer}");
    }
}

/// So many logs there are only once every week of practice has begun, which is later than groups would meet otherwise.
#[test]
fn session_2_is_as_late_as_what_is_practised_asks_for() {
    let head = "gap = { minimum_days = 10, target_days = 14, maximum_days = 60 }";
    let logged = r#"{ any = [{ stage = ["explore.gathering"] }, { count = { of = "practice_entries", at_least = 16 } }] }"#;
    let answer = explored(process(head, &[("\"session.start\"", logged)]), &CALM);
    assert!(answer.ends.is_some_and(|ends| ends.complete > 0) && lost(&answer) == 0, "{answer}");
}

#[test]
fn whoever_facilitates_leaves_the_chair_to_speak() {
    let head = "facilitation = { delegate_own_turn = \"on\" }";
    let answer = explored(process(head, &[("\"turn.start\"", r#"{ not = { role = ["facilitator"] } }"#)]), &CALM);
    assert!(answer.is_sound() && answer.rescues.is_empty(), "{answer}");
}

#[test]
fn new_ground_rules_are_accepted_by_nobody_yet() {
    let nobody = r#"{ any = [{ stage = ["reflect.gathering"] }, { count = { of = "accepted_rules", at_most = 0 } }] }"#;
    let answer = under(&[("\"session.start\"", nobody)], &CALM);
    assert!(lost(&answer) == 0, "{answer}");
}

#[test]
fn a_new_date_may_be_set_where_none_may_be_moved() {
    let answer = under(
        &[("\"session.reschedule\"", r#"{ count = { of = "members", at_least = 9 } }"#)],
        &Bounds { troubles: 1, ..CALM },
    );
    assert!(lost(&answer) == 0, "{answer}");
    assert_eq!(answer.dead, [CommandKind::RescheduleSession], "{answer}");
}

/// The date that session 2 gets once the cycle goes on again is told when it is set.
#[test]
fn time_does_not_run_backwards_in_a_way_out() {
    let rules = [
        ("\"session.start\"", r#"{ count = { of = "present", at_least = 4 } }"#),
        ("\"session.reschedule\", \"session.postpone\"", r#"{ count = { of = "members", at_least = 9 } }"#),
    ];
    let answer = under(&rules, &Bounds { absent: 1, ..CALM });
    assert!(
        answer.rescues.iter().any(|rescue| rescue.way_out.iter().any(|line| line.says.contains("is set for"))),
        "{answer}"
    );
    for rescue in &answer.rescues {
        assert!(rescue.way_out.is_sorted_by_key(|line| line.at), "{answer}");
    }
}

/// A group that is done because somebody leaves it hasn't finished: the last of four may never decide.
#[test]
fn leaving_does_not_complete_a_cycle() {
    let rules = [("\"adoption.decide\"", r#"{ count = { of = "adoption_decisions", at_most = 2 } }"#)];
    for leaving in 0..=1 {
        let answer = under(&rules, &Bounds { leaving, ..CALM });
        assert!(!answer.is_sound() && lost(&answer) > 0, "{leaving}: {answer}");
    }
}

#[test]
fn a_session_that_lasts_until_it_is_abandoned_needs_an_exception() {
    let close = |minutes| {
        under(
            &[(
                "\"session.close\"",
                &*format!("{{ elapsed = {{ since = \"session_started\", at_least_minutes = {minutes} }} }}"),
            )],
            &CALM,
        )
    };
    let answer = close(100);
    assert!(answer.is_sound() && answer.rescues.is_empty(), "{answer}");
    let answer = close(200);
    assert!(!answer.is_sound() || !answer.rescues.is_empty(), "{answer}");
}

/// What another process allows says nothing about this one.
#[test]
fn what_a_rule_never_allows_is_dead() {
    let never = r#"{ count = { of = "members", at_least = 9 } }"#;
    for kind in [
        "member.withdraw",
        "feedback.give",
        "practice.log",
        "report.submit",
        "catch_up.record",
        "cycle.resume",
        "session.resume",
    ] {
        let answer = under(&[(&format!("\"{kind}\""), never)], &Bounds { leaving: 1, absent: 1, ..CALM });
        assert!(answer.dead.iter().any(|dead| dead.name() == kind), "{kind}: {answer}");
    }
}
