//! The programme in figures: sums over cycles, and nothing under five people.

use std::collections::BTreeMap;

use peercircle_core::{CycleFacts, ModuleId};
use peercircle_store::Which;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{HostError, Looked, Visitor, right::Right};

/// Over fewer people than this no figure is shown.
pub const MIN_PEOPLE: u32 = 5;

/// The programme in figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Figures {
    /// Over how few people nothing is shown.
    pub at_least: u32,
    /// Over everything.
    pub all: ModuleFigures,
    /// By module, by id. Where one alone would be withheld, so is the next smallest: else the sum would tell it.
    pub modules: Vec<ModuleFigures>,
    /// How many cycles are at which stage. A count of groups, not of people.
    pub stages: Vec<StageFigures>,
}

/// Figures over the cycles of a module, or over all. People are counted once a cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ModuleFigures {
    /// The module; nothing where it is all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<ModuleId>,
    /// How many cycles.
    pub cycles: u32,
    /// How many sessions were held.
    pub sessions: u32,
    /// Minutes of the sessions held.
    pub minutes: u32,
    /// Whether the figures below are withheld, as they are over fewer than [`MIN_PEOPLE`].
    pub withheld: bool,
    /// How many people were in them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    /// How many of them attended session 1, where it was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attended_1: Option<Share>,
    /// How many of them attended session 2, where it was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attended_2: Option<Share>,
    /// How many completed, of those in cycles that have come to an end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed: Option<Share>,
    /// How many adopted at least one strategy, of the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adopted: Option<Share>,
}

/// A part of a whole; withheld where the whole is under [`MIN_PEOPLE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Share {
    /// How many.
    pub of: u32,
    /// Of how many.
    pub among: u32,
}

/// How many cycles are at a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StageFigures {
    /// The stage, as facts name it.
    pub stage: &'static str,
    /// How many cycles.
    pub cycles: u32,
}

/// Sums, before anything is withheld.
#[derive(Clone, Copy, Default)]
struct Sum {
    cycles: u32,
    sessions: u32,
    minutes: u32,
    people: u32,
    attended: [Share; 2],
    completed: Share,
    adopted: Share,
}

impl Sum {
    fn add(&mut self, facts: &CycleFacts) {
        self.cycles += 1;
        self.sessions += u32::from(facts.sessions_held);
        self.minutes += facts.minutes;
        let Some(members) = facts.members.map(u32::from) else { return };
        self.people += members;
        for (sum, attended) in self.attended.iter_mut().zip(&facts.attended) {
            // Whoever left since was there as well.
            sum.of += u32::from(*attended);
            sum.among += members.max(u32::from(*attended));
        }
        if matches!(facts.stage, "completed" | "lapsed" | "terminated") {
            for (sum, of) in [(&mut self.completed, facts.completed), (&mut self.adopted, facts.adopted)] {
                let of = of.map_or(0, u32::from);
                sum.of += of;
                sum.among += members.max(of);
            }
        }
    }

    /// The shares, in the order of [`ModuleFigures`].
    const fn shares(&self) -> [Share; SHARES] {
        let [attended_1, attended_2] = self.attended;
        [attended_1, attended_2, self.completed, self.adopted]
    }

    fn figures(&self, module: Option<ModuleId>, people: bool, shown: [bool; SHARES]) -> ModuleFigures {
        let [one, two, three, four] = shown;
        let [attended_1, attended_2, completed, adopted] = self.shares();
        ModuleFigures {
            module,
            cycles: self.cycles,
            sessions: self.sessions,
            minutes: self.minutes,
            withheld: !people,
            people: people.then_some(self.people),
            attended_1: one.then_some(attended_1),
            attended_2: two.then_some(attended_2),
            completed: three.then_some(completed),
            adopted: four.then_some(adopted),
        }
    }
}

/// How many shares a row has.
const SHARES: usize = 4;

/// Which of these counts of people are shown: none under five, and, where those withheld together are under five as well, not the
/// smallest of the others either. Else what all of them come to would tell it.
fn shown(counts: &[u32]) -> Vec<bool> {
    let mut shown: Vec<bool> = counts.iter().map(|count| *count >= MIN_PEOPLE).collect();
    let hidden: u32 = counts.iter().filter(|count| **count < MIN_PEOPLE).sum();
    if hidden > 0 && hidden < MIN_PEOPLE {
        let others = counts.iter().enumerate().filter(|(_, count)| **count >= MIN_PEOPLE);
        if let Some(smallest) = others.min_by_key(|(_, count)| **count).and_then(|(at, _)| shown.get_mut(at)) {
            *smallest = false;
        }
    }
    shown
}

