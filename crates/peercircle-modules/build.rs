//! Lists the files in modules/ for the binary to embed: cargo sees new ones, which an embedding macro would not.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("modules");
    let mut list = String::from("&[\n");
    each(&root, &mut |path| {
        let name = path.strip_prefix(&root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let _ = writeln!(list, "({name:?}, include_str!({:?})),", path.display().to_string());
    })?;
    list.push(']');
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("builtin.rs"), list)
}

/// Every file below `folder`, in the order of their names.
fn each(folder: &Path, visit: &mut impl FnMut(&Path)) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            each(&path, visit)?;
        } else {
            println!("cargo::rerun-if-changed={}", path.display());
            visit(&path);
        }
    }
    Ok(())
}
