//! What walks reach, as a table.

use std::{collections::BTreeMap, fmt};

use peercircle_core::{CommandKind, Stage};
use serde::Serialize;

use crate::walk::{Situation, Walk};

/// What walks reach, as a table. What is never reached has a row as well, with a nought.
///
/// # Example
/// ```
/// use peercircle_testkit::{strategies::Distribution, walk::{Walk, draws}};
/// let mut distribution = Distribution::default();
/// distribution.observe(&Walk::along(7, &draws(7, 20)));
/// assert!(distribution.missing().contains(&"cycle.lapse".to_owned()));
/// assert!(distribution.to_string().lines().any(|row| row.starts_with("lapsed ") && row.contains(" 0 steps")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Distribution {
    /// Steps that began at a stage.
    pub stages: BTreeMap<Stage, usize>,
    /// Steps that began in a situation.
    pub situations: BTreeMap<Situation, usize>,
    /// Commands of a kind that were accepted.
    pub accepted: BTreeMap<CommandKind, usize>,
    /// Cycles that ended at a stage.
    pub ends: BTreeMap<Stage, usize>,
}

impl Default for Distribution {
    fn default() -> Self {
        let stages = || Stage::ALL.iter().map(|stage| (*stage, 0));
        Self {
            stages: stages().collect(),
            situations: Situation::all().into_iter().map(|situation| (situation, 0)).collect(),
            accepted: CommandKind::ALL.iter().map(|kind| (*kind, 0)).collect(),
            ends: stages().collect(),
        }
    }
}

impl Distribution {
    /// Adds a walk.
    pub fn observe(&mut self, walk: &Walk) {
        for (stage, count) in &walk.visited {
            *self.stages.entry(*stage).or_default() += count;
        }
        for (situation, count) in &walk.situations {
            *self.situations.entry(*situation).or_default() += count;
        }
        for (kind, count) in &walk.accepted {
            *self.accepted.entry(*kind).or_default() += count;
        }
        *self.ends.entry(walk.cycle.stage()).or_default() += 1;
    }

    /// The stages and situations that no step began in, and the commands that were never accepted.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        fn noughts<K>(rows: &BTreeMap<K, usize>, name: impl Fn(&K) -> String) -> impl Iterator<Item = String> {
            rows.iter().filter(|(_, count)| **count == 0).map(move |(key, _)| name(key))
        }
        let stages = noughts(&self.stages, |stage| stage.name().to_owned());
        let situations = noughts(&self.situations, ToString::to_string);
        stages.chain(situations).chain(noughts(&self.accepted, |kind| kind.name().to_owned())).collect()
    }
}

impl fmt::Display for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: usize = self.stages.values().sum();
        let mut rows = |name: &str, count: &usize| {
            let share = count.saturating_mul(1000).checked_div(steps).unwrap_or_default();
            writeln!(f, "{name:<36} {count:>9} steps {:>4}.{} %", share / 10, share % 10)
        };
        self.stages.iter().try_for_each(|(stage, count)| rows(stage.name(), count))?;
        self.situations.iter().try_for_each(|(situation, count)| rows(&situation.to_string(), count))?;
        for (kind, count) in &self.accepted {
            writeln!(f, "{:<36} {count:>9} accepted", kind.name())?;
        }
        for (stage, count) in &self.ends {
            writeln!(f, "{:<36} {count:>9} ended there", stage.name())?;
        }
        Ok(())
    }
}
