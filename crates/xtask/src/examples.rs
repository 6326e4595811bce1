//! `examples`: every script below examples/ runs to its end.

use anyhow::{Result, bail};

use crate::workspace::{Workspace, files_below};

/// Runs `peercircle run` on every `examples/**/*.jsonl` and expects each to succeed.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let scripts: Vec<_> = files_below(&workspace.root().join("examples"))?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    if scripts.is_empty() {
        bail!("no script below examples/");
    }
    let peercircle = workspace.tested("peercircle")?;
    for script in &scripts {
        let name = workspace.relative(script);
        let output = workspace.command(&peercircle).arg("run").arg(&name).output()?;
        if !output.status.success() {
            print!("{}", String::from_utf8_lossy(&output.stdout));
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
            bail!("`peercircle run {name}` failed ({})", output.status);
        }
    }
    println!("   {} scripts ran to their end", scripts.len());
    Ok(())
}
