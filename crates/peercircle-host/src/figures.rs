//! The programme in figures: sums over cycles, and nothing under five people.
//!
//! Whoever sees a sum and the facts of every cycle but one can tell that one's. So the cycles whose people are too few for facts of
//! their own ([`crate::few`]) come into a module's sums only where they are five people or more together, and what modules leave out
//! into the sums over everything only where that is. What is left of any sum without all that is shown is then nobody, or five.

use std::collections::BTreeMap;

use peercircle_core::{CycleFacts, ModuleId};
use peercircle_store::Which;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{HostError, Looked, MIN_PEOPLE, Visitor, few::is_few, right::Right};

/// The programme in figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Figures {
    /// Over how few people nothing is shown.
    pub at_least: u32,
    /// Over everything: the modules, and what they leave out where that is five people or more together.
    pub all: ModuleFigures,
    /// By module, by id. Cycles of fewer than five people count where they are five or more together.
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

impl Share {
    const fn add(&mut self, other: Self) {
        self.of += other.of;
        self.among += other.among;
    }

    /// Whether it is over somebody, and over too few to be told.
    const fn is_of_few(self) -> bool {
        0 < self.among && self.among < MIN_PEOPLE
    }
}

/// How many cycles are at a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StageFigures {
    /// The stage, as facts name it.
    pub stage: &'static str,
    /// How many cycles.
    pub cycles: u32,
}

/// How many columns a row has: people, and the shares in the order of [`ModuleFigures`].
const COLUMNS: usize = 5;

/// What a cycle adds to each column. People are all of themselves.
fn columns(facts: &CycleFacts) -> [Share; COLUMNS] {
    let Some(members) = facts.members.map(u32::from) else { return [Share::default(); COLUMNS] };
    // Whoever left since was there as well.
    let share = |of: Option<u8>| of.map_or_else(Share::default, |of| Share { of: of.into(), among: members.max(of.into()) });
    let attended = |session: usize| share(facts.attended.get(session).copied());
    let is_over = matches!(facts.stage, "completed" | "lapsed" | "terminated");
    let at_the_end = |of: Option<u8>| share(is_over.then_some(of.unwrap_or(0)));
    let people = Share { of: members, among: members };
    [people, attended(0), attended(1), at_the_end(facts.completed), at_the_end(facts.adopted)]
}

/// Sums of a row. The columns of cycles of few stand apart until it is known how many people they are together.
#[derive(Clone, Copy, Default)]
struct Sum {
    cycles: u32,
    sessions: u32,
    minutes: u32,
    columns: [Share; COLUMNS],
    few: [Share; COLUMNS],
}

impl Sum {
    fn add(&mut self, facts: &CycleFacts) {
        self.cycles += 1;
        self.sessions += u32::from(facts.sessions_held);
        self.minutes += facts.minutes;
        let to = if is_few(facts) { &mut self.few } else { &mut self.columns };
        to.iter_mut().zip(columns(facts)).for_each(|(sum, column)| sum.add(column));
    }

    /// Counts the few where they are enough together; gives those that aren't.
    fn settle(&mut self) -> [Share; COLUMNS] {
        for (column, few) in self.columns.iter_mut().zip(&mut self.few) {
            if !few.is_of_few() {
                column.add(std::mem::take(few));
            }
        }
        self.few
    }

    fn figures(&self, module: Option<ModuleId>) -> ModuleFigures {
        // INVARIANT: a column is over nobody or over enough once it is settled.
        let shown = self.columns.map(|column| Some(column).filter(|column| column.among > 0));
        let [people, attended_1, attended_2, completed, adopted] = shown;
        ModuleFigures {
            module,
            cycles: self.cycles,
            sessions: self.sessions,
            minutes: self.minutes,
            withheld: people.is_none(),
            people: people.map(|people| people.among),
            attended_1,
            attended_2,
            completed,
            adopted,
        }
    }
}

