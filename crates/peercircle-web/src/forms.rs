//! Forms to commands, and commands to forms.

use maud::{Markup, html};
use peercircle_core::{
    CancelReason, CatchUpPart, CommandId, CommandKind, Consent, ContinueReason, ForceReason, InterruptReason,
    NoAdoptionReason, NoPracticeReason, NoteRef, PauseReason, PostponeReason, ReopenReason, RepeatReason, Revision,
    ShortGapReason, SkipReason, SuspendReason, TerminateReason, WaiveReason, WireCommand, WithdrawalReason,
};
use peercircle_service::{Audience, MAX_NOTE_BYTES};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::{address::at, member::Here, page::Trouble, sure};

/// A note as a form carries it: what it is called, whom it is for, what it says.
pub(crate) type Noted = (NoteRef, Audience, String);

/// What a form is told apart by when it comes twice.
pub(crate) type Key = CommandId;

/// Something that was pressed.
pub(crate) struct Pressed {
    pub(crate) key: Key,
    pub(crate) command: WireCommand,
    pub(crate) note: Option<Noted>,
    pub(crate) from_more: bool,
    /// Up to which event the page spoke that it was pressed on, where it comes later than it was pressed.
    pub(crate) seen: Option<Revision>,
}

/// Fields that are the form's and not the command's.
const OURS: [&str; 7] = ["key", "text", "audience", "from", "zone", "command", "seen"];

impl Pressed {
    pub(crate) fn read(fields: &[(String, String)]) -> Result<Self, Trouble> {
        let note = note(fields)?;
        let mut command = match get(fields, "command") {
            Some(text) => serde_json::from_str(text).map_err(|error| Trouble::form("a command", error.to_string()))?,
            None => object(fields)?,
        };
        if let (Some((note, ..)), Value::Object(command)) = (&note, &mut command) {
            command.insert("note".to_owned(), json!(note));
        }
        let command = serde_json::from_value(command).map_err(|error| Trouble::form("a whole form", error.to_string()))?;
        let seen =
            get(fields, "seen").map(|seen| seen.parse().map_err(|_| Trouble::form("what was seen", format!("`{seen}`"))));
        Ok(Self { key: key(fields)?, command, note, from_more: is_from_more(fields), seen: seen.transpose()? })
    }
}

/// Whether a form stood on the page of everything one can do.
pub(crate) fn is_from_more(fields: &[(String, String)]) -> bool {
    get(fields, "from") == Some("more")
}

/// What a field holds, where it holds something.
pub(crate) fn get<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(field, value)| field == name && !value.trim().is_empty()).map(|(_, value)| value.as_str())
}

fn key(fields: &[(String, String)]) -> Result<Key, Trouble> {
    let key = get(fields, "key").and_then(|key| key.parse::<CommandId>().ok());
    key.ok_or_else(|| Trouble::form("a form of these pages", "one without its key"))
}

/// The note that a form carries. Its name comes from the form's key and what it says, so that the form sent twice is one note, and
/// one that was refused may be sent with other words.
pub(crate) fn note(fields: &[(String, String)]) -> Result<Option<Noted>, Trouble> {
    let Some(text) = get(fields, "text") else { return Ok(None) };
    if text.len() > MAX_NOTE_BYTES {
        return Err(Trouble::form("at most ten pages", format!("{} letters", text.chars().count())));
    }
    let audience = match get(fields, "audience") {
        Some("explore") => Audience::Session { session: peercircle_core::SessionKind::Explore },
        Some("reflect") => Audience::Session { session: peercircle_core::SessionKind::Reflect },
        _ => Audience::Author {},
    };
    let (key, text) = (key(fields)?, text.trim_end());
    let digest: [u8; 32] = Sha256::digest(format!("note {key} {audience:?} {text}").as_bytes()).into();
    let mut name = [0; 16];
    name.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    Ok(Some((NoteRef::from_bytes(name), audience, text.to_owned())))
}

