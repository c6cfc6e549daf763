//! What is measured, one file a job.

pub mod chain;
pub mod churn;
pub mod dialect;
pub mod hogs;
pub mod http;
mod http_figures;
pub mod http_memory;
pub mod idle;
pub mod killed_tree;
mod live;
pub mod memory;
pub mod million;
pub mod monitors;
pub mod names;
pub mod peers;
pub mod select;
pub mod spawn;

use std::thread;
use std::time::Duration;

use crate::error::StressError;
use crate::log_line::LogLine;
use crate::moondust::{Moondust, Program};
use crate::resident::resident_bytes;

/// The example that several jobs run.
const MASS_SPAWN: &str = "examples/mass-spawn";

/// Given to whatever should take seconds: a program that needs more is not slow, it hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// Looks at the resident memory in one measurement, and the time between them. The largest counts:
/// a heap breathes with its collections.
const LOOKS: u32 = 6;
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// What every job needs.
pub struct Bench {
    /// The program under test.
    pub moondust: Moondust,
}

/// The largest resident memory of a program over a second and a half.
fn largest_resident(program: &Program) -> Result<f64, StressError> {
    let mut largest: f64 = 0.0;
    for look in 0..LOOKS {
        if look > 0 {
            thread::sleep(BETWEEN_LOOKS);
        }
        largest = largest.max(resident_bytes(program.pid())?);
    }
    Ok(largest)
}

/// Makes sure that mass-spawn's last statistics show this many workers alive, and that they tick.
fn check_alive(lines: &[LogLine], processes: u64) -> Result<(), StressError> {
    let stats = lines
        .iter()
        .rev()
        .find(|line| line.message == "stats")
        .ok_or_else(|| StressError::Invalid {
            why: "mass-spawn logged no statistics".to_owned(),
        })?;
    let alive = stats.figure("alive")?;
    if alive != processes as f64 {
        return Err(StressError::Invalid {
            why: format!("{alive} of {processes} are alive"),
        });
    }
    if stats.figure("total_ticks")? == 0.0 {
        return Err(StressError::Invalid {
            why: "no worker has ticked".to_owned(),
        });
    }
    Ok(())
}
