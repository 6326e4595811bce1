//! A file of many cycles: how long a server takes to its first answer, and what a live cycle takes in memory.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use peercircle_core::Cycle;
use peercircle_service::Service;
use peercircle_sqlite::{Options, SqliteStore};
use peercircle_store::EventStore as _;

use super::{
    Cells, Extent, Target,
    cells::median,
    fresh,
    sample::{Sample, cycle, numbered},
};

/// How soon a server has to answer.
const SOON: Duration = Duration::from_secs(1);

/// How many threads copy cycles.
const WRITERS: usize = 64;

pub(super) fn measuring(table: &mut Vec<Cells>, extent: Extent, server: &Path, folder: &Path) -> Result<()> {
    let count = extent.of(100_000, 100);
    let (full, empty) = (fresh(folder, "full")?, fresh(folder, "empty")?);
    let full_key = key(server, &full)?;
    fill(&full.join("home.db"), count)?;
    let empty_key = key(server, &empty)?;
    fill(&empty.join("home.db"), 1)?;
    let rounds = extent.of(5, 1);
    let measured = |folder: &Path, key: &str, count: usize| -> Result<f64> {
        let times =
            (0..rounds).map(|_| Ok(start(server, folder, key, count / 2)?.as_secs_f64())).collect::<Result<Vec<_>>>()?;
        Ok(median(&times))
    };
    let (with_all, with_one) = (measured(&full, &full_key, count)?, measured(&empty, &empty_key, 1)?);
    let bytes = fs::metadata(full.join("home.db"))?.len();
    let name = format!("start to the first answer, {count} cycles in {} MB", bytes >> 20);
    table.push(
        Cells::time(name, Duration::from_secs_f64(with_all)).beside("one cycle", with_one).wanting(Target::Within(SOON)),
    );
    table.push(Cells::time("- one cycle stored", Duration::from_secs_f64(with_one)));

    let said =
        Command::new(std::env::current_exe()?).arg("--touch").arg(full.join("home.db")).arg(count.to_string()).output()?;
    ensure!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let each: f64 = String::from_utf8_lossy(&said.stdout).trim().parse()?;
    let own = f64::from(u32::try_from(size_of::<Cycle>())?);
    table.push(Cells::bytes(format!("memory, each of {count} live cycles"), each).beside("the cycle alone", own));
    Ok(())
}

/// A key of the organisation that a new folder gets.
fn key(server: &Path, folder: &Path) -> Result<String> {
    let said = Command::new(server).arg("--data").arg(folder).args(["make-key", "bench", "--scope", "act"]).output()?;
    ensure!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    Ok(String::from_utf8(said.stdout)?.trim().to_owned())
}

/// Stores so many formed cycles.
fn fill(file: &Path, count: usize) -> Result<()> {
    let (store, sample, next) = (SqliteStore::open(file, &Options::default())?, Sample::take()?, AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let write = || -> Result<()> {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok(());
                }
                store.append(sample.copy(number)?)?;
            }
        };
        let threads: Vec<_> = (0..WRITERS).map(|_| scope.spawn(write)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a writer panicked"))))
    })
}

/// From the start of a server until it is ready and a member has their guide.
fn start(server: &Path, folder: &Path, key: &str, number: usize) -> Result<Duration> {
    let begin = Instant::now();
    let mut command = Command::new(server);
    command.arg("--data").arg(folder).args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().with_context(|| server.display().to_string())?;
    // Held to the end: a server that nobody listens to any more can't say where it is.
    let mut stdout = BufReader::new(child.stdout.take().context("what it says")?);
    let mut answered = || -> Result<Duration> {
        let mut said = String::new();
        stdout.read_line(&mut said)?;
        let port = said.trim().trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
        let port = port.with_context(|| format!("a port in `{said}`"))?;
        while !ask(port, "/ready", "")?.starts_with("HTTP/1.1 200") {
            ensure!(begin.elapsed() < Duration::from_secs(60), "expected it to be ready within a minute");
        }
        let number = numbered(number);
        let headers = format!("Authorization: Bearer {key}\r\nPeercircle-Member: m-{number}-0\r\n");
        let guide = ask(port, &format!("/api/v1/cycles/{}/guide", cycle(&number)?), &headers)?;
        ensure!(guide.starts_with("HTTP/1.1 200"), "{guide}");
        Ok(begin.elapsed())
    };
    let answered = answered();
    child.kill()?;
    child.wait()?;
    answered
}

fn ask(port: u16, path: &str, headers: &str) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Prints how many bytes a cycle takes that is live in a service: the whole of a process, which touches each of them once.
pub(crate) fn touch(file: &Path, count: usize) -> Result<()> {
    let service = Service::new(SqliteStore::open(file, &Options::default())?);
    service.cycle(&cycle(&numbered(0))?)?;
    let before = resident()?;
    for number in 0..count {
        service.cycle(&cycle(&numbered(number))?)?;
    }
    let grown = resident()?.saturating_sub(before);
    let mut stdout = std::io::stdout();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    writeln!(stdout, "{:.0}", grown as f64 / count as f64)?;
    Ok(())
}

/// The memory that this process has, in bytes.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("memory is measured where /proc is: on Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes << 10)
}
