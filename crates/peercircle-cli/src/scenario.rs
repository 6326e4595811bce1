//! Scenarios: a cycle as a script of commands, JSON Lines. A header, steps with their times and actors, and an end.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use peercircle_core::{
    Actor, CommandId, Context, Cycle, Event, Instant, MemberId, Process, ProcessSpec, Revision, SeatSet, Verdict,
    WireCommand,
};
use serde::Deserialize;
use serde_json::Value;

/// The first line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    pub(crate) scenario: String,
    #[serde(default)]
    pub(crate) about: String,
    #[serde(default)]
    process: Option<Value>,
}

/// A line between the first and the last.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) at: Instant,
    pub(crate) by: String,
    #[serde(rename = "do")]
    pub(crate) command: Value,
    #[serde(default)]
    expect: Option<Expect>,
    #[serde(rename = "#", default)]
    pub(crate) remark: Option<String>,
    #[serde(default)]
    id: Option<CommandId>,
    #[serde(default)]
    revision: Option<Revision>,
    #[serde(default)]
    elsewhere: Vec<MemberId>,
}

/// What a step declares instead of being accepted.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Expect {
    /// Exactly these rules refuse.
    Refused(Vec<String>),
    /// This kind of "no".
    No(String),
}

/// The last line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct End {
    stage: String,
    #[serde(default)]
    members: BTreeMap<String, Value>,
}

/// A script, read whole.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) header: Header,
    process: Process,
    /// Each with its line number.
    pub(crate) steps: Vec<(usize, Step)>,
    end: End,
}

/// What a step came to.
#[derive(Debug)]
pub(crate) enum Outcome {
    Decided(Verdict),
    /// The command could not be understood: its code and its words.
    Unreadable(&'static str, String),
}

impl Scenario {
    /// Reads a script.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut lines =
            text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(at, line)| (at + 1, line));
        let (_, first) = lines.next().context("expected a header such as {\"scenario\":\"...\"}, got an empty script")?;
        let header: Header = serde_json::from_str(first).context("line 1: expected a header")?;
        let (mut steps, mut end) = (Vec::new(), None);
        for (at, line) in lines {
            let value: Value = serde_json::from_str(line).with_context(|| format!("line {at}"))?;
            if end.is_some() {
                bail!("line {at}: expected nothing after the end");
            }
            match value.get("end") {
                Some(found) => end = Some(serde_json::from_value(found.clone()).with_context(|| format!("line {at}"))?),
                None => steps.push((at, serde_json::from_value(value).with_context(|| format!("line {at}"))?)),
            }
        }
        let end = end.context("expected a last line such as {\"end\":{\"stage\":\"completed\"}}")?;
        let process = process_of(header.process.as_ref())?;
        Ok(Self { header, process, steps, end })
    }

    /// Runs the script through a fresh cycle. `tell` hears each step with the cycle before and after it; what differs from
    /// what the script declares comes back, one line each.
    pub(crate) fn run(&self, mut tell: impl FnMut(&Step, &Cycle, &Outcome, &Cycle)) -> (Cycle, Vec<Event>, Vec<String>) {
        let (mut cycle, mut events, mut keys) = (Cycle::default(), Vec::new(), BTreeMap::new());
        let mut wrong = Vec::new();
        for (line, step) in &self.steps {
            let before = cycle.clone();
            let outcome = self.decide(step, &cycle, &keys);
            if let Outcome::Decided(Verdict::Accepted(new)) = &outcome {
                for event in new {
                    if let Err(error) = cycle.evolve(event) {
                        wrong.push(format!("line {line}: {error}"));
                    }
                }
                if let (Some(id), Some(first), Some(last)) = (step.id, new.first(), new.last()) {
                    keys.insert(id, (first.seq, last.seq));
                }
                events.extend(new.iter().cloned());
            }
            if let Some(difference) = step.differs(&outcome, &before) {
                wrong.push(format!("line {line}: {difference}"));
            }
            tell(step, &before, &outcome, &cycle);
        }
        self.check_end(&cycle, &mut wrong);
        match Cycle::replay(&events) {
            Ok(replayed) if replayed == cycle => {}
            Ok(_) => wrong.push("replaying the events gives another cycle".to_owned()),
            Err(error) => wrong.push(format!("replaying the events: {error}")),
        }
        (cycle, events, wrong)
    }

    fn decide(&self, step: &Step, cycle: &Cycle, keys: &BTreeMap<CommandId, (Revision, Revision)>) -> Outcome {
        let unreadable = |error: &dyn std::fmt::Display| Outcome::Unreadable("unreadable", error.to_string());
        let actor = match step.by.as_str() {
            "organiser" => Actor::Organiser {},
            "host" => Actor::Host {},
            id => match id.parse().ok().and_then(|id| cycle.roster().seat_of(&id)) {
                Some(seat) => Actor::member(seat),
                None => return Outcome::Unreadable("unknown_member", format!("`{id}` is no member of this cycle")),
            },
        };
        let mut value = step.command.clone();
        if let Some(fields) = value.as_object_mut() {
            let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default().parse();
            let about = kind.is_ok_and(|kind: peercircle_core::CommandKind| {
                kind.fields().contains(&"member") && kind != peercircle_core::CommandKind::EnrolMember
            });
            if about && !fields.contains_key("member") {
                fields.insert("member".to_owned(), Value::String(step.by.clone()));
            }
        }
        let command: WireCommand = match serde_json::from_value(value) {
            Ok(command) => command,
            Err(error) => return unreadable(&error),
        };
        let mut command = match command.resolve(cycle.roster()) {
            Ok(command) => command,
            Err(error) => return Outcome::Unreadable(error.code(), error.to_string()),
        };
        if let peercircle_core::Command::FormCycle { process, .. } = &mut command {
            **process = self.process.clone();
        }
        let elsewhere: SeatSet = step.elsewhere.iter().filter_map(|id| cycle.roster().seat_of(id)).collect();
        let context = Context {
            command_id: step.id,
            expected_revision: step.revision,
            answered: step.id.and_then(|id| keys.get(&id).copied()),
            elsewhere,
            ..Context::new(actor, step.at)
        };
        Outcome::Decided(cycle.decide(&command, &context))
    }

    fn check_end(&self, cycle: &Cycle, wrong: &mut Vec<String>) {
        let stage = cycle.stage().name();
        if stage != self.end.stage {
            wrong.push(format!("the end: expected stage `{}`, got `{stage}`", self.end.stage));
        }
        for (member, expected) in &self.end.members {
            let seat = member.parse().ok().and_then(|id| cycle.roster().seat_of(&id));
            let got = seat.map(|seat| serde_json::to_value(cycle.ledger().outcome(seat)).unwrap_or_default());
            if got.as_ref() != Some(expected) {
                wrong.push(format!("the end: expected {member} to be {expected}, got {}", got.unwrap_or_default()));
            }
        }
    }
}

