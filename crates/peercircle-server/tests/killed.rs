//! The program killed under load, again and again: nothing acknowledged is lost, nothing is done twice, nothing due goes untold.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use peercircle_service::{ManualClock, Service};
use peercircle_store::MemoryStore;
use serde_json::{Value, json};

/// How often it is killed.
const KILLS: u64 = 200;

/// How many give commands at the same time, each to a cycle of its own.
const CLIENTS: usize = 6;

/// A client: the last version of the ground rules that was acknowledged, and what is on its way.
type Client = Mutex<(u16, Option<Sent>)>;

/// A server on a folder, and what it logs.
struct Server {
    child: Child,
    base: String,
    log: thread::JoinHandle<String>,
}

impl Server {
    fn start(data: &Path, clock: &str) -> Self {
        let mut child = program(data)
            .args(["--listen", "127.0.0.1:0", "--key-rate", "1000000", "--test-clock", clock])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let log = thread::spawn(move || {
            let mut log = Vec::new();
            // A killed program ends in the middle of a line.
            let _cut = stderr.read_to_end(&mut log);
            String::from_utf8_lossy(&log).into_owned()
        });
        let mut first = String::new();
        out.read_line(&mut first).unwrap();
        let base = first.trim().strip_prefix("peercircle is at ").map(|at| at.trim_end_matches('/').to_owned());
        // Where it isn't an address, the first command says so.
        let base = base.unwrap_or(first);
        // It goes on printing; nobody reads it.
        thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        Self { child, base, log }
    }

    /// Kills it as a crash would, and gives what it had logged.
    fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log.join().unwrap()
    }
}

fn program(data: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_peercircle-server"));
    program.env("PEERCIRCLE_DATA", data).env("RUST_LOG", "info");
    program
}

/// A command on its way: the same until it is answered, however often it is sent.
#[derive(Clone)]
struct Sent {
    key: String,
    command: Value,
}

/// Sends it; the answer, or nothing where there was no answer.
fn send(agent: &ureq::Agent, base: &str, bearer: &str, cycle: &str, sent: &Sent) -> Option<(u16, Value)> {
    let answer = agent
        .post(format!("{base}/api/v1/cycles/{cycle}/commands"))
        .header("authorization", format!("Bearer {bearer}"))
        .header("idempotency-key", &sent.key)
        .header("content-type", "application/json")
        .send(sent.command.to_string())
        .ok()?;
    let status = answer.status().as_u16();
    let body = answer.into_body().read_to_string().ok()?;
    Some((status, serde_json::from_str(&body).unwrap_or(Value::Null)))
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(5)));
    config.build().new_agent()
}

/// What makes a cycle that has something due: formed, with session 1 on a day of its own.
fn beginnings(client: usize) -> Vec<Value> {
    let day = 3 + client;
    let form = json!({"type": "cycle.form", "cycle": format!("c-{client}"), "group": format!("g-{client}"), "module": {"id": "delegation", "strategies": ["a"]}});
    let enrol = |number: usize| json!({"type": "member.enrol", "member": format!("m-{client}-{number}"), "level": "lead", "department": format!("d-{number}")});
    let starts_at = format!("2026-03-{day:02}T09:00:00Z");
    let schedule = json!({"type": "session.schedule", "session": "explore", "starts_at": starts_at, "place": "onsite"});
    [form].into_iter().chain((0..4).map(enrol)).chain([schedule]).collect()
}

/// A cheap number that looks random, the same in each run.
fn random(seed: u64) -> u64 {
    let mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb)
}

/// The notices that a log tells of.
fn told(log: &str) -> impl Iterator<Item = String> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter_map(|line| line.pointer("/fields/notice")?.as_str().map(str::to_owned)).collect::<Vec<_>>().into_iter()
}

