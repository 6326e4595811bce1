//! The corpus, embedded.

use crate::{Scenario, ScenarioError};

/// The name of each script and its text.
const SCRIPTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/corpus.rs"));

/// Every script of the corpus by its name, for an adapter to run: between them they accept every kind of command, and have every
/// rule that checks one once as the only refuser.
///
/// # Errors
/// [`ScenarioError`] where a script can't be read: never in a released version.
///
/// # Example
/// ```
/// use peercircle_scenario::{CoreRunner, corpus};
/// for (name, scenario) in corpus()? {
///     let differences = scenario.check(&mut CoreRunner::default(), |_, _, _| ())?;
///     assert!(differences.is_empty(), "{name}: {differences:?}");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn corpus() -> Result<Vec<(&'static str, Scenario)>, ScenarioError> {
    SCRIPTS.iter().map(|(name, text)| Ok((*name, Scenario::parse(text)?))).collect()
}
