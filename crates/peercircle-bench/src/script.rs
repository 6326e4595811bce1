//! The example scripts as work to measure: the accepted commands of each, with the events they wrote.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use peercircle_core::{
    Actor, Command, CommandKind, Context, Cycle, Event, Instant, MemberId, Process, ProcessSpec, SeatSet, Verdict,
    WireCommand,
};
use peercircle_wire::Envelope;
use serde::Deserialize;
use serde_json::Value;

/// A script that ran to its end.
pub(crate) struct Script {
    pub(crate) name: String,
    /// What was accepted, in order.
    pub(crate) steps: Vec<(Command, Context)>,
    pub(crate) events: Vec<Event>,
    pub(crate) end: Cycle,
}

#[derive(Deserialize)]
struct Header {
    #[serde(default)]
    process: Option<String>,
}

/// The parts of a step that the bench reads; peercircle-cli reads and checks all of them.
#[derive(Deserialize)]
pub(crate) struct Step {
    at: Instant,
    by: String,
    #[serde(rename = "do")]
    command: Value,
    #[serde(default)]
    expect: Option<Value>,
    #[serde(default)]
    elsewhere: Vec<MemberId>,
}

impl Script {
    /// Runs the script in this file; every step that declares no refusal has to be accepted.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let mut lines = text.lines();
        let header: Header = serde_json::from_str(lines.next().unwrap_or_default()).with_context(|| name.clone())?;
        let process = match header.process {
            None => Process::default(),
            Some(preset) => {
                let known = ProcessSpec::presets().into_iter().find(|(known, _)| *known == preset);
                Process::new(known.with_context(|| format!("{name}: expected a preset, got `{preset}`"))?.1)?
            }
        };
        let mut script = Self { name, steps: Vec::new(), events: Vec::new(), end: Cycle::default() };
        for line in lines.filter(|line| !line.contains("{\"end\":")) {
            let step: Step = serde_json::from_str(line).with_context(|| format!("{}: {line}", script.name))?;
            if step.expect.is_none() {
                script.take(&step, &process).with_context(|| format!("{}: {line}", script.name))?;
            }
        }
        Ok(script)
    }

    fn take(&mut self, step: &Step, process: &Process) -> Result<()> {
        let (command, context) = step.resolve(&self.end, process)?;
        let Verdict::Accepted(events) = self.end.decide(&command, &context) else { bail!("expected it to be accepted") };
        for event in &events {
            self.end.evolve(event)?;
        }
        self.steps.push((command, context));
        self.events.extend(events);
        Ok(())
    }

    /// The cycle after so many accepted steps.
    pub(crate) fn after(&self, steps: usize) -> Result<Cycle> {
        let mut cycle = Cycle::default();
        for (command, context) in self.steps.iter().take(steps) {
            for event in cycle.decide(command, context).events() {
                cycle.evolve(event)?;
            }
        }
        Ok(cycle)
    }

    /// The history as it is stored: a line of JSON an event.
    pub(crate) fn stored(&self) -> Result<String> {
        let stream = self.end.roster().cycle().context("a formed cycle")?;
        let mut log = String::new();
        for event in &self.events {
            let line = Envelope::new(stream.clone(), event.clone()).to_line()?;
            log.push_str(line.trim_end());
            log.push('\n');
        }
        Ok(log)
    }
}

impl Step {
    /// The command and its context, as the cycle's roster names them.
    pub(crate) fn resolve(&self, cycle: &Cycle, process: &Process) -> Result<(Command, Context)> {
        let actor = match self.by.as_str() {
            "organiser" => Actor::Organiser {},
            "host" => Actor::Host {},
            id => Actor::member(cycle.roster().seat_of(&id.parse()?).with_context(|| format!("`{id}` is no member"))?),
        };
        let mut value = self.command.clone();
        if let Some(fields) = value.as_object_mut() {
            let kind: CommandKind = fields.get("type").and_then(Value::as_str).unwrap_or_default().parse()?;
            let about = kind.fields().contains(&"member") && kind != CommandKind::EnrolMember;
            if about && !fields.contains_key("member") {
                fields.insert("member".to_owned(), Value::String(self.by.clone()));
            }
        }
        let mut command = serde_json::from_value::<WireCommand>(value)?.resolve(cycle.roster())?;
        if let Command::FormCycle { process: chosen, .. } = &mut command {
            **chosen = process.clone();
        }
        let elsewhere: SeatSet = self.elsewhere.iter().filter_map(|id| cycle.roster().seat_of(id)).collect();
        Ok((command, Context { elsewhere, ..Context::new(actor, self.at) }))
    }
}
