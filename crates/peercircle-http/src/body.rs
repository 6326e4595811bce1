//! Everything in a body that the API's description has otherwise: which field, what was expected, what came.
//!
//! serde decides whether a body is read, and stops at the first thing that it doesn't know, often without a word of where. So what serde
//! refused is looked at again along the schema that the route is described with. What the schema can't say stays serde's to tell.

use std::str::FromStr;

use peercircle_core::{
    CommandId, CycleId, DepartmentId, GroupId, Instant, LevelId, MemberId, ModuleId, NoteRef, StrategyId,
};
use peercircle_file::{Data, Entry, FileIssues, Format, Found, IssueKind, Node, Read, join, listed, nearest, quoted, read};
use serde_json::{Map, Value};

use crate::{lists, openapi::COMPONENTS, problem::Issue, route::Route};

/// How many issues are told at most: whoever sends a thousand wrong entries has made one mistake.
const MAX_ISSUES: usize = 50;

/// What is wrong with this body of a route, in its order; nothing where it isn't for the schema to say.
pub(crate) fn issues(description: &Value, route: &Route, text: &str) -> Vec<Issue> {
    let Some(schema) = lists::schema(description, route) else { return Vec::new() };
    let Read::Tree(root, twice) = read(text, Format::Json) else { return Vec::new() };
    let mut look = Look { description, found: twice };
    look.at(schema, &root, "");
    look.found.sort_by_key(|one| one.at);
    look.found.truncate(MAX_ISSUES);
    FileIssues::placed(text, look.found).issues().iter().map(Issue::from).collect()
}

type Object = Map<String, Value>;

struct Look<'a> {
    description: &'a Value,
    found: Vec<Found>,
}

impl<'a> Look<'a> {
    fn at(&mut self, schema: &'a Value, node: &Node, path: &str) {
        let Value::Object(object) = schema else { return };
        if let Some((name, named)) = self.named(object) {
            let before = self.found.len();
            self.at(named, node, path);
            if let (true, Data::Text(text)) = (before == self.found.len(), &node.data) {
                self.value(name, text, node.at, path);
            }
            return;
        }
        if let Some(all) = list(object, "oneOf").or_else(|| list(object, "anyOf")) {
            self.one_of(all, node, path);
        }
        if object.get("type").is_some_and(|wanted| !is_of(wanted, &node.data)) {
            return self.report(node.at, IssueKind::WrongType, path, self.described(schema), shown(&node.data), None);
        }
        if let Some(words) = words(object) {
            self.word(&words, node, path);
        }
        self.bounds(object, node, path);
        self.parts(object, node, path);
    }

    /// What a schema's name refers to.
    fn named(&self, object: &'a Object) -> Option<(&'a str, &'a Value)> {
        let name = object.get("$ref")?.as_str()?.rsplit('/').next()?;
        Some((name, self.description.pointer(COMPONENTS)?.get(name)?))
    }

