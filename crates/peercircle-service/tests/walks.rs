//! Random walks through random processes, given to two services on one store in turn: what they answer is what the core alone
//! answers, and what is stored is where the core is, people erased on the way included.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the service")]
mod common;

use std::sync::Arc;

use common::import;
use peercircle_core::{Command, SeatSet};
use peercircle_service::{Order, Service};
use peercircle_store::MemoryStore;
use peercircle_testkit::walk::{Dice, Step, Walk};

/// The order that means the same as the step; none where it means what only the core can be asked: somebody of nowhere, an old
/// seat of somebody who has a newer one, another session's room, a time before the last event.
fn order(walk: &Walk, step: &Step) -> Option<Order> {
    let (cycle, context) = (&walk.cycle, &step.context);
    let by = cycle.view_actor(context.actor);
    let command = step.command.clone().named(cycle.roster()).ok()?;
    let means_it =
        by.clone().resolve(cycle) == Ok(context.actor) && command.clone().resolve(cycle.roster()).ok()? == step.command;
    let asks_the_core = matches!(step.command, Command::FormCycle { .. })
        || context.elsewhere != SeatSet::EMPTY
        || context.answered.is_some()
        || context.now < cycle.last_at();
    let id = cycle.roster().cycle()?.clone();
    let order = Order { cycle: id, by, command, key: context.command_id, revision: context.expected_revision };
    (means_it && !asks_the_core).then_some(order)
}

#[test]
fn services_answer_as_the_core_does_along_random_walks() {
    let (mut given, mut accepted, mut erased) = (0, 0, 0);
    for seed in 0..24 {
        let mut walk = Walk::new(seed);
        let mut dice = Dice::new(seed);
        let store = MemoryStore::default();
        let cycle = walk.cycle.roster().cycle().unwrap().clone();
        import(&store, cycle.as_str(), &walk.events);
        let clock = peercircle_service::ManualClock::default();
        let services = [(); 2].map(|()| Service::on(Arc::new(store.clone())).with_clock(clock.clone()).caching(1));
        for turn in 0..250 {
            let step = walk.next(dice.roll());
            let Some(order) = order(&walk, &step) else { continue };
            clock.set(step.context.now);
            let service = services.iter().cycle().nth(turn % 3).unwrap();
            let answer = service.give(&order).unwrap();
            let expected = walk.take(&step);
            assert!(answer.verdict == expected, "seed {seed}, turn {turn}: {:?}, {:?}", step.command, answer.view);
            assert!(answer.cycle == walk.cycle, "seed {seed}, turn {turn}: {:?}", step.command);
            given += 1;
            accepted += u32::from(expected.is_accepted());
            erased += u32::from(expected.is_accepted() && matches!(step.command, Command::AnonymiseMember { .. }));
        }
        let fresh = Service::on(Arc::new(store));
        assert!(fresh.cycle(&cycle).unwrap() == walk.cycle, "seed {seed}: what is stored is another cycle");
    }
    assert!(given > 3000 && accepted > 1500 && erased > 3, "{given} given, {accepted} accepted, {erased} erased");
}
