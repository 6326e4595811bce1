//! A script, read.

use peercircle_core::{CommandId, CommandKind, Instant, MemberId, Process, ProcessSpec, Revision};
use serde::Deserialize;
use serde_json::Value;

use crate::{Ask, End, Expect, ScenarioError};

/// A cycle as a script, and what it must come to.
#[derive(Clone, Debug)]
pub struct Scenario {
    header: Header,
    process: Option<Process>,
    steps: Vec<Step>,
    end: End,
}

/// A command of the script.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(skip)]
    line: usize,
    at: Instant,
    by: String,
    #[serde(rename = "do")]
    command: Value,
    #[serde(default)]
    expect: Option<Expect>,
    #[serde(rename = "#", default)]
    remark: Option<String>,
    #[serde(default)]
    id: Option<CommandId>,
    #[serde(default)]
    revision: Option<Revision>,
    #[serde(default)]
    elsewhere: Vec<MemberId>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    scenario: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    process: Option<Value>,
    #[serde(default)]
    rules: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    end: End,
}

impl Scenario {
    /// Reads a script; lines that are blank are left out.
    ///
    /// # Errors
    /// [`ScenarioError`] with the first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let lines: Vec<_> = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()).collect();
        let [(first, line), middle @ .., (last, last_line)] = lines.as_slice() else {
            let expected = "a header, steps and an end";
            return Err(ScenarioError::Line { line: 1, expected, got: format!("{} lines", lines.len()) });
        };
        let header: Header = read(first, *line, "a header such as {\"scenario\":\"A late start\"}")?;
        let Last { end } = read(last, *last_line, "an end such as {\"end\":{\"stage\":\"completed\"}}")?;
        let step = |(text, line): &(&str, usize)| {
            read::<Step>(text, *line, "a step with at, by and do").map(|step| Step { line: *line, ..step })
        };
        let steps = middle.iter().map(step).collect::<Result<_, _>>()?;
        let process = header.process.as_ref().map(process_of).transpose()?;
        Ok(Self { header, process, steps, end })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.header.scenario
    }

    /// What it is about, a sentence; empty where nobody wrote one.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.header.about
    }

    /// The process its cycle keeps.
    #[must_use]
    pub fn process(&self) -> Process {
        self.process.clone().unwrap_or_default()
    }

    /// The ids of the rules in code that it was written under. Whoever runs it wants them too: without, commands are accepted
    /// that it declares refused.
    #[must_use]
    pub fn rules(&self) -> &[String] {
        &self.header.rules
    }

    /// Its commands, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What it must come to.
    #[must_use]
    pub const fn end(&self) -> &End {
        &self.end
    }

    /// What a runner is given of a step.
    #[must_use]
    pub fn ask<'a>(&self, step: &'a Step) -> Ask<'a> {
        let mut command = step.command.clone();
        if let (Some(fields), Some(kind)) = (command.as_object_mut(), step.kind()) {
            let about = kind.fields().contains(&"member") && kind != CommandKind::EnrolMember;
            if about && !fields.contains_key("member") {
                fields.insert("member".to_owned(), step.by.clone().into());
            }
            if let Some(process) = self.process.as_ref().filter(|_| kind == CommandKind::FormCycle) {
                fields.insert("process".to_owned(), serde_json::to_value(process).unwrap_or_default());
            }
        }
        Ask { at: step.at, by: &step.by, command, id: step.id, revision: step.revision, elsewhere: &step.elsewhere }
    }
}

impl Step {
    /// Its line in the script, from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// When the command is given.
    #[must_use]
    pub const fn at(&self) -> Instant {
        self.at
    }

    /// By whom.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// The command as it is written.
    #[must_use]
    pub const fn command(&self) -> &Value {
        &self.command
    }

    /// The kind of the command, where it is one.
    #[must_use]
    pub fn kind(&self) -> Option<CommandKind> {
        self.command.get("type")?.as_str()?.parse().ok()
    }

    /// The remark beside it.
    #[must_use]
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }

    /// What it declares instead of being accepted.
    #[must_use]
    pub const fn expect(&self) -> Option<&Expect> {
        self.expect.as_ref()
    }
}

fn read<'a, T: Deserialize<'a>>(text: &'a str, line: usize, expected: &'static str) -> Result<T, ScenarioError> {
    serde_json::from_str(text).map_err(|error| ScenarioError::Line { line, expected, got: error.to_string() })
}

fn process_of(value: &Value) -> Result<Process, ScenarioError> {
    let failed = |reason: String| ScenarioError::Process { reason };
    let spec = match value.as_str() {
        Some(name) => {
            let presets = ProcessSpec::presets();
            let known: Vec<_> = presets.iter().map(|(name, _)| *name).collect();
            let found = presets.into_iter().find(|(known, _)| *known == name).map(|(_, spec)| spec);
            found.ok_or_else(|| failed(format!("expected a preset ({}), got `{name}`", known.join(", "))))?
        }
        None => serde_json::from_value(value.clone()).map_err(|error| failed(error.to_string()))?,
    };
    Process::new(spec).map_err(|issues| failed(issues.to_string()))
}
