//! The program as an operator meets it: the first start, the second, and what goes wrong.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

fn program(data: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_peercircle-server"));
    program.arg("--data").arg(data).env_remove("PEERCIRCLE_MASTER_KEY").env("RUST_LOG", "off");
    program
}

/// A server that runs, and what it printed.
struct Running {
    child: Child,
    said: String,
}

impl Running {
    fn start(data: &Path, more: &[&str]) -> Self {
        let mut child = program(data).args(["--listen", "127.0.0.1:0"]).args(more).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            said.push_str(&line.unwrap());
            said.push('\n');
            if said.ends_with("Stop it with Ctrl-C.\n") {
                break;
            }
        }
        Self { child, said }
    }

    fn base(&self) -> &str {
        self.said.lines().next().unwrap().strip_prefix("peercircle is at ").unwrap().trim_end_matches('/')
    }

    fn invitation(&self) -> Option<&str> {
        self.said.split_whitespace().find(|word| word.contains("/in/"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn answer(url: &str) -> (u16, String) {
    let config = ureq::Agent::config_builder().http_status_as_error(false).build();
    let mut answer = config.new_agent().get(url).call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

fn status(url: &str) -> u16 {
    answer(url).0
}

#[test]
fn the_first_start_invites_and_the_second_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = Running::start(&data, &[]);
    let invitation = first.invitation().unwrap().to_owned();
    assert_eq!(status(&invitation), 200);
    assert_eq!(status(&format!("{}/ready", first.base())), 200);
    assert_eq!(status(&format!("{}/api/v1/cycles", first.base())), 401);
    assert_eq!(status(&format!("{}/no/such/page", first.base())), 404);
    // Nobody has come in yet: there is a sample to look at.
    assert!(first.said.contains("in a sample with a group in every state"), "{}", first.said);
    let (code, page) = answer(&format!("{}/", first.base()));
    assert!(code == 200 && page.contains("Look at a sample organisation"), "{page}");
    drop(first);
    let second = Running::start(&data, &[]);
    assert_eq!(second.invitation(), None, "{}", second.said);
    // The invitation of the first start wasn't taken, and is good still.
    let path = invitation.split_once("/in/").unwrap().1;
    assert_eq!(status(&format!("{}/in/{path}", second.base())), 200);
    drop(second);

    let invited = program(&data).args(["invite-owner", "Kim"]).output().unwrap();
    assert!(words(&invited).contains("/in/home."), "{}", words(&invited));
    let made = program(&data).args(["make-key", "hr", "--scope", "facts"]).output().unwrap();
    assert!(words(&made).starts_with("home."), "{}", words(&made));
    let again = program(&data).args(["make-key", "hr", "--scope", "facts"]).output().unwrap();
    assert!(!again.status.success());
    let wrong = program(&data).args(["make-key", "hr", "--scope", "everything"]).output().unwrap();
    assert!(words(&wrong).contains("expected one of facts, groups, act, invite, operate"), "{}", words(&wrong));
}

#[test]
fn organisations_are_apart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let added = program(&data).args(["add-organisation", "north", "North"]).output().unwrap();
    assert!(added.status.success(), "{}", words(&added));
    let twice = program(&data).args(["add-organisation", "north", "North"]).output().unwrap();
    assert!(words(&twice).contains("expected an id that no organisation has yet, got `north`"), "{}", words(&twice));
    let running = Running::start(&data, &[]);
    assert_eq!(running.said.matches("/in/").count(), 2, "{}", running.said);
    assert!(data.join("home.db").is_file() && data.join("north.db").is_file());
    drop(running);
    let which = program(&data).args(["invite-owner", "Kim"]).output().unwrap();
    assert!(words(&which).contains("expected --organisation with one of home, north"), "{}", words(&which));
}

#[test]
fn what_keeps_it_from_starting_is_said_and_nothing_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(Running::start(&data, &[]));
    let path = data.join("home.db");
    let mut bytes = fs::read(&path).unwrap();
    // The middle of the first page: its header stands, what it lists doesn't.
    bytes.iter_mut().skip(100).take(300).for_each(|byte| *byte = 0xff);
    for log in ["home.db-wal", "home.db-shm"] {
        let _gone = fs::remove_file(data.join(log));
    }
    fs::write(&path, &bytes).unwrap();
    let damaged = program(&data).args(["--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(!damaged.status.success());
    let said = words(&damaged);
    assert!(said.contains("opening the data of `home`") && said.contains("expected sound data"), "{said}");
    assert_eq!(fs::read(&path).unwrap(), bytes, "a damaged file is left as it was");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let busy = program(&folder.path().join("other")).args(["--listen", &at]).output().unwrap();
    assert!(words(&busy).contains(&format!("listening on {at}; is something else there?")), "{}", words(&busy));

    let clock = ["--listen", "0.0.0.0:0", "--test-clock", "2026-03-02T09:00:00Z"];
    let open = program(&folder.path().join("other")).args(clock).output().unwrap();
    assert!(words(&open).contains("expected a loopback address beside --test-clock"), "{}", words(&open));
}

#[test]
fn a_backup_is_whole_and_is_taken_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let running = Running::start(&data, &[]);
    let copy = folder.path().join("copy");
    fs::create_dir(&copy).unwrap();
    let backup = program(&data).arg("backup").arg(copy.join("home.db")).output().unwrap();
    assert!(backup.status.success(), "{}", words(&backup));
    let path = running.invitation().unwrap().split_once("/in/").unwrap().1.to_owned();
    drop(running);
    fs::copy(data.join("master.key"), copy.join("master.key")).unwrap();
    let verified = program(&copy).arg("verify").output().unwrap();
    assert!(verified.status.success(), "{}", words(&verified));
    let from_copy = Running::start(&copy, &[]);
    assert_eq!(status(&format!("{}/in/{path}", from_copy.base())), 200);
}
