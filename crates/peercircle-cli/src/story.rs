//! Telling a script's run: by stage, with minutes, refusals and their remedies, and the facts HR would see.

use std::{path::Path, process::ExitCode};

use anyhow::{Context as _, Result};
use peercircle_core::{Cycle, Instant, Stage, Verdict};
use serde_json::json;

use crate::{
    cycle_file::lines,
    out::{BAD, DIM, HEAD, NO, Out},
    scenario::{Outcome, Scenario, Step},
    tell,
};

/// Runs a script and tells it.
pub(crate) fn run(script: &Path, log: Option<&Path>, out: Out) -> Result<ExitCode> {
    let text = std::fs::read_to_string(script).with_context(|| format!("reading `{}`", script.display()))?;
    let scenario = Scenario::parse(&text).with_context(|| format!("`{}`", script.display()))?;
    let mut teller = Teller::new(out.is_json());
    teller.begin(&scenario);
    let (cycle, events, wrong) = scenario.run(|step, before, outcome, after| teller.step(step, before, outcome, after));
    if let (Some(path), Some(stream)) = (log, cycle.roster().cycle()) {
        std::fs::write(path, lines(stream, &events)?).with_context(|| format!("writing `{}`", path.display()))?;
    }
    teller.end(&cycle, &wrong)?;
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tells a run to the terminal, as it goes.
#[derive(Debug)]
pub(crate) struct Teller {
    json: bool,
    stage: Option<Stage>,
    day: String,
    steps: Vec<serde_json::Value>,
}

impl Teller {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json, stage: None, day: String::new(), steps: Vec::new() }
    }

    pub(crate) fn begin(&self, scenario: &Scenario) {
        if !self.json {
            anstream::println!("{HEAD}{}{HEAD:#}\n{}", scenario.header.scenario, scenario.header.about);
        }
    }

    pub(crate) fn step(&mut self, step: &Step, before: &Cycle, outcome: &Outcome, after: &Cycle) {
        let said = told(outcome, before);
        if self.json {
            let kind = step.command.get("type").cloned().unwrap_or_default();
            self.steps.push(json!({"at": step.at, "by": step.by, "command": kind, "answer": said.code, "said": said.lines}));
            return;
        }
        if self.stage != Some(before.stage()) {
            self.stage = Some(before.stage());
            let time = phase_minutes(before, step.at);
            anstream::println!("\n{HEAD}{}{HEAD:#}{DIM}{time}{DIM:#}", tell::capital(before.stage().label()));
        }
        let at = step.at.to_string();
        let (day, clock) = at.split_once('T').unwrap_or((&at, ""));
        if self.day != day {
            day.clone_into(&mut self.day);
            anstream::println!("  {DIM}{day}{DIM:#}");
        }
        if let Some(remark) = &step.remark {
            anstream::println!("        {DIM}{remark}{DIM:#}");
        }
        let kind = step.command.get("type").and_then(serde_json::Value::as_str).unwrap_or_default();
        let label = kind.parse().map_or(kind, |kind: peercircle_core::CommandKind| kind.label());
        let about = step.command.get("member").and_then(serde_json::Value::as_str).filter(|member| *member != step.by);
        let about = about.map_or_else(String::new, |member| format!(" ({member})"));
        let clock: String = clock.chars().take(5).collect();
        anstream::println!("  {clock} {}: {label}{about}{}", step.by, overrun(before, after, step.at));
        for line in said.lines {
            anstream::println!("        {NO}{line}{NO:#}");
        }
    }

    pub(crate) fn end(&self, cycle: &Cycle, wrong: &[String]) -> Result<()> {
        let facts = cycle.disclose();
        if self.json {
            let all = json!({"steps": self.steps, "facts": facts, "wrong": wrong});
            anstream::println!("{}", serde_json::to_string_pretty(&all)?);
            return Ok(());
        }
        anstream::println!("\n{HEAD}What HR sees{HEAD:#}");
        tell::facts(&facts);
        for line in wrong {
            anstream::eprintln!("{BAD}not as declared{BAD:#} {line}");
        }
        Ok(())
    }
}

struct Told {
    code: &'static str,
    lines: Vec<String>,
}

fn told(outcome: &Outcome, before: &Cycle) -> Told {
    match outcome {
        Outcome::Unreadable(code, text) => Told { code, lines: vec![format!("{code}: {text}")] },
        Outcome::Decided(Verdict::Accepted(_)) => Told { code: "accepted", lines: Vec::new() },
        Outcome::Decided(Verdict::Duplicate { first, last }) => {
            Told { code: "duplicate", lines: vec![format!("done before: events {first} to {last}")] }
        }
        Outcome::Decided(verdict @ Verdict::Refused(_)) => {
            let lines = verdict.refusals().iter().map(|no| {
                format!("no ({}): {}. What helps: {}", no.rule().name(before.process()), no.say(before), no.remedy(before))
            });
            Told { code: verdict.code(), lines: lines.collect() }
        }
    }
}

fn phase_minutes(cycle: &Cycle, now: Instant) -> String {
    let state = cycle.state();
    match (state.meeting(), state.time_box()) {
        (Some(meeting), Some(time_box)) => {
            let minute = meeting.elapsed(now).as_seconds() / 60;
            format!("  (minute {minute}, box {} s)", time_box.seconds())
        }
        _ => String::new(),
    }
}

/// A phase that was left past its box says by how much.
fn overrun(before: &Cycle, after: &Cycle, now: Instant) -> String {
    let state = before.state();
    match (state.meeting(), state.time_box()) {
        (Some(meeting), Some(time_box)) if before.stage() != after.stage() => {
            let over = meeting.elapsed(now).as_seconds().saturating_sub(time_box.ends());
            if over > 0 { format!(" ({over} s over)") } else { String::new() }
        }
        _ => String::new(),
    }
}
