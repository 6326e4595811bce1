//! `new` and `do`: a cycle in a file, driven command by command.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use peercircle_core::{Command, Context, Cycle, ModuleRef, Verdict};

use crate::{
    args::{Asked, New},
    ask::{Ready, time},
    cycle_file::{self, Kept, Writer},
    out::Out,
    process::load,
    tell,
};

/// Begins a cycle in a new file.
pub(crate) fn new(new: New, out: Out) -> Result<ExitCode> {
    let previous = match &new.previous {
        Some(path) => {
            let last = cycle_file::read(path, out)?.cycle;
            Some(Box::new(last.succession().with_context(|| format!("`{}` has no cycle", path.display()))?))
        }
        None => None,
    };
    let form = Command::FormCycle {
        cycle: new.cycle.clone(),
        group: new.group,
        module: ModuleRef::new(new.module, new.strategies)?,
        process: Box::new(load(new.process.as_deref())?),
        previous,
    };
    let fresh = Cycle::default();
    let verdict = fresh.decide(&form, &Context::organiser(time(new.at)?));
    if verdict.is_accepted() {
        cycle_file::create(&new.file, &new.cycle, verdict.events())?;
    }
    answer(&fresh, &verdict, out)
}

/// Gives a command to a cycle in a file. `cycle.form` makes the file, as `new` does.
pub(crate) fn give(asked: &Asked, out: Out) -> Result<ExitCode> {
    if !asked.file.exists() {
        let kept = Kept::default();
        let ready = Ready::new(asked, &kept)?;
        if let Command::FormCycle { cycle, .. } = &ready.command {
            let verdict = kept.cycle.decide(&ready.command, &ready.context);
            if verdict.is_accepted() {
                cycle_file::create(&asked.file, cycle, verdict.events())?;
            }
            return answer(&kept.cycle, &verdict, out);
        }
    }
    let (writer, kept) = Writer::open(&asked.file)?;
    let ready = Ready::new(asked, &kept)?;
    let verdict = kept.cycle.decide(&ready.command, &ready.context);
    if let (Verdict::Accepted(events), Some(stream)) = (&verdict, kept.cycle.roster().cycle()) {
        writer.append(stream, events, out)?;
    }
    answer(&kept.cycle, &verdict, out)
}

fn answer(cycle: &Cycle, verdict: &Verdict, out: Out) -> Result<ExitCode> {
    let view = cycle.view_verdict(verdict);
    out.answer(&view, || tell::verdict(cycle, verdict))?;
    Ok(if matches!(verdict, Verdict::Refused(_)) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
