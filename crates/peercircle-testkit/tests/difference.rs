//! Two processes beside each other: their settings, the stories that tell them apart, and recorded cycles under both.

#![expect(clippy::unwrap_used, reason = "a test that can't prepare its case fails")]

use std::ops::ControlFlow;

use peercircle_core::{
    CommandKind, Condition, CountBound, Counted, KindSet, OwnRule, OwnRuleSpec, Process, ProcessSpec, RuleId, Rulebook,
    Stage, Switch, TurnOrder,
};
use peercircle_testkit::{
    Ruled,
    difference::{Difference, Which, difference, impact, settings, sizes},
    explore::{Bounds, Stopped, quietly},
    walk::{Dice, Walk, draws},
};

type Change = fn(&mut ProcessSpec);

fn with(change: impl FnOnce(&mut ProcessSpec)) -> Process {
    let mut spec = ProcessSpec::default();
    change(&mut spec);
    Process::new(spec).unwrap()
}

fn bounds(leaving: u8, absent: u8) -> Bounds {
    Bounds { members: 4, leaving, absent, late: 0, troubles: 0, ..Bounds::default() }
}

fn beside_the_preset(other: &Process, bounds: Bounds) -> Difference {
    difference(Process::default(), other, &bounds, &mut quietly)
}

#[test]
fn a_changed_setting_is_listed_whether_a_story_tells_it_or_not() {
    let changes: [(Change, &str); 6] = [
        (|spec| spec.practice.buddies = Switch::Off, "practice.buddies: on, off"),
        (|spec| spec.gap.minimum_days = 7, "gap.minimum_days: 21, 7"),
        (|spec| spec.clock.pause_minutes = 0, "clock.pause_minutes: 20, 0"),
        (
            |spec| spec.phases.skippable = Vec::new(),
            "phases.skippable: [discussion, skill_building, next_steps, lessons_learned], []",
        ),
        (|spec| spec.turns.order = TurnOrder::Fixed, "turns.order: volunteer, fixed"),
        (
            |spec| drop(spec.who_may.insert(CommandKind::ShareStory, vec![peercircle_core::Role::Oneself])),
            "who_may.story.share: not set, [oneself]",
        ),
    ];
    for (change, line) in changes {
        let other = with(change);
        let found = settings(Process::default(), &other);
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [line]);
    }
    // Nothing goes wrong here, so no session is interrupted.
    let found = beside_the_preset(&with(|spec| spec.clock.resume_days = 7), bounds(0, 0));
    assert!(!found.is_none() && found.witnesses.is_empty() && found.partings.is_empty());
    assert_eq!(found.untold, ["clock.resume_days"]);
    let text = found.to_string();
    assert!(text.contains("No story was found within these bounds in which one allows what the other refuses."), "{text}");
    assert!(text.contains("No story here tells of: clock.resume_days.") && !text.contains("the same"), "{text}");
}

/// What happens in a story, day by day.
fn story(lines: &[peercircle_testkit::story::Line]) -> Vec<String> {
    lines.iter().map(|line| format!("{} {}", line.at.to_string().get(..10).unwrap(), line.says)).collect()
}

#[test]
fn fewer_weeks_of_practice_are_told_by_a_log_that_only_one_has_room_for() {
    let fewer = with(|spec| spec.practice.weeks = 3);
    let found = beside_the_preset(&fewer, bounds(0, 0));
    let [log] = &found.witnesses[..] else { panic!("{found}") };
    assert_eq!((log.command, log.accepted_by, log.refused_by[0].as_str()), (CommandKind::LogPractice, Which::One, "R-45"));
    assert_eq!(story(&log.story).last().unwrap(), "2026-03-30 Ana logged week 4 of practice");
    assert_eq!(log.says, ["there is no week 4, practice has 3"]);
    // Changed the other way round, it is the other that allows it.
    let back = difference(&fewer, Process::default(), &bounds(0, 0), &mut quietly);
    assert_eq!(back.witnesses[0].accepted_by, Which::Other, "{back}");
}

