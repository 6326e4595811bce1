//! Modules: the catalogue, one's own, and their handouts.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context as _, Result, bail};
use peercircle_core::Process;
use peercircle_modules::{Bounds, Catalogue, Files, Module, ModuleIssue, parse, read_folder, review};
use peercircle_print::{Format, Paper, to_html, to_pdf};
use serde_json::json;

use crate::{
    args::{PrintArgs, PrintAs, Sheet, Shelf},
    dictionary::Dictionaries,
    out::{BAD, DIM, HEAD, Out, YES},
    process,
};

/// The catalogue, with one's own modules.
pub(crate) fn catalogue(shelf: &Shelf) -> Result<Catalogue> {
    let builtin = Catalogue::builtin();
    let Some(folder) = &shelf.modules else { return Ok(builtin) };
    builtin.with_folder(folder).with_context(|| format!("the modules in `{}`", folder.display()))
}

/// The module with this id.
pub(crate) fn find(shelf: &Shelf, id: &str) -> Result<Arc<Module>> {
    let catalogue = catalogue(shelf)?;
    if let Some(module) = catalogue.module(id, shelf.lang.as_str()) {
        return Ok(module);
    }
    let ids: Vec<_> = catalogue.ids().map(peercircle_core::ModuleId::as_str).collect();
    let nearest = ids.iter().min_by_key(|other| strsim::osa_distance(id, other));
    match nearest.filter(|other| strsim::osa_distance(id, other) <= id.len() / 2) {
        Some(nearest) => bail!("expected a module of the catalogue, got `{id}`; did you mean `{nearest}`?"),
        None => bail!("expected a module of the catalogue, got `{id}`; `peercircle module list` lists them"),
    }
}

