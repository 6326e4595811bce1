//! The benchmarks, each beside its peers in the same run: `cargo xtask bench [--smoke]`, which says where the programs are. The core
//! is measured on one thread, the host on as many as there are.
//!
//! `--smoke` runs everything once and only says whether all did their work.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to its terminal")]

mod command;
mod explore;
mod host;
mod measure;
mod peers;
mod script;
mod table;

use std::{
    hint::black_box,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, ensure};
use peercircle_core::{Actor, CommandId, Cycle, CycleId, Event, EventBody, Instant, Revision, State, Verdict};
use peercircle_wire::{Upcasters, read_lines};
use serde::Deserialize;

use crate::{
    host::{Extent, Programs},
    measure::Effort,
    peers::{Refused, ask::Asks, by_hand, in_statig, in_xstate},
    script::Script,
    table::{Row, Target, table},
};

/// The script that the peers live through as well.
const FIRST: &str = "first-cycle";

/// What a live cycle of six may take, in bytes.
const BYTES: usize = 512;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match asked(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn asked(arguments: &[&str]) -> Result<()> {
    let programs = |server: &str, cqrs_es: &str| Programs { server: server.into(), cqrs_es: cqrs_es.into() };
    match arguments {
        ["--smoke", command, server, cqrs_es] => {
            run(Effort::SMOKE, Path::new(command))?;
            host::measuring(&programs(server, cqrs_es), Extent::Smoke).1?;
            println!(
                "   the host, the bare server and cqrs-es took every command; subscribers heard, all cycles were there"
            );
            Ok(())
        }
        ["--explore"] => {
            let mut rows = Vec::new();
            explore::exploring(&mut rows, Effort::FULL)?;
            println!("{}", table(&rows));
            Ok(())
        }
        ["--host", server, cqrs_es] => {
            let (table, done) = host::measuring(&programs(server, cqrs_es), Extent::Full);
            println!("{table}");
            done
        }
        // What the host's benchmarks start beside themselves.
        ["--serve-ours", file, cycles] => host::serve::ours(Path::new(file), cycles.parse()?),
        ["--serve-bare", file, line, answer] => host::serve::bare(Path::new(file), line.parse()?, answer.parse()?),
        ["--touch", file, cycles] => host::stored::touch(Path::new(file), cycles.parse()?),
        [command, server, cqrs_es] if !command.starts_with('-') => {
            run(Effort::FULL, Path::new(command))?;
            let (table, done) = host::measuring(&programs(server, cqrs_es), Extent::Full);
            println!("\n{table}");
            done
        }
        other => {
            anyhow::bail!(
                "expected [--smoke] and three paths: peercircle, peercircle-server, cqrs-es-peer; got `{}`",
                other.join(" ")
            )
        }
    }
}

fn run(effort: Effort, command: &Path) -> Result<()> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scripts = scripts(&home.join("../../examples"))?;
    let first = scripts.iter().find(|script| script.name == FIRST).with_context(|| format!("no script `{FIRST}`"))?;
    let asks = Asks::of(first, &home.join("peers/refused.jsonl"))?;
    check(&asks.refused, &asks, first)?;

    let mut rows = Vec::new();
    let node = deciding(&mut rows, &scripts, first, &asks, effort, home)?;
    replaying(&mut rows, &scripts, first, &asks, effort)?;
    asking(&mut rows, first, effort)?;
    parsing(&mut rows, &scripts, effort)?;
    command::starting(&mut rows, command, effort)?;
    explore::exploring(&mut rows, effort)?;
    let bytes = size_of::<Cycle>();

    let steps: usize = scripts.iter().map(|script| script.steps.len()).sum();
    let events: usize = scripts.iter().map(|script| script.events.len()).sum();
    if effort.round.is_zero() {
        println!(
            "   {} scripts, {steps} commands, {events} events; statig, the hand-written machine and XState on",
            scripts.len()
        );
        println!(
            "   Node {node} took all {} of the first cycle and refused {} others",
            asks.accepted.len(),
            asks.refused.len()
        );
        return Ok(());
    }
    println!("{}", table(&rows));
    let verdict = if bytes <= BYTES { "reached" } else { "short" };
    println!("\nA live cycle: {bytes} bytes, the process and the roster's ids aside; to reach: {BYTES}: {verdict}.");
    println!("While suspended, it keeps where it stopped in a box: {} more.", size_of::<State>());
    println!(
        "{} scripts, {steps} commands, {events} events; Node {node}; one thread, the median of {} rounds.",
        scripts.len(),
        effort.rounds
    );
    Ok(())
}

fn scripts(folder: &Path) -> Result<Vec<Script>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    paths.iter().map(|path| Script::read(path)).collect()
}

/// Everyone does the same work before anyone is measured.
fn check(refused: &[Refused], asks: &Asks, first: &Script) -> Result<()> {
    by_hand::check(&asks.accepted, refused, first.end.stage())?;
    in_statig::check(&asks.accepted, refused, first.end.stage())
}

fn decide(script: &Script) -> u64 {
    let mut cycle = Cycle::default();
    let mut accepted = 0;
    for (command, context) in &script.steps {
        if let Verdict::Accepted(events) = cycle.decide(black_box(command), context) {
            for event in &events {
                if cycle.evolve(event).is_err() {
                    return 0;
                }
            }
            accepted += 1;
        }
    }
    black_box(&cycle);
    accepted
}

