//! The corpus through the service, on memory and on SQLite: every script comes to what it declares, and what is stored is what
//! the core alone comes to.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the service")]
mod common;

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use common::{Host, id};
use peercircle_core::{Cycle, CycleId, CycleView, MemberId, WireActor};
use peercircle_scenario::{Answer, Ask, CoreRunner, Refusal, Report, Runner, Scenario, corpus};
use peercircle_service::{Backend, Order, Service, ServiceError};
use peercircle_sqlite::{Check, Options, SqliteStore};
use peercircle_store::MemoryStore;
use serde_json::{Value, json};

/// Gives each command to a service. Members in another session are put into the room of another cycle in the same store.
struct Served {
    store: Arc<dyn Backend>,
    host: Host,
    cycle: CycleId,
    elsewhere: BTreeSet<MemberId>,
    rooms: u32,
}

const OTHER: &str = "elsewhere";

impl Served {
    fn on(store: Arc<dyn Backend>, cycle: CycleId) -> Self {
        Self { host: Host::on(Arc::clone(&store)), store, cycle, elsewhere: BTreeSet::new(), rooms: 0 }
    }

    /// Has these members, and nobody else, in the room of another cycle.
    fn move_elsewhere(&mut self, ask: &Ask<'_>) {
        let wanted: BTreeSet<_> = ask.elsewhere.iter().cloned().collect();
        if wanted == self.elsewhere {
            return;
        }
        for (member, mark) in self.elsewhere.difference(&wanted).map(|one| (one, "unmarked")) {
            let other = format!("{OTHER}-{}", self.rooms);
            self.host.give(&other, "organiser", json!({"type":"attendance.mark","member":member,"attendance":mark}));
        }
        let new: Vec<_> = wanted.difference(&self.elsewhere).map(|one| one.as_str()).collect();
        if !new.is_empty() {
            self.rooms += 1;
            let other = format!("{OTHER}-{}", self.rooms);
            let others = ["x-1", "x-2", "x-3", "x-4"].map(str::to_owned);
            let members: Vec<_> = new.iter().copied().chain(others.iter().map(String::as_str)).take(6).collect();
            self.host.plan(&other, &other, &members);
            self.host.give(&other, "organiser", json!({"type":"session.open","session":"explore"}));
            for member in new {
                self.host.give(
                    &other,
                    "organiser",
                    json!({"type":"attendance.mark","member":member,"attendance":"present"}),
                );
            }
        }
        self.elsewhere = wanted;
    }
}

impl Runner for Served {
    type Error = ServiceError;

    fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, ServiceError> {
        self.host.clock.set(ask.at);
        self.move_elsewhere(ask);
        let unreadable =
            |code: &str, error: String| Answer { code: code.to_owned(), says: Some(error), ..Answer::default() };
        let by = match ask.by {
            "organiser" => WireActor::Organiser {},
            "host" => WireActor::Host {},
            member => match member.parse() {
                Ok(member) => WireActor::Member { member },
                Err(error) => return Ok(unreadable("unreadable", error.to_string())),
            },
        };
        let command = match serde_json::from_value(ask.command.clone()) {
            Ok(command) => command,
            Err(error) => return Ok(unreadable("unreadable", error.to_string())),
        };
        let order = Order { cycle: self.cycle.clone(), by, command, key: ask.id, revision: ask.revision };
        let given = match self.host.service.give(&order) {
            Ok(given) => given,
            Err(ServiceError::Name(error)) => return Ok(unreadable(error.code(), error.to_string())),
            Err(error) => return Err(error),
        };
        let refusals = match given.view {
            peercircle_core::VerdictView::Refused { refusals } => refusals,
            peercircle_core::VerdictView::Accepted { .. } | peercircle_core::VerdictView::Duplicate { .. } => Vec::new(),
        };
        let refusals = refusals.into_iter().map(|no| Refusal {
            code: no.code.to_owned(),
            rule: no.rule,
            says: no.says,
            helps: no.helps,
        });
        Ok(Answer { code: given.verdict.code().to_owned(), refusals: refusals.collect(), says: None })
    }

