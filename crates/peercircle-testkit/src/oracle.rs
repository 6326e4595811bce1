//! The oracle: what every rule says, as an obvious fold over the whole history.
//!
//! Written from the text of the rules and not from the machine: it keeps no state, shares no code with deciding or evolving, and
//! is as slow as it is plain. [`judge`] says what refuses a command, [`check`] what an accepted one must have written, [`facts`]
//! what leaves the group. Where it and the machine differ, one of them is wrong, or the text says too little.
//!
//! # Example
//! ```
//! use peercircle_testkit::{oracle::{self, Judgement}, walk::{Dice, Walk}};
//! let (mut walk, mut draws) = (Walk::new(7), Dice::new(8));
//! for _ in 0..50 {
//!     let step = walk.next(draws.roll());
//!     let (judgement, before) = (oracle::judge(&walk.events, &step.command, &step.context), walk.events.len());
//!     let verdict = walk.take(&step);
//!     assert_eq!(judgement, Judgement::of(&verdict));
//!     if verdict.is_accepted() {
//!         assert_eq!(oracle::check(&walk.events, before, &step.command), []);
//!     }
//! }
//! assert_eq!(oracle::facts(&walk.events), walk.cycle.disclose());
//! ```
#![expect(clippy::wildcard_enum_match_arm, reason = "a fold looks at the events it is about, and passes over the rest")]

mod check;
mod facts;
mod follow;
mod judge;
mod own;
mod past;
mod rules;
mod sitting;

use std::{collections::BTreeSet, fmt};

use peercircle_core::{Command, Context, Event, Rejection, Revision, RuleId, Stage, Verdict};

pub use self::{check::Disagreement, facts::facts};
use self::{judge::Question, past::Past};

/// What there is to say against a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// It was done before, by these events (R-04).
    pub duplicate: Option<(Revision, Revision)>,
    /// The cycle has moved on since (R-04).
    pub stale: bool,
    /// It doesn't belong to the stage; then no rule is asked.
    pub wrong_phase: bool,
    /// It isn't the actor's part.
    pub not_your_role: bool,
    /// The rules that refuse it: ours and the process file's own.
    pub refused: BTreeSet<RuleId>,
}

impl Judgement {
    /// What a verdict says, without its reasons.
    #[must_use]
    pub fn of(verdict: &Verdict) -> Self {
        let mut said = Self::default();
        if let Verdict::Duplicate { first, last } = verdict {
            said.duplicate = Some((*first, *last));
        }
        for no in verdict.refusals() {
            match no {
                Rejection::StaleRevision { .. } => said.stale = true,
                Rejection::WrongPhase { .. } => said.wrong_phase = true,
                Rejection::NotYourRole { .. } => said.not_your_role = true,
                Rejection::RuleRefused { rule, .. } => {
                    said.refused.insert(*rule);
                }
            }
        }
        said
    }

    /// Without what these rules say: rules in code, which the oracle doesn't know and leaves out, and rules that an
    /// implementation is without.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{CommandKind, KindSet, OwnRule, Process, RuleId, Rulebook};
    /// use peercircle_testkit::{Ruled, oracle::{self, Judgement}, walk::{Dice, Walk}};
    /// let few = OwnRule {
    ///     id: "ACME-7",
    ///     title: "small groups",
    ///     applies_to: KindSet::of(&[CommandKind::EnrolMember]),
    ///     check: |facts| if facts.ledger().active().len() < 5 { Ok(()) } else { Err("five are enough") },
    ///     remedy: "wait for another cycle",
    /// };
    /// let rules = Rulebook::standard().with(few).knocked_out(RuleId::Ours(30));
    /// let aside: Vec<_> = rules.own().iter().map(|rule| RuleId::Code(rule.id)).chain(rules.off()).collect();
    /// let (mut walk, mut draws) = (Walk::through(Ruled::new(Process::default(), rules), 7), Dice::new(8));
    /// for _ in 0..50 {
    ///     let step = walk.next(draws.roll());
    ///     let judgement = oracle::judge(&walk.events, &step.command, &step.context);
    ///     let verdict = walk.take(&step);
    ///     assert!(judgement.without(&aside).agrees(&Judgement::of(&verdict).without(&aside)));
    /// }
    /// ```
    #[must_use]
    pub fn without(mut self, rules: &[RuleId]) -> Self {
        self.refused.retain(|rule| !rules.contains(rule));
        self
    }

    /// Whether nothing is said against it, and it wasn't done before.
    #[must_use]
    pub fn accepts(&self) -> bool {
        *self == Self::default()
    }

    /// Whether two judgements say the same. At a time before the last event nothing but R-55 counts: the other rules were asked
    /// about a moment that can't be.
    #[must_use]
    pub fn agrees(&self, other: &Self) -> bool {
        let back = RuleId::Ours(55);
        if self.refused.contains(&back) && other.refused.contains(&back) {
            let gate = |one: &Self| (one.duplicate, one.stale, one.wrong_phase, one.not_your_role);
            return gate(self) == gate(other);
        }
        self == other
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said: Vec<String> = Vec::new();
        if let Some((first, last)) = self.duplicate {
            said.push(format!("duplicate of {first} to {last}"));
        }
        for (is, name) in
            [(self.stale, "stale revision"), (self.wrong_phase, "wrong phase"), (self.not_your_role, "not your role")]
        {
            if is {
                said.push(name.to_owned());
            }
        }
        said.extend(self.refused.iter().map(ToString::to_string));
        if said.is_empty() { f.write_str("accepted") } else { f.write_str(&said.join(", ")) }
    }
}

/// What there is to say against `command` after this history: by the table and the rules of the process file. Rules in code it
/// can't know; [`Judgement::without`] sets them aside in what a machine says.
#[must_use]
pub fn judge(history: &[Event], command: &Command, context: &Context) -> Judgement {
    Question::new(Past::of(history), command, context).judgement()
}

/// Where the cycle is after this history.
#[must_use]
pub fn stage(history: &[Event]) -> Stage {
    Past::of(history).place().stage
}

/// What is wrong with the events from number `from` of the history on, which are all that `command` wrote: what should have
/// been said and wasn't, what was said and shouldn't have been. Counted from 0, so `from` is how many events came before.
#[must_use]
pub fn check(history: &[Event], from: usize, command: &Command) -> Vec<Disagreement> {
    check::check(history, from, command)
}
