//! Reads TOML into a tree with places. Lines that aren't TOML are all found; a key that stands twice is an issue.

use std::{collections::BTreeSet, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue, Error},
};

use crate::{
    issue::{Found, quoted},
    node::{Data, Entry, Node, Read, join},
};

/// The tree of `text`, or the places that can't be read.
pub(crate) fn read(text: &str) -> Read {
    let (root, mut errors) = DeTable::parse_recoverable(text);
    errors.sort_by_key(start);
    let (twice, broken): (Vec<_>, Vec<_>) = errors.iter().partition(|error| error.message() == "duplicate key");
    let mut found = keys_twice(text, root.get_ref(), &twice);
    if broken.is_empty() {
        return Read::Tree(Node { at: 0, data: table(root.get_ref()) }, found);
    }
    let mut from = 0;
    for (at, error) in broken.into_iter().enumerate() {
        // One mistake often trips the reader more than once on its line.
        let same_line = text.get(from..start(error)).is_some_and(|between| !between.contains('\n'));
        if at == 0 || !same_line {
            found.push(syntax(text, error));
        }
        from = start(error);
    }
    Read::Unreadable(found)
}

fn table(table: &DeTable<'_>) -> Data {
    let entries = table.iter().map(|(key, value)| Entry {
        key: key.get_ref().clone().into_owned(),
        at: key.span().start,
        node: node(value),
    });
    Data::Table(entries.collect())
}

fn node(value: &Spanned<DeValue<'_>>) -> Node {
    let data = match value.get_ref() {
        DeValue::Array(list) => Data::List(list.iter().map(node).collect()),
        DeValue::Boolean(flag) => Data::Flag(*flag),
        DeValue::Datetime(date) => Data::Date(date.to_string()),
        DeValue::Float(float) => Data::Number { text: float.as_str().to_owned(), whole: None },
        DeValue::Integer(integer) => {
            Data::Number { text: integer.to_string(), whole: i128::from_str_radix(integer.as_str(), integer.radix()).ok() }
        }
        DeValue::String(text) => Data::Text(text.clone().into_owned()),
        DeValue::Table(inner) => table(inner),
    };
    Node { at: value.span().start, data }
}

/// The keys that stand twice, each with the path of its table.
fn keys_twice(text: &str, root: &DeTable<'_>, errors: &[&Error]) -> Vec<Found> {
    if errors.is_empty() {
        return Vec::new();
    }
    let mut holders = Vec::new();
    collect(text, root, "", &mut holders);
    // Of a header that stands twice, the tree has one place only.
    let known = holders.iter().map(|holder| holder.span.start).collect::<BTreeSet<_>>();
    holders.extend(headers(text).filter(|holder| !known.contains(&holder.span.start)));
    holders.sort_by_key(|holder| holder.span.start);
    let found = errors.iter().map(|error| {
        let span = error.span().unwrap_or_default();
        let key = text.get(span.clone()).unwrap_or_default().trim_matches(['"', '\'']);
        let before = holders.partition_point(|holder| holder.span.start <= span.start);
        let mut before = holders.iter().take(before).rev();
        let path = match before.find(|holder| holder.is_header || holder.span.end > span.start) {
            Some(holder) if holder.is_header && holder.span.end > span.start => holder.path.clone(),
            Some(holder) => join(&holder.path, key),
            None => key.to_owned(),
        };
        Found::twice(span.start, path, key)
    });
    found.collect()
}

/// The headers of tables as they stand in the text.
fn headers(text: &str) -> impl Iterator<Item = Holder> {
    let mut next = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = next + (line.len() - line.trim_start().len());
        next += line.len();
        let line = line.trim();
        let (path, _) = line.strip_prefix("[[").or_else(|| line.strip_prefix('['))?.split_once(']')?;
        let span = start..start + line.len();
        // A line of a list looks the same at its start.
        (!path.contains(['{', '=', ','])).then(|| Holder { path: path.trim().to_owned(), span, is_header: true })
    })
}

/// A table with brackets of its own, in which keys can stand.
struct Holder {
    path: String,
    /// All of an inline table; of any other its header, after which its keys stand.
    span: Range<usize>,
    is_header: bool,
}

fn collect(text: &str, table: &DeTable<'_>, path: &str, holders: &mut Vec<Holder>) {
    for (key, value) in table {
        visit(text, value, join(path, key.get_ref()), holders);
    }
}

fn visit(text: &str, value: &Spanned<DeValue<'_>>, path: String, holders: &mut Vec<Holder>) {
    if let DeValue::Array(list) = value.get_ref() {
        for (at, one) in list.iter().enumerate() {
            visit(text, one, format!("{path}[{at}]"), holders);
        }
    }
    let DeValue::Table(table) = value.get_ref() else { return };
    collect(text, table, &path, holders);
    let span = value.span();
    let is_header = match text.get(span.start..).and_then(|rest| rest.chars().next()) {
        Some('[') => true,
        Some('{') => false,
        // Written as a dotted key: its keys stand in the table around it.
        Some(_) | None => return,
    };
    holders.push(Holder { path, span, is_header });
}

fn start(error: &Error) -> usize {
    error.span().unwrap_or_default().start
}

fn syntax(text: &str, error: &Error) -> Found {
    let span = error.span().unwrap_or_default();
    let message = error.message();
    let (why, expected) = message.split_once(", expected ").map_or((message, "valid TOML"), |split| split);
    let rest = text.get(span.start..).unwrap_or_default();
    let there = match text.get(span.clone()).unwrap_or_default() {
        "" => rest.split([' ', '\t', '\n', '\r']).next().unwrap_or_default(),
        there => there.trim_end(),
    };
    let got = match there {
        "" if rest.trim().is_empty() => "the end of the file".to_owned(),
        "" => "the end of the line".to_owned(),
        there => quoted(there),
    };
    if why == "string values must be quoted" {
        let suggestion = (!there.is_empty()).then(|| format!("\"{there}\""));
        return Found { suggestion, ..Found::syntax(span.start, "a value; a text needs quotes", got) };
    }
    Found::syntax(span.start, expected, format!("{got} ({why})"))
}

#[cfg(test)]
mod tests;
