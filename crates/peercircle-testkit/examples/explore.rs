//! Explores a process file or a preset: `cargo run --release --example explore -- [FILE or PRESET] [MEMBERS]`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to its terminal")]

use std::{error::Error, ops::ControlFlow};

use peercircle_core::{Process, ProcessSpec};
use peercircle_testkit::explore::{Bounds, Progress, explore};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "preset".to_owned());
    let members = arguments.next().map_or(Ok(Bounds::default().members), |members| members.parse())?;
    let preset = ProcessSpec::presets().into_iter().find(|(preset, _)| *preset == name);
    let process = match preset {
        Some((_, spec)) => Process::new(spec)?,
        None => serde_json::from_str(&std::fs::read_to_string(&name)?)?,
    };
    let mut watch = |progress: &Progress| {
        eprint!("\r{} states, {} ahead  ", progress.states, progress.ahead);
        ControlFlow::Continue(())
    };
    let started = std::time::Instant::now();
    let answer = explore(&process, &Bounds { members, ..Bounds::default() }, &[], &mut watch);
    eprintln!("\r{:.1} s{:20}", started.elapsed().as_secs_f64(), "");
    println!("{answer}");
    Ok(())
}