/// The command's fields, each as the type it has on the wire.
fn object(fields: &[(String, String)]) -> Result<Value, Trouble> {
    let mut command = Map::new();
    for (name, text) in fields.iter().filter(|(name, text)| !OURS.contains(&name.as_str()) && !text.trim().is_empty()) {
        let value = match name.as_str() {
            "version" | "week" | "seconds" => {
                let number: u16 = text.trim().parse().map_err(|_| Trouble::form("a number", format!("`{text}`")))?;
                json!(number)
            }
            "starts_at" | "by" => json!(instant(text, get(fields, "zone"))?),
            "pairs" | "module" | "process" => {
                serde_json::from_str(text).map_err(|_| Trouble::form("a choice of the list", "something else"))?
            }
            _ => json!(text.trim()),
        };
        command.insert(name.clone(), value);
    }
    let outcome = command.remove("outcome");
    if let Some(outcome) = outcome {
        let strategies: Vec<_> =
            fields.iter().filter(|(name, _)| name == "strategies").map(|(_, strategy)| strategy.as_str()).collect();
        let told = command.remove("strategies").is_some();
        let reason = command.remove("reason");
        let mut inner = Map::from_iter([("outcome".to_owned(), outcome.clone())]);
        let is_decision = command.get("type").and_then(Value::as_str) == Some(CommandKind::DecideAdoption.name());
        if matches!(outcome.as_str(), Some("practised" | "adopted")) {
            if !told {
                return Err(Trouble::form("at least one strategy to be ticked, or the other answer", "none"));
            }
            inner.insert("strategies".to_owned(), json!(strategies));
        } else if let Some(reason) = reason {
            inner.insert("reason".to_owned(), reason);
        }
        command.insert(if is_decision { "adoption" } else { "report" }.to_owned(), Value::Object(inner));
    }
    Ok(Value::Object(command))
}

