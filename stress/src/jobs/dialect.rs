//! What it takes to read typed Lua: one long source, and an app of many files.

use std::hint::black_box;
use std::time::{Duration, Instant};

use moondust_runtime::dialect;

use super::{Bench, PATIENCE};
use crate::error::StressError;
use crate::figures::{grouped, median, progress};
use crate::kitchens;
use crate::table::{Row, Verdict};

/// Bytes in a MB.
const MB: usize = 1 << 20;

/// The most seconds that each may take.
const MUST_SECONDS: f64 = 1.0;

/// How large what is read is.
pub struct Sizes {
    /// MB of the one long source.
    pub megabytes: usize,
    /// Processes of the app, which has as many libraries.
    pub processes: usize,
    /// Runs, of which the medians count.
    pub runs: usize,
}

/// Reads the source, checks the app, and runs it until it has logged something.
pub fn run(bench: &Bench, sizes: &Sizes) -> Result<Vec<Row>, StressError> {
    progress(&format!("{} MB of typed Lua", sizes.megabytes));
    let source = kitchens::source(sizes.megabytes * MB);
    let translated = times(sizes.runs, || translation(source.as_bytes()))?;
    let files = 2 * sizes.processes;
    progress(&format!("an app of {} files", grouped(files as u64)));
    let app = kitchens::app(sizes.processes)?;
    let folder = app.path();
    let checked = times(sizes.runs, || bench.moondust.check(folder))?;
    let started = times(sizes.runs, || {
        let begin = Instant::now();
        let mut program = bench.moondust.start_in(folder, &[], &[])?;
        program.wait_for(kitchens::OPEN, PATIENCE)?;
        let took = begin.elapsed();
        program.stop(PATIENCE)?;
        Ok(took)
    })?;
    let files = grouped(files as u64);
    Ok(vec![
        row(
            format!("{} MB of typed Lua made plain", sizes.megabytes),
            translated,
        ),
        row(format!("an app of {files} files checked"), checked),
        row("the same run, until it logs".to_owned(), started),
    ])
}

/// The time that it takes to make plain Lua of a source.
fn translation(source: &[u8]) -> Result<Duration, StressError> {
    let begin = Instant::now();
    let plain = dialect::translate(black_box(source)).map_err(|errors| StressError::Invalid {
        why: format!("the typed source is wrong: {:?}", errors.first()),
    })?;
    black_box(&plain.text);
    Ok(begin.elapsed())
}

/// The median of some runs, in seconds.
fn times(
    runs: usize,
    mut once: impl FnMut() -> Result<Duration, StressError>,
) -> Result<f64, StressError> {
    let mut seconds = Vec::new();
    for _ in 0..runs.max(1) {
        seconds.push(once()?.as_secs_f64());
    }
    Ok(median(&seconds))
}

fn row(what: String, seconds: f64) -> Row {
    Row::new(
        what,
        format!("< {MUST_SECONDS:.0} s"),
        format!("{seconds:.2} s"),
        Verdict::must(seconds < MUST_SECONDS),
    )
}
