//! `layers`: the edges between our crates, held against the table in docs/architecture.md.
//!
//! The doc has exactly one markdown table whose header reads `crate | layer | may depend on`:
//!
//! ```text
//! | crate                | layer     | may depend on                            |
//! |----------------------|-----------|------------------------------------------|
//! | `peercircle-cli`     | apps      | `peercircle-core`, `peercircle-process`  |
//! | `peercircle-process` | contracts | `peercircle-core`                        |
//! | `peercircle-core`    | core      | -                                        |
//! ```
//!
//! - One row for each workspace crate. Backticks are optional; `-`, `–`, `—` or nothing says "none"; names in the last
//!   column are separated by commas.
//! - Rows go from the top layer to the bottom one, those of a layer together: an edge may only point to a row of a layer
//!   further down, so "down, never sideways" is the order of the rows.
//! - An edge is a normal or a build dependency, optional ones included. Tests may look anywhere, so a dev-dependency is none.
//!
//! Beside the edges, the core: its dependencies, and what its sources must not name ([`crate::purity`]).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, bail};
use cargo_metadata::DependencyKind;

use crate::purity;
use crate::workspace::Workspace;

const TABLE: &str = "docs/architecture.md";
const HEADER: [&str; 3] = ["crate", "layer", "may depend on"];

/// Everything the core may stand on; `true` for what must be optional.
const CORE: &str = "peercircle-core";
const CORE_MAY_USE: [(&str, bool); 4] = [("chrono", false), ("schemars", true), ("serde", false), ("thiserror", false)];

/// From a crate to those it depends on.
type Edges = BTreeMap<String, BTreeSet<String>>;

/// Checks the edges and the core's purity; says everything that is wrong, not only the first.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let text = fs::read_to_string(workspace.root().join(TABLE)).context(TABLE)?;
    let rows = parse(&text).context(TABLE)?;
    let edges = edges(workspace);
    let mut problems = judge(&rows, &edges);
    problems.extend(core_dependencies(workspace));
    problems.extend(purity::check(workspace, CORE)?);
    for problem in &problems {
        println!("   {problem}");
    }
    if !problems.is_empty() {
        bail!("the layers do not hold ({} findings)", problems.len());
    }
    println!(
        "   {} crates, {} edges, all as {TABLE} says; {CORE} is pure",
        edges.len(),
        edges.values().map(BTreeSet::len).sum::<usize>()
    );
    Ok(())
}

/// A row of the table.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: String,
    layer: String,
    may_depend_on: BTreeSet<String>,
}

fn parse(text: &str) -> Result<Vec<Row>> {
    let mut lines = text.lines().map(cells);
    if !lines.any(|cells| is_header(&cells)) {
        bail!("no table with the header `{}`", HEADER.join(" | "));
    }
    let mut rows = Vec::new();
    for cells in lines.by_ref().skip(1).take_while(|cells| !cells.is_empty()) {
        let [name, layer, may_depend_on] = cells.as_slice() else {
            bail!("a row has {} columns, not 3: `{}`", cells.len(), cells.join(" | "));
        };
        rows.push(Row { name: name.clone(), layer: layer.clone(), may_depend_on: names(may_depend_on) });
    }
    if lines.any(|cells| is_header(&cells)) {
        bail!("two tables with the header `{}`", HEADER.join(" | "));
    }
    Ok(rows)
}

/// The cells of a table's line without their backticks; none if it is no such line.
fn cells(line: &str) -> Vec<String> {
    let Some(inner) = line.trim().strip_prefix('|').and_then(|l| l.strip_suffix('|')) else {
        return Vec::new();
    };
    inner.split('|').map(|cell| cell.replace('`', "").trim().to_owned()).collect()
}

fn is_header(cells: &[String]) -> bool {
    cells.len() == HEADER.len() && cells.iter().zip(HEADER).all(|(cell, name)| cell.eq_ignore_ascii_case(name))
}

fn names(cell: &str) -> BTreeSet<String> {
    cell.split(',').map(str::trim).filter(|name| !matches!(*name, "" | "-" | "–" | "—")).map(str::to_owned).collect()
}

fn edges(workspace: &Workspace) -> Edges {
    let packages = workspace.metadata.workspace_packages();
    let ours: BTreeSet<String> = packages.iter().map(|p| p.name.to_string()).collect();
    let below = |package: &cargo_metadata::Package| {
        package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Development)
            .map(|dependency| dependency.name.clone())
            .filter(|name| ours.contains(name))
            .collect()
    };
    packages.iter().map(|package| (package.name.to_string(), below(package))).collect()
}

