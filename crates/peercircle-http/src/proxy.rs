//! Whose request it is behind a proxy: what a header says of it counts only from a proxy that is trusted.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use axum::http::HeaderMap;

/// Addresses that begin alike: one address, or a network such as `10.0.0.0/8`.
///
/// # Example
/// ```
/// use peercircle_http::Network;
/// let network: Network = "10.1.0.0/16".parse()?;
/// assert!(network.contains("10.1.2.3".parse()?) && !network.contains("10.2.2.3".parse()?));
/// assert!("127.0.0.1".parse::<Network>()?.contains("::ffff:127.0.0.1".parse()?));
/// assert_eq!("10.0.0.0/33".parse::<Network>().unwrap_err().to_string(), "expected an address, or a network such as 10.0.0.0/8");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: u128,
    mask: u128,
}

/// A text that is no [`Network`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkError;

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected an address, or a network such as 10.0.0.0/8")
    }
}

impl std::error::Error for NetworkError {}

impl Network {
    /// Whether the address is in it. One of version 4 is the same in the form of version 6.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        bits(address) & self.mask == self.first
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().map_err(|_| NetworkError)?;
        let most: u32 = if address.is_ipv4() { 32 } else { 128 };
        let length = length.map_or(Ok(most), |length| length.parse().map_err(|_| NetworkError))?;
        let free = most.checked_sub(length).ok_or(NetworkError)?;
        let mask = u128::MAX.checked_shl(free).unwrap_or(0);
        Ok(Self { first: bits(address) & mask, mask })
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(four) => four.to_ipv6_mapped().to_bits(),
        IpAddr::V6(six) => six.to_bits(),
    }
}

/// Whom a request without a good credential counts against. `X-Forwarded-For` is read from its end, where the proxy wrote, up to the
/// first address that is no proxy's: what stands before that came from outside.
pub(crate) fn visitor(connection: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let is_proxy = |address: IpAddr| proxies.iter().any(|proxy| proxy.contains(address));
    let mut address = connection;
    let lists: Vec<_> = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok()).collect();
    for said in lists.iter().rev().flat_map(|list| list.rsplit(',')) {
        if !is_proxy(address) {
            break;
        }
        let Some(before) = read(said.trim()) else { break };
        address = before;
    }
    network_of(address)
}

/// An address as proxies write it: some with its port, one of version 6 then in brackets.
fn read(text: &str) -> Option<IpAddr> {
    let plain = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(inner, _)| inner);
    plain.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip()))
}

/// Whoever has one address of version 6 has its network.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX))),
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_trusted_proxies_wrote_counts() {
        let proxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"].map(|one| one.parse().unwrap());
        let seen = |connection: &str, lists: &[&str], proxies: &[Network]| {
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append("x-forwarded-for", list.parse().unwrap());
            }
            visitor(connection.parse().unwrap(), &headers, proxies).to_string()
        };
        for (connection, lists, expected) in [
            ("127.0.0.1", &["192.0.2.7"][..], "192.0.2.7"),
            // What the visitor wrote stands before what the proxy did.
            ("127.0.0.1", &["198.51.100.1, 192.0.2.7"], "192.0.2.7"),
            ("127.0.0.1", &["198.51.100.1", "192.0.2.7"], "192.0.2.7"),
            // Through two of them.
            ("127.0.0.1", &["198.51.100.1, 192.0.2.7, 10.1.2.3"], "192.0.2.7"),
            ("::ffff:127.0.0.1", &["192.0.2.7"], "192.0.2.7"),
            ("fd00::9", &["192.0.2.7:4711"], "192.0.2.7"),
            ("127.0.0.1", &["[2001:db8::1]:443"], "2001:db8::"),
            ("127.0.0.1", &["2001:db8::1"], "2001:db8::"),
            // From anybody else it is a claim.
            ("192.0.2.9", &["192.0.2.7"], "192.0.2.9"),
            ("11.0.0.1", &["192.0.2.7"], "11.0.0.1"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["unknown"], "127.0.0.1"),
            ("127.0.0.1", &["192.0.2.7, "], "127.0.0.1"),
        ] {
            assert_eq!(seen(connection, lists, &proxies), expected, "{connection} {lists:?}");
        }
        assert_eq!(seen("127.0.0.1", &["192.0.2.7"], &[]), "127.0.0.1");
    }

    #[test]
    fn a_network_is_read_whole_or_not_at_all() {
        for bad in ["", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "localhost"] {
            assert_eq!(bad.parse::<Network>(), Err(NetworkError), "{bad}");
        }
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("203.0.113.1".parse().unwrap()) && !all.contains("2001:db8::1".parse().unwrap()));
        assert!("::/0".parse::<Network>().unwrap().contains("203.0.113.1".parse().unwrap()));
    }
}
