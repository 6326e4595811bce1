//! Properties that the explorer follows: whether they hold, and how it is told that they don't.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod calm;

use peercircle_core::Process;
use peercircle_process::{Format, parse};
use peercircle_testkit::{
    explore::{Answer, Bounds, explore, quietly},
    property::{self, Each, Occurrence, Property, Template},
};

use crate::calm::CALM;

fn says(text: &str, part: &str) {
    assert!(text.contains(part), "expected `{part}` in `{text}`");
}

#[test]
fn properties_hold_or_have_a_story() {
    let file = r#"
        [[properties]]
        id = "ACME-1"
        template = { absence = { what = { event = "session.rescheduled" } } }

        [[properties]]
        id = "ACME-2"
        each = "member"
        template = { precedence = { first = { accepted = "ground_rules.accept" }, then = { accepted = "story.share" } } }
    "#;
    let properties = property::parse(file).unwrap();
    let answer = explore(Process::default(), &Bounds { troubles: 1, ..CALM }, &properties, &mut quietly);
    let [moved, accepted] = answer.properties.as_slice() else { panic!("{:?}", answer.properties) };
    let story = moved.broken.as_ref().unwrap();
    assert_eq!(story.last().unwrap().says, "The organiser moved session 1 to 2026-03-16 09:00");
    assert_eq!(accepted.broken, None);
    let builtin = explore(Process::default(), &Bounds { members: 3, ..CALM }, &property::builtin(), &mut quietly);
    assert_eq!(builtin.stopped, None);
    assert!(builtin.properties.iter().all(|one| one.broken.is_none()), "{builtin}");
}

/// Whatever a property speaks of is looked at, or the answer says that it isn't.
#[test]
fn properties_of_what_is_left_out_otherwise() {
    let file = r#"
        [[properties]]
        id = "EARLY-PLAN"
        template = { precedence = { first = { reached = "explore.action_planning" }, then = { event = "plan.made" } } }

        [[properties]]
        id = "EARLY-RULES"
        template = { precedence = { first = { event = "session.started" }, then = { event = "ground_rules.accepted" } } }

        [[properties]]
        id = "LOG"
        template = { absence = { what = { event = "practice.logged" } } }

        [[properties]]
        id = "TIMEKEEPER"
        template = { absence = { what = { accepted = "timekeeper.appoint" } } }

        [[properties]]
        id = "HOUR"
        template = { response = { after = { event = "session.started" }, then = { event = "session.closed" }, within = { minutes = 60 } } }

        [[properties]]
        id = "RECORDING"
        template = { absence = { what = { accepted = "recording.start" } } }

        [[properties]]
        id = "REFUSED"
        template = { absence = { what = { refused_by = "R-21" } } }
    "#;
    let properties = property::parse(file).unwrap();
    let process = Process::default();
    let answer = explore(&process, &CALM, &properties, &mut quietly);
    let stand = |answer: &Answer| -> Vec<(bool, bool)> {
        answer.properties.iter().map(|one| (one.broken.is_some(), one.untold.is_some())).collect()
    };
    let (broken, untold) = ((true, false), (false, true));
    assert_eq!(stand(&answer), [broken, broken, broken, broken, untold, untold, untold], "{answer}");
    assert!(!answer.is_sound());
    let late: Vec<_> = properties.into_iter().filter(|one| one.id == "HOUR").collect();
    let answer = explore(&process, &Bounds { troubles: 1, ..CALM }, &late, &mut quietly);
    assert_eq!(stand(&answer), [broken], "{answer}");
}

/// What is no property isn't said to hold.
#[test]
fn what_is_no_property_cannot_be_told() {
    let never = |id: &str, what: &str| Property {
        id: id.to_owned(),
        each: Each::Group,
        template: Template::Absence { what: Occurrence::Event(what.to_owned()), beyond: 0 },
    };
    let properties = [
        never("R-21", "session.started"),
        never("A", "session.restarted"),
        never("A", "session.started"),
        never("B", "story.shard"),
    ];
    let answer = explore(Process::default(), &CALM, &properties, &mut quietly);
    assert!(!answer.is_sound() && answer.properties.iter().all(|one| one.broken.is_none()), "{answer}");
    let told: Vec<_> = answer.properties.iter().map(|one| one.untold.as_deref()).collect();
    let [Some(id), restarted, Some(twice), Some(event)] = told.as_slice() else { panic!("{told:?}") };
    says(id, "got `R-21`");
    says(restarted.unwrap_or_default(), "nobody tries `session.restart`");
    says(twice, "got `A` twice");
    says(event, "got `story.shard`");
}

