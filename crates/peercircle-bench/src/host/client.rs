//! A raw client, the same for all peers, and the peers as processes.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{fresh, sample::Sample};

/// A server in a process of its own, ended when it is dropped.
#[derive(Debug)]
pub(super) struct Peer {
    child: Child,
    pub(super) port: u16,
    /// What opens its door; nothing where it has none.
    pub(super) key: String,
}

/// When SQLite calls a commit done.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sync {
    /// Once it is on the disk.
    Full,
    /// Before that.
    Normal,
}

impl Peer {
    /// Ours, with so many cycles.
    pub(super) fn ours(folder: &Path, cycles: usize) -> Result<Self> {
        let file = fresh(folder, "ours")?.join("cycles.db");
        let mut own = Command::new(std::env::current_exe()?);
        Self::start(own.arg("--serve-ours").arg(file).arg(cycles.to_string()))
    }

    /// The bare one, with lines and answers as long as ours.
    pub(super) fn bare(folder: &Path, sample: &Sample) -> Result<Self> {
        let file = fresh(folder, "bare")?.join("lines.db");
        let mut own = Command::new(std::env::current_exe()?);
        Self::start(own.arg("--serve-bare").arg(file).args([sample.line, sample.answer].map(|size| size.to_string())))
    }

    pub(super) fn cqrs_es(program: &Path, folder: &Path, sync: Sync) -> Result<Self> {
        let file = fresh(folder, "cqrs-es")?.join("events.db");
        let sync = match sync {
            Sync::Full => "full",
            Sync::Normal => "normal",
        };
        Self::start(Command::new(program).arg(file).arg(sync))
    }

    fn start(command: &mut Command) -> Result<Self> {
        let child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("{command:?}"))?;
        let mut peer = Self { child, port: 0, key: String::new() };
        let mut said = String::new();
        let stdout = peer.child.stdout.take().context("what it says")?;
        BufReader::new(stdout).read_line(&mut said)?;
        let mut words = said.split_whitespace();
        peer.port = words.next().and_then(|port| port.parse().ok()).with_context(|| format!("{command:?} said `{said}`"))?;
        peer.key = words.next().unwrap_or_default().to_owned();
        Ok(peer)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// A connection that is kept.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

/// What a server answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Whether the command was accepted.
    pub(super) fn is_accepted(&self) -> bool {
        self.status == 200 && self.body.windows(8).any(|word| word == b"accepted")
    }
}

impl Connection {
    pub(super) async fn open(peer: &Peer) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", peer.port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(4096) })
    }

    /// Gives a command and waits for the answer.
    pub(super) async fn give(&mut self, peer: &Peer, cycle: &str, key: u64, command: &str) -> Result<Answer> {
        let request = format!(
            "POST /api/v1/cycles/{cycle}/commands HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Idempotency-Key: 00000000-0000-4000-8000-{key:012x}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{command}",
            peer.key,
            command.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.answer().await
    }

    /// Asks for the events of a cycle from here on; the connection is theirs from then on.
    pub(super) async fn subscribe(&mut self, peer: &Peer, cycle: &str, member: &str) -> Result<()> {
        let request = format!(
            "GET /api/v1/cycles/{cycle}/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Peercircle-Member: {member}\r\nAccept: text/event-stream\r\n\r\n",
            peer.key
        );
        self.stream.write_all(request.as_bytes()).await?;
        loop {
            self.more().await?;
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                ensure!(self.read.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&self.read));
                self.read.drain(..end + 4);
                return Ok(());
            }
        }
    }

    /// The id of the next event.
    pub(super) async fn event(&mut self) -> Result<u64> {
        loop {
            while let Some(end) = find(&self.read, b"\n") {
                let id = self.read.get(..end).and_then(|line| line.strip_prefix(b"id: ")).map(<[u8]>::to_vec);
                self.read.drain(..=end);
                if let Some(id) = id {
                    return Ok(String::from_utf8_lossy(&id).trim().parse()?);
                }
            }
            self.more().await?;
        }
    }

    async fn answer(&mut self) -> Result<Answer> {
        loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                let head = String::from_utf8_lossy(self.read.get(..end).unwrap_or_default()).to_ascii_lowercase();
                let length =
                    head.split_once("content-length:").map(|(_, rest)| rest.split("\r\n").next().unwrap_or_default());
                let length: usize = length.unwrap_or("0").trim().parse()?;
                let status = head.split(' ').nth(1).unwrap_or_default().parse()?;
                if self.read.len() >= end + 4 + length {
                    let body = self.read.get(end + 4..end + 4 + length).unwrap_or_default().to_vec();
                    self.read.drain(..end + 4 + length);
                    return Ok(Answer { status, body });
                }
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.read).await? == 0 {
            bail!("expected an answer, got the end of the connection");
        }
        Ok(())
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|here| here == what)
}
