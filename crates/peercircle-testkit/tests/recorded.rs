//! Recorded histories: taken apart into commands, they are the same histories.

use peercircle_core::{Context, Cycle, EventBody, InterruptReason, Process, SuspendReason};
use peercircle_testkit::{
    recorded::decisions,
    walk::{Dice, Walk},
};

/// Walks of the preset, and of processes at random.
fn walks() -> impl Iterator<Item = Walk> {
    let preset = (0..300).map(|seed| Walk::through(Process::default(), seed));
    preset.chain((0..100).map(Walk::new)).zip(0..).map(|(mut walk, seed)| {
        let mut draws = Dice::new(seed ^ 0x5eed);
        for _ in 0..400 {
            let step = walk.next(draws.roll());
            walk.take(&step);
        }
        walk
    })
}

#[test]
fn walks_taken_apart_replay_to_the_same_cycle() {
    let (mut interrupted, mut not_started) = (0, 0);
    for (at, walk) in walks().enumerate() {
        let mut cycle = Cycle::default();
        for decision in decisions(&walk.events) {
            let decision = decision.unwrap();
            let first = &decision.events[0].body;
            let command = decision.command.unwrap_or_else(|| panic!("walk {at}: no command for {first:?}"));
            let context: Context = decision.context;
            for event in cycle.decide(&command, &context).events() {
                cycle.evolve(event).unwrap();
            }
            assert_eq!(cycle.revision(), decision.events.last().unwrap().seq, "walk {at}: {command:?}");
            interrupted += usize::from(matches!(
                decision.events,
                [one] if one.body == EventBody::SessionInterrupted { reason: InterruptReason::Suspended }
            ));
            let ends = decision.events.last().map(|event| &event.body);
            not_started += usize::from(
                matches!(first, EventBody::MemberDropped { .. })
                    && matches!(ends, Some(EventBody::CycleSuspended { reason: SuspendReason::BelowMinimum })),
            );
        }
        assert_eq!(cycle, walk.cycle, "walk {at}");
    }
    assert!(interrupted > 0 && not_started > 0, "{interrupted} interruptions, {not_started} sessions that weren't started");
}
