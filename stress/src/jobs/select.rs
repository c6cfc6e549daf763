//! Selects over very many channels.

use super::{Bench, PATIENCE};
use crate::error::StressError;
use crate::figures::{grouped, progress};
use crate::table::{Row, Verdict};

/// The app that selects.
const SELECT: &str = "stress/apps/select";

/// Which channel is ready, and the field's name.
const SORTS: &[(&str, &str)] = &[
    ("the first is ready", "first"),
    ("the last is ready", "last"),
    ("none, and a default", "none"),
    ("blocking", "blocking"),
];

/// How much dearer ten times as many channels may make a select: ten times, and room for what caches do.
const MUST_TIMES: f64 = 20.0;

/// How much dearer the later half of the selects may be than the half before.
const MUST_LATER: f64 = 2.0;

/// Shows nanoseconds a select, and looks how they grow.
pub fn run(bench: &Bench, channels: u64, selects: u64) -> Result<Vec<Row>, StressError> {
    progress(&format!("selects over {} channels", grouped(channels)));
    let sizes = [channels, selects].map(|number| number.to_string());
    let variables = [("CHANNELS", sizes[0].as_str()), ("COUNT", &sizes[1])];
    let result = bench.moondust.result_of(SELECT, &variables, PATIENCE)?;
    let mut rows = Vec::new();
    for (what, field) in SORTS {
        let all = result.figure(&format!("all_{field}_ns"))?;
        let tenth = result.figure(&format!("tenth_{field}_ns"))?;
        rows.push(Row::new(
            format!("a select over {} channels, {what}", grouped(channels)),
            format!("≤ {MUST_TIMES} × over a tenth"),
            format!("{all:.0} ns, {:.1} × over a tenth", all / tenth),
            Verdict::must(all / tenth <= MUST_TIMES),
        ));
    }
    let later = result.figure("all_late_ns")? / result.figure("all_early_ns")?;
    rows.push(Row::new(
        format!("  of {} of them, the later half", grouped(selects)),
        format!("≤ {MUST_LATER} × the half before"),
        format!("{later:.2} × the half before"),
        Verdict::must(later <= MUST_LATER),
    ));
    Ok(rows)
}
