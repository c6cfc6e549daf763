//! The block `pool` of a `function.lua`: how many VMs take its calls.
//!
//! Knows nothing of VMs or calls. All types come to the same numbers: the most VMs, and how long an idle one is kept.

use std::time::Duration;

use super::host::{LEAST_MEMORY, MEMORY_LIMIT};
use crate::app::fields::Fields;
use crate::app::size;
use crate::app::suggest;
use crate::app::value::Value;

/// How many VMs take the calls of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The most calls at once, each in a VM of its own; above 0. Others wait.
    pub most: u32,
    /// VMs that are made at boot; at most [`Pool::most`].
    pub warm: u32,
    /// How long a VM is kept that nothing calls; `None` for as long as the app runs.
    pub idle: Option<Duration>,
    /// The most bytes that one VM may use.
    pub memory_limit: u64,
}

/// Every `type`.
const TYPES: [&str; 4] = ["adaptive", "inline", "lazy", "static"];

/// The most VMs of a pool of which nothing is said.
const MOST: u32 = 100;
/// The most VMs of a `lazy` or `adaptive` pool that doesn't say.
const MOST_OF_TYPE: u32 = 16;
/// The VMs of a `static` pool that doesn't say.
const STATIC: u32 = 8;
/// How long an elastic pool keeps a VM that nothing calls.
const IDLE: Duration = Duration::from_secs(30);

impl Default for Pool {
    fn default() -> Pool {
        Pool {
            most: MOST,
            warm: 0,
            idle: Some(IDLE),
            memory_limit: MEMORY_LIMIT,
        }
    }
}

/// What was written of a pool's size.
struct Sizes {
    size: Option<u32>,
    workers: Option<u32>,
    max_size: Option<u32>,
}

/// Reads the block `pool`, which may be missing.
pub(super) fn read(entry: &mut Fields) -> Pool {
    let Some(mut fields) = entry.block("pool") else {
        return Pool::default();
    };
    let kind = kind(&mut fields);
    let sizes = Sizes {
        size: fields.count("size", 0),
        workers: fields.count("workers", 0).filter(|&workers| workers > 0),
        max_size: fields.count("max_size", 0).filter(|&most| most > 0),
    };
    // Calls wait in a queue that grows.
    fields.count("buffer", 0);
    let (most, idle) = resolve(kind, &sizes, &fields);
    let pool = Pool {
        most,
        warm: warm(&mut fields, &sizes, most, idle.is_none()),
        idle,
        memory_limit: size::read(&mut fields, "memory_limit", LEAST_MEMORY).unwrap_or(MEMORY_LIMIT),
    };
    fields.finish();
    pool
}

fn kind<'a>(fields: &mut Fields<'a>) -> Option<&'a str> {
    let (kind, place) = fields.text("type")?;
    if TYPES.contains(&kind) {
        return Some(kind);
    }
    let problem = fields.error("type", place, format!("unknown pool type `{kind}`"));
    let known = format!("there are {}", TYPES.join(", "));
    let advice = suggest::did_you_mean(kind, TYPES).unwrap_or(known);
    fields.report(problem.advice(advice));
    None
}

/// The most VMs, and how long an idle one is kept.
fn resolve(kind: Option<&str>, sizes: &Sizes, fields: &Fields) -> (u32, Option<Duration>) {
    let &Sizes {
        size,
        workers,
        max_size,
    } = sizes;
    let sized = size.filter(|&size| size > 0);
    let kind = kind.unwrap_or(match (workers, sized, max_size) {
        (Some(_), _, _) => "static",
        (None, Some(_), None) => "inline",
        (None, _, _) => "untyped",
    });
    match kind {
        "untyped" => (max_size.unwrap_or(MOST), Some(IDLE)),
        "lazy" | "adaptive" => {
            let usual = MOST_OF_TYPE.max(size.unwrap_or(0));
            (max_size.unwrap_or(usual), Some(IDLE))
        }
        "static" => {
            refuse_none(size, "worker", fields);
            (workers.or(sized).unwrap_or(STATIC), None)
        }
        _ => {
            refuse_none(size, "non-flex", fields);
            (1, None)
        }
    }
}

/// A pool that doesn't grow can't begin with nothing.
fn refuse_none(size: Option<u32>, what: &str, fields: &Fields) {
    if size == Some(0) {
        let what = format!("pool.size must be greater than 0 for {what} pools");
        let place = fields.place_of("size");
        let problem = fields.error("size", place, what);
        fields.report(problem.advice("leave it out for the default"));
    }
}

/// `warm_start`: a number of VMs; or whether there are any, and then all of a pool that doesn't grow.
fn warm(fields: &mut Fields, sizes: &Sizes, most: u32, fixed: bool) -> u32 {
    let Some(node) = fields.get("warm_start") else {
        return 0;
    };
    match node.to_value() {
        Value::Bool(false) => 0,
        Value::Bool(true) if fixed => most,
        Value::Bool(true) => sizes.size.unwrap_or(1).clamp(1, most),
        Value::Int(_) => fields.count("warm_start", 0).unwrap_or(0).min(most),
        _ => {
            fields.wrong("warm_start", node, "true, false or a number of VMs");
            0
        }
    }
}
