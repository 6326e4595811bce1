//! The modules there are: those that come with the library, and one's own.

use std::{
    collections::BTreeMap,
    fs, io,
    path::Path,
    sync::{Arc, OnceLock},
};

use peercircle_core::ModuleId;
use peercircle_file::{Found, quoted};

use serde::Serialize;

use crate::{About, Category, Files, Language, Module, ModuleIssue, ModuleIssues, Text, issue::placed, parse, sheet::Sheet};

/// The files that are embedded in the library: their names below modules/, and their texts.
const BUILTIN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// The modules there are, each in one or more languages.
///
/// # Example
/// ```
/// use peercircle_modules::Catalogue;
/// let catalogue = Catalogue::builtin();
/// assert_eq!(catalogue.modules("en").count(), 24);
/// // In a language that a module hasn't got, it comes in English.
/// let module = catalogue.module("delegation", "fr-CA").unwrap();
/// assert_eq!(module.language.as_str(), "en");
/// ```
#[derive(Clone, Debug)]
pub struct Catalogue {
    shelves: BTreeMap<ModuleId, BTreeMap<Language, Copy>>,
}

/// A module in one language: its files, and what they say once someone asked for it.
#[derive(Clone, Debug)]
struct Copy {
    files: Arc<Files>,
    module: OnceLock<Option<Arc<Module>>>,
}

impl Catalogue {
    /// The modules that come with the library.
    #[must_use]
    pub fn builtin() -> Self {
        let files = BUILTIN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let mut shelves = BTreeMap::<_, BTreeMap<_, Files>>::new();
        for (name, text) in files {
            let mut parts = name.splitn(3, '/');
            if let (Some(id), Some(language), Some(file)) = (parts.next(), parts.next(), parts.next())
                && let (Ok(id), Ok(language)) = (id.parse::<ModuleId>(), language.parse::<Language>())
            {
                shelves.entry(id).or_default().entry(language).or_default().insert(file.to_owned(), text);
            }
        }
        let copies = |of: BTreeMap<_, Files>| {
            let copy = |files| Copy { files: Arc::new(files), module: OnceLock::new() };
            of.into_iter().map(|(language, files)| (language, copy(files))).collect()
        };
        Self { shelves: shelves.into_iter().map(|(id, of)| (id, copies(of))).collect() }
    }

    /// No modules: for those who bring all of their own.
    #[must_use]
    pub const fn empty() -> Self {
        Self { shelves: BTreeMap::new() }
    }

    /// The catalogue with one's own modules added; a module with an id that is taken replaces it, in all its languages.
    ///
    /// The names of the files are `MODULE/LANGUAGE/FILE`, such as `delegation/en/module.toml`.
    ///
    /// # Errors
    /// Everything that is wrong with the files; the catalogue is then as it was.
    pub fn with(mut self, files: impl IntoIterator<Item = (String, String)>) -> Result<Self, ModuleIssues> {
        let mut shelves = BTreeMap::<String, BTreeMap<String, Files>>::new();
        let mut issues = Vec::new();
        for (name, text) in files {
            match name.splitn(3, '/').collect::<Vec<_>>().as_slice() {
                [id, language, file] => {
                    let shelf = shelves.entry((*id).to_owned()).or_default();
                    shelf.entry((*language).to_owned()).or_default().insert((*file).to_owned(), text);
                }
                _ => {
                    let found = Found::syntax(0, "a file in a folder MODULE/LANGUAGE", quoted(&name));
                    issues.extend(placed(&name, "", vec![found]));
                }
            }
        }
        for (id, languages) in &shelves {
            let mut copies = BTreeMap::new();
            for (language, files) in languages {
                match parse(id, language, files) {
                    Ok(module) => {
                        copies.insert(module.language.clone(), (module, files));
                    }
                    Err(wrong) => issues.extend_from_slice(wrong.issues()),
                }
            }
            issues.extend(disagreements(id, &copies));
            if let Ok(id) = id.parse() {
                let copies = copies.into_iter().map(|(language, (module, files))| {
                    let module = OnceLock::from(Some(Arc::new(module)));
                    (language, Copy { files: Arc::new(files.clone()), module })
                });
                self.shelves.insert(id, copies.collect());
            }
        }
        if issues.is_empty() { Ok(self) } else { Err(ModuleIssues::new(issues)) }
    }

    /// The catalogue with the modules of a folder added: [`read_folder`], then [`Catalogue::with`].
    ///
    /// # Errors
    /// [`FolderError`]: it can't be read, or everything that is wrong with its files.
    pub fn with_folder(self, folder: &Path) -> Result<Self, FolderError> {
        Ok(self.with(read_folder(folder)?)?)
    }

