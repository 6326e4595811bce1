//! Sums on a page that names groups as well: what would tell of a group that is too small to be shown is left out of them.
//!
//! A sum and the numbers of all groups but one tell that one's. So the groups of a module that are under five people come into its
//! sums only where they are five or more together.

use std::collections::BTreeMap;

use peercircle_core::{CycleFacts, ModuleId};
use peercircle_host::{Figures, MIN_PEOPLE, ModuleFigures, Share};

use super::{programme::is_counted, withheld};

/// How many shares figures have.
const SHARES: usize = 4;

/// The figures without what would tell of a group under five people, given the facts of every cycle that they are over.
pub(super) fn without_the_few(mut figures: Figures, cycles: &[CycleFacts]) -> Figures {
    let mut few = BTreeMap::<Option<ModuleId>, [Share; SHARES]>::new();
    for facts in cycles.iter().filter(|facts| facts.members.is_some() && withheld(facts).is_some()) {
        let sums = few.entry(facts.module.clone()).or_default();
        for (sum, share) in sums.iter_mut().zip(shares_of(facts)) {
            sum.of += share.of;
            sum.among += share.among;
        }
    }
    for (module, sums) in few {
        for (at, sum) in sums.into_iter().enumerate().filter(|(_, sum)| sum.among < MIN_PEOPLE) {
            let row = figures.modules.iter_mut().find(|row| row.module == module);
            for row in row.into_iter().chain([&mut figures.all]) {
                if let Some(share) = shares(row).into_iter().nth(at) {
                    *share = share.map(|share| less(share, sum)).filter(|share| share.among >= MIN_PEOPLE);
                }
            }
        }
    }
    figures
}

const fn less(share: Share, few: Share) -> Share {
    Share { of: share.of.saturating_sub(few.of), among: share.among.saturating_sub(few.among) }
}

const fn shares(row: &mut ModuleFigures) -> [&mut Option<Share>; SHARES] {
    [&mut row.attended_1, &mut row.attended_2, &mut row.completed, &mut row.adopted]
}

/// What a cycle adds to the shares.
fn shares_of(facts: &CycleFacts) -> [Share; SHARES] {
    let members = facts.members.unwrap_or(0);
    let share = |of: Option<u8>| of.map_or_else(Share::default, |of| Share { of: of.into(), among: members.max(of).into() });
    let ended = |of: Option<u8>| share(of.filter(|_| is_counted(facts)));
    let attended = |session: usize| share(facts.attended.get(session).copied());
    [attended(0), attended(1), ended(facts.completed), ended(facts.adopted)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycle(module: &str, members: u8) -> CycleFacts {
        CycleFacts {
            cycle: None,
            group: None,
            module: module.parse().ok(),
            stage: "completed",
            sessions_held: 1,
            minutes: 90,
            members: Some(members),
            attended: vec![members],
            completed: Some(members),
            adopted: Some(1),
            named: Vec::new(),
        }
    }

    /// Figures as the host sums them, nothing withheld.
    fn figures(cycles: &[CycleFacts]) -> Figures {
        let row = |module: Option<ModuleId>| {
            let mut row = ModuleFigures { module: module.clone(), ..ModuleFigures::default() };
            for facts in cycles.iter().filter(|facts| module.is_none() || facts.module == module) {
                for (sum, share) in shares(&mut row).into_iter().zip(shares_of(facts)).filter(|(_, share)| share.among > 0) {
                    let sum = sum.get_or_insert_default();
                    *sum = Share { of: sum.of + share.of, among: sum.among + share.among };
                }
            }
            row
        };
        let modules: std::collections::BTreeSet<_> = cycles.iter().map(|facts| facts.module.clone()).collect();
        Figures { at_least: 5, all: row(None), modules: modules.into_iter().map(row).collect(), stages: Vec::new() }
    }

    fn told(cycles: &[CycleFacts]) -> (Option<Share>, Vec<Option<Share>>) {
        let figures = without_the_few(figures(cycles), cycles);
        (figures.all.attended_1, figures.modules.iter().map(|row| row.attended_1).collect())
    }

    #[test]
    fn the_one_that_is_not_shown_is_in_no_sum() {
        let share = |people| Some(Share { of: people, among: people });
        // The rest of a sum would be the four.
        assert_eq!(told(&[cycle("a", 6), cycle("a", 4)]), (share(6), vec![share(6)]));
        // Two of four are eight, and neither can be told.
        assert_eq!(told(&[cycle("a", 6), cycle("a", 4), cycle("a", 4)]), (share(14), vec![share(14)]));
        // Twelve are hidden in all, but those of the one module would be told by those of the other.
        let cycles = [cycle("a", 6), cycle("a", 4), cycle("b", 4), cycle("b", 4)];
        assert_eq!(told(&cycles), (share(14), vec![share(6), share(8)]));
        assert_eq!(told(&[cycle("a", 4)]), (None, vec![None]));
        // A group that shows no counts is in no sum to begin with.
        let sealed = CycleFacts { members: None, attended: Vec::new(), completed: None, adopted: None, ..cycle("a", 4) };
        assert_eq!(told(&[cycle("a", 6), sealed]), (share(6), vec![share(6)]));
    }
}