/// A local time of a form with the minutes it lies behind UTC; without them it is UTC.
pub(crate) fn instant(text: &str, zone: Option<&str>) -> Result<String, Trouble> {
    let wrong = || Trouble::form("a date and a time", format!("`{text}`"));
    let local = chrono::NaiveDateTime::parse_from_str(text.trim(), "%Y-%m-%dT%H:%M").map_err(|_| wrong())?;
    let behind: i64 = zone.unwrap_or("0").parse().map_err(|_| wrong())?;
    let behind = chrono::TimeDelta::try_minutes(behind).filter(|by| by.num_hours().abs() <= 24).ok_or_else(wrong)?;
    let utc = local.checked_add_signed(behind).ok_or_else(wrong)?;
    Ok(utc.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The key of a form.
pub(crate) fn new_key() -> Markup {
    let mut bytes = [0; 16];
    // Without randomness the key is all zeros, the form is refused as a repetition, and nothing is lost.
    let _filled = getrandom::fill(&mut bytes);
    html! { input type="hidden" name="key" value=(CommandId::from_bytes(bytes)); }
}

/// A form of a cycle's, for a command of this kind.
pub(crate) fn form(here: &Here, kind: CommandKind, inner: &Markup) -> Markup {
    sent(here, kind, &html! { (self::kind(kind)) (inner) })
}

/// What is pressed is sent until it is through; what is of the moment only as long as it lasts.
fn sent(here: &Here, kind: CommandKind, inner: &Markup) -> Markup {
    let moment = sure::is_of_the_moment(kind);
    html! { form method="post" action={ (at("c", &here.id)) "/do" } data-send data-moment[moment] { (new_key()) (inner) } }
}

/// A button that gives this command as it is.
pub(crate) fn button(here: &Here, command: &WireCommand, label: &str, class: &str) -> Markup {
    // INVARIANT: a command is always JSON.
    let text = serde_json::to_string(command).unwrap_or_default();
    sent(here, command.kind(), &html! { input type="hidden" name="command" value=(text); button class=(class) { (label) } })
}

/// A command's kind, as a hidden field.
pub(crate) fn kind(kind: CommandKind) -> Markup {
    html! { input type="hidden" name="type" value=(kind.name()); }
}

pub(crate) fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// A list to choose from, with a label.
pub(crate) fn select(name: &str, label: &str, options: &[(String, String)], none: Option<&str>) -> Markup {
    select_at(name, label, options, none, None)
}

/// The same, with what was chosen before.
pub(crate) fn select_at(
    name: &str,
    label: &str,
    options: &[(String, String)],
    none: Option<&str>,
    chosen: Option<&str>,
) -> Markup {
    html! {
        label.field { span { (label) }
            select name=(name) {
                @if let Some(none) = none { option value="" { (none) } }
                @for (value, label) in options { option value=(value) selected[chosen == Some(value.as_str())] { (label) } }
            }
        }
    }
}

/// A date and a time.
pub(crate) fn date(name: &str, label: &str) -> Markup {
    date_at(name, label, true, None)
}

/// The same, with what was chosen before.
pub(crate) fn date_at(name: &str, label: &str, required: bool, chosen: Option<&str>) -> Markup {
    html! {
        label.field { span { (label) " " small data-zone { "(UTC)" } }
            input type="datetime-local" name=(name) value=[chosen] required[required];
        }
        input type="hidden" name="zone" value="0" data-zone-minutes;
    }
}

/// Words of one's own, and who can read them.
pub(crate) fn words(here: &Here, label: &str, hint: &str, audience: Option<peercircle_core::SessionKind>) -> Markup {
    if !here.may_write() {
        return html! {};
    }
    html! {
        label.field { span { (label) } textarea name="text" rows="3" placeholder=(hint) { (get(&here.sent, "text").unwrap_or_default()) } }
        (readers(audience))
    }
}

/// Who can read what is written.
pub(crate) fn readers(audience: Option<peercircle_core::SessionKind>) -> Markup {
    match audience {
        None => html! { p.readers { "Only you can read this." } },
        Some(session) => {
            let value = match session {
                peercircle_core::SessionKind::Explore => "explore",
                peercircle_core::SessionKind::Reflect => "reflect",
            };
            html! {
                fieldset.readers {
                    legend { "Who can read this" }
                    label { input type="radio" name="audience" value="" checked; " Only me" }
                    label { input type="radio" name="audience" value=(value); " Everyone who attends " (session.label()) }
                }
            }
        }
    }
}

impl Here {
    /// Whether one may write at all: whoever isn't vouched for may not yet.
    pub(crate) fn may_write(&self) -> bool {
        self.visitor.ask(&peercircle_host::Right::Content(self.id.clone())).is_ok()
    }
}

/// Strategies to tick.
pub(crate) fn strategies(here: &Here, legend: &str) -> Markup {
    html! {
        fieldset.checks { legend { (legend) }
            @for id in &here.view.strategies {
                label { input type="checkbox" name="strategies" value=(id); " " (here.strategy(id)) }
            }
        }
    }
}

/// The codes of a type as options: wire name and label.
macro_rules! options {
    ($Code:ident) => {
        $Code::ALL
            .iter()
            .map(|code| {
                let name = serde_json::to_value(code).ok().and_then(|value| value.as_str().map(str::to_owned));
                (name.unwrap_or_default(), crate::words::capital(code.label()))
            })
            .collect::<Vec<(String, String)>>()
    };
}
pub(crate) use options;

/// Why, for a kind of command that wants a reason.
#[expect(clippy::wildcard_enum_match_arm, reason = "most kinds want none")]
pub(crate) fn reasons(kind: CommandKind) -> Option<Vec<(String, String)>> {
    Some(match kind {
        CommandKind::WithdrawMember => options!(WithdrawalReason),
        CommandKind::PostponeSession => options!(PostponeReason),
        CommandKind::CancelSession | CommandKind::CancelCycle => options!(CancelReason),
        CommandKind::SkipPhase => options!(SkipReason),
        CommandKind::ReopenPhase => options!(ReopenReason),
        CommandKind::CloseRound => options!(ForceReason),
        CommandKind::PauseSession => options!(PauseReason),
        CommandKind::InterruptSession => options!(InterruptReason),
        CommandKind::ContinueBelowQuorum => options!(ContinueReason),
        CommandKind::WaiveMember => options!(WaiveReason),
        CommandKind::SuspendCycle => options!(SuspendReason),
        CommandKind::TerminateCycle => options!(TerminateReason),
        _ => return None,
    })
}

/// Reasons for not having practised.
pub(crate) fn no_practice() -> Vec<(String, String)> {
    options!(NoPracticeReason)
}

/// Reasons for adopting none.
pub(crate) fn no_adoption() -> Vec<(String, String)> {
    options!(NoAdoptionReason)
}

pub(crate) fn repeat() -> Vec<(String, String)> {
    options!(RepeatReason)
}

pub(crate) fn short_gap() -> Vec<(String, String)> {
    options!(ShortGapReason)
}

pub(crate) fn consents() -> Vec<(String, String)> {
    options!(Consent)
}

pub(crate) fn parts() -> Vec<(String, String)> {
    options!(CatchUpPart)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(list: &[(&str, &str)]) -> Vec<(String, String)> {
        let key = ("key".to_owned(), "00000000000000000000000000000007".to_owned());
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).chain([key]).collect()
    }

    fn read(list: &[(&str, &str)]) -> Value {
        let pressed = Pressed::read(&fields(list)).ok().unwrap();
        serde_json::to_value(pressed.command).unwrap()
    }

    #[test]
    fn a_form_is_the_command_it_shows() {
        assert_eq!(read(&[("type", "phase.extend"), ("seconds", "120")]), json!({"type": "phase.extend", "seconds": 120}));
        let told =
            [("type", "report.give"), ("member", "ana"), ("outcome", "practised"), ("strategies", "a"), ("strategies", "b")];
        let report = json!({"outcome": "practised", "strategies": ["a", "b"]});
        assert_eq!(read(&told), json!({"type": "report.give", "member": "ana", "report": report}));
        let none = [("type", "adoption.decide"), ("member", "ana"), ("outcome", "none_adopted"), ("reason", "did_not_fit")];
        let adoption = json!({"outcome": "none_adopted", "reason": "did_not_fit"});
        assert_eq!(read(&none), json!({"type": "adoption.decide", "member": "ana", "adoption": adoption}));
        let date = [("type", "session.promise_date"), ("by", "2026-03-02T10:30"), ("zone", "-60")];
        assert_eq!(read(&date), json!({"type": "session.promise_date", "by": "2026-03-02T09:30:00Z"}));
    }

    #[test]
    fn a_form_that_comes_twice_has_one_note() {
        let twice = [("type", "turn.finish"), ("member", "ana"), ("text", "what I take away")];
        let [one, other] = [(); 2].map(|()| Pressed::read(&fields(&twice)).ok().unwrap().note.unwrap());
        assert_eq!(one, other);
        assert_eq!(one.2, "what I take away");
        let again = [("type", "turn.finish"), ("member", "ana"), ("text", "what else I take away")];
        assert_ne!(one.0, Pressed::read(&fields(&again)).ok().unwrap().note.unwrap().0);
    }

    #[test]
    fn what_is_no_form_of_ours_is_refused() {
        for odd in [
            vec![("type", "phase.extend"), ("seconds", "soon")],
            vec![("type", "tea.serve")],
            vec![("type", "session.promise_date"), ("by", "tomorrow")],
            vec![("type", "report.give"), ("member", "ana"), ("outcome", "practised")],
            vec![("type", "phase.extend"), ("seconds", "60"), ("tea", "now")],
        ] {
            assert!(Pressed::read(&fields(&odd)).is_err(), "{odd:?}");
        }
    }
}
