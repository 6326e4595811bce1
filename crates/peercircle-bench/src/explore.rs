//! The explorer beside stateright on the very same model, and beside a search by hand.

use std::hash::{Hash, Hasher};

use anyhow::{Result, ensure};
use peercircle_core::Process;
use peercircle_testkit::explore::{Bounds, Key, Model, Move, Point, explore, quietly};
use stateright::{Checker as _, Model as _, Property};

use crate::{
    measure::Effort,
    peers::packed,
    table::{Row, Target},
};

/// The model as stateright takes it: the same points, moves and rules, told apart by the same keys. `actions` lists what may be
/// tried, `next_state` decides and evolves. Each move is asked for alone and answered with a whole state, as stateright's trait
/// has it; what ours shares between the moves of a state, it can't.
struct Wrapped(Model);

#[derive(Clone, Debug)]
struct Held {
    point: Point,
    key: Key,
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Hash for Held {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl stateright::Model for Wrapped {
    type State = Held;
    type Action = Move;

    fn init_states(&self) -> Vec<Held> {
        self.0.start().map(|point| Held { key: self.0.key(&point), point }).into_iter().collect()
    }

    fn actions(&self, state: &Held, actions: &mut Vec<Move>) {
        actions.extend(self.0.moves(&state.point));
    }

    fn next_state(&self, last: &Held, action: Move) -> Option<Held> {
        let point = self.0.after(&last.point, &action)?;
        Some(Held { key: self.0.key(&point), point })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        // Without any, it looks at nothing.
        vec![Property::always("nothing is asked", |_, _| true)]
    }
}

/// States a second: ours, stateright's and the limit's; each finds all there are.
pub(crate) fn exploring(rows: &mut Vec<Row>, effort: Effort) -> Result<()> {
    let smoke = effort.round.is_zero();
    let (limit, bytes) = packed::search();
    let by_hand = effort.per_second(u64::try_from(limit)?, || u64::try_from(packed::search().0).unwrap_or(0))?;
    // A group of four, one of whom may leave; in the smoke nobody does.
    let leaving = u8::from(!smoke);
    let four = Bounds { members: 4, leaving, absent: leaving, late: 0, ..Bounds::default() };
    let [ours, stateright] = both(effort, "four members", Bounds { threads: 1, ..four })?;
    rows.extend([ours.beside("by hand", by_hand), stateright]);
    rows.push(Row::new(format!("- by hand, {limit} states of {} bytes", bytes / limit.max(1)), by_hand));
    rows.extend(both(effort, "four members, two threads", Bounds { threads: 2, ..four })?);
    if !smoke {
        rows.extend(both(effort, "the preset's six members", Bounds { threads: 1, ..Bounds::default() })?);
        rows.extend(both(effort, "the preset's six members, two threads", Bounds { threads: 2, ..Bounds::default() })?);
    }
    Ok(())
}

/// Ours and stateright within the same bounds, on as many threads.
fn both(effort: Effort, who: &str, bounds: Bounds) -> Result<[Row; 2]> {
    let process = Process::default();
    let answer = explore(&process, &bounds, &[], &mut quietly);
    ensure!(answer.is_sound(), "the preset isn't sound: {answer}");
    let mut ours = || u64::try_from(explore(&process, &bounds, &[], &mut quietly).states).unwrap_or(0);
    let mut theirs = || {
        let checker = Wrapped(Model::new(&process, &bounds, &[])).checker().threads(bounds.threads.into());
        u64::try_from(checker.spawn_bfs().join().unique_state_count()).unwrap_or(0)
    };
    let states = u64::try_from(answer.states)?;
    let [ours, stateright] = effort.in_turn(states, [&mut ours, &mut theirs])?;
    let (taken, held) = (answer.bytes_a_state(), size_of::<Held>());
    Ok([
        Row::new(format!("explore, {states} states of {who}, {taken} bytes a state, answers included"), ours)
            .beside("stateright", stateright)
            .wanting(Target::TimesPeer(3.0)),
        Row::new(format!("- stateright, the same model, {held} bytes a state held"), stateright),
    ])
}
