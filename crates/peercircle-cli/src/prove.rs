//! Proving a process: exploring it, comparing it with another, and holding recorded cycles against it.

use std::{
    io::{IsTerminal as _, Write as _},
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant as Moment},
};

use anyhow::{Context as _, Result, bail};
use peercircle_core::{Event, Instant, Process, Rulebook};
use peercircle_testkit::{
    coverage::Coverage,
    difference::{difference, impact, sizes},
    explore::{Bounds, Progress, explore},
    page::{Origin, page},
    property::{self, Answer, Property, builtin, follow, parse},
};
use peercircle_wire::{Upcasters, decode_history, read_lines};
use serde_json::json;

use crate::{
    args::{BoundsArgs, CheckArgs, DiffArgs},
    ask, cycle_file,
    out::{BAD, HEAD, NO, Out, YES},
    process::{checked, load},
};

/// Checks a process file: valid, and sound within the bounds.
pub(crate) fn check(asked: &CheckArgs, out: Out) -> Result<ExitCode> {
    let Some(process) = checked(&asked.file, out)? else { return Ok(ExitCode::FAILURE) };
    let (spec, name) = (process.spec(), asked.file.display());
    if asked.valid {
        let answer = json!({"valid": true, "name": spec.name, "version": spec.version, "issues": []});
        out.answer(&answer, || {
            anstream::println!("{YES}valid{YES:#} {name}: `{}` version {}", spec.name, spec.version);
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let properties = asked.properties.as_deref().map(properties).transpose()?.unwrap_or_default();
    property::check(&properties, &process)?;
    let bounds = bounds(asked.bounds, &[&process])?;
    let started = Moment::now();
    let answer = explore(&process, &bounds, &properties, &mut watch());
    clear();
    if let Some(path) = &asked.page {
        let origin = Origin { version: spec.version, file: name.to_string(), at: ask::time(None)? };
        std::fs::write(path, page(&answer, &origin)).with_context(|| format!("writing `{}`", path.display()))?;
    }
    match (&asked.script, answer.knots.first()) {
        (Some(path), Some(knot)) => {
            let lines: String = knot.script.iter().map(|line| format!("{line}\n")).collect();
            std::fs::write(path, lines).with_context(|| format!("writing `{}`", path.display()))?;
        }
        (Some(path), None) => {
            out.note(&format!("there is no story of a group that gets stuck; nothing is written to `{}`", path.display()));
        }
        (None, _) => {}
    }
    let sound = answer.is_sound();
    let all = json!({
        "valid": true,
        "name": spec.name,
        "version": spec.version,
        "issues": [],
        "sound": sound,
        "bytes_a_state": answer.bytes_a_state(),
        "exploration": answer,
    });
    out.answer(&all, || {
        let told = answer.stopped.is_none() && answer.doubts().is_empty();
        let (style, word) = match (sound, told) {
            (true, _) => (YES, "sound"),
            (false, true) => (BAD, "not sound"),
            (false, false) => (BAD, "not proved sound"),
        };
        let seconds = started.elapsed().as_secs_f64();
        anstream::println!("{style}{word}{style:#} {name}: `{}` version {}, {seconds:.1} s", spec.name, spec.version);
        if asked.verbose {
            anstream::print!("{answer:#}");
        } else {
            anstream::print!("{answer}");
            anstream::println!("`--verbose` lists what is left out.");
        }
    })?;
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What two processes differ in.
pub(crate) fn diff(asked: &DiffArgs, out: Out) -> Result<ExitCode> {
    let (one, other) = (load(Some(&asked.one))?, load(Some(&asked.other))?);
    let log = |path: &PathBuf| Ok((path.display().to_string(), history(path, out)?));
    let logs = asked.logs.iter().map(log).collect::<Result<Vec<_>>>()?;
    let mut found = difference(&one, &other, &bounds(asked.bounds, &[&one, &other])?, &mut watch());
    clear();
    let mut impact = (!logs.is_empty()).then(|| impact(&one, &other, &logs)).transpose()?;
    // An edited file often keeps its name: then the files tell them apart.
    if one.spec().name == other.spec().name {
        (found.one, found.other) = (asked.one.clone(), asked.other.clone());
        if let Some(impact) = &mut impact {
            (impact.one, impact.other) = (asked.one.clone(), asked.other.clone());
        }
    }
    out.answer(&json!({"difference": found, "impact": impact}), || {
        anstream::print!("{found}");
        if let Some(impact) = &impact {
            anstream::print!("\n{impact}");
        }
    })?;
    let hit = impact.is_some_and(|impact| !impact.refused.is_empty());
    Ok(if found.is_none() && !hit { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Which rules recorded cycles have exercised: those of the table, and of the process that each cycle is under.
pub(crate) fn coverage(logs: &[PathBuf], out: Out) -> Result<ExitCode> {
    let mut coverage = Coverage::default();
    for path in logs {
        let history = history(path, out)?;
        coverage
            .observe_history(&Rulebook::standard(), &history)
            .with_context(|| format!("`{}` doesn't replay", path.display()))?;
    }
    let idle: Vec<_> = coverage.rules.iter().filter(|rule| rule.evaluated == 0).map(|rule| rule.rule.clone()).collect();
    out.answer(&json!({"logs": logs.len(), "coverage": coverage, "never_asked": idle}), || {
        anstream::println!("{HEAD}{} commands in {} logs{HEAD:#}", coverage.commands, logs.len());
        for rule in coverage.rules.iter().filter(|rule| rule.evaluated > 0) {
            anstream::println!("  {:<12} looked at {}", rule.rule, rule.evaluated);
        }
        if !idle.is_empty() {
            anstream::println!("Never asked: {}.", idle.join(", "));
        }
        if coverage.unread > 0 {
            anstream::println!("Not read: {} events that no command writes under the rules of today.", coverage.unread);
        }
        anstream::println!("A log holds what was accepted; what was refused is in none. Of rules in code it says nothing.");
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The exit status where nothing is broken and not everything can be told.
const UNTOLD: u8 = 3;

/// How properties stand in recorded cycles.
pub(crate) fn monitor(logs: &[PathBuf], file: Option<&Path>, at: Option<Instant>, out: Out) -> Result<ExitCode> {
    let properties = file.map_or_else(|| Ok(builtin()), properties)?;
    let (mut broken, mut untold) = (false, false);
    let mut all = Vec::new();
    for path in logs {
        let name = path.display();
        let history = history(path, out)?;
        let answers = follow(&properties, &history, at).with_context(|| format!("`{name}` doesn't replay"))?;
        broken |= answers.iter().any(|one| one.answer == Answer::Broken);
        untold |= answers.iter().any(|one| one.answer == Answer::CannotTell);
        if !out.is_json() {
            anstream::println!("{HEAD}{name}{HEAD:#}");
            for (property, one) in properties.iter().zip(&answers) {
                let (style, word) = match one.answer {
                    Answer::PermanentlyHeld => (YES, "held for good"),
                    Answer::Held => (YES, "held so far"),
                    Answer::Pending => (NO, "pending"),
                    Answer::Broken => (BAD, "broken"),
                    Answer::CannotTell => (NO, "can't be told"),
                };
                let when = one.at.map_or_else(String::new, |at| format!(" at {at}"));
                let why = one.reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
                let whose = one.members.join(", ");
                let whose = if whose.is_empty() { whose } else { format!(" ({whose})") };
                anstream::println!("  {style}{word:<13}{style:#} {}: {property}{when}{whose}{why}", property.id);
            }
        }
        all.push(json!({"log": path, "properties": answers}));
    }
    out.answer(&all, || {})?;
    Ok(match (broken, untold) {
        (true, _) => ExitCode::FAILURE,
        (false, true) => ExitCode::from(UNTOLD),
        (false, false) => ExitCode::SUCCESS,
    })
}

fn properties(path: &Path) -> Result<Vec<Property>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading `{}`", path.display()))?;
    parse(&text).map_err(|issues| anyhow::anyhow!("`{}` is not a valid file of properties:\n{issues}", path.display()))
}

/// The events of a log; a torn last line is said and left out.
fn history(path: &Path, out: Out) -> Result<Vec<Event>> {
    let bytes = std::fs::read(path).with_context(|| format!("reading `{}`", path.display()))?;
    cycle_file::no_script(&bytes, path)?;
    let log = read_lines(&bytes, Upcasters::standard()).with_context(|| format!("`{}`", path.display()))?;
    if log.torn().is_some() {
        out.note(&format!("`{}` ends in a torn line; it is left out", path.display()));
    }
    let (_, events) = decode_history(log.events()).with_context(|| format!("`{}`", path.display()))?;
    Ok(events)
}

/// The bounds that were asked for, where all of these processes have groups of that size.
fn bounds(asked: BoundsArgs, processes: &[&Process]) -> Result<Bounds> {
    let threads = std::thread::available_parallelism().map_or(1, |threads| u8::try_from(threads.get()).unwrap_or(64));
    let (sizes, target) = (sizes(processes), processes.first().map_or(6, |first| first.spec().group.target));
    let (low, high) = (*sizes.start(), *sizes.end());
    if let Some(members) = asked.members.filter(|members| !sizes.is_empty() && !sizes.contains(members)) {
        let whose = if processes.len() == 1 { "the process allows" } else { "both processes allow" };
        bail!("expected `--members` from {low} to {high}, the sizes that {whose} and that can be explored, got {members}");
    }
    Ok(Bounds {
        members: asked.members.unwrap_or_else(|| target.max(low).min(high)),
        leaving: asked.leaving,
        absent: asked.absent,
        late: asked.late,
        troubles: asked.troubles,
        memory: usize::try_from(asked.memory).unwrap_or(usize::MAX).saturating_mul(1 << 20),
        threads: threads.min(64),
        ..Bounds::default()
    })
}

static STOP: AtomicBool = AtomicBool::new(false);

/// Tells a terminal how far it is, and stops at Ctrl-C.
fn watch() -> impl FnMut(&Progress) -> ControlFlow<()> {
    // Where no handler can be set, Ctrl-C ends the program as ever.
    let _ = ctrlc::set_handler(|| STOP.store(true, Ordering::Relaxed));
    let mut told = Moment::now();
    move |progress| {
        if told.elapsed() > Duration::from_millis(200) && std::io::stderr().is_terminal() {
            told = Moment::now();
            let mebibytes = progress.bytes >> 20;
            anstream::eprint!("\r{} states, {} ahead, {mebibytes} MiB ", progress.states, progress.ahead);
            let _ = std::io::stderr().flush();
        }
        if STOP.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Takes the progress off the terminal again.
fn clear() {
    if std::io::stderr().is_terminal() {
        anstream::eprint!("\r{:60}\r", "");
    }
}
