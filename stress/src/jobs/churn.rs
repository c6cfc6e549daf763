//! What is left after processes have come and gone.

use std::time::{Duration, Instant};

use super::{Bench, PATIENCE, largest_resident};
use crate::error::StressError;
use crate::figures::{grouped, megabytes, progress};
use crate::log_line::LogLine;
use crate::moondust::Program;
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

/// How many processes live is in a line that `-v` adds every few seconds, in this field.
const LIVE_FIELD: &str = "processes";
const LIVE_PATIENCE: Duration = Duration::from_secs(15);

/// The driver, and nobody else.
const LIVE_MUST: f64 = 1.0;

/// Looks before, in the middle and after.
pub fn run(bench: &Bench, processes: u64) -> Result<Vec<Row>, StressError> {
    progress(&format!("{} processes come and go", grouped(processes)));
    let count = processes.to_string();
    let variables = [("COUNT", count.as_str()), ("HOLD", HOLD)];
    let mut program = bench.moondust.start(CHURN, &["-v"], &variables)?;

    program.wait_for("before", PATIENCE)?;
    program.settle(BEFORE_CALM)?;
    let before = resident_bytes(program.pid())?;
    program.wait_for("peak", PATIENCE)?;
    let peak = largest_resident(&program)?;
    let result = program.wait_for("result", PATIENCE)?;
    let mut lines = program.settle(LOOK_AFTER)?;
    let after = resident_bytes(program.pid())?;
    let live = live_count(&mut program, &mut lines)?;
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
        match live {
            Some(live) => Row::new(
                "  processes alive",
                format!("{LIVE_MUST} (the driver)"),
                live.to_string(),
                Verdict::must(live == LIVE_MUST),
            ),
            None => Row::new(
                "  processes alive",
                format!("{LIVE_MUST} (the driver)"),
                format!("`run -v` logged no `{LIVE_FIELD}`"),
                Verdict::Missed,
            ),
        },
    ])
}

/// The last count that was logged since the wave ended, or the next one.
fn live_count(program: &mut Program, lines: &mut Vec<LogLine>) -> Result<Option<f64>, StressError> {
    let deadline = Instant::now() + LIVE_PATIENCE;
    loop {
        let live = lines.iter().rev().find_map(|line| line.number(LIVE_FIELD));
        if live.is_some() || Instant::now() > deadline {
            return Ok(live);
        }
        lines.extend(program.settle(Duration::from_secs(1))?);
    }
}