impl Step {
    fn differs(&self, outcome: &Outcome, before: &Cycle) -> Option<String> {
        let said = match outcome {
            Outcome::Unreadable(code, text) => format!("{code} ({text})"),
            Outcome::Decided(verdict) => {
                let said: Vec<_> = verdict
                    .refusals()
                    .iter()
                    .map(|no| format!("{} {}: {}", no.code(), no.rule().name(before.process()), no.say(before)))
                    .collect();
                format!("{} {}", verdict.code(), said.join("; "))
            }
        };
        let fits = match (&self.expect, outcome) {
            (None, Outcome::Decided(verdict)) => verdict.is_accepted(),
            (Some(Expect::No(code)), Outcome::Unreadable(got, _)) => code == got,
            (Some(Expect::No(code)), Outcome::Decided(verdict)) => {
                verdict.code() == code || verdict.refusals().iter().any(|no| no.code() == code)
            }
            (Some(Expect::Refused(rules)), Outcome::Decided(verdict)) => {
                let rule_only = verdict.refusals().iter().all(|no| no.code() == "rule_refused");
                let mut got: Vec<_> = verdict.refusals().iter().map(|no| no.rule().name(before.process())).collect();
                let mut wanted = rules.clone();
                got.sort();
                wanted.sort();
                rule_only && !got.is_empty() && got == wanted
            }
            (None | Some(Expect::Refused(_)), Outcome::Unreadable(..)) => false,
        };
        if fits {
            None
        } else {
            Some(format!(
                "expected {:?}, got {said}",
                self.expect.as_ref().map_or_else(|| "accepted".to_owned(), |one| format!("{one:?}"))
            ))
        }
    }
}

fn process_of(value: Option<&Value>) -> Result<Process> {
    let Some(value) = value else { return Ok(Process::default()) };
    let spec = match value.as_str() {
        Some(name) => {
            let presets = ProcessSpec::presets();
            let known: Vec<_> = presets.iter().map(|(name, _)| *name).collect();
            let found = presets.iter().find(|(known, _)| *known == name).map(|(_, spec)| spec.clone());
            found.with_context(|| format!("expected a preset ({}), got `{name}`", known.join(", ")))?
        }
        None => serde_json::from_value(value.clone()).context("the process of the header")?,
    };
    Ok(Process::new(spec)?)
}
