//! Rules in code, everywhere in the kit: explored, compared, drawn, and what is doubtful about them told.
#![cfg(all(feature = "page", feature = "proptest"))]
#![expect(clippy::panic, reason = "helpers of tests")]

use std::ops::ControlFlow;

use peercircle_core::{
    Command, CommandKind, Context, Facts, ForceReason, Instant, KindSet, OwnRule, Process, ProcessSpec, RuleId, Rulebook,
    SessionKind, Stage, Switch,
};
use peercircle_scenario::{CoreRunner, Scenario};
use peercircle_testkit::{
    Ruled,
    compare::{History, compare},
    difference::{Which, difference, impact},
    explore::{Answer, Bounds, KnotKind, Reduction, Reductions, Rescue, explore, quietly},
    given::given,
    knockout::{Check, knock_out},
    oracle::{self, Judgement},
    page::{Origin, page},
    property::{Each, Occurrence, Property, Template, check},
    strategies::{cycle_at_under, histories_under, legal, near_miss_under},
    walk::{Dice, Walk, menu},
};
use proptest::prelude::*;

const CALM: Bounds = Bounds {
    members: 4,
    leaving: 0,
    absent: 0,
    late: 0,
    troubles: 0,
    states: 2_000_000,
    memory: usize::MAX,
    threads: 2,
    reductions: Reductions::ALL,
};

