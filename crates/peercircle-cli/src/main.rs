//! The `peercircle` command: everything the library can do, by hand and in scripts.

mod args;
mod ask;
mod cycle_file;
mod dictionary;
mod generate;
mod keep;
mod look;
mod module;
mod out;
mod process;
mod prove;
mod story;
mod tell;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::{
    args::{Cli, ModuleWhat, ProcessWhat, What},
    out::Out,
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misread(&error),
    };
    let out = Out::new(cli.json);
    match run(cli.what, out) {
        Ok(code) => code,
        Err(error) => {
            out.fail(&error);
            ExitCode::from(2)
        }
    }
}

/// What was typed isn't a command line, or asks for help. In JSON where that was asked for.
fn misread(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args().any(|argument| argument == "--json") {
        Out::new(true).fail_as("usage", error.render().to_string().trim());
        return ExitCode::from(2);
    }
    error.exit()
}

fn run(what: What, out: Out) -> anyhow::Result<ExitCode> {
    match what {
        What::Run { script, log } => story::run(&script, log.as_deref(), out),
        What::New(new) => keep::new(new, out),
        What::Do(asked) => keep::give(&asked, out),
        What::Show { file, hr } => look::show(&file, hr, out),
        What::Explain(asked) => look::explain(&asked, out),
        What::Allowed(who) => look::allowed(&who, out),
        What::Guide(who) => look::guide(&who, out),
        What::Path(asked) => look::path(&asked, out),
        What::Due { file, at } => look::due(&file, at, out),
        What::Waiting { file } => look::waiting(&file, out),
        What::Replay { log } => look::show(&log, true, out),
        What::Rules => process::rules(out),
        What::Process { what } => match what {
            ProcessWhat::Check(check) => prove::check(&check, out),
            ProcessWhat::Diff(diff) => prove::diff(&diff, out),
            ProcessWhat::Coverage { logs } => prove::coverage(&logs, out),
            ProcessWhat::Monitor { logs, properties, at } => prove::monitor(&logs, properties.as_deref(), at, out),
            ProcessWhat::Presets => process::presets(out),
            ProcessWhat::Show { name } => process::show(&name, out),
        },
        What::Module { what } => match what {
            ModuleWhat::List { shelf } => module::list(&shelf, out),
            ModuleWhat::Show { id, shelf } => module::show(&shelf, &id, out),
            ModuleWhat::Check { folder, process, dictionaries } => {
                module::check(&folder, process.as_deref(), dictionaries.as_deref(), out)
            }
            ModuleWhat::Print(print) => module::print(&print, out),
        },
        What::Diagram { process, format } => process::diagram(process.as_deref(), format, out),
        What::Schema { name } => generate::print(name.as_deref(), out),
        What::Generate { folder } => {
            generate::write(&folder)?;
            Ok(ExitCode::SUCCESS)
        }
        What::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "peercircle", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    }
}
