//! What is decided about suspended cycles. Whether the group or the organiser may go on, or end it, depends on who belongs to it
//! and who voted how, not on where it was stopped: it is asked once for all cycles that look alike from there.

use hashbrown::HashTable;
use peercircle_core::{CommandKind, Event, KindSet, Seat, SeatSet, State, Vote};

use super::{
    bounds::Reduction,
    key::{Records, halves, spread},
    model::{Model, Move, Point},
    moves,
    siblings::{Led, Siblings},
};

/// What was asked of suspended cycles so far.
pub(super) struct Decisions {
    /// Whether one answer stands for all that look alike.
    alike: bool,
    /// By how they look.
    asked: HashTable<(u128, Asked)>,
}

/// The moves at suspended cycles that look alike, and what was answered to each.
pub(super) struct Asked {
    pub(super) moves: Vec<Move>,
    pub(super) answers: Answers,
}

/// What was answered to each of the moves.
pub(super) struct Answers {
    each: Vec<Answer>,
    /// The move that goes on with the fewest chores.
    goes_on: Option<usize>,
}

enum Answer {
    /// Nobody has tried yet.
    Open,
    Refused,
    /// It ends the cycle, and all that end so are one state.
    Ends(Led),
    /// The cycle goes on where it was stopped. Votes are forgotten then, so that it is the same whoever decided it.
    GoesOn,
    /// What happens is the same, none of it as long as nobody has tried. It depends on the cycle where that leads, but not where
    /// the cycle goes on afterwards.
    Votes(Vec<Event>),
    /// It depends on the cycle.
    Each,
}

/// The kinds of which one answer stands for all.
const DECIDING: KindSet = KindSet::of(&[CommandKind::ResumeCycle, CommandKind::TerminateCycle]);

impl Decisions {
    pub(super) fn of(model: &Model) -> Self {
        let watched = !model.watchers.properties().is_empty();
        let own = DECIDING.iter().chain([CommandKind::VoteOnSuspension]).any(|kind| model.looks_at_who(kind));
        let reduced = [Reduction::Stopped, Reduction::Ends].into_iter().all(|one| model.reductions().has(one));
        Self { alike: reduced && !watched && !own, asked: HashTable::new() }
    }

    /// What is known of a suspended cycle that looks like this one; nothing where the cycle runs.
    pub(super) fn at(&mut self, model: &Model, point: &Point, records: &Records) -> Option<&mut Asked> {
        let outside = self.alike.then(|| outside(model, point, records)).flatten()?;
        let known = self.asked.entry(hash(outside), |(other, _)| *other == outside, |(other, _)| hash(*other));
        Some(&mut known.or_insert_with(|| (outside, Asked::of(model.moves_of(point, records)))).into_mut().1)
    }
}

impl Asked {
    fn of(moves: Vec<Move>) -> Self {
        let open = |taken: &Move| match taken.kind() {
            Some(kind) if DECIDING.contains(kind) => Answer::Open,
            Some(CommandKind::VoteOnSuspension) => Answer::Votes(Vec::new()),
            Some(_) | None => Answer::Each,
        };
        Self { answers: Answers { each: moves.iter().map(open).collect(), goes_on: None }, moves }
    }
}

impl Answers {
    /// Where one of these moves leads from the state that `siblings` are at.
    pub(super) fn lead<'a>(&mut self, nth: usize, moves: &'a [Move], siblings: &mut Siblings<'a>) -> Option<Led> {
        let (taken, answer) = moves.get(nth).zip(self.each.get_mut(nth))?;
        match answer {
            Answer::Refused => None,
            Answer::Ends(led) => Some(*led),
            Answer::GoesOn => siblings.lead_on(self.goes_on.and_then(|nth| moves.get(nth)).unwrap_or(taken)),
            Answer::Votes(events) => siblings.lead_to_vote(taken, events),
            Answer::Each => siblings.lead(taken),
            Answer::Open => {
                let led = siblings.lead(taken);
                *answer = match led {
                    None => Answer::Refused,
                    Some(led) if taken.kind() == Some(CommandKind::TerminateCycle) => Answer::Ends(led),
                    Some(_) if taken.kind() == Some(CommandKind::ResumeCycle) => {
                        let chores = |nth: usize| moves.get(nth).map_or(usize::MAX, |taken| taken.chores().len());
                        if self.goes_on.is_none_or(|before| chores(nth) < chores(before)) {
                            self.goes_on = Some(nth);
                        }
                        Answer::GoesOn
                    }
                    Some(_) => Answer::Each,
                };
                led
            }
        }
    }
}

fn hash(outside: u128) -> u64 {
    let (low, high) = halves(outside);
    spread(low ^ spread(high))
}

/// A suspended cycle as it looks to those who decide about it, and whatever else its moves are listed by: the same number for all
/// that look alike.
fn outside(model: &Model, point: &Point, records: &Records) -> Option<u128> {
    let cycle = &point.cycle;
    let State::Suspended(suspended) = cycle.state() else { return None };
    let active = cycle.ledger().active();
    let leaving = if point.spent.left < model.bounds.leaving { moves::kinds(records, active) } else { SeatSet::EMPTY };
    let [on, end] = [Vote::GoOn, Vote::End].map(|vote| suspended.votes(vote));
    let half = if on.or(end).is_empty() { moves::half(records, active) } else { SeatSet::EMPTY };
    let sets = [active, on, end, leaving, half];
    let chair = cycle.chair().map_or(u8::MAX, Seat::number);
    let reason = u128::from(suspended.reason() as u8) << 8 | u128::from(chair);
    Some(sets.into_iter().fold(reason, |all, set| all << 16 | u128::from(set.bits())))
}

#[cfg(test)]
mod tests {
    use peercircle_core::{Process, ProcessSpec, QuorumLost};

    use super::*;
    use crate::explore::{Bounds, Reductions, quietly, search::search};

    /// Asked once for all that look alike, or of each: the same states, found the same way, and the same moves between them.
    fn agree(spec: ProcessSpec, bounds: Bounds) {
        let process = Process::new(spec).expect("a process");
        let [once, each] = [Reductions::ALL, Reductions::ALL.without(Reduction::Stopped)].map(|reductions| {
            let model = Model::new(&process, &Bounds { reductions, ..bounds }, &[]);
            assert_eq!(Decisions::of(&model).alike, reductions == Reductions::ALL);
            search(&model, &mut quietly)
        });
        assert!(once.known.iter().any(|known| known.stage == peercircle_core::Stage::Suspended));
        assert_eq!((&once.from, &once.known), (&each.from, &each.known));
        assert_eq!((&once.edges, once.accepted), (&each.edges, each.accepted));
        assert!((0..once.states()).all(|at| once.next(at) == each.next(at)));
        assert_eq!(once.refused, each.refused);
    }

    #[test]
    fn one_answer_stands_for_all_that_look_alike() {
        let bounds = Bounds { members: 4, late: 0, ..Bounds::default() };
        agree(ProcessSpec::default(), Bounds { threads: 1, ..bounds });
        agree(ProcessSpec::default(), bounds);
        agree(ProcessSpec::default(), Bounds { leaving: 2, absent: 0, troubles: 2, states: 60_000, ..bounds });
        let mut other = ProcessSpec::default();
        other.group.minimum = 3;
        other.quorum.floor = 2;
        other.quorum.when_lost = QuorumLost::Stop;
        agree(other, Bounds { absent: 0, ..bounds });
    }
}
