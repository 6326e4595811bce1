//! Walks ask for everything that can be refused, keep what they asked for, and can be made shorter.

use std::{collections::BTreeMap, convert::Infallible};

use peercircle_core::{Command, CommandKind, Context, Cycle, Process, Rejection, RuleId, Span, Stage, Verdict};
use peercircle_scenario::{Answer, Ask, CoreRunner, Report, Runner, Scenario};
use peercircle_testkit::{
    compare::{CompareError, History, compare},
    walk::{Step, Walk, draws},
};

fn walks(many: u64) -> impl Iterator<Item = Walk> {
    (0..many).map(|seed| Walk::along(seed, &draws(seed, 200)))
}

/// An implementation that keeps no keys, or forms a cycle while the last one lives.
struct Careless {
    core: CoreRunner,
    forgets: Forgets,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Forgets {
    Keys,
    Previous,
}

impl Runner for Careless {
    type Error = Infallible;

    fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, Infallible> {
        let mut ask = ask.clone();
        match self.forgets {
            Forgets::Keys => ask.id = None,
            Forgets::Previous => drop(ask.command.as_object_mut().map(|fields| fields.remove("previous"))),
        }
        self.core.give(&ask)
    }

    fn report(&mut self) -> Result<Report, Infallible> {
        self.core.report()
    }
}

#[test]
fn walks_send_again_and_too_late_and_form_twice() {
    let mut met = BTreeMap::new();
    for walk in walks(100) {
        let mut keyed = BTreeMap::new();
        walk.each(|_, step, verdict| {
            let mut count = |what| *met.entry(what).or_insert(0) += 1;
            let forms = step.command.kind() == CommandKind::FormCycle;
            let stale = |no: &Rejection| matches!(no, Rejection::StaleRevision { .. });
            if let Some(id) = step.context.command_id {
                count("keys");
                let first = keyed.entry(id).or_insert_with(|| step.command.clone());
                match verdict {
                    Verdict::Duplicate { .. } if *first == step.command => count("sent again"),
                    Verdict::Duplicate { .. } => count("another command under the same key"),
                    Verdict::Accepted(_) | Verdict::Refused(_) => {}
                }
            }
            match verdict.refusals() {
                all if all.iter().any(stale) => count("stale"),
                [no] if no.rule() == RuleId::Ours(60) => count("formed too early"),
                [Rejection::WrongPhase { .. }, ..] if forms => count("formed twice"),
                _ if step.context.expected_revision.is_some() && verdict.is_accepted() => count("in time"),
                _ => {}
            }
        });
    }
    let often = |what| met.get(what).copied().unwrap_or(0);
    for (what, least) in [
        ("keys", 5000),
        ("sent again", 200),
        ("another command under the same key", 40),
        ("stale", 40),
        ("in time", 200),
        ("formed too early", 8),
        ("formed twice", 20),
    ] {
        assert!(often(what) >= least, "{what}: {met:?}");
    }
}

#[test]
fn what_keeps_no_keys_or_forms_too_early_is_found() {
    for (forgets, says) in [(Forgets::Keys, "as was answered before"), (Forgets::Previous, "but may not: R-60")] {
        let make = || Careless { core: CoreRunner::default(), forgets };
        let walk = walks(40).find_map(|walk| Some((compare(&walk.history(), make).err()?, walk)));
        let (error, walk) = walk.unwrap_or_else(|| panic!("{forgets:?} never showed"));
        let CompareError::Differs(difference) = error else { panic!("{error}") };
        assert!(difference.history.steps.len() < 12, "{difference}");
        assert!(format!("{walk:?}").contains(says), "{walk:?}");
    }
}

#[test]
fn a_history_has_every_step_of_its_walk() {
    for walk in walks(10).chain((0..10).map(|seed| Walk::troubled(seed, &draws(seed, 200)))) {
        let history = walk.history();
        // Only what names nobody can't be written.
        assert!(history.steps.len() * 10 >= walk.steps().len() * 7, "{} of {}", history.steps.len(), walk.steps().len());
        compare(&history, CoreRunner::default).unwrap();
    }
}

#[test]
fn a_shorter_walk_is_a_walk() {
    for walk in walks(20) {
        let same = walk.only(0..walk.steps().len());
        assert_eq!((&same.cycle, &same.events, same.now), (&walk.cycle, &walk.events, walk.now));
        let none = walk.only([]);
        assert_eq!((none.cycle, none.now), (Cycle::default(), walk.steps().next().unwrap().context.now));
        let half = walk.only((0..walk.steps().len()).filter(|number| number % 7 != 3));
        assert_eq!(Cycle::replay(&half.events).unwrap(), half.cycle);
        half.each(|before, step, verdict| {
            let key = step.context.command_id.filter(|_| !verdict.is_accepted());
            assert!(step.context.expected_revision.is_none_or(|seen| seen <= before.revision()), "{key:?}");
        });
        compare(&half.history(), CoreRunner::default).unwrap();
    }
}

/// What is printed makes the same walk again, whatever led it on.
#[test]
fn a_walk_says_how_it_is_made_again() {
    let (preset, goal) = (Process::default(), Stage::StorySharing);
    let walk = Walk::reaching(goal, 5).unwrap().on(&[1, 2, 3]);
    let again = [
        (walk.clone(), "Walk::reaching(Stage::StorySharing, 5).unwrap().on(&[1, 2, 3])"),
        (
            walk.only([0, 1, 2]).on(&[4]),
            "Walk::reaching(Stage::StorySharing, 5).unwrap().on(&[1, 2, 3]).only([0, 1, 2]).on(&[4])",
        ),
        (Walk::new(7), "Walk::new(7)"),
        (Walk::new(7).on(&[1]).on(&[2]), "Walk::along(7, &[1, 2])"),
        (Walk::along(7, &[1, 2]).in_trouble(&[3]), "Walk::along(7, &[1, 2]).in_trouble(&[3])"),
        (Walk::troubled(7, &[1]).on(&draws(7, 9)), "Walk::troubled(7, &[1]).on(&draws(7, 9))"),
        (Walk::gathering(7, &[3, 4]).on(&[5]), "Walk::gathering(7, &[3, 4]).on(&[5])"),
        (Walk::through(&preset, 7), "Walk::through(process, 7)"),
        (
            Walk::reaching_under(&preset, goal, 5).unwrap().in_trouble(&[6]),
            "Walk::reaching_under(process, Stage::StorySharing, 5).unwrap().in_trouble(&[6])",
        ),
    ];
    for (walk, says) in again {
        let told = format!("{walk:?}");
        assert!(told.starts_with(&format!("{says}: `")) && !told.contains("Its script"), "{says}: {told}");
    }
    // What is drawn and taken is as good as `on`.
    let mut by_step = Walk::reaching(goal, 5).unwrap();
    for draw in [1, 2, 3] {
        let step = by_step.next(draw);
        by_step.take(&step);
    }
    assert_eq!(format!("{by_step:?}"), format!("{walk:?}"));
}

/// What no call makes again says so, and its script does.
#[test]
fn a_walk_that_was_led_on_by_hand_has_its_script() {
    let close = |walk: &Walk| Step { command: Command::CloseSession {}, context: Context::organiser(walk.now) };
    let begun = || Walk::reaching(Stage::Discussion, 5).unwrap().on(&[1, 2]);
    let mut own = begun();
    own.take(&close(&own));
    let mut left = begun();
    let _ = left.next(9);
    let mut later = begun();
    later.now = later.now + Span::days(1);
    let mut untaken = begun();
    let _ = untaken.next(9);
    untaken.take(&close(&begun()));
    for walk in [own.on(&[3, 4]), left.on(&[3, 4]), later.on(&[3, 4]), untaken] {
        let told = format!("{walk:?}");
        let begins = "Walk::reaching(Stage::Discussion, 5).unwrap().on(&[1, 2]), then led on by hand: `";
        assert!(told.starts_with(begins), "{told}");
        let (_, script) = told.split_once("Its script:\n").unwrap();
        let script = Scenario::parse(script).unwrap();
        let mut machine = CoreRunner::default();
        let Ok(wrong) = script.check(&mut machine, |_, _, _| ());
        assert_eq!((wrong, machine.cycle()), (Vec::new(), &walk.cycle), "{told}");
        assert_eq!(machine.events(), walk.events, "{told}");
        compare(&History::of(&script), CoreRunner::default).unwrap();
        // Shrunk, it is still what it is.
        let half = format!("{:?}", walk.only(0..walk.steps().len() / 2));
        assert!(half.starts_with(begins) && half.contains("Its script:\n"), "{half}");
    }
}
