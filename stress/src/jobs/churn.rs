//! What is left after processes have come and gone.

use std::time::Duration;

use super::{Bench, PATIENCE, largest_resident, live};
use crate::error::StressError;
use crate::figures::{grouped, megabytes, progress};
use crate::resident::resident_bytes;
use crate::table::{Row, Verdict};

/// The app: a driver, which lives on, and a wave of processes.
const CHURN: &str = "stress/apps/churn";

/// The share of what the run had added that may still be held, and when we look.
const MUST_SHARE: f64 = 0.10;
const LOOK_AFTER: Duration = Duration::from_secs(3);

/// The wave stays whole long enough for us to look at it.
const HOLD: &str = "5s";

/// Into the calm before the wave, which the app makes 2 s long.
const BEFORE_CALM: Duration = Duration::from_millis(1_200);

/// Looks before, in the middle and after.
pub fn run(bench: &Bench, processes: u64) -> Result<Vec<Row>, StressError> {
    progress(&format!("{} processes come and go", grouped(processes)));
    let count = processes.to_string();
    let variables = [("COUNT", count.as_str()), ("HOLD", HOLD)];
    let mut program = bench.moondust.start(CHURN, &[live::FLAG], &variables)?;

    program.wait_for("before", PATIENCE)?;
    program.settle(BEFORE_CALM)?;
    let before = resident_bytes(program.pid())?;
    program.wait_for("peak", PATIENCE)?;
    let peak = largest_resident(&program)?;
    let result = program.wait_for("result", PATIENCE)?;
    let lines = program.settle(LOOK_AFTER)?;
    let after = resident_bytes(program.pid())?;
    let live = live::row(&mut program, lines, 1, "the driver")?;
    program.stop(PATIENCE)?;

    let ended = result.figure("ended")?;
    if ended != processes as f64 {
        return Err(StressError::Invalid {
            why: format!("{ended} of {processes} ended"),
        });
    }
    let share = (after - before) / (peak - before);
    Ok(vec![
        Row::shown(
            format!(
                "{} come and gone: before, peak, 3 s after",
                grouped(processes)
            ),
            [before, peak, after].map(megabytes).join(", "),
        ),
        Row::new(
            "  of what they added, still held",
            format!("≤ {:.0} %", MUST_SHARE * 100.0),
            format!("{:.1} %", share * 100.0),
            Verdict::must(share <= MUST_SHARE),
        ),
        live,
    ])
}