    /// The ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &ModuleId> {
        self.shelves.keys()
    }

    /// The languages that a module comes in; none where there is no such module.
    pub fn languages(&self, id: &str) -> impl Iterator<Item = &Language> {
        id.parse::<ModuleId>().ok().and_then(|id| self.shelves.get(&id)).into_iter().flat_map(BTreeMap::keys)
    }

    /// The module with this id, in this language or the next best ([`Language::fallbacks`]); none where there is no such module.
    #[must_use]
    pub fn module(&self, id: &str, language: &str) -> Option<Arc<Module>> {
        let id = id.parse::<ModuleId>().ok()?;
        let (language, copy) = self.copy(&id, language)?;
        copy.module(&id, language)
    }

    /// Every module, in this language or the next best, in the order of the ids.
    pub fn modules(&self, language: &str) -> impl Iterator<Item = Arc<Module>> {
        self.shelves.keys().filter_map(move |id| {
            let (language, copy) = self.copy(id, language)?;
            copy.module(id, language)
        })
    }

    /// What a list of modules shows, in this language or the next best, in the order of the ids. Reads less than
    /// [`Catalogue::modules`].
    pub fn titles(&self, language: &str) -> impl Iterator<Item = Title> {
        self.shelves.iter().filter_map(move |(id, shelf)| {
            let (language, copy) = self.copy(id, language)?;
            let about = Sheet::<About>::toml("module.toml", copy.files.get("module.toml")?).finish().0?;
            let (id, language, languages) = (id.clone(), language.clone(), shelf.keys().cloned().collect());
            let About { title, version, category, summary, .. } = about;
            Some(Title { id, language, languages, version, category, title, summary })
        })
    }

    fn copy(&self, id: &ModuleId, language: &str) -> Option<(&Language, &Copy)> {
        let shelf = self.shelves.get(id)?;
        let wanted = language.parse::<Language>().ok();
        let tags = wanted.as_ref().map(|language| language.fallbacks().collect::<Vec<_>>());
        let best = tags.unwrap_or_else(|| vec![Language::LAST]).into_iter();
        best.filter_map(|tag| shelf.iter().find(|(language, _)| language.as_str() == tag))
            .next()
            .or_else(|| shelf.first_key_value())
    }
}

/// A module in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Title {
    /// Its id.
    pub id: ModuleId,
    /// The language of its title.
    pub language: Language,
    /// The languages it comes in.
    pub languages: Vec<Language>,
    /// Its version.
    pub version: u32,
    /// The category it belongs to.
    pub category: Category,
    /// Its title.
    pub title: Text,
    /// One line.
    pub summary: Text,
}

impl Copy {
    /// What its files say. Those of the library are valid, as its tests hold; one's own were parsed when they came in.
    fn module(&self, id: &ModuleId, language: &Language) -> Option<Arc<Module>> {
        self.module.get_or_init(|| parse(id.as_str(), language.as_str(), &self.files).ok().map(Arc::new)).clone()
    }
}

/// Why a folder's modules can't be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The folder can't be read.
    #[error("reading modules: {0}")]
    Io(#[from] io::Error),
    /// There is something wrong with its files.
    #[error("{0}")]
    Invalid(#[from] ModuleIssues),
}

impl FolderError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "unreadable_folder",
            Self::Invalid(issues) => issues.code(),
        }
    }
}

/// The files of a folder of modules, or of the folder of one module, by their names from MODULE on.
///
/// What begins with a dot is left out, and so is whatever stands beside the folders of modules, such as a README.
///
/// # Errors
/// The folder or one of its files can't be read, or isn't text.
pub fn read_folder(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let is_module = folders(folder)?.iter().any(|inner| inner.join("module.toml").is_file());
    let modules = if is_module { vec![fs::canonicalize(folder)?] } else { folders(folder)? };
    for module in modules {
        let root = module.parent().unwrap_or(&module).to_owned();
        for language in folders(&module)? {
            collect(&root, &language, &mut files)?;
        }
    }
    Ok(files)
}

fn entries(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    let all = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let is_shown = |path: &std::path::PathBuf| !path.file_name().unwrap_or_default().to_string_lossy().starts_with('.');
    let mut shown: Vec<_> = all.into_iter().filter(is_shown).collect();
    shown.sort();
    Ok(shown)
}

fn folders(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    Ok(entries(folder)?.into_iter().filter(|path| path.is_dir()).collect())
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> io::Result<()> {
    for path in entries(folder)? {
        if path.is_dir() {
            collect(root, &path, files)?;
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&path).map_err(|error| io::Error::new(error.kind(), format!("`{name}`: {error}")))?;
        files.push((name, text));
    }
    Ok(())
}

/// Where a translation differs from the module it translates in more than its words.
fn disagreements(id: &str, copies: &BTreeMap<Language, (Module, &Files)>) -> Vec<ModuleIssue> {
    let english = copies.iter().find(|(language, _)| language.as_str() == Language::LAST);
    let Some((_, (original, _))) = english.or_else(|| copies.first_key_value()) else { return Vec::new() };
    let mut issues = Vec::new();
    for (language, (module, files)) in copies.iter().filter(|(language, _)| **language != original.language) {
        let text = files.get("module.toml").map_or("", String::as_str);
        let mut sheet = Sheet::<About>::toml("module.toml", text);
        for (path, expected, got) in differences(original, module) {
            sheet.report(&path, format!("{expected}, as in `{}`", original.language), got);
        }
        issues.extend(placed(&format!("{id}/{language}/module.toml"), text, sheet.finish().3));
    }
    issues
}

/// What has to be the same in every language: path, in the original, in the translation.
fn differences(original: &Module, module: &Module) -> Vec<(String, String, String)> {
    let facts = |of: &Module| {
        let ids = |list: Vec<String>| list.join(", ");
        let strategies = of.about.strategies.iter().map(|one| one.id.to_string()).collect();
        let sources = of.about.sources.iter().map(|one| one.id.clone()).collect();
        let exercise = |one: &crate::Exercise| {
            let front = &one.front;
            format!("{} ({}, {} min)", one.id, front.phase.kind().name(), front.minutes)
        };
        [
            ("version", of.about.version.to_string()),
            ("category", of.about.category.name().to_owned()),
            ("strategies", ids(strategies)),
            ("sources", ids(sources)),
            ("exercises", ids(of.exercises.iter().map(exercise).collect())),
            ("job_aids", ids(of.job_aids.iter().map(|one| one.id.clone()).collect())),
        ]
    };
    let pairs = facts(original).into_iter().zip(facts(module));
    let unlike = pairs.filter(|((_, one), (_, other))| one != other);
    unlike.map(|((path, expected), (_, got))| (path.to_owned(), expected, got)).collect()
}
