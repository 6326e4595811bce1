//! Looking at a cycle in a file: show, explain, allowed, guide, path, due, waiting.

use std::{path::Path, process::ExitCode};

use anyhow::Result;
use peercircle_core::Instant;
use serde_json::json;

use crate::{
    args::{Asked, Who},
    ask::{Ready, time, who},
    cycle_file,
    out::Out,
    tell,
};

pub(crate) fn show(file: &Path, hr: bool, out: Out) -> Result<ExitCode> {
    let cycle = cycle_file::read(file, out)?.cycle;
    if hr {
        let facts = cycle.disclose();
        out.answer(&facts, || tell::facts(&facts))?;
    } else {
        let view = cycle.view();
        out.answer(&view, || tell::cycle(&view))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn explain(asked: &Asked, out: Out) -> Result<ExitCode> {
    let kept = cycle_file::read(&asked.file, out)?;
    let ready = Ready::new(asked, &kept)?;
    let view = kept.cycle.view_explanation(&ready.command, &ready.context);
    out.answer(&view, || tell::explanation(&view))?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn allowed(asked: &Who, out: Out) -> Result<ExitCode> {
    let cycle = cycle_file::read(&asked.file, out)?.cycle;
    let context = who(&asked.by, &cycle)?;
    let view = cycle.view_allowed(context.actor, context.now);
    out.answer(&view, || tell::allowed(&view))?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn guide(asked: &Who, out: Out) -> Result<ExitCode> {
    let cycle = cycle_file::read(&asked.file, out)?.cycle;
    let context = who(&asked.by, &cycle)?;
    let view = cycle.view_guide(context.actor, context.now);
    out.answer(&view, || tell::guide(&view))?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn path(asked: &Asked, out: Out) -> Result<ExitCode> {
    let kept = cycle_file::read(&asked.file, out)?;
    let ready = Ready::new(asked, &kept)?;
    let view = kept.cycle.view_path(&ready.command, &ready.context);
    out.answer(&view, || tell::path(&view))?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn due(file: &Path, at: Option<Instant>, out: Out) -> Result<ExitCode> {
    let cycle = cycle_file::read(file, out)?.cycle;
    let now = time(at)?;
    let (due, next) = (cycle.view_due(now), cycle.view_next_due(now));
    out.answer(&json!({"due": due, "next": next}), || tell::due(&due, &next))?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn waiting(file: &Path, out: Out) -> Result<ExitCode> {
    let cycle = cycle_file::read(file, out)?.cycle;
    let view = cycle.view_waiting();
    out.answer(&view, || tell::waiting(&view))?;
    Ok(ExitCode::SUCCESS)
}
