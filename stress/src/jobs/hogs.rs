//! How late a ticker is while other processes loop without end.

use super::{Bench, PATIENCE};
use crate::beam::Beam;
use crate::error::StressError;
use crate::figures::progress;
use crate::table::{Row, Verdict};

/// The app with the hogs.
const HOGS: &str = "stress/apps/hogs";

/// Lateness that 99 of 100 ticks must not exceed, and are not to exceed one day.
const MUST_MS: f64 = 5.0;
const AIM_MS: f64 = 1.0;

/// Ticks measured, and milliseconds between them: 30 s, so that the 99th percentile is not the one
/// worst tick.
const TICKS: u64 = 300;
const INTERVAL_MS: u64 = 100;

/// Measures each number of hogs.
pub fn run(bench: &Bench, sizes: &[u64]) -> Result<Vec<Row>, StressError> {
    let beam = Beam::find(&bench.moondust)?;
    let mut rows = Vec::new();
    for &hogs in sizes {
        progress(&format!("{hogs} hogs"));
        let [count, ticks] = [hogs, TICKS].map(|number| number.to_string());
        let interval = format!("{INTERVAL_MS}ms");
        let variables = [
            ("COUNT", count.as_str()),
            ("TICKS", ticks.as_str()),
            ("INTERVAL", &interval),
        ];
        let result = bench.moondust.result_of(HOGS, &variables, PATIENCE)?;
        let late = result.figure("p99_ms")?;
        rows.push(Row::new(
            format!("lateness of a {INTERVAL_MS} ms ticker beside {hogs} hogs, p99"),
            format!("≤ {MUST_MS} ms (aim {AIM_MS} ms)"),
            format!("{late:.2} ms"),
            Verdict::must(late <= MUST_MS),
        ));
        if let Some(beam) = &beam {
            progress(&format!("{hogs} hogs on the BEAM"));
            let late = beam.figure("hogs", &[hogs, TICKS, INTERVAL_MS], "p99_ms")?;
            rows.push(Row::shown(
                format!("  the same on the BEAM, {hogs} hogs"),
                format!("{late:.2} ms"),
            ));
        }
    }
    Ok(rows)
}
