//! Real issuers on loopback, for the tests of whatever signs in by one.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, OnceLock},
};

use serde_json::Value;

/// The issuers of `tests/issuer`, for all tests at once.
struct Issuers {
    _child: Child,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    urls: Vec<String>,
}

fn issuers() -> &'static Issuers {
    static ALL: OnceLock<Issuers> = OnceLock::new();
    ALL.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../peercircle-host/tests/issuer");
        if !folder.join("node_modules/oauth2-mock-server").is_dir() {
            let npm = Command::new("npm").current_dir(&folder).args(["ci", "--silent", "--no-audit", "--no-fund"]).status();
            let npm = npm.unwrap_or_else(|error| panic!("this test needs npm with Node 20.19 or newer: {error}"));
            assert!(npm.success(), "`npm ci` in tests/issuer failed ({npm}): is the npm registry in reach?");
        }
        let mut node = Command::new("node");
        node.current_dir(&folder).arg("issuer.mjs").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = node.spawn().unwrap_or_else(|error| panic!("this test needs Node 20.19 or newer: {error}"));
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let urls = serde_json::from_str(&line).unwrap_or_else(|error| panic!("no issuer came up: {error}: {line}"));
        Issuers { _child: child, pipes: Mutex::new((stdin, stdout)), urls }
    })
}

/// Has the issuers do something.
pub(crate) fn ask(question: &Value) -> Value {
    let mut pipes = issuers().pipes.lock().unwrap();
    writeln!(pipes.0, "{question}").unwrap();
    let mut line = String::new();
    pipes.1.read_line(&mut line).unwrap();
    let mut answer: Value = serde_json::from_str(&line).unwrap();
    assert!(answer.get("error").is_none(), "{question}: {answer}");
    answer["ok"].take()
}

/// Where an issuer is.
pub(crate) fn url(server: usize) -> &'static str {
    &issuers().urls[server]
}
