//! Lists the scripts in corpus/ for the library to embed: cargo sees new ones, which an embedding macro would not.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("corpus");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut scripts = fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    scripts.sort();
    let mut list = String::from("&[\n");
    for path in scripts {
        println!("cargo::rerun-if-changed={}", path.display());
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let _ = writeln!(list, "({name:?}, include_str!({:?})),", Path::display(&path).to_string());
    }
    list.push(']');
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("corpus.rs"), list)
}