fn deciding(
    rows: &mut Vec<Row>,
    scripts: &[Script],
    first: &Script,
    asks: &Asks,
    effort: Effort,
    home: &Path,
) -> Result<String> {
    let all = count(scripts.iter().map(|script| script.steps.len()))?;
    let whole = effort.per_second(all, || scripts.iter().map(decide).sum())?;
    rows.push(Row::new("decide + evolve, commands of the example cycles", whole).wanting(Target::AtLeast(10e6)));
    let one = count([asks.accepted.len()])?;
    let ours = effort.per_second(one, || decide(first))?;
    let statig = effort.per_second(one, || in_statig::run(&asks.accepted))?;
    let mut log = Vec::with_capacity(asks.accepted.len());
    let hand = effort.per_second(one, || by_hand::run(&asks.accepted, &mut log))?;
    let xstate = in_xstate::measure(&home.join("peers"), asks, effort)?;
    rows.push(
        Row::new("decide + evolve, commands of the first cycle", ours)
            .beside("XState 5 actor", xstate.per_second)
            .beside("statig", statig)
            .beside("by hand", hand)
            .wanting(Target::TimesPeer(30.0)),
    );
    rows.push(Row::new("- XState 5 actor", xstate.per_second));
    rows.push(Row::new("- statig", statig));
    rows.push(Row::new("- by hand: decide, log, apply", hand));
    Ok(xstate.node)
}

fn replay(events: &[Event]) -> u64 {
    let cycle = Cycle::replay(black_box(events));
    black_box(&cycle).as_ref().map_or(0, |cycle| cycle.revision().into())
}

fn replaying(rows: &mut Vec<Row>, scripts: &[Script], first: &Script, asks: &Asks, effort: Effort) -> Result<()> {
    let all = count(scripts.iter().map(|script| script.events.len()))?;
    let whole = effort.per_second(all, || scripts.iter().map(|script| replay(&script.events)).sum())?;
    rows.push(Row::new("replay, events of the example cycles", whole).wanting(Target::AtLeast(100e6)));
    let ours = effort.per_second(count([first.events.len()])?, || replay(&first.events))?;
    let mut log = Vec::new();
    by_hand::run(&asks.accepted, &mut log);
    let hand = effort.per_second(count([log.len()])?, || by_hand::replay(&log))?;
    rows.push(Row::new("replay, events of the first cycle", ours).beside("by hand", hand));
    rows.push(Row::new("- by hand: apply alone", hand));
    Ok(())
}

/// The questions of a facilitator's screen, at every step of the first cycle's sessions.
fn asking(rows: &mut Vec<Row>, first: &Script, effort: Effort) -> Result<()> {
    let mut places: Vec<(Cycle, Actor, Instant)> = Vec::new();
    for at in 0..first.steps.len() {
        let cycle = first.after(at)?;
        let running = cycle.state().meeting().is_some();
        if let (true, Some(chair), Some((_, context))) = (running, cycle.chair(), first.steps.get(at)) {
            places.push((cycle, Actor::member(chair), context.now));
        }
    }
    ensure!(places.len() > 50, "expected running sessions, got {} places", places.len());
    let units = count([places.len()])?;
    let guide = effort.per_second(units, || {
        places.iter().map(|(cycle, actor, now)| u64::from(black_box(cycle.guide(*actor, *now)).phase.is_some())).sum()
    })?;
    rows.push(Row::new("guide, a facilitator in a session of six", guide).wanting(Target::WithinNanos(2000.0)));
    let kinds = |(cycle, actor, now): &(Cycle, Actor, Instant)| black_box(cycle.allowed(*actor, *now)).len();
    let allowed = effort.per_second(units, || places.iter().map(|place| u64::from(kinds(place) > 0)).sum())?;
    rows.push(Row::new("allowed, the same", allowed));
    let listed = count(places.iter().map(kinds))?;
    let each = effort.per_second(listed, || {
        places.iter().map(kinds).try_fold(0, |sum, one| Some(sum + u64::try_from(one).ok()?)).unwrap_or(0)
    })?;
    rows.push(Row::new("allowed, a kind of command", each));
    Ok(())
}

fn parsing(rows: &mut Vec<Row>, scripts: &[Script], effort: Effort) -> Result<()> {
    let stored: Vec<String> = scripts.iter().map(Script::stored).collect::<Result<_>>()?;
    let lines = count(stored.iter().map(|log| log.lines().count()))?;
    let alone = effort.per_second(lines, || {
        let parsed = |line: &str| u64::from(black_box(serde_json::from_str::<Plain>(black_box(line))).is_ok());
        stored.iter().flat_map(|log| log.lines()).map(parsed).sum()
    })?;
    let both = effort.per_second(lines, || {
        let read = |log: &String| -> Result<u64> {
            let cycle = read_lines(black_box(log.as_bytes()), Upcasters::standard())?.into_cycle()?;
            Ok(black_box(&cycle).revision().into())
        };
        stored.iter().map(|log| read(log).unwrap_or(0)).sum()
    })?;
    rows.push(Row::new("parse + replay of JSON, events", both).beside("serde_json alone", alone));
    rows.push(Row::new("- serde_json alone, into the same events", alone));
    Ok(())
}

/// An envelope as serde alone reads it: nothing kept verbatim, nothing upcast, nothing applied.
#[derive(Deserialize)]
#[expect(dead_code, reason = "what is read is not looked at")]
struct Plain {
    stream: CycleId,
    seq: Revision,
    at: Instant,
    actor: Actor,
    #[serde(default)]
    command_id: Option<CommandId>,
    v: u16,
    body: EventBody,
}

fn count(parts: impl IntoIterator<Item = usize>) -> Result<u64> {
    Ok(u64::try_from(parts.into_iter().sum::<usize>())?)
}
