//! Where a server listens: `host:port`, as `addr` has it.
//!
//! Knows nothing of sockets, nor of what a name stands for.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// A name or an IP address, an IPv6 one without its brackets; empty for all addresses of the machine, of both
    /// families where it has both.
    pub host: String,
    /// The port; 0 for a free one.
    pub port: u16,
    /// As it was written.
    text: String,
}

/// A text that is no `host:port`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAddress;

/// The most bytes of a host's name, as DNS has it.
const LONGEST_NAME: usize = 253;

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for NoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be host:port")
    }
}

impl std::error::Error for NoAddress {}

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Address, NoAddress> {
        let (host, port) = text.rsplit_once(':').ok_or(NoAddress)?;
        // Rust would also read "+80".
        let plain = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().ok().filter(|_| plain).ok_or(NoAddress)?;
        Ok(Address {
            host: read_host(host).ok_or(NoAddress)?.to_string(),
            port,
            text: text.to_string(),
        })
    }
}

/// The host without brackets, if it is one.
fn read_host(host: &str) -> Option<&str> {
    if let Some(inner) = host.strip_prefix('[') {
        let address = inner.strip_suffix(']')?;
        return address.parse::<Ipv6Addr>().ok().map(|_| address);
    }
    let is_good = host.is_empty() || host.parse::<Ipv4Addr>().is_ok() || is_name(host);
    is_good.then_some(host)
}

/// Whether the text can be a host's name. One whose last part is a number would be a misspelt IPv4 address.
fn is_name(text: &str) -> bool {
    let is_part = |part: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !part.is_empty() && part.bytes().all(fits) && !part.starts_with('-') && !part.ends_with('-')
    };
    let rooted = text.strip_suffix('.').unwrap_or(text);
    let last = rooted.rsplit('.').next().unwrap_or_default();
    text.len() <= LONGEST_NAME
        && rooted.split('.').all(is_part)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_a_host_and_a_port() {
        for (text, host, port) in [
            (":8080", "", 8080),
            (":0", "", 0),
            ("127.0.0.1:8080", "127.0.0.1", 8080),
            ("0.0.0.0:65535", "0.0.0.0", 65535),
            ("[::1]:80", "::1", 80),
            ("[::]:80", "::", 80),
            ("localhost:8080", "localhost", 8080),
            ("my-host.example.org.:1", "my-host.example.org.", 1),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!((address.host.as_str(), address.port), (host, port));
            assert_eq!(address.to_string(), text);
        }
    }

    #[test]
    fn other_texts_are_not() {
        for text in [
            "",
            ":",
            "8080",
            "localhost",
            "localhost:",
            ":http",
            ":65536",
            ":+80",
            ":-1",
            "::1:80",
            "[::1]",
            "[localhost]:80",
            "[::1:80",
            "256.0.0.1:80",
            "1.2.3:80",
            "http://localhost:80",
            "a b:80",
            ".:80",
            "a..b:80",
            "-a:80",
            " :80",
            ":80 ",
        ] {
            assert_eq!(text.parse::<Address>(), Err(NoAddress), "{text:?}");
        }
    }
}
