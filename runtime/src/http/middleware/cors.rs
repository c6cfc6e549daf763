//! Which pages of other origins may send requests here and read the answers.
//!
//! Knows nothing of routes: a preflight is answered for any path.

use super::MiddlewareError;
use super::options::Options;
use crate::request::{Headers, Request, Response};

pub(super) const OPTIONS: [&str; 7] = [
    "cors.allow.credentials",
    "cors.allow.headers",
    "cors.allow.methods",
    "cors.allow.origins",
    "cors.allow.private.network",
    "cors.expose.headers",
    "cors.max.age",
];

/// The options of `cors`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cors {
    origins: Vec<Origin>,
    methods: String,
    /// What a page may send; `None` for whatever it asks for.
    headers: Option<String>,
    exposed: String,
    credentials: bool,
    private_network: bool,
    /// Seconds for which a browser may remember a preflight.
    max_age: u64,
}

/// Origins that are allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    Any,
    /// These, by host. Without a scheme, of any scheme and port.
    Host {
        scheme: Option<String>,
        host: String,
        port: Option<String>,
        /// Whether hosts below this one are meant, and not the host itself.
        below: bool,
    },
}

impl Cors {
    pub(super) fn read(options: Options<'_>) -> Result<Cors, MiddlewareError> {
        let origins = options.list("cors.allow.origins", "*").map(|text| {
            Origin::read(text).ok_or_else(|| {
                options.wrong(
                    "cors.allow.origins",
                    "origins such as https://example.org, *.example.org, localhost or *",
                )
            })
        });
        let joined = |option, default| {
            let words: Vec<&str> = options.list(option, default).collect();
            match words
                .iter()
                .all(|word| crate::request::is_token(word.as_bytes()))
            {
                true => Ok(words.join(", ")),
                false => Err(options.wrong(option, "names, separated by commas")),
            }
        };
        let headers = joined(
            "cors.allow.headers",
            "Origin,Content-Type,Accept,Authorization,X-Requested-With",
        )?;
        Ok(Cors {
            origins: origins.collect::<Result<_, _>>()?,
            methods: joined("cors.allow.methods", "GET,POST,PUT,DELETE,OPTIONS,PATCH")?,
            headers: Some(headers).filter(|headers| headers != "*"),
            exposed: joined("cors.expose.headers", "")?,
            credentials: options.flag("cors.allow.credentials")?,
            private_network: options.flag("cors.allow.private.network")?,
            max_age: options.number("cors.max.age", 86_400, 0)?,
        })
    }

    /// The answer to a preflight of an origin that is allowed; `None` to any other request, which goes its usual way.
    pub fn preflight(&self, request: &Request) -> Option<Response> {
        if request.method() != "OPTIONS" || !request.headers.contains(REQUEST_METHOD) {
            return None;
        }
        self.allowed(request)?;
        let mut response = Response::new(204);
        let headers = &mut response.headers;
        self.decorate(request, headers);
        headers.push("Access-Control-Allow-Methods", self.methods.as_bytes());
        let wanted = request.headers.get(REQUEST_HEADERS);
        let own = self.headers.as_ref().map(|headers| headers.as_bytes());
        if let Some(allowed) = own.or(wanted).filter(|allowed| !allowed.is_empty()) {
            headers.push("Access-Control-Allow-Headers", allowed);
        }
        headers.push(
            "Access-Control-Max-Age",
            self.max_age.to_string().as_bytes(),
        );
        if self.private_network
            && request
                .headers
                .contains("Access-Control-Request-Private-Network")
        {
            headers.push("Access-Control-Allow-Private-Network", b"true");
        }
        headers.push("Vary", REQUEST_METHOD.as_bytes());
        headers.push("Vary", REQUEST_HEADERS.as_bytes());
        Some(response)
    }

    /// Adds to an answer what lets the page read it, if its origin is allowed.
    pub fn decorate(&self, request: &Request, headers: &mut Headers) {
        // Also where nothing is allowed: a cache must not hand this answer to a page that may read it, nor the reverse.
        if !headers.has_word("Vary", "Origin") {
            headers.push("Vary", b"Origin");
        }
        let Some(origin) = self.allowed(request) else {
            return;
        };
        headers.remove(ALLOW_ORIGIN);
        headers.push(ALLOW_ORIGIN, origin);
        if self.credentials {
            headers.remove("Access-Control-Allow-Credentials");
            headers.push("Access-Control-Allow-Credentials", b"true");
        }
        if !self.exposed.is_empty() && !headers.contains("Access-Control-Expose-Headers") {
            headers.push("Access-Control-Expose-Headers", self.exposed.as_bytes());
        }
    }

    /// The request's origin, if it is allowed.
    fn allowed<'r>(&self, request: &'r Request) -> Option<&'r [u8]> {
        let mut all = request.headers.all("Origin");
        let (Some(origin), None) = (all.next(), all.next()) else {
            return None;
        };
        let text = std::str::from_utf8(origin).ok()?;
        let matches = self.origins.iter().any(|allowed| allowed.matches(text));
        matches.then_some(origin)
    }
}

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
const REQUEST_METHOD: &str = "Access-Control-Request-Method";
const REQUEST_HEADERS: &str = "Access-Control-Request-Headers";

impl Origin {
    fn read(text: &str) -> Option<Origin> {
        if text == "*" {
            return Some(Origin::Any);
        }
        let text = text.trim_end_matches('/').to_ascii_lowercase();
        let (scheme, host, port) = parts(&text)?;
        let (host, below) = match host.strip_prefix("*.") {
            Some(host) => (host, true),
            None => (host, false),
        };
        let is_host = !host.is_empty() && !host.contains(['*', '/', '@', '?', ' ']);
        is_host.then(|| Origin::Host {
            scheme: scheme.map(str::to_string),
            host: host.to_string(),
            port: port.map(str::to_string),
            below,
        })
    }

    fn matches(&self, origin: &str) -> bool {
        let Origin::Host {
            scheme,
            host,
            port,
            below,
        } = self
        else {
            return true;
        };
        let origin = origin.to_ascii_lowercase();
        let Some((Some(own_scheme), own_host, own_port)) = parts(&origin) else {
            return false; // such as `null`, which is nobody's
        };
        let is_host = match below {
            false => own_host == host,
            true => own_host
                .strip_suffix(host.as_str())
                .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        };
        let is_scheme = scheme.as_ref().is_none_or(|scheme| scheme == own_scheme);
        let any_port = scheme.is_none() && port.is_none();
        is_host && is_scheme && (any_port || port.as_deref() == own_port)
    }
}

/// Scheme, host and port of an origin.
fn parts(text: &str) -> Option<(Option<&str>, &str, Option<&str>)> {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, text),
    };
    let after_address = rest.rfind(']').unwrap_or(0);
    let (host, port) = match rest[after_address..].rfind(':') {
        Some(colon) => {
            let (host, port) = rest.split_at(after_address + colon);
            (host, Some(&port[1..]))
        }
        None => (rest, None),
    };
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    (!host.is_empty() && port.is_none_or(is_port)).then_some((scheme, host, port))
}
