//! The corpus through the API, and histories against the machine: the same verdicts, rules, facts and views.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the API")]
mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use common::{Client, wide};
use peercircle_core::{Cycle, CycleId, MemberId, Revision, VerdictView, WireActor};
use peercircle_host::{Host, Organisation, Scope};
use peercircle_http::{Api, router};
use peercircle_scenario::{Answer, Ask, CoreRunner, Refusal, Report, Runner, Scenario, corpus};
use peercircle_service::{Backend, ManualClock, Order, Service};
use peercircle_sqlite::{Check, Options, SqliteStore};
use peercircle_store::MemoryStore;
use peercircle_testkit::{
    compare::{History, compare},
    walk::Walk,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const OTHER: &str = "elsewhere";

/// Gives each command over HTTP, with a key for everything in the name of whoever gives it. What the host gives is no visitor's.
struct Served {
    runtime: Runtime,
    client: Client,
    clock: ManualClock,
    organisation: Arc<Organisation>,
    key: String,
    cycle: CycleId,
    elsewhere: BTreeSet<MemberId>,
    rooms: u32,
}

impl Served {
    fn on(store: Arc<dyn Backend>, cycle: CycleId) -> Self {
        let (host, clock) = (Arc::new(Host::default()), ManualClock::at(common::at("2026-01-01T09:00:00Z")));
        let service = Service::on(store).with_clock(clock.clone());
        let organisation = host.add(Organisation::new("acme".parse().unwrap(), "Acme", service));
        let key = organisation.make_key("all", Scope::ALL.into(), None).unwrap().key;
        let client = Client { app: router(Api::new(host, wide())) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, client, clock, organisation, key, cycle, elsewhere: BTreeSet::new(), rooms: 0 }
    }

    fn ask(
        &self,
        by: Option<&str>,
        method: &str,
        path: &str,
        change: impl FnOnce(common::Asked<'_>) -> common::Asked<'_>,
    ) -> common::Answer {
        let cycle = self.cycle.to_string().replace('/', "%2F");
        let asked = self.client.ask(method, &format!("/api/v1/cycles/{cycle}{path}")).bearer(&self.key);
        let asked = match by {
            Some(member) => asked.in_name_of(member),
            None => asked,
        };
        self.runtime.block_on(change(asked).send())
    }

    /// Past the API.
    fn past(&self, cycle: &str, by: WireActor, command: Value) -> Result<VerdictView, String> {
        let command = serde_json::from_value(command).map_err(|error| error.to_string())?;
        let order = Order::new(cycle.parse().unwrap(), by, command);
        self.organisation.service().give(&order).map(|given| given.view).map_err(|error| error.to_string())
    }

    fn other(&self, cycle: &str, command: Value) {
        let view = self.past(cycle, WireActor::Organiser {}, command).unwrap();
        assert!(matches!(view, VerdictView::Accepted { .. }), "{view:?}");
    }

    /// The facts of the cycle, given what the API shows of them: all, or of fewer than five people no counts.
    fn whole(&self, shown: &Value) -> Value {
        let facts = serde_json::to_value(self.organisation.service().facts(&self.cycle).unwrap()).unwrap();
        let mut expected = facts.clone();
        if facts["members"].as_u64().is_some_and(|members| members < 5) {
            for count in ["members", "completed", "adopted"] {
                expected[count] = Value::Null;
            }
            for list in ["attended", "named"] {
                expected.as_object_mut().unwrap().remove(list);
            }
        }
        assert_eq!(*shown, expected);
        facts
    }

    /// Has these members, and nobody else, in the room of another cycle.
    fn move_elsewhere(&mut self, ask: &Ask<'_>) {
        let wanted: BTreeSet<_> = ask.elsewhere.iter().cloned().collect();
        for member in self.elsewhere.difference(&wanted) {
            let other = format!("{OTHER}-{}", self.rooms);
            self.other(&other, json!({"type":"attendance.mark","member":member,"attendance":"unmarked"}));
        }
        let new: Vec<_> = wanted.difference(&self.elsewhere).cloned().collect();
        if !new.is_empty() {
            self.rooms += 1;
            let other = format!("{OTHER}-{}", self.rooms);
            let module = json!({"id":"delegation","strategies":["agree-the-result"]});
            self.other(&other, json!({"type":"cycle.form","cycle":other,"group":other,"module":module}));
            let others = ["x-1", "x-2", "x-3", "x-4"].map(common::who);
            for (number, member) in new.iter().chain(&others).take(6).enumerate() {
                let department = format!("d-{number}");
                self.other(&other, json!({"type":"member.enrol","member":member,"level":"lead","department":department}));
            }
            let starts_at = self.organisation.service().now() + peercircle_core::Span::days(30);
            let date = json!({"type":"session.schedule","session":"explore","starts_at":starts_at,"place":"onsite"});
            self.other(&other, date);
            self.other(&other, json!({"type":"session.open","session":"explore"}));
            for member in new {
                self.other(&other, json!({"type":"attendance.mark","member":member,"attendance":"present"}));
            }
        }
        self.elsewhere = wanted;
    }

    /// What an organiser who has seen this revision holds: the ETag of the facts, or one that isn't theirs.
    fn facts_as_of(&self, revision: Revision) -> String {
        let now = self.organisation.service().cycle(&self.cycle).map_or(0, |cycle| cycle.revision());
        let facts = self.ask(None, "GET", "/facts", |asked| asked);
        if now == revision && facts.status == 200 { facts.header("etag").to_owned() } else { format!("\"{:032x}\"", 0) }
    }

    fn seen(&self) -> Option<Value> {
        let members = self.organisation.service().view(&self.cycle).ok()?.members;
        let mut answers = members.iter().map(|one| self.ask(Some(one.member.as_str()), "GET", "", |asked| asked));
        answers.find(|answer| answer.status == 200).map(|answer| answer.json())
    }
}

fn refusals(view: &Value) -> Vec<Refusal> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = view["refusals"].as_array().cloned().unwrap_or_default();
    let refusal = |no: Value| Refusal {
        code: text(&no["code"]),
        rule: text(&no["rule"]),
        says: text(&no["says"]),
        helps: text(&no["helps"]),
    };
    all.into_iter().map(refusal).collect()
}

fn is_veiled(problem: &Value) -> bool {
    let says = problem["detail"].as_str().unwrap_or_default();
    says.starts_with("The cycle is suspended; its group decides")
        || says.starts_with("You are no longer in this group")
        || says.starts_with("The cycle isn't as you saw it")
}

impl Runner for Served {
    type Error = String;

    fn give(&mut self, ask: &Ask<'_>) -> Result<Answer, String> {
        self.clock.set(ask.at);
        self.move_elsewhere(ask);
        let verdict = |view: &Value| {
            let refusals = refusals(view);
            let first = refusals.first().map(|no| no.code.clone());
            Answer { code: first.unwrap_or_else(|| view["answer"].as_str().unwrap().to_owned()), refusals, says: None }
        };
        let by = match ask.by {
            "host" => {
                // It isn't anybody's to ask as.
                let Ok(command) = serde_json::from_value(ask.command.clone()) else {
                    return Ok(Answer { code: "unreadable".to_owned(), ..Answer::default() });
                };
                let order = Order {
                    cycle: self.cycle.clone(),
                    by: WireActor::Host {},
                    command,
                    key: ask.id,
                    revision: ask.revision,
                };
                return match self.organisation.service().give(&order) {
                    Ok(given) => Ok(verdict(&serde_json::to_value(given.view).unwrap())),
                    Err(error) => Ok(Answer { code: error.code().to_owned(), ..Answer::default() }),
                };
            }
            "organiser" => None,
            member => Some(member),
        };
        let if_match = ask.revision.map(|revision| match by {
            None if revision > 0 => self.facts_as_of(revision),
            Some(_) | None => format!("\"{revision}\""),
        });
        let answer = self.ask(by, "POST", "/commands", |asked| {
            let asked = match ask.id {
                Some(id) => asked.with("idempotency-key", &id.to_string()),
                None => asked,
            };
            let asked = match &if_match {
                Some(tag) => asked.with("if-match", tag),
                None => asked,
            };
            asked.json(&ask.command)
        });
        let (status, body) = (answer.status.as_u16(), answer.json());
        let code = body["code"].as_str().unwrap_or_default();
        let says = body["detail"].as_str().map(str::to_owned);
        let called = |code: &str| Ok(Answer { code: code.to_owned(), says: says.clone(), ..Answer::default() });
        match (status, code) {
            (200, _) => {
                let replayed = answer.header("idempotency-replayed") == "true";
                assert_eq!(replayed, body["answer"] == "duplicate");
                Ok(verdict(&body))
            }
            // Why not is the group's own: whoever isn't in it hears less than the machine says, or nothing.
            (422 | 412, "rule_refused" | "stale_revision") if is_veiled(&body) => {
                let by = by.map_or(WireActor::Organiser {}, |member| WireActor::Member { member: common::who(member) });
                let command = serde_json::from_value(ask.command.clone()).map_err(|error| error.to_string())?;
                let order = Order { cycle: self.cycle.clone(), by, command, key: ask.id, revision: ask.revision };
                match self.organisation.service().give(&order) {
                    Ok(given) => {
                        assert!(matches!(given.view, VerdictView::Refused { .. }), "{ask:?}: {:?}", given.view);
                        Ok(verdict(&serde_json::to_value(given.view).unwrap()))
                    }
                    Err(error) => Ok(Answer { code: error.code().to_owned(), ..Answer::default() }),
                }
            }
            (409 | 412 | 422 | 403, _) if body["refusals"].is_array() => {
                let wanted = match code {
                    "wrong_phase" => 409,
                    "stale_revision" => 412,
                    "not_your_role" => 403,
                    _ => 422,
                };
                assert_eq!(status, wanted, "{body}");
                Ok(verdict(&body))
            }
            // What isn't the organiser's at all is refused without a look at the cycle. The machine looks, and refuses as well.
            (403, "not_your_role") => {
                let unknown =
                    |says: String| Answer { code: "unknown_member".to_owned(), says: Some(says), ..Answer::default() };
                let Ok(command) = serde_json::from_value(ask.command.clone()) else { return Ok(unknown(body.to_string())) };
                let cycle = self.cycle.clone();
                let order = Order { cycle, by: WireActor::Organiser {}, command, key: ask.id, revision: ask.revision };
                match self.organisation.service().give(&order).map(|given| given.view) {
                    Ok(view @ VerdictView::Refused { .. }) => Ok(verdict(&serde_json::to_value(view).unwrap())),
                    Ok(other) => Err(format!("{other:?}")),
                    Err(error) => Ok(unknown(error.to_string())),
                }
            }
            // A cycle that doesn't know them is none of theirs.
            (404, "not_found") => called("unknown_member"),
            (400, "bad_json" | "bad_header") | (422, "invalid_body") => called("unreadable"),
            (422, "unknown_member" | "unknown_strategy") => called(code),
            _ => Err(answer.shown()),
        }
    }

    fn report(&mut self) -> Result<Report, String> {
        let view = self.seen();
        // Where nobody is left who may see it.
        let view = view.unwrap_or_else(|| {
            let view = self.organisation.service().view(&self.cycle).unwrap_or_else(|_| Cycle::default().view());
            serde_json::to_value(view).unwrap()
        });
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let members = view["members"].as_array().unwrap().iter().map(|one| (text(&one["member"]), text(&one["outcome"])));
        let facts = self.ask(None, "GET", "/facts", |asked| asked);
        let facts = match facts.status.as_u16() {
            200 => self.whole(&facts.json()),
            404 => serde_json::to_value(Cycle::default().disclose()).unwrap(),
            _ => return Err(facts.shown()),
        };
        Ok(Report { stage: text(&view["stage"]), members: members.collect(), facts })
    }

    fn view(&mut self) -> Result<Option<Value>, String> {
        Ok(self.seen())
    }
}

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

fn cycle_of(commands: impl Iterator<Item = Value>) -> CycleId {
    let mut commands = commands.filter_map(|command| command.get("cycle")?.as_str()?.parse().ok());
    commands.next().unwrap_or_else(|| common::id("c-1"))
}

/// Runs every script, each on a store of its own. Most of the time on a disk is spent waiting for it, so several run at once.
fn run(store: impl Fn() -> Arc<dyn Backend> + Sync) {
    let (scripts, next, wrong) = (scripts(), AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some((name, scenario)) = scripts.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let cycle = cycle_of(scenario.steps().iter().map(|step| step.command().clone()));
                    let mut runner = Served::on(store(), cycle.clone());
                    let mut differences = match scenario.check(&mut runner, |_, _, _| ()) {
                        Ok(differences) => differences,
                        Err(error) => vec![error.to_string()],
                    };
                    let mut core = CoreRunner::default();
                    let Ok(_) = scenario.check(&mut core, |_, _, _| ());
                    let stored = runner.organisation.service().cycle(&cycle);
                    if stored.is_ok_and(|stored| stored != *core.cycle()) {
                        differences.push("what is stored is another cycle than the core's".to_owned());
                    }
                    wrong.lock().unwrap().extend(differences.into_iter().map(|one| format!("{name}: {one}")));
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn compared(store: impl Fn() -> Arc<dyn Backend>, seeds: u64) {
    for seed in 0..seeds {
        let mut history = History::walk(&mut Walk::new(seed), seed ^ 0x5eed, 60);
        // A key that another command came under before is told to be one; the core alone can't tell.
        let mut keyed = BTreeMap::new();
        history.steps.retain(|asked| {
            let sent = (asked.by.clone(), asked.command.clone());
            asked.id.is_none_or(|id| *keyed.entry(id).or_insert_with(|| sent.clone()) == sent)
        });
        let cycle = cycle_of(history.steps.iter().map(|step| step.command.clone()));
        if let Err(error) = compare(&history, || Served::on(store(), cycle.clone())) {
            panic!("seed {seed}: {error:#?}");
        }
    }
}

fn in_memory() -> Arc<dyn Backend> {
    Arc::new(MemoryStore::default())
}

/// Stores in files of a folder, one after the other.
struct Files {
    folder: TempDir,
    next: AtomicUsize,
}

impl Files {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), next: AtomicUsize::new(0) }
    }

    fn open(&self) -> Arc<dyn Backend> {
        let path = self.folder.path().join(format!("{}.db", self.next.fetch_add(1, Ordering::SeqCst)));
        let mut options = Options::default();
        options.check = Check::Tables;
        Arc::new(SqliteStore::open(&path, &options).unwrap())
    }
}

#[test]
fn every_script_comes_to_what_it_declares_in_memory() {
    run(in_memory);
}

#[test]
fn every_script_comes_to_what_it_declares_on_sqlite() {
    let files = Files::new();
    run(|| files.open());
}

#[test]
fn histories_come_to_the_same_as_in_the_machine_in_memory() {
    compared(in_memory, 40);
}

#[test]
fn histories_come_to_the_same_as_in_the_machine_on_sqlite() {
    let files = Files::new();
    compared(|| files.open(), 20);
}