    fn report(&mut self) -> Result<Report, ServiceError> {
        // Asked of another service on the same store, which knows only what is stored.
        let other = Service::on(Arc::clone(&self.store));
        let view = seen(&other, &self.cycle)?;
        let members = view.members.iter().map(|one| {
            let outcome = serde_json::to_value(one.outcome).unwrap();
            (one.member.to_string(), outcome.as_str().unwrap().to_owned())
        });
        let facts = match other.facts(&self.cycle) {
            Err(ServiceError::NoCycle { .. }) => Cycle::default().disclose(),
            facts => facts?,
        };
        Ok(Report {
            stage: view.stage.name().to_owned(),
            members: members.collect(),
            facts: serde_json::to_value(facts).unwrap(),
        })
    }

    fn view(&mut self) -> Result<Option<Value>, ServiceError> {
        let view = seen(&Service::on(Arc::clone(&self.store)), &self.cycle)?;
        Ok(Some(serde_json::to_value(view).unwrap()))
    }
}

fn seen(service: &Service, cycle: &CycleId) -> Result<CycleView, ServiceError> {
    match service.view(cycle) {
        Err(ServiceError::NoCycle { .. }) => Ok(Cycle::default().view()),
        view => view,
    }
}

/// The scripts of the corpus and of examples/.
fn scripts() -> Vec<(String, Scenario)> {
    let mut scripts: Vec<_> = corpus().unwrap().into_iter().map(|(name, one)| (name.to_owned(), one)).collect();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    for entry in std::fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "jsonl") {
            let scenario = Scenario::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
            scripts.push((path.display().to_string(), scenario));
        }
    }
    assert!(scripts.len() > 100, "{} scripts", scripts.len());
    scripts
}

fn cycle_of(scenario: &Scenario) -> CycleId {
    let forms = scenario.steps().iter().find_map(|step| step.command().get("cycle").and_then(Value::as_str));
    id(forms.unwrap_or("c-1"))
}

/// Runs every script on a store of its own; `again` opens what is stored anew. Most of the time is spent waiting for disks, so
/// several run at once.
fn run(store: impl Fn(&str) -> Arc<dyn Backend> + Sync, again: impl Fn(&str, Arc<dyn Backend>) -> Arc<dyn Backend> + Sync) {
    let (scripts, next, wrong) = (scripts(), AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                while let Some((name, scenario)) = scripts.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let differences = run_one(name, scenario, &store, &again);
                    wrong.lock().unwrap().extend(differences.into_iter().map(|one| format!("{name}: {one}")));
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn run_one(
    name: &str,
    scenario: &Scenario,
    store: &impl Fn(&str) -> Arc<dyn Backend>,
    again: &impl Fn(&str, Arc<dyn Backend>) -> Arc<dyn Backend>,
) -> Vec<String> {
    let cycle = cycle_of(scenario);
    let store = store(name);
    let mut runner = Served::on(Arc::clone(&store), cycle.clone());
    let mut differences = match scenario.check(&mut runner, |_, _, _| ()) {
        Ok(differences) => differences,
        Err(error) => vec![error.to_string()],
    };
    drop(runner);
    // What is stored is what the core comes to.
    let mut core = CoreRunner::default();
    let Ok(_) = scenario.check(&mut core, |_, _, _| ());
    match Service::on(again(name, store)).cycle(&cycle) {
        Ok(stored) if stored == *core.cycle() => {}
        Err(ServiceError::NoCycle { .. }) if core.events().is_empty() => {}
        Ok(_) => differences.push("what is stored is another cycle than the core's".to_owned()),
        Err(error) => differences.push(error.to_string()),
    }
    differences
}

#[test]
fn every_script_comes_to_what_it_declares_in_memory() {
    run(|_| Arc::new(MemoryStore::default()), |_, store| store);
}

#[test]
fn every_script_comes_to_what_it_declares_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| -> Arc<dyn Backend> {
        let name = Path::new(name).file_stem().unwrap().to_str().unwrap();
        let mut options = Options::default();
        options.check = Check::Tables;
        Arc::new(SqliteStore::open(&folder.path().join(format!("{name}.db")), &options).unwrap())
    };
    run(open, |name, before| {
        drop(before);
        open(name)
    });
}