pub(crate) fn list(shelf: &Shelf, out: Out) -> Result<ExitCode> {
    let catalogue = catalogue(shelf)?;
    let mut all: Vec<_> = catalogue.titles(shelf.lang.as_str()).collect();
    all.sort_by(|one, other| (one.category, &one.id).cmp(&(other.category, &other.id)));
    out.answer(&all, || {
        let mut category = None;
        for one in &all {
            if category != Some(one.category) {
                let gap = if category.is_some() { "\n" } else { "" };
                anstream::println!("{gap}{HEAD}{}{HEAD:#}", one.category.label());
                category = Some(one.category);
            }
            anstream::println!("  {:<28} {}\n  {:<28} {DIM}{}{DIM:#}", one.id, one.title, "", one.summary);
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn show(shelf: &Shelf, id: &str, out: Out) -> Result<ExitCode> {
    let module = find(shelf, id)?;
    out.answer(&*module, || anstream::print!("{}", told(&module)))?;
    Ok(ExitCode::SUCCESS)
}

/// A module in a terminal: what it is about, what can be tried, what there is.
fn told(module: &Module) -> String {
    let about = &module.about;
    let mut text = format!("{HEAD}{}{HEAD:#}  {DIM}{} · {}{DIM:#}\n", about.title, module.id, module.language);
    let _ = writeln!(text, "{}\n", about.summary);
    let _ = writeln!(text, "{}\n", wrapped(about.challenge.as_str(), ""));
    let _ = writeln!(text, "{HEAD}For{HEAD:#} {}\n", about.audience);
    let _ = writeln!(text, "{HEAD}Afterwards I can{HEAD:#}");
    for objective in &about.objectives {
        let _ = writeln!(text, "{}", wrapped(&format!("- {objective}"), "  "));
    }
    let _ = writeln!(text, "\n{HEAD}Strategies{HEAD:#}");
    for strategy in &about.strategies {
        let _ = writeln!(text, "  {:<24} {}", strategy.id.as_str(), strategy.name);
        let _ = writeln!(text, "  {:<24} {DIM}\"{}\"{DIM:#}", "", strategy.say);
    }
    let _ = writeln!(text, "\n{HEAD}To read{HEAD:#} {}", module.reference.front.title);
    let _ = writeln!(text, "{HEAD}Case{HEAD:#} {}", module.case.front.title);
    for exercise in &module.exercises {
        let front = &exercise.front;
        let phase = front.phase.kind().label();
        let _ = writeln!(text, "{HEAD}Exercise{HEAD:#} {} {DIM}({} min, {phase}){DIM:#}", front.title, front.minutes);
    }
    for job_aid in &module.job_aids {
        let _ = writeln!(text, "{HEAD}Job aid{HEAD:#} {}", job_aid.front.title);
    }
    text
}

/// A text in lines of up to 100 characters.
fn wrapped(text: &str, indent: &str) -> String {
    let mut lines = String::from(indent);
    let mut width = indent.len();
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if width + length >= 100 {
            let _ = write!(lines, "\n{indent}");
            width = indent.len();
        } else if width > indent.len() {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += length;
    }
    lines
}

pub(crate) fn check(folder: &Path, process: Option<&str>, dictionaries: Option<&Path>, out: Out) -> Result<ExitCode> {
    let name = folder.display();
    let files = read_folder(folder).with_context(|| format!("reading `{name}`"))?;
    if files.is_empty() {
        bail!("expected a folder of modules, or of one module, in `{name}`; found no MODULE/LANGUAGE/module.toml below it");
    }
    let process = process::load(process)?;
    let dictionaries = dictionaries.map(Dictionaries::read).transpose()?;
    let mut checked = Checked::default();
    if let Err(issues) = Catalogue::empty().with(files.clone()) {
        checked.issues.extend_from_slice(issues.issues());
    }
    let mut copies = BTreeMap::<(String, String), Files>::new();
    for (name, text) in files {
        if let [id, language, file] = name.splitn(3, '/').collect::<Vec<_>>().as_slice() {
            let copy = copies.entry(((*id).to_owned(), (*language).to_owned())).or_default();
            copy.insert((*file).to_owned(), text);
        }
    }
    for ((id, language), files) in &copies {
        checked.look(id, language, files, &process, dictionaries.as_ref())?;
    }
    let valid = checked.issues.is_empty() && checked.misfits.is_empty();
    let answer = json!({"valid": valid, "modules": checked.modules, "issues": checked.issues, "process": checked.misfits});
    out.answer(&answer, || checked.tell(valid))?;
    Ok(if valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[derive(Default)]
struct Checked {
    modules: Vec<String>,
    issues: Vec<ModuleIssue>,
    /// Where a module needs more minutes than the process has.
    misfits: Vec<String>,
}

impl Checked {
    fn look(
        &mut self,
        id: &str,
        language: &str,
        files: &Files,
        process: &Process,
        dictionaries: Option<&Dictionaries>,
    ) -> Result<()> {
        let folder = format!("{id}/{language}");
        self.modules.push(folder.clone());
        let module = parse(id, language, files);
        let Ok(language) = language.parse() else { return Ok(()) };
        let dictionary = dictionaries.map(|all| all.of(&language)).transpose()?;
        let knows = |word: &str| dictionary.as_ref().is_none_or(|dictionary| dictionary.check(word));
        self.issues.extend(review(&folder, files, Bounds::of(&language), &knows));
        let Ok(module) = module else { return Ok(()) };
        for over in module.overfull(process.spec()) {
            let (phase, needs, has) = (over.phase.kind().label(), over.needs, over.has);
            self.misfits.push(format!("{folder}: expected at most {has} minutes in {phase}, got {needs}"));
        }
        Ok(())
    }

    fn tell(&self, valid: bool) {
        for issue in &self.issues {
            anstream::eprintln!("{issue}");
        }
        for misfit in &self.misfits {
            anstream::eprintln!("{misfit}");
        }
        let count = self.issues.len() + self.misfits.len();
        if valid {
            anstream::println!("{YES}valid{YES:#} {}", self.modules.join(", "));
        } else {
            anstream::eprintln!("{BAD}not valid{BAD:#}: {count} issue{}", if count == 1 { "" } else { "s" });
        }
    }
}

pub(crate) fn print(print: &PrintArgs, out: Out) -> Result<ExitCode> {
    let module = find(&print.shelf, &print.id)?;
    let process = process::load(print.process.as_deref())?;
    let handouts: Vec<_> = if print.only.is_empty() { Sheet::ALL.to_vec() } else { print.only.clone() };
    let papers: Vec<_> = handouts.iter().map(|sheet| sheet.handout().of(&module, process.spec())).collect();
    let name = match handouts.as_slice() {
        [one] => format!("{}-{}", module.id, one.handout().name()),
        _ => module.id.to_string(),
    };
    fs::create_dir_all(&print.to).with_context(|| format!("making `{}`", print.to.display()))?;
    let mut written = Vec::new();
    for kind in if print.formats.is_empty() { &[PrintAs::Html, PrintAs::Pdf][..] } else { &print.formats } {
        let file = print.to.join(format!("{name}.{}", kind.ending()));
        let bytes = set(&papers, &module, *kind, print.paper.format())?;
        fs::write(&file, bytes).with_context(|| format!("writing `{}`", file.display()))?;
        written.push(file);
    }
    if module.language.primary() != print.shelf.lang.primary() {
        out.note(&format!("`{}` has no text in `{}`; printed in `{}`", module.id, print.shelf.lang, module.language));
    }
    let answer = json!({"module": module.id, "language": module.language, "files": written});
    out.answer(&answer, || {
        written.iter().for_each(|file: &PathBuf| anstream::println!("{YES}wrote{YES:#} {}", file.display()))
    })?;
    Ok(ExitCode::SUCCESS)
}

fn set(papers: &[Paper], module: &Module, kind: PrintAs, format: Format) -> Result<Vec<u8>> {
    match kind {
        PrintAs::Html => Ok(to_html(papers, &module.language, format).into_bytes()),
        PrintAs::Pdf => Ok(to_pdf(papers, &module.language, format)?.bytes),
    }
}
