//! The script of a difference, replayed on the implementation that differs.

use std::fmt;

use peercircle_scenario::{CoreRunner, Runner, Scenario};

use super::{About, History};
use crate::hush::caught;

/// What the script of a difference comes to where it is replayed on the implementation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replay {
    /// It fails, as it should: what isn't as the script declares, a line each.
    Fails(Vec<String>),
    /// It doesn't show the difference, and why not.
    Silent(String),
}

impl Replay {
    /// Whether the script tells the implementation from the machine.
    #[must_use]
    pub const fn fails(&self) -> bool {
        match self {
            Self::Fails(_) => true,
            Self::Silent(_) => false,
        }
    }

    pub(super) fn of<R: Runner<Error: fmt::Display>>(history: &History, about: About, make: &mut impl FnMut() -> R) -> Self {
        let scenario = match Scenario::parse(&super::script(history, about)) {
            Ok(scenario) => scenario,
            Err(error) => return Self::Silent(format!("no script can say it: {error}")),
        };
        // A command that a script completes, such as one without its member, is another command in a script.
        let Ok(wrong) = scenario.check(&mut CoreRunner::under(history.under.rules().clone()), |_, _, _| ());
        if let [first, ..] = wrong.as_slice() {
            return Self::Silent(format!("no script can say it: {first}"));
        }
        match (caught(|| scenario.check(&mut make(), |_, _, _| ())), about) {
            (Ok(Ok(wrong)), _) if wrong.is_empty() => {
                Self::Silent("replayed there, everything is as it declares".to_owned())
            }
            (Ok(Ok(wrong)), _) => Self::Fails(wrong),
            (Ok(Err(error)), _) => Self::Silent(format!("replayed there, it gets no answer: {error}")),
            (Err(says), About::Panic(_)) => Self::Fails(vec![format!("it panics: {says}")]),
            (Err(says), About::Verdict | About::Refusals | About::Outcome | About::View) => {
                Self::Silent(format!("replayed there, it panics: {says}"))
            }
        }
    }
}