/// Whoever leaves, and whoever may still join: of each member holds what holds of a group.
#[test]
fn properties_of_each_member_where_somebody_leaves() {
    let file = r#"
        [[properties]]
        id = "ENROLLED"
        each = "member"
        template = { precedence = { first = { event = "member.enrolled" }, then = { event = "ground_rules.accepted" } } }

        [[properties]]
        id = "FORMED"
        each = "member"
        template = { precedence = { first = { event = "cycle.formed" }, then = { event = "story.shared" } } }

        [[properties]]
        id = "GONE"
        each = "member"
        template = { not_succession = { first = { event = "member.withdrawn" }, then = { event = "session.opened" } } }

        [[properties]]
        id = "HEARD"
        each = "member"
        template = { not_succession = { first = { event = "session.opened" }, then = { event = "story.shared" } } }

        [[properties]]
        id = "PLANNED"
        each = "member"
        template = { existence = { what = { event = "plan.made" } } }
    "#;
    let properties = property::parse(file).unwrap();
    let answer = explore(Process::default(), &Bounds { leaving: 1, ..CALM }, &properties, &mut quietly);
    let broken: Vec<_> = answer.properties.iter().map(|one| one.broken.is_some()).collect();
    assert_eq!((answer.stopped, broken), (None, vec![false, false, false, true, true]), "{answer}");
    assert!(answer.properties.iter().all(|one| one.untold.is_none()), "{answer}");
}

/// A story of a property tells everything that the property speaks of.
#[test]
fn a_story_of_a_property_hides_nothing_it_speaks_of() {
    let file = r#"
        [[properties]]
        id = "AFTER-PLANS"
        template = { not_succession = { first = { event = "plan.made" }, then = { event = "session.interrupted" } } }

        [[properties]]
        id = "AFTER-START"
        template = { not_succession = { first = { event = "session.started" }, then = { reached = "practising" } } }
    "#;
    let properties = property::parse(file).unwrap();
    let answer = explore(Process::default(), &Bounds { troubles: 1, ..CALM }, &properties, &mut quietly);
    let told = |at: usize| -> Vec<_> {
        answer.properties[at].broken.as_ref().unwrap().iter().map(|line| line.says.as_str()).collect()
    };
    let [.., planned, stopped] = *told(0) else { panic!("{answer}") };
    assert_eq!((planned, stopped), ("Ana made an action plan", "Ana interrupted the session"));
    assert!(told(1).contains(&"Ana started session 1"), "{:?}", told(1));
}

/// The sentences of the shortest history after which a rule-bound process has done this.
fn story_until(rules: &str, template: &str) -> Vec<String> {
    let process = parse(rules, Format::Toml).unwrap_or_else(|issues| panic!("{issues}"));
    let properties = property::parse(&format!("[[properties]]\nid = \"ACME-9\"\ntemplate = {template}\n")).unwrap();
    let answer = explore(process, &CALM, &properties, &mut quietly);
    let story = answer.properties.first().and_then(|one| one.broken.clone()).unwrap_or_else(|| panic!("{answer}"));
    story.into_iter().map(|line| line.says).collect()
}

