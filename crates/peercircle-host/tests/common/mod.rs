//! A host as the tests drive it: two organisations, a clock that is moved by hand, commands as JSON.

pub(crate) mod stores;

use std::{collections::BTreeSet, path::Path, sync::Arc};

use peercircle_core::{CycleId, Instant, MemberId, NoteRef, SessionKind, WireActor};
use peercircle_host::{Credential, Host, HostError, Link, Organisation, Person, Scope, Visitor};
use peercircle_service::{Audience, Backend, Given, ManualClock, MasterKey, Order, Service};
use peercircle_sqlite::{Options, SqliteStore};
use peercircle_store::MemoryStore;
use serde_json::{Value, json};

pub(crate) const SIX: [&str; 6] = ["ana", "bo", "cy", "dee", "eli", "fay"];
pub(crate) const OTHERS: [&str; 4] = ["ole", "pia", "quy", "rae"];
pub(crate) const ROOM: Audience = Audience::Session { session: SessionKind::Explore };

/// A host with the organisations `acme`, which has people, and `zeta`, which has none.
pub(crate) struct House {
    pub(crate) host: Host,
    pub(crate) acme: Arc<Organisation>,
    pub(crate) clock: ManualClock,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::on(Arc::new(MemoryStore::default()))
    }

    pub(crate) fn on_file(path: &Path) -> Self {
        Self::on(Arc::new(SqliteStore::open(path, &Options::default()).unwrap()))
    }

    pub(crate) fn on(store: Arc<dyn Backend>) -> Self {
        let (host, clock) = (Host::default(), ManualClock::at(at("2026-02-02T09:00:00Z")));
        let service = |store| Service::on(store).with_clock(clock.clone()).with_vault(MasterKey::generate().unwrap());
        let acme = host.add(Organisation::new("acme".parse().unwrap(), "Acme", service(store)));
        host.add(Organisation::new("zeta".parse().unwrap(), "Zeta", service(Arc::new(MemoryStore::default()))));
        Self { host, acme, clock }
    }

    /// With everybody of [`SIX`] and [`OTHERS`] in the directory, in groups `g-1` and `g-2`.
    pub(crate) fn peopled(self) -> Self {
        let owner = self.owner();
        for (group, members) in [("g-1", SIX.as_slice()), ("g-2", OTHERS.as_slice())] {
            for (number, member) in members.iter().enumerate() {
                owner.put_person(&person(member, number)).unwrap();
            }
            let members: Vec<_> = members.iter().map(|one| who(one)).collect();
            owner
                .put_group(&peercircle_host::Group { id: group.parse().unwrap(), name: group.to_uppercase(), members })
                .unwrap();
        }
        self
    }

    pub(crate) fn at(&self, now: &str) -> &Self {
        self.clock.set(at(now));
        self
    }

    pub(crate) fn owner(&self) -> Visitor {
        let invitation = self.acme.invite_owner("hr@acme.example").unwrap();
        self.visitor(&self.host.redeem(&invitation.token).unwrap())
    }

    pub(crate) fn visitor(&self, link: &Link) -> Visitor {
        self.host.sign_in(Credential::Link(&link.token)).unwrap()
    }

    /// Invites somebody and takes the invitation for them.
    pub(crate) fn link(&self, person: &str) -> Link {
        let invitation = self.owner().invite(&who(person)).unwrap();
        self.host.redeem(&invitation.token).unwrap()
    }

    pub(crate) fn member(&self, person: &str) -> Visitor {
        self.visitor(&self.link(person))
    }

    pub(crate) fn key(&self, name: &str, scopes: &[Scope]) -> Visitor {
        let key = self.acme.make_key(name, scopes.iter().copied().collect(), None).unwrap();
        self.host.sign_in(Credential::Key(&key.key)).unwrap()
    }

    /// Gives a command that has to be accepted, past every question of who asks.
    pub(crate) fn give(&self, cycle: &str, by: &str, command: Value) -> Given {
        let order = Order::new(id(cycle), actor(by), serde_json::from_value(command.clone()).unwrap());
        let given = self.acme.service().give(&order).unwrap();
        assert_eq!(given.verdict.code(), "accepted", "{command} by {by}: {:?}", given.view);
        given
    }

    /// Forms a cycle of these members and gives session 1 its date, 2 March 2026, 9:00.
    pub(crate) fn plan(&self, cycle: &str, group: &str, members: &[&str]) {
        let module = json!({"id":"delegation","strategies":["agree-the-result","let-go-in-steps"]});
        self.give(cycle, "organiser", json!({"type":"cycle.form","cycle":cycle,"group":group,"module":module}));
        for (number, member) in members.iter().enumerate() {
            let department = format!("d-{number}");
            let enrol = json!({"type":"member.enrol","member":member,"level":"lead","department":department});
            self.give(cycle, "organiser", enrol);
        }
        let date =
            json!({"type":"session.schedule","session":"explore","starts_at":"2026-03-02T09:00:00Z","place":"onsite"});
        self.give(cycle, "organiser", date);
    }

    /// Opens session 1, marks these as present and starts it; the first facilitates.
    pub(crate) fn start(&self, cycle: &str, present: &[&str]) {
        let chair = present[0];
        self.give(cycle, chair, json!({"type":"facilitator.appoint","session":"explore","member":chair}));
        self.give(cycle, chair, json!({"type":"session.open","session":"explore"}));
        for member in present {
            self.give(cycle, member, json!({"type":"attendance.mark","member":member,"attendance":"present"}));
            self.give(cycle, member, json!({"type":"ground_rules.accept","member":member,"version":1}));
        }
        self.give(cycle, chair, json!({"type":"session.start"}));
    }

    /// Two groups in session 1, `c-1` of [`SIX`] and `c-2` of [`OTHERS`], with a note of ana's, number 1.
    pub(crate) fn talking(self) -> Self {
        self.plan("c-1", "g-1", &SIX);
        self.plan("c-2", "g-2", &OTHERS);
        self.at("2026-03-02T09:00:00Z").start("c-1", &SIX);
        self.start("c-2", &OTHERS);
        self.acme.service().put_note(&id("c-1"), &who("ana"), note(1), ROOM, b"my story").unwrap();
        self
    }

    /// Runs a script on a cycle and a group of these names, to its end.
    pub(crate) fn run(&self, script: &str, cycle: &str, group: &str) {
        self.run_with(script, cycle, group, |_, _| {});
    }

    /// The same, and calls `then` after each step with the number of it.
    pub(crate) fn run_with(&self, script: &str, cycle: &str, group: &str, mut then: impl FnMut(&Self, usize)) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(format!("{script}.jsonl"));
        let scenario = peercircle_scenario::Scenario::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
        for (number, step) in scenario.steps().iter().enumerate() {
            let mut ask = scenario.ask(step);
            if ask.command["type"] == "cycle.form" {
                ask.command["cycle"] = json!(cycle);
                ask.command["group"] = json!(group);
            }
            self.clock.set(ask.at);
            let command = serde_json::from_value(ask.command.clone()).unwrap();
            let mut order = Order::new(id(cycle), actor(ask.by), command);
            order.key = ask.id;
            // Whom a script has elsewhere is in no other cycle here, and a step that counts on it is refused there alone.
            if ask.elsewhere.is_empty() {
                self.acme.service().give(&order).unwrap();
            }
            then(self, number);
        }
    }
}

