//! Walks ask for everything that can be refused, keep what they asked for, and can be made shorter.

use std::{collections::BTreeMap, convert::Infallible};

use peercircle_core::{CommandKind, Cycle, Rejection, RuleId, Verdict};
use peercircle_scenario::{Answer, Ask, CoreRunner, Report, Runner};
use peercircle_testkit::{
    compare::{CompareError, compare},
    walk::{Walk, draws},
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
        let half = walk.only((0..walk.steps().len()).filter(|number| number % 7 != 3));
        assert_eq!(Cycle::replay(&half.events).unwrap(), half.cycle);
        half.each(|before, step, verdict| {
            let key = step.context.command_id.filter(|_| !verdict.is_accepted());
            assert!(step.context.expected_revision.is_none_or(|seen| seen <= before.revision()), "{key:?}");
        });
        compare(&half.history(), CoreRunner::default).unwrap();
    }
}
