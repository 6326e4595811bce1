//! What is read and sent beside the host's own types.

use std::collections::BTreeSet;

use peercircle_core::{
    CycleFacts, CycleId, Date, DepartmentId, DueView, GroupId, Instant, LevelId, MemberId, ModuleId, NoteRef, Place,
    Revision, SessionKind, Stage,
};
use peercircle_host::{Outlook, Scope, Waits};
use peercircle_modules::{About, Guide, Practice};
use peercircle_service::{Audience, NoteHead};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    call::MAX_PAGE,
    route::{SchemaOf, of},
};

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub(crate) struct Page<T> {
    /// The entries.
    pub(crate) items: Vec<T>,
    /// What `after` is for the next page; nothing where this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// A list that is no longer than this.
    pub(crate) const fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// From one entry more than a page has.
    pub(crate) fn of(mut items: Vec<T>, limit: usize, id: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(id);
        Self { items, next }
    }
}

/// A secret that is shown.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    /// The invitation's token.
    pub(crate) token: String,
}

/// A recovery code that is sent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recover {
    /// The code, as it was shown; neither hyphens nor small letters matter.
    pub(crate) code: String,
}

/// Whether there is a recovery code.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Recovery {
    /// When it was drawn; nothing where there is none that is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) drawn_at: Option<Instant>,
}

/// How many there were.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Count {
    /// How many.
    pub(crate) count: u32,
}

/// Who is signed in.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Me {
    /// The organisation's id.
    pub(crate) organisation: String,
    /// Its name.
    pub(crate) organisation_name: String,
    /// In which role.
    pub(crate) who: MeAs,
}

/// In which role somebody is signed in.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "role", rename_all = "snake_case")]
pub(crate) enum MeAs {
    /// Somebody in a group.
    Member {
        /// Who.
        person: MemberId,
        /// What people call them.
        name: String,
        /// Whether it is certain enough to be them to show what was said.
        vouched: bool,
        /// The cycles in which it is, where it isn't everywhere.
        #[serde(skip_serializing_if = "BTreeSet::is_empty")]
        vouched_in: BTreeSet<CycleId>,
        /// The key that asks in their name, where one does.
        #[serde(skip_serializing_if = "Option::is_none")]
        by_key: Option<String>,
    },
    /// A programme owner.
    Owner {
        /// Their name or address.
        name: String,
    },
    /// A system with a key.
    System {
        /// The key's name.
        key: String,
        /// What it is good for.
        scopes: BTreeSet<Scope>,
    },
}

/// A cycle's facts, and what lies ahead of it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Outlook")]
pub(crate) struct OutlookOf {
    /// What leaves the group; of fewer than five people no counts.
    pub(crate) facts: CycleFacts,
    /// The session at hand, or else the next one; none once both were held, and none while the cycle is suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_session: Option<NextSessionOf>,
    /// What waits to be done. Who has to do it is told of nobody.
    pub(crate) waits: Vec<Waiting>,
}

/// The session at hand, or else the next one.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NextSession")]
pub(crate) struct NextSessionOf {
    /// Which.
    pub(crate) session: SessionKind,
    /// Its date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) starts_at: Option<Instant>,
    /// Whether it lost its date.
    pub(crate) postponed: bool,
    /// Where it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Place>,
}

/// Something that waits.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Waiting {
    /// What for.
    pub(crate) what: Waits,
    /// Whether the organiser comes next; else it is the group's own.
    pub(crate) yours: bool,
}

impl OutlookOf {
    /// An outlook as it is sent, at `now`.
    pub(crate) fn at(now: Instant, outlook: Outlook) -> Self {
        let Outlook { facts, next_session, waits } = outlook;
        let next_session = next_session.map(|next| NextSessionOf {
            session: next.session,
            starts_at: next.date.at(),
            postponed: next.date == Date::Postponed,
            place: next.place,
        });
        let waits = waits.into_iter().map(|what| Waiting { what, yours: what.is_organisers(now) }).collect();
        Self { facts, next_session, waits }
    }
}