fn figures(facts: &[CycleFacts]) -> Figures {
    let (mut modules, mut stages) = (BTreeMap::<Option<ModuleId>, Sum>::new(), BTreeMap::new());
    for one in facts {
        modules.entry(one.module.clone()).or_default().add(one);
        *stages.entry(one.stage).or_insert(0) += 1;
    }
    let mut all = Sum::default();
    for sum in modules.values_mut() {
        let left_out = sum.settle();
        all.cycles += sum.cycles;
        all.sessions += sum.sessions;
        all.minutes += sum.minutes;
        all.columns.iter_mut().zip(sum.columns).for_each(|(all, column)| all.add(column));
        all.few.iter_mut().zip(left_out).for_each(|(all, few)| all.add(few));
    }
    all.settle();
    Figures {
        at_least: MIN_PEOPLE,
        all: all.figures(None),
        // A cycle that isn't formed has no module and nobody in it.
        modules: modules.iter().filter_map(|(id, sum)| Some(sum.figures(Some(id.clone()?)))).collect(),
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
        self.audit(Looked::Figures {}, [])?;
        Ok(figures(&facts))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::few::without_few;

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

    fn shown(row: &ModuleFigures) -> [Option<Share>; COLUMNS] {
        let people = row.people.map(|people| Share { of: people, among: people });
        [people, row.attended_1, row.attended_2, row.completed, row.adopted]
    }

    /// What somebody learns who takes away, from all and from each module, what they see of cycles and of modules.
    fn attack(facts: &[CycleFacts]) -> Vec<(String, Share)> {
        let figures = figures(facts);
        let visible: Vec<_> = facts.iter().cloned().map(without_few).collect();
        let seen = |module: Option<&ModuleId>, column: usize| {
            let mut sum = Share::default();
            for facts in visible.iter().filter(|facts| module.is_none() || facts.module.as_ref() == module) {
                sum.add(columns(facts)[column]);
            }
            sum
        };
        let less = |whole: Share, part: Share| Share { of: whole.of - part.of, among: whole.among - part.among };
        let mut told = Vec::new();
        for column in 0..COLUMNS {
            let mut rows = Share::default();
            for row in &figures.modules {
                let row_shown = shown(row)[column].unwrap_or_default();
                rows.add(row_shown);
                told.push((format!("{:?} {column}", row.module), row_shown));
                told.push((
                    format!("{:?} {column} less groups", row.module),
                    less(row_shown, seen(row.module.as_ref(), column)),
                ));
            }
            let all = shown(&figures.all)[column].unwrap_or_default();
            told.push((format!("all {column}"), all));
            told.push((format!("all {column} less modules"), less(all, rows)));
            told.push((format!("all {column} less groups"), less(all, seen(None, column))));
        }
        told
    }

    fn no_few(facts: &[CycleFacts]) {
        for (what, share) in attack(facts) {
            assert!(!share.is_of_few(), "{what} tells of {} people: {:?}", share.among, figures(facts));
        }
    }

    #[test]
    fn a_sum_leaves_out_those_it_would_tell_of() {
        let told = |facts: &[CycleFacts]| {
            no_few(facts);
            let figures = figures(facts);
            let completed = |row: &ModuleFigures| row.completed.map(|share| share.among);
            (completed(&figures.all), figures.modules.iter().map(completed).collect::<Vec<_>>())
        };
        let done = |module, members| cycle(module, "completed", members, &[members, members - 1], members - 1);
        // The rest of a sum would be the four.
        assert_eq!(told(&[done("a", 6), done("a", 4)]), (Some(6), vec![Some(6)]));
        // Two of four are eight, and neither can be told.
        assert_eq!(told(&[done("a", 6), done("a", 4), done("a", 4)]), (Some(14), vec![Some(14)]));
        // Those of one module would be told by the others, were they in the whole.
        assert_eq!(told(&[done("a", 6), done("a", 4), done("b", 4), done("b", 4)]), (Some(14), vec![Some(6), Some(8)]));
        // What two modules leave out is eight together.
        assert_eq!(told(&[done("a", 6), done("a", 4), done("b", 4)]), (Some(14), vec![Some(6), None]));
        assert_eq!(told(&[done("a", 4)]), (None, vec![None]));
        // A share of few is withheld where the people aren't.
        assert_eq!(told(&[done("a", 4), cycle("a", "forming", 6, &[], 0)]), (None, vec![None]));
        // A group that shows no counts is in no sum to begin with.
        let sealed = CycleFacts { members: None, attended: Vec::new(), completed: None, adopted: None, ..done("a", 4) };
        assert_eq!(told(&[done("a", 6), sealed]), (Some(6), vec![Some(6)]));
    }

    #[test]
    fn sums_are_of_what_there_is() {
        let figures = figures(&[
            cycle("a", "completed", 6, &[6, 5], 5),
            cycle("b", "practising", 6, &[7], 0),
            cycle("b", "forming", 6, &[], 0),
        ]);
        assert_eq!((figures.all.people, figures.all.cycles, figures.all.minutes), (Some(18), 3, 270));
        assert_eq!(figures.all.attended_1, Some(Share { of: 13, among: 13 }));
        assert_eq!(figures.all.attended_2, Some(Share { of: 5, among: 6 }));
        assert_eq!(figures.all.completed, Some(Share { of: 5, among: 6 }));
        assert_eq!(figures.stages.iter().map(|one| one.cycles).sum::<u32>(), 3);
    }

    fn some_cycle() -> impl Strategy<Value = CycleFacts> {
        let stage = prop_oneof![Just("completed"), Just("practising"), Just("forming"), Just("lapsed")];
        let attended = proptest::collection::vec(0..7_u8, 0..=2);
        ("[a-d]", stage, 0..8_u8, attended, 0..7_u8, proptest::bool::weighted(0.1)).prop_map(
            |(module, stage, members, attended, completed, sealed)| {
                let facts = cycle(&module, stage, members, &attended, completed.min(members));
                if sealed { without_few(CycleFacts { members: None, ..facts }) } else { facts }
            },
        )
    }

    proptest! {
        #[test]
        fn no_difference_tells_of_few(facts in proptest::collection::vec(some_cycle(), 0..14)) {
            no_few(&facts);
        }
    }
}
