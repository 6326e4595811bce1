//! The explorer on processes that are sound and on processes that aren't: what it finds, and how it tells it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod calm;

use std::ops::ControlFlow;

use peercircle_core::{
    Actor, CommandKind, Context, Cycle, Instant, Process, ProcessSpec, QuorumLost, SessionKind, Stage, Switch, Verdict,
    WireCommand,
};
use peercircle_process::{Format, parse};
use peercircle_testkit::explore::{Answer, Bounds, Knot, KnotKind, Stopped, explore, quietly};

use crate::calm::CALM;

fn broken(name: &str) -> Process {
    let path = format!("{}/tests/broken/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    parse(&text, Format::Toml).unwrap_or_else(|issues| panic!("{path}: {issues}"))
}

fn explored(name: &str, bounds: &Bounds) -> Answer {
    let answer = explore(broken(name), bounds, &[], &mut quietly);
    assert_eq!(answer.stopped, None, "{name}: {answer}");
    for knot in &answer.knots {
        replays(&broken(name), knot);
    }
    answer
}

/// What a knot's script says is what the machine accepts, and it ends where the knot says.
fn replays(process: &Process, knot: &Knot) {
    let mut cycle = Cycle::default();
    for line in &knot.script {
        let Some(command) = line.get("do") else { continue };
        let command: WireCommand = serde_json::from_value(command.clone()).unwrap();
        let command = command.resolve(cycle.roster()).unwrap();
        let by = match line["by"].as_str().unwrap() {
            "organiser" => Actor::Organiser {},
            "host" => Actor::Host {},
            member => Actor::member(cycle.roster().seat_of(&member.parse().unwrap()).unwrap()),
        };
        let at: Instant = line["at"].as_str().unwrap().parse().unwrap();
        let Verdict::Accepted(events) = cycle.decide(&command, &Context::new(by, at)) else { panic!("refused: {line}") };
        for event in &events {
            cycle.evolve(event).unwrap();
        }
    }
    assert_eq!(cycle.process(), process);
    assert_eq!(cycle.stage(), knot.stage);
}

/// The first knot: its kind, where the last way out was passed, its last sentence, and what is in the way.
fn first(answer: &Answer) -> (KnotKind, Stage, String, String) {
    assert!(!answer.is_sound(), "{answer}");
    let knot = answer.knots.first().unwrap_or_else(|| panic!("a knot: {answer}"));
    let in_the_way = knot.in_the_way.first().cloned().unwrap_or_default();
    (knot.kind, knot.stage, knot.too_late().unwrap().says.clone(), in_the_way)
}

fn says(text: &str, part: &str) {
    assert!(text.contains(part), "expected `{part}` in `{text}`");
}

#[test]
fn the_presets_are_sound() {
    for (name, spec) in ProcessSpec::presets() {
        let bounds = Bounds { absent: 1, late: 1, members: spec.group.minimum, ..CALM };
        let answer = explore(Process::new(spec).unwrap(), &bounds, &[], &mut quietly);
        assert!(answer.is_sound(), "{name}: {answer}");
        assert_eq!(answer.rescues, [], "{name}");
        let text = answer.to_string();
        says(&text, "sound: every cycle can always still end well");
        says(&text, "Assumed: a group of 4; nobody leaves");
        says(&text, "one member at most comes late to a session");
    }
}

#[test]
fn the_preset_is_sound_whatever_goes_wrong_once() {
    let answer = explore(Process::default(), &Bounds { leaving: 1, absent: 1, troubles: 1, ..CALM }, &[], &mut quietly);
    assert!(answer.is_sound(), "{answer}");
    // A group of four that loses a member is too small, and may end early.
    let ends = answer.ends.expect("everything was seen");
    assert!(ends.early > 0 && ends.lost == 0 && ends.stuck == 0, "{ends:?}");
    for rule in &answer.rules {
        assert!(rule.alone > 0, "never the only one to refuse: {rule:?}");
        assert!(rule.alone <= rule.refused && rule.refused <= rule.looked, "{rule:?}");
    }
    assert_eq!(answer.stages.len(), Stage::ALL.len() - 1, "every stage but that of no cycle");
}

#[test]
fn a_quorum_that_a_smaller_group_cant_meet() {
    let answer = explored("quorum", &Bounds { leaving: 1, ..CALM });
    let (kind, stage, last, in_the_way) = first(&answer);
    assert_eq!((kind, stage), (KnotKind::Lost, Stage::ExploreWelcome));
    assert_eq!(last, "Ana left the group; nobody facilitates");
    says(&in_the_way, "to start the session: everyone is there: expected at least 4 present, got 3 (ACME-1)");
    says(&in_the_way, "What helps: wait until all four are there");
    let story: Vec<_> = answer.knots[0].story().into_iter().map(|line| line.says).collect();
    assert_eq!(
        story,
        [
            "Ana, Bo, Cleo and Dan form a group; session 1 is set for 9 March 2026",
            "On 9 March 2026 Ana, Bo, Cleo and Dan come to session 1; Ana facilitates it",
            "Ana left the group; nobody facilitates",
        ]
    );
    // What is summed up in two sentences has one end, which is that of the second.
    let told: Vec<_> = answer.knots[0].steps.iter().map(|step| !step.then.is_empty()).collect();
    assert_eq!(told, [false, true, true]);
}

#[test]
fn a_group_too_small_to_go_on_that_may_not_end() {
    let answer = explored("minimum", &Bounds { leaving: 1, ..CALM });
    let (kind, _, _, in_the_way) = first(&answer);
    assert_eq!(kind, KnotKind::Stuck);
    says(&in_the_way, "the group has 3 members and needs 4 (R-05)");
    says(&answer.to_string(), "A group gets stuck for ever");
}

#[test]
fn an_adoption_that_absentees_cant_decide() {
    let answer = explored("adoption", &Bounds { absent: 1, ..CALM });
    let (kind, _, _, in_the_way) = first(&answer);
    assert_eq!(kind, KnotKind::Lost);
    says(&in_the_way, "to decide what to adopt: what is adopted is said in session 2");
    says(&in_the_way, "(ACME-3)");
}

#[test]
fn dates_that_contradict_each_other() {
    let answer = explored("dates", &CALM);
    let (kind, stage, last, in_the_way) = first(&answer);
    assert_eq!((kind, stage), (KnotKind::Hopeless, Stage::Practising));
    says(&last, "closed session 1");
    says(&in_the_way, "session 2 within a fortnight");
    // The gap counts from the day session 1 began, the fortnight from when it closed: interrupted for a week, a group gets through.
    assert!(!answer.unreached.contains(&Stage::ReflectGathering), "{answer}");
    assert_eq!(answer.ends.map(|ends| ends.complete), Some(0));
}

#[test]
fn votes_that_nobody_can_cast() {
    let answer = explored("who-may", &Bounds { troubles: 1, ..CALM });
    let (kind, stage, last, in_the_way) = first(&answer);
    assert_eq!((kind, stage), (KnotKind::Stuck, Stage::Suspended));
    says(&last, "reported a breach of confidentiality; the cycle is suspended");
    says(&in_the_way, "to vote on a suspended cycle: the organiser votes");
    assert_eq!(answer.dead, [CommandKind::VoteOnSuspension]);
    says(&answer.to_string(), "could: nothing that leads on");
}

#[test]
fn an_orientation_that_comes_too_late() {
    let answer = explored("orientation", &CALM);
    let (kind, stage, _, in_the_way) = first(&answer);
    assert_eq!((kind, stage), (KnotKind::Hopeless, Stage::ExploreGathering));
    says(&in_the_way, "to complete the orientation: orientation is part of the welcome");
    assert!(answer.dead.contains(&CommandKind::CompleteOrientation));
}

#[test]
fn a_session_that_waits_for_the_next() {
    let answer = explored("closing", &CALM);
    let (kind, stage, ..) = first(&answer);
    assert_eq!((kind, stage), (KnotKind::Hopeless, Stage::ExploreTakeaways));
    assert!(answer.dead.contains(&CommandKind::CloseSession));
    assert!(answer.unreached.contains(&Stage::Practising));
}

#[test]
fn a_session_both_long_and_short() {
    let answer = explored("clock", &CALM);
    let (kind, stage, _, in_the_way) = first(&answer);
    assert_eq!((kind, stage), (KnotKind::Hopeless, Stage::ReflectTakeaways), "{answer}");
    says(&in_the_way, "to close the session: no hurry in session 2");
}

#[test]
fn stories_for_more_than_are_left_need_an_exception() {
    let answer = explored("stories", &Bounds { leaving: 1, ..CALM });
    assert!(answer.is_sound(), "{answer}");
    let out: Vec<_> = answer.rescues.iter().flat_map(|rescue| &rescue.way_out).map(|line| line.says.as_str()).collect();
    assert!(out.iter().any(|says| says.ends_with("closed the round before all had spoken")), "{out:?}");
    says(&answer.to_string(), "Only an exception helps a group out");
}

#[test]
fn a_way_out_that_is_known_is_taken_before_another() {
    let answer = explored("stories", &Bounds { members: 3, troubles: 1, ..CALM });
    assert!(answer.stopped.is_none() && answer.states < 5000, "{answer}");
    let out: Vec<_> = answer.rescues.iter().flat_map(|rescue| &rescue.way_out).map(|line| line.says.as_str()).collect();
    assert!(out.iter().any(|says| says.ends_with("closed the round before all had spoken")), "{out:?}");
    assert!(!out.iter().any(|says| says.contains("moved session 1") || says.contains("paused")), "{out:?}");
}

#[test]
fn a_way_out_at_the_end_of_a_session_is_found_from_before_it() {
    // Cheap ways are long, and dear ones that begin where they begin are short: the cheap one counts.
    let answer = explored("hurry", &Bounds { members: 4, troubles: 1, ..CALM });
    // That something goes wrong is no way on: every group needs the exception.
    assert!(!answer.is_sound() && answer.knots[0].kind == KnotKind::Hopeless, "{answer}");
    let out: Vec<_> = answer.rescues.iter().flat_map(|rescue| &rescue.way_out).map(|line| line.says.as_str()).collect();
    assert!(out.iter().any(|says| says.ends_with("closed the round before all had spoken")), "{out:?}");
    assert!(!out.iter().any(|says| says.contains("moved session") || says.contains("drags on")), "{out:?}");
}

#[test]
fn moving_dates_leads_out_and_not_on_for_ever() {
    // Too late at the doors, and in time again once the session has another day.
    let answer = ruled("ground_rules.accept", r#"{"stage":["forming","scheduled"]}"#);
    assert!(answer.is_sound() && answer.states < 10_000, "{answer}");
    let out: Vec<_> = answer.rescues.iter().flat_map(|rescue| &rescue.way_out).map(|line| line.says.as_str()).collect();
    assert!(out.iter().any(|says| says.starts_with("The organiser moved session 1")), "{out:?}");
}

#[test]
fn a_whole_session_held_afresh_can_be_the_way_out() {
    let answer = explored("doors", &Bounds { members: 4, leaving: 1, absent: 1, late: 1, ..CALM });
    assert_eq!((answer.ends.map(|ends| ends.lost), answer.unasked), (Some(0), 0), "{answer}");
    says(&answer.to_string(), "to hold it afresh");
}

#[test]
fn where_everybody_needs_an_exception_nothing_is_sound() {
    let answer = explored("practice-first", &CALM);
    assert_eq!(answer.ends.map(|ends| ends.complete), Some(0), "{answer}");
    says(&answer.to_string(), "Even if nothing goes wrong no group completes its cycle");
    says(&answer.to_string(), "Only an exception helps a group out");
}

/// The answer under a rule that wants something of a kind of command, where somebody may be absent.
fn ruled(kind: &str, require: &str) -> Answer {
    ruled_within(&Bounds { absent: 1, ..CALM }, kind, require)
}

fn ruled_within(bounds: &Bounds, kind: &str, require: &str) -> Answer {
    let spec = format!(
        r#"{{"rules":[{{"id":"X-1","title":"a rule","applies_to":["{kind}"],"require":{require},"remedy":"do"}}]}}"#
    );
    let process = parse(&spec, Format::Json).unwrap();
    explore(&process, bounds, &[], &mut quietly)
}

/// What an exploration leaves out elsewhere is ordinary, and no exception, where a rule of the process's own makes it the way on.
#[test]
fn what_is_left_out_elsewhere_leads_on() {
    let cases = [
        // Everyone passes when it comes to deciding, and decides afterwards.
        ("adoption.decide", r#"{"stage":["adopting"]}"#),
        // The chair speaks last.
        ("turn.start", r#"{"any":[{"not":{"role":["facilitator"]}},{"count":{"of":"turns_done","at_least":2}}]}"#),
        // Ground rules are accepted before anything asks for them, by those who aren't there too.
        ("session.open", r#"{"any":[{"stage":["practising"]},{"count":{"of":"accepted_rules","at_least":4}}]}"#),
        ("session.start", r#"{"count":{"of":"accepted_rules","at_least":4}}"#),
        ("ground_rules.accept", r#"{"stage":["forming","scheduled","explore.gathering"]}"#),
        // Whoever missed session 1 plans from home before it closes.
        ("session.close", r#"{"any":[{"stage":["reflect.takeaways"]},{"count":{"of":"plans","at_least":4}}]}"#),
        // So many entries as take three of each.
        ("session.open", r#"{"any":[{"stage":["scheduled"]},{"count":{"of":"practice_entries","at_least":12}}]}"#),
    ];
    for (kind, require) in cases {
        let answer = ruled(kind, require);
        assert!(answer.is_sound(), "{kind}: {answer}");
    }
    // A date that may only be set early is set in place of a promise, and it is too late only once session 1 is over.
    let answer = ruled("session.schedule", r#"{"stage":["forming","scheduled"]}"#);
    assert!(answer.knots.iter().all(|knot| knot.stage == Stage::Practising), "{answer}");
    let answer = explored("facilitators-dates", &CALM);
    assert!(answer.is_sound(), "{answer}");
}

#[test]
fn a_session_with_too_few_left_is_held_afresh() {
    let answer = explored("restart", &Bounds { members: 3, leaving: 1, absent: 1, ..CALM });
    assert!(answer.is_sound(), "{answer}");
    says(&answer.to_string(), "The organiser gave the session up, to hold it afresh");
}

#[test]
fn what_takes_a_mishap_is_not_dead() {
    // Who must all be there, adopts late only where somebody passed; a pause after half an hour takes time that passes.
    let process = |change: fn(&mut ProcessSpec)| {
        let mut spec = ProcessSpec::default();
        change(&mut spec);
        Process::new(spec).expect("a process")
    };
    let all = process(|spec| {
        (spec.quorum.numerator, spec.quorum.denominator, spec.quorum.floor) = (1, 1, 4);
        spec.quorum.when_lost = QuorumLost::Stop;
    });
    let answer = explore(&all, &Bounds { absent: 1, ..CALM }, &[], &mut quietly);
    assert!(answer.unreached.is_empty(), "{answer}");
    assert!(!answer.dead.contains(&CommandKind::LapseCycle), "{answer}");
    let unwritten = process(|spec| spec.attendance.written_report = Switch::Off);
    let answer = explore(&unwritten, &Bounds { absent: 1, ..CALM }, &[], &mut quietly);
    assert!(answer.is_sound(), "{answer}");
}

#[test]
fn logs_that_are_too_late_need_an_exception() {
    let answer = explored("logs", &CALM);
    assert!(answer.is_sound(), "{answer}");
    let out: Vec<_> = answer.rescues.iter().flat_map(|rescue| &rescue.way_out).map(|line| line.says.as_str()).collect();
    assert!(out.iter().any(|says| says.ends_with(" logged week 1 of practice")), "{answer}");
    assert!(out.contains(&"Bo gave the session up, to hold it afresh"), "{answer}");
}

/// Only who logs every week meets a rule against so many.
#[test]
fn a_rule_against_many_entries_decides() {
    let answer = ruled("practice.log", r#"{"count":{"of":"practice_entries","at_most":11}}"#);
    assert!(answer.is_sound(), "{answer}");
}

/// Nothing has to want it that a group does more than a rule allows: with the third entry it is too late.
#[test]
fn whatever_is_too_much_somebody_does() {
    for (kind, require) in [
        ("session.open", r#"{"count":{"of":"practice_entries","at_most":2}}"#),
        ("session.start", r#"{"not":{"count":{"of":"practice_entries","at_least":3}}}"#),
        // Where few may have decided by the end of session 2, the others pass.
        ("session.close", r#"{"count":{"of":"adoption_decisions","at_most":1}}"#),
    ] {
        let answer = ruled(kind, require);
        let knot = answer.knots.first().unwrap_or_else(|| panic!("{kind}: {answer}"));
        assert_eq!(knot.kind, KnotKind::Lost, "{kind}: {answer}");
        let story: Vec<_> = knot.story().into_iter().map(|line| line.says).collect();
        assert!(!story.iter().any(|says| says.contains("afresh") || says.contains("did not come")), "{answer}");
    }
}

/// In the order of their seats it matters who chairs, before anything else is known of them.
#[test]
fn a_chair_who_speaks_late_sits_far_behind() {
    let process = parse(
        r#"{"turns":{"order":"fixed"},"rules":[{"id":"X-1","title":"a late chair","applies_to":["turn.start"],
            "require":{"any":[{"not":{"role":["facilitator"]}},{"count":{"of":"turns_done","at_least":2}}]},"remedy":"wait"}]}"#,
        Format::Json,
    );
    let answer = explore(process.unwrap(), &CALM, &[], &mut quietly);
    assert!(
        answer.ends.unwrap().complete > 0 && answer.knots.iter().all(|knot| knot.kind != KnotKind::Hopeless),
        "{answer}"
    );
}

/// Where all must not come, that somebody stays away is no way on that a group can take.
#[test]
fn a_group_that_is_well_only_while_somebody_is_missing_is_not_sound() {
    for (absent, late) in [(1, 0), (0, 1), (1, 1)] {
        let process = parse(
            r#"{"rules":[{"id":"X-1","title":"a small room","applies_to":["session.start"],
                "require":{"count":{"of":"present","at_most":3}},"remedy":"leave"}]}"#,
            Format::Json,
        );
        let answer = explore(process.unwrap(), &Bounds { absent, late, ..CALM }, &[], &mut quietly);
        assert!(!answer.is_sound() && answer.ends.unwrap().complete > 0, "{answer}");
        assert_eq!(answer.knots[0].kind, KnotKind::Hopeless, "{answer}");
        says(&answer.knots[0].in_the_way.join(" "), "a small room: expected at most 3 present, got 4 (X-1)");
    }
}

#[test]
fn a_phase_behind_what_is_done_in_it() {
    let answer = explored("order", &CALM);
    let (kind, stage, _, in_the_way) = first(&answer);
    assert_eq!((kind, stage), (KnotKind::Hopeless, Stage::ReportBack), "{answer}");
    says(&in_the_way, "decided before we decide");
}

#[test]
fn a_rule_that_never_decides() {
    let answer = explored("attendance", &CALM);
    assert_eq!(answer.knots, []);
    let idle: Vec<_> = answer.idle_rules().map(|rule| rule.rule.as_str()).collect();
    assert_eq!(idle, ["ACME-14"]);
    says(&answer.to_string(), "The rule ACME-14 never refuses alone: of ");
    says(&answer.to_string(), "other rules always refused with it, most often R-21 (quorum at start)");
}

#[test]
fn a_rule_that_is_always_met_is_said_to_be() {
    let answer = ruled("session.start", r#"{"count":{"of":"members","at_most":9}}"#);
    says(&answer.to_string(), "The rule X-1 never refuses anything: it was asked ");
    says(&answer.to_string(), " times, and what it wants was always met.");
}

#[test]
fn what_is_in_the_way_further_on_says_where() {
    let answer =
        explore(ground_rules_early(), &Bounds { leaving: 1, absent: 1, states: 1_000_000, ..CALM }, &[], &mut quietly);
    let [knot] = answer.knots.as_slice() else { panic!("one knot: {answer}") };
    // As long as session 1 isn't closed, it can be held afresh.
    assert_eq!((knot.kind, knot.stage), (KnotKind::Lost, Stage::Practising));
    says(&knot.in_the_way[0], "Further on, at the welcome of session 2, in the way to accept the ground rules: ");
    let text = answer.to_string();
    says(&text, "From then on it is too late: whatever anyone does, the cycle can't be completed.");
    // What is alike is told once, and counted.
    assert!(knot.also.values().sum::<usize>() > 0 && text.contains("Other histories meet the same, in "), "{text}");
    // Only one thing more goes wrong than leads there anyway.
    let story: Vec<_> = knot.story().into_iter().map(|line| line.says).collect();
    assert!(!story.iter().any(|says| says.contains("afresh")), "{story:?}");
    for rescue in &answer.rescues {
        assert!(
            ["From there on the cycle can be completed", "So the cycle ends well"].contains(&&*rescue.ends),
            "{rescue:?}"
        );
    }
}

fn ground_rules_early() -> Process {
    let spec = r#"{"rules":[{"id":"X-1","title":"early","applies_to":["ground_rules.accept"],
        "require":{"stage":["forming","scheduled","explore.gathering"]},"remedy":"accept them early"}]}"#;
    parse(spec, Format::Json).unwrap()
}

#[test]
fn ways_and_stories_tell_nothing_that_they_can_do_without() {
    let answer = explored("logs", &Bounds { leaving: 1, absent: 1, late: 1, ..CALM });
    let first = answer.rescues.first().unwrap_or_else(|| panic!("{answer}"));
    let [story, way_out] =
        [&first.story, &first.way_out].map(|lines| lines.iter().map(|line| &*line.says).collect::<Vec<_>>());
    assert!(!story.iter().any(|says| says.contains("did not come") || says.contains("left")), "{answer}");
    assert_eq!(way_out.iter().filter(|says| says.ends_with("logged week 1 of practice")).count(), 1, "{answer}");
    let shapes: Vec<_> = answer.rescues.iter().map(|one| (&one.by, &one.ends)).collect();
    assert!(shapes.iter().enumerate().all(|(at, one)| !shapes[..at].contains(one)), "{answer}");
}

#[test]
fn what_is_left_out_is_one_line_or_a_list() {
    let answer = explored("marking", &CALM);
    says(&answer.to_string(), "Left out, because it changes no answer: 12 things.\n");
    says(&format!("{answer:#}"), "Left out, because it changes no answer:\n  - members of whom the same is known");
}

#[test]
fn a_command_that_nobody_can_give() {
    let answer = explored("skipping", &CALM);
    assert_eq!((answer.knots.as_slice(), answer.dead.as_slice()), (&[][..], &[CommandKind::SkipPhase][..]));
    let text = answer.to_string();
    says(&text, "Nobody can ever: skip the next phase (`phase.skip`)");
    // What refuses it is said with it.
    says(&text, "in the way to skip the next phase: skipping needs ten: expected at least 10 present, got");
    says(&text, "(ACME-15). What helps: be ten.");
}

/// Where somebody is missing only nothing to be done, what is told is what keeps groups from there being anything.
#[test]
fn a_command_that_nobody_needs_says_what_keeps_groups_from_it() {
    let all = r#"{"attendance":{"of":"everyone","is":["present","late"]}}"#;
    let answer = ruled("session.start", &format!(r#"{{"any":[{{"stage":["explore.gathering"]}},{all}]}}"#));
    assert_eq!(answer.dead, [CommandKind::RecordDebrief], "{answer}");
    let because = &answer.dead_because[&CommandKind::RecordDebrief];
    assert_eq!(because[0], "No group comes to where it belongs; without X-1 some would");
    says(&because[1], "At the gathering for session 2, in the way to start the session: a rule: expected either");
    assert!(!answer.to_string().contains("nothing is missing"), "{answer}");
}

/// What the way on ends at is told with what that is for, and of a stage that nobody reaches the same.
#[test]
fn a_cause_is_the_rule_of_the_process_and_says_what_it_is_in_the_way_of() {
    let answer = ruled("plan.make", r#"{"stage":["practising"]}"#);
    let in_the_way = first(&answer).3;
    says(
        &in_the_way,
        "In the way to make or amend an action plan: a rule: expected the cycle is at practice, got takeaways",
    );
    says(&in_the_way, "That is wanted to close the session: no action plan yet: ana, bo, cleo, dan (R-44)");
    let because = answer.unreached_because[&Stage::Practising].join("; ");
    says(&because, "At the takeaways of session 1, in the way to make or amend an action plan: a rule: ");
    assert!(!because.contains("R-18") && !because.contains("R-30"), "{because}");
    // A group that can't get a date is told of once it is complete.
    let answer = ruled("session.schedule", r#"{"count":{"of":"members","at_most":3}}"#);
    says(&first(&answer).3, "In the way to schedule a session: a rule: expected at most 3 members, got 4 (X-1)");
    let process = parse(
        r#"{"gap":{"promise":"off"},"rules":[{"id":"X-1","title":"a rule","applies_to":["session.schedule"],
            "require":{"stage":["forming","practising"]},"remedy":"do"}]}"#,
        Format::Json,
    );
    let answer = explore(process.unwrap(), &CALM, &[], &mut quietly);
    says(&first(&answer).3, "That is wanted to close the session: session 2 has no date (R-43)");
}

/// Where what would answer a rule of the process's own is refused too, or undoes the need for it, the rule is told all the same.
#[test]
fn a_rule_is_told_before_what_refuses_its_remedy() {
    let process = parse(
        r#"{"quorum":{"numerator":1,"denominator":1,"floor":3,"when_lost":"warn"},
            "rules":[{"id":"X-1","title":"all or none","applies_to":["quorum.continue"],
            "require":{"count":{"of":"present","at_least":4}},"remedy":"meet again"}]}"#,
        Format::Json,
    );
    let answer = explore(process.unwrap(), &Bounds { leaving: 1, ..CALM }, &[], &mut quietly);
    let own = "In the way to go on below the quorum: all or none: expected at least 4 present, got 3 (X-1). What helps: meet again";
    for told in answer.rescues.iter().map(|one| &one.in_the_way).chain(answer.knots.iter().map(|one| &one.in_the_way)) {
        says(&told.join("; "), own);
    }
    let all = answer.to_string();
    says(&all, "To mark attendance is refused as well: nobody can join once ");
    assert!(!all.contains("enough are in the room"), "{all}");
}

#[test]
fn where_an_exception_helps_it_says_what_is_in_the_way_otherwise() {
    let answer = ruled("ground_rules.accept", r#"{"stage":["forming","scheduled"]}"#);
    let rescue = &answer.rescues[0];
    says(
        &rescue.in_the_way[0],
        "in the way to accept the ground rules: a rule: expected the cycle is at forming or scheduled",
    );
    says(&answer.to_string(), &format!("  {}.\n  The way out:", rescue.in_the_way[0]));
    says(&answer.to_string(), "Wherever groups would be lost or stuck, one was found. What more may go wrong");
    let lost = ruled("session.open", r#"{"count":{"of":"practice_entries","at_most":2}}"#).to_string();
    assert!(lost.contains("None was found. What more") || lost.contains("Some were found, and none from "), "{lost}");
}

/// In an exploration a session takes no time. As planned it does, and what a rule makes of that is told, though a group that is quick
/// enough, or slow enough, gets through.
#[test]
fn an_agenda_that_a_rule_on_time_refuses_is_told() {
    let planned = |kind: &str, require: &str| ruled_within(&CALM, kind, require);
    let since = |since: &str, bound: &str| format!(r#"{{"elapsed":{{"since":"{since}",{bound}}}}}"#);
    let late = planned("session.close", &since("session_started", r#""at_least_minutes":95"#));
    let told: Vec<_> = late.off_plan.iter().map(|one| (one.session, one.command, one.minute)).collect();
    assert_eq!(told, [(SessionKind::Explore, CommandKind::CloseSession, 90)], "{late}");
    let says_so = "As planned, session 1 closes at minute 90, which X-1 refuses: a rule: expected at least 95 min since the \
                   session started, got 90 min. What helps: do, or other minutes.\n  It also refuses: session 2 closes at \
                   minute 90.\n";
    says(&late.to_string(), says_so);
    let soon = planned("phase.open", &since("session_started", r#""at_most_minutes":30"#));
    assert_eq!(soon.off_plan.iter().map(|one| one.minute).collect::<Vec<_>>(), [38], "{soon}");
    says(&soon.off_plan[0].says, "As planned, skill building opens at minute 38 of session 1, which X-1 refuses");
    says(&soon.off_plan[0].also[0], "action planning opens at minute 63 of session 1");
    let long = planned("phase.open", &since("phase_opened", r#""at_most_minutes":20"#));
    says(&long.off_plan[0].says, "As planned, action planning opens at minute 63 of session 1, which X-1 refuses");
    let turns = planned("turn.start", &since("phase_opened", r#""at_most_minutes":12"#));
    says(&turns.off_plan[0].says, "As planned, a turn of story sharing starts at minute 18 of session 1, which X-1 refuses");
    // What is refused for another reason, or is in time, isn't told.
    for (kind, require) in [
        ("session.close", since("session_started", r#""at_least_minutes":90"#)),
        ("phase.open", since("phase_opened", r#""at_most_minutes":45"#)),
        ("phase.open", r#"{"count":{"of":"present","at_least":3}}"#.to_owned()),
    ] {
        assert_eq!(planned(kind, &require).off_plan, [], "{kind}");
    }
}

#[test]
fn what_only_comes_later_is_not_told_as_dead_one_by_one() {
    let answer = explored("closing", &CALM);
    let text = answer.to_string();
    assert_eq!(text.matches("Nobody can ever").count(), 1, "{text}");
    says(
        &text,
        "Nobody can ever: close the session (`session.close`).\n  At the takeaways of session 1, in the way to close",
    );
    says(&text, "Nobody comes so far as to: report back (`report.give`), ");
    let because = answer.unreached_because.get(&Stage::Practising).unwrap_or_else(|| panic!("{text}"));
    says(
        &because[0],
        "no session ends without a report: expected at least 1 reports, got 0 (ACME-8). What helps: report first",
    );
    // The way there ends at the process's own rule, not at what would be its remedy in another session.
    says(&answer.knots[0].in_the_way[0], "In the way to close the session: no session ends without a report");
}

#[test]
fn a_list_that_only_the_facilitator_keeps_is_sound() {
    let answer = explored("marking", &CALM);
    assert!(answer.is_sound(), "{answer}");
}

/// What each of these does to a group: how bad it is, where it is too late, and what the way on meets.
#[test]
fn more_broken_processes() {
    let cases: [(&str, KnotKind, Stage, &str); 9] = [
        ("too-large-to-start", KnotKind::Hopeless, Stage::ExploreGathering, "ACME-1"),
        ("quorum-of-all", KnotKind::Hopeless, Stage::ExploreGathering, "ACME-1"),
        ("minimum-is-all", KnotKind::Stuck, Stage::ExploreWelcome, "ACME-1"),
        ("silent-room", KnotKind::Hopeless, Stage::ReportBack, "ACME-1"),
        ("contradiction", KnotKind::Hopeless, Stage::ExploreWelcome, "ACME-1"),
        ("close-before-end", KnotKind::Hopeless, Stage::ExploreTakeaways, "ACME-1"),
        ("practice-first", KnotKind::Hopeless, Stage::Practising, "ACME-1"),
        ("adoption-never", KnotKind::Hopeless, Stage::Adopting, "ACME-1"),
        ("no-report", KnotKind::Stuck, Stage::ReflectWelcome, "ACME-1"),
    ];
    let mut wrong = Vec::new();
    for (name, kind, stage, rule) in cases {
        let members = broken(name).spec().group.minimum.max(4);
        let leaving = u8::from(name != "no-report");
        let answer = explored(name, &Bounds { members, leaving, ..CALM });
        let found = answer.knots.first().map(|knot| (knot.kind, knot.stage, knot.in_the_way.join(" ")));
        if !found.is_some_and(|found| (found.0, found.1) == (kind, stage) && found.2.contains(rule)) {
            wrong.push(format!("{name}: {answer}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where a group that has become too small gets as far as those that are large enough, these are told of.
#[test]
fn where_nobody_completes_there_is_a_story() {
    let answer = explored("adoption-never", &Bounds { leaving: 1, absent: 1, late: 1, ..CALM });
    let (kind, stage, _, in_the_way) = first(&answer);
    assert_eq!((kind, stage), (KnotKind::Hopeless, Stage::Adopting), "{answer}");
    says(&in_the_way, "In the way to decide what to adopt: Not while the report is fresh");
    // Nothing goes wrong in it, as it would be the same otherwise.
    let story: Vec<_> = answer.knots[0].story().into_iter().map(|line| line.says).collect();
    assert!(!story.iter().any(|says| says.contains("did not come") || says.contains("left")), "{story:?}");
}

#[test]
fn the_answer_depends_neither_on_threads_nor_on_the_day() {
    let bounds = Bounds { leaving: 1, ..CALM };
    let one = explore(broken("quorum"), &Bounds { threads: 1, ..bounds }, &[], &mut quietly);
    let two = explore(broken("quorum"), &Bounds { threads: 3, ..bounds }, &[], &mut quietly);
    assert_eq!(Answer { bounds: one.bounds, ..two }, one);
}

#[test]
fn a_partial_answer_says_so() {
    let process = Process::default();
    let few = explore(&process, &Bounds { states: 100, troubles: 1, ..CALM }, &[], &mut quietly);
    let little = explore(&process, &Bounds { memory: 5_000, troubles: 1, ..CALM }, &[], &mut quietly);
    let mut calls = 0;
    let stopped = explore(&process, &Bounds { troubles: 1, ..CALM }, &[], &mut |progress| {
        calls += 1;
        if progress.states > 50 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let why = [few.stopped, little.stopped, stopped.stopped];
    assert_eq!(
        why,
        [Some(Stopped::States), Some(Stopped::Memory), Some(Stopped::Asked)].map(|why| why.filter(|_| calls > 0))
    );
    for answer in [few, little, stopped] {
        assert!(!answer.is_sound() && answer.knots.is_empty() && answer.dead.is_empty());
        says(&answer.to_string(), "not finished: what follows is about the part that was seen");
    }
}
