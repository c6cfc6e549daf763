//! What a router does to requests before their handler, and to answers after it.
//!
//! Knows nothing of handlers, clocks or sockets: each is a decision about a head.

mod compress;
mod cors;
mod options;
mod rate_limit;
mod real_ip;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

pub use compress::{Compress, Compressor};
pub use cors::Cors;
pub use rate_limit::{Buckets, Quota, RateKey, RateLimit};
pub use real_ip::RealIp;

use options::Options;

/// One step, with its options.
#[derive(Clone, Debug, PartialEq)]
pub enum Middleware {
    /// Which pages of other origins may read answers.
    Cors(Cors),
    /// How often one client may ask.
    RateLimit(RateLimit),
    /// Answers in gzip.
    Compress(Compress),
    /// The client's address, as proxies name it.
    RealIp(RealIp),
}

/// Every name, as YAML has it.
pub const NAMES: [&str; 4] = ["compress", "cors", "ratelimit", "real_ip"];

/// What is wrong with a router's middleware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MiddlewareError {
    /// No middleware has this name.
    Unknown(String),
    /// An option has a value that it can't have.
    Value {
        /// The option.
        option: String,
        /// Its value.
        value: String,
        /// What it can be.
        expected: &'static str,
    },
}

impl fmt::Display for MiddlewareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MiddlewareError::Unknown(name) => {
                let known = NAMES.join(", ");
                write!(f, "unknown middleware {name:?}: there are {known}")
            }
            MiddlewareError::Value {
                option,
                value,
                expected,
            } => write!(f, "option {option:?} must be {expected}, not {value:?}"),
        }
    }
}

impl std::error::Error for MiddlewareError {}

/// Reads the steps that a router lists, with the options of them all. An option of a step that is not listed is read and
/// checked too: it may belong to the router's other list. One that no step [has](is_option) is not looked at.
///
/// # Errors
/// All that is wrong.
pub fn read(
    names: &[String],
    options: &BTreeMap<String, String>,
) -> Result<Vec<Middleware>, Vec<MiddlewareError>> {
    let wrong = NAMES.iter().filter_map(|name| one(name, options).err());
    let mut errors: Vec<_> = wrong.collect();
    let mut steps = Vec::new();
    for name in names {
        match one(name, options) {
            Ok(step) => steps.push(step),
            // Wrong values were found above, where each is said once.
            Err(error @ MiddlewareError::Unknown(_)) => errors.push(error),
            Err(_) => {}
        }
    }
    match errors.is_empty() {
        true => Ok(steps),
        false => Err(errors),
    }
}

fn one(name: &str, options: &BTreeMap<String, String>) -> Result<Middleware, MiddlewareError> {
    let options = Options(options);
    Ok(match name {
        "cors" => Middleware::Cors(Cors::read(options)?),
        "ratelimit" => Middleware::RateLimit(RateLimit::read(options)?),
        "compress" => Middleware::Compress(Compress::read(options)?),
        "real_ip" => Middleware::RealIp(RealIp::read(options)?),
        other => return Err(MiddlewareError::Unknown(other.to_string())),
    })
}

/// Whether any step has an option of this name.
pub fn is_option(key: &str) -> bool {
    options().any(|option| option == key)
}

/// Every option of every step.
pub fn options() -> impl Iterator<Item = &'static str> {
    let all = [
        &cors::OPTIONS[..],
        &rate_limit::OPTIONS,
        &compress::OPTIONS,
        &real_ip::OPTIONS,
    ];
    all.into_iter().flatten().copied()
}
