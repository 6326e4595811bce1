//! The organiser's commands as forms, and what a form leaves out.

use maud::{Markup, html};
use peercircle_core::{Attendance, CommandKind, CycleFacts, CycleId, MemberId, Outcome, Place, Privacy, SessionKind};
use peercircle_host::{HostError, Terms, Visitor};

use super::super::{Fields, outlook::anchor, roster};
use crate::{
    address::at,
    forms::{self, get},
    page::Trouble,
    sure,
    words::{Names, capital},
};

/// Before the id of somebody in the form that pairs them; the field holds the number of their pair.
const PAIR: &str = "pair.";

/// What commands are about, for the eye; any other is the cycle's own.
const THEMES: [(&str, &[CommandKind]); 3] = [
    (
        "Dates",
        &[
            CommandKind::ScheduleSession,
            CommandKind::RescheduleSession,
            CommandKind::PostponeSession,
            CommandKind::PromiseDate,
            CommandKind::OpenSession,
            CommandKind::RestartSession,
            CommandKind::CancelSession,
        ],
    ),
    (
        "People",
        &[
            CommandKind::EnrolMember,
            CommandKind::WithdrawMember,
            CommandKind::AppointFacilitator,
            CommandKind::MarkAttendance,
            CommandKind::PairBuddies,
            CommandKind::WaiveMember,
        ],
    ),
    (
        "What it works on and under",
        &[CommandKind::ChooseModule, CommandKind::SetGroundRules, CommandKind::MigrateProcess, CommandKind::TightenPrivacy],
    ),
];

/// What the forms of a cycle are drawn from.
pub(super) struct Desk<'a> {
    pub(super) visitor: &'a Visitor,
    pub(super) id: &'a CycleId,
    pub(super) facts: &'a CycleFacts,
    pub(super) members: &'a [MemberId],
    pub(super) names: &'a Names,
    pub(super) terms: &'a Terms,
    /// What was filled in where something was refused.
    pub(super) pressed: &'a Fields,
}

impl Desk<'_> {
    /// A form for each of these commands that has one, by theme.
    pub(super) fn forms(&self, may: &[CommandKind]) -> Result<Vec<(&'static str, Vec<Markup>)>, Trouble> {
        let named = THEMES.map(|(theme, kinds)| (theme, may.iter().filter(|kind| kinds.contains(kind)).collect()));
        let is_else = |kind: &&CommandKind| !THEMES.iter().any(|(_, kinds)| kinds.contains(kind));
        let rest: Vec<_> = may.iter().filter(is_else).collect();
        let mut themes = Vec::new();
        for (theme, kinds) in named.into_iter().chain([("The cycle", rest)]) {
            let mut forms = Vec::new();
            for kind in kinds {
                forms.extend(self.form(*kind)?);
            }
            if !forms.is_empty() {
                themes.push((theme, forms));
            }
        }
        Ok(themes)
    }

    /// A form for a command of the organiser's; nothing for one that is done elsewhere.
    fn form(&self, kind: CommandKind) -> Result<Option<Markup>, Trouble> {
        let is_pressed = get(self.pressed, "type") == Some(kind.name());
        let desk = Desk { pressed: if is_pressed { self.pressed } else { &[] }, ..*self };
        let wanted: &[&str] = if kind == CommandKind::EnrolMember { &["member"] } else { kind.fields() };
        let mut fields = Vec::new();
        for name in wanted {
            match desk.field(kind, name)? {
                Some(field) => fields.push(field),
                None => return Ok(None),
            }
        }
        let says = sure::what(kind);
        Ok(Some(html! {
            details.card id=(anchor(kind)) open[is_pressed] {
                summary { (capital(kind.label())) }
                @if let Some(says) = says { p { (says) } }
                form method="post" action={ (at("cycles", self.id)) "/do" } {
                    (forms::new_key()) (forms::kind(kind))
                    @for field in fields { (field) }
                    button.danger[says.is_some()] { (capital(kind.label())) }
                }
            }
        }))
    }

    fn field(&self, kind: CommandKind, name: &str) -> Result<Option<Markup>, Trouble> {
        // Erasing is done from the page of the person, for every cycle at once.
        if kind == CommandKind::AnonymiseMember {
            return Ok(None);
        }
        let select = |name: &str, label: &str, options: &[(String, String)], none: Option<&str>| {
            Some(forms::select_at(name, label, options, none, get(self.pressed, name)))
        };
        Ok(match name {
            "member" => {
                let people: Vec<_> = self.members.iter().map(|id| (id.to_string(), self.names.of(id).to_owned())).collect();
                select("member", "Who", &people, None)
            }
            "session" => {
                let sessions = SessionKind::ALL.map(|session| {
                    let name = if session == SessionKind::Explore { "explore" } else { "reflect" };
                    (name.to_owned(), capital(session.label()))
                });
                select("session", "Session", &sessions, None)
            }
            "reason" => match forms::reasons(kind) {
                Some(reasons) => select("reason", "Why", &reasons, None),
                None => None,
            },
            "starts_at" | "by" => Some(forms::date_at(name, "When", true, get(self.pressed, name))),
            "place" => select("place", "Where", &forms::options!(Place), None),
            "privacy" => select("privacy", "What leaves the group", &forms::options!(Privacy), None),
            "attendance" => select("attendance", "As what", &forms::options!(Attendance), None),
            "exception?" => {
                select("exception", "If they facilitated before, why again", &forms::repeat(), Some("They didn't"))
            }
            "short_gap?" => {
                let label = "If it is sooner than the process wants, why";
                select("short_gap", label, &forms::short_gap(), Some("It isn't"))
            }
            "module" => Some(roster::module_choice(self.visitor, self.pressed)),
            "process" => {
                let (pressed, in_force) = (get(self.pressed, "process"), self.terms.process.as_str());
                let choice = roster::process_choice(self.visitor, pressed, Some(in_force))?;
                Some(html! { p { "It runs under " strong { (self.terms.process) } ". Privacy only tightens." } (choice) })
            }
            "version" => {
                let version = self.terms.ground_rules.saturating_add(1);
                Some(html! {
                    p { "This is version " (version) ". Everybody who attends accepts it anew, so tell them what has changed." }
                    (forms::hidden("version", &version.to_string()))
                })
            }
            "pairs" => Some(self.pairs()),
            _ => None,
        })
    }

    /// Who is in which pair. As long as nobody chose: two by two, and three where one would be left.
    fn pairs(&self) -> Markup {
        let left = |id: &MemberId| {
            let is_out = |outcome| matches!(outcome, Outcome::Withdrawn | Outcome::Dropped);
            self.facts.named.iter().any(|one| one.member == *id && is_out(one.outcome))
        };
        let there = self.members.iter().filter(|id| !left(id));
        let count = (there.clone().count() / 2).max(1);
        let pairs: Vec<_> = (1..=count).map(|pair| (pair.to_string(), format!("Pair {pair}"))).collect();
        let suggested = |id: &MemberId| {
            let at = there.clone().position(|one| one == id)?;
            Some((at / 2 + 1).min(count).to_string())
        };
        html! {
            p.helps { "Everybody in the group is in one pair; where they are odd, three are one. Pairs there were are made anew." }
            @for id in self.members {
                @let name = format!("{PAIR}{id}");
                @let chosen = if self.pressed.is_empty() { suggested(id) } else { get(self.pressed, &name).map(str::to_owned) };
                (forms::select_at(&name, self.names.of(id), &pairs, Some("Not in the group"), chosen.as_deref()))
            }
        }
    }
}

