//! Explores a process file or a preset: `cargo run --release --example explore -- [FILE or PRESET] [MEMBERS] [TROUBLES] [LEAVING] [ABSENT] [LATE]`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to its terminal")]

use std::error::Error;

use peercircle_core::{Process, ProcessSpec};
use peercircle_testkit::explore::{Bounds, explore, quietly};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "preset".to_owned());
    let mut number = |usual: u8| arguments.next().map_or(Ok(usual), |text| text.parse());
    let usual = Bounds::default();
    let bounds = Bounds {
        members: number(usual.members)?,
        troubles: number(usual.troubles)?,
        leaving: number(usual.leaving)?,
        absent: number(usual.absent)?,
        late: number(usual.late)?,
        states: 1_500_000,
        ..usual
    };
    let preset = ProcessSpec::presets().into_iter().find(|(preset, _)| *preset == name);
    let process = match preset {
        Some((_, spec)) => Process::new(spec)?,
        None => serde_json::from_str(&std::fs::read_to_string(&name)?)?,
    };
    let started = std::time::Instant::now();
    let answer = explore(&process, &bounds, &[], &mut quietly);
    eprintln!("{:.2} s", started.elapsed().as_secs_f64());
    for (stage, states) in &answer.stages {
        eprint!("{} {states}, ", stage.name());
    }
    println!("{answer}");
    Ok(())
}
