//! How fast processes start: the spawn calls alone, and up to everyone's first message.

use super::{Bench, MASS_SPAWN, PATIENCE};
use crate::error::StressError;
use crate::figures::{grouped, median, progress};
use crate::table::{Row, Verdict};

/// Seconds that one `spawn_monitored` call may take, and is to take one day: 0.015 s for 10,000.
const CALL_MUST: f64 = 1.5e-6;
const CALL_AIM: f64 = 1.0e-6;

/// Seconds until a process's first message has arrived, as a share of all: 0.1 s for 10,000.
const FIRST_MESSAGE_MUST: f64 = 10.0e-6;

/// The app that counts first messages.
const FIRST_MESSAGE: &str = "stress/apps/first-message";

/// The spawn calls of mass-spawn, as its spawner measures them.
pub fn calls(bench: &Bench, processes: u64, runs: usize) -> Result<Vec<Row>, StressError> {
    let count = processes.to_string();
    let seconds = repeat(runs, &format!("{} spawn calls", grouped(processes)), || {
        let mut program = bench
            .moondust
            .start(MASS_SPAWN, &[], &[("NUM_WORKERS", &count)])?;
        let line = program.wait_for("all workers spawned", PATIENCE)?;
        program.stop(PATIENCE)?;
        line.figure("elapsed_s")
    })?;
    let must = CALL_MUST * processes as f64;
    Ok(vec![
        Row::new(
            format!(
                "spawn calls, {} monitored (median of {runs})",
                grouped(processes)
            ),
            format!("≤ {must:.4} s (aim {:.4} s)", CALL_AIM * processes as f64),
            format!("{seconds:.4} s"),
            Verdict::must(seconds <= must),
        ),
        Row::shown(
            "  each",
            format!("{:.2} µs", seconds * 1e6 / processes as f64),
        ),
    ])
}

/// From the first spawn call until all first messages have arrived.
pub fn first_messages(bench: &Bench, processes: u64, runs: usize) -> Result<Vec<Row>, StressError> {
    let count = processes.to_string();
    let seconds = repeat(
        runs,
        &format!("{} first messages", grouped(processes)),
        || {
            let variables = [("COUNT", count.as_str())];
            bench
                .moondust
                .result_of(FIRST_MESSAGE, &variables, PATIENCE)?
                .figure("elapsed_s")
        },
    )?;
    let must = FIRST_MESSAGE_MUST * processes as f64;
    Ok(vec![Row::new(
        format!(
            "first messages of {} (median of {runs})",
            grouped(processes)
        ),
        format!("≤ {must:.3} s"),
        format!("{seconds:.3} s"),
        Verdict::must(seconds <= must),
    )])
}

/// Measures some times, once at least; gives the median.
fn repeat(
    runs: usize,
    what: &str,
    mut measure: impl FnMut() -> Result<f64, StressError>,
) -> Result<f64, StressError> {
    let runs = runs.max(1);
    let mut figures = Vec::with_capacity(runs);
    for run in 1..=runs {
        progress(&format!("{what}, run {run} of {runs}"));
        figures.push(measure()?);
    }
    Ok(median(&figures))
}
