//! `allowed` agrees with `decide`, both ways: what it permits some payload can do, what it doesn't permit no payload can.
//!
//! The payloads are the menu's: many more than the few that `allowed` tries.

use peercircle_core::{Actor, Command, CommandKind, Context, Rulebook, SeatSet};

use crate::walk::{Dice, Walk, actors, menu};

/// Kinds that `allowed` says it judges only with what the cycle has.
const OF_THE_HOST: [CommandKind; 2] = [CommandKind::FormCycle, CommandKind::ChooseModule];

/// Everything in which `allowed` and `decide` differ for this actor here.
fn differences(walk: &Walk, actor: Actor) -> Vec<(CommandKind, String)> {
    let (cycle, now, rules) = (&walk.cycle, walk.now, Rulebook::standard());
    let (allowed, context) = (cycle.allowed(actor, now), Context::new(actor, now));
    let mut found = Vec::new();
    for &kind in CommandKind::ALL {
        let payloads = menu(kind, cycle, now).into_iter();
        let accepted: Vec<Command> = payloads.filter(|one| rules.permits(cycle, one, &context)).collect();
        let members: SeatSet = accepted.iter().filter_map(Command::subject).collect();
        let listed = allowed.iter().find(|one| one.command == kind);
        let permitted = listed.is_some_and(|one| one.permitted);
        let says = listed.map_or(SeatSet::EMPTY, |one| one.members);
        let mut differ =
            |what: String| found.push((kind, format!("by {actor:?} at {}, {now}: {what}", cycle.stage().name())));
        if let Some(first) = accepted.first().filter(|_| !permitted && !OF_THE_HOST.contains(&kind)) {
            differ(format!("decide accepts {first:?}, allowed doesn't permit it: {listed:?}"));
        }
        if permitted && accepted.is_empty() {
            differ("allowed permits it, and no payload of the menu is accepted".to_owned());
        }
        if permitted && !accepted.is_empty() && says != members {
            differ(format!("allowed names the members {says:?}, decide accepts {members:?}"));
        }
        if let Some(listed) = listed {
            let payload = cycle.roster().seats() > 0 && kind != CommandKind::FormCycle;
            let silent = !listed.permitted && listed.refused.is_empty() && payload;
            if silent || listed.permitted && !listed.refused.is_empty() {
                differ(format!("permitted is {}, and it says of the refusals {:?}", listed.permitted, listed.refused));
            }
        }
    }
    found
}

#[test]
fn allowed_agrees_with_decide_for_every_actor() {
    let mut found: Vec<(CommandKind, String)> = Vec::new();
    let mut states = 0;
    // Not every state, nor every actor, unless deep is asked for: neighbours differ little, and a walk has 400 of them.
    let deep = std::env::var_os("PROPTEST_CASES").is_some();
    for seed in 0..60 {
        let (mut walk, mut draws) = (Walk::new(seed), Dice::new(seed ^ 0xa110_3ed0));
        for step in 0..400 {
            let taken = walk.next(draws.roll());
            walk.take(&taken);
            if !deep && step % 12 != 0 {
                continue;
            }
            states += 1;
            let mut asked = actors(&walk.cycle);
            if !deep && draws.chance(80) {
                let some = [draws.pick(&asked), draws.pick(&asked)];
                asked = [Actor::Organiser {}, Actor::Host {}].into_iter().chain(some).collect();
                asked.extend(walk.cycle.chair().map(Actor::member));
            }
            for actor in asked {
                found.extend(
                    differences(&walk, actor)
                        .into_iter()
                        .map(|(kind, what)| (kind, format!("seed {seed}, step {step}: {what}"))),
                );
            }
        }
    }
    assert!(states > 1000);
    // Three of each kind of command are enough to see what is wrong.
    let mut shown = std::collections::BTreeMap::<_, Vec<_>>::new();
    for (kind, what) in &found {
        let list = shown.entry(kind).or_default();
        if list.len() < 3 {
            list.push(what);
        }
    }
    assert!(found.is_empty(), "{} differences\n{shown:#?}", found.len());
}
