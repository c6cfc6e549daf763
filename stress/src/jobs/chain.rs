//! Processes linked in one chain, of which the first is ended: how long until the last has ended too.

use std::time::Duration;

use super::{Bench, PATIENCE, live};
use crate::error::StressError;
use crate::figures::{grouped, median, progress};
use crate::resident::cpu_seconds;
use crate::table::{Row, Verdict};

/// The app with the chain.
const CHAIN: &str = "stress/apps/chain";

/// From the kill until the last exit was seen.
const MUST_SECONDS: f64 = 2.0;

/// What a run gave.
struct Run {
    seconds: f64,
    cpu_seconds: f64,
    live: Row,
}

/// Ends a chain in each run.
pub fn run(bench: &Bench, processes: u64, runs: usize) -> Result<Vec<Row>, StressError> {
    let all: Vec<Run> = (0..runs.max(1))
        .map(|_| once(bench, processes))
        .collect::<Result<_, _>>()?;
    let seconds = median(&all.iter().map(|run| run.seconds).collect::<Vec<_>>());
    let cpu = median(&all.iter().map(|run| run.cpu_seconds).collect::<Vec<_>>());
    let mut rows = vec![
        Row::new(
            format!(
                "{} linked in a chain, until all have ended",
                grouped(processes)
            ),
            format!("≤ {MUST_SECONDS} s"),
            format!("{seconds:.2} s"),
            Verdict::must(seconds <= MUST_SECONDS),
        ),
        Row::shown("  CPU time of that", format!("{cpu:.2} s")),
    ];
    rows.extend(all.into_iter().map(|run| run.live));
    Ok(rows)
}

fn once(bench: &Bench, processes: u64) -> Result<Run, StressError> {
    progress(&format!("{} linked in a chain", grouped(processes)));
    let count = processes.to_string();
    let variables = [("COUNT", count.as_str())];
    let mut program = bench.moondust.start(CHAIN, &[live::FLAG], &variables)?;
    program.wait_for("linked", PATIENCE)?;
    let before = cpu_seconds(program.pid())?;
    let result = program.wait_for("result", PATIENCE)?;
    let cpu_seconds = cpu_seconds(program.pid())? - before;
    let failed = result.figure("failed")?;
    if failed != processes as f64 {
        return Err(StressError::Invalid {
            why: format!("{failed} of {processes} ended abnormally"),
        });
    }
    let lines = program.settle(Duration::from_secs(1))?;
    let live = live::row(&mut program, lines, 1, "the driver")?;
    program.stop(PATIENCE)?;
    Ok(Run {
        seconds: result.figure("elapsed_s")?,
        cpu_seconds,
        live,
    })
}
