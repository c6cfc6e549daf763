//! Names: registered, looked up, sent to, and released.

use super::{Bench, PATIENCE};
use crate::error::StressError;
use crate::figures::{grouped, median, progress};
use crate::table::Row;

/// The app that measures names.
const NAMES: &str = "stress/apps/names";

/// What is measured, and the field that says it.
const FIGURES: &[(&str, &str)] = &[
    ("  to make a name (in each of the next four)", "empty_ns"),
    ("  registered", "register_ns"),
    ("  looked up", "lookup_ns"),
    ("  sent to", "send_ns"),
    ("  released by unregister", "unregister_ns"),
    ("  released by the end of a process that has all", "exit_ns"),
    (
        "  a process without a name ends, until seen",
        "unnamed_end_ns",
    ),
    ("  a process with one", "named_end_ns"),
];

/// Shows nanoseconds each.
pub fn run(bench: &Bench, names: u64, runs: usize) -> Result<Vec<Row>, StressError> {
    let count = names.to_string();
    let mut results = Vec::new();
    for _ in 0..runs.max(1) {
        progress(&format!("{} names", grouped(names)));
        let variables = [("COUNT", count.as_str())];
        results.push(bench.moondust.result_of(NAMES, &variables, PATIENCE)?);
    }
    let mut rows = vec![Row::shown(format!("{} names, each", grouped(names)), "")];
    for (what, field) in FIGURES {
        let figures = results.iter().map(|result| result.figure(field));
        let figures: Vec<f64> = figures.collect::<Result<_, _>>()?;
        rows.push(Row::shown(*what, format!("{:.0} ns", median(&figures))));
    }
    Ok(rows)
}