fn figures(facts: &[CycleFacts]) -> Figures {
    let (mut all, mut modules, mut stages) = (Sum::default(), BTreeMap::<ModuleId, Sum>::new(), BTreeMap::new());
    for one in facts {
        all.add(one);
        if let Some(module) = &one.module {
            modules.entry(module.clone()).or_default().add(one);
        }
        *stages.entry(one.stage).or_insert(0) += 1;
    }
    let column = |count: &dyn Fn(&Sum) -> u32| shown(&modules.values().map(count).collect::<Vec<_>>());
    let people = column(&|sum| sum.people);
    let shares: [_; SHARES] =
        std::array::from_fn(|share| column(&|sum| sum.shares().get(share).map_or(0, |share| share.among)));
    let row = |(at, (id, sum)): (usize, (&ModuleId, &Sum))| {
        let is_shown = |column: &Vec<bool>| column.get(at).copied().unwrap_or(false);
        let people = is_shown(&people);
        sum.figures(Some(id.clone()), people, std::array::from_fn(|share| people && shares.get(share).is_some_and(is_shown)))
    };
    let enough = all.people >= MIN_PEOPLE;
    Figures {
        at_least: MIN_PEOPLE,
        all: all.figures(None, enough, all.shares().map(|share| enough && share.among >= MIN_PEOPLE)),
        modules: modules.iter().enumerate().map(row).collect(),
        stages: stages.into_iter().map(|(stage, cycles)| StageFigures { stage, cycles }).collect(),
    }
}

/// How many cycles are read at once.
const PAGE: usize = 500;

impl Visitor {
    /// The programme in figures. It is written down that they were looked at.
    ///
    /// # Errors
    /// [`HostError::Forbidden`], what the store says.
    pub fn figures(&self) -> Result<Figures, HostError> {
        self.ask(&Right::Facts)?;
        let service = self.organisation.service();
        let (mut facts, mut after) = (Vec::new(), None);
        loop {
            let page = service.store().streams(&Which::All, after.as_ref(), PAGE)?;
            for head in &page {
                facts.push(service.facts(&head.stream)?);
            }
            if page.len() < PAGE {
                break;
            }
            after = page.last().map(|head| head.stream.clone());
        }
        self.audit(Looked::Figures {})?;
        Ok(figures(&facts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycle(module: &str, stage: &'static str, members: u8, attended: &[u8], completed: u8) -> CycleFacts {
        CycleFacts {
            cycle: None,
            group: None,
            module: module.parse().ok(),
            stage,
            sessions_held: u8::try_from(attended.len()).unwrap_or(0),
            minutes: 90,
            members: Some(members),
            attended: attended.to_vec(),
            completed: Some(completed),
            adopted: Some(completed),
            named: Vec::new(),
        }
    }

    #[test]
    fn nothing_is_shown_under_five_people_nor_told_by_the_sum() {
        let facts = [
            cycle("a", "completed", 4, &[4, 3], 3),
            cycle("b", "completed", 6, &[6, 5], 5),
            cycle("c", "practising", 6, &[5], 0),
            cycle("c", "forming", 6, &[], 0),
        ];
        let figures = figures(&facts);
        assert_eq!(figures.all.people, Some(22));
        assert_eq!(figures.all.attended_1, Some(Share { of: 15, among: 16 }));
        assert_eq!(figures.all.completed, Some(Share { of: 8, among: 10 }));
        let shown: Vec<_> = figures.modules.iter().map(|one| (one.withheld, one.people)).collect();
        assert_eq!(shown, [(true, None), (true, None), (false, Some(12))]);
        assert_eq!(figures.modules.iter().map(|one| one.cycles).sum::<u32>(), 4);
    }

    #[test]
    fn a_share_of_few_is_withheld_where_the_whole_is_not() {
        let figures = figures(&[cycle("a", "completed", 4, &[4, 4], 4), cycle("a", "forming", 6, &[], 0)]);
        let [a] = figures.modules.as_slice() else { panic!("expected one module, got {:?}", figures.modules) };
        assert_eq!((a.people, a.completed, a.attended_1), (Some(10), None, None));
    }

    #[test]
    fn a_share_that_is_withheld_is_not_told_by_the_sum() {
        let figures = figures(&[
            cycle("a", "completed", 4, &[4, 4], 3),
            cycle("a", "forming", 6, &[], 0),
            cycle("b", "completed", 6, &[6, 6], 5),
            cycle("c", "completed", 12, &[12, 12], 11),
        ]);
        let [a, b, c] = figures.modules.as_slice() else { panic!("expected three modules, got {:?}", figures.modules) };
        assert_eq!((a.people, b.people, c.people), (Some(10), Some(6), Some(12)));
        assert_eq!(figures.all.completed, Some(Share { of: 19, among: 22 }));
        assert_eq!((a.completed, b.completed), (None, None));
        assert_eq!(c.completed, Some(Share { of: 11, among: 12 }));
    }
}