/// Everything in which the table and the crates disagree.
fn judge(rows: &[Row], edges: &Edges) -> Vec<String> {
    let mut problems = Vec::new();
    let mut depth = BTreeMap::new();
    let mut layers: Vec<&str> = Vec::new();
    for row in rows {
        if layers.last() != Some(&row.layer.as_str()) {
            if layers.contains(&row.layer.as_str()) {
                problems.push(format!("the rows of layer `{}` are not together", row.layer));
            }
            layers.push(&row.layer);
        }
        if depth.insert(row.name.as_str(), layers.len()).is_some() {
            problems.push(format!("`{}` has two rows", row.name));
        }
        if !edges.contains_key(&row.name) {
            problems.push(format!("the row `{}` is for no crate of the workspace", row.name));
        }
    }
    for row in rows {
        for below in &row.may_depend_on {
            match (depth.get(row.name.as_str()), depth.get(below.as_str())) {
                (_, None) => problems.push(format!("`{}` may depend on `{below}`, which has no row", row.name)),
                (Some(from), Some(to)) if to <= from => problems
                    .push(format!("`{}` may depend on `{below}`, which is not in a layer below `{}`", row.name, row.layer)),
                _ => {}
            }
        }
    }
    for (name, used) in edges {
        let Some(row) = rows.iter().find(|row| row.name == *name) else {
            problems.push(format!("`{name}` has no row"));
            continue;
        };
        for below in used.difference(&row.may_depend_on) {
            problems.push(format!("`{name}` depends on `{below}`, an edge that is not in the table"));
        }
    }
    problems
}

fn core_dependencies(workspace: &Workspace) -> Vec<String> {
    let packages = workspace.metadata.workspace_packages();
    let Some(core) = packages.iter().find(|package| package.name.as_str() == CORE) else {
        return vec![format!("there is no crate `{CORE}`")];
    };
    let mut problems = Vec::new();
    for dependency in core.dependencies.iter().filter(|d| d.kind != DependencyKind::Development) {
        match CORE_MAY_USE.iter().find(|(name, _)| *name == dependency.name) {
            None => problems.push(format!("`{CORE}` may not depend on `{}`", dependency.name)),
            Some((name, true)) if !dependency.optional => {
                problems.push(format!("`{CORE}` must depend on `{name}` only as an option"));
            }
            Some(_) => {}
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOC: &str = "\
# Architecture

| crate | layer | may depend on |
|---|---|---|
| `app` | apps | `core`, `kit` |
| `kit` | kits | `core` |
| `core` | core | — |

After it.
";

    fn graph(text: &[(&str, &[&str])]) -> Edges {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        text.iter().map(|(name, used)| ((*name).to_owned(), set(used))).collect()
    }

    fn problems(doc: &str, text: &[(&str, &[&str])]) -> Vec<String> {
        judge(&parse(doc).unwrap(), &graph(text))
    }

    #[test]
    fn agreement_has_no_findings() {
        let none: Vec<String> = Vec::new();
        assert_eq!(problems(DOC, &[("app", &["core"]), ("kit", &["core"]), ("core", &[])]), none);
    }

    #[test]
    fn each_disagreement_is_named() {
        assert_eq!(
            problems(DOC, &[("app", &[]), ("core", &["kit"]), ("kit", &[]), ("new", &[])]),
            ["`core` depends on `kit`, an edge that is not in the table", "`new` has no row"]
        );
        assert_eq!(problems(DOC, &[("app", &[]), ("core", &[])]), ["the row `kit` is for no crate of the workspace"]);
    }

    #[test]
    fn edges_point_down_never_sideways() {
        let doc = DOC.replace("| `core` | core | — |", "| `core` | kits | `app`, `ghost` |");
        assert_eq!(
            problems(&doc, &[("app", &[]), ("kit", &[]), ("core", &[])]),
            [
                "`kit` may depend on `core`, which is not in a layer below `kits`",
                "`core` may depend on `app`, which is not in a layer below `kits`",
                "`core` may depend on `ghost`, which has no row",
            ]
        );
    }

    #[test]
    fn a_doc_without_its_table_is_refused() {
        assert!(parse("# Architecture").is_err());
        assert!(parse(&format!("{DOC}{DOC}")).is_err());
    }
}