type Check7 = fn(&Facts<'_>) -> Result<(), &'static str>;

fn rule(kinds: &[CommandKind], check: Check7) -> OwnRule {
    OwnRule { id: "ACME-7", title: "ours", applies_to: KindSet::of(kinds), check, remedy: "ask Acme" }
}

fn under(own: OwnRule) -> Ruled {
    Ruled::new(Process::default(), Rulebook::standard().with(own))
}

fn three() -> ProcessSpec {
    let mut spec = ProcessSpec::default();
    spec.group.minimum = 3;
    spec
}

fn explored(own: OwnRule, bounds: &Bounds) -> Answer {
    explore(under(own), bounds, &[], &mut quietly)
}

/// What is doubted of ACME-7, and the whole answer in words.
fn doubted(own: OwnRule, bounds: &Bounds) -> (String, String) {
    let answer = explored(own, bounds);
    let told = answer.to_string();
    let [doubt] = answer.doubts() else { panic!("expected one doubt: {told}") };
    assert!(!answer.is_sound() && doubt.rule == "ACME-7", "{told}");
    assert!(doubt.stories.iter().all(|story| !story.is_empty()), "{told}");
    assert!(told.contains("can't be told") && told.contains("ACME-7 makes this doubtful"), "{told}");
    let origin = Origin { version: 1, file: "ours.toml".to_owned(), at: Instant::default() };
    let shown = page(&answer, &origin);
    assert!(shown.contains("It can't be told") && shown.contains("ACME-7 makes this doubtful"), "{shown}");
    (doubt.says.clone(), told)
}

// --- explored ---------------------------------------------------------------------------------------------------------------

fn everyone_came(facts: &Facts<'_>) -> Result<(), &'static str> {
    if facts.in_room() == facts.ledger().active() { Ok(()) } else { Err("somebody isn't here") }
}

/// Whoever missed session 1 keeps session 2 from beginning.
fn nobody_missed(facts: &Facts<'_>) -> Result<(), &'static str> {
    let explore = facts.ledger().session(SessionKind::Explore);
    let missed = facts.ledger().active().minus(explore.attended());
    if explore.closed_at().is_none() || missed.is_empty() { Ok(()) } else { Err("somebody missed session 1") }
}

#[test]
fn a_rule_that_makes_groups_stuck_is_named_by_the_story() {
    let own = rule(&[CommandKind::OpenSession], nobody_missed);
    let answer = explored(own, &Bounds { absent: 1, ..CALM });
    assert!(!answer.is_sound() && answer.doubts().is_empty(), "{answer}");
    let knot = answer.knots.first().expect("a knot");
    assert_eq!((knot.kind, knot.stage), (KnotKind::Lost, Stage::Practising), "{answer}");
    assert!(knot.steps.iter().any(|step| step.says.contains(" did not come")), "{answer}");
    let way = "In the way to open the session for arrivals: somebody missed session 1 (ACME-7). What helps: ask Acme";
    assert!(knot.in_the_way.iter().any(|one| one == way), "{answer}");
    // Nobody could start it, and what they can is asked under the rule.
    assert!(
        knot.too_late().unwrap().then.iter().all(|who| !who.may.contains(&CommandKind::OpenSession.label())),
        "{answer}"
    );
    // The script that is written has what all accept.
    let script: String = knot.script.iter().map(|line| format!("{line}\n")).collect();
    let Ok(wrong) = Scenario::parse(&script).unwrap().check(&mut CoreRunner::default(), |_, _, _| ());
    assert!(wrong.is_empty(), "{wrong:?}");

    // Without anybody absent it is as sound as without the rule, and says what is assumed.
    let answer = explored(own, &Bounds { absent: 0, ..CALM });
    assert!(answer.knots.is_empty() && answer.doubts().is_empty(), "{answer}");
    let code = answer.in_code.as_ref().unwrap();
    assert!(code.rules == ["ACME-7"] && code.compared > 1, "{code:?}");
    assert!(answer.to_string().contains("Assumed of the rules in code: ACME-7, that each looks only at"), "{answer}");
    assert!(code.uncompared.is_empty() && !answer.to_string().contains("could not be compared"), "{answer}");
}

#[test]
fn a_rule_that_decides_is_sound_and_one_that_never_does_is_idle() {
    // Whoever chaired session 1 doesn't open the doors of session 2.
    let chaired = |facts: &Facts<'_>| {
        let chair = facts.ledger().session(SessionKind::Explore).facilitator();
        if facts.session().is_none() && facts.context().actor.seat().is_some_and(|seat| Some(seat) == chair) {
            Err("let somebody else open the doors")
        } else {
            Ok(())
        }
    };
    let decides = rule(&[CommandKind::OpenSession], chaired);
    let answer = explored(decides, &CALM);
    let used = answer.rules.iter().find(|one| one.rule == "ACME-7").unwrap();
    assert!(used.own && used.alone > 0, "{used:?}");
    assert!(answer.is_sound(), "{answer}");

    let idle = rule(&[CommandKind::OpenSession], |facts| {
        if facts.ledger().active().len() < 3 { Err("too few for a session") } else { Ok(()) }
    });
    let answer = explored(idle, &CALM);
    let names: Vec<_> = answer.idle_rules().map(|one| one.rule.as_str()).collect();
    assert_eq!(names, ["ACME-7"]);
    assert!(!answer.is_sound() && answer.to_string().contains("The rule ACME-7 never refuses"), "{answer}");
}

#[test]
fn a_rule_that_kills_a_command_is_found() {
    let never = rule(&[CommandKind::PassTurn], |_| Err("everyone tells a story here"));
    let answer = explored(never, &CALM);
    assert_eq!(answer.dead, [CommandKind::PassTurn], "{answer}");
}

#[test]
fn a_rule_that_is_asked_nowhere_could_not_be_compared() {
    let in_time = rule(&[CommandKind::CloseRound], |facts| {
        let hurry = matches!(facts.command(), Command::CloseRound { reason: ForceReason::Time });
        if hurry { Err("there is time enough") } else { Ok(()) }
    });
    let answer = explored(in_time, &CALM);
    let code = answer.in_code.as_ref().unwrap();
    assert_eq!((code.compared, &*code.uncompared), (0, &["ACME-7".to_owned()][..]));
    assert!(answer.is_sound(), "{answer}");
    let says = "came to; at none ACME-7, so that it could not be compared.";
    assert!(answer.to_string().contains(says), "{answer}");
}

#[test]
fn without_rules_in_code_nothing_is_said_of_them() {
    let answer = explore(Process::default(), &CALM, &[], &mut quietly);
    assert!(answer.in_code.is_none() && !answer.to_string().contains("in code"), "{answer}");
    assert!(!serde_json::to_string(&answer).unwrap().contains("in_code"));
}

#[test]
fn properties_speak_of_rules_in_code() {
    let what = Occurrence::RefusedBy("ACME-7".to_owned());
    let template = Template::Absence { what, beyond: 0 };
    let never = [Property { id: "ACME-8".to_owned(), each: Each::Group, template }];
    assert!(check(&never, under(rule(&[CommandKind::OpenSession], nobody_missed))).is_ok());
    assert_eq!(check(&never, Process::default()).unwrap_err().code(), "unknown_rule");
}

// --- doubted ----------------------------------------------------------------------------------------------------------------

#[test]
fn a_rule_that_looks_at_what_is_forgotten_is_doubted() {
    // An exploration doesn't tell a turn that was passed from a story that was told.
    let all_told = rule(&[CommandKind::CloseSession], |facts| {
        let told = facts.session() != Some(SessionKind::Explore) || facts.in_room().minus(facts.ledger().told()).is_empty();
        if told { Ok(()) } else { Err("somebody hasn't told a story") }
    });
    let (says, told) = doubted(all_told, &CALM);
    assert!(says.contains("to close the session it answers otherwise"), "{says}");
    assert!(told.contains("History 2:") && told.contains("passed"), "{told}");
    // Where that is told apart, and so no doubt, it is seen what it leads to.
    let reductions = [Reduction::Passing, Reduction::Past].into_iter().fold(Reductions::ALL, Reductions::without);
    let mut spec = three();
    spec.turns.defer = Switch::Off;
    let ours = Ruled::new(Process::new(spec).unwrap(), Rulebook::standard().with(all_told));
    let answer = explore(&ours, &Bounds { members: 3, reductions, ..CALM }, &[], &mut quietly);
    assert!(answer.doubts().is_empty(), "{answer}");
    // Whoever passed keeps the session from closing, unless it is held afresh.
    let passed = |one: &Rescue| one.story.last().is_some_and(|line| line.says.contains("passed"));
    assert!(answer.is_sound() && answer.rescues.iter().any(passed), "{answer}");
}

#[test]
fn a_rule_that_wants_what_is_left_out_is_doubted() {
    // What nothing waits for is done when the table wants it; a rule in code may want it earlier.
    let accepted = rule(&[CommandKind::StartSession], |facts| {
        let accepted = facts.in_room().minus(facts.ledger().accepted_rules()).is_empty();
        if accepted { Ok(()) } else { Err("somebody hasn't accepted the ground rules") }
    });
    let (_, told) = doubted(accepted, &CALM);
    assert!(told.contains("accepted the ground rules"), "{told}");
    // No logs are kept, as nothing asks for them.
    let logs = rule(&[CommandKind::OpenSession], |facts| {
        let some = facts.ledger().active().iter().any(|seat| facts.ledger().logged_weeks(seat) > 0);
        if some || facts.stage() != Stage::Practising { Ok(()) } else { Err("nobody has logged anything") }
    });
    doubted(logs, &CALM);
}

#[test]
fn a_rule_that_tells_members_apart_is_doubted() {
    let not_bo = rule(&[CommandKind::AppointFacilitator], |facts| {
        if facts.subject().is_some_and(|seat| seat.number() == 1) { Err("Bo is on leave") } else { Ok(()) }
    });
    let (says, told) = doubted(not_bo, &CALM);
    assert!(says.contains("Bo") && says.contains("knows the same"), "{says}");
    assert!(told.contains("What helps: a small group"), "{told}");
    // With members told apart there is no doubt.
    let ours = Ruled::new(Process::new(three()).unwrap(), Rulebook::standard().with(not_bo));
    let bounds = Bounds { members: 3, reductions: Reductions::ALL.without(Reduction::Names), ..CALM };
    let answer = explore(&ours, &bounds, &[], &mut quietly);
    assert!(answer.is_sound(), "{answer}");
}

#[test]
fn a_rule_that_looks_at_the_clock_is_doubted() {
    let patient = rule(&[CommandKind::OpenPhase], |facts| {
        let elapsed = facts.meeting().map_or(0, |meeting| meeting.elapsed(facts.now()).as_seconds());
        if elapsed >= 600 { Ok(()) } else { Err("wait for ten minutes") }
    });
    let (says, _) = doubted(patient, &CALM);
    assert!(says.contains("15 min later"), "{says}");
    // By the day of the date that is set: an exploration sets one kind of date only.
    let not_mondays = rule(&[CommandKind::ScheduleSession], |facts| {
        let day = facts.now().unix_millis() / 86_400_000 % 7;
        if day == 4 { Err("no dates are set on a Monday") } else { Ok(()) }
    });
    let (says, told) = doubted(not_mondays, &CALM);
    assert!(says.contains("to schedule a session it answers otherwise") && told.contains("History 1"), "{told}");
}

#[test]
fn a_table_with_a_rule_knocked_out_is_doubted() {
    let ours = Ruled::new(Process::default(), Rulebook::standard().knocked_out(RuleId::Ours(21)));
    let answer = explore(&ours, &CALM, &[], &mut quietly);
    assert!(!answer.is_sound() && answer.doubts().iter().any(|doubt| doubt.rule == "R-21"), "{answer}");
    // Nothing is assumed of rules that there aren't.
    assert!(!answer.to_string().contains("Assumed of the rules in code"), "{answer}");
}

#[test]
fn what_was_seen_in_part_is_not_doubted_but_not_finished() {
    let answer =
        explore(under(rule(&[CommandKind::StartSession], everyone_came)), &CALM, &[], &mut |_| ControlFlow::Break(()));
    assert!(answer.stopped.is_some() && answer.doubts().is_empty() && !answer.is_sound());
}

// --- compared ---------------------------------------------------------------------------------------------------------------

#[test]
fn one_process_under_two_rulebooks_differs_in_the_rule() {
    let ours = under(rule(&[CommandKind::StartSession], everyone_came));
    let bounds = Bounds { absent: 1, ..CALM };
    let ways = [
        (difference(Process::default(), &ours, &bounds, &mut quietly), Which::One),
        (difference(&ours, Process::default(), &bounds, &mut quietly), Which::Other),
    ];
    for (found, accepts) in &ways {
        let names: Vec<_> = found.settings.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["ACME-7"]);
        let witness = found.witnesses.first().expect("a witness");
        assert_eq!((witness.accepted_by, witness.command), (*accepts, CommandKind::StartSession));
        assert_eq!((&*witness.refused_by, &*witness.settings), (&["ACME-7".to_owned()][..], &["ACME-7".to_owned()][..]));
        assert!(witness.says.iter().any(|says| says.contains("somebody isn't here")), "{found}");
        assert!(found.untold.is_empty() && found.to_string().contains("as far as the rules in code (ACME-7)"), "{found}");
    }
    // The shortest, whichever way round.
    assert_eq!(ways[0].0.witnesses[0].story, ways[1].0.witnesses[0].story);
    assert!(difference(&ours, &ours, &bounds, &mut quietly).is_none());
}

#[test]
fn two_processes_each_under_its_own_rulebook() {
    let pass = rule(&[CommandKind::PassTurn], |_| Err("everyone tells a story here"));
    let mut spec = ProcessSpec::default();
    spec.turns.pass = Switch::Off;
    let (code, file) = (under(pass), Process::new(spec).unwrap());
    let found = difference(&code, &file, &CALM, &mut quietly);
    let names: Vec<_> = found.settings.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["turns.pass", "ACME-7"]);
    // Both say no, and nothing else differs.
    assert!(found.witnesses.is_empty() && found.partings.is_empty(), "{found}");

    let logs = (0..20).map(|seed| {
        let mut dice = Dice::new(seed);
        let draws: Vec<_> = (0..60).map(|_| dice.roll()).collect();
        (format!("{seed}"), Walk::through(Process::default(), seed).on(&draws).events)
    });
    let logs: Vec<_> = logs.collect();
    let never = under(rule(&[CommandKind::EnrolMember], |_| Err("nobody joins")));
    let hit = impact(Process::default(), &never, &logs).unwrap();
    assert!(!hit.refused.is_empty() && hit.refused.iter().all(|one| one.rules == ["ACME-7"]), "{hit}");
    assert!(impact(&never, Process::default(), &logs).unwrap().refused.is_empty());
}

