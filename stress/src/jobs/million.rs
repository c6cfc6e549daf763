//! A million processes in one program: do they run, in how much memory, and do they end.

use std::time::Duration;

use super::{Bench, MASS_SPAWN, PATIENCE, check_alive, largest_resident};
use crate::error::StressError;
use crate::figures::{KB, gigabytes, grouped, progress};
use crate::resident::available_bytes;
use crate::table::{Row, Verdict};

/// Bytes that a process may take when there are a million: 8.5 GB for all.
const MUST_EACH: f64 = 8.5 * KB * KB * KB / 1e6;

/// Memory to be left to everyone else on the machine: without it we would measure swapping, or be
/// killed.
const SPARE: f64 = 1.0 * KB * KB * KB;

/// The time a host gives its processes to end, if its entry doesn't say otherwise; mass-spawn's
/// doesn't. A program that takes longer has cut some of them off.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// Given to a million spawns.
const SPAWN_PATIENCE: Duration = Duration::from_secs(300);

/// Spawns, watches, ends.
pub fn run(bench: &Bench, processes: u64, watch: u64) -> Result<Vec<Row>, StressError> {
    let must = MUST_EACH * processes as f64;
    let available = available_bytes()?;
    if available < must + SPARE {
        return Ok(vec![Row::shown(
            format!("{} processes", grouped(processes)),
            format!("not run: only {} of memory are free", gigabytes(available)),
        )]);
    }
    progress(&format!("{} processes for {watch} s", grouped(processes)));
    let count = processes.to_string();
    let variables = [
        ("NUM_WORKERS", count.as_str()),
        ("TICK_MIN", "30s"),
        ("TICK_MAX", "60s"),
    ];
    let mut program = bench.moondust.start(MASS_SPAWN, &[], &variables)?;
    let spawned = program.wait_for("all workers spawned", SPAWN_PATIENCE)?;
    let lines = program.settle(Duration::from_secs(watch))?;
    check_alive(&lines, processes)?;
    let resident = largest_resident(&program)?;
    let stopped = program.stop(PATIENCE)?;
    Ok(vec![
        Row::shown(
            format!("{} processes: spawn calls", grouped(processes)),
            format!("{:.2} s", spawned.figure("elapsed_s")?),
        ),
        Row::new(
            format!("{} processes: resident memory", grouped(processes)),
            format!("≤ {}", gigabytes(must)),
            gigabytes(resident),
            Verdict::must(resident <= must),
        ),
        Row::new(
            format!("{} processes: from SIGTERM to the end", grouped(processes)),
            format!("≤ {} s, status 0", STOP_TIMEOUT.as_secs()),
            format!("{:.2} s, {}", stopped.took.as_secs_f64(), stopped.status),
            Verdict::must(stopped.took <= STOP_TIMEOUT && stopped.status.success()),
        ),
    ])
}
