//! The core as the first runner.

use std::{collections::BTreeMap, convert::Infallible};

use peercircle_core::{CommandId, Cycle, Event, EventBody, Revision, Rulebook, anonymise};

use crate::{Answer, Ask, Report, Runner};

/// Runs a script on a cycle in memory.
#[derive(Debug, Default)]
pub struct CoreRunner {
    rules: Rulebook,
    before: Cycle,
    cycle: Cycle,
    events: Vec<Event>,
    keys: BTreeMap<CommandId, (Revision, Revision)>,
}

impl CoreRunner {
    /// A runner that decides under these rules: for scripts that want rules in code.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{CommandKind, KindSet, OwnRule, Rulebook};
    /// use peercircle_scenario::{CoreRunner, Scenario};
    /// let script = r#"
    /// {"scenario":"Nobody forms a group","rules":["ACME-1"]}
    /// {"at":"2026-03-02T09:00:00Z","by":"organiser","do":{"type":"cycle.form","cycle":"c-1","group":"g-1","module":{"id":"m","strategies":["s"]}},"expect":{"refused":["ACME-1"]}}
    /// {"end":{"stage":"unformed"}}
    /// "#;
    /// let script = Scenario::parse(script)?;
    /// let never = OwnRule {
    ///     id: "ACME-1",
    ///     title: "no groups",
    ///     applies_to: KindSet::of(&[CommandKind::FormCycle]),
    ///     check: |_| Err("there are no groups here"),
    ///     remedy: "go elsewhere",
    /// };
    /// assert_eq!(script.rules(), ["ACME-1"]);
    /// let Ok(wrong) = script.check(&mut CoreRunner::under(Rulebook::standard().with(never)), |_, _, _| ());
    /// assert!(wrong.is_empty(), "{wrong:?}");
    /// # Ok::<(), peercircle_scenario::ScenarioError>(())
    /// ```
    #[must_use]
    pub fn under(rules: Rulebook) -> Self {
        Self { rules, ..Self::default() }
    }

    /// The cycle.
    #[must_use]
    pub const fn cycle(&self) -> &Cycle {
        &self.cycle
    }

    /// The cycle before the last command.
    #[must_use]
    pub const fn before(&self) -> &Cycle {
        &self.before
    }

    /// Everything that has happened.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    fn apply(&mut self, ask: &Ask<'_>, events: &[Event]) -> Result<(), Answer> {
        for event in events {
            self.cycle.evolve(event).map_err(|error| Answer {
                code: error.code().to_owned(),
                says: Some(format!("what was decided can't be applied: {error}")),
                ..Answer::default()
            })?;
        }
        if let (Some(id), Some(first), Some(last)) = (ask.id, events.first(), events.last()) {
            self.keys.insert(id, (first.seq, last.seq));
        }
        self.events.extend_from_slice(events);
        Ok(())
    }
}

impl Runner for CoreRunner {
    type Error = Infallible;

    fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, Infallible> {
        self.before = self.cycle.clone();
        let answered = ask.id.and_then(|id| self.keys.get(&id).copied());
        let (command, context) = match ask.resolve(&self.cycle, answered) {
            Ok(resolved) => resolved,
            Err(answer) => return Ok(answer),
        };
        let verdict = self.rules.decide(&self.cycle, &command, &context);
        if let Err(answer) = self.apply(ask, verdict.events()) {
            return Ok(answer);
        }
        Ok(Answer::of(&verdict, &self.before))
    }

    fn report(&mut self) -> Result<Report, Infallible> {
        // What replays to another cycle was not the whole truth; the stage says so. That goes for a history as well from which
        // people were erased (R-56).
        let mut erased = self.events.clone();
        for event in &self.events {
            if let EventBody::MemberAnonymised { seat } = event.body {
                anonymise(&mut erased, seat);
            }
        }
        let replays = |events: &[Event]| Cycle::replay(events).is_ok_and(|replayed| replayed == self.cycle);
        let mut report = Report::of(&self.cycle);
        if !replays(&self.events) || !replays(&erased) {
            "one that its events don't replay to".clone_into(&mut report.stage);
        }
        Ok(report)
    }

    fn view(&mut self) -> Result<Option<serde_json::Value>, Infallible> {
        Ok(serde_json::to_value(self.cycle.view()).ok())
    }
}
