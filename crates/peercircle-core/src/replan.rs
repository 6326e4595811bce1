//! Re-planning: what is left of a session, shared out over the phases that are left (R-34).

use crate::PhaseKind;

/// A phase that is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// Which phase.
    pub phase: PhaseKind,
    /// Its seconds; after [`replan`], those it gets.
    pub seconds: u16,
    /// The seconds it isn't pressed below.
    pub floor: u16,
}

/// Shares `left` seconds out over `ahead`: unchanged where they fit, else scaled down proportionally to the second, the
/// remainder to the last, no phase pressed below its floor while another can give (R-34). Where even the floors don't fit,
/// they are scaled down themselves.
///
/// # Example
/// ```
/// use peercircle_core::{Ahead, PhaseKind, replan};
/// let quarter = Ahead { phase: PhaseKind::Discussion, seconds: 900, floor: 0 };
/// let mut ahead = [quarter; 3]; // four boxes of 15 min, the first was extended by 5 min
/// replan(3600 - 1200, &mut ahead);
/// assert_eq!(ahead.map(|one| one.seconds), [800; 3]);
/// ```
pub fn replan(left: u32, ahead: &mut [Ahead]) {
    let planned: u32 = ahead.iter().map(|one| u32::from(one.seconds)).sum();
    if planned <= left {
        return;
    }
    let floors: u32 = ahead.iter().map(|one| u32::from(one.floor)).sum();
    if floors >= left {
        for one in &mut *ahead {
            one.seconds = one.floor;
        }
        share(left, ahead, |_| true);
        return;
    }
    // Each turn fixes at their floors the phases that a proportional share would press below; at most one turn a phase.
    let mut fixed = 0_u32;
    loop {
        let held: u32 = held(ahead, fixed).map(|one| u32::from(one.floor)).sum();
        let (pool, weight) = (
            left.saturating_sub(held),
            planned.saturating_sub(self::held(ahead, fixed).map(|one| u32::from(one.seconds)).sum()),
        );
        let low = ahead.iter().enumerate().find(|(at, one)| {
            fixed & (1 << at) == 0 && u64::from(one.seconds) * u64::from(pool) < u64::from(one.floor) * u64::from(weight)
        });
        match low {
            Some((at, _)) => fixed |= 1 << at,
            None => {
                for (at, one) in ahead.iter_mut().enumerate() {
                    if fixed & (1 << at) != 0 {
                        one.seconds = one.floor;
                    }
                }
                share(pool, ahead, |at| fixed & (1 << at) == 0);
                return;
            }
        }
    }
}

fn held(ahead: &[Ahead], fixed: u32) -> impl Iterator<Item = &Ahead> {
    ahead.iter().enumerate().filter(move |(at, _)| fixed & (1 << at) != 0).map(|(_, one)| one)
}

/// Scales the chosen phases to `pool` seconds in all.
fn share(pool: u32, ahead: &mut [Ahead], chosen: impl Fn(usize) -> bool) {
    let weight: u64 = ahead.iter().enumerate().filter(|(at, _)| chosen(*at)).map(|(_, one)| u64::from(one.seconds)).sum();
    let mut rest = pool;
    let mut last = None;
    for (_, one) in ahead.iter_mut().enumerate().filter(|(at, _)| chosen(*at)) {
        let share = (u64::from(one.seconds) * u64::from(pool)).checked_div(weight).unwrap_or_default();
        one.seconds = u16::try_from(share).unwrap_or(u16::MAX);
        rest = rest.saturating_sub(one.seconds.into());
        last = Some(one);
    }
    if let Some(last) = last {
        last.seconds = last.seconds.saturating_add(u16::try_from(rest).unwrap_or(u16::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ahead(boxes: &[(u16, u16)]) -> Vec<Ahead> {
        boxes.iter().map(|&(seconds, floor)| Ahead { phase: PhaseKind::Takeaways, seconds, floor }).collect()
    }

    fn replanned(left: u32, boxes: &[(u16, u16)]) -> Vec<u16> {
        let mut ahead = ahead(boxes);
        replan(left, &mut ahead);
        ahead.into_iter().map(|one| one.seconds).collect()
    }

    #[test]
    fn shares_are_proportional_and_the_remainder_goes_to_the_last() {
        assert_eq!(replanned(1000, &[(900, 0), (900, 0), (900, 0)]), [333, 333, 334]);
        assert_eq!(replanned(3000, &[(900, 0), (900, 0), (900, 0)]), [900, 900, 900], "never scaled up");
    }

    #[test]
    fn a_protected_phase_keeps_its_floor() {
        assert_eq!(replanned(900, &[(900, 0), (900, 0), (600, 480)]), [210, 210, 480]);
        assert_eq!(replanned(300, &[(900, 0), (600, 300)]), [0, 300]);
        assert_eq!(replanned(200, &[(900, 100), (600, 300)]), [50, 150], "floors that don't fit are scaled themselves");
    }
}