    fn resolved(&self, schema: &'a Value) -> Option<&'a Object> {
        let object = schema.as_object()?;
        match self.named(object) {
            Some((_, named)) => named.as_object(),
            None => Some(object),
        }
    }

    /// What has to be a word of these.
    fn word(&mut self, words: &[&str], node: &Node, path: &str) {
        let Data::Text(text) = &node.data else {
            return self.report(
                node.at,
                IssueKind::WrongType,
                path,
                listed("", words.iter().copied()),
                shown(&node.data),
                None,
            );
        };
        if !words.contains(&text.as_str()) {
            let meant = nearest(text, words.iter().copied()).map(str::to_owned);
            let expected = listed(text, words.iter().copied());
            self.report(node.at, IssueKind::UnknownValue, path, expected, shown(&node.data), meant);
        }
    }

    /// One of several: the one that it says it is. No other is tried, as that would tell what is wrong with what nobody meant.
    fn one_of(&mut self, all: &'a [Value], node: &Node, path: &str) {
        let objects: Vec<_> = all.iter().filter_map(|one| Some((one, self.resolved(one)?))).collect();
        let words: Vec<_> = objects.iter().filter_map(|(_, object)| object.get("const")?.as_str()).collect();
        if words.len() == all.len() {
            return self.word(&words, node, path);
        }
        if let (Some((tag, tagged)), Data::Table(entries)) = (tagged(&objects), &node.data) {
            return self.tagged(tag, &tagged, node.at, entries, path);
        }
        let fits = |object: &Object| {
            object.get("type").is_none_or(|wanted| is_of(wanted, &node.data)) && has_required(object, node)
        };
        let mut fitting = objects.iter().filter(|(_, object)| fits(object));
        match (fitting.next(), fitting.next()) {
            (Some((one, _)), None) => self.at(one, node, path),
            // Which of them was meant isn't said.
            (Some(_), Some(_)) => {}
            (None, _) => {
                let is_type = |object: &Object| object.get("type").is_none_or(|wanted| is_of(wanted, &node.data));
                let mut of_type = objects.iter().filter(|(_, object)| is_type(object));
                if let (Some((one, _)), None) = (of_type.next(), of_type.next()) {
                    return self.at(one, node, path);
                }
                let expected: Vec<_> = all.iter().map(|one| self.described(one)).collect();
                self.report(node.at, IssueKind::WrongType, path, expected.join(" or "), shown(&node.data), None);
            }
        }
    }

    fn tagged(&mut self, tag: &'a str, all: &[(&'a str, &'a Value)], at: usize, entries: &[Entry], path: &str) {
        let words: Vec<_> = all.iter().map(|(word, _)| *word).collect();
        let Some(entry) = entries.iter().find(|entry| entry.key == tag) else {
            let expected = listed("", words);
            return self.report(at, IssueKind::MissingKey, &join(path, tag), expected, "nothing".to_owned(), None);
        };
        let meant = all.iter().find(|(word, _)| matches!(&entry.node.data, Data::Text(text) if text == word));
        match meant.and_then(|(_, one)| self.resolved(one)) {
            Some(object) => self.fields(object, at, entries, path),
            None => self.word(&words, &entry.node, &join(path, tag)),
        }
    }

    fn bounds(&mut self, object: &Object, node: &Node, path: &str) {
        let (length, least, most, unit) = match &node.data {
            Data::Number { whole: Some(number), .. } => {
                let bound = |key: &str| object.get(key).and_then(Value::as_i64).map(i128::from);
                let (low, high) = (bound("minimum"), bound("maximum"));
                if low.is_some_and(|low| *number < low) || high.is_some_and(|high| *number > high) {
                    let expected = range(low, high, "");
                    self.report(node.at, IssueKind::OutOfRange, path, expected, shown(&node.data), None);
                }
                return;
            }
            Data::Text(text) => (text.chars().count(), "minLength", "maxLength", " characters"),
            Data::List(list) => (list.len(), "minItems", "maxItems", " entries"),
            Data::Date(_) | Data::Flag(_) | Data::Null | Data::Number { .. } | Data::Table(_) => return,
        };
        let bound = |key: &str| object.get(key).and_then(Value::as_u64).map(i128::from);
        let (low, high) = (bound(least), bound(most));
        let length = i128::try_from(length).unwrap_or(i128::MAX);
        if low.is_some_and(|low| length < low) || high.is_some_and(|high| length > high) {
            let got = format!("{length}{unit}");
            self.report(node.at, IssueKind::OutOfRange, path, range(low, high, unit), got, None);
        }
    }

    fn parts(&mut self, object: &'a Object, node: &Node, path: &str) {
        match &node.data {
            Data::Table(entries) => self.fields(object, node.at, entries, path),
            Data::List(items) => {
                let Some(schema) = object.get("items") else { return };
                for (at, item) in items.iter().enumerate() {
                    self.at(schema, item, &format!("{path}[{at}]"));
                }
            }
            Data::Date(_) | Data::Flag(_) | Data::Null | Data::Number { .. } | Data::Text(_) => {}
        }
    }

    fn fields(&mut self, object: &'a Object, at: usize, entries: &[Entry], path: &str) {
        let properties = object.get("properties").and_then(Value::as_object);
        let others = object.get("additionalProperties");
        for entry in entries {
            let place = join(path, &entry.key);
            match (properties.and_then(|all| all.get(&entry.key)), others) {
                (Some(schema), _) => self.at(schema, &entry.node, &place),
                (None, Some(Value::Bool(false))) => {
                    let names: Vec<_> = properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
                    let open = names.iter().copied().filter(|name| !entries.iter().any(|other| other.key == *name));
                    let meant = nearest(&entry.key, open).map(str::to_owned);
                    let expected =
                        if names.is_empty() { "no field".to_owned() } else { listed(&entry.key, names.iter().copied()) };
                    self.report(entry.at, IssueKind::UnknownKey, &place, expected, quoted(&entry.key), meant);
                }
                (None, Some(schema)) => self.at(schema, &entry.node, &place),
                (None, None) => {}
            }
        }
        for name in required(object).filter(|name| !entries.iter().any(|entry| entry.key == **name)) {
            let schema = properties.and_then(|all| all.get(name));
            let expected = schema.map_or_else(|| "something".to_owned(), |schema| self.described(schema));
            self.report(at, IssueKind::MissingKey, &join(path, name), expected, "nothing".to_owned(), None);
        }
    }

    /// A text that has to be read as something: the type itself says what it expects.
    fn value(&mut self, name: &str, text: &str, at: usize, path: &str) {
        let Some(error) = wrong(name, text) else { return };
        let parts = error.strip_prefix("expected ").and_then(|rest| rest.split_once(", got "));
        let (expected, got) = parts.map_or((error.as_str(), None), |(expected, got)| (expected, Some(got)));
        let got = got.map_or_else(|| quoted(text), str::to_owned);
        self.report(at, IssueKind::UnknownValue, path, expected.to_owned(), got, None);
    }

    /// What a schema wants, in a few words.
    fn described(&self, schema: &'a Value) -> String {
        let Some(object) = self.resolved(schema) else { return "something else".to_owned() };
        if let Some(words) = words(object) {
            return listed("", words);
        }
        if let Some(all) = list(object, "oneOf").or_else(|| list(object, "anyOf")) {
            let objects: Vec<_> = all.iter().filter_map(|one| Some((one, self.resolved(one)?))).collect();
            let words: Vec<_> = objects.iter().filter_map(|(_, object)| object.get("const")?.as_str()).collect();
            return match tagged(&objects) {
                _ if words.len() == all.len() => listed("", words),
                Some((tag, _)) => format!("an object with `{tag}`"),
                None => all.iter().map(|one| self.described(one)).collect::<Vec<_>>().join(" or "),
            };
        }
        let one = |kind: &str| match kind {
            "array" => "a list",
            "boolean" => "true or false",
            "integer" => "a whole number",
            "null" => "null",
            "number" => "a number",
            "object" => "an object",
            "string" if object.get("format").is_some_and(|format| format == "date-time") => {
                "an instant such as `2026-03-02T09:00:00Z`"
            }
            "string" => "a text",
            _ => "something else",
        };
        match object.get("type") {
            Some(Value::String(kind)) => one(kind).to_owned(),
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).map(one).collect::<Vec<_>>().join(" or "),
            Some(_) | None => "something else".to_owned(),
        }
    }