#[test]
fn another_gap_is_told_by_the_first_day_that_only_one_allows_or_by_when_session_2_is_late() {
    let found = beside_the_preset(&with(|spec| spec.gap.minimum_days = 14), bounds(0, 0));
    let soon = &found.witnesses[0];
    assert_eq!((soon.command, soon.accepted_by), (CommandKind::ScheduleSession, Which::Other));
    assert_eq!(story(&soon.story).last().unwrap(), "2026-03-02 The organiser scheduled session 2 for 2026-03-23 09:00");
    assert_eq!(soon.says, ["14 days lie between the sessions, 21 are wanted"]);
    let found = beside_the_preset(&with(|spec| spec.gap.maximum_days = 40), bounds(0, 0));
    let [late] = &found.owed[..] else { panic!("{found}") };
    assert_eq!((late.says.as_str(), &late.settings[..]), ("session 2 is late", &["gap.maximum_days".to_owned()][..]));
    assert_eq!([late.one, late.other].map(|at| at.unwrap().to_string()), ["2026-05-08T09:00:00Z", "2026-04-18T09:00:00Z"]);
    assert!(found.to_string().contains("By gap.maximum_days nothing is allowed or refused: it decides only"), "{found}");
}

#[test]
fn groups_that_both_keep_smaller_are_not_said_to_be_larger() {
    let capped = |days| {
        with(|spec| {
            spec.gap.minimum_days = days;
            spec.rules.push(OwnRuleSpec {
                id: "ACME-1".to_owned(),
                title: "Four at most.".to_owned(),
                applies_to: vec![CommandKind::EnrolMember],
                require: Condition::Count(CountBound { of: Counted::Members, at_least: None, at_most: Some(3) }),
                remedy: "Begin another group.".to_owned(),
            });
        })
    };
    let found = difference(capped(20), capped(21), &Bounds { members: 6, ..bounds(0, 0) }, &mut quietly);
    assert!(found.largest == 4 && found.to_string().contains("a group of 4 at most, as no more could join"), "{found}");
}

#[test]
fn who_may_is_told_by_whoever_may_no_more() {
    let own = with(|spec| drop(spec.who_may.insert(CommandKind::WithdrawMember, vec![peercircle_core::Role::Oneself])));
    let found = beside_the_preset(&own, bounds(1, 0));
    assert!(found.untold.is_empty(), "{found}");
    let witness = found.witnesses.first().unwrap();
    assert_eq!(witness.accepted_by, Which::One, "{found}");
}

#[test]
fn names_and_texts_are_no_settings_and_then_nothing_is_looked_at() {
    let other = with(|spec| {
        spec.name = "Ours".to_owned();
        spec.version = 9;
        spec.explore.phase_mut(peercircle_core::PhaseKind::Discussion).unwrap().prompt = "Talk".to_owned();
    });
    let found = beside_the_preset(&other, Bounds { memory: 1, ..bounds(1, 1) });
    assert!(found.is_none() && found.stopped.is_none() && found.pairs == 0);
    assert_eq!(found.to_string(), "Peer learning group and Ours are the same in all their settings.\n");
}

#[test]
fn a_rule_of_ones_own_goes_by_its_id_and_its_story_is_told() {
    let rule = |least| OwnRuleSpec {
        id: "ACME-1".to_owned(),
        title: "Nobody begins alone.".to_owned(),
        applies_to: vec![CommandKind::StartSession],
        require: Condition::Count(CountBound { of: Counted::Present, at_least: Some(least), at_most: None }),
        remedy: "Wait.".to_owned(),
    };
    let (three, four) = (with(|spec| spec.rules.push(rule(3))), with(|spec| spec.rules.push(rule(4))));
    let found = difference(&three, &four, &bounds(0, 1), &mut quietly);
    assert_eq!(found.settings[0].to_string(), "rules.ACME-1.require: at least 3 present, at least 4 present");
    let witness = &found.witnesses[0];
    assert_eq!((witness.refused_by[0].as_str(), witness.settings[0].as_str()), ("ACME-1", "rules.ACME-1.require"));
    let whole = beside_the_preset(&three, bounds(0, 0));
    assert_eq!(whole.settings[0].to_string(), "rules.ACME-1: not set, \"Nobody begins alone.\"");
}

