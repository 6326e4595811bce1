//! Nothing panics on what can be decoded, however little sense it makes; and a cycle that refuses an event is unchanged.

use std::collections::BTreeSet;

use peercircle_core::{Actor, Command, CommandKind, Context, Cycle, Event, EventBody, Seat, Span, WireCommand};
use proptest::prelude::*;
use serde_json::Value;

use crate::{
    cases,
    walk::{Dice, Walk, menu},
    walks,
};

/// Something else of the same kind, or of another; numbers at their edges.
fn mutate(value: &mut Value, donors: &[Value], dice: &mut Dice) {
    match value {
        Value::Object(fields) if dice.chance(85) && !fields.is_empty() => {
            let name = fields.keys().nth(dice.below(fields.len())).cloned().unwrap();
            if name == "type" && dice.chance(70) {
                return;
            }
            if dice.chance(8) {
                fields.remove(&name);
            } else if let Some(field) = fields.get_mut(&name) {
                mutate(field, donors, dice);
            }
        }
        Value::Array(list) if dice.chance(60) && !list.is_empty() => {
            let at = dice.below(list.len());
            match dice.below(3) {
                0 => mutate(&mut list[at], donors, dice),
                1 => list.push(list[at].clone()),
                _ => {
                    list.remove(at);
                }
            }
        }
        Value::Number(number) => {
            let edges = [0, 1, 2, 7, 8, 9, 15, 16, 63, 64, 255, 256, 65_535, 65_536, u64::from(u32::MAX), 1 << 53];
            let near = number.as_u64().unwrap_or_default();
            *value = if dice.chance(50) { dice.pick(&edges).into() } else { near.wrapping_add(dice.roll() % 3).into() };
        }
        Value::String(text) if dice.chance(40) => {
            let times = ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2026-03-02T09:00:00Z"];
            let words = ["", "explore", "reflect", "takeaways", "adoption", "present", "person-0-of-the-group", "0", text];
            *value = dice.pick(&[dice.clone().pick(&times), dice.clone().pick(&words)]).into();
        }
        _ => {
            let mut donor = dice.pick(donors);
            while let Some(inner) =
                donor.as_object().filter(|_| dice.chance(70)).and_then(|fields| fields.values().next_back())
            {
                donor = inner.clone();
            }
            *value = donor;
        }
    }
}

/// Applies `events` to `cycle` in their order, each renumbered so that the number isn't what stops it.
fn force(cycle: &mut Cycle, events: impl IntoIterator<Item = EventBody>) -> Result<(usize, usize), TestCaseError> {
    let (mut taken, mut refused) = (0, 0);
    for body in events {
        let event = Event { seq: cycle.revision() + 1, at: cycle.last_at(), actor: Actor::Host {}, command_id: None, body };
        let before = cycle.clone();
        match cycle.evolve(&event) {
            Ok(()) => taken += 1,
            Err(error) => {
                prop_assert_eq!(&*cycle, &before, "a refused `{}` changed the cycle: {}", event.body.name(), error);
                prop_assert_eq!(error.seq(), event.seq);
                refused += 1;
            }
        }
    }
    Ok((taken, refused))
}

