//! A service as the tests drive it: a clock that is moved by hand, commands as JSON.

pub(crate) mod flaky;

use std::sync::Arc;

use peercircle_core::{CycleId, Instant, MemberId, WireActor};
use peercircle_service::{Backend, Given, ManualClock, Order, Service, ServiceError};
use serde_json::{Value, json};

pub(crate) struct Host {
    pub(crate) service: Service,
    pub(crate) clock: ManualClock,
}

impl Host {
    pub(crate) fn on(store: Arc<dyn Backend>) -> Self {
        let clock = ManualClock::at(at("2026-02-02T09:00:00Z"));
        Self { service: Service::on(store).with_clock(clock.clone()), clock }
    }

    pub(crate) fn at(&self, now: &str) -> &Self {
        self.clock.set(at(now));
        self
    }

    pub(crate) fn try_give(&self, cycle: &str, by: &str, command: Value) -> Result<Given, ServiceError> {
        self.service.give(&order(cycle, by, command))
    }

    /// Gives a command that has to be accepted.
    pub(crate) fn give(&self, cycle: &str, by: &str, command: Value) -> Given {
        let given = self.try_give(cycle, by, command.clone()).unwrap();
        assert_eq!(given.verdict.code(), "accepted", "{command} by {by}: {:?}", given.view);
        given
    }

    /// Forms a cycle of these members and gives session 1 its date, 2 March 2026, 9:00.
    pub(crate) fn plan(&self, cycle: &str, group: &str, members: &[&str]) {
        self.give(cycle, "organiser", form(cycle, group));
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
}

pub(crate) fn form(cycle: &str, group: &str) -> Value {
    let module = json!({"id":"delegation","strategies":["agree-the-result","let-go-in-steps"]});
    json!({"type":"cycle.form","cycle":cycle,"group":group,"module":module})
}

pub(crate) fn order(cycle: &str, by: &str, command: Value) -> Order {
    Order::new(id(cycle), actor(by), serde_json::from_value(command).unwrap())
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

/// The core's events of a script, up to the first step that `stop` stops at.
pub(crate) fn events_of(script: &str, stop: impl Fn(&peercircle_scenario::Step) -> bool) -> Vec<peercircle_core::Event> {
    let example = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(format!("{script}.jsonl"));
    let scenario = match std::fs::read_to_string(example) {
        Ok(text) => peercircle_scenario::Scenario::parse(&text).unwrap(),
        Err(_) => peercircle_scenario::corpus().unwrap().into_iter().find(|(name, _)| *name == script).unwrap().1,
    };
    let mut core = peercircle_scenario::CoreRunner::default();
    for step in scenario.steps().iter().take_while(|step| !stop(step)) {
        peercircle_scenario::Runner::give(&mut core, &scenario.ask(step)).unwrap();
    }
    core.events().to_vec()
}

/// Puts a history into a store as another host may have left it: the service has yet to look at it.
pub(crate) fn import(store: &dyn Backend, cycle: &str, events: &[peercircle_core::Event]) {
    use peercircle_store::{Append, Expected, Summary};
    let line = |event: &peercircle_core::Event| peercircle_wire::Envelope::new(id(cycle), event.clone()).to_line().unwrap();
    let summary = Summary { next_due: events.first().map(|event| event.at), ..Summary::default() };
    let lines = events.iter().map(line).collect();
    store.append(Append::new(id(cycle), Expected::NoStream, 1, lines, summary)).unwrap();
}