#[test]
fn a_story_has_no_more_mishaps_than_it_needs() {
    let found = beside_the_preset(&with(|spec| spec.attendance.written_report_days = 1), bounds(1, 1));
    let late = &found.witnesses[0];
    assert_eq!((late.command, late.accepted_by), (CommandKind::SubmitReport, Which::One));
    assert_eq!((late.refused_by[0].as_str(), &late.also[..]), ("R-24", &[CommandKind::RecordDebrief][..]));
    assert_eq!(late.settings, ["attendance.written_report_days"]);
    let mishap = |says: &str| ["did not come", "left", "below the quorum"].iter().any(|what| says.contains(what));
    let mishaps: Vec<_> = late.story.iter().filter(|line| mishap(&line.says)).collect();
    assert_eq!(mishaps.len(), 1, "{:#?}", late.story);
    assert!(found.untold.is_empty(), "{:?}", found.untold);
}

#[test]
fn what_only_follows_from_another_stage_is_not_told_but_where_they_part_is() {
    let smaller = with(|spec| spec.group.minimum = 3);
    let found = beside_the_preset(&smaller, bounds(1, 0));
    let follows = |says: &String| says.contains("does not belong to");
    assert!(!found.witnesses.iter().any(|one| one.says.iter().any(follows)), "{found}");
    let left = |one: &&peercircle_testkit::difference::Parting| one.command == CommandKind::WithdrawMember;
    let parting = found.partings.iter().find(left).unwrap();
    assert_eq!((parting.one, &parting.settings[..]), (Stage::Suspended, &["group.minimum".to_owned()][..]));
    let mut rules: Vec<_> = found.witnesses.iter().map(|one| (one.accepted_by, &one.refused_by)).collect();
    let all = rules.len();
    rules.sort();
    rules.dedup();
    assert_eq!(rules.len(), all, "one story for all that the same rules refuse");
}

#[test]
fn a_part_is_said_to_be_one_and_why() {
    let other = with(|spec| spec.turns.pass = Switch::Off);
    let full = beside_the_preset(&other, Bounds { memory: 1, ..bounds(1, 1) });
    assert_eq!(full.stopped, Some(Stopped::Memory));
    assert!(full.to_string().contains("only a part of what the bounds allow, as the memory was used up"), "{full}");
    let asked = difference(Process::default(), &other, &bounds(1, 1), &mut |_| ControlFlow::Break(()));
    assert_eq!(asked.stopped, Some(Stopped::Asked));
}

#[test]
fn groups_are_of_a_size_that_both_allow() {
    let large = with(|spec| (spec.group.minimum, spec.group.target, spec.group.maximum) = (5, 8, 12));
    assert_eq!(sizes(&[&Process::default()]), 4..=6);
    assert_eq!(sizes(&[&large]), 5..=9);
    assert_eq!(sizes(&[&Process::default(), &large]), 5..=6);
    let larger = with(|spec| (spec.group.minimum, spec.group.target, spec.group.maximum) = (8, 8, 12));
    let found = beside_the_preset(&larger, bounds(0, 0));
    assert!(!found.same_size && found.pairs == 0 && !found.is_none());
    assert!(found.to_string().contains("No group is of a size that both allow"), "{found}");
}

#[test]
fn a_recorded_cycle_counts_against_the_change_only_where_the_first_process_allows_it() {
    let (mut walk, mut draws) = (Walk::new(3), Dice::new(4));
    for _ in 0..200 {
        let step = walk.next(draws.roll());
        walk.take(&step);
    }
    let logs = [("w.jsonl".to_owned(), walk.events)];
    let never = |kind| {
        with(|spec| {
            spec.rules.push(OwnRuleSpec {
                id: "ACME-1".to_owned(),
                title: "never".to_owned(),
                applies_to: vec![kind],
                require: Condition::Count(CountBound { of: Counted::Members, at_least: Some(200), at_most: None }),
                remedy: "none".to_owned(),
            });
        })
    };
    let strict = never(CommandKind::EnrolMember);
    let found = impact(Process::default(), &strict, &logs).unwrap();
    let refused = &found.refused[0];
    assert_eq!(
        (refused.log.as_str(), refused.command, &refused.rules[..]),
        ("w.jsonl", CommandKind::EnrolMember, &["ACME-1".to_owned()][..])
    );
    assert!(refused.cycle.is_some() && found.to_string().contains("w.jsonl, cycle "), "{found}");
    let found = impact(&strict, &strict, &logs).unwrap();
    assert!(found.refused.is_empty() && found.unlike.len() == 1, "{found}");
    assert!(found.to_string().starts_with("0 of 1 recorded cycles"), "{found}");
}

