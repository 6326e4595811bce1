//! How a step is sent: under an idempotency key, for a revision, or once more.

use peercircle_core::{CommandId, Context};

use super::{Dice, Step, Walk};

/// Of a hundred steps, how many are one of the last steps sent once more.
const AGAIN: usize = 4;
/// How many have a key that another command was sent under.
const MISTAKEN: usize = 1;
/// How many have a key of their own.
const KEYED: usize = 50;
/// How many are for the revision that there is, and how many for one before it.
const TIMELY: usize = 8;
const STALE: usize = 1;

impl Walk {
    /// The step as it is sent.
    pub(super) fn sent(&self, step: Step, dice: &mut Dice) -> Step {
        let mut rolled = dice.below(100);
        let mut within = |share: usize| {
            let hit = rolled < share;
            rolled = rolled.wrapping_sub(share);
            hit
        };
        if within(AGAIN) {
            return self.again(dice).unwrap_or(step);
        }
        let mut context = step.context;
        if within(MISTAKEN) {
            context.command_id = self.steps().filter_map(|step| step.context.command_id).next_back();
        } else if within(KEYED) {
            context.command_id = Some(key(dice));
        }
        let sees = dice.below(100);
        let revision = self.cycle.revision();
        if context.expected_revision.is_none() && sees < TIMELY + STALE && revision > 0 {
            let behind = if sees < STALE { 1 } else { 0 };
            context = context.expecting(revision - behind);
        }
        Step { context: Context { answered: self.answered(&context), ..context }, ..step }
    }

    /// One of the last steps that had a key, as it was: whoever sent it heard no answer.
    fn again(&self, dice: &mut Dice) -> Option<Step> {
        let keyed: Vec<_> = self.steps().rev().filter(|step| step.context.command_id.is_some()).take(6).collect();
        let Step { command, context } = (*keyed.get(dice.below(keyed.len()))?).clone();
        let context = Context { now: self.now, ..context };
        Some(Step { command, context: Context { answered: self.answered(&context), ..context } })
    }
}

/// A key that nothing else has.
pub(super) fn key(dice: &mut Dice) -> CommandId {
    CommandId::from_bytes((u128::from(dice.roll()) << 64 | u128::from(dice.roll())).to_be_bytes())
}
