//! The table of routes, and what answers each.

mod catalogue;
mod content;
pub(crate) mod cycles;
mod facts;
mod keys;
mod own;
mod people;
mod server;
pub(crate) mod shapes;

use peercircle_core::{
    AllowedView, CycleFacts, CycleId, CycleView, ExplanationView, GroupId, GuideView, MemberId, Revision, VerdictView,
    WaitingView, WireCommand,
};
use peercircle_host::{
    Draft, Figures, Formed, Group, Invitation, Invited, KeyInfo, Link, NewCycle, NewKey, Person, ProcessFile, RecoveryCode,
    SignedIn,
};

use self::shapes::{
    Count, Due, Events, Me, MyCycle, NewKeyAsked, NoteOf, Notes, OutlookOf, Page, PutGroup, PutNote, PutPerson, Recover,
    Recovery, Token,
};
use crate::{
    Need,
    route::{Body, Param, Route, SchemaOf, command, delete, events, get, of, post, put, text},
};

/// Every route of the API, in the order of its description.
#[must_use]
pub fn routes() -> &'static [Route] {
    ROUTES
}

const fn paged(schema: SchemaOf) -> [Param; 2] {
    [Param { name: "after", says: "Where the page before ended: its `next`.", schema }, LIMIT]
}
const LIMIT: Param =
    Param { name: "limit", says: "How many entries, 1 to 200; 50 where it is left out.", schema: shapes::limit };
const LANG: Param = Param { name: "lang", says: "A language tag, such as `de` or `pt-BR`.", schema: shapes::language };
const PREVIEW: Param = Param { name: "preview", says: "Whether nothing is to be kept.", schema: shapes::flag };
const PROCESS: Param = Param { name: "process", says: "The name of a process.", schema: shapes::word };
const AFTER_REVISION: Param =
    Param { name: "after", says: "The last revision that was seen; 0 where it is left out.", schema: of::<Revision> };
const LAST_EVENT_ID: Param =
    Param { name: "Last-Event-ID", says: "As `after`, and before it; browsers send it.", schema: of::<Revision> };
const ON_BEHALF: Param =
    Param { name: "Peercircle-Member", says: "In whose name a key with the scope `act` asks.", schema: of::<MemberId> };
const KEY: Param = Param {
    name: "Idempotency-Key",
    says: "1 to 255 visible characters; the same command under the same key gets the first answer (R-04), another one 422.",
    schema: shapes::key,
};
const IF_MATCH: Param = Param {
    name: "If-Match",
    says: "The ETag of the cycle as it was seen (R-04); for the organiser, of its facts.",
    schema: shapes::etag,
};
const IF_NONE_MATCH: Param = Param { name: "If-None-Match", says: "The ETag that is there already.", schema: of::<String> };

const BEHALF: &[Param] = &[ON_BEHALF];

/// What an invitation that opens nothing is answered with.
const SHUT: &[(u16, &str)] = &[(404, "It never was one, or was revoked."), (410, "It was used, or is too old.")];

const PERSON: &str = "/api/v1/people/{id}";
const GROUP: &str = "/api/v1/groups/{id}";
const NOTE: &str = "/api/v1/cycles/{id}/notes/{note}";

