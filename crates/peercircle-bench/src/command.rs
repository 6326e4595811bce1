//! The `peercircle` command from a cold start, beside a start that does nothing.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};

use crate::{
    measure::Effort,
    table::{Row, Target},
};

/// Listing all modules, and printing a workbook; each a process of its own.
pub(crate) fn starting(rows: &mut Vec<Row>, command: &Path, effort: Effort) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("peercircle-bench-{}", std::process::id()));
    let into = folder.to_string_lossy();
    let measured = |words: &[&str]| -> Result<f64> {
        let said = Command::new(command).args(words).output().with_context(|| command.display().to_string())?;
        ensure!(said.status.success(), "`{}` failed: {}", words.join(" "), String::from_utf8_lossy(&said.stderr));
        let once = || Command::new(command).args(words).output().is_ok_and(|said| said.status.success());
        effort.per_second(1, || once().into())
    };
    let list = ["module", "list"];
    let print = ["module", "print", "delegation", "--only", "workbook", "--format", "html", "--to", &into];
    let (alone, list, print) = (measured(&["--version"])?, measured(&list)?, measured(&print)?);
    std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let millis = |millis: f64| Target::WithinNanos(millis * 1e6);
    rows.push(Row::new("`module list`, a process each", list).beside("start alone", alone).wanting(millis(20.0)));
    rows.push(Row::new("a workbook to HTML, a process each", print).beside("start alone", alone).wanting(millis(50.0)));
    rows.push(Row::new("- `--version`: start alone", alone));
    Ok(())
}