/// The fields of a form as a command has them: with what the directory, the catalogue and the processes know.
pub(super) fn completed(visitor: &Visitor, fields: &Fields) -> Result<Vec<(String, String)>, Trouble> {
    let mut fields = fields.to_vec();
    let kind = get(&fields, "type").and_then(|kind| kind.parse::<CommandKind>().ok());
    if kind == Some(CommandKind::EnrolMember) && get(&fields, "level").is_none() {
        // Anew, or after they left.
        let member = get(&fields, "member").and_then(|member| member.parse().ok());
        let person = visitor.directory_entry(&member.ok_or_else(|| Trouble::form("a person", "none"))?)?;
        fields.push(("level".to_owned(), person.level.to_string()));
        fields.push(("department".to_owned(), person.department.to_string()));
        fields.extend(person.manager.map(|manager| ("manager".to_owned(), manager.to_string())));
    } else if kind == Some(CommandKind::ChooseModule) {
        let id = get(&fields, "module").unwrap_or_default().to_owned();
        let module = visitor.organisation().catalogue().module(&id, "en");
        let module = module.and_then(|module| module.to_ref().ok()).ok_or_else(|| Trouble::form("a module", "none"))?;
        set(&mut fields, "module", &module)?;
    } else if kind == Some(CommandKind::MigrateProcess) {
        let process = visitor.organisation().process(get(&fields, "process"))?;
        set(&mut fields, "process", &process)?;
    } else if kind == Some(CommandKind::PairBuddies) {
        let pairs = pairs_of(&fields)?;
        fields.retain(|(name, _)| !name.starts_with(PAIR));
        set(&mut fields, "pairs", &pairs)?;
    }
    Ok(fields)
}

/// A field with something that no form writes as text.
fn set(fields: &mut Vec<(String, String)>, name: &str, value: &impl serde::Serialize) -> Result<(), Trouble> {
    let text = serde_json::to_string(value).map_err(|error| {
        Trouble::from(HostError::Invalid { expected: "something to send".to_owned(), got: error.to_string() })
    })?;
    fields.retain(|(field, _)| field != name);
    fields.push((name.to_owned(), text));
    Ok(())
}

/// The pairs that were chosen, by their numbers.
fn pairs_of(fields: &Fields) -> Result<Vec<Vec<MemberId>>, Trouble> {
    let mut pairs = std::collections::BTreeMap::<&str, Vec<MemberId>>::new();
    for (name, number) in fields.iter().filter(|(_, number)| !number.is_empty()) {
        if let Some(id) = name.strip_prefix(PAIR) {
            let id = id.parse().map_err(|_| Trouble::form("people of the list", format!("`{id}`")))?;
            pairs.entry(number).or_default().push(id);
        }
    }
    Ok(pairs.into_values().collect())
}
