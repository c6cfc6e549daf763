//! One process that monitors many, many that monitor one, and one that very many monitor who come and go.

use std::time::Duration;

use super::{Bench, PATIENCE, largest_resident, live};
use crate::error::StressError;
use crate::figures::{KB, grouped, megabytes, progress};
use crate::log_line::LogLine;
use crate::table::{Row, Verdict};

/// The app, with a phase for each.
const MONITORS: &str = "stress/apps/monitors";

/// Bytes that the program may have more after the last phase than after a part of it. Were every monitor remembered, a million
/// would take 24 MB.
const MUST_GROW: f64 = 4.0 * KB * KB;

/// Into the calm before and after the last phase, which the app makes 4 s long.
const INTO_CALM: Duration = Duration::from_millis(1_500);

/// Looks at each phase.
pub fn run(bench: &Bench, processes: u64, churn: u64) -> Result<Vec<Row>, StressError> {
    let (many, passing) = (grouped(processes), grouped(churn));
    progress(&format!("{many} are monitored, and {many} monitor"));
    let sizes = [processes, churn].map(|number| number.to_string());
    let variables = [("COUNT", sizes[0].as_str()), ("CHURN", &sizes[1])];
    let mut program = bench.moondust.start(MONITORS, &[live::FLAG], &variables)?;
    let of_many = program.wait_for("many", PATIENCE)?;
    let of_one = program.wait_for("one", PATIENCE)?;
    progress(&format!("{passing} monitor one and end"));
    program.wait_for("before", PATIENCE)?;
    program.settle(INTO_CALM)?;
    let before = largest_resident(&program)?;
    let passed = program.wait_for("after", PATIENCE)?;
    program.settle(INTO_CALM)?;
    let after = largest_resident(&program)?;
    program.wait_for("result", PATIENCE)?;
    let lines = program.settle(Duration::from_secs(1))?;
    let live = live::row(&mut program, lines, 1, "the driver")?;
    program.stop(PATIENCE)?;

    let each = |seconds: f64| format!("{:.2} µs", seconds * 1e6 / processes as f64);
    let grown = after - before;
    Ok(vec![
        once(format!("{many} monitored by one: told not once"), &of_many)?,
        Row::shown(
            "  a call of process.monitor",
            format!("{:.0} ns", of_many.figure("monitor_ns")?),
        ),
        Row::shown("  an end, until seen", each(of_many.figure("end_s")?)),
        once(format!("{many} monitor one: told not once"), &of_one)?,
        Row::shown("  until told, each", each(of_one.figure("told_s")?)),
        Row::new(
            format!("{passing} monitor one and end: memory it gained"),
            format!("≤ {}", megabytes(MUST_GROW)),
            format!("{} ({})", megabytes(grown), megabytes(after)),
            Verdict::must(grown <= MUST_GROW),
        ),
        Row::shown(
            "  spawn, monitor, end, each",
            format!("{:.2} µs", passed.figure("each_us")?),
        ),
        live,
    ])
}

/// How many were not told once.
fn once(what: String, line: &LogLine) -> Result<Row, StressError> {
    let wrong = line.figure("wrong")?;
    Ok(Row::new(
        what,
        "0",
        wrong.to_string(),
        Verdict::must(wrong == 0.0),
    ))
}
