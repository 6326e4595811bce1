//! What a walk keeps: every step with what it was answered, so that it is a history for any implementation, a story, and again a
//! walk with some of its steps left out.

use std::{collections::BTreeMap, fmt};

use peercircle_core::{Actor, CommandKind, Context, Cycle, Instant, Revision, Roster, RuleId, Seat, Verdict};

use super::{Step, Walk};
use crate::{compare::History, property::refused_by, story::Story};

/// A step that was taken.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) step: Step,
    /// Which step of the walk it was before any were left out.
    pub(super) number: usize,
    /// The revision before it.
    pub(super) revision: Revision,
    /// What time it was on the walk, whatever the step says.
    pub(super) now: Instant,
    pub(super) said: Said,
}

/// What a step was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Accepted,
    Duplicate,
    Refused(Vec<RuleId>),
}

impl Said {
    pub(super) fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Accepted(_) => Self::Accepted,
            Verdict::Duplicate { .. } => Self::Duplicate,
            Verdict::Refused(refusals) => {
                Self::Refused(refusals.all().iter().map(peercircle_core::Rejection::rule).collect())
            }
        }
    }
}

impl Walk {
    /// Every step that was taken, accepted or not, from the forming of the cycle on.
    #[must_use]
    pub fn steps(&self) -> impl ExactSizeIterator<Item = &Step> + DoubleEndedIterator {
        self.steps.iter().map(|taken| &taken.step)
    }

    /// Visits every step, with the cycle it was given to and what it was answered.
    ///
    /// # Example
    /// ```
    /// use peercircle_testkit::walk::{Walk, draws};
    /// let (walk, mut refused) = (Walk::along(7, &draws(8, 100)), 0);
    /// walk.each(|before, _, verdict| {
    ///     assert!(verdict.is_accepted() || before.revision() <= walk.cycle.revision());
    ///     refused += usize::from(!verdict.refusals().is_empty());
    /// });
    /// assert!(refused > 0);
    /// ```
    pub fn each(&self, mut visit: impl FnMut(&Cycle, &Step, &Verdict)) {
        let mut cycle = Cycle::default();
        for step in self.steps() {
            let verdict = self.rules().decide(&cycle, &step.command, &step.context);
            visit(&cycle, step, &verdict);
            for event in verdict.events() {
                // INVARIANT: the walk has applied it.
                let _ = cycle.evolve(event);
            }
        }
    }

