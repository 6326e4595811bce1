//! The core as the first runner.

use std::{collections::BTreeMap, convert::Infallible};

use peercircle_core::{
    Actor, CommandId, Context, Cycle, Event, EventBody, MemberId, Revision, Rulebook, SeatSet, Verdict, WireActor,
    WireCommand, anonymise,
};

use crate::{Answer, Ask, Refusal, Report, Runner};

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

    fn decide(&self, ask: &Ask<'_>) -> Result<Verdict, Answer> {
        let cycle = &self.cycle;
        let unreadable =
            |code: &str, error: String| Answer { code: code.to_owned(), says: Some(error), ..Answer::default() };
        let actor = match ask.by {
            "organiser" => WireActor::Organiser {},
            "host" => WireActor::Host {},
            id => WireActor::Member { member: id.parse().map_err(|error| unreadable("unreadable", format!("{error}")))? },
        };
        let actor = actor.resolve(cycle).map_err(|error| unreadable(error.code(), error.to_string()))?;
        let command: WireCommand =
            serde_json::from_value(ask.command.clone()).map_err(|error| unreadable("unreadable", error.to_string()))?;
        let command = command.resolve(cycle.roster()).map_err(|error| unreadable(error.code(), error.to_string()))?;
        let seat = |id: &MemberId| WireActor::Member { member: id.clone() }.resolve(cycle).ok().and_then(Actor::seat);
        let context = Context {
            command_id: ask.id,
            expected_revision: ask.revision,
            answered: ask.id.and_then(|id| self.keys.get(&id).copied()),
            elsewhere: ask.elsewhere.iter().filter_map(seat).collect::<SeatSet>(),
            ..Context::new(actor, ask.at)
        };
        Ok(self.rules.decide(cycle, &command, &context))
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
        let verdict = match self.decide(ask) {
            Ok(verdict) => verdict,
            Err(answer) => return Ok(answer),
        };
        if let Err(answer) = self.apply(ask, verdict.events()) {
            return Ok(answer);
        }
        let says = match verdict {
            Verdict::Duplicate { first, last } => Some(format!("done before: events {first} to {last}")),
            Verdict::Accepted(_) | Verdict::Refused(_) => None,
        };
        let refusals = self.before.view_refusals(verdict.refusals()).into_iter().map(|no| Refusal {
            code: no.code.to_owned(),
            rule: no.rule,
            says: no.says,
            helps: no.helps,
        });
        Ok(Answer { code: verdict.code().to_owned(), refusals: refusals.collect(), says })
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
        let replayed = replays(&self.events) && replays(&erased);
        let view = self.cycle.view();
        let outcome = |outcome| serde_json::to_value(outcome).ok().and_then(|value| value.as_str().map(str::to_owned));
        let members = view.members.iter().filter_map(|one| Some((one.member.to_string(), outcome(one.outcome)?)));
        Ok(Report {
            stage: if replayed { view.stage.name().to_owned() } else { "one that its events don't replay to".to_owned() },
            members: members.collect(),
            facts: serde_json::to_value(self.cycle.disclose()).unwrap_or_default(),
        })
    }
    fn view(&mut self) -> Result<Option<serde_json::Value>, Infallible> {
        Ok(serde_json::to_value(self.cycle.view()).ok())
    }
}
