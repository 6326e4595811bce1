//! Telling a script's run: by phase, with minutes, turns, refusals and their remedies, and the facts HR would see.

use std::{path::Path, process::ExitCode};

use anyhow::{Context as _, Result, ensure};
use peercircle_core::{Cycle, Instant, Seat, Stage};
use peercircle_scenario::{Answer, CoreRunner, Scenario, Step};
use serde_json::{Value, json};

use crate::{
    cycle_file::lines,
    out::{BAD, DIM, HEAD, NO, Out},
    tell::{self, capital, clock},
};

/// Runs a script and tells it.
pub(crate) fn run(script: &Path, log: Option<&Path>, out: Out) -> Result<ExitCode> {
    let text = std::fs::read_to_string(script).with_context(|| format!("reading `{}`", script.display()))?;
    let scenario = Scenario::parse(&text).with_context(|| format!("`{}`", script.display()))?;
    // Without them, what they refuse would be accepted, and everything after that go another way.
    ensure!(
        scenario.rules().is_empty(),
        "`{}` wants rules in code, which no command has: {}; run it in Rust, by `Scenario::check` with `CoreRunner::under` a \
         rulebook that has them",
        script.display(),
        scenario.rules().join(", ")
    );
    let mut teller = Teller { out, stage: None, day: String::new(), steps: Vec::new() };
    if !out.is_json() {
        anstream::println!("{HEAD}{}{HEAD:#}\n{}", scenario.name(), scenario.about());
    }
    let mut runner = CoreRunner::default();
    let Ok(wrong) = scenario.check(&mut runner, |step, answer, runner| teller.step(step, answer, runner));
    if let (Some(path), Some(stream)) = (log, runner.cycle().roster().cycle()) {
        std::fs::write(path, lines(stream, runner.events())?).with_context(|| format!("writing `{}`", path.display()))?;
    }
    let facts = runner.cycle().disclose();
    out.answer(&json!({"steps": teller.steps, "facts": facts, "wrong": wrong}), || {
        anstream::println!("\n{HEAD}What HR sees{HEAD:#}");
        tell::facts(&facts);
        for line in &wrong {
            anstream::eprintln!("{BAD}not as declared{BAD:#} {line}");
        }
    })?;
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tells a run to the terminal, as it goes.
struct Teller {
    out: Out,
    stage: Option<Stage>,
    day: String,
    steps: Vec<Value>,
}

impl Teller {
    fn step(&mut self, step: &Step, answer: &Answer, runner: &CoreRunner) {
        let (before, after) = (runner.before(), runner.cycle());
        if self.out.is_json() {
            let kind = step.command().get("type").cloned().unwrap_or_default();
            let said: Vec<_> =
                answer.refusals.iter().map(|no| json!({"rule": no.rule, "says": no.says, "helps": no.helps})).collect();
            let step = json!({"at": step.at(), "by": step.by(), "command": kind, "answer": answer.code, "refusals": said});
            return self.steps.push(step);
        }
        if self.stage.is_none() {
            self.head(before);
        }
        let at = step.at().to_string();
        let (day, time) = at.split_once('T').unwrap_or((&at, ""));
        if self.day != day {
            day.clone_into(&mut self.day);
            anstream::println!("  {DIM}{day}{DIM:#}");
        }
        if let Some(remark) = step.remark() {
            anstream::println!("        {DIM}{remark}{DIM:#}");
        }
        let written = step.command().get("type").and_then(Value::as_str).unwrap_or_default();
        let label = step.kind().map_or(written, |kind| kind.label());
        let member = step.command().get("member").and_then(Value::as_str).filter(|member| *member != step.by());
        let about = member.map_or_else(String::new, |member| format!(" ({member})"));
        let time: String = time.chars().take(5).collect();
        let ended = turn_ended(before, after, step.at()).map_or_else(String::new, |said| format!("{DIM}{said}{DIM:#}"));
        anstream::println!("  {time} {}: {label}{about}{}{ended}", step.by(), overrun(before, after, step.at()));
        for no in &answer.refusals {
            anstream::println!("        {NO}no ({}): {}. What helps: {}{NO:#}", no.rule, no.says, no.helps);
        }
        if let Some(says) = &answer.says {
            anstream::println!("        {NO}{}: {says}{NO:#}", answer.code);
        }
        if before.stage() != after.stage() {
            self.head(after);
        }
    }

    /// The heading of where the cycle has just come to; of a phase with the minute it opens and the minutes it has.
    fn head(&mut self, cycle: &Cycle) {
        self.stage = Some(cycle.stage());
        anstream::println!("\n{HEAD}{}{HEAD:#}{DIM}{}{DIM:#}", capital(cycle.stage().label()), opening(cycle));
    }
}

fn opening(cycle: &Cycle) -> String {
    let state = cycle.state();
    let (Some(session), Some(phase), Some(time_box)) = (state.session(), state.phase(), state.time_box()) else {
        return String::new();
    };
    let planned = cycle.process().box_seconds(session, phase);
    let replanned =
        if time_box.planned() == planned { String::new() } else { format!(", planned {}", clock(planned.into())) };
    format!("  (from minute {}: {}{replanned})", time_box.opened() / 60, clock(time_box.seconds().into()))
}

/// Whoever stopped speaking, for how long, and what a turn has.
fn turn_ended(before: &Cycle, after: &Cycle, now: Instant) -> Option<String> {
    let turn = before.turn(now)?;
    let speaking = |cycle: &Cycle| -> Option<Seat> { cycle.state().round()?.speaking() };
    (speaking(after) != Some(turn.speaker))
        .then(|| format!(" ({} of {})", clock(turn.spoken.as_seconds()), clock(turn.budget.into())))
}

/// A phase that was left past its box says by how much.
fn overrun(before: &Cycle, after: &Cycle, now: Instant) -> String {
    let state = before.state();
    match (state.meeting(), state.time_box()) {
        (Some(meeting), Some(time_box)) if before.stage() != after.stage() => {
            let over = meeting.elapsed(now).as_seconds().saturating_sub(time_box.ends());
            if over > 0 { format!(" {NO}({} over){NO:#}", clock(over)) } else { String::new() }
        }
        _ => String::new(),
    }
}