pub(crate) fn person(member: &str, number: usize) -> Person {
    Person {
        id: who(member),
        name: format!("{}{} Test", member[..1].to_uppercase(), &member[1..]),
        email: Some(format!("{member}@acme.example")),
        level: "lead".parse().unwrap(),
        department: format!("d-{number}").parse().unwrap(),
        manager: None,
    }
}

pub(crate) fn actor(by: &str) -> WireActor {
    match by {
        "organiser" => WireActor::Organiser {},
        "host" => WireActor::Host {},
        member => WireActor::Member { member: who(member) },
    }
}

pub(crate) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub(crate) fn id(text: &str) -> CycleId {
    text.parse().unwrap()
}

pub(crate) fn who(text: &str) -> MemberId {
    text.parse().unwrap()
}

pub(crate) fn note(number: u8) -> NoteRef {
    NoteRef::from_bytes([number; 16])
}

pub(crate) fn command(command: Value) -> peercircle_core::WireCommand {
    serde_json::from_value(command).unwrap()
}

pub(crate) fn scopes(scopes: &[Scope]) -> BTreeSet<Scope> {
    scopes.iter().copied().collect()
}

/// What somebody reads of a cycle's note, or the code of why they don't.
pub(crate) fn read(visitor: &Visitor, cycle: &str, number: u8) -> Result<String, &'static str> {
    let read = visitor.read_note(&id(cycle), note(number));
    read.map(|note| String::from_utf8(note.content.to_vec()).unwrap()).map_err(|error| error.code())
}

pub(crate) fn code<T: std::fmt::Debug>(answer: Result<T, HostError>) -> &'static str {
    answer.unwrap_err().code()
}

/// Whether these bytes are in any file of the folder; it has to hold some.
pub(crate) fn is_in_files(folder: &Path, text: &str) -> bool {
    let mut looked_at = 0;
    let mut found = false;
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        looked_at += bytes.len();
        found |= bytes.windows(text.len()).any(|window| window == text.as_bytes());
    }
    assert!(looked_at > 4_000, "only {looked_at} bytes in the files");
    found
}
