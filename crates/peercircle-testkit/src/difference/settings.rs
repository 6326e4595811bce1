//! The settings in which two processes differ, and what becomes of a story when one of them is changed.

use peercircle_core::{Command, CommandKind, Condition, Context, Cycle, DueKind, Instant, OwnRule, Process, Verdict};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Which;
use crate::{Ruled, explore::Act, ruled::same};

/// What only says something, to people: it decides nothing.
const WORDS: [&str; 6] = ["name", "prompt", "purpose", "remedy", "title", "version"];

/// A setting in which two processes differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Where it stands in a process file, such as `gap.minimum_days`; a rule of the process's own, or one in code, goes by its id.
    pub name: String,
    /// What the one says, of a rule in code its title; null where it says nothing.
    pub one: Value,
    /// What the other says; null where it says nothing.
    pub other: Value,
    #[serde(skip)]
    place: Place,
}

/// Where a setting stands.
#[derive(Clone, Debug)]
enum Place {
    /// In the process file.
    File(Vec<String>),
    /// In code: the rule that the one has by this id, and the one that the other has.
    Code(&'static str, [Option<OwnRule>; 2]),
}

/// What is at a place is what the two say of it.
impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(one), Self::File(other)) => one == other,
            (Self::Code(one, _), Self::Code(other, _)) => one == other,
            (Self::File(_), Self::Code(..)) | (Self::Code(..), Self::File(_)) => false,
        }
    }
}

impl Eq for Place {}