// --- drawn ------------------------------------------------------------------------------------------------------------------

fn few(facts: &Facts<'_>) -> Result<(), &'static str> {
    if facts.ledger().active().len() < 5 { Ok(()) } else { Err("five are enough") }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn histories_and_cycles_keep_to_the_rule(
        history in histories_under(under(rule(&[CommandKind::EnrolMember], few)), 200),
        telling in cycle_at_under(under(rule(&[CommandKind::EnrolMember], few)), Stage::Discussion),
        (walk, steps) in histories_under(under(rule(&[CommandKind::EnrolMember], few)), 60)
            .prop_flat_map(|walk| (Just(walk.clone()), legal(walk.rules(), walk.cycle.clone(), walk.now))),
    ) {
        prop_assert!(history.cycle.ledger().active().len() <= 5);
        prop_assert!(telling.cycle.stage() == Stage::Discussion && telling.cycle.ledger().active().len() <= 5);
        prop_assert!(steps.iter().all(|step| walk.rules().permits(&walk.cycle, &step.command, &step.context)));
    }

    #[test]
    fn near_misses_of_a_rule_in_code_are_refused_by_it_alone(
        miss in near_miss_under(under(rule(&[CommandKind::EnrolMember], few)), RuleId::Code("ACME-7")).unwrap(),
    ) {
        prop_assert_eq!(miss.refusal.rule(), RuleId::Code("ACME-7"));
        prop_assert_eq!(miss.cycle.ledger().active().len(), 5);
        prop_assert!(miss.cycle.permits(&miss.step.command, &miss.step.context));
    }
}

#[test]
fn a_rule_that_a_rulebook_has_not_has_no_near_misses() {
    let other = under(rule(&[CommandKind::EnrolMember], few));
    let says = near_miss_under(&other, RuleId::Code("ACME-8")).unwrap_err().to_string();
    assert!(says.contains("of the table, of the process or of the rulebook, got ACME-8"), "{says}");
}

// --- given, knocked out -----------------------------------------------------------------------------------------------------

#[test]
fn given_goes_its_way_under_the_rules_and_tells_them() {
    let ours = under(rule(&[CommandKind::ShareStory], |facts| {
        if facts.in_room().len() >= 5 { Ok(()) } else { Err("stories want five who listen") }
    }));
    let telling = given(&ours).members(6).at(Stage::StorySharing);
    assert_eq!(telling.cycle().in_room().len(), 4);
    let refused = std::panic::catch_unwind(move || drop(telling.at(Stage::Discussion)));
    let says = *refused.unwrap_err().downcast::<String>().unwrap();
    assert!(says.contains("stories want five who listen"), "{says}");
}

#[test]
fn knocking_out_takes_rules_in_code_as_well() {
    let rules = Rulebook::standard().with(rule(&[CommandKind::EnrolMember], few));
    let five = given(Process::default()).members(5);
    let six = menu(CommandKind::EnrolMember, five.cycle(), five.now()).swap_remove(0);
    let check = Check::new("nobody joins five", |ours: &Ruled| {
        let joins = ours.rules().permits(five.cycle(), &six, &Context::organiser(five.now()));
        if joins { Err("a sixth joined".to_owned()) } else { Ok(()) }
    });
    let answer = knock_out(Ruled::new(Process::default(), rules), &[check]);
    assert!(answer.failing.is_empty(), "{answer}");
    assert!(answer.rules.iter().any(|one| one.rule == "ACME-7" && one.noticed_by == ["nobody joins five"]), "{answer}");
}

// --- compared with an implementation ------------------------------------------------------------------------------------------

#[test]
fn an_implementation_without_the_rule_is_shown_by_a_short_history_that_replays() {
    let ours = under(rule(&[CommandKind::EnrolMember], few));
    let mut histories = (0..400).map(|seed| History::walk(&mut Walk::through(&ours, seed), seed, 60));
    let found = histories.find_map(|history| {
        assert_eq!(history.under, ours);
        // Where another rule refuses as well, both say no.
        let found = compare(&history, CoreRunner::default).err()?.difference()?.clone();
        found.what.iter().any(|line| line.contains("accepted")).then_some(found)
    });
    let found = found.expect("a difference");
    compare(&found.history, || CoreRunner::under(ours.rules().clone())).unwrap();
    assert_eq!(found.history.steps.len(), 7, "{found}");
    assert!(found.to_string().contains("joined the group, but may not: ACME-7."), "{found}");
    assert_eq!(found.what, ["the machine says `rule_refused`, it says `accepted`"]);

    let script = Scenario::parse(&found.script()).unwrap();
    assert_eq!(script.rules(), ["ACME-7"]);
    let Ok(wrong) = script.check(&mut CoreRunner::under(ours.rules().clone()), |_, _, _| ());
    assert!(wrong.is_empty(), "{wrong:?}");
    let Ok(wrong) = script.check(&mut CoreRunner::default(), |_, _, _| ());
    assert!(wrong.iter().any(|line| line.contains("expected a refusal by ACME-7 alone, got")), "{wrong:?}");
    // Read again, it is the same history once it has the rules.
    assert_eq!(History { under: ours, ..History::of(&script) }.script("again"), found.history.script("again"));
}

// --- judged -------------------------------------------------------------------------------------------------------------------

#[test]
fn the_oracle_agrees_once_they_are_set_aside() {
    let ours = under(rule(&[CommandKind::EnrolMember], |_| Err("nobody joins")));
    let (mut walk, mut draws, aside) = (Walk::through(&ours, 3), Dice::new(4), [RuleId::Code("ACME-7")]);
    let mut alone = 0;
    for _ in 0..100 {
        let step = walk.next(draws.roll());
        let judgement = oracle::judge(&walk.events, &step.command, &step.context);
        let said = Judgement::of(&walk.take(&step));
        alone += usize::from(!said.agrees(&judgement));
        assert!(said.without(&aside).agrees(&judgement), "{judgement}");
    }
    assert!(alone > 0, "ACME-7 never refused");
}
