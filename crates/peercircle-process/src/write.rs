//! Writes a whole process as a file: every value, and beside it what it means and which rule it belongs to.

use peercircle_core::{Process, ProcessSpec};
use peercircle_file::{Book, Data, Entry, Field, Format, Node, Read, Shape, listed, read};

use crate::{book, schema};

/// How long a line gets before it is broken, in characters.
const WIDTH: usize = 110;

/// How many words a comment lists as possible; the names of phases, say, stand in the file anyway.
const MAX_WORDS: usize = 5;

/// Stands where a process has no rules of its own, to be uncommented.
const RULES: &str = "\
# [[rules]]
# id = \"ACME-1\"
# title = \"No story before everyone is there.\"
# applies_to = [\"story.share\"]
# require = { count = { of = \"present\", at_least = 5 } }
# remedy = \"Wait for the others, or meet another day.\"
";

/// Stands where a process narrows no command, to be uncommented.
const WHO_MAY: &str = "# \"story.share\" = [\"oneself\"]\n";

/// The whole process as a TOML file with comments; parsing it gives the same process.
///
/// # Example
/// ```
/// use peercircle_core::Process;
/// use peercircle_process::{Format, parse, to_toml};
/// let process = Process::default();
/// let file = to_toml(&process);
/// assert!(file.contains("# The fewest members, 3 to 16 (R-05).\nminimum = 4\n"));
/// assert_eq!(parse(&file, Format::Toml), Ok(process));
/// ```
#[must_use]
pub fn to_toml(process: &Process) -> String {
    let spec = process.spec();
    let book = book::process();
    let mut file = format!("#:schema {}\n", schema::ID);
    file.push_str("# A process of peercircle. What a file leaves out is the preset's.\n");
    let (entries, Shape::Record(fields)) = (tree(spec), book.root()) else { return file };
    let mut writer = Writer { book, file, told: Vec::new() };
    let all = || entries.iter().filter_map(|entry| Some((entry, fields.iter().find(|field| field.name == entry.key)?)));
    for (entry, field) in all().filter(|(entry, field)| !writer_of_tables(book, entry, field)) {
        writer.line("");
        writer.comment(&writer.doc(field));
        writer.value(entry);
    }
    for (entry, field) in all().filter(|(entry, field)| writer_of_tables(book, entry, field)) {
        writer.line("");
        writer.comment(&field.doc);
        writer.section(entry, field);
    }
    writer.file
}

/// The whole process as a JSON file; parsing it gives the same process.
#[must_use]
pub fn to_json(process: &Process) -> String {
    // INVARIANT: a process has only text keys and nothing that fails to serialize.
    let mut file = serde_json::to_string_pretty(process.spec()).unwrap_or_default();
    file.push('\n');
    file
}

/// The presets that ship, each the name of its file and its content.
///
/// # Example
/// ```
/// let names: Vec<_> = peercircle_process::preset_files().into_iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["preset.toml", "action-learning-set.toml", "small-firm.toml"]);
/// ```
#[must_use]
pub fn preset_files() -> Vec<(String, String)> {
    // INVARIANT: the core's tests hold that every preset is a valid process, ours that none is missing here.
    let valid = ProcessSpec::presets().into_iter().filter_map(|(name, spec)| Some((name, Process::new(spec).ok()?)));
    valid.map(|(name, process)| (format!("{name}.toml"), to_toml(&process))).collect()
}

/// The values of a process in the order of its type, which is the order of reading.
fn tree(spec: &ProcessSpec) -> Vec<Entry> {
    let text = serde_json::to_string(spec).unwrap_or_default();
    match read(&text, Format::Json) {
        Read::Tree(Node { data: Data::Table(entries), .. }, _) => entries,
        Read::Tree(..) | Read::Unreadable(_) => Vec::new(),
    }
}

/// Whether the value is written as tables of its own, after the values that aren't.
fn writer_of_tables(book: &'static Book, entry: &Entry, field: &'static Field) -> bool {
    match (&entry.node.data, book.resolve(&field.shape)) {
        (Data::Table(_), _) => true,
        (Data::List(_), Shape::List { each: inner, .. }) => matches!(book.resolve(inner), Shape::Record(_)),
        _ => false,
    }
}

struct Writer {
    book: &'static Book,
    file: String,
    /// The shapes whose keys have been explained once.
    told: Vec<&'static str>,
}