impl Setting {
    /// The kinds of command that the process itself, by this setting, or a rule of its own or in code looks at.
    pub(super) fn kinds(&self, both: [&Process; 2]) -> Vec<CommandKind> {
        let at = match &self.place {
            Place::File(at) => at,
            Place::Code(_, rules) => return rules.iter().flatten().flat_map(|rule| rule.applies_to.iter()).collect(),
        };
        match (at.first().map(String::as_str), at.get(1)) {
            (Some("who_may"), Some(kind)) => kind.parse().into_iter().collect(),
            (Some("rules"), Some(id)) => {
                let rules = both.into_iter().flat_map(|process| &process.spec().rules);
                rules.filter(|rule| rule.id == *id).flat_map(|rule| rule.applies_to.iter().copied()).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}, {}", self.name, said(&self.one), said(&self.other))
    }
}

/// The settings in which two processes differ, their version, names and texts aside; and the rules in code that only one of them
/// is under, or that are another function under each.
///
/// # Example
/// ```
/// use peercircle_core::Process;
/// use peercircle_testkit::difference::settings;
/// let mut spec = Process::default().spec().clone();
/// spec.gap.minimum_days = 14;
/// let found = settings(Process::default(), Process::new(spec)?);
/// assert_eq!(found[0].to_string(), "gap.minimum_days: 21, 14");
/// # Ok::<(), peercircle_core::ProcessIssues>(())
/// ```
#[must_use]
pub fn settings(one: impl Into<Ruled>, other: impl Into<Ruled>) -> Vec<Setting> {
    let both = [one.into(), other.into()];
    let [one, other] = both.each_ref().map(|under| value(under.process()));
    let mut found = Vec::new();
    walk(&[], &one, &other, &mut found);
    let [one, other] = both.each_ref().map(|under| under.rules().own());
    let of = |rules: &[OwnRule], id| rules.iter().find(|rule| rule.id == id).copied();
    let new = other.iter().filter(|rule| of(one, rule.id).is_none());
    for id in one.iter().chain(new).map(|rule| rule.id) {
        let rules = [of(one, id), of(other, id)];
        if let [Some(one), Some(other)] = &rules
            && same(one, other)
        {
            continue;
        }
        let [one, other] = rules.map(|rule| rule.map_or(Value::Null, |rule| rule.title.into()));
        found.push(Setting { name: id.to_owned(), one, other, place: Place::Code(id, rules) });
    }
    found
}

fn value(process: &Process) -> Value {
    serde_json::to_value(process.spec()).unwrap_or_default()
}

fn walk(at: &[String], one: &Value, other: &Value, found: &mut Vec<Setting>) {
    if one == other || at.last().is_some_and(|last| WORDS.contains(&last.as_str())) {
        return;
    }
    match (fields(at, one), fields(at, other)) {
        (Some(ones), Some(others)) => {
            let new = others.keys().filter(|key| !ones.contains_key(*key));
            for key in ones.keys().chain(new) {
                let at: Vec<String> = at.iter().chain([key]).cloned().collect();
                let of = |fields: &Map<String, Value>| fields.get(key).cloned().unwrap_or_default();
                walk(&at, &of(&ones), &of(&others), found);
            }
        }
        _ => found.push(Setting {
            name: at.join("."),
            one: one.clone(),
            other: other.clone(),
            place: Place::File(at.to_vec()),
        }),
    }
}

/// The settings within a setting; rules by their ids, and a condition is one thing.
fn fields(at: &[String], value: &Value) -> Option<Map<String, Value>> {
    let rules = at.len() == 1 && at.first().is_some_and(|first| first == "rules");
    match value {
        Value::Object(fields) => at.last().is_none_or(|last| last != "require").then(|| fields.clone()),
        Value::Array(list) => rules
            .then(|| list.iter().filter_map(|rule| Some((rule.get("id")?.as_str()?.to_owned(), rule.clone()))).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// A value as people write it.
fn said(value: &Value) -> String {
    match value {
        Value::Null => "not set".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) => format!("[{}]", list.iter().map(said).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => match (fields.get("title"), serde_json::from_value::<Condition>(value.clone())) {
            (Some(title), _) => title.to_string(),
            (None, Ok(condition)) => condition.to_string(),
            (None, Err(_)) => value.to_string(),
        },
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// Both processes, and both with this setting changed to what the other one says; nothing where that is no valid process.
pub(super) struct Turned {
    one: Option<Ruled>,
    other: Option<Ruled>,
}

impl Turned {
    pub(super) fn of(setting: &Setting, [one, other]: [&Ruled; 2]) -> Self {
        let turned = |under: &Ruled, at: &[String], to: &Value| {
            Some(Ruled::new(with(under.process(), at, to)?, under.rules().clone()))
        };
        match &setting.place {
            Place::File(at) => Self { one: turned(one, at, &setting.other), other: turned(other, at, &setting.one) },
            Place::Code(id, [first, second]) => {
                Self { one: Some(one.turned(id, *second)), other: Some(other.turned(id, *first)) }
            }
        }
    }

    const fn get(&self, which: Which) -> Option<&Ruled> {
        match which {
            Which::One => self.one.as_ref(),
            Which::Other => self.other.as_ref(),
        }
    }
}

fn with(process: &Process, at: &[String], to: &Value) -> Option<Process> {
    let mut value = value(process);
    put(&mut value, at, to);
    Process::new(serde_json::from_value(value).ok()?).ok()
}

fn put(value: &mut Value, at: &[String], to: &Value) {
    let [key, rest @ ..] = at else {
        value.clone_from(to);
        return;
    };
    let goes = rest.is_empty() && to.is_null();
    match value {
        Value::Object(fields) if goes => {
            fields.remove(key);
        }
        Value::Object(fields) => put(fields.entry(key.clone()).or_insert(Value::Null), rest, to),
        Value::Array(rules) => {
            let is = |rule: &Value| rule.get("id").and_then(Value::as_str) == Some(key);
            match rules.iter_mut().find(|rule| is(rule)) {
                Some(_) if goes => rules.retain(|rule| !is(rule)),
                Some(rule) => put(rule, rest, to),
                None => rules.push(to.clone()),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A story as it was given: who gave what, and when.
pub(super) type Given = Vec<(Instant, Act)>;

/// The settings that a story tells of: with one of them changed in either process, it goes otherwise there.
pub(super) fn told(settings: &[(Setting, Turned)], both: [&Ruled; 2], given: &Given) -> Vec<String> {
    changed(settings, both, &|under| {
        let (far, cycle) = lived(under, given);
        (far, cycle.stage())
    })
}

/// The settings on which it hangs when something falls due at the end of a story.
pub(super) fn told_due(settings: &[(Setting, Turned)], both: [&Ruled; 2], given: &Given, due: DueKind) -> Vec<String> {
    changed(settings, both, &|under| {
        let (far, cycle) = lived(under, given);
        (far, falls_due(&cycle, due))
    })
}

/// When something falls due; nothing where it doesn't.
pub(super) fn falls_due(cycle: &Cycle, due: DueKind) -> Option<Instant> {
    cycle.deadlines().into_iter().find(|one| one.kind == due).map(|one| one.at)
}

/// The settings that change this where they are changed in either process.
fn changed<T: PartialEq>(
    settings: &[(Setting, Turned)],
    [one, other]: [&Ruled; 2],
    of: &dyn Fn(&Ruled) -> T,
) -> Vec<String> {
    let sides = [(Which::One, of(one)), (Which::Other, of(other))];
    let tells =
        |turned: &Turned| sides.iter().any(|(which, before)| turned.get(*which).is_some_and(|under| of(under) != *before));
    settings.iter().filter(|(_, turned)| tells(turned)).map(|(setting, _)| setting.name.clone()).collect()
}

/// How far a story goes under a process and its rules, and where it leads.
fn lived(under: &Ruled, given: &Given) -> (usize, Cycle) {
    let mut cycle = Cycle::default();
    for (nth, (at, act)) in given.iter().enumerate() {
        let mut command = act.command.clone();
        if let Command::FormCycle { process: formed, .. } = &mut command {
            **formed = under.process().clone();
        }
        let Verdict::Accepted(events) = under.rules().decide(&cycle, &command, &Context::new(act.by, *at)) else {
            return (nth, cycle);
        };
        if events.iter().any(|event| cycle.evolve(event).is_err()) {
            return (nth, cycle);
        }
    }
    (given.len(), cycle)
}
