//! What decide wrote, evolve takes; replay gives the same cycle; the same inputs give the same answer and the same bytes; a
//! refusal names at least one reason and says it in words.

use peercircle_core::{Cycle, Event, EventBody, Verdict};
use proptest::prelude::*;

use crate::{cases, walk::Walk, walks};

/// The bytes of events, as they would be stored.
fn bytes(events: &[Event]) -> String {
    let body = |event: &Event| {
        let head = (event.seq, event.at, event.actor, event.command_id);
        format!("{} {}\n", serde_json::to_string(&head).unwrap(), serde_json::to_string(&event.body).unwrap())
    };
    events.iter().map(body).collect()
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn what_decide_wrote_replays((seed, draws) in walks(400)) {
        let mut walk = Walk::new(seed);
        for draw in draws {
            let step = walk.next(draw);
            let before = walk.cycle.clone();
            let verdict = walk.take(&step);
            let again = before.decide(&step.command, &step.context);
            prop_assert_eq!(&verdict, &again, "the same inputs give the same answer");
            prop_assert_eq!(bytes(verdict.events()), bytes(again.events()), "and the same bytes");
            if let Verdict::Duplicate { first, last } = verdict {
                prop_assert_eq!(step.context.answered, Some((first, last)));
                prop_assert_eq!(&walk.cycle, &before, "what was answered before changes nothing");
                continue;
            }
            let explained = before.explain(&step.command, &step.context);
            let passes = explained.gate.is_empty() && explained.findings.iter().all(|finding| finding.refused.is_none());
            prop_assert_eq!(passes, verdict.is_accepted(), "explain agrees with decide: {:?}", step);
            prop_assert_eq!(verdict.is_accepted(), !verdict.events().is_empty());
            prop_assert_eq!(verdict.is_accepted(), verdict.refusals().is_empty());
            for no in verdict.refusals() {
                prop_assert!(!no.say(&before).is_empty() && !no.remedy(&before).is_empty(), "{:?} has no words", no);
            }
            for event in verdict.events() {
                let line = serde_json::to_string(&event.body).unwrap();
                prop_assert_eq!(&serde_json::from_str::<EventBody>(&line).unwrap(), &event.body);
            }
            let guide = walk.cycle.guide(step.context.actor, walk.now.max(walk.cycle.last_at()));
            prop_assert_eq!(guide.stage, walk.cycle.stage());
        }
        let replayed = Cycle::replay(&walk.events).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&replayed, &walk.cycle, "replay(decided events) is the state");
    }
}

#[test]
fn a_live_cycle_of_six_is_small() {
    // The promise is 512 bytes with the shared process and the roster's ids aside.
    let size = size_of::<Cycle>();
    assert!(size <= 512, "a cycle is {size} bytes");
}