#[test]
fn killed_under_load_it_loses_nothing_and_does_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let data: PathBuf = folder.path().join("data");
    let made = program(&data).args(["make-key", "load", "--scope", "groups", "--scope", "facts"]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let bearer = String::from_utf8(made.stdout).unwrap().trim().to_owned();

    let state: Arc<Vec<Client>> = Arc::new((0..CLIENTS).map(|_| Mutex::new((1, None))).collect());
    let mut notices = BTreeSet::new();
    let mut acknowledged_in_all = 0_u32;
    let clock = |kill: u64| format!("2026-03-{:02}T{:02}:00:00Z", 1 + kill / 24, kill % 24);

    for kill in 0..KILLS {
        let server = Server::start(&data, &clock(kill));
        let over = Arc::new(AtomicBool::new(false));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (state, over, base, bearer) =
                    (Arc::clone(&state), Arc::clone(&over), server.base.clone(), bearer.clone());
                thread::spawn(move || {
                    let (agent, cycle) = (agent(), format!("c-{client}"));
                    let mut acknowledged = 0;
                    if kill == 0 {
                        for (number, command) in beginnings(client).into_iter().enumerate() {
                            let sent = Sent { key: format!("begin-{client}-{number}"), command };
                            let answer = send(&agent, &base, &bearer, &cycle, &sent);
                            assert_eq!(answer.as_ref().map(|(status, _)| *status), Some(200), "{answer:?}");
                        }
                    }
                    while !over.load(Ordering::SeqCst) {
                        let mut state = state[client].lock().unwrap();
                        let (version, on_its_way) = &mut *state;
                        let sent = on_its_way.get_or_insert_with(|| {
                            let next = *version + 1;
                            let command = json!({"type": "ground_rules.set", "version": next});
                            Sent { key: format!("rules-{client}-{next}"), command }
                        });
                        match send(&agent, &base, &bearer, &cycle, sent) {
                            // Done now, or done before the last kill and not answered: once in any case.
                            Some((200, _)) => {
                                *version += 1;
                                *on_its_way = None;
                                acknowledged += 1;
                            }
                            Some((status, body)) if status < 500 => panic!("{status} {body} to {}", sent.command),
                            Some(_) | None => break,
                        }
                    }
                    acknowledged
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(if kill == 0 { 1500 } else { 15 + random(kill) % 110 }));
        let log = server.kill();
        over.store(true, Ordering::SeqCst);
        acknowledged_in_all += clients.into_iter().map(|client| client.join().unwrap()).sum::<u32>();
        notices.extend(told(&log));
    }

    // The last start tells what the kills kept it from telling.
    let server = Server::start(&data, &clock(KILLS));
    thread::sleep(Duration::from_secs(1));
    let agent = agent();
    for client in 0..CLIENTS {
        let (version, on_its_way) = state[client].lock().unwrap().clone();
        let cycle = format!("c-{client}");
        if let Some(sent) = on_its_way {
            let answer = send(&agent, &server.base, &bearer, &cycle, &sent);
            assert_eq!(answer.map(|(status, _)| status), Some(200));
            let next =
                Sent { key: format!("last-{client}"), command: json!({"type": "ground_rules.set", "version": version + 2}) };
            assert_eq!(send(&agent, &server.base, &bearer, &cycle, &next).map(|(status, _)| status), Some(200));
        } else {
            // Neither one less nor one more than was acknowledged: the next is the next.
            let next =
                Sent { key: format!("last-{client}"), command: json!({"type": "ground_rules.set", "version": version + 1}) };
            assert_eq!(send(&agent, &server.base, &bearer, &cycle, &next).map(|(status, _)| status), Some(200));
        }
    }
    notices.extend(told(&server.kill()));
    assert!(acknowledged_in_all > 1000, "the load was no load: {acknowledged_in_all}");

    let expected = due_without_kills(&clock(KILLS));
    assert!(expected.len() >= CLIENTS, "{expected:?}");
    let missing: Vec<_> = expected.difference(&notices).collect();
    assert!(missing.is_empty(), "never told: {missing:?}");
    let strange: Vec<_> = notices.difference(&expected).collect();
    assert!(strange.is_empty(), "told though it isn't due: {strange:?}");

    let verified = program(&data).arg("verify").output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

/// What the same cycles have due by then, told by a service that nobody kills.
fn due_without_kills(now: &str) -> BTreeSet<String> {
    let clock = ManualClock::at("2026-03-01T00:00:00Z".parse().unwrap());
    let service = Service::new(MemoryStore::default()).with_clock(clock.clone());
    for client in 0..CLIENTS {
        for command in beginnings(client) {
            let cycle = format!("c-{client}").parse().unwrap();
            let command = serde_json::from_value(command).unwrap();
            let order = peercircle_service::Order::new(cycle, peercircle_core::WireActor::Organiser {}, command);
            assert_eq!(service.give(&order).unwrap().verdict.code(), "accepted");
        }
    }
    clock.set(now.parse().unwrap());
    service.sweep().unwrap();
    let mut told = BTreeSet::new();
    service
        .deliver(|notice| {
            told.insert(notice.id.clone());
            Ok(())
        })
        .unwrap();
    told
}