/// A cycle one is in.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MyCycle {
    /// Its id.
    pub(crate) cycle: CycleId,
    /// Its revision.
    pub(crate) revision: Revision,
    /// Where it is.
    pub(crate) stage: Stage,
}

/// A person to keep. The id is in the path.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutPerson {
    /// What people call them, 1 to 80 characters.
    #[schemars(length(min = 1, max = 80), regex(pattern = NAME))]
    pub(crate) name: String,
    /// Where an invitation goes.
    #[serde(default)]
    pub(crate) email: Option<String>,
    /// Their level.
    pub(crate) level: LevelId,
    /// Their department.
    pub(crate) department: DepartmentId,
    /// Their manager.
    #[serde(default)]
    pub(crate) manager: Option<MemberId>,
}

/// A group to keep. The id is in the path.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutGroup {
    /// Its name, 1 to 80 characters.
    #[schemars(length(min = 1, max = 80), regex(pattern = NAME))]
    pub(crate) name: String,
    /// Its people, in the order of seats, each once.
    #[schemars(extend("uniqueItems" = true))]
    pub(crate) members: Vec<MemberId>,
}

/// What has fallen due, and what falls due next.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Due {
    /// What has fallen due and still stands.
    pub(crate) due: Vec<DueView>,
    /// What falls due next.
    pub(crate) ahead: Vec<DueView>,
}

/// Events as they are stored.
#[derive(Debug, Serialize)]
pub(crate) struct Events {
    pub(crate) items: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<Revision>,
}

impl JsonSchema for Events {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Events".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let envelope = generator.subschema_for::<peercircle_wire::Envelope>();
        let revision = generator.subschema_for::<Revision>();
        json_schema!({
            "description": "A page of events. Types that are newer than this description may be among them.",
            "type": "object",
            "properties": { "items": { "type": "array", "items": envelope }, "next": revision },
            "required": ["items"],
        })
    }
}

/// Whom a note is for, beside its author.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "audience", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum For {
    /// Nobody.
    Author {},
    /// Members who attended this session; while it runs, those who have come to it.
    Session {
        /// Which.
        session: SessionKind,
    },
}

impl From<For> for Audience {
    fn from(one: For) -> Self {
        match one {
            For::Author {} => Self::Author {},
            For::Session { session } => Self::Session { session },
        }
    }
}

impl From<Audience> for For {
    fn from(one: Audience) -> Self {
        match one {
            Audience::Author {} => Self::Author {},
            Audience::Session { session } => Self::Session { session },
        }
    }
}

/// A note to put.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutNote {
    /// Whom it is for, beside its author.
    pub(crate) r#for: For,
    /// What was said, at most 64 KiB.
    pub(crate) text: String,
}

/// What is known of a note without opening it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct NoteOn {
    /// What events call it.
    pub(crate) note: NoteRef,
    /// Who wrote it.
    pub(crate) author: MemberId,
    /// Whom it is for, beside its author.
    pub(crate) r#for: For,
    /// When it was put.
    pub(crate) at: Instant,
}

impl From<NoteHead> for NoteOn {
    fn from(head: NoteHead) -> Self {
        let NoteHead { note, author, audience, at } = head;
        Self { note, author, r#for: audience.into(), at }
    }
}

/// The notes that one may read.
pub(crate) type Notes = Page<NoteOn>;

/// A note, opened.
#[derive(Serialize, JsonSchema)]
pub(crate) struct NoteOf {
    /// What it is.
    pub(crate) head: NoteOn,
    /// What was said.
    pub(crate) text: String,
}

/// A key to make.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKeyAsked {
    /// Its name in lists and in the audit, 1 to 64 characters.
    #[schemars(length(min = 1, max = 64), regex(pattern = PRINTABLE))]
    pub(crate) name: String,
    /// What it is to be good for, at least one.
    #[schemars(length(min = 1), extend("uniqueItems" = false))]
    pub(crate) scopes: BTreeSet<Scope>,
    /// Until when, where it is to end by itself.
    #[serde(default)]
    pub(crate) expires_at: Option<Instant>,
}