    fn report(&mut self, at: usize, kind: IssueKind, path: &str, expected: String, got: String, suggestion: Option<String>) {
        self.found.push(Found { at, kind, path: path.to_owned(), expected, got, suggestion });
    }
}

fn list<'a>(object: &'a Object, key: &str) -> Option<&'a [Value]> {
    object.get(key)?.as_array().map(Vec::as_slice)
}

fn required(object: &Object) -> impl Iterator<Item = &str> {
    list(object, "required").into_iter().flatten().filter_map(Value::as_str)
}

/// The words that something has to be one of.
fn words(object: &Object) -> Option<Vec<&str>> {
    if let Some(word) = object.get("const") {
        return word.as_str().map(|word| vec![word]);
    }
    let words: Vec<_> = list(object, "enum")?.iter().filter_map(Value::as_str).collect();
    (!words.is_empty()).then_some(words)
}

/// The field whose word says which of several it is, and each with its word.
fn tagged<'a>(objects: &[(&'a Value, &'a Object)]) -> Option<(&'a str, Vec<(&'a str, &'a Value)>)> {
    let (_, first) = objects.first()?;
    let word_of = |object: &'a Object, tag: &str| object.get("properties")?.get(tag)?.get("const")?.as_str();
    first.get("properties")?.as_object()?.keys().find_map(|tag| {
        let words = objects.iter().map(|(one, object)| Some((word_of(object, tag)?, *one)));
        Some((tag.as_str(), words.collect::<Option<Vec<_>>>()?))
    })
}

fn has_required(object: &Object, node: &Node) -> bool {
    let Data::Table(entries) = &node.data else { return true };
    required(object).all(|name| entries.iter().any(|entry| entry.key == name))
}

/// Whether it is of this type, or of one of these.
fn is_of(wanted: &Value, data: &Data) -> bool {
    let is = |name: &str| match data {
        Data::Flag(_) => name == "boolean",
        Data::List(_) => name == "array",
        Data::Null => name == "null",
        Data::Number { whole, .. } => name == "number" || (name == "integer" && whole.is_some()),
        Data::Table(_) => name == "object",
        Data::Date(_) | Data::Text(_) => name == "string",
    };
    wanted.as_array().map_or_else(|| wanted.as_str().is_some_and(is), |all| all.iter().filter_map(Value::as_str).any(is))
}

/// What came, in JSON's words.
fn shown(data: &Data) -> String {
    match data {
        Data::Table(entries) if entries.is_empty() => "an empty object".to_owned(),
        Data::Table(_) => "an object".to_owned(),
        Data::Date(_) | Data::Flag(_) | Data::List(_) | Data::Null | Data::Number { .. } | Data::Text(_) => data.shown(),
    }
}

fn range(low: Option<i128>, high: Option<i128>, unit: &str) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!("{low} to {high}{unit}"),
        (Some(low), None) => format!("at least {low}{unit}"),
        (None, Some(high)) => format!("at most {high}{unit}"),
        (None, None) => "another length".to_owned(),
    }
}

/// What is wrong with a text as a value of the type that is described under this name.
fn wrong(name: &str, text: &str) -> Option<String> {
    fn by<T: FromStr<Err: ToString>>(text: &str) -> Option<String> {
        text.parse::<T>().err().map(|error| error.to_string())
    }
    match name {
        "CommandId" => by::<CommandId>(text),
        "CycleId" => by::<CycleId>(text),
        "DepartmentId" => by::<DepartmentId>(text),
        "GroupId" => by::<GroupId>(text),
        "Instant" => by::<Instant>(text),
        "LevelId" => by::<LevelId>(text),
        "MemberId" => by::<MemberId>(text),
        "ModuleId" => by::<ModuleId>(text),
        "NoteRef" => by::<NoteRef>(text),
        "StrategyId" => by::<StrategyId>(text),
        _ => None,
    }
}