#[test]
fn a_wait_for_a_time_of_a_rule_says_which_time_and_which_rule() {
    let sleep = r#"
        [[rules]]
        id = "ACME-3"
        title = "Sleep a week on it."
        applies_to = ["adoption.decide"]
        require = { elapsed = { since = "reflect_closed", at_least_minutes = 10080 } }
        remedy = "decide a week after session 2"
    "#;
    let story = story_until(sleep, r#"{ absence = { what = { reached = "completed" } } }"#);
    let asked = "Time passes: 7 days have gone by since session 2 closed, which `Sleep a week on it` (ACME-3) asks for";
    assert!(story.contains(&asked.to_owned()), "{story:?}");
    // Who decides in between isn't told one by one, and yet told.
    assert_eq!(story[story.len() - 2], "Ana, Bo and Cleo decided what to adopt", "{story:?}");
    let soon = r#"
        [[rules]]
        id = "ACME-4"
        title = "Plans are amended within a day"
        applies_to = ["session.open"]
        require = { any = [{ stage = ["scheduled"] }, { not = { elapsed = { since = "explore_closed", at_most_minutes = 1440 } } }] }
        remedy = "wait a day"

        [[rules]]
        id = "ACME-5"
        title = "Session 2 within five weeks"
        applies_to = ["session.open"]
        require = { any = [{ stage = ["scheduled"] }, { elapsed = { since = "explore_closed", at_most_minutes = 50400 } }] }
        remedy = "meet within five weeks"
    "#;
    let story = story_until(soon, r#"{ absence = { what = { event = "cycle.completed" } } }"#).join("\n");
    says(
        &story,
        "more than 1 day has gone by since session 1 closed, which `Plans are amended within a day` (ACME-4) asks for",
    );
}

#[test]
fn a_wait_for_a_property_names_it() {
    let file = r#"{ response = { after = { event = "session.closed" }, then = { event = "cycle.completed" }, within = { days = 3 } } }"#;
    let story = story_until("", file);
    assert_eq!(story.last().unwrap(), "Time passes: the time is over that `ACME-9` leaves for it", "{story:?}");
}

/// Nobody moves in a suspended cycle, and the days pass all the same.
#[test]
fn a_suspension_that_lasts() {
    let file = r#"
        [[properties]]
        id = "FORTNIGHT"
        template = { response = { after = { event = "cycle.suspended" }, then = { event = "cycle.terminated" }, within = { days = 14 } } }
    "#;
    let properties = property::parse(file).unwrap();
    let answer = explore(Process::default(), &Bounds { troubles: 1, ..CALM }, &properties, &mut quietly);
    let story = answer.properties[0].broken.as_ref().unwrap();
    says(&story.last().unwrap().says, "Time passes");
}

/// What groups may do more than once, and do once where nothing speaks of it.
#[test]
fn properties_of_what_is_done_again() {
    let file = r#"
        [[properties]]
        id = "CHECKS"
        template = { absence = { what = { accepted = "buddy.check_in" } } }

        [[properties]]
        id = "LOGS"
        each = "member"
        template = { absence = { what = { accepted = "practice.log" }, beyond = 1 } }

        [[properties]]
        id = "PLANS"
        each = "member"
        template = { absence = { what = { accepted = "plan.make" }, beyond = 1 } }

        [[properties]]
        id = "RULES"
        each = "member"
        template = { absence = { what = { accepted = "ground_rules.accept" }, beyond = 1 } }

        [[properties]]
        id = "LATE-PLAN"
        each = "member"
        template = { not_succession = { first = { accepted = "practice.log" }, then = { accepted = "plan.make" } } }
    "#;
    let properties = property::parse(file).unwrap();
    for one in properties {
        let bounds = Bounds { members: 3, ..CALM };
        let answer = explore(Process::default(), &bounds, std::slice::from_ref(&one), &mut quietly);
        assert_eq!(answer.stopped, None, "{}", one.id);
        assert!(answer.properties.iter().all(|one| one.broken.is_some()), "{}: {answer}", one.id);
    }
}

/// A process owner held these against scripts of his: whatever groups may do once more, or later, is looked at where a property asks.
#[test]
fn what_groups_seldom_do_later_or_once_more_breaks_a_property() {
    let property = |each: &str, template: &str| format!("[[properties]]\nid = \"P\"\n{each}template = {template}\n");
    let (group, member) = ("", "each = \"member\"\n");
    for (each, template) in [
        (
            member,
            r#"{ not_succession = { first = { accepted = "adoption.decide" }, then = { accepted = "report.submit" } } }"#,
        ),
        (group, r#"{ not_succession = { first = { accepted = "adoption.decide" }, then = { reached = "practising" } } }"#),
        (
            group,
            r#"{ not_succession = { first = { reached = "reflect.lessons_learned" }, then = { accepted = "plan.make" } } }"#,
        ),
        (group, r#"{ absence = { what = { accepted = "member.waive" }, beyond = 2 } }"#),
        (member, r#"{ not_succession = { first = { accepted = "member.waive" }, then = { accepted = "report.submit" } } }"#),
        (group, r#"{ absence = { what = { accepted = "facilitator.claim" }, beyond = 3 } }"#),
        (group, r#"{ absence = { what = { accepted = "catch_up.record" }, beyond = 4 } }"#),
    ] {
        let properties = property::parse(&property(each, template)).unwrap();
        let bounds = Bounds { leaving: 1, absent: 1, ..CALM };
        let answer = explore(Process::default(), &bounds, &properties, &mut quietly);
        assert!(answer.properties.iter().all(|one| one.broken.is_some()), "{template}: {answer}");
    }
}
