//! How often one client may ask.
//!
//! Knows no clock: `now` is handed in, in nanoseconds since any one moment.

use std::net::IpAddr;

use rustc_hash::FxHashMap;

use super::MiddlewareError;
use super::options::Options;
use crate::request::{Headers, Request, Response, percent};

pub(super) const OPTIONS: [&str; 7] = [
    "ratelimit.burst",
    "ratelimit.cleanup_interval",
    "ratelimit.entry_ttl",
    "ratelimit.key",
    "ratelimit.max_entries",
    "ratelimit.requests",
    "ratelimit.window",
];

const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;

/// The options of `ratelimit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests in a window, in the long run.
    pub requests: u64,
    /// The window, in nanoseconds.
    pub window: u64,
    /// Requests that may come at once after a pause.
    pub burst: u64,
    /// What clients are told apart by.
    pub key: RateKey,
    /// Clients that are remembered at most.
    pub most_clients: usize,
    /// Nanoseconds between two looks for clients that can be forgotten.
    pub sweep: u64,
}

/// What clients are told apart by. A request that lacks it counts by its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RateKey {
    /// Their address.
    Ip,
    /// A header's value.
    Header(String),
    /// A value in the query.
    Query(String),
}

/// What a client has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Requests that may come at once.
    pub limit: u64,
    /// How many of them are left.
    pub remaining: u64,
    /// Nanoseconds until all of them are there again.
    pub reset: u64,
}

/// What clients have used up.
#[derive(Debug, Default)]
pub struct Buckets {
    /// For each client when its bucket is full again.
    full_at: FxHashMap<Box<[u8]>, u64>,
    next_sweep: u64,
}

impl RateLimit {
    pub(super) fn read(options: Options<'_>) -> Result<RateLimit, MiddlewareError> {
        let key = match options.text("ratelimit.key").unwrap_or("ip") {
            "ip" => RateKey::Ip,
            text => match text.split_once(':') {
                Some(("header", name)) if crate::request::is_token(name.as_bytes()) => {
                    RateKey::Header(name.to_string())
                }
                Some(("query", name)) if !name.is_empty() => RateKey::Query(name.to_string()),
                _ => return Err(options.wrong("ratelimit.key", "ip, header:NAME or query:NAME")),
            },
        };
        // A bucket is forgotten when it is full, whenever that is: nothing needs a time to live.
        options.duration("ratelimit.entry_ttl", MINUTE)?;
        Ok(RateLimit {
            requests: options.number("ratelimit.requests", 100, 1)?,
            window: options.duration("ratelimit.window", MINUTE)?,
            burst: options.number("ratelimit.burst", 20, 1)?,
            key,
            most_clients: options.number("ratelimit.max_entries", 100_000, 1)? as usize,
            sweep: options.duration("ratelimit.cleanup_interval", 5 * MINUTE)?,
        })
    }

    /// By what a client is counted.
    pub fn key(&self, request: &Request, client: IpAddr) -> Box<[u8]> {
        let named = match &self.key {
            RateKey::Ip => None,
            RateKey::Header(name) => request.headers.get(name).map(Box::from),
            RateKey::Query(name) => {
                let mut pairs = percent::pairs(request.query().unwrap_or_default().as_bytes());
                pairs
                    .find(|(key, _)| **key == *name.as_bytes())
                    .map(|(_, value)| Box::from(&*value))
            }
        };
        // The two kinds never meet: a client can't use up what is another's address.
        match named {
            Some(value) => value,
            None => format!("\0{client}").into_bytes().into(),
        }
    }

    /// Nanoseconds in which a request comes back.
    fn interval(&self) -> u64 {
        (self.window / self.requests).max(1)
    }

    /// Takes one request from a client's bucket, if one is left.
    pub fn take(&self, buckets: &mut Buckets, key: &[u8], now: u64) -> Result<Quota, Quota> {
        if now >= buckets.next_sweep {
            buckets.full_at.retain(|_, full_at| *full_at > now);
            buckets.next_sweep = now.saturating_add(self.sweep);
        }
        let interval = self.interval();
        let room = interval.saturating_mul(self.burst);
        let full_at = buckets.full_at.get(key).copied().unwrap_or(0).max(now);
        let quota = |full_at: u64| Quota {
            limit: self.burst,
            remaining: room.saturating_sub(full_at - now) / interval,
            reset: full_at - now,
        };
        let next = full_at.saturating_add(interval);
        if next - now > room {
            return Err(quota(full_at));
        }
        // Full of clients that are all active: the new one passes uncounted, since refusing it would let many clients shut
        // everyone out.
        if buckets.full_at.len() < self.most_clients || buckets.full_at.contains_key(key) {
            buckets.full_at.insert(key.into(), next);
        }
        Ok(quota(next))
    }

    /// The answer to a request too many.
    pub fn refusal(&self, quota: Quota) -> Response {
        let mut response = Response::text(429, "too many requests\n");
        quota.decorate(&mut response.headers);
        // When the next request has come back, not all of them.
        let wait = quota
            .reset
            .saturating_sub(self.interval().saturating_mul(self.burst - 1));
        let seconds = wait.div_ceil(SECOND).max(1);
        response
            .headers
            .push("Retry-After", seconds.to_string().as_bytes());
        response
    }
}

impl Quota {
    /// Adds to an answer what the client has left.
    pub fn decorate(&self, headers: &mut Headers) {
        for (name, value) in [
            ("X-RateLimit-Limit", self.limit),
            ("X-RateLimit-Remaining", self.remaining),
            ("X-RateLimit-Reset", self.reset.div_ceil(SECOND)),
        ] {
            headers.remove(name);
            headers.push(name, value.to_string().as_bytes());
        }
    }
}

impl Buckets {
    /// Clients that are remembered.
    pub fn len(&self) -> usize {
        self.full_at.len()
    }

    /// Whether no client is remembered.
    pub fn is_empty(&self) -> bool {
        self.full_at.is_empty()
    }
}
