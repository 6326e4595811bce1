//! `peercircle-server`: the service in one program. Without arguments it opens the data folder, makes it where there is none, and
//! prints the addresses to open.
//!
//! - `settings`: the data folder: who is hosted, on which files, under which master key.
//! - `serve`: connections, their limits, and a calm end.
//! - `hello`: what it prints.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to its terminal")]

mod hello;
mod open;
mod serve;
mod settings;

use std::{collections::BTreeSet, net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};
use peercircle_core::Instant;
use peercircle_host::{Demo, Host, Offer, OrgId, Scope};
use peercircle_http::{Api, Limits, Network};
use peercircle_service::ManualClock;
use peercircle_web::Web;

use crate::{open::Opened, settings::Settings};

/// Peer learning groups as a service: pages, API and an embedded database in one program.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
struct Arguments {
    /// The folder that everything is kept in.
    #[arg(long, global = true, default_value = "peercircle-data", env = "PEERCIRCLE_DATA")]
    data: PathBuf,

    /// The address to listen on; 0.0.0.0 for phones in the same network.
    #[arg(long, default_value = "127.0.0.1:8080", env = "PEERCIRCLE_LISTEN")]
    listen: SocketAddr,

    /// A sample organisation in memory, with groups in several states. Nothing is kept.
    #[arg(long)]
    demo: bool,

    /// People reach it over HTTPS only, through a proxy: cookies are sent no other way.
    #[arg(long, env = "PEERCIRCLE_SECURE")]
    secure: bool,

    /// A proxy's address or network, such as 10.0.0.0/8: what it writes in X-Forwarded-For is believed, from nobody else. With --secure
    /// that is this machine where nothing is said.
    #[arg(long = "proxy", value_name = "ADDRESS", env = "PEERCIRCLE_PROXY", value_delimiter = ',')]
    proxies: Vec<Network>,

    /// The most connections at once.
    #[arg(long, default_value_t = 4096)]
    connections: usize,

    /// How many requests a second each API key has.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    key_rate: u32,

    /// For tests: a clock that stands at this instant until `/test/clock` is sent another. On loopback only.
    #[arg(long, value_name = "INSTANT")]
    test_clock: Option<Instant>,

    #[command(subcommand)]
    command: Option<Chore>,
}

/// What an operator does beside.
#[derive(Debug, Subcommand)]
enum Chore {
    /// Hosts another organisation, with data of its own.
    AddOrganisation {
        /// Its id: 1 to 32 of a-z, 0-9 and -.
        id: OrgId,
        /// Its name.
        name: String,
    },
    /// Prints an invitation for a programme owner.
    InviteOwner {
        /// Their name or address.
        name: String,
        /// The organisation, where there are several.
        #[arg(long)]
        organisation: Option<OrgId>,
    },
    /// Makes an API key and prints it, this once.
    MakeKey {
        /// What to call it.
        name: String,
        /// What it is good for: facts, groups, act, invite, operate.
        #[arg(long = "scope", required = true, value_parser = scope)]
        scopes: Vec<Scope>,
        /// The organisation, where there are several.
        #[arg(long)]
        organisation: Option<OrgId>,
    },
    /// Copies an organisation's data into a new file, while the service runs.
    Backup {
        /// The file to make.
        to: PathBuf,
        /// The organisation, where there are several.
        #[arg(long)]
        organisation: Option<OrgId>,
    },
    /// Looks at every page and every event that is kept.
    Verify {},
}

