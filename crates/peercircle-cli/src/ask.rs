//! What was typed, as a command, an actor and a time.

use std::{io::Read as _, time::SystemTime};

use anyhow::{Context as _, Result, bail};
use peercircle_core::{Actor, Command, CommandKind, Context, Cycle, Instant, SeatSet, WireActor, WireCommand};
use serde_json::{Map, Value, json};

use crate::{
    args::{Asked, By},
    cycle_file::Kept,
};

/// Fields that are numbers on the wire; everything else that isn't JSON is a text.
const NUMBERS: [&str; 3] = ["seconds", "version", "week"];

/// A command ready to be decided.
pub(crate) struct Ready {
    pub(crate) command: Command,
    pub(crate) context: Context,
}

impl Ready {
    pub(crate) fn new(asked: &Asked, kept: &Kept) -> Result<Self> {
        let cycle = &kept.cycle;
        let command = wire_command(&asked.command, &asked.by.by)?.resolve(cycle.roster())?;
        let seat = |id| WireActor::Member { member: id }.resolve(cycle).map(Actor::seat);
        let elsewhere: SeatSet =
            asked.elsewhere.iter().cloned().map(seat).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        let context = Context {
            command_id: asked.id,
            expected_revision: asked.revision,
            answered: asked.id.and_then(|id| kept.answered(id)),
            elsewhere,
            ..who(&asked.by, cycle)?
        };
        Ok(Self { command, context })
    }
}

/// Who asks, and when.
pub(crate) fn who(by: &By, cycle: &Cycle) -> Result<Context> {
    let actor = match by.by.as_str() {
        "organiser" => WireActor::Organiser {},
        "host" => WireActor::Host {},
        id => WireActor::Member { member: id.strip_prefix("member:").unwrap_or(id).parse()? },
    };
    Ok(Context::new(actor.resolve(cycle)?, time(by.at)?))
}

/// The time that was given, or the machine's.
pub(crate) fn time(at: Option<Instant>) -> Result<Instant> {
    if let Some(at) = at {
        return Ok(at);
    }
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("the clock of this machine")?;
    Instant::from_unix_millis(i64::try_from(since.as_millis())?).context("the clock of this machine is past the year 9999")
}

fn wire_command(words: &[String], by: &str) -> Result<WireCommand> {
    let mut fields = match words {
        [one] if one == "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("reading standard input")?;
            parse(&text)?
        }
        [one] if one.trim_start().starts_with('{') => parse(one)?,
        [kind, rest @ ..] => in_words(kind, rest)?,
        [] => bail!("expected a command, got nothing"),
    };
    let kind = kind(fields.get("type").and_then(Value::as_str).unwrap_or_default())?;
    // The member who is left out is the one who gives the command.
    let about = kind.fields().contains(&"member") && kind != CommandKind::EnrolMember;
    if about && !fields.contains_key("member") && !matches!(by, "organiser" | "host") {
        fields.insert("member".to_owned(), by.strip_prefix("member:").unwrap_or(by).into());
    }
    let known = || kind.fields().join(", ");
    serde_json::from_value(Value::Object(fields)).with_context(|| match kind.fields() {
        [] => format!("`{kind}` has no fields"),
        fields if fields.iter().any(|field| field.ends_with('?')) => {
            format!("`{kind}` has the fields {} (one with a `?` may be left out)", known())
        }
        _ => format!("`{kind}` has the fields {}", known()),
    })
}

fn parse(text: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(text).context("expected a command as a JSON object")
}

fn kind(text: &str) -> Result<CommandKind> {
    text.parse().map_err(|_unknown| {
        let near = CommandKind::ALL.iter().map(|kind| (strsim::osa_distance(text, kind.name()), kind.name()));
        match near.min_by_key(|(distance, _)| *distance).filter(|(distance, _)| *distance <= 4) {
            Some((_, meant)) => anyhow::anyhow!("expected a type of command, got `{text}`; did you mean `{meant}`?"),
            None => anyhow::anyhow!(
                "expected a type of command such as `story.share`, got `{text}`; `peercircle rules` and `allowed` name them"
            ),
        }
    })
}

fn in_words(name: &str, words: &[String]) -> Result<Map<String, Value>> {
    let kind = kind(name)?;
    let mut fields = Map::from_iter([("type".to_owned(), Value::from(kind.name()))]);
    for word in words {
        let Some((field, text)) = word.split_once('=') else {
            bail!("expected `field=value`, got `{word}`; `{kind}` has the fields {}", kind.fields().join(", "));
        };
        fields.insert(field.to_owned(), value(field, text));
    }
    Ok(fields)
}

/// A value in words: a number where the field is one, JSON where it looks like it, a short form, or a text.
fn value(field: &str, text: &str) -> Value {
    let number = || text.parse::<u64>().ok().filter(|_| NUMBERS.contains(&field)).map(Value::from);
    let object = || serde_json::from_str(text).ok().filter(|_| text.starts_with(['{', '[']));
    let list = |text: &str| text.split(',').map(Value::from).collect::<Vec<_>>();
    number().or_else(object).unwrap_or_else(|| match (field, text.split_once(':')) {
        ("pairs", _) => text.split(',').map(|pair| pair.split('+').map(Value::from).collect::<Value>()).collect(),
        ("report" | "adoption", Some((outcome @ ("practised" | "adopted"), rest))) => {
            json!({"outcome": outcome, "strategies": list(rest)})
        }
        ("report" | "adoption", Some((outcome, reason))) => json!({"outcome": outcome, "reason": reason}),
        _ => Value::from(text),
    })
}
