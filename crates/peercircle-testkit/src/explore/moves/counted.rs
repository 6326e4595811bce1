//! Numbers that rules of a process's own count: so much more is done where something wants it.

use std::cmp::Reverse;

use peercircle_core::{Command, Context, Cycle, Seat, SeatSet};

use super::Moves;
use crate::explore::{
    asked::Doable,
    bounds::Cost,
    model::{Act, Move},
};

impl Moves<'_> {
    /// Groups do more of something than a rule of the process's own allows: nothing has to want it for that.
    pub(super) fn overdoing(&mut self) {
        for (what, number) in self.model.too_many() {
            if let Some((_, mut chores)) = self.until(&(self.cycle.clone(), Vec::new()), *what, *number)
                && let Some(act) = chores.pop()
            {
                self.found.push(Move::Give { chores, act, cost: Cost::Free });
            }
        }
    }

    /// Beside each of these moves, those before which so much more is done as a rule of the process's own counts.
    pub(super) fn bring_about(&mut self, from: usize) {
        if !self.model.wants() {
            return;
        }
        for at in from..self.found.len() {
            let Some(Move::Give { chores, act, cost }) = self.found.get(at).cloned() else { continue };
            let mut ways = vec![(self.cycle.clone(), Vec::new())];
            for (what, numbers) in self.model.wanted(act.command.kind()) {
                let further: Vec<_> =
                    ways.iter().flat_map(|way| numbers.iter().filter_map(|number| self.until(way, what, *number))).collect();
                ways.extend(further);
            }
            for (_, first) in ways.into_iter().skip(1) {
                let rest = chores.iter().filter(|chore| !first.contains(*chore)).cloned();
                let chores = first.iter().cloned().chain(rest).collect();
                self.found.push(Move::Give { chores, act: act.clone(), cost });
            }
        }
    }

    /// What leads on from these chores to so many of what is counted; nothing where there are as many, or it can't be done.
    fn until(&self, (cycle, first): &(Cycle, Vec<Act>), what: Doable, number: u32) -> Option<(Cycle, Vec<Act>)> {
        if what.count(cycle) >= number {
            return None;
        }
        let (mut cycle, mut done) = (cycle.clone(), first.clone());
        for chore in self.doable(what) {
            let context = Context::new(chore.by, self.point.now);
            let Some(events) = self.model.rules().accepted(&cycle, &chore.command, &context) else { continue };
            for event in &events {
                cycle.evolve(event).ok()?;
            }
            done.push(chore);
            if what.count(&cycle) == number {
                return Some((cycle, done));
            }
        }
        None
    }

    /// Everything of what is counted that could be done now, those first of whom most is known.
    fn doable(&self, what: Doable) -> Vec<Act> {
        let mut members: Vec<Seat> = self.active().iter().collect();
        members.sort_by_key(|seat| Reverse(self.record(*seat)));
        let each = |make: &dyn Fn(SeatSet) -> Vec<Act>| -> Vec<Act> {
            members.iter().flat_map(|seat| make(SeatSet::only(*seat))).collect()
        };
        let plans = || each(&|of| self.planned(of));
        match what {
            Doable::Rules => each(&|of| self.accepted(of)),
            Doable::Plans => plans(),
            Doable::Entries => {
                let weeks = 1..=self.cycle.process().spec().practice.weeks;
                let log = |week| each(&|of| self.acts(of, |member| Some(Command::LogPractice { member, week, note: None })));
                let logs: Vec<Act> = weeks.flat_map(log).collect();
                // Whoever has no plan makes one where those who have don't log enough.
                logs.iter().cloned().chain(plans()).chain(logs.iter().cloned()).collect()
            }
        }
    }
}
