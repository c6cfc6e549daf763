//! `http.service`: where a server listens, and how much it takes on.
//!
//! Knows nothing of what it serves: routers and static mounts name their server.

use std::time::Duration;

use super::address::Address;
use crate::app::entry::EntryId;
use crate::app::fields::Fields;
use crate::app::kind::lifecycle::{self, Lifecycle};
use crate::app::size;
use crate::size::Size;

/// An `http.service`.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpService {
    /// Its id.
    pub id: EntryId,
    /// Where it listens.
    pub address: Address,
    /// How long it waits.
    pub timeouts: Timeouts,
    /// How much it takes on.
    pub limits: HttpLimits,
    /// When it starts and stops.
    pub lifecycle: Lifecycle,
}

/// How long a server waits. Zero is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a whole request.
    pub read: Duration,
    /// For the whole answer, from the end of the request.
    pub write: Duration,
    /// For the next request on a connection.
    pub idle: Duration,
}

/// How much a server takes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// The most bytes of a request's head.
    pub headers: u64,
    /// The most bytes of a request's body.
    pub body: u64,
    /// The most connections at once.
    pub connections: u32,
    /// The most requests at once that have no answer yet.
    pub requests: u32,
    /// The most calls at once that go on after their answer.
    pub tasks: u32,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            read: Duration::from_secs(30),
            write: Duration::from_secs(60),
            idle: Duration::from_secs(120),
        }
    }
}

impl Default for HttpLimits {
    fn default() -> HttpLimits {
        HttpLimits {
            headers: 64 << 10,
            body: 120 << 20,
            connections: 20_000,
            requests: 4096,
            tasks: 1_000_000,
        }
    }
}

/// The least that a head may be limited to: what browsers send without cookies fits.
const LEAST_HEAD: Size = Size(1 << 10);

/// Reads an `http.service`.
pub(in crate::app) fn read(mut fields: Fields) -> Option<HttpService> {
    let address = address(&mut fields);
    let timeouts = timeouts(&mut fields);
    let limits = limits(&mut fields);
    without_effect(&mut fields);
    let lifecycle = lifecycle::read(&mut fields);
    fields.get("security");
    let id = fields.id.clone();
    fields.finish();
    Some(HttpService {
        id,
        address: address?,
        timeouts,
        limits,
        lifecycle,
    })
}

fn address(fields: &mut Fields) -> Option<Address> {
    let place = fields.place_of("addr");
    let text = fields.characters("addr").unwrap_or_default();
    if text.is_empty() {
        // What is no text was reported.
        if fields
            .get("addr")
            .is_none_or(|node| node.as_text().is_some())
        {
            fields.report(fields.error("addr", place, "address is required"));
        }
        return None;
    }
    match text.parse() {
        Ok(address) => Some(address),
        Err(error) => {
            let problem = fields.error("addr", place, format!("{error}, and is {text:?}"));
            let advice = "write it as in \":8080\", \"127.0.0.1:8080\" or \"[::1]:8080\"";
            fields.report(problem.advice(advice));
            None
        }
    }
}

fn timeouts(entry: &mut Fields) -> Timeouts {
    let default = Timeouts::default();
    let Some(mut fields) = entry.block("timeouts") else {
        return default;
    };
    let timeouts = Timeouts {
        read: fields.duration("read").unwrap_or(default.read),
        write: fields.duration("write").unwrap_or(default.write),
        idle: fields.duration("idle").unwrap_or(default.idle),
    };
    fields.finish();
    timeouts
}

fn limits(entry: &mut Fields) -> HttpLimits {
    let default = HttpLimits::default();
    let Some(mut fields) = entry.block("limits") else {
        return default;
    };
    let limits = HttpLimits {
        headers: size::read(&mut fields, "headers", LEAST_HEAD).unwrap_or(default.headers),
        body: size::read(&mut fields, "body", Size(0)).unwrap_or(default.body),
        connections: fields
            .count("connections", 1)
            .unwrap_or(default.connections),
        requests: fields.count("requests", 1).unwrap_or(default.requests),
        tasks: fields.count("tasks", 1).unwrap_or(default.tasks),
    };
    fields.finish();
    limits
}

/// Looks at what this version has no use for.
fn without_effect(fields: &mut Fields) {
    if let Some(mut host) = fields.block("host") {
        host.count("buffer_size", 1);
        host.count("worker_count", 1);
        host.finish();
    }
    if let Some(node) = fields.get("tls") {
        let problem = fields.error("tls", &node.place, "the server speaks no TLS");
        fields.report(problem.advice("put a proxy in front of it that does, and take this out"));
    }
    if let Some(node) = fields.get("network") {
        let what = "has no effect: the server listens in the network of this machine";
        fields.report(fields.warning("network", &node.place, what));
    }
}
