//! Rules, processes and their diagrams.

use std::{path::Path, process::ExitCode};

use anyhow::{Context as _, Result};
use peercircle_core::{Chart, Process, ProcessSpec, RULES, RuleClass};
use peercircle_process::{Format, parse, to_toml};
use serde_json::json;

use crate::{
    args::Drawing,
    out::{BAD, DIM, HEAD, Out},
};

/// Where a process comes from.
enum Source {
    Preset(Process),
    File { text: String, format: Format },
}

/// What a name stands for: a preset's, or a file's.
fn source(file: &Path) -> Result<Source> {
    let presets = ProcessSpec::presets();
    if let Some((_, spec)) = presets.iter().find(|(preset, _)| Path::new(preset) == file) {
        return Ok(Source::Preset(Process::new(spec.clone())?));
    }
    let name = file.display();
    let format = Format::of_file(file).with_context(|| {
        let names: Vec<_> = presets.iter().map(|(name, _)| *name).collect();
        format!("expected a file whose name ends in .toml or .json, or a preset ({}), got `{name}`", names.join(", "))
    })?;
    let text = std::fs::read_to_string(file).with_context(|| format!("reading `{name}`"))?;
    Ok(Source::File { text, format })
}

/// The process of a file, of the preset with this name, or the default.
pub(crate) fn load(name: Option<&str>) -> Result<Process> {
    let Some(name) = name else { return Ok(Process::default()) };
    match source(Path::new(name))? {
        Source::Preset(process) => Ok(process),
        Source::File { text, format } => {
            parse(&text, format).map_err(|issues| anyhow::anyhow!("`{name}` is not a valid process:\n{issues}"))
        }
    }
}

/// The process of a file or a preset, or everything that is wrong with the file, which has been told then.
pub(crate) fn checked(file: &Path, out: Out) -> Result<Option<Process>> {
    let (text, format) = match source(file)? {
        Source::Preset(process) => return Ok(Some(process)),
        Source::File { text, format } => (text, format),
    };
    match parse(&text, format) {
        Ok(process) => Ok(Some(process)),
        Err(issues) => {
            let answer = json!({"valid": false, "issues": issues.issues()});
            out.answer(&answer, || anstream::eprintln!("{BAD}not valid{BAD:#} {}:\n{issues}", file.display()))?;
            Ok(None)
        }
    }
}

pub(crate) fn presets(out: Out) -> Result<ExitCode> {
    let presets = ProcessSpec::presets();
    let all: Vec<_> = presets.iter().map(|(name, spec)| json!({"preset": name, "name": spec.name})).collect();
    out.answer(&all, || {
        for (name, spec) in &presets {
            anstream::println!("{HEAD}{name}{HEAD:#} {}", spec.name);
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn show(name: &str, out: Out) -> Result<ExitCode> {
    let process = load(Some(name))?;
    out.answer(&process, || anstream::print!("{}", to_toml(&process)))?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn diagram(process: Option<&str>, format: Drawing, out: Out) -> Result<ExitCode> {
    let chart = Chart::of(&load(process)?);
    let edges: Vec<_> =
        chart.edges().map(|edge| json!({"from": edge.from, "command": edge.command, "to": edge.to})).collect();
    out.answer(&edges, || match format {
        Drawing::Mermaid => anstream::print!("{}", chart.mermaid()),
        Drawing::Dot => anstream::print!("{}", chart.dot()),
        Drawing::Table => anstream::print!("{}", chart.table()),
    })?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn rules(out: Out) -> Result<ExitCode> {
    let class = |class| match class {
        RuleClass::Hard => "hard",
        RuleClass::Policy => "policy",
        RuleClass::Adapter => "host",
    };
    let all: Vec<_> = RULES
        .iter()
        .map(|rule| {
            let (id, title, text, why) = (rule.id, rule.title, rule.text, rule.why);
            json!({"id": id, "title": title, "class": class(rule.class), "text": text, "why": why, "commands": rule.kinds()})
        })
        .collect();
    out.answer(&all, || {
        for rule in RULES {
            let (id, title, class) = (rule.id, rule.title, class(rule.class));
            anstream::println!("{HEAD}{id}{HEAD:#} {title} ({class}): {}\n     {DIM}{}{DIM:#}", rule.text, rule.why);
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
