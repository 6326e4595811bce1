//! The arguments, as clap reads and explains them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use peercircle_core::{CommandId, CycleId, GroupId, Instant, MemberId, ModuleId, Revision, StrategyId};

/// Run, keep and inspect cycles of peer learning groups.
///
/// A cycle is kept in a plain JSON Lines file, an event a line. `new` makes one, `do` gives it a command, and the other
/// commands look at it. Exit status: 0 done, 1 refused or not as declared, 2 it could not be read or understood.
#[derive(Debug, Parser)]
#[command(name = "peercircle", version)]
pub(crate) struct Cli {
    /// Answer in JSON, errors included.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) what: What,
}

#[derive(Debug, Subcommand)]
pub(crate) enum What {
    /// Run a script of commands through a fresh cycle and tell it as a story. Exit status 1: it didn't end as it declares.
    Run {
        /// A JSON Lines script, such as those in examples/.
        script: PathBuf,
        /// Write the events to this file as JSON Lines.
        #[arg(long)]
        log: Option<PathBuf>,
    },
    /// Begin a cycle in a new file.
    #[command(
        after_help = "Example:\n  peercircle new c.jsonl --cycle c-1 --group north --module delegation --strategies agree,let-go"
    )]
    New(New),
    /// Give a command to a cycle in a file.
    #[command(after_help = DO_HELP)]
    Do(Asked),
    /// Show where a cycle is.
    Show {
        /// The cycle's file.
        file: PathBuf,
        /// Only what HR sees.
        #[arg(long)]
        hr: bool,
    },
    /// Explain what each rule says to a command, without giving it.
    Explain(Asked),
    /// List what someone may do now, and what is in the way of the rest.
    Allowed(Who),
    /// Show what a facilitator's or member's screen shows.
    Guide(Who),
    /// Show the way to a command: who has to do what until it is possible.
    Path(Asked),
    /// List what has fallen due, and what falls due next.
    Due {
        /// The cycle's file.
        file: PathBuf,
        /// The time; now unless said.
        #[arg(long)]
        at: Option<Instant>,
    },
    /// List whom the cycle waits for.
    Waiting {
        /// The cycle's file.
        file: PathBuf,
    },
    /// Replay a log of events and show what HR would see.
    Replay {
        /// A JSON Lines log, such as a cycle's file or what `run --log` writes.
        log: PathBuf,
    },
    /// List the rules, as the machine has them.
    Rules,
    /// Check and show processes.
    Process {
        #[command(subcommand)]
        what: ProcessWhat,
    },
    /// Draw which command leads where, found by asking the machine.
    Diagram {
        /// A process file, or the name of a preset; the preset `preset` unless said.
        #[arg(long)]
        process: Option<String>,
        /// How to draw it.
        #[arg(long, value_enum, default_value_t = Drawing::Mermaid)]
        format: Drawing,
    },
    /// Print a JSON Schema, or the names of those there are.
    Schema {
        /// Which.
        name: Option<String>,
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

const DO_HELP: &str = "\
A command is JSON, or its type and its fields in words:
  peercircle do c.jsonl --by organiser member.enrol member=ana level=lead department=sales
  peercircle do c.jsonl --by ana ground_rules.accept version=1
  peercircle do c.jsonl --by ana report.give report=practised:agree,let-go
  peercircle do c.jsonl --by organiser buddies.pair pairs=ana+bo,cleo+dan
  peercircle do c.jsonl --by ana '{\"type\":\"story.share\",\"member\":\"ana\",\"story\":\"own\"}'
A member who is left out is the one who gives the command. `-` reads the JSON from standard input.";

#[derive(Debug, Subcommand)]
pub(crate) enum ProcessWhat {
    /// Check a process file, TOML or JSON: valid, or everything that is wrong with it. Exit status 1: it is not valid.
    Check {
        /// The file; its name ends in .toml or .json.
        file: PathBuf,
    },
    /// List the presets.
    Presets,
    /// Print a preset as a process file.
    Show {
        /// Its name.
        name: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Drawing {
    Mermaid,
    Dot,
    Table,
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The file to make; it must not be there yet.
    pub(crate) file: PathBuf,
    /// The cycle's id.
    #[arg(long)]
    pub(crate) cycle: CycleId,
    /// The group's id.
    #[arg(long)]
    pub(crate) group: GroupId,
    /// The module's id.
    #[arg(long)]
    pub(crate) module: ModuleId,
    /// The ids of the module's strategies.
    #[arg(long, value_delimiter = ',', required = true)]
    pub(crate) strategies: Vec<StrategyId>,
    /// A process file, or the name of a preset.
    #[arg(long)]
    pub(crate) process: Option<String>,
    /// The file of the group's last cycle, which must have ended; the rota goes on from it.
    #[arg(long)]
    pub(crate) previous: Option<PathBuf>,
    /// The time; now unless said.
    #[arg(long)]
    pub(crate) at: Option<Instant>,
}

#[derive(Debug, Args)]
pub(crate) struct Asked {
    /// The cycle's file.
    pub(crate) file: PathBuf,
    /// The command: its type and `field=value`s, or JSON, or `-` for JSON on standard input.
    #[arg(required = true)]
    pub(crate) command: Vec<String>,
    #[command(flatten)]
    pub(crate) by: By,
    /// The idempotency key, 32 hexadecimal digits: the same one again gets the first answer.
    #[arg(long)]
    pub(crate) id: Option<CommandId>,
    /// Only if the cycle is still at this revision.
    #[arg(long)]
    pub(crate) revision: Option<Revision>,
    /// Members who are in another running session.
    #[arg(long, value_delimiter = ',')]
    pub(crate) elsewhere: Vec<MemberId>,
}

#[derive(Debug, Args)]
pub(crate) struct Who {
    /// The cycle's file.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) by: By,
}

#[derive(Debug, Args)]
pub(crate) struct By {
    /// Who: a member's id, `organiser` or `host`; `member:host` is a member whose id is `host`.
    #[arg(long)]
    pub(crate) by: String,
    /// The time; now unless said.
    #[arg(long)]
    pub(crate) at: Option<Instant>,
}