static ROUTES: &[Route] = &[
    get("/health", Need::Public, "health", "Whether the server runs.", server::health).gives(200, shapes::state).unlimited(),
    get("/ready", Need::Public, "ready", "Whether the server can answer: its stores do, and it isn't stopping.", server::ready)
        .gives(200, shapes::state)
        .unlimited(),
    get("/metrics", Need::Public, "metrics", "Metrics for Prometheus.", server::metrics)
        .gives(200, text)
        .sent_as(server::METRICS)
        .unlimited(),
    get("/api/v1/openapi.json", Need::Public, "description", "This description.", server::description)
        .gives(200, shapes::object),
    post("/api/v1/redeem", Need::Public, "redeem", "Takes an invitation, once, and gives a personal link.", own::redeem)
        .reads(Body::Json, of::<Token>)
        .gives(200, of::<Link>)
        .also(SHUT),
    post("/api/v1/invited", Need::Public, "invited", "Whom an invitation is for, without taking it.", own::invited)
        .reads(Body::Json, of::<Token>)
        .gives(200, of::<Invited>)
        .also(SHUT),
    get("/api/v1/me", Need::SignedIn, "me", "Who is signed in, and in which role.", own::me)
        .headers(BEHALF)
        .gives(200, of::<Me>),
    delete("/api/v1/me", Need::SignedIn, "signOut", "Ends the personal link that is shown.", own::sign_out).empty(),
    get("/api/v1/my/cycles", Need::Own, "myCycles", "The cycles one is in.", own::cycles)
        .headers(BEHALF)
        .gives(200, of::<Page<MyCycle>>),
    get("/api/v1/my/sign-ins", Need::Own, "signIns", "One's own sign-ins that are good now: one that one doesn't know of is somebody else's.", own::sign_ins)
        .headers(BEHALF)
        .gives(200, of::<Page<SignedIn>>),
    get("/api/v1/my/unvouched", Need::Own, "unvouched", "Who in one's groups signed in and isn't vouched for.", own::unvouched)
        .headers(BEHALF)
        .gives(200, of::<Page<SignedIn>>),
    get("/api/v1/my/recovery-code", Need::Own, "recoveryCode", "When one's own recovery code was drawn, where there is one.", own::recovery_code)
        .headers(BEHALF)
        .gives(200, of::<Recovery>),
    post(
        "/api/v1/my/recovery-code",
        Need::Own,
        "drawRecoveryCode",
        "Draws a recovery code, shown this once, for whoever came in by a personal link and surely is who they say. The one before it is good no longer.",
        own::draw_recovery_code,
    )
    .headers(BEHALF)
    .gives(201, of::<RecoveryCode>),
    post(
        "/api/v1/my/recover",
        Need::Own,
        "recover",
        "Says with one's recovery code that it is oneself who signed in: notes are open again, every other link of theirs ends, the code is used up.",
        own::recover,
    )
    .headers(BEHALF)
    .reads(Body::Json, of::<Recover>)
    .gives(200, of::<Count>),
    get("/api/v1/people", Need::People, "people", "The people, by id.", people::people)
        .query(const { &paged(of::<MemberId>) })
        .gives(200, of::<Page<Person>>),
    get(PERSON, Need::People, "person", "A person.", people::person).gives(200, of::<Person>),
    put(PERSON, Need::People, "putPerson", "Keeps a person, new or changed.", people::put_person)
        .reads(Body::Json, of::<PutPerson>)
        .gives(200, of::<Person>),
    delete(PERSON, Need::People, "erasePerson", "Erases a person everywhere; histories replay on (R-56).", people::erase)
        .empty(),
    post("/api/v1/people/{id}/vouch", Need::Own, "vouch", "Says that it is them who signed in.", own::vouch)
        .headers(BEHALF)
        .gives(200, of::<Count>),
    post("/api/v1/people/{id}/disown", Need::Own, "disown", "Says that it isn't them who signed in.", own::disown)
        .headers(BEHALF)
        .gives(200, of::<Count>),
    delete(
        "/api/v1/people/{id}/links",
        Need::SignedIn,
        "signOutEverywhere",
        "Ends every personal link of somebody: one's own, or with the right to invite anybody's.",
        own::sign_out_everywhere,
    )
    .headers(BEHALF)
    .gives(200, of::<Count>),
    post("/api/v1/rosters", Need::People, "roster", "Keeps the people and groups of a roster, or says what it comes to.", people::roster)
        .query(&[PREVIEW, PROCESS])
        .reads(Body::Csv, text)
        .gives(200, of::<Draft>),
    get("/api/v1/groups", Need::People, "groups", "The groups, by id.", people::groups)
        .query(const { &paged(of::<GroupId>) })
        .gives(200, of::<Page<Group>>),
    get(GROUP, Need::People, "group", "A group.", people::group).gives(200, of::<Group>),
    put(GROUP, Need::People, "putGroup", "Keeps a group, new or changed.", people::put_group)
        .reads(Body::Json, of::<PutGroup>)
        .gives(200, of::<Group>),
    post(
        "/api/v1/groups/{id}/cycles",
        Need::Organise,
        "formCycle",
        "Forms a cycle of a group and enrols its people, all of it or nothing.",
        people::form_cycle,
    )
    .reads(Body::Json, of::<NewCycle>)
    .gives(201, of::<Formed>)
    .also(&[
        (200, "The same words had formed it before; its facts are those of now, where the visitor may see facts."),
        (409, "The id is another cycle's."),
    ]),
    get("/api/v1/cycles", Need::Facts, "cycles", "What leaves the groups, cycle by cycle (R-48).", facts::cycles)
        .query(const { &paged(of::<CycleId>) })
        .gives(200, of::<Page<CycleFacts>>),
    get("/api/v1/programme/figures", Need::Facts, "figures", "The programme in figures; nothing under five people.", facts::figures)
        .gives(200, of::<Figures>),
    get(
        "/api/v1/programme/outlook",
        Need::Facts,
        "outlooks",
        "What lies ahead of the groups and what of it waits, cycle by cycle, with their facts.",
        facts::outlooks,
    )
    .query(const { &paged(of::<CycleId>) })
    .gives(200, of::<Page<OutlookOf>>),
    get("/api/v1/audit", Need::Audit, "audit", "Who looked at which facts, earliest first.", facts::audit)
        .query(const { &paged(shapes::word) })
        .gives(200, of::<Page<peercircle_host::AuditEntry>>),
    get("/api/v1/cycles/{id}/facts", Need::Facts, "facts", "What leaves the group (R-48); of fewer than five people no counts.", facts::facts)
        .gives(200, of::<CycleFacts>),
    get("/api/v1/cycles/{id}/outlook", Need::Facts, "outlook", "What lies ahead of a cycle and what of it waits, with its facts.", facts::outlook)
        .gives(200, of::<OutlookOf>),
    get(
        "/api/v1/cycles/{id}/organiser",
        Need::Organise,
        "organiserMay",
        "The commands that the organiser may give now; while a session gathers or runs, those of some part of it, whichever it is at.",
        cycles::organiser,
    )
        .gives(200, of::<Page<peercircle_core::CommandKind>>),
    command("/api/v1/cycles/{id}/commands", Need::Command, "command", "Gives a command; what is accepted is stored.")
        .headers(&[KEY, IF_MATCH, ON_BEHALF])
        .reads(Body::Json, of::<WireCommand>)
        .gives(200, of::<VerdictView>)
        .also(&[
            (403, "It isn't the visitor's part."),
            (409, "It doesn't belong to where the cycle is."),
            (412, "The cycle has moved on."),
            (422, "A rule refuses it, or it names what isn't there."),
        ]),
    get("/api/v1/cycles/{id}", Need::Group, "cycle", "A cycle at a glance.", cycles::view)
        .headers(&[IF_NONE_MATCH, ON_BEHALF])
        .gives(200, of::<CycleView>)
        .also(&[(304, "It is as it was.")]),
    get("/api/v1/cycles/{id}/guide", Need::Group, "guide", "Everything a screen draws of a cycle, now and for this member.", cycles::guide)
        .headers(BEHALF)
        .gives(200, of::<GuideView>),
    get("/api/v1/cycles/{id}/allowed", Need::Group, "allowed", "Every kind of command in reach, and what refuses it.", cycles::allowed)
        .headers(BEHALF)
        .gives(200, of::<Page<AllowedView>>),
    get("/api/v1/cycles/{id}/waiting", Need::Group, "waiting", "Whom the cycle waits for.", cycles::waiting)
        .headers(BEHALF)
        .gives(200, of::<Page<WaitingView>>),
    get("/api/v1/cycles/{id}/due", Need::Group, "due", "What has fallen due, and what falls due next.", cycles::due)
        .headers(BEHALF)
        .gives(200, of::<Due>),
    get("/api/v1/cycles/{id}/audit", Need::Group, "auditOf", "Who looked at the facts of the cycle.", cycles::audit)
        .headers(BEHALF)
        .gives(200, of::<Page<peercircle_host::AuditEntry>>),
    post("/api/v1/cycles/{id}/explain", Need::Group, "explain", "Every rule that looks at a command. Nothing is done.", cycles::explain)
        .headers(BEHALF)
        .reads(Body::Json, of::<WireCommand>)
        .gives(200, of::<ExplanationView>),
    post("/api/v1/cycles/{id}/path", Need::Group, "path", "Who has to do what until a command is accepted. Nothing is done.", cycles::path)
        .headers(BEHALF)
        .reads(Body::Json, of::<WireCommand>)
        .gives(200, of::<peercircle_core::PathView>),
    events(
        "/api/v1/cycles/{id}/events",
        Need::Group,
        "events",
        "The events after a revision: a page, or with `Accept: text/event-stream` a stream whose ids are revisions. Members by seat.",
        cycles::events,
    )
    .query(&[AFTER_REVISION, LIMIT])
    .headers(&[LAST_EVENT_ID, ON_BEHALF])
    .gives(200, of::<Events>),
    get("/api/v1/cycles/{id}/notes", Need::Content, "notes", "The notes that one may read, without what they say.", content::notes)
        .gives(200, of::<Notes>),
    get(NOTE, Need::Content, "note", "A note.", content::note).gives(200, of::<NoteOf>),
    put(NOTE, Need::Content, "putNote", "Puts a note under a name drawn from 128 random bits.", content::put_note)
        .reads(Body::Json, of::<PutNote>)
        .empty(),
    get("/api/v1/modules", Need::Catalogue, "modules", "The modules, by id.", catalogue::modules)
        .query(&[LANG])
        .gives(200, shapes::titles),
    get("/api/v1/modules/{id}", Need::Catalogue, "module", "A module with all its materials.", catalogue::module)
        .query(&[LANG])
        .gives(200, shapes::module),
    get("/api/v1/processes", Need::Catalogue, "processes", "The processes that cycles can run under.", catalogue::processes)
        .gives(200, of::<Page<ProcessFile>>),
    get("/api/v1/processes/{name}", Need::Catalogue, "process", "A process as a file.", catalogue::process)
        .gives(200, of::<ProcessFile>),
    put("/api/v1/processes/{name}", Need::Organise, "putProcess", "Keeps a process file of one's own.", catalogue::put_process)
        .reads(Body::Toml, text)
        .gives(200, of::<ProcessFile>),
    post("/api/v1/processes/check", Need::Catalogue, "checkProcess", "What a process file comes to, or everything that is wrong with it.", catalogue::check)
        .reads(Body::ProcessFile, text)
        .gives(200, of::<peercircle_core::ProcessSpec>),
    post("/api/v1/invitations", Need::Invite, "invite", "Invites a person into their groups, or another programme owner.", people::invite)
        .reads(Body::Json, of::<Invited>)
        .gives(201, of::<Invitation>),
    get("/api/v1/keys", Need::Operate, "keys", "The keys, without what opens the door.", keys::keys)
        .gives(200, of::<Page<KeyInfo>>),
    post("/api/v1/keys", Need::Operate, "makeKey", "Makes a key, shown this once.", keys::make)
        .reads(Body::Json, of::<NewKeyAsked>)
        .gives(201, of::<NewKey>),
    delete("/api/v1/keys/{name}", Need::Operate, "revokeKey", "Revokes a key.", keys::revoke).empty(),
];
