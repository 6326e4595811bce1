//! Hunspell dictionaries: which words a language has.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, anyhow};
use peercircle_modules::Language;
use spellbook::Dictionary;

/// The dictionaries of a folder, by the names of their `.aff` files without it.
pub(crate) struct Dictionaries {
    folder: PathBuf,
    /// From a name such as `en_GB` to its `.aff`.
    known: BTreeMap<String, PathBuf>,
}

impl Dictionaries {
    /// Finds what is there: `en_GB.aff` as systems have it, or `dictionary-en-gb/index.aff` as packages have it.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let mut known = BTreeMap::new();
        let entries = fs::read_dir(folder).with_context(|| format!("reading `{}`", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            let inner = path.join("index.aff");
            let path = if inner.is_file() { inner } else { path };
            let named = if path.ends_with("index.aff") { path.parent().unwrap_or(&path) } else { &path };
            let name = named.file_stem().unwrap_or_default().to_string_lossy();
            if path.extension().is_some_and(|ending| ending == "aff") && path.with_extension("dic").is_file() {
                known.insert(name.trim_start_matches("dictionary-").to_owned(), path);
            }
        }
        Ok(Self { folder: folder.to_owned(), known })
    }

    /// The dictionary of a language: `en` takes `en`, else `en_GB`, else the first of any English.
    pub(crate) fn of(&self, language: &Language) -> Result<Dictionary> {
        let plain = |name: &str| name.to_lowercase().replace('_', "-");
        let tag = plain(language.as_str());
        let rank = |name: &str| match plain(name) {
            name if name == tag => Some(0),
            name if name == "en-gb" && tag == "en" => Some(1),
            name if name.starts_with(&format!("{}-", language.primary())) => Some(2),
            name if name == language.primary() => Some(3),
            _ => None,
        };
        let best = self.known.iter().filter_map(|(name, path)| Some((rank(name)?, path))).min();
        let (_, aff) = best.ok_or_else(|| {
            anyhow!("expected a Hunspell dictionary for `{language}` in `{}`, found none", self.folder.display())
        })?;
        let read = |path: &Path| fs::read_to_string(path).with_context(|| format!("reading `{}`", path.display()));
        let (affixes, words) = (read(aff)?, read(&aff.with_extension("dic"))?);
        Dictionary::new(&affixes, &words).map_err(|error| anyhow!("`{}` is no Hunspell dictionary: {error}", aff.display()))
    }
}