/// Asks a cycle everything it can be asked.
fn ask(cycle: &Cycle, dice: &mut Dice) {
    let now = cycle.last_at();
    for actor in
        [Actor::Organiser {}, Actor::Host {}, Actor::member(Seat::new(u8::try_from(dice.below(16)).unwrap()).unwrap())]
    {
        let _ = (cycle.view_guide(actor, now), cycle.in_reach(actor));
        for _ in 0..6 {
            let payloads = menu(dice.pick(CommandKind::ALL), cycle, now);
            let command: Command = dice.pick(&payloads);
            let context = Context::new(actor, now);
            let verdict = cycle.decide(&command, &context);
            let _ = (cycle.explain(&command, &context), cycle.view_path(&command, &context));
            for no in verdict.refusals() {
                let _ = (no.say(cycle), no.remedy(cycle));
            }
        }
    }
    let _ = (cycle.succession(), cycle.next_phase(), cycle.previous_phase());
    let _ = (cycle.disclose(), cycle.deadlines(), cycle.next_due(now), cycle.waiting_on(), cycle.view());
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn events_in_any_order_are_taken_or_refused((seed, draws) in walks(250), shuffle in any::<u64>()) {
        let mut walk = Walk::new(seed);
        for draw in draws {
            let step = walk.next(draw);
            walk.take(&step);
        }
        let mut dice = Dice::new(shuffle);
        let bodies: Vec<_> = walk.events.iter().map(|event| event.body.clone()).collect();
        let mut cycle = if dice.chance(50) { Cycle::default() } else { walk.cycle };
        let mut out_of_order = vec![bodies[0].clone()];
        for _ in 0..300 {
            // Runs of a history, so that states are reached that no legal history has.
            let from = dice.below(bodies.len());
            out_of_order.extend(bodies.iter().skip(from).take(1 + dice.below(12)).cloned());
        }
        for part in out_of_order.chunks(200) {
            force(&mut cycle, part.iter().cloned())?;
            ask(&cycle, &mut dice);
        }
    }

    #[test]
    fn mutated_events_are_taken_or_refused((seed, draws) in walks(250), how in any::<u64>()) {
        let mut walk = Walk::new(seed);
        for draw in draws {
            let step = walk.next(draw);
            walk.take(&step);
        }
        let mut dice = Dice::new(how);
        let values: Vec<_> = walk.events.iter().map(|event| serde_json::to_value(&event.body).unwrap()).collect();
        let mut cycle = Cycle::default();
        for (at, value) in values.iter().enumerate() {
            let mut mutant = value.clone();
            mutate(&mut mutant, &values, &mut dice);
            let bodies = [serde_json::from_value(mutant).ok(), serde_json::from_value(value.clone()).ok()];
            force(&mut cycle, bodies.into_iter().flatten())?;
            if at % 40 == 0 {
                ask(&cycle, &mut dice);
            }
        }
        ask(&cycle, &mut dice);
    }

    #[test]
    fn mutated_commands_are_decided((seed, draws) in walks(250), how in any::<u64>()) {
        let mut walk = Walk::new(seed);
        let mut dice = Dice::new(how);
        for draw in draws {
            let step = walk.next(draw);
            walk.take(&step);
            let (cycle, roster) = (&walk.cycle, walk.cycle.roster());
            let wire = step.command.clone().try_map(
                |seat| roster.member(seat).map(|one| one.id.clone()).ok_or(()),
                |number| roster.module().and_then(|module| module.strategy(number)).cloned().ok_or(()),
            );
            let mut mutant = serde_json::to_value(wire.map_or_else(|()| serde_json::to_value(&step.command).unwrap(), |wire: WireCommand| serde_json::to_value(&wire).unwrap())).unwrap();
            let donors = [mutant.clone(), Value::Null, Value::from("ana"), Value::Array(Vec::new())];
            mutate(&mut mutant, &donors, &mut dice);
            let by_id = serde_json::from_value::<WireCommand>(mutant.clone()).ok().and_then(|wire| wire.resolve(roster).ok());
            let by_number = serde_json::from_value::<Command>(mutant).ok();
            for command in [by_id, by_number].into_iter().flatten() {
                let verdict = cycle.decide(&command, &step.context);
                let _ = cycle.explain(&command, &step.context);
                for no in verdict.refusals() {
                    prop_assert!(!no.say(cycle).is_empty() && !no.remedy(cycle).is_empty());
                }
                let mut after = cycle.clone();
                for event in verdict.events() {
                    prop_assert!(after.evolve(event).is_ok(), "evolve refuses `{}` of {:?}", event.body.name(), command);
                }
            }
        }
    }

    #[test]
    fn mutated_text_is_read_or_refused((seed, draws) in walks(60), cut in any::<u64>()) {
        let mut walk = Walk::new(seed);
        let mut dice = Dice::new(cut);
        for draw in draws {
            let step = walk.next(draw);
            walk.take(&step);
            let mut text = serde_json::to_vec(&step.command).unwrap();
            for _ in 0..=dice.below(3) {
                let at = dice.below(text.len());
                match dice.below(3) {
                    0 => text[at] = u8::try_from(dice.below(256)).unwrap(),
                    1 => text.truncate(at.max(1)),
                    _ => text.insert(at, dice.pick(b"{}[]\",:0\\")),
                }
            }
            let _ = (serde_json::from_slice::<WireCommand>(&text).is_ok(), serde_json::from_slice::<EventBody>(&text).is_ok());
        }
    }
}

/// Where the numbers of a value are, as paths of steps.
fn numbers(value: &Value, path: &mut Vec<String>, found: &mut Vec<String>) {
    let mut down = |step: String, inner: &Value| {
        path.push(step);
        numbers(inner, path, found);
        path.pop();
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, inner)| down(name.clone(), inner)),
        Value::Array(list) => list.iter().enumerate().for_each(|(at, inner)| down(at.to_string(), inner)),
        Value::Number(_) => found.push(format!("/{}", path.join("/"))),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// Asks a cycle every kind of command, and all its questions, as its chair and as the organiser.
fn ask_all(cycle: &Cycle, dice: &mut Dice) {
    let now = cycle.last_at() + Span::seconds(61);
    for actor in [cycle.chair().map(Actor::member), Some(Actor::Organiser {})].into_iter().flatten() {
        let _ = (cycle.guide(actor, now), cycle.allowed(actor, now));
        for kind in CommandKind::ALL {
            let command = dice.pick(&menu(*kind, cycle, now));
            for no in cycle.decide(&command, &Context::new(actor, now)).refusals() {
                let _ = (no.say(cycle), no.remedy(cycle));
            }
        }
    }
    let _ = (cycle.disclose(), cycle.deadlines(), cycle.next_due(now), cycle.waiting_on(), cycle.view());
}

#[test]
fn numbers_at_their_edges_are_taken_or_refused() {
    for seed in 0..12 {
        let (mut walk, mut draws) = (Walk::new(seed), Dice::new(seed ^ 0x00ed_9e50));
        let mut seen = BTreeSet::new();
        for _ in 0..400 {
            let before = walk.cycle.clone();
            let step = walk.next(draws.roll());
            let verdict = walk.take(&step);
            let Some(event) = verdict.events().first() else { continue };
            let value = serde_json::to_value(&event.body).unwrap();
            let mut paths = Vec::new();
            numbers(&value, &mut Vec::new(), &mut paths);
            // A process is checked when it is read; of the rest each type at each stage is enough.
            paths.retain(|path| !path.contains("process"));
            if !seen.insert((event.body.name(), before.stage())) {
                continue;
            }
            for path in paths {
                for edge in [0, u64::from(u8::MAX), u64::from(u16::MAX), u64::from(u32::MAX)] {
                    let mut value = value.clone();
                    *value.pointer_mut(&path).unwrap() = edge.into();
                    let Ok(body) = serde_json::from_value::<EventBody>(value) else { continue };
                    let mut cycle = before.clone();
                    if cycle.evolve(&Event { body, ..event.clone() }).is_ok() {
                        ask_all(&cycle, &mut draws);
                    }
                }
            }
        }
    }
}