fn scope(text: &str) -> Result<Scope, String> {
    let all = Scope::ALL.map(Scope::name).join(", ");
    Scope::ALL.into_iter().find(|scope| scope.name() == text).ok_or_else(|| format!("expected one of {all}"))
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Some(chore) => do_chore(&arguments, chore),
        None => start(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("peercircle-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn do_chore(arguments: &Arguments, chore: &Chore) -> Result<()> {
    let mut settings = Settings::open(&arguments.data)?;
    match chore {
        Chore::AddOrganisation { id, name } => {
            settings.add(id, name)?;
            println!("`{id}` is hosted from the next start on.");
            Ok(())
        }
        Chore::InviteOwner { name, organisation } => {
            let opened = Opened::one(&settings, organisation.as_ref())?;
            let invitation = opened.organisation.invite_owner(name)?;
            println!("{}", hello::address(arguments.listen, arguments.secure, &format!("/in/{}", invitation.token)));
            Ok(())
        }
        Chore::MakeKey { name, scopes, organisation } => {
            let opened = Opened::one(&settings, organisation.as_ref())?;
            let scopes: BTreeSet<_> = scopes.iter().copied().collect();
            println!("{}", opened.organisation.make_key(name, scopes, None)?.key);
            Ok(())
        }
        Chore::Backup { to, organisation } => Ok(Opened::one(&settings, organisation.as_ref())?.store.backup(to)?),
        Chore::Verify {} => {
            for entry in settings.organisations() {
                let verified = Opened::new(&settings, entry)?.store.verify()?;
                println!("{}: {verified:?}", entry.id);
            }
            Ok(())
        }
    }
}

/// Where a proxy on this machine comes from.
const LOOPBACK: [&str; 2] = ["127.0.0.0/8", "::1"];

/// How often it is looked what has fallen due.
const LOOK_EVERY: Duration = Duration::from_secs(5);

fn start(arguments: &Arguments) -> Result<()> {
    // Whoever looks around wants the address, not what fell due in a sample.
    hello::log(if arguments.demo { "warn" } else { "info" })?;
    let clock = arguments.test_clock.map(ManualClock::at);
    if clock.is_some() && !arguments.listen.ip().is_loopback() {
        bail!("expected a loopback address beside --test-clock, got {}", arguments.listen);
    }
    let host = Arc::new(Host::default());
    let mut web = Web::new(Arc::clone(&host)).secure(arguments.secure);
    let first = if arguments.demo {
        web = web.sample(Arc::new(Demo::host(&host, clock.as_ref())?));
        hello::First::Demo
    } else {
        web = web.offer(Arc::new(Offer::new(Arc::clone(&host), clock.clone())));
        open_all(&host, &arguments.data, clock.as_ref())?
    };
    let mut watches = Vec::new();
    for organisation in host.organisations() {
        watches.push(serve::watch(&organisation, LOOK_EVERY)?);
    }
    let mut limits = Limits::default();
    limits.connections = arguments.connections;
    limits.proxies.clone_from(&arguments.proxies);
    if arguments.secure && limits.proxies.is_empty() {
        limits.proxies = LOOPBACK.iter().map(|address| address.parse()).collect::<Result<_, _>>()?;
    }
    limits.key_rate.per_second = arguments.key_rate;
    limits.key_rate.burst = arguments.key_rate.saturating_mul(2);
    let api = Api::new(Arc::clone(&host), limits);
    let routes = serve::routes(&api, web, clock);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting threads")?;
    runtime.block_on(async {
        let listener = serve::listen(arguments.listen).await?;
        let at = listener.local_addr().context("asking where it listens")?;
        hello::print(&first, at, arguments.secure, &arguments.data);
        peercircle_http::serve(listener, routes, api, serve::told_to_stop()).await;
        Ok::<_, anyhow::Error>(())
    })?;
    // Nothing waits for the store any more; what was acknowledged is on the disk.
    drop(watches);
    runtime.shutdown_timeout(Duration::from_secs(2));
    tracing::info!("stopped");
    Ok(())
}

fn open_all(host: &Host, data: &std::path::Path, clock: Option<&ManualClock>) -> Result<hello::First> {
    let settings = Settings::open(data)?;
    let mut invitations = Vec::new();
    for entry in settings.organisations() {
        let Opened { organisation, is_new, .. } = Opened::with_clock(&settings, entry, clock)?;
        if is_new {
            invitations.push((entry.name.clone(), organisation.invite_owner("Programme owner")?.token));
        }
        host.add(organisation);
    }
    Ok(hello::First::Data { invitations })
}
