//! The arguments, as clap reads and explains them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use peercircle_core::{CommandId, CycleId, GroupId, Instant, MemberId, ModuleId, Revision, StrategyId};
use peercircle_modules::Language;
use peercircle_print::{Format, Handout};

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
    /// Run a script of commands through a fresh cycle and tell it as a story. Exit status 1: an answer or the end isn't as it declares.
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
    /// List, show, check and print modules.
    Module {
        #[command(subcommand)]
        what: ModuleWhat,
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
    /// Prove a process before a group lives it: whether it is valid, and whether a group could get stuck.
    ///
    /// Explores every state that a group can reach under the rules, within the bounds given, people leaving, absent and late
    /// included. Ctrl-C stops and tells what was seen.
    #[command(after_help = CHECK_HELP)]
    Check(CheckArgs),
    /// Say in which settings two processes differ, and what one allows and the other refuses, with the shortest story of each.
    ///
    /// Names and texts are no settings. What differs is then tried on a group, within the bounds given: the same commands under
    /// each process, those with the fewest mishaps first.
    #[command(after_help = DIFF_HELP)]
    Diff(DiffArgs),
    /// Say which rules recorded cycles have exercised: those of the table, and of the process that each cycle is under.
    ///
    /// Rules in code are in no log; in Rust, `Coverage::observe_history` reads logs under them.
    Coverage {
        /// Logs of cycles, JSON Lines, such as their files.
        #[arg(required = true)]
        logs: Vec<PathBuf>,
    },
    /// Follow properties over recorded cycles: held, pending, broken or held for good; what speaks of refusals can't be told, as
    /// logs hold only what was accepted. Exit status 1: one is broken; 3: none is, and one can't be told.
    Monitor {
        /// Logs of cycles, JSON Lines, such as their files.
        #[arg(required = true)]
        logs: Vec<PathBuf>,
        /// A file of properties, TOML or JSON; those every process should have unless said.
        #[arg(long)]
        properties: Option<PathBuf>,
        /// Up to when: what should have followed by then and hasn't is broken. The last event of each log unless said.
        #[arg(long)]
        at: Option<Instant>,
    },
    /// List the presets.
    Presets,
    /// Print a preset as a process file, with all its settings: the way to begin one of your own.
    #[command(after_help = "Example:\n  peercircle process show preset > ours.toml")]
    Show {
        /// Its name.
        name: String,
    },
}

const CHECK_HELP: &str = "\
Examples:
  peercircle process check ours.toml                        # six members, one leaves, one is absent, one is late
  peercircle process check ours.toml --members 4 --troubles 1
  peercircle process check ours.toml --properties must.toml --page ours.html
  peercircle process check ours.toml --valid                # only whether it can be read

Exit status: 0 sound (with --valid: valid); 1 not valid, not sound, or stopped before it was proved; 2 something could not be
read or understood.";

