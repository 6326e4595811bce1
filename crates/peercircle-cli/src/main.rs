//! The `peercircle` command.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks to its terminal")]

mod generate;
mod scenario;
mod story;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use clap::{CommandFactory as _, Parser, Subcommand};
use peercircle_wire::{Envelope, Upcasters, read_lines};

use crate::scenario::Scenario;

/// Run, replay and inspect cycles of peer learning groups.
#[derive(Debug, Parser)]
#[command(name = "peercircle", version)]
struct Cli {
    /// Answer in JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Run a script of commands through a fresh cycle and tell it as a story. Exit status 1: it did not end as it declares.
    Run {
        /// A JSON Lines script, such as those in examples/.
        script: PathBuf,
        /// Write the events to this file as JSON Lines.
        #[arg(long)]
        log: Option<PathBuf>,
    },
    /// Replay a log of events and show what HR would see.
    Replay {
        /// A JSON Lines log, such as `run --log` writes.
        log: PathBuf,
    },
    /// The rules, as the machine has them.
    Rules,
    /// Check a process file, TOML or JSON: valid, or everything that is wrong with it. Exit status 1: it is not valid.
    ProcessCheck {
        /// The file; its name ends in .toml or .json.
        file: PathBuf,
    },
    /// Write the generated docs and JSON Schemas below a folder.
    #[command(hide = true)]
    Generate {
        /// The folder.
        folder: PathBuf,
    },
    /// Print the completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            anstream::eprintln!("peercircle: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: &Cli) -> Result<ExitCode> {
    match &cli.what {
        What::Run { script, log } => {
            let text = std::fs::read_to_string(script).with_context(|| format!("reading {}", script.display()))?;
            let scenario = Scenario::parse(&text).with_context(|| format!("{}", script.display()))?;
            let mut teller = story::Teller::new(cli.json);
            teller.begin(&scenario);
            let (cycle, events, wrong) =
                scenario.run(|step, before, outcome, after| teller.step(step, before, outcome, after));
            if let (Some(path), Some(stream)) = (log, cycle.roster().cycle()) {
                let lines: Result<Vec<_>, _> =
                    events.into_iter().map(|event| Envelope::new(stream.clone(), event).to_line()).collect();
                std::fs::write(path, lines?.join("\n") + "\n").with_context(|| format!("writing {}", path.display()))?;
            }
            teller.end(&cycle, &wrong)?;
            Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        What::Replay { log } => {
            let bytes = std::fs::read(log).with_context(|| format!("reading {}", log.display()))?;
            let read = read_lines(&bytes, Upcasters::standard()).with_context(|| format!("{}", log.display()))?;
            if let Some(torn) = read.torn() {
                anstream::eprintln!("{}, line {}: torn, its {} bytes are left out", log.display(), torn.line, torn.bytes);
            }
            let cycle = read.into_cycle().with_context(|| format!("{}", log.display()))?;
            println!("{}", serde_json::to_string_pretty(&cycle.disclose())?);
            Ok(ExitCode::SUCCESS)
        }
        What::Rules => {
            story::rules(cli.json)?;
            Ok(ExitCode::SUCCESS)
        }
        What::ProcessCheck { file } => {
            let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
            let format = peercircle_process::Format::of_file(file)
                .with_context(|| format!("expected a name that ends in .toml or .json, got `{}`", file.display()))?;
            match peercircle_process::parse(&text, format) {
                Ok(process) => {
                    println!("{}: valid, `{}` version {}", file.display(), process.spec().name, process.spec().version);
                    Ok(ExitCode::SUCCESS)
                }
                Err(issues) => {
                    anstream::eprintln!("{}:\n{issues}", file.display());
                    Ok(ExitCode::FAILURE)
                }
            }
        }
        What::Generate { folder } => {
            generate::write(folder)?;
            Ok(ExitCode::SUCCESS)
        }
        What::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "peercircle", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    }
}