impl Writer {
    fn section(&mut self, entry: &Entry, field: &'static Field) {
        let name = key(&entry.key);
        match (&entry.node.data, self.book.resolve(&field.shape)) {
            (Data::Table(inner), Shape::Record(fields)) => {
                let tables = |entry: &Entry| matches!(entry.node.data, Data::Table(_));
                if !inner.iter().all(tables) {
                    return self.table(&format!("[{name}]"), inner, &field.shape);
                }
                for (at, entry) in inner.iter().enumerate() {
                    let Some(field) = fields.iter().find(|field| field.name == entry.key) else { continue };
                    if at > 0 {
                        self.line("");
                    }
                    if let Data::Table(inner) = &entry.node.data {
                        self.table(&format!("[{name}.{}]", key(&entry.key)), inner, &field.shape);
                    }
                }
            }
            (Data::List(list), Shape::List { each: shape, .. }) if !list.is_empty() => {
                for (at, one) in list.iter().enumerate() {
                    if at > 0 {
                        self.line("");
                    }
                    if let Data::Table(inner) = &one.data {
                        self.table(&format!("[[{name}]]"), inner, shape);
                    }
                }
            }
            (Data::List(_), _) => self.file.push_str(RULES),
            (Data::Table(inner), _) => {
                self.line(&format!("[{name}]"));
                if inner.is_empty() {
                    self.file.push_str(WHO_MAY);
                }
                inner.iter().for_each(|entry| self.value(entry));
            }
            (Data::Date(_) | Data::Flag(_) | Data::Null | Data::Number { .. } | Data::Text(_), _) => self.value(entry),
        }
    }

    /// A table of values; its keys are explained where their kind of table comes first.
    fn table(&mut self, header: &str, entries: &[Entry], shape: &'static Shape) {
        self.line(header);
        let Shape::Record(fields) = self.book.resolve(shape) else { return };
        let name = if let Shape::Named(name) = shape { name } else { "" };
        let told = self.told.contains(&name);
        self.told.push(name);
        for entry in entries {
            if let Some(field) = fields.iter().find(|field| field.name == entry.key)
                && !told
            {
                self.comment(&self.doc(field));
            }
            self.value(entry);
        }
    }

    /// What a key means, and the words it can be.
    fn doc(&self, field: &'static Field) -> String {
        let words = self.book.words(&field.shape);
        if words.is_empty() || words.len() > MAX_WORDS {
            return field.doc.clone();
        }
        format!("{} {}.", field.doc, listed("", words.iter().map(String::as_str)))
    }

    fn value(&mut self, entry: &Entry) {
        let key = key(&entry.key);
        let value = inline(&entry.node.data, key.chars().count() + 3, 0);
        self.line(&format!("{key} = {value}"));
    }

    fn comment(&mut self, text: &str) {
        let mut line = String::from("#");
        for word in text.split_whitespace() {
            if line.len() > 1 && line.chars().count() + word.chars().count() >= WIDTH {
                self.line(&line);
                line.truncate(1);
            }
            line.push(' ');
            line.push_str(word);
        }
        if line.len() > 1 {
            self.line(&line);
        }
    }

    fn line(&mut self, line: &str) {
        self.file.push_str(line);
        self.file.push('\n');
    }
}

/// A value after `=`; a list that doesn't fit on the rest of the line has a line for each element.
fn inline(data: &Data, column: usize, indent: usize) -> String {
    let flat = flat(data);
    if column + flat.chars().count() <= WIDTH {
        return flat;
    }
    match data {
        Data::List(list) if !list.is_empty() => {
            let inner = indent + 4;
            let each = list.iter().map(|one| format!("{:inner$}{},\n", "", inline(&one.data, inner + 1, inner)));
            format!("[\n{}{:indent$}]", each.collect::<String>(), "")
        }
        Data::Table(entries) => {
            let each = entries.iter().map(|entry| {
                let key = key(&entry.key);
                let column = column + key.chars().count() + 5;
                format!("{key} = {}", inline(&entry.node.data, column, indent))
            });
            format!("{{ {} }}", each.collect::<Vec<_>>().join(", "))
        }
        Data::Date(_) | Data::Flag(_) | Data::List(_) | Data::Null | Data::Number { .. } | Data::Text(_) => flat,
    }
}

/// A value on one line.
fn flat(data: &Data) -> String {
    match data {
        Data::Date(text) | Data::Number { text, .. } => text.clone(),
        Data::Flag(flag) => flag.to_string(),
        Data::List(list) => format!("[{}]", list.iter().map(|one| flat(&one.data)).collect::<Vec<_>>().join(", ")),
        // TOML has no word for it: what is left out is nothing.
        Data::Null => String::new(),
        Data::Table(entries) if entries.is_empty() => "{}".to_owned(),
        Data::Table(entries) => {
            let each = entries.iter().map(|entry| format!("{} = {}", key(&entry.key), flat(&entry.node.data)));
            format!("{{ {} }}", each.collect::<Vec<_>>().join(", "))
        }
        Data::Text(text) => string(text),
    }
}

fn key(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|one| one.is_ascii_alphanumeric() || one == '_' || one == '-');
    if bare { key.to_owned() } else { string(key) }
}

/// A basic string of TOML.
fn string(text: &str) -> String {
    let mut string = String::from("\"");
    for one in text.chars() {
        match one {
            '"' | '\\' => string.extend(['\\', one]),
            '\n' => string.push_str("\\n"),
            '\r' => string.push_str("\\r"),
            '\t' => string.push_str("\\t"),
            '\0'..='\u{1f}' | '\u{7f}' => string.push_str(&format!("\\u{:04X}", u32::from(one))),
            other => string.push(other),
        }
    }
    string.push('"');
    string
}
