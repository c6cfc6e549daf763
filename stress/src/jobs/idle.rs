//! What processes cost that only wait.

use std::time::{Duration, Instant};

use super::{Bench, PATIENCE};
use crate::error::StressError;
use crate::figures::{grouped, progress};
use crate::resident::cpu_seconds;
use crate::table::{Row, Verdict};

/// The app whose processes wait.
const IDLE: &str = "stress/apps/idle";

/// The share of one core that may be used.
const MUST_SHARE: f64 = 0.02;

/// Between the last start and the first look, for what is put off until there is time.
const CALM: Duration = Duration::from_secs(3);

/// How long we look.
const WATCH: Duration = Duration::from_secs(10);

/// Compares the program's CPU time with the time that passes.
pub fn run(bench: &Bench, processes: u64) -> Result<Vec<Row>, StressError> {
    progress(&format!("{} processes wait", grouped(processes)));
    let count = processes.to_string();
    let mut program = bench.moondust.start(IDLE, &[], &[("COUNT", &count)])?;
    program.wait_for("result", PATIENCE)?;
    program.settle(CALM)?;
    let start = Instant::now();
    let before = cpu_seconds(program.pid())?;
    program.settle(WATCH)?;
    let used = cpu_seconds(program.pid())? - before;
    let share = used / start.elapsed().as_secs_f64();
    program.stop(PATIENCE)?;
    Ok(vec![Row::new(
        format!("idle, {} waiting: share of one core", grouped(processes)),
        format!("< {:.0} %", MUST_SHARE * 100.0),
        format!("{:.2} %", share * 100.0),
        Verdict::must(share < MUST_SHARE),
    )])
}
