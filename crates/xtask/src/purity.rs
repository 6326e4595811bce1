//! What the core's sources must not name: no clock, no I/O, no threads, no floating point, no hash order.
//!
//! Sources are read as tokens, so comments and text do not count, and neither does what is under `#[cfg(test)]` or in a file
//! of tests (`tests.rs`, `tests/`).

use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::workspace::{Workspace, files_below};

/// Names that may stand nowhere.
const NAMES: [&str; 4] = ["HashMap", "HashSet", "f32", "f64"];

/// Paths that may not be used, nor anything below them.
const PATHS: [&str; 8] = [
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
];

/// Paths that would bring one of the above in under another name.
const WHOLE: [&str; 3] = ["std", "std::*", "std::time::*"];

/// Every impurity in the sources of the crate `name`, as `file:line: what`.
pub(crate) fn check(workspace: &Workspace, name: &str) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for file in files_below(&workspace.root().join("crates").join(name).join("src"))? {
        if file.extension().is_none_or(|extension| extension != "rs") || is_test(&file) {
            continue;
        }
        let shown = workspace.relative(&file);
        let tokens = fs::read_to_string(&file)?.parse().map_err(|error| anyhow!("{shown}: {error}"))?;
        problems.extend(impurities(tokens).into_iter().map(|found| format!("{shown}:{found}")));
    }
    Ok(problems)
}

fn is_test(file: &Path) -> bool {
    file.ends_with("tests.rs") || file.components().any(|part| part.as_os_str() == "tests")
}

fn impurities(tokens: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    walk(tokens, "", &mut found);
    found
}

/// Walks `tokens`, of which `prefix` is the path they continue (the `std::` before a brace).
fn walk(tokens: TokenStream, prefix: &str, found: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut path = prefix.to_owned();
    let mut after_dot = false;
    while let Some(token) = tokens.next() {
        let line = token.span().start().line;
        let dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                if let Some(TokenTree::Group(attribute)) = tokens.next_if(is_attribute)
                    && is_cfg_test(&attribute)
                {
                    skip_item(&mut tokens);
                }
                path = prefix.to_owned();
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => {}
            TokenTree::Punct(punct) if punct.as_char() == '*' && path.ends_with("::") => {
                path.push('*');
                judge_path(&path, line, found);
            }
            TokenTree::Ident(name) => {
                let name = name.to_string();
                if NAMES.contains(&name.as_str()) {
                    found.push(format!("{line}: `{name}`"));
                }
                path = if path.ends_with("::") || path.is_empty() { path + &name } else { name };
                if followed_by_path(&mut tokens) {
                    path.push_str("::");
                } else {
                    judge_path(&path, line, found);
                }
            }
            TokenTree::Group(group) => {
                let inside = if path.ends_with("::") { path.as_str() } else { "" };
                walk(group.stream(), inside, found);
                path = prefix.to_owned();
            }
            TokenTree::Literal(literal) => {
                if !after_dot && is_float(&literal.to_string()) {
                    found.push(format!("{line}: the floating point number `{literal}`"));
                }
                path = prefix.to_owned();
            }
            TokenTree::Punct(_) => path = prefix.to_owned(),
        }
        after_dot = dot;
    }
}

type Tokens = std::iter::Peekable<proc_macro2::token_stream::IntoIter>;

/// Whether `::` comes next; a single colon does not continue a path.
fn followed_by_path(tokens: &mut Tokens) -> bool {
    matches!(tokens.peek(), Some(TokenTree::Punct(punct))
        if punct.as_char() == ':' && punct.spacing() == proc_macro2::Spacing::Joint)
}

fn judge_path(path: &str, line: usize, found: &mut Vec<String>) {
    let path = path.trim_end_matches("::self");
    let at_or_below = |banned: &str| path.strip_prefix(banned).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    if PATHS.iter().any(|banned| at_or_below(banned)) || WHOLE.contains(&path) {
        found.push(format!("{line}: `{path}`"));
    }
}

fn is_attribute(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket)
}

fn is_cfg_test(attribute: &Group) -> bool {
    let words: Vec<String> = flatten(attribute.stream());
    let has = |word: &str| words.iter().any(|w| w == word);
    words.first().is_some_and(|first| first == "cfg") && has("test") && !has("not") && !has("any")
}

fn flatten(tokens: TokenStream) -> Vec<String> {
    let word = |token| match token {
        TokenTree::Group(group) => flatten(group.stream()),
        TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {
            vec![token.to_string()]
        }
    };
    tokens.into_iter().flat_map(word).collect()
}

/// Skips to the end of the item that an attribute stands before: its braces or its semicolon.
fn skip_item(tokens: &mut Tokens) {
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            TokenTree::Punct(punct) if punct.as_char() == ';' => return,
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn is_float(literal: &str) -> bool {
    let number = literal.starts_with(|first: char| first.is_ascii_digit());
    let based = ["0x", "0b", "0o"].iter().any(|base| literal.starts_with(base));
    let suffixed = literal.ends_with("f32") || literal.ends_with("f64");
    let scaled = literal.trim_end_matches("usize").trim_end_matches("isize").contains(['e', 'E']);
    number && !based && (suffixed || scaled || literal.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<String> {
        impurities(source.parse().unwrap())
    }

    #[test]
    fn names_and_paths_are_found_with_their_line() {
        assert_eq!(found("use std::fs;"), ["1: `std::fs`"]);
        assert_eq!(
            found("use std::{fmt, net::{IpAddr}, time::{Duration, Instant}};"),
            ["1: `std::net::IpAddr`", "1: `std::time::Instant`"]
        );
        assert_eq!(found("\nfn f() { ::std::thread::yield_now(); }"), ["2: `std::thread::yield_now`"]);
        assert_eq!(found("type T = std::collections::HashMap<u8, f32>;"), ["1: `HashMap`", "1: `f32`"]);
        assert_eq!(found("use std::*; use std as s; use std::time::*;"), ["1: `std::*`", "1: `std`", "1: `std::time::*`"]);
        assert_eq!(found("use std::fs::{self, File};"), ["1: `std::fs`", "1: `std::fs::File`"]);
        assert_eq!(found("const X: u8 = 1.5 as u8;"), ["1: the floating point number `1.5`"]);
    }

    #[test]
    fn what_is_pure_is_left_alone() {
        let none: Vec<String> = Vec::new();
        assert_eq!(found("// std::fs f64\n/// HashMap\nconst X: &str = \"std::net f32\";"), none);
        assert_eq!(found("use std::{collections::BTreeMap, fmt, time::Duration}; struct Instant;"), none);
        assert_eq!(found("fn f(x: ((u8, u8),)) -> u8 { x.0.1 + 0xfe + 10usize }"), none);
        assert_eq!(found("match fs { net: thread => time::now() }"), none);
    }

    #[test]
    fn tests_are_free() {
        let none: Vec<String> = Vec::new();
        assert_eq!(found("#[cfg(test)] mod tests { use std::fs; } #[cfg(test)] mod more;"), none);
        assert_eq!(found("#[cfg(not(test))] mod m { use std::fs; }"), ["1: `std::fs`"]);
    }
}
