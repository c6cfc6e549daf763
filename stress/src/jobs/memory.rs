//! Resident memory a process: mass-spawn ticking, less the same program with one worker.

use std::time::Duration;

use super::{Bench, MASS_SPAWN, PATIENCE, check_alive, largest_resident};
use crate::beam::Beam;
use crate::error::StressError;
use crate::figures::{KB, grouped, kilobytes, progress};
use crate::table::{Row, Verdict};

/// What a process may take, and what it is to take one day.
const MUST: f64 = 8.0 * KB;
const AIM: f64 = 6.5 * KB;

/// From the last spawn to the first look: twice mass-spawn's longest interval, so that every worker
/// has ticked twice at least and is in its steady state.
const STEADY: Duration = Duration::from_secs(7);

/// mass-spawn's intervals and [`STEADY`], in milliseconds, for the BEAM.
const BEAM_TIMES: [u64; 3] = [500, 3_000, 7_000];

/// Measures each number of processes.
pub fn run(bench: &Bench, sizes: &[u64]) -> Result<Vec<Row>, StressError> {
    let alone = resident(bench, 1)?;
    let beam = Beam::find(&bench.moondust)?;
    let mut rows = vec![Row::shown(
        "memory: the whole program with 1 process",
        kilobytes(alone),
    )];
    for &processes in sizes {
        let each = (resident(bench, processes)? - alone) / processes as f64;
        rows.push(Row::new(
            format!("memory a process, {} ticking", grouped(processes)),
            format!("≤ {} (aim {})", kilobytes(MUST), kilobytes(AIM)),
            kilobytes(each),
            Verdict::must(each <= MUST),
        ));
        if let Some(beam) = &beam {
            progress(&format!("memory of {} on the BEAM", grouped(processes)));
            let [min, max, steady] = BEAM_TIMES;
            let sizes = [processes, min, max, steady];
            let each = beam.figure("mass_spawn", &sizes, "rss_per_process")?;
            rows.push(Row::shown(
                format!("  the same on the BEAM, {}", grouped(processes)),
                kilobytes(each),
            ));
        }
    }
    Ok(rows)
}

fn resident(bench: &Bench, processes: u64) -> Result<f64, StressError> {
    progress(&format!("memory of {}", grouped(processes)));
    let count = processes.to_string();
    let mut program = bench
        .moondust
        .start(MASS_SPAWN, &[], &[("NUM_WORKERS", &count)])?;
    program.wait_for("all workers spawned", PATIENCE)?;
    let lines = program.settle(STEADY)?;
    check_alive(&lines, processes)?;
    let resident = largest_resident(&program)?;
    program.stop(PATIENCE)?;
    Ok(resident)
}
