//! What it prints when it starts: where to go.

use std::{
    io::IsTerminal as _,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    path::Path,
};

use anyhow::{Result, anyhow};
use tracing_subscriber::EnvFilter;

/// What is said beside the address.
pub(crate) enum First {
    /// Data of one's own, and an invitation for each organisation that is new.
    Data { invitations: Vec<(String, String)> },
    /// The sample.
    Demo,
}

/// Logs to standard error: a line each, as JSON where nobody reads along. `RUST_LOG` says how much, `default` where it
/// says nothing.
pub(crate) fn log(default: &str) -> Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let to = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let done = if std::io::stderr().is_terminal() { to.compact().try_init() } else { to.json().try_init() };
    done.map_err(|error| anyhow!("starting the log: {error}"))
}

/// An address to open.
pub(crate) fn address(at: SocketAddr, secure: bool, path: &str) -> String {
    let scheme = if secure { "https" } else { "http" };
    let ip = if at.ip().is_unspecified() { own_address() } else { at.ip() };
    format!("{scheme}://{}{path}", SocketAddr::new(ip, at.port()))
}

/// This machine's address as others in its network see it. Nothing is sent: only the way there is looked up.
fn own_address() -> IpAddr {
    let looked = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|socket| {
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        socket.local_addr()
    });
    looked.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |at| at.ip())
}

pub(crate) fn print(first: &First, at: SocketAddr, secure: bool, data: &Path) {
    let open = |path: &str| address(at, secure, path);
    println!("peercircle is at {}", open("/"));
    match first {
        First::Data { invitations } => {
            println!("Everything is kept in `{}`.", data.display());
            for (name, token) in invitations {
                println!(
                    "\n{name} is new. Open this once, as whoever runs the programme:\n  {}",
                    open(&format!("/in/{token}"))
                );
            }
            if invitations.is_empty() {
                println!("Lost the way in? `peercircle-server invite-owner NAME` prints a new one.");
            } else {
                println!("\nTo look around first, in a sample with a group in every state, open {}", open("/"));
            }
        }
        First::Demo => {
            println!("This is a sample organisation, with a group in every state. It is gone when it stops.");
            println!("\nChoose whom to be:\n  {}", open("/demo"));
        }
    }
    if at.ip().is_loopback() {
        println!("\nPhones in the same network reach it with `--listen 0.0.0.0:{}`.", at.port());
    }
    println!("Stop it with Ctrl-C.");
}
