//! The address of a client behind proxies, as those we trust name it.
//!
//! Knows nothing of connections: the peer's address is handed in.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use super::MiddlewareError;
use super::options::Options;
use crate::request::Headers;

pub(super) const OPTIONS: [&str; 2] = ["real_ip.trust_all", "real_ip.trusted.subnets"];

/// Loopback, private and link-local addresses: proxies on this machine or in this network.
const NEAR: &str = "127.0.0.0/8, ::1/128, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, \
    fc00::/7, fe80::/10";

/// The options of `real_ip`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealIp {
    trusted: Vec<IpNet>,
    trust_all: bool,
}

impl RealIp {
    pub(super) fn read(options: Options<'_>) -> Result<RealIp, MiddlewareError> {
        let option = "real_ip.trusted.subnets";
        let nets = options.list(option, NEAR).map(|text| {
            let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
            let net = text.parse().ok().or_else(address);
            net.ok_or_else(|| options.wrong(option, "networks such as 10.0.0.0/8"))
        });
        Ok(RealIp {
            trusted: nets.collect::<Result<_, _>>()?,
            trust_all: options.flag("real_ip.trust_all")?,
        })
    }

    /// The client's address: the peer's, unless it is a proxy that we trust. Then what it says, or, if that is a proxy that
    /// we trust too, what that one says, and so on.
    pub fn client(&self, peer: IpAddr, headers: &Headers) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        if !headers.contains("X-Forwarded-For") {
            let named = headers.get_str("X-Real-IP").and_then(address);
            return named.unwrap_or(peer);
        }
        // Each proxy appends whom it heard it from: the last we wrote ourselves, the first anyone may have made up.
        let mut client = peer;
        let values: Vec<&[u8]> = headers.all("X-Forwarded-For").collect();
        let words = values.iter().rev().flat_map(|value| {
            let text = std::str::from_utf8(value).unwrap_or_default();
            text.rsplit(',')
        });
        for word in words {
            let Some(named) = address(word) else {
                break;
            };
            client = named;
            if !self.trusts(client) {
                break;
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trust_all || self.trusted.iter().any(|net| net.contains(&address))
    }
}

/// An address, with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let plain = || text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|both| both.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    plain()
        .or_else(with_port)
        .or_else(bracketed)
        .map(|address| address.to_canonical())
}