    /// Its steps as a history for any implementation, those that were refused included. Left out is what names a seat that
    /// nobody has: on the wire that can't be asked.
    ///
    /// # Example
    /// ```
    /// use peercircle_scenario::CoreRunner;
    /// use peercircle_testkit::{compare::compare, walk::{Walk, draws}};
    /// let walk = Walk::troubled(7, &draws(8, 60));
    /// compare(&walk.history(), CoreRunner::default)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn history(&self) -> History {
        let mut history = History { under: self.under.clone(), steps: Vec::new() };
        self.each(|before, step, _| history.push(before, &step.command, &step.context));
        history
    }

    /// The same walk with only these of its steps, by number, in their order; and of these only what is answered as it was: whatever
    /// hangs on a step that is left out goes with it. Times stay; revisions, first answers and, where somebody never joined, seats
    /// follow.
    ///
    /// # Example
    /// ```
    /// use peercircle_testkit::walk::{Walk, draws};
    /// let walk = Walk::along(7, &draws(7, 40));
    /// let shorter = walk.only(0..20);
    /// assert!(shorter.events.len() < walk.events.len());
    /// assert!(format!("{shorter:?}").starts_with("Walk::along(7, &draws(7, 40)).only([0, 1, 2, 3,"));
    /// ```
    #[must_use]
    pub fn only(&self, numbers: impl IntoIterator<Item = usize>) -> Self {
        let mut walk = Self {
            cycle: Cycle::default(),
            events: Vec::new(),
            accepted: BTreeMap::new(),
            visited: BTreeMap::new(),
            situations: BTreeMap::new(),
            keys: BTreeMap::new(),
            steps: Vec::new(),
            // Where nothing is left, it is as early as at first.
            now: self.steps.first().map_or(self.now, |first| first.now),
            under: self.under.clone(),
            recipe: self.recipe.clone(),
            ..*self
        };
        let mut wanted = numbers.into_iter().peekable();
        let mut moved = false;
        for taken in &self.steps {
            // A step that went before can't be kept.
            while wanted.next_if(|number| *number < taken.number).is_some() {}
            let kept =
                wanted.next_if_eq(&taken.number).is_some() && walk.take_again(taken, moved.then_some(self.cycle.roster()));
            let joined = taken.said == Said::Accepted && taken.step.command.kind() == CommandKind::EnrolMember;
            moved |= joined && !kept;
        }
        walk.recipe.only(walk.numbers(), walk.now);
        walk
    }

    /// Takes a step that was taken before, where it is answered as it was then, and says whether it was. Where people sit elsewhere
    /// than then, as `seated` has it, they are found by their ids.
    fn take_again(&mut self, taken: &Taken, seated: Option<&Roster>) -> bool {
        let found = match seated {
            Some(seated) => elsewhere(&taken.step, seated, self.cycle.roster()),
            None => Some(taken.step.clone()),
        };
        let Some(Step { command, context }) = found else { return false };
        let behind = context.expected_revision.map(|expected| taken.revision.saturating_sub(expected));
        let context = Context {
            expected_revision: behind.map(|behind| self.cycle.revision().saturating_sub(behind)),
            answered: self.answered(&context),
            ..context
        };
        let same = Said::of(&self.rules().decide(&self.cycle, &command, &context)) == taken.said;
        if same {
            self.now = taken.now;
            self.take_at(&Step { command, context }, taken.number);
        }
        same
    }

    /// The numbers of its steps.
    pub(crate) fn numbers(&self) -> Vec<usize> {
        self.steps.iter().map(|taken| taken.number).collect()
    }
}

/// A step for the same people where they sit now; nothing where somebody isn't there. Seats that nobody had stay as they are.
fn elsewhere(step: &Step, then: &Roster, now: &Roster) -> Option<Step> {
    let moved = |seat: Seat| match then.member(seat) {
        Some(member) => now.seat_of(&member.id),
        None => Some(seat),
    };
    let command = match step.command.clone().named(then) {
        Ok(named) => named.resolve(now).ok()?,
        Err(_) => step.command.clone(),
    };
    let actor = match step.context.actor.seat() {
        Some(seat) => Actor::member(moved(seat)?),
        None => step.context.actor,
    };
    let elsewhere = step.context.elsewhere.iter().filter_map(moved).collect();
    Some(Step { command, context: Context { actor, elsewhere, ..step.context } })
}

/// How it can be made again, and what was asked and answered on it, as a story: a failing test prints it. What no call makes again has
/// its script below, for whatever decides by the walk's [rules](Walk::rules): [`Scenario::parse`](peercircle_scenario::Scenario::parse)
/// and [`History::of`] read it.
impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { recipe, events, now, .. } = self;
        writeln!(f, "{recipe}: `{}` at {now} after {} events", self.cycle.stage().name(), events.len())?;
        let mut story = Story::default();
        self.each(|before, step, verdict| {
            let (by, at) = (step.context.actor, step.context.now);
            match verdict {
                Verdict::Accepted(_) | Verdict::Refused(_) => {
                    story.give(before, by, at, &step.command, &refused_by(before, verdict));
                }
                Verdict::Duplicate { .. } => story.give_again(before, by, at, &step.command),
            }
        });
        write!(f, "{story}")?;
        if recipe.is_by_hand() {
            write!(f, "Its script:\n{}", self.history().script("A walk that was led on by hand"))?;
        }
        Ok(())
    }
}
