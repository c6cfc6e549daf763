//! How many processes live in a program, as its log says.

use std::time::{Duration, Instant};

use crate::error::StressError;
use crate::log_line::LogLine;
use crate::moondust::Program;
use crate::table::{Row, Verdict};

/// The flag with which it says so every few seconds, and the field that it says it in.
pub const FLAG: &str = "-v";
const FIELD: &str = "processes";
const PATIENCE: Duration = Duration::from_secs(15);

/// A row with the last count that was logged in `lines`, or the next one; it must be `must`, whom `who` names.
pub fn row(
    program: &mut Program,
    mut lines: Vec<LogLine>,
    must: u64,
    who: &str,
) -> Result<Row, StressError> {
    let deadline = Instant::now() + PATIENCE;
    let live = loop {
        let live = lines.iter().rev().find_map(|line| line.number(FIELD));
        if live.is_some() || Instant::now() > deadline {
            break live;
        }
        lines.extend(program.settle(Duration::from_secs(1))?);
    };
    let (measured, verdict) = match live {
        Some(live) => (live.to_string(), Verdict::must(live == must as f64)),
        None => (format!("`run {FLAG}` logged no `{FIELD}`"), Verdict::Missed),
    };
    Ok(Row::new(
        "  processes alive",
        format!("{must} ({who})"),
        measured,
        verdict,
    ))
}
