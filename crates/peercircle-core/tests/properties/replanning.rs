//! R-34 over random boxes: what is left is shared out to the second, floors are kept, the remainder goes to the last.

use peercircle_core::{Ahead, PhaseKind, replan};
use proptest::prelude::*;

fn boxes() -> impl Strategy<Value = Vec<Ahead>> {
    let one = (0_u16..14_400, 0_u16..14_400, prop::sample::select(PhaseKind::ALL.to_vec()));
    let one = one.prop_map(|(seconds, floor, phase)| Ahead { phase, seconds, floor: floor.min(seconds) });
    prop::collection::vec(one, 0..8)
}

fn sum(ahead: &[Ahead]) -> u32 {
    ahead.iter().map(|one| u32::from(one.seconds)).sum()
}

proptest! {
    #[test]
    fn what_is_left_is_shared_out_to_the_second(before in boxes(), left in 0_u32..100_000) {
        let mut after = before.clone();
        replan(left, &mut after);
        let (planned, floors) = (sum(&before), before.iter().map(|one| u32::from(one.floor)).sum::<u32>());
        if planned <= left {
            prop_assert_eq!(&after, &before, "never scaled up");
            return Ok(());
        }
        prop_assert_eq!(sum(&after), if floors == 0 && planned == 0 { 0 } else { left }, "{:?} became {:?}", before, after);
        for (was, is) in before.iter().zip(&after) {
            prop_assert_eq!((was.phase, was.floor), (is.phase, is.floor));
            if floors <= left {
                prop_assert!(is.seconds >= is.floor, "{:?} is pressed below its floor: {:?}", is, after);
            }
        }
        // The remainder, less than a second a phase, may lift one above what it had: the last that isn't held at its floor.
        for (at, (was, is)) in before.iter().zip(&after).enumerate().filter(|(_, (was, is))| is.seconds > was.seconds) {
            prop_assert!(usize::from(is.seconds - was.seconds) < before.len(), "{:?} grew to {:?}", was, is);
            let later = &after[at + 1..];
            prop_assert!(floors > left || later.iter().all(|one| one.seconds == one.floor), "{:?} is not the last: {:?}", is, after);
        }
    }

    #[test]
    fn shares_are_proportional_where_nothing_is_protected(before in boxes(), left in 1_u32..20_000) {
        let before: Vec<_> = before.into_iter().map(|one| Ahead { floor: 0, ..one }).collect();
        let mut after = before.clone();
        replan(left, &mut after);
        let planned = sum(&before);
        if planned <= left {
            return Ok(());
        }
        for (was, is) in before.iter().zip(&after).rev().skip(1) {
            prop_assert_eq!(u64::from(is.seconds), u64::from(was.seconds) * u64::from(left) / u64::from(planned));
        }
    }

    #[test]
    fn re_planning_again_changes_nothing(mut ahead in boxes(), left in 0_u32..100_000) {
        replan(left, &mut ahead);
        let once = ahead.clone();
        replan(left, &mut ahead);
        prop_assert_eq!(once, ahead);
    }
}

#[test]
fn the_example_of_the_rule_holds() {
    // Four boxes of 15 min, the first took 5 more: the others get 800 s each.
    let quarter = Ahead { phase: PhaseKind::Discussion, seconds: 15 * 60, floor: 0 };
    let mut ahead = [quarter; 3];
    replan(60 * 60 - 20 * 60, &mut ahead);
    assert_eq!(ahead.map(|one| one.seconds), [800; 3]);
}