/// What a parameter of a path is.
pub(crate) fn in_path(path: &str, name: &str) -> SchemaOf {
    match (name, path.split('/').nth(3)) {
        ("note", _) => of::<NoteRef>,
        ("name", Some("processes")) => process_name,
        ("name", _) => key_name,
        (_, Some("groups")) => of::<GroupId>,
        (_, Some("cycles")) => of::<CycleId>,
        (_, Some("modules")) => of::<ModuleId>,
        _ => of::<MemberId>,
    }
}

fn process_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": "^[a-z0-9-]{1,64}$"})
}

fn key_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "minLength": 1, "maxLength": 64, "pattern": PRINTABLE, "not": {"enum": [".", ".."]}})
}

/// A text on one line.
const PRINTABLE: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";

/// A name: a text on one line, without spaces around it.
const NAME: &str =
    "^[^\\s\\u0000-\\u001f\\u007f-\\u009f]([^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f])?$";

/// A text that isn't empty.
pub(crate) fn word(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({"type": "string", "minLength": 1})
}

/// A language tag.
pub(crate) fn language(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({"type": "string", "maxLength": 35, "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$"})
}

/// An ETag of a cycle, as a command expects it.
pub(crate) fn etag(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({"type": "string", "pattern": "^(\\*|\"([0-9]{1,9}|[0-9a-f]{32})\")$"})
}

pub(crate) fn limit(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "integer", "minimum": 1, "maximum": MAX_PAGE})
}

pub(crate) fn flag(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "boolean"})
}

pub(crate) fn key(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": "^[!-~]{1,255}$"})
}

pub(crate) fn object(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object"})
}

pub(crate) fn state(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]})
}

pub(crate) fn titles(generator: &mut SchemaGenerator) -> Schema {
    let module = generator.subschema_for::<ModuleId>();
    let category = generator.subschema_for::<peercircle_modules::Category>();
    json_schema!({
        "type": "object",
        "properties": { "items": { "type": "array", "items": {
            "type": "object",
            "properties": {
                "id": module,
                "language": {"type": "string"},
                "languages": {"type": "array", "items": {"type": "string"}},
                "version": {"type": "integer", "minimum": 0},
                "category": category,
                "title": {"type": "string"},
                "summary": {"type": "string"},
            },
            "required": ["id", "language", "languages", "version", "category", "title", "summary"],
        } } },
        "required": ["items"],
    })
}

pub(crate) fn module(generator: &mut SchemaGenerator) -> Schema {
    let id = generator.subschema_for::<ModuleId>();
    let (about, guide) = (generator.subschema_for::<About>(), generator.subschema_for::<Guide>());
    let practice = generator.subschema_for::<Practice>();
    json_schema!({
        "type": "object",
        "properties": {
            "id": id,
            "language": {"type": "string"},
            "about": about,
            "guide": guide,
            "practice": practice,
            "reference": {"type": "object"},
            "case": {"type": "object"},
            "exercises": {"type": "array", "items": {"type": "object"}},
            "job_aids": {"type": "array", "items": {"type": "object"}},
        },
        "required": ["id", "language", "about", "guide", "practice", "reference", "case", "exercises", "job_aids"],
    })
}

/// So that the id in the path is the one that is kept.
impl PutGroup {
    pub(crate) fn with(self, id: GroupId) -> peercircle_host::Group {
        peercircle_host::Group { id, name: self.name, members: self.members }
    }
}

impl PutPerson {
    pub(crate) fn with(self, id: MemberId) -> peercircle_host::Person {
        let Self { name, email, level, department, manager } = self;
        peercircle_host::Person { id, name, email, level, department, manager }
    }
}
