//! `wasm`: the core builds for wasm32-unknown-unknown, and the module it becomes imports nothing: no clock, no randomness,
//! no host. The shim beside this crate drives real calls, so that the linker can't prove the promise by dropping the code.
//!
//! The compiler is the first of these that there is:
//! 1. `PEERCIRCLE_WASM_RUSTC`, the path of a rustc with the standard library's source in its sysroot;
//! 2. the current toolchain, if it has the target (`rustup target add wasm32-unknown-unknown`);
//! 3. target-wasm/rust/usr/bin/rustc, Debian's rustc-web, which `.ci/run` unpacks there where rustup can't be asked.
//!
//! 1 and 3 build the standard library too, with the current cargo and linker, in target-wasm/build.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasmparser::{Parser, Payload};

use crate::workspace::{Workspace, run as sh};

const TARGET: &str = "wasm32-unknown-unknown";
const VARIABLE: &str = "PEERCIRCLE_WASM_RUSTC";
const SHIM: &str = "crates/xtask/wasm-shim";
/// What the shim exports; the linker keeps all that it reaches.
const EXPORT: &str = "drive";

/// Builds the shim and reads what the module imports.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let compiler = Compiler::find(workspace)?;
    let module = build(workspace, &compiler)?;
    let bytes = fs::read(&module).with_context(|| module.display().to_string())?;
    let outline = Outline::read(&bytes)?;
    if !outline.exports.iter().any(|name| name == EXPORT) {
        bail!("the module does not export `{EXPORT}`, so it proves nothing");
    }
    if !outline.imports.is_empty() {
        bail!("the core imports {}", outline.imports.join(", "));
    }
    println!("   no imports; {} functions in {} kB, by {}", outline.functions, bytes.len() / 1000, compiler.name());
    Ok(())
}

/// Who compiles.
enum Compiler {
    /// The current toolchain, which has the target.
    Current,
    /// A rustc with the standard library's source, which is built as well.
    WithSource(PathBuf),
}

impl Compiler {
    fn find(workspace: &Workspace) -> Result<Self> {
        if let Some(rustc) = std::env::var_os(VARIABLE) {
            let rustc = PathBuf::from(rustc);
            if !rustc.is_file() {
                bail!("{VARIABLE} names no file: {}", rustc.display());
            }
            return Ok(Self::WithSource(rustc));
        }
        let libraries = ask(workspace, &["--print", "target-libdir", "--target", TARGET])?;
        if Path::new(&libraries).is_dir() {
            return Ok(Self::Current);
        }
        let unpacked = folder(workspace).join("rust/usr/bin/rustc");
        if unpacked.is_file() {
            return Ok(Self::WithSource(unpacked));
        }
        bail!(
            "no compiler for {TARGET}: `rustup target add {TARGET}`, or, where rustup can't get it, `.ci/run` on Debian, \
             or {VARIABLE}=PATH to a rustc with rust-src (docs/contributing.md)"
        )
    }

    fn name(&self) -> String {
        match self {
            Self::Current => "the current toolchain".to_owned(),
            Self::WithSource(rustc) => {
                let version = with_libraries(&mut Command::new(rustc), rustc).arg("--version").output();
                version.map_or_else(
                    |_| rustc.display().to_string(),
                    |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
                )
            }
        }
    }
}

fn build(workspace: &Workspace, compiler: &Compiler) -> Result<PathBuf> {
    let shim = workspace.root().join(SHIM);
    let target = folder(workspace).join("build");
    // The same versions as the workspace; cargo drops from the copy what the shim has no use for.
    fs::copy(workspace.root().join("Cargo.lock"), shim.join("Cargo.lock"))?;
    let mut cargo = workspace.cargo();
    cargo.current_dir(&shim).args(["build", "--quiet", "--release", "--target", TARGET, "--target-dir"]).arg(&target);
    if let Compiler::WithSource(rustc) = compiler {
        with_libraries(&mut cargo, rustc).arg("-Zbuild-std=std,panic_abort").env("RUSTC", rustc).env("RUSTC_BOOTSTRAP", "1");
        let host_libraries = PathBuf::from(ask(workspace, &["--print", "target-libdir"])?);
        let linker = host_libraries.with_file_name("bin").join("rust-lld");
        if linker.is_file() {
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
    }
    sh(&mut cargo)?;
    Ok(target.join(TARGET).join("release/peercircle_wasm_shim.wasm"))
}

/// Lets an unpacked compiler find the shared libraries that were unpacked with it.
fn with_libraries<'a>(command: &'a mut Command, rustc: &Path) -> &'a mut Command {
    let libraries =
        rustc.ancestors().nth(2).map(|prefix| prefix.join("lib").join(format!("{}-linux-gnu", std::env::consts::ARCH)));
    match libraries {
        Some(libraries) if libraries.is_dir() => command.env("LD_LIBRARY_PATH", libraries),
        _ => command,
    }
}

/// A question to the current rustc, answered in one line.
fn ask(workspace: &Workspace, question: &[&str]) -> Result<String> {
    let output = workspace.command("rustc").args(question).output().context("rustc")?;
    if !output.status.success() {
        bail!("rustc: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root().join("target-wasm")
}

/// What a module shows to the outside.
#[derive(Default)]
struct Outline {
    imports: Vec<String>,
    exports: Vec<String>,
    functions: u32,
}

impl Outline {
    #[expect(clippy::wildcard_enum_match_arm, reason = "most of a module's sections say nothing about its outside")]
    fn read(module: &[u8]) -> Result<Self> {
        let mut outline = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        outline.imports.push(format!("`{}.{}`", import.module, import.name));
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        outline.exports.push(export?.name.to_owned());
                    }
                }
                Payload::CodeSectionStart { count, .. } => outline.functions = count,
                _ => {}
            }
        }
        Ok(outline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_and_exports_are_read() {
        // (module (type (func)) (import "env" "now" (func (type 0))) (export "drive" (func 0)))
        let module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x0b\x01\x03env\x03now\0\0\x07\x09\x01\x05drive\0\0";
        let outline = Outline::read(module).unwrap();
        assert_eq!(outline.imports, ["`env.now`"]);
        assert_eq!(outline.exports, ["drive"]);
        assert_eq!(outline.functions, 0);
        assert!(Outline::read(b"not wasm").is_err());
    }
}