/// A log is read under the rules of the table that it was lived under, and what a rule in code refuses of it is told.
#[test]
fn logs_are_relived_under_the_rules_they_were_lived_under() {
    let loose = Rulebook::standard().knocked_out(RuleId::Ours(30));
    let ours = Ruled::new(Process::default(), loose.clone());
    let log = ("w.jsonl".to_owned(), Walk::through(&ours, 3).on(&draws(4, 200)).events);
    let logs = std::slice::from_ref(&log);
    let found = impact(&ours, Process::default(), logs).unwrap();
    assert!(found.unread.is_empty() && found.unlike.is_empty(), "{found}");
    assert_eq!(found.refused.iter().map(|no| no.rules.join(", ")).collect::<Vec<_>>(), ["R-30"], "{found}");
    let closed = OwnRule {
        id: "ACME-7",
        title: "nobody joins",
        applies_to: KindSet::of(&[CommandKind::EnrolMember]),
        check: |_| Err("it is full"),
        remedy: "go elsewhere",
    };
    let strict = Ruled::new(Process::default(), loose.with(closed));
    let found = impact(&strict, &ours, logs).unwrap();
    assert!(found.unread.is_empty() && found.unlike.len() == 1, "{found}");
}

#[test]
fn sides_of_one_name_are_told_apart() {
    let called = |one: Ruled, other: Ruled| {
        let stopped = difference(&one, &other, &Bounds { states: 0, ..bounds(0, 0) }, &mut quietly);
        let lived = impact(one, other, &[]).unwrap();
        assert_eq!((&stopped.one, &stopped.other), (&lived.one, &lived.other));
        (stopped.one, stopped.other)
    };
    let never = |id| OwnRule {
        id,
        title: "never",
        applies_to: KindSet::of(&[CommandKind::PauseSession]),
        check: |_| Err("never"),
        remedy: "none",
    };
    let under = |rules: Rulebook| Ruled::new(Process::default(), rules);
    let ours = Rulebook::standard().with(never("ACME-7")).with(never("ACME-8"));
    let (name, preset) = ("Peer learning group", || under(Rulebook::standard()));
    assert_eq!(called(preset(), under(ours.clone())), (name.to_owned(), format!("{name} with ACME-7 and ACME-8")));
    let less = ours.clone().knocked_out(RuleId::Code("ACME-7")).knocked_out(RuleId::Ours(21));
    assert_eq!(called(under(ours), under(less)), (format!("{name} with ACME-7"), format!("{name} without R-21")));
    let changed = |version| with(|spec| (spec.version, spec.turns.pass) = (version, Switch::Off)).into();
    assert_eq!(called(preset(), changed(2)), (format!("{name}, version 1"), format!("{name}, version 2")));
    assert_eq!(called(preset(), changed(1)), (format!("{name} (first)"), format!("{name} (second)")));
    let renamed = with(|spec| spec.name = "Ours".to_owned()).into();
    assert_eq!(called(preset(), renamed), (name.to_owned(), "Ours".to_owned()));
}

#[test]
fn a_suspension_is_told_before_anybody_votes_on_it() {
    let rule = OwnRuleSpec {
        id: "ACME-1".to_owned(),
        title: "Nobody is missing.".to_owned(),
        applies_to: vec![CommandKind::OpenSession],
        require: Condition::Count(CountBound { of: Counted::Members, at_least: Some(4), at_most: None }),
        remedy: "Begin again.".to_owned(),
    };
    let found = beside_the_preset(&with(|spec| spec.rules.push(rule)), Bounds { troubles: 1, ..bounds(0, 1) });
    let story: Vec<_> = found.witnesses[0].story.iter().map(|line| line.says.as_str()).collect();
    let votes = story.iter().position(|says| says.contains("voted to go on")).expect("a vote");
    assert!(story[..votes].iter().any(|says| says.ends_with("the cycle is suspended")), "{story:#?}");
}