const DIFF_HELP: &str = "\
Examples:
  peercircle process diff preset ours.toml
  peercircle process diff old.toml new.toml --logs cycles/*.jsonl

Exit status: 0 no setting differs, whatever the bounds; 1 a setting, a story or a log shows a difference, or not everything was
looked at; 2 something could not be read or understood.";

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// A process file whose name ends in .toml or .json, or the name of a preset.
    pub(crate) file: PathBuf,
    /// Only say whether it is valid; explore nothing.
    #[arg(long)]
    pub(crate) valid: bool,
    /// A file of properties that must hold everywhere, TOML or JSON.
    #[arg(long, conflicts_with = "valid")]
    pub(crate) properties: Option<PathBuf>,
    /// Write the result as a page for a browser to this file.
    #[arg(long, conflicts_with = "valid", value_name = "FILE")]
    pub(crate) page: Option<PathBuf>,
    /// Write the first story of how a group gets stuck to this file, as a script that `peercircle run` replays. Where no group
    /// does, nothing is written.
    #[arg(long, conflicts_with = "valid", value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    /// List everything that is left out because it changes no answer. A page has the list in any case.
    #[arg(long, conflicts_with = "valid")]
    pub(crate) verbose: bool,
    #[command(flatten)]
    pub(crate) bounds: BoundsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// A process file, or the name of a preset.
    pub(crate) one: String,
    /// Another.
    pub(crate) other: String,
    /// Also say which of these recorded cycles would have been refused something under the other that the one allows.
    #[arg(long, num_args = 1..)]
    pub(crate) logs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) bounds: BoundsArgs,
}

/// How far to look.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct BoundsArgs {
    /// Members at the beginning, as many as the process allows and 9 at most; its target unless said.
    #[arg(long)]
    pub(crate) members: Option<u8>,
    /// How many leave the group or a session early, at any time.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub(crate) leaving: u8,
    /// How many are absent from each session.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub(crate) absent: u8,
    /// How many come late to each session.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub(crate) late: u8,
    /// How many other things go wrong: pauses, interruptions, suspensions, dates moved, phases skipped or reopened, a facilitator gone.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub(crate) troubles: u8,
    /// The most memory, in MiB.
    #[arg(long, default_value_t = 4096, value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    pub(crate) memory: u64,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModuleWhat {
    /// List the modules there are, by category.
    List {
        #[command(flatten)]
        shelf: Shelf,
    },
    /// Show what a module is about; with --json, all of it.
    Show {
        /// Its id.
        id: String,
        #[command(flatten)]
        shelf: Shelf,
    },
    /// Check a folder of modules, or of one module: valid, or everything that is wrong. Exit status 1: it is not valid.
    Check {
        /// The folder: MODULE/LANGUAGE/module.toml and so on stand in it.
        folder: PathBuf,
        /// Hold the minutes against this process: a file, or the name of a preset.
        #[arg(long)]
        process: Option<String>,
        /// Check the spelling with the Hunspell dictionaries in this folder, such as /usr/share/hunspell.
        #[arg(long)]
        dictionaries: Option<PathBuf>,
    },
    /// Print the handouts that a group takes into the room: workbook, facilitator's guide and job aids.
    #[command(after_help = PRINT_HELP)]
    Print(PrintArgs),
}

const PRINT_HELP: &str = "\
Writes MODULE.html and MODULE.pdf with all three handouts:
  peercircle module print delegation
  peercircle module print delegation --only workbook --format pdf --paper letter --to handouts";

/// Where modules come from.
#[derive(Debug, Args)]
pub(crate) struct Shelf {
    /// A folder of one's own modules, beside those of the catalogue; one with a known id replaces it.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) modules: Option<PathBuf>,
    /// The language; English where a module hasn't got it.
    #[arg(long, default_value = "en")]
    pub(crate) lang: Language,
}

#[derive(Debug, Args)]
pub(crate) struct PrintArgs {
    /// The module's id.
    pub(crate) id: String,
    /// Only these handouts.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) only: Vec<Sheet>,
    /// HTML, PDF, or both.
    #[arg(long = "format", value_enum, value_delimiter = ',')]
    pub(crate) formats: Vec<PrintAs>,
    /// The size of the paper.
    #[arg(long, value_enum, default_value_t = PaperSize::A4)]
    pub(crate) paper: PaperSize,
    /// The process whose minutes are printed: a file, or the name of a preset.
    #[arg(long)]
    pub(crate) process: Option<String>,
    /// The folder to write to.
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) shelf: Shelf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Sheet {
    Workbook,
    Guide,
    JobAids,
}

impl Sheet {
    pub(crate) const ALL: [Self; 3] = [Self::Workbook, Self::Guide, Self::JobAids];

    pub(crate) const fn handout(self) -> Handout {
        match self {
            Self::Workbook => Handout::Workbook,
            Self::Guide => Handout::Guide,
            Self::JobAids => Handout::JobAids,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum PrintAs {
    Html,
    Pdf,
}

impl PrintAs {
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Pdf => "pdf",
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum PaperSize {
    A4,
    Letter,
}

impl PaperSize {
    pub(crate) const fn format(self) -> Format {
        match self {
            Self::A4 => Format::A4,
            Self::Letter => Format::Letter,
        }
    }
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
